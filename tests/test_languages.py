"""The language of an article's text."""

from dataclasses import replace
from pathlib import Path

import pytest

from linesift.evaluate.languages import text_language, with_languages
from linesift.page import LabelledPage
from linesift.read.labelled import read_labelled

OWN = Path(__file__).parents[1] / "data" / "pages"


def test_own_pages() -> None:
    """The languages in the headers are right, so the detected one is the same, or none."""
    pages = read_labelled(OWN, needs_html=False)
    found = {page.page.source: text_language(page.gold_article) for page in pages}
    languages = {page.page.source: page.lang for page in pages}
    languages |= {name: "jv" for name, lang in languages.items() if lang == "su"}  # a language that it does not know
    assert {name: lang for name, lang in found.items() if lang not in {languages[name], ""}} == {}
    long = [page.page.source for page in pages if len(page.gold_article) > 300]
    assert sum(found[name] == "" for name in long) <= len(long) / 10


def test_the_text_counts_more_than_the_column_where_it_is_sure(pages: list[LabelledPage]) -> None:
    thai = next(page for page in pages if page.lang == "th" and page.gold_article)
    without = next(page for page in pages if not page.gold_article)
    wrong = [replace(thai, lang="fi"), replace(thai, lang=""), replace(thai, article="Ok", lang="fi"), without]
    assert [page.lang for page in with_languages(wrong)] == ["th", "th", "fi", without.lang]


@pytest.mark.parametrize("text", ["", "Rain", "12:30 " * 40])
def test_texts_that_say_too_little(text: str) -> None:
    assert text_language(text) == ""
