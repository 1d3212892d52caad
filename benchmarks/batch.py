"""Measure `linesift batch` (Linux): `batch.py [CORPORA]` writes `reports/batch.md`, and `--workers` the other report.

Times are of the processor, and ratios are of neighbouring measurements, because other programs may run beside. Only
the speed of two workers is by the clock, and is refused where other programs are at work: `reports/batch_workers.md`.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import NamedTuple

import linesift
from benchmarks.bench_process import run
from benchmarks.crawl import ROOT, archive
from linesift import fast
from linesift.engine.ledger import Entry, Names, name_of
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

N_PAGES, N_ROUNDS, N_WORKER_ROUNDS = {"WET": 600, "HTML": 200}, 5, 3
_MONTH_PAGES, _DOLLARS = 2.5e9, 0.04
"""Pages of a month of Common Crawl, and a price of one core for an hour."""
_MAX_OTHERS = 0.03
"""Largest share of the machine that other programs may take during a measurement by the clock."""
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


class Unit(NamedTuple):
    """A file that was labelled several times with all columns."""

    kind: str
    entry: Entry
    processor: float
    """Seconds of processor time, the median."""

    @property
    def speed(self) -> float:
        """Pages in a second of processor time."""
        return self.entry.pages / self.processor


def bare(path: Path, *, with_article: bool) -> None:
    """Read and classify the pages of a file, and do nothing with the results."""
    model = linesift.load()
    for chunk in chunks(InputReader(describe(str(path)), Fields())):
        for prediction in model.classify_batch([read_page(each.record)[0] for each in chunk]):
            if with_article:
                prediction.article()


def overhead(kind: str, path: Path, out: Path) -> tuple[list[tuple[str, ...]], Unit]:
    """Compare the unit of work with the bare loop over the same file, with and without articles."""
    tools: dict[str, Callable[[], object]] = {
        "loop, labels": partial(bare, path, with_article=False),
        "unit, labels": partial(label_file, str(path), str(out), options=_LABELS_ONLY),
        "loop, all": partial(bare, path, with_article=True),
        "unit, all": partial(label_file, str(path), str(out)),
    }
    spent: dict[str, list[float]] = {name: [] for name in tools}
    for _ in range(1 + N_ROUNDS):
        for name, tool in tools.items():
            start = time.process_time()
            tool()
            spent[name].append(time.process_time() - start)
    rows: list[tuple[str, ...]] = []
    for unit, loop, what in (
        ("unit, labels", "loop, labels", "labels; the loop reads and classifies"),
        ("unit, all", "loop, all", "all columns; the loop reads, classifies and makes articles"),
        ("unit, all", "loop, labels", "all columns; the loop reads and classifies"),
    ):
        ratios = [one / other for one, other in zip(spent[unit][1:], spent[loop][1:], strict=True)]
        rows.append((kind, what, f"{median(ratios):.3f}", f"{min(ratios):.3f} to {max(ratios):.3f}"))
    return rows, Unit(kind, label_file(str(path), str(out)), median(spent["unit, all"][1:]))


def against_gunzip(path: Path, unit: Unit) -> float:
    """Processor time of a unit, in multiples of that of `gunzip -c FILE | wc -l`."""
    command = ["sh", "-c", f"gunzip -c {path} | wc -l"]
    return unit.processor / median(_processor(command) for _ in range(N_ROUNDS))


def memory(paths: Sequence[Path], folder: Path) -> Iterator[tuple[str, ...]]:
    """Largest memory of a worker for files of growing size."""
    for path in paths:
        found = run([sys.executable, "-c", _MEASURED, str(path), str(folder / "memory")], folder)
        yield path.name, f"{path.stat().st_size / 1e6:,.1f}", f"{found.megabytes:,.0f}"


def start_up(folder: Path, n_files: int) -> float:
    """Processor time of a run over so many files that are done, and one of one page that is not."""
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
    names, spent = folder / f"list-{n_files}", []
    for number in range(N_ROUNDS):
        (inputs / f"new-{number}.warc.wet.gz").write_bytes(archive(["Rain\nIt rained."], number, is_text=True))
        names.write_text("".join(f"{name}\n" for name in inputs.iterdir()))
        spent.append(_processor([*_batch(out, 1), "--inputs", str(names)]))
    return median(spent)


def _batch(out: Path, jobs: int) -> list[str]:
    return [sys.executable, "-m", "linesift", "batch", "--out", str(out), "--jobs", str(jobs)]


def _processor(command: Sequence[str]) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def two_workers(folder: Path, crawl: Path) -> tuple[float, float]:
    """Speed of two workers in multiples of that of one, by the clock; and the share of the machine of others."""
    ratios, own, before = [], 0.0, _machine()
    for number in range(N_WORKER_ROUNDS):
        seconds = []
        for jobs in (1, 2):
            start = time.monotonic()
            own += _processor([*_batch(folder / f"jobs-{jobs}-{number}", jobs), str(crawl)])
            seconds.append(time.monotonic() - start)
        ratios.append(seconds[0] / seconds[1])
    busy, whole = (after - earlier for after, earlier in zip(_machine(), before, strict=True))
    return median(ratios), max(0.0, busy - own) / whole


def _machine() -> tuple[float, float]:
    """Seconds that all cores were busy since the machine started, and all seconds."""
    first = Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]  # those of guests are in the others, too
    user, nice, system, idle, waiting, *others = (int(each) / os.sysconf("SC_CLK_TCK") for each in first)
    busy = user + nice + system + sum(others)
    return busy, busy + idle + waiting


def write_archives(folder: Path, corpora: Path) -> dict[str, Path]:
    """Write a WET and a WARC file of pages of a collection."""
    html = [row["html"] for row in islice(read_rows(corpora / _BENCHMARK), N_PAGES["WET"])]
    wet, warc = folder / "pages.warc.wet.gz", folder / "pages.warc.gz"
    wet.write_bytes(archive([render(page) for page in html], 0, is_text=True))
    warc.write_bytes(archive(html[: N_PAGES["HTML"]], 0, is_text=False, is_html=True))
    return {"WET": wet, "HTML": warc}


def month(units: Sequence[Unit]) -> Iterator[str]:
    """Write what a month of Common Crawl takes at the speeds and sizes that were measured."""
    names = ("", "pages/s of a core", "core-hours", f"at ${_DOLLARS} an hour", "read, TB", "written, TB")
    rows = []
    for each in units:
        hours = _MONTH_PAGES / each.speed / 3600
        read, written = ((size or 0) / each.entry.pages for size in (each.entry.input.size, each.entry.output_size))
        sizes = (f"{each_page * _MONTH_PAGES / 1e12:,.1f}" for each_page in (read, written))
        rows.append((each.kind, f"{each.speed:,.0f}", f"{hours:,.0f}", f"${hours * _DOLLARS:,.0f}", *sizes))
    yield from markdown_table(Table(names, tuple(rows)))


def report(folder: Path, corpora: Path) -> Iterator[str]:
    """Measure, and write the report."""
    keep_freed_memory()
    is_compiled = fast.use(compiled=True)
    files, out = write_archives(folder, corpora), folder / "out"
    yield from ["# Many files", ""]
    yield f"Written by `make batch` on {_about()}: processor time on one core, medians of {N_ROUNDS} rounds in which"
    yield "every tool has its turn, with other programs beside. Pages are the first of trafilatura's benchmark,"
    yield f"{N_PAGES['WET']} as text (WET) and {N_PAGES['HTML']} as HTML (WARC), gzipped one by one; HTML is read by"
    yield "the compiled reader." if is_compiled else "the walk."
    yield from ["", "## Overhead: `label_file` against a bare loop over the same file", ""]
    measured = [overhead(kind, path, out) for kind, path in files.items()]
    units = [unit for _, unit in measured]
    names = ("file", "written", "time, the loop = 1", "of the rounds")
    yield from markdown_table(Table(names, tuple(row for rows, _ in measured for row in rows)))
    times = against_gunzip(files["WET"], units[0])
    yield from ["", f"Labelling the WET file takes {times:,.0f} times as long as `gunzip -c FILE | wc -l`.", ""]
    yield from ["## Memory of a worker", ""]
    grown = [_repeated(path, folder, times) for path in files.values() for times in (1, 8, 24)]
    yield from markdown_table(Table(("file", "its MB", "memory, MB"), tuple(memory(grown, folder))))
    few, many = (start_up(folder, n_files) for n_files in (10, 10_000))
    yield from ["", "## Start", ""]
    yield f"A run that finds 10,000 files done takes {many - few:.2f} s of processor time more than one that finds 10"
    yield f"done ({many:.2f} s and {few:.2f} s; one more file, of one page, is labelled in each)."
    yield from ["", "## A month of Common Crawl", ""]
    yield f"{_MONTH_PAGES / 1e9} billion pages, if they were like these and all columns were written:"
    yield from ["", *month(units)]


def report_workers(folder: Path, corpora: Path) -> Iterator[str]:
    """Measure two workers by the clock, and write the report.

    Raises:
        SystemExit: if other programs were at work.
    """
    wet, crawl = write_archives(folder, corpora)["WET"], folder / "crawl"
    crawl.mkdir()
    for number in range(8):
        (crawl / f"{number}.warc.wet.gz").write_bytes(wet.read_bytes())
    ratio, others = two_workers(folder, crawl)
    if others > _MAX_OTHERS:
        raise SystemExit(
            f"other programs took {others:.0%} of the machine; measure again when it has nothing else to do"
        )
    yield from ["# Two workers", ""]
    yield f"Written by `make batch-workers` on {_about()}: by the clock, median of {N_WORKER_ROUNDS} rounds, while"
    yield f"other programs took {others:.1%} of the machine. A run over 8 WET files of {N_PAGES['WET']} pages:"
    yield from ["", f"two workers are {ratio:.2f} times as fast as one, with the start of the processes."]


def _about() -> str:
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")[2].partition("\n")[0]
    return f"{cpu or platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}"


def _repeated(path: Path, folder: Path, times: int) -> Path:
    grown = folder / f"{times}-times-{path.name}"
    grown.write_bytes(path.read_bytes() * times)
    return grown


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(linesift.__file__).parents[1])}


def main() -> None:
    """Measure one of both and write its report."""
    words = [word for word in sys.argv[1:] if word != "--workers"]
    corpora = Path(words[0]) if words else ROOT.parent / "shared" / "corpora"
    name, measure = ("batch_workers", report_workers) if "--workers" in sys.argv else ("batch", report)
    with tempfile.TemporaryDirectory() as folder:
        lines = list(measure(Path(folder), corpora))
    (ROOT / "reports" / f"{name}.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
