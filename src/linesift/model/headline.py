"""Which line is the title: the likely lines of a page against each other.

The passes say of every line by itself how likely it is the title. A standfirst below the title, the title's copy at the
page's top, and the title of the next story are told from it by comparing them: who stands above whom, which text comes
twice, between which of them the date stands. Of a page exactly one candidate is the title, or none: the model is
a conditional logit over the candidates (McFadden 1974), whose utilities are boosted trees.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.labels import Label
from linesift.model.trees import TreeScorer

LEAST = 0.01
"""Probability of the passes from which a line is a candidate: 97 in 100 titles are."""

LEAST_BEST = 0.1
"""Probability that the likeliest candidate of a page needs for any to be weighed: a page of a few links has candidates
too, and hardly any such page was there to learn from. No gold page loses its title by it."""

_REACH = 10
"""Lines above and below that a candidate is compared with."""
_SPANS = ((-10, -4), (-3, -1), (1, 3), (4, 10))
_BESIDE = (-1, 1, 2)
_COMPARED = (Label.HEADLINE, Label.BODY, Label.TIMESTAMP)

NAMES = (
    *(f"candidate.{label}" for label in Label),
    *(f"candidate.{label}@{step:+d}" for label in Label for step in _BESIDE),
    *(f"candidate.{label}.best{low:+d}{high:+d}" for label in _COMPARED for low, high in _SPANS),
    "candidate.above", "candidate.below", "candidate.better", "candidate.of_best", "candidate.likelier_above",
    "candidate.likelier_below", "candidate.copies_above", "candidate.copies_below", "candidate.best_copy",
)  # fmt: skip
"""Columns of a candidate beside the page, before those of the second pass's table."""


def candidates(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rows of the lines that may be a title."""
    return np.flatnonzero(probabilities[:, Label.HEADLINE.column] > LEAST)


def candidate_table(
    batch: Batch, rows: NDArray[np.int64], table: NDArray[np.float32], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Columns of the candidates.

    Args:
        batch: the pages.
        rows: the candidates, in page order.
        table: shape (n_columns, n_candidates), their columns of the second pass.
        probabilities: shape (n_lines, 4), the second pass's.

    Returns:
        Shape (len(NAMES) + n_columns, n_candidates).
    """
    steps = np.arange(-_REACH, _REACH + 1)
    around = rows[:, None] + steps
    is_there = (around >= batch.top[rows][:, None]) & (around < batch.end[rows][:, None])
    near = np.where(is_there[..., None], probabilities.take(around, axis=0, mode="clip"), np.float32(0))
    own = [near[:, _REACH, label.column] for label in Label]
    own += [near[:, _REACH + step, label.column] for label in Label for step in _BESIDE]
    own += [
        near[:, _REACH + low : _REACH + high + 1, label.column].max(axis=1)
        for label in _COMPARED
        for low, high in _SPANS
    ]
    own += _among(batch, rows, probabilities[rows, Label.HEADLINE.column])
    return np.concatenate((np.array(own, np.float32), table))


def _among(batch: Batch, rows: NDArray[np.int64], chance: NDArray[np.float32]) -> list[NDArray[np.floating]]:
    """How each candidate stands among those of its page: pairs of candidates, of which a page has a few dozen."""
    one, other = _pairs(batch.page[rows])
    is_above = other < one
    is_likelier, is_copy = chance[other] > chance[one], batch.lines.hash[rows[other]] == batch.lines.hash[rows[one]]
    n = len(rows)

    def total(values: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(one, values, n).astype(np.float64, copy=False)

    best, best_copy = np.zeros(n, np.float32), np.zeros(n, np.float32)
    np.maximum.at(best, one, chance[other])
    np.maximum.at(best_copy, one, chance[other] * is_copy)
    return [
        total(chance[other] * is_above), total(chance[other] * (other > one)), total(is_likelier),
        chance / np.maximum(best, chance), total(is_likelier & is_above), total(is_likelier & ~is_above),
        total(is_copy & is_above), total(is_copy & (other > one)), best_copy,
    ]  # fmt: skip


_MOST = 24
"""Candidates of a page that are compared with each other, those next to each in page order."""


def _pairs(page: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every candidate with every other one of its page that is at most `_MOST` candidates away."""
    steps = np.concatenate((np.arange(-_MOST, 0), np.arange(1, _MOST + 1)))
    one = np.arange(len(page)).repeat(len(steps))
    other = one + np.tile(steps, len(page))
    is_there = (other >= 0) & (other < len(page))
    one, other = one[is_there], other[is_there]
    is_same = page[one] == page[other]
    return one[is_same], other[is_same]


@dataclass(frozen=True, slots=True, eq=False)
class HeadlineChooser:
    """Weighs the candidates of a page against each other."""

    trees: TreeScorer
    """The utility of a candidate is its first score."""
    nothing: float
    """The utility of there being no title."""
    scale: float
    """What utilities are divided by, so that .9 means nine in ten."""

    def chances(
        self, batch: Batch, rows: NDArray[np.int64], table: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Probabilities of all labels with those of the title weighed anew; arguments as `candidate_table`."""
        found = probabilities.copy()
        if not len(rows):
            return found
        utility = self.trees.scores(candidate_table(batch, rows, table, probabilities))[:, 0]
        share = shares(batch.page[rows], utility, self.nothing, self.scale)
        column = Label.HEADLINE.column
        starts = np.flatnonzero(np.diff(batch.page[rows], prepend=-1))
        best = np.maximum.reduceat(found[rows, column], starts).repeat(np.diff(np.append(starts, len(rows))))
        share = np.where(best >= LEAST_BEST, share, found[rows, column])
        found[rows] *= ((1 - share) / np.maximum(1 - found[rows, column], np.float32(1e-6)))[:, None]
        found[rows, column] = share
        return found


def shares(page: NDArray[np.int32], utility: NDArray[np.float32], nothing: float, scale: float) -> NDArray[np.float32]:
    """Probability of every candidate: the share of its power of e among those of its page and that of nothing."""
    starts = np.flatnonzero(np.diff(page, prepend=-1))
    sizes = np.diff(np.append(starts, len(page)))
    highest = np.maximum(np.maximum.reduceat(utility, starts), np.float32(nothing))
    powers = np.exp((utility - highest.repeat(sizes)) / np.float32(scale))
    whole = np.add.reduceat(powers, starts) + np.exp((np.float32(nothing) - highest) / np.float32(scale))
    share: NDArray[np.float32] = powers / whole.repeat(sizes)
    return share
