"""Commands have help with examples; what the documents tell a reader to type, open or expect is so."""

import ast
import doctest
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

import linesift
from linesift.cli.app import app, classify_app
from scripts.shown import SHOWN, outputs

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
FOLDERS = ("*.md", "docs/*.md", "data/*.md", "models/*.md", "models/*/*.md", "reports/*.md")
DOCUMENTS = sorted(path for part in FOLDERS for path in ROOT.glob(part))
LARGEST = {"README.md": 8_000, "CONTRIBUTING.md": 7_000}
"""Bytes: who opens these for the first time shall read them to the end."""
WITH_OUTPUT = [path for path in DOCUMENTS if SHOWN.search(path.read_text("utf-8"))]
"""Documents that show commands with their output."""

OF_TODAY = [path for path in DOCUMENTS if path.name not in {"CHANGELOG.md", "ablation.md"}]
"""Documents that tell how things are, not how they were."""

_FENCE = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^ *```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w.-]+/[\w./-]+\.(?:py|tsv|npz|json|md|svg))`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_PROBABILITY = re.compile(r"[+-]?\b\d+\.\d+|\b\d+ ?%|\b\d+(?= lines? wrong| after)")
"""Numbers that a new model changes, and nothing else with them."""
_INDENTED = re.compile(r"^    ((?:linesift|classify|make) .*)$", re.MULTILINE)
_PROMPT = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?")


def commands() -> dict[str, TyperCommand | TyperGroup]:
    """Every command by the words that call it."""
    group, alone = get_command(app), get_command(classify_app)
    assert isinstance(group, TyperGroup)
    assert isinstance(alone, TyperCommand)
    found: dict[str, TyperCommand | TyperGroup] = {
        f"linesift {name}": command for name, command in group.commands.items() if isinstance(command, TyperCommand)
    }
    return {"linesift": group, "classify": alone, **found}


COMMANDS = commands()


def test_the_sample_page_is_right_in_every_line() -> None:
    """README says so below the picture."""
    assert "All of these lines are right." in (ROOT / "README.md").read_text("utf-8")
    others = {"headline": [12], "timestamp": [16], "body": [13, 14, 20, 21, 23, 24, 26, 27]}
    expected = {number: label for label, numbers in others.items() for number in numbers}
    labels = linesift.classify((ROOT / "data" / "sample.txt").read_text("utf-8")).labels
    found = {number: str(label) for number, label in enumerate(labels, 1) if label is not None}
    assert found == {number: expected.get(number, "sidebar") for number in found}


def test_the_caption_of_the_page_to_correct_is_wrong_and_marked() -> None:
    """The tutorial shows how to correct it, and would make no sense with a model that has it right."""
    lines = (ROOT / "data" / "ferry.txt").read_text("utf-8").split("\n")
    (caption,) = (row for row, line in enumerate(lines) if line.startswith("Pupils on"))
    prediction = linesift.classify("\n".join(lines))
    assert prediction.labels[caption] is linesift.Label.BODY
    assert prediction.confidence(caption) < 0.9


def shell_lines(text: str) -> Iterator[str]:
    """Lines to type: of fenced and indented blocks, without prompt, comment and what comes after a pipe."""
    blocks = [*_FENCE.findall(text), *_INDENTED.findall(text)]
    for line in "\n".join(blocks).replace("\\\n", " ").split("\n"):
        for part in re.split(r"\||&&|;", _PROMPT.sub("", line).split("  #")[0]):
            yield part.strip()


def problem(line: str) -> str:
    """What is wrong with a line to type; empty for a right one, and for lines of other programs."""
    if line.partition(" ")[0] not in {"linesift", "classify", "make"}:
        return ""
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        return _problem_of_make(words[1:])
    name = " ".join(words[:2]) if words[0] == "linesift" and len(words) > 1 and words[1][0] != "-" else words[0]
    if name not in COMMANDS:
        return f"no command {name}"
    options = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    unknown = given - options - {"--help", "-h"}
    return f"{name} has no option {', '.join(sorted(unknown))}" if unknown else ""


def _problem_of_make(words: list[str]) -> str:
    for word in words:
        name, is_variable, _ = word.partition("=")
        if is_variable and f"$({name})" not in MAKEFILE:
            return f"the Makefile has no variable {name}"
        if not is_variable and word not in TARGETS:
            return f"the Makefile has no target {word}"
    return ""


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_name_real_commands(path: Path) -> None:
    found = {line: problem(line) for line in shell_lines(path.read_text("utf-8"))}
    assert {line: what for line, what in found.items() if what} == {}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


def anchors(text: str) -> set[str]:
    """Headings of a document as the end of an address."""
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in _HEADING.findall(text)}


@pytest.mark.parametrize("path", OF_TODAY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_name_real_files(path: Path) -> None:
    named = set(_FILE.findall(path.read_text("utf-8")))
    places = (ROOT, ROOT / "src" / "linesift", path.parent)
    assert {name for name in named if not any((place / name).exists() for place in places)} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_python_of_documents_can_be_read(path: Path) -> None:
    for block in map(dedent, _PYTHON.findall(path.read_text("utf-8"))):
        if ">>>" not in block:
            ast.parse(block)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples_in_python(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a document one after the other, as a reader would type them at the root of a checkout."""
    monkeypatch.chdir(ROOT)
    text = path.read_text("utf-8")
    names: dict[str, Any] = {}
    runner = doctest.DocTestRunner()
    printed: list[str] = []
    for match in _PYTHON.finditer(text):
        line = text.count("\n", 0, match.start(1))
        block = doctest.DocTestParser().get_doctest(dedent(match[1]), names, path.name, str(path), line)
        runner.run(block, out=printed.append, clear_globs=False)
        names = block.globs
    assert not runner.failures, "".join(printed)


@pytest.mark.parametrize("path", WITH_OUTPUT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_output_in_documents(path: Path) -> None:
    """As printed, but for probabilities and scores; where it should be: python -m scripts.make_picture."""
    for command, shown, printed in outputs(path.read_text("utf-8")):
        assert _PROBABILITY.sub("p", printed) == _PROBABILITY.sub("p", shown), command


def test_examples_and_outputs_are_found() -> None:
    """An empty search would pass every test above."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in DOCUMENTS}
    assert {"README.md", "docs/correcting.md", "docs/outputs.md"} <= {
        path.relative_to(ROOT).as_posix() for path in WITH_OUTPUT
    }
    assert {"README.md", "docs/usage.md", "docs/dates.md"} <= {
        name for name, text in texts.items() if any(">>>" in block for block in _PYTHON.findall(text))
    }


def test_the_month_is_that_of_the_report() -> None:
    report = (ROOT / "reports" / "batch.md").read_text("utf-8")
    month = report[report.rindex("\n\n|") :].strip()
    plan = (ROOT / "docs" / "scale.md").read_text("utf-8")
    assert month in plan
    times = re.search(r"takes ([\d,]+) times as long as `gunzip", report)
    workers = re.search(r"are ([\d.]+) times", (ROOT / "reports" / "batch_workers.md").read_text("utf-8"))
    assert times
    assert workers
    assert f"takes {times[1]} times as long as `gunzip" in plan
    assert f"[{workers[1]} times]" in plan


def test_citation_names_this_version() -> None:
    assert f"\nversion: {linesift.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize("name", LARGEST)
def test_first_documents_are_short(name: str) -> None:
    assert len((ROOT / name).read_bytes()) <= LARGEST[name]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("linesift classify page.txt --format jsonl", ""),
        ("linesift --version", ""),
        ("classify page.txt -f tsv --no-color", ""),
        ("make classify PAGE=my.txt", ""),
        ("cat page.txt", ""),
        ("linesift guess page.txt", "no command linesift guess"),
        ("linesift train --page x", "linesift train has no option --page"),
        ("classify --fromat=tsv", "classify has no option --fromat"),
        ("make everything", "the Makefile has no target everything"),
        ("make classify PAEG=my.txt", "the Makefile has no variable PAEG"),
    ],
)
def test_problem(line: str, expected: str) -> None:
    assert problem(line) == expected


def test_shell_lines() -> None:
    text = "a\n```sh\n$ make test  # quick\nlinesift train \\\n  --out m && classify x | head\n```\n    classify y\n"
    assert [line for line in shell_lines(text) if line] == [
        "make test",
        "linesift train    --out m",
        "classify x",
        "head",
        "classify y",
    ]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_every_command(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    summary = command.help.partition("\n\n")[0]
    assert name in {"linesift", "classify"} or len(f"  learn-site  {summary}") <= 78, "the list of commands cuts it"
    assert "Examples:" in (command.epilog or "")
    examples = [line.strip() for line in (command.epilog or "").split("\n") if line.startswith("  ")]
    parts = list(shell_lines("\n".join(["```", *examples, "```"])))
    assert any(part.startswith(name) or name == "classify" for part in parts)
    assert [problem(part) for part in parts if problem(part)] == []
    for parameter in command.params:
        if isinstance(parameter, TyperOption):
            assert parameter.help, parameter.name


def test_help_of_every_make_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS
    assert set(re.findall(r"^([a-z-]+):.*  ## ", MAKEFILE, re.MULTILINE)) == TARGETS
