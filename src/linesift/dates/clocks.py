"""Read clock times: hour, minute and second by a clock of 24 hours, and the zone with its offset from UTC."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from linesift.dates.context import fits
from linesift.dates.grammar import ClockText
from linesift.dates.names import Languages, WordKind, WordMeaning
from linesift.dates.tokens import Tokens

_BETWEEN = " ,.()|hfP"
_REACH = 7
"""Most tokens between a clock and its zone."""
_OFFSET = re.compile(
    r"(?P<open>[ ,(|]{0,3})(?P<sign>[+\-])(?P<space> ?)(?P<hours>[dyn])(?:[:.](?P<minutes>d))?(?![dyn])"
)
_ENDS_OFFSET = re.compile(r" *(?:$|[),|•·;])")
"""What may follow "GMT - 3"; before a word, as in "GMT - 5 min read", the hyphen divides."""
_ORDINARY_WORDS = frozenset(["art", "bst", "cat", "east", "eat", "est", "ist", "pet", "west", "wit", "wet", "z"])
"""Zones that in small letters are words of some language, or what is left of one."""
_BEHIND_ZONE = " ,.()|-/•·;"
"""Codes that may follow a zone in small letters; before a word it would be one, too."""
_GERMAN = frozenset(["de", "lb"])
"""Languages in which a lower-case `am` after a clock is a preposition."""
_FROM_SUNRISE = frozenset(["am", "sw", "ti"])
"""Languages that often count the hours from six o'clock: three in the morning is 9:00. Others write 9:00."""
_HOURS_OF_PART = {"am": range(5, 12), "noon": range(11, 14), "pm": range(12, 20), "night": (*range(19, 24), *range(5))}
"""Hours that a part of the day has in those languages, where its word says which of the two is meant."""
_QUARTER = 15
"""Minutes; every offset is a multiple."""
_MAX_OFFSET = 14 * 60
"""Minutes from UTC of the zone farthest east."""
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Zone:
    """Zone of a clock."""

    offset: int | None = None
    """Minutes from UTC."""
    problem: str = ""
    is_open: bool = False
    """Whether the language of the page, if it were known, could decide which zone is meant."""


def read_clock(tokens: Tokens, text: ClockText, languages: Languages) -> tuple[time | None, str]:
    """Read a time; give it by a clock of 24 hours, and a sentence on what contradicts it, or `""`."""
    parts = _parts_of_day(tokens, text, languages)
    if not parts:
        return time(text.hour, text.minute, text.second), ""
    hours = set().union(*(_hours(text.hour, part) for part in parts))
    if not hours:
        return time(text.hour, text.minute, text.second), f"there is no {text.hour}:{text.minute:02} {parts[0].value}"
    if len(hours) != 1:
        meant = " or ".join(f"{hour:02}:{text.minute:02}" for hour in sorted(hours))
        return None, f"{text.hour}:{text.minute:02} can be {meant}"
    return time(hours.pop(), text.minute, text.second), ""


def _parts_of_day(tokens: Tokens, text: ClockText, languages: Languages) -> list[WordMeaning]:
    """Parts of the day ("am", "night") that the words beside a clock can mean; none without such a word."""
    after = text.end
    while after < len(tokens.codes) and after < text.end + 2 and tokens.codes[after] in " hm":
        after += 1
    before = text.start - 1
    if before >= 0 and tokens.codes[before] == " ":
        before -= 1
    for place in (after, before):
        if tokens.find(place, WordKind.HOUR_MARK):
            continue
        parts = [name for name in tokens.find(place, WordKind.PERIOD) if fits(name.languages, languages)]
        if parts and not (languages and languages <= _GERMAN and tokens.texts[place] == "am"):
            return parts
    return []


def _hours(hour: int, part: WordMeaning) -> set[int]:
    """Hours of 24 that an hour with a part of the day can be; none where there is no such time."""
    by_noon = _hour(hour, part.value)
    if not part.languages or not part.languages <= _FROM_SUNRISE or hour > 12:
        return set() if by_noon is None else {by_noon}
    by_sunrise = (hour % 12 + 6, (hour % 12 + 18) % 24)
    return {found for found in (by_noon, *by_sunrise) if found is not None} & {*_HOURS_OF_PART[part.value]}


def _hour(hour: int, part: str) -> int | None:
    """Hour of 24 from an hour and a part of the day; `None` where there is no such time.

    >>> _hour(12, "am"), _hour(12, "pm"), _hour(9, "pm"), _hour(1, "noon"), _hour(2, "night"), _hour(21, "pm")
    (0, 12, 21, 13, 2, 21)
    """
    if part == "am":
        return None if hour > 12 else hour % 12
    if part == "pm":
        return None if hour == 0 else hour if hour >= 12 else hour + 12
    if hour > 12 or hour == 0:
        return hour
    if part == "noon":
        return hour if hour >= 10 else hour + 12 if hour <= 5 else None
    return hour % 12 if hour % 12 < 6 else hour + 12


def read_zone(tokens: Tokens, text: ClockText, languages: Languages, day: date | None) -> Zone:
    """Read the zone behind a clock: its name, its hours from UTC, or both."""
    place = text.end
    while place < len(tokens.codes) and place < text.end + _REACH:
        if _is_zone(tokens, place):
            explicit = _explicit(tokens, place + 1, is_named=True, is_exact=False)
            return Zone(explicit) if explicit is not None else _named(tokens, place, languages, day)
        if tokens.codes[place] not in _BETWEEN:
            break
        place += 1
    is_exact = tokens.codes[text.start : text.end].count(":") == 2 or tokens.texts[text.start - 1 : text.start] == ["T"]
    return Zone(_explicit(tokens, text.end, is_named=False, is_exact=is_exact))


def _is_zone(tokens: Tokens, place: int) -> bool:
    """Say whether a word is a zone here.

    An abbreviation in small letters is often a word of some language, so it has to be the last word of its part.
    """
    if not tokens.find(place, WordKind.ZONE):
        return False
    text = tokens.texts[place]
    if not text.isascii() or " " in text or text.isupper() or text in ("gmt", "utc"):
        return True
    behind = tokens.codes[place + 1 : place + 3]
    is_last = not behind or (behind[0] in _BEHIND_ZONE and behind[-1] in _BEHIND_ZONE)
    return is_last and text.lower() not in _ORDINARY_WORDS


def _explicit(tokens: Tokens, place: int, *, is_named: bool, is_exact: bool) -> int | None:
    """Minutes of an offset such as `+07:00`.

    Directly after a clock, `-` begins a range of times, unless the clock is exact: with seconds, or behind a `T`.
    """
    match = _OFFSET.match(tokens.codes, place)
    if match is None or not (is_named or match["sign"] == "+" or is_exact):
        return None
    hours = tokens.values[match.start("hours")]
    if match["sign"] == "-" and (match["open"].strip("(") or match["space"]):
        is_whole = len(tokens.texts[match.start("hours")]) == 4 or match["minutes"] is not None
        is_meant = _ENDS_OFFSET.match(tokens.codes, match.end()) if is_named else is_whole and not match["space"]
        if not is_meant:
            return None
    minutes = tokens.values[match.start("minutes")] if match["minutes"] else 0
    if match["hours"] != "d":
        hours, minutes = divmod(hours, 100)
    offset = hours * 60 + minutes
    if offset > _MAX_OFFSET or offset % _QUARTER:
        return None
    return -offset if match["sign"] == "-" else offset


def _named(tokens: Tokens, place: int, languages: Languages, day: date | None) -> Zone:
    """Zone of a name, if the languages leave one offset for it."""
    names = tokens.find(place, WordKind.ZONE)
    fitting = [name for name in names if not name.languages or name.languages & languages]
    is_alone = not fitting and len({name.value for name in names}) == 1
    meant = names if is_alone else fitting
    if day is None and meant and all(name.value[:1] in "UES" for name in meant):
        return Zone()  # summer or winter time, which the day would say
    offsets = {_offset(name.value, day) for name in meant}
    if len(offsets) == 1 and None not in offsets:
        return Zone(offsets.pop())
    return Zone(None, f"the zone {tokens.texts[place]} has several meanings")


def _offset(zone: str, day: date | None) -> int | None:
    """Minutes from UTC of a zone of `words.tsv` on a day.

    `None` if the offset depends on the day and that is missing, or the zone does not hold on it. The hour at which
    clocks change, early on a Sunday, is not looked at.

    >>> _offset("420", None), _offset("US-300", date(2020, 7, 1)), _offset("SUMMER60", date(2020, 12, 1))
    (420, -240, None)
    """
    rule = zone.rstrip("-0123456789")
    if rule == "?":
        return None
    minutes = int(zone[len(rule) :])
    if not rule:
        return minutes
    if day is None:
        return None
    if rule == "US":
        return minutes + 60 * _is_american_summer(day)
    if rule == "EU":
        return minutes + 60 * _is_european_summer(day)
    return minutes if _is_european_summer(day) else None


def _is_european_summer(day: date) -> bool:
    return _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)


def _is_american_summer(day: date) -> bool:
    """By the law in force from 2007, and before that by the one from 1987."""
    if day.year >= 2007:
        return _first_sunday(day.year, 3) + timedelta(7) <= day < _first_sunday(day.year, 11)
    return _first_sunday(day.year, 4) <= day < _last_sunday(day.year, 10)


def _first_sunday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((_SUNDAY - first.weekday()) % 7)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() - _SUNDAY) % 7)
