"""What the head of a page says, on the lines that repeat it."""

import pytest

from linesift.hints import DAY_PARTS, Hints
from linesift.read.html.evidence import split_days
from linesift.read.html.page import read_html

HEAD = """<title>Ferry returns to the harbour | Harbour Courier</title>
<meta property="og:title" content="Ferry returns to the harbour">
<meta property="article:published_time" content="2024-03-11T16:20:00+01:00">"""
BODY = """<p>Home<h1>FERRY returns  to the harbour</h1><h2>Bridge returns</h2><p>11 March 2024, 4:20 pm
<p>It was away for a year.<p>It sails again.<p>Sold 11 times"""


def hints_of(body: str, head: str = HEAD) -> Hints:
    return read_html(f"<html><head>{head}</head><body>{body}").hints


def shown(hints: Hints) -> list[set[str]]:
    return [{name for bit, name in enumerate(DAY_PARTS) if parts >> bit & 1} for parts in hints.day_shown.tolist()]


def test_title() -> None:
    hints = hints_of(BODY)
    assert hints.title_share.tolist() == [0, 1, 0.5, 0, 0, 0, 0]
    assert hints.title_cover.tolist() == pytest.approx([0, 1, 1 / 5, 0, 0, 0, 0])


def test_title_with_the_name_of_the_site_alone() -> None:
    hints = hints_of(BODY, "<title>Ferry returns to the harbour | Harbour Courier</title>")
    assert hints.title_share.tolist()[1] == 1
    assert 0.5 < hints.title_cover.tolist()[1] < 1


def test_title_in_a_script_without_spaces() -> None:
    """The site's name stands beside it without white space."""
    hints = hints_of("<h1>台風が関東に接近</h1><p>台風<p>天気", "<title>台風が関東に接近｜港新聞</title>")
    assert hints.title_share.tolist() == [1, 1, 0]
    assert hints.title_cover.tolist() == pytest.approx([8 / 12, 2 / 12, 0])


def test_day() -> None:
    assert shown(hints_of(BODY)) == [set(), set(), set(), {"day", "year", "clock"}, set(), set(), {"day"}]


def test_day_of_json_ld() -> None:
    script = '<script type="application/ld+json">{"datePublished": "2024-03-11", "dateModified":"2024-03-12"}</script>'
    assert shown(hints_of(BODY + "<p>12.3.2024, 9:05" + script, ""))[3:] == [
        {"day", "year"}, set(), set(), {"day"}, {"day", "year"},
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["", "<title> </title><meta property='og:title'>"])
def test_head_that_says_nothing(head: str) -> None:
    hints = hints_of(BODY, head)
    for values in (hints.title_share, hints.title_cover, hints.day_shown):
        assert not values.any()


def test_days_that_are_none() -> None:
    metas = "".join(f"<meta name=date content='{day}'>" for day in ("soon", "0000-00-00", "2024-3-1T9", "9" * 5000))
    assert shown(hints_of("<p>1.3.2024<p>0:00<p>" + "7" * 150, metas)) == [{"day", "year"}, {"day", "year"}, set()]


def test_long_lines_are_passed_over() -> None:
    long = "ferry " * 400
    hints = hints_of(f"<p>{long}<p>ferry", f"<title>{long}</title>")
    assert hints.title_share.tolist() == [0, 1]


def test_endless_titles_and_days_cost_little() -> None:
    metas = "".join(f"<meta name=date content=2024-03-{day:04}>" for day in range(9999))
    hints = hints_of("<p>11 ferry" * 9999, f"<title>{'ferry ' * 99999}</title>{metas}")
    assert hints.title_share.tolist() == [0.5] * 9999


def test_dates_of_one_element_without_end() -> None:
    days = "2024-03-11 " * 5_000
    claims = read_html(f'<meta name="date" content="{days}"><p>x').hints
    assert not claims.day_shown.any()
    assert len(split_days([days, "x" * 200 + "2024-03-12", "2024-03-13T09:05"])) == 2
