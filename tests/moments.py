"""The date lines of `data/moments.tsv`, and how what was read of one compares with what it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "moments.tsv"
REFUSED = "refused"


class Outcome(StrEnum):
    """How a line was read."""

    RIGHT = "right"
    LESS = "less"
    """The day is right, and what is missing is said to be: no clock, or no offset."""
    REFUSED = "refused"
    WRONG = "wrong"
    """Another day, clock or offset, or a day where the line leaves it open."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """A row of the table."""

    line: str
    expected: str | None
    """ISO 8601, `None` where a line is to be refused."""
    lang: str | None
    now: datetime | None


def read_lines() -> list[DateLine]:
    rows = [row.split("\t") for row in TABLE.read_text("utf-8").split("\n") if row and not row.startswith("#")]
    return [
        DateLine(
            line,
            None if expected == REFUSED else expected,
            None if lang == "-" else lang,
            datetime.fromisoformat(now) if now else None,
        )
        for line, expected, lang, now in rows[1:]
    ]


def outcome(expected: str | None, found: str | None) -> Outcome:
    if found == expected:
        return Outcome.RIGHT
    if found is None:
        return Outcome.REFUSED
    return Outcome.LESS if expected is not None and expected.startswith(found) else Outcome.WRONG


def outcomes(lines: list[DateLine], read: Callable[[DateLine], str | None]) -> list[Outcome]:
    return [outcome(line.expected, read(line)) for line in lines]
