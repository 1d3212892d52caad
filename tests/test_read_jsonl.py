"""Files of JSON lines: what is a page, what is an error in its place, and what ends the file."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.errors import InputError
from linesift.read import jsonl
from linesift.read.jsonl import Fields, SeenFields, SkippedRowError, is_jsonl, read_jsonl
from linesift.read.record import Record
from linesift.read.rows import read_json


def read(data: bytes, fields: Fields | None = None) -> list[Record | InputError]:
    return list(read_jsonl(io.BytesIO(data), "pages.jsonl", fields or Fields()))


def written(found: list[Record | InputError]) -> list[str]:
    """Texts of the pages, and messages of the errors, in order."""
    return [str(item.payload) if isinstance(item, Record) else str(item) for item in found]


def page(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])])
def test_one_page_a_line_plain_or_packed(pack: object) -> None:
    data = page(text="Rain\nIt rained.", url="https://n.example/1", date="2024-05-01") + b"\n" + page(text="Sun")
    assert callable(pack)
    assert read(pack(data)) == [
        Record("https://n.example/1", "2024-05-01", "Rain\nIt rained.", "text", source="pages.jsonl:1"),
        Record("", "", "Sun", "text", source="pages.jsonl:3"),
    ]


def test_records_keep_their_id_and_the_fields_asked_for() -> None:
    data = page(text="Rain", id=7, tags=["wet"], n=1) + page(text="Sun", id="s") + page(text="Fog", id=None)
    found = read(data, Fields(kept=("tags",)))
    assert [(item.record_id, item.kept) for item in found if isinstance(item, Record)] == [
        ("7", {"tags": ["wet"]}),
        ("s", {"tags": None}),
        ("", {"tags": None}),
    ]


def test_fields_have_names() -> None:
    data = page(content="Rain", url=7, text="no") + page(raw="<p>Sun</p>", content="Sun") + page(raw="", content="Fog")
    found = read(data, Fields("content", "raw"))
    assert found == [
        Record("", "", "Rain", "text", source="pages.jsonl:1"),
        Record("", "", "<p>Sun</p>", "html", source="pages.jsonl:2"),
        Record("", "", "Fog", "text", source="pages.jsonl:3"),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{Rain}\n", "not JSON (expecting property name enclosed in double quotes, column 2); skipped"),
        (b'{"text": "\xff"}\n', "not JSON ('utf-8' codec can't decode byte 0xff in position 10: invalid start byte); "),
        (b'["Rain"]\n', "not a JSON object; skipped"),
        (b'{"body": "Rain", "id": 4}\n', "no text in field 'text', its fields are 'body', 'id'; skipped; name another"),
        (
            b'{"id": 4, "html": ""}\n',
            "no text in field 'text', its fields are 'id', 'html'; skipped; add --html-field html, "
            "or name another one with --text-field",
        ),
        (b'{"text": null, "id": 4}\n', "field 'text' is null; skipped"),
        (b'{"text": 4.5}\n', "field 'text' is a number, not text; skipped"),
        (b'{"text": true}\n', "field 'text' is true, not text; skipped"),
        (b'{"text": ["Rain"]}\n', "field 'text' is a list, not text; skipped"),
        (b'{"text": {"a": "Rain"}}\n', "field 'text' is an object, not text; skipped"),
        (b"{}\n", "no text in field 'text', its fields are none; skipped; name another"),
        (b"[" * 100_000 + b"\n", "not JSON (maximum recursion depth exceeded"),
    ],
)
def test_a_line_that_is_no_page_is_told_in_its_place(line: bytes, problem: str) -> None:
    before, error, after = written(read(page(text="a") + line + page(text="b")))
    assert (before, after) == ("a", "b")
    assert error.startswith(f"pages.jsonl:2: {problem}")
    assert ("--text-field" in error) == ("no text in field" in error)


def test_a_line_without_html_and_text_says_what_both_fields_hold() -> None:
    fields = Fields("content", "raw")
    assert written(read(page(raw="") + page(raw=None, content=7) + page(text="a"), fields)) == [
        "pages.jsonl:1: field 'raw' is empty, no field 'content'; skipped",
        "pages.jsonl:2: field 'raw' is null, field 'content' is a number, not text; skipped",
        "pages.jsonl:3: no text in field 'raw' or 'content', its fields are 'text'; skipped; name another one with "
        "--text-field",
    ]


@pytest.mark.parametrize(
    ("kept", "problem"),
    [
        (("rank", "f7"), None),
        ((), None),
        (("topic", "rank"), "no row has field 'topic', its fields are 'text', 'rank', 'f0', 'f1', 'f2', 'f3', 'f4', "
         "'f5'; name another one with --keep-fields"),
        (("topic", "x", "topic"), "no row has field 'topic' or 'x', its fields are 'text'"),
    ],
)  # fmt: skip
def test_fields_to_keep_that_no_line_has_are_named(kept: tuple[str, ...], problem: str | None) -> None:
    data = page(text="a", rank=None) + page(text="b", **{f"f{number}": 0 for number in range(20)})
    seen = SeenFields(Fields(kept=kept))
    assert seen.missing() is None  # as long as nothing was read
    list(read_jsonl(io.BytesIO(data), "pages.jsonl", Fields(kept=kept), seen))
    found = seen.missing()
    assert (found is None) == (problem is None)
    assert (found or "").startswith(problem or "")


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        (Fields("content", "html"), None),
        (Fields("text", "html"), None),  # nobody may have named `text`
        (Fields("content", "htm"), "'htm', its fields are 'content', 'html'; name another one with --html-field"),
        (Fields("isi", "html"), "'isi', its fields are 'content', 'html'; name another one with --text-field"),
        (Fields("content", "htm", ("x",)), "'x' or 'htm', its fields are 'content', 'html'; name another one with "
         "--keep-fields or --html-field"),
    ],
)  # fmt: skip
def test_fields_of_the_page_that_no_line_has_are_named(fields: Fields, options: str | None) -> None:
    seen = SeenFields(fields)
    list(read_jsonl(io.BytesIO(page(content="a", html="<p>a")), "pages.jsonl", fields, seen))
    assert seen.missing() == (options and f"no row has field {options}")


def problems(*rows: bytes, fields: Fields | None = None) -> list[str]:
    seen = SeenFields(fields or Fields())
    list(read_jsonl(io.BytesIO(b"".join(rows)), "pages.jsonl", fields or Fields(), seen))
    return seen.problems()


def test_a_date_may_be_a_number() -> None:
    dates = [1741014000, 1741014000.7, 1741014000000, 20240501, True, float("nan"), [1]]
    found = read(b"".join(page(text="a", date=date) for date in dates))
    assert [item.fetched for item in found if isinstance(item, Record)] == [
        "1741014000", "1741014000", "1741014000000", "20240501", "", "", "",
    ]  # fmt: skip


def test_dates_that_cannot_be_read_are_told_once_for_a_file() -> None:
    good = [page(text="a", date=date) for date in (None, "", 1741014000, "1741014000", "2024-05-01", "1 May 2024")]
    bad = [page(text="a", date=date) for date in ("gestern", "03/04/2025 15:00", True, {"a": "b"}, 5)]
    forms = "write it as 2024-05-01T10:00:00Z, 1 May 2024 or Unix time"
    assert problems(*good, page(text="a")) == []
    assert problems(*good, *bad) == [f"the date of 5 rows cannot be read, first 'gestern' in row 7; {forms}"]
    long = problems(page(text="a", date="x" * 99))
    assert long == [f"the date of 1 row cannot be read, first '{'x' * 40}' in row 1; {forms}"]


def test_html_in_the_field_of_text_is_told_once_for_a_file() -> None:
    html = page(isi=" <!-- a --><!DOCTYPE html><p>Rain") + page(isi="<html>\ud800")
    rows = page(isi="Rain"), html, page(isi="<p>Sun"), page(raw="<html>", isi="")
    found = problems(*rows, fields=Fields("isi", "raw"))
    assert found == ["HTML was read as text in 2 rows, first in row 2; add --html-field isi"]
    assert problems(html, fields=Fields("isi", "isi")) == []


def test_a_line_that_is_too_long_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_RECORD", 1_000_000)
    found = written(read(page(text="a") + page(text="x" * 3_500_000) + page(text="b") + page(text="y" * 1_000_000)))
    problem = "the line is longer than 1 MB; skipped"
    assert found == ["a", f"pages.jsonl:2: {problem}", "b", f"pages.jsonl:4: {problem}"]


@pytest.mark.parametrize("unit", ["{},", "[],"])
def test_objects_that_would_fill_the_memory_are_not_read(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "_MAX_BRACKETS", 1_000)
    line = '{"text": "a", "more": [' + unit * 1_000 + "0]}"
    found = read(f"{line}\n".encode() + page(text="b"))
    assert written(found) == ["pages.jsonl:1: more than 2,000,000 brackets; skipped", "b"]
    assert isinstance(found[0], SkippedRowError)
    assert found[0].reason == "too_large"
    with pytest.raises(InputError, match=r"after object 0 .*brackets"):
        list(read_json(io.BytesIO(line.encode()), "pages.json", Fields()))


def test_a_packed_file_that_is_cut_gives_everything_before_the_cut() -> None:
    texts = [f"{number:064x}" * 20 for number in range(2000)]
    data = gzip.compress(b"".join(page(text=text) for text in texts))
    found: list[Record | InputError] = []
    with pytest.raises(InputError, match=r"pages\.jsonl: cannot be read after line \d+ \(.*end-of-stream") as problem:
        found.extend(read_jsonl(io.BytesIO(data[: len(data) // 2]), "pages.jsonl", Fields()))
    assert 0 < len(found) < len(texts)
    assert written(found) == texts[: len(found)]
    assert f"line {len(found)} " in str(problem.value)


def test_a_short_packed_file_that_is_cut_gives_what_is_there() -> None:
    """Less than a buffer: filling it met the cut, and nothing came."""
    data = gzip.compress(b"".join(page(text=f"{number:064x}") for number in range(300)))
    found: list[object] = []
    with pytest.raises(InputError, match="cut off"):
        found.extend(read_jsonl(io.BytesIO(data[:-200]), "pages.jsonl", Fields()))
    assert len(found) > 100


def test_a_byte_order_mark_and_an_empty_file() -> None:
    assert written(read(b"\xef\xbb\xbf" + page(text="a"))) == ["a"]
    assert read(b"") == read(b"\n\r\n \n") == []


@given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=8), st.booleans())
def test_any_text_comes_back_as_it_is(texts: list[str], is_ascii: bool) -> None:
    lines = [json.dumps({"text": text}, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass") for text in texts]
    assert written(read(b"\n".join(lines))) == texts


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b'{"text": "Rain"}', True),
        (b' \xef\xbb\xbf{"text"', False),
        (b'\xef\xbb\xbf{ "a\\"b" : 1', True),
        (b"{}", False),
        (b'{"Rain" says the minister', False),
        (b"", False),
    ],
)
def test_the_start_of_a_stream(start: bytes, expected: bool) -> None:
    assert is_jsonl(start) == expected


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    from linesift.read.page import PageSource, SourceKind, read_rows

    with pytest.raises(InputError, match="is a directory"):
        list(read_rows(PageSource(tmp_path, SourceKind.JSONL), Fields()))
