"""The command line: `linesift COMMAND` and `classify`, thin shells over the library."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from linesift.cli import console


def main() -> None:
    """Run `linesift`, the console script."""
    _run("app", sys.argv[2:] if sys.argv[1:2] == ["classify"] else [])


def classify_main() -> None:
    """Run `classify`, the console script that is `linesift classify`."""
    _run("classify_app", sys.argv[1:])


def _run(name: str, pages: Sequence[str]) -> None:
    """Run the program of this name in `app`; `pages` is what follows `classify`.

    Where that is names of files alone, there is nothing to parse. typer is left out then: it brings pydantic along,
    and both together take as long to load as numpy.
    """
    console.prepare()
    try:
        if pages and all(map(_is_file, pages)):
            from linesift.cli.files import Request, label_files

            with console.errors():
                sys.exit(label_files(Request([Path(page) for page in pages])))
        from linesift.cli import app

        getattr(app, name)()
    except KeyboardInterrupt:
        console.say("interrupted")
        sys.exit(console.EXIT_INTERRUPTED)


def _is_file(argument: str) -> bool:
    """Whether an argument cannot be an option; on Windows, nor a pattern, which typer resolves."""
    is_pattern = os.name == "nt" and any(mark in argument for mark in "*?[")
    return not is_pattern and (argument == "-" or not argument.startswith("-"))
