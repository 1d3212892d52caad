"""Tell pages that are UTF-8 and on which `limits` has nothing to bound, nearly all, in one pass over their bytes."""

import numpy as np

from linesift.jit import inner, outer
from linesift.read.html import limits
from linesift.read.html.compiled.scan import GT, LF, LT, NOT_ASCII, QUOTE
from linesift.read.html.compiled.words import HIGH, as_words, find_hits, first_hit, next_hits, read_word
from linesift.read.html.encoding import MARKS
from linesift.read.record import MAX_PAGE

_CR, _ESCAPE, _APOSTROPHE, _SLASH, _AMPERSAND, _HASH = 13, 27, 39, 47, 38, 35


def is_ordinary(html: bytes) -> bool:
    """Say whether `encoding.to_utf8` and `limits.limit_markup` would give the page back; false also where not sure."""
    if len(html) > MAX_PAGE or html.startswith(MARKS):
        return False
    data = np.frombuffer(html, np.uint8)
    return bool(_is_ordinary(data, as_words(data), _BOUNDS, _FORMATS))


def _bounds():
    """Give the bounds as an array, because what is compiled keeps the value of a constant."""
    return np.array(
        [
            limits.MAX_TAGS, limits.MAX_LINE_ENDS, limits.LONG_TAG, limits.MAX_OPTIONS, limits.MAX_COPIES,
            limits.FEWEST_OPEN, 2 * limits.STEP, limits.LONG_PAGE,
        ]
    )  # fmt: skip


_BOUNDS = _bounds()
_MAX_TAGS, _MAX_LINE_ENDS, _LONG_TAG, _MAX_OPTIONS, _MAX_COPIES, _FEWEST_OPEN, _MANY_TAGS, _LONG_PAGE = range(8)
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


@inner
def _has_long_tag(data, bounds):
    place = 0
    while place < len(data) - 1:
        if data[place] == LT and 97 <= _lower(data[place + 1]) <= 122:
            end = _end_of_tag(data, place + 2)
            if end - place >= bounds[_LONG_TAG]:
                return True
            place = end
        else:
            place += 1
    return False


@inner
def _has_many_line_ends(data, bounds):
    n_ends = 0
    for place in range(len(data)):
        n_ends += data[place] == LF or data[place] == _CR
    for place in range(len(data) - 1):
        n_ends += data[place] == _AMPERSAND and data[place + 1] == _HASH
    return n_ends > bounds[_MAX_LINE_ENDS]


@inner
def _count_char(data, place):
    """Bytes of the character of UTF-8 that begins here and is not ASCII; 0 where there is none."""
    byte = data[place]
    size = 2 if 0xC2 <= byte < 0xE0 else 3 if 0xE0 <= byte < 0xF0 else 4 if 0xF0 <= byte < 0xF5 else 0
    if size == 0 or place + size > len(data):
        return 0
    for offset in range(1, size):
        if data[place + offset] & 0xC0 != 0x80:
            return 0
    second = data[place + 1]
    # Shorter forms of these characters, halves of pairs, and numbers that are too high.
    if (byte == 0xE0 and second < 0xA0) or (byte == 0xF0 and second < 0x90):
        return 0
    return 0 if (byte == 0xED and second >= 0xA0) or (byte == 0xF4 and second >= 0x90) else size


@outer
def _is_ordinary(data, words, bounds, formats):
    """Count what `limits` bounds; `words` are the bytes of `data`, eight at a time, without those behind the last."""
    n_tags = n_formats = n_options = char_end = 0
    for number in range((len(data) + 7) >> 3):
        word = read_word(data, words, number)
        hits = find_hits(word, LT) | find_hits(word, _ESCAPE) | (word & HIGH)
        while hits:
            place = (number << 3) + first_hit(hits)
            hits = next_hits(hits)
            byte = data[place]
            if byte == LT:
                n_tags += 1
                n_formats += _is_format(data, place + 1, formats)
                n_options += _is_option(data, place + 1)
            elif byte == _ESCAPE:
                return False
            elif byte >= NOT_ASCII and place >= char_end:
                size = _count_char(data, place)
                if size == 0:
                    return False
                char_end = place + size
    if n_tags > bounds[_MAX_TAGS] or n_tags >= bounds[_MANY_TAGS] or n_options > bounds[_MAX_OPTIONS]:
        return False
    if n_formats > max(bounds[_MAX_COPIES] // max(n_tags, 1), bounds[_FEWEST_OPEN]):
        return False
    # A page has no more line ends than bytes, and attributes are counted on long pages alone.
    if len(data) > bounds[_MAX_LINE_ENDS] and _has_many_line_ends(data, bounds):
        return False
    return len(data) < bounds[_LONG_PAGE] or not _has_long_tag(data, bounds)
