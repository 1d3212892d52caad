"""Look at eight bytes of a page at a time, as one number whose lowest byte is the first."""

import numpy as np
from numpy.typing import NDArray

from linesift.jit import leaf

_LOW, HIGH, _OTHERS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080), np.uint64(0x7F7F7F7F7F7F7F7F)
_ONE, _SEVEN, _EIGHT, _LAST, _LAST_PAIR = (np.uint64(number) for number in (1, 7, 8, 56, 48))
_EVEN, _PAIRS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)
_NUMBERS = np.uint64(0x0001020304050607)
MOST_COUNTED = 255
"""Words whose counts of `count_equal` may be added."""


def as_words(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """View bytes as words; those behind the last whole word are left out."""
    return data[: len(data) & ~7].view(np.uint64)


@leaf
def read_word(data, words, number):
    """Give a word; behind the whole ones, the bytes that are left and zeros."""
    if number < len(words):
        return words[number]
    word = np.uint64(0)
    for place in range(len(data) - 1, (number << 3) - 1, -1):
        word = word << _EIGHT | np.uint64(data[place])
    return word


@leaf
def find_hits(word, byte):
    """Set the highest bit of each byte that is this one, and perhaps of bytes above the first that is."""
    # A byte that is equal becomes 0, from which 1 is borrowed from its highest bit.
    different = word ^ (np.uint64(byte) * _LOW)
    return (different - _LOW) & ~different & HIGH


@leaf
def first_hit(hits):
    """Number, 0 to 7, of the first byte whose highest bit is set."""
    first = hits & (~hits + _ONE)
    return np.int64(((first >> _SEVEN) * _NUMBERS) >> _LAST)


@leaf
def next_hits(hits):
    """Leave out the first hit."""
    return hits & (hits - _ONE)


@leaf
def count_equal(word, byte):
    """Give 1 in each byte that is this one, else 0."""
    different = word ^ (np.uint64(byte) * _LOW)
    return (~(((different & _OTHERS) + _OTHERS) | different) & HIGH) >> _SEVEN


@leaf
def add_bytes(counts):
    """Add the eight bytes of a word of counts."""
    return np.int64((((counts & _EVEN) + (counts >> _EIGHT & _EVEN)) * _PAIRS) >> _LAST_PAIR)
