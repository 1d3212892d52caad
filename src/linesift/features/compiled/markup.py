"""Compute the columns of markup in compiled loops over the pages, as `features.markup` does."""

import numpy as np

from linesift.features import markup as plain
from linesift.features.compiled.slots import count_bits, find_slot
from linesift.features.markup import MARKUP
from linesift.jit import inner, outer

_ROW = {column.name.removeprefix("markup."): row for row, column in enumerate(MARKUP)}
HEADING, PATHS, PARENTS, PAGE_LINKS, TITLES, MEDIA = (
    _ROW[name] for name in ("heading", "path_lines", "parent_words", "page_links", "title_share", "media_above")
)
"""Rows of the columns; `PATHS` is the first of four, `PARENTS` and `TITLES` of three, `MEDIA` of four."""
_INSIDE = (
    ("in_article", ("article",), 1), ("in_article", ("main",), 2),
    ("in_frame", ("nav",), 1), ("in_frame", ("aside",), 2), ("in_frame", ("footer",), 4), ("in_frame", ("header",), 8),
    ("in_figure", ("figure", "figcaption"), 1), ("in_form", ("form", "button", "label", "dialog", "details"), 1),
    ("in_list", ("ul", "ol", "dl", "li"), 1), ("in_list", ("table",), 2), ("in_quote", ("blockquote",), 1),
    ("in_section", ("section",), 1), ("in_section", ("(custom)",), 2),
)  # fmt: skip
"""What is added to which column where one of these elements is around the line."""
_INSIDE_ROWS, _MASKS, _ADDED = zip(
    *((_ROW[name], plain._mask(names), bit) for name, names, bit in _INSIDE), strict=True
)
COMPUTED = {HEADING, *range(PATHS, PATHS + 4), *range(PARENTS, PARENTS + 3), PAGE_LINKS, *range(TITLES, TITLES + 3)}
COMPUTED |= {*_INSIDE_ROWS, *range(MEDIA, MEDIA + 4)}
"""Rows of the columns that are computed here; the others are hints as they are."""
_FIRST_LEVEL, _LEVELS, _LEVEL_BITS = plain._FIRST_LEVEL, plain._LEVELS, np.uint32(len(plain._LEVELS) - 1)
_MISSING, _ZERO, _UNIT, _BITS = np.float32(np.nan), np.float32(0), np.float32(1), 64
N_SUMS = 4
LINES, WORDS, LINKS, TEXT = range(N_SUMS)
"""Sums over the lines of a group."""


@outer
def fill_markup(
    page_starts, length, is_long, ancestors, path, parent, link_share, title_share, title_cover, n_media, odd, out
):
    """Write the columns of `COMPUTED`; `odd` is any odd number, see `slots.find_slot`."""
    bits = count_bits(page_starts)
    slots, sums = np.empty(1 << bits, np.int32), np.empty((1 << bits, N_SUMS))
    table = slots, sums, odd, np.uint64(_BITS - bits)
    for line in range(len(length)):
        for number in range(len(_MASKS)):
            out[_INSIDE_ROWS[number], line] = 0
        for number in range(len(_MASKS)):
            if ancestors[line] & _MASKS[number]:
                out[_INSIDE_ROWS[number], line] += _ADDED[number]
        out[HEADING, line] = _LEVELS[(ancestors[line] >> _FIRST_LEVEL) & _LEVEL_BITS]
    for page in range(len(page_starts) - 1):
        start, end = page_starts[page], page_starts[page + 1]
        if start < end:
            _fill_groups(path, start, end, length, is_long, link_share, table, out, PATHS)
            _fill_groups(parent, start, end, length, is_long, link_share, table, out, PARENTS)
            _fill_titles(title_share, title_cover, start, end, out)
            _fill_media(n_media, start, end, out)


@inner
def _fill_groups(keys, start, end, length, is_long, link_share, table, out, column):
    """Write the columns of `markup.paths` or `markup.parents`; the sums are added line after line."""
    slots, sums, odd, shift = table
    slots[:] = -1
    words = text = links = 0.0
    for row in range(start, end):
        of_line = length[row] * is_long[row] * (_UNIT - link_share[row])
        slot = find_slot(keys, row, slots, odd, shift)
        if slots[slot] < 0:
            slots[slot] = row
            sums[slot, LINES] = sums[slot, WORDS] = sums[slot, LINKS] = sums[slot, TEXT] = 0
        sums[slot, LINES] += 1
        sums[slot, WORDS] += length[row]
        sums[slot, LINKS] += link_share[row]
        sums[slot, TEXT] += of_line
        words, text, links = words + length[row], text + of_line, links + link_share[row]
    for row in range(start, end):
        of_group = sums[find_slot(keys, row, slots, odd, shift)]
        n_lines, share = of_group[LINES], of_group[WORDS] / words if words > 0 else 0.0
        if column == PATHS:
            out[PATHS, row], out[PATHS + 1, row] = n_lines, share
            out[PATHS + 2, row], out[PATHS + 3, row] = of_group[WORDS] / n_lines, of_group[LINKS] / n_lines
            out[PAGE_LINKS, row] = links / (end - start)
        else:
            out[PARENTS, row] = share
            out[PARENTS + 1, row] = of_group[TEXT] / text if text > 0 else 0.0
            out[PARENTS + 2, row] = of_group[LINKS] / n_lines


@inner
def _fill_titles(share, cover, start, end, out):
    best = _ZERO
    for row in range(start, end):
        best = max(best, share[row] * cover[row])
    for row in range(start, end):
        out[TITLES, row], out[TITLES + 1, row] = share[row], cover[row]
        out[TITLES + 2, row] = share[row] * cover[row] / best if best > 0 else _ZERO


@inner
def _fill_media(n_media, start, end, out):
    last = -1
    for row in range(start, end):
        last = row if n_media[row] > 0 else last
        out[MEDIA, row], out[MEDIA + 1, row] = n_media[row], n_media[row + 1] if row + 1 < end else 0
        out[MEDIA + 2, row] = row - last if last >= 0 else _MISSING
    following = -1
    for row in range(end - 1, start - 1, -1):
        out[MEDIA + 3, row] = following - row - 1 if following >= 0 else _MISSING
        following = row if n_media[row] > 0 else following
