"""The network as a loop over lines, as `network.Network` computes it.

Of the hidden units of a line two in three are 0 and count for nothing. So the products of a line are sums of some rows
of the weights, those of its other units; matrix products of numpy add the rows of all. What is added to what in which
order is the same, so the results are equal to the last bit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.jit import leaf, maker, outer
from linesift.labels import LABELS
from linesift.model.network import Network, Order
from linesift.simd import BLOCK, add_rows, multiply_add

_ZERO, _ONE = np.float32(0), np.float32(1)
_LINES = 32
"""Lines that are computed at once: the weights of a layer for one place stay in the innermost cache that long."""
_BYTES = 4
"""Of a number."""


def score_lines(
    network: Network, own: NDArray[np.float32], spans: NDArray[np.int64], order: Order
) -> NDArray[np.float32] | None:
    """Do what `Network.scores` does, adding in an order; `None` if the hidden units are not whole blocks."""
    if len(network.entry_bias) % BLOCK:
        return None
    first = network.centre, network.scale, network.flagged, network.entry, network.entry_bias
    layers, pools = (network.layers, network.layer_biases), (network.pool_weights, network.pool_biases)
    last = network.pool_layers, network.out, network.out_bias
    arrays = map(_read_only, (*first, *layers, *pools, *last))
    n_paired = [order.n_paired(weights.shape[-2]) for weights in (network.entry, network.layers, network.pool_weights)]
    starts = np.concatenate(([0], spans.cumsum()))
    found: NDArray[np.float32] = score(own, starts, *arrays, *n_paired)
    return found


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Give an array that cannot be written to, as those of a model are: others would be compiled for once more."""
    if not array.flags.writeable:
        return array
    view = array.view()
    view.setflags(write=False)
    return view


@outer
def score(
    own, starts, centre, scale, flagged, entry, entry_bias, layers, layer_biases, pool_weights, pool_biases,
    pool_layers, out, out_bias, n_paired_of_entry, n_paired_of_layers, n_paired_of_pools,
):  # fmt: skip
    """Score lines from their columns, the first line of each page with the number of all lines, and a network."""
    n_lines, width = starts[-1], len(entry_bias)
    hidden = _enter(own, centre, scale, flagged, entry, entry_bias, n_paired_of_entry)
    following, n_paired = np.empty_like(hidden), n_paired_of_layers // 3
    values, offsets = np.empty((n_lines, width), np.float32), np.empty((n_lines, width), np.uint32)
    counts, pool = np.empty((n_lines, 2), np.int64), 0
    for layer in range(len(layers)):
        while pool < len(pool_layers) and pool_layers[pool] == layer:
            _add_pooled(hidden, starts, pool_weights[pool], pool_biases[pool], n_paired_of_pools)
            pool += 1
        for line in range(n_lines):
            counts[line] = _collect(hidden[line], n_paired, width, values[line], offsets[line])
        lists = values, offsets, counts, n_paired
        _convolve(hidden, starts, 1 << layer, layers[layer], layer_biases[layer], *lists, following)
        hidden, following = following, hidden
    scores = np.empty((n_lines, len(LABELS)), np.float32)
    for line in range(n_lines):
        one = two = three = four = _ZERO  # in registers
        for unit in range(width):
            value = hidden[line, unit]
            one, two = multiply_add(value, out[unit, 0], one), multiply_add(value, out[unit, 1], two)
            three, four = multiply_add(value, out[unit, 2], three), multiply_add(value, out[unit, 3], four)
        scores[line, 0], scores[line, 1] = one + out_bias[0], two + out_bias[1]
        scores[line, 2], scores[line, 3] = three + out_bias[2], four + out_bias[3]
    return scores


@maker
def _enter(own, centre, scale, flagged, weights, bias, n_paired):
    """Compute the first hidden layer."""
    n_columns, n_lines = own.shape
    n_inputs, width = weights.shape
    inputs, hidden = np.empty((n_inputs, _LINES), np.float32), np.empty((n_lines, width), np.float32)
    values, offsets = np.empty(n_inputs, np.float32), np.empty(n_inputs, np.uint32)
    first, second = np.empty(width, np.float32), np.empty(width, np.float32)
    for start in range(0, n_lines, _LINES):
        stop = min(start + _LINES, n_lines)
        for column in range(n_columns):
            factor = _ONE / scale[column]
            for line in range(start, stop):
                value = (own[column, line] - centre[column]) * factor
                value /= abs(value) + _ONE
                inputs[column, line - start] = _ZERO if np.isnan(value) else value
        for flag in range(len(flagged)):
            column = flagged[flag]
            factor = _ONE / scale[column]
            for line in range(start, stop):
                value = (own[column, line] - centre[column]) * factor
                inputs[n_columns + flag, line - start] = _ONE if np.isnan(value / (abs(value) + _ONE)) else _ZERO
        for line in range(start, stop):
            n_first, n_second = _collect(inputs[:, line - start], n_paired, width, values, offsets)
            first[:] = _ZERO
            second[:] = _ZERO
            _add(values, offsets, n_first, n_second, n_paired, weights.ctypes.data, first, second)
            for unit in range(width):
                hidden[line, unit] = max(_ZERO, (first[unit] + second[unit]) + bias[unit])
    return hidden


@maker
def _convolve(hidden, starts, distance, weights, bias, values, offsets, counts, n_paired, following):
    """Add to the hidden units of each line what a layer makes of those of three lines."""
    width = hidden.shape[1]
    sums = np.empty((2, _LINES, width), np.float32)
    size = width * width * _BYTES
    for page in range(len(starts) - 1):
        start, end = starts[page], starts[page + 1]
        for low in range(start, end, _LINES):
            high = min(low + _LINES, end)
            sums[:] = _ZERO
            for place in range(3):
                step = (place - 1) * distance
                for line in range(max(low, start - step), min(high, end - step)):
                    other, own = line + step, line - low
                    lists = values[other], offsets[other], counts[other, 0], counts[other, 1], n_paired
                    _add(*lists, weights.ctypes.data + place * size, sums[0, own], sums[1, own])
            for line in range(low, high):
                for unit in range(width):
                    more = (sums[0, line - low, unit] + sums[1, line - low, unit]) + bias[unit]
                    following[line, unit] = max(_ZERO, more) + hidden[line, unit]


@maker
def _add_pooled(hidden, starts, weights, bias, n_paired):
    """Add to hidden units what a pooling makes of the maxima over the lines up to each, and from it on."""
    n_maxima, width = weights.shape
    maxima = np.empty((starts[-1], n_maxima), np.float32)
    _fill_maxima(hidden, starts, maxima)
    values, offsets = np.empty(n_maxima, np.float32), np.empty(n_maxima, np.uint32)
    first, second = np.empty(width, np.float32), np.empty(width, np.float32)
    for line in range(len(maxima)):
        # On most lines the maxima are those of the line before.
        if line == 0 or not _are_equal(maxima[line], maxima[line - 1]):
            n_first, n_second = _collect(maxima[line], n_paired, width, values, offsets)
            first[:] = _ZERO
            second[:] = _ZERO
            _add(values, offsets, n_first, n_second, n_paired, weights.ctypes.data, first, second)
            for unit in range(width):
                first[unit] = max(_ZERO, (first[unit] + second[unit]) + bias[unit])
        for unit in range(width):
            hidden[line, unit] += first[unit]


@leaf
def _fill_maxima(hidden, starts, maxima):
    """Write the highest values up to each line, and from it on, in its row."""
    n_units = maxima.shape[1] // 2
    for page in range(len(starts) - 1):
        start, end = starts[page], starts[page + 1]
        for line in range(start, end):
            for unit in range(n_units):
                value = hidden[line, unit]
                if line > start:
                    value = max(value, maxima[line - 1, unit])
                maxima[line, unit] = value
        for line in range(end - 1, start - 1, -1):
            for unit in range(n_units):
                value = hidden[line, unit]
                if line < end - 1:
                    value = max(value, maxima[line + 1, n_units + unit])
                maxima[line, n_units + unit] = value


@leaf
def _are_equal(one, other):
    for place in range(len(one)):
        if one[place] != other[place]:
            return False
    return True


@leaf
def _collect(numbers, n_paired, width, values, offsets):
    """List the numbers that are not 0, and where their weights begin.

    Those for the first sum stand at the beginning of the lists, those for the second from `n_paired // 2` places before
    their end on.

    Returns:
        How many are for the first sum, and how many for the second.
    """
    start = len(numbers) - n_paired // 2
    n_first, end = 0, start
    for place in range(0, n_paired, 2):
        value = numbers[place]
        values[n_first], offsets[n_first] = value, place * width
        n_first += value != _ZERO
        value = numbers[place + 1]
        values[end], offsets[end] = value, (place + 1) * width
        end += value != _ZERO
    for place in range(n_paired, len(numbers)):
        value = numbers[place]
        values[n_first], offsets[n_first] = value, place * width
        n_first += value != _ZERO
    return n_first, end - start


@leaf
def _add(values, offsets, n_first, n_second, n_paired, weights, first, second):
    """Add the rows of weights of two lists to two sums; `weights` is an address."""
    start = (len(values) - n_paired // 2) * _BYTES
    for block in range(0, len(first) * _BYTES, BLOCK * _BYTES):
        lists, rows = (values.ctypes.data, offsets.ctypes.data), weights + block
        add_rows(lists[0], lists[1], n_first, rows, first.ctypes.data + block)
        add_rows(lists[0] + start, lists[1] + start, n_second, rows, second.ctypes.data + block)
