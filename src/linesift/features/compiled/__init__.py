"""The scan of a text and the tokens of its lines once more, compiled: used where numba is."""
