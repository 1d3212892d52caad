"""`linesift label`, `check`, `export` and `import` as their user meets them."""

import json
import os
import socket
import sys
import webbrowser
from pathlib import Path

import pytest

import fakes
import linesift
from commandline import Run, runner
from linesift.labelling import draft
from linesift.labelling.server import HOST, LabelServer

PAGE = "Menu\n\nH Rain\nT 11 March 2024\nB It rained?\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(linesift, "load", fakes.load)
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rain.txt").write_text(PAGE, "utf-8")
    (tmp_path / "ferry.html").write_text("<p>Ferry<p>B It came back.", "utf-8")
    return tmp_path


def test_label_then_check(folder: Path, run: Run) -> None:
    result = run("label", "rain.txt", "ferry.html", "--out", "my/site")
    assert result.code == 0
    assert result.out.splitlines() == [
        "my/site/rain.page: 4 lines: 1 headline, 1 body, 1 timestamp, 1 sidebar; 1 in doubt (?)",
        "my/site/ferry.page: 2 lines: 0 headline, 1 body, 0 timestamp, 1 sidebar",
    ]
    assert result.err == "2 pages, 1 line to look at; open them in an editor, or with: linesift label --web my/site\n"
    result = run("check", "my/site")
    assert result.code == 1
    assert result.out.startswith("my/site/ferry.page:4: error: no headline; ")
    assert "my/site/rain.page:8: note: 1 line marked with ? to look at, from here on\n" in result.out
    assert result.err == "2 pages, 1 error, 1 note; 1 line marked with ?\n"
    assert ": note: " not in run("check", "my/site", "--quiet").out
    path = folder / "my" / "site" / "ferry.page"
    path.write_text(path.read_text("utf-8").replace("sidebar   | Ferry", "headline  | Ferry"), "utf-8")
    result = run("check", "my/site", "--color")
    assert result.code == 0
    assert "\x1b[" in result.out


def test_label_again_keeps_what_was_corrected(folder: Path, run: Run) -> None:
    run("label", "rain.txt", "--out", "site")
    path = folder / "site" / "rain.page"
    corrected = path.read_text("utf-8").replace("sidebar   | Menu", "body      | Menu").replace("body?", "body ")
    path.write_text(corrected, "utf-8")
    assert run("label", "rain.txt", "--out", "site").out.endswith(", kept as it was\n")
    assert path.read_text("utf-8") == corrected
    assert run("label", "rain.txt", "--out", "site", "--update").out.endswith(", 4 labels kept\n")
    assert path.read_text("utf-8") == corrected
    path.write_text("broken", "utf-8")
    assert (
        run("label", "rain.txt", "--out", "site").out
        == "site/rain.page: kept, but it has mistakes; find them with linesift check\n"
    )
    result = run("label", "rain.txt", "ferry.html", "--out", "site", "--update")
    assert result.code == 1
    assert result.err.startswith("linesift: site/rain.page:1: no line of four dashes")
    assert path.read_text("utf-8") == "broken"
    assert (folder / "site" / "ferry.page").exists()


def test_a_directory_of_pages_and_labelled_pages(folder: Path, run: Run) -> None:
    """With `--out` its pages are drafted, those that came later too; without, its labelled pages are meant."""
    run("label", "rain.txt", "--out", ".")
    result = run("label", ".", "--out", ".")
    assert result.code == 0
    assert result.out.startswith("ferry.page: ")
    assert result.out.endswith(
        "rain.page: 4 lines: 1 headline, 1 body, 1 timestamp, 1 sidebar; 1 in doubt (?), kept as it was\n"
    )
    assert (folder / "ferry.html").read_text("utf-8") == "<p>Ferry<p>B It came back."
    assert "is labelled already" in run("label", ".").err


def test_a_directory_with_pages_saved_as_mhtml(folder: Path, run: Run) -> None:
    (folder / "saved").mkdir()
    headers = "From: <Saved by Blink>\nContent-Type: multipart/related; boundary=b\n"
    (folder / "saved" / "rain.mhtml").write_text(
        f"{headers}\n--b\nContent-Type: text/html\n\n<p>H Rain<p>B Wet\n--b--\n"
    )
    result = run("label", "saved", "--out", "site")
    assert result.code == 0
    assert result.out == "site/rain.page: 2 lines: 1 headline, 1 body, 0 timestamp, 0 sidebar\n"
    assert run("check", "site").code == 0


def test_a_warning_about_the_page_is_printed(folder: Path, run: Run) -> None:
    (folder / "joined.txt").write_text("It rained on Monday. " * 100)
    result = run("label", "joined.txt", "--out", "site")
    assert result.code == 0
    assert result.err.startswith("linesift: warning: joined.txt: all its text is on one line; ")


def test_an_empty_page_is_warned_of(folder: Path, run: Run) -> None:
    (folder / "empty.txt").write_text(" \n")
    result = run("label", "empty.txt", "--out", "site")
    assert result.code == 0
    assert result.err.startswith("linesift: warning: empty.txt: the page is empty\n")


def test_several_sites(folder: Path, run: Run) -> None:
    """Each is labelled into a directory of its own; then all are updated there at once."""
    for site in ("a", "b"):
        (folder / "pages" / site).mkdir(parents=True)
        (folder / "pages" / site / "rain.txt").write_text(PAGE, "utf-8")
    result = run("label", "pages", "--out", "my")
    assert result.code == 2
    assert result.err == (
        "linesift: my: pages of several directories (pages/a and pages/b) would be of one site here; "
        "give each directory an --out of its own, or name the site of all: --site NAME\n"
    )
    assert not (folder / "my").exists()
    for site in ("a", "b"):
        assert run("label", f"pages/{site}", "--out", f"my/{site}").code == 0
    before = sorted((folder / "my").rglob("*"))
    result = run("label", "my", "--out", "my", "--update", "--lang", "id-ID")
    assert result.code == 0
    assert [line.partition(": ")[0] for line in result.out.splitlines()] == ["my/a/rain.page", "my/b/rain.page"]
    assert sorted((folder / "my").rglob("*")) == before
    assert (folder / "my" / "b" / "rain.page").read_text("utf-8").startswith("site: b\nlang: id\n")
    result = run("label", "my", "--out", "my", "--lang", "en")
    assert result.code == 0
    used = "its header says 'lang: id', so --lang is not used; correct it there"
    assert result.err.startswith(f"linesift: warning: my/a/rain.page: {used}\n")


def test_a_bad_page_does_not_stop_the_others(folder: Path, run: Run) -> None:
    (folder / "bad.txt").write_bytes(b"%PDF-1.7")
    result = run("label", "bad.txt", "rain.txt", "--out", "site", "--site", "rain.example", "--lang", "en")
    assert result.code == 1
    assert result.err.startswith("linesift: bad.txt: this is a PDF document")
    assert (folder / "site" / "rain.page").read_text("utf-8").startswith("site: rain.example\nlang: en\n")


def test_full_disk(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    result = run("label", "rain.txt", "--out", "site")
    assert result.code == 2
    assert result.err == "linesift: site/rain.txt: cannot write (no space left on device)\n"
    assert list((folder / "site").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("label rain.txt", "rain.txt: is not labelled yet; name a directory for labelled pages: --out DIR"),
        ("label a.page", "a.page: is labelled already; open it in an editor, or add --web"),
        ("label none.txt --out site", "none.txt: no such file"),
        ("label rain.txt --out site --encoding x", "unknown encoding 'x'"),
        ("label rain.txt --out site --lang Indonesian", "--lang: 'Indonesian' is no language code; use one of two or"),
        ("label --web empty --no-browser", "empty: no labelled pages (*.page) in this directory; make some: linesift"),
        ("label empty --out site", "empty: no pages (*.txt, "),
        ("label --web none.page --no-browser", "none.page: no such file"),
        ("label --web none --no-browser", "none: no such file"),
        ("check none.page", "none.page: no such file"),
        ("check .", "no labelled pages"),
        ("export . --to hf", "no labelled pages"),
        ("import none.jsonl --out site", "none.jsonl: no such file"),
        ("import a.json --out site", "a.json: labelled pages are imported from .jsonl or .parquet"),
    ],
)
def test_misuse(folder: Path, run: Run, arguments: str, message: str) -> None:
    (folder / "empty").mkdir()
    if "a.page" in arguments:
        (folder / "a.page").write_text("site: a\n----\nbody | x\n")
    result = run(*arguments.split())
    assert result.code == 2
    assert message in result.err


HOSTILE_NAME = "a\x1b]0;x\x07\n\u202eb"


@pytest.mark.skipif(os.name == "nt", reason="no such names")
@pytest.mark.parametrize(
    "command",
    [
        "label {}.txt --out out",
        "label {}.page",
        "check site/{}.page",
        "check site/none{}.page",
        "export site --out {}.jsonl",
        "import {}.rows.jsonl --out in",
        "import site.jsonl --out {}",
        "evaluate site",
        "compare fake fake {}.txt",
        "classify {}.txt other.txt --format pretty",
        "classify {}.txt other.txt --format markdown",
        "learn-site {}.txt --out {}.site",
        "report {}.txt --out {}.htm",
    ],
)
def test_names_do_not_reach_the_terminal_as_they_are(folder: Path, run: Run, command: str) -> None:
    (folder / "other.txt").write_text("B Only this\n")
    (folder / f"{HOSTILE_NAME}.txt").write_text("H Rain\nB It rained\x1b[2J?\n")
    (folder / "site").mkdir()
    (folder / f"site/{HOSTILE_NAME}.page").write_text("site: a.example\n----\nheadline | Rain\n\nsidebar | R\n")
    row = {"id": HOSTILE_NAME, "site": "a.example", "text": "Rain", "labels": ["headline"]}
    for name in (f"{HOSTILE_NAME}.rows.jsonl", "site.jsonl"):
        (folder / name).write_text(json.dumps(row) + "\n")
    result = run(*(word.replace("{}", HOSTILE_NAME) for word in command.split()))
    shown = result.out + result.err
    assert shown
    assert not set(shown) & set("\x1b\x07\u202e")
    lines = shown.splitlines()
    assert not any(line.startswith("b") for line in lines)  # what stands behind the end of a line in the name


def test_ending_after_a_file_went_away(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: LabelServer) -> None:
        (folder / "site/rain.page").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(LabelServer, "serve_forever", interrupted)
    result = run("label", "rain.txt", "--out", "site", "--web", "--port", "0", "--no-browser")
    assert result.code == 0
    left = "0 doubtful lines left; 1 page could not be read; find mistakes with: linesift check\n"
    assert result.err.endswith(left)


@pytest.mark.usefixtures("folder")
def test_web(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts first, then the page; the address is printed and opened."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")

    def interrupted(self: LabelServer) -> None:
        assert self.folder.names() == ["site/rain.page"]
        raise KeyboardInterrupt

    monkeypatch.setattr(LabelServer, "serve_forever", interrupted)
    result = run("label", "rain.txt", "--out", "site", "--web", "--port", "0")
    assert result.code == 0
    assert f"Labelling page, at an address that works once: {opened[0]}\n" in result.err
    assert opened[0].startswith(f"http://{HOST}:")
    assert result.err.endswith("1 doubtful line left; find mistakes with: linesift check\n")
    assert run("label", "--web", "site", "--no-browser", "--port", "0").code == 0
    assert len(opened) == 1
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run("label", "--web", "site", "--port", "0").code == 0
    assert len(opened) == 1


@pytest.mark.usefixtures("folder")
def test_a_port_that_is_taken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LabelServer, "serve_forever", lambda _: None)
    run("label", "rain.txt", "--out", "site")
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        result = run("label", "--web", "site", "--no-browser", "--port", port)
        assert result.code == 2
        assert "name another --port" in result.err
        monkeypatch.setattr("linesift.labelling.server.PORT", port)
        assert run("label", "--web", "site", "--no-browser").code == 0


def test_export_and_import(folder: Path, run: Run) -> None:
    run("label", "rain.txt", "--out", "site")
    assert json.loads(run("export", "site").out)["id"] == "site/rain"
    assert run("export", "site", "--to", "hf", "--out", "rows.jsonl").code == 0
    result = run("import", "rows.jsonl", "--out", "back")
    assert (result.code, result.out) == (0, "back/rain.page\n")
    assert (folder / "back" / "rain.page").read_bytes() == (folder / "site" / "rain.page").read_bytes()
    result = run("import", "rows.jsonl", "--out", "back")
    assert result.code == 1
    assert "back/rain.page: exists already and was kept" in result.err
    assert run("import", "rows.jsonl", "--out", "back", "--update").code == 0


def test_parquet(folder: Path, run: Run) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'linesift[train]'")
    run("label", "rain.txt", "--out", "site")
    assert run("export", "site", "--to", "hf", "--out", "rows.parquet").err == "rows.parquet: 1 page\n"
    assert (folder / "rows.parquet").read_bytes()[:4] == b"PAR1"


def test_the_default_of_doubt_is_the_one_of_the_library(run: Run) -> None:
    text = run("label", "--help").out
    assert f"[default: {draft.DOUBT}]" in " ".join(text.split())
