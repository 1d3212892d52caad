"""Offsets of zones from UTC, in minutes."""

from datetime import date, timedelta

MAX_OFFSET = 14 * 60
_SUNDAY = 6


def offset_of(zone: str, day: date | None) -> int | None:
    """Minutes of a zone of `words.tsv` on a day; `None` if the day is needed and missing, or has no such zone.

    Only the day counts, not the hour at which clocks are changed, which is one of a Sunday's small hours.

    >>> from datetime import date
    >>> offset_of("420", None), offset_of("US-300", date(2020, 7, 1)), offset_of("SUMMER60", date(2020, 12, 1))
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
    """By the law of 2007, and before by that of 1987."""
    if day.year >= 2007:
        return _first_sunday(day.year, 3) + timedelta(7) <= day < _first_sunday(day.year, 11)
    return _first_sunday(day.year, 4) <= day < _last_sunday(day.year, 10)


def _first_sunday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((_SUNDAY - first.weekday()) % 7)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() - _SUNDAY) % 7)
