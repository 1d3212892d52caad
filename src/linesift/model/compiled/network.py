"""What the network does around its products, each in one compiled loop over the lines of a tile."""

import numpy as np

from linesift.jit import outer
from linesift.model.steps import Steps

_ZERO, _ONE = np.float32(0), np.float32(1)


@outer
def fill_inputs(own, centre, scale, flagged, start, inputs):
    """Write the inputs of some lines."""
    n_columns, n_lines = own.shape
    stop = min(start + inputs.shape[1], n_lines)
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


@outer
def gather(hidden, places, rows):
    """Copy hidden units."""
    width = hidden.shape[1]
    for row in range(len(rows)):
        for place in range(3):
            source = places[row, place]
            for unit in range(width):
                rows[row, place * width + unit] = hidden[source, unit]


@outer
def rectify(sums, bias, base, out):
    """Add a bias, cut at 0, add what was there."""
    for row in range(len(sums)):
        for unit in range(len(bias)):
            value = sums[row, unit] + bias[unit]
            out[row, unit] = max(_ZERO, value) + base[row, unit]


def _cumulative_max(hidden, spans, n_units):
    maxima = np.zeros((len(hidden), 2 * n_units), np.float32)
    fill_maxima(hidden, spans, n_units, maxima)
    return maxima


@outer
def fill_maxima(hidden, spans, n_units, maxima):
    """Write the highest values up to each line, and from it on, in its row."""
    start = 0
    for span in spans:
        end = start + span
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
        start = end


STEPS = Steps(fill_inputs, gather, rectify, _cumulative_max)
