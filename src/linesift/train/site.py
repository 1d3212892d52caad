"""Fit a correction of a model on labelled pages of one site: seconds on one core, with numpy alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.labels import LABELS
from linesift.model.model import Model
from linesift.model.part import Part
from linesift.model.site import SiteCorrection, Traits, read_traits, recurring
from linesift.page import LabelledPage

_PENALTY = 3.0
"""Strength of the L2 regularisation. From .3 to 10 the scores of `reports/adaptation.md` hardly change; below, the
correction overfits single lines."""

_SINGLE = 0.5
"""Factor of a trait that only one of several pages has; it is mostly the text of one article."""

_STEPS = 80
"""Steps of the accelerated gradient descent; after them the loss changes in the fifth digit."""

_POWER_STEPS = 15

_Floats = NDArray[np.float64]


def with_site(model: Model, pages: Sequence[LabelledPage], place: int | None = None) -> Model:
    """Add the correction of a site to both parts of a model; that for HTML is fitted on the pages with hints.

    Args:
        model: the base; its weights stay as they are.
        pages: labelled pages of the site.
        place: which of the model's sites is replaced; `None` to add one.
    """
    plain = [replace(page, page=replace(page.page, hints=None)) for page in pages]
    hinted = [page for page in pages if page.page.hints is not None]
    text = replace(model.text, sites=_placed(model.text.sites, fit_site(model.text, plain), place))
    if model.html is None:
        return replace(model, text=text)
    # A site without HTML has its place there too, so that one number stands for it in both parts.
    found = fit_site(model.html, hinted) if hinted else _NOTHING
    return replace(model, text=text, html=replace(model.html, sites=_placed(model.html.sites, found, place)))


def fit_site(part: Part, pages: Sequence[LabelledPage]) -> SiteCorrection:
    """Fit a correction of one part of a model on labelled pages of a site, all with hints or all without."""
    batch = part.read([page.page for page in pages])
    labels = np.array([label.column for page in pages for label in page.labels if label is not None], np.int64)
    return fit_correction(batch, part.log_odds(batch), labels)


def fit_correction(batch: Batch, base: NDArray[np.float32], labels: NDArray[np.int64]) -> SiteCorrection:
    """Fit a correction on the lines of a site's pages.

    Args:
        batch: the pages.
        base: shape (n_lines, 4), log-odds of the model that is corrected.
        labels: shape (n_lines,), columns of `LABELS`.
    """
    anchors = recurring(batch)
    traits = read_traits(batch, base, anchors)
    keys, place = np.unique(traits.key, return_inverse=True)
    scale = _key_scale(batch, traits, place)
    columns = _Columns(traits.row, place, traits.value * scale[place], len(labels), len(keys))
    weights = scale[:, None] * _fit(columns, base.astype(np.float64), labels)
    return SiteCorrection(anchors, keys, weights.astype(np.float32))


_NOTHING = SiteCorrection(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((0, len(LABELS)), np.float32))


def _placed(sites: tuple[SiteCorrection, ...], site: SiteCorrection, place: int | None) -> tuple[SiteCorrection, ...]:
    return (*sites, site) if place is None else (*sites[:place], site, *sites[place + 1 :])


def _key_scale(batch: Batch, traits: Traits, place: NDArray[np.int64]) -> _Floats:
    """`_SINGLE` for every trait that one page alone has, where there are several pages; shape (n_keys,)."""
    seen = np.unique(np.stack((place, batch.page[traits.row])), axis=1)[0]
    is_single = (np.bincount(seen) < 2) & (len(batch.lines_per_page_with_blanks) > 1)
    scale: _Floats = np.where(is_single, _SINGLE, 1.0)
    return scale


@dataclass(frozen=True, slots=True)
class _Columns:
    """A sparse matrix of lines and traits."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: _Floats
    n_rows: int
    n_columns: int

    def times(self, weights: _Floats) -> _Floats:
        """Product with a matrix of shape (n_columns, any)."""
        parts = [np.bincount(self.row, part[self.column] * self.value, self.n_rows) for part in weights.T]
        return np.stack(parts, axis=1)

    def transposed_times(self, lines: _Floats) -> _Floats:
        """Product of the transposed matrix with one of shape (n_rows, any)."""
        parts = [np.bincount(self.column, part[self.row] * self.value, self.n_columns) for part in lines.T]
        return np.stack(parts, axis=1)

    def norm(self) -> float:
        """Largest eigenvalue of the squared matrix, by power iteration from a fixed vector."""
        vector, norm = np.ones((self.n_columns, 1)), 1.0
        for _ in range(_POWER_STEPS):
            vector = self.transposed_times(self.times(vector))
            norm = float(np.linalg.norm(vector)) or 1.0
            vector /= norm
        return norm


def _fit(columns: _Columns, base: _Floats, labels: NDArray[np.int64]) -> _Floats:
    """Minimise the cross-entropy of the labels, with the base's log-odds as offset, plus the penalty.

    Accelerated gradient descent that starts its momentum anew where it overshoots (O'Donoghue and Candes 2015).
    """
    gold = np.eye(len(LABELS))[labels]
    weights = np.zeros((columns.n_columns, len(LABELS)))
    ahead, momentum = weights, 1.0
    step = 1 / (0.55 * columns.norm() + _PENALTY)
    for _ in range(_STEPS):
        scores = base + columns.times(ahead)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        slope = columns.transposed_times(powers / powers.sum(axis=1, keepdims=True) - gold) + _PENALTY * ahead
        found = ahead - step * slope
        if ((ahead - found) * (found - weights)).sum() > 0:
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum * momentum)) / 2
        ahead = found + (momentum - 1) / following * (found - weights)
        weights, momentum = found, following
    return weights
