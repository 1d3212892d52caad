"""Columns of the run of neighbouring lines that a line stands in.

A list, a table or a menu is body or sidebar as a whole. What is known of the whole run is therefore told to each of its
lines.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.chars import BAR, COLON, DASH, DIGIT, lengths, nonzero_indices
from linesift.features.columns import Columns, Values

RUNS = Columns("run")


def changes(values: Values) -> NDArray[np.bool_]:
    """Find where a value is not that of the line before; the first line counts as a change."""
    found = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


class LineRuns:
    """Runs of neighbouring lines; none goes over the end of a page."""

    def __init__(self, batch: Batch, begins: NDArray[np.bool_]) -> None:
        """Find the runs.

        Args:
            batch: the lines.
            begins: shape (n_lines,), where a run begins; first lines of pages are added.
        """
        begins[batch.nonempty_starts] = True
        self.heads = nonzero_indices(begins)
        """Shape (n_runs,): row of each run's first line."""
        self.sizes = lengths(self.heads, len(begins))
        """Shape (n_runs,): lines of each run."""

    def of_lines(self, values: Values) -> Values:
        """Give every line what its run has; shape (..., n_lines) of (..., n_runs)."""
        return values.repeat(self.sizes, axis=-1)

    def means(self, values: Values) -> Values:
        """Mean over the lines of each run; shape (..., n_runs) of (..., n_lines)."""
        if not len(self.heads):
            return values.astype(np.float64)
        means: Values = np.add.reduceat(values, self.heads, axis=-1, dtype=np.float64) / self.sizes
        return means


def text_runs(batch: Batch) -> LineRuns:
    """Find the runs of running text, and the runs of other lines between them."""
    return LineRuns(batch, changes(batch.is_long))


@RUNS.columns(
    lines="Neighbouring lines that are not running text, this one included; negative for a run of running text.",
    place="Share of the run's lines above.",
    words="Mean words of the run's lines.",
    listed="Share of the run's lines that begin with a bullet, a dash or a digit.",
    stopped="Share of the run's lines in which a sentence ends.",
    colon="1 where the line above the run ends in a colon, 0 where it does not, missing at the top of the page.",
    words_above="Words of the line above the run, missing at the top of the page.",
    words_below="Words of the line below the run, missing at the end of the page.",
)
def runs_of_text(batch: Batch) -> Sequence[Values]:
    """Runs of lines with running text and without."""
    scan, length, runs = batch.scan, batch.length, text_runs(batch)
    heads, ends = runs.heads, runs.heads + runs.sizes
    above, below = heads - 1, ends
    first = scan.first
    is_listed = (first == BAR) | (first == DASH) | (first == DIGIT)
    words, listed, stopped = runs.means(np.array((length, is_listed, scan.n_sentences > 0), np.float32))
    beside = np.array((
        scan.last.take(above, mode="clip") == COLON,
        length.take(above, mode="clip"),
        length.take(below, mode="clip"),
    ), np.float32) if len(heads) else np.zeros((3, 0), np.float32)  # fmt: skip
    beside[:2, heads == batch.own_page_start[heads]] = np.nan
    beside[2, ends == batch.own_page_end[heads]] = np.nan
    size = np.where(batch.is_long[heads], -runs.sizes, runs.sizes)
    of_run = np.array((size, words, listed, stopped, *beside), np.float32)
    n_lines, *others = runs.of_lines(of_run)
    place = (np.arange(len(length)) - runs.of_lines(heads)) / np.abs(n_lines)
    return n_lines, place, *others


@RUNS.columns(
    shape_lines="Neighbouring lines that begin with the same class of character, this one included.",
    shape_words="Mean words of the neighbouring lines that begin with the same class of character.",
)
def runs_of_beginnings(batch: Batch) -> Sequence[Values]:
    """Runs of lines that begin alike."""
    runs = LineRuns(batch, changes(batch.scan.first))
    return runs.of_lines(runs.sizes), runs.of_lines(runs.means(batch.length))
