"""Hash the tokens of lines in compiled loops, with the buckets of `features.tokens` in the same order."""

import numpy as np
from numpy.typing import NDArray

from linesift.features import tokens as plain
from linesift.features.batch import Batch
from linesift.hashing import MIX, SPREAD
from linesift.jit import leaf, outer

_FIRST, _LAST, _WHOLE = plain._FIRST, plain._LAST, plain._WHOLE
_ONE, _TWO, _THREE, _LEVEL, _TAG, _SECOND = (np.uint64(odd) for odd in (1, 2, 3, 11, 29, 77))
_SHORT = plain.SHORT
_LINE_SHIFT, _MARKUP_SHIFT = np.uint64(64 - plain.TOKEN_BITS), np.uint64(64 - plain.MARKUP_BITS)

Counted = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Number of tokens of each line, and the buckets of all of them, line after line."""


def line_tokens(batch: Batch, rows: slice) -> Counted:
    """Hash the tokens of some lines, as `tokens.line_tokens` does."""
    scan, (start, stop, _) = batch.scan, rows.indices(len(batch.page))
    words = plain._word_range(scan.word_line, start, stop)
    counted: Counted = hash_line(scan.word_hash[words], scan.word_line[words], scan.hash, batch.length, start, stop)
    return counted


def markup_tokens(batch: Batch, rows: slice) -> Counted:
    """Hash the markup around some lines, as `tokens.markup_tokens` does."""
    hints, (start, stop, _) = batch.hints, rows.indices(len(batch.page))
    if hints is None:
        return np.zeros(stop - start, np.int32), np.zeros(0, np.int32)
    words = plain._word_range(hints.word_line, start, stop)
    arrays = hints.word_hash[words], hints.word_line[words], hints.word_level[words], hints.tag
    counted: Counted = hash_markup(*arrays, start, stop)
    return counted


@outer
def hash_line(word_hash, word_line, line_hash, length, start, stop):
    """Find the buckets of words, pairs, and of lines as a whole; words are those of the lines from `start` on."""
    n_tokens = np.empty(stop - start, np.int32)
    buckets = np.empty(2 * (len(word_hash) + stop - start), np.int32)
    word = n_found = 0
    for row in range(start, stop):
        first, n_before = word, n_found
        while word < len(word_hash) and word_line[word] == row:
            key = word_hash[word]
            beside = key * _FIRST + _ONE if word == first else (word_hash[word - 1] * SPREAD) ^ (key + _SECOND)
            buckets[n_found], buckets[n_found + 1] = _bucket(key, _LINE_SHIFT), _bucket(beside, _LINE_SHIFT)
            n_found += 2
            word += 1
        if word > first:
            buckets[n_found] = _bucket(word_hash[word - 1] * _LAST + _TWO, _LINE_SHIFT)
            n_found += 1
        if length[row] <= _SHORT:
            buckets[n_found] = _bucket(line_hash[row] * _WHOLE + _THREE, _LINE_SHIFT)
            n_found += 1
        n_tokens[row - start] = n_found - n_before
    return n_tokens, buckets[:n_found]


@outer
def hash_markup(word_hash, word_line, word_level, tag, start, stop):
    """Find the buckets of words of attributes, as they are and with their level, and of tags."""
    n_tokens = np.empty(stop - start, np.int32)
    buckets = np.empty(2 * len(word_hash) + stop - start, np.int32)
    word = n_found = 0
    for row in range(start, stop):
        n_before = n_found
        while word < len(word_hash) and word_line[word] == row:
            key, level = word_hash[word], np.uint64(word_level[word]) + _LEVEL
            buckets[n_found] = _bucket(key, _MARKUP_SHIFT)
            buckets[n_found + 1] = _bucket(key ^ (level * SPREAD), _MARKUP_SHIFT)
            n_found += 2
            word += 1
        buckets[n_found] = _bucket(np.uint64(tag[row]) * SPREAD + _TAG, _MARKUP_SHIFT)
        n_found += 1
        n_tokens[row - start] = n_found - n_before
    return n_tokens, buckets


@leaf
def _bucket(key, shift):
    return np.int32((key * MIX) >> shift)
