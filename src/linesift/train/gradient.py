"""Backpropagation through a network: gradients of its scores with respect to its inputs and its weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.model.network import Network, cumulative_max, neighbours

Floats = NDArray[np.float32]

LEARNT = ("entry", "entry_bias", "layers", "layer_biases", "pool_weights", "pool_biases", "out", "out_bias")
"""Arrays of a network that are trained; the others say how columns become inputs."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """One cumulative max pooling of a forward pass."""

    units: Floats
    """Shape (n_lines, n_pooled): the hidden units that were pooled."""
    maxima: Floats
    """Shape (n_lines, 2 * n_pooled), as `cumulative_max` gives them."""
    is_active: NDArray[np.bool_]
    """Shape (n_lines, width): whether the unit that the maxima are added to through is above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A forward pass over all lines of some pages, with what the backward pass needs."""

    network: Network
    places: list[NDArray[np.int64]]
    """For each layer, the `neighbours` that it reads."""
    inputs: Floats
    """Shape (n_lines, n_inputs)."""
    entered: Floats
    """Shape (n_lines, width): the first hidden layer."""
    gathered: list[Floats]
    """Input of each layer from three lines, shape (n_lines, 3 * width)."""
    kept: list[Floats]
    """Factor of the sum of each layer, shape (n_lines, width): 0 where it is below 0 or dropped."""
    hidden: Floats
    """Shape (n_lines, width): after the last layer."""
    pools: list[Pool]

    @property
    def scores(self) -> Floats:
        """Log-odds of every label of every line up to a constant, shape (n_lines, 4)."""
        return self.hidden @ self.network.out + self.network.out_bias

    def back(self, slope: Floats) -> tuple[Floats, Mapping[str, Floats]]:
        """Backpropagate the gradient of a number, such as a loss.

        Args:
            slope: shape (n_lines, 4), its gradient with respect to the scores.

        Returns:
            Its gradient with respect to the inputs, shape (n_lines, n_inputs), and to each array of `LEARNT`.
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
                of_pool = of_hidden * pool.is_active
                pool_weights[place], pool_biases[place] = pool.maxima.T @ of_pool, of_pool.sum(axis=0)
                of_maxima = of_pool @ network.pool_weights[place].T
                of_hidden[:, : pool.units.shape[1]] += _gradient_of_units(pool, of_maxima)
        of_entry = of_hidden * (self.entered > 0)
        of_weights = {
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
        return of_inputs, of_weights


def trace(network: Network, inputs: Floats, spans: NDArray[np.int64], drops: Sequence[Floats] | None = None) -> Trace:
    """Run the forward pass.

    Args:
        network: the network.
        inputs: shape (n_lines, n_inputs), as `Network.inputs` gives them, transposed.
        spans: lines of each page, one after the other.
        drops: dropout masks: the sums of each layer are multiplied by them, shape (n_lines, width) each.
    """
    hidden = entered = np.maximum(inputs @ network.entry + network.entry_bias, np.float32(0))
    places, gathered, kept, pools = [], [], [], []
    n_pooled = network.pool_weights.shape[1] // 2
    for number, (distance, weights, bias) in enumerate(network.steps()):
        for place in network.pools_before(number):
            maxima = cumulative_max(hidden, spans, n_pooled)
            sums = maxima @ network.pool_weights[place] + network.pool_biases[place]
            pools.append(Pool(hidden[:, :n_pooled], maxima, sums > 0))
            hidden = hidden + np.maximum(sums, 0)
        places.append(neighbours(spans, distance, len(inputs)))
        gathered.append(_gather(hidden, places[-1]))
        sums = gathered[-1] @ weights + bias
        kept.append((sums > 0) * (np.float32(1) if drops is None else drops[number]))
        hidden = hidden + sums * kept[-1]
    return Trace(network, places, inputs, entered, gathered, kept, hidden, pools)


def _gather(values: Floats, places: NDArray[np.int64]) -> Floats:
    """Put the values of the line above, the line, and the line below side by side; zeros for lines that are not there.

    Args:
        values: shape (n_lines, width).
        places: shape (n_lines, 3), as `neighbours` gives them.

    Returns:
        Shape (n_lines, 3 * width).
    """
    padded = np.concatenate((values, np.zeros((1, values.shape[1]), values.dtype)))
    return padded.take(places, axis=0).reshape(len(values), -1)


def _gradient_of_units(pool: Pool, of_maxima: Floats) -> Floats:
    """Pass gradients of maxima, shape (n_lines, 2 * n_pooled), on to the units that they are of, (n_lines, n_pooled).

    Among equal maxima the nearest line has the gradient; a unit of 0 has none, because the ReLU before it is flat.
    """
    n_lines, n_pooled = pool.units.shape
    places = _rows_of_maxima(pool) * n_pooled + np.tile(np.arange(n_pooled), 2)
    of_units = np.bincount(places.ravel(), of_maxima.ravel(), n_lines * n_pooled).reshape(n_lines, n_pooled)
    return of_units.astype(of_maxima.dtype)


def _rows_of_maxima(pool: Pool) -> NDArray[np.int64]:
    """Find the rows on which maxima stand, of equal ones the nearest; shape (n_lines, 2 * n_pooled).

    On the first line of a page the maximum above is the line's own, and on the last that below, so pages do not mix.
    """
    units, (above, below) = pool.units, np.split(pool.maxima, 2, axis=1)
    rows = np.arange(len(units))[:, None]
    last = np.maximum.accumulate(np.where(units == above, rows, 0), axis=0)
    following = np.minimum.accumulate(np.where(units == below, rows, len(units))[::-1], axis=0)[::-1]
    return np.concatenate((last, following), axis=1)
