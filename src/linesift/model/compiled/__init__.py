"""The loops of this package once more, compiled: used where numba is installed."""
