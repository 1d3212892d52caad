"""What each column of each line adds to what a network says: integrated gradients (Sundararajan, Taly and Yan 2017).

The way goes from a page of which every line is at the training median in every column to the page as it is. The
integral is a sum of a few steps.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.gradient import Floats, Trace, rows_at, trace
from linesift.model.network import Network

_WAY = np.linspace(0, 1, 17, dtype=np.float32) ** 2
"""Borders of the steps of the integral, as shares of the way; the gradient is taken in the middle of each step. Most
units of a network switch near the beginning of the way, so steps are short there. Of the shipped network's log-odds
sixteen steps miss .07 on average and .39 at most, eight .14 and .91, 24 .04 and .26 (317 lines of our own pages)."""


def network_weights(
    network: Network, own: Floats, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Integrated gradients of some rows, by the midpoint rule over `_WAY`.

    Args:
        network: of the model.
        own: shape (n_columns, n_lines), the columns of all lines of a page.
        rows: whose scores are taken apart.

    Returns:
        Base of shape (n_rows, 4), with what the sum of the steps misses of the integral; and weights of shape
        (3, n_columns, n_rows, 4): of the line itself, of all lines above, of all below.
    """
    reach = sum(distance for distance, _, _ in network.steps())
    lines, spans, places = _within(reach, rows, own.shape[1])
    inputs = np.ascontiguousarray(network.inputs(own[:, lines]).T)
    of_entry = np.zeros((*places.shape, len(LABELS), len(network.entry_bias)), np.float32)
    for start, end in pairwise(_WAY):
        of_entry += _back(trace(network, inputs * ((start + end) / 2), spans), places) * (end - start)
    n_columns, n_inputs = len(own), inputs.shape[1]
    slopes = (of_entry.reshape(-1, of_entry.shape[-1]) @ network.entry.T).reshape(*places.shape, -1, n_inputs)
    parts = slopes * rows_at(inputs, places)[:, :, None]  # (n_rows, n_places, 4, n_inputs)
    above, line, below = np.add.reduceat(parts, (0, reach, reach + 1), axis=1).swapaxes(0, 1).astype(np.float64)
    by_input = np.stack((line, above, below))
    weights = by_input[..., :n_columns].copy()
    weights[..., network.flagged] += by_input[..., n_columns:]  # whether a column is missing counts to the column
    scores = network.scores(own[:, lines], spans)[places[:, reach]]
    return scores - weights.sum(axis=(0, 3)), weights.transpose(0, 3, 1, 2)


def _within(
    reach: int, rows: NDArray[np.int64], n_lines: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
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


def _back(path: Trace, places: NDArray[np.int64]) -> Floats:
    """Go back from every score of some lines to the sums of the first hidden layer.

    `Trace.back` takes every line along in every layer. The score of one line rests on three lines of the last layer but
    one, on seven of that before, and so on: a sixth of the work.

    Args:
        path: through the network.
        places: shape (n_rows, n_places), as `_within` gives them.

    Returns:
        Slopes of shape (n_rows, n_places, 4, width).
    """
    of_hidden = np.tile(path.network.out.T, (len(places), 1, 1, 1))
    for number, (distance, weights, _) in reversed([*enumerate(path.network.steps())]):
        is_kept = rows_at(path.kept[number], places[:, 2 * distance - 1 :: 2 * distance])
        of_sum = of_hidden * is_kept[:, :, None]  # the same for every label
        n_rows, n_places, n_labels, width = of_sum.shape
        above, line, below = np.split((of_sum.reshape(-1, width) @ weights.T).reshape(*of_sum.shape[:3], -1), 3, axis=3)
        following = np.zeros((n_rows, 2 * n_places + 1, n_labels, width), np.float32)
        following[:, 1::2] = of_hidden + line
        following[:, :-2:2] += above
        following[:, 2::2] += below
        of_hidden = following
    slopes: Floats = of_hidden * rows_at((path.entered > 0).astype(np.float32), places)[:, :, None]
    return slopes
