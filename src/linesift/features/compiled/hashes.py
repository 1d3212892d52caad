"""Hash spans of characters as `words.SpanHasher` does."""

import numpy as np

from linesift.hashing import MIX, SPREAD
from linesift.jit import leaf

ONE, TWO = np.uint64(1), np.uint64(2)
_HALF = np.uint64(32)


@leaf
def mix(value):
    """Spread the entropy of a polynomial hash over all 64 bits."""
    mixed = (value ^ (value >> _HALF)) * MIX
    return mixed ^ (mixed >> _HALF)


@leaf
def hash_span(keys, start, stop):
    """Hash the span `[start, stop)` of characters, given as keys."""
    value, power = np.uint64(0), ONE
    for place in range(start, stop):
        value += (np.uint64(keys[place]) + ONE) * power
        power *= SPREAD
    return mix(value)
