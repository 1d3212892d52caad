"""Entries of a live page: what was said when."""

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

MIN_ENTRIES = 3
"""Entries that make a page a live one, where its kind is not known."""
_LONGEST_CLOCK = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a live page."""

    time: str
    """ISO 8601; a clock alone, `09:05`, where the day of the entry is not known."""
    text: str
    """Its lines, each stripped, joined by `"\\n"`."""
    line: int
    """Line number in the file, from 1."""


def find_entries(page: LabelledLines, dating: Dating) -> tuple[Entry, ...]:
    """Entries in page order, none where fewer than `MIN_ENTRIES` times have text below them.

    An entry begins with a time on a line of its own, or with a body line that opens with a clock.
    """
    days = {stamp.moment.day for stamp in dating.stamps if stamp.moment.day is not None}
    day = next(iter(days)) if len(days) == 1 else None
    starts = {index: moment for index, moment in _starts(page, dating) if moment.clock is not None}
    body = page.numbers(Label.BODY)
    borders = [*starts, len(page.lines)]
    entries = []
    for start, end in pairwise(borders):
        text = "\n".join(page.lines[index].strip() for index in body if start <= index < end)
        if text:
            entries.append(Entry(_iso(starts[start], day), text, start + 1))
    return tuple(entries) if len(entries) >= MIN_ENTRIES else ()


def _starts(page: LabelledLines, dating: Dating) -> Iterator[tuple[int, Moment]]:
    """Indices of the lines with which entries may begin, in page order, and their moments."""
    stamps = {stamp.lines[0]: stamp.moment for stamp in reversed(dating.stamps)}
    for index, label in enumerate(page.labels):
        if index in stamps:
            yield index, stamps[index]
        elif label is Label.BODY:
            head = page.lines[index].strip()[:_LONGEST_CLOCK]
            tokens = tokenize(head) if head[:1].isdigit() else None
            clocks = find_clocks(tokens)[0] if tokens else []
            if tokens and clocks and not clocks[0].start:
                yield index, read_moments("".join(tokens.texts[: clocks[0].end]))[0]


def _iso(moment: Moment, day: date | None) -> str:
    """The time of an entry; the day of the page, if there is one, for a clock alone."""
    own = moment if moment.day or moment.problems else replace(moment, day=day)
    return own.iso or (moment.clock.isoformat("minutes") if moment.clock is not None else "")
