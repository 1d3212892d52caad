"""Additive logistic regression over bins: one weight per column, bin and label, looked up and summed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.model.bins import FEW, Bins


@dataclass(frozen=True, slots=True, eq=False)
class LinearScorer:
    """A linear model that reads as a table: what each bin of each column adds to each outcome's score."""

    bins: Bins
    weights: NDArray[np.float32]
    """Shape (n_columns, n_bins, n_outcomes): of lines the four labels, of pages the five kinds. For lines the mean of a
    column over the training lines is 0, which changes no score but makes a weight what the bin adds to the score of a
    line about which nothing is known."""
    bias: NDArray[np.float32]
    """Shape (n_outcomes,)."""

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score every outcome for every line, or page.

        Args:
            table: shape (n_columns, n_lines).

        Returns:
            Shape (n_lines, n_outcomes), log-odds up to a constant per line.
        """
        found = self.bins.digitise(table)
        if table.shape[1] <= FEW:
            return self._few(found)
        out = np.tile(self.bias, (table.shape[1], 1))
        for bins, weights in zip(found, self.weights, strict=True):
            out += weights.take(bins, axis=0)
        return out

    def _few(self, bins: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The same sums, in the same order, with one look-up for all columns."""
        n_columns, n_bins, n_outcomes = self.weights.shape
        parts = np.empty((n_columns + 1, bins.shape[1], n_outcomes), np.float32)
        parts[0] = self.bias
        places = bins + np.arange(0, n_columns * n_bins, n_bins)[:, None]
        np.take(self.weights.reshape(-1, n_outcomes), places, axis=0, out=parts[1:], mode="clip")
        total: NDArray[np.float32] = np.add.reduce(parts, axis=0)
        return total
