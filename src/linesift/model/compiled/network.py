"""The network as a loop over lines, as `network.Network` computes it.

Of the hidden units of a line two in three are 0 and count for nothing. So the products of a line are sums of some rows
of the weights, those of its other units; matrix products of numpy add the rows of all. What is added to what in which
order is the same, so the results are equal to the last bit.
"""

import numpy as np

from linesift.jit import leaf, maker, outer
from linesift.simd import BLOCK, add_rows

MULTIPLE = BLOCK
"""The number of hidden units must be a multiple of it."""
_ZERO, _ONE = np.float32(0), np.float32(1)
_LINES = 32
"""Lines that are computed at once: the weights of a layer for one place stay in the innermost cache that long."""
_BYTES = 4
"""Of a number."""


@outer
def enter(own, centre, scale, flagged, weights, n_paired, sums):
    """Write the sums of the first hidden layer, as `Network.sums`; `n_paired` of the inputs are added in pairs."""
    n_columns, n_lines = own.shape
    n_inputs, width = weights.shape
    inputs = np.empty((n_inputs, _LINES), np.float32)
    values, offsets = np.empty((2, n_inputs), np.float32), np.empty((2, n_inputs), np.uint32)
    second = np.empty(width, np.float32)
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
            sums[line, :] = _ZERO
            second[:] = _ZERO
            _add(values, offsets, n_first, n_second, weights.ctypes.data, sums[line], second)
            for unit in range(width):
                sums[line, unit] += second[unit]


@outer
def run(
    hidden, starts, entry_bias, layers, layer_biases, pool_weights, pool_biases, pool_layers,
    n_paired_of_layers, n_paired_of_pools,
):  # fmt: skip
    """Compute the hidden units of the last layer, as `Network.run`.

    Args:
        hidden: sums of the first layer, as `enter` writes them; overwritten.
        starts: first line of each page, and the number of lines.
        entry_bias: of the network, as the following.
        layers: shape (n_layers, 3 * width, width).
        layer_biases: shape (n_layers, width).
        pool_weights: shape (n_pools, 2 * n_pooled, width).
        pool_biases: shape (n_pools, width).
        pool_layers: shape (n_pools,).
        n_paired_of_layers: how many of the hidden units of three lines are added in pairs: all or none.
        n_paired_of_pools: how many of the maxima are added in pairs.
    """
    n_lines, width = starts[-1], hidden.shape[1]
    for line in range(n_lines):
        for unit in range(width):
            hidden[line, unit] = max(_ZERO, hidden[line, unit] + entry_bias[unit])
    following, n_paired = np.zeros_like(hidden), n_paired_of_layers // 3
    values, offsets = np.empty((n_lines, 2, width), np.float32), np.empty((n_lines, 2, width), np.uint32)
    counts, pool = np.empty((n_lines, 2), np.int64), 0
    for layer in range(len(layers)):
        while pool < len(pool_layers) and pool_layers[pool] == layer:
            _add_pooled(hidden, starts, pool_weights[pool], pool_biases[pool], n_paired_of_pools)
            pool += 1
        for line in range(n_lines):
            counts[line] = _collect(hidden[line], n_paired, width, values[line], offsets[line])
        _convolve(hidden, starts, 1 << layer, layers[layer], layer_biases[layer], values, offsets, counts, following)
        hidden, following = following, hidden
    return hidden


@maker
def _convolve(hidden, starts, distance, weights, bias, values, offsets, counts, following):
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
                    lists = values[other], offsets[other], counts[other, 0], counts[other, 1]
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
    values, offsets = np.empty((2, n_maxima), np.float32), np.empty((2, n_maxima), np.uint32)
    first, second = np.empty(width, np.float32), np.empty(width, np.float32)
    for line in range(len(maxima)):
        # On most lines the maxima are those of the line before.
        if line == 0 or not _are_equal(maxima[line], maxima[line - 1]):
            n_first, n_second = _collect(maxima[line], n_paired, width, values, offsets)
            first[:] = _ZERO
            second[:] = _ZERO
            _add(values, offsets, n_first, n_second, weights.ctypes.data, first, second)
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
    """List the numbers that are not 0, and where their weights begin: for the first sum, and for the second.

    Returns:
        Length of the two lists.
    """
    n_first = n_second = 0
    for place in range(0, n_paired, 2):
        value = numbers[place]
        values[0, n_first], offsets[0, n_first] = value, place * width
        n_first += value != _ZERO
        value = numbers[place + 1]
        values[1, n_second], offsets[1, n_second] = value, (place + 1) * width
        n_second += value != _ZERO
    for place in range(n_paired, len(numbers)):
        value = numbers[place]
        values[0, n_first], offsets[0, n_first] = value, place * width
        n_first += value != _ZERO
    return n_first, n_second


@leaf
def _add(values, offsets, n_first, n_second, weights, first, second):
    """Add the rows of weights of two lists to two sums; `weights` is an address."""
    for block in range(0, len(first) * _BYTES, BLOCK * _BYTES):
        rows = weights + block
        add_rows(values[0].ctypes.data, offsets[0].ctypes.data, n_first, rows, first.ctypes.data + block)
        add_rows(values[1].ctypes.data, offsets[1].ctypes.data, n_second, rows, second.ctypes.data + block)
