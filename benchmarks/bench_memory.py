"""Memory of runs over much input, and time by the length of a page, for `bench.py`."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import linesift
from benchmarks.bench_process import PEAK, Run, run
from linesift.evaluate.sections import Table, markdown_table
from linesift.page import LabelledPage

_GROWTH = (1_000, 10_000, 100_000, 1_000_000)
_N_FILES = 10_000


def memory(folder: Path, pages: Sequence[LabelledPage]) -> dict[str, Run]:
    """Run over much input of every kind: a directory, JSON lines of two sizes, one long page."""
    texts = [page.page.text for page in pages]
    for number, text in enumerate(islice(cycle(texts), _N_FILES)):
        path = folder / "pages" / str(number // 1000) / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for n_pages in (_N_FILES, 5 * _N_FILES):
        with (folder / f"{n_pages}.jsonl").open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps({"text": text}) + "\n" for text in islice(cycle(texts), n_pages))
    (folder / "long.txt").write_text(_long(texts, _GROWTH[-1]), "utf-8")
    asked = {
        f"a directory of {_N_FILES:,} pages": ["pages"],
        f"JSON lines, {_N_FILES:,} pages": [f"{_N_FILES}.jsonl"],
        f"JSON lines, {5 * _N_FILES:,} pages": [f"{5 * _N_FILES}.jsonl"],
        f"the same, --jobs {os.cpu_count()}": [f"{5 * _N_FILES}.jsonl", "--jobs", str(os.cpu_count())],
        f"one page of {_GROWTH[-1]:,} lines": ["long.txt"],
    }
    return {name: run([sys.executable, "-c", PEAK, *words], folder) for name, words in asked.items()}


def memory_table(runs: Mapping[str, Run]) -> Iterator[str]:
    """Write the time and memory of runs."""
    columns = ("classify", "seconds", "of processor", "memory of the largest process, MB")
    rows = (
        (name, f"{each.seconds:.1f}", f"{each.processor:.1f}", f"{each.megabytes:,.0f}") for name, each in runs.items()
    )
    yield from markdown_table(Table(columns, tuple(rows)))


def growth(model: linesift.Model, pages: Sequence[LabelledPage], n_runs: int) -> dict[int, float]:
    """Measure processor seconds by lines of one page; medians, fewer runs for the largest."""
    found = {}
    for n_lines in _GROWTH:
        text = _long([page.page.text for page in pages], n_lines)
        seconds = []
        for _ in range(1 + (n_runs if n_lines < _GROWTH[-1] else 2)):
            start = time.process_time()
            model.classify(text)
            seconds.append(time.process_time() - start)
        found[n_lines] = median(seconds[1:])
    return found


def _long(texts: Sequence[str], n_lines: int) -> str:
    return "\n".join(islice(cycle("\n".join(texts).split("\n")), n_lines))
