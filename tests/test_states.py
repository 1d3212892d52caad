"""States that are carried over the lines of a page, against a loop from line to line."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linesift.model.states import CHUNK, carry, gates

Floats = NDArray[np.float32]

N_STATES = 3
SIZES = (1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 300)


def drawn(n_lines: int, seed: int) -> tuple[Floats, Floats]:
    """Which share of each state is kept on each line, and what is added."""
    draw = np.random.default_rng(seed)
    kept, added = draw.random((2, n_lines, 2 * N_STATES)).astype(np.float32)
    return kept, added


def loop(kept: Floats, added: Floats) -> NDArray[np.float64]:
    """States of one page in double precision."""
    down, up = np.zeros((2, len(kept), N_STATES))
    state = np.zeros(N_STATES)
    for line in range(len(kept)):
        down[line] = state = kept[line, :N_STATES] * state + added[line, :N_STATES]
    state = np.zeros(N_STATES)
    for line in range(len(kept) - 1, -1, -1):
        up[line] = state = kept[line, N_STATES:] * state + added[line, N_STATES:]
    return np.concatenate((down, up), axis=1)


@pytest.mark.parametrize("n_lines", SIZES)
def test_states_are_those_of_the_loop(n_lines: int) -> None:
    kept, added = drawn(n_lines, n_lines)
    found = carry(kept, added, np.array([n_lines]))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, loop(kept, added), rtol=1e-5)


@given(st.lists(st.integers(0, 3 * CHUNK), max_size=6), st.integers(0, 99))
def test_a_page_has_the_same_states_in_any_batch(sizes: Sequence[int], seed: int) -> None:
    kept, added = drawn(sum(sizes) + 2, seed)
    before = kept.copy(), added.copy()
    found = carry(kept, added, np.array(sizes, np.int64))
    assert not found[sum(sizes) :].any()  # rows behind the last line
    end = 0
    for size in sizes:
        rows = slice(end, end := end + size)
        np.testing.assert_array_equal(found[rows], carry(kept[rows], added[rows], np.array([size])))
    np.testing.assert_array_equal((kept, added), before)


def test_a_state_that_nothing_replaces_lasts() -> None:
    """No rounding and no chunk loses it, however long the page is."""
    n_lines = 5_000
    kept, added = np.ones((n_lines, 2), np.float32), np.zeros((n_lines, 2), np.float32)
    added[0, 0], added[-1, 1] = 0.7, 0.3
    found = carry(kept, added, np.array([n_lines]))
    np.testing.assert_array_equal(found, np.array([[0.7, 0.3]] * n_lines, np.float32))


def test_a_gate_says_which_share_is_replaced() -> None:
    values, opened = [4.0, 4, 4, -4], [-1e9, 0, 1e9, 0]
    kept, added = gates(np.array([values + opened], np.float32))
    np.testing.assert_allclose(kept, [[0, 0.75, 1, 0.75]], atol=1e-6)
    np.testing.assert_allclose(added, [[4, 1, 0, 0]], atol=1e-6)


@given(st.floats(-(2**100), 2**100, width=32), st.floats(0, 2**100, width=32))
def test_states_stay_between_the_values(opened: float, value: float) -> None:
    kept, added = gates(np.array([[value, opened]], np.float32))
    assert 0 <= kept[0, 0] <= 1
    assert 0 <= added[0, 0] <= value
    assert kept.dtype == added.dtype == np.float32
