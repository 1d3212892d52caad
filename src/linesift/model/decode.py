"""Probabilities to one label per line, decided for the page as a whole."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, running_sum
from linesift.labels import Label

HEADLINE, BODY, TIMESTAMP, SIDEBAR = (label.column for label in Label)


@dataclass(frozen=True, slots=True)
class DecodeConfig:
    """Thresholds of the decode, in probabilities and lines; found by site-grouped folds, see `reports/ablation.md`."""

    body_floor: float = 0.2
    """A line below this is never body, and a page with none above it has no article."""
    sure: float = 0.95
    """From which probability of body on a line its page has a sure article, and a floor of its own."""
    body_floor_sure: float = 0.55
    """The floor of such a page of plain text: no line below is body."""
    body_floor_sure_html: float = 0.45
    """The same where the markup is known, which tells a table beside the article from one in it."""
    headline: float = 0.4
    """Least probability of the headline where the article begins."""
    headline_reach: int = 20
    """Lines above the first body line in which the headline is expected."""
    headline_elsewhere: float = 0.7
    """What a line outside that reach has its probability multiplied by."""
    headline_pair: float = 0.35
    """A line next to the headline is headline too where both have this probability."""
    timestamp: float = 0.7
    """Least probability of a timestamp line anywhere."""
    timestamp_near: float = 0.5
    """The same from `timestamp_reach` lines above the headline to just below the first body line."""
    timestamp_reach: int = 5


_BELOW_FIRST = 3
"""Lines below the first body line in which a date still belongs to the article's header."""


def decode(batch: Batch, probabilities: NDArray[np.float32], config: DecodeConfig) -> NDArray[np.int8]:
    """Give every line its label.

    The body is the set of lines with the highest expected F1 by words, which adapts the threshold to the page: one
    whose article is short or unusual does not come out empty. That counts every line as drawn for itself, but sixty
    rows of one table are body all together or not at all; so where an article is sure, they have to be about as likely
    body as not, and in plain text a little more. Where the body begins, a headline is near and dates beside it are the
    article's, so little is asked of lines there and much of lines elsewhere. The headline is one region: the likeliest
    line, of equals the first, and a neighbour only if both are sure.

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
    body, timestamp = probabilities[:, BODY], probabilities[:, TIMESTAMP]
    is_sure = _spread(batch, np.maximum.reduceat(body, batch.starts)) >= np.float32(config.sure)
    floor_sure = config.body_floor_sure if batch.hints is None else config.body_floor_sure_html
    least = np.where(is_sure, np.float32(floor_sure), np.float32(config.body_floor))
    is_body = (body >= _body_cut(batch, body)) & (body >= least)
    first_body = _first_row(batch, is_body)
    head_row, is_head = _headline(batch, probabilities, first_body, config)
    rows = np.arange(len(labels))
    header = np.where(head_row < len(labels), head_row, first_body)
    is_near = (rows >= header - config.timestamp_reach) & (rows <= np.maximum(first_body, header) + _BELOW_FIRST)
    is_near &= np.maximum(first_body, header) < len(labels)
    is_time = timestamp >= np.where(is_near, np.float32(config.timestamp_near), np.float32(config.timestamp))
    is_time &= timestamp >= np.where(is_body, body, 0)
    labels[is_body] = BODY
    labels[is_time] = TIMESTAMP
    labels[is_head] = HEADLINE
    return labels


def _spread(batch: Batch, per_page: NDArray[Any]) -> NDArray[Any]:
    """Give every line its page's value; pages without lines have none."""
    return per_page.repeat(batch.spans)


def _first_row(batch: Batch, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Row of the first marked line of each line's page, the number of rows where there is none."""
    rows = np.where(marked, np.arange(len(marked)), len(marked))
    return _spread(batch, np.minimum.reduceat(rows, batch.starts))


def _headline(
    batch: Batch, probabilities: NDArray[np.float32], first_body: NDArray[np.int64], config: DecodeConfig
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Row of the headline of each line's page (the number of rows without one), and whether a line is headline."""
    chance, rows = probabilities[:, HEADLINE], np.arange(len(probabilities))
    is_expected = (rows <= first_body) & (rows >= first_body - config.headline_reach) & (first_body < len(rows))
    weighed = np.where(is_expected, chance, chance * np.float32(config.headline_elsewhere))
    # Only the first line of the body may be the headline without being likelier that than body.
    weighed = np.where(is_expected | (chance > probabilities[:, BODY]), weighed, np.float32(0))
    best = _spread(batch, np.maximum.reduceat(weighed, batch.starts))
    row = _first_row(batch, (weighed >= best) & (weighed >= config.headline))
    is_pair = (np.abs(rows - row) == 1) & (row < len(rows)) & (chance >= config.headline_pair)
    is_pair &= chance[np.minimum(row, len(rows) - 1)] >= config.headline_pair
    return row, (rows == row) | is_pair


def _body_cut(batch: Batch, body: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability from which lines of a page are body: where 2 Σ p l / (Σ l + Σ p l of the page) peaks."""
    words = np.maximum(batch.length, 0.5).astype(np.float64)
    order, starts = np.lexsort((-body, batch.page)), batch.starts
    sums = running_sum(np.array((body * words, words)).take(order, axis=1))
    before = sums.take(batch.top, axis=1)
    expected, taken = sums[:, 1:] - before
    gain = 2 * expected / (taken + sums[0, batch.end] - before[0])
    best = _spread(batch, np.maximum.reduceat(gain, starts))
    chosen = np.where(gain >= best, body[order], np.float32(np.inf))
    cuts: NDArray[np.float32] = _spread(batch, np.minimum.reduceat(chosen, starts))
    return cuts
