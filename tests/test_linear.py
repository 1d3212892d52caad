"""The additive model, against a loop over lines and columns."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linesift.model.bins import FEW, Bins
from linesift.model.linear import LinearScorer


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(0, 40))
def test_scores_are_those_of_a_loop(seed: int, n_columns: int, n_lines: int) -> None:
    draw = np.random.default_rng(seed)
    bins = Bins(np.sort(draw.normal(size=(n_columns, 3)).astype(np.float32), axis=1))
    scorer = LinearScorer(bins, draw.normal(size=(n_columns, 5, 4)).astype(np.float32), np.arange(4, dtype=np.float32))
    table = draw.normal(size=(n_columns, n_lines)).astype(np.float32)
    table[draw.random(table.shape) < 0.2] = math.nan
    slow = np.zeros((n_lines, 4))
    for line in range(n_lines):
        slow[line] = scorer.bias
        for column in range(n_columns):
            value = float(table[column, line])
            found = 0 if math.isnan(value) else 1 + sum(value >= cut for cut in bins.cuts[column])
            slow[line] += scorer.weights[column, found]
    fast = scorer.scores(table)
    assert fast.dtype == np.float32
    np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-5)


def test_a_line_scores_the_same_among_few_and_among_many() -> None:
    draw = np.random.default_rng(4)
    bins = Bins(np.sort(draw.normal(size=(9, 3)).astype(np.float32), axis=1))
    scorer = LinearScorer(bins, draw.normal(size=(9, 5, 4)).astype(np.float32), np.ones(4, np.float32))
    table = draw.normal(size=(9, FEW + 1)).astype(np.float32)
    table[draw.random(table.shape) < 0.2] = math.nan
    many = scorer.scores(table)
    for n_lines in (1, 2, FEW):
        np.testing.assert_array_equal(scorer.scores(table[:, :n_lines]), many[:n_lines])
