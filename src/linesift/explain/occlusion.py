"""Take the scores of a network apart by hiding parts of the page and scoring again.

A column is hidden by giving it its median over the training lines, which is an input of 0; a line by hiding all of its
columns. The score of a line is split in two steps:

1. The page has three parts: the line itself, all lines above it, and all lines below. Their shares are the exact
   Shapley values of these three, from the scores of the page with each of the eight sets of parts hidden. With the
   score of the line on a page of median lines (`base`) they add up to the score.
2. Each column of the line is hidden by itself. The difference of the scores is what the column adds. Columns that say
   the same do less by themselves than together, so what is left of the line's share is given as a whole (`together`).

Only lines near the line are scored again, so the time of a line does not grow with the page. Lines farther away count
by the states that the network carries from them: those of the whole page, or of a page of median lines where they are
hidden. That leaves out what hiding changes in far lines and these, by a later recurrence, in the line: nothing if the
page ends within `_NEAR_OF_COLUMNS` lines; `docs/decisions.md` says how much on longer pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.network import Network, fill_tiles
from linesift.model.states import carry

Floats = NDArray[np.float32]

_LINES_AT_ONCE = 1 << 15
"""Lines of all versions of a page that are scored at once."""

_NEAR_OF_PARTS, _NEAR_OF_COLUMNS = 512, 128
"""Lines above and below a line that are scored again when parts of the page are hidden, and when columns are."""

_SETS = np.array(list(product((False, True), repeat=3)))
"""Shape (8, 3): each set of the lines above, the line itself and those below."""

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
        own: shape (n_columns, n_lines), the columns of all lines of the page that the network reads.
        rows: the lines, among these.
    """
    sums = network.sums(own)[: own.shape[1]]
    page = _Page(network, sums, _states(network, sums), _states(network, np.zeros_like(sums)))
    for row in rows.tolist():
        terms = _column_terms(network, own[:, row])
        shown = np.flatnonzero(terms.any(axis=1))
        of_parts = page.score(row, _NEAR_OF_PARTS, _SETS, np.zeros((len(_SETS), terms.shape[1]), np.float32))
        of_columns = page.score(row, _NEAR_OF_COLUMNS, _SETS[-1:].repeat(len(shown), axis=0), terms[shown])
        yield _shares(len(terms), shown, of_parts, of_columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """A page whose lines are scored with some of it hidden."""

    network: Network
    sums: Floats
    """Shape (n_lines, width): sums of the first hidden layer."""
    shown: list[Floats]
    """Of each recurrence its states on each line of the page, as `carry` gives them."""
    hidden: list[Floats]
    """The same of a page of median lines."""

    def score(self, row: int, n_near: int, parts: NDArray[np.bool_], terms: Floats) -> NDArray[np.float64]:
        """Score a line in some versions of its page, shape (n_versions, 4).

        Args:
            row: the line.
            n_near: lines above and below it that are scored again, if they are more than twice what layers see.
            parts: shape (n_versions, 3), whether the lines above, the line itself and those below are shown.
            terms: shape (n_versions, width), subtracted from the sums of the line.
        """
        n_near = max(n_near, 2 << len(self.network.layers))
        start, end = max(row - n_near, 0), min(row + n_near + 1, len(self.sums))
        step = max(1, _LINES_AT_ONCE // (end - start))
        chunks = []
        for first in range(0, len(parts), step):
            some = parts[first : first + step]
            versions = self.sums[start:end] * some[:, _place_of_part(start, row, end), None]
            versions[:, row - start] -= terms[first : first + step]
            find_states = partial(self._find_states, start, end, some)
            tiles = fill_tiles(versions.reshape(-1, versions.shape[2]))
            scores = self.network.run(tiles, np.full(len(some), end - start), find_states)
            chunks.append(scores[row - start :: end - start])
        return np.concatenate(chunks).astype(np.float64)

    def _find_states(
        self, start: int, end: int, parts: NDArray[np.bool_], number: int, kept: Floats, added: Floats,
        spans: NDArray[np.int64],
    ) -> Floats:  # fmt: skip
        """Find the states of versions of the lines from `start` to `end`, carried from the page beyond them too.

        Lines at these two borders lack neighbours, so their hidden units are wrong. No layer that follows sees them
        from the line that is scored. The line behind the last wrong one is given the states of the line in its place.
        """
        shape = len(parts), end - start, -1
        of_kept, of_added = kept[: spans.sum()].reshape(shape), added[: spans.sum()].reshape(shape)
        n_states, n_wrong = of_kept.shape[2] // 2, (2 << number) - 1
        shown, hidden = self.shown[number], self.hidden[number]
        if start > 0:
            row = start + n_wrong
            of_kept[:, n_wrong, :n_states] = 0
            of_added[:, n_wrong, :n_states] = np.where(parts[:, :1], shown[row, :n_states], hidden[row, :n_states])
        if end < len(self.sums):
            row = end - n_wrong - 1
            of_kept[:, -n_wrong - 1, n_states:] = 0
            of_added[:, -n_wrong - 1, n_states:] = np.where(parts[:, 2:], shown[row, n_states:], hidden[row, n_states:])
        return carry(kept, added, spans)


def _place_of_part(start: int, row: int, end: int) -> NDArray[np.int64]:
    """Give the place in `_SETS` of the part that each line from `start` to `end` belongs to."""
    return 1 + np.sign(np.arange(start, end) - row)


def _states(network: Network, sums: Floats) -> list[Floats]:
    """Give the states of each recurrence on a page."""
    found: list[Floats] = []

    def keep(_number: int, kept: Floats, added: Floats, spans: NDArray[np.int64]) -> Floats:
        found.append(carry(kept, added, spans))
        return found[-1]

    network.run(fill_tiles(sums), np.array([len(sums)]), keep)
    return found


def _column_terms(network: Network, columns: Floats) -> Floats:
    """Give what each column of a line adds to the sums of the first hidden layer, shape (n_columns, width)."""
    n_columns = len(columns)
    terms: Floats = network.inputs(columns[:, None]) * network.entry
    of_columns = terms[:n_columns]
    of_columns[network.flagged] += terms[n_columns:]  # that a column is missing counts as the column's
    return of_columns


def _shares(
    n_columns: int, shown: NDArray[np.int64], of_parts: NDArray[np.float64], by_columns: NDArray[np.float64]
) -> NetworkShares:
    """Put the shares together from the scores with each of `_SETS` shown, and without each of the columns `shown`."""
    by_parts = of_parts.reshape(2, 2, 2, len(LABELS))
    above, line, below = (_shapley(np.moveaxis(by_parts, part, 0)) for part in range(3))
    columns = np.zeros((n_columns, len(LABELS)))
    columns[shown] = by_parts[1, 1, 1] - by_columns
    return NetworkShares(by_parts[0, 0, 0], columns, line - columns.sum(axis=0), above, below)


def _shapley(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shapley value of a part, from scores of shape (2, 2, 2, 4): without and with it, and with the two others."""
    added = scores[1] - scores[0]
    value: NDArray[np.float64] = sum(_SHAPLEY[i + j] * added[i, j] for i, j in product((0, 1), repeat=2))
    return value
