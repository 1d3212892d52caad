"""Commands have help with examples, and what the documents tell a reader to type exists."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from linesift.cli import app, classify_app

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
DOCUMENTS = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("data/*.md"), *ROOT.glob("models/*/*.md")])

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
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


def shell_lines(text: str) -> Iterator[str]:
    """Lines to type: of fenced and indented blocks, without prompt, comment and what comes after a pipe."""
    blocks = [*_FENCE.findall(text), *_INDENTED.findall(text)]
    for line in "\n".join(blocks).replace("\\\n", " ").split("\n"):
        for part in re.split(r"\||&&|;", _PROMPT.sub("", line).split("  #")[0]):
            yield part.strip()


def problem(line: str) -> str:
    """What is wrong with a line to type; empty for a right one, and for lines of other programs."""
    words = shlex.split(line, comments=True)
    if not words or words[0] not in {"linesift", "classify", "make"}:
        return ""
    if words[0] == "make":
        return _problem_of_make(words[1:])
    name = " ".join(words[:2]) if words[0] == "linesift" and len(words) > 1 and words[1][0] != "-" else words[0]
    if name not in COMMANDS:
        return f"no command {name}"
    options = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    unknown = given - options - {"--help"}
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
    if name != "linesift":
        assert "Examples:" in (command.epilog or "")
        examples = [line.strip() for line in (command.epilog or "").split("\n") if line.startswith("  ")]
        assert examples
        parts = list(shell_lines("\n".join(["```", *examples, "```"])))
        assert any(part.startswith("linesift") for part in parts)
        assert [problem(part) for part in parts if problem(part)] == []
    for parameter in command.params:
        if isinstance(parameter, TyperOption):
            assert parameter.help, parameter.name


def test_help_of_every_make_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS
    assert set(re.findall(r"^([a-z-]+):.*  ## ", MAKEFILE, re.MULTILINE)) == TARGETS
