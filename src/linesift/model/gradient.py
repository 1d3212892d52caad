"""The way back through a network: how its scores change with each input and each weight.

Training learns by it, and explanations ask it what the scores of a line rest on; scoring does without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from linesift.model.network import Network, cumulative_max, neighbours, rows_of_max

Floats = NDArray[np.float32]
Number = TypeVar("Number", np.float32, np.int64)

LEARNT = ("entry", "entry_bias", "layers", "layer_biases", "pool_weights", "pool_biases", "out", "out_bias")
"""Arrays of a network that are learnt; the others say how columns become inputs."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """One cumulative max pooling on the way."""

    before: Floats | None
    """Shape (n_lines, n_pooled): the hidden units that it looked at; `None` where it was told what it finds."""
    found: Floats
    """Shape (n_lines, 2 * n_pooled): their highest values, as `cumulative_max` gives them."""
    is_added: NDArray[np.bool_]
    """Shape (n_lines, width): whether its sum is above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One way through a network over all lines of some pages, kept for the way back."""

    network: Network
    places: list[NDArray[np.int64]]
    """Of each layer, the `neighbours` that it reads."""
    inputs: Floats
    """Shape (n_lines, n_inputs)."""
    entered: Floats
    """Shape (n_lines, width): the first hidden layer."""
    gathered: list[Floats]
    """What each layer reads of three lines, shape (n_lines, 3 * width)."""
    kept: list[Floats]
    """What the sum of each layer is multiplied by, shape (n_lines, width): 0 where it is below 0 or dropped."""
    hidden: Floats
    """Shape (n_lines, width): after the last layer."""
    pools: list[Pool]

    @property
    def scores(self) -> Floats:
        """Log-odds of every label of every line up to a constant, shape (n_lines, 4)."""
        return self.hidden @ self.network.out + self.network.out_bias

    def back(self, slope: Floats) -> tuple[Floats, Mapping[str, Floats]]:
        """Go from the slope of any number by the scores to its slopes by the inputs and by the weights.

        Args:
            slope: shape (n_lines, 4).

        Returns:
            Slopes by the inputs, shape (n_lines, n_inputs), and by each of `LEARNT`.
        """
        network, width = self.network, len(self.network.entry_bias)
        layers, biases = np.empty_like(network.layers), np.empty_like(network.layer_biases)
        pool_weights, pool_biases = np.empty_like(network.pool_weights), np.empty_like(network.pool_biases)
        of_hidden: Floats = slope @ network.out.T
        for number in range(len(layers) - 1, -1, -1):
            of_sum = of_hidden * self.kept[number]
            layers[number], biases[number] = self.gathered[number].T @ of_sum, of_sum.sum(axis=0)
            # A line is read by the one below it as its line above, and the other way round.
            turned = network.layers[number].reshape(3, width, width)[::-1].transpose(0, 2, 1).reshape(3 * width, width)
            of_hidden = of_hidden + _gather(of_sum, self.places[number]) @ turned
            for place in network.pools_before(number):
                pool = self.pools[place]
                of_pool = of_hidden * pool.is_added
                pool_weights[place], pool_biases[place] = pool.found.T @ of_pool, of_pool.sum(axis=0)
                if pool.before is not None:
                    of_highest = of_pool @ network.pool_weights[place].T
                    of_hidden[:, : pool.before.shape[1]] += _of_highest(pool.before, pool.found, of_highest)
        of_entry = of_hidden * (self.entered > 0)
        found = {
            "entry": self.inputs.T @ of_entry,
            "entry_bias": of_entry.sum(axis=0),
            "layers": layers,
            "layer_biases": biases,
            "pool_weights": pool_weights,
            "pool_biases": pool_biases,
            "out": self.hidden.T @ slope,
            "out_bias": slope.sum(axis=0),
        }
        of_inputs: Floats = of_entry @ network.entry.T
        return of_inputs, found


def trace(
    network: Network,
    inputs: Floats,
    spans: NDArray[np.int64],
    drops: Sequence[Floats] | None = None,
    found: Sequence[Floats] | None = None,
) -> Trace:
    """Go through a network.

    Args:
        network: whose weights count.
        inputs: shape (n_lines, n_inputs), as `Network.inputs` gives them, transposed.
        spans: lines of each page, one after the other.
        drops: what the sums of each layer are multiplied by, shape (n_lines, width) each, as is done in learning.
        found: the maxima of each pooling, as `cumulative_max` gives them, instead of those of these lines. On the way
            back they are held: the hidden units have no part in them.
    """
    hidden = entered = np.maximum(inputs @ network.entry + network.entry_bias, np.float32(0))
    places, gathered, kept, pools = [], [], [], []
    for number, (distance, weights, bias) in enumerate(network.steps()):
        for place in network.pools_before(number):
            n_pooled = network.pool_weights.shape[1] // 2
            before = hidden[:, :n_pooled] if found is None else None
            peaks = cumulative_max(hidden, spans, n_pooled) if found is None else found[place]
            sums = peaks @ network.pool_weights[place] + network.pool_biases[place]
            pools.append(Pool(before, peaks, sums > 0))
            hidden = hidden + np.maximum(sums, 0)
        places.append(neighbours(spans, distance, len(inputs)))
        gathered.append(_gather(hidden, places[-1]))
        sums = gathered[-1] @ weights + bias
        kept.append((sums > 0) * (np.float32(1) if drops is None else drops[number]))
        hidden = hidden + sums * kept[-1]
    return Trace(network, places, inputs, entered, gathered, kept, hidden, pools)


def rows_at(values: NDArray[Number], places: NDArray[np.int64]) -> NDArray[Number]:
    """Values of the lines at some places, shape (*places.shape, width); 0 where the place is the number of lines."""
    padded = np.concatenate((values, np.zeros((1, values.shape[1]), values.dtype)))
    return padded.take(places, axis=0)


def _of_highest(before: Floats, found: Floats, slope: Floats) -> Floats:
    """From slopes by the highest values, shape (n_lines, 2 * n_pooled), to those by the units: (n_lines, n_pooled).

    A slope belongs to the nearest line that has the highest value; a unit of 0 has no slope.
    """
    n_lines, n_pooled = before.shape
    places = rows_of_max(before, found) * n_pooled + np.tile(np.arange(n_pooled), 2)
    of_units = np.bincount(places.ravel(), slope.ravel(), n_lines * n_pooled).reshape(n_lines, n_pooled)
    return of_units.astype(slope.dtype)


def _gather(values: Floats, places: NDArray[np.int64]) -> Floats:
    """Values of the line above, the line, and the line below side by side."""
    return rows_at(values, places).reshape(len(values), -1)
