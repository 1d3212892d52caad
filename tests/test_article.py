"""Articles from labelled lines: dates chosen among several, line numbers, entries of live pages."""

import math
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.article.article import Article, Brief, build_article, build_brief
from linesift.article.entries import Entry
from linesift.article.evidence import add_evidence, find_order
from linesift.article.lines import LabelledLines
from linesift.article.parts import Part, PartKind
from linesift.dates.context import Context, Order
from linesift.hints import TAGS, Head, no_hints
from linesift.labels import LABELS, Label

LETTERS = {"H": Label.HEADLINE, "T": Label.TIMESTAMP, "B": Label.BODY, "S": Label.SIDEBAR}


def labelled(*rows: str) -> LabelledLines:
    """Rows such as `T .8|21 October 2020`: label, probability of a timestamp (.9 or .05 if not given), text."""
    lines, labels, probabilities = [], list[Label | None](), []
    for row in rows:
        head, _, text = row.partition("|")
        letter, _, probability = head.partition(" ")
        label = LETTERS.get(letter)
        lines.append(text)
        labels.append(label)
        timestamp = float(probability) if probability else 0.9 if label is Label.TIMESTAMP else 0.05
        rest = np.full(len(LABELS), (1 - timestamp) / 3, np.float32)
        rest[Label.TIMESTAMP.column] = timestamp
        probabilities.append(rest if label else np.zeros(len(LABELS), np.float32))
    return LabelledLines(lines, labels, np.array(probabilities).reshape(-1, len(LABELS)))


def article(*rows: str, now: date | None = None) -> Article:
    return build_article(labelled(*rows), now=now)


def test_parts_and_their_lines() -> None:
    found = article(
        "S|News", "", "H| Ferry returns ", "T|Published 21 October 2020, 09:20 WIB", "B|One.", "", "B| Two.",
        "T|Updated 22 October 2020",
    )  # fmt: skip
    assert found.headline == "Ferry returns"
    assert found.body == (Part(PartKind.PARAGRAPH, "One."), Part(PartKind.PARAGRAPH, "Two."))
    assert (found.published, found.updated) == ("2020-10-21T09:20:00+07:00", "2020-10-22")
    assert found.published_raw == "Published 21 October 2020, 09:20 WIB"
    assert found.lines.headline == (3,)
    assert found.lines.published == (4,)
    assert found.lines.updated == (8,)
    assert found.lines.body == (5, 7)
    assert found.text == "Ferry returns\n\n" + found.timestamp + "\n\nOne.\n\nTwo."
    assert 0.8 < found.confidence.published < 1
    assert math.isnan(found.confidence.kind)


def test_the_likelier_line_wins() -> None:
    found = article(
        "H|Ferry returns", "T .3|The old ferry, seen on 3 May 2019 in the harbour", "T .8|21 October 2020", "B|One."
    )
    assert found.published == "2020-10-21"
    assert found.lines.published == (3,)


def test_of_two_days_on_a_line_the_later_is_the_update() -> None:
    found = article("H|Ferry returns", "T|22 October 2020 21 October 2020 by Ann Lee", "B|One.")
    assert (found.published, found.updated) == ("2020-10-21", "2020-10-22")


def test_a_line_without_the_label_has_to_be_as_sure_as_a_timestamp() -> None:
    found = article("S|News", "H|Ferry returns", "S .2|21 October 2020", "B|One.")
    assert article("S|News", "H|Ferry returns", "T|21 October 2020", "B|One.").published == "2020-10-21"
    assert (found.published, found.published_raw, found.timestamp) == (None, "", "")
    assert found.problems == ("2020-10-21 stands on line 3 and may be another story's; not taken",)


def test_a_page_without_an_article_has_no_date() -> None:
    found = article("S|News", "S|21 October 2020", "S|Contact")
    assert repr(found) == repr(Article())  # nan is not equal to nan


def test_an_earlier_date_near_an_update_is_the_publication() -> None:
    rows = (
        "H|Ferry returns",
        "T .6|20 October 2020 Ann Lee Write a comment",
        "T .99|Updated 21 October 2020",
        "B|One.",
    )
    found = article(*rows)
    assert (found.published, found.updated) == ("2020-10-20", "2020-10-21")


def test_only_an_update_is_told() -> None:
    found = article("H|Ferry returns", "T|Last updated: 21 October 2020", "B|One.")
    assert (found.published, found.updated) == (None, "2020-10-21")
    assert found.problems == ("only the date of an update is given",)


def test_a_day_that_cannot_be_read_keeps_its_line() -> None:
    found = article("H|Ferry returns", "T|03/04/2020", "B|The ferry and the harbour of the town.")
    assert found.published is None
    assert found.published_raw == "03/04/2020"
    assert found.problems == ("the day can be 2020-03-04 or 2020-04-03",)
    assert math.isnan(found.confidence.published)


@pytest.mark.parametrize(
    ("other", "published"),
    [
        ("S|See you on 25/04/2020", "2020-04-03"),
        ("S|See you on 04/25/2020", "2020-03-04"),
        ("B|On Friday, 3 April 2020, the ferry was full.", "2020-04-03"),
        ("B|Le bac et le port de la ville sont dans une tempête pour des jours, et que les gens qui le", "2020-04-03"),
    ],
)
def test_the_page_decides_on_the_order(other: str, published: str) -> None:
    assert article("H|X", "T|03/04/2020", "B|One.", other).published == published


def test_the_page_decides_on_the_calendar() -> None:
    body = "B|کشتی به بندر برگشت و مردم شهر چشم به راه بودند که گزارش پخش شود"
    assert article("H|بندر", "T|1399/07/30", body).published == "2020-10-21"


def test_a_clock_on_the_next_line_belongs_to_the_day() -> None:
    found = article("H|X", "T|21 October 2020", "", "T|09:20 WIB", "B|One.")
    assert found.published == "2020-10-21T09:20:00+07:00"
    assert found.lines.published == (2, 4)


def test_a_word_above_says_what_a_date_is() -> None:
    found = article("H|X", "S|Published", "T|21 October 2020", "S|Last updated:", "T|22 October 2020", "B|One.")
    assert (found.published, found.updated) == ("2020-10-21", "2020-10-22")


def test_ages_with_now() -> None:
    rows = ("H|X", "T|2 hours ago", "B|One.")
    assert article(*rows).published is None
    assert article(*rows, now=datetime.fromisoformat("2024-06-15T12:00Z")).published == "2024-06-15T10:00:00+00:00"


def test_now_may_be_a_day_and_nothing_else() -> None:
    rows = ("H|X", "T|yesterday", "B|One.")
    assert article(*rows, now=date(2024, 6, 15)).published == "2024-06-14"
    with pytest.raises(TypeError, match=r"now has to be a datetime or a date, not str; see datetime\.fromiso"):
        article(*rows, now="2024-06-15")  # type: ignore[arg-type]


def test_entries_of_a_live_page() -> None:
    rows = (
        "H|Live",
        "T|21 October 2020",
        "B|All of the day.",
        "T|11:05",
        "B|Third.",
        "B|More.",
        "T|10:20",
        "B|Second.",
    )
    found = article(*rows, "B|9.05 am: too loose", "B|08:40 – First.")
    assert found.entries == (
        Entry("2020-10-21T11:05:00", "", "Third.\nMore.", 4),
        Entry("2020-10-21T10:20:00", "", "Second.\n9.05 am: too loose", 7),
        Entry("2020-10-21T08:40:00", "", "First.", 10),
    )
    assert [part.text for part in found.body if part.kind is PartKind.ENTRY] == ["11:05", "10:20"]
    assert found.timestamp == "21 October 2020"
    assert (found.published, found.updated) == ("2020-10-21T08:40:00", "2020-10-21T11:05:00")
    assert build_article(labelled(*rows), kind="article").entries == ()
    assert article(*rows).entries == ()


def live(*rows: str) -> list[tuple[str, str, str]]:
    return [(entry.time, entry.title, entry.text) for entry in article("H|Live", *rows).entries]


def test_titles_of_entries() -> None:
    assert live(
        "T|21 October 2020",
        "B|All of the day.",
        "T|11:05",
        "B|The harbour is open",
        "B|The ferry sails again.",
        "B|11.02 Uhr: Die Fähre fährt",
        "B|Sie fährt wieder.",
        "B|Ore 10:20 - Tutti fermi.",
        "B|8:10 AM: Not a title, no more lines",
    ) == [
        ("2020-10-21T11:05:00", "The harbour is open", "The ferry sails again."),
        ("2020-10-21T11:02:00", "Die Fähre fährt", "Sie fährt wieder."),
        ("2020-10-21T10:20:00", "", "Tutti fermi."),
        ("2020-10-21T08:10:00", "", "Not a title, no more lines"),
    ]


def test_the_heading_above_a_time_is_the_title_of_its_entry() -> None:
    rows = ["H|Live", "T|21 October 2020", "B|All.", "B|Gates shut", "T|11:42", "B|One.", "B|Fish rescued", "T|10:15"]
    page = labelled(*rows, "B|Two.", "B|The pump starts", "T|09:05", "B|Three.", "B|Four.")
    hints = no_hints(len(page.lines))
    hints.tag[:] = TAGS.index("p")
    assert build_article(replace(page, hints=hints)).entries[1] == Entry(
        "2020-10-21T10:15:00", "", "Two.\nThe pump starts", 8
    )
    hints.tag[[3, 6, 9]] = TAGS.index("h3")
    assert build_article(replace(page, hints=hints)).entries == (
        Entry("2020-10-21T11:42:00", "Gates shut", "One.", 4),
        Entry("2020-10-21T10:15:00", "Fish rescued", "Two.", 7),
        Entry("2020-10-21T09:05:00", "The pump starts", "Three.\nFour.", 10),
    )


def test_entries_of_several_days() -> None:
    newest_first = ("T|Updated 22 October 2020, 9:05", "B|All.", "T|9:05", "B|D.", "T|7:00", "B|C.", "T|22:15", "B|B.")
    assert [time for time, *_ in live("T|Published 21 October 2020, 20:00", *newest_first, "T|20:00", "B|A.")] == [
        "2020-10-22T09:05:00", "2020-10-22T07:00:00", "2020-10-21T22:15:00", "2020-10-21T20:00:00",
    ]  # fmt: skip
    oldest_first = ("T|20:00", "B|A.", "T|22:15", "B|B.", "T|22:30", "B|C.", "T|0:30", "B|D.")
    assert [time for time, *_ in live("T|Published 21 October 2020, 20:00", "B|All.", *oldest_first)] == [
        "2020-10-21T20:00:00", "2020-10-21T22:15:00", "2020-10-21T22:30:00", "2020-10-22T00:30:00",
    ]  # fmt: skip


def test_the_date_above_older_entries_is_an_update() -> None:
    rows = ("T|21 October 2020, 20:40", "B|All.", "T|20:30", "B|C.", "T|18:05", "B|B.", "T|17:20", "B|A.")
    found = article("H|Live", *rows)
    assert (found.published, found.updated) == ("2020-10-21T17:20:00", "2020-10-21T20:40:00")
    assert found.lines.updated == (2,)


def test_entries_before_the_publication_have_no_day() -> None:
    rows = ("T|Published 21 October 2020, 22:15", "B|All.", "T|16:30", "B|C.", "T|14:05", "B|B.", "T|10:20", "B|A.")
    found = article("H|Live", *rows)
    assert [entry.time for entry in found.entries] == ["16:30", "14:05", "10:20"]
    assert (found.published, found.updated) == ("2020-10-21T22:15:00", None)


def test_an_age_begins_an_entry_without_a_time() -> None:
    rows = (
        "T|Updated 21 October 2020, 20:40",
        "B|All.",
        "T|22 minutes ago",
        "B|C.",
        "T|1h ago",
        "B|B.",
        "T|3h ago",
        "B|A.",
    )
    assert [time for time, *_ in live(*rows)] == ["", "", ""]
    found = article("H|Live", *rows, now=datetime.fromisoformat("2020-10-21T21:00"))
    assert [entry.time for entry in found.entries] == [
        "2020-10-21T20:38:00", "2020-10-21T20:00:00", "2020-10-21T18:00:00",
    ]  # fmt: skip
    assert (found.published, found.updated) == ("2020-10-21T18:00:00", "2020-10-21T20:40:00")


def test_a_word_above_the_first_time_is_of_the_entry() -> None:
    found = article(
        "H|Live", "T|21 October 2020", "B|All.", "T|today", "T|11:05", "B|C.", "T|10:20", "B|B.", "T|9:01", "B|A."
    )
    assert found.timestamp == "21 October 2020"
    assert [part.text for part in found.body] == ["All.", "today", "11:05", "C.", "10:20", "B.", "9:01", "A."]


def test_a_page_without_a_body_has_no_article() -> None:
    found = article("S|News", "H|A teaser", "T|21 October 2020 22 October 2020", "S|Contact")
    assert (found.headline, found.published, found.body, found.text) == ("", None, (), "")
    assert found.problems == ("a headline without a body is no article",)


def test_an_article_that_is_printed_twice_is_given_once() -> None:
    rows = (
        "B|" + "The ferry sails again after a week of repairs. " * 4,
        "B|Short.",
        "B|" + "The harbour is full. " * 9,
    )
    page = labelled("H|Ferry", *rows, "S|Share", *rows, "B|The end.")
    found = build_article(page)
    assert [part.text for part in found.body] == [*(row[2:].strip() for row in rows), "The end."]
    assert found.lines.body == (2, 3, 4, 9)
    assert build_brief(page).body == tuple(part.text for part in found.body)


def test_refrains_are_given_each_time() -> None:
    song = ("B|Row, row, row your boat", "B|Gently down the stream", "B|Merrily, merrily, merrily, merrily") * 8
    assert len(article(*song).body) == 24


def test_the_brief_of_a_page_has_the_parts_of_its_article() -> None:
    page = labelled("H|Live", "T|21 October 2020", "T|11:05", "B|C.", "S|More", "T|10:20", "B|B.", "T|09:01", "B|A.")
    texts = ("11:05", "C.", "10:20", "B.", "09:01", "A.")
    assert build_brief(page) == Brief("Live", "2020-10-21T09:01:00", "2020-10-21T11:05:00", texts)
    assert build_brief(labelled("H|A teaser", "T|21 October 2020")) == Brief()


def test_entries_with_days_that_stay_open() -> None:
    found = article("H|Live", "T|21 October 2020", "T|03/04/2020 11:05", "B|C.", "T|10:20", "B|B.", "T|09:01", "B|A.")
    assert [entry.time for entry in found.entries] == ["11:05", "2020-10-21T10:20:00", "2020-10-21T09:01:00"]


def test_entries_keep_the_clock_where_the_day_is_open() -> None:
    found = article("H|Live", "T|11:05", "B|Three.", "T|10:20", "B|Two.", "T|09:01", "B|One.")
    assert [entry.time for entry in found.entries] == ["11:05", "10:20", "09:01"]


def test_the_day_of_all_entries_does_not_take_the_clock_of_the_first() -> None:
    rows = ("B|Three.", "T|10:20", "B|Two.", "T|09:01", "B|One.")
    found = article("H|Live", "T|21 October 2020", "T|11:05", *rows)
    assert [entry.time[-8:-3] for entry in found.entries] == ["11:05", "10:20", "09:01"]
    assert (found.published, found.updated) == ("2020-10-21T09:01:00", "2020-10-21T11:05:00")
    for head in (("T|Published 21 October 2020", "T|11:05"), ("T|21 October 2020", "T|08:55")):
        found = article("H|Live", *head, "B|It is on.", "T|10:20", "B|Three.", "T|10:01", "B|Two.", "T|09:01", "B|One.")
        assert [entry.title or entry.text for entry in found.entries] == ["Three.", "Two.", "One."]


def test_order_of_days_and_months() -> None:
    assert find_order("12/25/2020 and 13.04.2020") is Order.UNKNOWN
    assert add_evidence(["12/25/2020"], Context()).order is Order.MONTH_FIRST


@given(
    st.lists(
        st.tuples(st.sampled_from("HTBS"), st.text(st.characters(exclude_characters="\n"), max_size=40)), max_size=8
    ),
    st.sampled_from([None, datetime(2024, 6, 15)]),
)
def test_any_page_gives_an_article(rows: list[tuple[str, str]], now: datetime | None) -> None:
    page = labelled(*(f"{letter if text.strip() else ''}|{text}" for letter, text in rows))
    found = build_article(page, now=now)
    texts = tuple(part.text for part in found.body)
    assert build_brief(page, now=now) == Brief(found.headline, found.published, found.updated, texts)
    assert found.published is None or date.fromisoformat(found.published[:10])
    assert found.updated is None or found.published is not None


@pytest.mark.parametrize(
    ("lang", "body", "language"),
    [
        ("hr", "Guverner je najavio da će stope ostati iste i da će vlada predložiti novi zakon", "hr"),
        ("en", "Паром портқа қайтып келді, тұрғындар өте қуанышты", "kk"),
        ("en", "नौका बंदरगाह", ""),
        ("ckb", "کەشتییەکە گەڕایەوە بۆ بەندەر و خەڵکەکە دڵخۆشن", "ckb"),
        ("cz", "Loď se vrátila do přístavu", "cs"),
        ("eng", "Boat", "en"),
    ],
)
def test_the_declared_language_and_that_of_the_text(lang: str, body: str, language: str) -> None:
    page = labelled("H|Ferry", f"B|{body}")
    found = build_article(replace(page, hints=no_hints(len(page.lines)), head=Head(lang=lang)))
    assert found.language == language


@pytest.mark.parametrize(
    ("headline", "title", "source"),
    [("की", "का", "line"), ("???", "Ferry returns", "line"), ("Ferry returns", "—", "line"), ("...", "...", "line")],
)
def test_other_titles_do_not_agree(headline: str, title: str, source: str) -> None:
    page = labelled(f"H|{headline}", "B|It is back.")
    found = build_article(replace(page, hints=no_hints(len(page.lines)), head=Head(title=title)))
    assert found.source.headline == source


def test_punctuation_does_not_part_the_headline_from_its_title() -> None:
    page = labelled("H|“Ferry” returns – at last", "B|It is back.")
    head = Head(title='"Ferry" returns - at last | Coast Post')
    found = build_article(replace(page, hints=no_hints(len(page.lines)), head=head))
    assert found.source.headline == "both"
