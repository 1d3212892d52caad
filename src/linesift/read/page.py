"""One page from a file, whatever it holds: plain text or HTML."""

import re
from dataclasses import replace
from pathlib import Path

from linesift.page import Page
from linesift.read.text import check_encoding, decode, read_bytes

HTML_SUFFIXES = frozenset([".html", ".htm", ".xhtml"])

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_SNIFFED = 2048
"""Bytes in which HTML has to begin to be known without a suffix."""


def is_html(data: bytes, suffix: str = "") -> bool:
    """Whether bytes are an HTML page: by the file's suffix, or because they begin like one.

    >>> is_html(b"<!DOCTYPE html><title>News</title>"), is_html(b"Title\\nText"), is_html(b"Title", ".html")
    (True, False, True)
    """
    if suffix.lower() in HTML_SUFFIXES:
        return True
    return suffix.lower() != ".txt" and _HTML.match(data[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")) is not None


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
