"""Score lines by a small convolutional network over the lines of a page in their order.

It reads the lines that trees leave open, and some around them (`linesift.model.doubt`), as if they were the whole page.
Trees see sums over windows of lines; the network sees the lines one by one. Each layer reads the hidden units of a
line, of one line above and of one below, at distances that double from layer to layer, and adds its result to those of
the line (dilated convolutions, Yu and Koltun 2016, with residual connections). After each layer, states are carried
over the page (`linesift.model.states`). Trees and network are wrong on different lines, so a weighted mean of their
scores is better than either.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.labels import LABELS
from linesift.model.products import TILE, product, tiles
from linesift.model.states import carry, gates

_WIDEST, _MOST_LAYERS = 1024, 16
"""Most hidden units of a line, and most layers: the last one of these sees lines 65,536 lines away."""
_LEAST_SCALE = 1e-9
"""Least scale of a column; the largest is 1 divided by it."""
_LARGEST_SCORE = 1e30
"""Bound of all numbers that a network may come to; float32 holds up to 3e38."""
_OUTPUTS = 16
"""Columns of the last product. Those behind the labels are 0: fewer than a vector of AVX-512 holds would be added there
in another order than those of wider products."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Arrays of a network. Its width is the number of hidden units of a line."""

    centre: NDArray[np.float32]
    """Shape (n_columns,): median of each column, which is subtracted."""
    scale: NDArray[np.float32]
    """Shape (n_columns,): the result is divided by it; above 0."""
    flagged: NDArray[np.int32]
    """Shape (n_flags,), ascending: columns that have a second input, 1 where the column is missing."""
    entry: NDArray[np.float32]
    """Shape (n_columns + n_flags, width): from the inputs to the first hidden layer."""
    entry_bias: NDArray[np.float32]
    """Shape (width,)."""
    layers: NDArray[np.float32]
    """Shape (n_layers, 3 * width, width): layer i from the line 2**i above, the line itself, and the one 2**i below."""
    layer_biases: NDArray[np.float32]
    """Shape (n_layers, width)."""
    recurrent_in: NDArray[np.float32]
    """Shape (n_layers, width, 4 * n_states), after each layer: from the hidden units of a line to its values for the
    states that are carried down, for those that are carried up, and to the gates of both."""
    recurrent_in_biases: NDArray[np.float32]
    """Shape (n_layers, 4 * n_states)."""
    recurrent_out: NDArray[np.float32]
    """Shape (n_layers, 2 * n_states, width): from the states of a line, down and up, to what is added to it."""
    recurrent_out_biases: NDArray[np.float32]
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
        score_lines = COMPILED.choose(own.shape[1])
        order = None if score_lines is None else self._order(score_lines)
        found = None if score_lines is None or order is None else score_lines(self, own, spans, order)
        return self.run(self.sums(own), spans) if found is None else found

    def sums(self, own: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the sums of the first hidden layer, without its bias.

        Returns:
            Shape (n_rows, width): whole tiles, whose rows behind the last line mean nothing, and a row of zeros.
        """
        n_lines, width = own.shape[1], len(self.entry_bias)
        sums, inputs = np.zeros((_n_rows(n_lines), width), np.float32), np.zeros((len(self.entry), TILE), np.float32)
        for tile in tiles(n_lines):
            part = own[:, tile]
            inputs[:, : part.shape[1]] = self.inputs(part)
            product(inputs[:, : tile.stop - tile.start].T, self.entry, sums[tile])
        return sums

    def run(
        self, sums: NDArray[np.float32], spans: NDArray[np.int64], find_states: "FindStates | None" = None
    ) -> NDArray[np.float32]:
        """Score every label of every line.

        Args:
            sums: as `sums` gives them; they are overwritten.
            spans: lines of each page, one after the other.
            find_states: used in place of `carry`; with the number of the layer first.

        Returns:
            Shape (n_lines, 4).
        """
        n_lines, hidden, following = int(spans.sum()), sums, np.empty_like(sums)
        rows = np.empty((TILE, 3, sums.shape[1]), np.float32)
        hidden += self.entry_bias
        np.maximum(hidden, 0, out=hidden)
        around = _Around(spans, len(hidden))
        for number, (distance, weights, bias) in enumerate(self.steps()):
            hidden[n_lines:] = 0  # for neighbours that are not there
            places = around.neighbours(distance)
            for tile in tiles(n_lines):
                read = rows[: tile.stop - tile.start]
                np.take(hidden, places[tile], axis=0, out=read, mode="clip")
                more = _rectified(read.reshape(len(read), -1), weights, bias)
                np.add(more, hidden[tile], out=following[tile])
            hidden, following = following, hidden
            kept, added = self._gates(number, hidden, n_lines)
            states = carry(kept, added, spans) if find_states is None else find_states(number, kept, added, spans)
            weights, bias = self.recurrent_out[number], self.recurrent_out_biases[number]
            for tile in tiles(n_lines):
                np.add(_rectified(states[tile], weights, bias), hidden[tile], out=hidden[tile])
        n_labels, out = len(self.out_bias), np.zeros((len(self.out), _OUTPUTS), np.float32)
        out[:, :n_labels] = self.out
        scores = np.empty((len(sums) - 1, _OUTPUTS), np.float32)
        for tile in tiles(n_lines):
            product(hidden[tile], out, scores[tile])
        return scores[:n_lines, :n_labels] + self.out_bias

    def _gates(
        self, number: int, hidden: NDArray[np.float32], n_lines: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Compute what `gates` gives for all lines after a layer; rows behind the last line mean nothing."""
        weights, bias = self.recurrent_in[number], self.recurrent_in_biases[number]
        kept, added = np.zeros((2, len(hidden) - 1, weights.shape[1] // 2), np.float32)
        for tile in tiles(n_lines):
            sums = np.empty((len(hidden[tile]), weights.shape[1]), np.float32)
            product(hidden[tile], weights, sums)
            sums += bias
            kept[tile], added[tile] = gates(sums)
        return kept, added

    def _order(self, score_lines: "ScoreLines") -> "Order | None":
        """Find the order in which products of this network's shapes add here, by 40 lines of two pages."""
        weights = self.entry, self.layers, self.recurrent_in, self.recurrent_out, self.out
        shapes = tuple(each.shape for each in weights)
        if shapes not in _ORDERS:
            n_lines, n_columns = 40, len(self.centre)
            # Cosines stand for random numbers, because `np.random` takes longer to load than this function to run.
            numbers = np.cos(np.arange(n_columns * n_lines, dtype=np.float32) * 3).reshape(n_columns, n_lines)
            own, spans = numbers * self.scale[:, None] + self.centre[:, None], np.array([2, n_lines - 2])
            own[numbers > 0.9] = np.nan
            expected = self.run(self.sums(own), spans)
            found = [score_lines(self, own, spans, order) for order in Order]
            are_equal = [scores is not None and np.array_equal(scores, expected) for scores in found]
            _ORDERS[shapes] = next(compress(Order, are_equal), None)
        return _ORDERS[shapes]

    def inputs(self, own: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn columns into inputs, shape (n_inputs, n_lines): numbers between -1 and 1, 0 where missing, and flags."""
        inputs = np.empty((len(self.entry), own.shape[1]), np.float32)
        is_missing = _bound(own, self.centre, self.scale, inputs[: len(self.centre)])
        inputs[len(self.centre) :] = is_missing.take(self.flagged, axis=0)
        return inputs

    def inputs_of(self, columns: NDArray[np.int64], values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn values of some columns into inputs, without flags; shape (len(columns), n_lines) in and out."""
        inputs = np.empty_like(values)
        _bound(values, self.centre[columns], self.scale[columns], inputs)
        return inputs

    def is_sound(self, n_columns: int) -> bool:
        """Whether the arrays fit together and to `n_columns`, and no score of a line can overflow."""
        (width,), n_layers, n_flags = self.entry_bias.shape, len(self.layers), len(self.flagged)
        n_states = self.recurrent_out.shape[1]  # of both directions
        shapes = {
            "centre": (n_columns,),
            "scale": (n_columns,),
            "flagged": (n_flags,),
            "entry": (n_columns + n_flags, width),
            "entry_bias": (width,),
            "layers": (n_layers, 3 * width, width),
            "layer_biases": (n_layers, width),
            "recurrent_in": (n_layers, width, 2 * n_states),
            "recurrent_in_biases": (n_layers, 2 * n_states),
            "recurrent_out": (n_layers, n_states, width),
            "recurrent_out_biases": (n_layers, width),
            "out": (width, len(LABELS)),
            "out_bias": (len(LABELS),),
        }
        if any(getattr(self, name).shape != shape for name, shape in shapes.items()):
            return False
        numbers = [getattr(self, name) for name in shapes if name != "flagged"]
        if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in numbers):
            return False
        is_sound = _ascends_below(self.flagged, n_columns) and n_states % 2 == 0 and n_states <= 2 * width
        is_sound &= 0 < width <= _WIDEST and n_layers <= _MOST_LAYERS
        is_sound &= bool(((self.scale >= _LEAST_SCALE) & (self.scale <= 1 / _LEAST_SCALE)).all())
        return is_sound and self.largest_score() < _LARGEST_SCORE

    def largest_score(self) -> float:
        """Bound the absolute value of every number that is computed from any line: by sums of absolute weights.

        Inputs are between -1 and 1. What a layer adds is at most what it multiplies, times the largest sum of absolute
        weights of a unit. States are means of values.
        """
        hidden = _largest_sum(self.entry) + _largest(self.entry_bias)
        for number, (_, layer, layer_bias) in enumerate(self.steps()):
            hidden += hidden * _largest_sum(layer) + _largest(layer_bias)
            sums = hidden * _largest_sum(self.recurrent_in[number]) + _largest(self.recurrent_in_biases[number])
            hidden += sums * _largest_sum(self.recurrent_out[number]) + _largest(self.recurrent_out_biases[number])
        return hidden * _largest_sum(self.out) + _largest(self.out_bias)

    def steps(self) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        """Give distance, weights and bias of each layer."""
        for number, (weights, bias) in enumerate(zip(self.layers, self.layer_biases, strict=True)):
            yield 1 << number, weights, bias


def _largest_sum(weights: NDArray[np.float32]) -> float:
    """Find the largest sum of absolute weights of a unit, from shape (n_inputs, n_units)."""
    return float(np.abs(weights).sum(axis=0, dtype=np.float64).max(initial=0))


def _largest(numbers: NDArray[np.float32]) -> float:
    return float(np.abs(numbers).max(initial=0))


def _ascends_below(numbers: NDArray[Any], end: int) -> bool:
    """Whether these are whole numbers from 0 to below `end`, each above the one before it."""
    return numbers.dtype.kind == "i" and bool((np.diff(numbers, prepend=-1, append=end) > 0).all())


_PAIRED_AT_ONCE = 8


class Order(Enum):
    """Orders in which matrix products add."""

    IN_PAIRS = "in pairs"
    """Of each eight inputs the first, third, fifth and seventh to one sum, the others to a second one, which is added
    at last. Inputs behind the last eight go to the first."""
    ONE_BY_ONE = "one by one"

    def n_paired(self, n_inputs: int) -> int:
        """Count the inputs that are added in pairs."""
        return n_inputs - n_inputs % _PAIRED_AT_ONCE if self is Order.IN_PAIRS else 0


_ORDERS: dict[tuple[tuple[int, ...], ...], Order | None] = {}
"""The order of products of some shapes; `None` if it is another one, and numpy has to add."""

ScoreLines = Callable[[Network, NDArray[np.float32], NDArray[np.int64], Order], NDArray[np.float32] | None]
"""Does what `Network.scores` does, adding in an order; `None` if it cannot with so many hidden units or states."""


def _load() -> ScoreLines:
    """Load the compiled code, and compile it by scoring with a small network.

    Whether its numbers are those of numpy is asked for each network: where the order is another one, nothing is wrong
    with the code, and numpy goes on.
    """
    from linesift.model.compiled.network import score_lines
    from linesift.simd import BLOCK

    def numbers(*shape: int) -> NDArray[np.float32]:
        return np.cos(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)

    Network(
        centre=numbers(5),
        scale=np.ones(5, np.float32),
        flagged=np.zeros(1, np.int32),
        entry=numbers(6, BLOCK),
        entry_bias=numbers(BLOCK),
        layers=numbers(1, 3 * BLOCK, BLOCK),
        layer_biases=numbers(1, BLOCK),
        recurrent_in=numbers(1, BLOCK, 4 * BLOCK),
        recurrent_in_biases=numbers(1, 4 * BLOCK),
        recurrent_out=numbers(1, 2 * BLOCK, BLOCK),
        recurrent_out_biases=numbers(1, BLOCK),
        out=numbers(BLOCK, len(LABELS)),
        out_bias=numbers(len(LABELS)),
    )._order(score_lines)
    return score_lines


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.network.score"), Sizes(200_000, 5_000_000))
"""By lines."""


def fill_tiles(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring sums of shape (n_lines, width) into the shape that `run` takes: whole tiles, and a row of zeros."""
    whole = np.zeros((_n_rows(len(sums)), sums.shape[1]), np.float32)
    whole[: len(sums)] = sums
    return whole


def _n_rows(n_lines: int) -> int:
    """Rows of whole tiles, and one of zeros."""
    return len(tiles(n_lines)) * TILE + 1


def _bound(
    values: NDArray[np.float32], centre: NDArray[np.float32], scale: NDArray[np.float32], out: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Scale columns to numbers between -1 and 1, 0 where missing; return where they are missing."""
    np.subtract(values, centre[:, None], out=out)
    out *= (1 / scale)[:, None]
    size = np.abs(out)
    size += 1
    out /= size
    is_missing = np.isnan(out)
    np.copyto(out, 0, where=is_missing)
    return is_missing


def _rectified(
    lines: NDArray[np.float32], weights: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Multiply a tile of lines by weights, add a bias and cut the result at 0."""
    sums = np.empty((len(lines), weights.shape[1]), np.float32)
    product(lines, weights, sums)
    sums += bias
    return np.maximum(sums, 0, out=sums)


FindStates = Callable[[int, NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]], NDArray[np.float32]]
"""Finds the states after a layer: from its number, and then what `carry` takes."""


class _Around:
    """Finds the lines around each line, within its page."""

    def __init__(self, spans: NDArray[np.int64], n_rows: int) -> None:
        ends = spans.cumsum()
        self._n_lines = int(spans.sum())
        self._rows = np.arange(self._n_lines)
        self._first, self._end = (ends - spans).repeat(spans), ends.repeat(spans)
        self._places = np.full((n_rows, 3), self._n_lines)
        self._places[: self._n_lines, 1] = self._rows

    def neighbours(self, distance: int) -> NDArray[np.int64]:
        """Find the rows as the function `neighbours` does. The next call uses the same array again."""
        above, below = self._rows - distance, self._rows + distance
        self._places[: self._n_lines, 0] = np.where(above >= self._first, above, self._n_lines)
        self._places[: self._n_lines, 2] = np.where(below < self._end, below, self._n_lines)
        return self._places


def neighbours(spans: NDArray[np.int64], distance: int, n_rows: int) -> NDArray[np.int64]:
    """Find the rows of the line `distance` lines above each line, of the line itself, and of the one below.

    Args:
        spans: lines of each page, one after the other.
        distance: in lines of the page.
        n_rows: rows of the result; those behind the last line have no meaning.

    Returns:
        Shape (n_rows, 3); the number of lines where the page has no such line.
    """
    return _Around(spans, n_rows).neighbours(distance)
