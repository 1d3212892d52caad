"""Columns in words."""

import re

import pytest

from linesift.explain.describe import POOLED, Part, describe, say_value
from linesift.hints import TAGS
from linesift.model.window import HTML_NAMES, table_names

NAMES = (*table_names(is_html=True), *(f"{name}@{side}" for name in HTML_NAMES for side in ("above", "below")), *POOLED)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_has_words(name: str) -> None:
    text = describe(name).text
    assert not re.search(r"\w_\w|\w\.\w|[@;]", text), text
    assert text[0].islower() or text[0].isdigit()


def test_no_two_columns_read_the_same() -> None:
    found = [(describe(name).part, describe(name).text) for name in NAMES]
    assert len(set(found)) == len(found)


def test_every_part_has_columns() -> None:
    assert {describe(name).part for name in NAMES} == set(Part)


@pytest.mark.parametrize(
    ("name", "part", "text"),
    [
        ("line.length", Part.LINE, "words"),
        ("lexicon.body", Part.WORDS, "words for body"),
        ("lexicon.after_body@+2", Part.NEIGHBOURS, "2 lines below: words for the end of an article above"),
        ("markup_lexicon.sidebar@-1", Part.NEIGHBOURS, "line above: words of class and id for sidebar"),
        ("window.long.above25", Part.AROUND, "lines of running text in the 25 lines above"),
        ("window.likely_words.share_above", Part.AROUND, "share of the page's words in lines with words of body above"),
        ("layout.page_dates", Part.PAGE, "lines of the page that show a day and month"),
        ("layout.page_dates@below", Part.AROUND, "all lines below: lines of the page that show a day and month"),
        ("line.length@above", Part.AROUND, "all lines above: words"),
        ("network.above", Part.PAGE, "strongest signs that the network saw anywhere above"),
        ("network.below", Part.PAGE, "strongest signs that the network saw anywhere below"),
        ("window.likely_words.page", Part.PAGE, "words in lines with words of body on the page"),
    ],
)
def test_words(name: str, part: Part, text: str) -> None:
    assert name in NAMES
    assert (describe(name).part, describe(name).text) == (part, text)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("line.length", float("nan"), "–"),
        ("line.length@-1", float("nan"), "–"),
        ("line.length@above", float("nan"), ""),
        ("network.above", 6.0, "most on line 6"),
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
        ("markup.link_kind", 18.0, "its site, share"),
        ("markup.alt_share", 0.5, "50 %"),
        ("markup.media_rows_above", float("nan"), "–"),
    ],
)
def test_values(name: str, value: float, text: str) -> None:
    assert say_value(name, value) == text
