"""Read pages from a file of any kind: plain text, HTML, MHTML, an archive, JSON lines, JSON, CSV or Parquet.

`find_source` finds out which kind. A file of a single page goes to `read_page` directly. Of the other kinds,
`read_archive` and `read_rows` give the pages one by one as `Record`s, which go to `read_page`, too. All may be
compressed.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from linesift.errors import InputError
from linesift.page import Page
from linesift.read.jsonl import Fields, SeenFields, is_json_array, is_jsonl, read_jsonl
from linesift.read.mhtml import MHTML_SUFFIXES, is_mhtml, read_mhtml
from linesift.read.packed import GZIP_START, is_packed, is_packed_whole, plain_path, start_of, unpack, unpacked
from linesift.read.record import MAX_RECORD, Record, begins_like_html
from linesift.read.shape import refuse_xml, shape_problem
from linesift.read.text import (
    STDIN,
    check_encoding,
    decode_text,
    limit_text,
    open_file,
    read_bytes,
    refuse_magic,
    split_lines,
)

if TYPE_CHECKING:  # the reader of archives is loaded for archives
    from linesift.read.warc import WarcCounts

HTML_SUFFIXES = (".html", ".htm", ".xhtml")
ONE_PAGE_SUFFIXES = (".txt", *HTML_SUFFIXES, *MHTML_SUFFIXES)
"""Suffixes of the files in a directory that are single pages."""
ARCHIVE_SUFFIXES = (".warc", ".wet")
LABELLED_SUFFIX = ".page"

_SNIFFED = 2048
"""Bytes of a file without a known suffix in which HTML has to begin."""
_BUFFER = 1 << 16


class SourceKind(Enum):
    """Kind of file that pages come from."""

    PAGE = auto()
    """A single page, text or HTML."""
    ARCHIVE = auto()
    """A WARC or WET file."""
    JSONL = auto()
    """One JSON object per page and line."""
    JSON = auto()
    """An array of JSON objects, one per page, or such objects one after the other."""
    CSV = auto()
    """One row per page, under a row of names."""
    PARQUET = auto()
    """One row per page."""


_KINDS = {
    **dict.fromkeys(ARCHIVE_SUFFIXES, SourceKind.ARCHIVE),
    ".jsonl": SourceKind.JSONL,
    ".ndjson": SourceKind.JSONL,
    ".json": SourceKind.JSON,
    ".csv": SourceKind.CSV,
    ".tsv": SourceKind.CSV,
    ".parquet": SourceKind.PARQUET,
}
"""Kinds by the suffix of a file's name, without that of its compression; others are single pages."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """A file that is to be read, or standard input, with its kind."""

    path: Path
    kind: SourceKind
    stream: BinaryIO | None = None
    """Standard input; `None` for a file, which is opened when its pages are asked for."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page that came from a file of its own."""

    page: Page
    warning: str | None
    """As `read_page` gives it."""
    html: Record | None = None
    """Its HTML, with the encoding that the caller or MHTML names; `None` if it is text."""


def find_source(path: Path) -> PageSource:
    """Find out the kind of a file by the end of its name, and that of standard input by its first bytes.

    Raises:
        InputError: if the path is `-` and there is no standard input.
    """
    if path != STDIN:
        return PageSource(path, _KINDS.get(plain_path(path).suffix.lower(), SourceKind.PAGE))
    if sys.stdin is None:
        raise InputError("-: standard input is closed; give a file")
    stream = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer), _BUFFER)  # for `peek`
    return PageSource(path, _sniff(start_of(stream.peek(_BUFFER), _SNIFFED)), stream)


def _sniff(start: bytes) -> SourceKind:
    """Find out the kind of a stream by how it begins."""
    if start.startswith(b"WARC/"):
        return SourceKind.ARCHIVE
    if start.startswith(b"PAR1"):
        return SourceKind.PARQUET
    if is_json_array(start):
        return SourceKind.JSON
    if is_jsonl(start):  # an object whose first line ends before its first value is written over several lines
        return SourceKind.JSONL if is_jsonl(start.lstrip().partition(b"\n")[0]) else SourceKind.JSON
    return SourceKind.PAGE


def is_html(data: bytes, suffix: str = "") -> bool:
    r"""Say whether bytes are an HTML page, by the suffix of the file or because they begin like one.

    >>> is_html(b"<!DOCTYPE html><title>News</title>"), is_html(b"Title\nText"), is_html(b"Title", ".html")
    (True, False, True)
    """
    if suffix.lower() in HTML_SUFFIXES:
        return True
    return begins_like_html(data[:_SNIFFED])


def read_page(page: Path | Record, encoding: str | None = None) -> tuple[Page, str | None]:
    """Read one page, from a file of its own or from a record that `read_archive` or `read_rows` gave.

    A file is HTML if its name ends in `.html` or the like, or if it begins like HTML. Such a page has hints, as has one
    of MHTML. All other files are text, which `linesift.read.text.decode_text` decodes.

    Args:
        page: file, or record.
        encoding: encoding of a file or of standard input, if it is known.

    Returns:
        The page, and a warning if some of its bytes could not be decoded or its text has not one block on each line
        (`linesift.read.shape`), else `None`.

    Raises:
        InputError: if the file cannot be read, is no page, or the encoding is unknown.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    record = (
        page
        if isinstance(page, Record)
        else Record("", "", read_bytes(page, MAX_RECORD), "undecided", source=str(page))
    )
    if record.form == "html":
        return _read_html(record)
    data = record.payload
    if record.form == "undecided" and isinstance(data, bytes):
        found = read_file_page(unpack(data, record.source), record.source, encoding)
        return found.page, found.warning
    is_of_archive = isinstance(data, bytes)
    text, cut = limit_text(split_lines(data.decode("utf-8", "replace") if isinstance(data, bytes) else data))
    warning = None if is_of_archive else _shape_warning(text, record.source)
    if cut:
        warning = f"{record.url or record.source}: {cut}"
    return _with_record(Page(text, record.source), record), warning


def read_file_page(data: bytes, source: str, encoding: str | None) -> FilePage:
    """Read the page of a file of its own, of which only the name and the content say what it is.

    Args:
        data: content of the file, decompressed.
        source: path of the file.
        encoding: encoding of the page, if it is known.

    Raises:
        InputError: if the file is no page, or the encoding is unknown.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    suffix = plain_path(Path(source)).suffix.lower()
    if suffix == LABELLED_SUFFIX:
        raise InputError(f"{source}: this is a labelled page; score it with: linesift evaluate {source}")
    if encoding is not None:
        check_encoding(encoding)
    html = None
    if suffix in MHTML_SUFFIXES or is_mhtml(data):
        html = read_mhtml(data, source)
    elif is_html(data, suffix):
        refuse_magic(data, source)
        html = Record("", "", data, "html", source=source)
    if html is not None:
        html = replace(html, charset=encoding or html.charset)
        return FilePage(*_read_html(html), html)
    refuse_xml(data, source)
    page, warning = decode_text(data, source, encoding)
    return FilePage(page, warning or _shape_warning(page.text, source))


def _shape_warning(text: str, source: str) -> str | None:
    problem = shape_problem(text)
    return None if problem is None else f"{source}: {problem}"


def _read_html(record: Record) -> tuple[Page, str | None]:
    from linesift.read.html.page import read_html

    read = read_html(record.payload, record.source, encoding=record.charset)
    warning = f"{record.url or record.source}: {read.cut}" if read.cut else None
    return _with_record(read.page, record), warning


def _with_record(page: Page, record: Record) -> Page:
    """Give a page what its record says of it."""
    return replace(
        page,
        url=record.url,
        fetched=record.fetched,
        record_id=record.record_id,
        archive=record.archive,
        offset=record.offset,
        kept=record.kept,
    )


def read_stdin(source: PageSource) -> Record:
    """Read a single page from standard input, as a record for `read_page`.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        data = b"" if source.stream is None else source.stream.read(MAX_RECORD)
    except OSError as error:
        raise InputError(f"{source.path}: {(error.strerror or str(error)).lower()}") from error
    return Record("", "", data, "undecided", source=str(source.path))


def read_archive(source: PageSource, counts: "WarcCounts") -> Iterator[Record]:
    """Read the pages of a WARC or WET file, one at a time; memory does not grow with the file.

    Args:
        source: the file, gzipped or not.
        counts: counters of delivered and skipped records; they grow while the file is read.

    Raises:
        InputError: if the file cannot be read, or has no record at all.
    """
    from linesift.read.warc import read_warc

    if not _is_packed_whole(source):
        yield from (_named(record, source.path) for record in read_warc(source.stream or source.path, counts))
        return
    with _open(source) as stream:
        try:
            for record in read_warc(unpacked(stream), counts):
                yield _named(replace(record, offset=None), source.path)  # an offset in what is unpacked leads nowhere
        except OSError as error:
            raise InputError(f"{source.path}: cannot be unpacked to its end ({str(error).lower()})") from error


def _is_packed_whole(source: PageSource) -> bool:
    """Say whether an archive is compressed other than with gzip, of whose members `read_warc` knows."""
    if isinstance(source.stream, io.BufferedReader):
        start = source.stream.peek(_BUFFER)
        return is_packed(start) and not start.startswith(GZIP_START)
    return is_packed_whole(source.path)


def _named(record: Record, archive: Path) -> Record:
    """Call a record of an archive by the address of its page, or if it has none by its place in the archive."""
    place = archive if record.offset is None else f"{archive}:{record.offset}"
    return replace(record, source=record.url or str(place), archive=str(archive))


def read_rows(source: PageSource, fields: Fields, seen: SeenFields | None = None) -> Iterator[Record | InputError]:
    """Read the pages of a file with a page in each row; for a row without a page the error comes in its place.

    `seen` takes in the fields that the rows have.

    Raises:
        InputError: if the file cannot be read, or the rest of it.
        MissingExtraError: if the package that reads it is not installed.
    """
    from linesift.read.rows import read_csv, read_json, read_parquet

    readers = {SourceKind.JSONL: read_jsonl, SourceKind.JSON: read_json, SourceKind.CSV: read_csv}
    with _open(source) as stream:
        if source.kind is SourceKind.PARQUET:  # its end is read first
            whole = stream if source.stream is None else io.BytesIO(stream.read())
            yield from read_parquet(whole, str(source.path), fields, seen)
        else:
            yield from readers[source.kind](stream, str(source.path), fields, seen)


@contextmanager
def _open(source: PageSource) -> Iterator[BinaryIO]:
    """Open a file, or give standard input."""
    if source.stream is not None:
        yield source.stream
        return
    with open_file(source.path) as stream:
        yield stream
