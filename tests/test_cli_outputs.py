"""No command writes to a file that it reads."""

from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from commandline import Run, runner
from linesift.cli import app

LABELLED = "site: a.example\n----\nheadline  | Rain\nbody      | It rained.\n"
OUTPUTS = {
    "classify x.txt --output x.txt",
    "classify . --output out.txt",
    "classify sub --output sub/deep/out.htm",
    "classify x.txt --site y.txt --output y.txt",
    "explain x.txt --output x.txt",
    "report x.txt y.txt --out y.txt",
    "report . --out report.html",
    "learn-site x.txt --out x.txt",
    "learn-site . --out site.txt",
    "export a.page --out a.page",
    "export . --out b.page",
    "export a.parquet --out a.parquet",
    "evaluate a.page --json a.page",
    "evaluate a.md --report a.md",
    "train --pages a.md --report a.md --out model",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("x.txt", "y.txt", "sub/z.txt"):
        (tmp_path / name).write_text("Rain\nIt rained.\n")
    for name in ("a.page", "a.parquet", "a.md"):
        (tmp_path / name).write_text(LABELLED)
    return runner(monkeypatch, capsys)


@pytest.mark.parametrize("arguments", sorted(OUTPUTS))
def test_an_output_that_is_read_is_refused(run: Run, tmp_path: Path, arguments: str) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = run(*arguments.split())
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1
    assert "write to another" in result.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_every_option_that_names_an_output_is_among_them() -> None:
    tested = {(words[0], word) for words in map(str.split, OUTPUTS) for word in words if word.startswith("--")}
    commands: Any = get_command(app.app)
    outputs = {
        (name, option.opts[0])
        for name, command in commands.commands.items()
        for option in command.params
        if option.metavar == "FILE" and (option.help or "").startswith("Write")
    }
    assert len(outputs) >= 8
    assert outputs <= tested


def test_every_command_takes_all_names_of_its_output(run: Run, tmp_path: Path) -> None:
    commands: Any = get_command(app.app)
    options = [set(option.opts) for command in commands.commands.values() for option in command.params]
    outputs = [names for names in options if names & {"--out", "--output"}]
    assert outputs == [{"--out", "--output", "-o"}] * 10
    for number, name in enumerate(("--out", "--output", "-o")):
        assert run("classify", "x.txt", name, f"{number}.tsv").code == 0
        assert run("report", "x.txt", name, f"{number}.html").code == 0
    assert len([*tmp_path.glob("?.tsv"), *tmp_path.glob("?.html")]) == 6


def test_a_link_to_an_input_and_a_link_in_a_directory(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link.tsv").symlink_to("x.txt")
    assert run("classify", "x.txt", "--output", "link.tsv").code == 2
    (tmp_path / "other.tsv").touch()
    (tmp_path / "sub/link.txt").symlink_to("../other.tsv")
    assert run("classify", "sub", "--output", "sub/link.txt").code == 2
    assert run("classify", "sub", "--output", "sub/../out.txt").code == 0
    assert (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    "arguments",
    ["explain x.txt --line 1 -o -", "report x.txt --out -", "learn-site x.txt --out -", "export a.page --out -"],
)
def test_a_hyphen_is_standard_output(run: Run, tmp_path: Path, arguments: str) -> None:
    result = run(*arguments.split())
    assert result.code == 0
    assert result.out
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("arguments", [["classify", ""], ["classify", "x.txt", ""], ["report", "x.txt", "--out", ""]])
def test_an_empty_file_name_is_misuse(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "empty file name" in result.err


def test_an_empty_text_is_none(run: Run) -> None:
    assert run("report", "x.txt", "--title", "", "--out", "report.html").code == 0
