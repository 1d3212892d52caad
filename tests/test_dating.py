"""Dates of articles: what no line may stand in for, what the markup adds, and days over several lines."""

import json
import math
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import linesift
from linesift.article.article import Article, build_article
from linesift.article.dating import find_days
from linesift.article.likelihood import Candidate, read_likelihood
from linesift.article.lines import LabelledLines
from linesift.article.markup import read_claims
from linesift.article.readings import _lines_with_days
from linesift.article.stamps import MAX_LINE
from linesift.dates.context import Context
from linesift.hints import ANCESTORS, DateSource, Head, HeadDate, no_hints
from linesift.page import Page
from linesift.read.html.page import read_html
from test_article import labelled

_SURE, _EARLIER = "likelier than another day", "published earlier by the markup"
CASES = Path(__file__).parent / "data" / "cases"
BODY = ("B|The ferry came back to the harbour, and all of the town was there.", "B|It sails at noon.")


def dated(*rows: str, now: datetime | None = None, **dates: str) -> Article:
    """Build the article of a page whose markup gives dates: `JSON_PUBLISHED="2020-10-21"`."""
    page = labelled(*rows)
    given = tuple(HeadDate(DateSource[name], text) for name, text in dates.items())
    return build_article(with_head(page, Head(dates=given)) if dates else page, now=now)


def with_head(page: LabelledLines, head: Head) -> LabelledLines:
    return replace(page, hints=no_hints(len(page.lines)), head=head)


def test_the_markup_gives_the_clock_of_publication_if_the_page_shows_that_of_its_update() -> None:
    rows = ("H|Ferry returns", "T|Updated 3 March 2025, 10:30", *BODY)
    found = dated(*rows, JSON_PUBLISHED="2025-03-03T09:15:00Z")
    assert (found.published, found.problems) == ("2025-03-03T09:15:00+00:00", ())
    assert found.updated == "2025-03-03T10:30:00"
    assert dated(*rows).problems == ("only the date of an update is given",)


def test_changes_are_compared_with_the_markup_s_own_time_of_publication() -> None:
    """It may be in another zone than the line."""
    rows = ("H|Ferry returns", "T|3 March 2025, 9:05", *BODY)
    utc = dated(*rows, JSON_PUBLISHED="2025-03-03T14:05:00Z", JSON_MODIFIED="2025-03-03T14:05:00Z")
    assert (utc.published, utc.updated) == ("2025-03-03T09:05:00", None)
    later = dated(*rows, JSON_PUBLISHED="2025-03-03T14:05:00Z", JSON_MODIFIED="2025-03-03T16:30:00Z")
    assert later.updated == "2025-03-03T16:30:00+00:00"
    rows = ("H|Ferry returns", "T|3 March 2025, 21:05", *BODY)
    earlier = dated(*rows, JSON_PUBLISHED="2025-03-03T14:05:00Z", JSON_MODIFIED="2025-03-03T16:30:00Z")
    assert earlier.updated == "2025-03-03T16:30:00+00:00"


def test_what_a_line_leaves_open_is_no_problem_once_the_markup_settles_it() -> None:
    rows = ("H|Ferry returns", "T|14 February, 11:25", *BODY)
    found = dated(*rows, JSON_PUBLISHED="2025-02-14T11:25:00Z")
    assert (found.published, found.problems) == ("2025-02-14T11:25:00", ())
    rows = ("H|Ferry returns", "T|16:30", *BODY)
    found = dated(*rows, JSON_PUBLISHED="2025-02-14T16:30:00Z")
    assert (found.published, found.problems) == ("2025-02-14T16:30:00+00:00", ())
    assert dated(*rows, JSON_PUBLISHED="2025-02-14T15:00:00Z").problems == ("16:30 is a time without a day",)


def test_the_clock_of_the_markup_is_better_than_a_rounded_age() -> None:
    rows, now = ("H|Ferry returns", "T|5 hours ago", *BODY), datetime(2025, 3, 3, 14, 50)
    assert dated(*rows, now=now).published == "2025-03-03T09:50:00"
    found = dated(*rows, now=now, JSON_PUBLISHED="2025-03-03T09:12:30+07:00")
    assert (found.published, found.problems) == ("2025-03-03T09:12:30+07:00", ())


@pytest.mark.parametrize("place", ["aside", "link", "paragraph"])
def test_the_element_of_another_story_does_not_confirm_its_day(place: str) -> None:
    page = labelled("H|Ferry returns", *BODY, "S|Market opens", "S .45|28 February 2025")
    page = with_head(page, Head(dates=(HeadDate(DateSource.TIME, "2025-02-28T10:00Z", "28 February 2025"),)))
    assert page.hints is not None
    page.hints.is_time[4] = True
    if place == "aside":
        page.hints.ancestors[4] = 1 << ANCESTORS.index("aside")
    if place == "link":
        page.hints.link_share[4] = 1.0
    found = build_article(page)
    assert (found.published is None) == (place != "paragraph")
    assert found.source.published != "both"


HEADER = ("S|Home", "S|News", "T|Wednesday, 5 March 2025", "H|Ferry returns", "S|By Ann Lee", "T|3 March 2025", *BODY)


def test_the_day_of_reading_above_the_title_is_not_that_of_publication() -> None:
    found = dated(*HEADER, now=datetime(2025, 3, 5, 14, 0))
    assert (found.published, found.lines.published) == ("2025-03-03", (6,))
    backed = dated(*HEADER, now=datetime(2025, 3, 5, 14, 0), JSON_PUBLISHED="2025-03-05T08:00:00Z")
    assert backed.published == "2025-03-05T08:00:00+00:00"
    alone = dated("S|Home", "T|5 March 2025", "H|Ferry returns", *BODY, now=datetime(2025, 3, 5, 14, 0))
    assert alone.published == "2025-03-05"


def test_a_line_that_is_refused_does_not_stand_in_the_way_of_a_timestamp() -> None:
    rows = ("S .45|Jumatano, Machi 5, 2025", "H|Ferry returns", "T .8|3 Machi 2025", *BODY)
    assert dated(*rows).published == "2025-03-03"


@pytest.mark.parametrize("is_first", [True, False])
def test_each_line_has_the_clock_of_its_own_element(is_first: bool) -> None:
    lines = ["T|Published 3 March 2025", "T|Updated 3 March 2025"]
    times = ["2025-03-03T07:42:00Z", "2025-03-03T17:00:00Z"]
    if not is_first:
        lines, times = lines[::-1], times[::-1]
    page = labelled("H|Ferry returns", *lines, *BODY)
    dates = tuple(HeadDate(DateSource.TIME, text, "3 March 2025") for text in times)
    page = with_head(page, Head(dates=dates))
    assert page.hints is not None
    page.hints.is_time[1:3] = True
    found = build_article(page)
    assert (found.published, found.updated) == ("2025-03-03T07:42:00+00:00", "2025-03-03T17:00:00+00:00")


@pytest.mark.parametrize(("shown", "published"), [("3 March2025", "2025-03-03T08:00:00+00:00"), ("", "2025-03-03")])
def test_white_space_does_not_part_an_element_from_its_line(shown: str, published: str) -> None:
    page = with_head(labelled("H|Ferry returns", "T|By Ann, 3 March 2025", *BODY), Head())
    assert page.hints is not None
    page.hints.is_time[1] = True
    found = build_article(replace(page, head=Head(dates=(HeadDate(DateSource.TIME, "2025-03-03T08:00Z", shown),))))
    assert found.published == published


def test_where_elements_and_lines_are_not_as_many_no_clock_is_taken() -> None:
    page = labelled("H|Ferry returns", "T|3 March 2025", *BODY, "S|Market opens", "S|3 March 2025")
    page = with_head(page, Head(dates=(HeadDate(DateSource.TIME, "2025-03-03T05:00:00Z", "3 March 2025"),)))
    assert page.hints is not None
    page.hints.is_time[[1, 5]] = True
    assert build_article(page).published == "2025-03-03"


def test_the_clock_of_an_update_below_the_date_has_its_day() -> None:
    found = dated("H|Ferry returns", "T|3. März 2025, 17:42 Uhr", "T|Aktualisiert: 19:10 Uhr", *BODY)
    assert (found.published, found.updated) == ("2025-03-03T17:42:00", "2025-03-03T19:10:00")


def test_a_day_after_the_page_was_read_is_no_update() -> None:
    rows = ("H|Ferry returns", "T|Updated 14 March 2035, 19:00", "T|Posted on 3 March 2025", *BODY)
    assert dated(*rows).updated == "2035-03-14T19:00:00"
    assert dated(*rows, now=datetime(2025, 3, 5)).updated is None
    found = dated(*rows[::2], *BODY, now=datetime(2025, 3, 5), JSON_MODIFIED="2035-03-14T19:00:00")
    assert (found.published, found.updated) == ("2025-03-03", None)


def test_a_later_date_beside_the_first_publication_is_an_update() -> None:
    rows = ("H|Ferry returns", "T|Mon 3 Mar 2025 18.40 GMT", "T|First published on Mon 3 Mar 2025 07.00 GMT", *BODY)
    found = dated(*rows)
    assert (found.published, found.updated) == ("2025-03-03T07:00:00+00:00", "2025-03-03T18:40:00+00:00")
    far = dated(*rows[:1], rows[2], *BODY, "S|Tue 4 Mar 2025 18.40 GMT")
    assert (far.published, far.updated) == ("2025-03-03T07:00:00+00:00", None)


def test_a_month_alone_leaves_no_place_for_the_day_of_another_story() -> None:
    found = dated("H|Ferry returns", "T|March 2025", *BODY, "S|Market opens", "S .4|28 February 2025")
    assert (found.published, found.problems[0]) == (None, "a month without a day")


@pytest.mark.parametrize(("text", "published"), [("1741014720", "2025-03-03T15:12:00+00:00"), ("1970-01-01", None)])
def test_unix_times_of_the_markup(text: str, published: str | None) -> None:
    assert dated("H|Ferry returns", *BODY, JSON_PUBLISHED=text).published == published


@pytest.mark.parametrize("is_time", [True, False])
def test_the_element_of_another_line_adds_no_clock(is_time: bool) -> None:
    rows = ("H|Ferry returns", "T|3 March 2025", *BODY, "S|Market opens", "S|3 March 2025")
    element = HeadDate(DateSource.TIME, "2025-03-03T08:00:00Z", "3 March 2025")
    page = with_head(labelled(*rows), Head(dates=(element,)))
    hints = no_hints(len(page.lines))
    hints.is_time[1] = is_time
    found = build_article(replace(page, hints=hints))
    assert found.published == ("2025-03-03T08:00:00+00:00" if is_time else "2025-03-03")


def test_a_day_after_the_page_was_read_is_not_published() -> None:
    rows = ("H|Ferry returns", "T|12 March 2035, 14:20", *BODY)
    assert dated(*rows).published is not None
    found = dated(*rows, now=datetime(2025, 3, 12, 9, 0))
    assert (found.published, found.problems) == (None, ("2035-03-12 is later than when the page was read",))
    assert dated(*rows, now=datetime(2035, 3, 11, 23, 0)).published is not None
    assert dated(*rows, now=datetime.max).published is not None


@pytest.mark.parametrize(
    ("timestamp", "partial", "problem"),
    [
        ("14 February, 11:25", "--02-14T11:25", "a day without a year, and it is not known when the page was read"),
        ("16:30", "T16:30", "16:30 is a time without a day"),
        ("2 hours ago", None, "an age, and it is not known when the page was read"),
        ("Yesterday at 10:15", None, "an age, and it is not known when the page was read"),
        ("03/04/2020", None, "the day can be 2020-03-04 or 2020-04-03"),
    ],
)
def test_no_other_line_stands_in_for_a_timestamp_that_is_open(
    timestamp: str, partial: str | None, problem: str
) -> None:
    found = dated(
        "H|Ferry returns", f"T|{timestamp}", *BODY, "S|Read also", "S .4|Harbour opens", "S .4|9 November 2021"
    )
    assert (found.published, found.updated, found.published_partial) == (None, None, partial)
    assert found.problems == (problem,)
    assert found.published_raw == timestamp


def test_a_teaser_does_not_give_its_date() -> None:
    found = dated("H|Ferry returns", *BODY, "S|Read also", "S|Harbour opens", "S|9 November 2021", "S|8 November 2021")
    assert (found.published, found.source.published) == (None, "")
    assert len(found.problems) == 1
    assert "may be another story's" in found.problems[0]


@pytest.mark.parametrize(
    ("heading", "comment"),
    [
        ("Comments (1)", "Ann Weller, 3 May 2021 10:15"),
        ("1 comment", "Ann, 3 May 2021 at 10:15 am"),
        ("Leave a reply", "3 May 2021"),
        ("Conversation (2)", "3 May 2021"),
        ("2 responses to “Ferry returns”", "Ann, 3 May 2021 at 10:15 am"),
        ("Ein Gedanke zu „Die Fähre fährt wieder“", "3. Mai 2021 um 10:15"),
        ("2 respuestas a «Vuelve el ferri»", "3 mayo, 2021 a las 10:15"),
        ("Kommentare", "Anna W., 3. Mai 2021, 10:15 Uhr"),
        ("KOMENTAR (2)", "Ani Wulandari, 3 Mei 2021 10:15"),
        ("Comentarios", "Ana Weller, 3 de mayo de 2021 10:15"),
        ("Commentaires :", "Anne W., le 3 mai 2021 à 10:15"),
        ("Комментарии", "Анна, 3 мая 2021, 10:15"),
        ("ΣΧΟΛΙΑ (2)", "3 Μαΐου 2021 10:15"),  # capitals have no accents
        ("Yorumlar", "3 Mayıs 2021 10:15"),
        ("YORUMLARI GÖSTER", "3 Mayıs 2021 10:15"),
        ("Comentarii", "3 mai 2021 10:15"),
        ("コメント", "2021年5月3日 10:15"),
        ("댓글 2", "2021.05.03 10:15"),
        ("评论", "2021-05-03 10:15"),
        ("التعليقات", "3 مايو 2021 10:15"),
        ("टिप्पणियाँ", "3 मई 2021, 10:15"),
        ("ความคิดเห็น", "3 พ.ค. 2564 10:15"),
    ],
)
def test_the_date_of_a_comment_is_not_that_of_the_article(heading: str, comment: str) -> None:
    """Not even if the model takes it for a timestamp, and the page shows no other."""
    rows = ("H|Ferry returns", *BODY, "S|Share")
    found = dated(*rows, f"S|{heading}", f"T .95|{comment}", "S|So glad that it is back.")
    assert (found.published, found.updated) == (None, None)
    assert dated(*rows, f"T .95|{comment}").published is not None
    assert dated(*rows, f"T .95|{comment}", f"S|{heading}").published is not None
    assert dated("H|Ferry returns", f"S|{heading}", f"T .95|{comment}", *BODY).published is not None
    assert dated(*rows, f"S|{heading}", f"T .95|{comment}", TIME="2021-05-03T10:15").published is None
    marked = dated(*rows, f"S|{heading}", f"T .95|{comment}", JSON_PUBLISHED="2021-05-02")
    assert str(marked.published).startswith("2021-05-02")


def test_the_time_of_reading_gives_the_last_such_day() -> None:
    rows = ("H|Ferry returns", "T|14 February, 11:25", *BODY)
    assert dated(*rows, now=datetime(2024, 6, 15)).published == "2024-02-14T11:25:00"
    assert dated(*rows, now=datetime(2024, 2, 1)).published == "2023-02-14T11:25:00"


def test_a_page_brings_the_time_of_reading() -> None:
    text = (CASES / "date_noyear_ru.txt").read_text("utf-8")
    model = linesift.load()
    later = datetime(2030, 1, 1)
    for fetched, published in (
        ("2022-03-01T10:00:00Z", "2022-02-14T11:25:00"),
        ("20230301100000", "2023-02-14T11:25:00"),
        ("", "2029-02-14T11:25:00"),
    ):
        assert model.classify(Page(text, fetched=fetched)).article(later).published == published


def test_a_day_in_parts() -> None:
    found = dated("H|Ferry returns", "T|2019", "S .3|11/08", "T|17:40", *BODY)
    assert found.published == "2019-11-08T17:40:00"
    assert found.lines.published == (2, 3, 4)
    assert dated("H|Ferry returns", "T|24", "T|Jul", "T|2012", *BODY).published == "2012-07-24"


def test_a_player_is_no_clock_of_the_day_above() -> None:
    for line in ("Listen • 6:41", "00:00"):
        assert dated("H|Ferry returns", "T|21 October 2020", f"T|{line}", *BODY).published == "2020-10-21"


def test_markup_and_line_agree() -> None:
    found = dated("H|Ferry returns", "T|21 October 2020", *BODY, JSON_PUBLISHED="2020-10-21T09:20:00+02:00")
    assert (found.published, found.source.published) == ("2020-10-21T09:20:00+02:00", "both")
    found = dated("H|Ferry returns", "T|21 October 2020, 9:20", *BODY, META_PUBLISHED="2020-10-21T09:20:31+02:00")
    assert found.published == "2020-10-21T09:20:00+02:00"
    found = dated("H|Ferry returns", "T|21 October 2020, 9:20", *BODY, META_PUBLISHED="2020-10-21T07:25:00+00:00")
    assert found.published == "2020-10-21T09:20:00"


def test_markup_gives_the_day_that_the_text_hides() -> None:
    found = dated("H|Ferry returns", *BODY, JSON_PUBLISHED="2020-10-21T09:20:00Z", META_PUBLISHED="2020-10-21")
    assert (found.published, found.source.published) == ("2020-10-21T09:20:00+00:00", "markup")
    assert found.lines.published == ()
    assert 0.7 < found.confidence.published < 1


def test_markup_completes_a_day() -> None:
    found = dated("H|Ferry returns", "T|14 February, 11:25", *BODY, JSON_PUBLISHED="2021-02-14")
    assert (found.published, found.source.published) == ("2021-02-14T11:25:00", "both")
    found = dated("H|Ferry returns", "T|03/04/2020", *BODY, JSON_PUBLISHED="2020-04-03")
    assert (found.published, found.source.published) == ("2020-04-03", "both")


def test_a_contradiction_is_told() -> None:
    found = dated("H|Ferry returns", "T|21 October 2020", *BODY, JSON_PUBLISHED="2019-05-14")
    assert any("in the markup" in problem for problem in found.problems)
    found = dated("H|Ferry returns", "T|21 October 2020", *BODY, JSON_PUBLISHED="2020-10-20T23:20:00Z")
    assert not any("in the markup" in problem for problem in found.problems)


def test_updates_of_the_markup() -> None:
    first, later = "2020-10-21T09:20:00Z", "2020-10-22T10:00:00Z"
    found = dated("H|Ferry returns", "T|21 October 2020", *BODY, JSON_PUBLISHED=first, JSON_MODIFIED=later)
    assert (found.updated, found.source.updated) == ("2020-10-22T10:00:00+00:00", "markup")
    rows = ("H|Ferry returns", "T|21 October 2020", "T|Updated 22 October 2020", *BODY)
    found = dated(*rows, JSON_PUBLISHED=first, JSON_MODIFIED=later)
    assert (found.updated, found.source.updated) == ("2020-10-22T10:00:00+00:00", "both")
    assert dated("H|Ferry returns", *BODY).updated is None


def test_the_address_alone_is_no_date() -> None:
    found = dated("H|Ferry returns", *BODY, ADDRESS="https://harbour.example/2020/10/ferry")
    assert found.published is None


@pytest.mark.parametrize(
    ("path", "day", "is_month"),
    [
        ("2020/10/21/ferry", "2020-10-21", False),
        ("2020/3/9/ferry", "2020-03-09", False),
        ("news/20201021/ferry", "2020-10-21", False),
        ("news/ferry-2020-10-21", "2020-10-21", False),
        ("news/2020/10/ferry", "2020-10-01", True),
        ("news/2020/10/31415/ferry", "2020-10-01", True),
        ("news/202010/ferry", "2020-10-01", True),
        ("news/2020/ferry?at=2020/10/21/", None, False),
        ("news/12020/10/ferry", None, False),
        ("ferry#2020-10-21", None, False),
    ],
)
def test_the_day_of_an_address(path: str, day: str | None, is_month: bool) -> None:
    """A day between strokes was read as its month alone."""
    for start in ("https://harbour.example", "//harbour.example", "https://2019-05-14.example", ""):
        claims = read_claims(None, f"{start}/{path}", Context)
        assert [(f"{claim.day}", claim.is_month) for claim in claims] == ([] if day is None else [(day, is_month)])


def test_an_address_that_cannot_be_split_has_no_day() -> None:
    assert read_claims(None, "http://[a/2020/10/21/ferry", Context) == ()


def test_a_date_in_the_title_is_the_articles() -> None:
    page = read_html(f"""<title>Ferry returns – 14.05.2019 - The Harbour</title><h1>Ferry returns – 14.05.2019</h1>
        <p>Section 12 of the Ferries Act of 3 March 1980 does not apply, the court said on 9.9.2018.</p>
        {"".join(f"<p>{line.partition('|')[2]}</p>" for line in BODY)}<p>© 2024 The Harbour</p>""").page
    assert linesift.load().classify(page).article().published == "2019-05-14"


def test_a_clock_in_a_title_attribute() -> None:
    page = read_html(f"""<title>Ferry returns</title><h2 class="date"><span>Monday, April 25, 2011</span></h2>
        <h3>Ferry returns</h3>{"".join(f"<p>{line.partition('|')[2]}</p>" for line in BODY)}
        <div>Posted by Ann at <abbr title="2011-04-25T00:23:00-04:00">12:23:00 AM</abbr></div>""").page
    lines = labelled("T|Monday, April 25, 2011", "H|Ferry returns", *BODY, "S|Posted by Ann at 12:23:00 AM")
    assert list(lines.lines) == page.lines
    found = build_article(replace(lines, hints=page.hints, head=page.head))
    assert found.published == "2011-04-25T00:23:00"


def test_facts_of_the_markup() -> None:
    head = Head(
        title="Ferry returns | The Harbour",
        author="Ann Lee",
        lang="en-GB",
        site_name="The Harbour",
        og_title="Ferry returns",
    )
    page = labelled("S|The Harbour", "H|Ferry returns", "S|By Ann Lee", *BODY)
    found = build_article(with_head(page, head))
    assert (found.author, found.language, found.site_name) == ("Ann Lee", "en", "The Harbour")
    assert {found.source.author, found.source.language, found.source.site_name, found.source.headline} == {"both"}
    found = build_article(with_head(labelled(*BODY), replace(head, og_title="Ferry returns | The Harbour")))
    assert (found.headline, found.source.headline) == ("Ferry returns", "markup")
    assert (found.source.author, found.source.site_name) == ("markup", "markup")
    assert not found.text.startswith("Ferry returns")
    assert build_article(with_head(labelled("S|Menu"), head)).author == ""


def test_facts_of_plain_text() -> None:
    found = build_article(labelled("H|Ferry returns", *BODY))
    assert (found.language, found.source.language, found.source.headline) == ("en", "line", "line")
    assert (found.author, found.site_name, found.source.author) == ("", "", "")


def test_other_dates_of_a_page_count_by_their_day() -> None:
    shown = {"2020-10-21": (0.9, 0.6), "2020-10-22": (0.8,), "2020-10-23": (0.3, 0.7), "2020-10-24": (0.2,)}
    rows = [f"S {sure}|Harbour {day}" for day, all_sure in shown.items() for sure in all_sure]
    found = find_days(labelled("H|Ferry returns", *BODY, *rows), Context())
    assert [f"{each.day}" for each in found] == [day for day, all_sure in shown.items() for _ in all_sure]
    own = [math.log(sure / (1 - sure)) for all_sure in shown.values() for sure in all_sure]
    for each, logit in zip(found, own, strict=True):
        other = max(two for one, two in zip(found, own, strict=True) if one.day != each.day)
        assert each.features[_SURE] == pytest.approx(logit - other, abs=1e-5)
        assert each.features["later days"] == math.log1p(sum(day > f"{each.day}" for day in shown))


def test_dates_of_one_line_are_no_rivals() -> None:
    """The second date of a line counted against the first: "Published ..., updated ..."."""
    sure = {}
    for line in ("T .9|Published 1 May 2020", "T .9|Published 1 May 2020, updated 3 May 2020"):
        found = find_days(labelled("H|Ferry returns", line, *BODY, "S .3|5 May 2020", "S .2|3 May 2020"), Context())
        sure[line] = [each.features[_SURE] for each in found if each.stamp is not None and each.stamp.lines == (1,)]
    one, both = sure.values()
    assert both == pytest.approx(one * 2)
    assert one == pytest.approx([math.log(0.9 / 0.1)], abs=1e-5)


def test_a_line_of_an_update_stays_one_where_its_day_is_not_published() -> None:
    found = dated("H|Ferry returns", *BODY, "T .6|Last updated: 14 May 2021, 10:15")
    assert (found.published, found.updated) == (None, "2021-05-14T10:15:00")
    assert found.problems == ("only the date of an update is given",)
    assert (found.source.updated, found.lines.updated, found.lines.published) == ("line", (4,), ())
    found = dated("H|Ferry returns", "S .48|3 May 2021", *BODY, "T .5|Last updated: 14 May 2021")
    assert (found.published, found.updated) == (None, "2021-05-14")
    assert found.problems == ("2021-05-03 stands on line 2 and may be another story's; not taken",)
    found = dated("H|Ferry returns", *BODY, "S|3 May 2021", "S|Last updated: 14 May 2021")
    assert (found.published, found.updated) == (None, None), "another story can have been updated, too"


def test_the_markup_tells_an_update_from_an_earlier_publication() -> None:
    """The line that was changed last is called neither on many pages; the markup knows both days."""
    page = labelled("H|Ferry returns", "T|2 May 2024", *BODY, "T|Updated 3 May 2024", "S|4 May 2024")
    dates = (
        HeadDate(DateSource.META_PUBLISHED, "2024-04-01"),
        HeadDate(DateSource.META_MODIFIED, "2024-05-02"),
    )
    for known, told in ((dates, [2, 3]), (dates[1:], [])):
        found = find_days(with_head(page, Head(dates=known)), Context())
        assert [each.day.day for each in found if each.features.get(_EARLIER)] == told


@pytest.mark.parametrize("is_html", [False, True])
def test_likelihood_grows_with_the_label(is_html: bool) -> None:
    likelihood = read_likelihood(is_html=is_html)
    assert likelihood.slope > 0
    unsure, sure = (Candidate(date(2024, 1, 1), None, (), {_SURE: value}) for value in (-5.0, 5.0))
    assert 0 < likelihood.probability(unsure) < likelihood.probability(sure) < 1
    assert 0.5 < likelihood.least < 1


@pytest.mark.parametrize("name", sorted(path.name.partition(".")[0] for path in CASES.glob("*.expected.json")))
def test_dates_of_cases(name: str) -> None:
    """Small invented pages whose date came out wrong once, labelled by the shipped model."""
    expected = json.loads((CASES / f"{name}.expected.json").read_text("utf-8"))
    html = CASES / f"{name}.html"
    page = read_html(html.read_bytes()).page if html.is_file() else Page((CASES / f"{name}.txt").read_text("utf-8"))
    found = linesift.load().classify(page).article()
    assert {part: getattr(found, part) for part in ("published", "updated") if part in expected} == {
        part: expected[part] for part in ("published", "updated") if part in expected
    }


@given(st.lists(st.text(st.sampled_from("2019/.-|• 年元〇二x"), max_size=12) | st.just("x" * 290 + "2019"), max_size=6))
def test_lines_with_days_are_those_with_their_digits(lines: list[str]) -> None:
    """The lines of a page are searched at once."""
    has_day = re.compile(r"\d{4}|\d[./\-•|]\s?\d\d?[./\-•|]\s?\d\d|[〇二]{4}年|元年")
    page = labelled(*(f"S|{line}" for line in lines))
    expected = [index for index, line in enumerate(lines) if len(line) <= MAX_LINE and has_day.search(line)]
    assert list(_lines_with_days(page)) == expected
