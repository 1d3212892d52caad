"""Numbers that hashes are made with. A model holds what they gave in its training, so they never change."""

import numpy as np

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio (Knuth 1973): multiples of it lie far apart."""
MIX = np.uint64(0xD6E8FEB86659FD93)
"""Odd number by which the bits of a hash are mixed."""
FNV_START, FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
"""Of the hash FNV-1a (Fowler, Noll and Vo), which reads byte after byte."""
