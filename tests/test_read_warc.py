"""Web archives: pages delivered, everything else counted, damage survived."""

import gzip
import io
import sys
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linesift.errors import InputError
from linesift.read import http_body, warc
from linesift.read.record import Record
from linesift.read.warc import WarcCounts, read_warc

DATE = "2024-05-01T10:00:00Z"
PAGE = b"<html><p>The ferry sails again.</p></html>"


def make_record(kind: str, url: str, block: bytes, content_type: str = "application/http; msgtype=response") -> bytes:
    lines = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {DATE}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def make_http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers]).encode() + b"\r\n\r\n" + body


def make_page(number: int, body: bytes = PAGE, *headers: str, status: str = "200 OK") -> bytes:
    headers = headers or ("Content-Type: text/html; charset=utf-8",)
    return make_record("response", f"http://news.example/{number}", make_http(body, *headers, status=status))


def pack(records: list[bytes]) -> bytes:
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def read(data: bytes) -> tuple[list[Record], WarcCounts]:
    counts = WarcCounts()
    return list(read_warc(io.BytesIO(data), counts)), counts


def numbers(pages: list[Record]) -> list[int]:
    return [int(page.url.rpartition("/")[2]) for page in pages]


INFO = make_record("warcinfo", "", b"software: none\r\n", "application/warc-fields")
PAGES = [make_page(number, PAGE * (number + 1)) for number in range(6)]
FORMS = pytest.mark.parametrize("form", [pack, b"".join, lambda records: gzip.compress(b"".join(records))])


@FORMS
def test_pages_come_in_order_with_address_and_date(form: object) -> None:
    pages, counts = read(form([INFO, *PAGES]))  # type: ignore[operator]
    assert numbers(pages) == list(range(6))
    expected = Record("http://news.example/1", DATE, PAGE * 2, "html", "utf-8")
    assert replace(pages[1], offset=None) == expected
    assert (counts.pages, counts.other, counts.skipped) == (6, 1, {})


def test_a_file_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(pack(PAGES))
    assert numbers(list(read_warc(path))) == list(range(6))


def test_text_records_of_a_wet_file() -> None:
    record = make_record("conversion", "http://news.example/1", "Fähre\nfährt\n".encode(), "text/plain")
    pages, _ = read(pack([INFO, record]))
    found = [replace(page, offset=None) for page in pages]
    assert found == [Record("http://news.example/1", DATE, "Fähre\nfährt\n".encode(), "text", "utf-8")]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (make_page(9, b"%PDF", "Content-Type: application/pdf"), "not_html"),
        (make_page(9, b'{"a": 1}', "X: y"), "not_html"),
        (make_page(9, b"?", "Content-Type: text/html", "Content-Encoding: zstd"), "not_decoded"),
        (make_page(9, b"?", "Content-Type: text/html", "Content-Encoding: compress"), "not_decoded"),
        (make_page(9, b""), "empty"),
        (make_page(9, b" \r\n"), "empty"),
        (make_page(9, status="404 Not Found"), "bad_status"),
        (make_page(9, status="301 Moved"), "bad_status"),
        (make_record("response", "http://news.example/9", b"no http at all"), "damaged"),
        (make_record("response", "http://news.example/9", b""), "empty"),
        (PAGES[0].replace(b"Content-Length: ", b"Content-Length: x"), "damaged"),
        (b"WARC/1.0 and no more\r\n\r\n", "damaged"),
        (b"\x00\x01\x02 garbage \xff" * 9, "damaged"),
        (PAGES[0].replace(b"Content-Length: ", b"Content-Length: 999999"), "too_large"),
    ],
)
def test_skipped_records_are_counted_by_reason(record: bytes, reason: str) -> None:
    pages, counts = read(pack([PAGES[0], record, PAGES[1]]))
    assert numbers(pages) == [0, 1]
    assert counts.skipped in ({reason: 1}, {"damaged": 1})


@FORMS
@pytest.mark.parametrize("change", [b"9", b"99999"])
def test_a_length_that_is_too_great_takes_no_other_record_along(form: object, change: bytes) -> None:
    lying = PAGES[2].replace(b"Content-Length: ", b"Content-Length: " + change)
    pages, counts = read(form([*PAGES[:2], lying, *PAGES[3:]]))  # type: ignore[operator]
    assert set(numbers(pages)) >= {0, 1}
    assert sum(counts.skipped.values()) == 1
    if form is pack or change == b"9":
        assert numbers(pages) == [0, 1, 3, 4, 5]


@FORMS
def test_a_length_that_is_too_small(form: object) -> None:
    lying = PAGES[2].replace(b"Content-Length: ", b"Content-Length: 3\r\nX: ")
    pages, counts = read(form([*PAGES[:2], lying, *PAGES[3:]]))  # type: ignore[operator]
    assert (numbers(pages), counts.skipped) == ([0, 1, 3, 4, 5], {"damaged": 1})


def test_every_single_damaged_byte_of_a_member_costs_at_most_its_record() -> None:
    members = [gzip.compress(page, mtime=0) for page in PAGES[:4]]
    for place in range(len(members[1])):
        bad = bytearray(members[1])
        bad[place] ^= 0x5A
        pages, counts = read(b"".join([members[0], bytes(bad), *members[2:]]))
        # The date and the operating system in the head of a member mean nothing.
        assert numbers(pages) in ([0, 2, 3], [0, 1, 2, 3]), place
        assert counts.pages + counts.damaged == 4, place


def test_damage_in_a_plain_file() -> None:
    pages, counts = read(b"".join([INFO, PAGES[0], b"rubbish\r\n" * 30_000, PAGES[1]]))
    assert (numbers(pages), counts.skipped) == ([0, 1], {"damaged": 1})


def test_rubbish_between_members_and_padding() -> None:
    members = [gzip.compress(page, mtime=0) for page in PAGES[:3]]
    pages, counts = read(members[0] + b"rubbish" * 40_000 + members[1] + b"\0" * 100_000 + members[2] + b"\0" * 9)
    assert (numbers(pages), counts.skipped) == ([0, 1, 2], {"damaged": 1})


@FORMS
def test_a_file_cut_anywhere_gives_everything_before_the_cut(form: object) -> None:
    data = form([INFO, *PAGES])  # type: ignore[operator]
    whole, _ = read(data)
    n_before = 0
    for size in range(0, len(data), 7):
        try:
            pages, counts = read(data[:size])
        except InputError:
            assert size < len(pack([INFO])) + 8
            continue
        assert pages == whole[: len(pages)]
        assert len(pages) >= n_before
        assert counts.damaged == 0
        assert counts.truncated <= 1
        n_before = len(pages)
    assert n_before >= 5


def test_a_cut_is_reported() -> None:
    for data in (pack(PAGES)[:-40], b"".join(PAGES)[:-20]):
        pages, counts = read(data)
        assert numbers(pages) == [0, 1, 2, 3, 4]
        assert counts.skipped == {"truncated": 1}


@pytest.mark.parametrize(
    "data", [b"just text\n" * 100, gzip.compress(b"just text\n" * 100, mtime=0), b"\x1f\x8bno", b"WARC/1.0\r\n"]
)
def test_a_file_that_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no WARC record"):
        read(data)


def test_an_empty_file_has_no_pages() -> None:
    assert read(b"") == ([], WarcCounts())


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read_warc(tmp_path / "none.warc"))


def squeeze(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE, mtime=0), ["Content-Encoding: gzip"]),
        (zlib.compress(PAGE), ["Content-Encoding: deflate"]),
        (squeeze(PAGE), ["Content-Encoding: deflate"]),
        (PAGE, ["Content-Encoding: gzip"]),
        (PAGE, ["Content-Encoding: br"]),
        (
            b"5\r\n" + PAGE[:5] + b"\r\n%x;x=y\r\n" % (len(PAGE) - 5) + PAGE[5:] + b"\r\n0\r\n\r\n",
            ["Transfer-Encoding: chunked"],
        ),
        (PAGE, ["Transfer-Encoding: chunked"]),
    ],
)
def test_bodies_are_unpacked_if_they_are_packed(body: bytes, headers: list[str]) -> None:
    pages, _ = read(pack([make_page(0, body, "Content-Type: text/html", *headers)]))
    assert [page.payload for page in pages] == [PAGE]


def test_half_a_packed_body_is_no_page() -> None:
    headers = ["Content-Type: text/html", "Content-Encoding: gzip"]
    cut = make_page(0, gzip.compress(PAGE, mtime=0)[:-12], *headers)
    pages, counts = read(pack([cut]))
    assert (pages, counts.skipped) == ([], {"truncated": 1})


def with_arrow(body: bytes, codec: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(body)
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.parametrize(("encoding", "codec"), [("br", "brotli"), ("zstd", "zstd")])
def test_bodies_that_pyarrow_unpacks(encoding: str, codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = with_arrow(PAGE, codec)
    headers = ["Content-Type: text/html", f"Content-Encoding: {encoding}"]
    archive = pack([make_page(0, body, *headers), make_page(1, body[:-4], *headers)])
    pages, counts = read(archive)
    assert ([page.payload for page in pages], counts.skipped) == ([PAGE], {"not_decoded": 1})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert read(archive)[1].skipped == {"not_decoded": 2}


@pytest.mark.parametrize(("encoding", "codec"), [("gzip", "gzip"), ("br", "brotli"), ("zstd", "zstd")])
def test_a_body_that_unpacks_to_too_much(encoding: str, codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_body, "MAX_RECORD", 100_000)
    body = with_arrow(b"<p>" * 50_000, codec)
    _, counts = read(pack([make_page(0, body, "Content-Type: text/html", f"Content-Encoding: {encoding}")]))
    assert counts.skipped == {"too_large": 1}


def test_pages_without_a_media_type_are_looked_at() -> None:
    pages, _ = read(pack([make_page(0, b"\n<!-- x --><!DOCTYPE html><p>a", "Server: x"), make_page(1, PAGE, "X: y")]))
    assert numbers(pages) == [0, 1]


def test_a_resource_record_is_a_page() -> None:
    record = make_record("resource", "http://news.example/3", PAGE, "text/html; charset=koi8-r")
    assert [page.charset for page in read(record)[0]] == ["koi8-r"]


def test_too_large_records_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_RECORD", 1_000_000)
    data = pack([PAGES[0], make_page(7, b"x" * 60_000_000), PAGES[1]] * 2)
    tracemalloc.start()
    pages, counts = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (numbers(pages), counts.skipped) == ([0, 1, 0, 1], {"too_large": 2})
    assert peak < 10_000_000


class Pipe(io.RawIOBase):
    """A stream that gives a few bytes at a time and cannot be positioned."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, self._step))


@FORMS
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_pipes(form: object, step: int) -> None:
    data = form([INFO, *PAGES])  # type: ignore[operator]
    assert numbers(list(read_warc(Pipe(data, step)))) == list(range(6))  # type: ignore[arg-type]


@given(st.lists(st.binary(max_size=80), max_size=6), st.booleans())
@settings(derandomize=True, max_examples=60)
def test_any_rubbish_between_records_costs_no_page(rubbish: list[bytes], is_packed: bool) -> None:
    parts = [INFO]
    for number, junk in enumerate(rubbish):
        parts += [junk + b"\r\n\r\n", make_page(number)]
    pages, counts = read(pack(parts) if is_packed else b"".join(parts))
    assert numbers(pages) == list(range(len(rubbish)))
    assert counts.damaged <= 2 * len(rubbish)


@FORMS
@pytest.mark.parametrize("step", [7, 1 << 20])
def test_reading_can_start_at_the_offset_of_a_record(form: object, step: int) -> None:
    records = [record.replace(b"\r\nWARC-Date", b"\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Date" % number)
               for number, record in enumerate(PAGES)]  # fmt: skip
    data: bytes = form([INFO, *records])  # type: ignore[operator]
    pages = list(read_warc(Pipe(data, step)))  # type: ignore[arg-type]
    assert [page.record_id for page in pages] == [f"urn:uuid:{number}" for number in range(6)]
    offsets = [page.offset for page in pages]
    assert offsets.count(None) in (0, 6)  # 6: all in one gzip member, in which reading cannot start
    for page, offset in zip(pages, offsets, strict=True):
        assert offset is None or next(read_warc(io.BytesIO(data[offset:]))).record_id == page.record_id
