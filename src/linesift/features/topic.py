"""Columns of what the page is about: words that the line shares with the page's running text."""

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.columns import Columns, Values

TOPIC = Columns("topic")

SHORTEST = 4
"""Letters from which a word counts; shorter ones are mostly function words. Pairs of unspaced letters count too."""

_LOAD = 8
"""Buckets for each word of a page; at 8 to 16 a word meets a stranger in one of eight look-ups or less."""


def word_buckets(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Rows and buckets of all words that count, and the number of buckets; every page has buckets of its own."""
    lines = batch.lines
    counted = lines.word_size >= SHORTEST
    row = lines.word_line[counted].astype(np.int64)
    page = batch.page[row]
    n_words = np.bincount(page, minlength=len(batch.n_all_lines))
    bits = np.ceil(np.log2(np.maximum(_LOAD * n_words, 2))).astype(np.int64)
    offset = np.cumsum(1 << bits) - (1 << bits)
    shift = (64 - bits).astype(np.uint64)
    mixed = lines.word_hash[counted] * np.uint64(0xD6E8FEB86659FD93)
    return row, offset[page] + (mixed >> shift[page]).astype(np.int64), int((1 << bits).sum())


def shared_words(batch: Batch, weights: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much of each line's words recurs in the other lines of its page, by the weight of those lines.

    A word that a line of weight repeats counts as shared too: leaving that out would take a sort of all words.

    Args:
        batch: the pages.
        weights: shape (n_lines,), how much of the article's text each line is taken for, 0 to 1.

    Returns:
        Share of the line's words that occur in other lines of weight 0.5 in sum, and the mean of the logarithm of
        that weight plus one; both of shape (n_lines,), `nan` on lines without words.
    """
    row, bucket, n_buckets = word_buckets(batch)
    own = weights[row]
    table = np.bincount(bucket, own, n_buckets)
    elsewhere = table[bucket] - own
    n_words = np.bincount(row, minlength=len(weights))
    out = []
    for score in (elsewhere >= 0.5, np.log1p(np.maximum(elsewhere, 0))):
        total = np.bincount(row, score, len(weights))
        out.append(np.divide(total, n_words, out=np.full(len(weights), np.nan), where=n_words > 0).astype(np.float32))
    return out[0], out[1]


@TOPIC.column
def shared_share(batch: Batch) -> Values:
    """Share of the line's words that occur in other lines of running text."""
    return shared_words(batch, batch.is_long.astype(np.float32))[0]


@TOPIC.column
def shared_weight(batch: Batch) -> Values:
    """Mean over the line's words of the logarithm of how often running text elsewhere on the page has them."""
    return shared_words(batch, batch.is_long.astype(np.float32))[1]
