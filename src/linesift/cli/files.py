"""Files to labelled output: what `classify` does once its options are understood; typer is not needed here."""

import gc
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from linesift.cli import console
from linesift.cli.batches import Format, Item, Note, Outcome, Shape, Work, batches, label_batch, read_item
from linesift.cli.jobs import map_in_order
from linesift.errors import InputError
from linesift.labels import Label
from linesift.page import Page
from linesift.read.jsonl import Fields
from linesift.read.page import PageSource, SourceKind, open_source, read_archive, read_lines, read_stdin
from linesift.read.text import STDIN, check_encoding, find_pages, is_directory
from linesift.write import tables, terminal

if TYPE_CHECKING:  # numpy comes with it, and `--help` shall not wait for numpy
    from linesift.model.memory import SiteMemory

Done = TypeVar("Done")

STDOUT = Path("-")
_PIECE = 1 << 16
_N_LINES_TOLD = 100
"""So many lines of a file that hold no page are reported one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of `classify`; the fields are its options."""

    paths: Sequence[Path]
    format: Format | None = None
    labels: frozenset[Label] = tables.ALL_LABELS
    model: Path | None = None
    encoding: str | None = None
    fields: Fields = field(default_factory=Fields)
    output: Path | None = None
    """`None` is standard output."""
    has_path: bool | None = None
    is_coloured: bool | None = None
    n_jobs: int = 1
    has_hints: bool = False
    is_explaining: bool = False
    now: datetime | None = None
    """When the pages were read, for dates that need it."""
    site: Path | None = None
    """What is remembered of the pages' site."""
    is_same_site: bool = False
    """Whether the pages are of one site, which is learnt from them first."""


def label_files(request: Request) -> int:
    """Label the pages of all files and write them.

    Returns:
        The exit code: 0 done, 1 some page failed, 2 nothing to do.

    Raises:
        LinesiftError: if nothing sensible can be done with what was asked.
        OSError: with `filename`, if the output cannot be written.
    """
    _check(request)
    if problems := hopeless(request.paths):
        for problem in problems:
            console.say(str(problem))
        return console.EXIT_MISUSE
    sources = [open_source(path) for path in request.paths]
    shape = _shape(request, sources)
    _check_shape(shape)
    _load(request.model)  # a model that cannot be read is told before any page is
    work = Work(request.model, shape, request.encoding, _memory(request, sources))
    tasks = batches(find_items(sources, request.fields))
    # Closed at once where writing ends early, so that no process works on for nobody.
    with closing(map_in_order(partial(label_batch, work), tasks, request.n_jobs)) as done:
        n_failed = _write(chain.from_iterable(done), work.shape, request.output)
    return console.EXIT_FAILED if n_failed else console.EXIT_DONE


def _check(request: Request) -> None:
    is_filtered = request.labels != tables.ALL_LABELS
    if request.format is Format.MARKDOWN and is_filtered:
        raise InputError("--format markdown gives the whole article; leave out --label or take --format article")
    if request.format is Format.ARTICLE and not request.labels & tables.ARTICLE_LABELS:
        raise InputError("--format article has no sidebar lines; take another format or label")
    if request.format is Format.JSON and is_filtered:
        raise InputError("--format json gives the whole article; leave out --label or take --format jsonl")
    if request.now is not None and request.format is not Format.JSON:
        raise InputError("--now is for the dates of --format json; add that or leave out --now")
    if request.is_same_site and STDIN in request.paths:
        raise InputError("--same-site reads the pages twice, which standard input cannot; name files")
    if request.encoding is not None:
        check_encoding(request.encoding)


def _memory(request: Request, sources: Sequence[PageSource]) -> "SiteMemory | None":
    """What is remembered of the pages' site, and what the pages themselves repeat; `None` where nobody asked for it."""
    if request.site is None and not request.is_same_site:
        return None
    from linesift.model.memory import EMPTY, read_memory

    memory = EMPTY if request.site is None else read_memory(request.site)
    if request.is_same_site:
        for batch in batches(find_items(sources, request.fields)):
            for item in batch:
                page, _ = read_item(item, request.encoding)  # what there is to say is said when it is labelled
                memory = memory if page is None else memory.learn([page.text])
    console.note(f"site memory: rests on {memory.n_pages} {'page' if memory.n_pages == 1 else 'pages'}")
    return memory


def read_pages(paths: Sequence[Path], encoding: str | None) -> Iterator[Page | None]:
    """Read the pages of all files in order, `None` for one that failed; what there is to say is said."""
    items = find_items([open_source(path) for path in paths], Fields())
    yield from told(read_item(item, encoding) for item in items)


def told(done: "Iterable[tuple[Done | None, Outcome]]") -> "Iterator[Done | None]":
    """Say what there is to say of each item, and give what became of it, `None` where that failed."""
    n_done = 0
    for value, outcome in done:
        for message in outcome.messages:
            console.say(message)
        if value is not None or outcome.is_failure:
            n_done += 1
            console.progress(n_done)
            yield value


def _check_shape(shape: Shape) -> None:
    if shape.has_hints and shape.format is not Format.JSONL:
        raise InputError("--hints needs --format jsonl; other formats have no place for hints")
    if shape.is_explaining and shape.format in {Format.ARTICLE, Format.JSON, Format.MARKDOWN}:
        raise InputError(f"--explain is about lines, which --format {shape.format} has not; take pretty, tsv or jsonl")


def hopeless(paths: Sequence[Path]) -> list[InputError]:
    """Why there is nothing to read at all: every path is a directory without pages; empty where one may have some."""
    problems = []
    for path in paths:
        try:
            next(find_pages(path))
        except InputError as error:
            problems.append(error)
        else:
            return []
    return problems


def _shape(request: Request, sources: Sequence[PageSource]) -> Shape:
    shown = request.output is None and console.is_terminal()
    has_many = any(source.kind is not SourceKind.PAGE for source in sources)
    usual = Format.PRETTY if shown and not has_many else Format.TSV
    if has_many or (request.output is not None and request.output.suffix == ".jsonl"):
        usual = Format.JSONL
    # Output that goes on to a file or a pager is not cut.
    width = shutil.get_terminal_size().columns if shown else None
    style = terminal.Style(width, console.wants_colour(request.is_coloured, request.output))
    has_several = len(request.paths) > 1 or any(map(is_directory, request.paths)) or _has_lines(sources)
    return Shape(
        request.format or usual,
        request.labels,
        has_several if request.has_path is None else request.has_path,
        style,
        request.has_hints,
        request.is_explaining,
        request.now,
    )


def _has_lines(sources: Sequence[PageSource]) -> bool:
    """Whether pages of one file are told apart by their path: JSON lines have a number in it."""
    return any(source.kind is SourceKind.JSONL for source in sources)


def _load(directory: Path | None) -> None:
    import linesift

    # Nothing that is loaded becomes garbage; to look for some takes a twentieth of the whole start.
    gc.disable()
    try:
        linesift.load(directory)
    finally:
        gc.enable()


def _write(outcomes: Iterable[Outcome], shape: Shape, path: Path | None) -> int:
    """Write outcomes as they come, and say how many pages failed."""
    n_failed = n_written = 0
    total = terminal.Tally()
    with console.output(path) as stream:
        for outcome in outcomes:
            for message in outcome.messages:
                console.say(message)
            n_failed += outcome.is_failure
            if outcome.text is None:
                continue
            console.clear_progress()
            if n_written and shape.format in {Format.PRETTY, Format.ARTICLE, Format.MARKDOWN}:
                stream.write("\n")
            # In pieces, because a stream copies what it gets, and because one write that a closed pipe cut short
            # passes for done (Python 3.11).
            stream.writelines(outcome.text[start : start + _PIECE] for start in range(0, len(outcome.text), _PIECE))
            n_written += 1
            console.progress(n_written)
            if outcome.tally is not None:
                total += outcome.tally
        if n_failed and not n_written:
            raise SystemExit(console.EXIT_FAILED)  # an earlier output file is worth more than an empty one
    console.clear_progress()
    if total.n_pages:
        console.note(terminal.summary(total))
    return n_failed


def find_items(sources: Sequence[PageSource], fields: Fields) -> Iterator[Item]:
    """Find the pages of all sources in order, none before it is asked for; what cannot be read is noted."""
    for source in sources:
        try:
            if source.kind is SourceKind.PAGE and source.path == STDIN:
                yield read_stdin(source)
            elif source.kind is SourceKind.PAGE:
                for path in find_pages(source.path):
                    inside = open_source(path)
                    yield from [path] if inside.kind is SourceKind.PAGE else _records(inside, fields)
            else:
                yield from _records(source, fields)
        except InputError as error:
            yield Note(str(error))


def _records(source: PageSource, fields: Fields) -> Iterator[Item]:
    """Read a file of many pages; how many of them were skipped is told at its end."""
    return _archive(source) if source.kind is SourceKind.ARCHIVE else _lines(source, fields)


def _archive(source: PageSource) -> Iterator[Item]:
    from linesift.read.warc import WarcCounts

    counts = WarcCounts()
    try:
        yield from read_archive(source, counts)
    except InputError as error:
        yield Note(str(error))
    if counts.skipped:
        reasons = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.skipped.items())
        is_failure = bool(counts.truncated or counts.damaged)
        yield Note(f"{source.path}: {counts.pages} pages; skipped: {reasons}", is_failure)


def _lines(source: PageSource, fields: Fields) -> Iterator[Item]:
    n_pages = n_skipped = 0
    try:
        for record in read_lines(source, fields):
            if not isinstance(record, InputError):
                n_pages += 1
                yield record
                continue
            n_skipped += 1
            if n_skipped <= _N_LINES_TOLD:
                yield Note(str(record))
    except InputError as error:
        yield Note(str(error))
    if n_skipped:
        yield Note(f"{source.path}: {n_pages} pages; skipped: {n_skipped} line{'' if n_skipped == 1 else 's'}")
