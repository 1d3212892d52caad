"""What the words of a line say about its label: a linear model over hashed tokens."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.tokens import line_tokens


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Weights of every token bucket, one independent logistic regression per label."""

    weights: NDArray[np.float32]
    """Shape (2**TOKEN_BITS, 4)."""
    bias: NDArray[np.float32]
    """Shape (4,)."""

    def scores(self, batch: Batch) -> NDArray[np.float32]:
        """Log-odds of every label from the tokens alone.

        The sum of weights is divided by the root of the number of tokens, so that a long line is surer than a
        short one, but not in proportion to its length.

        Returns:
            Shape (4, n_lines).
        """
        row, bucket = line_tokens(batch)
        n_lines = len(batch.page)
        scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_lines), 1))
        found = self.weights.take(bucket, axis=0)
        sums = [np.bincount(row, column, n_lines) * scale + bias for column, bias in zip(found.T, self.bias, strict=True)]
        return np.array(sums, np.float32)
