"""What fitting gives beside scores: the lines that explanations compare with."""

import numpy as np
import pytest
from numpy.typing import NDArray

from linesift.model.shapley import leaf_shares
from linesift.train.learners import fit_linear, fit_trees
from linesift.train.lessons import TrainConfig

Data = tuple[NDArray[np.float32], NDArray[np.int64]]


@pytest.fixture(scope="module")
def data() -> Data:
    draw = np.random.default_rng(1)
    table = draw.normal(0, 1, (6, 400)).astype(np.float32)
    table[2, draw.random(400) < 0.3] = np.nan
    return table, (table[0] > 0) + 2 * (table[1] > 0.4).astype(np.int64)


def test_trees_know_the_share_of_lines_in_each_leaf(data: Data) -> None:
    table, labels = data
    config = TrainConfig(jobs=1, depth=4)
    scorer = fit_trees(table, labels, np.ones(len(labels), np.float32), config, n_trees=8)
    assert scorer.shares is not None
    np.testing.assert_allclose(scorer.shares, leaf_shares(scorer.leaf_of(table), 16), atol=1e-6)


def test_linear_weights_are_against_the_training_lines(data: Data) -> None:
    table, labels = data
    scorer = fit_linear(table, labels, np.ones(len(labels), np.float32), TrainConfig(jobs=1))
    places = scorer.bins.digitise(table)
    means = [weights[bins].mean(axis=0) for weights, bins in zip(scorer.weights, places, strict=True)]
    np.testing.assert_allclose(means, 0, atol=1e-5)
    np.testing.assert_allclose(scorer.bias, scorer.scores(table).mean(axis=0), atol=1e-4)
    assert (scorer.scores(table).argmax(axis=1) == labels).mean() > 0.8
