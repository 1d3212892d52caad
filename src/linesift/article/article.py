"""Build the article of a page from the labels of its lines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from linesift.article.copies import body_once
from linesift.article.dating import Dating, date_page
from linesift.article.entries import Entry, find_entries
from linesift.article.facts import find_facts, find_headline
from linesift.article.lines import LabelledLines, Source
from linesift.article.parts import Part, find_parts
from linesift.article.stamps import Stamp
from linesift.dates.context import Context, WholeDay
from linesift.labels import Label


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probability that each part of an article is right, 0 to 1; `nan` for a part that is missing."""

    kind: float = math.nan
    """Probability of the kind of page; `nan` also where that was not asked for."""
    headline: float = math.nan
    """Mean probability of the headline lines."""
    published: float = math.nan
    """Probability that the day is right."""
    body: float = math.nan
    """Mean probability of the body lines."""


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """Line numbers of each part of an article, from 1."""

    headline: tuple[int, ...] = ()
    published: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    body: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where each part of an article is from."""

    headline: Source = Source.NONE
    published: Source = Source.NONE
    updated: Source = Source.NONE
    author: Source = Source.NONE
    language: Source = Source.NONE
    site_name: Source = Source.NONE


@dataclass(frozen=True, slots=True)
class Article:
    """Article of a page; its texts have no white space around them."""

    headline: str = ""
    """Headline lines, joined by spaces; without one the title that the markup gives, or empty."""
    published: str | None = None
    """ISO 8601: the day, the time if the page gives one, and the offset if it gives a zone. `None` where there is no
    date, none with a single meaning, or none that is likely enough to be the article's."""
    updated: str | None = None
    """When it was last changed, in the same form."""
    published_partial: str | None = None
    """Where `published` is `None`, what the timestamp shows of it: `--02-14T11:25` without the year, `T16:30` without
    the day. `None` where it shows nothing of it."""
    published_raw: str = ""
    """Text of the line that `published` is from; where that is `None`, of the timestamp lines."""
    timestamp: str = ""
    """All timestamp lines but the times of entries, joined by `" | "`."""
    body: tuple[Part, ...] = ()
    """Body lines, and the times of entries, in page order, each with its kind. Paragraphs that the page prints again,
    two or more in a row, come once."""
    kind: str = ""
    """Kind of page: article, live, index, stub or other; empty where that was not asked for."""
    entries: tuple[Entry, ...] = ()
    """Entries of a live page, in page order."""
    author: str = ""
    """Names of the authors, by the markup."""
    language: str = ""
    """Code of the language, ISO 639, such as `en`."""
    site_name: str = ""
    """Name of the site, by the markup."""
    source: Sources = field(default_factory=Sources)
    confidence: Confidence = field(default_factory=Confidence)
    lines: LineNumbers = field(default_factory=LineNumbers)
    problems: tuple[str, ...] = ()
    """Sentences on dates that could not be read or that contradict themselves."""

    @property
    def text(self) -> str:
        """Headline, timestamp and the parts of the body, with blank lines between them."""
        headline = self.headline if self.lines.headline else ""  # a title of the markup is no line
        parts = (part.text for part in self.body)
        return "\n\n".join(text for text in (headline, self.timestamp, *parts) if text)


@dataclass(frozen=True, slots=True)
class Brief:
    """Parts of an article that a table holds; the others cost time, and no column asks for them."""

    headline: str = ""
    published: str | None = None
    updated: str | None = None
    body: tuple[str, ...] = ()
    """Texts of the parts of the body."""


def build_article(
    page: LabelledLines, *, now: date | None = None, kind: str = "", kind_probability: float = math.nan
) -> Article:
    """Build the article from labelled lines; without body lines there is none, and all parts are empty.

    On a live page, the earliest and the latest of its dates and those of its entries are `published` and `updated`.

    Args:
        page: lines, labels and probabilities; for a page that came as HTML its hints and its head.
        now: when the page was read, a `datetime`, or a `date` if the clock is not known. Without it, "2 hours ago" and
            days without a year are not read.
        kind: kind of page, if that is known. Only live pages, and pages of unknown kind, are searched for entries.
        kind_probability: probability of the kind.

    Raises:
        TypeError: if `now` is neither.
    """
    if not page.indices(Label.BODY):
        found = ("a headline without a body is no article",) if page.indices(Label.HEADLINE) else ()
        return Article(kind=kind, confidence=Confidence(kind_probability), problems=found)
    dates = _find_dates(page, now, kind)
    dating, published, updated = dates.dating, dates.published, dates.updated
    facts, body = find_facts(page), body_once(page)
    heads = [index for index in page.indices(Label.TIMESTAMP) if index not in dates.times]
    timestamp = " | ".join(page.lines[index].strip() for index in heads)
    return Article(
        headline=facts.headline.text,
        published=published.iso or None,
        updated=updated.iso or None,
        published_partial=None if published.iso else dating.partial,
        published_raw=published.raw or timestamp,
        timestamp=timestamp,
        body=find_parts(page, body, dates.times),
        kind=kind,
        entries=dates.entries,
        author=facts.author.text,
        language=facts.language.text,
        site_name=facts.site_name.text,
        source=Sources(
            facts.headline.source,
            dating.published_source if published == _of_stamp(page, dating.published) else Source.LINE,
            dating.updated_source if updated == _of_stamp(page, dating.updated) else Source.LINE,
            facts.author.source,
            facts.language.source,
            facts.site_name.source,
        ),
        confidence=Confidence(
            kind_probability, page.confidence(Label.HEADLINE), dating.confidence, page.confidence(Label.BODY)
        ),
        lines=LineNumbers(_from_one(page.indices(Label.HEADLINE)), published.lines, updated.lines, _from_one(body)),
        problems=dating.problems,
    )


def build_brief(page: LabelledLines, *, now: date | None = None, kind: str = "") -> Brief:
    """Build what a table holds of an article; arguments are those of `build_article`, and so are the values."""
    if not page.indices(Label.BODY):
        return Brief()
    dates = _find_dates(page, now, kind)
    lines = sorted({*body_once(page), *dates.times})
    return Brief(
        headline=find_headline(page).text,
        published=dates.published.iso or None,
        updated=dates.updated.iso or None,
        body=tuple(page.lines[index].strip() for index in lines),
    )


def _times_of(page: LabelledLines, entries: Sequence[Entry]) -> frozenset[int]:
    """Indices of the timestamp lines from the first entry on; a word right above it, such as "today", belongs to it."""
    if not entries:
        return frozenset()
    first = entries[0].line - 1
    above = next((index for index in range(first - 1, -1, -1) if page.labels[index] is not None), first)
    is_word = page.labels[above] is Label.TIMESTAMP and not any(map(str.isdigit, page.lines[above]))
    return frozenset(index for index in page.indices(Label.TIMESTAMP) if index >= (above if is_word else first))


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date of an article: as ISO 8601, as its lines have it, and their numbers; empty without one."""

    iso: str = ""
    raw: str = ""
    lines: tuple[int, ...] = ()

    @property
    def when(self) -> tuple[str, str]:
        """Day and clock on the wall, for comparing; the dates of a page are in one zone."""
        day, _, clock = self.iso.partition("T")
        return day, clock[: len("00:00:00")]


@dataclass(frozen=True, slots=True)
class _Dates:
    """Dates of an article and of its entries."""

    dating: Dating
    entries: tuple[Entry, ...]
    times: frozenset[int]
    """Indices of the lines that are times of entries."""
    published: _Dated
    updated: _Dated


def _find_dates(page: LabelledLines, now: date | None, kind: str) -> _Dates:
    dating = date_page(page, Context(now=_when(now)))
    entries = find_entries(page, dating) if kind in ("", "live") else ()
    published, updated = _of_stamp(page, dating.published), _of_stamp(page, dating.updated)
    published, updated = _with_entries(page, entries, published, updated)
    return _Dates(dating, entries, _times_of(page, entries), published, updated)


def _when(now: date | None) -> datetime | None:
    if now is None or isinstance(now, datetime):
        return now
    if not isinstance(now, date):
        raise TypeError(f"now has to be a datetime or a date, not {type(now).__name__}; see datetime.fromisoformat")
    return WholeDay.of(now)


def _of_stamp(page: LabelledLines, stamp: Stamp | None) -> _Dated:
    if stamp is None:
        return _Dated()
    raw = " | ".join(page.lines[index].strip() for index in stamp.lines)
    return _Dated(stamp.moment.iso or "", raw, _from_one(stamp.lines))


def _with_entries(
    page: LabelledLines, entries: Sequence[Entry], published: _Dated, updated: _Dated
) -> tuple[_Dated, _Dated]:
    """Take the first entry as publication, and the last as update, if it is farther out or has the clock.

    The date above all entries that is no publication, because they are older, is an update.
    """
    if not entries or not all(entry.day for entry in entries):
        return published, updated
    dated = [_Dated(entry.time, page.lines[entry.line - 1].strip(), (entry.line,)) for entry in entries]
    first, last = min(dated, key=lambda each: each.when), max(dated, key=lambda each: each.when)
    has_clock, head = published.when[1], published
    if not published.iso or first.when < published.when or (first.when[0] == published.when[0] and not has_clock):
        published = first
    return published, max(updated, last, head, key=lambda each: each.when)


def _from_one(indices: Sequence[int]) -> tuple[int, ...]:
    return tuple(index + 1 for index in indices)
