"""Columns of what the page is about: words that the line shares with the page's running text."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import Batch, from_fixed, read_batch, running_sum
from linesift.features.chars import nonzero_indices
from linesift.features.columns import Columns, Values
from linesift.features.runs import text_runs
from linesift.hashing import MIX

TOPIC = Columns("topic")

SHORTEST = 4
"""Letters from which a word counts; shorter ones are mostly function words. Pairs of unspaced letters count too."""


_LOAD = 8
"""Buckets for each word of a page; at 8 to 16 a word meets a stranger in one of eight look-ups or less."""

ENOUGH = 0.5
"""Weight of the other lines that have a word from which it counts as shared."""

_MOST = 1 << 20
"""Buckets that a page has at most. Longer pages mostly repeat their words, and a larger table leaves every cache."""


def word_buckets(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Rows and buckets of all words that count, and the number of buckets; every page has buckets of its own."""
    scan = batch.scan
    counted = nonzero_indices(scan.word_size >= SHORTEST)
    row = scan.word_line.take(counted).astype(np.int64)
    place = row.searchsorted(batch.page_starts)
    n_words = place[1:] - place[:-1]
    bits = np.ceil(np.log2(np.minimum(np.maximum(_LOAD * n_words, 2), _MOST))).astype(np.int64)
    n_buckets = 1 << bits
    offset = n_buckets.cumsum() - n_buckets
    bucket = scan.word_hash.take(counted)
    bucket *= MIX
    bucket >>= (64 - bits).astype(np.uint64).repeat(n_words)
    return row, bucket.view(np.int64) + offset.repeat(n_words), int(n_buckets.sum())


class SharedWords:
    """How much of a line's words recurs in the other lines of its page, by the weight of those lines.

    A word that a line of weight repeats counts as shared too: leaving that out would take a sort of all words.
    """

    def __init__(self, batch: Batch, rows: NDArray[np.int64] | None = None) -> None:
        """Gather the words that are compared.

        Args:
            batch: the pages.
            rows: the lines whose words are looked for, ascending; by default all lines. Of the others, only words are
                kept that these have.
        """
        self._row, self._bucket, self._n_buckets = word_buckets(batch)
        self._sought: NDArray[np.int64] | slice = slice(None)
        """Which words are looked for."""
        self._line, self._n_lines = self._row, len(batch.page)
        """The line of each of these, counted among those that are looked at."""
        if rows is not None:
            self._keep_words_of(rows)
        self._n_words = np.bincount(self._line, minlength=self._n_lines)

    def _keep_words_of(self, rows: NDArray[np.int64]) -> None:
        place = np.full(self._n_lines, -1)
        place[rows] = np.arange(len(rows))
        is_sought = np.zeros(self._n_buckets, np.bool_)
        is_sought[self._bucket[place.take(self._row) >= 0]] = True
        kept, buckets = nonzero_indices(is_sought.take(self._bucket)), nonzero_indices(is_sought)
        self._row, self._bucket = self._row.take(kept), buckets.searchsorted(self._bucket.take(kept))
        of_words = place.take(self._row)
        self._sought = nonzero_indices(of_words >= 0)
        self._line, self._n_lines, self._n_buckets = of_words.take(self._sought), len(rows), len(buckets)

    def of(self, weights: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Look for the words of each line among lines of these weights.

        Args:
            weights: shape (n_lines,) of the batch, how much of the article's text each line is taken for, 0 to 1.

        Returns:
            Share of the line's words that occur in other lines of weight `ENOUGH` in sum, and the mean of the logarithm
            of that weight plus one; both with one entry for each line that is looked at, `nan` on lines without words.
        """
        own = weights.take(self._row).astype(np.float64)
        total = np.bincount(self._bucket, own, self._n_buckets)
        elsewhere = total.take(self._bucket[self._sought]) - own[self._sought]
        n_shared = np.bincount(self._line[elsewhere >= ENOUGH], minlength=self._n_lines)
        known = np.log1p(np.maximum(elsewhere, 0, out=elsewhere), out=elsewhere)
        return self._mean(n_shared), self._mean(np.bincount(self._line, known, self._n_lines))

    def _mean(self, total: NDArray[Any]) -> NDArray[np.float32]:
        out = np.full(self._n_lines, np.nan, np.float32)
        np.divide(total, self._n_words, out=out, where=self._n_words > 0, casting="same_kind")
        return out


Rows = NDArray[np.int64] | None
"""Some lines, ascending; `None` for all."""


def shared_words(batch: Batch, weights: NDArray[np.float32], rows: Rows = None) -> NDArray[np.float32]:
    """Look for the words of some lines among all lines of their page, once for each weight that these are given.

    Args:
        batch: the pages.
        weights: shape (n_weights, n_lines).
        rows: the lines whose words are looked for.

    Returns:
        Shape (n_weights, 2, n_rows): what `SharedWords.of` gives for each weight.
    """
    look = COMPILED.choose(len(batch.page if rows is None else rows)) or share_plain
    return look(batch, weights, rows)


def share_plain(batch: Batch, weights: NDArray[np.float32], rows: Rows = None) -> NDArray[np.float32]:
    """Do what `shared_words` does by numpy alone."""
    words = SharedWords(batch, rows)
    return np.array([words.of(each) for each in weights])


_LEAD = 3.0
"""Body lines, as their probabilities sum up, that are the beginning of the article."""


def is_lead(batch: Batch, body: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which lines stand above the end of the article's first lines, from the probability of body of each line."""
    sums = running_sum(body)
    lead: NDArray[np.bool_] = from_fixed(sums[:-1] - sums[batch.own_page_start]) < _LEAD
    return lead


@TOPIC.columns(
    shared_share="Share of the line's words that occur in other lines of running text.",
    shared_weight="Mean over the line's words of the logarithm "
    "of how often running text elsewhere on the page has them.",
    run_share="Mean share of words that occur in other lines of running text, over the run of neighbouring lines with "
    "running text or without; a line without such words counts as 0.",
)
def shared(batch: Batch) -> Sequence[Values]:
    """Words shared with running text."""
    share, weight = shared_words(batch, batch.is_long.astype(np.float32)[None])[0]
    runs = text_runs(batch)
    return share, weight, runs.of_lines(runs.means(np.where(np.isnan(share), np.float32(0), share)))


def _load() -> Callable[[Batch, NDArray[np.float32], Rows], NDArray[np.float32]] | None:
    """Load the compiled loops; `None` where they come to other numbers."""
    from linesift.features.compiled.topic import share_compiled

    batch = read_batch(["Water rises.\nRising water, of the\n水位\nThe water rises.\n水位上" * 9, "", "Sun\nof"])
    weights = np.cos(np.arange(2 * len(batch.page), dtype=np.float32).reshape(2, -1)) ** 2
    rows = np.arange(1, len(batch.page), 2)
    are_same = [
        np.array_equal(share_compiled(batch, weights, some), share_plain(batch, weights, some), equal_nan=True)
        for some in (None, rows)
    ]
    return share_compiled if all(are_same) else None


COMPILED = Choice(_load, make_is_kept("linesift.features.compiled.topic.look_up"), Sizes(200_000, 5_000_000))
"""By lines."""
