"""Run the commands that documents show together with their output, and write the output anew.

A command stands in a block of kind `console`, behind `$ `. The commands of one document run one after the other in a
directory of its own, which holds what a checkout holds, `ferry.txt` and `front.txt`.
"""

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from linesift.cli.app import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SHOWN = re.compile(r"(?<=^```console\n)\$ (.*)\n([^`]*)(?=^```$)", re.MULTILINE)
_FRONT_PAGE = (
    "Home\nNews\nSport\nWeather\nFerry returns to the harbour\nSwing bridge shut until autumn\n"
    "Bakery wins regional prize\nRain stops play\nLogin\nSearch\nPrivacy\nContact\n"
)
_DRAFT = Path("data/sites/gazette/ferry.page")


@contextmanager
def working_directory() -> Iterator[None]:
    """Enter a temporary directory with the sample page, the labelled pages and the shipped model of the checkout."""
    before = Path.cwd()
    with TemporaryDirectory() as folder:
        for name in ("data/sample.txt", "data/pages", "models/news"):
            place = Path(folder, name)
            place.parent.mkdir(exist_ok=True)
            place.symlink_to(ROOT / name)
        shutil.copy(ROOT / "data" / "ferry.txt", Path(folder, "ferry.txt"))
        Path(folder, "front.txt").write_text(_FRONT_PAGE, "utf-8")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _replace(pattern: str, replacement: str) -> None:
    """Change the draft as a person would in an editor."""
    text, n_changed = re.subn(pattern, replacement, _DRAFT.read_text("utf-8"), flags=re.MULTILINE)
    if not n_changed:
        raise ValueError(f"{_DRAFT}: nothing matches {pattern}")
    _DRAFT.write_text(text, "utf-8")


def _make_mistakes() -> None:
    """Put the mistakes into the draft that `docs/correcting.md` tells of."""
    _correct()
    _replace(r"^headline +\|", "sidebar   |")
    _replace(r"^body +\| (A classroom|Walls)", r"bdoy      | \1")
    _replace(r"a third", "a half")


def _correct() -> None:
    """Give every line of the draft its right label, and take the question marks away."""
    shutil.copy("ferry.draft", _DRAFT)
    _replace(r"^\w+\?? +\| (Pupils)", r"sidebar   | \1")
    _replace(r"^(\w+)\? +\|", r"\1 |")


BEFORE: dict[str, Callable[[], None]] = {"linesift check": _make_mistakes, "linesift adapt": _correct}
"""What a reader does to the draft before a command."""


def run(command: str) -> str:
    """Run a command of a document and give its standard output, or its messages where it prints nothing else."""
    words = shlex.split(command)
    name = " ".join(words[:2])
    if name in BEFORE:
        BEFORE[name]()
    result = CliRunner().invoke(app, words[1:] if words[0] == "linesift" else words)
    if name == "linesift label":
        shutil.copy(_DRAFT, "ferry.draft")
    return (result.stdout or result.stderr).rstrip("\n") + "\n"


def outputs(text: str) -> list[tuple[str, str, str]]:
    """Commands of a document, the output that it shows for each, and the output that they give."""
    with working_directory():
        return [(command, shown, run(command)) for command, shown in SHOWN.findall(text)]


def write_outputs() -> None:
    """Write all outputs that the documents show."""
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        printed = iter(outputs(text))
        path.write_text(SHOWN.sub(lambda match, rows=printed: f"$ {match[1]}\n{next(rows)[2]}", text), "utf-8")  # type: ignore[misc]
