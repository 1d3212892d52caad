"""Read days: order of the numbers, names of months, calendars."""

from dataclasses import dataclass
from datetime import date
from itertools import product

from linesift.dates.calendars import from_buddhist, from_hijri, from_persian, is_buddhist, make_date
from linesift.dates.context import Context, Order, fits, narrow
from linesift.dates.grammar import DayText
from linesift.dates.names import ANY, MONTHS, Languages, WordKind, read_words
from linesift.dates.tokens import Tokens

_YEAR_FIRST = frozenset(["ko", "ja", "zh", "yue", "hu", "lt", "mn"])
"""Languages in which `20.10.21` is 21 October 2020. Others that write a full year first may do so or not."""
_HAN = frozenset(["zh", "yue"])
_BEFORE_REPUBLIC = 1911
"""The year before the first of the Republic of China."""
_PERSIAN, _ARABIC = frozenset(["fa", "ps"]), frozenset(["ar", "ur", "ms", "ug", "sd"])
_OPEN_CALENDAR = "a day of another calendar, whose language is not known"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FIRST_OF_EAST_ASIA = "\u2e80"
"""First letter of the scripts of Chinese, Japanese and Korean."""
_AROUND = " ,.f()'|-/cZP"
"""Codes of tokens that may stand between a day and its weekday."""
_SHORTEST_NAME = 4
"""Letters of a weekday that is hardly a word of another language."""
_LONG_MONTH = 5
"""Letters of a month's name that is hardly a word of another language, unlike `ago` and `ton`."""
_LONGEST_YEAR = 4
_REACH = 6
"""Most tokens between a day and its weekday."""


@dataclass(frozen=True, slots=True)
class DayReading:
    """Outcome of reading a day."""

    day: date | None
    problems: tuple[str, ...] = ()
    is_open: bool = False
    languages: Languages = ANY
    calendar: WordKind = WordKind.MONTH
    choices: tuple[date, ...] = ()
    """Days of which the line does not say which is meant."""
    yearless: tuple[int, int] | None = None
    """Month and day of a day without a year."""


@dataclass(frozen=True, slots=True)
class _Civil:
    """Year, month and day as numbers of some calendar."""

    year: int
    month: int
    day: int
    calendar: WordKind
    """Kind of a month's name in it; `MONTH` is the Gregorian one."""


def read_day(tokens: Tokens, text: DayText, context: Context) -> DayReading:
    """Find out which day is meant, or why that is open."""
    languages = narrow(_name_languages(tokens, text), context.languages)
    weekdays, weekday_languages = _weekday(tokens, text, languages, is_known=bool(context.languages))
    languages = narrow(languages, weekday_languages)
    if text.year is not None and tokens.codes[text.year] == "n" and len(tokens.texts[text.year]) > _LONGEST_YEAR:
        return DayReading(None, (f"{tokens.texts[text.year]} is more than a year",), False, languages)
    if text.year is None:
        return _without_year(tokens, text, weekdays, languages, context)
    calendars: dict[date, WordKind] = {}
    problem = "no such day"
    for civil in _civil_readings(tokens, text, languages):
        day, reason = _to_gregorian(civil, languages)
        problem = reason or problem
        if day is not None:
            calendars.setdefault(day, civil.calendar)
    days = sorted(calendars)
    if len(days) > 1 and weekdays:
        days = [day for day in days if day.isoweekday() in weekdays] or days
    if len(days) > 1:
        days = _by_order(tokens, text, days, languages, context)
    if not days:
        return DayReading(None, (problem,), problem == _OPEN_CALENDAR, languages)
    if len(days) > 1:
        either = " or ".join(day.isoformat() for day in days)
        return DayReading(None, (f"the day can be {either}",), True, languages, choices=tuple(days))
    problems = _contradiction(days[0], weekdays)
    if calendars[days[0]] is WordKind.ISLAMIC:
        problems += ("a Hijri day by the Umm al-Qura calendar; elsewhere it can be a day off",)
    return DayReading(days[0], problems, False, languages, calendars[days[0]])


def is_meant(tokens: Tokens, text: DayText, context: Context) -> bool:
    """Say whether a number and a name are a day, as far as that is known.

    Without a year the name has to be one in a language of the page, or be known everywhere (`is_doubtful`): "18 ton" is
    a weight in Indonesian, whatever `ton` is elsewhere.
    """
    if text.year is None and text.month is not None and tokens.codes[text.month : text.month + 2] == "d/":
        return tokens.texts[text.end] >= _FIRST_OF_EAST_ASIA
    is_of_page = bool(context.languages) and fits(_name_languages(tokens, text), context.languages)
    return not context.languages or is_of_page or not is_doubtful(tokens, text)


def is_doubtful(tokens: Tokens, text: DayText) -> bool:
    """Say whether a number and a name are a day only in the language of the name: "22 ago" in Italian.

    That is so for a short name without a year. A name is known everywhere if it is English, because pages of other
    languages write those as well. A clock or a word such as "updated" on the line removes the doubt, and so does a
    weekday in a language of the name. "pre 1 sat" is an hour ago in Serbian, though `pre` is a weekday in Albanian and
    `sat` a month in Hausa.
    """
    if text.year is not None or text.month is None or tokens.codes[text.month] != "M":
        return False
    languages = _name_languages(tokens, text)
    if "en" in languages or len(tokens.texts[text.month]) >= _LONG_MONTH:
        return False
    weekdays = (tokens.meanings[place] for place, code in enumerate(tokens.codes) if code == "W")
    has_weekday = any(word.languages & languages for meanings in weekdays for word in meanings)
    return not has_weekday and set(tokens.codes).isdisjoint("Up:Z")


def drop_translations(tokens: Tokens, days: list[DayText]) -> list[DayText]:
    """Leave out days of other calendars where a line has Gregorian ones.

    "19 Rabiul Awal 1442 H / 5 November 2020" is one day in two calendars.
    """
    kept = [day for day in days if _can_be_gregorian(tokens, day)]
    return kept if any(day.year is not None for day in kept) else days


def _can_be_gregorian(tokens: Tokens, day: DayText) -> bool:
    if day.month is None or tokens.codes[day.month] != "M":
        return True
    return bool(tokens.find(day.month, WordKind.MONTH))


def _name_languages(tokens: Tokens, text: DayText) -> Languages:
    """Languages of the month's name."""
    if text.month is None or tokens.codes[text.month] != "M":
        return ANY
    return frozenset().union(*(name.languages for name in tokens.meanings[text.month] if name.kind in MONTHS))


def _weekday(
    tokens: Tokens, text: DayText, languages: Languages, *, is_known: bool
) -> tuple[frozenset[int], Languages]:
    """Numbers (Monday is 1) that the weekday beside a day can mean, and its languages; nothing without a weekday.

    Short names are words of other languages ("on", "den", "min"), so they count only if the language of the page is
    known.
    """
    before = range(text.start - 1, max(text.start - _REACH, 0) - 1, -1)
    after = range(text.end, min(text.end + _REACH, len(tokens.codes)))
    for places in (before, after):
        for place in places:
            names = [name for name in tokens.find(place, WordKind.WEEKDAY) if fits(name.languages, languages)]
            # A single letter is a weekday in Chinese, Japanese and Korean, an initial elsewhere.
            least = 2 if is_known else _SHORTEST_NAME
            if names and (len(tokens.texts[place]) >= least or tokens.texts[place] >= _FIRST_OF_EAST_ASIA):
                numbers = frozenset(int(name.value) for name in names)
                return numbers, frozenset().union(*(name.languages for name in names))
            if tokens.codes[place] not in _AROUND:
                break
    return frozenset(), ANY


def _contradiction(day: date, weekdays: frozenset[int]) -> tuple[str, ...]:
    """Sentence on a day that has another weekday than the line says; none where they agree."""
    if not weekdays or day.isoweekday() in weekdays:
        return ()
    written = " or ".join(_WEEKDAYS[number - 1] for number in sorted(weekdays))
    return (f"{written} in the text, but {day.isoformat()} is a {_WEEKDAYS[day.isoweekday() - 1]}",)


def _civil_readings(tokens: Tokens, text: DayText, languages: Languages) -> list[_Civil]:
    """All ways to read the numbers of a day that its form and languages allow."""
    if text.year is None or text.month is None or text.day is None:
        return []
    year, month, day = text.year, tokens.values[text.month], tokens.values[text.day]
    if tokens.codes[text.month] == "M":
        return [
            _Civil(whole, number, day, calendar)
            for whole, (calendar, number) in product(
                _years(tokens, text, year, languages), _months(tokens, text.month, languages)
            )
        ]
    readings = []
    for whole in _years(tokens, text, year, languages):
        readings.append(_Civil(whole, month, day, WordKind.MONTH))
        if text.is_open:
            readings.append(_Civil(whole, day, month, WordKind.MONTH))
    if text.is_open and len(tokens.texts[year]) == 2 and fits(read_words().year_first, languages):
        readings += [
            _Civil(whole, month, tokens.values[year], WordKind.MONTH)
            for whole in _years(tokens, text, text.day, languages)
        ]
    return readings


def _months(tokens: Tokens, place: int, languages: Languages) -> list[tuple[WordKind, int]]:
    """Calendars and numbers of the month that a name can mean in the languages, or in any if they do not have it."""
    names = [name for name in tokens.meanings[place] if name.kind in MONTHS]
    fitting = [name for name in names if fits(name.languages, languages)] or names
    return sorted({(name.kind, int(name.value)) for name in fitting})


def _years(tokens: Tokens, text: DayText, place: int, languages: Languages) -> list[int]:
    """Years in full that a number can mean: of two digits, of an era, of the Republic of China."""
    value, n_digits = tokens.values[place], len(tokens.texts[place])
    if text.era is not None:
        return [int(era.value) + value for era in tokens.find(text.era, WordKind.ERA)]
    if n_digits == 3 and (languages & _HAN or tokens.find(place + 1, WordKind.YEAR_MARK)):
        return [_BEFORE_REPUBLIC + value]
    if n_digits != 2:
        return [value] if n_digits == 4 else []
    if languages and languages <= frozenset(["th", "lo"]) and value >= 43:
        return [2500 + value]
    if languages and languages <= _PERSIAN and value >= 70:
        return [1300 + value]
    return [2000 + value if value < 50 else 1900 + value]


def _to_gregorian(civil: _Civil, languages: Languages) -> tuple[date | None, str]:
    """Gregorian day, and a reason where there is none, or `""`."""
    year, month, day = civil.year, civil.month, civil.day
    if civil.calendar is WordKind.PERSIAN:
        return from_persian(year, month, day), ""
    if civil.calendar is WordKind.ISLAMIC:
        return from_hijri(year, month, day), ""
    if civil.calendar is not WordKind.MONTH:
        return None, f"the {civil.calendar} calendar is not converted"
    if is_buddhist(year):
        return from_buddhist(year, month, day), ""
    if year < 1500:
        return _hijri_of_numbers(civil, languages)
    converted = make_date(year, month, day)
    return converted, "" if converted else "no such day, or no year of a page"


def _hijri_of_numbers(civil: _Civil, languages: Languages) -> tuple[date | None, str]:
    """Read days such as 1399/07/30: Persian or Arabic, by the language."""
    if languages & _PERSIAN and not languages <= _ARABIC:
        return from_persian(civil.year, civil.month, civil.day), ""
    if languages and languages <= _ARABIC:
        return None, "a Hijri day in numbers"
    return None, _OPEN_CALENDAR


def _by_order(tokens: Tokens, text: DayText, days: list[date], languages: Languages, context: Context) -> list[date]:
    """Keep the days that fit the order of day and month on the page or in its languages; all if that is open."""
    if not text.is_open or text.year is None or text.month is None or text.day is None:
        return days
    first, second = tokens.values[text.day], tokens.values[text.month]
    if len(tokens.texts[text.year]) == 2 and fits(read_words().year_first, languages):
        is_sure = bool(languages) and languages <= _YEAR_FIRST
        return ([day for day in days if day.year % 100 == first] or days) if is_sure else days
    day_first = [day for day in days if (day.day, day.month) == (first, second)]
    month_first = [day for day in days if (day.day, day.month) == (second, first)]
    if context.order is Order.DAY_FIRST or (languages and not languages & read_words().month_first):
        return day_first or days
    if context.order is Order.MONTH_FIRST:
        return month_first or days
    return days


def _without_year(
    tokens: Tokens, text: DayText, weekdays: frozenset[int], languages: Languages, context: Context
) -> DayReading:
    """Read a day without a year: the last one before the page was read, if that time is known."""
    if text.month is None or text.day is None:
        return DayReading(None, ("no such day",), False, languages)
    day = tokens.values[text.day]
    months = [(WordKind.MONTH, tokens.values[text.month])]
    if tokens.codes[text.month] == "d" and not (1 <= tokens.values[text.month] <= 12 and 1 <= day <= 31):
        return DayReading(None, ("no such day",), False, languages)
    if tokens.codes[text.month] == "M":
        months = _months(tokens, text.month, languages)
    numbers = {month for kind, month in months if kind is WordKind.MONTH}
    yearless = (numbers.pop(), day) if len(numbers) == 1 else None
    is_open = not context.languages and is_doubtful(tokens, text)
    if context.now is None or is_open:
        unknown = "if the page is in a language of its month" if context.now else "when the page was read"
        reason = f"a day without a year, and it is not known {unknown}"
        return DayReading(None, (reason,), is_open, languages, yearless=yearless)
    latest = date.fromordinal(min(context.now.toordinal() + 1, date.max.toordinal()))
    latest_days = {
        max(past)
        for kind, month in months
        if kind is WordKind.MONTH
        if (
            past := [
                one for year in (latest.year, latest.year - 1) if (one := make_date(year, month, day)) and one <= latest
            ]
        )
    }
    if len(latest_days) != 1:
        return DayReading(None, ("a day without a year",), bool(latest_days), languages, yearless=yearless)
    day_of_year = latest_days.pop()
    return DayReading(day_of_year, _contradiction(day_of_year, weekdays), False, languages)
