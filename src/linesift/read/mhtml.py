"""Read a page that a browser saved as MHTML: the HTML among the parts of a MIME message."""

import re
from datetime import UTC
from typing import TYPE_CHECKING

from linesift.errors import InputError
from linesift.read.record import Record

if TYPE_CHECKING:  # only MHTML waits for it
    from email.message import Message

MHTML_SUFFIXES = (".mhtml", ".mht")
_SNIFFED = 4096
_HEADER = re.compile(rb"^content-type:[ \t]*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_NESTED = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_MAX_NESTED = 20
"""Parts that have parts. A browser writes one or two; every line is compared with the border of each that is open."""
_FIRST = re.compile(rb"[A-Za-z][A-Za-z-]*:[ \t]")


def is_mhtml(data: bytes) -> bool:
    r"""Say whether data begins with the headers of an MHTML file.

    >>> is_mhtml(b"From: <Saved by Blink>\r\nContent-Type: multipart/related;\r\n"), is_mhtml(b"Rain: it fell\n")
    (True, False)
    """
    return _FIRST.match(data) is not None and _HEADER.search(data[:_SNIFFED]) is not None


def read_mhtml(data: bytes, source: str) -> Record:
    """Find the page among the parts: the one that `start` names, else the first that is HTML.

    Raises:
        InputError: if no part is HTML.
    """
    from email import message_from_bytes

    if len(_NESTED.findall(data)) > _MAX_NESTED:
        raise InputError(f"{source}: the parts of this MHTML file are nested too deep; save the page once more")
    message = message_from_bytes(data)
    pages = [part for part in message.walk() if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
    if not pages:
        raise InputError(f"{source}: this MHTML file holds no HTML page; save the page once more")
    start = message.get_param("start")
    page = next((part for part in pages if start and part.get("Content-ID") == start), pages[0])
    payload = page.get_payload(decode=True)
    return Record(
        url=_header(message, "Snapshot-Content-Location") or _header(page, "Content-Location"),
        fetched=_utc(_header(message, "Date")),
        payload=payload if isinstance(payload, bytes) else b"",
        form="html",
        charset=page.get_content_charset(),
        source=source,
    )


def _header(part: "Message", name: str) -> str:
    return str(part.get(name, ""))  # where it is not ASCII, it is an object


def _utc(date: str) -> str:
    """Give the time of saving as archives write it, empty where there is none."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, TypeError, OverflowError):
        return ""
