"""Explanations: they add up to what the model says, whatever it is made of."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import sure_of_sidebar, with_text
from hinted import hinted
from inventedsite import invented_page
from linesift.errors import InputError
from linesift.explain import explain as room
from linesift.explain import occlusion
from linesift.explain.describe import LABELLED_PAGES, NETWORK, REPEATED_LINES, SECOND_LOOK, Scope, describe
from linesift.explain.explain import Explainer, Explanation, Reason, Reasons, affordable
from linesift.features.batch import read_batch
from linesift.features.tokens import line_tokens, spelt_tokens
from linesift.labels import LABELS, Label
from linesift.model.headline import HeadlineRanker
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.memory import EMPTY
from linesift.model.model import Model
from linesift.model.part import softmax
from linesift.model.prediction import Prediction
from linesift.model.second_look import SecondLook
from linesift.model.trees import TreeScorer
from linesift.page import LabelledPage, Page
from linesift.train.site import fit_site

TEXT = (
    "Home | News\n\nFerry returns to the bay\n21 October 2024, 9:20\nThe ferry is back after a year, they said.\n\nMore"
)
NON_BLANK = [0, 2, 3, 4, 6]


def with_shares(model: Model) -> Model:
    """The model as if it knew the lines that it was fitted on."""
    draw = np.random.default_rng(11)

    assert isinstance(model.text.scorer, TreeScorer)
    n_trees, n_leaves, _ = model.text.scorer.leaves.shape
    shares = draw.dirichlet(np.ones(n_leaves), n_trees).astype(np.float32)
    return with_text(model, scorer=replace(model.text.scorer, shares=shares))


def explain(model: Model, page: str | Page, lines: list[int] | None = None) -> list[Explanation]:
    prediction = model.classify(page)
    every = [index for index, label in enumerate(prediction.labels) if label is not None]
    return list(Explainer(model).explain(prediction, every if lines is None else lines))


def assert_adds_up(found: list[Explanation], prediction: Prediction) -> None:
    assert found
    for each in found:
        reasons = each.reasons
        np.testing.assert_allclose(
            softmax(reasons.score[None].astype(np.float32))[0], prediction.probabilities[each.index], atol=1e-5
        )
        np.testing.assert_allclose(reasons.base.sum(), 0, atol=1e-9)
        assert all(abs(reason.weights.sum()) < 1e-9 for reason in reasons.reasons)
        strengths = [np.abs(reason.weights).max() for reason in reasons.reasons]
        assert strengths == sorted(strengths, reverse=True)
        assert len({reason.name for reason in reasons.reasons}) == len(strengths) > 3


@pytest.mark.parametrize("has_network", [True, False])
@pytest.mark.parametrize("has_shares", [True, False])
def test_text(model: Model, has_shares: bool, has_network: bool) -> None:
    model = with_shares(model) if has_shares else model
    model = model if has_network else with_text(model, networks=())
    found = explain(model, TEXT)
    assert [each.index for each in found] == NON_BLANK
    assert [each.label for each in found] == [model.classify(TEXT).labels[index] for index in NON_BLANK]
    assert {"the model learnt" in each.against for each in found} == {has_shares}
    assert {"this page" in each.against for each in found} == {not has_shares}
    assert {"typical lines" in each.against for each in found} == {has_network}
    assert_adds_up(found, model.classify(TEXT))
    assert {reason.name for reason in found[2].reasons.reasons}.issuperset(NETWORK) == has_network


def test_the_second_look_is_taken_apart(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees without shares are compared with the lines of the page that are in doubt."""
    look = model.text.second_look
    assert look is not None
    for trees in (look.trees, replace(look.trees, shares=None)):
        changed = with_text(model, second_look=SecondLook(trees))
        found = explain(changed, TEXT)
        assert_adds_up(found, changed.classify(TEXT))
        names = [{reason.name for reason in each.reasons.reasons} for each in found]
        assert sum({"look.words", SECOND_LOOK} <= of_line for of_line in names) > 2
        with monkeypatch.context() as patch:
            patch.setattr(room, "_ROWS_AT_ONCE", 2)
            for whole, in_steps in zip(found[1:], explain(changed, TEXT, NON_BLANK[1:]), strict=True):
                for one, other in zip(whole.reasons.reasons, in_steps.reasons.reasons, strict=True):
                    assert one.name == other.name
                    np.testing.assert_allclose(one.weights, other.weights, atol=1e-9)


def test_a_page_without_a_line_in_doubt(model: Model) -> None:
    look = model.text.second_look
    assert look is not None
    sure = with_text(model, temperature=0.01, second_look=SecondLook(replace(look.trees, shares=None)))
    found = explain(sure, TEXT)
    assert_adds_up(found, sure.classify(TEXT))
    assert not any(reason.name.startswith("look.") for each in found for reason in each.reasons.reasons)


LEARNT = invented_page(0)
SITE_PAGES = [invented_page(number).page.text for number in range(4)]


def of_site(found: list[Explanation]) -> set[str]:
    return {
        reason.name for each in found for reason in each.reasons.reasons if describe(reason.name).scope is Scope.SITE
    }


def test_what_the_labelled_pages_of_its_site_say(model: Model) -> None:
    adapted = with_text(model, sites=(fit_site(model.text, [LEARNT]), fit_site(model.text, [invented_page(1)])))
    found, page = explain(adapted, LEARNT.page), adapted.classify(LEARNT.page)
    assert_adds_up(found, page)
    assert of_site(found) == {LABELLED_PAGES}
    assert not np.allclose(page.probabilities, model.classify(LEARNT.page).probabilities, atol=0.1)
    (alone,) = explain(adapted, LEARNT.page, [found[-1].index])
    assert_same(alone.reasons, found[-1].reasons)
    assert of_site(explain(adapted, TEXT)) == set()  # a page of another site


def test_what_its_site_repeats(model: Model) -> None:
    remembering = model.with_memory(EMPTY.learn(SITE_PAGES))
    found = explain(remembering, SITE_PAGES[0])
    assert_adds_up(found, remembering.classify(SITE_PAGES[0]))
    assert of_site(found) == {REPEATED_LINES}
    rows = [reason for each in found for reason in each.reasons.reasons if reason.name == REPEATED_LINES]
    assert all(LABELS[row.weights.argmax()] is Label.SIDEBAR for row in rows)
    assert of_site(explain(remembering, TEXT)) == set()


def test_an_adapted_model_with_a_memory(html_model: Model) -> None:
    assert html_model.html is not None
    page = replace(LEARNT, page=hinted(LEARNT.page.text, 3))
    html = replace(html_model.html, sites=(fit_site(html_model.html, [page]),))
    both = replace(html_model, html=html).with_memory(EMPTY.learn(SITE_PAGES))
    found = explain(both, page.page)
    assert_adds_up(found, both.classify(page.page))
    assert of_site(found) == {LABELLED_PAGES, REPEATED_LINES}


def test_a_line_that_the_networks_do_not_read(model: Model, pages: list[LabelledPage]) -> None:
    """It has the scores of the trees alone, and the reasons say so."""
    changed = sure_of_sidebar(model)
    for page in (each.page for each in pages):
        batch = read_batch([page.text])
        read = changed.text.rows_of_networks(batch, changed.text.scorer_scores(changed.text.neighbourhood(batch)))
        if 0 < len(read) < len(batch.page):
            break
    found = explain(changed, page)
    assert 0 < len(read) < len(found)
    assert_adds_up(found, changed.classify(page))
    for row, each in enumerate(found):
        assert ("typical lines" in each.against) == (row in read)
        assert (not {reason.name for reason in each.reasons.reasons}.isdisjoint(NETWORK)) == (row in read)


def test_html(html_model: Model) -> None:
    page = hinted(TEXT, 3)
    prediction = html_model.classify(page)
    found = explain(html_model, page)
    assert_adds_up(found, prediction)
    assert any(reason.name.startswith("markup") for reason in found[0].reasons.reasons)
    # The text alone is explained by the model for text.
    assert not any(reason.name.startswith("markup") for reason in explain(html_model, TEXT)[0].reasons.reasons)


def test_html_page_and_a_model_for_text_alone(model: Model) -> None:
    assert_adds_up(explain(model, hinted(TEXT, 3)), model.classify(TEXT))


@pytest.mark.parametrize("text", ["One line", "One line\n\nand another, below it."])
def test_few_lines(model: Model, text: str) -> None:
    found = explain(model, text)
    assert_adds_up(found, model.classify(text))
    assert "network.above" not in {reason.name for reason in found[0].reasons.reasons}
    assert "network.below" not in {reason.name for reason in found[-1].reasons.reasons}


def linear(table: NDArray[np.float32], seed: int) -> LinearScorer:
    draw = np.random.default_rng(seed)
    bins = quantile_bins(table, 6)
    weights = draw.normal(0, 0.05, (len(table), bins.n_bins, len(LABELS))).astype(np.float32)
    return LinearScorer(bins, weights, draw.normal(0, 1, len(LABELS)).astype(np.float32))


def test_linear_weights_are_the_model_s(model: Model, table: NDArray[np.float32]) -> None:
    scorer = linear(table, 1)
    alone = with_text(model, scorer=scorer, networks=())
    found = explain(alone, TEXT)
    assert_adds_up(found, alone.classify(TEXT))
    assert found[0].against == "the average of the lines that the model learnt from"
    batch = read_batch([TEXT])
    words = alone.text.neighbourhood(batch).own[0, 3]
    of_length = only(found[3].reasons, "line.length")
    assert of_length.value == words
    place = scorer.bins.digitise(alone.text.neighbourhood(batch).table(np.arange(len(NON_BLANK))))[0, 3]
    expected = scorer.weights[0, place] - scorer.weights[0, place].mean()
    np.testing.assert_allclose(of_length.weights * alone.text.temperature, expected, rtol=1e-5)
    # With a network the score is the mean of both, and the column what both say of it.
    both = with_text(model, scorer=scorer)
    assert_adds_up(explain(both, TEXT), both.classify(TEXT))


def only(reasons: Reasons, name: str) -> Reason:
    (found,) = (reason for reason in reasons.reasons if reason.name == name)
    return found


def test_without_shares_the_base_is_the_page_s_mean(model: Model) -> None:
    found = explain(with_text(model, networks=(), second_look=None), TEXT)
    scores = np.mean([each.reasons.score for each in found], axis=0)
    np.testing.assert_allclose(found[0].reasons.base, scores, atol=1e-5)


def test_lines_do_not_depend_on_each_other(
    model: Model, pages: list[LabelledPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = with_shares(model)
    page = pages[0].page
    whole = explain(model, page)
    monkeypatch.setattr(room, "_ROWS_AT_ONCE", 3)
    monkeypatch.setattr(occlusion, "_LINES_AT_ONCE", 200)
    for one, other in zip(whole, explain(model, page), strict=True):
        assert_same(one.reasons, other.reasons)
    for alone, index in zip(explain(model, page, [whole[0].index, whole[-1].index]), (0, -1), strict=True):
        assert_same(alone.reasons, whole[index].reasons)


def assert_same(one: Reasons, other: Reasons) -> None:
    """Matrix products of other shapes may add in another order."""
    np.testing.assert_allclose(one.base, other.base, atol=1e-5)
    weights = {reason.name: reason for reason in one.reasons}, {reason.name: reason for reason in other.reasons}
    assert set(weights[0]) == set(weights[1])
    for name, reason in weights[0].items():
        np.testing.assert_allclose(reason.weights, weights[1][name].weights, atol=1e-5)
        np.testing.assert_equal(reason.value, weights[1][name].value)


def test_words_add_up_to_their_columns(model: Model, pages: list[LabelledPage]) -> None:
    page = next(page.page for page in pages if page.lang == "ja")
    scores = model.text.lexicon.scores(read_batch([page.text]))
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
    [
        ([1], "line 2 is blank"), ([8], "there is no line 9; the last line with text is 7"),
        ([7], "line 8 is blank"), ([-1], "there is no line 0"),
    ],
)  # fmt: skip
def test_lines_that_have_no_label(model: Model, lines: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        explain(model, f"{TEXT}\n", lines)


def test_no_line_of_an_empty_page(model: Model) -> None:
    with pytest.raises(InputError, match="there is no line 3; the page has no text"):
        explain(model, "\n", [2])


def test_a_scorer_of_another_kind(model: Model) -> None:
    class Constant:
        def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.zeros((table.shape[1], len(LABELS)), np.float32)

    with pytest.raises(TypeError, match="Constant"):
        explain(with_text(model, scorer=Constant()), TEXT)


H, B, T, S = LABELS


@pytest.mark.parametrize(
    ("label", "chances", "sentence"),
    [
        (B, (0.1, 0.6, 0.1, 0.2), ""),
        (H, (0.3, 0.1, 0.1, 0.5), "40 % are enough for the likeliest headline"),
        (T, (0.1, 0.05, 0.4, 0.45), "50 % are enough for a timestamp"),
        (B, (0.1, 0.3, 0.1, 0.5), "on this page they are from 30 % on"),
        (B, (0.0, 0.3, 0.5, 0.2), 'Rule "sure timestamp": A timestamp has to be surer'),
        (S, (0.1, 0.5, 0.1, 0.3), "on this page they are from 60 % on"),
        (S, (0.5, 0.1, 0.1, 0.3), "A page has one headline"),
        (S, (0.1, 0.1, 0.45, 0.35), "A timestamp has to be surer: 50 % near the headline, 70 % elsewhere."),
    ],
)
def test_why_not_the_likeliest(model: Model, label: Label, chances: tuple[float, ...], sentence: str) -> None:
    """On a page whose other line is body at 60 %."""
    probabilities = np.array([chances, (0.1, 0.6, 0.1, 0.2)], np.float32)
    prediction = Prediction(Page("one\ntwo"), (label, B), probabilities)
    (found,) = Explainer(model).explain(prediction, [0])
    assert sentence in found.decided
    assert bool(sentence) == bool(found.decided)


def test_on_a_page_without_an_article_its_kind_decides(model: Model) -> None:
    prediction = Prediction(Page("one"), (S,), np.array([(0.1, 0.6, 0.1, 0.2)], np.float32), "index", 0.54, 0.85)
    (found,) = Explainer(model).explain(prediction, [0])
    assert found.decided.endswith("(85 % sure; kind: index), so it has no article and all its lines are sidebar.")
    (found,) = Explainer(model).explain(replace(prediction, no_article=math.nan), [0])
    assert found.decided.startswith('Rule "body as a whole"')  # a page that is not sure enough to have none


def test_what_the_comparison_of_titles_made_of_a_line(model: Model) -> None:
    assert isinstance(model.text.scorer, TreeScorer)
    alone = model.classify(TEXT)
    chances = alone.probabilities.copy()
    chances[2] = (0.97, 0.01, 0.01, 0.01)
    compared = Explainer(with_text(model, headline=HeadlineRanker(model.text.scorer, 0.0, 1.0)))
    first, second = compared.explain(Prediction(alone.page, alone.labels, chances), [2, 3])
    before = f"{alone.probabilities[2, 0]:.0%}".replace("%", " %")
    assert first.decided.startswith(
        f"By itself, the line is the headline with a probability of {before}; "
        "compared with the other likely titles of the page, of 97 %."
    )
    assert "By itself" not in second.decided


def test_a_page_without_body(model: Model) -> None:
    prediction = Prediction(Page("one"), (S,), np.array([(0.1, 0.5, 0.1, 0.3)], np.float32))
    (found,) = Explainer(model).explain(prediction, [0])
    assert found.decided.endswith("on this page they are nowhere.")


def test_of_a_long_page_the_most_doubtful_lines_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page("\n".join(f"Line {number}" for number in range(40)))
    sure = np.linspace(0.3, 1, 40, dtype=np.float32)
    probabilities = np.stack([np.zeros_like(sure), np.zeros_like(sure), np.zeros_like(sure), sure], axis=1)
    prediction = Prediction(page, (Label.SIDEBAR,) * 40, probabilities)
    assert affordable(prediction, range(40)) == list(range(40))
    monkeypatch.setattr(room, "_MOST_EXPLAINED", 5)
    assert affordable(prediction, range(39, -1, -1)) == [0, 1, 2, 3, 4]
