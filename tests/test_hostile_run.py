"""A run of ten thousand pages with a hundred hostile ones among them: the others are done, these are named."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commandline import environment

pytestmark = pytest.mark.slow

N_PAGES, N_HOSTILE = 10_000, 100
GOOD = "Night bus {number} returns\n\n14 June 2024\n\nThe bus runs again after four years, the town said.\n"
Kind = Callable[[str], tuple[str, bytes | None]]
REFUSED: tuple[Kind, ...] = (
    lambda name: (f"{name}.txt", b"%PDF-1.7 \xff" * 40),
    lambda name: (f"{name}.txt", bytes(range(256)) * 40),
    lambda name: (f"{name}.html", None),  # a pipe
    lambda name: (f"{name}.txt", b"\x1f\x8b\x08" + b"\0" * 40),
)
SHORTENED: tuple[Kind, ...] = (
    lambda name: (f"{name}.html", b"\xff<meta charset=idna><p>x" + b"<p>x" * 100_001),
    lambda name: (f"{name}.txt", b"x y z\n" * 100_001),
    lambda name: (f"{name}.html", b"<pre>" + b"x\n" * 200_001),
)


def write_pages(directory: Path) -> None:
    every = N_PAGES // N_HOSTILE
    for number in range(N_PAGES):
        (directory / f"{number:05}.txt").write_text(GOOD.format(number=number))
        if number % every == 0:
            kinds = SHORTENED if number % (10 * every) == 0 else REFUSED
            name, data = kinds[number // every % len(kinds)](f"{number:05}-hostile")
            if data is None:
                os.mkfifo(directory / name)
            else:
                (directory / name).write_bytes(data)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_hostile_pages_among_many(tmp_path: Path, n_jobs: int) -> None:
    write_pages(tmp_path)
    command = [sys.executable, "-m", "linesift", "classify", str(tmp_path), "--format", "json", "--jobs", str(n_jobs)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=1_800)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    pages = {Path(json.loads(line)["path"]).name for line in done.stdout.splitlines()}
    assert {f"{number:05}.txt" for number in range(N_PAGES)} <= pages
    hostile = {path.name for path in tmp_path.iterdir() if "hostile" in path.name}
    assert len(hostile) == N_HOSTILE
    messages = done.stderr.splitlines()
    for name in hostile:
        assert sum(name in message for message in messages) == 1, name
        assert (name in pages) == any("warning" in message for message in messages if name in message)
