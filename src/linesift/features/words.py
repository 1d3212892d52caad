"""Words of a batch of text and their hashes, without a tokenizer.

A word is a run of letters, marks and digits. In scripts that set no spaces between words (Han, kana, Thai,
Lao, Khmer, Myanmar) every pair of neighbouring letters is a word of its own.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from linesift.features.chars import FIRST_PUNCTUATION, FIRST_UNSPACED, CharClass, Chars

_BASE = 0x9E3779B97F4A7C15 | 1
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """`_BASE ** i` and its inverse modulo 2**64 for i below `size`, both of shape (size,)."""
    up, down = np.full(size, _BASE, np.uint64), np.full(size, _INVERSE, np.uint64)
    up[0] = down[0] = 1
    return np.cumprod(up, out=up), np.cumprod(down, out=down)


def mix(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the entropy of polynomial hashes over all 64 bits (one round of an xor-shift-multiply mixer)."""
    mixed = hashes ^ (hashes >> np.uint64(32))
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(32)
    return mixed


class SpanHasher:
    """Hashes of any spans of one sequence in constant time each, from prefix sums.

    The hash of a span is `sum((code[start + i] + 1) * B**i)` modulo 2**64 with odd `B`, then mixed; it depends on the
    span's codes alone, not on where it stands.
    """

    def __init__(self, codes: NDArray[np.uint32]) -> None:
        size = 1 << max(12, len(codes).bit_length())
        up, self._down = _powers(size)
        self._sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum((codes + np.uint32(1)) * up[: len(codes)], out=self._sums[1:])

    def __call__(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Hash of every span `[start, end)`; shape (n_spans,)."""
        return mix((self._sums[ends] - self._sums[starts]) * self._down[starts])


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the order of the text; all arrays have shape (n_words,)."""

    start: NDArray[np.int64]
    """Position of the first character."""
    end: NDArray[np.int64]
    hash: NDArray[np.uint64]
    """Hash of the folded characters, every digit as `0`."""
    is_spaced: NDArray[np.bool_]
    """False for a pair of letters of a script without spaces."""


def hash_codes(chars: Chars) -> NDArray[np.uint32]:
    """Folded code points with every digit as `0`, so that dates and counts of one form share a hash."""
    return np.where(chars.classes == CharClass.DIGIT, np.uint32(ord("0")), chars.folded)


def find_words(chars: Chars, hasher: SpanHasher) -> Words:
    """Find all words of a text."""
    classes = chars.classes
    spaced = np.zeros(len(classes) + 2, np.bool_)
    np.logical_and(classes > 0, classes < FIRST_UNSPACED, out=spaced[1:-1])
    begins = spaced[1:-1] & ~spaced[:-2]
    unspaced = (classes >= FIRST_UNSPACED) & (classes < FIRST_PUNCTUATION)
    pairs = np.zeros(len(classes), np.bool_)
    np.logical_and(unspaced[:-1], unspaced[1:], out=pairs[:-1])
    start = np.flatnonzero(begins | pairs)
    is_spaced = begins[start]
    end = start + 2
    end[is_spaced] = np.flatnonzero(spaced[1:-1] & ~spaced[2:]) + 1
    return Words(start=start, end=end, hash=hasher(start, end), is_spaced=is_spaced)
