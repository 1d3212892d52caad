"""Columns of where the line stands: position, blank lines, repetition on the page, running text around it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, running_sum
from linesift.features.chars import lengths, nonzero_indices
from linesift.features.columns import Columns, Values
from linesift.features.runs import LineRuns, changes
from linesift.hashing import MIX, SPREAD

LAYOUT = Columns("layout")


def _blanks_before(batch: Batch) -> NDArray[np.int64]:
    """Blank lines right before each line; those at the page's top count too."""
    number = batch.number
    blanks = number.copy()
    blanks[1:] -= number[:-1] + 1
    starts = batch.nonempty_starts
    blanks[starts] = number[starts]
    return blanks


@LAYOUT.column("Non-blank lines above.")
def from_top(batch: Batch) -> Values:
    return batch.row_in_page


@LAYOUT.column("Non-blank lines below.")
def from_end(batch: Batch) -> Values:
    return batch.own_page_end - 1 - np.arange(len(batch.own_page_end))


@LAYOUT.column("Share of the page's lines above.")
def position(batch: Batch) -> Values:
    return batch.row_in_page / (batch.own_page_end - batch.own_page_start)


@LAYOUT.columns(blanks_before="Blank lines right above.", blanks_after="Blank lines right below.")
def blanks(batch: Batch) -> Sequence[Values]:
    """Blank lines beside the line."""
    before, after = _blanks_before(batch), np.empty(len(batch.number), np.int64)
    after[:-1] = before[1:]
    ends = batch.nonempty_starts + batch.nonempty_sizes - 1
    after[ends] = batch.lines_per_page_with_blanks[batch.page[ends]] - 1 - batch.number[ends]
    return before, after


@LAYOUT.columns(
    page_lines="Non-blank lines of the page.",
    page_blanks="Lines of the page, blank ones counted, for each line that is not blank.",
    page_length="Mean words of the page's lines.",
    page_long="Lines of running text on the page.",
    page_long_share="Share of the page's words that stands in lines of running text.",
    relative_length="The line's words against the mean of its page's running text, missing where there is none.",
)
def pages(batch: Batch) -> Sequence[Values]:
    """Counts of whole pages."""
    n_lines, words = np.maximum(batch.lines_per_page, 1), batch.per_page(batch.length)
    n_long, long = batch.per_page(batch.is_long), batch.per_page(batch.length * batch.is_long)
    blanks = batch.lines_per_page_with_blanks / n_lines
    means = (batch.lines_per_page, blanks, words / n_lines, n_long, long / np.maximum(words, 1), long / n_long)
    *of_page, mean = np.array(means).repeat(batch.lines_per_page, axis=1)
    return *of_page, batch.length / mean


@LAYOUT.columns(
    words_above="Share of the page's words above.",
    long_above="Share of the page's words in running text above.",
)
def shares_above(batch: Batch) -> Values:
    """Shares of the page that stand above each line; missing where the page has nothing."""
    sums = running_sum(np.array((batch.length, batch.length * batch.is_long)))
    before = sums.take(batch.own_page_start, axis=1)
    shares: Values = (sums[:, :-1] - before) / (sums.take(batch.own_page_end, axis=1) - before)
    return shares


def _page_keys(batch: Batch, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Keys that are equal where the hashes of two lines of one page are."""
    return hashes * SPREAD + batch.page.astype(np.uint64)


_FEW = 2000
"""Keys up to which it is fastest to sort all of them."""


def _occurrences(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How often each key occurs.

    Every bucket of a table takes one of its keys, which is counted by comparison. Only the few others are sorted: the
    time of a sort of all lines grows faster than their number.
    """
    size = len(keys)
    if size <= _FEW:
        return _sorted_occurrences(keys)
    bits = int(size).bit_length() + 1
    bucket = ((keys * MIX) >> np.uint64(64 - bits)).view(np.int64)
    taken = np.zeros(1 << bits, np.uint64)
    taken[bucket] = keys
    is_other = taken.take(bucket) != keys
    other = nonzero_indices(is_other)
    counts = np.bincount(bucket[~is_other], minlength=1 << bits).take(bucket)
    counts[other] = _sorted_occurrences(keys[other])
    return counts


def _sorted_occurrences(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    order = np.argsort(keys)
    ordered = keys[order]
    heads = nonzero_indices(np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(keys)])
    sizes = lengths(heads, len(keys))
    out = np.empty(len(keys), np.int64)
    out[order] = sizes.repeat(sizes)
    return out


@LAYOUT.columns(
    same_line="Lines of the page with the same text, case and digits aside.",
    twin="1 where the line above has the same text, 2 the line below, 3 both; case and digits aside.",
    copy_above="Rows to the nearest line above with the same text, case and digits aside; missing where there is none.",
    copy_below="Rows to the nearest line below with the same text, case and digits aside; missing where there is none.",
)
def same_lines(batch: Batch) -> Sequence[Values]:
    """Repeated lines: an entry of a table of contents has a copy below, the subhead that it names one above."""
    keys = _page_keys(batch, batch.scan.hash)
    equal = (keys[1:] == keys[:-1]).view(np.uint8)
    twin = np.zeros(len(keys), np.uint8)
    twin[1:] = equal
    twin[:-1] += equal << 1
    n_same = _occurrences(keys)
    return n_same, twin, *_copies(keys, nonzero_indices(n_same > 1))


def _copies(keys: NDArray[np.uint64], repeated: NDArray[np.int64]) -> NDArray[np.float32]:
    """Rows to the nearest line above and below with the same key, shape (2, n_lines); of all but `repeated` `nan`."""
    rows = repeated[np.argsort(keys[repeated], kind="stable")]
    copied = nonzero_indices(keys[rows[1:]] == keys[rows[:-1]])
    above, below = rows[copied], rows[copied + 1]
    gaps = np.full((2, len(keys)), np.nan, np.float32)
    gaps[0, below] = gaps[1, above] = below - above
    return gaps


@LAYOUT.column("Lines of the page with the same sequence of character classes.")
def same_shape(batch: Batch) -> Values:
    return _occurrences(_page_keys(batch, batch.scan.shape))


@LAYOUT.column("Lines of the page with the same first word; missing where there is no word.")
def same_start(batch: Batch) -> Values:
    words, hashes = batch.scan.word_line, batch.scan.word_hash
    heads = nonzero_indices(np.concatenate(([True], words[1:] != words[:-1]))[: len(words)])
    lines = words[heads]
    keys = hashes[heads] * SPREAD + batch.page[lines].astype(np.uint64)
    out = np.full(len(batch.page), np.nan, np.float32)
    out[lines] = _occurrences(keys)
    return out


@LAYOUT.column("Of the lines one to four rows away, those with the same shape, at steps of one, two, three and four.")
def repeated_shape(batch: Batch) -> Values:
    keys = _page_keys(batch, batch.scan.shape)
    found = np.zeros(len(keys), np.uint8)
    for bit, step in enumerate(range(1, 5)):
        equal = (keys[step:] == keys[:-step]).view(np.uint8) << bit
        found[step:] |= equal
        found[:-step] |= equal
    return found


@LAYOUT.columns(
    long_before="Rows to the line of running text above.",
    long_after="Rows to the line of running text below.",
    date_before="Rows to the line above that shows a day and month.",
    date_after="Rows to the line below that shows a day and month.",
)
def distances(batch: Batch) -> Sequence[Values]:
    """Rows to the next marked line above and below on the same page, itself not counted; missing where none is."""
    marked = np.array((batch.is_long, batch.strength >= 3))
    size = len(batch.page)
    rows = np.arange(size)
    above, below = np.full((2, size), -1), np.full((2, size), size)
    np.maximum.accumulate(np.where(marked[:, :-1], rows[:-1], -1), axis=1, out=above[:, 1:])
    np.minimum.accumulate(np.where(marked[:, :0:-1], rows[:0:-1], size), axis=1, out=below[:, -2::-1])
    before = np.where(above >= batch.own_page_start, rows - above, np.float32(np.nan))
    after = np.where(below < batch.own_page_end, below - rows, np.float32(np.nan))
    return before[0], after[0], before[1], after[1]


@LAYOUT.column("Lines of the page that show a day and month.")
def page_dates(batch: Batch) -> Values:
    return batch.per_page(batch.strength >= 3).repeat(batch.lines_per_page)


@LAYOUT.column("Lines above on the page that show a day and month.")
def dates_above(batch: Batch) -> Values:
    dated = (batch.strength >= 3).astype(np.int64)
    above = dated.cumsum() - dated
    return above - above[batch.own_page_start]


@LAYOUT.column("Length of the run of lines under six words, negative for a run of longer lines.")
def short_run(batch: Batch) -> Values:
    is_short = batch.length < 6
    runs = LineRuns(batch, changes(is_short))
    return runs.of_lines(np.where(is_short[runs.heads], runs.sizes, -runs.sizes))


@LAYOUT.column("Lines of the block between two blank lines.")
def blank_run(batch: Batch) -> Values:
    runs = LineRuns(batch, _blanks_before(batch) > 0)
    return runs.of_lines(runs.sizes)
