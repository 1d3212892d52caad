"""Add the weights of bins in compiled loops, as `linear.LinearScorer.scores` does."""

import math

import numpy as np
from numpy.typing import NDArray

from linesift.jit import leaf, outer
from linesift.model.linear import LinearScorer


def scores(scorer: LinearScorer, table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `LinearScorer.scores` does."""
    out = np.empty((table.shape[1], len(scorer.bias)), np.float32)
    add_weights(scorer.bins.cuts, scorer.weights, scorer.bias, table, out)
    return out


@outer
def add_weights(cuts, weights, bias, table, out):
    """Write the scores of all lines.

    Args:
        cuts: shape (n_columns, max_cuts), as `Bins.cuts`.
        weights: shape (n_columns, n_bins, n_outcomes), float32 as the following.
        bias: shape (n_outcomes,).
        table: shape (n_columns, n_lines).
        out: shape (n_lines, n_outcomes).
    """
    for line in range(len(out)):
        out[line] = bias
    for column in range(len(cuts)):
        for line in range(len(out)):
            place = _find_bin(cuts, column, table[column, line])
            for outcome in range(len(bias)):
                out[line, outcome] += weights[column, place, outcome]


@leaf
def _find_bin(cuts, column, value):
    if math.isnan(value):
        return 0
    low, high = 0, cuts.shape[1]
    while low < high:
        middle = (low + high) // 2
        if cuts[column, middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low + 1
