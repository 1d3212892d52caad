"""Compare dates with gold: of lines whose moment is known, and of pages whose day of publication is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from linesift.article.dating import find_days
from linesift.dates.context import Context
from linesift.evaluate.sections import Row
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.read.html.page import read_html
from linesift.train.corpora import read_rows, render, row_gold
from linesift.train.likelihood import Choice, DatedPage

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
class PageDays:
    """A page of a collection with its day of publication, and what others read from its HTML."""

    collection: str
    text: DatedPage
    html: DatedPage
    others: tuple[date | None, ...] = ()
    """Days that other tools give."""


@dataclass(slots=True)
class Tally:
    """Numbers of pages by what became of their day."""

    right: int = 0
    next_day: int = 0
    """A day before or after the gold day: the zone of the page and that of its gold can differ."""
    wrong: int = 0
    none: int = 0

    def add(self, found: date | None, gold: date) -> None:
        """Count one page."""
        distance = None if found is None else abs((found - gold).days)
        self.right += distance == 0
        self.next_day += distance == 1
        self.wrong += distance is not None and distance > 1
        self.none += distance is None

    @property
    def shares(self) -> tuple[str, ...]:
        """Each per 100 pages."""
        counts = (self.right, self.next_day, self.wrong, self.none)
        return tuple(f"{100 * count / max(sum(counts), 1):.1f}" for count in counts)


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


def read_page_days(
    file: Path, choose_model: Callable[[str], Classifier | None], tools: Sequence[Callable[[str], str | None]] = ()
) -> Iterator[PageDays]:
    """Days of the pages of a collection that have one, as text and as HTML.

    Args:
        file: a collection, as for `linesift.train.corpora`.
        choose_model: the model for pages of a site, `None` for those that shall be left out.
        tools: other tools; each gives the day of a page's HTML in ISO 8601.
    """
    for row in read_rows(file):
        gold, site = _day(row_gold(row).date), row["site"] or row["id"]
        model = choose_model(site)
        if gold is not None and model is not None:
            pages = (Page(render(row["html"]), row["id"]), read_html(row["html"], row["id"]).page)
            found = [tuple(find_days(model.classify(page).labelled(), Context())) for page in pages]
            is_shown = any(each.day == gold for days in found for each in days)
            text, html = (DatedPage(site, gold, days, is_shown) for days in found)
            yield PageDays(file.stem, text, html, tuple(_day(tool(row["html"])) for tool in tools))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def published_days(chosen: Iterable[Choice]) -> dict[int, date | None]:
    """Days that are published, by the `id` of the page."""
    return {id(each.page): each.best.day if each.best is not None and each.is_published else None for each in chosen}


def day_rows(
    pages: Sequence[PageDays], published: Mapping[str, Mapping[int, date | None]], names: Sequence[str]
) -> list[Row]:
    """Rows of right, wrong and none: linesift from text and from HTML, and other tools.

    Args:
        pages: those that are counted.
        published: what `published_days` gives for `text` and for `html`.
        names: names of the other tools.
    """
    rows: list[Row] = []
    for form, days in published.items():
        tally = Tally()
        for each in pages:
            tally.add(days[id(getattr(each, form))], each.html.gold)
        rows.append((f"linesift, {form}", *tally.shares))
    for place, name in enumerate(names):
        tally = Tally()
        for each in pages:
            tally.add(each.others[place], each.html.gold)
        rows.append((name, *tally.shares))
    return rows


def calibration(choices: Iterable[Choice], n_bins: int = 10) -> tuple[list[Row], float]:
    """Ten bins of the probability of the likeliest day: pages, mean probability, share of right days; and the error.

    The error is the mean distance of probability and share, weighted by the pages of a bin. Only pages count whose gold
    day says for sure whether the likeliest is right.
    """
    chosen = [
        (each.probability, each.best.day == each.page.gold)
        for each in choices
        if each.best is not None and each.page.knows(each.best)
    ]
    rows: list[Row] = []
    error = 0.0
    for place in range(n_bins):
        own = [(p, is_right) for p, is_right in chosen if min(int(p * n_bins), n_bins - 1) == place]
        if own:
            mean, share = (sum(values) / len(own) for values in zip(*own, strict=True))
            error += abs(mean - share) * len(own) / len(chosen)
            rows.append(
                (f"{place / n_bins:.1f} to {(place + 1) / n_bins:.1f}", len(own), f"{mean:.3f}", f"{share:.3f}")
            )
    return rows, error
