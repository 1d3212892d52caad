"""Pictures, videos and frames between the lines of a page, and the lines that repeat their alternative texts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.read.html.words import is_hidden

_TINY = frozenset(("0", "1", "0px", "1px"))
"""Widths and heights of pictures that count visits and show nothing."""
_MOST = int(np.iinfo(np.int16).max)
_LONGEST_ALT, _LONGEST_LINE = 400, 1000
"""Characters of an alternative text that are read, and of a line that may be a caption."""


def find_alt(attributes: dict[str, str | None]) -> str | None:
    """Alternative text of a picture, or what stands for it; `None` where the picture is not shown.

    >>> find_alt({"alt": "A ferry", "title": "Photo"}), find_alt({}), find_alt({"width": "1", "height": "1"})
    ('A ferry Photo', '', None)
    """
    if attributes.get("width") in _TINY or attributes.get("height") in _TINY or is_hidden(attributes):
        return None
    alt, title = attributes.get("alt") or "", attributes.get("title") or ""
    return f"{alt} {title}" if title and title != alt else alt


class Pictures(NamedTuple):
    """Media beside every line; see the fields of `Hints`. One entry per line."""

    n_media: NDArray[np.int16]
    alt_share: NDArray[np.float32]


def find_pictures(lines: Sequence[str], gaps: Mapping[int, Sequence[str]]) -> Pictures:
    """Count the media before every line, and compare it with the alternative texts right before and right behind it.

    Of both the one counts that the line is more like. Words are what stands between white space, commas and stops. A
    line that is a part of the alternative text counts as a whole, for scripts without spaces; where it is the other way
    round, the share is that of characters.

    Args:
        lines: text of each line.
        gaps: alternative texts of the media before a line and behind the line before it, by the line's index.
    """
    counts, shares = [0] * (len(lines) + 1), [0.0] * (len(lines) + 1)
    for index, alts in gaps.items():
        counts[index] = min(len(alts), _MOST)
        for place, alt in ((index, alts[-1]), (index - 1, alts[0])):
            if alt and 0 <= place < len(lines):
                shares[place] = max(shares[place], _compare(lines[place], alt))
    return Pictures(np.array(counts[:-1], np.int16), np.array(shares[:-1], np.float32))


def _compare(line: str, alt: str) -> float:
    if len(line) > _LONGEST_LINE:
        return 0.0
    line, alt = line.casefold(), alt[:_LONGEST_ALT].casefold().strip()
    if len(line) > 1 and line in alt:
        return 1.0
    words = frozenset(_split(line))
    share = len(words.intersection(_split(alt))) / len(words) if words else 0.0
    return max(share, len(alt) / len(line)) if len(alt) > 1 and alt in line else share


def _split(text: str) -> list[str]:
    return text.replace(",", " ").replace(".", " ").split()
