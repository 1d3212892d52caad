"""Scores of dates: lines and pages with a known day."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.dating import (
    Outcome,
    PageDays,
    Tally,
    calibration,
    day_rows,
    outcome,
    published_days,
    read_date_lines,
    read_page_days,
)
from fakes import FakeModel
from linesift.article.likelihood import Candidate
from linesift.train.likelihood import Bounds, DatedPage, cross_fit
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
    rows = [row(0, html=html), row(1, date=None), row(2), row(3, date="2024-13-11")]
    file = write_corpus(tmp_path / "tiny.parquet", rows)
    (found,) = read_page_days(file, lambda site: None if site == "site2.example" else FakeModel(), [lambda _: DAY])
    assert (found.collection, found.text.gold, found.text.site) == ("tiny", date(2024, 3, 11), "site0.example")
    assert found.others == (date(2024, 3, 11),)
    assert found.text.is_shown
    assert {each.day for each in found.html.candidates} == {date(2024, 3, 11)}


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
        found.append(PageDays("tiny", page, page, (days[0],)))
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
    strict = published_days(cross_fit([page.text for page in every], Bounds(0.99, 0.99)))
    assert set(strict.values()) == {None}


def test_a_tally_counts_the_next_day_by_itself() -> None:
    tally = Tally()
    for found in (date(2024, 3, 11), date(2024, 3, 12), date(2023, 3, 11), None):
        tally.add(found, date(2024, 3, 11))
    assert tally.shares == ("25.0", "25.0", "25.0", "25.0")
