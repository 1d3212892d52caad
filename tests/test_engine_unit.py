"""One file in, one Parquet file and its entry out."""

import gzip
import io
import json
import subprocess
import sys
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fakes
import linesift
from commandline import environment
from crawl import DATE, html_record, jsonl, pack, record, text_record, wet
from linesift.engine import reading, unit
from linesift.engine.ledger import Entry, read_entries
from linesift.engine.places import InputFile, Store, describe
from linesift.engine.schema import COLUMNS, KEPT, SCHEMA
from linesift.engine.unit import LabelOptions, label_file, make_settings
from linesift.errors import InputError, MissingExtraError, ModelError
from linesift.read import text
from linesift.read.jsonl import Fields

PAGE = "Menu\n\nH Rain\nT 11 March 2024\nB It rained.\nB It did?\n"
BAD = "B unclassifiable"


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linesift, "load", fakes.load)


def rows(out: Path, entry: Entry) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / entry.output).to_pylist()
    return found


def test_a_page_is_a_row(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.warc.wet.gz", ["Menu only", PAGE, BAD, "index page"])
    entry = label_file(str(source), str(tmp_path / "out"))
    found = rows(tmp_path / "out", entry)
    offset = len(pack([text_record(0, "Menu only")]))
    assert found[1] == {
        "source": str(source),
        "number": 2,
        "record_id": "urn:uuid:1",
        "offset": offset,
        "url": "https://news.example/1",
        "date": DATE,
        "kind": None,
        "kind_probability": None,
        "headline": "H Rain",
        "published": "2024-03-11",
        "updated": None,
        "article": "B It rained.\n\nB It did?",
        "n_lines": 7,
        "line": [1, 3, 4, 5, 6],
        "label": ["sidebar", "headline", "timestamp", "body", "body"],
        "probability": pytest.approx([0.91, 0.91, 0.91, 0.91, 0.55]),
        "error": None,
    }
    assert found[2]["error"] == "ArithmeticError: as the test asked"
    assert (found[2]["line"], found[2]["article"], found[2]["n_lines"]) == ([], None, None)
    assert (found[3]["kind"], found[3]["kind_probability"]) == ("index", pytest.approx(0.97))
    assert (entry.pages, entry.lines, entry.failed_pages, entry.kinds) == (4, 9, 1, {"none": 2, "index": 1})


def test_the_entry_is_the_commit(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.warc.wet.gz", [PAGE])
    entry = label_file(str(source), str(tmp_path / "out"))
    files = sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert [path.parts[0] for path in files] == ["ledger", "pages"]
    about = json.loads((tmp_path / "out" / files[0]).read_bytes())
    data = (tmp_path / "out" / entry.output).read_bytes()
    assert (about["output_sha256"], about["output_size"]) == (sha256(data).hexdigest(), len(data))
    assert about["input"]["size"] == source.stat().st_size
    assert about["settings"]["model_sha256"] == sha256((linesift.shipped() / "model.json").read_bytes()).hexdigest()


def test_the_schema_is_told_in_the_file(tmp_path: Path) -> None:
    options = LabelOptions(keep=tuple(KEPT), fields=Fields(kept=("section",)))
    entry = label_file(str(wet(tmp_path / "a.wet", [PAGE])), str(tmp_path), options=options)
    schema = pq.read_schema(tmp_path / entry.output)
    assert schema.names == [*COLUMNS, *KEPT, "section"]
    assert schema.metadata[b"linesift.schema"] == str(SCHEMA).encode()
    assert schema.field("label").type == pa.list_(pa.string())
    parquet = pq.ParquetFile(tmp_path / entry.output).metadata.row_group(0).column(0)
    assert parquet.compression == "ZSTD"


def test_row_groups_end_at_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "_GROUP_PAGES", 300)
    entry = label_file(str(wet(tmp_path / "a.wet.gz", ["B a"] * 600)), str(tmp_path))
    metadata = pq.ParquetFile(tmp_path / entry.output).metadata
    sizes = [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]
    assert sizes == [384, 216]  # whole chunks of 128 pages
    assert [row["number"] for row in rows(tmp_path, entry)] == list(range(1, 601))


def test_an_input_without_pages_has_an_output_without_rows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    entry = label_file(str(tmp_path / "a.jsonl"), str(tmp_path))
    assert (entry.pages, rows(tmp_path, entry)) == (0, [])


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    source = str(wet(tmp_path / "a.wet.gz", [PAGE]))
    entry = label_file(source, str(tmp_path), options=LabelOptions(columns=("url", "label"), keep=("lines",)))
    assert rows(tmp_path, entry) == [
        {
            "url": "https://news.example/0",
            "label": ["sidebar", "headline", "timestamp", "body", "body"],
            "lines": ["Menu", "H Rain", "T 11 March 2024", "B It rained.", "B It did?"],
        }
    ]
    with pytest.raises(InputError, match="no column 'title'; there are source"):
        LabelOptions(columns=("title",))
    with pytest.raises(InputError, match="cannot keep 'url'; there are lines, text, html"):
        LabelOptions(keep=("url",))


def test_html_is_read_and_kept(tmp_path: Path) -> None:
    html = "<html><p>H Fähre</p><p>B Sie fährt.</p>"
    (tmp_path / "a.warc.gz").write_bytes(pack([html_record(0, html)]))
    entry = label_file(str(tmp_path / "a.warc.gz"), str(tmp_path), options=LabelOptions(keep=("text", "html")))
    (row,) = rows(tmp_path, entry)
    assert (row["headline"], row["text"], row["html"]) == ("H Fähre", "H Fähre\nB Sie fährt.", html)


# Kinds of input


ROWS: list[dict[str, object]] = [
    {"id": "a", "text": PAGE, "url": "https://n.example/1", "section": "world", "rank": 3, "html": None},
    {"id": "b", "text": "B only", "url": None, "section": None, "rank": 4, "html": "<p>B marked"},
]


def as_zstd(data: bytes, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.CompressedOutputStream(file, "zstd") as stream:
        stream.write(data)


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".json", ".parquet"])
def test_rows_of_any_kind_of_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"rows{suffix}"
    data = jsonl(tmp_path / "plain", ROWS).read_bytes()
    if suffix == ".json":
        path.write_text(json.dumps(ROWS))
    elif suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif suffix.endswith(".zst"):
        as_zstd(data, path)
    else:
        path.write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    options = LabelOptions(fields=Fields("text", "html", ("section", "rank")))
    first, second = rows(tmp_path, label_file(str(path), str(tmp_path), options=options))
    assert (first["number"], first["record_id"], first["url"]) == (1, "a", "https://n.example/1")
    assert (first["section"], first["rank"], first["headline"]) == ("world", "3", "H Rain")
    assert (second["number"], second["section"], second["article"]) == (2, None, "B marked")


def test_archives_packed_with_zstd(tmp_path: Path) -> None:
    as_zstd(text_record(0, PAGE) + text_record(1, BAD), tmp_path / "a.warc.zst")
    entry = label_file(str(tmp_path / "a.warc.zst"), str(tmp_path))
    assert [(row["record_id"], row["offset"]) for row in rows(tmp_path, entry)] == [
        ("urn:uuid:0", None),
        ("urn:uuid:1", None),
    ]


def cut(path: Path, share: float = 0.6) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def test_what_is_damaged_is_counted_and_the_rest_is_done(tmp_path: Path) -> None:
    broken = bytearray(pack([text_record(number, PAGE) for number in range(3)]))
    broken[len(broken) // 2] ^= 0xFF
    (tmp_path / "broken.wet.gz").write_bytes(broken)
    cut(wet(tmp_path / "cut.wet.gz", [PAGE * 3] * 4), 0.9)
    jsonl(tmp_path / "lines.jsonl", [{"text": PAGE}, {"content": PAGE}])
    with (tmp_path / "lines.jsonl").open("a") as stream:
        stream.write("{nonsense\n[]\n")
    letters = ["".join(chr(97 + byte % 26) for byte in sha256(bytes(number)).digest()) for number in range(900)]
    rows_ = jsonl(tmp_path / "x", [{"text": f"{PAGE}{word}"} for word in letters]).read_bytes()
    (tmp_path / "lines.jsonl.gz").write_bytes(gzip.compress(rows_))
    cut(tmp_path / "lines.jsonl.gz")
    as_zstd(b"".join(text_record(number, f"{PAGE}{number}" * 50) for number in range(2000)), tmp_path / "cut.wet.zst")
    cut(tmp_path / "cut.wet.zst")
    expected = {
        "broken.wet.gz": (2, {"damaged": 1}),
        "cut.wet.gz": (3, {"truncated": 1}),
        "lines.jsonl": (1, {"no_text": 1, "not_json": 2}),
    }
    for name, (pages, left_out) in expected.items():
        entry = label_file(str(tmp_path / name), str(tmp_path))
        assert (entry.pages, entry.left_out) == (pages, left_out), name
    for name, reason in {"lines.jsonl.gz": "damaged", "cut.wet.zst": "truncated"}.items():
        entry = label_file(str(tmp_path / name), str(tmp_path))
        assert (entry.pages > 0, entry.left_out) == (True, {reason: 1}), name


def test_a_file_that_gave_no_page_though_it_has_records_gets_a_warning(tmp_path: Path) -> None:
    jsonl(tmp_path / "a.jsonl", [{"id": 1, "isi": PAGE}] * 2)
    (tmp_path / "b.warc").write_bytes(record("request", 0, b"GET /", "application/http") * 3)
    (tmp_path / "c.warc").write_bytes(record("response", 0, b"HTTP/1.1 404 No\r\n\r\nx", "application/http"))
    (tmp_path / "empty.jsonl").touch()
    wet(tmp_path / "good.wet", [PAGE])
    expected = {
        "a.jsonl": "no page in 2 records (no text 2); row 1: no text in field 'text', its fields are 'id', 'isi'; "
        "skipped; name another one with --text-field",
        "b.warc": "no page in 3 records",
        "c.warc": "no page in 1 record (bad status 1)",
        "empty.jsonl": "the file holds no page",
        "good.wet": None,
    }
    for name, problem in expected.items():
        entry = label_file(str(tmp_path / name), str(tmp_path / "out"))
        assert entry.warning == (problem and f"{tmp_path / name}: {problem}")
    assert [entry.warning is None for entry in read_entries(Store(str(tmp_path / "out")))].count(True) == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
def test_a_field_to_keep_that_no_row_has_gets_a_warning(tmp_path: Path, name: str) -> None:
    jsonl(tmp_path / "a.jsonl", [{"text": "B a", "sektion": "news"}, {"text": "B b"}])
    (tmp_path / "a.json").write_bytes((tmp_path / "a.jsonl").read_bytes())
    (tmp_path / "a.csv").write_text("text,sektion\nB a,news\nB b,\n")
    pq.write_table(pa.table({"text": ["B a", "B b"], "sektion": ["news", None]}), tmp_path / "a.parquet")
    problem = "no row has field 'section', its fields are 'text', 'sektion'; name another one with --keep-fields"
    for kept, expected in {"section": f"{tmp_path / name}: {problem}", "sektion": None}.items():
        options = LabelOptions(fields=Fields(kept=(kept,)))
        entry = label_file(str(tmp_path / name), str(tmp_path / kept), options=options)
        assert (entry.pages, entry.left_out, entry.warning) == (2, {}, expected)


def test_pages_that_are_cut_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_PAGE", 60)
    long = "B It rained in the valley.\n" * 3
    archive = wet(tmp_path / "a.wet.gz", [PAGE, long, long])
    rows = jsonl(tmp_path / "a.jsonl", [{"text": long, "url": "https://news.example/1"}, {"text": PAGE}])
    cut = "longer than 60 characters; the rest is left out"
    entry = label_file(str(archive), str(tmp_path / "out"))
    assert (entry.warned_pages, entry.warning) == (2, f"{archive}: 2 pages with a warning; page 2: {cut}")
    entry = label_file(str(rows), str(tmp_path / "out"), options=LabelOptions(fields=Fields(kept=("rank",))))
    assert entry.warned_pages == 1
    assert entry.warning == (
        f"{rows}: no row has field 'rank', its fields are 'text', 'url'; name another one with --keep-fields; "
        f"{rows}: 1 page with a warning; page 1: {cut}"
    )
    assert entry in read_entries(Store(str(tmp_path / "out")))


def test_csv_that_is_cut_within_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text\n"B Rain"\n"B It')
    entry = label_file(str(tmp_path / "a.csv"), str(tmp_path))
    assert (entry.pages, entry.left_out) == (1, {"truncated": 1})


def test_a_field_of_html_that_no_row_has_gets_a_warning(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", [{"text": "B a", "html": "<p>B b"}])
    entry = label_file(str(path), str(tmp_path), options=LabelOptions(fields=Fields(html="htm")))
    problem = "no row has field 'htm', its fields are 'text', 'html'; name another one with --html-field"
    assert (entry.pages, entry.warning) == (1, f"{path}: {problem}")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.wet.gz", b"no archive", "a.wet.gz: no WARC record"),
        ("a.parquet", b"PAR1 no table", "cannot be read as Parquet"),
        ("a.html", b"<p>Rain", "for single pages use linesift classify"),
        ("missing.wet.gz", None, "no such file"),
    ],
)
def test_an_input_that_cannot_be_read_leaves_nothing(
    tmp_path: Path, name: str, data: bytes | None, reason: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=reason):
        label_file(str(tmp_path / name), str(tmp_path / "out"))
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_table_without_the_column_says_which_it_has(tmp_path: Path) -> None:
    pq.write_table(pa.table({"content": ["B a"]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="no text in field 'text', its fields are 'content'"):
        label_file(str(tmp_path / "a.parquet"), str(tmp_path))


def test_a_connection_that_breaks_is_no_short_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE] * 3)
    with pytest.raises(InputError, match="reading ended after"):
        label_file(InputFile(str(source), source.stat().st_size + 1), str(tmp_path / "out"))

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002
            raise ConnectionResetError("connection reset by peer")

    monkeypatch.setattr(reading, "open_input", lambda _: nullcontext(Broken()))
    for name in ("a.wet.gz", "a.warc.zst", "a.jsonl"):
        with pytest.raises(InputError, match=r"reading broke off \(.*reset by peer"):
            label_file(InputFile(name, 1000), str(tmp_path / "out"))
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


# Outputs


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE, BAD] * 300)
    first, second = (label_file(str(source), str(tmp_path / name)) for name in ("one", "two"))
    assert first.output_sha256 == second.output_sha256
    assert (tmp_path / "one" / first.output).read_bytes() == (tmp_path / "two" / second.output).read_bytes()


def test_an_object_store_needs_no_renaming(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE])
    here = label_file(str(source), str(tmp_path / "out"))
    there = label_file(str(source), "memory://bucket/labels")
    store = Store("memory://bucket/labels")
    assert store.names("ledger") == Store(str(tmp_path / "out")).names("ledger")
    assert store.read([there.output]) == [(tmp_path / "out" / here.output).read_bytes()]
    copied = label_file(_uploaded(source), "memory://bucket/labels")
    assert (copied.pages, copied.input.size) == (1, source.stat().st_size)


def _uploaded(path: Path) -> str:
    import fsspec

    with fsspec.open(f"memory://crawl/{path.name}", "wb") as stream:
        stream.write(path.read_bytes())
    return f"memory://crawl/{path.name}"


UPLOAD = """
import os
from linesift.engine.places import Store
with Store("memory://bucket/labels").writing("pages/half.parquet") as stream:
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="files without a name cannot be uploaded here")
def test_an_upload_leaves_nothing_on_this_machine_when_it_is_killed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", UPLOAD], env=environment(TMPDIR=str(tmp_path)), check=False)
    assert done.returncode == -9
    assert list(tmp_path.iterdir()) == []


def test_a_worker_with_other_settings_refuses(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE])
    expected = make_settings(None, LabelOptions(columns=("url",)))
    with pytest.raises(ModelError, match="the worker has other settings than the run"):
        label_file(str(source), str(tmp_path / "out"), expected=expected)


def test_a_disk_that_is_full_names_the_output(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE])
    (tmp_path / "out").touch()  # a file where a directory is wanted
    with pytest.raises(OSError, match="out") as raised:
        label_file(str(source), str(tmp_path / "out"))
    assert str(raised.value.filename).startswith(str(tmp_path / "out"))


def test_parts_of_killed_workers_go_when_the_file_is_done_again(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE])
    entry = label_file(str(source), str(tmp_path / "out"))
    (committed,) = (tmp_path / "out" / "ledger").iterdir()
    parts = [f".{entry.output.replace('/', '-')}.12", f".ledger-{committed.name}.34", ".pages-other.parquet.56"]
    for part in parts:
        (tmp_path / "out" / "parts" / part).touch()
    label_file(str(source), str(tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out" / "parts").iterdir()] == [".pages-other.parquet.56"]


def test_two_workers_may_do_the_same_file(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    with store.writing("pages/a") as late:
        late.write(b"same")
        store.write("pages/a", b"same")  # removes the part of the other
    assert (tmp_path / "pages" / "a").read_bytes() == b"same"


def test_lone_surrogates_do_not_end_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "H a\\ud83d\\nB b", "url": "\\udc00"}\n')
    entry = label_file(str(tmp_path / "a.jsonl"), str(tmp_path), options=LabelOptions(keep=("text", "lines")))
    (row,) = rows(tmp_path, entry)
    assert (row["headline"], row["url"], row["lines"]) == ("H a\ufffd", "\ufffd", ["H a\ufffd", "B b"])


def test_what_is_known_of_an_input(tmp_path: Path) -> None:
    source = wet(tmp_path / "a.wet.gz", [PAGE])
    found = describe(str(source))
    assert (found.name, found.size) == (str(source), source.stat().st_size)
    assert describe(_uploaded(source)).size == found.size
    with pytest.raises(InputError, match="no such file"):
        describe("memory://nowhere/a.wet.gz")
    with pytest.raises(InputError, match="no such kind of address"):
        describe("nonsense://a")


@pytest.mark.parametrize(
    ("address", "package"),
    [("s3://bucket/a.warc.gz", "s3fs"), ("gs://bucket/a.warc.gz", "gcsfs"), ("https://a.example/a.warc.gz", "aiohttp")],
)
def test_an_address_whose_package_is_missing_has_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, address: str, package: str
) -> None:
    from fsspec.registry import _registry

    protocol = address.partition("://")[0]
    monkeypatch.delitem(_registry, protocol, raising=False)
    monkeypatch.delitem(sys.modules, "fsspec.implementations.http", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as raised:
        Store(address)
    assert str(raised.value).startswith(
        f"{address}: an address of {protocol} needs {package}, which is not installed: "
    )
    assert str(raised.value).endswith(f" -m pip install {package}")
