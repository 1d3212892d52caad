"""Date lines of many languages to moments; the lines stand in `data/moments.tsv`."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dating import DateLine, Outcome, outcome, read_date_lines
from linesift.dates import tokens
from linesift.dates.calendars import FIRST_YEAR, LAST_YEAR
from linesift.dates.context import Context, Order
from linesift.dates.moment import Moment, Role, read_instant, read_moments
from linesift.dates.names import ANY, WordKind, fold, lower, read_words
from linesift.dates.tokens import MAX_LENGTH

ROOT = Path(__file__).parent / "data"
LINES = read_date_lines(ROOT / "moments.tsv")
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


def first_iso(row: DateLine) -> str | None:
    languages = frozenset([row.lang]) if row.lang else ANY
    found = read_moments(row.line, Context(languages, now=row.now))
    return found[0].iso if found else None


def only(line: str, *languages: str) -> Moment:
    found = read_moments(line, Context(frozenset(languages)))
    assert len(found) == 1
    return found[0]


def test_lines_of_many_languages() -> None:
    found = [(row, outcome(row.expected, first_iso(row))) for row in LINES]
    assert not [row.line for row, result in found if result is Outcome.WRONG]
    assert not [row.line for row, result in found if result in (Outcome.LESS, Outcome.REFUSED)]
    assert len(LINES) >= 400
    assert len({row.lang for row in LINES if row.lang}) >= 75


def test_ages_of_many_languages() -> None:
    now, found, expected = datetime(2026, 3, 4, 12), [], []
    for row in (ROOT / "age_lines.tsv").read_text("utf-8").splitlines()[2:]:
        language, line, ago = row.split("\t")
        (moment,) = read_moments(line, Context(frozenset([language]), now=now))
        found.append((line, moment.iso))
        number, unit = ago.split()
        when = now - (timedelta(minutes=int(number)) if unit == "min" else timedelta(int(number)))
        expected.append((line, when.isoformat() if unit == "min" else when.date().isoformat()))
    assert found == expected
    assert len(found) > 400


def test_patterns_of_cldr() -> None:
    """Lines that were made for something else: each locale's patterns, filled with 21 October 2024, 9:20."""
    rows = (ROOT / "date_lines.tsv").read_text("utf-8").split("\n")
    lines = [row.split("\t") for row in rows if "\tCLDR " in row]
    now = datetime(2024, 10, 21, 12, 20)
    for line, parts, _, language, origin, _ in lines:
        found = read_moments(line, Context(frozenset([language.partition("_")[0]]), now=now))
        has_clock = origin.endswith("ago") or "clock" in parts or "dotted" in parts
        assert [moment.iso for moment in found] == ["2024-10-21T09:20:00" if has_clock else "2024-10-21"], line
    assert len(lines) > 200


def test_each_language_reads_its_own_names() -> None:
    for name, meanings in read_words().meanings.items():
        for meaning in meanings:
            for language in meaning.languages:
                if meaning.kind is WordKind.MONTH:
                    for line in (f"21 {name} 2020", f"{name} 21, 2020", f"2020 {name} 21"):
                        assert only(line, language) == Moment(date(2020, int(meaning.value), 21)), line
                elif meaning.kind is WordKind.WEEKDAY:
                    line = f"{name}, {18 + int(meaning.value)}.10.2020"
                    assert only(line, language) == Moment(date(2020, 10, 18 + int(meaning.value))), line


DATE_PARTS = [
    *("21", "10", "3", "2020", "20", "1399", "10月", "21日", "2020年", "9:20", "9.20", "+0530"),
    *("October", "ottobre", "Mon", "am", "GMT", "IST", "updated", "yesterday", "2 hours ago", "by"),
    *("/", ".", "-", ",", " ", "  "),
]


@given(st.lists(st.sampled_from(DATE_PARTS) | st.text(max_size=8), max_size=12).map("".join))
@settings(derandomize=True, max_examples=500)
def test_what_is_missing_is_explained(line: str) -> None:
    """A moment has a day or a clock or says why not, and a day only if there is no choice of days."""
    for moment in read_moments(line, Context(now=datetime(2024, 6, 15, 12))):
        assert moment.day or moment.clock or moment.problems
        assert moment.day is None or not (moment.choices or (moment.is_open and moment.clock is None))
        assert moment.day is None or FIRST_YEAR <= moment.day.year <= LAST_YEAR
        assert len(moment.choices) != 1
        assert list(moment.choices) == sorted(set(moment.choices))
        if moment.iso is not None:
            read = datetime.fromisoformat(moment.iso)
            assert (read.date(), read.timetz()) == (moment.day, moment.clock or time())


@given(DAYS, st.times(), st.sampled_from(["", "Z", "+07:00", "-03:30"]))
def test_iso_comes_back(day: date, clock: time, offset: str) -> None:
    written = f"{day.isoformat()}T{clock.isoformat('seconds')}"
    assert only(written + offset).iso == written + offset.replace("Z", "+00:00")


@given(DAYS)
def test_numbers_without_a_language_are_refused_unless_they_are_sure(day: date) -> None:
    found = only(f"{day:%d/%m/%Y}")
    assert found.day in (None, day)
    assert (found.day is None) == (day.day <= 12 and day.day != day.month)
    assert found.is_open == (found.day is None)


@given(DAYS)
def test_order_of_the_page(day: date) -> None:
    line = f"{day:%d/%m/%Y}"
    assert read_moments(line, Context(order=Order.DAY_FIRST))[0].day == day
    assert read_moments(line, Context(frozenset(["fr"])))[0].day == day
    assert read_moments(f"{day:%m/%d/%Y}", Context(order=Order.MONTH_FIRST))[0].day == day


@pytest.mark.parametrize("text", ["1741014000", "1741014000000", " 1741014000 "])
def test_a_unix_time_is_read_in_utc(text: str) -> None:
    assert read_instant(text) == datetime(2025, 3, 3, 15, tzinfo=UTC)


def test_twelve_digits_are_a_day_and_its_clock() -> None:
    assert read_instant("202405011230") == datetime(2024, 5, 1, 12, 30)


def test_a_unix_time_may_be_early() -> None:
    assert read_instant("999999999") == read_instant("0999999999000") == datetime(2001, 9, 9, 1, 46, 39, tzinfo=UTC)


@pytest.mark.parametrize("text", ["17410140000", "174101400000000", "gestern", "03/04/2025 15:00", "", "nan"])
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    assert read_instant(text) is None


def test_a_weekday_that_contradicts_is_told() -> None:
    found = only("Thursday, 21 October 2020")
    assert found.day == date(2020, 10, 21)
    assert found.problems == ("Thursday in the text, but 2020-10-21 is a Wednesday",)


def test_short_words_of_other_languages_are_no_weekdays() -> None:
    """ "on", "den" and "min" are weekdays in Norwegian, Luxembourgish and Indonesian."""
    for line in ("Posted on 19 October 2020", "Hamburg, den 22.12.2022", "5 min. 1 November 2023"):
        assert only(line).problems == ()
        assert only(line, "en", "de").problems == ()
    assert only("min, 1 November 2023", "id").problems == ("Sunday in the text, but 2023-11-01 is a Wednesday",)


def test_a_weekday_decides_between_day_and_month() -> None:
    assert only("Tuesday 10/03/2020").day == date(2020, 3, 10)
    assert only("Saturday 10/03/2020").day == date(2020, 10, 3)
    assert only("Sunday Times 10/05/2020").day is None


def test_languages_decide_between_months() -> None:
    assert only("21 listopada 2020", "hr").day == date(2020, 10, 21)
    assert only("21 listopada 2020", "pl").day == date(2020, 11, 21)
    assert only("21 listopada 2020").choices == (date(2020, 10, 21), date(2020, 11, 21))


@pytest.mark.parametrize(
    ("line", "language", "offset"),
    [
        ("21 October 2020, 09:20 IST", "en", None),
        ("21 अक्टूबर 2020, 09:20 IST", "hi", "+05:30"),
        ("21 באוקטובר 2020, 09:20 IST", "he", "+02:00"),
        ("2020-10-21 09:20 CST", "zh", "+08:00"),
        ("2020-10-21 09:20 CST", "en", "-06:00"),
        ("2020-10-21 09:20 CST", "de", None),
        ("21 October 2020 09:20 BST", "en", "+01:00"),
        ("21 January 2020 09:20 BST", "en", None),
        ("21 January 2020 09:20 ET", "en", "-05:00"),
    ],
)
def test_zones_of_several_meanings(line: str, language: str, offset: str | None) -> None:
    found = only(line, language)
    assert found.iso == f"{found.day}T09:20:00{offset or ''}"
    assert bool(found.problems) == (offset is None)


def test_no_zone_no_offset() -> None:
    assert only("Publié le 21 octobre 2020 à 9h20 et corrigé").iso == "2020-10-21T09:20:00"
    assert only("21 October 2020 09:20 - 10:15").iso == "2020-10-21T09:20:00"


def test_roles() -> None:
    found = read_moments("Published 21 Oct 2020 09:20, updated 22 Oct 2020 10:15")
    assert [(moment.role, moment.iso) for moment in found] == [
        (Role.PUBLISHED, "2020-10-21T09:20:00"),
        (Role.UPDATED, "2020-10-22T10:15:00"),
    ]
    found = read_moments("2020年10月21日公開、2020年10月22日更新")
    assert [moment.role for moment in found] == [Role.PUBLISHED, Role.UPDATED]
    found = read_moments("21 October 2020 09:20 (updated 11:45)")
    assert [moment.iso for moment in found] == ["2020-10-21T09:20:00", "2020-10-21T11:45:00"]


def test_other_calendars() -> None:
    assert only("4 ربيع الأول 1442 هـ").day == date(2020, 10, 21)
    assert "Umm al-Qura" in only("4 ربيع الأول 1442 هـ").problems[0]
    assert only("19 Rabiul Awal 1442 H / 5 November 2020, 09:20 WIB", "id") == only("5 November 2020, 09:20 WIB", "id")
    assert only("1399/07/30", "fa").day == date(2020, 10, 21)
    assert only("1399/07/30").day is None
    assert only("२०७७ कात्तिक ५", "ne").problems == ("the nepali calendar is not converted",)


@pytest.mark.parametrize("age", ["900000 days ago", "99999999999999999999 weeks ago"])
def test_ages_from_before_the_calendar(age: str) -> None:
    (found,) = read_moments(age, Context(now=datetime(2024, 6, 15, tzinfo=UTC)))
    assert (found.iso, found.problems) == (None, ("an age from before the calendar begins",))
    assert read_moments("2 hours ago", Context(now=datetime.min))[0].iso is None


def test_the_calendar_ends_for_the_zone_of_a_line_too() -> None:
    now = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)
    (found,) = read_moments("Hari ini, 05:30 WIB", Context(languages=frozenset(["id"]), now=now))
    assert found.iso == "9999-12-31T05:30:00+07:00"


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("4 hours ago", Role.UNKNOWN),
        ("Updated 4 hours ago", Role.UPDATED),
        ("Diperbarui 4 jam yang lalu", Role.UPDATED),
        ("Published 4 hours ago", Role.PUBLISHED),
        ("Ann Lee, 4 hours ago", Role.UNKNOWN),
    ],
)
def test_an_age_has_the_role_that_its_line_names(line: str, role: Role) -> None:
    (found,) = read_moments(line, Context(now=datetime(2025, 3, 3, 14, 0)))
    assert found.role is role


@pytest.mark.parametrize(
    "line",
    [
        "3 March 2025, updated at 14:01",
        "Posted on 3 March 2025 | Updated 14:01",
        "3 Maret 2025, diperbarui 14.01 WIB",
        "3. März 2025, aktualisiert um 14:01 Uhr",
    ],
)
def test_the_clock_of_an_update_is_not_that_of_the_day_before_it(line: str) -> None:
    first, second = read_moments(line)
    assert (first.day, first.clock) == (date(2025, 3, 3), None)
    assert (second.day, second.role) == (date(2025, 3, 3), Role.UPDATED)
    assert second.clock is not None
    assert (second.clock.hour, second.clock.minute) == (14, 1)


READ_AT = datetime(2025, 3, 5, 14, 0)


@pytest.mark.parametrize(
    "line", ["5 min read", "Listen · 6 min", "4 Min. Lesezeit", "3 min de lecture", "Temps de lecture 4 min.", "2 d"]
)
def test_the_time_that_reading_takes_is_no_age(line: str) -> None:
    assert read_moments(line, Context(now=READ_AT)) == []


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        ("March 3, 2025 / Updated 2 hours ago", "2025-03-03", "2025-03-05T12:00:00"),
        ("March 3, 20256:05 PM UTCUpdated a day ago", "2025-03-03T18:05:00+00:00", "2025-03-04"),
        ("Publié le 3 mars 2025 à 12 h 05 | Mis à jour hier à 15 h 30", "2025-03-03T12:05:00", "2025-03-04T15:30:00"),
        ("3 марта 2025 в 18:05 / Обновлено: сегодня в 9:10", "2025-03-03T18:05:00", "2025-03-05T09:10:00"),
        ("Gestern, 18:05 Uhr, aktualisiert heute, 9:10 Uhr", "2025-03-04T18:05:00", "2025-03-05T09:10:00"),
        ("Publié aujourd'hui à 06h00, modifié à 09h15", "2025-03-05T06:00:00", "2025-03-05T09:15:00"),
        ("Posted 14h ago, updated 2h ago", "2025-03-05T00:00:00", "2025-03-05T12:00:00"),
        ("03/03/2025 04h30 Atualizado há 2 dias", "2025-03-03T04:30:00", "2025-03-03"),
    ],
)
def test_a_date_and_the_age_of_its_update_are_read_each_by_itself(line: str, published: str, updated: str) -> None:
    first, second = read_moments(line, Context(now=READ_AT))
    assert (first.iso, second.iso, second.role) == (published, updated, Role.UPDATED)
    assert first.role is not Role.UPDATED


def test_an_age_without_a_number_may_follow_other_words() -> None:
    (found,) = read_moments("Updated an hour ago", Context(now=READ_AT))
    assert (found.iso, found.role) == ("2025-03-05T13:00:00", Role.UPDATED)


@pytest.mark.parametrize("line", ["March 2025", "Updated: März 2025", "2025年3月", "Maret 2025"])
def test_a_month_is_open(line: str) -> None:
    (found,) = read_moments(line)
    assert (found.iso, found.problems) == (None, ("a month without a day",))


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("3/3(月) 18:05", "2025-03-03T18:05:00"),
        ("3/2(日) 18:05", "2025-03-02T18:05:00"),
        ("3.3. 18:05", "2025-03-03T18:05:00"),
        ("3. 3. 12:05", "2025-03-03T12:05:00"),
        ("03.03., 17:42 Uhr", "2025-03-03T17:42:00"),
        ("45.3. 18:05", None),
    ],
)
def test_days_in_numbers_without_a_year(line: str, moment: str | None) -> None:
    assert read_moments(line, Context(now=READ_AT))[0].iso == moment
    assert read_moments(line)[0].iso is None


@pytest.mark.parametrize(
    ("clock", "offset"),
    [
        ("17:42 (UTC -3)", "-03:00"),
        ("17:42 GMT −3", "-03:00"),
        ("17:42 (UTC - 3)", "-03:00"),
        ("17:42 GMT - 5 min read", "+00:00"),
        ("17:42 GMT+5.30", "+05:30"),
        ("17:42:00 -0500", "-05:00"),
        ("17:42:00.000 -0300", "-03:00"),
        ("17:42 - 18:30", ""),
        ("17:42:00 - 18 comments", ""),
    ],
)
def test_offsets_west_of_greenwich(clock: str, offset: str) -> None:
    (found,) = read_moments(f"3 March 2025 {clock}")
    expected = f"2025-03-03T17:42:00{offset}"
    assert found.iso == expected
    assert read_moments("2025-03-03T17:42-05:00")[0].iso == "2025-03-03T17:42:00-05:00"


@pytest.mark.parametrize("language", ["hi", "ta", "te", "ml", "kn"])
def test_the_zone_is_that_of_the_page_and_not_of_its_english_months(language: str) -> None:
    line = "Published: March 3, 2025 08:55 PM IST"
    (found,) = read_moments(line, Context(languages=frozenset([language])))
    assert found.iso == "2025-03-03T20:55:00+05:30"
    (alone,) = read_moments(line)
    assert (alone.iso, alone.is_open) == ("2025-03-03T20:55:00", True)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("Hari ini, 05:30 WIB", "2025-03-04T05:30:00+07:00"),
        ("Kemarin, 20:30 WIB", "2025-03-03T20:30:00+07:00"),
        ("Kemarin, 20:30", "2025-03-02T20:30:00"),
    ],
)
def test_yesterday_is_that_of_the_zone_on_the_line(line: str, moment: str) -> None:
    (found,) = read_moments(line, Context(languages=frozenset(["id"]), now=datetime(2025, 3, 3, 23, 0, tzinfo=UTC)))
    assert found.day is not None
    assert found.clock is not None
    assert datetime.combine(found.day, found.clock).isoformat() == moment


@pytest.mark.parametrize("now", [datetime.min, datetime.max, datetime(9999, 12, 31, tzinfo=UTC)])
def test_days_at_the_limits_of_the_calendar(now: datetime) -> None:
    (found,) = read_moments("3 May", Context(now=now))
    assert (found.iso, found.problems) == (None, ("a day without a year",))


def test_ages_need_to_know_when() -> None:
    assert only("2 hours ago").problems == ("an age, and it is not known when the page was read",)
    now = Context(now=datetime.fromisoformat("2024-06-15T12:00:30+02:00"))
    assert read_moments("2 hours ago", now)[0].iso == "2024-06-15T10:00:30+02:00"
    assert read_moments("1 day 2 hours ago", now) == []
    assert read_moments("14 June, 9:20", now)[0].iso == "2024-06-14T09:20:00"
    assert read_moments("16 December, 9:20", now)[0].iso == "2023-12-16T09:20:00"


@pytest.mark.parametrize("text", ["2024-06-14", "20240614", "14 June 2024"])
def test_a_day_of_reading_gives_no_clock(text: str) -> None:
    now = Context(now=read_instant(text))
    for age, unit in (("2 hours ago", "hours"), ("30 minutes ago", "minutes"), ("25 hours ago", "hours")):
        problem = f"an age in {unit}, and it is not known at what time of the day the page was read"
        (found,) = read_moments(age, now)
        assert (found.iso, found.problems) == (None, (problem,))
    expected = {
        "yesterday": "2024-06-13",
        "Yesterday, 9:20": "2024-06-13T09:20:00",
        "3 days ago": "2024-06-11",
        "48 hours ago": "2024-06-12",
        "just now": "2024-06-14",
        "12 June": "2024-06-12",
    }
    assert {line: read_moments(line, now)[0].iso for line in expected} == expected


def test_dates_that_a_rendering_joined() -> None:
    found = read_moments("6 December 20236 December 2023 Ann Lee")
    assert [moment.day for moment in found] == [date(2023, 12, 6)] * 2
    found = read_moments("Fri 22 Dec 2023 18.08 CETFirst published on Thu 21 Dec 2023 22.12 CET")
    assert [moment.role for moment in found] == [Role.UNKNOWN, Role.PUBLISHED]


@pytest.mark.parametrize("line", ["Call 555-12-34", "16:9", "1/2/3", "65363263", "Chapter 12", "", "2.5.1", "May I"])
def test_other_numbers_are_no_days(line: str) -> None:
    assert all(moment.day is None for moment in read_moments(line))


@pytest.mark.parametrize("n_before", range(MAX_LENGTH - 20, MAX_LENGTH + 5))
def test_a_long_line_is_not_cut_inside_a_date(n_before: int) -> None:
    """A date that does not fit into what is read of a line gives no day, and never another one."""
    line = ("word " * MAX_LENGTH)[: n_before - 1] + " 21 October 2020"
    days = [moment.day for moment in read_moments(line) if moment.day is not None]
    assert days == [date(2020, 10, 21)] * (len(line) <= MAX_LENGTH)


def test_names_are_folded_alike() -> None:
    assert all(name == lower(name) for name in read_words().meanings)


_NUMBERS = st.sampled_from(["2017", "18:05", "17/11/2019", "2020-10-21", "21.10.20", "20", "3", "17:43", "0931", "1"])
_WORDS = st.sampled_from(["a.m", "A. M.", "p.m", "ต.ค", "de l'ap. m", "сл.об", "Uhr", "it", "May", " ", ". ", ".", "-"])


@given(st.lists(_NUMBERS | _WORDS, max_size=8).map("".join))
@settings(max_examples=500)
def test_fast_searches_miss_nothing(line: str) -> None:
    """Each says whether a slow replacement has anything to do."""
    if tokens._MAY_RUN_TOGETHER.search(line) is None:
        assert tokens._RUN_TOGETHER.search(line) is None
    if tokens._may_have_dotted().search(line) is None:
        assert tokens._dotted().search(line) is None


def test_folding_replaces_each_character() -> None:
    assert fold("21\u00a0Ottubru\u200b 2020،［09：20］") == "21 Ottubru 2020,(09:20)"
    assert fold("[09:20]") == "(09:20)"
