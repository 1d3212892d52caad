"""Collect all dates of a page, and say which of them can be the day of publication.

`stamps` reads the dates of lines, `markup` those of attributes and scripts.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache
from itertools import accumulate

from linesift.article.comments import first_comment
from linesift.article.evidence import add_evidence
from linesift.article.likelihood import Candidate, find_candidates, is_above, is_in_title
from linesift.article.lines import LabelledLines
from linesift.article.markup import ELEMENTS, MODIFIED, Claim, elements_of_lines, read_claims
from linesift.article.stamps import MAX_LINE, Stamp, read_stamps
from linesift.dates.context import Context
from linesift.labels import Label

_WHOLE_DAY = re.compile(
    r"[\d〇零○一二三四五六七八九元](?:(?<=\d)(?:\d{3}|[./\-•|][^\S\n]?\d\d?[./\-•|][^\S\n]?\d\d)|(?<=元)年|(?<![\d元])[〇零○一二三四五六七八九]{3}年)"
)
"""Digits of a day with its year; a line without them is read only if it is labelled as a timestamp."""

AGREED = timedelta(1)
"""Most time between two days that do not contradict each other: markup may be in another zone than the text."""
_LINKED = 0.5
"""Share of the letters of a line that are in links, from which the line is one."""


class Readings:
    """All dates of a page: of its lines, and of its markup."""

    def __init__(self, page: LabelledLines, context: Context) -> None:
        """Read them; `context` has when the page was read."""
        self._page, self._context = page, context
        timestamps = page.indices(Label.TIMESTAMP)
        evidence = cache(lambda: add_evidence(page.lines, context))
        stamps = read_stamps(page, sorted({*timestamps, *_lines_with_days(page)}), context, evidence)
        self._comments = first_comment(page, max((stamp.lines[0] for stamp in stamps), default=0))
        own = frozenset(timestamps)
        self.labelled = tuple(
            stamp for stamp in stamps if not own.isdisjoint(stamp.lines) and stamp.lines[0] < self._comments
        )
        self.claims = read_claims(page.head, page.url, evidence)
        self.stamps = [stamp for stamp in stamps if stamp.moment.day is not None]
        is_whole = any(stamp.moment.day is not None for stamp in self.labelled)
        self._open = () if is_whole else self.labelled
        self.stamps += list(self._completed())
        self._elements = elements_of_lines(page, self.claims)

    def candidates(self) -> list[Candidate]:
        """Describe the days that can be that of publication: if a timestamp is open, no line without the label can.

        Dates of comments cannot unless what the markup says of the page has them, but they say something of the page's
        other dates. Days after the page was read cannot either.
        """
        every = find_candidates(self._page, self.stamps, self.claims)
        found = [each for each in every if not self._is_of_comment(each) and not self.is_to_come(each.day)]
        below = (each.day for each in found if each.stamp and not each.is_elsewhere and not is_above(each))
        earliest = min(below, default=date.max)
        found = [each for each in found if not self._is_of_reading(each, earliest) and not _is_aside(each)]
        return [each for each in found if self._is_own(each)] if self._open else found

    def _is_of_comment(self, candidate: Candidate) -> bool:
        """Whether the date stands below the heading of the comments; its own element does not speak for it."""
        if candidate.stamp is None or candidate.stamp.lines[0] < self._comments:
            return False
        return all(claim.source in ELEMENTS for claim in candidate.claims)

    def _is_of_reading(self, candidate: Candidate, earliest: date) -> bool:
        """Whether this is the day on which the page was read, which many pages show above the article.

        So it is if an earlier day stands on a timestamp below the title, and neither the line nor the markup of the
        page says more of this one.

        Args:
            candidate: the day.
            earliest: earliest day of a timestamp below the title.
        """
        now, stamp = self._context.now, candidate.stamp
        if now is None or stamp is None or abs(candidate.day - now.date()) > AGREED or stamp.moment.role:
            return False
        return earliest < candidate.day and is_above(candidate) and not is_backed(candidate)

    def is_to_come(self, day: date) -> bool:
        """Whether a day is later than when the page was read, by more than zones can differ."""
        now = self._context.now
        return now is not None and day - now.date() > AGREED

    def _is_own(self, candidate: Candidate) -> bool:
        lines = candidate.stamp.lines if candidate.stamp is not None else ()
        own = any(self._page.labels[index] is Label.TIMESTAMP for index in lines)
        return own or candidate.stamp is None or is_in_title(self._page, candidate.stamp)

    def _completed(self) -> Iterator[Stamp]:
        """Complete days without a year, and clocks, by a day that the markup gives."""
        days = dict.fromkeys(claim.day for claim in self.claims if claim.source not in MODIFIED and not claim.is_month)
        for stamp in self._open:
            fitting = [
                day for day in days if stamp.moment.yearless == (day.month, day.day) or day in stamp.moment.choices
            ]
            if len(fitting) == 1:
                yield replace(stamp, moment=replace(stamp.moment, day=fitting[0], problems=(), choices=()))

    def elements_of(self, stamp: Stamp) -> list[Claim]:
        """Find the `<time>` elements on the lines of a date."""
        return [claim for index in stamp.lines for claim in self._elements.get(index, ())]

    def problems(self, published: Stamp | None = None) -> Iterator[str]:
        """Sentences on what the timestamps leave open, but for what the date of publication settles."""
        for stamp in self.labelled:
            if published is not None and _is_settled(stamp, published):
                continue  # the markup may give its year, or say which day it means
            yield from stamp.moment.problems
            if stamp.moment.day is not None and self.is_to_come(stamp.moment.day):
                yield f"{stamp.moment.day.isoformat()} is later than when the page was read"
        clocks = [stamp.moment for stamp in self._open if not stamp.moment.problems and stamp.moment.clock is not None]
        given = None if published is None else published.moment.clock
        if clocks and (given is None or _clock(clocks[0].clock) != _clock(given.replace(tzinfo=None))):
            yield f"{_clock(clocks[0].clock)} is a time without a day"

    def partial(self) -> str | None:
        """Write what the first open timestamp shows; `None` without one."""
        for stamp in self._open:
            yearless, clock = stamp.moment.yearless, stamp.moment.clock
            if yearless is not None or clock is not None:
                day = "" if yearless is None else f"--{yearless[0]:02}-{yearless[1]:02}"
                return day + ("" if clock is None else f"T{_clock(clock)}")
        return None


def _is_settled(stamp: Stamp, published: Stamp) -> bool:
    """Whether the date of publication, with what the markup adds to it, is that of a line."""
    return stamp.lines == published.lines and stamp.moment.day in (None, published.moment.day)


def _clock(clock: time | None) -> str:
    return "" if clock is None else clock.isoformat("seconds" if clock.second else "minutes")


def _lines_with_days(page: LabelledLines) -> Iterator[int]:
    """Yield the lines that are read even though they have another label."""
    short = [index for index, line in enumerate(page.lines) if len(line) <= MAX_LINE]
    text = "\n".join([page.lines[index] for index in short])
    ends, end = list(accumulate([len(page.lines[index]) + 1 for index in short])), 0
    for match in _WHOLE_DAY.finditer(text):
        if match.start() >= end:
            place = bisect_right(ends, match.start())
            end = ends[place]
            yield short[place]


def is_backed(candidate: Candidate) -> bool:
    """Whether what the markup says of the page, and not of one element, names the day as one of publication."""
    return any(claim.source not in MODIFIED | ELEMENTS for claim in candidate.claims)


def _is_aside(candidate: Candidate) -> bool:
    """Whether a line that is no timestamp stands in `<aside>`, `<nav>` or `<footer>`, or in a link to another story."""
    features = candidate.features
    is_other = features.get("aside", 0.0) > 0 or features.get("linked", 0.0) > _LINKED
    return candidate.is_elsewhere and is_other and not is_backed(candidate)
