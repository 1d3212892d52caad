"""A page as it comes from a file of many: bytes or text, not yet lines. It is cheap to hand to another process."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MAX_RECORD = 50_000_000
"""Most bytes of a record; a longer one is skipped and counted, so that it cannot fill the memory."""
MAX_PAGE = 10_000_000
"""Most bytes of a page of HTML, and characters of one of text; the rest is left out, with a warning."""

_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE)
_BEFORE_HTML = ((b"<!--", b"-->"), (b"<?xml", b"?>"))
"""Beginning and end of what may stand before the first tag."""
_WHITE_SPACE = re.compile(rb"\s*")
_MARKS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))
"""Byte order marks, and the encodings that they tell."""


def begins_like_html(data: bytes) -> bool:
    """Say whether data that nothing else marks as HTML begins like it, behind comments and an XML declaration.

    >>> begins_like_html(b"<?xml version='1.0'?> <!-- News --> <html>"), begins_like_html(b"<!-- News -->")
    (True, False)
    >>> begins_like_html(chr(0xFEFF).encode("utf-16-le") + "<html>".encode("utf-16-le"))
    True
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :].decode(encoding, "ignore").encode()
            break
    place = _end_of_space(data, 0)
    while ends := [end for begin, end in _BEFORE_HTML if data[place : place + len(begin)].lower() == begin]:
        end = data.find(ends[0], place + 4)
        if end < 0:
            return False
        place = _end_of_space(data, end + len(ends[0]))
    return _HTML_START.match(data, place) is not None


def _end_of_space(data: bytes, place: int) -> int:
    match = _WHITE_SPACE.match(data, place)
    return place if match is None else match.end()


@dataclass(frozen=True, slots=True)
class Record:
    """A page of an archive, of a file of JSON lines, or of standard input."""

    url: str
    fetched: str
    """Time when the page was fetched, as the archive writes it: `2024-05-01T10:00:00Z`."""
    payload: bytes | str
    """Page without HTTP headers, decompressed."""
    form: Literal["html", "text", "undecided"]
    """`text` is UTF-8, as in a WET file; `undecided` is a file or standard input, of which `read_page` decides."""
    charset: str | None = None
    """Encoding that the HTTP headers name."""
    source: str = ""
    """Path of the file, with the number of the row in a table; in an archive the address of the page. For messages and
    output."""
    archive: str = ""
    """Path of the archive."""
    record_id: str = ""
    """`WARC-Record-ID` without angle brackets, or field `id` of a JSON object; empty where there is none."""
    offset: int | None = None
    """Byte of the file, compressed as it is, where the record begins; `None` where reading cannot start there."""
    kept: Mapping[str, object] = field(default_factory=dict)
    """Values of the fields of a JSON object that `Fields.kept` names, `None` for one that is missing."""
