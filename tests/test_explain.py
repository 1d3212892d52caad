"""Explanations: they add up to what the model says, whatever it is made of."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from conftest import random_network, with_text, without_pools
from hinted import hinted
from linesift.errors import InputError
from linesift.explain import integral
from linesift.explain.describe import POOLED
from linesift.explain.explain import Explainer, Explanation, Reason, Reasons
from linesift.features.batch import read_batch
from linesift.features.tokens import line_tokens, spelt_tokens
from linesift.labels import LABELS, Label
from linesift.model.gradient import LEARNT
from linesift.model.headline import HeadlineRanker
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.model import Model
from linesift.model.network import Network
from linesift.model.part import softmax
from linesift.model.prediction import Prediction
from linesift.model.trees import TreeScorer
from linesift.model.window import OWN_NAMES
from linesift.page import LabelledPage, Page

TEXT = (
    "Home | News\n\nFerry returns to the bay\n21 October 2024, 9:20\nThe ferry is back after a year, they said.\n\nMore"
)
INKED = [0, 2, 3, 4, 6]


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
    model = model if has_network else with_text(model, network=None)
    found = explain(model, TEXT)
    assert [each.index for each in found] == INKED
    assert [each.label for each in found] == [model.classify(TEXT).labels[index] for index in INKED]
    assert {"the model learnt" in each.against for each in found} == {has_shares}
    assert {"this page" in each.against for each in found} == {not has_shares}
    assert {"median lines" in each.against for each in found} == {has_network}
    assert_adds_up(found, model.classify(TEXT))
    names = {reason.name for reason in found[2].reasons.reasons}
    assert any("@above" in name for name in names) == has_network
    assert names.issuperset(POOLED) == has_network


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
    assert not any(reason.name.endswith("@above") for reason in found[0].reasons.reasons)
    assert not any(reason.name.endswith("@below") for reason in found[-1].reasons.reasons)


def linear(table: NDArray[np.float32], seed: int) -> LinearScorer:
    draw = np.random.default_rng(seed)
    bins = quantile_bins(table, 6)
    weights = draw.normal(0, 0.05, (len(table), bins.n_bins, len(LABELS))).astype(np.float32)
    return LinearScorer(bins, weights, draw.normal(0, 1, len(LABELS)).astype(np.float32))


def test_linear_weights_are_the_model_s(model: Model, table: NDArray[np.float32]) -> None:
    scorer = linear(table, 1)
    alone = with_text(model, scorer=scorer, network=None)
    found = explain(alone, TEXT)
    assert_adds_up(found, alone.classify(TEXT))
    assert found[0].against == "the mean of the lines that the model learnt from"
    batch = read_batch([TEXT])
    words = alone.text.neighbourhood(batch).own[0, 3]
    of_length = only(found[3].reasons, "line.length")
    assert of_length.value == words
    place = scorer.bins.digitise(alone.text.neighbourhood(batch).table(np.arange(len(INKED))))[0, 3]
    expected = scorer.weights[0, place] - scorer.weights[0, place].mean()
    np.testing.assert_allclose(of_length.weights * alone.text.temperature, expected, rtol=1e-5)
    # With a network the score is the mean of both, and the column what both say of it.
    both = with_text(model, scorer=scorer)
    assert_adds_up(explain(both, TEXT), both.classify(TEXT))


def only(reasons: Reasons, name: str) -> Reason:
    (found,) = (reason for reason in reasons.reasons if reason.name == name)
    return found


def test_without_shares_the_base_is_the_page_s_mean(model: Model) -> None:
    found = explain(with_text(model, network=None), TEXT)
    scores = np.mean([each.reasons.score for each in found], axis=0)
    np.testing.assert_allclose(found[0].reasons.base, scores, atol=1e-5)


def parts_of(network: Network, own: NDArray[np.float32], rows: NDArray[np.int64]) -> integral.NetworkWeights:
    """What the scores of a few rows are made of."""
    (found,) = integral.network_weights(network, own, rows)
    assert found.base.shape == (len(rows), len(LABELS))
    assert found.columns.shape == (3, len(own), len(rows), len(LABELS))
    assert found.sweeps.shape == (2, len(rows), len(LABELS))
    return found


def straight(network: Network) -> Network:
    """Layers with biases so high that no unit is ever at 0: scores are a linear function of the inputs."""
    network = without_pools(network)
    highs = np.array([50, 300, 1500], np.float32)[:, None]
    return replace(
        network,
        entry_bias=np.full_like(network.entry_bias, 10),
        layer_biases=highs.repeat(network.layer_biases.shape[1], 1),
    )


def test_a_straight_network_s_weights_are_its_differences(model: Model, pages: list[LabelledPage]) -> None:
    """What an input of a linear function adds is what its score loses when the input is 0."""
    assert model.text.network is not None
    network = straight(model.text.network)
    own = model.text.neighbourhood(read_batch([pages[0].page.text])).own[:, :20]
    spans = np.array([20])
    rows = np.array([0, 3, 11, 19])
    found = parts_of(network, own, rows)
    base, weights = found.base, found.columns
    whole = network.scores(own, spans).astype(np.float64)[rows]
    np.testing.assert_allclose(base + weights.sum(axis=(0, 1)), whole, rtol=1e-6, atol=1e-5)
    median_lines = network.centre[:, None].repeat(20, 1)
    np.testing.assert_allclose(base, network.scores(median_lines, spans)[rows], atol=2e-3)
    for column in (0, 4, 9, 12):
        for place, row in enumerate(rows):
            for side, lines in enumerate((slice(row, row + 1), slice(0, row), slice(row + 1, 20))):
                usual = own.copy()
                usual[column, lines] = network.centre[column]
                expected = whole[place] - network.scores(usual, spans)[row]
                np.testing.assert_allclose(weights[side, column, place], expected, atol=2e-3)
    assert np.abs(weights).max(axis=(1, 2, 3)).min() > 0.1
    assert not found.sweeps.any()
    assert np.isnan(own[network.flagged]).any()


def test_the_integral_is_that_of_differences(model: Model, pages: list[LabelledPage]) -> None:
    """Gradients from differences of the scores, one number at a time, at the same points of the way."""
    assert model.text.network is not None
    network = replace(
        model.text.network, flagged=model.text.network.flagged[:2], entry=model.text.network.entry[: len(OWN_NAMES) + 2]
    )
    own, rows = (
        model.text.neighbourhood(read_batch([pages[0].page.text])).own[:, :6].astype(np.float64),
        np.array([0, 2, 5]),
    )
    parts = parts_of(network, own.astype(np.float32), rows)
    exact = {name: getattr(network, name).astype(np.float64) for name in (*LEARNT, "pool_layers")}
    inputs = network.inputs(own.astype(np.float32)).T.astype(np.float64)
    by_input = np.zeros((6, inputs.shape[1], len(rows), len(LABELS)))
    by_found = np.zeros((*plain(exact, inputs)[1].shape, len(rows), len(LABELS)))
    for start, end in pairwise(integral._WAY.astype(np.float64)):
        point, before, after = (
            inputs * (start + end) / 2,
            plain(exact, inputs * start)[1],
            plain(exact, inputs * end)[1],
        )
        held = (before + after) / 2
        for at in np.ndindex(inputs.shape):
            step = np.zeros_like(inputs)
            step[at] = 1e-7
            slope = plain(exact, point + step, held)[0] - plain(exact, point - step, held)[0]
            by_input[at] += slope[rows] / 2e-7 * inputs[at] * (end - start)
        for at in np.ndindex(held.shape):
            step = np.zeros_like(held)
            step[at] = 1e-7
            slope = plain(exact, point, held + step)[0] - plain(exact, point, held - step)[0]
            by_found[at] += slope[rows] / 2e-7 * (after - before)[at]
    n_columns, n_pooled = len(own), by_found.shape[2] // 2
    by_column = by_input[:, :n_columns].copy()
    by_column[:, network.flagged] += by_input[:, n_columns:]
    for place, row in enumerate(rows):
        sides = (by_column[row], by_column[:row].sum(axis=0), by_column[row + 1 :].sum(axis=0))
        for side, found in enumerate(sides):
            np.testing.assert_allclose(parts.columns[side, :, place], found[:, place], atol=1e-4)
    halves = by_found[:, :, :n_pooled].sum(axis=(0, 1, 2)), by_found[:, :, n_pooled:].sum(axis=(0, 1, 2))
    np.testing.assert_allclose(parts.sweeps, halves, atol=1e-4)
    stands = plain(exact, inputs)[2]
    for half, units in enumerate((slice(n_pooled), slice(n_pooled, None))):
        for place in range(len(rows)):
            by_line = np.zeros((inputs.shape[0], len(LABELS)))
            np.add.at(by_line, stands[:, :, units], by_found[:, :, units, place])
            assert parts.lines[half, place] == np.abs(by_line).sum(axis=1).argmax()
    assert np.abs(halves).max(axis=(1, 2)).min() > 0.05


def plain(
    weights: dict[str, NDArray[np.float64]], inputs: NDArray[np.float64], held: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """The network line by line: scores, what each sweep finds at each line, which may be told, and on which line."""
    hidden, found, stands = np.maximum(inputs @ weights["entry"] + weights["entry_bias"], 0), [], []
    for number, (layer, bias) in enumerate(zip(weights["layers"], weights["layer_biases"], strict=True)):
        for sweep in np.flatnonzero(weights["pool_layers"] == number):
            units = hidden[:, : weights["pool_weights"].shape[1] // 2]
            lines = range(len(hidden))
            peaks = np.array([(*units[: row + 1].max(axis=0), *units[row:].max(axis=0)) for row in lines])
            found.append(peaks if held is None else held[sweep])
            last = [row - units[row::-1].argmax(axis=0) for row in lines]
            stands.append(
                [(*above, *(row + units[row:].argmax(axis=0))) for row, above in zip(lines, last, strict=True)]
            )
            hidden = hidden + np.maximum(found[-1] @ weights["pool_weights"][sweep] + weights["pool_biases"][sweep], 0)
        distance, nothing = 1 << number, np.zeros(hidden.shape[1])
        following = []
        for row in range(len(hidden)):
            three = (
                hidden[row - distance] if row >= distance else nothing,
                hidden[row],
                hidden[row + distance] if row + distance < len(hidden) else nothing,
            )
            following.append(hidden[row] + np.maximum(np.concatenate(three) @ layer + bias, 0))
        hidden = np.array(following)
    return hidden @ weights["out"] + weights["out_bias"], np.array(found), np.array(stands)


def random_page(n_lines: int, n_columns: int) -> NDArray[np.float32]:
    draw = np.random.default_rng(3)
    own = draw.normal(0, 3, (n_columns, n_lines)).astype(np.float32)
    own[draw.random(own.shape) < 0.1] = np.nan
    return own


@pytest.mark.parametrize(("n_steps", "missed"), [(16, 0.3), (400, 0.01)])
def test_weights_are_all_that_lies_between_a_page_of_median_lines_and_the_page(
    n_steps: int, missed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far lines are from each other; what is missed is a matter of steps."""
    network, own, rows = (
        random_network(9, seed=5, width=48, n_layers=6),
        random_page(150, 9),
        np.array([0, 30, 75, 149]),
    )
    spans, median_lines = np.array([150]), network.centre[:, None].repeat(150, 1)
    monkeypatch.setattr(integral, "_WAY", np.linspace(0, 1, n_steps + 1, dtype=np.float32) ** 2)
    found = parts_of(network, own, rows)
    whole = found.base + found.columns.sum(axis=(0, 1)) + found.sweeps.sum(axis=0)
    np.testing.assert_allclose(whole, network.scores(own, spans)[rows], atol=1e-4)
    np.testing.assert_allclose(found.base, network.scores(median_lines, spans)[rows], atol=missed)
    assert np.abs(found.sweeps).max(axis=(1, 2)).min() > 0.1


def test_lines_out_of_reach_are_seen_by_sweeps_alone(model: Model) -> None:
    """Three layers see seven lines; without sweeps a line's part is the same whatever stands beyond them."""
    assert model.text.network is not None
    lines = [f"Line {number} of the page has {number % 5} words." for number in range(30)]
    own = model.text.neighbourhood(read_batch(["\n".join(lines)])).own
    changed, rows = own.copy(), np.array([14])
    changed[:, :7] += 3
    changed[:, 22:] -= 3
    near = without_pools(model.text.network)
    before, after = parts_of(near, own, rows), parts_of(near, changed, rows)
    np.testing.assert_array_equal(before.base, after.base)
    np.testing.assert_array_equal(before.columns, after.columns)
    assert (parts_of(model.text.network, own, rows).sweeps != parts_of(model.text.network, changed, rows).sweeps).all()
    changed[:, 7] += 3
    assert (before.columns != parts_of(near, changed, rows).columns).any()


def test_a_page_is_run_over_once_at_each_border_of_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once more for each batch of its lines."""
    n_runs, run = 0, Network.run

    def counted(*arguments: Any) -> Any:
        nonlocal n_runs
        n_runs += 1
        return run(*arguments)

    network, own = random_network(5, seed=6), random_page(4 * integral.AT_ONCE, 5)
    monkeypatch.setattr(Network, "run", counted)
    assert len(list(integral.network_weights(network, own, np.arange(own.shape[1])))) == 4
    assert n_runs == len(integral._WAY)
    list(integral.network_weights(without_pools(network), own, np.arange(own.shape[1])))
    assert n_runs == len(integral._WAY)
    # What is held is bounded: lines far from each other see as many lines as can be.
    monkeypatch.setattr(integral, "_HELD", 150)
    assert len(list(integral._groups(np.arange(256), 15))) == 2
    assert [len(group) for group in integral._groups(np.arange(0, 100 * 256, 100), 15)] == [64] * 4


def test_lines_do_not_depend_on_each_other(
    model: Model, pages: list[LabelledPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = with_shares(model)
    page = pages[0].page
    whole = explain(model, page)
    monkeypatch.setattr(integral, "AT_ONCE", 3)
    monkeypatch.setattr(integral, "_HELD", 20)
    for one, other in zip(whole, explain(model, page), strict=True):
        assert_same(one.reasons, other.reasons)
    # Far from each other, so that they are cut out of the page one by one.
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
        explain(with_text(model, scorer=Constant()), TEXT)


H, B, T, S = LABELS


@pytest.mark.parametrize(
    ("label", "chances", "sentence"),
    [
        (B, (0.1, 0.6, 0.1, 0.2), ""),
        (H, (0.3, 0.1, 0.1, 0.5), "40 % are enough for the likeliest headline"),
        (T, (0.1, 0.05, 0.4, 0.45), "50 % are enough for a timestamp"),
        (B, (0.1, 0.3, 0.1, 0.5), "on this page they are from 30 % on"),
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


def test_what_the_comparison_of_titles_made_of_a_line(model: Model) -> None:
    assert isinstance(model.text.scorer, TreeScorer)
    alone = model.classify(TEXT)
    chances = alone.probabilities.copy()
    chances[2] = (0.97, 0.01, 0.01, 0.01)
    compared = Explainer(with_text(model, headline=HeadlineRanker(model.text.scorer, 0.0, 1.0)))
    said, unsaid = compared.explain(Prediction(alone.page, alone.labels, chances), [2, 3])
    before = f"{alone.probabilities[2, 0]:.0%}".replace("%", " %")
    assert said.decided.startswith(
        f"By itself the line would be the headline with {before}; "
        "against the page's other likely titles it is with 97 %."
    )
    assert "By itself" not in unsaid.decided


def test_a_page_without_body(model: Model) -> None:
    prediction = Prediction(Page("one"), (S,), np.array([(0.1, 0.5, 0.1, 0.3)], np.float32))
    (found,) = Explainer(model).explain(prediction, [0])
    assert found.decided.endswith("on this page they are nowhere.")
