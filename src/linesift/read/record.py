"""A page as it lies in a file of many: bytes or text, not yet lines; cheap to hand to another process."""

import re
from dataclasses import dataclass
from typing import Literal

MAX_RECORD = 50_000_000
"""Bytes; a longer record is skipped and counted, so that one cannot fill the memory."""

HTML_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*|<\?xml.*?\?>\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE | re.DOTALL
)
"""How HTML begins, where nothing else says that it is HTML."""


@dataclass(frozen=True, slots=True)
class Record:
    """A page of an archive, of a file of JSON lines, or of standard input."""

    url: str
    date: str
    """When it was fetched, as the archive writes it: `2024-05-01T10:00:00Z`."""
    payload: bytes | str
    """The page without HTTP headers, unpacked."""
    kind: Literal["html", "text", "unknown"]
    """`text` for lines of UTF-8, as in the records of a WET file; `unknown` for what has yet to be looked at."""
    charset: str | None = None
    """Encoding that the HTTP headers name."""
    source: str = ""
    """File, and line where the file has one page per line, for messages and output."""
