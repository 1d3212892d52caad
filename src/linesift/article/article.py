"""The article that a page holds, put together from the labels of its lines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from linesift.article.dating import date_page
from linesift.article.entries import Entry, find_entries
from linesift.article.lines import LabelledLines
from linesift.dates.context import Context
from linesift.labels import Label


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure each part of an article is, from 0 to 1; `nan` for a part that is not there or was not asked for."""

    kind: float = math.nan
    headline: float = math.nan
    """Mean probability of the lines, as for the body."""
    published: float = math.nan
    """Chance that the day is right, by the line that it is from."""
    body: float = math.nan


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """Where each part of an article stands: line numbers in the file, from 1."""

    headline: tuple[int, ...] = ()
    published: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    body: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """The page's own article; every text is stripped of surrounding white space."""

    headline: str = ""
    """Lines of the title joined by a space; empty where the page has none."""
    published: str | None = None
    """ISO 8601: the day, with the time if the page gives one, and the offset if it gives a zone; `None` where there is
    no date, or none that can be read in one way only."""
    updated: str | None = None
    """When it was changed for the last time, likewise."""
    published_raw: str = ""
    """Text of the line that `published` is from; if it could not be read, of the lines that date the article."""
    timestamp: str = ""
    """All lines that date the article, joined by `" | "`."""
    body: tuple[str, ...] = ()
    """One entry per body line, in page order."""
    kind: str = ""
    """What the page is: article, live, index, stub or other; empty where that was not asked."""
    entries: tuple[Entry, ...] = ()
    """Entries of a live page, in page order."""
    confidence: Confidence = field(default_factory=Confidence)
    lines: LineNumbers = field(default_factory=LineNumbers)
    problems: tuple[str, ...] = ()
    """What of the dates could not be read, and what contradicts itself."""

    @property
    def text(self) -> str:
        """Headline, timestamp and body as paragraphs with a blank line between them."""
        return "\n\n".join(part for part in (self.headline, self.timestamp, *self.body) if part)


def build_article(
    page: LabelledLines, *, now: datetime | None = None, kind: str = "", kind_probability: float = math.nan
) -> Article:
    """Put the article together.

    Args:
        page: lines, labels and probabilities.
        now: when the page was read; relative times and days without a year stay unread without it.
        kind: what the page is, if that is known; live pages have entries.
        kind_probability: how sure that is.
    """
    dating = date_page(page, Context(now=now))
    published, updated = dating.published, dating.updated
    stamps = page.texts(Label.TIMESTAMP)
    raw = [page.lines[index].strip() for index in published.lines] if published else stamps
    is_live = kind in ("", "live")
    return Article(
        headline=" ".join(page.texts(Label.HEADLINE)),
        published=published.moment.iso if published else None,
        updated=updated.moment.iso if updated else None,
        published_raw=" | ".join(raw),
        timestamp=" | ".join(stamps),
        body=page.texts(Label.BODY),
        kind=kind,
        entries=find_entries(page, dating) if is_live else (),
        confidence=Confidence(
            kind_probability, page.confidence(Label.HEADLINE), dating.confidence, page.confidence(Label.BODY)
        ),
        lines=LineNumbers(
            _from_one(page.numbers(Label.HEADLINE)),
            _from_one(published.lines if published else ()),
            _from_one(updated.lines if updated else ()),
            _from_one(page.numbers(Label.BODY)),
        ),
        problems=dating.problems,
    )


def _from_one(indices: Sequence[int]) -> tuple[int, ...]:
    return tuple(index + 1 for index in indices)
