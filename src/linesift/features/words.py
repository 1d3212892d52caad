"""Words of a batch of text and their hashes, without a tokenizer.

A word is a run of letters, marks and digits. In scripts that set no spaces between words (Han, kana, Thai,
Lao, Khmer, Myanmar) every pair of neighbouring letters is a word of its own.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from linesift.features.chars import SPACED, UNSPACED, Runs
from linesift.hashing import MIX, SPREAD

_BASE = int(SPREAD)
_INVERSE = pow(_BASE, -1, 1 << 64)


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """`_BASE ** i` and its inverse modulo 2**64 for i below `size`, both of shape (size,)."""
    up, down = np.full(size, _BASE, np.uint64), np.full(size, _INVERSE, np.uint64)
    up[0] = down[0] = 1
    return np.cumprod(up, out=up), np.cumprod(down, out=down)


def mix(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the entropy of polynomial hashes over all 64 bits (one round of an xor-shift-multiply mixer)."""
    mixed = hashes ^ (hashes >> np.uint64(32))
    mixed *= MIX
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


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Words in the order of the text; all arrays have shape (n_words,)."""

    start: NDArray[np.int64]
    """Position of the first character."""
    end: NDArray[np.int64]
    run: NDArray[np.int64]
    """Run that the first character is in."""
    hash: NDArray[np.uint64]
    """Hash of the folded characters, every digit as `0`."""
    is_spaced: NDArray[np.bool_]
    """False for a pair of letters of a script without spaces."""
    unspaced: tuple[NDArray[np.int64], NDArray[np.int64]]
    """First and last runs of every sequence of letters of scripts without spaces."""

    @property
    def spaced(self) -> slice | NDArray[np.bool_]:
        """Index of the words of scripts that set spaces; on most pages these are all, and need not be copied."""
        return slice(None) if self.is_spaced.all() else self.is_spaced


def find_words(runs: Runs, hasher: SpanHasher) -> Words:
    """Find all words of a text."""
    run, last = runs.groups(*SPACED)
    start, end = runs.bounds.take(run), runs.bounds.take(last + 1)
    is_spaced = np.ones(len(run), np.bool_)
    unspaced = runs.groups(*UNSPACED)
    if len(unspaced[0]):
        pair, pair_run = _pairs(runs, *unspaced)
        start = np.concatenate((start, pair))
        order = np.argsort(start, kind="stable")  # merges the two where they are sorted already
        start = start[order]
        end = np.concatenate((end, pair + 2))[order]
        run = np.concatenate((run, pair_run))[order]
        is_spaced = order < len(is_spaced)
    return Words(start=start, end=end, run=run, hash=hasher(start, end), is_spaced=is_spaced, unspaced=unspaced)


def _pairs(
    runs: Runs, first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where pairs of neighbouring letters in sequences of runs begin, and the first run of the sequence."""
    start = runs.bounds.take(first)
    n_pairs = runs.bounds.take(last + 1) - start - 1
    before = n_pairs.cumsum() - n_pairs
    return np.arange(n_pairs.sum()) + (start - before).repeat(n_pairs), first.repeat(n_pairs)
