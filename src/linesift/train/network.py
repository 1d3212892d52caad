"""Train the network over the lines of a page with numpy alone: minutes for half a million lines on one core.

Muon (Jordan and others 2024) for the matrices of hidden units and AdamW (Loshchilov and Hutter 2019) for the rest, with
one cycle of the learning rate (Smith 2018) and dropout. The result is the exponential moving average of the weights.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.network import Network
from linesift.model.part import softmax
from linesift.train.config import TrainConfig
from linesift.train.gradient import LEARNT, trace

Floats = NDArray[np.float32]

_BATCH = 2_500
"""Approximate number of lines of a step; pages are not cut."""
_MIN_STEPS = 400
"""Least steps; few pages are learnt in more epochs."""
_FIRST_RATE, _HIGHEST_RATE, _WARM_UP = 2e-4, 6e-3, 0.15
"""First and highest learning rate, and the fraction of steps of the warm-up; then the rate falls to 0."""
_DECAY = 1e-2
"""Decay of weights that AdamW updates, times the learning rate."""
_CLIP = 1.0
"""Norm to which the gradients of a step are clipped."""
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8
"""Constants of Adam."""
_ORTHOGONAL = {"entry": 1, "layers": 1, "recurrent_in": 4, "recurrent_out": 1}
"""Arrays whose matrices Muon updates: all that lead to hidden units and states. Each is made of so many matrices side
by side: values and gates, down and up, are units of their own."""
_SLOWEST_GATE = 3.0
"""Bias with which the gates of the slowest states begin: half of such a state is left after 44 lines."""
_MATRIX_RATE, _MATRIX_DECAY, _MOMENTUM = 2.0, 0.1, 0.95
"""Factor of the learning rate for these, their weight decay, and their momentum."""
_QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of `_orthogonal`, chosen by Jordan so that five steps bring all singular values near 1."""
_EMA_DECAY = 0.998
"""Decay of the moving average of the weights."""
_MIN_SPREAD = 0.05
"""Least standard deviation that an input is divided by."""
_FLAGGED_FROM = 0.001
"""Fraction of missing values from which a column gets an input that says where they are."""
_SAMPLE = 60_000
"""Lines, drawn at random, from which quantiles and standard deviations are taken."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkData:
    """Lines that a network is trained on, page after page."""

    own: Floats
    """Shape (n_columns, n_lines), the columns of the lines themselves."""
    spans: NDArray[np.int64]
    """Number of lines of each page, shape (n_pages,)."""
    labels: NDArray[np.int64]
    """Shape (n_lines,), columns of `LABELS`."""
    weights: Floats
    """Weights of the lines in the loss, shape (n_lines,)."""
    lexicon_rows: NDArray[np.int64]
    """Rows of `own` that are scores of lexicons."""
    unknown: Floats
    """Shape (len(lexicon_rows), n_lines): the same scores in a language that no lexicon knows."""


def fit_network(data: NetworkData, config: TrainConfig) -> Network:
    """Train a network on whole pages; the same pages in the same order give the same network."""
    from threadpoolctl import threadpool_limits

    draw = np.random.default_rng(config.seed)
    network = _initial_network(data.own, config, draw)
    inputs = np.ascontiguousarray(network.inputs(data.own).T)
    # Inputs of equal standard deviation are learnt evenly; in the end it goes into the weights.
    spread = np.maximum(inputs[_sample(len(inputs), draw)].std(axis=0), _MIN_SPREAD)
    inputs /= spread
    unknown = np.ascontiguousarray(network.inputs_of(data.lexicon_rows, data.unknown).T) / spread[data.lexicon_rows]
    learner = _Optimizer({name: getattr(network, name) for name in LEARNT}, _rates(data.spans, config))
    # Products of this size take longer on two cores than on one where the other has work.
    with threadpool_limits(1):
        while not learner.is_done:
            for lines, spans in _batches(data.spans, draw):
                seen = inputs[lines]
                is_unknown = (draw.random(len(spans)) < config.network_unknown_language).repeat(spans)
                seen[np.ix_(is_unknown, data.lexicon_rows)] = unknown[lines[is_unknown]]
                now = _with(network, learner.weights)
                batch = _Batch(seen, spans, data.labels[lines], data.weights[lines])
                learner.step(_gradients(now, batch, config, draw))
    return _with(network, learner.means | {"entry": learner.means["entry"] / spread[:, None]})


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Lines of a step, of whole pages."""

    inputs: Floats
    """Shape (n_lines, n_inputs)."""
    spans: NDArray[np.int64]
    labels: NDArray[np.int64]
    weights: Floats


def _gradients(network: Network, batch: _Batch, config: TrainConfig, draw: np.random.Generator) -> Mapping[str, Floats]:
    """Gradients of the mean log loss with respect to the weights of the network, with dropout."""
    n_dropped = round(256 * config.network_dropout)

    def kept(*shape: int) -> Floats:
        is_kept = draw.integers(0, 256, shape, np.uint8) >= n_dropped
        return is_kept * np.float32(256 / (256 - n_dropped))

    drops = [kept(len(batch.inputs), config.network_width) for _ in network.layers]
    path = trace(network, batch.inputs, batch.spans, drops)
    gold = np.eye(len(LABELS), dtype=np.float32)[batch.labels]
    return path.back((softmax(path.scores) - gold) * batch.weights[:, None] / max(float(batch.weights.sum()), 1.0))[1]


def _with(network: Network, weights: Mapping[str, Floats]) -> Network:
    arrays: dict[str, Any] = dict(weights)
    return replace(network, **arrays)


def _initial_network(own: Floats, config: TrainConfig, draw: np.random.Generator) -> Network:
    """Network with random weights, and with the scale of every column."""
    some = own[:, _sample(own.shape[1], draw)]
    is_missing = np.isnan(some)
    low, centre, high, spread = np.zeros((4, len(own)), np.float32)
    for row, (values, missing) in enumerate(zip(some, is_missing, strict=True)):
        if not missing.all():
            known = values[~missing]
            low[row], centre[row], high[row] = np.quantile(known, (0.1, 0.5, 0.9))
            spread[row] = known.std()
    scale = np.maximum(np.where(high > low, (high - low) / 4, spread), np.float32(1e-3))
    flagged = np.flatnonzero(is_missing.mean(axis=1) > _FLAGGED_FROM).astype(np.int32)
    n_states = min(config.network_states, config.network_width)
    width, n_layers, n_inputs = config.network_width, config.network_layers, len(own) + len(flagged)
    in_biases = np.zeros((n_layers, 4 * n_states), np.float32)
    in_biases[:, 2 * n_states :] = np.tile(np.linspace(0, _SLOWEST_GATE, n_states), 2)  # from some lines to half a page

    def random(*shape: int, size: float = 1.0) -> Floats:
        most = size / shape[-2] ** 0.5
        return draw.uniform(-most, most, shape).astype(np.float32)

    return Network(
        centre=centre,
        scale=scale,
        flagged=flagged,
        entry=random(n_inputs, width),
        entry_bias=np.zeros(width, np.float32),
        layers=random(n_layers, 3 * width, width, size=0.5),  # so that residual connections begin small
        layer_biases=np.zeros((n_layers, width), np.float32),
        recurrent_in=random(n_layers, width, 4 * n_states),
        recurrent_in_biases=in_biases,
        recurrent_out=random(n_layers, 2 * n_states, width, size=0.5),
        recurrent_out_biases=np.zeros((n_layers, width), np.float32),
        out=random(width, len(LABELS)),
        out_bias=np.zeros(len(LABELS), np.float32),
    )


def _sample(n_lines: int, draw: np.random.Generator) -> NDArray[np.int64]:
    return np.sort(draw.permutation(n_lines)[:_SAMPLE])


def _batches(
    spans: NDArray[np.int64], draw: np.random.Generator
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Split all pages, in a random order, into batches: indices of the lines, and number of lines of each page."""
    starts = spans.cumsum() - spans
    order = draw.permutation(len(spans))
    part = (spans[order].cumsum() - 1) // _BATCH
    for pages in np.split(order, np.flatnonzero(np.diff(part)) + 1):
        sizes = spans[pages]
        within = np.arange(sizes.sum()) - (sizes.cumsum() - sizes).repeat(sizes)
        yield starts[pages].repeat(sizes) + within, sizes


def _rates(spans: NDArray[np.int64], config: TrainConfig) -> Floats:
    """Learning rate of every step."""
    an_epoch = max(1, round(int(spans.sum()) / _BATCH))
    n_steps = max(config.network_epochs * an_epoch, _MIN_STEPS)
    n_warm_up = int(_WARM_UP * n_steps)
    rising = _FIRST_RATE + (_HIGHEST_RATE - _FIRST_RATE) * (1 - np.cos(np.linspace(0, pi, n_warm_up))) / 2
    falling = _HIGHEST_RATE * (1 + np.cos(np.linspace(0, pi, n_steps - n_warm_up))) / 2
    return np.concatenate((rising, falling)).astype(np.float32)


class _Optimizer:
    """State of training: weights, their moving average, and the moments of the gradients."""

    def __init__(self, weights: Mapping[str, Floats], rates: Floats) -> None:
        self.weights = {name: array.copy() for name, array in weights.items()}
        self.means = {name: array.copy() for name, array in weights.items()}
        """Moving averages of the weights, which are better than the last ones."""
        self._moments = {name: (np.zeros_like(array), np.zeros_like(array)) for name, array in weights.items()}
        """First and second moments of AdamW; of the first of them, the momentum of Muon."""
        self._rates, self._n_made = rates, 0

    @property
    def is_done(self) -> bool:
        return self._n_made >= len(self._rates)

    def step(self, gradients: Mapping[str, Floats]) -> None:
        """Update the weights; no more after the last step."""
        if self.is_done:
            return
        rate, self._n_made = float(self._rates[self._n_made]), self._n_made + 1
        norm = sum(float((gradient * gradient).sum()) for gradient in gradients.values()) ** 0.5
        shrink = np.float32(min(1.0, _CLIP / max(norm, 1e-12)))
        stays = min(_EMA_DECAY, (1 + self._n_made) / (10 + self._n_made))  # the random weights are soon forgotten
        for name, gradient in gradients.items():
            if name in _ORTHOGONAL:
                self._muon(name, gradient, rate * _MATRIX_RATE, _ORTHOGONAL[name])
            else:
                self._adam(name, shrink * gradient, rate)
            self.means[name] += np.float32(1 - stays) * (self.weights[name] - self.means[name])

    def _adam(self, name: str, gradient: Floats, rate: float) -> None:
        array, (first, second) = self.weights[name], self._moments[name]
        first += np.float32(1 - _BETA_1) * (gradient - first)
        second += np.float32(1 - _BETA_2) * (gradient * gradient - second)
        if array.ndim > 1:
            array *= np.float32(1 - rate * _DECAY)
        size = rate / (1 - _BETA_1**self._n_made)
        array -= np.float32(size) * first / (np.sqrt(second / (1 - _BETA_2**self._n_made)) + np.float32(_EPSILON))

    def _muon(self, name: str, gradient: Floats, rate: float, n_parts: int) -> None:
        """Move matrices by their Nesterov momentum, made orthogonal: equally far in all directions.

        Each is made of `n_parts` matrices side by side, which are made orthogonal one by one.
        """
        array, (momentum, _) = self.weights[name], self._moments[name]
        momentum *= np.float32(_MOMENTUM)
        momentum += gradient
        ahead = gradient + np.float32(_MOMENTUM) * momentum
        array *= np.float32(1 - rate * _MATRIX_DECAY)
        for matrix, moved in ((array, ahead),) if array.ndim == 2 else zip(array, ahead, strict=True):
            for part, of_part in zip(*(np.split(each, n_parts, axis=1) for each in (matrix, moved)), strict=True):
                n_rows, n_columns = part.shape
                part -= np.float32(rate * max(1.0, n_rows / n_columns) ** 0.5) * _orthogonal(of_part)


def _orthogonal(matrix: Floats) -> Floats:
    """Bring the singular values of a matrix near 1, by five steps of a Newton-Schulz iteration; zeros stay zeros."""
    found = matrix.T if len(matrix) > matrix.shape[1] else matrix
    found = found / np.float32(np.linalg.norm(found) + 1e-7)
    a, b, c = np.array(_QUINTIC, np.float32)
    for _ in range(5):
        square = found @ found.T
        found = a * found + (b * square + c * (square @ square)) @ found
    result: Floats = found.T if len(matrix) > matrix.shape[1] else found
    return result
