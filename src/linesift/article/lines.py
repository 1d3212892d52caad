"""Lines of a page with their labels and probabilities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from linesift.hints import Head, Hints
from linesift.labels import LABELS, Label


class Source(StrEnum):
    """Where a part of an article is from; plain text has no markup."""

    NONE = ""
    LINE = "line"
    MARKUP = "markup"
    BOTH = "both"
    """A visible line and the markup, in agreement."""


@dataclass(frozen=True, slots=True)
class LabelledLines:
    """Lines of a page with labels and probabilities; all fields have one entry per line."""

    lines: Sequence[str]
    labels: Sequence[Label | None]
    probabilities: NDArray[np.float32]
    """Shape (n_lines, 4), columns in the order of `LABELS`."""
    hints: Hints | None = None
    """Statements of the markup about each line, if the page came as HTML."""
    head: Head | None = None
    """What the markup says about the page as a whole, if it came as HTML."""
    url: str = ""
    """Address of the page, if it is known."""
    _written: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _found: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    """Indices of the lines with each of `LABELS`."""

    def __post_init__(self) -> None:
        pairs = [(index, label) for index, label in enumerate(self.labels) if label is not None]
        found = tuple(tuple([index for index, given in pairs if given is label]) for label in LABELS)
        object.__setattr__(self, "_written", tuple([index for index, _ in pairs]))
        object.__setattr__(self, "_found", found)

    @property
    def written(self) -> tuple[int, ...]:
        """Indices of the lines that have a label."""
        return self._written

    def indices(self, label: Label) -> tuple[int, ...]:
        """Indices of the lines with a label."""
        return self._found[label.column]

    def texts(self, label: Label) -> tuple[str, ...]:
        """Texts of the lines with a label, stripped."""
        return tuple(self.lines[index].strip() for index in self.indices(label))

    def confidence(self, label: Label) -> float:
        """Mean probability of a label on the lines that have it; `nan` without such lines."""
        indices = list(self.indices(label))
        return float(self.probabilities[indices, label.column].mean()) if indices else math.nan
