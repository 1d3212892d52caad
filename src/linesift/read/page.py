"""Pages from a file, whatever it holds: plain text, HTML, or an archive of many pages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from linesift.page import Page
from linesift.read.text import check_encoding, decode, read_bytes
from linesift.read.warc import HTML_START, WarcCounts, read_warc

HTML_SUFFIXES = (".html", ".htm", ".xhtml")

_SNIFFED = 2048
"""Bytes in which HTML has to begin to be known without a suffix."""


ARCHIVE_SUFFIXES = (".warc", ".warc.gz", ".wet", ".wet.gz")


def is_archive(path: Path) -> bool:
    """Whether a file is a web archive, by its name."""
    return path.name.lower().endswith(ARCHIVE_SUFFIXES)


def is_html(data: bytes, suffix: str = "") -> bool:
    r"""Whether bytes are an HTML page: by the file's suffix, or because they begin like one.

    >>> is_html(b"<!DOCTYPE html><title>News</title>"), is_html(b"Title\nText"), is_html(b"Title", ".html")
    (True, False, True)
    """
    if suffix.lower() in HTML_SUFFIXES:
        return True
    return suffix.lower() != ".txt" and HTML_START.match(data[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")) is not None


def read_page(path: Path, encoding: str | None = None) -> tuple[Page, str | None]:
    """Read one page from a file, or from standard input where the path is `-`.

    A file whose name ends in `.html`, or that begins like HTML under any name but `.txt`, gives a page with hints;
    everything else is text, see `linesift.read.text.decode`.

    Returns:
        The page, and a sentence on what could not be kept, or `None`.

    Raises:
        InputError: if the file cannot be read, is not text, or the encoding is unknown.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    data = read_bytes(path)
    if not is_html(data, path.suffix):
        return decode(data, str(path), encoding)
    from linesift.read.html import read_html

    if encoding is not None:
        check_encoding(encoding)
    found = read_html(data, str(path), encoding=encoding)
    return replace(found.page, hints=found.hints), None


def read_archive(path: Path, counts: WarcCounts) -> Iterator[Page]:
    """Read the pages of a WARC or WET file, one at a time; memory does not grow with the file.

    Args:
        path: the file, gzipped or not.
        counts: where delivered and skipped records are counted.

    Raises:
        InputError: if the file cannot be read, or has no record at all.
        MissingExtraError: if the parser of HTML is not installed.
    """
    from linesift.read.html import read_html

    for record in read_warc(path, counts):
        if record.kind == "html":
            found = read_html(record.payload, str(path), encoding=record.charset)
            yield replace(found.page, hints=found.hints, url=record.url, date=record.date)
        else:
            text = record.payload.decode("utf-8", "replace")
            yield Page(text, str(path), url=record.url, date=record.date)
