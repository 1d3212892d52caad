"""Tell pages on which `limits` has nothing to bound, which is nearly all, in one pass over their bytes."""

import numpy as np

from linesift.read.html import limits
from linesift.read.html.compiled.jit import inner, outer
from linesift.read.html.compiled.scan import GT, LF, LT, QUOTE
from linesift.read.record import MAX_PAGE

_CR, _APOSTROPHE, _SLASH, _AMPERSAND, _HASH = 13, 39, 47, 38, 35


def is_ordinary(html: bytes) -> bool:
    """Say whether `limits.limit_markup` would give the page back as it is; false also where that is not sure."""
    if len(html) > MAX_PAGE:
        return False
    return bool(_is_ordinary(np.frombuffer(html, np.uint8), _BOUNDS, _FORMATS))


def _bounds():
    """Give the bounds as an array, because what is compiled keeps the value of a constant."""
    return np.array(
        [
            limits.MAX_TAGS, limits.MAX_LINE_ENDS, limits.LONG_TAG, limits.MAX_OPTIONS, limits.MAX_COPIES,
            limits.FEWEST_OPEN, 2 * limits.STEP,
        ]
    )  # fmt: skip


_BOUNDS = _bounds()
_MAX_TAGS, _MAX_LINE_ENDS, _LONG_TAG, _MAX_OPTIONS, _MAX_COPIES, _FEWEST_OPEN, _MANY_TAGS = range(7)
_FORMATS = np.array([int.from_bytes(name.encode(), "big") for name in limits.FORMAT_NAMES])
"""The names as numbers of base 256."""
_OPTION = b"option"


@inner
def _lower(byte):
    return np.int64(byte) + 32 if 65 <= byte <= 90 else np.int64(byte)


@inner
def _end_of_tag(data, place):
    """Place behind a tag, as `limits` has it: a quote that is not closed goes on to the end of the page."""
    while place < len(data):
        byte = data[place]
        place += 1
        if byte == GT:
            break
        if byte == QUOTE or byte == _APOSTROPHE:
            while place < len(data) and data[place] != byte:
                place += 1
            place += 1
    return min(place, len(data))


@inner
def _is_format(data, place, formats):
    """Say whether the name of a formatting element begins here."""
    name = np.int64(0)
    for at in range(place, min(place + 8, len(data))):
        byte = _lower(data[at])
        if byte == GT or byte == _SLASH or byte == 32 or 9 <= byte <= 13:
            for known in formats:
                if known == name:
                    return True
            return False
        name = name << 8 | byte
    return False


@inner
def _is_option(data, place):
    if place + len(_OPTION) > len(data):
        return False
    for offset in range(len(_OPTION)):
        if _lower(data[place + offset]) != _OPTION[offset]:
            return False
    return True


@outer
def _is_ordinary(data, bounds, formats):
    n_tags = n_ends = 0
    for place in range(len(data)):
        n_tags += data[place] == LT
    for place in range(len(data)):
        n_ends += data[place] == LF or data[place] == _CR
    for place in range(len(data) - 1):
        n_ends += data[place] == _AMPERSAND and data[place + 1] == _HASH
    if n_tags > bounds[_MAX_TAGS] or n_ends > bounds[_MAX_LINE_ENDS] or n_tags >= bounds[_MANY_TAGS]:
        return False
    n_formats = n_options = tag_end = place = 0
    while place < len(data) - 1:
        if data[place] != LT:
            place += 1
            continue
        if place >= tag_end and 97 <= _lower(data[place + 1]) <= 122:
            tag_end = _end_of_tag(data, place + 2)
            if tag_end - place >= bounds[_LONG_TAG]:
                return False
        place += 1
        n_formats += _is_format(data, place, formats)
        n_options += _is_option(data, place)
    return n_options <= bounds[_MAX_OPTIONS] and n_formats <= max(
        bounds[_MAX_COPIES] // max(n_tags, 1), bounds[_FEWEST_OPEN]
    )
