"""Score lines, or pages, by additive logistic regression over bins.

Each column is cut into bins at quantiles of the training data; a missing value is a bin of its own. Each bin of each
column has one weight per outcome. A score is the sum of the weights of the bins that the columns fall into.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept

_FEW = 64
"""Lines, or pages, up to which all columns are compared with all their cuts at once: that takes one numpy call, where a
search takes one for each column."""

MOST_CUTS = 254
"""Cuts of a column: the bins are counted in a byte, with one for missing values and one above the last cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Cut points of every column.

    Bin 0 holds missing values, bin `i` the values from cut `i - 1` up to, but not including, cut `i`.
    """

    cuts: NDArray[np.float32]
    """Shape (n_columns, max_cuts), ascending; unused places are infinite."""

    @property
    def n_bins(self) -> int:
        """Bins per column, the one for missing values counted."""
        return int(self.cuts.shape[1]) + 2

    def digitise(self, table: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Find the bin of every value; shape (n_columns, n_lines) in and out."""
        if table.shape[1] <= _FEW:
            n_below = (self.cuts[:, None] <= table[:, :, None]).sum(axis=2, dtype=np.uint8)
            return np.where(np.isnan(table), np.uint8(0), n_below + np.uint8(1))
        out = np.empty(table.shape, np.uint8)
        for row, values, cuts in zip(out, table, self.cuts, strict=True):
            row[:] = np.searchsorted(cuts, values, side="right") + 1
        out[np.isnan(table)] = 0
        return out


def quantile_bins(table: NDArray[np.float32], n_cuts: int) -> Bins:
    """Cut every column of a table of shape (n_columns, n_lines) at `n_cuts` quantiles; equal ones count once."""
    shares = np.linspace(0, 1, n_cuts + 2)[1:-1]
    cuts = np.full((len(table), n_cuts), np.inf, np.float32)
    for row, values in zip(cuts, table, strict=True):
        known = values[~np.isnan(values)]
        if len(known):
            distinct = np.unique(np.quantile(known, shares, method="higher").astype(np.float32))
            row[: len(distinct)] = distinct
    return Bins(cuts)


@dataclass(frozen=True, slots=True, eq=False)
class LinearScorer:
    """Bins of all columns with their weights."""

    bins: Bins
    weights: NDArray[np.float32]
    """Shape (n_columns, n_bins, n_outcomes); outcomes are the four labels of lines, or the five kinds of pages.

    For lines the mean of a column over the training lines is 0. That changes no score, but makes a weight what the bin
    adds to the score of a line about which nothing is known."""
    bias: NDArray[np.float32]
    """Shape (n_outcomes,)."""

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score every outcome for every line, or page.

        Args:
            table: shape (n_columns, n_lines).

        Returns:
            Shape (n_lines, n_outcomes), log-odds up to a constant per line.
        """
        compute = COMPILED.choose(table.shape[1]) or LinearScorer.scores_plain
        return compute(self, table)

    def scores_plain(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Do what `scores` does by numpy alone."""
        bins = self.bins.digitise(table)
        if table.shape[1] <= _FEW:
            return self._scores_of_few(bins)
        out = np.tile(self.bias, (table.shape[1], 1))
        for of_column, weights in zip(bins, self.weights, strict=True):
            out += weights.take(of_column, axis=0)
        return out

    def _scores_of_few(self, bins: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Compute the same sums, in the same order, with one look-up for all columns."""
        n_columns, n_bins, n_outcomes = self.weights.shape
        terms = np.empty((n_columns + 1, bins.shape[1], n_outcomes), np.float32)
        terms[0] = self.bias
        places = bins + np.arange(0, n_columns * n_bins, n_bins)[:, None]
        np.take(self.weights.reshape(-1, n_outcomes), places, axis=0, out=terms[1:], mode="clip")
        total: NDArray[np.float32] = np.add.reduce(terms, axis=0)
        return total


def _load() -> Callable[[LinearScorer, NDArray[np.float32]], NDArray[np.float32]] | None:
    """Load the compiled loops; `None` where they come to other numbers."""
    from linesift.model.compiled.linear import scores

    table = np.cos(np.arange(3 * 2 * _FEW, dtype=np.float32)).reshape(3, -1)
    table[0, ::7] = np.nan
    scorer = LinearScorer(
        quantile_bins(table, 5),
        np.exp(8 * np.sin(np.arange(3 * 7 * 5, dtype=np.float32))).reshape(3, 7, 5),
        table[1, :5],
    )
    return scores if np.array_equal(scores(scorer, table), scorer.scores_plain(table)) else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.linear.add_weights"), Sizes(10_000, 250_000))
"""By lines, or pages."""
