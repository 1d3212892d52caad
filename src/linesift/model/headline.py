"""Which line is the title: the likely lines of a page against each other.

The model says of every line by itself how likely it is the title. A standfirst below the title, the title's copy at the
page's top, and the title of the next story are told from it by comparing them: who stands above whom, which text comes
twice, between which of them the date stands. Of a page exactly one candidate is the title, or none: the choice is
a conditional logit over the candidates (McFadden 1974), whose utilities are boosted trees.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.chars import lengths, places
from linesift.labels import Label
from linesift.model.trees import TreeScorer

LEAST = 0.01
"""Probability from which a line is a candidate: 97 in 100 titles are."""

LEAST_BEST = 0.1
"""Probability that the likeliest candidate of a page needs for any to be weighed: a page of a few links has candidates
too, and hardly any such page was there to learn from. No gold page loses its title by it."""

_REACH = 10
"""Lines above and below that a candidate is compared with."""
_SPANS = ((-10, -4), (-3, -1), (1, 3), (4, 10))
_BESIDE = (-1, 1, 2)
_COMPARED = (Label.HEADLINE, Label.BODY, Label.TIMESTAMP)
_COMPARED_COLUMNS = [label.column for label in _COMPARED]
_BESIDE_PLACES = [_REACH + step for step in _BESIDE]

NAMES = (
    *(f"candidate.{label}" for label in Label),
    *(f"candidate.{label}@{step:+d}" for label in Label for step in _BESIDE),
    *(f"candidate.{label}.best{low:+d}{high:+d}" for label in _COMPARED for low, high in _SPANS),
    "candidate.above", "candidate.below", "candidate.better", "candidate.of_best", "candidate.likelier_above",
    "candidate.likelier_below", "candidate.copies_above", "candidate.copies_below", "candidate.best_copy",
)  # fmt: skip
"""Columns of a candidate beside the page, before those of the table."""


def candidates(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rows of the lines that may be a title."""
    return places(probabilities[:, Label.HEADLINE.column] > LEAST)


def candidate_table(
    batch: Batch, rows: NDArray[np.int64], table: NDArray[np.float32], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Columns of the candidates.

    Args:
        batch: the pages.
        rows: the candidates, in page order.
        table: shape (n_columns, n_candidates), their columns and those of the lines around them.
        probabilities: shape (n_lines, 4).

    Returns:
        Shape (len(NAMES) + n_columns, n_candidates).
    """
    n_rows = len(rows)
    around = rows + np.arange(-_REACH, _REACH + 1)[:, None]
    is_there = (around >= batch.top.take(rows)) & (around < batch.end.take(rows))
    near = np.where(is_there, probabilities.T.take(around, axis=1, mode="clip"), np.float32(0))
    spans = [near[_COMPARED_COLUMNS, _REACH + low : _REACH + high + 1].max(axis=1) for low, high in _SPANS]
    own = (
        near[:, _REACH],
        near.take(_BESIDE_PLACES, axis=1).reshape(-1, n_rows),
        np.stack(spans, axis=1).reshape(-1, n_rows),
        _among(batch, rows, near[Label.HEADLINE.column, _REACH]),
        table,
    )
    return np.concatenate(own)


def _among(batch: Batch, rows: NDArray[np.int64], chance: NDArray[np.float32]) -> NDArray[np.float32]:
    """How each candidate stands among those of its page that are at most `_MOST` away, the last of `NAMES`."""
    n, page, text = len(rows), batch.page.take(rows), batch.lines.hash.take(rows)
    reach = min(_MOST, n - 1)
    other = np.arange(n) + np.array([*range(-reach, 0), *range(1, reach + 1)], np.int64)[:, None]
    is_there = (other >= 0) & (other < n) & (page.take(other, mode="clip") == page)
    chances = np.where(is_there, chance.take(other, mode="clip"), np.float32(0))
    is_copy = is_there & (text.take(other, mode="clip") == text)
    # Of each: sums over the candidates above and those below, shape (3, 2, n).
    every = np.array((chances, chances > chance, is_copy), np.float64)
    total, likelier, copies = every.reshape(3, 2, reach, n).sum(axis=2)
    out = np.empty((9, n), np.float32)
    out[:2], out[2], out[4:6], out[6:8] = total, likelier.sum(axis=0), likelier, copies
    out[3] = chance / np.maximum(chances.max(axis=0, initial=0), chance)
    out[8] = (chances * is_copy).max(axis=0, initial=0)
    return out


_MOST = 24
"""Candidates of a page that are compared with each other, those next to each in page order."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadlineRanker:
    """Weighs the candidates of a page against each other."""

    trees: TreeScorer
    """The utility of a candidate is its first score."""
    nothing: float
    """The utility of there being no title."""
    scale: float
    """What utilities are divided by, so that .9 means nine in ten."""

    def rerank(
        self, batch: Batch, rows: NDArray[np.int64], table: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Probabilities of all labels with those of the title weighed anew; arguments as `candidate_table`."""
        found = probabilities.copy()
        if not len(rows):
            return found
        page, column = batch.page.take(rows), Label.HEADLINE.column
        utility = self.trees.scores(candidate_table(batch, rows, table, probabilities))[:, 0]
        share = shares(page, utility, self.nothing, self.scale)
        own = found.take(rows, axis=0)
        before = own[:, column].copy()
        starts, sizes = _page_parts(page)
        best = np.maximum.reduceat(before, starts).repeat(sizes)
        share = np.where(best >= LEAST_BEST, share, before)
        own *= ((1 - share) / np.maximum(1 - before, np.float32(1e-6)))[:, None]
        own[:, column] = share
        found[rows] = own
        return found


def _page_parts(page: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the candidates of each page begin, and how many they are."""
    begins = np.ones(len(page), np.bool_)
    np.not_equal(page[1:], page[:-1], out=begins[1:])
    starts = places(begins)
    return starts, lengths(starts, len(page))


def shares(page: NDArray[np.int32], utility: NDArray[np.float32], nothing: float, scale: float) -> NDArray[np.float32]:
    """Probability of every candidate: the share of its power of e among those of its page and that of nothing."""
    starts, sizes = _page_parts(page)
    highest = np.maximum(np.maximum.reduceat(utility, starts), np.float32(nothing))
    powers = np.exp((utility - highest.repeat(sizes)) / np.float32(scale))
    whole = np.add.reduceat(powers, starts) + np.exp((np.float32(nothing) - highest) / np.float32(scale))
    share: NDArray[np.float32] = powers / whole.repeat(sizes)
    return share
