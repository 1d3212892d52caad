"""Sums of the model once more, compiled: used where numba is."""
