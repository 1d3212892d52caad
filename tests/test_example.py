"""A page in two forms with its gold."""

from dataclasses import replace

from hinted import random_hints
from linesift.example import Example
from linesift.labels import Kind, Label
from linesift.page import LabelledPage, LabelSource, Origin, Page

H, B, T, S = Label
TEXT = Page("Menu\n\nFerry returns\nThe ferry is back.", "a/1")
LABELS = (S, None, H, B)
BY_HAND = Origin("a", LabelSource.BY_HAND)


def test_a_labelled_page_of_text() -> None:
    page = LabelledPage(TEXT, LABELS, site="a.example", lang="en", kind=Kind.LIVE, origin=BY_HAND, article="Back.")
    example = Example.of_page(page)
    assert (example.source, example.site, example.lang, example.kind) == ("a/1", "a.example", "en", Kind.LIVE)
    assert example.as_text() == replace(page, is_partial=True)
    assert example.as_html() is None
    assert example.has_line_gold


def test_a_labelled_page_with_hints_is_learnt_in_both_forms() -> None:
    hints = random_hints(TEXT.text, 1)
    example = Example.of_page(LabelledPage(replace(TEXT, hints=hints), LABELS, origin=BY_HAND))
    text, html = example.as_text(), example.as_html()
    assert text is not None
    assert html is not None
    assert (text.page, text.labels) == (TEXT, LABELS)
    assert (html.page.hints, html.labels) == (hints, LABELS)


def test_forms_have_labels_of_their_own() -> None:
    html = Page("Menu\nFerry returns\nThe ferry is back.", "a/1")
    example = Example(TEXT, BY_HAND, LABELS, html, (None, H, B))
    text, other = example.as_text(), example.as_html()
    assert text is not None
    assert other is not None
    assert (text.labels, other.labels) == (LABELS, (None, H, B))
    assert replace(example, text_labels=None).as_text() is None
    assert replace(example, html_labels=None).as_html() is None


def test_pages_without_gold_for_their_lines() -> None:
    for labels, has_gold in zip(LabelSource, (True, True, False, False), strict=True):
        assert Example(TEXT, Origin("a", labels)).has_line_gold == has_gold
