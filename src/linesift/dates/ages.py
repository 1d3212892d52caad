"""Read ages such as "2 hours ago" and "yesterday": points in time, once it is known when the page was read."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from linesift.dates.context import WholeDay
from linesift.dates.names import WordKind, WordMeaning, read_words
from linesift.dates.tokens import Tokens

_ROUNDED = "counted back from when the page was read, by a rounded age"
_BEFORE, _AFTER = 4, 6
"""Most words of an age before its number, and after it (the number included)."""
_LONGEST = 80
"""Most tokens of a line that can be an age; a longer line is a text in which one occurs."""
_NOT_WORDS = re.compile(r"[\s.'\-]")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True, slots=True)
class Age:
    """An age, counted back from when the page was read."""

    when: datetime | None = None
    """`None` if it is not known when the page was read, or the unit is too coarse."""
    has_clock: bool = False
    """Whether the unit is short enough to give a time of day."""
    problem: str = ""


def read_age(tokens: Tokens, now: datetime | None) -> Age | None:
    """Read the age on a line; `None` where there is none.

    Args:
        tokens: the line.
        now: when the page was read, if that is known. A `WholeDay` gives no clock, and a day only for an age of whole
            days: "2 hours ago" may be the day before.
    """
    if len(tokens.codes) > _LONGEST:
        return None
    words = [
        (place, "#" if value >= 0 else word)
        for place, (text, value) in enumerate(zip(tokens.texts, tokens.values, strict=True))
        if value >= 0 or (word := text.lower() if text.isalpha() else _NOT_WORDS.sub("", text.lower()))
    ]
    age = _find_age(tokens, words)
    if age is None:
        return None
    unit, number = age
    if now is None:
        return Age(problem="an age, and it is not known when the page was read")
    if unit not in _SECONDS:
        return Age(problem=f"an age in {unit}s")
    seconds = number * _SECONDS[unit]
    is_day = isinstance(now, WholeDay)
    if is_day and seconds % _SECONDS["day"]:
        return Age(problem=f"an age in {unit}s, and it is not known at what time of the day the page was read")
    has_clock = unit in ("second", "minute", "hour") and not is_day
    try:
        when = now - timedelta(seconds=seconds)
    except OverflowError:
        return Age(problem="an age from before the calendar begins")
    return Age(when, has_clock, _ROUNDED if number else "")


def _find_age(tokens: Tokens, words: list[tuple[int, str]]) -> tuple[str, int] | None:
    """Unit and number of the age on a line.

    Args:
        tokens: the line.
        words: place among the tokens and text of every word; `#` for a number.
    """
    for meaning in (meaning for meanings in tokens.meanings for meaning in meanings):
        if meaning.kind is WordKind.PAST:
            return ("second", 0) if meaning.value == "now" else ("day", int(meaning.value))
    numbers = [index for index, (_, word) in enumerate(words) if word == "#"]
    beginnings = _beginnings()
    for index in numbers or range(len(words)):  # "an hour ago" has no number
        for start in range(max(index - _BEFORE, 0) if numbers else index, index + 1):
            for meanings in _matches(words, start, index) if words[start][1] in beginnings else ():
                units = {meaning.value for meaning in meanings}
                # "1 day 2 hours ago" is more than its last part.
                if len(units) == 1 and not any(start - 3 <= other < start for other in numbers):
                    unit, _, number = units.pop().partition(" ")
                    return unit, int(number) if number else tokens.values[words[index][0]]
    return None


def _matches(words: list[tuple[int, str]], start: int, index: int) -> list[tuple[WordMeaning, ...]]:
    """Meanings of the words from a start on, over an index at least; the longest first."""
    ages, beginnings, found, text = _ages(), _beginnings(), [], ""
    for place in range(start, min(index + _AFTER, len(words))):
        text += words[place][1]
        if text not in beginnings:
            break
        if place >= index and text in ages:
            found.append(ages[text])
    return found[::-1]


@cache
def _beginnings() -> frozenset[str]:
    """All beginnings of the patterns of `_ages`: where the words of a line are none, no age follows."""
    return frozenset(pattern[:end] for pattern in _ages() for end in range(len(pattern) + 1))


@cache
def _ages() -> dict[str, tuple[WordMeaning, ...]]:
    """Patterns of ages, `#hoursago`, without spaces and dots.

    Those of a minus sign, a number and a unit (Nynorsk "-5 min") are left out: without the sign, which a line may have
    for something else, they are the time that reading or listening takes.
    """
    patterns: dict[str, tuple[WordMeaning, ...]] = {}
    for name, meanings in read_words().ages.items():
        if name.startswith("-"):
            continue
        key = _NOT_WORDS.sub("", name)
        patterns[key] = patterns.get(key, ()) + meanings
    return patterns
