"""What the words of a line say about it and the lines around it: linear models over hashed tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.tokens import line_tokens
from linesift.labels import LABELS

Tokens = Callable[[Batch, slice], tuple[NDArray[np.int64], NDArray[np.int64]]]

TARGETS = (*LABELS, "after_body", "before_body")
"""What is learnt of a line's words: its label, and whether most of the lines above or below it are body.

"Read more", "Comments" and "About the author" are sidebar like any menu item, but they end an article.
"""


_TILE = 1 << 14
"""Lines whose tokens are looked up at once, which bounds the memory of a large page."""


_WIDTH = 8
"""Floats in a row: numpy looks up rows of 32 bytes, in one line of the cache, twice as fast as rows of 24."""

_MANY = 1 << 15
"""Tokens from which it pays to have all weights in such rows; a program that labels one page looks up fewer."""


class _Rows:
    """Rows of weights, filled up to `_WIDTH` with zeros."""

    def __init__(self, weights: NDArray[np.floating[Any]]) -> None:
        self._weights = weights
        self._n_found = 0
        self._wide: NDArray[np.float32] | None = None

    def take(self, bucket: NDArray[np.int64]) -> NDArray[np.float32]:
        """The rows of some buckets, shape (n, _WIDTH)."""
        # Threads that come here together do the same work twice, and that is all.
        self._n_found += len(bucket)
        if self._wide is None and self._n_found < _MANY:
            return _widened(self._weights.take(bucket, axis=0, mode="clip"))
        if self._wide is None:
            self._wide = _widened(self._weights)
        return self._wide.take(bucket, axis=0, mode="clip")


def _widened(weights: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    rows = np.zeros((len(weights), _WIDTH), np.float32)
    rows[:, : len(TARGETS)] = weights
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Weights of every token bucket, one independent logistic regression per target."""

    weights: NDArray[np.floating[Any]]
    """Shape (n_buckets, len(TARGETS))."""
    bias: NDArray[np.float32]
    """Shape (len(TARGETS),)."""
    _rows: "_Rows" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", _Rows(self.weights))

    def scores(self, batch: Batch, tokens: Tokens = line_tokens) -> NDArray[np.float32]:
        """Log-odds of every target from the tokens alone.

        The sum of weights is divided by the root of the number of tokens, so that a long line is surer than a
        short one, but not in proportion to its length.

        Args:
            batch: the pages.
            tokens: what reads the rows and buckets of all tokens from them: the lines' words or their markup's.

        Returns:
            Shape (len(TARGETS), n_lines).
        """
        n_lines = len(batch.page)
        scores = np.empty((len(TARGETS), n_lines), np.float32)
        for start in range(0, n_lines, _TILE):
            rows = slice(start, min(start + _TILE, n_lines))
            row, bucket = tokens(batch, rows)
            n_tokens = np.bincount(row, minlength=rows.stop - start)
            sums = self._sums(bucket, n_tokens).T / np.sqrt(np.maximum(n_tokens, 1))
            np.add(sums, self.bias[:, None], out=scores[:, rows], casting="same_kind")
        return scores

    def _sums(self, bucket: NDArray[np.int64], n_tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Sums of the weights of every line's tokens, shape (n_lines, len(TARGETS))."""
        sums = np.zeros((len(n_tokens), _WIDTH), np.float32)
        # As complex numbers two weights are added at once.
        found = self._rows.take(bucket).view(np.complex64)
        lines = np.flatnonzero(n_tokens)
        if len(lines):
            starts = (n_tokens.cumsum() - n_tokens)[lines]
            sums[lines] = np.add.reduceat(found, starts, axis=0).view(np.float32)
        return sums[:, : len(TARGETS)]
