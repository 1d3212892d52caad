"""The network as a loop over lines, as `network.Network` computes it.

Of the hidden units of a line about half are 0 and count for nothing. So the products of a line are sums of some rows
of the weights, those of its other units; matrix products of numpy add the rows of all. What is added to what in which
order is the same, so the results are equal to the last bit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.jit import leaf, maker, outer
from linesift.labels import LABELS
from linesift.model.network import Network, Order
from linesift.model.states import CHUNK
from linesift.simd import BLOCK, MARKED, add_rows, mark, multiply_add

_ZERO, _HALF_ONE, _ONE = np.float32(0), np.float32(0.5), np.float32(1)
_LINES = 32
"""Lines that are computed at once: the weights of a layer for one place stay in the innermost cache that long."""
_BYTES = 4
"""Of a number."""
_WORD = 64
"""Bits of a number of marks."""
_EVEN = np.uint64(0x5555_5555_5555_5555)
"""Marks of every second number, from the first on."""
_HALF, _ONE_BIT = np.uint64(MARKED), np.uint64(1)


def score_lines(
    network: Network, own: NDArray[np.float32], spans: NDArray[np.int64], order: Order
) -> NDArray[np.float32] | None:
    """Do what `Network.scores` does, adding in an order; `None` if units, or values and gates, are not whole blocks."""
    if len(network.entry_bias) % BLOCK or network.recurrent_in.shape[-1] % BLOCK:
        return None
    first = network.centre, network.scale, network.flagged, network.entry, network.entry_bias
    layers = network.layers, network.layer_biases
    states = network.recurrent_in, network.recurrent_in_biases, network.recurrent_out, network.recurrent_out_biases
    arrays = map(_read_only, (*first, *layers, *states, network.out, network.out_bias))
    weights = network.entry, network.layers, network.recurrent_in, network.recurrent_out, network.out
    n_paired = [order.n_paired(each.shape[-2]) for each in weights]
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
    own, starts, centre, scale, flagged, entry, entry_bias, layers, layer_biases, recurrent_in, recurrent_in_biases,
    recurrent_out, recurrent_out_biases, out, out_bias, n_paired_of_entry, n_paired_of_layers, n_paired_of_in,
    n_paired_of_states, n_paired_of_out,
):  # fmt: skip
    """Score lines from their columns, the first line of each page with the number of all lines, and a network."""
    n_lines, width = starts[-1], len(entry_bias)
    hidden = _enter(own, centre, scale, flagged, entry, entry_bias, n_paired_of_entry)
    following, marks = np.empty_like(hidden), _room_for_marks(n_lines, width)
    n_paired = n_paired_of_layers // 3
    for layer in range(len(layers)):
        for line in range(n_lines):
            _fill_marks(hidden[line], marks[line])
        _convolve(hidden, starts, 1 << layer, layers[layer], layer_biases[layer], marks, n_paired, following)
        hidden, following = following, hidden
        kept, states = _open_gates(hidden, recurrent_in[layer], recurrent_in_biases[layer], n_paired_of_in)
        _carry(kept, states, starts)
        _add_states(hidden, states, recurrent_out[layer], recurrent_out_biases[layer], n_paired_of_states)
    scores = np.empty((n_lines, len(LABELS)), np.float32)
    for line in range(n_lines):
        _leave(hidden[line], out, out_bias, n_paired_of_out, scores[line])
    return scores


@maker
def _enter(own, centre, scale, flagged, weights, bias, n_paired):
    """Compute the first hidden layer."""
    n_columns, n_lines = own.shape
    n_inputs, width = weights.shape
    inputs, hidden = np.empty((n_inputs, _LINES), np.float32), np.empty((n_lines, width), np.float32)
    of_line, marks = np.zeros(_padded(n_inputs), np.float32), _room_for_marks(1, n_inputs)[0]
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
            of_line[:n_inputs] = inputs[:, line - start]
            _fill_marks(of_line, marks)
            _multiply(of_line, marks, weights, bias, n_paired, hidden[line], second)
            for unit in range(width):
                hidden[line, unit] = max(_ZERO, hidden[line, unit])
    return hidden


@maker
def _convolve(hidden, starts, distance, weights, bias, marks, n_paired, following):
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
                    rows = weights.ctypes.data + place * size
                    _add(hidden[other], marks[other], n_paired, rows, sums[0, own], sums[1, own])
            for line in range(low, high):
                for unit in range(width):
                    more = (sums[0, line - low, unit] + sums[1, line - low, unit]) + bias[unit]
                    following[line, unit] = max(_ZERO, more) + hidden[line, unit]


@maker
def _open_gates(hidden, weights, bias, n_paired):
    """Compute what `states.gates` gives: the shares of states that are kept, and what is added to them."""
    width, n_sums = weights.shape
    n_lines, n_states = len(hidden), n_sums // 2
    kept, added = np.empty((n_lines, n_states), np.float32), np.empty((n_lines, n_states), np.float32)
    marks = _room_for_marks(1, width)[0]
    sums, second = np.empty(n_sums, np.float32), np.empty(n_sums, np.float32)
    for line in range(n_lines):
        _fill_marks(hidden[line], marks)
        _multiply(hidden[line], marks, weights, bias, n_paired, sums, second)
        for state in range(n_states):
            opened = sums[n_states + state]
            gate = _HALF_ONE - _HALF_ONE * (opened / (abs(opened) + _ONE))
            replaced = gate * gate
            kept[line, state] = _ONE - replaced
            added[line, state] = max(sums[state], _ZERO) * replaced
    return kept, added


@maker
def _carry(factors, states, starts):
    """Carry states over the lines of each page, adding in the order of `states.carry`; `factors` is overwritten."""
    n_states, longest = states.shape[1] // 2, 0
    for page in range(len(starts) - 1):
        longest = max(longest, starts[page + 1] - starts[page])
    handed = np.empty((longest // CHUNK, n_states), np.float32)
    of_chunk = np.empty_like(handed)
    for page in range(len(starts) - 1):
        start, end = starts[page], starts[page + 1]
        _carry_on(factors, states, start, 1, end - start, 0, handed, of_chunk)
        _carry_on(factors, states, end - 1, -1, end - start, n_states, handed, of_chunk)


@leaf
def _carry_on(factors, states, first, step, n_lines, column, handed, of_chunk):
    """Carry the states from a column on over the lines of a page, from its first line in steps of 1 or -1."""
    n_states = handed.shape[1]
    for place in range(1, n_lines):
        if place % CHUNK:
            line, before = first + step * place, first + step * (place - 1)
            for state in range(column, column + n_states):
                # Nothing stays of what was before the first line.
                factor_before = _ZERO if place == 1 else factors[before, state]
                states[line, state] += factors[line, state] * states[before, state]
                factors[line, state] *= factor_before
    n_chunks = (n_lines - 1) // CHUNK
    for chunk in range(n_chunks):
        last = first + step * (chunk * CHUNK + CHUNK - 1)
        for state in range(n_states):
            handed[chunk, state] = states[last, column + state]
            of_chunk[chunk, state] = factors[last, column + state]
    distance = 1
    while distance < n_chunks:
        # From the last one on, so that what is read is of the step before.
        for chunk in range(n_chunks - 1, distance - 1, -1):
            for state in range(n_states):
                factor = of_chunk[chunk, state]
                handed[chunk, state] += factor * handed[chunk - distance, state]
                of_chunk[chunk, state] = factor * of_chunk[chunk - distance, state]
        distance *= 2
    for place in range(CHUNK, n_lines):
        line, chunk = first + step * place, place // CHUNK
        for state in range(n_states):
            states[line, column + state] += factors[line, column + state] * handed[chunk - 1, state]


@maker
def _add_states(hidden, states, weights, bias, n_paired):
    """Add to hidden units what the states of their line give them."""
    n_states, width = weights.shape
    of_line, marks = np.zeros(_padded(n_states), np.float32), _room_for_marks(1, n_states)[0]
    more, second = np.empty(width, np.float32), np.empty(width, np.float32)
    for line in range(len(states)):
        of_line[:n_states] = states[line]
        _fill_marks(of_line, marks)
        _multiply(of_line, marks, weights, bias, n_paired, more, second)
        for unit in range(width):
            hidden[line, unit] += max(_ZERO, more[unit])


@leaf
def _leave(units, out, bias, n_paired, scores):
    """Write the scores of a line."""
    first = _add_units(units, 0, n_paired, 2, out, (_ZERO, _ZERO, _ZERO, _ZERO))
    second = _add_units(units, 1, n_paired, 2, out, (_ZERO, _ZERO, _ZERO, _ZERO))
    first = _add_units(units, n_paired, len(units), 1, out, first)
    for label in range(len(LABELS)):
        scores[label] = (first[label] + second[label]) + bias[label]


@leaf
def _add_units(units, start, stop, step, out, sums):
    """Add to the sums of the four labels what some units give them; the sums stay in registers."""
    one, two, three, four = sums
    for unit in range(start, stop, step):
        value = units[unit]
        one, two = multiply_add(value, out[unit, 0], one), multiply_add(value, out[unit, 1], two)
        three, four = multiply_add(value, out[unit, 2], three), multiply_add(value, out[unit, 3], four)
    return one, two, three, four


@leaf
def _multiply(numbers, marks, weights, bias, n_paired, out, second):
    """Multiply numbers by weights and add a bias; `second` is room for sums."""
    out[:] = _ZERO
    second[:] = _ZERO
    _add(numbers, marks, n_paired, weights.ctypes.data, out, second)
    for unit in range(len(out)):
        out[unit] = (out[unit] + second[unit]) + bias[unit]


@leaf
def _add(numbers, marks, n_paired, weights, first, second):
    """Add the rows of weights of the marked numbers to two sums; `weights` is an address."""
    size = len(first) * _BYTES
    for block in range(0, size, BLOCK * _BYTES):
        for word in range(len(marks)):
            place = word * _WORD
            factors, rows = numbers.ctypes.data + place * _BYTES, weights + place * size + block
            to_first = _EVEN | _from(n_paired - place)
            add_rows(factors, marks[word] & to_first, rows, size, first.ctypes.data + block)
            if place < n_paired:
                add_rows(factors, marks[word] & ~to_first, rows, size, second.ctypes.data + block)


@leaf
def _from(place):
    """Mark the bits of a word from a place on."""
    if place >= _WORD:
        return np.uint64(0)
    return ~((_ONE_BIT << np.uint64(max(place, 0))) - _ONE_BIT)


@maker
def _room_for_marks(n_rows, n_numbers):
    """Make an array for the marks of some rows of numbers, of shape (n_rows, n_words)."""
    return np.empty((n_rows, -(-n_numbers // _WORD)), np.uint64)


@leaf
def _fill_marks(numbers, marks):
    """Mark the numbers of a row that are not 0; what is behind the last one, in whole `MARKED`, is 0."""
    for word in range(len(marks)):
        place = word * _WORD
        address = numbers.ctypes.data + place * _BYTES
        marks[word] = mark(address)
        if place + MARKED < len(numbers):
            marks[word] |= mark(address + MARKED * _BYTES) << _HALF


@leaf
def _padded(n_numbers):
    """Find the next multiple of `MARKED`."""
    return -(-n_numbers // MARKED) * MARKED
