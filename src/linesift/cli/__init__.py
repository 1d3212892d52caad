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


def _run(name: str, arguments: Sequence[str]) -> None:
    """Run the program of this name in `app`; `arguments` are those that follow `classify`.

    An empty list means: typer parses `sys.argv` itself. If all are names of files, there is
    nothing to parse. typer is left out then: it imports pydantic, and both together take as long to load as numpy.
    """
    console.prepare()
    # Commands have `errors` too, because typer would handle what they raise; here it is for the time before and after.
    with console.errors(), console.ending_on_signals():
        if arguments and all(map(_cannot_be_option, arguments)):
            from linesift.cli.classify_files import ClassifyOptions, classify_files

            sys.exit(classify_files(ClassifyOptions([Path(argument) for argument in arguments])))
        from linesift.cli import app

        getattr(app, name)()


def _cannot_be_option(argument: str) -> bool:
    """Tell whether an argument can only be the name of a file; an empty one cannot.

    On Windows, typer also expands patterns such as `*`.
    """
    is_pattern = os.name == "nt" and any(mark in argument for mark in "*?[")
    return not is_pattern and argument != "" and (argument == "-" or not argument.startswith("-"))
