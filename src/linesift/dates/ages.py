"""Ages such as "2 hours ago" and "yesterday": a day as soon as it is known when the page was read."""

import re
from datetime import datetime, timedelta
from functools import cache

from linesift.dates.names import WordKind, WordMeaning, read_words
from linesift.dates.tokens import Tokens

ROUNDED = "counted back from when the page was read, by a rounded age"
_BEFORE, _AFTER = 4, 6
"""Words of an age around its number."""
_LONGEST = 80
"""Tokens of a line that can be an age; a longer one tells of it."""
_NOT_WORDS = re.compile(r"[\s.'\-]")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def read_age(tokens: Tokens, now: datetime | None) -> tuple[datetime | None, bool, str] | None:
    """When a line with an age is of, whether that gives a clock, and what is to be said; `None` without an age."""
    if len(tokens.codes) > _LONGEST:
        return None
    words = [
        (place, "#" if value >= 0 else _NOT_WORDS.sub("", text.lower()))
        for place, (text, value) in enumerate(zip(tokens.texts, tokens.values, strict=True))
        if value >= 0 or _NOT_WORDS.sub("", text)
    ]
    found = _age(tokens, words)
    if found is None:
        return None
    unit, number = found
    if now is None:
        return None, False, "an age, and it is not known when the page was read"
    if unit not in _SECONDS:
        return None, False, f"an age in {unit}s"
    has_clock = unit in ("second", "minute", "hour")
    return now - timedelta(seconds=number * _SECONDS[unit]), has_clock, ROUNDED if number else ""


def _age(tokens: Tokens, words: list[tuple[int, str]]) -> tuple[str, int] | None:
    """Unit and number of the age of a line."""
    for place in range(len(tokens.codes)):
        for meaning in tokens.find(place, WordKind.PAST):
            return ("second", 0) if meaning.value == "now" else ("day", int(meaning.value))
    numbers = [index for index, (_, word) in enumerate(words) if word == "#"]
    for index in numbers or [0]:
        for start in range(max(index - _BEFORE, 0), index + 1):
            for end in range(min(index + _AFTER, len(words)), index, -1):
                meanings = _ages().get("".join(word for _, word in words[start:end]))
                units = {meaning.value for meaning in meanings or ()}
                # "1 day 2 hours ago" is more than its last part.
                if len(units) == 1 and not any(start - 3 <= other < start for other in numbers):
                    unit, _, number = units.pop().partition(" ")
                    return unit, int(number) if number else tokens.values[words[index][0]]
    return None


@cache
def _ages() -> dict[str, tuple[WordMeaning, ...]]:
    """Patterns without spaces and dots."""
    found: dict[str, tuple[WordMeaning, ...]] = {}
    for name, meanings in read_words().ages.items():
        key = _NOT_WORDS.sub("", name)
        found[key] = found.get(key, ()) + meanings
    return found
