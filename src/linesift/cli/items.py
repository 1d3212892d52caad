"""Find the pages of the files that a command is given; what cannot be read becomes a message in its place."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from linesift.cli import console
from linesift.cli.chunks import Item, Message, read_item
from linesift.cli.outcomes import report_messages
from linesift.errors import InputError, MissingExtraError
from linesift.page import Page
from linesift.read.find import find_pages, is_there
from linesift.read.jsonl import Fields, SeenFields
from linesift.read.page import PageSource, SourceKind, find_source, read_archive, read_rows, read_stdin
from linesift.read.text import STDIN, no_such_file

_N_ROWS_REPORTED = 100
"""Bad rows of a file that are reported one by one; the others are counted."""


def require_pages(paths: Sequence[Path]) -> None:
    """Check that some path may hold a page; a missing file and a directory without pages are the same mistake.

    Raises:
        SystemExit: with `EXIT_MISUSE`, after a message for each path, if none does.
    """
    problems = []
    for path in paths:
        try:
            if path != STDIN and not is_there(path):
                raise no_such_file(path)
            next(find_pages(path))
        except InputError as error:
            problems.append(error)
        else:
            return
    for problem in problems:
        console.say(str(problem))
    if problems:
        raise SystemExit(console.EXIT_MISUSE)


def find_items(sources: Sequence[PageSource], fields: Fields) -> Iterator[Item]:
    """Find the pages of all sources in order, each when it is asked for; a message stands for what cannot be read."""
    for source in sources:
        try:
            if source.kind is SourceKind.PAGE and source.path == STDIN:
                yield read_stdin(source)
            elif source.kind is SourceKind.PAGE:
                for path in find_pages(source.path):
                    inside = find_source(path)
                    yield from [path] if inside.kind is SourceKind.PAGE else _records(inside, fields)
            else:
                yield from _records(source, fields)
        except InputError as error:
            yield Message(str(error))


def _records(source: PageSource, fields: Fields) -> Iterator[Item]:
    """Read a file of many pages; a message at its end says how many records were skipped."""
    return _archive_items(source) if source.kind is SourceKind.ARCHIVE else _row_items(source, fields)


def _archive_items(source: PageSource) -> Iterator[Item]:
    from linesift.read.warc import WarcCounts

    counts = WarcCounts()
    try:
        yield from read_archive(source, counts)
    except InputError as error:
        yield Message(str(error))
    except MissingExtraError as error:
        yield Message(f"{source.path}: {error}")
    else:
        if not counts.pages and not counts.skipped:
            yield _empty(source)
    if counts.skipped:
        reasons = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.skipped.items())
        is_failure = bool(counts.truncated or counts.damaged)
        yield Message(f"{source.path}: {console.count(counts.pages, 'page')}; skipped: {reasons}", is_failure)


def _empty(source: PageSource) -> Message:
    return Message(f"warning: {source.path}: the file holds no page", is_failure=False)


def _row_items(source: PageSource, fields: Fields) -> Iterator[Item]:
    n_pages = n_skipped = 0
    seen = SeenFields(fields)
    try:
        for record in read_rows(source, fields, seen):
            if not isinstance(record, InputError):
                n_pages += 1
                yield record
                continue
            n_skipped += 1
            if n_skipped <= _N_ROWS_REPORTED:
                yield Message(str(record))
    except InputError as error:
        yield Message(str(error))
    except MissingExtraError as error:
        yield Message(f"{source.path}: {error}")
    else:
        if not n_pages and not n_skipped:
            yield _empty(source)
        elif n_pages:
            for problem in seen.problems():
                yield Message(f"warning: {source.path}: {problem}", is_failure=False)
    if n_skipped:
        word = "line" if source.kind is SourceKind.JSONL else "row"
        yield Message(f"{source.path}: {console.count(n_pages, 'page')}; skipped: {console.count(n_skipped, word)}")


def read_pages(paths: Sequence[Path], encoding: str | None, fields: Fields) -> Iterator[Page | None]:
    """Read the pages of all files in order, `None` for one that failed, and print the messages.

    Raises:
        SystemExit: with `EXIT_MISUSE`, if no path may hold a page.
    """
    require_pages(paths)
    items = find_items([find_source(path) for path in paths], fields)
    yield from report_messages(read_item(item, encoding) for item in items)
