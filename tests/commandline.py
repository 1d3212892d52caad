"""The command line, run in this process."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from linesift import cli

ROOT = Path(__file__).parent.parent


class Result(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]
"""From the arguments of a command to its result."""


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `linesift`, or another program; none may end with a traceback."""

    def run(*arguments: object, program: Callable[[], None] = cli.main) -> Result:
        monkeypatch.setattr(sys, "argv", ["linesift", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            program()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert isinstance(left.value.code, int)
        return Result(left.value.code, out, err)

    return run


def environment(**more: str) -> dict[str, str]:
    """Variables for the program in a process of its own, which finds this source and `fakes`."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "COLUMNS", "PYTHONIOENCODING"}}
    return {**kept, "PYTHONPATH": paths, **more}
