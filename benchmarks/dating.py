"""Compare dates with gold: of lines whose moment is known, and of pages whose day of publication is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from linesift.article.dating import find_dated_lines, read_stamps
from linesift.article.lines import LabelledLines
from linesift.dates.context import Context
from linesift.evaluate.sections import Row, Table, markdown_table
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.train.corpora import read_rows, render, row_gold

REFUSED = "refused"


class Classifier(Protocol):
    """A model that labels pages."""

    def classify(self, page: Page, /) -> Prediction:
        """Label one page."""
        ...


class Outcome(StrEnum):
    """Result of reading a line."""

    RIGHT = "right"
    LESS = "less"
    """The day is right, and the clock or the offset is missing."""
    REFUSED = "refused"
    WRONG = "wrong"
    """Another day, clock or offset, or a day where the line leaves it open."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line and the moment that a careful reader finds on it."""

    line: str
    expected: str | None
    """ISO 8601, `None` where the line is to be refused."""
    lang: str | None
    """Language of the page that it stands on, if that is known."""
    now: datetime | None
    """When the page was read, if that is known."""


@dataclass(frozen=True, slots=True)
class PageDay:
    """The day of publication of one page."""

    collection: str
    gold: str
    found: str | None
    """The day that linesift finds in the text."""
    is_shown: bool
    """Whether some line of at most 300 characters shows the gold day in a form that can be read."""


def read_date_lines(path: Path) -> list[DateLine]:
    """Read a table of lines: line, expected, language or `-`, now; tab-separated, `#` begins a comment."""
    rows = [row.split("\t") for row in path.read_text("utf-8").split("\n") if row and not row.startswith("#")]
    return [
        DateLine(
            line,
            None if expected == REFUSED else expected,
            None if lang == "-" else lang,
            datetime.fromisoformat(now) if now else None,
        )
        for line, expected, lang, now in rows[1:]
    ]


def outcome(expected: str | None, found: str | None) -> Outcome:
    """Compare two moments in ISO 8601, `None` for a refusal.

    >>> outcome("2020-10-21T09:20:00+07:00", "2020-10-21T09:20:00").value
    'less'
    """
    if found == expected:
        return Outcome.RIGHT
    if found is None:
        return Outcome.REFUSED
    return Outcome.LESS if expected is not None and expected.startswith(found) else Outcome.WRONG


def page_day(prediction: Prediction, collection: str, gold: str) -> PageDay:
    """Compare the day that a page's article was published, as `YYYY-MM-DD`, with what its text gives."""
    published = prediction.article().published
    lines = LabelledLines(prediction.page.lines, prediction.labels, prediction.probabilities)
    days = {stamp.moment.day for stamp in read_stamps(lines, find_dated_lines(lines), Context())}
    is_shown = gold in {day.isoformat() for day in days if day is not None}
    return PageDay(collection, gold, published[:10] if published else None, is_shown)


def read_page_days(file: Path, choose: Callable[[str], Classifier | None]) -> Iterator[tuple[PageDay, str]]:
    """Days of the pages of a collection that have one, and their HTML.

    Args:
        file: a collection, as for `linesift.train.corpora`.
        choose: the model for pages of a site, `None` for those that shall be left out.
    """
    for row in read_rows(file):
        gold, model = row_gold(row).date, choose(row["site"] or row["id"])
        if gold is not None and model is not None:
            yield page_day(model.classify(Page(render(row["html"]), row["id"])), file.stem, gold), row["html"]


def day_table(pages: Mapping[str, Sequence[tuple[PageDay, str | None]]], other: str) -> list[str]:
    """Write shares of right days by collection; `other` names the tool beside ours."""
    names = ("linesift, shown", f"{other}, shown", "linesift, all", f"{other}, all")
    rows: list[Row] = []
    for name, pairs in pages.items():
        shown = [pair for pair in pairs if pair[0].is_shown]
        shares = []
        for part in (shown, pairs):
            n_ours, n_theirs = (sum(day == page.gold for page, day in days) for days in (_ours(part), part))
            shares += [f"{n_ours / max(len(part), 1):.1%}", f"{n_theirs / max(len(part), 1):.1%}"]
        rows.append((name, len(pairs), len(shown), *shares))
    return list(markdown_table(Table(("collection", "pages", "shown", *names), tuple(rows))))


def _ours(pairs: Sequence[tuple[PageDay, str | None]]) -> list[tuple[PageDay, str | None]]:
    return [(page, page.found) for page, _ in pairs]
