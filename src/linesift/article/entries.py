"""Entries of a live page: what was said when."""

from dataclasses import dataclass, replace
from datetime import date

from linesift.article.context import Context
from linesift.article.dating import Dating
from linesift.article.grammar import find_clocks
from linesift.article.lines import LabelledLines
from linesift.article.moment import Moment, read_moments
from linesift.article.tokens import tokenize
from linesift.labels import Label

MIN_ENTRIES = 3
"""Entries that make a page a live one, where its kind is not known."""
_MARKS = " -|:,.()"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a live page."""

    time: str
    """ISO 8601; a clock alone, `09:05`, where the day of the entry is not known."""
    text: str
    """Its lines, each stripped, joined by `"\\n"`."""
    line: int
    """Line number in the file, from 1."""


def find_entries(page: LabelledLines, dating: Dating, context: Context) -> tuple[Entry, ...]:
    """Entries in page order, none where fewer than `MIN_ENTRIES` lines with a time have text below them.

    An entry begins with a time on a line of its own, or with a body line that opens with a clock.
    """
    days = {stamp.moment.day for stamp in dating.stamps if stamp.moment.day is not None}
    day = next(iter(days)) if len(days) == 1 else None
    entries: list[Entry] = []
    written: str | None = None
    start, parts = 0, list[str]()
    for index, (line, label) in enumerate(zip(page.lines, page.labels, strict=True)):
        moment, rest = _opening(line, label, context)
        if moment is not None:
            if written is not None and parts:
                entries.append(Entry(written, "\n".join(parts), start + 1))
            written, start, parts = _iso(moment, day), index, [rest] if rest else []
        elif label is Label.BODY and written is not None:
            parts.append(line.strip())
    if written is not None and parts:
        entries.append(Entry(written, "\n".join(parts), start + 1))
    return tuple(entries) if len(entries) >= MIN_ENTRIES else ()


def _opening(line: str, label: Label | None, context: Context) -> tuple[Moment | None, str]:
    """The time that begins an entry, and the text that stands on the same line."""
    if label not in (Label.TIMESTAMP, Label.BODY) or not any(c.isdigit() for c in line):
        return None, ""
    if label is Label.TIMESTAMP:
        found = [moment for moment in read_moments(line, context) if moment.clock is not None]
        return (found[0], "") if found else (None, "")
    head = line.strip()[:12]
    tokens = tokenize(head)
    clocks, _ = find_clocks(tokens)
    if not clocks or clocks[0].start:
        return None, ""
    return read_moments("".join(tokens.texts[: clocks[0].end]))[0], line.strip()


def _iso(moment: Moment, day: date | None) -> str:
    own = replace(moment, day=moment.day or day)
    if own.iso is not None:
        return own.iso
    return "" if moment.clock is None else moment.clock.isoformat("minutes")
