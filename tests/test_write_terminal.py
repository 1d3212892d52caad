"""Output for people."""

import math
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import predict
from linesift.labels import Label
from linesift.page import Page
from linesift.write.terminal import Style, Tally, cut, heading, pretty, say_no_article, summary, tally, visible

PAGE = Page("Menu\r\n\nH Rain again\n  T 11 March?\nB It rained?\n" + "\n" * 5)


def columns(text: str) -> int:
    """Columns by the plain definition, character by character."""
    widths = {"Mn": 0, "Me": 0, "Cf": 0}
    return sum(
        widths.get(unicodedata.category(character), 2 if unicodedata.east_asian_width(character) in "WF" else 1)
        for character in text
    )


def test_plain() -> None:
    assert "".join(pretty(predict(PAGE))) == (
        " 1  sidebar     91%  Menu\n"
        " 3  headline    91%  H Rain again\n"
        " 4  sidebar     55%? T 11 March?\n"
        " 5  body        55%? B It rained?\n"
    )


def test_colours_are_closed_on_every_line_and_add_nothing_else() -> None:
    coloured = list(pretty(predict(PAGE), style=Style(is_coloured=True)))
    assert all(line.endswith(("\x1b[0m\n", "rained?\n")) for line in coloured)
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in coloured] == list(pretty(predict(PAGE)))
    looks = {line.split("m")[0] + line.partition("  ")[2][:9] for line in coloured}
    assert len(looks) == 3, "three labels, three looks"


def test_that_a_page_has_no_article_is_said_with_what_decided() -> None:
    page = predict(Page("index page\nMenu"))
    assert say_no_article(page) == "the page has no article (98 % sure; kind: index)"
    assert say_no_article(replace(page, no_article=math.nan)) == "the page has no article"


def test_labels() -> None:
    assert list(pretty(predict(PAGE), frozenset({Label.HEADLINE}))) == [" 3  headline    91%  H Rain again\n"]


def test_lines_fit_the_terminal() -> None:
    page = Page("Menu " * 40 + "\nB " + "東京" * 60 + "\nB short")
    lines = list(pretty(predict(page), style=Style(width=60)))
    assert [columns(line.rstrip("\n")) for line in lines] == [60, 59, 27]
    assert [line[-2] for line in lines] == ["…", "…", "t"]


def test_a_line_of_millions_of_characters_is_cut_unread() -> None:
    (line,) = pretty(predict(Page("x" * 10_000_000)), style=Style(width=80))
    assert len(line) == 81


@given(st.text(st.characters()), st.integers(1, 30))
@settings(derandomize=True)
def test_cut_fits_and_keeps_what_fits(text: str, width: int) -> None:
    shown = cut(visible(text), width)
    assert columns(shown) <= width
    if shown != visible(text):
        assert shown.endswith("…")
        assert visible(text).startswith(shown[:-1])
        assert columns(visible(text)) > width


@given(st.text(st.characters()))
@settings(derandomize=True)
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    for line in [*pretty(predict(Page(text))), heading(text)]:
        assert line.endswith("\n")
        assert all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in line[:-1])
        line.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b]0;title\x07", "␛]0;title␇"), ("\x9b2J\x7f", "\ufffd2J␡"), ("a\u2067b\u200fc", "ab\u200fc")],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_heading() -> None:
    assert heading("a\x1b.txt") == "==> a .txt <==\n"
    assert heading("a.txt", style=Style(is_coloured=True)) == "\x1b[1m==> a.txt <==\x1b[0m\n"


def test_a_summary_says_what_the_pages_are() -> None:
    one = tally(predict(Page("index page")))
    assert summary(one) == "1 line: 0 headline, 0 body, 0 timestamp, 1 sidebar; page: index 97 %"
    assert summary(one + one + tally(predict(Page("Menu")))).endswith("3 sidebar; page: 2 index")


def test_tallies_add_up() -> None:
    assert tally(predict(PAGE)) == Tally(1, (1, 1, 0, 2), 2)
    assert tally(predict(PAGE)) + tally(predict(Page("T now"))) == Tally(2, (1, 1, 1, 2), 2)


@pytest.mark.parametrize(
    ("total", "text"),
    [
        (Tally(1, (0, 0, 0, 1)), "1 line: 0 headline, 0 body, 0 timestamp, 1 sidebar"),
        (Tally(2, (1, 2, 3, 4), 5), "2 pages, 10 lines: 1 headline, 2 body, 3 timestamp, 4 sidebar; 5 in doubt (?)"),
    ],
)
def test_summary(total: Tally, text: str) -> None:
    assert summary(total) == text
