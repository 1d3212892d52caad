"""Scores of the network taken apart by hiding parts of the page: sums, and a plain loop over every order of parts."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import random_network
from linesift.explain import occlusion
from linesift.explain.occlusion import NetworkShares, network_shares
from linesift.labels import LABELS
from linesift.model.network import Network

N_COLUMNS, N_LINES = 9, 40
ROWS = np.array([0, 17, 39])

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def network() -> Network:
    return random_network(N_COLUMNS, seed=5, width=16, n_layers=4)


@pytest.fixture(scope="module")
def own() -> Floats:
    """Columns of a page; a tenth is missing, and one column stands at its median on every line."""
    draw = np.random.default_rng(3)
    own = draw.normal(0, 3, (N_COLUMNS, N_LINES)).astype(np.float32)
    own[draw.random(own.shape) < 0.1] = np.nan
    own[4] = random_network(N_COLUMNS, seed=5, width=16, n_layers=4).centre[4]
    return own


def scores(network: Network, own: Floats, row: int) -> NDArray[np.float64]:
    found: NDArray[np.float64] = network.scores(own, np.array([own.shape[1]]))[row].astype(np.float64)
    return found


def total(shares: NetworkShares) -> NDArray[np.float64]:
    whole: NDArray[np.float64] = (
        shares.base + shares.columns.sum(axis=0) + shares.together + shares.above + shares.below
    )
    return whole


def test_everything_adds_up_to_the_scores(network: Network, own: Floats) -> None:
    for row, shares in zip(ROWS, network_shares(network, own, ROWS), strict=True):
        np.testing.assert_allclose(total(shares), scores(network, own, row), atol=1e-4)
        median_page = network.centre[:, None].repeat(N_LINES, 1)
        np.testing.assert_allclose(shares.base, scores(network, median_page, row), atol=1e-4)
        assert shares.columns.shape == (N_COLUMNS, len(LABELS))


def test_a_column_adds_what_the_score_loses_without_it(network: Network, own: Floats) -> None:
    for row, shares in zip(ROWS, network_shares(network, own, ROWS), strict=True):
        whole = scores(network, own, row)
        for column in range(N_COLUMNS):
            hidden = own.copy()
            hidden[column, row] = network.centre[column]
            np.testing.assert_allclose(shares.columns[column], whole - scores(network, hidden, row), atol=1e-4)
        assert not shares.columns[4].any()
        assert (np.abs(shares.columns).max(axis=1) > 1e-3).sum() > N_COLUMNS / 2


def test_shares_of_the_parts_are_means_over_every_order(network: Network, own: Floats) -> None:
    for row, shares in zip(ROWS, network_shares(network, own, ROWS), strict=True):
        parts = {"line": slice(row, row + 1), "above": slice(0, row), "below": slice(row + 1, N_LINES)}
        added = {part: np.zeros(len(LABELS)) for part in parts}
        for order in permutations(parts):
            page = network.centre[:, None].repeat(N_LINES, 1)
            before = scores(network, page, row)
            for part in order:
                page[:, parts[part]] = own[:, parts[part]]
                after = scores(network, page, row)
                added[part] += (after - before) / 6
                before = after
        np.testing.assert_allclose(shares.columns.sum(axis=0) + shares.together, added["line"], atol=1e-4)
        np.testing.assert_allclose(shares.above, added["above"], atol=1e-4)
        np.testing.assert_allclose(shares.below, added["below"], atol=1e-4)


def test_lines_that_are_not_there_add_nothing(network: Network, own: Floats) -> None:
    first, _, last = network_shares(network, own, ROWS)
    assert not first.above.any()
    assert not last.below.any()
    (alone,) = network_shares(network, own[:, :1], np.array([0]))
    assert not alone.above.any()
    assert not alone.below.any()
    np.testing.assert_allclose(total(alone), scores(network, own[:, :1], 0), atol=1e-4)


@pytest.mark.parametrize("n_lines", [1, 100, 1 << 15])
def test_how_much_is_scored_at_once_does_not_show(
    network: Network, own: Floats, n_lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(network_shares(network, own, ROWS))
    monkeypatch.setattr(occlusion, "_LINES_AT_ONCE", n_lines)
    for one, other in zip(whole, network_shares(network, own, ROWS), strict=True):
        np.testing.assert_array_equal(one.columns, other.columns)
        np.testing.assert_array_equal(one.above, other.above)


LONG = np.random.default_rng(8).normal(0, 3, (N_COLUMNS, 150)).astype(np.float32)


def of_windows(network: Network, rows: NDArray[np.int64], monkeypatch: pytest.MonkeyPatch) -> list[NetworkShares]:
    """Shares of lines of the long page from the fewest lines around them that layers can see."""
    with monkeypatch.context() as patch:
        patch.setattr(occlusion, "_NEAR_OF_PARTS", 0)
        patch.setattr(occlusion, "_NEAR_OF_COLUMNS", 0)
        return list(network_shares(network, LONG, rows))


@pytest.mark.parametrize("layer", [None, 0, 2, 3])
def test_far_lines_count_by_their_states(network: Network, layer: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is exact where the states after one layer alone are added to the lines."""
    is_added = (np.arange(4) == layer)[:, None, None].astype(np.float32)
    few = replace(
        network,
        recurrent_out=network.recurrent_out * is_added,
        recurrent_out_biases=network.recurrent_out_biases * is_added[:, 0],
    )
    rows = np.array([0, 10, 60, 133, 149])
    for found, whole in zip(of_windows(few, rows, monkeypatch), network_shares(few, LONG, rows), strict=True):
        for name in ("base", "columns", "together", "above", "below"):
            np.testing.assert_allclose(getattr(found, name), getattr(whole, name), atol=1e-4, err_msg=name)


def test_everything_adds_up_where_far_lines_are_not_scored_again(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.array([0, 10, 60, 133, 149])
    for row, shares in zip(rows, of_windows(network, rows, monkeypatch), strict=True):
        np.testing.assert_allclose(total(shares), scores(network, LONG, row), atol=1e-4)
        median_page = network.centre[:, None].repeat(LONG.shape[1], 1)
        np.testing.assert_allclose(shares.base, scores(network, median_page, row), atol=1e-4)
