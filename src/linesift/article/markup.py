"""Read the dates that the markup of a page gives: JSON-LD, `meta`, `<time>`, attributes, and the address."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from linesift.article.lines import LabelledLines
from linesift.dates.calendars import make_date
from linesift.dates.context import Context, WholeDay
from linesift.dates.moment import Moment, read_instant, read_moments
from linesift.features.address import path_of_address
from linesift.hints import DateSource, Head

MODIFIED = frozenset([DateSource.JSON_MODIFIED, DateSource.META_MODIFIED, DateSource.ITEM_MODIFIED])
"""Sources that say when a page was changed; the others say when it was published."""

ELEMENTS = frozenset([DateSource.ITEM_PUBLISHED, DateSource.ITEM_MODIFIED, DateSource.TIME, DateSource.TITLE])
"""Sources that are elements of the page, which may be another story's or a comment's; the others speak of the page."""

_EPOCH = date(1970, 1, 1)
"""The day of a time that was never set."""
_ADDRESS_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:(?P<s>[/_\-.])([01]?\d)(?P=s)([0-3]?\d)|([01]\d)([0-3]\d))(?!\d)|"
    r"(?<=/)((?:19|20)\d\d)[/\-]?([01]\d)(?=/)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A date that the markup gives, read."""

    source: DateSource
    day: date
    moment: Moment
    shown: str = ""
    """Visible text of the element that has it."""
    is_month: bool = False
    """Whether only the month is known; `day` is then its first."""


def read_claims(head: Head | None, url: str, evidence: Callable[[], Context]) -> tuple[Claim, ...]:
    """Read the dates of a page's markup, in the order of `DateSource`; what cannot be read is left out.

    Args:
        head: what the page says about itself; `None` for plain text.
        url: address of the page, if it is known from elsewhere.
        evidence: gives what the page says about its languages, for a date that can be read in two ways.
    """
    claims = []
    for given in head.dates if head is not None else ():
        if given.source is DateSource.ADDRESS:
            claims += list(_of_address(given.text))
            continue
        moments = _moments_of(given.text)
        if any(moment.is_open for moment in moments):
            moments = read_moments(given.text, evidence())
        if moments and moments[0].day is not None and moments[0].day != _EPOCH:
            claims.append(Claim(given.source, moments[0].day, moments[0], given.shown))
    return (*claims, *_of_address(url))


def _moments_of(text: str) -> list[Moment]:
    """Read a date of the markup, which may be a Unix time."""
    if text.isdecimal() and (instant := read_instant(text)) is not None and not isinstance(instant, WholeDay):
        return [Moment(instant.date(), instant.timetz().replace(microsecond=0))]
    return read_moments(text)


def elements_of_lines(page: LabelledLines, claims: Sequence[Claim]) -> dict[int, list[Claim]]:
    """Find the `<time>` elements of lines, by the text that they show.

    Where several lines show the same, they have the elements in their order; if these are more or fewer than such
    lines, it is not known whose they are.

    Args:
        page: the page.
        claims: dates of the markup, in page order.

    Returns:
        Elements by the index of their line; lines without one are left out.
    """
    found: dict[int, list[Claim]] = {}
    times = [(_dense(claim.shown), claim) for claim in claims if claim.source is DateSource.TIME and claim.shown]
    if page.hints is None or not times:
        return found
    texts = {index: _dense(page.lines[index]) for index in page.written if page.hints.is_time[index]}
    for shown in dict.fromkeys(text for text, _ in times):
        elements = [claim for text, claim in times if text == shown]
        lines = [index for index, text in texts.items() if shown in text]
        if len(lines) == len(elements):
            for index, element in zip(lines, elements, strict=True):
                found.setdefault(index, []).append(element)
    return found


def _dense(text: str) -> str:
    """Leave out white space, which stands between elements in a line or not."""
    return "".join(text.split())


def _of_address(address: str) -> Iterator[Claim]:
    """Find the day, or the month, in an address such as `https://news.example/2024/05/14/ferry`."""
    for match in _ADDRESS_DAY.finditer(path_of_address(address)):
        year, _, month, day, month_2, day_2, year_alone, month_alone = match.groups()
        if year_alone:
            found = make_date(int(year_alone), int(month_alone), 1)
        else:
            found = make_date(int(year), int(month or month_2), int(day or day_2))
        if found is not None:
            yield Claim(DateSource.ADDRESS, found, Moment(found), is_month=bool(year_alone))
            return
