"""Score lines by a small convolutional network over the lines of a page in their order.

It reads the lines that trees leave open, and some around them (`linesift.model.doubt`), as if they were the whole page.
Trees see sums over windows of lines; the network sees the lines one by one. Each layer reads the hidden units of a
line, of one line above and of one below, at distances that double from layer to layer, and adds its result to those of
the line (dilated convolutions, Yu and Koltun 2016, with residual connections). Before some layers, cumulative max
pooling adds the highest values that hidden units have anywhere above and anywhere below: prose under a page of comments
is no article if one stands above. Trees and network are wrong on different lines, so a weighted mean of their scores is
better than either.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.labels import LABELS
from linesift.model.products import TILE, product, tiles

_WIDEST, _MOST_LAYERS = 1024, 16
"""Most hidden units of a line, and most layers: the last one of these sees lines 65,536 lines away."""
_LEAST_SCALE = 1e-9
"""Least scale of a column; the largest is 1 divided by it."""
_LARGEST_SCORE = 1e30
"""Bound of all numbers that a network may come to; float32 holds up to 3e38."""


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
    pool_weights: NDArray[np.float32]
    """Shape (n_pools, 2 * n_pooled, width): from the highest value that each of the first `n_pooled` hidden units has
    on any line from the first to this one, and from this one to the last."""
    pool_biases: NDArray[np.float32]
    """Shape (n_pools, width)."""
    pool_layers: NDArray[np.int32]
    """Shape (n_pools,): number of the layer before which each stands, ascending."""
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
        return self.run(self.sums(own), spans)

    def sums(self, own: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the sums of the first hidden layer, without its bias.

        Returns:
            Shape (n_rows, width): whole tiles, whose rows behind the last line mean nothing, and a row of zeros.
        """
        compiled = self._compiled(own.shape[1])
        return self._sums(own) if compiled is None else compiled.sums(self, own)

    def _sums(self, own: NDArray[np.float32]) -> NDArray[np.float32]:
        n_lines, width = own.shape[1], len(self.entry_bias)
        sums, inputs = np.zeros((_n_rows(n_lines), width), np.float32), np.zeros((len(self.entry), TILE), np.float32)
        for tile in tiles(n_lines):
            part = own[:, tile]
            inputs[:, : part.shape[1]] = self.inputs(part)
            product(inputs[:, : tile.stop - tile.start].T, self.entry, sums[tile])
        return sums

    def tiles(self, sums: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring sums of shape (n_lines, width) into the shape that `run` takes: whole tiles, and a row of zeros."""
        whole = np.zeros((_n_rows(len(sums)), sums.shape[1]), np.float32)
        whole[: len(sums)] = sums
        return whole

    def run(
        self, sums: NDArray[np.float32], spans: NDArray[np.int64], find_maxima: "FindMaxima | None" = None
    ) -> NDArray[np.float32]:
        """Score every label of every line.

        Args:
            sums: as `sums` gives them; they are overwritten.
            spans: lines of each page, one after the other.
            find_maxima: used in place of `cumulative_max`; with the number of the pooling first.

        Returns:
            Shape (n_lines, 4).
        """
        compiled, n_lines = self._compiled(0), int(spans.sum())
        if compiled is None or find_maxima is not None:
            hidden = self._last_hidden(sums, spans, find_maxima)
        else:
            hidden = compiled.last_hidden(self, sums, spans)
        scores = np.empty((len(sums) - 1, len(self.out_bias)), np.float32)
        for tile in tiles(n_lines):
            product(hidden[tile], self.out, scores[tile])
        return scores[:n_lines] + self.out_bias

    def _last_hidden(
        self, sums: NDArray[np.float32], spans: NDArray[np.int64], find_maxima: "FindMaxima | None"
    ) -> NDArray[np.float32]:
        """Compute the hidden units after the last layer, in the shape of `sums`, whose rows they overwrite."""
        n_lines, hidden, following = int(spans.sum()), sums, np.empty_like(sums)
        rows = np.empty((TILE, 3, sums.shape[1]), np.float32)
        hidden += self.entry_bias
        np.maximum(hidden, 0, out=hidden)
        around = _Around(spans, len(hidden))
        for number, (distance, weights, bias) in enumerate(self.steps()):
            for pool in self.pools_before(number):
                n_units = len(self.pool_weights[pool]) // 2
                if find_maxima is None:
                    maxima = cumulative_max(hidden[:-1], spans, n_units)
                else:
                    maxima = find_maxima(pool, hidden[:-1], spans, n_units)
                for tile in tiles(n_lines):
                    more = _rectified(maxima[tile], self.pool_weights[pool], self.pool_biases[pool])
                    np.add(more, hidden[tile], out=hidden[tile])
            hidden[n_lines:] = 0  # for neighbours that are not there
            places = around.neighbours(distance)
            for tile in tiles(n_lines):
                read = rows[: tile.stop - tile.start]
                np.take(hidden, places[tile], axis=0, out=read, mode="clip")
                more = _rectified(read.reshape(len(read), -1), weights, bias)
                np.add(more, hidden[tile], out=following[tile])
            hidden, following = following, hidden
        return hidden

    def _compiled(self, n_lines: int) -> "_Compiled | None":
        """Choose the compiled loops for so many lines more, if they are due and come to the same numbers."""
        loops = COMPILED.choose(n_lines)
        if loops is None or len(self.entry_bias) % loops.multiple:
            return None
        shapes = self.entry.shape, self.layers.shape, self.pool_weights.shape
        if shapes not in _ORDERS:
            _ORDERS[shapes] = self._find_order(loops)
        order = _ORDERS[shapes]
        return None if order is None else _Compiled(loops, order)

    def _find_order(self, loops: "Loops") -> int | None:
        """Find the order in which products of this processor add, by 40 lines of two pages; `None` if it is another."""
        n_lines, n_columns = 40, len(self.centre)
        # Cosines stand for random numbers, because `np.random` takes longer to load than this function to run.
        numbers = np.cos(np.arange(n_columns * n_lines, dtype=np.float32) * 3).reshape(n_columns, n_lines)
        own, spans = numbers * self.scale[:, None] + self.centre[:, None], np.array([2, n_lines - 2])
        own[numbers > 0.9] = np.nan
        expected = self._last_hidden(self._sums(own), spans, None)[:n_lines]
        for order in (_IN_PAIRS, _ONE_BY_ONE):
            compiled = _Compiled(loops, order)
            if np.array_equal(compiled.last_hidden(self, compiled.sums(self, own), spans)[:n_lines], expected):
                return order
        return None

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
        n_pools, n_pooled, _ = self.pool_weights.shape
        shapes = {
            "centre": (n_columns,),
            "scale": (n_columns,),
            "flagged": (n_flags,),
            "entry": (n_columns + n_flags, width),
            "entry_bias": (width,),
            "layers": (n_layers, 3 * width, width),
            "layer_biases": (n_layers, width),
            "pool_weights": (n_pools, n_pooled, width),
            "pool_biases": (n_pools, width),
            "pool_layers": (n_pools,),
            "out": (width, len(LABELS)),
            "out_bias": (len(LABELS),),
        }
        if any(getattr(self, name).shape != shape for name, shape in shapes.items()):
            return False
        numbers = [getattr(self, name) for name in shapes if name not in {"flagged", "pool_layers"}]
        if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in numbers):
            return False
        is_in_order = _ascends_below(self.flagged, n_columns) and _ascends_below(self.pool_layers, n_layers)
        is_sound = is_in_order and n_pooled % 2 == 0 and n_pooled <= 2 * width
        is_sound &= 0 < width <= _WIDEST and n_layers <= _MOST_LAYERS
        is_sound &= bool(((self.scale >= _LEAST_SCALE) & (self.scale <= 1 / _LEAST_SCALE)).all())
        return is_sound and self.largest_score() < _LARGEST_SCORE

    def largest_score(self) -> float:
        """Bound the absolute value of every number that is computed from any line: by sums of absolute weights.

        Inputs are between -1 and 1. What a layer or a pooling adds is at most what it multiplies, times the largest sum
        of absolute weights of a unit.
        """
        weights, bias = _largest_sum(self.entry), _largest(self.entry_bias)
        hidden = weights + bias
        for number, (_, layer, layer_bias) in enumerate(self.steps()):
            for pool in self.pools_before(number):
                hidden += hidden * _largest_sum(self.pool_weights[pool]) + _largest(self.pool_biases[pool])
            hidden += hidden * _largest_sum(layer) + _largest(layer_bias)
        return hidden * _largest_sum(self.out) + _largest(self.out_bias)

    def steps(self) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        """Give distance, weights and bias of each layer."""
        for number, (weights, bias) in enumerate(zip(self.layers, self.layer_biases, strict=True)):
            yield 1 << number, weights, bias

    def pools_before(self, number: int) -> list[int]:
        """Give the numbers of the poolings before a layer: one or none."""
        return [pool for pool, layer in enumerate(self.pool_layers.tolist()) if layer == number]


def _largest_sum(weights: NDArray[np.float32]) -> float:
    """Find the largest sum of absolute weights of a unit, from shape (n_inputs, n_units)."""
    return float(np.abs(weights).sum(axis=0, dtype=np.float64).max(initial=0))


def _largest(numbers: NDArray[np.float32]) -> float:
    return float(np.abs(numbers).max(initial=0))


def _ascends_below(numbers: NDArray[Any], end: int) -> bool:
    """Whether these are whole numbers from 0 to below `end`, each above the one before it."""
    return numbers.dtype.kind == "i" and bool((np.diff(numbers, prepend=-1, append=end) > 0).all())


_ONE_BY_ONE, _IN_PAIRS = 1, 8
"""Orders in which matrix products add: one input after the other; or of each eight inputs the first, third, fifth and
seventh to one sum, the others to a second one, which is added at last. Inputs behind the last eight go to the first."""
_ORDERS: dict[tuple[tuple[int, ...], ...], int | None] = {}
"""The order of products of some shapes; `None` if it is none of these."""


class Loops(NamedTuple):
    """Compiled functions; see `linesift.model.compiled.network`."""

    enter: Callable[..., None]
    run: Callable[..., NDArray[np.float32]]
    multiple: int
    """The number of hidden units must be a multiple of it."""


class _Compiled(NamedTuple):
    """The compiled loops with the order in which they add."""

    loops: Loops
    order: int

    def sums(self, network: Network, own: NDArray[np.float32]) -> NDArray[np.float32]:
        """Do what `Network.sums` does."""
        sums = np.zeros((_n_rows(own.shape[1]), len(network.entry_bias)), np.float32)
        arrays = own, network.centre, network.scale, network.flagged, network.entry
        self.loops.enter(*arrays, self._n_paired(len(network.entry)), sums)
        return sums

    def last_hidden(self, network: Network, sums: NDArray[np.float32], spans: NDArray[np.int64]) -> NDArray[np.float32]:
        """Do what `Network._last_hidden` does."""
        starts = np.concatenate(([0], spans.cumsum()))
        layers = network.entry_bias, network.layers, network.layer_biases
        pools = network.pool_weights, network.pool_biases, network.pool_layers
        n_paired = (self._n_paired(weights.shape[1]) for weights in (network.layers, network.pool_weights))
        return self.loops.run(sums, starts, *layers, *pools, *n_paired)

    def _n_paired(self, n_inputs: int) -> int:
        """Count the inputs that are added in pairs."""
        return n_inputs - n_inputs % _IN_PAIRS if self.order == _IN_PAIRS else 0


def _load() -> Loops:
    from linesift.model.compiled import network

    return Loops(network.enter, network.run, network.MULTIPLE)


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.network.run"), Sizes(200_000, 5_000_000))
"""By lines."""


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


def cumulative_max(hidden: NDArray[np.float32], spans: NDArray[np.int64], n_units: int) -> NDArray[np.float32]:
    """Find the highest value of some units from the first line of the page to each line, and from it to the last.

    Args:
        hidden: shape (n_rows, width); rows behind the last line belong to no page.
        spans: lines of each page, one after the other.
        n_units: how many of the units, from the first.

    Returns:
        Shape (n_rows, 2 * n_units), 0 in rows behind the last line.
    """
    maxima = np.zeros((len(hidden), 2 * n_units), hidden.dtype)
    above, below, units = maxima[:, :n_units], maxima[:, n_units:], hidden[:, :n_units]
    ends = spans.cumsum()
    for start, end in zip((ends - spans).tolist(), ends.tolist(), strict=True):
        np.maximum.accumulate(units[start:end], axis=0, out=above[start:end])
        np.maximum.accumulate(units[start:end][::-1], axis=0, out=below[start:end][::-1])
    return maxima


FindMaxima = Callable[[int, NDArray[np.float32], NDArray[np.int64], int], NDArray[np.float32]]
"""Finds the maxima of a pooling: from its number, and then what `cumulative_max` takes."""


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
        """Fill the array that `neighbours` gives; the next call overwrites it."""
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
