"""Corpora to a model; needs the train extra, and nothing outside this package imports it at start."""
