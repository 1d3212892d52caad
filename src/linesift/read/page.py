"""Pages from a file, whatever it holds: plain text, HTML, or many pages in an archive or as JSON lines."""

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
from linesift.read.text import STDIN, check_encoding, decode_text, read_bytes

if TYPE_CHECKING:  # the reader of archives is loaded for archives
    from linesift.read.warc import WarcCounts

HTML_SUFFIXES = (".html", ".htm", ".xhtml")
ARCHIVE_SUFFIXES = (".warc", ".warc.gz", ".wet", ".wet.gz")
JSONL_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")

_SNIFFED = 2048
"""Bytes in which HTML has to begin to be known without a suffix."""
_BUFFER = 1 << 16


class SourceKind(Enum):
    """What a file holds."""

    PAGE = auto()
    ARCHIVE = auto()
    JSONL = auto()


@dataclass(frozen=True, slots=True)
class PageSource:
    """A file that is to be read, or standard input, whose first bytes were looked at."""

    path: Path
    kind: SourceKind
    stream: BinaryIO | None = None
    """Standard input; a file is opened when its pages are asked for."""


def open_source(path: Path) -> PageSource:
    """Say what a file holds: by the end of its name, or, of standard input, by its first bytes.

    Raises:
        InputError: if the path is `-` and there is no standard input.
    """
    if path != STDIN:
        name = path.name.lower()
        kinds = {ARCHIVE_SUFFIXES: SourceKind.ARCHIVE, JSONL_SUFFIXES: SourceKind.JSONL}
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
    r"""Whether bytes are an HTML page: by the file's suffix, or because they begin like one.

    >>> is_html(b"<!DOCTYPE html><title>News</title>"), is_html(b"Title\nText"), is_html(b"Title", ".html")
    (True, False, True)
    """
    if suffix.lower() in HTML_SUFFIXES:
        return True
    return suffix.lower() != ".txt" and HTML_START.match(data[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")) is not None


def read_page(page: Path | Record, encoding: str | None = None) -> tuple[Page, str | None]:
    """Read one page, from a file of its own or from what `read_archive` and `read_jsonl` give.

    A file whose name ends in `.html`, or that begins like HTML under any name but `.txt`, gives a page with hints;
    everything else is text, see `linesift.read.text.decode_text`.

    Returns:
        The page, and a sentence on what could not be kept, or `None`.

    Raises:
        InputError: if the file cannot be read, is not text, or the encoding is unknown.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    if isinstance(page, Path):
        page = Record("", "", read_bytes(page), "unknown", source=str(page))
    data, kind, charset = page.payload, page.kind, page.charset
    if kind == "unknown" and isinstance(data, bytes):
        if not is_html(data, Path(page.source).suffix):
            return decode_text(data, page.source, encoding)
        kind, charset = "html", encoding
        if encoding is not None:
            check_encoding(encoding)
    if kind == "html":
        from linesift.read.html.page import read_html

        found = read_html(data, page.source, encoding=charset)
        return replace(found.page, hints=found.hints, url=page.url, date=page.date), None
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    return Page(text, page.source, url=page.url, date=page.date), None


def read_stdin(source: PageSource) -> Record:
    """Read a single page from standard input, as bytes that `read_page` understands.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        data = b"" if source.stream is None else source.stream.read()
    except OSError as error:
        raise InputError(f"{source.path}: {(error.strerror or str(error)).lower()}") from error
    return Record("", "", data, "unknown", source=str(source.path))


def read_archive(source: PageSource, counts: "WarcCounts") -> Iterator[Record]:
    """Read the pages of a WARC or WET file, one at a time; memory does not grow with the file.

    Args:
        source: the file, gzipped or not.
        counts: where delivered and skipped records are counted.

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
        raise InputError(f"{source.path}: {(error.strerror or str(error)).lower()}") from error
    with stream:
        yield from read_jsonl(stream, str(source.path), fields)
