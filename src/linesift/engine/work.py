"""The work of a run, as it goes to worker processes, and what comes back."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self

from linesift.engine.ledger import Entry, Failure, Settings
from linesift.engine.places import InputFile
from linesift.engine.unit import LabelOptions, label_file
from linesift.errors import InputError, LinesiftError

MAX_KILLED = 3
"""A file that ended so many workers is set aside; the others must not wait for it."""


@dataclass(frozen=True, slots=True)
class Work:
    """The same work for every file of a run."""

    out: str
    model: Path | None
    options: LabelOptions
    expected: Settings
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the name of an input, its entries in the ledger, which go when it is done anew."""

    def part(self, file: InputFile) -> Self:
        """Give the work without what concerns other files, to be sent to a worker."""
        return replace(self, replaced={file.name: self.replaced[file.name]} if file.name in self.replaced else {})

    def __call__(self, file: InputFile) -> Entry:
        """Label a file; arguments and errors are those of `label_file`."""
        replaced = self.replaced.get(file.name, ())
        return label_file(file, self.out, self.model, self.options, expected=self.expected, replaced=replaced)


Outcome = Entry | Failure


class Engine(Protocol):
    """Distributes the files of a run over workers."""

    def __call__(self, work: Work, files: Sequence[InputFile]) -> Generator[Outcome, None, None]:
        """Do the work for every file, in any order; give an entry or a failure for each, as they end.

        Closing the generator ends all workers. What no other file could do better, such as a full disk or a model
        that cannot be read, is raised.
        """
        ...


def failure_of(file: InputFile, error: BaseException) -> Failure:
    """Say why a file failed.

    Raises:
        BaseException: the error itself, if it is no fault of this file.
    """
    if isinstance(error, InputError):
        return Failure(file, str(error))
    is_of_output = isinstance(error, OSError) and error.filename is not None
    if isinstance(error, LinesiftError) or is_of_output or not isinstance(error, Exception):
        raise error
    return Failure(file, f"{file.name}: {type(error).__name__}: {error}")


def killed(file: InputFile) -> Failure:
    """Say that a file ended its workers too often."""
    return Failure(file, f"{file.name}: ended {MAX_KILLED} workers without a result, perhaps out of memory")
