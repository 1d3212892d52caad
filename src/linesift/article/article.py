"""Build the article of a page from the labels of its lines."""

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
    """Probability that each part of an article is right, 0 to 1; `nan` for a part that is missing."""

    kind: float = math.nan
    """Probability of the kind of page; `nan` also where that was not asked for."""
    headline: float = math.nan
    """Mean probability of the headline lines."""
    published: float = math.nan
    """Probability that the day is right, by the line that it is from."""
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
class Article:
    """Article of a page; its texts have no white space around them."""

    headline: str = ""
    """Headline lines, joined by spaces; empty without one."""
    published: str | None = None
    """ISO 8601: the day, the time if the page gives one, and the offset if it gives a zone. `None` where there is no
    date, or none with a single meaning."""
    updated: str | None = None
    """When it was last changed, in the same form."""
    published_raw: str = ""
    """Text of the line that `published` is from; where that is `None`, of the timestamp lines."""
    timestamp: str = ""
    """All timestamp lines, joined by `" | "`."""
    body: tuple[str, ...] = ()
    """Body lines, in page order."""
    kind: str = ""
    """Kind of page: article, live, index, stub or other; empty where that was not asked for."""
    entries: tuple[Entry, ...] = ()
    """Entries of a live page, in page order."""
    confidence: Confidence = field(default_factory=Confidence)
    lines: LineNumbers = field(default_factory=LineNumbers)
    problems: tuple[str, ...] = ()
    """Sentences on dates that could not be read or that contradict themselves."""

    @property
    def text(self) -> str:
        """Headline, timestamp and body lines, with blank lines between them."""
        return "\n\n".join(part for part in (self.headline, self.timestamp, *self.body) if part)


def build_article(
    page: LabelledLines, *, now: datetime | None = None, kind: str = "", kind_probability: float = math.nan
) -> Article:
    """Build the article from labelled lines.

    Args:
        page: lines, labels and probabilities.
        now: when the page was read. Without it, "2 hours ago" and days without a year are not read.
        kind: kind of page, if that is known. Only live pages, and pages of unknown kind, are searched for entries.
        kind_probability: probability of the kind.
    """
    dating = date_page(page, Context(now=now))
    published, updated = dating.published, dating.updated
    timestamps = page.texts(Label.TIMESTAMP)
    raw = [page.lines[index].strip() for index in published.lines] if published else timestamps
    is_live = kind in ("", "live")
    return Article(
        headline=" ".join(page.texts(Label.HEADLINE)),
        published=published.moment.iso if published else None,
        updated=updated.moment.iso if updated else None,
        published_raw=" | ".join(raw),
        timestamp=" | ".join(timestamps),
        body=page.texts(Label.BODY),
        kind=kind,
        entries=find_entries(page, dating) if is_live else (),
        confidence=Confidence(
            kind_probability, page.confidence(Label.HEADLINE), dating.confidence, page.confidence(Label.BODY)
        ),
        lines=LineNumbers(
            _from_one(page.indices(Label.HEADLINE)),
            _from_one(published.lines if published else ()),
            _from_one(updated.lines if updated else ()),
            _from_one(page.indices(Label.BODY)),
        ),
        problems=dating.problems,
    )


def _from_one(indices: Sequence[int]) -> tuple[int, ...]:
    return tuple(index + 1 for index in indices)
