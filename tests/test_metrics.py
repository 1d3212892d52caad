"""Scores against values worked out by hand."""

import json
from collections import Counter
from dataclasses import astuple, replace

import numpy as np
import pytest

from fakes import predict
from linesift.evaluate.evaluate import WrongLine, calibration, collection_names, evaluate
from linesift.evaluate.metrics import (
    Score,
    article_score,
    harmonic,
    label_scores,
    macro_f1,
    overlap,
    shingles,
)
from linesift.evaluate.scores import calibration_section, worst_section
from linesift.evaluate.sections import Table
from linesift.labels import Label
from linesift.page import LabelledPage, LabelSource, Origin, Page

H, B, T, S = Label


class Near:
    """Equals the scores that differ from it by rounding alone."""

    def __init__(self, *wanted: float) -> None:
        self.wanted = wanted

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Score) and astuple(other) == pytest.approx(self.wanted)

    def __hash__(self) -> int:
        return hash(self.wanted)

    def __repr__(self) -> str:
        return f"Near{self.wanted}"


def test_label_scores() -> None:
    scores = label_scores([H, B, B, B, S, S], [H, B, B, S, B, S])
    assert scores[H] == Score(1.0, 1.0, 1.0, 1)
    assert scores[B] == Near(2 / 3, 2 / 3, 2 / 3, 3)
    assert scores[T] == Score(0.0, 0.0, 0.0, 0)
    assert scores[S] == Score(0.5, 0.5, 0.5, 2)
    # The mean leaves out labels that the gold lacks: (1 + 2/3 + 1/2) / 3.
    assert macro_f1(scores) == pytest.approx(13 / 18)


def test_label_given_but_never_right() -> None:
    assert label_scores([S], [T])[T] == Score(0.0, 0.0, 0.0, 0)
    assert macro_f1(label_scores([], [])) == 0.0


@pytest.mark.parametrize(("precision", "recall", "f1"), [(0, 0, 0), (1, 0, 0), (0.5, 1, 2 / 3), (1, 1, 1)])
def test_harmonic(precision: float, recall: float, f1: float) -> None:
    assert harmonic(precision, recall) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ha\xadfen auf", {("Hafen", "auf"): 1}),
        ("", {}),
        ("…", {}),
        ("a b", {("a", "b"): 1}),
        ("a b c d e", {("a", "b", "c", "d"): 1, ("b", "c", "d", "e"): 1}),
        ("a a a a a", {("a",) * 4: 2}),
        # Letters of scripts without spaces are tokens by themselves.
        ("渡轮 回港a1", {("渡", "轮", "回", "港"): 1, ("轮", "回", "港", "a1"): 1}),
    ],
)
def test_shingles(text: str, expected: dict[tuple[str, ...], int]) -> None:
    assert shingles(text) == expected


def test_overlap_counts_repeats_once() -> None:
    gold: Counter[tuple[str, ...]] = Counter({("a",): 1, ("b",): 1})
    given: Counter[tuple[str, ...]] = Counter({("a",): 2})
    assert overlap(gold, given) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("gold", "given", "expected"),
    [("", "", (1, 1)), ("", "a", (0, 0)), ("a", "", (0, 0)), ("a b", "a b", (1, 1)), ("a", "b", (0, 0))],
)
def test_overlap_with_nothing(gold: str, given: str, expected: tuple[float, float]) -> None:
    assert overlap(shingles(gold), shingles(given)) == expected


def test_article_score_is_f1_of_means() -> None:
    assert article_score([(1.0, 0.5), (0.5, 1.0)]) == Score(0.75, 0.75, 0.75, 2)
    assert article_score([(1.0, 0.0), (0.0, 1.0)]).f1 == 0.5  # not the mean of the pages' F1, which is 0
    assert article_score([]) == Score(0.0, 0.0, 0.0, 0)


@pytest.fixture
def gold() -> list[LabelledPage]:
    """Two pages; the fake model labels a line by its first letter, and is wrong on the last of each."""
    first = Page("Menu\n\nH Rain\nB one two three four five\nB six", "a")
    second = Page("B seven\nT 11 March\nno letter", "b")
    return [
        LabelledPage(first, (S, None, H, B, S), site="a.example", lang="en", origin=Origin("x")),
        LabelledPage(second, (B, T, B), site="b.example", lang="", origin=Origin("y")),
    ]


def test_evaluate(gold: list[LabelledPage]) -> None:
    report = evaluate(gold, [predict(page.page) for page in gold])
    assert [(page.n_wrong, page.n_lines) for page in report.pages] == [(1, 4), (1, 3)]
    assert report.labels[B] == Near(2 / 3, 2 / 3, 2 / 3, 3)
    # Page a: gold "B one two three four five" has 3 shingles, the prediction 5 with "B six" behind it.
    assert (report.pages[0].precision, report.pages[0].recall) == (0.6, 1.0)
    # Page b: gold "B seven no letter" is one shingle, the prediction "B seven" another.
    assert report.pages[1].f1 == 0.0
    assert report.by_collection["x"] == Near(0.6, 1.0, 0.75, 1)
    assert set(report.by_language) == {"en", "unknown"}
    assert [page.name for page in report.worst] == ["b", "a"]
    assert report.pages[0].worst_lines == (WrongLine(5, S, B, 2),)
    assert report.pages[1].worst_lines == (WrongLine(3, B, S, 2),)
    assert report.confusion[B] == {Label.HEADLINE: 0, B: 2, T: 0, S: 1}
    assert report.confusion[S] == {Label.HEADLINE: 0, B: 1, T: 0, S: 1}
    # Page a: six words, all found, and "B six" too many; page b: two of four words.
    assert report.words_by_collection == {"x": Near(6 / 8, 1.0, 12 / 14, 1), "y": Near(1.0, 0.5, 1 / 1.5, 1)}
    assert report.words == Near(7 / 8, 0.75, 2 * 7 / 8 * 0.75 / (7 / 8 + 0.75), 2)


def test_lines_whose_label_is_unknown_do_not_count(gold: list[LabelledPage]) -> None:
    """The wrong lines of both pages are not known, so everything is right, and they are no part of the articles."""
    partial = [
        replace(gold[0], labels=(S, None, H, B, None), is_partial=True),
        replace(gold[1], labels=(B, T, None), is_partial=True),
    ]
    report = evaluate(partial, [predict(page.page) for page in partial])
    assert [(page.n_wrong, page.n_lines, page.f1) for page in report.pages] == [(0, 3, 1.0), (0, 2, 1.0)]
    assert report.macro_f1 == 1.0
    assert sum(lines for _, _, lines in report.calibration[B].curve) == 5
    with_article = [replace(page, article=page.gold_article) for page in partial]
    report = evaluate(with_article, [predict(page.page) for page in partial])
    assert report.pages[0].precision == 0.6  # where the article is known, what is too much is wrong


def test_collections_say_by_hand_where_they_have_both_sorts_of_labels() -> None:
    hand = LabelSource.BY_HAND
    assert collection_names([Origin("a"), Origin("a", hand), Origin("b", hand)]) == ["a", "a by hand", "b"]


def test_a_report_is_json_without_the_text_of_pages(gold: list[LabelledPage]) -> None:
    text = evaluate(gold, [predict(page.page) for page in gold]).to_json()
    assert "seven" not in text
    found = json.loads(text)
    assert found["worst"][1]["worst_lines"] == [{"number": 5, "gold": "sidebar", "given": "body", "n_words": 2}]
    assert found["calibration"]["body"]["curve"][9] == [0.91, 0.6667, 3]
    assert found["calibration_error"] == found["calibration"]["body"]["error"]


def test_of_many_wrong_lines_the_longest() -> None:
    lines = [f"B {'word ' * (number % 7)}" for number in range(30)]
    page = LabelledPage(Page("\n".join(lines)), (S,) * 30)
    (found,) = evaluate([page], [predict(page.page)]).pages
    assert [(line.number, line.n_words) for line in found.worst_lines] == [(7, 7), (14, 7), (21, 7), (28, 7), (6, 6)]


def test_evaluate_refuses_predictions_of_other_pages(gold: list[LabelledPage]) -> None:
    with pytest.raises(ValueError, match="another page"):
        evaluate(gold, [predict(page.page) for page in reversed(gold)])


def test_calibration(gold: list[LabelledPage]) -> None:
    predictions = [predict(page.page) for page in gold]
    found = calibration(gold, predictions, B)
    chance, frequency, lines = map(np.array, zip(*found.curve, strict=True))
    # The fake gives body .91 on three lines (two right) and .03 on four (one wrong).
    np.testing.assert_array_equal(lines, [4, 0, 0, 0, 0, 0, 0, 0, 0, 3])
    np.testing.assert_allclose(chance[[0, 9]], [0.03, 0.91], rtol=1e-5)
    np.testing.assert_allclose(frequency[[0, 9]], [1 / 4, 2 / 3])
    assert found.error == pytest.approx((4 * (1 / 4 - 0.03) + 3 * (0.91 - 2 / 3)) / 7, rel=1e-5)
    assert found.brier == pytest.approx((3 * 0.03**2 + 0.97**2 + 2 * 0.09**2 + 0.91**2) / 7, rel=1e-5)


def test_calibration_of_nothing() -> None:
    page = LabelledPage(Page("\n"), (None, None))
    assert calibration([page], [predict(page.page)], B).curve == []


@pytest.mark.parametrize(
    ("collection", "names", "shown"),
    [
        ("pages", ["my/a/x.page", "my/b/x.page", "my/b/y.page"], ["a/x.page", "b/x.page", "y.page"]),
        ("pages", ["b/x.page", "x.page"], ["b/x.page", "x.page"]),
        ("quay", ["quay/fog", "quay/quay/ferry", "sun"], ["quay/fog", "quay/ferry", "sun"]),  # as export names them
    ],
)
def test_names_of_the_worst_pages_tell_them_apart(collection: str, names: list[str], shown: list[str]) -> None:
    gold = [LabelledPage(Page("B one", name), (B,), site="quay", origin=Origin(collection)) for name in names]
    (table,) = worst_section(evaluate(gold, [predict(page.page) for page in gold])).parts[1:]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == shown


def test_calibration_shows_no_bins_without_lines(gold: list[LabelledPage]) -> None:
    table = calibration_section(evaluate(gold, [predict(page.page) for page in gold])).parts[-1]
    assert isinstance(table, Table)
    assert [row[2] for row in table.rows] == [4, 3]
