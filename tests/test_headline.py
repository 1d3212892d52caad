"""The likely headlines of a page against each other."""

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import random_trees
from linesift.features.batch import Batch, read_batch
from linesift.labels import LABELS, Label
from linesift.model.headline import (
    _MIN_BEST_PROBABILITY,
    _MIN_PROBABILITY,
    ADDRESS_COLUMNS,
    CANDIDATE_NAMES,
    HeadlineRanker,
    candidate_table,
    candidates,
    headline_probabilities,
)
from sharedwords import shared_words, words_of

HEADLINE = Label.HEADLINE.column
N_COLUMNS = 5


def drawn(seed: int, sizes: list[int]) -> tuple[list[str], Batch, NDArray[np.float32], NDArray[np.float32]]:
    """Pages of short lines, some of them twice; the same as a batch; probabilities; and a table."""
    draw = np.random.default_rng(seed)
    words = ("rain", "sun", "wind again", "storm", "storm again")
    texts = ["\n".join(words[draw.integers(5)] for _ in range(size)) for size in sizes]
    batch = read_batch(texts)
    probabilities = draw.dirichlet([0.3, 1, 0.3, 2], len(batch.page)).astype(np.float32)
    return texts, batch, probabilities, draw.normal(size=(N_COLUMNS, len(batch.page))).astype(np.float32)


def compared(batch: Batch, words: list[list[int]], probabilities: NDArray[np.float32], row: int) -> list[float]:
    """The columns of one candidate by plain loops."""
    here = range(int(batch.own_page_start[row]), int(batch.own_page_end[row]))
    beside = {
        step: probabilities[row + step] if row + step in here else np.zeros(4, np.float32) for step in range(-10, 11)
    }
    found = [beside[0][label.column] for label in Label]
    found += [beside[step][label.column] for label in Label for step in (-1, 1, 2)]
    for label in (Label.HEADLINE, Label.BODY, Label.TIMESTAMP):
        for low, high in ((-10, -4), (-3, -1), (1, 3), (4, 10)):
            found.append(max(beside[step][label.column] for step in range(low, high + 1)))
    every = [other for other in here if probabilities[other, HEADLINE] > _MIN_PROBABILITY]
    place = every.index(row)
    others = [o for o in every[max(0, place - 24) : place + 25] if o != row]
    own = probabilities[row, HEADLINE]
    copies = [o for o in others if batch.scan.hash[o] == batch.scan.hash[row]]
    likelier = [o for o in others if probabilities[o, HEADLINE] > own]
    best = max((probabilities[o, HEADLINE] for o in others), default=0)
    found += [
        sum(probabilities[o, HEADLINE] for o in others if o < row),
        sum(probabilities[o, HEADLINE] for o in others if o > row),
        len(likelier), own / max(best, own), sum(o < row for o in likelier), sum(o > row for o in likelier),
        sum(o < row for o in copies), sum(o > row for o in copies),
        max((probabilities[o, HEADLINE] for o in copies), default=0),
    ]  # fmt: skip
    no_address = [nan] * (ADDRESS_COLUMNS.stop - ADDRESS_COLUMNS.start)
    return [*map(float, found), *shared(batch, words, probabilities, row, every), *no_address]


def shared(
    batch: Batch, words: list[list[int]], probabilities: NDArray[np.float32], row: int, every: list[int]
) -> list[float]:
    """The columns of shared words of one candidate by plain loops."""
    here = range(int(batch.own_page_start[row]), int(batch.own_page_end[row]))
    body = probabilities[:, Label.BODY.column]
    is_lead = {line: sum(float(body[other]) for other in here if other < line) < 3 for line in here}
    kinds = [
        {line: float(body[line]) for line in here},
        {line: float(body[line]) * is_lead[line] for line in here},
        {line: float(body[line]) * (not is_lead[line]) for line in here},
        {line: float(probabilities[line, HEADLINE]) for line in here},
    ]
    found: list[float] = []
    for weights in kinds:
        own = shared_words(words, weights, row)
        others = [shared_words(words, weights, other) for other in every if words[other]]
        best = [max((each[column] for each in others), default=nan) for column in (0, 1)]
        found += [*own, *(value - most for value, most in zip(own, best, strict=True))]
    return found


@given(st.integers(0, 10**6), st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_columns_are_those_of_plain_loops(seed: int, sizes: list[int]) -> None:
    _, batch, probabilities, table = drawn(seed, sizes)
    rows = candidates(probabilities)
    if not len(rows):
        return
    fast = candidate_table(batch, rows, table[:, rows], probabilities)
    assert fast.shape == (len(CANDIDATE_NAMES) + N_COLUMNS, len(rows))
    words = words_of(batch)
    slow = np.array([compared(batch, words, probabilities, int(row)) for row in rows], np.float32).T
    np.testing.assert_allclose(fast[: len(CANDIDATE_NAMES)], slow, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(fast[len(CANDIDATE_NAMES) :], table[:, rows])


@given(st.integers(0, 10**6), st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_a_page_is_weighed_by_itself(seed: int, sizes: list[int]) -> None:
    texts, batch, probabilities, table = drawn(seed, sizes)
    rows = candidates(probabilities)
    example = np.random.default_rng(1).random((len(CANDIDATE_NAMES) + N_COLUMNS, 50)).astype(np.float32)
    ranker = HeadlineRanker(random_trees(example, seed=seed, n_trees=9), no_headline_utility=0.1, temperature=0.7)
    found = ranker.rerank(batch, rows, table[:, rows], probabilities)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    others = np.setdiff1d(np.arange(len(probabilities)), rows)
    np.testing.assert_array_equal(found[others], probabilities[others])
    for text, first, end in zip(texts, batch.page_starts[:-1], batch.page_starts[1:], strict=True):
        mine = rows[(rows >= first) & (rows < end)]
        if len(mine) and probabilities[mine, HEADLINE].max() >= _MIN_BEST_PROBABILITY:
            assert found[mine, HEADLINE].sum() <= 1 + 1e-5
        else:
            np.testing.assert_allclose(found[mine], probabilities[mine], rtol=1e-5)
        if end > first:
            alone = read_batch([text])
            again = ranker.rerank(alone, mine - first, table[:, mine], probabilities[first:end])
            np.testing.assert_array_equal(again, found[first:end])


def test_probabilities_of_candidates_and_of_none() -> None:
    page = np.array([0, 0, 2], np.int32)
    utility = np.array([np.log(3), 0, np.log(4)], np.float32)
    np.testing.assert_allclose(
        headline_probabilities(page, utility, no_headline_utility=0.0, temperature=1.0),
        [3 / 5, 1 / 5, 4 / 5],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        headline_probabilities(page, utility * 2, no_headline_utility=0.0, temperature=2.0),
        [3 / 5, 1 / 5, 4 / 5],
        rtol=1e-6,
    )


@pytest.mark.parametrize("utility", [800.0, -800.0])
def test_probabilities_of_large_utilities(utility: float) -> None:
    share = headline_probabilities(
        np.zeros(2, np.int32), np.array([utility, 0], np.float32), no_headline_utility=-900.0, temperature=0.5
    )
    np.testing.assert_allclose(share, [1, 0] if utility > 0 else [0, 1], atol=1e-6)


def test_no_candidate_changes_nothing() -> None:
    batch = read_batch(["rain\nsun"])
    probabilities = np.array([[0, 0.5, 0, 0.5], [0.001, 0.4, 0, 0.599]], np.float32)
    example = np.random.default_rng(1).random((len(CANDIDATE_NAMES), 3)).astype(np.float32)
    trees = random_trees(example, seed=2, n_trees=2)
    ranker = HeadlineRanker(trees, no_headline_utility=0.0, temperature=1.0)
    rows = candidates(probabilities)
    found = ranker.rerank(batch, rows, np.zeros((0, 0), np.float32), probabilities)
    np.testing.assert_array_equal(found, probabilities)
    assert found is not probabilities
    assert probabilities.shape[1] == len(LABELS)
