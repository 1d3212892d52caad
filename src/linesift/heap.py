"""How the C library handles the memory of large arrays."""

from functools import cache


@cache
def keep_freed_memory() -> None:
    """Make the C library keep up to 32 MB of freed memory for the next batch.

    The C library of Linux gives freed blocks above a threshold back to the system, which clears them again when they
    are next asked for: a sixth of the time of classifying. The threshold rises to the size of the largest block that
    was ever freed, at most 32 MB. So a block of nearly that size is freed here; it is never touched.
    """
    import numpy as np

    np.empty((32 << 20) - (1 << 16), np.uint8)
