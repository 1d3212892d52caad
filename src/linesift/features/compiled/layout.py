"""Compute the columns of a page's layout and of runs of lines in compiled loops, as `layout` and `runs` do."""

import numpy as np

from linesift.features.batch import FIXED
from linesift.features.chars import BAR, COLON, DASH, DIGIT
from linesift.features.compiled.slots import count_bits, find_slot
from linesift.features.layout import LAYOUT
from linesift.features.runs import RUNS
from linesift.jit import inner, outer

(
    FROM_TOP, FROM_END, POSITION, BLANKS_BEFORE, BLANKS_AFTER, PAGE_LINES, PAGE_BLANKS, PAGE_LENGTH, PAGE_LONG,
    PAGE_LONG_SHARE, RELATIVE_LENGTH, WORDS_ABOVE, LONG_ABOVE, SAME_LINE, TWIN, COPY_ABOVE, COPY_BELOW, SAME_SHAPE,
    SAME_START, REPEATED_SHAPE, LONG_BEFORE, LONG_AFTER, DATE_BEFORE, DATE_AFTER, PAGE_DATES, DATES_ABOVE, SHORT_RUN,
    BLANK_RUN,
) = range(len([*LAYOUT]))  # fmt: skip
"""Rows of the columns, in the order of `LAYOUT`, and of `RUNS`."""
LINES, PLACE, WORDS, LISTED, STOPPED, ENDS_IN_COLON, WORDS_ABOVE_RUN, WORDS_BELOW_RUN, SHAPE_LINES, SHAPE_WORDS = range(
    len([*RUNS])
)
_MISSING, _FIXED, _DATED, _SHORT, _STEPS = np.float32(np.nan), FIXED, 3, np.float32(6), 4
_BITS = 64


@outer
def fill_layout(
    page_starts, lines_with_blanks, number, length, is_long, strength, hashes, shapes, words, word_line, first, last,
    n_sentences, odd, out, of_runs,
):  # fmt: skip
    """Write all columns of `LAYOUT` into `out` and those of `RUNS` into `of_runs`, from fields of a `Batch`.

    `odd` is any odd number, see `slots.find_slot`.
    """
    bits = count_bits(page_starts)
    table = np.empty(1 << bits, np.int32), np.empty(1 << bits, np.int32), odd, np.uint64(_BITS - bits)
    starts = np.zeros(len(length), np.uint64)
    out[SAME_START] = 0
    for word in range(len(words) - 1, -1, -1):
        starts[word_line[word]] = words[word]
        out[SAME_START, word_line[word]] = 1
    for page in range(len(page_starts) - 1):
        start, end = page_starts[page], page_starts[page + 1]
        if start < end:
            _fill_blanks(number, start, end, lines_with_blanks[page], out)
            _fill_sums(length, is_long, lines_with_blanks[page], start, end, out)
            _fill_copies(hashes, start, end, table, out)
            _fill_same(shapes, start, end, table, out, SAME_SHAPE)
            _fill_same(starts, start, end, table, out, SAME_START)
            _fill_repeated(shapes, start, end, out)
            _fill_distances(is_long, strength, start, end, out)
            _fill_runs(length, is_long, first, last, n_sentences, start, end, out, of_runs)


@inner
def _fill_blanks(number, start, end, n_with_blanks, out):
    before = -1
    for row in range(start, end):
        out[FROM_TOP, row], out[FROM_END, row] = row - start, end - 1 - row
        out[POSITION, row] = (row - start) / (end - start)
        out[BLANKS_BEFORE, row] = number[row] - before - 1
        before = number[row]
        after = number[row + 1] if row + 1 < end else n_with_blanks
        out[BLANKS_AFTER, row] = after - before - 1


@inner
def _fill_sums(length, is_long, n_with_blanks, start, end, out):
    """Write sums over the page: of floats line after line, and above the line in units of `FIXED`."""
    words = long = 0.0
    n_long = fixed_words = fixed_long = 0
    for row in range(start, end):
        words += length[row]
        fixed = np.int64(np.rint(length[row] * _FIXED))
        fixed_words += fixed
        if is_long[row]:
            n_long += 1
            long += length[row]
            fixed_long += fixed
    n_lines = end - start
    blanks, mean, share = n_with_blanks / n_lines, words / n_lines, long / max(words, 1.0)
    words_above = long_above = 0
    for row in range(start, end):
        out[PAGE_LINES, row], out[PAGE_BLANKS, row], out[PAGE_LENGTH, row] = n_lines, blanks, mean
        out[PAGE_LONG, row], out[PAGE_LONG_SHARE, row] = n_long, share
        out[RELATIVE_LENGTH, row] = length[row] / (long / n_long) if n_long else _MISSING
        out[WORDS_ABOVE, row] = words_above / fixed_words if fixed_words else _MISSING
        out[LONG_ABOVE, row] = long_above / fixed_long if fixed_long else _MISSING
        fixed = np.int64(np.rint(length[row] * _FIXED))
        words_above += fixed
        long_above += fixed * is_long[row]


@inner
def _fill_same(keys, start, end, table, out, column):
    """Write how often the key of a row occurs on the page; missing where `SAME_START` has 0 for "no word"."""
    slots, counts, odd, shift = table
    slots[:], counts[:] = -1, 0
    for row in range(start, end):
        if column != SAME_START or out[column, row]:
            slot = find_slot(keys, row, slots, odd, shift)
            slots[slot] = row
            counts[slot] += 1
    for row in range(start, end):
        is_there = column != SAME_START or out[column, row]
        out[column, row] = counts[find_slot(keys, row, slots, odd, shift)] if is_there else _MISSING


@inner
def _fill_copies(keys, start, end, table, out):
    _fill_same(keys, start, end, table, out, SAME_LINE)
    slots, _, odd, shift = table
    slots[:] = -1
    for row in range(start, end):
        out[COPY_ABOVE, row] = out[COPY_BELOW, row] = _MISSING
        is_above, is_below = row > start and keys[row - 1] == keys[row], row + 1 < end and keys[row + 1] == keys[row]
        out[TWIN, row] = is_above + 2 * is_below
        slot = find_slot(keys, row, slots, odd, shift)
        if slots[slot] >= 0:
            out[COPY_ABOVE, row] = out[COPY_BELOW, slots[slot]] = row - slots[slot]
        slots[slot] = row


@inner
def _fill_repeated(keys, start, end, out):
    for row in range(start, end):
        found = 0
        for step in range(1, _STEPS + 1):
            is_there = row - step >= start and keys[row - step] == keys[row]
            is_there |= row + step < end and keys[row + step] == keys[row]
            found |= is_there << (step - 1)
        out[REPEATED_SHAPE, row] = found


@inner
def _fill_distances(is_long, strength, start, end, out):
    n_dates, long, date = 0, -1, -1
    for row in range(start, end):
        out[LONG_BEFORE, row] = row - long if long >= 0 else _MISSING
        out[DATE_BEFORE, row] = row - date if date >= 0 else _MISSING
        out[DATES_ABOVE, row] = n_dates
        if is_long[row]:
            long = row
        if strength[row] >= _DATED:
            date = row
            n_dates += 1
    long = date = -1
    for row in range(end - 1, start - 1, -1):
        out[LONG_AFTER, row] = long - row if long >= 0 else _MISSING
        out[DATE_AFTER, row] = date - row if date >= 0 else _MISSING
        out[PAGE_DATES, row] = n_dates
        if is_long[row]:
            long = row
        if strength[row] >= _DATED:
            date = row


@inner
def _fill_runs(length, is_long, first, last, n_sentences, start, end, out, of_runs):
    short = blank = alike = text = start
    for row in range(start + 1, end + 1):
        if row == end or (length[row] < _SHORT) != (length[short] < _SHORT):
            out[SHORT_RUN, short:row] = row - short if length[short] < _SHORT else short - row
            short = row
        if row == end or out[BLANKS_BEFORE, row] > 0:
            out[BLANK_RUN, blank:row] = row - blank
            blank = row
        if row == end or first[row] != first[alike]:
            of_runs[SHAPE_LINES, alike:row] = row - alike
            of_runs[SHAPE_WORDS, alike:row] = _mean(length, alike, row)
            alike = row
        if row == end or is_long[row] != is_long[text]:
            _fill_text_run(length, is_long, first, last, n_sentences, text, row, start, end, of_runs)
            text = row


@inner
def _mean(length, start, end):
    """Compute the mean of lengths: their sum is exact, and so the same in any order."""
    total = 0.0
    for row in range(start, end):
        total += length[row]
    return total / (end - start)


@inner
def _fill_text_run(length, is_long, first, last, n_sentences, head, below, start, end, of_runs):
    size = below - head
    n_listed = n_stopped = 0
    for row in range(head, below):
        n_listed += first[row] == BAR or first[row] == DASH or first[row] == DIGIT
        n_stopped += n_sentences[row] > 0
    of_runs[LINES, head:below] = -size if is_long[head] else size
    of_runs[WORDS, head:below] = _mean(length, head, below)
    of_runs[LISTED, head:below], of_runs[STOPPED, head:below] = n_listed / size, n_stopped / size
    is_top, is_end = head == start, below == end
    of_runs[ENDS_IN_COLON, head:below] = _MISSING if is_top else np.float32(last[head - 1] == COLON)
    of_runs[WORDS_ABOVE_RUN, head:below] = _MISSING if is_top else length[head - 1]
    of_runs[WORDS_BELOW_RUN, head:below] = _MISSING if is_end else length[below]
    for row in range(head, below):
        of_runs[PLACE, row] = (row - head) / size
