"""What each column of each line adds to what a network says: integrated gradients (Sundararajan, Taly and Yan 2017).

The way goes from a page of which every line is at the training median in every column to the page as it is. The
integral is a sum of a few steps.

Layers see the lines within reach, but sweeps see the whole page: by columns, what they find would have to be taken back
to every line of the page, for each line and label that is explained. So what they find is an input of its own. Along
the same way the score changes by the columns of the lines within reach with what the sweeps find held, and by what they
find; both parts together are all of it, so the weights are complete. Of the second the halves are told apart, what was
found from the first line down to this one, and from this one to the last, and the line on which most of it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.gradient import Floats, Trace, rows_at, trace
from linesift.model.network import Network, rows_of_max

Rows = NDArray[np.int64]

AT_ONCE = 64
"""Rows taken apart at once; what the network says of all lines within reach of each is held for so many."""

_HELD = 8192
"""Lines for which what sweeps find on the way is held, which takes a run over the whole page at each border: not less
than `AT_ONCE` rows need."""

_WAY = np.linspace(0, 1, 17, dtype=np.float32) ** 2
"""Borders of the steps of the integral, as shares of the way; the gradient is taken in the middle of each step. Most
units of a network switch near the beginning of the way, so steps are short there. Of the
shipped model's log-odds sixteen steps miss .02 on average and .19 at most, eight .05 and .31, 24 .02 and .09 (981 lines
of our own pages)."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkWeights:
    """Scores of some rows taken apart; all parts of a row add up to its score."""

    base: NDArray[np.float64]
    """Shape (n_rows, 4): the score of a page of median lines, with what the sum of the steps misses of the integral."""
    columns: NDArray[np.float64]
    """Shape (3, n_columns, n_rows, 4): of the line itself, of all lines above within reach, of all below."""
    sweeps: NDArray[np.float64]
    """Shape (2, n_rows, 4): of what sweeps find down to the line, and from it on."""
    lines: Rows
    """Shape (2, n_rows): rows of the lines on which most of that stands."""


def batches(rows: Rows) -> list[Rows]:
    """Rows as they are taken apart at once."""
    return [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]


def network_weights(network: Network, own: Floats, rows: Rows) -> Iterator[NetworkWeights]:
    """Integrated gradients of some rows, by the midpoint rule over `_WAY`.

    Args:
        network: of the model.
        own: shape (n_columns, n_lines), the columns of all lines of a page.
        rows: whose scores are taken apart.

    Yields:
        Of each of the `batches` what it is made of.
    """
    reach, sums = sum(distance for distance, _, _ in network.steps()), network.sums(own)
    for group in _groups(rows, 2 * reach + 1):
        held, _, _ = _within(reach, group, own.shape[1])
        found, stands = _found(network, sums, own.shape[1], held)
        for some in batches(group):
            lines, spans, places = _within(reach, some, own.shape[1])
            inputs = np.ascontiguousarray(network.inputs(own[:, lines]).T)
            kept = np.searchsorted(held, lines)
            on_the_way = [each.take(kept, axis=1) for each in found]
            at_the_end = [each.take(kept, axis=0) for each in stands]
            yield _weights(network, _Cut(inputs, spans, places, on_the_way, at_the_end))


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """The lines of a page within reach of some rows."""

    inputs: Floats
    """Shape (n_lines, n_inputs)."""
    spans: Rows
    """How many of the lines follow each other, run after run."""
    places: Rows
    """Shape (n_rows, 2 * reach + 1), as `_within` gives them."""
    found: list[Floats]
    """Of each sweep what it finds at each border of `_WAY`, shape (n_borders, n_lines, 2 * n_pooled)."""
    stands: list[Rows]
    """Of each sweep on which rows of the page that stands in the end, shape (n_lines, 2 * n_pooled)."""


def _groups(rows: Rows, n_seen: int) -> Iterator[Rows]:
    """Batches next to each other that see no more than `_HELD` lines together, with `n_seen` for each row."""
    group = rows[:0]
    for some in batches(rows):
        longer = np.concatenate((group, some))
        if len(group) and n_seen + np.minimum(np.diff(np.sort(longer)), n_seen).sum() > _HELD:
            yield group
            longer = some
        group = longer
    if len(group):
        yield group


def _found(network: Network, sums: Floats, n_lines: int, lines: Rows) -> tuple[list[Floats], list[Rows]]:
    """Of each sweep what it finds at some lines of a page, as a `_Cut` holds it, and where that stands."""
    n_pools, found, stands = len(network.pool_weights), list[Floats](), list[Rows]()
    if not n_pools:
        return [], []

    def look(units: Floats, values: Floats) -> None:
        found.append(values.take(lines, axis=0))
        if len(found) > n_pools * (len(_WAY) - 1):  # at the end of the way
            stands.append(rows_of_max(units, values).take(lines, axis=0))

    for share in _WAY:
        network.run(sums * share, np.array([n_lines]), look)
    return [np.stack(found[sweep::n_pools]) for sweep in range(n_pools)], stands


def _weights(network: Network, cut: _Cut) -> NetworkWeights:
    """Integrate over the steps of the way.

    In the middle of a step sweeps find the mean of what they find at its borders.
    """
    inputs, places = cut.inputs, cut.places
    of_entry = np.zeros((*places.shape, len(LABELS), len(network.entry_bias)), np.float32)
    by_found: list[Floats] = []
    for number, (start, end) in enumerate(pairwise(_WAY)):
        found = [(values[number] + values[number + 1]) / 2 for values in cut.found]
        path = trace(network, inputs * ((start + end) / 2), cut.spans, found=found)
        slopes, changes = _back(path, places, [values[number + 1] - values[number] for values in cut.found])
        of_entry += slopes * (end - start)
        by_found = [np.add(*each) for each in zip(by_found, changes, strict=True)] if by_found else changes
    sweeps, lines = _of_sweeps(network, cut, by_found)
    n_columns, n_inputs, reach = len(network.centre), inputs.shape[1], places.shape[1] // 2
    slopes = (of_entry.reshape(-1, of_entry.shape[-1]) @ network.entry.T).reshape(*places.shape, -1, n_inputs)
    parts = slopes * rows_at(inputs, places)[:, :, None]  # (n_rows, n_places, 4, n_inputs)
    above, line, below = np.add.reduceat(parts, (0, reach, reach + 1), axis=1).swapaxes(0, 1).astype(np.float64)
    by_input = np.stack((line, above, below))
    weights = by_input[..., :n_columns].copy()
    weights[..., network.flagged] += by_input[..., n_columns:]  # whether a column is missing counts to the column
    scores = trace(network, inputs, cut.spans, found=[values[-1] for values in cut.found]).scores[places[:, reach]]
    base = scores - weights.sum(axis=(0, 3)) - sweeps.sum(axis=0)
    return NetworkWeights(base, weights.transpose(0, 3, 1, 2), sweeps, lines)


def _of_sweeps(network: Network, cut: _Cut, by_found: Sequence[Floats]) -> tuple[NDArray[np.float64], Rows]:
    """What all sweeps add to the scores of each row, and on which lines most of that stands, as `NetworkWeights`.

    Args:
        network: of the model.
        cut: the lines.
        by_found: of each sweep, as `_back` gives them.
    """
    n_rows, n_labels = len(cut.places), len(LABELS)
    sweeps, lines = np.zeros((2, n_rows, n_labels)), np.zeros((2, n_rows), np.int64)
    # Of each half and row, on which lines things stand, and what they add to each label.
    where: list[Rows] = []
    added: list[NDArray[np.float64]] = []
    for sweep, parts in enumerate(by_found):
        stands = rows_at(cut.stands[sweep], _seen(network, sweep, cut.places))
        n_pooled = stands.shape[2] // 2
        where.append(stands.reshape(n_rows, -1, 2, n_pooled).transpose(2, 0, 1, 3).reshape(2, n_rows, -1))
        split = parts.reshape(n_rows, -1, n_labels, 2, n_pooled).transpose(3, 0, 2, 1, 4)
        added.append(split.reshape(2, n_rows, n_labels, -1).astype(np.float64))
    if by_found:
        all_where, all_added = np.concatenate(where, axis=2), np.concatenate(added, axis=3)
        sweeps = all_added.sum(axis=3)
        for half, row in np.ndindex(2, n_rows):
            stood, places = np.unique(all_where[half, row], return_inverse=True)
            by_line = np.array([np.bincount(places, values) for values in all_added[half, row]])
            lines[half, row] = stood[np.abs(by_line).sum(axis=0).argmax()]
    return sweeps, lines


def _seen(network: Network, sweep: int, places: Rows) -> Rows:
    """Of the places within reach of a row those at which a sweep is seen by it."""
    distance = 1 << int(network.pool_layers[sweep])
    return places[:, distance - 1 :: distance]


def _within(reach: int, rows: Rows, n_lines: int) -> tuple[Rows, Rows, Rows]:
    """Cut out of a page what lies within reach of some rows.

    Returns:
        The lines in their order; how many of them follow each other, run after run; and the place among them of each
        line from `reach` above to `reach` below each row, shape (n_rows, 2 * reach + 1), their number where the page
        has no such line.
    """
    wanted = rows[:, None] + np.arange(-reach, reach + 1)
    is_there = (wanted >= 0) & (wanted < n_lines)
    lines = np.unique(wanted[is_there])
    begins = np.flatnonzero(np.diff(lines, prepend=-2) > 1)
    return lines, np.diff(begins, append=len(lines)), np.where(is_there, np.searchsorted(lines, wanted), len(lines))


def _back(path: Trace, places: Rows, changes: Sequence[Floats]) -> tuple[Floats, list[Floats]]:
    """Go back from every score of some lines to the sums of the first hidden layer.

    `Trace.back` takes every line along in every layer. The score of one line rests on three lines of the last layer but
    one, on seven of that before, and so on: a sixth of the work.

    Args:
        path: through the network; what sweeps find is held on it.
        places: shape (n_rows, n_places), as `_within` gives them.
        changes: by how much what each sweep finds changes, shape (n_lines, 2 * n_pooled).

    Returns:
        Slopes of shape (n_rows, n_places, 4, width); and of each sweep how much the scores change by each value that it
        finds at the places that it is seen at, shape (n_rows, n_seen, 4, 2 * n_pooled).
    """
    network = path.network
    of_hidden = np.tile(network.out.T, (len(places), 1, 1, 1))
    by_found: list[Floats] = []
    for number, (distance, weights, _) in reversed([*enumerate(network.steps())]):
        is_kept = rows_at(path.kept[number], places[:, 2 * distance - 1 :: 2 * distance])
        of_sum = of_hidden * is_kept[:, :, None]  # the same for every label
        n_rows, n_places, n_labels, width = of_sum.shape
        above, line, below = np.split((of_sum.reshape(-1, width) @ weights.T).reshape(*of_sum.shape[:3], -1), 3, axis=3)
        following = np.zeros((n_rows, 2 * n_places + 1, n_labels, width), np.float32)
        following[:, 1::2] = of_hidden + line
        following[:, :-2:2] += above
        following[:, 2::2] += below
        of_hidden = following
        for sweep in network.pools_before(number):
            by_found.insert(0, _by_found(path, sweep, changes[sweep], _seen(network, sweep, places), of_hidden))
    slopes: Floats = of_hidden * rows_at((path.entered > 0).astype(np.float32), places)[:, :, None]
    return slopes, by_found


def _by_found(path: Trace, sweep: int, change: Floats, places: Rows, of_hidden: Floats) -> Floats:
    """How much scores change by each value that a sweep finds, shape (n_rows, n_places, 4, 2 * n_pooled).

    Args:
        path: through the network.
        sweep: its number.
        change: shape (n_lines, 2 * n_pooled), of what it finds.
        places: shape (n_rows, n_places), at which it is seen.
        of_hidden: shape (n_rows, n_places, 4, width), slopes by the hidden units behind the sweep.
    """
    of_sums = of_hidden * rows_at(path.pools[sweep].is_added.astype(np.float32), places)[:, :, None]
    weights = path.network.pool_weights[sweep]
    slopes = (of_sums.reshape(-1, of_sums.shape[-1]) @ weights.T).reshape(*of_sums.shape[:3], -1)
    changes: Floats = slopes * rows_at(change, places)[:, :, None]
    return changes
