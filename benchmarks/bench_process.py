"""Runs in processes of their own, and the time of a cold start (Linux), for `bench.py`."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import linesift
from benchmarks.bench_tools import as_html
from linesift.evaluate.sections import Table, markdown_table
from linesift.page import LabelledPage

_N_STARTS = 11
_CLASSIFY = [sys.executable, "-c", "from linesift.cli import classify_main; classify_main()"]
# An installed program finds its bytecode; without it a start would be half compilation.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PEAK = """
import re, resource, pathlib
from linesift.cli import classify_main
try:
    classify_main()
finally:
    # Not ru_maxrss, which begins with what the parent had.
    own = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    pathlib.Path("peak").write_text(str(max(int(own[1]), children)))
"""
"""`classify` that writes the kilobytes of its largest process into the file `peak`."""
_STARTS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
    "classify page.txt": [*_CLASSIFY, "page.txt"],
    "classify page.html": [*_CLASSIFY, "page.html"],
    "the same, read by the compiled reader": [
        sys.executable,
        "-c",
        f"from linesift.read.html.fast import READER; READER.use(compiled=True); {_CLASSIFY[2]}",
        "page.html",
    ],
    "classify page.txt --format tsv (an option brings typer)": [*_CLASSIFY, "page.txt", "--format", "tsv"],
}


@dataclass(frozen=True, slots=True)
class Run:
    """One process from its start to its end."""

    seconds: float
    processor: float
    """Seconds of processor time, user and system."""
    megabytes: float = 0.0
    """Largest resident memory, where the command wrote it into the file `peak`."""


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a directory, its output thrown away.

    Raises:
        RuntimeError: if it fails.
    """
    start = time.perf_counter()
    pid = os.posix_spawnp(
        "env",
        ["env", "-C", str(folder), *command],
        {**_ENVIRONMENT, "PYTHONPATH": str(Path(linesift.__file__).parents[1]), "OMP_NUM_THREADS": "1"},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    seconds, peak = time.perf_counter() - start, folder / "peak"
    return Run(seconds, used.ru_utime + used.ru_stime, int(peak.read_text()) / 1e3 if peak.exists() else 0.0)


def starts(folder: Path, page: LabelledPage) -> dict[str, Run]:
    """Measure cold starts of the commands in turns; medians."""
    (folder / "page.txt").write_text(page.page.text, "utf-8")
    (folder / "page.html").write_text(as_html(page), "utf-8")
    runs: dict[str, list[Run]] = {name: [] for name in _STARTS}
    for _ in range(_N_STARTS):
        for name, command in _STARTS.items():
            runs[name].append(run(command, folder))
    return {
        name: Run(*(median(getattr(each, field) for each in found) for field in Run.__slots__))
        for name, found in runs.items()
    }


def start_table(runs: Mapping[str, Run]) -> Iterator[str]:
    """Write the times of cold starts, beside that of numpy alone."""
    unit = runs["python -c 'import numpy'"]
    rows = (
        (name, f"{run.seconds:.3f}", f"{run.processor:.3f}", f"{run.processor / unit.processor:.2f}")
        for name, run in runs.items()
    )
    yield from markdown_table(Table(("", "seconds", "of processor", "times `import numpy`"), tuple(rows)))
    yield ""
