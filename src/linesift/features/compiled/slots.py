"""Find which lines of a page have equal numbers: a table keeps a line of each number, or -1."""

import numpy as np

from linesift.jit import inner

_ONE = np.uint64(1)


@inner
def count_bits(page_starts):
    """Give the bits of a slot's number, so that there are two slots or more for each line of the longest page."""
    most = 0
    for page in range(len(page_starts) - 1):
        most = max(most, page_starts[page + 1] - page_starts[page])
    bits = 1
    while 1 << bits < 2 * most:
        bits += 1
    return bits


@inner
def find_slot(numbers, row, slots, odd, shift):
    """Find the slot of the row's number. `shift` is 64 less the bits of a slot, and `odd` decides where numbers go."""
    slot = (numbers[row] * odd) >> shift
    while slots[slot] >= 0 and numbers[slots[slot]] != numbers[row]:
        slot = (slot + _ONE) & np.uint64(len(slots) - 1)
    return slot
