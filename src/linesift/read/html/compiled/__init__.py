"""The walk over a page once more, compiled: one pass over the bytes that the parser writes out, used where numba is."""
