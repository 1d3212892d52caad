"""`classify` once its options are parsed: check them, classify the pages of all files, write the results in order.

typer is not imported here, because it takes as long to load as numpy.
"""

import gc
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from linesift.atomic import check_directory
from linesift.cli import console
from linesift.cli.chunks import (
    Format,
    JobSettings,
    OutputOptions,
    chunks,
    classify_chunk,
    read_item,
)
from linesift.cli.items import find_items, require_pages
from linesift.cli.jobs import map_in_order
from linesift.cli.outcomes import write_outcomes
from linesift.errors import InputError
from linesift.labels import Label
from linesift.read.find import is_directory
from linesift.read.jsonl import Fields
from linesift.read.page import PageSource, SourceKind, find_source
from linesift.read.text import STDIN, check_encoding
from linesift.write import tables, terminal

if TYPE_CHECKING:  # numpy comes with it, and `--help` does not wait for numpy
    from linesift.cli.output_dir import TrackedItems
    from linesift.model.memory import SiteMemory


_FORMATS = {
    ".tsv": Format.TSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSON,
    ".md": Format.MARKDOWN,
}
"""Formats by the ending of the output's name; another ending says nothing."""
_NAME_ANOTHER = "name it .tsv, .jsonl, .json or .md"
_PIPE = "write to standard output, and pipe that into the program that compresses"
_NO_FORMATS = {
    ".csv": _NAME_ANOTHER,
    ".html": "linesift report writes HTML",
    ".htm": "linesift report writes HTML",
    ".parquet": "linesift batch writes Parquet",
    ".xml": _NAME_ANOTHER,
    **dict.fromkeys((".gz", ".bz2", ".xz", ".zst"), _PIPE),
}
"""Endings that no format has, with what to do instead."""


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    """The options of `linesift classify`, which describes them."""

    paths: Sequence[Path]
    format: Format | None = None
    labels: frozenset[Label] = tables.ALL_LABELS
    model: Path | None = None
    encoding: str | None = None
    fields: Fields = field(default_factory=Fields)
    output_path: Path | None = None
    """`None` and `-` are standard output."""
    output_dir: Path | None = None
    """Directory with one output for each input file, in place of one output."""
    shows_path: bool | None = None
    is_coloured: bool | None = None
    n_jobs: int = 1
    shows_hints: bool = False
    is_explaining: bool = False
    now: datetime | None = None
    memory_file: Path | None = None
    """File of lines that the site repeats (`--site`)."""
    is_same_site: bool = False


def classify_files(options: ClassifyOptions) -> int:
    """Classify the pages of all files and write the results.

    Returns:
        The exit code: 0 done, 1 some page failed, 2 nothing to do.

    Raises:
        LinesiftError: if the options contradict each other, or a model or memory file cannot be read.
        OSError: with `filename`, if the output cannot be written.
    """
    console.check_output(options.output_path, [*options.paths, *filter(None, [options.memory_file])])
    options = replace(options, format=options.format or _format_of(options.output_path))
    _check(options)
    require_pages(options.paths)
    sources = [find_source(path) for path in options.paths]
    how_written = _output_options(options, sources)
    _check_output(how_written, options.fields)
    tracked = _tracked(options, sources, how_written.format)
    _load(options.model)
    settings = JobSettings(options.model, how_written, options.encoding, _memory(options, sources))
    tasks = chunks(tracked or find_items(sources, options.fields))
    # Closed at once if writing ends early, so that no process works on in vain.
    with closing(map_in_order(partial(classify_chunk, settings), tasks, options.n_jobs)) as done:
        outcomes = chain.from_iterable(done)
        if tracked is None:
            n_failed = write_outcomes(outcomes, how_written, options.output_path)
        else:
            n_failed = tracked.write(outcomes, how_written)
    return console.EXIT_FAILED if n_failed else console.EXIT_DONE


def _format_of(output: Path | None) -> Format | None:
    """Choose the format by the name of the output; `None` if it says nothing."""
    ending = "" if output is None else output.suffix.lower()
    if ending in _NO_FORMATS:
        raise InputError(f"--output {output}: no format is {ending}; {_NO_FORMATS[ending]}, or choose with --format")
    return _FORMATS.get(ending)


def _check(options: ClassifyOptions) -> None:
    is_filtered = options.labels != tables.ALL_LABELS
    if options.format is Format.MARKDOWN and is_filtered:
        raise InputError("--format markdown gives the whole article; leave out --label, or use --format article")
    if options.format is Format.ARTICLE and not options.labels & tables.ARTICLE_LABELS:
        raise InputError("--format article has no sidebar lines; use another format or label")
    if options.format is Format.JSON and is_filtered:
        raise InputError("--format json gives the whole article; leave out --label, or use --format jsonl")
    if options.now is not None and options.format is not Format.JSON:
        raise InputError("--now is for the dates of --format json; add that, or leave out --now")
    if options.is_same_site and STDIN in options.paths:
        raise InputError("--same-site reads the pages twice, which is not possible for standard input; name files")
    if options.output_dir is not None and options.output_path is not None:
        raise InputError("--output-dir writes one file for each input, --output one for all; leave out one of them")
    if options.encoding is not None:
        check_encoding(options.encoding)


def _tracked(options: ClassifyOptions, sources: Sequence[PageSource], form: Format) -> "TrackedItems | None":
    """Find the items of the files that each have an output of their own; `None` without `--output-dir`."""
    if options.output_dir is None:
        return None
    from linesift.cli.output_dir import TrackedItems, plan

    check_directory(options.output_dir)
    return TrackedItems(plan(sources, options.output_dir, form), options.fields)


def _memory(options: ClassifyOptions, sources: Sequence[PageSource]) -> "SiteMemory | None":
    """Read or learn which lines the site of the pages repeats; `None` without `--site` and `--same-site`."""
    if options.memory_file is None and not options.is_same_site:
        return None
    from linesift.model.memory import EMPTY, read_memory

    memory = EMPTY if options.memory_file is None else read_memory(options.memory_file)
    if options.is_same_site:
        # Messages follow when the page is classified.
        pages = (read_item(item, options.encoding)[0] for item in find_items(sources, options.fields))
        memory = memory.learn_all(page.text for page in pages if page is not None)
    console.status(f"site memory: learnt from {console.count(memory.n_pages, 'page')}")
    return memory


def _check_output(how_written: OutputOptions, fields: Fields) -> None:
    if fields.kept and how_written.format not in {Format.JSONL, Format.JSON}:
        raise InputError("--keep-fields needs --format jsonl or json; other formats do not show these fields")
    if how_written.shows_hints and how_written.format is not Format.JSONL:
        raise InputError("--hints needs --format jsonl; other formats do not show hints")
    if how_written.is_explaining and how_written.format in {Format.ARTICLE, Format.JSON, Format.MARKDOWN}:
        raise InputError(
            f"--explain is about lines, and --format {how_written.format} has none; use pretty, tsv or jsonl"
        )


def _output_options(options: ClassifyOptions, sources: Sequence[PageSource]) -> OutputOptions:
    """Choose the format and its details where the options leave them open."""
    target = options.output_path or options.output_dir
    is_on_terminal = console.is_shown(target)
    has_collections = any(source.kind is not SourceKind.PAGE for source in sources)
    default_format = Format.PRETTY if is_on_terminal else Format.TSV
    if has_collections:
        default_format = Format.JSONL
    # Output that goes on to a file or a pager is not cut.
    width = shutil.get_terminal_size().columns if is_on_terminal else None
    style = terminal.Style(width, console.wants_colour(options.is_coloured, target))
    has_many = options.output_dir is None and (len(options.paths) > 1 or any(map(is_directory, options.paths)))
    names_pages = has_many or has_collections
    return OutputOptions(
        options.format or default_format,
        options.labels,
        names_pages if options.shows_path is None else options.shows_path,
        style,
        options.shows_hints,
        options.is_explaining,
        options.now,
    )


def _load(directory: Path | None) -> None:
    """Load the model; `linesift.load` keeps it, and a directory that cannot be read is an error before any page is."""
    import linesift

    # Nothing that is loaded becomes garbage; to search for garbage takes a twentieth of the whole start.
    gc.disable()
    try:
        linesift.load(directory)
    finally:
        gc.enable()
