"""Columns in words."""

import re

import pytest

from linesift.explain.describe import NETWORK, SECOND_LOOK, SITE, Scope, describe, say_value
from linesift.hints import TAGS
from linesift.model.second_look import look_names
from linesift.model.window import table_names

NAMES = (*table_names(is_html=True), *NETWORK, *look_names(is_html=True), SECOND_LOOK, *SITE)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_has_words(name: str) -> None:
    text = describe(name).text
    assert not re.search(r"\w_\w|\w\.\w|[@;]", text), text
    assert text[0].islower() or text[0].isdigit()


def test_no_two_columns_read_the_same() -> None:
    found = [(describe(name).scope, describe(name).text) for name in NAMES]
    assert len(set(found)) == len(found)


def test_every_scope_has_columns() -> None:
    assert {describe(name).scope for name in NAMES} == set(Scope)


@pytest.mark.parametrize(
    ("name", "scope", "text"),
    [
        ("line.length", Scope.LINE, "words"),
        ("lexicon.body", Scope.WORDS, "words typical of body"),
        ("lexicon.after_body@+2", Scope.NEIGHBOURS, "2 lines below: words typical of lines after an article"),
        ("markup_lexicon.sidebar@-1", Scope.NEIGHBOURS, "line above: words of class and id typical of sidebar"),
        ("window.long.above25", Scope.AROUND, "lines of running text in the 25 lines above"),
        (
            "window.likely_words.share_above",
            Scope.AROUND,
            "share of the page's words in lines whose words are typical of body above",
        ),
        ("layout.page_dates", Scope.PAGE, "lines of the page that show a day and month"),
        ("network.line", Scope.LINE, "several things about the line at once"),
        ("network.above", Scope.AROUND, "the lines above, read one after the other"),
        ("window.likely_words.page", Scope.PAGE, "words in lines whose words are typical of body on the page"),
        ("cues.dated", Scope.LINE, "set phrases such as updated, published"),
        ("run.colon", Scope.LINE, "colon at the end of the line above the run"),
        ("run.words_above", Scope.LINE, "words of the line above the run"),
        ("look.body", Scope.PAGE, "probability of body at the first look"),
        ("look.sure_body.above", Scope.PAGE, "lines from here up to a line that is surely body"),
        ("look.template.body", Scope.PAGE, "mean probability of body of the other lines of its template"),
        ("look.words_in_lead.share", Scope.PAGE, "share of its words in the first lines likely to be body"),
        ("site.labelled", Scope.SITE, "what the labelled pages of its site say"),
        ("site.repeated", Scope.SITE, "what its site repeats"),
        ("look.words_in_title.weight", Scope.PAGE, "how often its words occur in the likeliest headline"),
    ],
)
def test_words(name: str, scope: Scope, text: str) -> None:
    assert name in NAMES
    assert (describe(name).scope, describe(name).text) == (scope, text)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("line.length", float("nan"), "–"),
        ("line.length@-1", float("nan"), "–"),
        ("network.above", float("nan"), ""),
        ("site.repeated", float("nan"), ""),
        ("line.length", 12.0, "12"),
        ("line.length", 12.46, "12"),
        ("line.word_size", 4.25, "4.2"),
        ("window.words.above25", 1234.5, "1234"),
        ("layout.long_above", 0.25, "25 %"),
        ("markup.link_share@+1", 1.0, "100 %"),
        ("window.likely_words.share_above", 0.004, "0 %"),
        ("line.ends_sentence@-1", 3.0, "colon"),
        ("line.first_class", 1.0, "lower"),
        ("line.part_date", 5.0, "month, short date"),
        ("line.part_date", 0.0, "none"),
        ("layout.twin", 3.0, "above, below"),
        ("markup.tag", float(TAGS.index("h1")), "h1"),
        ("markup.is_time", 1.0, "yes"),
        ("run.colon", 0.0, "no"),
        ("run.listed", 0.25, "25 %"),
        ("topic.run_share", 0.25, "25 %"),
        ("cues.related", 3.0, "at the beginning"),
        ("cues.people", 4.0, "the whole line"),
        ("markup.link_kind", 18.0, "its site, share"),
        ("markup.alt_share", 0.5, "50 %"),
        ("markup.media_rows_above", float("nan"), "–"),
    ],
)
def test_values(name: str, value: float, text: str) -> None:
    assert say_value(name, value) == text
