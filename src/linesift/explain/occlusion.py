"""Take the scores of a network apart by hiding parts of the page and scoring again.

A column is hidden by giving it its median over the training lines, which is an input of 0; a line by hiding all of its
columns. The score of a line is split in two steps:

1. The page has three parts: the line itself, all lines above it, and all lines below. Their shares are the exact
   Shapley values of these three, from the scores of the page with each of the eight sets of parts hidden. With the
   score of the line on a page of median lines (`base`) they add up to the score.
2. Each column of the line is hidden by itself. The difference of the scores is what the column adds. Columns that say
   the same do less by themselves than together, so what is left of the line's share is given as a whole (`together`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.network import Network

Floats = NDArray[np.float32]

_LINES_AT_ONCE = 1 << 15
"""Lines of all versions of a page that are scored at once; a version of a longer page is scored alone."""

_SHAPLEY = {0: 1 / 3, 1: 1 / 6, 2: 1 / 3}
"""Weight of what a part adds to a set of so many of the two other parts."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkShares:
    """Scores of one line taken apart; everything adds up to them."""

    base: NDArray[np.float64]
    """Shape (4,): scores of the line on a page of median lines."""
    columns: NDArray[np.float64]
    """Shape (n_columns, 4): what the scores lose if one column of the line is hidden."""
    together: NDArray[np.float64]
    """Shape (4,): share of the line, less that of its single columns."""
    above: NDArray[np.float64]
    """Shape (4,): share of all lines above."""
    below: NDArray[np.float64]
    """Shape (4,): share of all lines below."""


def network_shares(network: Network, own: Floats, rows: NDArray[np.int64]) -> Iterator[NetworkShares]:
    """Take the scores of some lines of a page apart, one line after the other.

    Args:
        network: the network.
        own: shape (n_columns, n_lines), the columns of all lines of the page.
        rows: the lines.
    """
    sums = network.sums(own)[: own.shape[1]]
    for row in rows.tolist():
        terms = _column_terms(network, own[:, row])
        shown = np.flatnonzero(terms.any(axis=1))
        versions = [*_without_parts(sums, row), *_without_columns(sums, row, terms[shown])]
        yield _shares(len(terms), shown, _scores(network, versions, row))


def _column_terms(network: Network, columns: Floats) -> Floats:
    """Give what each column of a line adds to the sums of the first hidden layer, shape (n_columns, width)."""
    n_columns = len(columns)
    terms: Floats = network.inputs(columns[:, None]) * network.entry
    of_columns = terms[:n_columns]
    of_columns[network.flagged] += terms[n_columns:]  # that a column is missing counts as the column's
    return of_columns


def _without_parts(sums: Floats, row: int) -> Iterator[Floats]:
    """Give the sums of the first hidden layer with each set of the parts hidden, as `product` orders them."""
    for shows_line, shows_above, shows_below in product((False, True), repeat=3):
        version = sums.copy()
        version[:row] *= shows_above
        version[row] *= shows_line
        version[row + 1 :] *= shows_below
        yield version


def _without_columns(sums: Floats, row: int, terms: Floats) -> Iterator[Floats]:
    """Give the same sums with each column of the line hidden."""
    for term in terms:
        version = sums.copy()
        version[row] -= term
        yield version


def _scores(network: Network, versions: list[Floats], row: int) -> NDArray[np.float64]:
    """Score a line in each version of its page, shape (n_versions, 4)."""
    n_lines = len(versions[0])
    step = max(1, _LINES_AT_ONCE // n_lines)
    chunks = []
    for start in range(0, len(versions), step):
        some = versions[start : start + step]
        scores = network.run(network.tiles(np.concatenate(some)), np.full(len(some), n_lines))
        chunks.append(scores[row::n_lines])
    return np.concatenate(chunks).astype(np.float64)


def _shares(n_columns: int, shown: NDArray[np.int64], scores: NDArray[np.float64]) -> NetworkShares:
    """Put the shares together from the scores of all versions, in the order of `network_shares`."""
    by_parts, by_columns = scores[:8].reshape(2, 2, 2, len(LABELS)), scores[8:]
    line, above, below = (_shapley(np.moveaxis(by_parts, part, 0)) for part in range(3))
    columns = np.zeros((n_columns, len(LABELS)))
    columns[shown] = by_parts[1, 1, 1] - by_columns
    return NetworkShares(by_parts[0, 0, 0], columns, line - columns.sum(axis=0), above, below)


def _shapley(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shapley value of a part, from scores of shape (2, 2, 2, 4): without and with it, and with the two others."""
    added = scores[1] - scores[0]
    value: NDArray[np.float64] = sum(_SHAPLEY[i + j] * added[i, j] for i, j in product((0, 1), repeat=2))
    return value
