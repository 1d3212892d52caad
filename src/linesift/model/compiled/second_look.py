"""Fill the table of the second look in compiled loops over the pages, as `second_look.table_plain` does."""

import numpy as np
from numpy.typing import NDArray

from linesift.features import topic
from linesift.features.batch import FIXED, LONG, Batch
from linesift.features.compiled import table as line_table
from linesift.features.compiled.slots import count_bits, find_slot
from linesift.features.topic import shared_words
from linesift.jit import inner, outer
from linesift.labels import LABELS, Label
from linesift.model import second_look as plain
from linesift.model.compiled.decode import fixed

_HEADLINE, _BODY, _SIDEBAR = (label.column for label in (Label.HEADLINE, Label.BODY, Label.SIDEBAR))
_N_LABELS, _N_SHARED = len(LABELS), len(plain._SHARED)
_LEAD, _SHORT_BODY, _LONG_SIDEBAR, _SIDEBAR_AFTER, _TITLE = range(_N_LABELS, _N_SHARED)
"""Places in `second_look._SHARED`, behind the labels."""
_MARKED, _BOUNDS = tuple(plain._MARKED_COLUMNS), tuple(plain._MARKED_BOUNDS.ravel())
_DISTANCES = _N_LABELS + 2
_WORDS = _DISTANCES + 2 * len(_MARKED)
_TEMPLATES = _WORDS + 2 * _N_SHARED
"""First rows of the columns of distances, of shared words and of templates."""
_LEAST_LEAD, _END, _LIKELY_TITLE = topic._LEAD * FIXED, plain._END * FIXED, np.float32(plain._LIKELY_TITLE)
_LINKED, _EMPHASISED = np.float32(plain._LINKED), np.float32(plain._EMPHASISED)
_MISSING, _ZERO, _FOUR, _BITS = np.float32(np.nan), np.float32(0), np.uint64(4), 64


def look_table(batch: Batch, rows: NDArray[np.int64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `second_look.look_table` does."""
    chances, weights = np.ascontiguousarray(probabilities), np.empty((_N_SHARED, len(batch.page)), np.float32)
    table = np.empty((len(plain.look_names(is_html=batch.has_hints)), len(rows)), np.float32)
    fill_look(batch.page_starts, batch.length, batch.scan.n_sentences, chances, rows, weights, table)
    table[_WORDS:_TEMPLATES] = shared_words(batch, weights, rows).reshape(2 * _N_SHARED, -1)
    if batch.hints is not None:
        lines = batch.hints.path, batch.hints.link_share, batch.hints.emphasis
        fill_templates(batch.page_starts, *lines, chances, rows, line_table._ODD, table[_TEMPLATES:])
    return table


@outer
def fill_look(page_starts, length, n_sentences, probabilities, rows, weights, out):
    """Write the columns above those of shared words, and the weights of lines for these.

    Args:
        page_starts: shape (n_pages + 1,).
        length: shape (n_lines,), words.
        n_sentences: shape (n_lines,).
        probabilities: shape (n_lines, 4), float32.
        rows: shape (n_rows,), ascending.
        weights: shape (n_weights, n_lines), float32.
        out: shape (n_columns, n_rows), float32.
    """
    for place in range(len(rows)):
        row = rows[place]
        for label in range(_N_LABELS):
            out[label, place] = probabilities[row, label]
        out[_N_LABELS, place], out[_N_LABELS + 1, place] = length[row], n_sentences[row]
    first = 0
    for page in range(len(page_starts) - 1):
        start, end, last = page_starts[page], page_starts[page + 1], first
        _weigh(start, end, length, probabilities, weights)
        while last < len(rows) and rows[last] < end:
            last += 1
        for mark in range(len(_MARKED)):
            _count_lines(start, 1, range(first, last), rows, probabilities, mark, out)
            _count_lines(end - 1, -1, range(last - 1, first - 1, -1), rows, probabilities, mark, out)
        first = last


@inner
def _weigh(start, end, length, probabilities, weights):
    """Weigh the lines of a page as `second_look._weights` does."""
    best, above, from_here = _ZERO, 0, 0
    for row in range(start, end):
        best = max(best, probabilities[row, _HEADLINE])
        from_here += fixed(probabilities[row, _BODY])
    for row in range(start, end):
        for label in range(_N_LABELS):
            weights[label, row] = probabilities[row, label]
        head, body, side = probabilities[row, _HEADLINE], probabilities[row, _BODY], probabilities[row, _SIDEBAR]
        weights[_LEAD, row] = body if above < _LEAST_LEAD else _ZERO
        weights[_SHORT_BODY, row] = body if length[row] < LONG else _ZERO
        weights[_LONG_SIDEBAR, row] = side if length[row] >= LONG else _ZERO
        weights[_SIDEBAR_AFTER, row] = side if from_here <= _END else _ZERO
        weights[_TITLE, row] = head >= best and head > _LIKELY_TITLE
        above, from_here = above + fixed(body), from_here - fixed(body)


@inner
def _count_lines(row, step, places, rows, probabilities, mark, out):
    """Walk from a row to each of some others, by steps of 1 or -1, and count the lines since the last marked one."""
    marked, column = -1, _DISTANCES + 2 * mark + (step < 0)
    for place in places:
        while row != rows[place]:
            if probabilities[row, _MARKED[mark]] > _BOUNDS[mark]:
                marked = row
            row += step
        out[column, place] = (row - marked) * step if marked >= 0 else _MISSING


@outer
def fill_templates(page_starts, path, link_share, emphasis, probabilities, rows, odd, out):
    """Write the columns of templates; sums are added line after line. `odd` is any odd number, see `find_slot`."""
    bits, template = count_bits(page_starts), np.empty(len(path), np.uint64)
    slots, sums, shift = np.empty(1 << bits, np.int32), np.empty((1 << bits, 3)), np.uint64(_BITS - bits)
    for row in range(len(path)):
        template[row] = path[row] * _FOUR + np.uint64(2 * (link_share[row] > _LINKED) + (emphasis[row] > _EMPHASISED))
    place = 0
    for page in range(len(page_starts) - 1):
        slots[:] = -1
        for row in range(page_starts[page], page_starts[page + 1]):
            slot = find_slot(template, row, slots, odd, shift)
            if slots[slot] < 0:
                slots[slot], sums[slot] = row, 0
            sums[slot, 0] += probabilities[row, _BODY]
            sums[slot, 1] += probabilities[row, _SIDEBAR]
            sums[slot, 2] += 1
        while place < len(rows) and rows[place] < page_starts[page + 1]:
            row = rows[place]
            body, side, n_lines = sums[find_slot(template, row, slots, odd, shift)]
            n_others = n_lines - 1
            out[0, place] = (body - probabilities[row, _BODY]) / n_others if n_others > 0 else _MISSING
            out[1, place] = (side - probabilities[row, _SIDEBAR]) / n_others if n_others > 0 else _MISSING
            out[2, place] = n_others
            place += 1
