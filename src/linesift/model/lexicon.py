"""What the words of a line say about it and the lines around it: linear models over hashed tokens."""

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Weights of every token bucket, one independent logistic regression per target."""

    weights: NDArray[np.float32]
    """Shape (n_buckets, len(TARGETS))."""
    bias: NDArray[np.float32]
    """Shape (len(TARGETS),)."""

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
        scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_lines), 1))
        found = self.weights.take(bucket, axis=0)
        sums = [
            np.bincount(row, column, n_lines) * scale + bias for column, bias in zip(found.T, self.bias, strict=True)
        ]
        return np.array(sums, np.float32)
