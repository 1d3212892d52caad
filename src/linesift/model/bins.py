"""Columns to bins: each is cut at quantiles of the training lines, and a missing value is a bin of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEW = 64
"""Lines, or pages, up to which all columns are compared with all their cuts at once: that takes one numpy call, where a
search takes one for each column."""


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
        if table.shape[1] <= FEW:
            found = (self.cuts[:, None] <= table[:, :, None]).sum(axis=2, dtype=np.uint8)
            return np.where(np.isnan(table), np.uint8(0), found + np.uint8(1))
        out = np.empty(table.shape, np.uint8)
        for row, values, cuts in zip(out, table, self.cuts, strict=True):
            row[:] = np.searchsorted(cuts, values, side="right") + 1
        out[np.isnan(table)] = 0
        return out


def quantile_bins(table: NDArray[np.float32], n_cuts: int) -> Bins:
    """Cut every column of a table of shape (n_columns, n_lines) at `n_cuts` quantiles, equal ones merged."""
    shares = np.linspace(0, 1, n_cuts + 2)[1:-1]
    cuts = np.full((len(table), n_cuts), np.inf, np.float32)
    for row, values in zip(cuts, table, strict=True):
        known = values[~np.isnan(values)]
        if len(known):
            found = np.unique(np.quantile(known, shares, method="higher").astype(np.float32))
            row[: len(found)] = found
    return Bins(cuts)
