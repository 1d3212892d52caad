"""Compute what each column adds to the score of an oblivious tree: exact Shapley values, one table per tree.

The value of a set of columns is the mean score of a line that keeps these columns and takes all others from the lines
that the tree was fitted on (interventional Shapley values, Lundberg et al. 2020). An oblivious tree asks every line the
same questions, so the leaf that a line falls into is all that counts. From the share of training lines in each leaf the
values follow exactly, for all leaves at once; explaining a line is looking up its leaf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LeafValues:
    """Scores of each leaf of each tree, taken apart by columns."""

    base: NDArray[np.float64]
    """Shape (4,): mean score of the lines that are compared with, summed over trees."""
    levels: NDArray[np.float64]
    """Shape (n_trees, n_leaves, depth, 4): what the question of each level adds. If several levels of a tree ask about
    one column, it is counted with the first of them."""


def leaf_values(columns: NDArray[np.int32], leaves: NDArray[np.float32], shares: NDArray[np.floating]) -> LeafValues:
    """Compute the Shapley values of every column of every tree in every leaf.

    Args:
        columns: shape (n_trees, depth).
        leaves: shape (n_trees, 2**depth, 4).
        shares: shape (n_trees, 2**depth): share of the lines to compare with in each leaf; rows sum to 1.

    Returns:
        Values that add up, over the levels and with `base`, to the scores of the leaves.
    """
    n_trees, depth = columns.shape
    shape = (n_trees, *(2,) * depth)
    scores = leaves.astype(np.float64).reshape(*shape, -1)
    among = shares.astype(np.float64).reshape(shape)
    values = np.empty((1 << depth, *scores.shape))
    for subset in range(1 << depth):
        # Level i is bit i of a leaf's number, so the first axis behind the trees' is the last level.
        kept = tuple(depth - level for level in range(depth) if subset >> level & 1)
        dropped = tuple(depth - level for level in range(depth) if not subset >> level & 1)
        others = among.sum(axis=kept, keepdims=True)[..., None]
        values[subset] = (scores * others).sum(axis=dropped, keepdims=True)
    base = values[0].reshape(n_trees, 1 << depth, -1)[:, 0].sum(axis=0)
    values = values.reshape(1 << depth, n_trees, 1 << depth, -1)
    weights = np.stack([_subset_weights(tuple(map(row.index, row))) for row in columns.tolist()])
    return LeafValues(base, np.einsum("tls,stxk->txlk", weights, values, optimize=True))


def leaf_shares(leaf: NDArray[np.int64], n_leaves: int) -> NDArray[np.float64]:
    """Compute the share of lines in each leaf, (n_trees, n_leaves), from the leaf of each line, (n_trees, n_lines)."""
    n_trees, n_lines = leaf.shape
    places = leaf + np.arange(n_trees)[:, None] * n_leaves
    counts = np.bincount(places.ravel(), minlength=n_trees * n_leaves)
    shares: NDArray[np.float64] = counts.reshape(n_trees, n_leaves) / n_lines
    return shares


@cache
def _subset_weights(first: Sequence[int]) -> NDArray[np.float64]:
    """Compute the weight of the value of each set of levels in the Shapley value of each level's column.

    Args:
        first: for each level, the first level with the same column; these are the players.

    Returns:
        Shape (depth, 2**depth); zeros for a level that is not the first of its column.
    """
    depth = len(first)
    masks = {player: sum(1 << level for level in range(depth) if first[level] == player) for player in set(first)}
    weights = np.zeros((depth, 1 << depth))
    for player, mask in masks.items():
        others = [other for name, other in masks.items() if name != player]
        for size in range(len(masks)):
            weight = factorial(size) * factorial(len(masks) - size - 1) / factorial(len(masks))
            for chosen in combinations(others, size):
                weights[player, sum(chosen) | mask] += weight
                weights[player, sum(chosen)] -= weight
    return weights
