"""Find the media beside every line: what `read.html.media` does before it compares texts, compiled."""

import numpy as np

from linesift.jit import outer
from linesift.read.html.compiled.layout import (
    ALT_END,
    ALT_START,
    ALT_TITLE_END,
    ALT_TITLE_START,
    IS_SHOWN,
    LINE_MEDIA,
    LINE_MEDIUM,
)  # fmt: skip
from linesift.read.html.media import MOST_MEDIA


@outer
def find_beside(lines, media, first_tail):
    """Count the media that are shown before every line, and find those with a text right before or behind a line.

    Args:
        lines: rows of `layout`.
        media: rows of `layout`.
        first_tail: first of the media behind all lines.

    Returns:
        Their numbers, shape (n_lines,), and lines with rows of `media`, shape (n_pairs, 2).
    """
    n_lines, n_pairs = len(lines), 0
    n_media, pairs = np.zeros(n_lines, np.int16), np.empty((2 * n_lines + 2, 2), np.int64)
    for gap in range(n_lines + 1):  # the last is behind the last line
        first, end = first_tail, len(media)
        if gap < n_lines:
            first = lines[gap, LINE_MEDIUM]
            end = first + lines[gap, LINE_MEDIA]
        n_shown, lowest, highest = 0, -1, -1
        for row in range(first, end):
            if media[row, IS_SHOWN]:
                lowest, highest = row if n_shown == 0 else lowest, row
                n_shown += 1
        if gap < n_lines:
            n_media[gap] = min(n_shown, MOST_MEDIA)
        if n_shown:
            for line, row in ((gap, highest), (gap - 1, lowest)):
                has_text = media[row, ALT_END] > media[row, ALT_START]
                has_text |= media[row, ALT_TITLE_END] > media[row, ALT_TITLE_START]
                if has_text and 0 <= line < n_lines:
                    pairs[n_pairs, 0], pairs[n_pairs, 1] = line, row
                    n_pairs += 1
    return n_media, pairs[:n_pairs]
