"""Probabilities to one label per line, decided for the page as a whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.labels import Label

HEADLINE, BODY, TIMESTAMP, SIDEBAR = (label.column for label in Label)


@dataclass(frozen=True, slots=True)
class DecodeConfig:
    """Thresholds of the decode; the defaults were found by site-grouped folds on the gold pages."""

    body_floor: float = 0.12
    """A line below this probability is never body, and a page with none above it has no article."""
    headline: float = 0.3
    """Least probability of the page's best headline line."""
    headline_share: float = 0.6
    """Another line is headline too where it stands next to the best one and has this share of its probability."""
    timestamp: float = 0.4
    """Least probability of a timestamp line."""


def decode(batch: Batch, probabilities: NDArray[np.float32], config: DecodeConfig) -> NDArray[np.int8]:
    """Give every line its label.

    The body is the set of lines with the highest expected F1 by words, which adapts the threshold to the page: one
    whose article is short or unusual does not come out empty. The headline is one region: the likeliest line and
    its neighbours. Ties go to the line that stands first.

    Args:
        batch: the pages.
        probabilities: shape (n_lines, 4).
        config: the thresholds.

    Returns:
        Columns of `LABELS`, shape (n_lines,).
    """
    labels = np.full(len(batch.page), SIDEBAR, np.int8)
    if not len(labels):
        return labels
    body = probabilities[:, BODY]
    is_body = (body >= _body_cut(batch, body)) & (body >= config.body_floor)
    is_time = probabilities[:, TIMESTAMP] >= config.timestamp
    is_time &= probabilities[:, TIMESTAMP] >= np.where(is_body, body, 0)
    is_likely = ~is_body | (probabilities[:, HEADLINE] > body)
    is_head = _headline(batch, np.where(is_likely, probabilities[:, HEADLINE], np.float32(0)), config)
    labels[is_body] = BODY
    labels[is_time] = TIMESTAMP
    labels[is_head] = HEADLINE
    return labels


def _body_cut(batch: Batch, body: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability from which lines of a page are body: where 2 Σ p l / (Σ l + Σ p l of the page) peaks."""
    words = np.maximum(batch.length, 0.5).astype(np.float64)
    order = np.lexsort((-body, batch.page))
    starts = batch.first[:-1][np.diff(batch.first) > 0]
    sizes = np.diff(np.append(starts, len(order)))
    expected, taken = np.cumsum((body * words)[order]), np.cumsum(words[order])
    before_expected = np.repeat(np.concatenate(([0.0], expected))[starts], sizes)
    before_taken = np.repeat(np.concatenate(([0.0], taken))[starts], sizes)
    whole = np.repeat(np.add.reduceat((body * words)[order], starts), sizes)
    gain = 2 * (expected - before_expected) / (taken - before_taken + whole)
    best = np.repeat(np.maximum.reduceat(gain, starts), sizes)
    chosen = np.where(gain >= best, body[order], np.float32(np.inf))
    cuts = np.minimum.reduceat(chosen, starts)
    return np.repeat(cuts, sizes)


def _headline(batch: Batch, headline: NDArray[np.float32], config: DecodeConfig) -> NDArray[np.bool_]:
    starts = batch.first[:-1][np.diff(batch.first) > 0]
    sizes = np.diff(np.append(starts, len(headline)))
    best = np.repeat(np.maximum.reduceat(headline, starts), sizes)
    is_best = (headline >= best) & (headline >= config.headline)
    # Of equals the first one.
    rows = np.where(is_best, np.arange(len(headline)), len(headline))
    row = np.repeat(np.minimum.reduceat(rows, starts), sizes)
    near = np.abs(np.arange(len(headline)) - row) <= 1
    chosen: NDArray[np.bool_] = near & (headline >= config.headline) & (headline >= config.headline_share * best)
    return chosen
