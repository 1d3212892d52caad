"""What is known of a page when one of its date lines is read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linesift.dates.names import ANY, Languages


class Order(StrEnum):
    """How a page writes days in numbers, where the year is last."""

    UNKNOWN = ""
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the line."""

    languages: Languages = ANY
    """Languages that the page may be in; none if that is not known."""
    order: Order = Order.UNKNOWN
    now: datetime | None = None
    """When the page was read: for "2 hours ago", "yesterday", and days without a year."""


def narrow(known: Languages, more: Languages) -> Languages:
    """Languages that fit both; what was known stays where nothing would."""
    if not known or not more:
        return known or more
    return known & more or known


def fits(languages: Languages, known: Languages) -> bool:
    """Whether a word of some languages can stand on a page; `ANY` fits all."""
    return not languages or not known or bool(languages & known)
