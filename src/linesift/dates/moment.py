"""Read the moments of a date line: day, clock, zone, and whether it is the publication or an update.

Nothing is guessed. Where a line can be read in two ways, and neither it nor its page says which, there is no day, and
`problems` says why. The same holds for a clock, and for the offset of a zone.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from itertools import pairwise

from linesift.dates.ages import Age, read_age
from linesift.dates.clocks import Zone, read_clock, read_zone
from linesift.dates.context import Context, WholeDay, narrow
from linesift.dates.days import DayReading, drop_translations, is_doubtful, is_meant, read_day
from linesift.dates.grammar import ClockText, DayText, find_clocks, find_days, find_loose_clocks
from linesift.dates.names import Languages
from linesift.dates.tokens import Tokens, tokenize

_NOTHING_KNOWN = Context()
_MONTH = re.compile(r"[Up]?[ :]*(?:M[ ,.f/\-]*y|y[ .Y/\-]*M|y ?Y ?d ?O)[ .]*")
"""A line with nothing but a month and its year."""
_UNITS = {9: 1, 10: 1, 13: 1000}
"""Units in a second of a Unix time with so many digits."""
_FORMS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Forms of the time of an archive, `20240501100000`, by the number of digits."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A day and its clock on a line; one of them can be missing."""

    day: DayText | None
    clock: ClockText | None
    is_second: bool = False
    """Whether the day belongs to a clock before this one."""

    @property
    def start(self) -> int:
        parts = [self.clock] if self.is_second else [self.day, self.clock]
        return min(part.start for part in parts if part is not None)

    @property
    def end(self) -> int:
        parts = [self.clock] if self.is_second else [self.day, self.clock]
        return max(part.end for part in parts if part is not None)


class Role(StrEnum):
    """Meaning of a date on a page, by the words beside it."""

    UNKNOWN = ""
    PUBLISHED = "published"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in time that a line gives."""

    day: date | None = None
    clock: time | None = None
    """With an offset only if the line gives a zone."""
    role: Role = Role.UNKNOWN
    problems: tuple[str, ...] = ()
    """Why something is missing, or what contradicts the rest."""
    is_open: bool = False
    """Whether the languages or other dates of the page could decide what the line leaves open."""
    choices: tuple[date, ...] = ()
    """Days of which the line does not say which is meant."""
    yearless: tuple[int, int] | None = None
    """Month and day, where only the year is missing."""
    is_age: bool = False
    """Whether the clock is counted back from when the page was read, so that it may be rounded."""

    @property
    def iso(self) -> str | None:
        """ISO 8601: the day, and the time as far as it is known; `None` without a day."""
        if self.day is None:
            return None
        return self.day.isoformat() + (f"T{self.clock.isoformat('seconds')}" if self.clock is not None else "")


def read_moments(line: str, context: Context = _NOTHING_KNOWN) -> list[Moment]:
    """Read all points in time of a line, in order; none without a day, a clock or an age.

    >>> read_moments("RABU, 21 OKTOBER 2020 | 09:20 WIB | LAPORAN: ...")[0].iso
    '2020-10-21T09:20:00+07:00'
    >>> read_moments("03/04/2020")[0].problems
    ('the day can be 2020-03-04 or 2020-04-03',)
    """
    tokens = tokenize(line)
    if "U" in tokens.codes and (found := _read_cut(tokens, context)):
        return found
    page = context.languages  # before the words of the line narrow them
    clocks, codes = find_clocks(tokens)
    days, codes = find_days(codes)
    days = [day for day in drop_translations(tokens, days) if is_meant(tokens, day, context)]
    if not clocks:
        clocks = find_loose_clocks(tokens, codes)
    roles = [place for place, code in enumerate(codes) if code in "Up"] if "U" in codes or "p" in codes else []
    for place in roles:
        languages = frozenset[str]().union(*(word.languages for word in tokens.meanings[place]))
        context = replace(context, languages=narrow(context.languages, languages))
    # "22m ago" is no day of August, unless the page is in a language where `ago` is that.
    is_no_day = not days or (not context.languages and all(is_doubtful(tokens, day) for day in days))
    if is_no_day and (age := read_age(tokens, context.now)):
        kinds = {tokens.codes[place] for place in roles}
        role = Role.UPDATED if kinds == {"U"} else Role.PUBLISHED if kinds == {"p"} else Role.UNKNOWN
        return [replace(_of_age(tokens, clocks, context, age), role=role)]
    if not days and not clocks and _MONTH.fullmatch(codes.strip()):
        return [Moment(problems=("a month without a day",))]
    spans = _spans(tokens, days, clocks)
    moments = [_moment(tokens, span, context, page) for span in spans]
    return _with_roles(tokens, roles, spans, moments)


def _read_cut(tokens: Tokens, context: Context) -> list[Moment]:
    """Read a date and what a line says of its update each by itself, if one of them is an age.

    In "3 March 2025, updated 2 hours ago" the age is that of the update alone; in "today at 6:00, updated at 9:15" the
    update has the day of the age.

    Returns:
        The moments of both; none if none is an age, or one is missing.
    """
    place = tokens.codes.rindex("U")
    before, after = "".join(tokens.texts[:place]), "".join(tokens.texts[place:])
    update = tokenize(after)
    is_age = read_age(update, context.now) is not None
    if not before.strip() or find_days(update.codes)[0] or not (is_age or read_age(tokenize(before), context.now)):
        return []
    first, second = read_moments(before, context), read_moments(after, context)
    if not first or not second:
        return []
    return [*first, *(second if is_age else [replace(each, day=first[-1].day) for each in second])]


def read_instant(text: str) -> datetime | None:
    """Read the time at which a page was fetched, as archives and crawlers write it; `None` for anything else.

    A day without a clock gives a `WholeDay`. Digits are a Unix time where there are 9 or 10 of them (seconds), or 13
    (milliseconds).

    >>> read_instant("2024-05-01T10:00:00Z"), read_instant("20240501100000"), read_instant("May")
    (datetime.datetime(2024, 5, 1, 10, 0, tzinfo=datetime.timezone.utc), datetime.datetime(2024, 5, 1, 10, 0), None)
    >>> read_instant("20240501")
    WholeDay(2024, 5, 1, 0, 0)
    >>> read_instant("1714557600")
    datetime.datetime(2024, 5, 1, 10, 0, tzinfo=datetime.timezone.utc)
    """
    text = text.strip()
    if (unit := _UNITS.get(len(text))) and text.isascii() and text.isdecimal():
        return datetime.fromtimestamp(int(text) / unit, UTC)
    with suppress(ValueError):
        return WholeDay.of(date.fromisoformat(text))
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    if form := _FORMS.get(len(text)):  # of fewer digits, `strptime` would take single ones for months and hours
        with suppress(ValueError):
            return datetime.strptime(text, form)
    moments = read_moments(text) if text else []
    first = moments[0] if len(moments) == 1 else None
    if first is None or first.day is None:
        return None
    return WholeDay.of(first.day) if first.clock is None else datetime.combine(first.day, first.clock)


def _spans(tokens: Tokens, days: list[DayText], clocks: list[ClockText]) -> list[_Span]:
    """Give every day its clock.

    A clock without a day is a moment, and so is one that is that of an update: behind another clock, as in "9:20,
    updated 10:30", or behind the day, as in "3 March 2025, updated at 14:01".
    """
    if not days:
        return [_Span(None, clock) for clock in clocks]
    is_clock_first = bool(clocks) and clocks[0].start < days[0].start and len(clocks) >= len(days)
    borders = [day.end if is_clock_first else day.start for day in days]
    spans = []
    for index, day in enumerate(days):
        if is_clock_first:
            first, last = borders[index - 1] if index else 0, day.start
        else:
            first, last = day.start, borders[index + 1] if index + 1 < len(days) else len(tokens.codes)
        own = [clock for clock in clocks if first <= clock.start < last]
        if is_clock_first:  # "09:20 IST (03:50 GMT), 6 January 2021"
            own = [clock for clock in own[::-1] if tokens.codes[clock.start - 1] != "(" or len(own) == 1]
        if own and not is_clock_first and "U" in tokens.codes[day.end : own[0].start]:
            spans += [_Span(day, None), _Span(day, own[0], is_second=True)]
        else:
            spans.append(_Span(day, own[0] if own else None))
        spans += [
            _Span(day, clock, is_second=True)
            for before, clock in pairwise(own)
            if not is_clock_first and "U" in tokens.codes[before.end : clock.start]
        ]
    return spans


def _with_roles(tokens: Tokens, roles: list[int], spans: list[_Span], moments: list[Moment]) -> list[Moment]:
    """Give each moment the role of the nearest word for one.

    That is the word before it, or after it on a line that ends with such a word.

    Args:
        tokens: the line.
        roles: places of words for "published" and "updated".
        spans: where the moments stand.
        moments: as many as there are spans.
    """
    if not roles or not spans:
        return moments
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    is_behind = roles[0] >= starts[0] and roles[-1] >= ends[-1]
    with_roles = []
    for index, moment in enumerate(moments):
        if is_behind:
            following = starts[index + 1] if index + 1 < len(starts) else len(tokens.codes)
            near = [place for place in roles if ends[index] <= place < following][:1]
        else:
            before = ends[index - 1] if index else 0
            near = [place for place in roles if before <= place < starts[index]][-1:]
        role = Role.UNKNOWN if not near else Role.UPDATED if tokens.codes[near[0]] == "U" else Role.PUBLISHED
        with_roles.append(replace(moment, role=role))
    return with_roles


def _moment(tokens: Tokens, span: _Span, context: Context, page: Languages) -> Moment:
    """Read a day and its clock; `page` is what was known of the page's languages before the words of the line."""
    reading = (
        read_day(tokens, span.day, context) if span.day is not None else DayReading(None, (), False, context.languages)
    )
    if span.clock is None:
        return Moment(
            reading.day,
            None,
            problems=reading.problems,
            is_open=reading.is_open,
            choices=reading.choices,
            yearless=reading.yearless,
        )
    languages = narrow(reading.languages, context.languages)
    clock, problem = read_clock(tokens, span.clock, languages)
    zone = _zone(tokens, span.clock, languages, reading.day, page)
    if span.day is not None and span.day.end > span.clock.end and zone == Zone():
        # behind the day, as in "9:20 p.m. on 21 October 2020 EST"
        zone = _zone(tokens, replace(span.clock, end=span.day.end), languages, reading.day, page)
    if clock is not None and zone.offset is not None:
        clock = clock.replace(tzinfo=timezone(timedelta(minutes=zone.offset)))
    problems = tuple(text for text in (*reading.problems, problem, zone.problem) if text)
    return Moment(
        reading.day,
        clock,
        problems=problems,
        is_open=reading.is_open or zone.is_open,
        choices=reading.choices,
        yearless=reading.yearless,
    )


def _zone(tokens: Tokens, clock: ClockText, languages: Languages, day: date | None, page: Languages) -> Zone:
    """Read the zone behind a clock. It is the page's: a Hindi page may write its months in English."""
    found = read_zone(tokens, clock, page, day) if page else Zone()
    if not page or found.problem:
        found = read_zone(tokens, clock, page | languages, day)
    return replace(found, is_open=bool(found.problem) and not page)


def _of_age(tokens: Tokens, clocks: list[ClockText], context: Context, age: Age) -> Moment:
    """Make a moment of an age; "yesterday, 9:20" has its clock from the line."""
    problems = (age.problem,) if age.problem else ()
    if age.when is None:
        return Moment(problems=problems)
    if clocks and not age.has_clock:
        written = _moment(tokens, _Span(None, clocks[0]), context, context.languages)
        when, zone = age.when, None if written.clock is None else written.clock.tzinfo
        if zone is not None and when.tzinfo is not None:
            with suppress(OverflowError):  # at the ends of the calendar
                when = when.astimezone(zone)  # "yesterday" is that of the zone that the line names
        return Moment(when.date(), written.clock, problems=written.problems)
    clock = age.when.timetz().replace(microsecond=0) if age.has_clock else None
    return Moment(age.when.date(), clock, problems=problems, is_age=True)
