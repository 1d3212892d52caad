"""Fitting of trees, linear models and rankers, and where there is little to learn."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from linesift.explain.shapley import leaf_shares
from linesift.features.batch import read_batch
from linesift.labels import LABELS, Label
from linesift.model.part import softmax, spans_of
from linesift.train.config import TrainConfig
from linesift.train.examples import Lines
from linesift.train.folds import CrossFit
from linesift.train.headline import fit_rankers
from linesift.train.linear import fit_linear
from linesift.train.part import _fit_share, _lines_to_learn, fit_temperature
from linesift.train.second_look import fit_second_looks
from linesift.train.trees import fit_trees

Data = tuple[NDArray[np.float32], NDArray[np.int64]]


@pytest.fixture(scope="module")
def data() -> Data:
    draw = np.random.default_rng(1)
    table = draw.normal(0, 1, (6, 400)).astype(np.float32)
    table[2, draw.random(400) < 0.3] = np.nan
    return table, (table[0] > 0) + 2 * (table[1] > 0.4).astype(np.int64)


def test_trees_know_the_share_of_lines_in_each_leaf(data: Data) -> None:
    table, labels = data
    config = TrainConfig(jobs=1, depth=4, trees=8)
    scorer = fit_trees(table, labels, np.ones(len(labels), np.float32), config)
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


def lines_of(texts: list[str], labels: list[Label]) -> Lines:
    """Pages in two folds, each line with its label."""
    batch = read_batch(texts)
    n_lines = len(batch.page)
    columns = np.array([label.column for label in labels])
    weights = CrossFit.same(np.ones(n_lines, np.float32), 2)
    return Lines(
        batch, n_lines, np.ones(n_lines, np.bool_), batch.page.astype(np.int64) % 2, CrossFit.same(columns, 2), weights
    )


def test_the_better_scores_get_the_larger_share() -> None:
    draw = np.random.default_rng(3)
    labels = draw.integers(0, 4, 2_000)
    right = 2 * np.eye(4, dtype=np.float32)[labels] + draw.normal(0, 1, (2_000, 4)).astype(np.float32)
    noise = draw.normal(0, 1, (2_000, 4)).astype(np.float32)
    assert _fit_share(noise, right, labels) == 0.8
    assert _fit_share(right, noise, labels) == 0.35
    other = 2 * np.eye(4, dtype=np.float32)[labels] + draw.normal(0, 1, (2_000, 4)).astype(np.float32)
    assert _fit_share(right, other, labels) in {0.5, 0.65}


def test_networks_learn_what_they_will_read_or_all_where_that_is_nothing() -> None:
    lines = lines_of(["\n".join(["Home"] * 12)] * 4, [Label.SIDEBAR] * 48)
    config = TrainConfig(n_folds=2)
    scores = np.tile(np.array([0, 0, 0, 9], np.float32), (48, 1))
    assert _lines_to_learn(scores, lines, config).all()
    scores[24] = 0  # on a page of the first fold, which the fit on the second does not learn
    assert _lines_to_learn(scores, lines, config).all()
    scores[12] = 0
    assert np.flatnonzero(_lines_to_learn(scores, lines, config)).tolist() == [*range(12, 17), *range(24, 29)]


def test_the_temperature_makes_scores_calibrated() -> None:
    draw = np.random.default_rng(4)
    scores = draw.normal(0, 2, (20_000, 4)).astype(np.float32)
    powers = np.exp(scores)
    chances = (powers / powers.sum(axis=1, keepdims=True)).cumsum(axis=1)
    labels = (draw.random((20_000, 1)) > chances[:, :3]).sum(axis=1)
    assert fit_temperature(scores, labels) == pytest.approx(1.0, abs=0.06)
    assert fit_temperature(2 * scores, labels) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(("likely", "n_rankers"), [([0.9, 0.0], 0), ([0.0, 0.0], 0), ([0.6, 0.3], 3)])
def test_where_no_two_lines_are_likely_titles_there_is_nothing_to_choose(likely: list[float], n_rankers: int) -> None:
    """Pages that are easily told have one likely title each; with no other to compare it with, no ranker is fitted."""
    n_pages = 12
    lines = lines_of(["Ferry returns\nHome"] * n_pages, [Label.HEADLINE, Label.SIDEBAR] * n_pages)
    probabilities = np.zeros((2 * n_pages, 4), np.float32)
    probabilities[:, Label.HEADLINE.column] = likely * n_pages
    probabilities[:, Label.SIDEBAR.column] = 1 - probabilities.sum(axis=1)
    table = np.random.default_rng(2).random((3, 2 * n_pages)).astype(np.float32)
    found = fit_rankers(table, probabilities, lines, TrainConfig(n_folds=2, jobs=1, headline_trees=2))
    assert len([*found]) == 3
    assert sum(ranker is not None for ranker in found) == n_rankers


def test_the_second_look_learns_which_words_are_the_article_s() -> None:
    """Short lines are body where their words are those of the sure paragraph above them, otherwise sidebar."""
    draw, texts, labels = np.random.default_rng(6), [], []
    for _ in range(80):
        words = ["".join(map(chr, letters)) for letters in draw.integers(97, 123, (30, 8))]
        is_shared = draw.random(4) < 0.5
        short = [" ".join(words[20 + 2 * row : 22 + 2 * row]) for row in range(4)]
        taken = [short[row] for row in range(4) if is_shared[row]]
        texts.append("\n".join([" ".join((*words[:20], *taken)), *short]))
        labels += [Label.BODY, *(Label.BODY if shared else Label.SIDEBAR for shared in is_shared)]
    labels[1:40:5], labels[2:40:5] = [Label.HEADLINE] * 8, [Label.TIMESTAMP] * 8  # no label is missing
    lines = lines_of(texts, labels)
    log_odds = np.zeros((len(labels), 4), np.float32)
    log_odds[::5, Label.BODY.column] = 9
    looks, corrected = fit_second_looks(log_odds, lines, TrainConfig(n_folds=2, jobs=1, look_trees=30))
    assert all(look is not None for look in looks)
    np.testing.assert_array_equal(corrected[::5], log_odds[::5])  # which were sure
    rows = np.arange(len(labels))
    doubted = (rows % 5 > 0) & (rows >= 40)
    assert (corrected.argmax(axis=1) == [label.column for label in labels])[doubted].mean() > 0.9
    for fold, look in enumerate(looks.without_fold):
        held_out = lines.folds == fold
        assert look is not None
        expected = look.corrected(lines.batch, log_odds, softmax(log_odds))
        np.testing.assert_array_equal(corrected[held_out], expected[held_out])


def test_the_second_look_learns_no_excerpt_and_no_line_without_weight() -> None:
    draw = np.random.default_rng(8)
    n_pages = 60
    labels = [LABELS[column] for column in draw.integers(0, 4, 4 * n_pages)]
    lines = lines_of(["Rain\nSun shines\nWind and water\nFog"] * n_pages, labels)
    log_odds = draw.normal(0, 1, (4 * n_pages, 4)).astype(np.float32)
    columns = lines.labels.everything
    is_learnt = np.arange(len(columns)) < 4 * n_pages // 2
    config = TrainConfig(n_folds=2, jobs=1, look_trees=4)

    def fitted(labels: NDArray[np.int64], **changes: Any) -> NDArray[np.float32]:
        changed = replace(lines, labels=CrossFit.same(labels, 2), **changes)
        look = fit_second_looks(log_odds, changed, config).fitted.everything
        assert look is not None
        return look.trees.leaves

    others = np.where(is_learnt, columns, (columns + 1) % 4)
    weights = CrossFit.same(is_learnt.astype(np.float32), 2)
    assert not np.array_equal(fitted(others), fitted(columns))
    np.testing.assert_array_equal(
        fitted(others, n_gold=int(is_learnt.sum())), fitted(columns, n_gold=int(is_learnt.sum()))
    )
    np.testing.assert_array_equal(fitted(others, line_weights=weights), fitted(columns, line_weights=weights))


def test_no_second_look_where_nothing_is_in_doubt() -> None:
    lines = lines_of(["Ferry returns\nHome"] * 4, [Label.HEADLINE, Label.SIDEBAR] * 4)
    log_odds = 20 * np.eye(4, dtype=np.float32)[[0, 3] * 4]
    looks, corrected = fit_second_looks(log_odds, lines, TrainConfig(n_folds=2, jobs=1, look_trees=2))
    assert [*looks] == [None] * 3
    np.testing.assert_array_equal(corrected, log_odds)


def test_lines_of_each_page_that_has_some() -> None:
    assert spans_of(np.array([0, 0, 0, 2, 2, 3])).tolist() == [3, 2, 1]
    assert spans_of(np.array([0, 0, 0, 3])).tolist() == [3, 1]
    assert spans_of(np.array([], np.int32)).tolist() == []
