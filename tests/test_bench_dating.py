"""Scores of dates: lines and pages with a known day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks.dating import (
    Fault,
    Outcome,
    PageDays,
    Tally,
    Tool,
    calibration,
    day_rows,
    days_of,
    fault,
    fault_rows,
    outcome,
    published_days,
    read_date_lines,
    read_page_days,
    threshold_rows,
)
from fakes import FakeModel
from linesift.article.likelihood import Candidate
from linesift.article.markup import Claim
from linesift.article.stamps import Stamp
from linesift.dates.moment import Moment, Role
from linesift.hints import DateSource
from linesift.train.likelihood import Bounds, DatedPage, cross_fit, fit_likelihood
from tinycorpus import row, write_corpus

DAY = "2024-03-11"


@pytest.mark.parametrize(
    ("expected", "found", "result"),
    [
        ("2020-10-21T09:20:00", "2020-10-21T09:20:00", Outcome.RIGHT),
        (None, None, Outcome.RIGHT),
        ("2020-10-21T09:20:00", "2020-10-21", Outcome.LESS),
        ("2020-10-21T09:20:00+07:00", "2020-10-21T09:20:00", Outcome.LESS),
        ("2020-10-21", None, Outcome.REFUSED),
        ("2020-10-21", "2020-10-21T09:20:00", Outcome.WRONG),
        ("2020-10-21T09:20:00", "2020-10-21T09:20:00+07:00", Outcome.WRONG),
        ("2020-10-21", "2020-10-22", Outcome.WRONG),
        (None, "2020-10-21", Outcome.WRONG),
    ],
)
def test_outcome(expected: str | None, found: str | None, result: Outcome) -> None:
    assert outcome(expected, found) is result


def test_lines_are_read_with_what_is_known_of_the_page(tmp_path: Path) -> None:
    table = tmp_path / "lines.tsv"
    table.write_text(
        "# lines\nline\texpected\tlang\tnow\nRABU\trefused\t-\t\nhier\t2024-06-14\tfr\t2024-06-15T12:00\n", "utf-8"
    )
    first, second = read_date_lines(table)
    assert (first.expected, first.lang, first.now) == (None, None, None)
    assert (second.expected, second.lang) == ("2024-06-14", "fr")
    assert second.now is not None


def test_days_of_a_collection(tmp_path: Path) -> None:
    html = "<p>H Ferry</p><p>T 11 March 2024, 09:20</p><p>B It sailed.</p>"
    at = "https://site0.example/2024/03/10/ferry"
    rows = [row(0, html=html, url=at), row(1, date=None), row(2), row(3, date="2024-13-11")]
    file = write_corpus(tmp_path / "tiny.parquet", rows)
    (found,) = read_page_days(file, lambda site: None if site == "site2.example" else FakeModel(), [_only_at(at)])
    assert (found.collection, found.text.gold, found.text.site) == ("tiny", date(2024, 3, 11), "site0.example")
    assert found.others == (date(2024, 3, 11),)
    assert found.text.is_shown
    assert {each.day for each in found.html.candidates} == {date(2024, 3, 11)}
    assert {each.day for each in found.text_and_address.candidates} == {date(2024, 3, 11), date(2024, 3, 10)}
    assert days_of([found], "html") == [found.html, found.html_and_address]
    assert days_of(pages(3), "html") == [page.html for page in pages(3)], "the address says nothing new"


def _only_at(address: str) -> Tool:
    return lambda html, url: DAY if url == address and "11 March" in html else None


def pages(n_pages: int) -> list[PageDays]:
    """Pages whose right day is the one of the likelier line, but on every tenth page."""
    found = []
    for number in range(n_pages):
        days = (date(2024, 1, 1 + number % 28), date(2023, 1, 1 + number % 28))
        candidates = tuple(
            Candidate(day, None, (), {"likelier than another day": value})
            for day, value in zip(days, (3.0, -3.0), strict=True)
        )
        page = DatedPage(f"site{number}.example", days[number % 10 == 0], candidates, is_shown=True)
        found.append(PageDays("tiny", page, page, page, page, (days[0],)))
    return found


def test_right_days_and_their_calibration() -> None:
    every = pages(200)
    bounds = Bounds(0.5, 0.5)
    chosen = cross_fit([page.text for page in every], bounds)
    published = {"text": published_days(chosen)}
    assert day_rows(every, published, ["other"]) == [
        ("linesift, text", "90.0", "0.0", "10.0", "0.0"),
        ("other", "90.0", "0.0", "10.0", "0.0"),
    ]
    rows, error = calibration(chosen)
    assert sum(int(row[1]) for row in rows) == 200
    assert error < 0.03
    sure = max(each.probability for each in chosen)
    shown = threshold_rows(every, {"text": chosen}, [0.0, 0.5, sure + 0.001])
    assert [row[1:] for row in shown] == [
        ("as published", "90.0", "0.0", "10.0", "0.0"),
        ("0.50", "90.0", "0.0", "10.0", "0.0"),
        (f"{sure + 0.001:.2f}", "0.0", "0.0", "0.0", "100.0"),
    ]
    assert (Fault.OTHER, 20) in fault_rows(every, {"text": chosen})
    strict = published_days(cross_fit([page.text for page in every], Bounds(0.99, 0.99)))
    assert set(strict.values()) == {None}


def candidate(day: str, *sources: DateSource, role: Role | None = None) -> Candidate:
    """A day on a line, if it has a role, and with what the markup gives for it."""
    when = date.fromisoformat(day)
    stamp = None if role is None else Stamp(Moment(when, role=role), (0,))
    return Candidate(when, stamp, tuple(Claim(source, when, Moment(when)) for source in sources), {})


PUBLISHED, MODIFIED = DateSource.META_PUBLISHED, DateSource.META_MODIFIED


@pytest.mark.parametrize(
    ("gold", "found", "others", "is_shown", "kind"),
    [
        ("2023-01-24", candidate("2020-01-24", role=Role.UNKNOWN), (), False, Fault.SLIP),
        ("2022-02-24", candidate("2022-01-24", role=Role.UNKNOWN), (), False, Fault.SLIP),
        ("2026-06-01", candidate("2026-01-06", role=Role.UPDATED), (), False, Fault.SLIP),
        ("2021-03-04", candidate("2023-05-06", role=Role.UPDATED), (), False, Fault.ONLY_UPDATE),
        ("2021-03-04", candidate("2023-05-06", MODIFIED), (), False, Fault.ONLY_UPDATE),
        ("2021-03-04", candidate("2023-05-06", role=Role.UNKNOWN), (), True, Fault.HIDDEN),
        ("2021-03-04", candidate("2023-05-06", PUBLISHED, MODIFIED), (), False, Fault.ELSEWHERE),
        ("2021-03-04", candidate("2023-05-06", MODIFIED), (candidate("2021-03-04", PUBLISHED),), True, Fault.UPDATE),
        (
            "2023-05-06",
            candidate("2021-03-04", PUBLISHED),
            (candidate("2023-05-06", role=Role.UPDATED),),
            True,
            Fault.GOLD_IS_UPDATE,
        ),
        (
            "2021-03-04",
            candidate("2023-05-06", role=Role.UNKNOWN),
            (candidate("2021-03-04", role=Role.PUBLISHED),),
            True,
            Fault.OTHER,
        ),
    ],
)
def test_kinds_of_wrong_days(
    gold: str, found: Candidate, others: tuple[Candidate, ...], is_shown: bool, kind: Fault
) -> None:
    page = DatedPage("site.example", date.fromisoformat(gold), (found, *others), is_shown)
    assert fault(found, page) is kind


def test_updates_are_learnt_from_where_the_day_of_publication_is_hidden() -> None:
    """Where a page dates its update alone, a fit without that page is too sure of updates."""
    update, other = candidate("2023-05-06", role=Role.UPDATED), candidate("2023-05-06", role=Role.UNKNOWN)
    hidden = DatedPage("site.example", date(2021, 3, 4), (update, other), is_shown=False)
    assert (hidden.knows(update), hidden.knows(other)) == (True, False)
    right = [DatedPage(f"site{number}.example", update.day, (update,), is_shown=True) for number in range(60)]
    plain = [DatedPage(f"site{number}.example", other.day, (other,), is_shown=True) for number in range(60)]
    wrong = [replace(page, gold=date(2021, 3, 4), is_shown=False) for page in right[:20]]
    fitted = fit_likelihood([*right, *plain, *wrong], Bounds(0.5, 0.5))
    assert fitted.offset_updated < 0
    assert fitted.probability(update) == pytest.approx(0.75, abs=0.05)
    assert fitted.probability(other) > 0.95


def test_lines_that_are_no_timestamps_are_learnt_from_where_the_day_of_publication_is_hidden() -> None:
    """A fit on pages that show their day alone would trust the day of a comment where there is no other."""
    elsewhere = replace(candidate("2023-05-06", role=Role.UNKNOWN), features={"elsewhere": 1.0})
    right = [DatedPage(f"site{number}.example", elsewhere.day, (elsewhere,), is_shown=True) for number in range(60)]
    wrong = [replace(page, gold=date(2021, 3, 4), is_shown=False) for page in right[:20]]
    assert fit_likelihood([*right, *wrong], Bounds(0.5, 0.5)).probability(elsewhere) == pytest.approx(0.75, abs=0.05)


def test_a_tally_counts_the_next_day_by_itself() -> None:
    tally = Tally()
    for found in (date(2024, 3, 11), date(2024, 3, 12), date(2023, 3, 11), None):
        tally.add(found, date(2024, 3, 11))
    assert tally.shares == ("25.0", "25.0", "25.0", "25.0")
