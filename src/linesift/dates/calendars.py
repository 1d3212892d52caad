"""Convert days of other calendars to Gregorian ones."""

from datetime import date

from linesift.dates.names import read_words

FIRST_YEAR, LAST_YEAR = 1970, 2049
"""Years in which a page can have been published; other numbers are no years."""

_BUDDHIST = 543


def make_date(year: int, month: int, day: int) -> date | None:
    """Gregorian day, or `None` if there is no such day or no page can be of that year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def from_buddhist(year: int, month: int, day: int) -> date | None:
    """Gregorian day of one in a Buddhist year, whose months are the Gregorian ones.

    >>> from_buddhist(2563, 10, 21)
    datetime.date(2020, 10, 21)
    """
    return make_date(year - _BUDDHIST, month, day)


def is_buddhist(year: int) -> bool:
    """Say whether a year can only be Buddhist."""
    return FIRST_YEAR + _BUDDHIST <= year <= LAST_YEAR + _BUDDHIST


def from_persian(year: int, month: int, day: int) -> date | None:
    """Gregorian day of one of the Solar Hijri calendar.

    Leap years follow the cycle of 33 years, which is right from 1244 to 1472.

    >>> from_persian(1399, 7, 30), from_persian(1399, 12, 30), from_persian(1400, 12, 30)
    (datetime.date(2020, 10, 21), datetime.date(2021, 3, 20), None)
    """
    long = _is_persian_leap(year)
    n_days = 31 if month <= 6 else 30 if month <= 11 or long else 29
    if not (1340 <= year <= 1430 and 1 <= month <= 12 and 1 <= day <= n_days):
        return None
    leaps = sum(_is_persian_leap(before) for before in range(1340, year))
    days = (year - 1340) * 365 + leaps + (month - 1) * 30 + min(month - 1, 6) + day - 1
    return date.fromordinal(_FARVARDIN_1340 + days)


_FARVARDIN_1340 = date(1961, 3, 21).toordinal()


def _is_persian_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


def from_hijri(year: int, month: int, day: int) -> date | None:
    """Gregorian day of one of the Umm al-Qura calendar.

    Where a month begins when the moon is seen, the day can be one earlier or later.

    >>> from_hijri(1442, 3, 4)
    datetime.date(2020, 10, 21)
    """
    known = read_words().hijri.get(year)
    if known is None or not 1 <= month <= 12:
        return None
    first, long = known
    if not 1 <= day <= 29 + (long >> (month - 1) & 1):
        return None
    return date.fromordinal(first + sum(29 + (long >> n & 1) for n in range(month - 1)) + day - 1)
