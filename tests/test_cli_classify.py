"""`linesift classify` as its user meets it: output, messages, exit codes."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import fakes
import linesift
from commandline import Result, Run, environment, runner
from linesift import cli
from linesift.cli.chunks import CHUNK_PAGES

PAGE = "Menu\n\nH Rain\nT 11 March\nB It rained?\n"
TSV = (
    "1\tsidebar\t0.9100\tMenu\n"
    "3\theadline\t0.9100\tH Rain\n"
    "4\ttimestamp\t0.9100\tT 11 March\n"
    "5\tbody\t0.5500\tB It rained?\n"
)
ARTICLE = "H Rain\n\nT 11 March\n\nB It rained?\n"

ROOT = Path(__file__).parent.parent
PROGRAM = [sys.executable, "-c", "import linesift.cli, fakes; linesift.load = fakes.load; linesift.cli.main()"]
"""`linesift` with the fake model, in a process of its own."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(linesift, "load", fakes.load)

    run_linesift = runner(monkeypatch, capsys)

    def run_here(*arguments: object, given: bytes = b"", program: Callable[[], None] = cli.main) -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        command = ["classify"] if program is cli.main else []
        return run_linesift(*command, *arguments, program=program)

    return run_here


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two pages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(PAGE)
    (tmp_path / "other.txt").write_text("B Only this\n")
    return tmp_path


# What it prints


@pytest.mark.parametrize("program", [cli.main, cli.classify_main])
@pytest.mark.usefixtures("folder")
def test_tsv_in_a_pipe(run: Run, program: Callable[[], None]) -> None:
    assert run("page.txt", program=program) == Result(0, TSV, "")


@pytest.mark.usefixtures("folder")
def test_standard_input(run: Run) -> None:
    assert run("-", given=PAGE.encode()) == Result(0, TSV, "")
    assert json.loads(run("-", "--format", "jsonl", given=b"B x").out)["path"] == "-"


@pytest.mark.usefixtures("folder")
def test_several_pages_carry_their_paths_in_the_order_given(run: Run) -> None:
    both = "page.txt\t" + TSV.replace("\n", "\npage.txt\t", 3) + "other.txt\t1\tbody\t0.9100\tB Only this\n"
    assert run("page.txt", "other.txt") == Result(0, both, "")
    assert run("page.txt", "other.txt", "--no-path").out == TSV + "1\tbody\t0.9100\tB Only this\n"
    assert run("other.txt", "--path").out == "other.txt\t1\tbody\t0.9100\tB Only this\n"


def test_a_directory_carries_paths_even_with_one_page(run: Run, folder: Path) -> None:
    (folder / "pages").mkdir()
    (folder / "pages" / "a.txt").write_text("B x")
    assert run("pages").out == f"{Path('pages/a.txt')}\t1\tbody\t0.9100\tB x\n"


@pytest.mark.usefixtures("folder")
def test_jsonl(run: Run) -> None:
    result = run("page.txt", "other.txt", "--format", "jsonl")
    first, second = map(json.loads, result.out.splitlines())
    assert first["path"] == "page.txt"
    assert first["lines"][-1] == {"line": 5, "label": "body", "probability": 0.55, "text": "B It rained?"}
    assert second == {
        "path": "other.txt",
        "kind": None,
        "kind_probability": None,
        "lines": [{"line": 1, "label": "body", "probability": 0.91, "text": "B Only this"}],
    }


@pytest.mark.parametrize("shape", ["article", "markdown"])
def test_a_page_without_an_article_gives_none_and_says_so(run: Run, tmp_path: Path, shape: str) -> None:
    (tmp_path / "list.txt").write_text("index page\nH Rain\nB It rained.\n", "utf-8")
    message = f"linesift: {tmp_path / 'list.txt'}: the page has no article (98 % sure; kind: index)\n"
    assert run(tmp_path / "list.txt", "--format", shape) == Result(0, "", message)
    assert run(tmp_path / "list.txt", "--format", "tsv").out.count("\tsidebar\t") == 3


def test_where_no_kind_is_the_reason_none_is_given(run: Run, tmp_path: Path) -> None:
    (tmp_path / "menu.txt").write_text("Home\nContact\n", "utf-8")
    message = f"linesift: {tmp_path / 'menu.txt'}: the page has no article\n"
    assert run(tmp_path / "menu.txt", "--format", "article") == Result(0, "", message)


@pytest.mark.usefixtures("folder")
def test_article(run: Run) -> None:
    assert run("page.txt", "--format", "article") == Result(0, ARTICLE, "")
    both = f"==> page.txt <==\n{ARTICLE}\n==> other.txt <==\nB Only this\n"
    assert run("page.txt", "other.txt", "--format", "article").out == both
    assert run("page.txt", "other.txt", "--format", "article", "--no-path").out == ARTICLE + "\nB Only this\n"


@pytest.mark.usefixtures("folder")
def test_json(run: Run) -> None:
    result = run("page.txt", "other.txt", "--format", "json")
    found = [json.loads(line) for line in result.out.splitlines()]
    assert [page["path"] for page in found] == ["page.txt", "other.txt"]
    assert found[0]["headline"] == "H Rain"
    assert found[0]["body"] == [{"kind": "paragraph", "text": "B It rained?"}]
    assert found[0]["text"] == ARTICLE.rstrip("\n")
    assert found[0]["published"] is None
    assert found[0]["published_raw"] == "T 11 March"
    assert found[0]["line_numbers"] == {"headline": [3], "published": [], "updated": [], "body": [5]}
    assert found[0]["confidence"] == {"headline": 0.91, "published": None, "body": 0.55}
    assert found[0]["problems"]


@pytest.mark.parametrize(("now", "day"), [("2024-06-15", "2024-03-11"), ("2024-02-01T09:20+01:00", "2023-03-11")])
@pytest.mark.usefixtures("folder")
def test_json_with_now(run: Run, now: str, day: str) -> None:
    found = json.loads(run("page.txt", "--format", "json", "--now", now).out)
    assert (found["published"], found["problems"]) == (day, [])


@pytest.mark.parametrize("now", ["9999-12-31", "0001-01-01"])
@pytest.mark.usefixtures("folder")
def test_json_at_the_limits_of_the_calendar(run: Run, now: str) -> None:
    result = run("page.txt", "--format", "json", "--now", now)
    assert result.code == 0
    assert json.loads(result.out)["published"] is None


@pytest.mark.usefixtures("folder")
def test_pretty_with_a_summary_on_stderr(run: Run) -> None:
    result = run("page.txt", "other.txt", "--format", "pretty")
    assert result.out.startswith("==> page.txt <==\n1  sidebar     91%  Menu\n3  headline")
    assert "\n\n==> other.txt <==\n1  body        91%  B Only this\n" in result.out
    assert result.err == "2 pages, 5 lines: 1 headline, 2 body, 1 timestamp, 1 sidebar; 1 in doubt (?)\n"
    assert "\x1b[" in run("page.txt", "--format", "pretty", "--color").out


def test_hints(run: Run, folder: Path) -> None:
    (folder / "page.html").write_text("<main><h1>H Rain</h1></main>")
    written = json.loads(run("page.html", "--format", "jsonl", "--hints").out)
    assert written["lines"][0]["hints"]["tag"] == "h1"
    assert written["lines"][0]["hints"]["ancestors"] == ["main", "h1"]
    failed = run("page.html", "--format", "tsv", "--hints")
    assert (failed.code, failed.out) == (2, "")
    assert failed.err == "linesift: --hints needs --format jsonl; other formats do not show hints\n"


@pytest.mark.parametrize("shape", ["pretty", "tsv", "jsonl", "article"])
@pytest.mark.usefixtures("folder")
def test_label_filters_every_format(run: Run, shape: str) -> None:
    out = run("page.txt", "--format", shape, "--label", "body", "--label", "timestamp").out
    assert "T 11 March" in out
    assert "B It rained?" in out
    assert "H Rain" not in out
    assert "Menu" not in out


@pytest.mark.usefixtures("folder")
def test_model_is_handed_on(run: Run) -> None:
    assert run("page.txt", "--model", "models/fake").out == TSV


def test_more_pages_than_a_batch(run: Run, folder: Path) -> None:
    names = [f"{number:03}.txt" for number in range(2 * CHUNK_PAGES + 3)]
    for name in names:
        (folder / name).write_text(f"B {name}")
    (folder / names[CHUNK_PAGES]).unlink()
    result = run(*names)
    names.pop(CHUNK_PAGES)
    assert [line.split("\t")[0] for line in result.out.splitlines()] == names
    assert (result.code, result.err) == (1, f"linesift: {CHUNK_PAGES:03}.txt: no such file\n")


# Bad input


def test_missing_file_and_the_other_pages_are_done(run: Run, folder: Path) -> None:
    assert run("none.txt", "page.txt", "--no-path") == Result(1, TSV, "linesift: none.txt: no such file\n")
    assert run("none.txt") == Result(2, "", "linesift: none.txt: no such file\n")
    (folder / "no\nlines.txt").mkdir()
    formats = "*.txt, *.html, *.htm, *.xhtml, *.mhtml, *.mht, *.warc, *.wet, or one of these compressed"
    assert (
        run("no\nlines.txt").err
        == f"linesift: no lines.txt: no pages ({formats}) in this directory; name other files one by one\n"
    )


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("https://n.example/a?b=1", "download it first: curl -LO 'https://n.example/a?b=1'"),
        ("s3://crawl/a.warc.gz", "download it first: aws s3 cp s3://crawl/a.warc.gz ."),
        ("hdfs://crawl/a.jsonl", "download it first"),
        ("file:///pages/a.txt", "give the path alone: /pages/a.txt"),
    ],
)
def test_an_address_in_place_of_a_path(run: Run, address: str, message: str) -> None:
    what = "path" if address.startswith("file") else "file"
    assert run(address) == Result(2, "", f"linesift: {address}: this is an address, not a {what}; {message}\n")


@pytest.mark.usefixtures("folder")
def test_html_without_its_parser_and_the_texts_are_done(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    for name in ("a.html", "b.html", "c.html"):
        (folder / name).write_text("<p>B x")
    result = run("a.html", "page.txt", "b.html", "c.html", "--no-path")
    assert (result.code, result.out) == (1, TSV)
    first, rest = result.err.splitlines()
    assert first.startswith("linesift: a.html: reading HTML needs selectolax, which is not installed: ")
    assert rest == "linesift: 2 more pages: not read, for the same reason: they are HTML"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python reads zstd itself")
def test_an_archive_without_its_unpacker_and_the_other_pages_are_done(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "backports", None)
    (folder / "crawl.warc.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    for given in (["crawl.warc.zst", "page.txt"], ["."]):
        result = run(*given, "--no-path", "--format", "tsv")
        assert result.code == 1
        assert result.out.endswith(TSV)
        assert result.err.startswith("linesift: crawl.warc.zst: reading zstd needs backports.zstd, which is not")
        assert result.err.count("\n") == 1


def test_directory_without_pages(run: Run, folder: Path) -> None:
    (folder / "empty").mkdir()
    formats = "*.txt, *.html, *.htm, *.xhtml, *.mhtml, *.mht, *.warc, *.wet, or one of these compressed"
    message = f"linesift: empty: no pages ({formats}) in this directory; name other files one by one\n"
    assert run("empty") == Result(2, "", message)
    assert run("empty", "page.txt", "--no-path") == Result(1, TSV, message)


@pytest.mark.parametrize("data", [b"", b"\n \r\n"])
def test_empty_page(run: Run, data: bytes) -> None:
    assert run("-", given=data) == Result(0, "", "linesift: warning: -: the page is empty\n")
    empty: dict[str, object] = {"path": "-", "kind": None, "kind_probability": None, "lines": []}
    assert json.loads(run("-", "--format", "jsonl", given=data).out) == empty
    assert run("-", "--format", "article", given=data).out == ""


def test_one_line_of_ten_million_characters(run: Run) -> None:
    result = run("-", given=b"B " + b"x" * 9_999_998)
    assert result.code == 0
    assert result.err.startswith("linesift: warning: -: all its text is on one line")
    assert len(result.out) == len("1\tbody\t0.9100\tB \n") + 9_999_998


def test_many_lines(run: Run) -> None:
    # The model's own tests take a million; here the loop around it is looked at.
    result = run("-", "--label", "body", given=b"B x\nMenu\n" * 20_000)
    assert (result.code, result.err, result.out.count("\n")) == (0, "", 20_000)
    assert result.out.endswith("39999\tbody\t0.9100\tB x\n")


def test_nul_bytes_are_kept(run: Run) -> None:
    assert json.loads(run("-", "--format", "jsonl", given=b"B a\0b").out)["lines"][0]["text"] == "B a\0b"
    assert run("-", given=b"B a\0b").out == "1\tbody\t0.9100\tB a b\n"


def test_invalid_utf8_is_decoded_with_a_warning(run: Run, folder: Path) -> None:
    (folder / "page.txt").write_bytes(b"B caf\xe9")
    result = run("page.txt")
    assert (result.code, result.out) == (0, "1\tbody\t0.9100\tB caf\ufffd\n")
    assert re.fullmatch(r"linesift: warning: page\.txt: line 1 is not valid utf-8.* --encoding\n", result.err)
    assert run("page.txt", "--encoding", "latin-1") == Result(0, "1\tbody\t0.9100\tB café\n", "")


@pytest.mark.usefixtures("folder")
def test_unknown_encoding(run: Run) -> None:
    result = run("page.txt", "--encoding", "nonsense")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("linesift: unknown encoding 'nonsense'")


def test_byte_order_mark_and_carriage_returns(run: Run) -> None:
    assert run("-", given=PAGE.replace("\n", "\r\n").encode("utf-8-sig")) == Result(0, TSV, "")
    assert run("-", "--format", "pretty", given=b"B x\r\n").out == "1  body        91%  B x\n"


@pytest.mark.parametrize("shape", ["pretty", "tsv", "jsonl", "json", "article"])
def test_lone_surrogates(run: Run, shape: str) -> None:
    result = run("-", "--format", shape, given="B half \ud83d".encode("utf-8", "surrogatepass"))
    assert result.code == 0
    assert ("\\ud83d" if shape in ("jsonl", "json") else "B half \ufffd") in result.out


def test_binary_is_refused_and_the_other_pages_are_done(run: Run, folder: Path) -> None:
    (folder / "x.txt").write_bytes(b"%PDF-1.7\n")
    message = "linesift: x.txt: this is a PDF document, not text; give its text instead\n"
    assert run("x.txt", "page.txt", "--no-path") == Result(1, TSV, message)


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "not JSON"])
def test_broken_model_directory(run: Run, folder: Path, text: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    (folder / "broken").mkdir()
    if text is not None:
        (folder / "broken" / "model.json").write_text(text)
    result = run(folder / "page.txt", "--model", folder / "broken")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("linesift: ")
    assert "broken" in result.err


@pytest.mark.usefixtures("folder")
def test_error_of_the_model_is_one_line(run: Run) -> None:
    result = run("page.txt", "--model", "models/broken")
    message = "no model.json in this directory; name a model directory or train one"
    assert result == Result(2, "", f"linesift: {Path('models/broken')}: {message}\n")


def test_a_page_that_the_model_fails_on(run: Run, folder: Path) -> None:
    (folder / "bad.txt").write_text("unclassifiable")
    message = "linesift: bad.txt: not classified (ArithmeticError: as the test asked)\n"
    assert run("bad.txt", "page.txt", "--no-path") == Result(1, TSV, message)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["page.txt", "--format", "html"],
        ["page.txt", "--label", "text"],
        ["page.txt", "--nonsense"],
        ["page.txt", "--format", "article", "--label", "sidebar"],
        ["page.txt", "--format", "json", "--label", "body"],
        ["page.txt", "--format", "tsv", "--now", "2024-06-15"],
        ["page.txt", "--format", "json", "--now", "noon"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_misuse(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err


# Many pages in one file


LINES = '{"text": "H Rain\\nB It rained."}\nno\n{"url": "https://n.example/2", "text": "B Sun"}\n'


@pytest.mark.parametrize("name", ["pages.jsonl", "pages.ndjson.gz", "-"])
def test_json_lines(run: Run, folder: Path, name: str) -> None:
    data = gzip.compress(LINES.encode()) if name.endswith(".gz") else LINES.encode()
    if name != "-":
        (folder / name).write_bytes(data)
    result = run(name, given=data)
    first, second = map(json.loads, result.out.splitlines())
    assert (first["path"], [line["text"] for line in first["lines"]]) == (f"{name}:1", ["H Rain", "B It rained."])
    assert (second["path"], second["url"]) == (f"{name}:3", "https://n.example/2")
    assert (result.code, result.err) == (
        1,
        f"linesift: {name}:2: not JSON (expecting value, column 1); skipped\n"
        f"linesift: {name}: 2 pages; skipped: 1 line\n",
    )
    assert run(name, "--format", "tsv", given=data).out.startswith(f"{name}:1\t1\theadline\t0.9100\tH Rain\n")


def test_json_lines_with_other_fields(run: Run, folder: Path) -> None:
    (folder / "pages.jsonl").write_text('{"content": "B Sun", "raw": "<p>B Fog</p>"}\n{"content": "B Rain"}\n')
    assert "B Sun" in run("pages.jsonl", "--text-field", "content").out
    both = run("pages.jsonl", "--text-field", "content", "--html-field", "raw", "--format", "tsv", "--no-path")
    assert both == Result(0, "1\tbody\t0.9100\tB Fog\n1\tbody\t0.9100\tB Rain\n", "")


def test_empty_pages_of_rows_are_told(run: Run, folder: Path) -> None:
    (folder / "pages.jsonl").write_text('{"text": "B Rain"}\n{"text": " "}\n' + '{"text": ""}\n' * 30)
    result = run("pages.jsonl", "--format", "tsv")
    first, *_, last = result.err.splitlines()
    assert (result.code, first) == (0, "linesift: warning: pages.jsonl:2: the page is empty")
    assert last == "linesift: 11 more pages: with warnings like these"


def test_of_many_bad_lines_the_first_are_reported_and_all_are_counted(run: Run, folder: Path) -> None:
    (folder / "pages.jsonl").write_text("no\n" * 250)
    result = run("pages.jsonl")
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 101)
    assert result.err.endswith("linesift: pages.jsonl: 0 pages; skipped: 250 lines\n")


PEAK = """
import pathlib, re, sys, linesift.cli, fakes
linesift.load = fakes.load
try:
    linesift.cli.main()
finally:  # not ru_maxrss, which begins with what the parent had
    print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
"""`linesift` with the fake model; its last line on standard error is its largest memory in kB (Linux)."""


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
@pytest.mark.parametrize("form", ["jsonl", "wet"])
def test_memory_does_not_grow_with_a_stream(form: str) -> None:
    text = "B It rained on the parish. " * 7_000

    def peak(n_pages: int) -> int:
        head = "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n"
        wet = f"{head}Content-Length: {len(text)}\r\n\r\n{text}\r\n\r\n"
        page = f'{{"text": "{text}"}}\n' if form == "jsonl" else wet
        with subprocess.Popen(
            [sys.executable, "-c", PEAK, "classify", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(),
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stderr is not None
            for _ in range(n_pages):
                process.stdin.write(page.encode())
            process.stdin.close()
            return 1024 * int(process.stderr.read().split()[-1])

    n_pages = 50
    assert peak(10 * n_pages) - peak(n_pages) < 9 * n_pages * len(text) / 4


@pytest.mark.usefixtures("folder")
def test_pages_are_written_while_others_are_still_to_come() -> None:
    """A stream that has not ended: what is complete is out, so nobody waits and nothing heaps up."""
    page = json.dumps({"text": "B It rained.\n" + "Menu\n" * 200}) + "\n"
    with subprocess.Popen(
        [*PROGRAM, "classify", "-", "--format", "tsv", "--label", "body"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(page.encode() * 600)
        process.stdin.flush()
        assert process.stdout.readline() == b"-:1\t1\tbody\t0.9100\tB It rained.\n"
        process.stdin.close()
        assert len(process.stdout.read().splitlines()) == 599


# Where it prints


def test_output_file(run: Run, folder: Path) -> None:
    assert run("page.txt", "--output", "out.tsv") == Result(0, "", "")
    assert (folder / "out.tsv").read_text() == TSV
    assert run("page.txt", "-o", "out.jsonl").code == 0
    assert json.loads((folder / "out.jsonl").read_text())["path"] == "page.txt"
    assert sorted(path.name for path in folder.iterdir()) == ["other.txt", "out.jsonl", "out.tsv", "page.txt"]


@pytest.mark.parametrize(
    ("name", "form"),
    [("o.TSV", "tsv"), ("o.ndjson", "jsonl"), ("o.json", "json"), ("o.md", "markdown"), ("o.txt", "tsv"), ("o", "tsv")],
)
def test_the_ending_of_the_output_chooses_the_format(run: Run, folder: Path, name: str, form: str) -> None:
    assert run("page.txt", "--output", name) == Result(0, "", "")
    assert (folder / name).read_text() == run("page.txt", "--format", form).out


def test_the_ending_of_the_output_counts_for_tables_and_less_than_the_option(run: Run, folder: Path) -> None:
    (folder / "pages.jsonl").write_text('{"text": "B Rain"}\n')
    run("pages.jsonl", "-o", "o.tsv")
    assert (folder / "o.tsv").read_text() == "pages.jsonl:1\t1\tbody\t0.9100\tB Rain\n"
    run("page.txt", "-o", "o.csv", "--format", "tsv")
    assert (folder / "o.csv").read_text() == TSV
    assert run("page.txt", "-o", "o.json", "--now", "2024-06-14").code == 0  # which is for json alone


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("o.csv", "name it .tsv"),
        ("o.html", "linesift report writes HTML"),
        ("o.parquet", "linesift batch writes Parquet"),
        ("o.jsonl.gz", "pipe that into"),
    ],
)
def test_an_ending_that_no_format_has_is_refused(run: Run, folder: Path, name: str, advice: str) -> None:
    result = run("page.txt", "-o", name)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert result.err.startswith(f"linesift: --output {name}: no format is {Path(name).suffix}; ")
    assert advice in result.err
    assert not (folder / name).exists()


def test_output_dash_is_standard_output(run: Run, folder: Path) -> None:
    assert run("page.txt", "--output", "-") == Result(0, TSV, "")
    assert not (folder / "-").exists()


def test_output_file_is_left_alone_where_every_page_failed(run: Run, folder: Path) -> None:
    (folder / "out.tsv").write_text("old")
    (folder / "other.txt").write_bytes(b"%PDF-1.7")
    assert run("other.txt", "--output", "out.tsv").code == 1
    assert run("none.txt", "--output", "out.tsv").code == 2
    assert (folder / "out.tsv").read_text() == "old"
    assert run("none.txt", "page.txt", "--no-path", "--output", "out.tsv").code == 1
    assert (folder / "out.tsv").read_text() == TSV


def test_output_file_keeps_its_mode(run: Run, folder: Path) -> None:
    (folder / "out.tsv").touch()
    (folder / "out.tsv").chmod(0o640)
    assert run("page.txt", "--output", "out.tsv").code == 0
    assert (folder / "out.tsv").read_text() == TSV
    assert (folder / "out.tsv").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ("--output none/out.tsv", "make its directory first"),
        ("--output .", "name a file in it"),
        ("--output page.txt/out.tsv", "name a directory before the last /"),
        ("--output-dir page.txt", "name a directory"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_unwritable_output(run: Run, arguments: str, advice: str) -> None:
    result = run("page.txt", *arguments.split())
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith(f"linesift: {Path(arguments.split()[1])}: cannot write (")
    assert result.err.endswith(f"); {advice}\n")


def test_interrupted_output_leaves_the_old_file(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (folder / "out.tsv").write_text("old")
    monkeypatch.setattr(fakes.FakeModel, "classify_batch", interrupt)
    assert run("page.txt", "--output", "out.tsv") == Result(130, "", "linesift: interrupted\n")
    assert (folder / "out.tsv").read_text() == "old"
    assert len(list(folder.iterdir())) == 3


def test_module_as_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "linesift", "--version"], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == f"linesift {linesift.__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.usefixtures("folder")
def test_full_disk(run: Run) -> None:
    message = "linesift: /dev/full: cannot write (no space left on device)\n"
    assert run("page.txt", "--output", "/dev/full") == Result(2, "", message)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "classify", "page.txt"], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        b"linesift: standard output: cannot write (no space left on device)\n",
    )


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently")
def test_reader_that_goes_away(folder: Path) -> None:
    (folder / "page.txt").write_text("B a line of the page\n" * 50_000)
    with subprocess.Popen(
        [*PROGRAM, "classify", "page.txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.usefixtures("folder")
def test_pipes_are_utf8_whatever_the_locale_and_consoles_never_fail() -> None:
    def out(**more: str) -> bytes:
        return subprocess.run(
            [*PROGRAM, "classify", "-"],
            input="B 東京 é".encode(),
            capture_output=True,
            env=environment(**more),
            check=True,
        ).stdout

    assert out(LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0") == "1\tbody\t0.9100\tB 東京 é\n".encode()
    assert out(PYTHONIOENCODING="cp1252") == "1\tbody\t0.9100\tB ?? é\n".encode("cp1252")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("no_color", ["", "1"])
def test_terminal_gets_pretty_lines_that_fit(no_color: str) -> None:
    import pty

    ours, theirs = pty.openpty()
    Path("page.txt").write_text("B " + "rain " * 100)
    more = {"NO_COLOR": no_color, "TERM": "xterm", "COLUMNS": "50", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [*PROGRAM, "classify", "page.txt"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment(**more),
        check=True,
    )
    os.close(theirs)
    out = os.read(ours, 4096).decode()
    os.close(ours)
    assert re.sub(r"\x1b\[\d+m", "", out) == f"1  body        91%  {('B ' + 'rain ' * 100)[:29]}…\r\n"
    assert ("\x1b[32mbody" in out) == (not no_color)
    assert done.stderr == b"1 line: 0 headline, 1 body, 0 timestamp, 0 sidebar\n"


# How it starts


def loaded(*arguments: str) -> tuple[int, set[str]]:
    """Exit code, and modules loaded, of a call in a process of its own; without those that every Python has loaded."""
    script = (
        "import sys; before = set(sys.modules); import atexit; "
        "atexit.register(lambda: print(*set(sys.modules) - before, file=sys.stderr)); "
        "from linesift.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, env=environment(), check=False
    )
    return done.returncode, set(done.stderr.splitlines()[-1].split())


def packages(modules: set[str]) -> set[str]:
    """Packages that the modules are of, the standard library left out."""
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names


SLOW_TO_LOAD = {
    "asyncio", "concurrent.futures", "email", "gzip", "http", "importlib.metadata", "importlib.resources",
    "multiprocessing", "tempfile", "unittest", "xml",
}  # fmt: skip
"""Of the standard library; each takes a hundredth of the whole or more, and nothing of it is needed for a page."""


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--help"], 0), (["classify", "--help"], 0), (["classify", "x", "--label", "text"], 2)]
)
def test_help_and_misuse_do_not_wait_for_numpy(arguments: list[str], code: int) -> None:
    returned, modules = loaded(*arguments)
    assert returned == code
    assert not packages(modules) & {"numpy", "rich", "sklearn", "datasets", "selectolax"}


@pytest.mark.usefixtures("folder")
def test_classify_of_a_page_loads_numpy_and_nothing_else() -> None:
    code, modules = loaded("classify", "page.txt")
    assert code == 0
    assert packages(modules) == {"linesift", "numpy"}
    assert not modules & SLOW_TO_LOAD
    rooms = {name for name in modules if name.startswith("linesift.")}
    assert not {name for name in rooms if name.startswith("linesift.train")}
    assert not rooms & {"linesift.cli.app", "linesift.read.warc", "linesift.read.html.page", "linesift.write.markdown"}


@pytest.mark.usefixtures("folder")
def test_options_bring_typer_and_what_it_needs() -> None:
    code, modules = loaded("classify", "page.txt", "--format", "tsv")
    assert code == 0
    assert {"numpy", "typer"} <= packages(modules)
    assert not packages(modules) & {"rich", "sklearn", "scipy", "datasets", "joblib", "resiliparse", "selectolax"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("pages", [["page.txt"], ["page.txt", "other.txt"], ["-"], ["none.txt"], ["page.txt", "none"]])
def test_names_alone_do_what_they_do_with_options(run: Run, pages: list[str]) -> None:
    assert run(*pages, given=b"B x") == run(*pages, "--jobs", 1, given=b"B x")


@pytest.mark.parametrize("program", [cli.main, cli.classify_main])
def test_help_shows_examples(run: Run, program: Callable[[], None]) -> None:
    result = run("--help", program=program)
    assert result.code == 0
    assert "linesift classify page.txt\n" in result.out
    assert "--encoding" in result.out


# One output for each file


def test_a_directory_of_outputs(run: Run, folder: Path) -> None:
    (folder / "in" / "deep").mkdir(parents=True)
    (folder / "page.txt").rename(folder / "in" / "deep" / "page.txt")
    (folder / "in" / "bad.txt").write_bytes(b"\x00\x01\x02" * 99)
    (folder / "rows.jsonl").write_text('{"text": "B one"}\n{"text": "B two"}\n')
    result = run("in", "other.txt", "--output-dir", "out", "--format", "tsv")
    assert (result.code, result.out) == (1, "")
    written = {path.relative_to("out").as_posix(): path.read_text() for path in Path("out").rglob("*.*")}
    assert written == {"deep/page.txt.tsv": TSV, "other.txt.tsv": "1\tbody\t0.9100\tB Only this\n"}
    assert run("rows.jsonl", "other.txt", "--output-dir", "out").code == 0
    assert len(Path("out/rows.jsonl.jsonl").read_text().splitlines()) == 2
    assert len(Path("out/other.txt.jsonl").read_text().splitlines()) == 1


def test_outputs_of_more_files_than_one_chunk(run: Run, folder: Path) -> None:
    for number in range(CHUNK_PAGES + 3):
        (folder / f"{number}.txt").write_text(f"B {number}\n")
    run(*sorted(folder.glob("*.txt")), "--output-dir", "one")
    outputs = {path.name: path.read_text() for path in Path("one").iterdir()}
    assert len(outputs) == CHUNK_PAGES + 5
    assert outputs["7.txt.tsv"] == "1\tbody\t0.9100\tB 7\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["page.txt", "--output-dir", "out", "--output", "x"], "leave out one of them"),
        (["-", "--output-dir", "out"], "standard input has no name"),
        (["a/page.txt", "b/page.txt", "--output-dir", "out"], "is the output of a/page.txt and of b/page.txt"),
        (["page.txt", "page.txt.tsv", "--output-dir", ".", "--format", "tsv"], "is read too, and would be lost"),
        ([".", "--output-dir", "out", "--format", "article"], "are read, so this one would be, too"),
    ],
)
def test_a_directory_of_outputs_that_cannot_be(run: Run, folder: Path, words: list[str], reason: str) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "page.txt").write_text(PAGE)
    (folder / "page.txt.tsv").write_text("text\nB kept\n")
    result = run(*words)
    assert result.code == 2
    assert reason in result.err
    assert (folder / "page.txt.tsv").read_text() == "text\nB kept\n"


@pytest.mark.parametrize(
    "options", [["--keep-fields", "topic, rank"], ["--keep-fields", "topic", "--keep-fields", "rank"]]
)
def test_both_names_of_the_fields_to_keep(run: Run, folder: Path, options: list[str]) -> None:
    (folder / "kept.jsonl").write_text('{"text": "Rain", "topic": "weather", "rank": 3, "other": 1}\n')
    page = json.loads(run("kept.jsonl", "--format", "jsonl", *options).out)
    assert page["kept"] == {"topic": "weather", "rank": 3}


@pytest.mark.usefixtures("folder")
def test_a_field_to_keep_that_no_row_has_is_told_once_for_a_file(run: Run) -> None:
    Path("a.json").write_text(json.dumps([{"isi": "B Rain", "topik": "weather"}] * 3))
    Path("b.jsonl").write_text('{"isi": "B Sun"}\n{"isi": "B Fog", "topic": 1}\n')
    result = run("a.json", "b.jsonl", "--text-field", "isi", "--keep-fields", "topic", "--format", "json")
    assert [json.loads(line)["kept"]["topic"] for line in result.out.splitlines()] == [None, None, None, None, 1]
    assert (result.code, result.err) == (
        0,
        "linesift: warning: a.json: no row has field 'topic', its fields are 'isi', 'topik'; name another one with "
        "--keep-fields\n",
    )
