"""Score the doubtful lines of a page again, with what is known by now of all its lines.

The first scores see a line and those around it. But whose words a line has, those of the article or those of other
stories, can be told only when the lines of the page have labels, at least likely ones. So can the way from a line to
the next sure date, title or paragraph. Lines that are in doubt get a correction from this, by boosted trees.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import LONG, Batch, from_fixed, running_sum
from linesift.features.chars import nonzero_indices
from linesift.features.topic import SharedWords
from linesift.labels import LABELS, Label
from linesift.model.trees import TreeScorer

SURE = 0.95
"""A line is in doubt if no label has this probability; one in nine is in text, one in twelve in HTML."""

_SURE_LINES = {
    "likely_headline": (Label.HEADLINE, 0.5),
    "likely_body": (Label.BODY, 0.5),
    "sure_body": (Label.BODY, 0.9),
    "likely_timestamp": (Label.TIMESTAMP, 0.5),
    "sure_sidebar": (Label.SIDEBAR, 0.9),
}
"""Lines to which the distance is a column: above this probability of the label."""
_LEAD = 3.0
"""Body lines, as their probabilities sum up, that are the beginning of the article."""
_REST = 0.5
"""A line has no more of them at and below it if the article ends above it."""
_LIKELY_TITLE = 0.2
"""Probability from which the likeliest headline of a page counts as its title."""
_SHARED = (*map(str, LABELS), "lead", "short_body", "long_sidebar", "sidebar_after", "title")
"""Lines in which the words of a doubtful line are looked for, in the order of `_weights`."""

LOOK_NAMES = (
    *(f"look.{label}" for label in LABELS),
    "look.words",
    "look.sentences",
    *(f"look.{name}.{side}" for name in _SURE_LINES for side in ("above", "below")),
    *(f"look.words_in_{name}.{what}" for name in _SHARED for what in ("share", "weight")),
)
"""Columns of a doubtful line."""


@dataclass(frozen=True, slots=True, eq=False)
class SecondLook:
    """Corrects the scores of doubtful lines."""

    trees: TreeScorer
    """Their scores are added to the log-odds."""

    def corrected(
        self, batch: Batch, log_odds: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Correct the scores of all lines that are in doubt.

        Args:
            batch: the pages.
            log_odds: shape (n_lines, 4).
            probabilities: shape (n_lines, 4), those of the log-odds.

        Returns:
            Shape (n_lines, 4), a copy.
        """
        rows, result = doubtful(probabilities), log_odds.copy()
        result[rows] += self.trees.scores(look_table(batch, rows, probabilities))
        return result


def doubtful(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find the rows of the lines that are in doubt, from probabilities of shape (n_lines, 4)."""
    return nonzero_indices(probabilities.max(axis=1) < np.float32(SURE))


def look_table(batch: Batch, rows: NDArray[np.int64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compute the columns of some lines.

    Args:
        batch: the pages.
        rows: the lines, ascending.
        probabilities: shape (n_lines, 4), of all lines.

    Returns:
        Shape (len(LOOK_NAMES), n_rows); `nan` where there is no such line, or for a line without words of some length.
    """
    out = np.empty((len(LOOK_NAMES), len(rows)), np.float32)
    if not len(rows):
        return out
    n_own = len(LABELS) + 2
    n_beside = n_own + 2 * len(_SURE_LINES)
    out[: len(LABELS)] = probabilities.T.take(rows, axis=1)
    out[len(LABELS) : n_own] = batch.length.take(rows), batch.scan.n_sentences.take(rows)
    marked = (probabilities[:, label.column] > np.float32(bound) for label, bound in _SURE_LINES.values())
    for place, is_marked in zip(range(n_own, n_beside, 2), marked, strict=True):
        out[place : place + 2] = _distances(batch, rows, is_marked)
    words = SharedWords(batch, rows)
    for place, weights in zip(range(n_beside, len(out), 2), _weights(batch, probabilities), strict=True):
        out[place : place + 2] = words.of(weights)
    return out


def _distances(batch: Batch, rows: NDArray[np.int64], is_marked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Count the lines to the nearest marked line of the page above, and below; shape (2, n_rows)."""
    marked = nonzero_indices(is_marked)
    place = marked.searchsorted(rows)
    none = np.array([-1]), np.array([len(is_marked)])
    above = np.concatenate((none[0], marked)).take(place)
    below = np.concatenate((marked, none[1])).take(place + is_marked.take(rows))
    out = np.array((rows - above, below - rows), np.float32)
    out[0, above < batch.own_page_start.take(rows)] = np.nan
    out[1, below >= batch.own_page_end.take(rows)] = np.nan
    return out


def _weights(batch: Batch, probabilities: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Weigh all lines for each of `_SHARED`; shape (n_lines,)."""
    yield from np.ascontiguousarray(probabilities.T)
    headline, body, sidebar = (probabilities[:, each.column] for each in (Label.HEADLINE, Label.BODY, Label.SIDEBAR))
    is_long = batch.length >= np.float32(LONG)
    sums = running_sum(body)
    before = from_fixed(sums[:-1] - sums[batch.own_page_start])
    after = from_fixed(sums[batch.own_page_end] - sums[:-1])
    yield body * (before < _LEAD)
    yield body * ~is_long
    yield sidebar * is_long
    yield sidebar * (after <= _REST)
    best = np.maximum.reduceat(headline, batch.nonempty_starts).repeat(batch.nonempty_sizes)
    yield ((headline >= best) & (headline > np.float32(_LIKELY_TITLE))).astype(np.float32)
