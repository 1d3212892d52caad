"""The lines of a page as a model labelled them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.labels import Label


@dataclass(frozen=True, slots=True)
class LabelledLines:
    """The lines of a page as a model labelled them; all have as many entries."""

    lines: Sequence[str]
    labels: Sequence[Label | None]
    probabilities: NDArray[np.float32]
    """Shape (n_lines, 4)."""

    def numbers(self, label: Label) -> tuple[int, ...]:
        """Indices of the lines with a label."""
        return tuple(index for index, given in enumerate(self.labels) if given is label)

    def texts(self, label: Label) -> tuple[str, ...]:
        """Lines with a label, stripped."""
        return tuple(self.lines[index].strip() for index in self.numbers(label))

    def confidence(self, label: Label) -> float:
        """Mean probability of a label on the lines that have it."""
        rows = list(self.numbers(label))
        return float(self.probabilities[rows, label.column].mean()) if rows else math.nan
