"""How columns are declared: a function of a batch, with its name and a one-sentence description.

A table has shape (n_columns, n_lines): each column is one row of the array. Only arrays of labels, such as scores and
probabilities, have shape (n_lines, 4).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from linesift.features.batch import Batch

Values = NDArray[Any]
"""One number per line, shape (n_lines,), any real dtype; `nan` where the column does not apply."""

Compute = Callable[[Batch], Sequence[Values] | Values]
"""Computes one column, or several columns at once, as rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """One number per line."""

    name: str
    description: str
    compute: Compute
    place: int | None = None
    """Which of several columns that are computed together; `None` for one on its own."""


class Columns:
    """The columns of one group, such as `markup`, in the order they were declared."""

    def __init__(self, group: str) -> None:
        self.group = group
        self._columns: list[Column] = []

    def column(self, sentence: str) -> Callable[[Callable[[Batch], Values]], Callable[[Batch], Values]]:
        """Declare a column: its name is the function's with the group before it, its description this sentence.

        The sentence is no docstring, because `python -OO` has none, and the fingerprint of a model covers it.
        """

        def declare(compute: Callable[[Batch], Values]) -> Callable[[Batch], Values]:
            self._columns.append(Column(f"{self.group}.{compute.__name__}", sentence, compute))
            return compute

        return declare

    def columns(self, **described: str) -> Callable[[Compute], Compute]:
        """Declare columns that are computed together by one function, whose own name is not used.

        Args:
            **described: names of the columns, each with its description, in the order of the function's result.
        """

        def declare(compute: Compute) -> Compute:
            for place, (name, sentence) in enumerate(described.items()):
                self._columns.append(Column(f"{self.group}.{name}", sentence, compute, place))
            return compute

        return declare

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns)
