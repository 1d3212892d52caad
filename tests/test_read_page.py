"""What a file holds, by its name or its first bytes, and the way from there to a page."""

import bz2
import gzip
import io
import lzma
import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from linesift.errors import InputError, MissingExtraError
from linesift.read import packed
from linesift.read.page import SourceKind, find_source, read_archive, read_page, read_stdin
from linesift.read.record import Record
from linesift.read.text import STDIN
from linesift.read.warc import WarcCounts

WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


@pytest.mark.parametrize("name", ["page.html", "page.htm.gz", "page.xhtml"])
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"%PDF-1.7\n%", b"PK\x03\x04\x14\0"])
def test_a_picture_or_document_is_no_page_whatever_its_name(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    with pytest.raises(InputError, match="this is a"):
        read_page(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.txt", SourceKind.PAGE),
        ("page", SourceKind.PAGE),
        ("page.md", SourceKind.PAGE),
        ("page.html.zst", SourceKind.PAGE),
        ("Crawl.WARC.gz", SourceKind.ARCHIVE),
        ("crawl.wet", SourceKind.ARCHIVE),
        ("pages.jsonl", SourceKind.JSONL),
        ("crawl.warc.zst", SourceKind.ARCHIVE),
        ("pages.ndjson.gz", SourceKind.JSONL),
        ("pages.jsonl.zst", SourceKind.JSONL),
        ("pages.json", SourceKind.JSON),
        ("Pages.CSV.bz2", SourceKind.CSV),
        ("pages.parquet", SourceKind.PARQUET),
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
        (gzip.compress(b'{"text": "Rain"}\n', mtime=0), SourceKind.JSONL),
        (b'{\n  "text": "Rain"\n}', SourceKind.JSON),
        (b'[{"text": "Rain"}]', SourceKind.JSON),
        (b"[Photo] Rain", SourceKind.PAGE),
        (b"PAR1\x15\x04", SourceKind.PARQUET),
        (zstd.compress(WARC), SourceKind.ARCHIVE),
        (WARC, SourceKind.ARCHIVE),
        (gzip.compress(WARC, mtime=0), SourceKind.ARCHIVE),
        (gzip.compress(b"Rain\n", mtime=0), SourceKind.PAGE),
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


HTML = b"<!doctype html><title>Rain</title><p>Rain returns"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstd.compress])
@pytest.mark.parametrize(("name", "data"), [("page.txt", b"Rain returns"), ("page.html", HTML), ("page", HTML)])
def test_pages_are_read_compressed(tmp_path: Path, name: str, data: bytes, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / f"{name}.packed"
    path.write_bytes(pack(data))
    page, warning = read_page(path)
    assert (page.text, page.has_hints, warning) == ("Rain returns", data == HTML, None)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_a_compressed_page_that_is_damaged(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "page.txt.gz"
    path.write_bytes(pack(b"Rain returns to the valley" * 99)[:-5])
    with pytest.raises(InputError, match=r"page\.txt\.gz: cannot be unpacked \(.+\); the file may be damaged"):
        read_page(path)


def test_xz_in_several_parts(tmp_path: Path) -> None:
    (tmp_path / "page.txt.xz").write_bytes(lzma.compress(b"Rain ") + lzma.compress(b"returns") + b"\0" * 8)
    assert read_page(tmp_path / "page.txt.xz")[0].text == "Rain returns"


def test_xz_that_wants_4_gb_of_memory_is_refused(tmp_path: Path) -> None:
    whole = bytearray(lzma.compress(b"Rain returns"))
    size = (whole[12] + 1) * 4  # of the head of the first block, whose last four bytes are its checksum
    assert whole[14:16] == b"\x21\x01"  # the filter LZMA2, and one byte for the size of its dictionary
    whole[16] = 40
    whole[8 + size : 12 + size] = zlib.crc32(whole[12 : 8 + size]).to_bytes(4, "little")
    (tmp_path / "page.txt.xz").write_bytes(whole)
    with pytest.raises(InputError, match=r"cannot be unpacked .*memory"):
        read_page(tmp_path / "page.txt.xz")


def test_a_page_that_grows_when_unpacked_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_RECORD", 2_000_000)
    (tmp_path / "page.txt.gz").write_bytes(gzip.compress(b"x" * 2_000_001))
    with pytest.raises(InputError, match="longer than 2 MB once unpacked"):
        read_page(tmp_path / "page.txt.gz")


def test_zstd_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "backports", None)
    (tmp_path / "page.txt.zst").write_bytes(zstd.compress(b"Rain"))
    with pytest.raises(MissingExtraError, match=r"reading zstd needs backports\.zstd.*\[files\]"):
        read_page(tmp_path / "page.txt.zst")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, zstd.compress])
def test_archives_are_read_compressed(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nRain\r\n\r\n"
    suffix = {bytes: "", gzip.compress: ".gz", bz2.compress: ".bz2"}.get(pack, ".zst")
    path = tmp_path / f"crawl.wet{suffix}"
    path.write_bytes(pack(head))
    offset = 0 if suffix in {"", ".gz"} else None
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pack(head))))
    for source in (find_source(path), find_source(STDIN)):
        (record,) = read_archive(source, WarcCounts())
        assert (record.payload, record.archive, record.offset) == (b"Rain", str(source.path), offset)


MHTML = b"""From: <Saved by Blink>
Snapshot-Content-Location: https://news.example/rain
Subject: Rain
Date: Fri, 14 Jun 2024 19:42:00 +0200
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----Boundary----"

------Boundary----
Content-Type: image/png
Content-Transfer-Encoding: base64

aGVsbG8=
------Boundary----
Content-Type: text/html; charset=iso-8859-1
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable

<!doctype html><p>Caf=E9 in the r=
ain
------Boundary------
"""


@pytest.mark.parametrize("name", ["page.mhtml", "page.mht", "saved"])
def test_a_page_that_a_browser_saved_as_mhtml(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(MHTML.replace(b"\n", b"\r\n"))
    page, _ = read_page(tmp_path / name)
    assert (page.text, page.has_hints) == ("Café in the rain", True)
    assert (page.url, page.fetched) == ("https://news.example/rain", "2024-06-14T17:42:00Z")


def test_mhtml_with_headers_that_are_not_ascii(tmp_path: Path) -> None:
    data = MHTML.replace(b"/rain", "/döner".encode()).replace(b"Fri, 14", b"Fri\xe9, 14")
    (tmp_path / "page.mhtml").write_bytes(data)
    page, _ = read_page(tmp_path / "page.mhtml")
    assert page.text == "Café in the rain"
    assert page.url.startswith("https://news.example/d")


def test_a_compressed_archive_that_is_cut_gives_what_is_well_before_the_cut(tmp_path: Path) -> None:
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nRain\r\n\r\n"
    (tmp_path / "crawl.wet.zst").write_bytes(zstd.compress(head * 9_000) + zstd.compress(head)[:-9])
    found: list[Record] = []
    with pytest.raises(InputError, match=r"crawl\.wet\.zst: cannot be unpacked to its end"):
        found.extend(read_archive(find_source(tmp_path / "crawl.wet.zst"), WarcCounts()))
    assert len(found) > 8_000


def test_mhtml_without_a_page(tmp_path: Path) -> None:
    (tmp_path / "page.mhtml").write_bytes(MHTML.replace(b"text/html; charset", b"text/css; charset"))
    with pytest.raises(InputError, match="holds no HTML page"):
        read_page(tmp_path / "page.mhtml")


def test_mhtml_nested_deep_is_refused_or_read(tmp_path: Path) -> None:
    parts = "".join(f'Content-Type: multipart/related; boundary="{n}"\n\n--{n}\n' for n in range(3000))
    (tmp_path / "page.mhtml").write_text(f"MIME-Version: 1.0\n{parts}Content-Type: text/html\n\n<p>Rain")
    with pytest.raises(InputError, match=r"nested too deep|no HTML page"):
        read_page(tmp_path / "page.mhtml")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', "an RSS feed, not a page; give the pages that"),
        (b'<rss version="2.0">', "an RSS feed"),
        (b'<?xml version="1.0"?><rdf:RDF xmlns="x"><item/></rdf:RDF>', "an RSS feed"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><!-- a --><feed><entry/></feed>', "an Atom feed"),
        (b'<?xml version="1.0"?><urlset/>', "a sitemap"),
        (b'<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "n.dtd"><nitf><p>Rain</p></nitf>', "XML with the root <nitf>"),
    ],
)
def test_xml_that_is_no_page_is_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    for name in ("page.xml", "page.txt", "page"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=f"{name}: this is {re.escape(problem)}"):
            read_page(tmp_path / name)


def test_xhtml_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_bytes(b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>Rain</p>')
    assert read_page(tmp_path / "page.xml")[0].has_hints


def test_html_is_read_as_html_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(HTML)
    page, warning = read_page(tmp_path / "page.txt")
    assert (page.text, page.has_hints, warning) == ("Rain returns", True, None)


def test_line_ends_of_old_macs(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes(b"Rain returns\r\rIt rained on Monday.\r")
    assert read_page(tmp_path / "page.txt")[0].lines == ["Rain returns", "", "It rained on Monday.", ""]
    row = Record("", "", "Rain\rIt rained.", "text", source="pages.jsonl:1")
    assert read_page(row)[0].lines == ["Rain", "It rained."]


def test_a_labelled_page_is_none_to_label(tmp_path: Path) -> None:
    (tmp_path / "rain.page").write_text("site: n.example\n----\nbody      | Rain\n")
    with pytest.raises(InputError, match="this is a labelled page; score it with: linesift evaluate"):
        read_page(tmp_path / "rain.page")


def test_warnings_about_the_build_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("---\ntitle: Rain\n---\n\n# Rain returns\n")
    assert read_page(tmp_path / "page.md")[1] == (
        f"{tmp_path / 'page.md'}: lines 1 to 3 are front matter, which is no part of a page; take them out"
    )
    joined = "It rained on Monday. " * 100
    row, of_archive = Record("", "", joined, "text", source="a:1"), Record("", "", joined.encode(), "text", source="b")
    assert (read_page(row)[1] or "").startswith("a:1: all its text is on one line")
    assert read_page(of_archive)[1] is None, "nobody can write an archive anew"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_html_with_a_byte_order_mark_is_html_whatever_its_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes("\ufeff<!doctype html><h1>Fähre</h1><p>Sie fährt.".encode(encoding))
    page, warning = read_page(path)
    assert (page.text, page.hints is not None, warning) == ("Fähre\nSie fährt.", True, None)
