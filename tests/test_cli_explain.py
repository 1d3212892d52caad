"""`linesift explain` and `classify --explain` as their user meets them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import linesift
from commandline import Run, runner
from linesift.labels import LABELS
from linesift.model.decode import DecodeConfig
from linesift.model.model import Model

PAGE = "Home | News\n\nFerry returns to the bay\n21 October 2024, 9:20\nThe ferry is back after a year, they said.\n"


@pytest.fixture
def run(model: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setattr(linesift, "load", lambda _: model)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(PAGE)
    (tmp_path / "2.html").touch()

    run_linesift = runner(monkeypatch, capsys)
    return lambda arguments: run_linesift(*arguments.split())


@pytest.fixture(autouse=True)
def much_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that some lines of the page are in doubt, whatever the model."""
    monkeypatch.setattr("linesift.write.terminal.DOUBT", 0.95)


def doubtful(model: Model) -> list[int]:
    prediction = model.classify(PAGE)
    return [index + 1 for index, label in enumerate(prediction.labels) if label and prediction.confidence(index) < 0.95]


def headings(out: str) -> list[int]:
    return [int(line.split()[0]) for line in out.split("\n") if line[:1].isdigit()]


def test_lines(run: Run) -> None:
    code, out, err = run("explain page.txt --line 4 --line 3 -l 4 --columns 3")
    assert (code, err) == (0, "")
    assert headings(out) == [3, 4]
    assert out.count("what spoke for and against each label") == 2
    assert out.endswith("which counts them in.\n")
    assert len(re.findall(r"^(?: +[+-]?\d+\.\d\d){4} {6}\S", out, re.MULTILINE)) == 2 * 3


def test_without_a_line_those_in_doubt(run: Run, model: Model) -> None:
    assert doubtful(model)
    assert headings(run("explain page.txt").out) == doubtful(model)


def test_no_line_in_doubt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linesift.write.terminal.DOUBT", 0.0)
    code, out, err = run("explain page.txt")
    assert (code, out) == (0, "")
    assert err == "linesift: page.txt: no line is doubtful; name one with --line\n"


def test_into_a_file(run: Run, tmp_path: Path) -> None:
    shown = run("explain page.txt --line 3").out
    assert run("explain page.txt --line 3 -o why.txt").out == ""
    assert (tmp_path / "why.txt").read_text("utf-8") == shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("explain page.txt --line 2", "linesift: page.txt: line 2 is blank"),
        ("explain page.txt --line 60", "linesift: page.txt: there is no line 60; the last line with text is 5"),
        ("explain page.txt --line 0", "Invalid value for '--line'"),
        ("explain .", "linesift: .: is a directory; name a file in it"),
        ("explain none.txt", "linesift: none.txt: no such file"),
        ("explain 2.page", "linesift: 2.page: this is a labelled page; explain 2.html, from which it was made"),
        ("explain 3.page", "linesift: 3.page: this is a labelled page; explain its text or HTML"),
        ("explain crawl.warc.gz", "linesift: crawl.warc.gz: holds many pages"),
        ("classify page.txt --explain --format article", "linesift: --explain is about lines"),
    ],
)
def test_misuse(run: Run, arguments: str, message: str) -> None:
    code, out, err = run(arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_classify_with_reasons(run: Run) -> None:
    plain = run("classify page.txt --format tsv").out.splitlines()
    explained = run("classify page.txt --format tsv --explain").out.splitlines()
    assert [row.rpartition("\t")[0] for row in explained] == plain
    reasons = [row.rpartition("\t")[2] for row in explained]
    page = json.loads(run("classify page.txt --format jsonl --explain").out)
    for line, text in zip(page["lines"], reasons, strict=True):
        assert len(line["reasons"]) == 3
        for shown, reason in zip(text.split("; "), line["reasons"], strict=True):
            label, _, rest = shown.removeprefix("for ").partition(": ")
            assert label.partition(",")[0] in LABELS
            assert rest.startswith(reason["means"])
            assert shown.endswith(f"({reason['weight']:+.2f})")
    pretty = run("classify page.txt --format pretty --explain").out.splitlines()
    assert [line.strip() for line in pretty if line.startswith("     ")] == "; ".join(reasons).split("; ")


def test_only_the_lines_asked_for(run: Run, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = replace(model, decoding=DecodeConfig(body_floor=0.0, sure=2.0, headline=0.0))  # not all lines are sidebar
    monkeypatch.setattr(linesift, "load", lambda _: mixed)
    every = run("classify page.txt --format tsv --explain").out.splitlines()
    label = every[0].split("\t")[1]
    rows = run(f"classify page.txt --format tsv --explain --label {label}").out.splitlines()
    assert rows == [row for row in every if row.split("\t")[1] == label]
    assert 0 < len(rows) < len(every)
