"""Measure `linesift batch` (Linux): `batch.py [CORPORA]` writes `reports/batch.md`.

Times are of the processor and ratios are of neighbouring measurements in one run, because other programs may run
beside; only the speed of two workers needs a machine that has nothing else to do.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

import linesift
from benchmarks.bench_process import run
from benchmarks.crawl import ROOT, archive
from linesift.engine.ledger import Names, name_of
from linesift.engine.pages import chunks
from linesift.engine.places import InputFile, describe
from linesift.engine.reading import InputReader
from linesift.engine.schema import COLUMNS, OF_ARTICLE
from linesift.engine.unit import LabelOptions, label_file, make_settings
from linesift.evaluate.sections import Table, markdown_table
from linesift.heap import keep_freed_memory
from linesift.read.jsonl import Fields
from linesift.read.page import read_page
from linesift.train.corpora import read_rows, render

N_PAGES, N_ROUNDS = {"WET": 60, "HTML": 20}, 3
_MAX_LOAD = 0.5
"""Most programs at work beside, on the average of a minute, for a measurement by the clock."""
_BENCHMARK = "trafilatura.parquet"
_LABELS_ONLY = LabelOptions(columns=tuple(name for name in COLUMNS if name not in OF_ARTICLE))
_MEASURED = """
import re, sys
from pathlib import Path
from linesift.engine.unit import label_file
label_file(sys.argv[1], sys.argv[2])
Path("peak").write_text(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""
"""A worker that does one file, and writes its largest memory in kilobytes."""


def bare(path: Path, *, with_article: bool) -> int:
    """Read and classify the pages of a file, and do nothing with the results; give their number."""
    n_pages, model = 0, linesift.load()
    for chunk in chunks(InputReader(describe(str(path)), Fields())):
        predictions = model.classify_batch([read_page(each.record)[0] for each in chunk])
        n_pages += len(predictions)
        if with_article:
            for prediction in predictions:
                prediction.article()
    return n_pages


def overhead(path: Path, out: Path) -> Iterator[tuple[str, ...]]:
    """Compare the unit of work with the bare loop over the same file, with and without articles."""
    for what, with_article, options in (
        ("labels", False, _LABELS_ONLY),
        ("labels, articles and dates", True, LabelOptions()),
    ):
        tools: dict[str, Callable[[], object]] = {
            "bare": lambda with_article=with_article: bare(path, with_article=with_article),  # type: ignore[misc]
            "unit": lambda options=options: label_file(str(path), str(out), options=options),  # type: ignore[misc]
        }
        spent: dict[str, list[float]] = {name: [] for name in tools}
        for _ in range(N_ROUNDS):
            for name, tool in tools.items():
                start = time.process_time()
                tool()
                spent[name].append(time.process_time() - start)
        ratios = [unit / loop for unit, loop in zip(spent["unit"], spent["bare"], strict=True)]
        speed = bare(path, with_article=False) / median(spent["unit"])
        yield (what, f"{median(ratios):.3f}", f"{min(ratios):.3f} to {max(ratios):.3f}", f"{speed:,.0f}")


def against_gunzip(path: Path, out: Path) -> float:
    """Processor time of the unit, in multiples of that of `gunzip -c FILE | wc -l`."""
    ratios = []
    for _ in range(N_ROUNDS):
        before = os.times()
        subprocess.run(["sh", "-c", f"gunzip -c {path} | wc -l"], check=True, capture_output=True)
        after = os.times()
        unpacked = after.children_user + after.children_system - before.children_user - before.children_system
        start = time.process_time()
        label_file(str(path), str(out))
        ratios.append((time.process_time() - start) / max(unpacked, 0.001))
    return median(ratios)


def memory(paths: Sequence[Path], folder: Path) -> Iterator[tuple[str, ...]]:
    """Largest memory of a worker for files of growing size."""
    for path in paths:
        found = run([sys.executable, "-c", _MEASURED, str(path), str(folder / "memory")], folder)
        yield f"{path.name}, {path.stat().st_size / 1e6:,.1f} MB", f"{found.megabytes:,.0f}"


def start_up(folder: Path, crawl: Path, n_files: int) -> float:
    """Processor time of a run over so many files that are done, and one that is not."""
    out, inputs = folder / f"done-{n_files}", folder / f"inputs-{n_files}"
    (out / "ledger").mkdir(parents=True)
    inputs.mkdir()
    settings = make_settings(None, LabelOptions())
    for number in range(n_files):
        name = inputs / f"{number:05}.warc.wet.gz"
        name.write_bytes(b"")
        entry = f"{name_of(str(name))}.0.{settings.digest}.json"
        (out / "ledger" / entry).touch()
        if not Names({name_of(str(name)): [entry]}).has(InputFile(str(name), 0), settings):
            raise RuntimeError(f"{entry}: a run would not take this for the entry of {name}")
    names = folder / f"list-{n_files}"
    names.write_text("".join(f"{name}\n" for name in [*inputs.iterdir(), crawl]))
    batch = [sys.executable, "-m", "linesift", "batch"]
    command = [*batch, "--inputs", str(names), "--out", str(out), "--jobs", "1"]
    return min(_processor(command) for _ in range(2))


def _processor(command: Sequence[str]) -> float:
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def two_workers(folder: Path, crawl: Path) -> float:
    """Speed of two workers in multiples of that of one, by the clock."""
    ratios = []
    for number in range(3):
        seconds = []
        for jobs in (1, 2):
            start = time.monotonic()
            _processor([sys.executable, "-m", "linesift", "batch", str(crawl), "--out",
                        str(folder / f"jobs-{jobs}-{number}"), "--jobs", str(jobs)])  # fmt: skip
            seconds.append(time.monotonic() - start)
        ratios.append(seconds[0] / seconds[1])
    return median(ratios)


def write_archives(folder: Path, corpora: Path) -> dict[str, Path]:
    """Write a WET and a WARC file of pages of a collection."""
    html = [row["html"] for row in islice(read_rows(corpora / _BENCHMARK), N_PAGES["WET"])]
    wet, warc = folder / "pages.warc.wet.gz", folder / "pages.warc.gz"
    wet.write_bytes(archive([render(page) for page in html], 0, is_text=True))
    warc.write_bytes(archive(html[: N_PAGES["HTML"]], 0, is_text=False, is_html=True))
    return {"WET": wet, "HTML": warc}


def report(folder: Path, corpora: Path) -> Iterator[str]:
    """Measure, and write the report."""
    keep_freed_memory()
    load = os.getloadavg()[0]
    files = write_archives(folder, corpora)
    yield from ["# Many files", ""]
    yield f"Written by `make batch` on {os.cpu_count()} cores, Python {platform.python_version()}, with other programs"
    yield f"beside: processor time, medians of {N_ROUNDS} rounds, in which both have their turn. Pages are"
    yield f"{N_PAGES['WET']} (WET) and {N_PAGES['HTML']} (HTML) of trafilatura's benchmark, gzipped one by one."
    yield from ["", "## Overhead: `label_file` against the loop read, `classify_batch` (and `article`)", ""]
    rows = [(kind, *row) for kind, path in files.items() for row in overhead(path, folder / "out")]
    names = ("file", "columns", "time, the bare loop = 1", "of the rounds", "pages/s of processor time")
    yield from markdown_table(Table(names, tuple(rows)))
    times = against_gunzip(files["WET"], folder / "out")
    yield from ["", f"Labelling the WET file takes {times:,.0f} times as long as `gunzip -c FILE | wc -l`.", ""]
    yield from ["## Memory of a worker", ""]
    grown = [_repeated(files["WET"], folder, times) for times in (1, 8)]
    yield from markdown_table(Table(("file", "MB"), tuple(memory([*grown, files["HTML"]], folder))))
    few, many = (start_up(folder, files["HTML"], n_files) for n_files in (10, 10_000))
    yield from ["", "## Start", ""]
    yield f"A run that finds 10,000 files done takes {many - few:.2f} s of processor time more than one that finds 10"
    yield f"done ({many:.2f} s and {few:.2f} s; one more file is labelled in each)."
    yield from ["", "## Two workers", ""]
    if load > _MAX_LOAD:
        yield f"Not measured: other programs were at work (load {load:.1f})."
        return
    crawl = folder / "crawl"
    crawl.mkdir()
    for number in range(8):
        (crawl / f"{number}.warc.wet.gz").write_bytes(files["WET"].read_bytes())
    yield f"By the clock, two workers are {two_workers(folder, crawl):.2f} times as fast as one."


def _repeated(path: Path, folder: Path, times: int) -> Path:
    grown = folder / f"{times}-times.warc.wet.gz"
    grown.write_bytes(path.read_bytes() * times)
    return grown


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(linesift.__file__).parents[1])}


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "corpora"
    with tempfile.TemporaryDirectory() as temporary:
        lines: list[str] = []
        for line in report(Path(temporary), place):
            lines.append(line)
            (ROOT / "reports" / "batch.md").write_text("\n".join(lines) + "\n")
