"""Split a live page into its entries, each with a time and a text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from linesift.article.dating import Dating
from linesift.article.lines import LabelledLines
from linesift.dates.grammar import find_clocks
from linesift.dates.moment import Moment, read_moments
from linesift.dates.tokens import tokenize
from linesift.labels import Label

_MIN_ENTRIES = 3
"""Fewest entries of a page; where there are fewer, it has none."""
_MAX_CLOCK = 12
"""Characters at the beginning of a body line in which a clock is looked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a live page."""

    time: str
    """ISO 8601; only the time, `09:05`, where the day is not known."""
    text: str
    """Body lines, each stripped, joined by `"\\n"`."""
    line: int
    """Number of its first line, from 1."""


def find_entries(page: LabelledLines, dating: Dating) -> tuple[Entry, ...]:
    """Find the entries of a page, in page order; none where there are fewer than `_MIN_ENTRIES`.

    An entry begins with a time on a line of its own, or with a body line that begins with a clock.
    """
    days = {stamp.moment.day for stamp in dating.stamps if stamp.moment.day is not None}
    day = next(iter(days)) if len(days) == 1 else None
    starts = {index: moment for index, moment in _starts(page, dating) if moment.clock is not None}
    body = page.indices(Label.BODY)
    bounds = [*starts, len(page.lines)]
    entries = []
    for start, end in pairwise(bounds):
        text = "\n".join(page.lines[index].strip() for index in body if start <= index < end)
        if text:
            entries.append(Entry(_iso(starts[start], day), text, start + 1))
    return tuple(entries) if len(entries) >= _MIN_ENTRIES else ()


def _starts(page: LabelledLines, dating: Dating) -> Iterator[tuple[int, Moment]]:
    """Lines with which entries may begin, in page order: index and moment."""
    stamps = {stamp.lines[0]: stamp.moment for stamp in reversed(dating.stamps)}
    for index, label in enumerate(page.labels):
        if index in stamps:
            yield index, stamps[index]
        elif label is Label.BODY:
            head = page.lines[index].strip()[:_MAX_CLOCK]
            tokens = tokenize(head) if head[:1].isdigit() else None
            clocks = find_clocks(tokens)[0] if tokens else []
            if tokens and clocks and not clocks[0].start:
                yield index, read_moments("".join(tokens.texts[: clocks[0].end]))[0]


def _iso(moment: Moment, day: date | None) -> str:
    """Time of an entry. A clock alone gets the day of the page, if the page has one day only."""
    own = moment if moment.day or moment.problems else replace(moment, day=day)
    return own.iso or (moment.clock.isoformat("minutes") if moment.clock is not None else "")
