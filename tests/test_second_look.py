"""The second look at lines that are in doubt."""

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import random_trees, with_text
from hinted import random_hints
from linesift.features.batch import Batch, read_batch
from linesift.labels import LABELS
from linesift.model.doubt import SURE, doubtful
from linesift.model.model import Model
from linesift.model.part import softmax
from linesift.model.second_look import LOOK_NAMES, SecondLook, look_table
from sharedwords import shared_words, words_of

HEADLINE, BODY, TIMESTAMP, SIDEBAR = (label.column for label in LABELS)
WORDS = ("rain", "sun", "wind again", "storm", "storm again. ", "water and wind and water " * 6 + "rose.")


def drawn(seed: int, sizes: list[int]) -> tuple[list[str], Batch, NDArray[np.float32]]:
    """Pages of a few words, the same as a batch, and log-odds of which some leave no doubt."""
    draw = np.random.default_rng(seed)
    texts = ["\n".join(WORDS[draw.integers(len(WORDS))] for _ in range(size)) for size in sizes]
    batch = read_batch(texts)
    return texts, batch, draw.normal(0, 2.5, (len(batch.page), len(LABELS))).astype(np.float32)


def plainly(batch: Batch, words: list[list[int]], probabilities: NDArray[np.float32], row: int) -> list[float]:
    """The columns of one line by plain loops."""
    here = range(int(batch.own_page_start[row]), int(batch.own_page_end[row]))
    found = [*probabilities[row].tolist(), float(batch.length[row]), float(batch.scan.n_sentences[row])]
    for column, bound in ((HEADLINE, 0.5), (BODY, 0.5), (BODY, 0.9), (TIMESTAMP, 0.5), (SIDEBAR, 0.9)):
        marked = [other for other in here if probabilities[other, column] > np.float32(bound)]
        found.append(row - max((other for other in marked if other < row), default=nan))
        found.append(min((other for other in marked if other > row), default=nan) - row)
    body = {other: float(probabilities[other, BODY]) for other in here}
    before = {other: sum(body[each] for each in here if each < other) for other in here}
    after = {other: sum(body[each] for each in here if each >= other) for other in here}
    is_long = {other: batch.length[other] >= 12 for other in here}
    best = max(float(probabilities[other, HEADLINE]) for other in here)
    weights = [
        *({other: float(probabilities[other, column]) for other in here} for column in range(4)),
        {other: body[other] * (before[other] < 3) for other in here},
        {other: body[other] * (not is_long[other]) for other in here},
        {other: float(probabilities[other, SIDEBAR]) * is_long[other] for other in here},
        {other: float(probabilities[other, SIDEBAR]) * (after[other] <= 0.5) for other in here},
        {other: float(best > 0.2 and probabilities[other, HEADLINE] == np.float32(best)) for other in here},
    ]
    for weight in weights:
        found += shared_words(words, weight, row)
    return found


@given(seed=st.integers(0, 9999), sizes=st.lists(st.integers(0, 14), max_size=4))
def test_columns_are_those_of_plain_loops(seed: int, sizes: list[int]) -> None:
    _, batch, log_odds = drawn(seed, sizes)
    probabilities = softmax(log_odds)
    words = words_of(batch)
    asked = doubtful(probabilities)
    table = look_table(batch, asked, probabilities)
    expected = [plainly(batch, words, probabilities, row) for row in asked.tolist()]
    np.testing.assert_allclose(table.T, np.reshape(expected, (len(asked), len(LOOK_NAMES))), rtol=1e-5, atol=1e-6)


@given(seed=st.integers(0, 9999), sizes=st.lists(st.integers(0, 14), min_size=1, max_size=4))
def test_lines_of_a_template_are_told_of_the_others(seed: int, sizes: list[int]) -> None:
    texts, _, log_odds = drawn(seed, sizes)
    batch = read_batch(texts, [random_hints(text, seed + place) for place, text in enumerate(texts)])
    hints, probabilities = batch.hints, softmax(log_odds)
    assert hints is not None

    def template(row: int) -> tuple[int, bool, bool]:
        return int(hints.path[row]), bool(hints.link_share[row] > 0.5), bool(hints.emphasis[row] > np.float32(0.8))

    asked = doubtful(probabilities)
    expected = []
    for row in asked.tolist():
        page = range(int(batch.own_page_start[row]), int(batch.own_page_end[row]))
        others = [other for other in page if other != row and template(other) == template(row)]
        means = probabilities[others].mean(axis=0) if others else np.full(len(LABELS), nan)
        expected.append([means[BODY], means[SIDEBAR], len(others)])
    table = look_table(batch, asked, probabilities)[len(LOOK_NAMES) :]
    np.testing.assert_allclose(table.T, np.reshape(expected, (len(asked), 3)), rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("no_strangers")
def test_a_word_that_only_the_line_itself_has_is_in_no_other() -> None:
    batch = read_batch(["water rises\nwater falls\nsun"])
    probabilities = np.array([[0, 0.6, 0, 0.4], [0, 0.9, 0, 0.1], [0, 0, 0, 1]], np.float32)
    table = dict(zip(LOOK_NAMES, look_table(batch, np.array([0]), probabilities)[:, 0], strict=True))
    assert table["look.words_in_body.share"] == 0.5
    assert table["look.likely_body.below"] == 1
    assert np.isnan(table["look.likely_body.above"])


@given(seed=st.integers(0, 9999), sizes=st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_a_page_does_not_depend_on_the_others(seed: int, sizes: list[int]) -> None:
    texts, batch, log_odds = drawn(seed, sizes)
    probabilities = softmax(log_odds)
    look = SecondLook(random_trees(look_table(*all_lines()), seed=3))
    together = look.corrected(batch, log_odds, probabilities)
    for index, text in enumerate(texts):
        rows = slice(batch.page_starts[index], batch.page_starts[index + 1])
        alone = look.corrected(read_batch([text]), log_odds[rows], probabilities[rows])
        np.testing.assert_array_equal(together[rows], alone)


def all_lines() -> tuple[Batch, NDArray[np.int64], NDArray[np.float32]]:
    _, batch, log_odds = drawn(1, [30, 20])
    return batch, np.arange(len(batch.page)), softmax(log_odds)


def test_only_lines_in_doubt_are_corrected(model: Model) -> None:
    batch, _, probabilities = all_lines()
    log_odds = np.log(probabilities)
    look = model.text.second_look
    assert look is not None
    given = log_odds.copy()
    changed = (look.corrected(batch, log_odds, probabilities) != log_odds).any(axis=1)
    np.testing.assert_array_equal(log_odds, given)  # a copy was corrected
    np.testing.assert_array_equal(changed, probabilities.max(axis=1) < SURE)
    assert changed.any()
    assert not changed.all()


def test_probabilities_have_the_correction(model: Model) -> None:
    text = "Home\nFerry returns\nThe ferry is back after a year, they said.\nMore"
    without = with_text(model, second_look=None)
    batch = read_batch([text])
    first = without.text.log_odds(batch)
    look = model.text.second_look
    assert look is not None
    expected = look.corrected(batch, first, softmax(first))
    np.testing.assert_array_equal(model.text.log_odds(batch), expected)
    np.testing.assert_array_equal(model.probabilities(batch), softmax(expected))
    assert (model.probabilities(batch) != without.probabilities(batch)).any()


@pytest.mark.parametrize("text", ["", "\n\n", "Rain"])
def test_pages_of_no_line_or_one(model: Model, text: str) -> None:
    assert model.classify(text).probabilities.shape == (text.count("\n") + 1, 4)
