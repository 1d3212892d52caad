"""Gradients, against small steps of every number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import random_network, without_recurrences
from linesift.labels import LABELS
from linesift.model.network import Network
from linesift.train.gradient import LEARNT, trace

N_COLUMNS = 4
SPANS = np.array([1, 6, 2, 18], np.int64)
"""The last page is longer than a chunk of lines over which states are carried."""
N_LINES = int(SPANS.sum())
WIDTH, N_LAYERS = 6, 3

Doubles = NDArray[Any]


@pytest.fixture(scope="module")
def network() -> Network:
    """A small network in double precision, so that small steps can be told from noise."""
    small = random_network(N_COLUMNS, seed=21, width=WIDTH, n_layers=N_LAYERS)
    return replace(small, **{name: getattr(small, name).astype(float) for name in LEARNT})


@pytest.fixture(scope="module")
def inputs(network: Network) -> Doubles:
    return np.random.default_rng(22).uniform(-1, 1, (N_LINES, len(network.entry)))


@pytest.fixture(scope="module")
def slope() -> Doubles:
    """Slope of a number by the scores; the number is their sum with these weights."""
    return np.random.default_rng(23).normal(0, 1, (N_LINES, len(LABELS)))


def drops() -> list[Doubles]:
    """What is kept of the sums of each layer in one step of learning."""
    draw = np.random.default_rng(24)
    return [(draw.random((N_LINES, WIDTH)) < 0.6) / 0.6 for _ in range(N_LAYERS)]


def by_steps(number: Callable[[Doubles], float], array: Doubles) -> Doubles:
    """Slopes of a number by every element of an array, each moved a little up and down."""
    found = np.empty_like(array)
    for place in np.ndindex(array.shape):
        moved = np.zeros_like(array)
        moved[place] = 1e-6
        found[place] = (number(array + moved) - number(array - moved)) / 2e-6
    return found


def test_scores_are_those_of_the_network() -> None:
    network = random_network(N_COLUMNS, seed=25, width=16, n_layers=6)
    spans = np.array([1, 2, 200, 3, 129], np.int64)
    own = np.random.default_rng(26).normal(0, 2, (N_COLUMNS, int(spans.sum()))).astype(np.float32)
    own[:, ::7] = np.nan
    path = trace(network, network.inputs(own).T, spans)
    assert path.scores.dtype == np.float32
    np.testing.assert_allclose(path.scores, network.scores(own, spans), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dropped", [None, drops()], ids=["whole", "dropped"])
def test_slopes_by_the_inputs(
    network: Network, inputs: Doubles, slope: Doubles, dropped: Sequence[Doubles] | None
) -> None:
    found, _ = trace(network, inputs, SPANS, dropped).back(slope)
    wanted = by_steps(lambda moved: float((trace(network, moved, SPANS, dropped).scores * slope).sum()), inputs)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    assert (np.abs(found).max(axis=1) > 1e-3).mean() > 0.9  # a line may have no hidden unit above 0


@pytest.mark.parametrize("dropped", [None, drops()], ids=["whole", "dropped"])
@pytest.mark.parametrize("name", LEARNT)
def test_slopes_by_what_is_learnt(
    network: Network, inputs: Doubles, slope: Doubles, name: str, dropped: Sequence[Doubles] | None
) -> None:
    def number(moved: Doubles) -> float:
        arrays: dict[str, Any] = {name: moved}
        return float((trace(replace(network, **arrays), inputs, SPANS, dropped).scores * slope).sum())

    found = trace(network, inputs, SPANS, dropped).back(slope)[1]
    assert set(found) == set(LEARNT)
    np.testing.assert_allclose(found[name], by_steps(number, getattr(network, name)), rtol=1e-5, atol=1e-7)
    assert np.abs(found[name]).max() > 1e-3


def test_a_line_rests_on_its_own_page_alone(network: Network, inputs: Doubles, slope: Doubles) -> None:
    slope = slope * (np.arange(N_LINES) == 3)[:, None]
    found, _ = trace(network, inputs, SPANS).back(slope)
    assert np.flatnonzero(found.any(axis=1)).tolist() == [1, 2, 3, 4, 5, 6]


def test_a_layer_that_is_dropped_adds_nothing(network: Network, inputs: Doubles, slope: Doubles) -> None:
    dropped: list[Doubles] = [np.zeros((N_LINES, WIDTH))] * N_LAYERS
    path = trace(without_recurrences(network), inputs, SPANS, dropped)
    np.testing.assert_array_equal(path.hidden, path.entered)
    by_input, by_weight = path.back(slope)
    assert not by_weight["layers"].any()
    assert not by_weight["layer_biases"].any()
    assert by_input.any()


def test_what_is_kept_whole_is_as_without_drops(network: Network, inputs: Doubles) -> None:
    kept: list[Doubles] = [np.ones((N_LINES, WIDTH))] * N_LAYERS
    whole = trace(network, inputs, SPANS).scores
    np.testing.assert_array_equal(trace(network, inputs, SPANS, kept).scores, whole)
    doubled = trace(network, inputs, SPANS, [kept[0] * 2, *kept[1:]])
    assert not np.allclose(doubled.scores, whole)
