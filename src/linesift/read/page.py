"""Read pages from a file of any kind: plain text, HTML, an archive, or JSON lines.

`find_source` finds out which kind. A file of a single page goes to `read_page` directly. Of the other kinds,
`read_archive` and `read_lines` give the pages one by one as `Record`s, which go to `read_page`, too.
"""

import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from linesift.errors import InputError
from linesift.page import Page
from linesift.read.jsonl import GZIP_START, Fields, is_jsonl, read_jsonl
from linesift.read.record import HTML_START, Record
from linesift.read.text import STDIN, cannot_read, check_encoding, decode_text, read_bytes

if TYPE_CHECKING:  # the reader of archives is loaded for archives
    from linesift.read.warc import WarcCounts

HTML_SUFFIXES = (".html", ".htm", ".xhtml")
ARCHIVE_SUFFIXES = (".warc", ".warc.gz", ".wet", ".wet.gz")
_JSONL_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")

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


@dataclass(frozen=True, slots=True)
class PageSource:
    """A file that is to be read, or standard input, with its kind."""

    path: Path
    kind: SourceKind
    stream: BinaryIO | None = None
    """Standard input; `None` for a file, which is opened when its pages are asked for."""


def find_source(path: Path) -> PageSource:
    """Find out the kind of a file by the end of its name, and that of standard input by its first bytes.

    Raises:
        InputError: if the path is `-` and there is no standard input.
    """
    if path != STDIN:
        name = path.name.lower()
        kinds = {ARCHIVE_SUFFIXES: SourceKind.ARCHIVE, _JSONL_SUFFIXES: SourceKind.JSONL}
        return PageSource(path, next((kind for ends, kind in kinds.items() if name.endswith(ends)), SourceKind.PAGE))
    if sys.stdin is None:
        raise InputError("-: standard input is closed; give a file")
    stream = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer), _BUFFER)  # for `peek`
    start = stream.peek(_BUFFER)
    if start.startswith(GZIP_START):
        with suppress(zlib.error):
            start = zlib.decompressobj(31).decompress(start, _SNIFFED)
    if is_jsonl(start):
        return PageSource(path, SourceKind.JSONL, stream)
    return PageSource(path, SourceKind.ARCHIVE if start.startswith(b"WARC/") else SourceKind.PAGE, stream)


def is_html(data: bytes, suffix: str = "") -> bool:
    r"""Say whether bytes are an HTML page, by the suffix of the file or because they begin like one.

    >>> is_html(b"<!DOCTYPE html><title>News</title>"), is_html(b"Title\nText"), is_html(b"Title", ".html")
    (True, False, True)
    """
    if suffix.lower() in HTML_SUFFIXES:
        return True
    return suffix.lower() != ".txt" and HTML_START.match(data[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")) is not None


def read_page(page: Path | Record, encoding: str | None = None) -> tuple[Page, str | None]:
    """Read one page, from a file of its own or from a record that `read_archive` or `read_lines` gave.

    A file is HTML if its name ends in `.html` or the like, or if it begins like HTML and its name does not end in
    `.txt`. Such a page has hints. All other files are text, which `linesift.read.text.decode_text` decodes.

    Args:
        page: file, or record.
        encoding: encoding of a file or of standard input, if it is known.

    Returns:
        The page, and a warning if some of its bytes could not be decoded, else `None`.

    Raises:
        InputError: if the file cannot be read, is not text, or the encoding is unknown.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    record = page if isinstance(page, Record) else Record("", "", read_bytes(page), "undecided", source=str(page))
    if record.form == "html":
        return _read_html(record, record.charset), None
    data = record.payload
    if record.form == "undecided" and isinstance(data, bytes):
        if not is_html(data, Path(record.source).suffix):
            return decode_text(data, record.source, encoding)
        if encoding is not None:
            check_encoding(encoding)
        return _read_html(record, encoding), None
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    return Page(text, record.source, url=record.url, fetched=record.fetched), None


def _read_html(record: Record, encoding: str | None) -> Page:
    from linesift.read.html.page import read_html

    page = read_html(record.payload, record.source, encoding=encoding).page
    return replace(page, url=record.url, fetched=record.fetched)


def read_stdin(source: PageSource) -> Record:
    """Read a single page from standard input, as a record for `read_page`.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        data = b"" if source.stream is None else source.stream.read()
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

    for record in read_warc(source.stream or source.path, counts):
        yield replace(record, source=str(source.path))


def read_lines(source: PageSource, fields: Fields) -> Iterator[Record | InputError]:
    """Read the pages of a file of JSON lines, as `linesift.read.jsonl.read_jsonl` does.

    Raises:
        InputError: if the file cannot be read.
    """
    if source.stream is not None:
        yield from read_jsonl(source.stream, str(source.path), fields)
        return
    try:
        stream = source.path.open("rb")
    except OSError as error:
        raise cannot_read(source.path, error) from error
    with stream:
        yield from read_jsonl(stream, str(source.path), fields)
