"""Fill the table of lines in compiled loops over its columns, as `window.Neighbourhood.table` does."""

import numpy as np

from linesift.features.batch import FIXED
from linesift.jit import inner, outer

_MISSING, _UNIT, _LEAST = np.float32(np.nan), 1 / FIXED, 1e-3


@outer
def fill_table(own, near, near_steps, far, far_steps, prefix, sizes, likely_words, rows, starts, ends, out):
    """Write all columns of some lines.

    Args:
        own: shape (n_columns, n_lines).
        near: numbers of the columns seen of lines `near_steps` away; `far` and `far_steps` are the same.
        near_steps: distances of lines.
        far: as `near`.
        far_steps: as `near_steps`.
        prefix: shape (n_summed, n_lines + 1), running sums.
        sizes: lines of the windows.
        likely_words: number of the running sum that is also summed over the page.
        rows: the lines, shape (n_rows,).
        starts: shape (n_lines,), first line of each line's page.
        ends: shape (n_lines,), line behind the last one of its page.
        out: shape (n_table_columns, n_rows).
    """
    n_own = len(own)
    for column in range(n_own):
        for place in range(len(rows)):
            out[column, place] = own[column, rows[place]]
    column = _fill_neighbours(own, near, near_steps, rows, starts, ends, out, n_own)
    column = _fill_neighbours(own, far, far_steps, rows, starts, ends, out, column)
    for number in range(len(prefix)):
        for size in range(len(sizes)):
            _fill_windows(prefix, number, sizes[size], rows, starts, ends, out, column)
            column += 2
    for place in range(len(rows)):
        row = rows[place]
        start, end = prefix[likely_words, starts[row]], prefix[likely_words, ends[row]]
        page, above = (end - start) / FIXED, (prefix[likely_words, row] - start) / FIXED
        out[column, place], out[column + 1, place] = page, above / max(page, _LEAST)


@inner
def _fill_neighbours(own, columns, steps, rows, starts, ends, out, column):
    for number in range(len(columns)):
        for step in steps:
            for place in range(len(rows)):
                row = rows[place]
                other = row + step
                is_there = starts[row] <= other < ends[row]
                out[column, place] = own[columns[number], other] if is_there else _MISSING
            column += 1
    return column


@inner
def _fill_windows(prefix, number, size, rows, starts, ends, out, column):
    for place in range(len(rows)):
        row = rows[place]
        first, end = max(row - size, starts[row]), min(row + 1 + size, ends[row])
        out[column, place] = (prefix[number, first] - prefix[number, row]) * -_UNIT
        out[column + 1, place] = (prefix[number, end] - prefix[number, row + 1]) * _UNIT
