"""Find days and clocks on a line: patterns over the codes of its tokens. `days` and `clocks` say what they mean."""

import re
from dataclasses import dataclass, replace

from linesift.dates.names import FIRST_JOINED, WordKind
from linesift.dates.tokens import Tokens


@dataclass(frozen=True, slots=True)
class DayText:
    """A day as it is written: places of its parts among the tokens."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    """A number or a name."""
    day: int | None = None
    era: int | None = None
    is_open: bool = False
    """Whether the order is not known: `day` is then the first number, and `month` the second."""


@dataclass(frozen=True, slots=True)
class ClockText:
    """A clock time as it is written."""

    start: int
    end: int
    hour: int
    minute: int = 0
    second: int = 0


_NAME = r"(?P<month>M)(?: ?[/(\-] ?M ?\)?)?"
_ALONE, _END = r"(?<![dyn])(?<![dyn][./\-])", r"(?!(?P=s)?[dyn])"
"""No further numbers before and behind: with them it is a version or a telephone number."""
_Patterns = tuple[tuple[str, re.Pattern[str]], ...]
"""Pairs of a code that the pattern needs, to skip it on most lines, and the pattern."""

_DAYS: _Patterns = (
    # 21 October 2020, 21. října 2020, 21-Oct-2020, 21 de octubre de 2020, 21 October, 09:20 GMT, 2020
    ("M", re.compile(rf"(?<![dyn][:.])(?P<day>d)[ .,f'\-/()W]{{0,6}}{_NAME}[ .,f'\-/(YcZ•·|]{{0,9}}(?P<year>y)")),
    # October 21, 2020; Oct 21 09:20:00 GMT 2020; Nov•01•2020
    ("M", re.compile(rf"{_NAME}[ .,f\-/•·|]{{0,4}}(?P<day>d)(?!:)[ .,f'\-/()YcZP•·|]{{0,12}}(?P<year>y)")),
    # 2020. október 21., 2020 m. spalio 21 d.
    ("M", re.compile(rf"(?P<year>y)[ .,f\-/Y()]{{0,6}}{_NAME}[ .,f\-/]{{0,4}}(?P<day>d)(?![:dyn])")),
    # 2020. gada 21. oktobris
    ("M", re.compile(rf"(?P<year>y)[ .,f\-Y]{{0,8}}(?P<day>d)[ .f\-]{{0,4}}{_NAME}")),
    # 2020年10月21日, 令和2年10月21日, 2020년 10월 21일, 2020 оны 10-р сарын 21
    ("O", re.compile(r"(?P<era>E)? ?(?P<year>[ydn]) ?Y[ f]*(?P<month>d)[ f\-]*O[ f]*(?P<day>d)(?: ?D)?")),
    # 21 tháng 10, 2020; 21 tháng 10 năm 2020
    ("O", re.compile(r"(?P<day>d) ?O ?(?P<month>d)[ ,./\-f]*(?:Y ?)?(?P<year>y)")),
    # Tháng 10 21, 2020
    ("O", re.compile(r"O ?(?P<month>d) (?P<day>d)[ ,]+(?P<year>y)")),
    # 2020-10-21, 2020. 10. 21.
    ("y", re.compile(rf"{_ALONE}(?P<year>y) ?(?P<s>[./\-•·|]) ?(?P<month>d) ?(?P=s) ?(?P<day>d){_END}")),
    # 21/10/2020, 10/21/2020, 21 | 10 | 2020
    ("y", re.compile(rf"{_ALONE}(?P<first>d) ?(?P<s>[./\-•·|]) ?(?P<month>d) ?(?P=s) ?(?P<year>y){_END}")),
    # 2020 10/21, a year above its day; 21/10 - 2020
    ("y", re.compile(r"(?<![dyn./\-])(?P<year>y) (?P<month>d)[/\-](?P<day>d)(?!:|[./\-]?[dyn])")),
    ("y", re.compile(r"(?<![dyn./\-:])(?P<first>d)[/.](?P<month>d)\.? - (?P<year>y)(?![./\-]?[dyn])")),
    # 109/10/21 of the Republic of China
    ("n", re.compile(rf"{_ALONE}(?P<year>n)(?P<s>[./\-])(?P<month>d)(?P=s)(?P<day>d){_END}")),
)
_SHORT_YEARS: _Patterns = (
    # 21-Oct-20, 21 Oct '20
    (
        "M",
        re.compile(
            rf"(?<![dyn][:.])(?P<day>d)[ .f\-/]{{0,3}}{_NAME}[ .,]{{0,2}}['\-/ ]{{1,2}}(?P<year>d)"
            r"(?! ?[:.hP%dyn]| ?[./\-]d)"
        ),
    ),
    # Oct 21, '20
    ("M", re.compile(rf"{_NAME}[ .]{{0,2}}(?P<day>d),? ?'(?P<year>d)")),
    # 21/10/20, 20.10.21
    ("d", re.compile(rf"{_ALONE}(?P<first>d)(?P<s>[./\-])(?P<month>d)(?P=s) ?(?P<year>d)(?!:){_END}")),
)
_WITHOUT_YEAR: _Patterns = (
    ("M", re.compile(rf"(?<![dyn][:.])(?P<day>d)[ .f\-/W]{{0,4}}{_NAME}(?![ ,]{{0,2}}n)")),
    ("M", re.compile(rf"{_NAME}[ .f\-/]{{0,3}}(?P<day>d)(?![dyn:])(?![ ,]{{0,2}}n)")),
    ("O", re.compile(r"(?<![dyn])(?P<month>d) ?O ?(?P<day>d) ?D")),
    ("O", re.compile(r"(?P<day>d) ?O ?(?P<month>d)")),
    # 10/6(火); `days` looks whether the weekday is one of East Asia
    ("W", re.compile(r"(?<![dyn./\-:])(?P<month>d)/(?P<day>d) ?\( ?(?=W)")),
    # 3/3(月): the weekdays of the moon and the sun are also the words for month and day
    ("(", re.compile(r"(?<![dyn./\-:])(?P<month>d)/(?P<day>d) ?\( ?(?=[OD] ?\))")),
    # 3.3. 18:05; behind the second point a clock has to follow
    ("c", re.compile(r"(?<![dyn./\-:])(?P<day>d)\. ?(?P<month>d)\.,? (?:f )?(?=c)")),
)
_RUN_TOGETHER: _Patterns = (
    # 16 May 202501312
    ("n", re.compile(rf"(?P<day>d)[ .,f]{{0,4}}{_NAME}[ .,f]{{0,4}}(?P<year>n)")),
    ("n", re.compile(rf"{_NAME}[ .f]{{0,3}}(?P<day>d)[ ,]{{1,2}}(?P<year>n)")),
)
_SECOND = r"(?:(?::| : )(?P<second>d)(?:[.,][dyn])?)?"
_CLOCKS: _Patterns = (
    (":", re.compile(rf"(?<![dyn:+])(?<![dZ]-)(?P<hour>d)(?::| : )(?P<minute>d){_SECOND}(?![:dyn])")),
    ("h", re.compile(r"(?<![dyn])(?P<hour>d) ?h ?(?P<minute>d)(?: ?m)?(?: ?(?P<second>d) ?s)?(?![dyn:O])")),
)
_DOTTED = re.compile(r"(?<![dyn.:])(?P<hour>d)\.(?P<minute>d)(?:\.(?P<second>d))?(?![dyn]|\.[dyn])")
_HOUR_ALONE = re.compile(r"(?<![dyn.:,])(?P<hour>d) ?(?P<mark>[hPfZ])")
_HOUR_BEHIND = re.compile(r"(?P<at>[fh]) ?(?P<hour>d)(?![dyn.:,/\-]|[ ]?[hPM])")
_AT_HOURS = frozenset(["klo", "kl", "kello", "pukul", "pkl", "saat", "plkst", "kella"])
"""Words that only stand before an hour."""
_MILITARY = re.compile(r"(?<![dyn.:,/\-])(?P<clock>[yn]) ?(?=[hZ])")
_MASK, _CLOCK = "\0", "c"
"""Codes in the place of days and clocks that were found."""
_BEHIND_DAY = re.compile(rf"(?<={_MASK})[ ,|·•\-]{{1,4}}(?:f ?)?(?P<hour>d): (?P<minute>d)(?![dyn:.])")


def find_days(codes: str) -> tuple[list[DayText], str]:
    """Find the days of a line.

    Days with a two-digit year, or without a year, count only where there is none with a full year. On a line that has
    a word for updates, a day without a year can stand behind one that has it: "9 March 2025 (updated 10 March)".

    Returns:
        The days in order, and the codes with `_MASK` in their place.
    """
    days, codes = _search(codes, _DAYS)
    for patterns in (_SHORT_YEARS, _RUN_TOGETHER, _WITHOUT_YEAR):
        if not days:
            days, codes = _search(codes, patterns)
        elif patterns is _WITHOUT_YEAR and "U" in codes and all(day.year is not None for day in days):
            more, codes = _search(codes, patterns)
            # With the year of the first one: the same token stands for both.
            days += [replace(day, year=days[0].year, era=days[0].era) for day in more if day.start > days[0].end]
    return sorted(days, key=lambda day: day.start), codes


def _search(codes: str, patterns: _Patterns) -> tuple[list[DayText], str]:
    days = []
    for need, pattern in patterns:
        for match in pattern.finditer(codes) if need in codes else ():
            places = {name: match.start(name) for name, code in match.groupdict().items() if code is not None}
            day = places.get("day", places.get("first"))
            days.append(
                DayText(
                    match.start(),
                    match.end(),
                    places.get("year"),
                    places["month"],
                    day,
                    places.get("era"),
                    is_open="first" in places,
                )
            )
            codes = codes[: match.start()] + _MASK * (match.end() - match.start()) + codes[match.end() :]
    return days, codes


def find_clocks(tokens: Tokens) -> tuple[list[ClockText], str]:
    """Find clocks that are certain by their form.

    Returns:
        The clocks, and the codes with `_CLOCK` in their place.
    """
    codes, clocks = tokens.codes, []
    for need, pattern in _CLOCKS:
        for match in pattern.finditer(codes) if need in codes else ():
            clock = _clock(tokens, match)
            if clock is not None:
                clocks.append(clock)
                codes = codes[: clock.start] + _CLOCK * (clock.end - clock.start) + codes[clock.end :]
    return clocks, codes


def find_loose_clocks(tokens: Tokens, codes: str) -> list[ClockText]:
    """Find clocks that are only certain by what stands around them: `09.20`, `18: 30`, `9 Uhr`, `9 am`, `0920 GMT`.

    Args:
        tokens: the line.
        codes: its codes with days and clocks replaced.
    """
    dotted = _DOTTED.finditer(codes) if "." in codes else ()
    behind = _BEHIND_DAY.finditer(codes) if _MASK in codes else ()
    clocks = [clock for match in (*dotted, *behind) if (clock := _clock(tokens, match))]
    if clocks:
        return clocks
    for match in _HOUR_ALONE.finditer(codes):
        clock = _clock(tokens, match)
        if clock is not None and _is_hour(tokens, codes, match):
            clocks.append(ClockText(clock.start, match.start("hour") + 1, clock.hour))
    for match in _HOUR_BEHIND.finditer(codes) if _MASK in codes else ():  # "6.10.2020 klo 18"
        clock = _clock(tokens, match)
        if clock is not None and tokens.texts[match.start("at")].lower() in _AT_HOURS:
            clocks.append(ClockText(match.start("hour"), match.end(), clock.hour))
    for match in _MILITARY.finditer(codes):
        value = tokens.values[match.start()]
        if value // 100 < 24 and value % 100 < 60 and len(tokens.texts[match.start()]) == 4:
            clocks.append(ClockText(match.start(), match.start() + 1, value // 100, value % 100))
    return clocks


def _is_hour(tokens: Tokens, codes: str, match: re.Match[str]) -> bool:
    """Say whether a number alone is an hour: `9 am`, `9 Uhr`, `9時`, and `9h` only after a word such as `à`."""
    mark = match.start("mark")
    if tokens.find(mark, WordKind.PERIOD):
        return tokens.texts[mark].lower() in ("am", "pm") or tokens.texts[mark] >= FIRST_JOINED
    if not tokens.find(mark, WordKind.HOUR_MARK):
        return False
    before = codes[: match.start()].rstrip(" ")
    # "à 9h", "21.10.2020 9h"; but "21.10.2020 · 9 h" is an age
    after_at = before.endswith(_MASK) or bool(tokens.find(len(before) - 1, WordKind.AT))
    text = tokens.texts[mark].lower()
    return after_at or text == "uhr" or text >= FIRST_JOINED


def _clock(tokens: Tokens, match: re.Match[str]) -> ClockText | None:
    groups = match.groupdict()
    places = [match.start(name) if groups.get(name) else None for name in ("hour", "minute", "second")]
    hour, minute, second = (0 if place is None else tokens.values[place] for place in places)
    # "午後4時5分", but "16:9" is a format of pictures.
    if (
        places[1] is not None
        and len(tokens.texts[places[1]]) != 2
        and not tokens.find(places[1] + 1, WordKind.MINUTE_MARK)
    ):
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    return ClockText(match.start(), match.end(), hour, minute, second)
