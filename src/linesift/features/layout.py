"""Columns of where the line stands: position, blank lines, repetition on the page, running text around it."""

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, running_sum
from linesift.features.chars import lengths, places
from linesift.features.columns import Columns, Values

LAYOUT = Columns("layout")


def _blanks_before(batch: Batch) -> NDArray[np.int64]:
    """Blank lines right before each line; those at the page's top count too."""
    number = batch.number
    blanks = number.copy()
    blanks[1:] -= number[:-1] + 1
    starts = batch.starts
    blanks[starts] = number[starts]
    return blanks


@LAYOUT.column
def from_top(batch: Batch) -> Values:
    """Non-blank lines above."""
    return batch.row


@LAYOUT.column
def from_end(batch: Batch) -> Values:
    """Non-blank lines below."""
    return batch.end - 1 - np.arange(len(batch.end))


@LAYOUT.column
def position(batch: Batch) -> Values:
    """Share of the page's lines above."""
    return batch.row / (batch.end - batch.top)


@LAYOUT.column
def blanks_before(batch: Batch) -> Values:
    """Blank lines right above."""
    return _blanks_before(batch)


@LAYOUT.column
def blanks_after(batch: Batch) -> Values:
    """Blank lines right below."""
    blanks = np.empty(len(batch.number), np.int64)
    blanks[:-1] = _blanks_before(batch)[1:]
    ends = batch.starts + batch.spans - 1
    blanks[ends] = batch.n_all_lines[batch.page[ends]] - 1 - batch.number[ends]
    return blanks


@LAYOUT.column
def page_lines(batch: Batch) -> Values:
    """Non-blank lines of the page."""
    return batch.end - batch.top


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
    before = sums[batch.top]
    with np.errstate(invalid="ignore"):
        share: NDArray[np.float64] = (sums[:-1] - before) / (sums[batch.end] - before)
    return share


@LAYOUT.column
def words_above(batch: Batch) -> Values:
    """Share of the page's words above."""
    return _share_above(batch, batch.length)


@LAYOUT.column
def long_above(batch: Batch) -> Values:
    """Share of the page's words in running text above."""
    return _share_above(batch, batch.length * batch.is_long)


def _page_keys(batch: Batch, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Keys that are equal where the hashes of two lines of one page are."""
    return hashes * np.uint64(0x9E3779B97F4A7C15) + batch.page.astype(np.uint64)


def _occurrences(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How often each key occurs."""
    order = np.argsort(keys)
    ordered = keys[order]
    heads = places(np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(keys)])
    sizes = lengths(heads, len(keys))
    out = np.empty(len(keys), np.int64)
    out[order] = np.repeat(sizes, sizes)
    return out


@LAYOUT.column
def same_line(batch: Batch) -> Values:
    """Lines of the page with the same text, case and digits aside."""
    return _occurrences(_page_keys(batch, batch.lines.hash))


@LAYOUT.column
def twin(batch: Batch) -> Values:
    """1 where the line above has the same text, 2 the line below, 3 both; case and digits aside."""
    keys = _page_keys(batch, batch.lines.hash)
    equal = (keys[1:] == keys[:-1]).view(np.uint8)
    out = np.zeros(len(keys), np.uint8)
    out[1:] = equal
    out[:-1] += equal << 1
    return out


@LAYOUT.column
def same_shape(batch: Batch) -> Values:
    """Lines of the page with the same sequence of character classes."""
    return _occurrences(_page_keys(batch, batch.lines.shape))


@LAYOUT.column
def same_start(batch: Batch) -> Values:
    """Lines of the page with the same first word; missing where there is no word."""
    words, hashes = batch.lines.word_line, batch.lines.word_hash
    heads = places(np.concatenate(([True], words[1:] != words[:-1]))[: len(words)])
    start = np.zeros(len(batch.page), np.uint64)
    start[words[heads]] = hashes[heads]
    return np.where(start > 0, _occurrences(_page_keys(batch, start)), np.nan)


@LAYOUT.column
def repeated_shape(batch: Batch) -> Values:
    """Of the lines one to four rows away, those with the same shape, at steps of one, two, three and four."""
    keys = _page_keys(batch, batch.lines.shape)
    found = np.zeros(len(keys), np.uint8)
    for bit, step in enumerate(range(1, 5)):
        equal = (keys[step:] == keys[:-step]).view(np.uint8) << bit
        found[step:] |= equal
        found[:-step] |= equal
    return found


def _distance_above(batch: Batch, marked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Rows to the next marked line above on the same page, itself not counted; missing where there is none."""
    rows = np.arange(len(marked))
    last = np.full(len(marked), -1)
    np.maximum.accumulate(np.where(marked[:-1], rows[:-1], -1), out=last[1:])
    return np.where(last >= batch.top, rows - last, np.float32(np.nan))


def _distance_below(batch: Batch, marked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The same below."""
    size = len(marked)
    rows = np.arange(size)
    following = np.full(size, size)
    np.minimum.accumulate(np.where(marked[1:], rows[1:], size)[::-1], out=following[:-1][::-1])
    return np.where(following < batch.end, following - rows, np.float32(np.nan))


@LAYOUT.column
def long_before(batch: Batch) -> Values:
    """Rows to the line of running text above."""
    return _distance_above(batch, batch.is_long)


@LAYOUT.column
def long_after(batch: Batch) -> Values:
    """Rows to the line of running text below."""
    return _distance_below(batch, batch.is_long)


@LAYOUT.column
def date_before(batch: Batch) -> Values:
    """Rows to the line above that shows a day and month."""
    return _distance_above(batch, batch.strength >= 3)


@LAYOUT.column
def date_after(batch: Batch) -> Values:
    """Rows to the line below that shows a day and month."""
    return _distance_below(batch, batch.strength >= 3)


@LAYOUT.column
def page_dates(batch: Batch) -> Values:
    """Lines of the page that show a day and month."""
    return batch.per_page(batch.strength >= 3)[batch.page]


@LAYOUT.column
def dates_above(batch: Batch) -> Values:
    """Lines above on the page that show a day and month."""
    dated = (batch.strength >= 3).astype(np.int64)
    above = np.cumsum(dated) - dated
    return above - above[batch.top]


def _run(batch: Batch, begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Length of the run of lines of one page that each line belongs to; `begins` says where one may begin."""
    begins[batch.starts] = True
    heads = places(begins[: len(batch.page)])
    sizes = lengths(heads, len(batch.page))
    return np.repeat(sizes, sizes)


@LAYOUT.column
def short_run(batch: Batch) -> Values:
    """Length of the run of lines under six words, negative for a run of longer lines."""
    is_short = batch.length < 6
    run = _run(batch, np.concatenate(([True], is_short[1:] != is_short[:-1])))
    return np.where(is_short, run, -run)


@LAYOUT.column
def blank_run(batch: Batch) -> Values:
    """Lines of the block between two blank lines."""
    return _run(batch, _blanks_before(batch) > 0)
