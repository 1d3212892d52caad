"""Learning a network: a task of order, and what must not disturb it."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from linesift.model.network import Network
from linesift.model.part import softmax
from linesift.train import network as room
from linesift.train.config import TrainConfig
from linesift.train.gradient import LEARNT, Trace, trace
from linesift.train.network import NetworkData, fit_network

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

TINY = TrainConfig(jobs=1, network_width=12, network_layers=2, network_states=3, network_dropout=0.1, network_epochs=1)
REACH = 20
"""Lines below a mark that are of the other label."""


def data_of(
    own: Floats, spans: Ints, labels: Ints, lexicon_rows: Sequence[int] = (), unknown: float = 0
) -> NetworkData:
    """Lines that count one each; `unknown` is what stands in columns of words in a language that nobody has read."""
    n_lines = len(labels)
    return NetworkData(
        own=own,
        spans=spans,
        labels=labels,
        weights=np.ones(n_lines, np.float32),
        lexicon_rows=np.array(lexicon_rows, np.int64),
        unknown=np.full((len(lexicon_rows), n_lines), unknown, np.float32),
    )


def marked(n_pages: int, seed: int, reach: int = REACH, least: int = 1, share: float = 0.03) -> NetworkData:
    """Pages whose lines have one label if a mark stands within `reach` lines above them, and else another.

    The line itself says nothing of its label.
    """
    draw = np.random.default_rng(seed)
    spans = draw.integers(least, least + 120, n_pages)
    is_marked = draw.random(spans.sum()) < share
    labels = [
        page[max(0, row - reach) : row].any()
        for page in np.split(is_marked, spans.cumsum()[:-1])
        for row in range(len(page))
    ]
    noise = draw.normal(0, 1, (2, len(labels)))
    noise[1, draw.random(len(labels)) < 0.3] = np.nan
    own = np.concatenate((is_marked[None], noise)).astype(np.float32)
    return data_of(own, spans, np.array(labels, np.int64))


def loss(network: Network, data: NetworkData) -> float:
    """Mean log loss of some lines."""
    probabilities = softmax(network.scores(data.own, data.spans))
    right = probabilities[np.arange(len(probabilities)), data.labels]
    return -float(np.log(np.maximum(right, 1e-30)).mean())  # a network may be so sure that float32 has 0


def assert_same(first: Network, second: Network) -> None:
    for field in fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name), err_msg=field.name)


def assert_sound(network: Network, data: NetworkData) -> None:
    """Weights and scores are numbers, of pages like those that were learnt and of others."""
    for field in fields(network):
        assert np.isfinite(getattr(network, field.name)).all(), field.name
    assert (network.scale > 0).all()
    for own in (data.own, np.full_like(data.own, np.nan), np.full_like(data.own, 1e6)):
        assert np.isfinite(network.scores(own, data.spans)).all()


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for what does not ask how well it was learnt."""
    monkeypatch.setattr(room, "_MIN_STEPS", 5)


def test_order_is_learnt() -> None:
    examples, others = marked(40, 1), marked(40, 2)
    found = loss(fit_network(examples, TINY), others)
    shares = np.bincount(others.labels) / len(others.labels)
    by_chance = -float((shares * np.log(shares)).sum())
    line_by_line = loss(fit_network(examples, replace(TINY, network_layers=0)), others)
    assert found < 0.2
    assert line_by_line > 0.95 * by_chance > 0.5


def test_arrays_of_a_network() -> None:
    data = marked(5, 3)
    network = fit_network(data, replace(TINY, network_states=6))
    shapes = {field.name: getattr(network, field.name).shape for field in fields(network)}
    assert shapes == {
        "centre": (3,), "scale": (3,), "flagged": (1,), "entry": (4, 12), "entry_bias": (12,), "layers": (2, 36, 12),
        "layer_biases": (2, 12), "recurrent_in": (2, 12, 24), "recurrent_in_biases": (2, 24),
        "recurrent_out": (2, 12, 12), "recurrent_out_biases": (2, 12), "out": (12, 4),
        "out_bias": (4,),
    }  # fmt: skip
    assert network.flagged.tolist() == [2]
    assert {getattr(network, name).dtype for name in (*LEARNT, "centre", "scale")} == {np.dtype(np.float32)}
    np.testing.assert_allclose(network.centre, np.nanmedian(data.own, axis=1), atol=1e-6)


@pytest.mark.usefixtures("few_steps")
def test_the_same_seed_gives_the_same_network() -> None:
    data = marked(5, 4)
    first = fit_network(data, TINY)
    assert_same(first, fit_network(marked(5, 4), TINY))
    assert (first.entry != fit_network(data, replace(TINY, seed=1)).entry).any()


@pytest.mark.usefixtures("few_steps")
def test_what_is_learnt_is_not_changed() -> None:
    data, before = marked(5, 5), marked(5, 5)
    fit_network(data, TINY)
    for field in fields(data):
        np.testing.assert_array_equal(getattr(data, field.name), getattr(before, field.name))


@pytest.mark.usefixtures("few_steps")
def test_lines_of_weight_0_are_not_learnt() -> None:
    data = marked(5, 6)
    is_learnt = np.random.default_rng(6).random(len(data.labels)) < 0.7
    weights = is_learnt.astype(np.float32)
    right = replace(data, weights=weights)
    wrong = replace(right, labels=np.where(is_learnt, data.labels, 3))
    assert_same(fit_network(right, TINY), fit_network(wrong, TINY))
    heavy = replace(wrong, weights=np.maximum(weights, np.float32(1e-3)))
    assert (fit_network(heavy, TINY).out_bias != fit_network(wrong, TINY).out_bias).any()


@pytest.mark.usefixtures("few_steps")
def test_no_line_of_any_weight() -> None:
    data = marked(3, 7)
    assert_sound(fit_network(replace(data, weights=np.zeros_like(data.weights)), TINY), data)


def test_a_heavier_line_counts_more() -> None:
    data = marked(5, 8)
    data = replace(data, labels=np.random.default_rng(8).integers(0, 2, len(data.labels)))
    shares = []
    for weight in (1, 9):
        heavy = replace(data, weights=np.where(data.labels == 1, weight, 1).astype(np.float32))
        network = fit_network(heavy, replace(TINY, network_layers=0))
        shares.append(softmax(network.scores(data.own, data.spans))[:, 1].mean())
    assert shares[0] < 0.6
    assert shares[1] > 0.75


@pytest.mark.parametrize("value", [0.0, -3.0, 1e4, np.nan], ids=str)
def test_a_column_that_says_nothing_does_no_harm(value: float) -> None:
    data = marked(10, 9)
    idle = np.full((1, len(data.labels)), value, np.float32)
    data = replace(data, own=np.concatenate((data.own, idle)))
    network = fit_network(data, TINY)
    assert_sound(network, data)
    assert (3 in network.flagged) == np.isnan(value)
    assert loss(network, data) < 0.5


@pytest.mark.usefixtures("few_steps")
@pytest.mark.parametrize("spans", [[1], [1, 1, 1], [300]], ids=str)
def test_a_few_lines(spans: Sequence[int]) -> None:
    n_lines = sum(spans)
    own = np.arange(2 * n_lines, dtype=np.float32).reshape(2, n_lines)
    own[1, 0] = np.nan
    data = data_of(own, np.array(spans), np.arange(n_lines) % 4)
    assert_sound(fit_network(data, TINY), data)


def count_steps(monkeypatch: pytest.MonkeyPatch, data: NetworkData, config: TrainConfig) -> int:
    """How often the network is gone through while it is fitted."""
    steps = []

    def traced(*arguments: Any) -> Trace:
        steps.append(arguments)
        return trace(*arguments)

    monkeypatch.setattr(room, "trace", traced)
    fit_network(data, config)
    return len(steps)


def test_few_pages_are_learnt_in_the_least_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = replace(TINY, network_width=2, network_layers=1)
    assert count_steps(monkeypatch, marked(2, 10), tiny) == room._MIN_STEPS


@pytest.mark.usefixtures("few_steps")
def test_many_pages_are_learnt_once_in_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_BATCH", 50)
    n_lines = 40 * 25
    draw = np.random.default_rng(11)
    own = draw.normal(0, 1, (2, n_lines)).astype(np.float32)
    data = data_of(own, np.full(40, 25), draw.integers(0, 4, n_lines))
    assert count_steps(monkeypatch, data, replace(TINY, network_epochs=3)) == 3 * n_lines // 50


def test_a_step_learns_whole_pages_and_an_epoch_each_of_them_once() -> None:
    draw = np.random.default_rng(12)
    spans = draw.integers(1, 900, 60)
    pages = np.split(np.arange(spans.sum()), spans.cumsum()[:-1])
    seen = []
    for lines, sizes in room._batches(spans, draw):
        assert sizes.sum() == len(lines) < room._BATCH + spans.max()
        for rows in np.split(lines, sizes.cumsum()[:-1]):
            seen.append(int(np.searchsorted(spans.cumsum(), rows[0], "right")))
            np.testing.assert_array_equal(rows, pages[seen[-1]])
    assert sorted(seen) == [*range(60)]
    assert seen != sorted(seen)


FAR = 10_000
"""No page has as many lines."""


def test_a_recurrence_sees_what_stands_anywhere_above() -> None:
    learnt, others = (marked(60, seed, reach=FAR, least=150, share=0.01) for seed in (13, 14))
    assert loss(fit_network(learnt, replace(TINY, network_layers=1, network_epochs=40)), others) < 0.05


def worded(seed: int) -> NetworkData:
    """Lines whose label the lexicon gives, and other columns less surely; on unknown languages it gives nothing."""
    draw = np.random.default_rng(seed)
    spans = draw.integers(1, 60, 60)
    labels = draw.integers(0, 2, spans.sum())
    own = labels * 6 - 3 + draw.normal(0, 1, (2, len(labels))) * [[0.3], [2.5]]
    return data_of(own.astype(np.float32), spans, labels, lexicon_rows=[0])


def test_words_that_nobody_reads_are_not_relied_on() -> None:
    data = worded(15)
    lost = replace(data, own=np.concatenate((data.unknown, data.own[1:])))
    trusting, wary = (
        fit_network(data, replace(TINY, network_unknown_language=share, network_epochs=20)) for share in (0, 0.5)
    )
    assert loss(trusting, data) < 0.1
    assert loss(wary, data) < 0.1
    assert loss(wary, lost) < 0.75 * loss(trusting, lost)


@pytest.mark.parametrize("shape", [(30, 12), (12, 30), (1, 5)])
def test_moves_of_matrices_have_singular_values_near_1(shape: tuple[int, int]) -> None:
    matrix = np.random.default_rng(0).normal(0, 3, shape).astype(np.float32)
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    inside = left.T @ room._orthogonal(matrix) @ right.T
    assert ((np.diag(inside) > 0.6) & (np.diag(inside) < 1.3)).all()
    np.testing.assert_allclose(inside, np.diag(np.diag(inside)), atol=1e-4)
    assert not room._orthogonal(np.zeros(shape, np.float32)).any()
