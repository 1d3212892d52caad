"""Oblivious trees, against a loop that walks each of them for each line."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import random_trees
from linesift.model import trees as room
from linesift.model.trees import TreeScorer


def walk(scorer: TreeScorer, values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Scores of one line."""
    total = scorer.bias.astype(np.float64)
    for columns, cuts, leaves in zip(scorer.columns, scorer.cuts, scorer.leaves, strict=True):
        leaf = sum(
            2**level for level, (column, cut) in enumerate(zip(columns, cuts, strict=True)) if values[column] > cut
        )
        total = total + leaves[leaf]
    return total


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(1, 5), st.integers(1, 30))
def test_scores_are_those_of_a_walk(seed: int, n_trees: int, depth: int, n_lines: int) -> None:
    draw = np.random.default_rng(seed)
    table = draw.normal(1, 3, (5, n_lines)).astype(np.float32)
    scorer = random_trees(table, seed=seed, n_trees=n_trees, depth=depth)
    table[draw.random(table.shape) < 0.2] = math.nan
    slow = np.array([walk(scorer, line) for line in table.T]).reshape(n_lines, 4)
    fast = scorer.scores(table)
    assert fast.dtype == np.float32
    np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("width", "step"), [(90, 1), (400, 7), (5000, 100)])
def test_tiles_do_not_show(width: int, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(3).normal(1, 3, (6, 2500)).astype(np.float32)
    scorer = random_trees(table, seed=3, n_trees=40)
    whole = scorer.scores(table)
    monkeypatch.setattr(room, "_WIDTH", width)
    monkeypatch.setattr(room, "_STEP", step)
    np.testing.assert_allclose(scorer.scores(table), whole, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(walk(scorer, table[:, 1024]), whole[1024], rtol=1e-5, atol=1e-5)


def test_a_missing_value_and_the_cut_itself_take_the_lower_half() -> None:
    leaves = np.array([[[1, 0, 0, 0], [0, 1, 0, 0]]], np.float32)
    scorer = TreeScorer(np.zeros((1, 1), np.int32), np.full((1, 1), 2, np.float32), leaves, np.zeros(4, np.float32))
    found = scorer.scores(np.array([[math.nan, 1, 2, 2.5, math.inf]], np.float32))
    assert found[:, 1].tolist() == [0, 0, 0, 1, 1]


def test_no_lines() -> None:
    scorer = random_trees(np.zeros((3, 1), np.float32), seed=0)
    assert scorer.scores(np.zeros((3, 0), np.float32)).shape == (0, 4)
