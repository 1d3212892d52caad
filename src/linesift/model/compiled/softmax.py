"""Do what `part.softmax` does before and after the powers, in compiled loops."""

import numpy as np
from numpy.typing import NDArray

from linesift.jit import outer


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `part.softmax` does."""
    powers = np.empty(scores.shape, np.float32)
    subtract_largest(scores, powers)
    # By numpy, whose powers can differ in their last bit from those of the compiler.
    np.exp(powers, out=powers)
    divide_by_sum(powers)
    return powers


@outer
def subtract_largest(scores, out):
    """Write scores less the largest of their row; both have shape (n, m)."""
    for row in range(len(scores)):
        largest = scores[row, 0]
        for column in range(1, scores.shape[1]):
            largest = max(largest, scores[row, column])
        for column in range(scores.shape[1]):
            out[row, column] = scores[row, column] - largest


@outer
def divide_by_sum(powers):
    """Divide each row by its sum, added from left to right."""
    for row in range(len(powers)):
        total = powers[row, 0]
        for column in range(1, powers.shape[1]):
            total += powers[row, column]
        for column in range(powers.shape[1]):
            powers[row, column] /= total
