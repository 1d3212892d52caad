"""One output file for each input file: `classify --output-dir`."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from linesift.cli.chunks import Format, Item, Outcome, OutputOptions
from linesift.cli.items import find_items
from linesift.cli.outcomes import write_outcomes
from linesift.errors import InputError
from linesift.read.find import find_pages, is_directory, refuse_overwriting
from linesift.read.jsonl import Fields
from linesift.read.page import PageSource, find_source
from linesift.read.text import STDIN

_SUFFIXES = {
    Format.PRETTY: ".txt",
    Format.TSV: ".tsv",
    Format.JSONL: ".jsonl",
    Format.JSON: ".json",
    Format.ARTICLE: ".txt",
    Format.MARKDOWN: ".md",
}


@dataclass(frozen=True, slots=True)
class FileTask:
    """An input file, and the file that its pages are written to."""

    path: Path
    target: Path


def plan(sources: Sequence[PageSource], directory: Path, form: Format) -> list[FileTask]:
    """Name the output of each input file: the file's name and the ending of the format, `page.html.tsv`.

    A file of a directory keeps its place below that directory. A file of many pages gives one output.

    Raises:
        InputError: if two outputs have one name, an output is an input or would be one, or an input is standard input.
    """
    tasks: dict[Path, FileTask] = {}
    for source in sources:
        if source.path == STDIN:
            raise InputError("--output-dir names outputs after files, and standard input has no name; use --output")
        for path in find_pages(source.path):
            name = path.relative_to(source.path) if is_directory(source.path) else Path(path.name)
            task = FileTask(path, directory / name.with_name(f"{name.name}{_SUFFIXES[form]}"))
            other = tasks.setdefault(task.target, task)
            if other is not task:
                raise InputError(
                    f"{task.target}: is the output of {other.path} and of {path}; give each another --output-dir"
                )
    inputs = {task.path.resolve() for task in tasks.values()}
    for task in tasks.values():
        if task.target.resolve() in inputs:
            refuse_overwriting(task.target, [task.target])
    directories = [source.path for source in sources if is_directory(source.path)]
    refuse_overwriting(directory / f"page{_SUFFIXES[form]}", directories)
    return list(tasks.values())


class TrackedItems:
    """Items of the input files, in order; remembers of which file each is until its outcome is there."""

    def __init__(self, tasks: Sequence[FileTask], fields: Fields) -> None:
        self._tasks = tasks
        self._fields = fields
        self._waiting: deque[Path] = deque()

    def __iter__(self) -> Iterator[Item]:
        """Find the items of each file, when they are asked for."""
        for task in self._tasks:
            for item in find_items([find_source(task.path)], self._fields):
                self._waiting.append(task.target)
                yield item

    def write(self, outcomes: Iterable[Outcome], how_written: OutputOptions) -> int:
        """Write the outcomes of all items, which come in the order of these, each file when its last page is done.

        Returns:
            How many pages failed.
        """
        n_failed = 0
        pairs = ((self._waiting.popleft(), outcome) for outcome in outcomes)
        for target, group in groupby(pairs, key=itemgetter(0)):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                n_failed += write_outcomes((outcome for _, outcome in group), how_written, target)
            except SystemExit:  # no page of the file could be read, so that nothing was written
                n_failed += 1
        return n_failed
