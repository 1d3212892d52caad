"""Numbers to labels: numpy and the standard library alone."""
