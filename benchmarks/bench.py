"""Measure speed and memory on one core (Linux): `bench.py [MODEL [CORPORA]]` writes `reports/speed.md`."""

import logging
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import linesift
from benchmarks.bench_memory import growth, memory, memory_table
from benchmarks.bench_process import start_table, starts
from benchmarks.bench_stages import stages
from benchmarks.bench_tools import as_html, in_turns, page_table, text_tools
from linesift.errors import LinesiftError
from linesift.evaluate.sections import Table, markdown_table
from linesift.page import LabelledPage
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled
from linesift.train.corpora import read_rows, render

ROOT = Path(__file__).parents[1]
_OURS, _SHARED = ROOT / "data" / "pages", ROOT.parent / "shared"
_GOLD, _BENCHMARK = _SHARED / "gold" / "pages.jsonl", "trafilatura.parquet"
N_RUNS, _N_LINE_RUNS, _N_HTML = 5, 15, 100
_MIN_LINES = 20_000
"""Least number of lines to measure on; fewer are repeated."""


def _line_table(model: linesift.Model, name: str, pages: Sequence[LabelledPage]) -> Iterator[str]:
    """Write the speed of tools that read lines, and of the stages of linesift."""
    n_once = sum(len(page.page.lines) for page in pages)
    # As plain text, also those of our pages that have their HTML beside them.
    every = [replace(page.page, hints=None) for page in pages] * -(-_MIN_LINES // n_once)
    data = [page.text.encode("utf-8", "replace") for page in every]
    n_lines, size = sum(len(page.lines) for page in every), sum(map(len, data)) / 1e6
    tools = in_turns(text_tools(model, every, read_labelled(_OURS)), _N_LINE_RUNS)
    parts = stages(model, data, N_RUNS)
    whole = tools["linesift, batches of 64 pages"].median
    yield from [f"## Lines of {name}: {len(every):,} pages, {n_lines:,} lines, {size:.1f} MB", ""]
    columns = ("", "lines/s", "in the best round", "MB/s", "pages/s", "time, linesift by the batch = 1")
    rows = (
        (
            f"{'stage: ' * (row in parts)}{row}",
            f"{n_lines / spent:,.0f}",
            f"{n_lines / tools[row].best:,.0f}" if row in tools else "",
            f"{size / spent:,.1f}",
            f"{len(every) / spent:,.0f}",
            f"{spent / whole:.3f}",
        )
        for row, spent in [*((row, spent.median) for row, spent in tools.items()), *parts.items()]
    )
    yield from markdown_table(Table(columns, tuple(rows)))
    yield from [""] if "fastText, line by line" in tools else ["", "fastText is not installed here.", ""]


def report(model: linesift.Model, corpora: Path) -> Iterator[str]:
    """Write all sections."""
    ours = read_labelled(_OURS)
    yield from _line_table(model, "our own pages", ours)
    yield from _line_table(model, "the gold", read_labelled(_GOLD)) if _GOLD.exists() else []
    html = [as_html(page) for page in ours]
    yield from page_table(model, "ours, as plain HTML", html, [read_html(page).page.text for page in html], N_RUNS)
    try:
        html = [row["html"] for row in read_rows(corpora / _BENCHMARK)]
        html = html[:: max(1, len(html) // _N_HTML)][:_N_HTML]
        yield from page_table(model, "trafilatura's benchmark", html, [render(page) for page in html], N_RUNS)
    except LinesiftError as error:
        yield from [f"Pages of the web are left out: {error}", ""]
    yield from ["## One page of so many lines", ""]
    spent = growth(model, ours, N_RUNS)
    first = next(iter(spent.values()))
    rows = (
        (f"{n_lines:,}", f"{seconds:.3f}", f"{seconds / first:,.1f}", f"{n_lines / seconds:,.0f}")
        for n_lines, seconds in spent.items()
    )
    yield from markdown_table(Table(("lines", "seconds", "times the first", "lines/s"), tuple(rows)))
    with tempfile.TemporaryDirectory() as folder:
        yield from ["", "## Start", "", *start_table(starts(Path(folder), ours[0]))]
        yield from ["## Memory", "", *memory_table(memory(Path(folder), ours))]


def main() -> None:
    """Measure what is there and write the report."""
    given = [*map(Path, sys.argv[1:])]
    logging.disable()  # what tools say of single pages
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    model = linesift.load(given[0] if given else None)
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")[2].partition("\n")[0]
    machine = f"{cpu or platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}"
    about = (
        f"Written by `make bench` on {machine}, numpy {np.__version__}: processor time on one core, medians of "
        f"{N_RUNS} rounds, of {_N_LINE_RUNS} where lines are read, in which every tool has its turn. What counts is "
        "the ratio, not the seconds; on a machine shared with others the best round says what the program takes."
    )
    lines = ["# Speed", "", about, "", *report(model, given[1] if given[1:] else _SHARED / "corpora")]
    (ROOT / "reports" / "speed.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
