"""Compare dates with gold: of lines whose moment is known, and of pages whose day of publication is known."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from linesift.article.dating import find_days
from linesift.article.likelihood import OF_PUBLICATION, Candidate
from linesift.article.markup import MODIFIED
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


Tool = Callable[[str, str], str | None]
"""Gives the day of a page in ISO 8601, by its HTML and its address."""


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
    text_and_address: DatedPage
    """The same lines, and the address of the page is known; the same object where it says nothing new."""
    html_and_address: DatedPage
    others: tuple[date | None, ...] = ()
    """Days that other tools give."""


FORMS = {
    "text": "linesift, text",
    "html": "linesift, html",
    "text_and_address": "linesift, text and address",
    "html_and_address": "linesift, html and address",
}
"""Forms of a page, fields of `PageDays`, with their names in the report."""


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
    file: Path, choose_model: Callable[[str], Classifier | None], tools: Sequence[Tool] = ()
) -> Iterator[PageDays]:
    """Days of the pages of a collection that have one, as text and as HTML, without their address and with it.

    Args:
        file: a collection, as for `linesift.train.corpora`.
        choose_model: the model for pages of a site, `None` for those that shall be left out.
        tools: other tools; each gives the day of a page in ISO 8601, by its HTML and its address.
    """
    for row in read_rows(file):
        gold, site = _day(row_gold(row).date), row["site"] or row["id"]
        model = choose_model(site)
        if gold is not None and model is not None:
            pages = (Page(render(row["html"]), row["id"]), read_html(row["html"], row["id"]).page)
            labelled = [model.classify(page).labelled() for page in pages]
            plain = [tuple(find_days(lines, Context())) for lines in labelled]
            at = [tuple(find_days(replace(lines, url=row["url"]), Context())) for lines in labelled]
            is_shown, is_shown_at = (any(each.day == gold for days in form for each in days) for form in (plain, at))
            text, html = (DatedPage(site, gold, days, is_shown) for days in plain)
            text_at, html_at = (
                form if form.candidates == days else DatedPage(site, gold, days, is_shown_at)
                for form, days in zip((text, html), at, strict=True)
            )
            others = tuple(_day(tool(row["html"], row["url"])) for tool in tools)
            yield PageDays(file.stem, text, html, text_at, html_at, others)


def days_of(pages: Sequence[PageDays], form: str) -> list[DatedPage]:
    """All pages as `text` or `html`, and once more those whose address says something new."""
    both = [getattr(page, name) for name in (form, f"{form}_and_address") for page in pages]
    return list({id(each): each for each in both}.values())


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def published_days(chosen: Iterable[Choice], least: float = 0.0) -> dict[int, date | None]:
    """Days that are published with at least some probability, by the `id` of the page."""
    return {
        id(each.page): each.best.day
        if each.best is not None and each.is_published and each.probability >= least
        else None
        for each in chosen
    }


def day_rows(
    pages: Sequence[PageDays], published: Mapping[str, Mapping[int, date | None]], names: Sequence[str]
) -> list[Row]:
    """Rows of right, wrong and none: linesift from text and from HTML, and other tools.

    Args:
        pages: those that are counted.
        published: what `published_days` gives for forms of pages.
        names: names of the other tools.
    """
    rows: list[Row] = []
    for form, days in published.items():
        rows.append((FORMS[form], *_tally(pages, form, days).shares))
    for place, name in enumerate(names):
        tally = Tally()
        for each in pages:
            tally.add(each.others[place], each.html.gold)
        rows.append((name, *tally.shares))
    return rows


def _tally(pages: Sequence[PageDays], form: str, days: Mapping[int, date | None]) -> Tally:
    tally = Tally()
    for each in pages:
        tally.add(days[id(getattr(each, form))], each.html.gold)
    return tally


def threshold_rows(
    pages: Sequence[PageDays], chosen: Mapping[str, Sequence[Choice]], thresholds: Sequence[float]
) -> list[Row]:
    """Rows of right, wrong and none, by form and by the least probability from which a day is taken.

    Args:
        pages: those that are counted.
        chosen: the likeliest days, by form.
        thresholds: least probabilities, beside the bounds from which a day is published at all; 0 for these alone.
    """
    return [
        (FORMS[form], f"{least:.2f}" if least else "as published", *_tally(pages, form, days).shares)
        for form, choices in chosen.items()
        for least in thresholds
        for days in [published_days(choices, least)]
    ]


class Fault(StrEnum):
    """Kinds of wrong days, by what the page shows of the gold day."""

    SLIP = "the gold day is a slip: another year, the next month, or day and month swapped"
    ONLY_UPDATE = "the page dates its update alone"
    HIDDEN = "another day is visible than the markup has"
    ELSEWHERE = "the page shows one day, its gold is another"
    GOLD_IS_UPDATE = "the gold day is that of an update"
    UPDATE = "an update is taken for the publication"
    OTHER = "another date of the page is taken"


def fault(found: Candidate, page: DatedPage) -> Fault:
    """Say of which kind a wrong day is.

    Args:
        found: the day that is published.
        page: the page; its gold day is another one.
    """
    own = [each for each in page.candidates if each.day == page.gold]
    if not page.is_shown and _is_slip(found.day, page.gold):
        return Fault.SLIP
    if _is_update(found):
        return Fault.UPDATE if own else Fault.ONLY_UPDATE
    if not own:
        return Fault.HIDDEN if page.is_shown else Fault.ELSEWHERE
    return Fault.GOLD_IS_UPDATE if all(map(_is_update, own)) else Fault.OTHER


def _is_update(candidate: Candidate) -> bool:
    """Say whether a day is called that of an update, by its line or by markup that does not publish it."""
    sources = {claim.source for claim in candidate.claims}
    return candidate.is_update or (not sources.isdisjoint(MODIFIED) and sources.isdisjoint(OF_PUBLICATION))


def _is_slip(one: date, other: date) -> bool:
    """Say whether two days differ as by a slip of the pen."""
    is_year = (one.month, one.day) == (other.month, other.day)
    is_month = (one.year, one.day) == (other.year, other.day) and abs(one.month - other.month) == 1
    return is_year or is_month or (one.year, one.month, one.day) == (other.year, other.day, other.month)


def fault_rows(pages: Sequence[PageDays], chosen: Mapping[str, Sequence[Choice]]) -> list[Row]:
    """Rows of the kinds of wrong days: how many pages have one, in each form.

    Args:
        pages: those that are counted.
        chosen: the likeliest days, by form.
    """
    counts: Counter[tuple[Fault, str]] = Counter()
    for form, choices in chosen.items():
        counted = {id(getattr(page, form)) for page in pages}
        for each in choices:
            is_counted = id(each.page) in counted and each.is_published
            if is_counted and each.best is not None and abs((each.best.day - each.page.gold).days) > 1:
                counts[fault(each.best, each.page), form] += 1
    return [(kind, *(counts[kind, form] for form in chosen)) for kind in Fault]


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
