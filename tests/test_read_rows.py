"""Tables with a page in each row: JSON arrays, CSV, Parquet."""

import gzip
import io
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.errors import InputError, MissingExtraError
from linesift.read import rows
from linesift.read.jsonl import Fields, SeenFields, SkippedRowError
from linesift.read.record import Record
from linesift.read.rows import read_csv, read_json, read_parquet

PAGES = [
    {"text": "Rain\nIt rained.", "url": "https://n.example/1", "date": "2024-05-01", "id": "a", "topic": "weather"},
    {"text": "Sun", "url": "", "date": "", "id": "b", "topic": ""},
]
RECORDS = [
    Record(
        "https://n.example/1", "2024-05-01", "Rain\nIt rained.", "text",
        source="pages:1", record_id="a", kept={"topic": "weather"},
    ),
    Record("", "", "Sun", "text", source="pages:2", record_id="b", kept={"topic": ""}),
]  # fmt: skip
KEEPS = Fields(kept=("topic",))


def of_json(data: bytes, fields: Fields | None = None) -> list[Record | InputError]:
    return list(read_json(io.BytesIO(data), "pages", fields or Fields()))


def of_csv(text: str | bytes, fields: Fields | None = None) -> list[Record | InputError]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_csv(io.BytesIO(data), "pages", fields or Fields()))


def of_parquet(table: pa.Table, fields: Fields | None = None) -> list[Record | InputError]:
    file = io.BytesIO()
    pq.write_table(table, file)
    return list(read_parquet(file, "pages", fields or Fields()))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PAGES),
        json.dumps(PAGES, indent=2),
        "\ufeff" + json.dumps(PAGES) + "\n",
        "\n".join(map(json.dumps, PAGES)),
        "".join(json.dumps(page, indent=1) for page in PAGES),
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_json(text: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_CHUNK", chunk)
    assert of_json(text.encode(), KEEPS) == RECORDS
    assert of_json(gzip.compress(text.encode()), KEEPS) == RECORDS


def test_one_object_is_one_page() -> None:
    assert [row.payload for row in of_json(b'{"text": "Rain"}') if isinstance(row, Record)] == ["Rain"]


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=9)), max_size=4), st.sampled_from([None, 1]))
def test_any_array_has_its_rows(pages: list[dict[str, str]], indent: int | None) -> None:
    found = of_json(json.dumps([{**page, "text": "x"} for page in pages], indent=indent).encode())
    assert len(found) == len(pages)


@pytest.mark.parametrize(
    ("text", "n_read", "problem"),
    [
        ('[{"text": "Rain"}, {"text": "Su', 1, "after object 1 (unterminated string"),
        ('[{"text": "Rain"} no]', 1, "after object 1 (expecting value)"),
        ("[" * 100_000, 0, "after object 0 (maximum recursion"),
        ("Rain", 0, "after object 0 (expecting value)"),
        ('[{"text": "Rain"}] more', 1, "after object 1 (expecting value)"),
    ],
)
def test_json_that_cannot_be_read_to_its_end(text: str, n_read: int, problem: str) -> None:
    found: list[Record | InputError] = []
    with pytest.raises(InputError) as raised:
        found.extend(read_json(io.BytesIO(text.encode()), "pages", Fields()))
    assert len(found) == n_read
    assert str(raised.value).startswith(f"pages: cannot be read as JSON {problem}")


def test_rows_without_a_page_are_told_in_their_place() -> None:
    first, second, third = of_json(b'[7, {"body": "Rain"}, {"text": "Sun"}]')
    assert str(first) == "pages:1: not a JSON object; skipped"
    assert str(second).startswith("pages:2: no text in field 'text', its fields are 'body'; skipped")
    assert isinstance(third, Record)


def test_an_object_that_is_too_long_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_RECORD", 1_000_000)
    with pytest.raises(InputError, match="an object is longer than 1 MB"):
        of_json(b'[{"text": "' + b"x" * 4_000_000)


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_csv(delimiter: str) -> None:
    text = (
        delimiter.join(PAGES[0]) + "\r\n"
        + "\r\n".join(delimiter.join(f'"{cell}"' for cell in page.values()) for page in PAGES) + "\r\n\r\n"
    )  # fmt: skip
    assert of_csv(text, KEEPS) == RECORDS
    assert of_csv("\ufeff" + text, KEEPS) == RECORDS
    assert of_csv(gzip.compress(text.encode()), KEEPS) == RECORDS


def test_csv_with_a_page_of_html_in_a_cell() -> None:
    (found,) = of_csv('raw,title\n"<p>' + "x" * 500_000 + '</p>",Rain\n', Fields(html="raw"))
    assert isinstance(found, Record)
    assert (found.form, len(found.payload)) == ("html", 500_007)


@pytest.mark.parametrize("end", ['c,"Rain\nfell', 'c,"Rain\nfell\n', 'c,"', 'c,"Rain ""fell'])
def test_csv_cut_within_a_quoted_cell_gives_no_half_page(end: str) -> None:
    *found, last = of_csv(f'id,text\na,Sun\nb,"Fog"\n{end}')
    assert [record.payload for record in found if isinstance(record, Record)] == ["Sun", "Fog"]
    assert isinstance(last, SkippedRowError)
    assert (str(last), last.reason) == (
        "pages:3: a quoted cell has no end, so the file may be cut off; skipped", "truncated"
    )  # fmt: skip
    whole = of_csv('id,text\na,"Sun\nshone"')
    assert [record.payload for record in whole if isinstance(record, Record)] == ["Sun\nshone"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b"title;body\nRain;It rained\n",
            "no text in field 'text', its fields are 'title', 'body'; skipped; name anoth",
        ),
        (b"text\nRain\nCaf\xe9\n", "row 1 is not valid UTF-8; convert it, such as with: iconv"),
    ],
)
def test_csv_that_cannot_be_read(data: bytes, problem: str) -> None:
    with pytest.raises(InputError) as raised:
        of_csv(data)
    assert str(raised.value).startswith(f"pages: {problem}")


@pytest.mark.parametrize(
    ("start", "n_read"),
    [(f"text\na\n{'x' * 1_001}\n", 1), ("text\n" + 'a,"\n",' * 400, 0), ("x" * 1_001, 0)],
)
def test_csv_that_would_fill_the_memory(start: str, n_read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_RECORD", 1_000)
    with pytest.raises(InputError, match=rf"after row {n_read} .*longer"):
        of_csv(start)
    assert len(of_csv("text\n" + "x\n" * 2_000)) == 2_000


def test_parquet_that_says_the_same_in_every_row_does_not_fill_the_memory() -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["x" * 3_000_000] * 200}), file)
    assert len(file.getvalue()) < 1_000_000
    before = pa.total_allocated_bytes()
    for record in read_parquet(file, "pages", Fields()):
        assert isinstance(record, Record)
        assert pa.total_allocated_bytes() - before < 100_000_000


def test_a_value_of_parquet_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_RECORD", 100)
    found = of_parquet(pa.table({"text": ["x" * 101, "y"], "topic": ["a", "b"]}))
    assert isinstance(found[0], SkippedRowError)
    assert found[0].reason == "too_large"
    assert isinstance(found[1], Record)


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("us"), pa.time64("us")])
def test_times_of_parquet_that_no_calendar_has(kind: pa.DataType) -> None:
    number = pa.array([2 ** (30 if kind.bit_width == 32 else 62)], pa.int32() if kind.bit_width == 32 else pa.int64())
    (found,) = of_parquet(pa.table({"text": ["Rain"], "date": number.view(kind)}), Fields(kept=("date",)))
    assert isinstance(found, Record)
    assert (found.payload, found.fetched, found.kept) == ("Rain", "", {"date": None})


def test_parquet() -> None:
    assert of_parquet(pa.Table.from_pylist(PAGES), KEEPS) == RECORDS


def test_a_null_of_parquet_is_told_as_one() -> None:
    found = of_parquet(pa.table({"id": [1, 2], "text": ["Rain", None]}))
    assert str(found[1]) == "pages:2: field 'text' is null; skipped"


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_fields_to_keep_that_no_row_has_are_named(form: str) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["Rain"], "topik": ["a"]}), file)
    data = {"json": b'[{"text": "Rain", "topik": "a"}]', "csv": b"text,topik\nRain,a\n", "parquet": file.getvalue()}
    read = {"json": read_json, "csv": read_csv, "parquet": read_parquet}
    problem = "no row has field 'topic', its fields are 'text', 'topik'; name another one with --keep-fields"
    for kept, expected in {"topic": problem, "topik": None}.items():
        seen = SeenFields(Fields(kept=(kept,)))
        list(read[form](io.BytesIO(data[form]), "pages", Fields(kept=(kept,)), seen))
        assert seen.missing() == expected


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_dates_that_cannot_be_read_are_told(form: str) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["Rain", "Sun"], "date": ["1741014000", "gestern"]}), file)
    rows = [{"text": "Rain", "date": 1741014000}, {"text": "Sun", "date": "gestern"}]
    csv = b"text,date\nRain,1741014000\nSun,gestern\n"
    data = {"json": json.dumps(rows).encode(), "csv": csv, "parquet": file.getvalue()}
    read = {"json": read_json, "csv": read_csv, "parquet": read_parquet}
    seen = SeenFields(Fields())
    found = list(read[form](io.BytesIO(data[form]), "pages", Fields(), seen))
    assert [item.fetched for item in found if isinstance(item, Record)] == ["1741014000", "gestern"]
    assert [problem.partition(";")[0] for problem in seen.problems()] == [
        "the date of 1 row cannot be read, first 'gestern' in row 2"
    ]


def test_parquet_values_become_those_of_json() -> None:
    at = datetime(2024, 6, 14, 17, 42)
    table = pa.table({"text": ["Rain"], "html": [b"<p>Rain"], "date": [at], "id": [7], "seen": [{"at": [at]}]})
    (found,) = of_parquet(table, Fields(html="html", kept=("seen", "none")))
    assert found == Record(
        "", "2024-06-14T17:42:00", "<p>Rain", "html",
        source="pages:1", record_id="7", kept={"seen": {"at": ["2024-06-14T17:42:00"]}, "none": None},
    )  # fmt: skip


def test_parquet_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="pages: no text in field 'text', its fields are 'body'"):
        of_parquet(pa.table({"body": ["Rain"]}))
    with pytest.raises(InputError, match="pages: cannot be read as Parquet after row 0"):
        list(read_parquet(io.BytesIO(b"PAR1 rubbish PAR1"), "pages", Fields()))
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"reading Parquet needs pyarrow.*\[files\]"):
        list(read_parquet(Path("x"), "pages", Fields()))


@pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
def test_an_empty_table_has_no_pages(text: str) -> None:
    assert of_csv(text) == []
