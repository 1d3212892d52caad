"""Measure `classify_batch` on one core (Linux), whole and by stage: `bench.py [MODEL]` writes `reports/speed.md`."""

import os
import platform
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from timeit import repeat

import numpy as np

import linesift
from linesift.features.batch import read_batch
from linesift.features.table import extract
from linesift.model.classifier import GROUP, Model, predictions, softmax
from linesift.model.decode import decode
from linesift.model.window import first_pass_table, second_pass_table
from linesift.page import Page
from linesift.read.labelled import read_labelled

ROOT = Path(__file__).parents[1]
SOURCES = {"data/pages": ROOT / "data" / "pages", "gold": ROOT.parent / "shared" / "gold" / "pages.jsonl"}
N_RUNS = 5
N_LEAST = 20_000
"""Lines to measure on; a smaller set is repeated."""


def seconds(work: Callable[[], object]) -> float:
    """Median time of some runs, after one that warms up."""
    return median(repeat(work, number=1, repeat=N_RUNS + 1)[1:])


def stages(model: Model, pages: list[Page]) -> dict[str, float]:
    """Seconds of every stage of `classify_batch`, over groups of about its size."""
    total: dict[str, float] = defaultdict(float)
    size = max(1, GROUP * len(pages) // sum(len(page.text) for page in pages))
    for start in range(0, len(pages), size):
        group = pages[start : start + size]
        batch = read_batch([page.text for page in group])
        own, words = extract(batch), model.lexicon.scores(batch)
        first = first_pass_table(batch, np.concatenate((own, words)))
        chances = softmax(model.first.scores(first))
        second = second_pass_table(batch, first, chances)
        last = softmax(model.second.scores(second))
        work: dict[str, Callable[[], object]] = {
            "read_batch": partial(read_batch, [page.text for page in group]),
            "columns": partial(extract, batch),
            "lexicon": partial(model.lexicon.scores, batch),
            "first window": partial(first_pass_table, batch, np.concatenate((own, words))),
            "first pass": partial(model.first.scores, first),
            "second window": partial(second_pass_table, batch, first, chances),
            "second pass": partial(model.second.scores, second),
            "decode": lambda: list(predictions(group, batch, last, decode(batch, last, model.decoding))),  # noqa: B023 - called below
        }
        for name, call in work.items():
            total[name] += seconds(call)
    return total


def measured(model: Model, name: str, path: Path) -> list[str]:
    """One source's part of the report."""
    pages = [page.page for page in read_labelled(path)]
    n_lines = sum(len(page.lines) for page in pages)
    pages *= -(-N_LEAST // n_lines)
    data = [page.text.encode("utf-8", "replace") for page in pages]
    n_lines, n_bytes = sum(len(page.lines) for page in pages), sum(map(len, data))
    rows = {
        "classify_batch": seconds(lambda: model.classify_batch(pages)),
        "classify, page by page": seconds(lambda: [model.classify(page) for page in pages]),
        "ceiling: decode and split": seconds(lambda: [text.decode().split("\n") for text in data]),
        **{f"— {stage}": spent for stage, spent in stages(model, pages).items()},
    }
    whole = rows["classify_batch"]
    lines = [f"## {name}: {len(pages):,} pages, {n_lines:,} lines, {n_bytes / 1e6:.1f} MB", ""]
    lines += ["| | lines/s | MB/s | µs/line | of classify_batch |", "|---|---|---|---|---|"]
    for row, spent in rows.items():
        each = f"{n_lines / spent:,.0f} | {n_bytes / 1e6 / spent:.2f} | {spent / n_lines * 1e6:.2f}"
        lines.append(f"| {row} | {each} | {spent / whole:.1%} |")
    return [*lines, "", f"The ceiling is {whole / rows['ceiling: decode and split']:.0f} times as fast.", ""]


def main() -> None:
    """Measure what is there and write the report."""
    model = linesift.load(sys.argv[1] if sys.argv[1:] else None)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    about = Path("/proc/cpuinfo").read_text()
    cpu = next((line.split(": ")[1] for line in about.split("\n") if line.startswith("model name")), platform.machine())
    machine = f"{cpu}, {os.cpu_count()} cores; Python {platform.python_version()}, numpy {np.__version__}"
    lines = ["# Speed", "", f"Written by `make bench`: medians of {N_RUNS} runs on one core. {machine}.", ""]
    for name, path in SOURCES.items():
        lines += measured(model, name, path) if path.exists() else []
    (ROOT / "reports" / "speed.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
