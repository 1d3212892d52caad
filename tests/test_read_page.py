"""What a file holds, by its name or its first bytes, and the way from there to a page."""

import gzip
import io
import sys
from pathlib import Path

import pytest

from linesift.errors import InputError
from linesift.read.page import SourceKind, find_source, read_page, read_stdin
from linesift.read.record import Record
from linesift.read.text import STDIN

WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.txt", SourceKind.PAGE),
        ("page", SourceKind.PAGE),
        ("page.json", SourceKind.PAGE),
        ("Crawl.WARC.gz", SourceKind.ARCHIVE),
        ("crawl.wet", SourceKind.ARCHIVE),
        ("pages.jsonl", SourceKind.JSONL),
        ("pages.ndjson.gz", SourceKind.JSONL),
    ],
)
def test_files_go_by_their_names(name: str, kind: SourceKind) -> None:
    assert find_source(Path(name)).kind is kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", SourceKind.PAGE),
        (b"Rain\n", SourceKind.PAGE),
        (b"{Update} Rain\n", SourceKind.PAGE),
        (b"<html>", SourceKind.PAGE),
        (b'{"text": "Rain"}\n', SourceKind.JSONL),
        (gzip.compress(b'{"text": "Rain"}\n'), SourceKind.JSONL),
        (WARC, SourceKind.ARCHIVE),
        (gzip.compress(WARC), SourceKind.ARCHIVE),
        (gzip.compress(b"Rain\n"), SourceKind.PAGE),
        (b"\x1f\x8b rubbish", SourceKind.PAGE),
    ],
)
def test_standard_input_goes_by_its_first_bytes(data: bytes, kind: SourceKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    source = find_source(STDIN)
    assert source.kind is kind
    assert source.stream is not None
    assert read_stdin(source) == Record("", "", data, "undecided", source="-")


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        find_source(STDIN)


def test_records_are_read_by_their_kind() -> None:
    address = ("https://n.example/1", "2024-05-01")
    text, _ = read_page(Record(*address, "Rain\n", "text", source="pages.jsonl:1"))
    wet, _ = read_page(Record(*address, b"Rain\xff\n", "text", source="a.wet"))
    html, _ = read_page(Record(*address, "<p>Rain<p>Sun", "html", source="a.warc"))
    assert (text.text, text.source, text.url, text.fetched) == ("Rain\n", "pages.jsonl:1", *address)
    assert (wet.text, wet.hints) == ("Rain\ufffd\n", None)
    assert (html.lines, html.hints is not None, html.url) == (["Rain", "Sun"], True, address[0])
    assert read_page(Record("", "", b"Caf\xe9", "undecided", source="-"), "cp1252")[0].text == "Café"
    assert read_page(Record("", "", b"<!doctype html><p>Sun", "undecided", source="-"))[0].lines == ["Sun"]
