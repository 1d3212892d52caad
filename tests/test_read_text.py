"""Reading plain text: encodings, marks, binaries."""

import codecs
import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linesift.errors import InputError
from linesift.page import Page
from linesift.read.jsonl import Fields
from linesift.read.page import SourceKind, find_source, read_archive, read_page, read_rows
from linesift.read.record import Record
from linesift.read.text import STDIN, check_encoding, decode_text, read_bytes
from linesift.read.warc import WarcCounts

TEXT = "Überschrift\n\n東京 – Первый абзац 👍\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_marks_decide(mark: bytes, encoding: str) -> None:
    page, warning = decode_text(mark + TEXT.encode(encoding), "p.txt")
    assert (page.text, page.source, warning) == (TEXT, "p.txt", None)


def test_mark_decides_before_the_encoding_asked_for() -> None:
    assert decode_text(codecs.BOM_UTF8 + TEXT.encode(), "p.txt", "cp1252")[0].text == TEXT


@pytest.mark.parametrize("encoding", ["cp1251", "gb18030", "utf-16-le", "UTF8", "shift_jis"])
def test_named_encoding(encoding: str) -> None:
    text = "Новости\nПервый абзац\n"
    assert decode_text(text.encode(encoding), "p.txt", encoding) == (Page(text, "p.txt"), None)


@pytest.mark.parametrize("encoding", ["latin-nonsense", "hex", "rot13", "idna", "punycode", "undefined", "", "a\0b"])
def test_unknown_encoding(encoding: str) -> None:
    with pytest.raises(InputError, match="unknown encoding"):
        check_encoding(encoding)
    with pytest.raises(InputError, match="unknown encoding"):
        decode_text(b"text", "p.txt", encoding)


def test_invalid_utf8_is_replaced_with_a_warning_that_names_file_line_and_option() -> None:
    page, warning = decode_text(b"Title\nCaf\xe9 \xff\nend", "p.txt")
    assert page.lines == ["Title", "Caf\ufffd \ufffd", "end"]
    assert warning is not None
    assert warning.startswith("p.txt: line 2 is not valid utf-8")
    assert "--encoding" in warning


def test_invalid_utf16_names_its_line() -> None:
    page, warning = decode_text(codecs.BOM_UTF16_LE + "a\nb\nc".encode("utf-16-le") + b"\n", "p.txt")
    assert page.lines[:2] == ["a", "b"]
    assert warning is not None
    assert "line 3 is not valid utf-16-le" in warning


def test_replacement_characters_of_the_page_itself_are_no_reason_to_warn() -> None:
    assert decode_text("gone\ufffd".encode(), "p.txt")[1] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_lone_surrogates_survive(encoding: str) -> None:
    text = "half \ud83d of a face"
    assert decode_text(text.encode(encoding, "surrogatepass"), "p.txt", encoding) == (Page(text, "p.txt"), None)


@given(st.text(st.characters(), max_size=60).filter(lambda text: not text.startswith("\ufeff")))
@settings(derandomize=True)
def test_utf8_comes_back_verbatim(text: str) -> None:
    # Eight control characters are always let through, and the text is padded so that more are a small share.
    text += " " * 6000
    assert decode_text(text.encode("utf-8", "surrogatepass"), "p.txt") == (Page(text, "p.txt"), None)


def test_carriage_returns_stay_in_the_line() -> None:
    assert decode_text(b"a\r\nb\rc\r\n", "p.txt")[0].lines == ["a\r", "b\rc\r", ""]


def test_a_few_nul_bytes_are_kept() -> None:
    assert decode_text(b"a\0b\n\0", "p.txt") == (Page("a\0b\n\0", "p.txt"), None)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n%", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"\x1f\x8b\x08\0", "gzip-compressed data"),
        (b"PK\x03\x04\x14\0", "a zip archive"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"text\0\0\0\0" * 9, "binary data"),
        (bytes(range(256)) * 9, "binary data"),
        ("Plain ASCII in UTF-16".encode("utf-16-le"), "try --encoding utf-16-le"),
        ("Plain ASCII in UTF-16".encode("utf-16-be"), "try --encoding utf-16-be"),
    ],
)
def test_binaries_are_refused_by_name(data: bytes, name: str) -> None:
    with pytest.raises(InputError, match=r"^p\.bin: ") as raised:
        decode_text(data, "p.bin")
    assert name in str(raised.value)


def test_reads_a_file_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.txt"
    path.write_bytes(TEXT.encode())
    assert read_bytes(path) == TEXT.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert read_bytes(STDIN) == TEXT.encode()


@pytest.mark.parametrize(
    ("name", "problem"),
    [("none.txt", "no such file"), ("", "is a directory"), ("n" * 300, "too long"), ("\0", "not a")],
)
def test_unreadable_files(tmp_path: Path, name: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_bytes(tmp_path / name)


@pytest.mark.parametrize("name", ["pipe.txt", "pipe.jsonl", "pipe.warc", "pipe.html"])
def test_a_pipe_is_no_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    os.mkfifo(path)
    with pytest.raises(InputError, match="give it as standard input"):
        read_item_of(path)


def read_item_of(path: Path) -> None:
    source = find_source(path)
    if source.kind is SourceKind.PAGE:
        read_page(path)
    elif source.kind is SourceKind.ARCHIVE:
        list(read_archive(source, WarcCounts()))
    else:
        list(read_rows(source, Fields()))


@pytest.mark.parametrize(
    ("text", "n_lines", "what"),
    [
        ("x\n" * 99_999, 100_000, None),
        ("x\n" * 100_000, 100_000, "more than 100,000 lines"),
        ("x" * 10_000_001, 1, "longer than"),
    ],
)
def test_a_page_is_cut_behind_so_much(text: str, n_lines: int, what: str | None) -> None:
    page, warning = decode_text(text.encode(), "page.txt")
    assert len(page.lines) == n_lines
    assert text.startswith(page.text)
    assert (warning is None) if what is None else (warning is not None and what in warning)
    record, warning = read_page(Record("", "", text, "text", source="pages.jsonl:1"))
    assert record.text == page.text
    assert (warning is None) if what is None else (warning is not None and what in warning)
