"""Small archives of invented pages."""

import gzip
import json
from pathlib import Path

DATE = "2024-05-01T10:00:00Z"


def record(kind: str, number: int, block: bytes, content_type: str) -> bytes:
    """A record of a WARC file."""
    lines = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: https://news.example/{number}",
        f"WARC-Date: {DATE}",
        f"WARC-Record-ID: <urn:uuid:{number}>",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def text_record(number: int, text: str) -> bytes:
    """A record of a WET file."""
    return record("conversion", number, text.encode(), "text/plain")


def html_record(number: int, html: str) -> bytes:
    """A record of a WARC file with a page."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return record("response", number, http + html.encode(), "application/http; msgtype=response")


def pack(records: list[bytes]) -> bytes:
    """One gzip member for each record, as crawlers write them."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def wet(path: Path, texts: list[str]) -> Path:
    """Write a WET file."""
    path.write_bytes(pack([text_record(number, text) for number, text in enumerate(texts)]))
    return path


def jsonl(path: Path, rows: list[dict[str, object]]) -> Path:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
