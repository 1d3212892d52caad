"""Columns of where the line stands: position, blank lines, repetition on the page, running text around it."""

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, running_sum
from linesift.features.columns import Columns, Values
from linesift.features.line import date_strength

LAYOUT = Columns("layout")


def _blanks(batch: Batch, *, after: bool) -> NDArray[np.int64]:
    """Blank lines right before or after each line; those at the page's ends count too."""
    number = batch.number
    if after:
        following = np.append(number[1:], 0)
        ends = batch.first[1:] - 1
        keep = np.diff(batch.first) > 0
        following[ends[keep]] = batch.n_all_lines[keep]
        return following - number - 1
    previous = np.concatenate(([-1], number[:-1]))
    starts = batch.first[:-1]
    previous[starts[np.diff(batch.first) > 0]] = -1
    return number - previous - 1


@LAYOUT.column
def from_top(batch: Batch) -> Values:
    """Non-blank lines above."""
    return batch.row


@LAYOUT.column
def from_end(batch: Batch) -> Values:
    """Non-blank lines below."""
    return batch.n_lines[batch.page] - 1 - batch.row


@LAYOUT.column
def position(batch: Batch) -> Values:
    """Share of the page's lines above."""
    return batch.row / batch.n_lines[batch.page]


@LAYOUT.column
def blanks_before(batch: Batch) -> Values:
    """Blank lines right above."""
    return _blanks(batch, after=False)


@LAYOUT.column
def blanks_after(batch: Batch) -> Values:
    """Blank lines right below."""
    return _blanks(batch, after=True)


@LAYOUT.column
def page_lines(batch: Batch) -> Values:
    """Non-blank lines of the page."""
    return batch.n_lines[batch.page]


@LAYOUT.column
def page_blanks(batch: Batch) -> Values:
    """Lines of the page, blank ones counted, for each line that is not blank."""
    return (batch.n_all_lines / np.maximum(batch.n_lines, 1))[batch.page]


@LAYOUT.column
def page_length(batch: Batch) -> Values:
    """Mean words of the page's lines."""
    return (batch.per_page(batch.length) / np.maximum(batch.n_lines, 1))[batch.page]


@LAYOUT.column
def page_long(batch: Batch) -> Values:
    """Lines of running text on the page."""
    return batch.per_page(batch.is_long)[batch.page]


@LAYOUT.column
def page_long_share(batch: Batch) -> Values:
    """Share of the page's words that stands in lines of running text."""
    total = np.maximum(batch.per_page(batch.length), 1)
    return (batch.per_page(batch.length * batch.is_long) / total)[batch.page]


@LAYOUT.column
def relative_length(batch: Batch) -> Values:
    """The line's words against the mean of its page's running text, missing where there is none."""
    n_long = batch.per_page(batch.is_long)
    mean = np.full(len(n_long), np.nan)
    np.divide(batch.per_page(batch.length * batch.is_long), n_long, out=mean, where=n_long > 0)
    relative: Values = batch.length / mean[batch.page]
    return relative


def _share_above(batch: Batch, weights: NDArray[np.generic]) -> NDArray[np.float64]:
    """Share of the page's sum of `weights` that stands above each line; missing where the sum is 0."""
    sums = running_sum(weights)
    total = (sums[batch.first[1:]] - sums[batch.first[:-1]])[batch.page]
    above = sums[:-1] - sums[batch.first[:-1]][batch.page]
    share = np.full(len(above), np.nan)
    np.divide(above, total, out=share, where=total > 0)
    return share


@LAYOUT.column
def words_above(batch: Batch) -> Values:
    """Share of the page's words above."""
    return _share_above(batch, batch.length)


@LAYOUT.column
def long_above(batch: Batch) -> Values:
    """Share of the page's words in running text above."""
    return _share_above(batch, batch.length * batch.is_long)


def _occurrences(batch: Batch, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How often each line's hash occurs on its page."""
    keys = hashes * np.uint64(0x9E3779B97F4A7C15) + batch.page.astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    heads = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(heads, len(keys)))
    out = np.empty(len(keys), np.int64)
    out[order] = np.repeat(sizes, sizes)
    return out


@LAYOUT.column
def same_line(batch: Batch) -> Values:
    """Lines of the page with the same text, case and digits aside."""
    return _occurrences(batch, batch.lines.hash)


@LAYOUT.column
def twin(batch: Batch) -> Values:
    """1 where the line above has the same text, 2 the line below, 3 both; case and digits aside."""
    hashes = batch.lines.hash
    return _near(batch, hashes, -1) + 2 * _near(batch, hashes, 1).astype(np.uint8)


@LAYOUT.column
def same_shape(batch: Batch) -> Values:
    """Lines of the page with the same sequence of character classes."""
    return _occurrences(batch, batch.lines.shape)


@LAYOUT.column
def same_start(batch: Batch) -> Values:
    """Lines of the page with the same first word; missing where there is no word."""
    words = batch.lines
    heads = np.flatnonzero(np.diff(words.word_line, prepend=-1))
    start = np.zeros(len(batch.page), np.uint64)
    start[words.word_line[heads]] = words.word_hash[heads]
    return np.where(start > 0, _occurrences(batch, start), np.nan)


def _near(batch: Batch, values: NDArray[np.generic], step: int) -> NDArray[np.bool_]:
    """Whether the line `step` rows away on the same page has the same value."""
    size = len(values)
    other = np.arange(size) + step
    inside = (other >= 0) & (other < size)
    other = np.clip(other, 0, max(size - 1, 0))
    equal: NDArray[np.bool_] = inside & (batch.page[other] == batch.page) & (values[other] == values)
    return equal


@LAYOUT.column
def repeated_shape(batch: Batch) -> Values:
    """Of the lines one to four rows away, those with the same shape, at steps of one, two, three and four."""
    shape = batch.lines.shape
    found = np.stack([_near(batch, shape, -step) | _near(batch, shape, step) for step in range(1, 5)], axis=1)
    return np.packbits(found, axis=1, bitorder="little")[:, 0]


def _distance(batch: Batch, marked: NDArray[np.bool_], *, below: bool) -> NDArray[np.float32]:
    """Rows to the next marked line above or below on the same page, itself not counted; missing where there is none."""
    size = len(marked)
    rows = np.flatnonzero(marked)
    out = np.full(size, np.nan, np.float32)
    if not len(rows):
        return out
    every = np.arange(size)
    place = np.searchsorted(rows, every, side="right" if below else "left") - (0 if below else 1)
    inside = (place >= 0) & (place < len(rows))
    other = rows[np.clip(place, 0, len(rows) - 1)]
    inside &= batch.page[other] == batch.page
    out[inside] = np.abs(other - every)[inside]
    return out


@LAYOUT.column
def long_before(batch: Batch) -> Values:
    """Rows to the line of running text above."""
    return _distance(batch, batch.is_long, below=False)


@LAYOUT.column
def long_after(batch: Batch) -> Values:
    """Rows to the line of running text below."""
    return _distance(batch, batch.is_long, below=True)


@LAYOUT.column
def date_before(batch: Batch) -> Values:
    """Rows to the line above that shows a day and month."""
    return _distance(batch, date_strength(batch) >= 3, below=False)


@LAYOUT.column
def date_after(batch: Batch) -> Values:
    """Rows to the line below that shows a day and month."""
    return _distance(batch, date_strength(batch) >= 3, below=True)


@LAYOUT.column
def page_dates(batch: Batch) -> Values:
    """Lines of the page that show a day and month."""
    return batch.per_page(date_strength(batch) >= 3)[batch.page]


@LAYOUT.column
def dates_above(batch: Batch) -> Values:
    """Lines above on the page that show a day and month."""
    sums = np.concatenate(([0], np.cumsum(date_strength(batch) >= 3)))
    return sums[:-1] - sums[batch.first[:-1]][batch.page]


def _run(batch: Batch, state: NDArray[np.generic]) -> NDArray[np.int64]:
    """Length of the run of equal states on one page that each line belongs to."""
    size = len(state)
    new = np.ones(size, np.bool_)
    new[1:] = (state[1:] != state[:-1]) | (batch.page[1:] != batch.page[:-1])
    heads = np.flatnonzero(new)
    sizes = np.diff(np.append(heads, size))
    return np.repeat(sizes, sizes)


@LAYOUT.column
def short_run(batch: Batch) -> Values:
    """Length of the run of lines under six words, negative for a run of longer lines."""
    is_short = batch.length < 6
    run = _run(batch, is_short)
    return np.where(is_short, run, -run)


@LAYOUT.column
def blank_run(batch: Batch) -> Values:
    """Lines of the block between two blank lines."""
    block = np.cumsum(_blanks(batch, after=False) > 0)
    return _run(batch, block)
