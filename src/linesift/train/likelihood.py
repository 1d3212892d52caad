"""Fit the probability that a day of a page is the one of its publication (`linesift.article.likelihood`).

Every candidate of every page is one row: right or not. The best candidate of a page is surer than others of the same
log-odds, so its probability is calibrated on the best ones of pages whose site the fit has not seen.

Gold days are wrong at times. Of a page whose gold day stands neither in its text nor in its markup, timestamps are not
learnt from. Days of updates are, and those of lines that are no timestamps: where these are all that a page dates, the
gold day is right and hidden. A day next to the gold day is not learnt from: which of them is right depends on a zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from linesift.article.dating import choose
from linesift.article.likelihood import Candidate, Likelihood
from linesift.article.markup import MODIFIED
from linesift.hints import DateSource
from linesift.train.folds import fold_of

_N_FOLDS = 5
_REGULARISATION = 1.0
"""Inverse strength of the L2 penalty."""
_DIGITS = 4
_Bounds = tuple[float | None, float | None]
_ANY: _Bounds = (None, None)
_MORE: _Bounds = (0.0, None)
_LESS: _Bounds = (None, 0.0)
_SIGNS: dict[str, _Bounds] = {
    "labelled timestamp": _MORE,
    "likelier than another day": _MORE,
    "says published": _MORE,
    "says updated": _LESS,
    "labelled body": _LESS,
    "aside": _LESS,
    **{f"{source.name}: other": _LESS for source in DateSource},
    **{f"{source.name}: same": _MORE for source in DateSource if source not in MODIFIED},
}
"""Bounds of weights whose sign is known: features that nearly say the same could else speak against each other."""


@dataclass(frozen=True, slots=True)
class DatedPage:
    """A page whose day of publication is known."""

    site: str
    gold: date
    candidates: tuple[Candidate, ...]
    """Days that may be published, as `linesift.article.dating.find_days` gives them."""
    is_shown: bool
    """Whether the gold day stands somewhere in the text or the markup of the page."""

    def knows(self, candidate: Candidate) -> bool:
        """Whether the gold day says for sure if a candidate is right."""
        is_doubted = candidate.is_update or candidate.is_elsewhere
        return (self.is_shown or is_doubted) and abs((candidate.day - self.gold).days) != 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Probabilities from which a day is published, as in `Likelihood`."""

    least: float
    least_elsewhere: float


def fit_likelihood(pages: Sequence[DatedPage], bounds: Bounds) -> Likelihood:
    """Fit weights on all pages, and the calibration on folds of whole sites.

    Args:
        pages: pages of text, or of HTML; not both.
        bounds: probabilities from which a day is published.
    """
    best = [
        ((likelihood.log_odds(found.features), float(found.is_update)), found.day == page.gold)
        for likelihood, own in _folds(pages)
        for page in own
        if (found := choose(page.candidates, likelihood)) is not None and page.knows(found)
    ]
    known, is_right = np.array([one for one, _ in best]), np.array([one for _, one in best])
    (slope, offset_updated), offset = _logistic(known, is_right, strength=1e3)
    return replace(
        _fit_weights(pages),
        slope=round(float(slope), _DIGITS),
        offset=round(offset, _DIGITS),
        offset_updated=round(float(offset_updated), _DIGITS),
        least=bounds.least,
        least_elsewhere=bounds.least_elsewhere,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest day of a page, by a fit that has not seen its site."""

    page: DatedPage
    best: Candidate | None = None
    probability: float = 0.0
    is_published: bool = False


def cross_fit(pages: Sequence[DatedPage], bounds: Bounds) -> list[Choice]:
    """Choose the day of every page by a likelihood that was fitted without its site."""
    chosen = []
    for fold in range(_N_FOLDS):
        likelihood = fit_likelihood([page for page in pages if _fold(page) != fold], bounds)
        for page in pages:
            if _fold(page) == fold:
                best = choose(page.candidates, likelihood)
                sure = 0.0 if best is None else likelihood.probability(best)
                chosen.append(Choice(page, best, sure, best is not None and likelihood.publishes(best)))
    return chosen


def _fold(page: DatedPage) -> int:
    return fold_of(page.site, _N_FOLDS)


def _folds(pages: Sequence[DatedPage]) -> list[tuple[Likelihood, list[DatedPage]]]:
    """Weights fitted without the pages of a fold, and these pages."""
    kept = [[page for page in pages if fold_of(f"{page.site} inside", _N_FOLDS) == fold] for fold in range(_N_FOLDS)]
    others = [list(chain.from_iterable(kept[:fold] + kept[fold + 1 :])) for fold in range(_N_FOLDS)]
    return [(_fit_weights(rest), own) for rest, own in zip(others, kept, strict=True)]


def _fit_weights(pages: Sequence[DatedPage]) -> Likelihood:
    candidates = [(each, each.day == page.gold) for page in pages for each in page.candidates if page.knows(each)]
    names = sorted({name for each, _ in candidates for name in each.features})
    column = {name: place for place, name in enumerate(names)}
    values = np.zeros((len(candidates), len(names)))
    for row, (each, _) in enumerate(candidates):
        for name, value in each.features.items():
            values[row, column[name]] = value
    is_right = np.array([right for _, right in candidates])
    weights, bias = _logistic(
        values, is_right, strength=_REGULARISATION, bounds=[_SIGNS.get(name, _ANY) for name in names]
    )
    rounded = {name: round(float(weight), _DIGITS) for name, weight in zip(names, weights, strict=True)}
    return Likelihood(round(bias, _DIGITS), rounded, 1.0, 0.0, 0.0, 0.0, 0.0)


def _logistic(
    values: NDArray[np.float64], is_right: NDArray[np.bool_], *, strength: float, bounds: Sequence[_Bounds] = ()
) -> tuple[NDArray[np.float64], float]:
    """Fit a logistic regression with an L2 penalty; give its weights, within their bounds, and its intercept."""
    from scipy.optimize import minimize
    from scipy.special import expit

    signs = np.where(is_right, 1.0, -1.0)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (values @ point[:-1] + point[-1])
        pull = -strength * signs * expit(-margins)
        slopes = np.append(values.T @ pull + point[:-1], pull.sum())
        return float(strength * np.logaddexp(0, -margins).sum() + point[:-1] @ point[:-1] / 2), slopes

    limits = [*(bounds or [_ANY] * values.shape[1]), _ANY]
    found = minimize(loss, np.zeros(values.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=limits).x
    return found[:-1], float(found[-1])
