"""Find out when an article was published and when it was updated, from its lines and from the markup.

`readings` collects the dates, `likelihood` says how probable each day is, and `date_page` chooses, or says why it does
not.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time

from linesift.article.likelihood import OF_PUBLICATION, Candidate, Likelihood, read_likelihood
from linesift.article.lines import LabelledLines, Source
from linesift.article.markup import MODIFIED, Claim
from linesift.article.readings import AGREED, Readings, is_backed
from linesift.article.stamps import Stamp
from linesift.dates.context import Context
from linesift.dates.moment import Moment, Role
from linesift.hints import DateSource
from linesift.labels import Label

_NEAR, _ABOVE = 6, 2
"""Most lines between the date of publication and that of an update, and of one above that is not called an update."""
_ONLY_UPDATED = "only the date of an update is given"


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
    found = Readings(page, context)
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


def _unpublished(found: Readings, best: Candidate | None) -> Dating:
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
    return Readings(page, context).candidates()


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


def _where(candidate: Candidate) -> str:
    return "in the markup" if candidate.stamp is None else f"on line {candidate.stamp.lines[0] + 1}"


def _is_confirmed(candidate: Candidate) -> bool:
    """Whether the markup says the same; of a line that is no timestamp its own element may be another story's."""
    if candidate.is_elsewhere:
        return is_backed(candidate)
    return any(claim.source not in MODIFIED for claim in candidate.claims)


def _stamp_of(candidate: Candidate, found: Readings) -> Stamp:
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

    A title repeats the clock that its element shows, which has no zone. Many sites write UTC behind their local time.
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
            if claim.source in strong and abs(claim.day - best.day) > AGREED:
                yield f"{best.day.isoformat()} in the text, but {claim.day.isoformat()} in the markup"
                return
    lines = [
        (each, each.stamp) for each in candidates if each.stamp is not None and each.features["labelled timestamp"]
    ]
    shown = [each for each, stamp in lines if stamp.moment.role is not Role.UPDATED]
    if best.stamp is None and shown and all(abs(each.day - best.day) > AGREED for each in shown):
        yield f"{shown[0].day.isoformat()} in the text, but {best.day.isoformat()} in the markup"


def _updated(found: Readings, published: Stamp) -> tuple[Stamp | None, Source]:
    """Give the latest date of the lines that is called an update, or is later and on or above the line of `published`.

    Without one, the markup may say when the page was changed: the first later date in the order of `DateSource`.
    """
    changes = [claim for claim in found.claims if claim.source in MODIFIED and claim.day >= published.when.date()]
    labelled = frozenset(found.labelled)
    stamps = [stamp for stamp in found.stamps if not found.is_to_come(stamp.when.date())]
    whole = [replace(stamp, moment=_with_clock(stamp.moment, found.elements_of(stamp))) for stamp in stamps]
    shown = [
        each
        for each, stamp in zip(whole, stamps, strict=True)
        if _is_update(each, published, is_labelled=stamp in labelled)
    ]
    if shown:
        latest = max(shown, key=lambda stamp: stamp.when)
        same = [claim for claim in changes if claim.day == latest.moment.day]
        return replace(latest, moment=_with_clock(latest.moment, same)), Source.BOTH if same else Source.LINE
    first = Stamp(_time_by_markup(found.claims, published) or published.moment, ())
    later = [Stamp(claim.moment, ()) for claim in changes]
    later = [stamp for stamp in later if stamp.when > first.when and not found.is_to_come(stamp.when.date())]
    return (later[0], Source.MARKUP) if later else (None, Source.NONE)


def _time_by_markup(claims: Sequence[Claim], published: Stamp) -> Moment | None:
    """Find the time that the markup gives to the publication: changes are in its zone, which may not be the line's."""
    own = [claim.moment for claim in claims if claim.source in OF_PUBLICATION]
    near = (moment for moment in _exact(own) if moment.day and abs(moment.day - published.when.date()) <= AGREED)
    return next(near, None)


def _is_update(stamp: Stamp, published: Stamp, *, is_labelled: bool) -> bool:
    if stamp.when < published.when:
        return False
    if stamp.moment.role is Role.UPDATED:
        near = bool(published.lines) and abs(stamp.lines[0] - published.lines[0]) <= _NEAR
        return near or is_labelled
    if stamp.moment.role is not Role.UNKNOWN or not published.lines or stamp.when <= published.when:
        return False
    distance = published.lines[0] - stamp.lines[0]
    # Right above "First published on 3 March" it is the later date that the page shows first; without a clock, or
    # below, it may be that of an event.
    is_own = is_labelled and published.moment.role is Role.PUBLISHED and stamp.moment.clock is not None
    return not distance or (is_own and 0 < distance <= _ABOVE)
