"""Probability that a day is the one on which the article was published: a logistic regression over what is known of it.

The weights in `likelihood.json` are fitted by `scripts/fit_likelihood.py`, once for plain text and once for HTML.
"""

import json
import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter
from pathlib import Path

from linesift.article.lines import LabelledLines
from linesift.article.markup import MODIFIED, Claim
from linesift.article.stamps import Stamp
from linesift.dates.moment import Role, read_moments
from linesift.dates.tokens import tokenize
from linesift.hints import ANCESTORS, DateSource
from linesift.labels import Label

Features = dict[str, float]

_MIN_PROBABILITY, _MAX_WORDS = 1e-3, 12
_IN_TITLE = 0.95
"""Probability that stands for the label of a date in the headline."""
_SET_APART = re.compile(r"\s[–—|•·\-]+\s|\s\(")
_ABOVE_HEAD, _RIGHT_BELOW, _BELOW_HEAD = 8, 3, 12
OF_PUBLICATION = frozenset(
    [DateSource.JSON_PUBLISHED, DateSource.META_PUBLISHED, DateSource.ITEM_PUBLISHED, DateSource.META_DATE]
)
"""Sources that name the day of publication, and not only a day."""
_ASIDE = sum(1 << ANCESTORS.index(name) for name in ("aside", "footer", "nav", "figcaption"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day that may be that of publication, with where it stands."""

    day: date
    stamp: Stamp | None
    """Line of the page that shows it; `None` for one that only the markup gives."""
    claims: tuple[Claim, ...]
    """What the markup gives for this day."""
    features: Features

    @property
    def is_update(self) -> bool:
        """Whether the page calls it the day of an update."""
        return self.stamp is not None and self.stamp.moment.role is Role.UPDATED

    @property
    def is_elsewhere(self) -> bool:
        """Whether its line is not labelled as a timestamp."""
        return self.features.get("elsewhere", 0.0) > 0


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Weights of the features for one kind of page."""

    bias: float
    weights: Mapping[str, float]
    slope: float
    """Slope and offset of the calibration, on the log-odds of the best candidate."""
    offset: float
    offset_updated: float
    """Added to the offset if the best candidate is the day of an update: often the page shows no other."""
    least: float
    """Probability from which a day is published."""
    least_elsewhere: float
    """The same for a line that is not labelled as a timestamp: it has to be as sure as those are on the whole."""

    def log_odds(self, features: Features) -> float:
        """Log-odds that the day is right, before the calibration."""
        weights = self.weights
        return self.bias + sum([weights[name] * value for name, value in features.items() if value and name in weights])

    def publishes(self, candidate: Candidate) -> bool:
        """Say whether the best candidate of a page is sure enough."""
        return self.probability(candidate) >= (self.least_elsewhere if candidate.is_elsewhere else self.least)

    def probability(self, candidate: Candidate) -> float:
        """Probability that the day is right, for the best candidate of a page."""
        offset = self.offset + self.offset_updated * candidate.is_update
        log_odds = self.slope * self.log_odds(candidate.features) + offset
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))


@cache
def read_likelihood(*, is_html: bool) -> Likelihood:
    """Read the weights; once, the result is kept."""
    stored = json.loads((Path(__file__).parent / "likelihood.json").read_text("utf-8"))
    fitted = stored["html" if is_html else "text"]
    return Likelihood(**fitted)


def find_candidates(page: LabelledLines, stamps: Sequence[Stamp], claims: Sequence[Claim]) -> list[Candidate]:
    """Describe every day of some lines, and every day that the markup alone gives.

    Args:
        page: the page.
        stamps: dates of its lines, in page order; those without a day are left out.
        claims: dates of its markup.
    """
    view = _View(page, [stamp for stamp in stamps if stamp.moment.day is not None])
    days = {stamp.moment.day for stamp in view.stamps}
    found = []
    for place, stamp in enumerate(view.stamps):
        day = stamp.moment.day
        if day is not None:
            is_update = stamp.moment.role is Role.UPDATED
            features = view.describe(place, day) | _of_markup(day, claims, is_update=is_update)
            found.append(Candidate(day, stamp, _claims_of(day, claims), features))
    for day in dict.fromkeys(claim.day for claim in claims if not claim.is_month):
        if day not in days:
            features = {"no line": 1.0} | _of_markup(day, claims, is_update=False)
            found.append(Candidate(day, None, _claims_of(day, claims), features))
    return found


def _claims_of(day: date, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if claim.day == day and not claim.is_month)


def _of_markup(day: date, claims: Sequence[Claim], *, is_update: bool) -> Features:
    """Compare a day with what the markup gives; for plain text that is its address, if it is known.

    Args:
        day: the day.
        claims: dates of the markup.
        is_update: whether the line calls it the day of an update.
    """
    if not claims:
        return {"sources": 0.0, "no source": 1.0}
    features: Features = {}
    for source in DateSource:
        own = [claim for claim in claims if claim.source is source and not claim.is_month]
        if own:
            distance = min(abs((claim.day - day).days) for claim in own)
            kind = "same" if not distance else "next" if distance == 1 else "other"
            features[f"{source.name}: {kind}"] = 1.0
            if source in (DateSource.TIME, DateSource.TITLE, DateSource.SCRIPT_PUBLISHED) and own[0].day == day:
                features[f"{source.name}: first"] = 1.0
    months = [claim for claim in claims if claim.is_month]
    if months:
        is_same = any((claim.day.year, claim.day.month) == (day.year, day.month) for claim in months)
        features["month of the address" if is_same else "another month than the address"] = 1.0
    published = [claim.day for claim in claims if claim.source not in MODIFIED and not claim.is_month]
    features["sources"] = math.log1p(published.count(day))
    if not published:
        features["no source"] = 1.0
    is_update |= any(claim.day == day for claim in claims if claim.source in MODIFIED)
    told = [claim.day for claim in claims if claim.source in OF_PUBLICATION and not claim.is_month]
    if is_update and told and day not in told and min(told) < day:
        features["published earlier by the markup"] = 1.0
    return features


def is_above(candidate: Candidate) -> bool:
    """Say whether a date stands above the headline."""
    return candidate.features.get("above", 0.0) + candidate.features.get("far above", 0.0) > 0


def is_in_title(page: LabelledLines, stamp: Stamp) -> bool:
    """Say whether a date is set apart at the end of the headline: "Ferry returns – 14.05.2019"."""
    line = page.lines[stamp.lines[0]].strip()
    if page.labels[stamp.lines[0]] is not Label.HEADLINE:
        return False
    title, *tail = _SET_APART.split(line)
    found = read_moments(tail[-1]) if title and tail else []
    return len(found) == 1 and found[0].day == stamp.moment.day and "x" not in tokenize(tail[-1]).codes


class _View:
    """A page as the features of its dates need it."""

    def __init__(self, page: LabelledLines, stamps: Sequence[Stamp]) -> None:
        self.page, self.stamps = page, stamps
        self._written = page.written
        heads, self._body = page.indices(Label.HEADLINE), page.indices(Label.BODY)
        self._head = self._place((heads or self._body or (0,))[0])
        days = [stamp.moment.day for stamp in stamps if stamp.moment.day is not None]
        self._n_of_day = Counter(days)
        self._sorted_days = sorted(self._n_of_day)
        self._logits = [self._logit(stamp) for stamp in stamps]
        self._shapes = [tokenize(page.lines[stamp.lines[0]]).codes for stamp in stamps]
        self._is_labelled = [self._has_label(stamp) for stamp in stamps]
        self._n_of_shape = Counter(
            shape for shape, is_own in zip(self._shapes, self._is_labelled, strict=True) if not is_own
        )
        self._best_other = self._find_rivals(days)

    def _place(self, index: int) -> int:
        """Place of a line among the written ones; 0 for a blank line."""
        place = bisect_left(self._written, index)
        return place if place < len(self._written) and self._written[place] == index else 0

    def _find_rivals(self, days: Sequence[date]) -> dict[int, float]:
        """Find for each line the log-odds of the likeliest day that is not on it; 0 where there is none.

        Dates of one line, such as "Published 1 May, updated 3 May", are no rivals of each other.
        """
        best: dict[date, float] = {}
        of_line: dict[int, set[date]] = {}
        for stamp, day, logit in zip(self.stamps, days, self._logits, strict=True):
            best[day] = max(best.get(day, -math.inf), logit)
            of_line.setdefault(stamp.lines[0], set()).add(day)
        likeliest = sorted(best.items(), key=itemgetter(1), reverse=True)
        return {line: next((logit for day, logit in likeliest if day not in own), 0.0) for line, own in of_line.items()}

    def _has_label(self, stamp: Stamp) -> bool:
        return any(self.page.labels[index] is Label.TIMESTAMP for index in stamp.lines) or is_in_title(self.page, stamp)

    def _logit(self, stamp: Stamp) -> float:
        column = self.page.probabilities[list(stamp.lines), Label.TIMESTAMP.column]
        sure = _IN_TITLE if is_in_title(self.page, stamp) else float(column.max())
        probability = min(max(sure, _MIN_PROBABILITY), 1 - _MIN_PROBABILITY)
        return math.log(probability / (1 - probability))

    def describe(self, place: int, day: date) -> Features:
        """Features of one date, and its day, by its line, the lines around it, and the other dates of the page."""
        stamp = self.stamps[place]
        index, moment = stamp.lines[0], stamp.moment
        label = self.page.labels[index]
        n_words = self._shapes[place].count("x")
        features = {
            "labelled timestamp": float(self._is_labelled[place]),
            "labelled headline": float(label is Label.HEADLINE),
            "labelled body": float(label is Label.BODY),
            "says published": float(moment.role is Role.PUBLISHED),
            "says updated": float(moment.role is Role.UPDATED),
            "words": min(n_words, _MAX_WORDS) / _MAX_WORDS,
            "many words": float(n_words > _MAX_WORDS),
            "clock": float(moment.clock is not None),
            "problem": float(bool(moment.problems)),
            "several lines": float(len(stamp.lines) > 1),
            "likelier than another day": max(-6.0, min(6.0, self._logits[place] - max(self._best_other[index], 0.0))),
            "of its kind": math.log1p(self._n_of_shape[self._shapes[place]]),
            "dated lines": math.log1p(len(self.stamps)),
            "same day": math.log1p(self._n_of_day[day] - 1),
            "later days": math.log1p(len(self._sorted_days) - bisect_right(self._sorted_days, day)),
            "first of its line": float(place == 0 or self.stamps[place - 1].lines[0] != index),
        }
        features |= self._place_of(index) | self._markup_of(index)
        if not self._is_labelled[place]:
            # What speaks for a timestamp need not speak for another line, so these have weights of their own.
            features |= {f"elsewhere, {name}": value for name, value in features.items() if value}
            features["elsewhere"] = 1.0
        return features

    def _place_of(self, index: int) -> Features:
        """Place of a line, counted from the headline and the body."""
        place = self._place(index)
        distance = place - self._head
        around = [self._written[near] for near in (place - 1, place + 1) if 0 <= near < len(self._written)]
        probabilities = self.page.probabilities
        features = {
            "far above": float(distance < -_ABOVE_HEAD),
            "above": float(-_ABOVE_HEAD <= distance < 0),
            "right below": float(0 < distance <= _RIGHT_BELOW),
            "below": float(_RIGHT_BELOW < distance <= _BELOW_HEAD),
            "far below": float(distance > _BELOW_HEAD),
            "headline beside": max((float(probabilities[near, Label.HEADLINE.column]) for near in around), default=0.0),
            "body beside": max((float(probabilities[near, Label.BODY.column]) for near in around), default=0.0),
        }
        if self._body:
            features["inside the body"] = float(self._body[0] < index < self._body[-1])
            features["after the body"] = float(index > self._body[-1])
        return features

    def _markup_of(self, index: int) -> Features:
        hints = self.page.hints
        if hints is None:
            return {}
        return {
            "time element": float(bool(hints.is_time[index])),
            "aside": float(bool(int(hints.ancestors[index]) & _ASIDE)),
            "linked": float(hints.link_share[index]),
        }
