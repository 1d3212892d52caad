"""How columns are declared: a function of a batch, with its name and a one-sentence description."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from linesift.features.batch import Batch

Values = NDArray[Any]
"""One number per line, shape (n_lines,), any real dtype; `nan` where the column does not apply."""

Together = Callable[[Batch], Sequence[Values] | Values]
"""Several columns at once, as rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """One number per line."""

    name: str
    description: str
    compute: Together
    place: int | None = None
    """Which of several columns that are computed together; `None` for one on its own."""


class Columns:
    """The columns of one room, in the order they were declared."""

    def __init__(self, group: str) -> None:
        self.group = group
        self._columns: list[Column] = []

    def column(self, compute: Callable[[Batch], Values]) -> Callable[[Batch], Values]:
        """Declare a column: its name is the function's with the group before it, its description the docstring."""
        sentence = " ".join((compute.__doc__ or "").split())
        self._columns.append(Column(f"{self.group}.{compute.__name__}", sentence, compute))
        return compute

    def columns(self, **described: str) -> Callable[[Together], Together]:
        """Declare columns that are computed together: names, each with its description, in the order of the result."""

        def declare(compute: Together) -> Together:
            for place, (name, sentence) in enumerate(described.items()):
                self._columns.append(Column(f"{self.group}.{name}", sentence, compute, place))
            return compute

        return declare

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns)
