"""Labels that the model for HTML corrects, and those that it gives."""

from dataclasses import replace

import numpy as np

from linesift.example import Example
from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.train.pseudo_labels import correct_or_drop, pseudo_label

H, B, T, S = Label
FIRST = "The ferry came back to the harbour on Monday after a year of repairs."
MORE = "Its new engine burns a third less, said the captain of it in the morning."
OTHER = "A bakery in the old town has won the prize of the valley for its rye bread."


def predicted(lines: list[str], labels: list[Label | None]) -> Prediction:
    return Prediction(Page("\n".join(lines), "a"), tuple(labels), np.zeros((len(lines), len(LABELS)), np.float32))


def labelled(lines: list[str], labels: list[Label | None]) -> LabelledPage:
    return LabelledPage(Page("\n".join(lines), "a"), tuple(labels), site="harbour.example")


LINES = ["Home", "Ferry returns", "11 March 2024", FIRST, MORE, OTHER, "Contact"]
GOLD = labelled(LINES, [S, H, T, B, B, S, S])
HTML = predicted(LINES, [S, H, T, B, B, S, S])


def test_gold_that_the_html_agrees_with_stays() -> None:
    assert correct_or_drop(GOLD, HTML) == GOLD


def test_gold_that_the_html_contradicts_is_not_learnt() -> None:
    assert correct_or_drop(GOLD, predicted(LINES, [S, H, T, S, S, B, S])) is None


def test_a_title_that_alignment_missed_is_found() -> None:
    missed = replace(GOLD, labels=(S, S, T, B, B, S, S))
    assert correct_or_drop(missed, HTML) == GOLD


def test_a_title_that_alignment_found_is_left_alone() -> None:
    assert correct_or_drop(GOLD, predicted(LINES, [H, S, T, B, B, S, S])) == GOLD


def test_a_body_line_never_becomes_the_title() -> None:
    missed = replace(GOLD, labels=(S, S, T, B, B, S, S))
    assert correct_or_drop(missed, predicted(LINES, [S, S, T, H, B, S, S])) == missed


def test_labels_by_hand_and_pages_without_html_stay() -> None:
    contradiction = predicted(LINES, [S, H, T, S, S, B, S])
    by_hand = replace(GOLD, origin=Origin("x", LabelSource.BY_HAND))
    assert correct_or_drop(by_hand, contradiction) == by_hand
    assert correct_or_drop(GOLD, None) == GOLD


def unlabelled(text: list[str], must: tuple[str, ...] = (), must_not: tuple[str, ...] = ()) -> Example:
    page = Page("\n".join(text), "b")
    origin = Origin("x", LabelSource.MODEL)
    return Example(page, origin, html=page, site="harbour.example", lang="en", must=must, must_not=must_not)


def test_the_labels_come_over_to_the_text() -> None:
    text = ["• Home", "", "Ferry returns", "11 March 2024", FIRST, MORE, "12 March 2024", OTHER]
    page = pseudo_label(unlabelled(text), HTML)
    assert page.labels == (S, None, H, T, B, B, S, S)
    assert (page.site, page.lang, page.origin) == ("harbour.example", "en", Origin("x", LabelSource.MODEL))


def test_dates_are_those_that_the_html_calls_so() -> None:
    lines = ["Ferry returns", "11 March 2024", "three days back", FIRST, MORE]
    given = predicted(lines, [H, S, T, B, B])
    assert pseudo_label(unlabelled(lines), given).labels == (H, S, T, B, B)


def test_what_is_known_of_the_article_is_asked_for() -> None:
    nothing = (S,) * len(LINES)
    assert pseudo_label(unlabelled(LINES, must=("new  engine burns",)), HTML).labels == GOLD.labels
    assert pseudo_label(unlabelled(LINES, must=("rye bread",)), HTML).labels == nothing
    most = ("came back", "new engine", "captain", "rye bread")
    assert pseudo_label(unlabelled(LINES, must=most), HTML).labels == GOLD.labels
    assert pseudo_label(unlabelled(LINES, must_not=("captain of it",)), HTML).labels == nothing
    assert pseudo_label(unlabelled(LINES, must_not=("rye bread",)), HTML).labels == GOLD.labels


def test_a_page_without_article_or_of_another_text_is_not_learnt() -> None:
    assert pseudo_label(unlabelled(LINES), predicted(LINES, [S] * len(LINES))).labels == (S,) * len(LINES)
    assert pseudo_label(unlabelled(["Home", OTHER]), HTML).labels == (S, S)
