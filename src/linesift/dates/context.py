"""Facts about a page that decide how its date lines are read."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from linesift.dates.names import ANY, Languages


class Order(StrEnum):
    """Order of day and month on a page, where it writes them as numbers with the year last."""

    UNKNOWN = ""
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class WholeDay(datetime):
    """A day on which a page was read, at an unknown time of the day; midnight stands in its place."""

    @classmethod
    def of(cls, day: date) -> "WholeDay":
        """Make one of a date."""
        return cls(day.year, day.month, day.day)


@dataclass(frozen=True, slots=True)
class Context:
    """Facts beside the line; the default is that nothing is known."""

    languages: Languages = ANY
    """Languages that the page may be in; `ANY` if that is not known."""
    order: Order = Order.UNKNOWN
    now: datetime | None = None
    """When the page was read: for "2 hours ago", "yesterday", and days without a year. A `WholeDay` gives no clock."""


def narrow(known: Languages, more: Languages) -> Languages:
    """Languages in both sets; `known` where there are none, and the other set where one is `ANY`."""
    if not known or not more:
        return known or more
    return known & more or known


def fits(languages: Languages, known: Languages) -> bool:
    """Say whether a word of some languages can be meant on a page of the known ones; `ANY` fits all."""
    return not languages or not known or bool(languages & known)
