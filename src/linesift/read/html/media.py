"""Pictures, videos and frames between the lines of a page, and the lines that repeat their alternative texts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.read.html.node import Attributes, Node
from linesift.read.html.words import is_hidden

_TINY = frozenset(("0", "1", "0px", "1px"))
"""Widths and heights of pictures that count visits and show nothing."""
MOST_MEDIA = int(np.iinfo(np.int16).max)
LONGEST_ALT = 400
"""Characters of an alternative text that are read."""
_LONGEST_LINE = 1000
"""Characters of a line that may be a caption."""


def find_alt(attributes: Attributes) -> str | None:
    """Alternative text of a picture, or what stands for it; `None` where the picture is not shown.

    >>> find_alt({"alt": "A ferry", "title": "Photo"}), find_alt({}), find_alt({"width": "1", "height": "1"})
    ('A ferry Photo', '', None)
    """
    if attributes.get("width") in _TINY or attributes.get("height") in _TINY or is_hidden(attributes):
        return None
    return join_alt(attributes.get("alt") or "", attributes.get("title") or "")


def join_alt(alt: str, title: str) -> str:
    """Join both texts that stand for a picture, unless they are the same."""
    return f"{alt} {title}" if title and title != alt else alt


class Pictures(NamedTuple):
    """Media beside every line; see the fields of `Hints`. One entry per line."""

    n_media: NDArray[np.int16]
    alt_share: NDArray[np.float32]


def find_pictures(lines: Sequence[str], gaps: Mapping[int, Sequence[Node]]) -> Pictures:
    """Count the media before every line, and compare it with the alternative texts right before and right behind it.

    Of both the one counts that the line is more like. Words are what stands between white space, commas and stops. A
    line that is a part of the alternative text counts as a whole, for scripts without spaces; where it is the other way
    round, the share is that of characters. Much longer lines have no share.

    Args:
        lines: text of each line.
        gaps: pictures and the like before a line and behind the line before it, by the line's index.
    """
    n_lines = len(lines)
    counts, shares = [0] * n_lines, [0.0] * n_lines
    for index, nodes in gaps.items():
        alts = [alt for node in nodes if (alt := find_alt(node.attributes)) is not None]
        if index < n_lines:
            counts[index] = min(len(alts), MOST_MEDIA)
        for place, next_to in ((index, alts[-1:]), (index - 1, alts[:1])):
            if any(next_to) and 0 <= place < n_lines:
                shares[place] = max(shares[place], compare_alt(lines[place], next_to[0][:LONGEST_ALT]))
    return Pictures(np.array(counts, np.int16), np.array(shares, np.float32))


def compare_alt(line: str, alt: str) -> float:
    """Share of the words of a line that an alternative text has; see `find_pictures`."""
    if len(line) > _LONGEST_LINE:
        return 0.0
    line, alt = line.casefold(), alt.casefold().strip()
    if line in alt and len(line) > 1:
        return 1.0
    words = set(line.replace(",", " ").replace(".", " ").split())
    n_words = len(words)
    if not n_words:
        return 0.0
    words.difference_update(alt.replace(",", " ").replace(".", " ").split())
    share = 1 - len(words) / n_words
    return max(share, len(alt) / len(line)) if alt in line and len(alt) > 1 else share
