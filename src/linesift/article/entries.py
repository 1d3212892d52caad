"""Split a live page into its entries, each with a time, a title and a text."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from linesift.article.dating import Dating
from linesift.article.lines import LabelledLines
from linesift.article.parts import HEADINGS
from linesift.dates.grammar import find_clocks, find_loose_clocks
from linesift.dates.moment import Moment, Role, read_moments
from linesift.dates.tokens import tokenize
from linesift.hints import TAGS
from linesift.labels import Label

_MIN_ENTRIES = 3
"""Fewest entries of a page; where there are fewer, it has none."""
_MAX_CLOCK = 24
"""Characters at the beginning of a body line in which a clock is looked for."""
_MAX_WORD = 5
"""Most letters of a word before the clock, such as "Ore" and "klo"."""
_MAX_TITLE = 150
_MIN_JUMP = 60
"""Minutes by which a clock goes back, among entries that go forward, from which the next day is meant. Entries that are
only out of order are nearer."""
_SEPARATOR = re.compile(r"[^:–—|\-]{0,8}?(?::|\s[–—|\-])\s+")
"""Between a clock and its text, as in "11.16 Uhr: Strom ist zurück"."""
_NO_TITLE = re.compile(r"[.:;,。：；।۔]$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a live page."""

    time: str
    """ISO 8601; only the clock, `09:05`, where the day is not known. Empty for an age such as "2 hours ago", if it is
    not known when the page was read."""
    title: str
    """First body line, if it is a title; else empty."""
    text: str
    """The other body lines, each stripped, joined by `"\\n"`."""
    line: int
    """Number of its first line, from 1."""

    @property
    def day(self) -> str:
        """Its day in ISO 8601, empty if that is not known."""
        return self.time.partition("T")[0] if "-" in self.time else ""


@dataclass(frozen=True, slots=True)
class _Start:
    """A line with which an entry begins."""

    index: int
    moment: Moment
    rest: str | None = None
    """Text behind the time; `None` where the time has a line of its own."""


def find_entries(page: LabelledLines, dating: Dating) -> tuple[Entry, ...]:
    """Find the entries of a page, in page order; none where there are fewer than `_MIN_ENTRIES`.

    An entry begins with a time on a line of its own, with the heading right above that where most entries have one, or
    with a body line that begins with a clock. A line that says "published" or "updated" begins none, and neither does
    the date above the first line of the body, if it has a day and the times of the entries have none.

    A clock alone gets a day where the page's dates and the order of the entries leave one choice.
    """
    starts = list(_starts(page, dating))
    above = _headings_above(page, starts)
    times = {stamp.lines[0] for stamp in dating.stamps} | {start.index for start in starts}
    ends = dict(pairwise([*sorted(above.get(index, index) for index in times), len(page.lines)]))
    body = page.indices(Label.BODY)
    first = {start.index: above.get(start.index, start.index) for start in starts}
    lines = {index: body[bisect_left(body, begin) : bisect_left(body, ends[begin])] for index, begin in first.items()}
    starts = _without_header(page, [start for start in starts if lines[start.index]])
    if len(starts) < _MIN_ENTRIES:
        return ()
    moments = _with_days([start.moment for start in starts], dating)
    return tuple(
        Entry(_iso(moment), *_title_and_text(page, start, lines[start.index]), first[start.index] + 1)
        for start, moment in zip(starts, moments, strict=True)
    )


def _starts(page: LabelledLines, dating: Dating) -> Iterator[_Start]:
    """Lines with which entries may begin, in page order."""
    stamps = {stamp.lines[0]: stamp.moment for stamp in reversed(dating.stamps)} | _clock_below_its_day(page, dating)
    for index, label in enumerate(page.labels):
        if index in stamps:
            moment, codes = stamps[index], tokenize(page.lines[index]).codes
            # A day without a clock is a heading above entries; a moment without both is an age.
            if not {"U", "p"} & set(codes) and (moment.clock is not None or moment.day is None):
                yield _Start(index, moment)
        elif label is Label.BODY and (start := _inline_start(index, page.lines[index].strip())):
            yield start


def _headings_above(page: LabelledLines, starts: Sequence[_Start]) -> dict[int, int]:
    """Find the heading right above the time of each entry, by the index of the time; none if few entries have one."""
    if page.hints is None:
        return {}
    before = dict(zip(page.written[1:], page.written, strict=False))
    above = {start.index: before[start.index] for start in starts if start.rest is None and start.index in before}
    found = {
        index: line
        for index, line in above.items()
        if page.labels[line] is Label.BODY and TAGS[page.hints.tag[line]] in HEADINGS
    }
    return found if 2 * len(found) > len(starts) else {}


def _clock_below_its_day(page: LabelledLines, dating: Dating) -> dict[int, Moment]:
    """Find the clock of the first entry if the line above is the day of all entries, so that both are read as one date.

    The latest entry has to stand first: then the clock of a publication would not be before the others. A word such as
    "published" says that the two lines belong together.

    Returns:
        The index of the line and its clock, or nothing.
    """
    for stamp in dating.stamps:
        day, minute = stamp.moment.day, _minutes(stamp.moment)
        if len(stamp.lines) == 2 and stamp.moment.role is Role.UNKNOWN and day is not None and minute is not None:
            own = stamp.lines[-1]
            after = (label for label in page.labels[own + 1 :] if label is not None)
            clocks = [other.moment for other in dating.stamps if other.lines[0] > own and other.moment.day is None]
            below = [at for at in map(_minutes, clocks) if at is not None]
            is_latest_first = all(one >= two for one, two in pairwise([minute, *below[: _MIN_ENTRIES - 1]]))
            if next(after, None) is Label.BODY and len(below) >= _MIN_ENTRIES - 1 and is_latest_first:
                return {own: replace(stamp.moment, day=None)}
    return {}


def _inline_start(index: int, line: str) -> _Start | None:
    """Read the clock with which a body line begins, as in "9h05 – ..." and "Ore 18:20 - ..."; `None` without one."""
    head = line[:_MAX_CLOCK]
    if not any(map(str.isdigit, head[: _MAX_WORD + 2])):
        return None
    tokens = tokenize(head)
    clocks, codes = find_clocks(tokens)
    if not clocks:
        clocks = [clock for clock in find_loose_clocks(tokens, codes) if tokens.codes[clock.end :].startswith(" h")]
    if not clocks:
        return None
    end = clocks[0].end
    while tokens.codes[end : end + 2] in (" P", " h", " Z"):
        end += 2
    before, written = ("".join(tokens.texts[:place]) for place in (clocks[0].start, end))
    before, behind = before.strip(" [(•"), line[len(written) :].lstrip("])")
    separator = _SEPARATOR.match(behind)
    if before and not (separator and before.rstrip(".").isalpha() and len(before) <= _MAX_WORD):
        return None
    moments = read_moments(written)
    if not moments or moments[0].clock is None:
        return None
    return _Start(index, moments[0], behind[separator.end() if separator else 0 :].strip())


def _without_header(page: LabelledLines, starts: Sequence[_Start]) -> list[_Start]:
    """Leave out the date above the body, if it has a day and most other times have none."""
    body = page.indices(Label.BODY)
    n_inside = sum(start.index > body[0] for start in starts)
    with_day = sum(start.index > body[0] and start.moment.day is not None for start in starts)
    is_dated = 2 * with_day > n_inside
    return [start for start in starts if is_dated or start.moment.day is None or start.index >= body[0]]


def _with_days(moments: Sequence[Moment], dating: Dating) -> list[Moment]:
    """Give clocks without a day the day of their entry, if it is known.

    The first entry has the day of the last update where the latest stands first, and of the publication where the
    earliest does; and where the clock jumps, the next day is meant. If the entries are then not in order, or begin
    before the publication, the days are not known.
    """
    known = [minute for minute in map(_minutes, moments) if minute is not None]
    later = sum(one < two for one, two in pairwise(known))
    step = 1 if 2 * later > len(known) - 1 else -1  # 1 where the earliest entry stands first
    day, before = _first_day(dating, known[:1], is_earliest=step > 0), None
    dated = []
    for moment in moments:
        minute = _minutes(moment)
        if moment.day is not None:
            day = moment.day
        elif day is not None and before is not None and minute is not None and (before - minute) * step >= _MIN_JUMP:
            day += timedelta(days=step)
        before = before if minute is None else minute
        is_open = moment.day is None and not moment.problems and minute is not None
        dated.append(replace(moment, day=day) if is_open else moment)
    return dated if _is_in_order(dated, dating, step) else list(moments)


def _first_day(dating: Dating, minutes: Sequence[int], *, is_earliest: bool) -> date | None:
    """Day of the first entry: the only day of the page, or that of its first or last date if the clocks fit."""
    first, last = dating.published, dating.updated or dating.published
    if first is None or last is None:
        return None
    near = first if is_earliest else last
    at = _minutes(near.moment)
    fits = at is None or any(abs(minute - at) < _MIN_JUMP for minute in minutes)
    return near.moment.day if first.moment.day == last.moment.day or fits else None


def _is_in_order(moments: Sequence[Moment], dating: Dating, step: int) -> bool:
    """Say whether entries go one way, and none is before the publication; an hour does not count.

    A date of publication that is near the last entry is that of an update, which the page does not call so.
    """
    times = [at for at in map(_absolute, moments) if at is not None][::step]
    published = _absolute(dating.published.moment) if dating.published else None
    is_right = all(two - one > -_MIN_JUMP for one, two in pairwise(times))
    if not times or published is None or abs(times[-1] - published) < _MIN_JUMP:
        return is_right
    return is_right and times[0] > published - _MIN_JUMP


def _absolute(moment: Moment) -> int | None:
    """Minutes since the year 1, on the clock of the page; `None` without a day and a clock."""
    minute = _minutes(moment)
    return None if moment.day is None or minute is None else moment.day.toordinal() * 24 * 60 + minute


def _minutes(moment: Moment) -> int | None:
    """Minutes since midnight; `None` without a clock."""
    return None if moment.clock is None else moment.clock.hour * 60 + moment.clock.minute


def _title_and_text(page: LabelledLines, start: _Start, indices: Sequence[int]) -> tuple[str, str]:
    """Title and text of an entry, whose body lines are at some indices."""
    lines = [page.lines[index].strip() for index in indices]
    if start.rest is not None:
        lines = [start.rest, *lines[1:]] if start.rest else lines[1:]
    is_heading = page.hints is not None and TAGS[page.hints.tag[indices[0]]] in HEADINGS
    is_title = is_heading or (len(lines[:1]) and len(lines[0]) <= _MAX_TITLE and not _NO_TITLE.search(lines[0]))
    if len(lines) > 1 and is_title:
        return lines[0], "\n".join(lines[1:])
    return "", "\n".join(lines)


def _iso(moment: Moment) -> str:
    """Time of an entry, as `Entry.time` says."""
    return moment.iso or (moment.clock.isoformat("minutes") if moment.clock is not None else "")
