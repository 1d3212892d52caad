"""Boosted oblivious trees as flat arrays.

All nodes of one level of an oblivious tree ask the same question, so a tree of depth d is d comparisons of
whole columns and one look-up among 2**d leaves: numpy alone evaluates them at a few nanoseconds per line
and tree, and no node needs to be followed for a line. Method: CatBoost (Prokhorenkova et al. 2018).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WIDTH, _STEP = 1024, 16
"""Lines and trees compared at once: 96 KB of flags stay in the cache of one core. The number of trees is fixed, because
sums of floats depend on their order, and a page must come out the same in any batch."""


@dataclass(frozen=True, slots=True)
class TreeScorer:
    """Trees of one depth over a table of columns."""

    columns: NDArray[np.int32]
    """Shape (n_trees, depth): the column that each level compares."""
    cuts: NDArray[np.float32]
    """Shape (n_trees, depth): a value above the cut takes the upper half; a missing value the lower."""
    leaves: NDArray[np.float32]
    """Shape (n_trees, 2**depth, 4): what each leaf adds to each label's score; level i is bit i of the leaf."""
    bias: NDArray[np.float32]
    """Shape (4,)."""
    shares: NDArray[np.float32] | None = None
    """Shape (n_trees, 2**depth): share of the lines that the trees were fitted on in each leaf, which is what a line is
    compared with when its scores are explained; scoring does without."""

    def leaf_of(self, table: NDArray[np.float32]) -> NDArray[np.int64]:
        """Leaf of every line in every tree, shape (n_trees, n_lines); the plain form of what `scores` does in tiles."""
        found = np.zeros((len(self.columns), table.shape[1]), np.int64)
        for level, (columns, cuts) in enumerate(zip(self.columns.T, self.cuts.T, strict=True)):
            found |= (table[columns] > cuts[:, None]).astype(np.int64) << level
        return found

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score every label of every line.

        Args:
            table: shape (n_columns, n_lines).

        Returns:
            Shape (n_lines, 4), log-odds up to a constant per line.
        """
        n_lines = table.shape[1]
        out = np.empty((n_lines, 4), np.float32)
        for start in range(0, n_lines, _WIDTH):
            out[start : start + _WIDTH] = self._tile(table[:, start : start + _WIDTH])
        return out

    def _tile(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        n_trees, depth = self.columns.shape
        n_lines, n_leaves = table.shape[1], self.leaves.shape[1]
        flat = self.leaves.reshape(-1, 4)
        total = np.tile(self.bias, (n_lines, 1))
        for start in range(0, n_trees, _STEP):
            columns, cuts = self.columns[start : start + _STEP], self.cuts[start : start + _STEP]
            above = table[columns.T.ravel()] > cuts.T.reshape(-1, 1)
            bits = above.view(np.uint8).reshape(depth, len(columns), n_lines)
            leaf = bits[0].astype(np.int32)
            for level in range(1, depth):
                leaf += bits[level].astype(np.int32) << level
            leaf += (np.arange(start, start + len(columns), dtype=np.int32) * n_leaves)[:, None]
            total += flat.take(leaf, axis=0).sum(axis=0)
        return total
