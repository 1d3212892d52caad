"""Scores of dates: lines and pages with a known day."""

from pathlib import Path

import pytest

from benchmarks.dating import Outcome, PageDay, day_table, outcome, page_day, read_date_lines, read_page_days
from fakes import FakeModel, predict
from linesift.page import Page
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


def test_page_day() -> None:
    page = page_day(predict(Page("H Ferry\nT 12 March 2024\nB On 11 March 2024 it sailed.")), "tiny", DAY)
    assert page == PageDay("tiny", DAY, "2024-03-12", is_shown=True)
    assert not page_day(predict(Page("H Ferry\nB It sailed.")), "tiny", DAY).is_shown


def test_days_of_a_collection(tmp_path: Path) -> None:
    rows = [row(0), row(1, date=None), row(2)]
    file = write_corpus(tmp_path / "tiny.parquet", rows)
    found = list(read_page_days(file, lambda site: None if site == "site2.example" else FakeModel()))
    assert len(found) == 1
    page, html = found[0]
    assert (page.collection, page.gold, page.is_shown) == ("tiny", DAY, True)
    assert html == rows[0]["html"]


def test_table() -> None:
    right, hidden = PageDay("tiny", DAY, DAY, is_shown=True), PageDay("tiny", DAY, None, is_shown=False)
    table = day_table({"tiny": [(right, None), (hidden, DAY)]}, "other")
    assert table[-1] == "| tiny | 2 | 1 | 100.0% | 0.0% | 50.0% | 50.0% |"
