"""Find set phrases at both ends of lines in one compiled loop over the lines, as `features.cues` does."""

import numpy as np

from linesift.features import cues as plain
from linesift.hashing import MIX
from linesift.jit import inner, leaf, outer

_ENDS, _BEGINS, _SURELY_BEGINS, _IS = plain._ENDS, plain._BEGINS, plain._SURELY_BEGINS, plain._IS
_NEAR, _ALL, _FORWARD, _BACKWARD = plain._NEAR, plain._ALL, plain._FORWARD, plain._BACKWARD
_ADDED, _BIT, _BYTE, _LOW = (np.uint64(odd) for odd in (29, 64 - plain._FILTER_BITS, 67 - plain._FILTER_BITS, 7))
_ONE = np.uint8(1)


@outer
def fill_cues(words, lines, colons, length, keys, families, near, beginnings, out):
    """Write the columns of set phrases.

    Args:
        words: shape (n_words,), hashes of the words of all lines.
        lines: shape (n_words,), the line of each.
        colons: shape (n_lines,), colons of each line.
        length: shape (n_lines,), words of each line as its column has them.
        keys: as `cues.CueTable` has it; `families`, `near` and `beginnings` are the same.
        families: as `keys`.
        near: as `keys`.
        beginnings: as `keys`.
        out: shape (n_families, n_lines), float32.
    """
    out[:] = 0
    start = 0
    while start < len(words):
        line, end = lines[start], start + 1
        while end < len(words) and lines[end] == line:
            end += 1
        for is_begin in (True, False):
            found = _FORWARD if is_begin else _BACKWARD
            for number in range(end - start):
                word = words[start + number] if is_begin else words[end - 1 - number]
                found = (found ^ word) * MIX
                found ^= found >> _ADDED
                if not beginnings[found >> _BYTE] >> ((found >> _BIT) & _LOW) & _ONE:
                    break
                key = _find(keys, found)
                if key >= 0:
                    is_whole = number + 1 == end - start
                    value = _value(near[key], is_whole, is_begin, colons[line], length[line])
                    for family in range(len(out)):
                        if families[key] >> family & 1:
                            out[family, line] = max(out[family, line], value)
        start = end


@inner
def _find(keys, sought):
    """Find the place of a key, or -1."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < sought:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == sought else -1


@leaf
def _value(near, is_whole, is_begin, n_colons, length):
    is_sure = near == _ALL
    if is_whole:
        return np.float32(_IS)
    if not is_begin:
        return np.float32(_ENDS if is_sure else 0)
    if is_sure:
        return np.float32(_SURELY_BEGINS)
    if n_colons > 0:
        return np.float32(_SURELY_BEGINS if length <= _NEAR else 0)
    return np.float32(_BEGINS if length <= near else 0)
