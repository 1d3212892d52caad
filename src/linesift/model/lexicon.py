"""What the words of a line say about it and the lines around it: linear models over hashed tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.tokens import line_tokens
from linesift.labels import LABELS

Tokens = Callable[[Batch], tuple[NDArray[np.int64], NDArray[np.int64]]]

TARGETS = (*LABELS, "after_body", "before_body")
"""What is learnt of a line's words: its label, and whether most of the lines above or below it are body.

"Read more", "Comments" and "About the author" are sidebar like any menu item, but they end an article.
"""


_TILE = 1 << 15
"""Lines whose tokens are looked up at once, which bounds the memory of a large page."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Weights of every token bucket, one independent logistic regression per target."""

    weights: NDArray[np.floating[Any]]
    """Shape (n_buckets, len(TARGETS))."""
    bias: NDArray[np.float32]
    """Shape (len(TARGETS),)."""
    _rows: NDArray[np.float32] = field(init=False, repr=False, compare=False)
    """The weights in rows of 32 bytes: numpy looks up rows of such a size, in one line of the cache, twice as fast."""

    def __post_init__(self) -> None:
        rows = np.zeros((len(self.weights), 8), np.float32)
        rows[:, : len(TARGETS)] = self.weights
        object.__setattr__(self, "_rows", rows)

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
        row, bucket = tokens(batch)
        n_lines = len(batch.page)
        n_tokens = np.bincount(row, minlength=n_lines)
        starts = np.cumsum(n_tokens) - n_tokens
        sums = np.zeros((n_lines, self._rows.shape[1]), np.float32)
        for start in range(0, n_lines, _TILE):
            lines = start + np.flatnonzero(n_tokens[start : start + _TILE])
            if len(lines):
                sums[lines] = self._summed(bucket[starts[lines[0]] :][: n_tokens[lines].sum()], starts[lines])
        scaled = sums.T[: len(TARGETS)] / np.sqrt(np.maximum(n_tokens, 1))
        scores: NDArray[np.float32] = (scaled + self.bias[:, None]).astype(np.float32)
        return scores

    def _summed(self, bucket: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Sums of the weights of some lines' tokens; no line is without."""
        # As complex numbers two weights are added at once.
        found = self._rows.take(bucket, axis=0, mode="clip").view(np.complex64)
        return np.add.reduceat(found, starts - starts[0], axis=0).view(np.float32)
