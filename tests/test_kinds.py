"""Scores of page kinds, counted by hand."""

import numpy as np
import pytest

from linesift.evaluate.evaluate import Pair
from linesift.evaluate.kinds import against_rest, evaluate_kinds, kind_section
from linesift.evaluate.sections import markdown, markdown_table
from linesift.labels import KINDS, Kind, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, Origin, Page

A, L, S, X, Z = Kind.ARTICLE, Kind.LIVE, Kind.STUB, Kind.INDEX, Kind.OTHER
TEXT = "Ferry back\nThe ferry is back after a year in the dock."
GIVEN = [(A, A, 0.99), (A, L, 0.6), (A, X, 0.96), (L, A, 0.7), (X, X, 0.97), (X, A, 0.5), (Z, X, 0.8), (S, S, 0.4)]


def pairs(given: list[tuple[Kind, Kind, float]]) -> list[Pair]:
    found = []
    for number, (true, kind, chance) in enumerate(given):
        page = Page(TEXT, f"{number}")
        body = Label.BODY if true in (A, L, S) else Label.SIDEBAR
        gold = LabelledPage(page, (Label.SIDEBAR, body), kind=true, origin=Origin("x" if number < 5 else "c"))
        probabilities = np.full((2, 4), 0.25, np.float32)
        given_body = Label.BODY if kind in (A, L, S) else Label.SIDEBAR
        found.append((gold, Prediction(page, (Label.SIDEBAR, given_body), probabilities, kind, chance)))
    return found


def test_counts_and_article_against_the_rest() -> None:
    report = evaluate_kinds(pairs(GIVEN))
    assert report is not None
    assert {kind: row for kind, row in report.counts.items() if any(row)} == {
        A: (1, 1, 0, 1, 0), L: (1, 0, 0, 0, 0), S: (0, 0, 1, 0, 0), X: (1, 0, 0, 1, 0), Z: (0, 0, 0, 1, 0),
    }  # fmt: skip
    score = report.article
    assert (score.precision, score.recall, score.support) == (3 / 4, 3 / 4, 4)
    assert report.to_dict()["article"] == {"precision": 0.75, "recall": 0.75, "f1": 0.75, "support": 4}
    assert report.to_dict()["counts"]["article"] == [1, 1, 0, 1, 0]


def test_without_kinds_there_is_nothing_to_say() -> None:
    given = pairs(GIVEN[:2])
    plain = [(gold, Prediction(found.page, found.labels, found.probabilities)) for gold, found in given]
    assert evaluate_kinds(plain) is None
    assert kind_section("Kinds", plain) is None


def test_the_section_says_what_an_empty_article_costs() -> None:
    given = pairs(GIVEN)
    section = kind_section("Kinds", given)
    assert section is not None
    lines = list(markdown("", [section]))
    assert "## Kinds" in lines
    assert f"| kind | {' | '.join(KINDS)} | pages |" in lines
    assert "| article | 1 | 1 | 0 | 1 | 0 | 3 |" in lines
    assert "| all pages | 0.7500 | 0.7500 | 0.7500 | 4 | 4 |" in lines
    group = markdown_table(against_rest({"x": [pair for pair in given if pair[0].origin.collection == "x"]}))
    assert "| x | 1.0000 | 0.7500 | 0.8571 | 4 | 1 |" in list(group)
    assert "| 0.9650 | 1.0000 | 1 |" not in lines
    assert "| 0.9733 | 0.6667 | 3 |" in lines
    assert "Pages on which no line is headline or body." in lines
    # Of five pages with an article the model calls one an index; of three without one it calls two so.
    assert "| gold | pages | no article found |" in lines
    assert "| pages with an article | 5 | 1 |" in lines
    assert "| pages without one | 3 | 2 |" in lines


@pytest.mark.parametrize("n_pages", [1, 4])
def test_pages_that_are_all_articles(n_pages: int) -> None:
    report = evaluate_kinds(pairs([(A, A, 0.9)] * n_pages))
    assert report is not None
    assert (report.article.f1, report.article.support) == (1.0, n_pages)
