"""Find out when an article was published and when it was updated, from its lines and from the markup.

`stamps` reads the dates of lines, `markup` those of attributes and scripts; `likelihood` says how probable each day is.
`date_page` chooses, or says why it does not.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cache
from itertools import accumulate

from linesift.article.comments import first_comment
from linesift.article.evidence import add_evidence
from linesift.article.likelihood import (
    OF_PUBLICATION,
    Candidate,
    Likelihood,
    find_candidates,
    is_above,
    is_in_title,
    read_likelihood,
)
from linesift.article.lines import LabelledLines, Source
from linesift.article.markup import ELEMENTS, MODIFIED, Claim, elements_of_lines, read_claims
from linesift.article.stamps import MAX_LINE, Stamp, read_stamps
from linesift.dates.context import Context
from linesift.dates.moment import Moment, Role
from linesift.hints import DateSource
from linesift.labels import Label

_WHOLE_DAY = re.compile(
    r"[\d〇零○一二三四五六七八九元](?:(?<=\d)(?:\d{3}|[./\-•|][^\S\n]?\d\d?[./\-•|][^\S\n]?\d\d)|(?<=元)年|(?<![\d元])[〇零○一二三四五六七八九]{3}年)"
)
"""Digits of a day with its year; a line without them is read only if it is labelled as a timestamp."""

_NEAR, _BESIDE = 6, 2
"""Most lines between the date of publication and that of an update, and one that is not called an update."""
_LINKED = 0.5
"""Share of the letters of a line that are in links, from which the line is one."""
_ONLY_UPDATED = "only the date of an update is given"
_AGREED = timedelta(1)
"""Most time between two days that do not contradict each other: markup may be in another zone than the text."""


@dataclass(frozen=True, slots=True)
class Dating:
    """The dates of an article."""

    published: Stamp | None = None
    updated: Stamp | None = None
    problems: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    """Dates of the lines labelled as timestamps."""
    confidence: float = math.nan
    """Probability that the day of publication is right; `nan` without one."""
    published_source: Source = Source.NONE
    updated_source: Source = Source.NONE
    partial: str | None = None
    """What a timestamp shows of the date of publication where the rest is open: `--02-14T11:25`, `T16:30`."""


def date_page(page: LabelledLines, context: Context) -> Dating:
    """Choose when the article was published and last updated.

    The likeliest day is published if its probability is at least `Likelihood.least`. If a line is labelled as a
    timestamp and its day cannot be read, no other line takes its place.
    """
    found = _Readings(page, context)
    candidates = found.candidates()
    likelihood = read_likelihood(is_html=page.head is not None)
    best = choose(candidates, likelihood)
    if best is None or not likelihood.publishes(best):
        return _unpublished(found, best)
    published = _stamp_of(best, found)
    problems = [*found.problems(published), *published.moment.problems]
    problems += _contradictions(best, candidates, found.claims)
    updated, updated_source = _updated(found, published)
    if published.moment.role is Role.UPDATED:
        problems.append(_ONLY_UPDATED)
    source = Source.MARKUP if best.stamp is None else Source.BOTH if _is_confirmed(best) else Source.LINE
    confidence = likelihood.probability(best)
    return Dating(
        published, updated, tuple(dict.fromkeys(problems)), found.labelled, confidence, source, updated_source
    )


def _unpublished(found: "_Readings", best: Candidate | None) -> Dating:
    """Say why no day is published; a timestamp that is called an update stays one."""
    updates = [stamp for stamp in found.labelled if stamp.moment.role is Role.UPDATED and stamp.moment.day is not None]
    updated = max(updates, key=lambda stamp: stamp.when, default=None)
    problems = list(found.problems())
    if best is not None and any(stamp.moment.day == best.day for stamp in updates):
        problems.append(_ONLY_UPDATED)
    elif best is not None:
        problems.append(f"{best.day.isoformat()} stands {_where(best)} and may be another story's; not taken")
    return Dating(
        updated=updated,
        problems=tuple(dict.fromkeys(problems)),
        stamps=found.labelled,
        updated_source=Source.NONE if updated is None else Source.LINE,
        partial=found.partial(),
    )


def find_days(page: LabelledLines, context: Context) -> list[Candidate]:
    """Describe all days of a page that can be that of publication; none for a page without headline and body."""
    if not page.indices(Label.HEADLINE) and not page.indices(Label.BODY):
        return []
    return _Readings(page, context).candidates()


def choose(candidates: Sequence[Candidate], likelihood: Likelihood) -> Candidate | None:
    """Choose the likeliest day; of several dates on its line the earliest, and for an update the date before it.

    The features stay those of the likeliest: they say how sure its line is. A line that is no timestamp has to be surer
    than one; if it is not sure enough, it does not stand in the way of a timestamp that is.
    """
    best = max(candidates, key=lambda each: likelihood.log_odds(each.features), default=None)
    if best is not None and best.is_elsewhere and not likelihood.publishes(best):
        other = choose([each for each in candidates if not each.is_elsewhere], likelihood)
        if other is not None and likelihood.publishes(other):
            return other
    if best is None or best.stamp is None or _is_confirmed(best):
        return best
    line, role = best.stamp.lines[0], best.stamp.moment.role
    others = [
        (each, each.stamp) for each in candidates if each.stamp is not None and each.stamp.when <= best.stamp.when
    ]
    if role is Role.UPDATED:
        others = [
            (each, stamp)
            for each, stamp in others
            if abs(stamp.lines[0] - line) <= _NEAR and stamp.moment.role is not role
            if each.features["labelled timestamp"]
        ]
    else:
        others = [(each, stamp) for each, stamp in others if stamp.lines[0] == line and stamp.moment.role is role]
    first = min(others, key=lambda pair: pair[1].when, default=(best, best.stamp))[0]
    return replace(first, features=best.features)


class _Readings:
    """All dates of a page: of its lines, and of its markup."""

    def __init__(self, page: LabelledLines, context: Context) -> None:
        self._page, self._context = page, context
        timestamps = page.indices(Label.TIMESTAMP)
        evidence = cache(lambda: add_evidence(page.lines, context))
        stamps = read_stamps(page, sorted({*timestamps, *_lines_with_days(page)}), context, evidence)
        self._comments = first_comment(page, max((stamp.lines[0] for stamp in stamps), default=0))
        own = frozenset(timestamps)
        self.labelled = tuple(
            stamp for stamp in stamps if not own.isdisjoint(stamp.lines) and stamp.lines[0] < self._comments
        )
        self.claims = read_claims(page.head, page.url, evidence)
        self.stamps = [stamp for stamp in stamps if stamp.moment.day is not None]
        is_whole = any(stamp.moment.day is not None for stamp in self.labelled)
        self._open = () if is_whole else self.labelled
        self.stamps += list(self._completed())
        self._elements = elements_of_lines(page, self.claims)

    def candidates(self) -> list[Candidate]:
        """Describe the days that can be that of publication: if a timestamp is open, no line without the label can.

        Dates of comments cannot unless what the markup says of the page has them, but they say something of the page's
        other dates. Days after the page was read cannot either.
        """
        every = find_candidates(self._page, self.stamps, self.claims)
        found = [each for each in every if not self._is_of_comment(each) and not self._is_to_come(each.day)]
        found = [each for each in found if not self._is_of_reading(each, found) and not _is_aside(each)]
        return [each for each in found if self._is_own(each)] if self._open else found

    def _is_of_comment(self, candidate: Candidate) -> bool:
        """Whether the date stands below the heading of the comments; its own element does not speak for it."""
        if candidate.stamp is None or candidate.stamp.lines[0] < self._comments:
            return False
        return all(claim.source in ELEMENTS for claim in candidate.claims)

    def _is_of_reading(self, candidate: Candidate, every: Sequence[Candidate]) -> bool:
        """Whether this is the day on which the page was read, which many pages show above the article.

        So it is if an earlier day stands on a timestamp below the title, and neither the line nor the markup of the
        page says more of this one.
        """
        now, stamp = self._context.now, candidate.stamp
        if now is None or stamp is None or abs(candidate.day - now.date()) > _AGREED or stamp.moment.role:
            return False
        if not is_above(candidate) or _is_backed(candidate):
            return False
        return any(
            each.day < candidate.day and not each.is_elsewhere and not is_above(each)
            for each in every
            if each.stamp is not None
        )

    def _is_to_come(self, day: date) -> bool:
        """Whether a day is later than when the page was read, by more than zones can differ."""
        now = self._context.now
        return now is not None and day - now.date() > _AGREED

    def _is_own(self, candidate: Candidate) -> bool:
        lines = candidate.stamp.lines if candidate.stamp is not None else ()
        own = any(self._page.labels[index] is Label.TIMESTAMP for index in lines)
        return own or candidate.stamp is None or is_in_title(self._page, candidate.stamp)

    def _completed(self) -> Iterator[Stamp]:
        """Complete days without a year, and clocks, by a day that the markup gives."""
        days = dict.fromkeys(claim.day for claim in self.claims if claim.source not in MODIFIED and not claim.is_month)
        for stamp in self._open:
            fitting = [
                day for day in days if stamp.moment.yearless == (day.month, day.day) or day in stamp.moment.choices
            ]
            if len(fitting) == 1:
                yield replace(stamp, moment=replace(stamp.moment, day=fitting[0], problems=(), choices=()))

    def elements_of(self, stamp: Stamp) -> list[Claim]:
        """Find the `<time>` elements on the lines of a date."""
        return [claim for index in stamp.lines for claim in self._elements.get(index, ())]

    def problems(self, published: Stamp | None = None) -> Iterator[str]:
        """Sentences on what the timestamps leave open, but for what the date of publication settles."""
        for stamp in self.labelled:
            if published is not None and _is_settled(stamp, published):
                continue  # the markup may give its year, or say which day it means
            yield from stamp.moment.problems
            if stamp.moment.day is not None and self._is_to_come(stamp.moment.day):
                yield f"{stamp.moment.day.isoformat()} is later than when the page was read"
        clocks = [stamp.moment for stamp in self._open if not stamp.moment.problems and stamp.moment.clock is not None]
        given = None if published is None else published.moment.clock
        if clocks and (given is None or _clock(clocks[0].clock) != _clock(given.replace(tzinfo=None))):
            yield f"{_clock(clocks[0].clock)} is a time without a day"

    def partial(self) -> str | None:
        """Write what the first open timestamp shows; `None` without one."""
        for stamp in self._open:
            yearless, clock = stamp.moment.yearless, stamp.moment.clock
            if yearless is not None or clock is not None:
                day = "" if yearless is None else f"--{yearless[0]:02}-{yearless[1]:02}"
                return day + ("" if clock is None else f"T{_clock(clock)}")
        return None


def _is_settled(stamp: Stamp, published: Stamp) -> bool:
    """Whether the date of publication, with what the markup adds to it, is that of a line."""
    return stamp.lines == published.lines and stamp.moment.day in (None, published.moment.day)


def _clock(clock: time | None) -> str:
    return "" if clock is None else clock.isoformat("seconds" if clock.second else "minutes")


def _lines_with_days(page: LabelledLines) -> Iterator[int]:
    """Yield the lines that are read even though they have another label."""
    short = [index for index, line in enumerate(page.lines) if len(line) <= MAX_LINE]
    text = "\n".join([page.lines[index] for index in short])
    ends, end = list(accumulate([len(page.lines[index]) + 1 for index in short])), 0
    for match in _WHOLE_DAY.finditer(text):
        if match.start() >= end:
            place = bisect_right(ends, match.start())
            end = ends[place]
            yield short[place]


def _where(candidate: Candidate) -> str:
    return "in the markup" if candidate.stamp is None else f"on line {candidate.stamp.lines[0] + 1}"


def _is_confirmed(candidate: Candidate) -> bool:
    """Whether the markup says the same; of a line that is no timestamp its own element may be another story's."""
    if candidate.is_elsewhere:
        return _is_backed(candidate)
    return any(claim.source not in MODIFIED for claim in candidate.claims)


def _is_backed(candidate: Candidate) -> bool:
    """Whether what the markup says of the page, and not of one element, names the day as one of publication."""
    return any(claim.source not in MODIFIED | ELEMENTS for claim in candidate.claims)


def _is_aside(candidate: Candidate) -> bool:
    """Whether a line that is no timestamp stands in `<aside>`, `<nav>` or `<footer>`, or in a link to another story."""
    features = candidate.features
    is_other = features.get("aside", 0.0) > 0 or features.get("linked", 0.0) > _LINKED
    return candidate.is_elsewhere and is_other and not _is_backed(candidate)


def _stamp_of(candidate: Candidate, found: _Readings) -> Stamp:
    """Date of publication: that of the line, with the clock and the zone that the markup adds to its day.

    A `<time>` of another line may be that of another story of the same day.
    """
    claims = [claim for claim in candidate.claims if claim.source not in MODIFIED]
    if candidate.stamp is None:
        moments = [claim.moment for claim in claims or candidate.claims]
        return Stamp(replace((_exact(moments) or moments)[0], role=Role.UNKNOWN), ())
    own = found.elements_of(candidate.stamp)
    claims = [claim for claim in claims if claim.source is not DateSource.TIME or claim in own]
    moment = candidate.stamp.moment
    told = _exact([claim.moment for claim in claims if claim.source in OF_PUBLICATION])
    if moment.role is Role.UPDATED and told:
        return replace(candidate.stamp, moment=replace(told[0], role=Role.UNKNOWN))
    return replace(candidate.stamp, moment=_with_clock(moment, claims))


def _exact(moments: Sequence[Moment]) -> list[Moment]:
    """Select the moments with a clock; midnight is what stands in markup for a day without one."""
    return [moment for moment in moments if moment.clock is not None and moment.clock.replace(tzinfo=None) != time()]


def _with_clock(moment: Moment, claims: Sequence[Claim]) -> Moment:
    """Add the clock of the markup to a day that has none or one of an age, and its zone to the same clock.

    A title repeats the clock that its element shows, which has no zone.
    """
    clocks = [(claim.source, claim.moment.clock) for claim in claims if claim.moment.clock is not None]
    for source, clock in clocks:
        plain = clock.replace(tzinfo=None)
        if (moment.clock is None or moment.is_age) and plain != time():
            given = plain if source is DateSource.TITLE else clock
            return replace(moment, clock=given, problems=() if moment.is_age else moment.problems, is_age=False)
        own = moment.clock
        is_same = own is not None and own.tzinfo is None and (own.hour, own.minute) == (plain.hour, plain.minute)
        if own is not None and is_same and clock.utcoffset() and source is not DateSource.TITLE:
            return replace(moment, clock=own.replace(tzinfo=clock.tzinfo))
    return moment


def _contradictions(best: Candidate, candidates: Sequence[Candidate], claims: Sequence[Claim]) -> Iterator[str]:
    """Tell where the timestamp and the markup give days that are more than one day apart."""
    strong = (DateSource.JSON_PUBLISHED, DateSource.META_PUBLISHED)
    if best.stamp is not None:
        for claim in claims:
            if claim.source in strong and abs(claim.day - best.day) > _AGREED:
                yield f"{best.day.isoformat()} in the text, but {claim.day.isoformat()} in the markup"
                return
    lines = [
        (each, each.stamp) for each in candidates if each.stamp is not None and each.features["labelled timestamp"]
    ]
    shown = [each for each, stamp in lines if stamp.moment.role is not Role.UPDATED]
    if best.stamp is None and shown and all(abs(each.day - best.day) > _AGREED for each in shown):
        yield f"{shown[0].day.isoformat()} in the text, but {best.day.isoformat()} in the markup"


def _updated(found: _Readings, published: Stamp) -> tuple[Stamp | None, Source]:
    """Give the latest date of the lines that is called an update, or is later and stands beside `published`.

    Without one, the markup may say when the page was changed: the first later date in the order of `DateSource`.
    """
    changes = [claim for claim in found.claims if claim.source in MODIFIED and claim.day >= published.when.date()]
    labelled = frozenset(found.labelled)
    shown = [
        whole
        for stamp in found.stamps
        for whole in (replace(stamp, moment=_with_clock(stamp.moment, found.elements_of(stamp))),)
        if _is_update(whole, published, is_labelled=stamp in labelled)
    ]
    if shown:
        latest = max(shown, key=lambda stamp: stamp.when)
        same = [claim for claim in changes if claim.day == latest.moment.day]
        return replace(latest, moment=_with_clock(latest.moment, same)), Source.BOTH if same else Source.LINE
    first = Stamp(_time_by_markup(found.claims, published) or published.moment, ())
    later = [Stamp(claim.moment, ()) for claim in changes]
    later = [stamp for stamp in later if stamp.when > first.when]
    return (later[0], Source.MARKUP) if later else (None, Source.NONE)


def _time_by_markup(claims: Sequence[Claim], published: Stamp) -> Moment | None:
    """Find the time that the markup gives to the publication: changes are in its zone, which may not be the line's."""
    own = [claim.moment for claim in claims if claim.source in OF_PUBLICATION]
    near = (moment for moment in _exact(own) if moment.day and abs(moment.day - published.when.date()) <= _AGREED)
    return next(near, None)


def _is_update(stamp: Stamp, published: Stamp, *, is_labelled: bool) -> bool:
    if stamp.when < published.when:
        return False
    if stamp.moment.role is Role.UPDATED:
        near = bool(published.lines) and abs(stamp.lines[0] - published.lines[0]) <= _NEAR
        return near or is_labelled
    if stamp.moment.role is not Role.UNKNOWN or not published.lines or stamp.when <= published.when:
        return False
    distance = abs(stamp.lines[0] - published.lines[0])
    # On a line of its own next to "First published on 3 March" it is the later date that the page shows first.
    is_beside = is_labelled and published.moment.role is Role.PUBLISHED and distance <= _BESIDE
    return not distance or is_beside
