"""Text to numbers: numpy and the standard library alone."""
