"""Bins, and the additive model over them, against loops over lines and columns."""

import bisect
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from numpy.typing import NDArray

from linesift.model.linear import _FEW, Bins, LinearScorer, quantile_bins

_TABLE = hn.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 30)),
    elements=st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, width=32), st.just(math.nan)),
)


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
    table = draw.normal(size=(9, _FEW + 1)).astype(np.float32)
    table[draw.random(table.shape) < 0.2] = math.nan
    many = scorer.scores(table)
    for n_lines in (1, 2, _FEW):
        np.testing.assert_array_equal(scorer.scores(table[:, :n_lines]), many[:n_lines])


@given(_TABLE, st.integers(1, 9))
def test_bins_are_those_of_a_loop(table: NDArray[np.float32], n_cuts: int) -> None:
    bins = quantile_bins(table, n_cuts)
    found = bins.digitise(table)
    assert found.dtype == np.uint8
    assert found.max() < bins.n_bins
    for cuts, values, row in zip(bins.cuts.tolist(), table.tolist(), found.tolist(), strict=True):
        assert row == [0 if math.isnan(value) else bisect.bisect_right(cuts, value) + 1 for value in values]


@given(_TABLE, st.integers(1, 9))
def test_cuts_ascend_and_are_values_of_the_column(table: NDArray[np.float32], n_cuts: int) -> None:
    for cuts, values in zip(quantile_bins(table, n_cuts).cuts, table, strict=True):
        used = cuts[np.isfinite(cuts)]
        assert len(cuts) == n_cuts
        assert (np.diff(used) > 0).all()
        assert np.isin(used, values).all()
        assert np.isinf(cuts[len(used) :]).all()


def test_a_cut_opens_its_bin() -> None:
    bins = Bins(np.array([[1, 2, np.inf]], np.float32))
    assert bins.n_bins == 5
    values = [math.nan, -math.inf, 0.5, 1, 1.5, 2, 9, math.inf]
    assert bins.digitise(np.array([values], np.float32)).tolist() == [[0, 1, 1, 2, 2, 3, 3, 4]]


def test_a_column_without_values_has_one_bin() -> None:
    bins = quantile_bins(np.full((1, 3), np.nan, np.float32), 4)
    assert np.isinf(bins.cuts).all()
    assert bins.digitise(np.array([[np.nan, 5]], np.float32)).tolist() == [[0, 1]]


def test_quantiles_share_the_lines_evenly() -> None:
    table = np.random.default_rng(0).normal(size=(1, 10_000)).astype(np.float32)
    counts = np.bincount(quantile_bins(table, 7).digitise(table)[0])[1:]
    np.testing.assert_allclose(counts, 1250, atol=2)
