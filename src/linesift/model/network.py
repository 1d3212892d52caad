"""A small convolutional network over the lines of a page: what a line is by the lines around it, up to 63 away.

Trees see sums over windows of lines; the network sees the lines in their order. Each layer adds to what is known of a
line what is known of one line above and of one below, at distances that double from layer to layer (dilated
convolutions, Yu and Koltun 2016, with residual connections). Trees and network are wrong on different lines, so the
mean of their scores is better than either.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TILE = 128
"""Lines multiplied at once, always as many: matrix products of another shape may add in another order, and a page must
come out the same in any batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Inputs and weights of a network; its width is the number of its hidden units."""

    centre: NDArray[np.float32]
    """Shape (n_columns,): what is taken off each column, its median."""
    scale: NDArray[np.float32]
    """Shape (n_columns,): what it is divided by then, above 0."""
    flagged: NDArray[np.int32]
    """Shape (n_flags,): columns of which it is an input of its own whether they are missing."""
    entry: NDArray[np.float32]
    """Shape (n_columns + n_flags, width): from the inputs to the first hidden layer."""
    entry_bias: NDArray[np.float32]
    """Shape (width,)."""
    layers: NDArray[np.float32]
    """Shape (n_layers, 3 * width, width): layer i from the line 2**i above, the line itself, and the one 2**i below."""
    layer_biases: NDArray[np.float32]
    """Shape (n_layers, width)."""
    out: NDArray[np.float32]
    """Shape (width, 4)."""
    out_bias: NDArray[np.float32]
    """Shape (4,)."""

    def scores(self, own: NDArray[np.float32], spans: NDArray[np.int64]) -> NDArray[np.float32]:
        """Score every label of every line.

        Args:
            own: shape (n_columns, n_lines), the columns of the lines themselves.
            spans: lines of each page, one after the other.

        Returns:
            Shape (n_lines, 4), log-odds up to a constant per line.
        """
        n_lines = own.shape[1]
        tiles = [slice(start, start + TILE) for start in range(0, n_lines, TILE)]
        # Whole tiles, and zeros behind the last line for neighbours that are not there.
        hidden = np.zeros((len(tiles) * TILE + 1, len(self.entry_bias)), np.float32)
        inputs = np.zeros((TILE, len(self.entry)), np.float32)
        for tile in tiles:
            part = own[:, tile]
            inputs[: part.shape[1]] = self.inputs(part).T
            np.matmul(inputs, self.entry, out=hidden[tile])
        hidden += self.entry_bias
        np.maximum(hidden, 0, out=hidden)
        following = np.empty_like(hidden)
        for distance, weights, bias in self.steps():
            hidden[n_lines:] = 0
            places = neighbours(spans, distance, len(hidden))
            for tile in tiles:
                found = following[tile]
                np.matmul(hidden.take(places[tile], axis=0).reshape(TILE, -1), weights, out=found)
                found += bias
                np.maximum(found, 0, out=found)
                found += hidden[tile]
            hidden, following = following, hidden
        scores = np.empty((len(tiles) * TILE, len(self.out_bias)), np.float32)
        for tile in tiles:
            np.matmul(hidden[tile], self.out, out=scores[tile])
        scores += self.out_bias
        return scores[:n_lines]

    def inputs(self, own: NDArray[np.float32]) -> NDArray[np.float32]:
        """Columns as numbers between -1 and 1, 0 where they are missing, and the flags; shape (n_inputs, n_lines)."""
        n_columns = len(self.centre)
        found = np.empty((len(self.entry), own.shape[1]), np.float32)
        values = found[:n_columns]
        np.subtract(own, self.centre[:, None], out=values)
        values /= self.scale[:, None]
        values /= np.abs(values) + 1
        found[n_columns:] = np.isnan(own[self.flagged])
        np.copyto(values, 0, where=np.isnan(values))
        return found

    def steps(self) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        """Distance, weights and bias of each layer."""
        for number, (weights, bias) in enumerate(zip(self.layers, self.layer_biases, strict=True)):
            yield 1 << number, weights, bias


def neighbours(spans: NDArray[np.int64], distance: int, n_rows: int) -> NDArray[np.int64]:
    """Rows of the line so far above each line, of the line itself, and of the line so far below.

    Args:
        spans: lines of each page, one after the other.
        distance: in lines.
        n_rows: rows of the result, of which those behind the last line stand for nothing.

    Returns:
        Shape (n_rows, 3), the number of lines where the page has no such line.
    """
    n_lines = int(spans.sum())
    rows, ends = np.arange(n_lines), spans.cumsum()
    found = np.full((n_rows, 3), n_lines)
    above, below = rows - distance, rows + distance
    found[:n_lines, 0] = np.where(above >= (ends - spans).repeat(spans), above, n_lines)
    found[:n_lines, 1] = rows
    found[:n_lines, 2] = np.where(below < ends.repeat(spans), below, n_lines)
    return found
