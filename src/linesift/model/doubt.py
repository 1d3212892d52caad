"""Find the lines of pages that are worth more work.

Most lines are menus, links and footers that trees alone tell for sure. The networks read the others with a few lines
around them, and the second look scores again what is in doubt after that.
"""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.chars import nonzero_indices
from linesift.labels import Label

SURE = 0.95
"""Probability from which a label is sure."""
_AROUND = 4
"""Lines above and below that are read with a line that is not surely sidebar."""


def lines_to_read(batch: Batch, probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find the rows of the lines that are not surely sidebar, and of those at most `_AROUND` lines from one.

    Args:
        batch: the pages.
        probabilities: shape (n_lines, 4), those that the scorer alone gives.

    Returns:
        Rows, ascending.
    """
    is_open = probabilities[:, Label.SIDEBAR.column] < np.float32(SURE)
    n_open, row = np.concatenate(([0], is_open.cumsum())), np.arange(len(is_open))
    start = np.maximum(row - _AROUND, batch.own_page_start)
    end = np.minimum(row + _AROUND + 1, batch.own_page_end)
    return nonzero_indices(n_open.take(end) > n_open.take(start))


def doubtful(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find the rows of the lines of which no label is sure, from probabilities of shape (n_lines, 4)."""
    # Column by column, because numpy's own reductions over an axis of four take longer than all the rest.
    return nonzero_indices(reduce(np.maximum, probabilities.T) < np.float32(SURE))
