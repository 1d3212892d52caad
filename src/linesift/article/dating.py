"""When an article was published and updated, from the lines that date it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from linesift.article.context import Context
from linesift.article.evidence import look_around
from linesift.article.lines import LabelledLines
from linesift.article.moment import Moment, Role, read_moments
from linesift.article.tokens import tokenize
from linesift.labels import Label

_LONGEST_WORD_LINE = 30
"""Characters of a line such as "Last updated:" that says what the date below it is."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and the lines that it stands on."""

    moment: Moment
    lines: tuple[int, ...]
    """Indices; two where the day stands on one line and the clock on the next."""
    probability: float
    """That the first line dates the article."""


@dataclass(frozen=True, slots=True)
class Dating:
    """The dates of an article."""

    published: str | None = None
    updated: str | None = None
    published_lines: tuple[int, ...] = ()
    """Indices."""
    updated_lines: tuple[int, ...] = ()
    confidence: float = math.nan
    problems: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()


def date_page(page: LabelledLines, context: Context) -> Dating:
    """Read all lines that date the article, and choose when it was published and when it was last updated."""
    stamps = read_stamps(page, page.numbers(Label.TIMESTAMP), context)
    dated = [stamp for stamp in stamps if stamp.moment.day is not None]
    problems = tuple(dict.fromkeys(text for stamp in stamps for text in stamp.moment.problems))
    published = _published(dated)
    updated = _updated(dated, published)
    return Dating(
        published.moment.iso if published else None,
        updated.moment.iso if updated else None,
        published.lines if published else (),
        updated.lines if updated else (),
        published.probability if published else math.nan,
        problems,
        tuple(stamps),
    )


def read_stamps(page: LabelledLines, indices: Sequence[int], context: Context) -> list[Stamp]:
    """The moments of some lines, days and clocks of neighbouring lines put together."""
    moments = [read_moments(page.lines[index], context) for index in indices]
    if any(moment.is_open for line in moments for moment in line):
        context = look_around(page.lines, context)
        moments = [read_moments(page.lines[index], context) for index in indices]
    column = Label.TIMESTAMP.column
    stamps: list[Stamp] = []
    for index, line in zip(indices, moments, strict=True):
        role = _role_above(page, index) if line and line[0].role is Role.UNKNOWN else Role.UNKNOWN
        for place, moment in enumerate(line):
            given = replace(moment, role=role) if role and not place else moment
            stamps.append(Stamp(given, (index,), float(page.probabilities[index, column])))
    return list(_join_clocks(page, stamps))


def _role_above(page: LabelledLines, index: int) -> Role:
    """What a short line without a date above says, such as "Last updated:"."""
    for above in range(index - 1, -1, -1):
        text = page.lines[above].strip()
        if not text:
            continue
        if len(text) > _LONGEST_WORD_LINE or any(c.isdigit() for c in text):
            return Role.UNKNOWN
        codes = tokenize(text).codes
        is_alone = codes.count("x") <= 1
        return (
            Role.UNKNOWN
            if not is_alone
            else Role.UPDATED
            if "U" in codes
            else Role.PUBLISHED
            if "p" in codes
            else Role.UNKNOWN
        )
    return Role.UNKNOWN


def _join_clocks(page: LabelledLines, stamps: Sequence[Stamp]) -> Iterator[Stamp]:
    """Give a day without a clock the clock that stands alone on the next line that has one."""
    waiting: Stamp | None = None
    for stamp in stamps:
        if waiting is not None and stamp.moment.day is None and stamp.moment.clock is not None:
            if _are_neighbours(page, waiting.lines[-1], stamp.lines[0]):
                moment = replace(
                    waiting.moment, clock=stamp.moment.clock, problems=waiting.moment.problems + stamp.moment.problems
                )
                yield replace(waiting, moment=moment, lines=(*waiting.lines, *stamp.lines))
                waiting = None
                continue
        if waiting is not None:
            yield waiting
        waiting = stamp if stamp.moment.day is not None and stamp.moment.clock is None else None
        if waiting is None:
            yield stamp
    if waiting is not None:
        yield waiting


def _are_neighbours(page: LabelledLines, first: int, second: int) -> bool:
    return not any(page.lines[between].strip() for between in range(first + 1, second))


def _published(stamps: Sequence[Stamp]) -> Stamp | None:
    """The first that says so, else the first that says nothing, else the only one there is."""
    for role in (Role.PUBLISHED, Role.UNKNOWN, Role.UPDATED):
        for stamp in stamps:
            if stamp.moment.role is role:
                return stamp
    return None


def _updated(stamps: Sequence[Stamp], published: Stamp | None) -> Stamp | None:
    """The last that says so, or one that says nothing and is later than the publication."""
    if published is None:
        return None
    said = [stamp for stamp in stamps if stamp.moment.role is Role.UPDATED and stamp is not published]
    if said:
        return max(said, key=_sort_key)
    return None


def _sort_key(stamp: Stamp) -> datetime:
    day = stamp.moment.day or datetime.min.date()
    clock = stamp.moment.clock or time()
    return datetime.combine(day, clock.replace(tzinfo=None))
