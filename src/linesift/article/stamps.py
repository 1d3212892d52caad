"""Read the dates of some lines of a page: a day and a clock, or the parts of a day, can stand on several lines."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from linesift.article.lines import LabelledLines
from linesift.dates.context import Context
from linesift.dates.moment import Moment, Role, read_moments
from linesift.dates.tokens import tokenize
from linesift.labels import Label

MAX_LINE = 300
"""Most characters of a line that is searched for a date, unless it is labelled as a timestamp."""

_DIGIT = re.compile(r"\d")
_MAY_HAVE_YEAR = re.compile(r"\d\D*\d\D*\d|年")
"""A day with its year has three digits at least, as in "1 Oct '20", unless it is written as in 元年."""
_MAX_ROLE_LINE = 30
"""Most characters of a line such as "Last updated:", which says what the date below it is."""
_MAX_PART, _MAX_PARTS = 16, 4
"""Most characters of a line that has a part of a day, such as the month, and most lines of a day."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and the lines that it stands on."""

    moment: Moment
    lines: tuple[int, ...]
    """Indices; several where the day stands on one line and the clock, or the year, on the next."""

    @property
    def when(self) -> datetime:
        """Day and clock, for comparing; without the offset, because lines of one page are in one zone."""
        day, clock = self.moment.day or datetime.min.date(), self.moment.clock or time()
        return datetime.combine(day, clock.replace(tzinfo=None))


def read_stamps(
    page: LabelledLines, indices: Sequence[int], context: Context, evidence: Callable[[], Context]
) -> list[Stamp]:
    """Read the moments of some lines; a day and a clock on neighbouring lines are joined.

    If any of them can be read in several ways, all are read again with the languages of the page and its other dates.

    Args:
        page: the page.
        indices: the lines.
        context: what is known without looking at the whole page.
        evidence: adds to it what the page says.
    """
    moments = [read_moments(page.lines[index], context) for index in indices]
    if any(moment.is_open for line in moments for moment in line):
        context = evidence()
        # A line without a moment has none in any context.
        moments = [
            line and read_moments(page.lines[index], context) for index, line in zip(indices, moments, strict=True)
        ]
        if any(moment.choices for line in moments for moment in line):
            known = dict(zip(indices, moments, strict=True))
            shown = _shown_days(page, known, context)
            moments = [[_settle(moment, shown) for moment in line] for line in moments]
    stamps: list[Stamp] = []
    for index, line in zip(indices, moments, strict=True):
        role = _role_above(page, index) if line and line[0].role is Role.UNKNOWN else Role.UNKNOWN
        for place, moment in enumerate(line):
            given = replace(moment, role=role) if role and not place else moment
            stamps.append(Stamp(given, (index,)))
    return list(_join_clocks(page, _join_parts(page, stamps, context)))


def _find_dated_lines(page: LabelledLines) -> list[int]:
    """Indices of all lines that may have a date: short enough, with a digit."""
    return [index for index, line in enumerate(page.lines) if len(line) <= MAX_LINE and _DIGIT.search(line)]


def _shown_days(page: LabelledLines, known: Mapping[int, Sequence[Moment]], context: Context) -> frozenset[date]:
    """Days that lines of the page show beyond doubt; some lines are read already."""
    lines = _find_dated_lines(page)
    if context.now is None:  # so ages and days without a year are none
        lines = [index for index in lines if index in known or _MAY_HAVE_YEAR.search(page.lines[index])]
    read = (known[index] if index in known else read_moments(page.lines[index], context) for index in lines)
    return frozenset(moment.day for moments in read for moment in moments if moment.day is not None)


def _settle(moment: Moment, shown: frozenset[date]) -> Moment:
    """Choose, of the days that a line can mean, the one that the page shows elsewhere beyond doubt."""
    days = [day for day in moment.choices if day in shown]
    if len(days) != 1:
        return moment
    return replace(moment, day=days[0], problems=moment.problems[1:], choices=())


def _role_above(page: LabelledLines, index: int) -> Role:
    """Role of a date by the line above it, if that is short and without numbers, such as "Last updated:"."""
    above = next((page.lines[place].strip() for place in range(index - 1, -1, -1) if page.lines[place].strip()), "")
    if not above or len(above) > _MAX_ROLE_LINE or any(map(str.isdigit, above)):
        return Role.UNKNOWN
    codes = tokenize(above).codes
    if codes.count("x") > 1:
        return Role.UNKNOWN
    return Role.UPDATED if "U" in codes else Role.PUBLISHED if "p" in codes else Role.UNKNOWN


def _join_parts(page: LabelledLines, stamps: list[Stamp], context: Context) -> list[Stamp]:
    """Join the parts of a day that stand on lines of their own: "Oct", "24", "2012", or "2019", "11/08", "17:40".

    One of the lines has to be labelled as a timestamp, and none may have a whole day by itself.
    """
    whole = {index for stamp in stamps if stamp.moment.day is not None for index in stamp.lines}
    found: list[Stamp] = []
    written, first = page.written, 0  # `first` is behind the lines that are joined already
    for place in _near_timestamps(page):
        stamp = _joined(page, written[place : place + _MAX_PARTS], whole, context) if place >= first else None
        if stamp is not None:
            found.append(stamp)
            first = place + len(stamp.lines)
    if not found:
        return stamps
    used = {index for stamp in found for index in stamp.lines}
    kept = [stamp for stamp in stamps if used.isdisjoint(stamp.lines)]
    return sorted([*kept, *found], key=lambda stamp: stamp.lines)


def _near_timestamps(page: LabelledLines) -> list[int]:
    """Places of written lines that are timestamps or stand so near above one that both can be parts of a day."""
    timestamps = [bisect_left(page.written, index) for index in page.indices(Label.TIMESTAMP)]
    return sorted({place - back for place in timestamps for back in range(_MAX_PARTS) if place >= back})


def _joined(page: LabelledLines, lines: Sequence[int], whole: set[int], context: Context) -> Stamp | None:
    """Join as many of some lines as make one whole day; `None` if the first ones do not."""
    parts = []
    for index in lines:
        if index in whole or len(page.lines[index].strip()) > _MAX_PART:
            break
        parts.append(index)
    if len(parts) < 2 or all(page.labels[index] is not Label.TIMESTAMP for index in parts):
        return None
    for n_parts in range(len(parts), 1, -1):
        used = parts[:n_parts]
        if page.labels[used[0]] is not Label.TIMESTAMP and page.labels[used[-1]] is not Label.TIMESTAMP:
            continue
        text = " ".join(page.lines[index].strip() for index in used)
        tokens = tokenize(text)
        if "x" in tokens.codes or not any(map(str.isdigit, text)):
            continue
        moments = read_moments(text, context)
        if len(moments) == 1 and moments[0].day is not None and not moments[0].problems:
            return Stamp(moments[0], tuple(used))
    return None


def _join_clocks(page: LabelledLines, stamps: Sequence[Stamp]) -> Iterator[Stamp]:
    """Join a day without a clock and a clock without a day on the next line.

    The clock of an update, as in "Updated: 19:10", has the day of the line above.
    """
    waiting: Stamp | None = None  # has a day and no clock; the next stamp may bring it
    before: Stamp | None = None
    for given in stamps:
        is_update = before is not None and _is_update_of(page, before, given)
        stamp = replace(given, moment=replace(given.moment, day=before.moment.day)) if before and is_update else given
        before = stamp
        if waiting is not None:
            if _is_clock_of(page, waiting, stamp):
                problems = waiting.moment.problems + stamp.moment.problems
                moment = replace(waiting.moment, clock=stamp.moment.clock, problems=problems)
                yield replace(waiting, moment=moment, lines=(*waiting.lines, *stamp.lines))
                waiting = None
                continue
            yield waiting
        waiting = stamp if stamp.moment.day is not None and stamp.moment.clock is None else None
        if waiting is None:
            yield stamp
    if waiting is not None:
        yield waiting


def _is_update_of(page: LabelledLines, first: Stamp, second: Stamp) -> bool:
    """Say whether the second stamp is nothing but the clock of an update, on the line below a day."""
    moment, start, end = second.moment, first.lines[-1], second.lines[0]
    if moment.day is not None or moment.clock is None or moment.role is not Role.UPDATED or moment.yearless:
        return False
    return first.moment.day is not None and start < end and not _has_text_between(page, start, end)


def _has_text_between(page: LabelledLines, start: int, end: int) -> bool:
    return any(page.lines[between].strip() for between in range(start + 1, end))


def _is_clock_of(page: LabelledLines, first: Stamp, second: Stamp) -> bool:
    """Say whether the second stamp is a clock alone, on the next line that is not blank, and belongs to the first.

    A line with other words is something else, such as "Listen • 6:41", and 00:00 is where a player stands.
    """
    moment, start, end = second.moment, first.lines[-1], second.lines[0]
    if moment.day is not None or moment.clock is None or moment.choices or start == end:
        return False
    if "x" in tokenize(page.lines[end]).codes or moment.clock.replace(tzinfo=None) == time():
        return False
    is_other = moment.role is Role.UPDATED and first.moment.role is not Role.UPDATED
    return not is_other and not _has_text_between(page, start, end)
