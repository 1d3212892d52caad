"""A crawl of invented pages: WARC and WET files of our own labelled pages, some of them damaged."""

import gzip
from collections.abc import Iterator, Sequence
from html import escape
from itertools import cycle, islice
from pathlib import Path

from linesift.read.labelled import read_labelled

ROOT = Path(__file__).parents[1]
_DATE = "2024-05-01T10:00:00Z"

RAISES = "This page raises an error when it is read."
"""Text of the page that raises where `benchmarks.faulty` runs."""


def write_crawl(folder: Path, n_files: int = 200, n_pages: int = 3) -> list[Path]:
    """Write WET and WARC files in turn.

    Of the first ten, one is damaged, one is cut off, one has a page that raises, one is empty, one is no archive.

    Args:
        folder: an existing directory.
        n_files: number of files, at least 10.
        n_pages: pages of each.
    """
    texts = cycle(page.page.text for page in read_labelled(ROOT / "data" / "pages"))
    paths = []
    for number in range(n_files):
        is_text = number % 2 == 0
        path = folder / f"{number:05}.warc{'.wet' * is_text}.gz"
        path.write_bytes(archive(list(islice(texts, n_pages)), number * n_pages, is_text=is_text))
        paths.append(path)
    damaged, cut, raising, empty, nothing = (paths[number] for number in (2, 3, 5, 8, 9))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 0xFF
    damaged.write_bytes(data)
    cut.write_bytes(cut.read_bytes()[:-200])
    raising.write_bytes(archive(["Rain\nIt rained.", RAISES, "Fog\nIt was foggy."], 1_000_000, is_text=False))
    empty.write_bytes(b"")
    nothing.write_bytes(b"This is no archive.\n")
    return paths


def archive(pages: Sequence[str], first: int, *, is_text: bool, is_html: bool = False) -> bytes:
    """Write pages as a gzipped WET or WARC file.

    Args:
        pages: texts; with `is_html` they are HTML already.
        first: number of the first page.
        is_text: whether the file is WET.
        is_html: whether the pages of a WARC file are HTML; texts become paragraphs.
    """
    bodies = pages if is_text or is_html else ["\n".join(_html(text)) for text in pages]
    records = (_record(body, first + index, is_text=is_text) for index, body in enumerate(bodies))
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def _record(body: str, number: int, *, is_text: bool) -> bytes:
    block, kind, content_type = body.encode("utf-8", "replace"), "conversion", "text/plain"
    if not is_text:
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + block
        kind, content_type = "response", "application/http; msgtype=response"
    head = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: https://news.example/{number}",
        f"WARC-Date: {_DATE}",
        f"WARC-Record-ID: <urn:uuid:{number:08}-0000-4000-8000-000000000000>",
        f"Content-Type: {content_type}",
        f"WARC-Identified-Payload-Type: text/{'plain' if is_text else 'html'}",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def _html(text: str) -> Iterator[str]:
    yield "<!DOCTYPE html><html><body>"
    yield from (f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    yield "</body></html>"
