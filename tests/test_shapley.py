"""Shapley values of oblivious trees, against their definition: every order of the columns, every line compared with."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import random_trees
from linesift.explain.shapley import leaf_shares, leaf_values
from linesift.model.trees import TreeScorer

N_COLUMNS = 5


def table(seed: int, n_lines: int = 40) -> NDArray[np.float32]:
    draw = np.random.default_rng(seed)
    values = draw.normal(0, 2, (N_COLUMNS, n_lines)).astype(np.float32)
    values[draw.random(values.shape) < 0.15] = np.nan
    return values


def by_definition(scorer: TreeScorer, line: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """What each column adds on average when the columns of `others` become the line's in any order; (n_columns, 4)."""
    orders = list(permutations(range(N_COLUMNS)))
    total = np.zeros((N_COLUMNS, 4))
    for order in orders:
        mixed = others.copy()
        before = scorer.scores(mixed).mean(axis=0, dtype=np.float64)
        for column in order:
            mixed[column] = line[column]
            after = scorer.scores(mixed).mean(axis=0, dtype=np.float64)
            total[column] += after - before
            before = after
    return total / len(orders)


def by_leaf(scorer: TreeScorer, line: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    shares = leaf_shares(scorer.leaf_of(others), scorer.leaves.shape[1])
    values = leaf_values(scorer.columns, scorer.leaves, shares)
    leaf = scorer.leaf_of(line[:, None])[:, 0]
    found = np.zeros((N_COLUMNS, 4))
    for tree, columns in enumerate(scorer.columns):
        np.add.at(found, columns, values.levels[tree, leaf[tree]])
    return found


@pytest.mark.parametrize("seed", range(4))
def test_values_are_those_of_the_definition(seed: int) -> None:
    """With as many levels as columns, drawn with repeats, most trees ask about some column twice."""
    others = table(seed)
    scorer = random_trees(others, seed=seed, n_trees=6, depth=4)
    assert any(len(set(row)) < len(row) for row in scorer.columns.tolist())
    for line in table(seed + 100, 3).T:
        np.testing.assert_allclose(by_leaf(scorer, line, others), by_definition(scorer, line, others), atol=1e-5)


def test_values_and_base_add_up_to_the_score() -> None:
    others, lines = table(1, 300), table(2, 50)
    scorer = random_trees(others, seed=5, n_trees=80, depth=6)
    shares = leaf_shares(scorer.leaf_of(others), 64)
    values = leaf_values(scorer.columns, scorer.leaves, shares)
    leaf = scorer.leaf_of(lines)
    total = values.base + scorer.bias + sum(values.levels[tree, leaf[tree]].sum(axis=1) for tree in range(80))
    np.testing.assert_allclose(total, scorer.scores(lines), atol=1e-4)
    np.testing.assert_allclose(values.base + scorer.bias, scorer.scores(others).mean(axis=0), atol=1e-4)


def test_a_level_that_asks_nothing_adds_nothing() -> None:
    """Shallow trees are filled up with cuts that no value is above."""
    others = table(3)
    scorer = random_trees(others, seed=3, n_trees=4, depth=3)
    cuts = scorer.cuts.copy()
    cuts[:, 1] = np.inf
    scorer = TreeScorer(scorer.columns, cuts, scorer.leaves, scorer.bias)
    values = leaf_values(scorer.columns, scorer.leaves, leaf_shares(scorer.leaf_of(others), 8))
    alone = [tree for tree, row in enumerate(scorer.columns.tolist()) if row.count(row[1]) == 1]
    assert alone
    reached = [leaf for leaf in range(8) if not leaf >> 1 & 1]
    np.testing.assert_allclose(values.levels[alone][:, reached, 1], 0, atol=1e-12)


def test_shares() -> None:
    leaf = np.array([[0, 3, 3, 1], [2, 2, 2, 2]])
    np.testing.assert_array_equal(leaf_shares(leaf, 4), [[0.25, 0.25, 0, 0.5], [0, 0, 1, 0]])
