"""Explanations: they add up to what the model says, whatever it is made of."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hinted import hinted
from linesift.errors import InputError
from linesift.features.batch import read_batch
from linesift.features.tokens import line_tokens, spelt_tokens
from linesift.labels import LABELS, Label
from linesift.model import explain as room
from linesift.model.bins import quantile_bins
from linesift.model.classifier import Model, softmax
from linesift.model.explain import Explainer, Explanation, Reasons
from linesift.model.linear import LinearScorer
from linesift.model.prediction import Prediction
from linesift.model.trees import TreeScorer
from linesift.page import LabelledPage, Page

TEXT = (
    "Home | News\n\nFerry returns to the bay\n21 October 2024, 9:20\nThe ferry is back after a year, they said.\n\nMore"
)
INKED = [0, 2, 3, 4, 6]


def with_shares(model: Model) -> Model:
    """The model as if it knew the lines that it was fitted on."""
    draw = np.random.default_rng(11)

    def add(scorer: object) -> TreeScorer:
        assert isinstance(scorer, TreeScorer)
        shares = draw.dirichlet(np.ones(scorer.leaves.shape[1]), len(scorer.columns)).astype(np.float32)
        return replace(scorer, shares=shares)

    return replace(model, first=add(model.first), second=add(model.second))


def explain(model: Model, page: str | Page, lines: list[int] | None = None) -> list[Explanation]:
    prediction = model.classify(page)
    every = [index for index, label in enumerate(prediction.labels) if label is not None]
    return list(Explainer(model).explain(prediction, every if lines is None else lines))


def assert_adds_up(found: list[Explanation], prediction: Prediction) -> None:
    assert found
    for each in found:
        np.testing.assert_allclose(
            softmax(each.second.score[None].astype(np.float32))[0], prediction.probabilities[each.index], atol=1e-5
        )
        for reasons in (each.first, each.second):
            np.testing.assert_allclose(reasons.base.sum(), 0, atol=1e-9)
            assert all(abs(reason.weights.sum()) < 1e-9 for reason in reasons.reasons)
            strengths = [np.abs(reason.weights).max() for reason in reasons.reasons]
            assert strengths == sorted(strengths, reverse=True)
            assert len({reason.name for reason in reasons.reasons}) == len(strengths) > 3


@pytest.mark.parametrize("has_shares", [True, False])
def test_text(model: Model, has_shares: bool) -> None:
    model = with_shares(model) if has_shares else model
    found = explain(model, TEXT)
    assert [each.index for each in found] == INKED
    assert [each.label for each in found] == [model.classify(TEXT).labels[index] for index in INKED]
    assert {each.is_against_page for each in found} == {not has_shares}
    assert_adds_up(found, model.classify(TEXT))


def test_html(html_model: Model) -> None:
    page = hinted(TEXT, 3)
    prediction = html_model.classify(page)
    found = explain(html_model, page)
    assert_adds_up(found, prediction)
    assert any(reason.name.startswith("markup") for reason in found[0].first.reasons)
    # The text alone is explained by the model for text.
    assert not any(reason.name.startswith("markup") for reason in explain(html_model, TEXT)[0].first.reasons)


def test_html_page_and_a_model_for_text_alone(model: Model) -> None:
    assert_adds_up(explain(model, hinted(TEXT, 3)), model.classify(TEXT))


def linear(table: NDArray[np.float32], seed: int) -> LinearScorer:
    draw = np.random.default_rng(seed)
    bins = quantile_bins(table, 6)
    weights = draw.normal(0, 0.05, (len(table), bins.n_bins, len(LABELS))).astype(np.float32)
    return LinearScorer(bins, weights, draw.normal(0, 1, len(LABELS)).astype(np.float32))


def test_linear_weights_are_the_model_s(model: Model, tables: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
    model = replace(model, first=linear(tables[0], 1), second=linear(tables[1], 2))
    found = explain(model, TEXT)
    assert_adds_up(found, model.classify(TEXT))
    assert not found[0].is_against_page
    second = model.second
    assert isinstance(second, LinearScorer)
    table = model.table(read_batch([TEXT]))
    bins = second.bins.digitise(table)[0, 3]
    (of_length,) = (reason for reason in found[3].second.reasons if reason.name == "line.length")
    assert of_length.value == table[0, 3]
    expected = second.weights[0, bins] - second.weights[0, bins].mean()
    np.testing.assert_allclose(of_length.weights * model.temperature, expected, rtol=1e-5)


def test_without_shares_the_base_is_the_page_s_mean(model: Model) -> None:
    found = explain(model, TEXT)
    scores = np.mean([each.first.score for each in found], axis=0)
    np.testing.assert_allclose(found[0].first.base, scores, atol=1e-5)


def test_lines_do_not_depend_on_each_other(
    model: Model, pages: list[LabelledPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = with_shares(model)
    page = pages[0].page
    whole = explain(model, page)
    monkeypatch.setattr(room, "_AT_ONCE", 3)
    for one, other in zip(whole, explain(model, page), strict=True):
        assert as_rows(one.second) == as_rows(other.second)
    (alone,) = explain(model, page, [whole[5].index])
    assert as_rows(alone.first) == as_rows(whole[5].first)


def as_rows(reasons: Reasons) -> list[tuple[str, float, list[float]]]:
    return [
        (reason.name, reason.value, reason.weights.tolist())
        for reason in reasons.reasons
        if reason.value == reason.value
    ]


def test_words_add_up_to_their_columns(model: Model, pages: list[LabelledPage]) -> None:
    page = next(page.page for page in pages if page.lang == "ja")
    scores = model.lexicon.scores(read_batch([page.text]))
    for row, each in enumerate(explain(model, page)):
        np.testing.assert_allclose(each.words.score, scores[: len(LABELS), row], atol=1e-4)


@pytest.mark.parametrize(
    "line", ["Read more", "…", "  東京の天気 09:20 ", "a\x1fb", "The ferry is back, " * 9, "x" * 70_000]
)
def test_spelt_tokens_are_those_that_are_hashed(line: str) -> None:
    texts, buckets = spelt_tokens(line)
    _, expected = line_tokens(read_batch([line]))
    assert len(texts) == len(buckets)
    np.testing.assert_array_equal(buckets, expected)


def test_words_are_spelt_as_they_stand() -> None:
    assert spelt_tokens("東京は雨")[0] == ["東京", "京は", "は雨", "東京は", "京は雨", "東京 …", "… は雨", "“東京は雨”"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [([1], "line 2 is blank"), ([7], "there is no line 8; the page has 7 lines"), ([-1], "there is no line 0")],
)
def test_lines_that_have_no_label(model: Model, lines: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        explain(model, TEXT, lines)


def test_a_scorer_of_another_kind(model: Model) -> None:
    class Constant:
        def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.zeros((table.shape[1], len(LABELS)), np.float32)

    with pytest.raises(TypeError, match="Constant"):
        explain(replace(model, second=Constant()), TEXT)


H, B, T, S = LABELS


@pytest.mark.parametrize(
    ("label", "chances", "sentence"),
    [
        (B, (0.1, 0.6, 0.1, 0.2), ""),
        (H, (0.3, 0.1, 0.1, 0.5), "40 % are enough for the likeliest headline"),
        (T, (0.1, 0.1, 0.3, 0.5), "30 % are enough for a timestamp"),
        (B, (0.1, 0.3, 0.1, 0.5), "on this page they are from 30 % on"),
        (S, (0.1, 0.5, 0.1, 0.3), "on this page they are from 60 % on"),
        (S, (0.5, 0.1, 0.1, 0.3), "A page has one headline"),
        (S, (0.1, 0.1, 0.5, 0.3), "a timestamp has to be surer"),
    ],
)
def test_why_not_the_likeliest(model: Model, label: Label, chances: tuple[float, ...], sentence: str) -> None:
    """On a page whose other line is body at 60 %."""
    probabilities = np.array([chances, (0.1, 0.6, 0.1, 0.2)], np.float32)
    prediction = Prediction(Page("one\ntwo"), (label, B), probabilities)
    (found,) = Explainer(model).explain(prediction, [0])
    assert sentence in found.decided
    assert bool(sentence) == bool(found.decided)


def test_a_page_without_body(model: Model) -> None:
    prediction = Prediction(Page("one"), (S,), np.array([(0.1, 0.5, 0.1, 0.3)], np.float32))
    (found,) = Explainer(model).explain(prediction, [0])
    assert found.decided.endswith("on this page they are nowhere.")
