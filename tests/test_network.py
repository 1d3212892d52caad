"""Scores of the network, against a loop over the lines of each page."""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import linesift
from conftest import random_network, without_recurrences
from linesift.labels import LABELS
from linesift.model import products as module
from linesift.model.network import Network
from linesift.model.products import TILE, product
from linesift.train.gradient import LEARNT

N_COLUMNS = 7
SIZES = (1, 2, 3, 40, TILE + 1, 300)

Floats = NDArray[np.float32]


def drawn(n_lines: int, seed: int) -> Floats:
    """Columns of a page: a fifth of them is missing, and all of one column and of every tenth line."""
    draw = np.random.default_rng(seed)
    own = draw.normal(0, 3, (N_COLUMNS, n_lines)).astype(np.float32)
    own[draw.random(own.shape) < 0.2] = np.nan
    own[seed % N_COLUMNS] = np.nan
    own[:, 9::10] = np.nan
    return own


def scores(network: Network, pages: Sequence[Floats]) -> list[Floats]:
    """Scores of some pages, all at once."""
    spans = np.array([page.shape[1] for page in pages], np.int64)
    found = network.scores(np.concatenate(pages, axis=1), spans)
    return np.split(found, spans.cumsum()[:-1])


def loop(network: Network, own: Floats) -> list[list[float]]:
    """Scores of one page, line by line, in double precision."""
    arrays: dict[str, Any] = {field.name: getattr(network, field.name).tolist() for field in fields(network)}
    hidden = [times(entered(arrays, line), arrays["entry"], arrays["entry_bias"]) for line in own.T.tolist()]
    hidden = [[max(value, 0) for value in line] for line in hidden]
    nothing = [0.0] * len(arrays["entry_bias"])
    for number, (weights, bias) in enumerate(zip(arrays["layers"], arrays["layer_biases"], strict=True)):
        following = []
        for place, line in enumerate(hidden):
            above, below = place - 2**number, place + 2**number
            read = (hidden[above] if above >= 0 else nothing) + line
            read += hidden[below] if below < len(hidden) else nothing
            sums = times(read, weights, bias)
            following.append([value + max(more, 0) for value, more in zip(line, sums, strict=True)])
        of_layer = {name: array[number] for name, array in arrays.items() if name.startswith("recurrent_")}
        hidden = carried(following, of_layer)
    return [times(line, arrays["out"], arrays["out_bias"]) for line in hidden]


def carried(hidden: list[list[float]], arrays: dict[str, Any]) -> list[list[float]]:
    """Hidden units with what a recurrence makes of the lines down to each line and of those from it on."""
    sums = [times(line, arrays["recurrent_in"], arrays["recurrent_in_biases"]) for line in hidden]
    n_states = len(sums[0]) // 4
    down = states_of(sums, range(n_states), 2 * n_states)
    up = states_of(sums[::-1], range(n_states, 2 * n_states), 2 * n_states)[::-1]
    found = []
    for line, above, below in zip(hidden, down, up, strict=True):
        more = times(above + below, arrays["recurrent_out"], arrays["recurrent_out_biases"])
        found.append([value + max(each, 0) for value, each in zip(line, more, strict=True)])
    return found


def states_of(sums: list[list[float]], values: range, to_gate: int) -> list[list[float]]:
    """States after each line, in the order of the lines: a gate says which share of a state the value replaces."""
    states, found = [0.0] * len(values), []
    for line in sums:
        gates = [(1 - line[value + to_gate] / (1 + abs(line[value + to_gate]))) / 2 for value in values]
        news = [max(line[value], 0) for value in values]
        states = [(1 - gate**2) * old + gate**2 * new for gate, old, new in zip(gates, states, news, strict=True)]
        found.append(states)
    return found


def entered(arrays: dict[str, list[float]], line: list[float]) -> list[float]:
    """The inputs of a line."""
    found = []
    for value, centre, scale in zip(line, arrays["centre"], arrays["scale"], strict=True):
        far = (value - centre) / scale
        found.append(0.0 if np.isnan(value) else far / (1 + abs(far)))
    return found + [float(np.isnan(line[int(column)])) for column in arrays["flagged"]]


def times(values: list[float], weights: list[list[float]], bias: list[float]) -> list[float]:
    """Sums of values by their weights."""
    return [
        sum(value * row[unit] for value, row in zip(values, weights, strict=True)) + bias[unit]
        for unit in range(len(bias))
    ]


@pytest.mark.parametrize("n_lines", SIZES)
def test_scores_are_those_of_the_loop(n_lines: int) -> None:
    network, own = random_network(N_COLUMNS, seed=n_lines), drawn(n_lines, 3)
    (found,) = scores(network, [own])
    assert found.dtype == np.float32
    assert found.shape == (n_lines, len(LABELS))
    np.testing.assert_allclose(found, loop(network, own), rtol=1e-4, atol=1e-4)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(0, 99), st.integers(0, 5))
def test_scores_of_several_pages_are_those_of_the_loop(sizes: list[int], seed: int, n_layers: int) -> None:
    network = random_network(N_COLUMNS, seed=seed, width=5, n_layers=n_layers)
    pages = [drawn(size, seed + number) for number, size in enumerate(sizes)]
    for own, found in zip(pages, scores(network, pages), strict=True):
        np.testing.assert_allclose(found, loop(network, own), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("width", [5, 8, 48])
def test_a_page_comes_out_the_same_in_any_batch(width: int) -> None:
    network = random_network(N_COLUMNS, seed=1, width=width, n_layers=6)
    pages = [drawn(size, seed) for seed, size in enumerate(SIZES)]
    alone = [scores(network, [page])[0] for page in pages]
    for order in [*permutations(range(len(pages)))][::37]:
        found = scores(network, [pages[number] for number in order])
        for number, together in zip(order, found, strict=True):
            np.testing.assert_array_equal(together, alone[number])


def test_products_are_too_small_to_be_divided_among_cores() -> None:
    """OpenBLAS divides a product of more than 2**18 multiplications, and its threads wait for each other."""
    model = linesift.load()
    parts = [part for part in (model.text, model.html) if part is not None]
    for network in (network for part in parts for network in part.networks):
        recurrent = *network.recurrent_in, *network.recurrent_out
        for weights in (network.entry, *network.layers, *recurrent, network.out):
            assert module.ROWS * weights.size <= 1 << 18


@pytest.mark.parametrize("shape", [(140, 48), (144, 48), (48, 48), (48, 4), (7, 5)])
def test_a_line_is_multiplied_the_same_at_every_place_of_a_tile(shape: tuple[int, int]) -> None:
    """OpenBLAS's kernel for AVX2 adds differently in some rows: pages depended on their batch there."""
    draw = np.random.default_rng(1)
    line, weights = draw.normal(size=shape[0]).astype(np.float32), draw.normal(size=shape).astype(np.float32)
    for lines in (np.repeat(line[None], TILE, axis=0), np.repeat(line[:, None], TILE, axis=1).T):
        found = np.empty((TILE, shape[1]), np.float32)
        product(lines, weights, found)
        np.testing.assert_array_equal(found, np.broadcast_to(found[0], found.shape))
        np.testing.assert_allclose(found[0], line @ weights, rtol=1e-4, atol=1e-5)


def test_a_page_comes_out_the_same_wherever_it_begins() -> None:
    network, page = random_network(N_COLUMNS, seed=2, width=48, n_layers=6), drawn(70, 5)
    (alone,) = scores(network, [page])
    for before in range(1, 2 * TILE, 5):
        np.testing.assert_array_equal(scores(network, [drawn(before, 6), page, drawn(9, 7)])[1], alone)


def test_nothing_leaks_from_page_to_page() -> None:
    network = random_network(N_COLUMNS, seed=3)
    above, page, below = (drawn(size, seed) for seed, size in enumerate((30, 2, 30)))
    before = scores(network, [above, page, below])
    after = scores(network, [above + 5, page, below - 5])
    np.testing.assert_array_equal(after[1], before[1])
    assert (after[0] != before[0]).any()
    assert (after[2] != before[2]).any()


def test_no_lines() -> None:
    network = random_network(N_COLUMNS, seed=4)
    found = network.scores(np.zeros((N_COLUMNS, 0), np.float32), np.zeros(0, np.int64))
    assert found.shape == (0, len(LABELS))


@pytest.mark.parametrize(("n_layers", "reach"), [(0, 0), (1, 1), (3, 7), (6, 63)])
def test_a_line_is_seen_as_far_as_the_layers_reach(n_layers: int, reach: int) -> None:
    network = without_recurrences(heard(random_network(N_COLUMNS, seed=5, n_layers=n_layers)))
    page = np.zeros((N_COLUMNS, 200), np.float32)
    before = scores(network, [page])[0]
    page[:, 100] = 9
    is_changed = (scores(network, [page])[0] != before).any(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(is_changed), np.arange(100 - reach, 101 + reach))


def heard(network: Network) -> Network:
    """The network with weights above 0: nothing that a line says is lost on the way."""
    return replace(network, **{name: np.abs(getattr(network, name)) for name in LEARNT})


@pytest.mark.parametrize("line", [0, 100, 199])
def test_with_a_recurrence_a_line_is_seen_by_its_whole_page_and_by_no_other(line: int) -> None:
    network = heard(random_network(N_COLUMNS, seed=5, n_layers=1))
    network.recurrent_in_biases[:, network.recurrent_out.shape[1] :] += 50  # gates that are hardly open: states last
    pages = [drawn(30, 8), np.zeros((N_COLUMNS, 200), np.float32), drawn(40, 9)]
    before = scores(network, pages)
    pages[1][:, line] = 9
    is_changed = [(new != old).any(axis=1) for new, old in zip(scores(network, pages), before, strict=True)]
    assert [each.mean() for each in is_changed] == [0, 1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_no_score_is_larger_than_the_bound(seed: int) -> None:
    network = random_network(N_COLUMNS, seed=seed)
    found = np.abs(np.concatenate(scores(network, [drawn(n_lines, seed) for n_lines in SIZES]))).max()
    assert found <= network.largest_score() < 1e12


def test_weights_whose_scores_may_overflow_are_not_sound() -> None:
    network = random_network(N_COLUMNS, seed=1)
    assert network.is_sound(N_COLUMNS)
    large = replace(
        network, **{name: getattr(network, name) * np.float32(1e9) for name in ("layers", "recurrent_out", "entry")}
    )
    assert not large.is_sound(N_COLUMNS)


def test_inputs_lie_between_minus_one_and_one() -> None:
    network = random_network(N_COLUMNS, seed=6)
    own = np.array([[-1e30, -1e4, 0, 1e4, 1e30, np.nan]] * N_COLUMNS, np.float32)
    found = network.inputs(own)
    assert found.shape == (len(network.entry), 6)
    assert (np.abs(found) <= 1).all()
    assert not found[:N_COLUMNS, -1].any()
    np.testing.assert_array_equal(found[N_COLUMNS:], [[0, 0, 0, 0, 0, 1]] * len(network.flagged))


def test_the_median_says_nothing() -> None:
    network = random_network(N_COLUMNS, seed=7)
    assert not network.inputs(network.centre[:, None]).any()


def test_memory_that_was_not_written_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an array of `np.empty` holds may be no number, and adding to it then warns: on the user's screen."""
    plain, trap = np.empty, np.array([0x7F800001], np.uint32).view(np.float32)  # a signalling nan

    def empty(shape: int | tuple[int, ...], dtype: type = np.float32) -> NDArray[np.float32]:
        array: NDArray[np.float32] = plain(shape, dtype)
        array.view(np.uint32)[...] = trap.view(np.uint32)
        return array

    network, own = random_network(N_COLUMNS, seed=1), drawn(40, 1)
    expected = network.scores(own, np.array([40]))
    monkeypatch.setattr(np, "empty", empty)
    monkeypatch.setattr(np, "empty_like", lambda array: empty(array.shape))
    np.testing.assert_array_equal(network.scores(own, np.array([40])), expected)
