"""Predictions out: for people on a terminal, for programs in tables."""
