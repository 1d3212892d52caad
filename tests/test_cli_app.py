"""The two programs: their help, version, completion and answers to a mistyped option."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import linesift
from commandline import Result, Run, environment, runner
from linesift import cli


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def test_version(run: Run) -> None:
    assert run("--version") == Result(0, f"linesift {linesift.__version__}\n", "")
    assert run("--version", program=cli.classify_main) == run("--version") == run("classify", "--version")
    assert linesift.__version__ == version("linesift")


@pytest.mark.parametrize("words", [[], ["classify"], ["learn-site"], ["train"]])
def test_short_and_long_help_are_the_same(run: Run, words: list[str]) -> None:
    assert run(*words, "-h") == run(*words, "--help")
    assert run("-h", program=cli.classify_main) == run("--help", program=cli.classify_main)


def test_usage_shows_arguments_as_people_read_them(run: Run) -> None:
    assert run("classify", "-h").out.split("\n")[0].endswith("linesift classify [OPTIONS] PAGE...")
    assert run("learn-site", "-h").out.split("\n")[0].endswith("linesift learn-site [OPTIONS] [PAGE...]")
    assert "\n  PAGE...  Text, HTML" in run("classify", "-h").out


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("titel", "did you mean headline?"),
        ("bodi", "did you mean body?"),
        ("xyz", "use headline, body, timestamp, sidebar"),
    ],
)
def test_an_unknown_label_gets_a_suggestion(run: Run, word: str, hint: str) -> None:
    result = run("classify", "page.txt", "--label", word)
    assert (result.code, result.out) == (2, "")
    assert f"{word!r} is not a label; {hint}" in " ".join(result.err.split())


@pytest.mark.parametrize(("word", "hint"), [("jsno", "did you mean json?"), ("html", "use pretty, tsv, jsonl, json")])
def test_an_unknown_format_gets_a_suggestion(run: Run, word: str, hint: str) -> None:
    result = run("classify", "page.txt", "--format", word)
    assert (result.code, result.out) == (2, "")
    assert f"{word!r} is not a format; {hint}" in " ".join(result.err.split())


def test_a_file_in_the_place_of_a_command(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").touch()
    result = run("page.txt")
    assert (result.code, result.out) == (2, "")
    assert "'page.txt' is no command; to label its lines: linesift classify page.txt" in " ".join(result.err.split())
    assert "No such command 'none.txt'" in run("none.txt").err


def test_a_time_that_is_none_gets_an_example(run: Run) -> None:
    result = run("classify", "page.txt", "--format", "json", "--now", "noon")
    assert result.code == 2
    assert "'noon' is not a time; write it as 2024-06-14 or 2024-06-14T17:42+02:00" in " ".join(result.err.split())


@pytest.mark.parametrize(
    ("program", "words", "expected"),
    [
        ("linesift", "linesift lab", "label"),
        ("linesift", "linesift classify --label h", "headline"),
        ("classify", "classify --format mark", "markdown"),
    ],
)
def test_the_shell_can_complete(program: str, words: str, expected: str) -> None:
    variables = {
        f"_{program.upper()}_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    main = "main" if program == "linesift" else "classify_main"
    script = f"import sys; sys.argv = [{program!r}]; from linesift import cli; cli.{main}()"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(**variables), check=False
    )
    assert (done.stdout.split(), done.stderr) == ([expected], "")
