"""Backpropagation through a network: gradients of its scores with respect to its inputs and its weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.model.network import Network, neighbours
from linesift.model.states import bound, carry, gates

Floats = NDArray[np.float32]

LEARNT = (
    "entry", "entry_bias", "layers", "layer_biases", "recurrent_in", "recurrent_in_biases", "recurrent_out",
    "recurrent_out_biases", "out", "out_bias",
)  # fmt: skip
"""Arrays of a network that are trained; the others say how columns become inputs."""


@dataclass(frozen=True, slots=True, eq=False)
class Recurrence:
    """One recurrence of a forward pass."""

    units: Floats
    """Shape (n_lines, width): the hidden units that it reads."""
    sums: Floats
    """Shape (n_lines, 4 * n_states): values and gates of the lines, before they are bounded."""
    kept: Floats
    """Shape (n_lines, 2 * n_states), as `gates` gives it."""
    states: Floats
    """Shape (n_lines, 2 * n_states), as `carry` gives them."""
    is_active: NDArray[np.bool_]
    """Shape (n_lines, width): whether what the states add to a unit is above 0."""

    def back(self, of_states: Floats, spans: NDArray[np.int64]) -> Floats:
        """Give the gradient with respect to `sums`, from that with respect to `states`."""
        n_states = self.states.shape[1] // 2
        starts, ends = _first_and_last(spans)
        # What a state does to those after it comes back the other way, with the factor of the line that follows. So the
        # halves of the columns are swapped while it is carried.
        following, before = np.zeros_like(self.kept), np.zeros_like(self.states)
        following[:-1, n_states:], following[1:, :n_states] = self.kept[1:, :n_states], self.kept[:-1, n_states:]
        before[1:, :n_states], before[:-1, n_states:] = self.states[:-1, :n_states], self.states[1:, n_states:]
        before[starts, :n_states], before[ends, n_states:] = 0, 0
        carried = np.roll(carry(following, np.roll(of_states, n_states, axis=1), spans), n_states, axis=1)
        values, opened = np.split(self.sums, 2, axis=1)
        gate = bound(opened)
        of_values = carried * gate**2 * (values > 0)
        of_gate = carried * (np.maximum(values, 0) - before) * 2 * gate
        return np.concatenate((of_values, -0.5 * of_gate / (np.abs(opened) + 1) ** 2), axis=1)


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
    spans: NDArray[np.int64]
    """Lines of each page."""
    recurrences: list[Recurrence]

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
        recurrent_in, recurrent_in_biases = map(np.empty_like, (network.recurrent_in, network.recurrent_in_biases))
        recurrent_out, recurrent_out_biases = map(np.empty_like, (network.recurrent_out, network.recurrent_out_biases))
        of_hidden: Floats = slope @ network.out.T
        for number in range(len(layers) - 1, -1, -1):
            each = self.recurrences[number]
            of_added = of_hidden * each.is_active
            recurrent_out[number], recurrent_out_biases[number] = each.states.T @ of_added, of_added.sum(axis=0)
            of_sums = each.back(of_added @ network.recurrent_out[number].T, self.spans)
            recurrent_in[number], recurrent_in_biases[number] = each.units.T @ of_sums, of_sums.sum(axis=0)
            of_hidden = of_hidden + of_sums @ network.recurrent_in[number].T
            of_sum = of_hidden * self.kept[number]
            layers[number], biases[number] = self.gathered[number].T @ of_sum, of_sum.sum(axis=0)
            # A line is read by the one below it as its line above, and the other way round.
            turned = network.layers[number].reshape(3, width, width)[::-1].transpose(0, 2, 1).reshape(3 * width, width)
            of_hidden = of_hidden + _gather(of_sum, self.places[number]) @ turned
        of_entry = of_hidden * (self.entered > 0)
        of_weights = {
            "entry": self.inputs.T @ of_entry,
            "entry_bias": of_entry.sum(axis=0),
            "layers": layers,
            "layer_biases": biases,
            "recurrent_in": recurrent_in,
            "recurrent_in_biases": recurrent_in_biases,
            "recurrent_out": recurrent_out,
            "recurrent_out_biases": recurrent_out_biases,
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
    places, gathered, kept, recurrences = [], [], [], []
    for number, (distance, weights, bias) in enumerate(network.steps()):
        places.append(neighbours(spans, distance, len(inputs)))
        gathered.append(_gather(hidden, places[-1]))
        sums = gathered[-1] @ weights + bias
        kept.append((sums > 0) * (np.float32(1) if drops is None else drops[number]))
        hidden = hidden + sums * kept[-1]
        of_gates = hidden @ network.recurrent_in[number] + network.recurrent_in_biases[number]
        stays, added = gates(of_gates)
        states = carry(stays, added, spans)
        sums = states @ network.recurrent_out[number] + network.recurrent_out_biases[number]
        recurrences.append(Recurrence(hidden, of_gates, stays, states, sums > 0))
        hidden = hidden + np.maximum(sums, 0)
    return Trace(network, places, inputs, entered, gathered, kept, hidden, spans, recurrences)


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


def _first_and_last(spans: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the rows of the first and the last line of each page that has lines."""
    ends = spans.cumsum()[spans > 0]
    return ends - spans[spans > 0], ends - 1
