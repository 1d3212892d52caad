"""Every output as JSON is as `docs/output.schema.json` says, whose names are all used."""

import json
from pathlib import Path

import jsonschema
import pytest

import linesift
from commandline import Run, runner

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "docs" / "output.schema.json").read_text("utf-8"))
HTML = "<!doctype html><h1>Ferry returns</h1><p>The ferry sailed on Monday, the harbour office said.</p>"
LIVE = "Storm: live\n" + "".join(f"{hour:02}:15\nTrees fell across the road to the harbour.\n" for hour in range(9, 15))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with pages of every kind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_bytes((ROOT / "data" / "sample.txt").read_bytes())
    (tmp_path / "page.html").write_text(HTML)
    (tmp_path / "live.txt").write_text(LIVE)
    (tmp_path / "empty.txt").touch()
    row = {"id": 7, "text": "Rain returns", "url": "https://n.example/1", "date": "2024-06-14", "topic": ["rain"]}
    (tmp_path / "pages.jsonl").write_text(json.dumps(row))
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    (tmp_path / "crawl.warc").write_text(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: https://n.example/2\r\n"
        "WARC-Date: 2024-06-14T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(head + HTML)}\r\n\r\n{head}{HTML}\r\n\r\n",
        newline="",
    )
    return tmp_path


def check(pages: list[dict[str, object]], name: str) -> None:
    validator = jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{name}"})
    for page in pages:
        validator.validate(page)
        jsonschema.Draft202012Validator(SCHEMA).validate(page)


FILES = ("page.txt", "page.html", "live.txt", "empty.txt", "pages.jsonl", "crawl.warc")


@pytest.mark.usefixtures("folder")
def test_outputs_are_as_the_schema_says(run: Run) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = {}
    for name, options in (("jsonl", ["--hints", "--explain"]), ("json", [])):
        result = run("classify", *FILES, "--format", name, "--keep-fields", "topic", *options)
        assert result.code == 0, result.err
        found[name] = [json.loads(line) for line in result.out.splitlines()]
        check(found[name], name)
        assert set().union(*found[name]) == {
            *SCHEMA["$defs"]["page"]["properties"],
            *SCHEMA["$defs"][name]["properties"],
        }
    heads = [
        [{key: page.get(key) for key in SCHEMA["$defs"]["page"]["properties"]} for page in found[name]]
        for name in found
    ]
    assert heads[0] == heads[1], "what both have is the same"
    assert set(found["jsonl"][1]["lines"][0]) == set(SCHEMA["$defs"]["line"]["properties"])


@pytest.mark.usefixtures("folder")
def test_what_a_row_and_an_archive_say_of_a_page(run: Run) -> None:
    empty, row, record = map(
        json.loads, run("classify", *FILES[3:], "-f", "json", "--keep-fields", "topic").out.splitlines()
    )
    assert (empty["kind"], empty["kind_probability"]) == (None, None)
    assert (empty["published"], empty["published_partial"]) == (None, None)
    assert (row["path"], row["id"], row["kept"]) == ("pages.jsonl:1", "7", {"topic": ["rain"]})
    assert (row["url"], row["date"]) == ("https://n.example/1", "2024-06-14")
    assert (record["path"], record["archive"], record["offset"]) == ("https://n.example/2", "crawl.warc", 0)
    assert (record["id"], record["date"]) == ("urn:uuid:1", "2024-06-14T10:00:00Z")
    assert run("classify", "crawl.warc", "-f", "tsv").out.startswith("https://n.example/2\t1\t")
    assert (
        "--keep-fields needs --format jsonl or json"
        in run("classify", "pages.jsonl", "--keep-fields", "x", "-f", "tsv").err
    )


def test_a_page_without_an_address_is_called_by_its_place(run: Run, folder: Path) -> None:
    data = (folder / "crawl.warc").read_bytes().replace(b"WARC-Target-URI: https://n.example/2\r\n", b"")
    (folder / "crawl.warc").write_bytes(data)
    assert json.loads(run("classify", "crawl.warc").out)["path"] == "crawl.warc:0"


def test_representations_are_one_short_line() -> None:
    model = linesift.load()
    page = linesift.classify_html(f"{HTML}{'<p>x y</p>' * 99}")
    for thing in (model, page, page.page, linesift.classify(LIVE), linesift.classify("")):
        assert "\n" not in repr(thing)
        assert len(repr(thing)) < 200
    assert repr(page.page) == "Page('Ferry returns\\nThe ferry sailed on Monday…', source='', HTML, 101 lines)"
    assert repr(model) == "Model(text, HTML, kinds)"
