"""Compare the compiled reader of HTML with the walk: `readers.py MODEL CORPORA` writes two reports.

`reports/readers_speed.md`: linesift takes turns with other tools on the pages that `compare.py` times, on one core
(Linux). `reports/readers.md`: both read every page of all collections, and text and hints must be equal; it
ends with 1 if any differ.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

import linesift
from benchmarks.bench_peers import fasttext, resiliparse, trafilatura
from benchmarks.bench_process import start_table, starts
from benchmarks.bench_tools import in_turns
from benchmarks.compare_cases import ROOT, read_cases
from linesift.evaluate.sections import Table, markdown_table
from linesift.fast import use
from linesift.read.html.encoding import to_utf8
from linesift.read.html.fast import load
from linesift.read.html.limits import limit_markup
from linesift.read.html.page import read_html
from linesift.read.html.plain import read_plain
from linesift.read.labelled import read_labelled
from linesift.train.corpora import read_rows, render

_N_TIMED = 100


@dataclass(slots=True)
class Count:
    """Pages of a collection."""

    name: str
    n_pages: int = 0
    n_left: int = 0
    """Pages that the compiled reader leaves to the walk."""
    n_different: int = 0


def count_equal(corpora: Path) -> Iterator[Count]:
    """Read every page of every Parquet file with both readers."""
    reader = load()
    if reader is None:
        raise SystemExit("the compiled reader cannot be used here")
    for file in sorted(corpora.glob("*.parquet")):
        count = Count(file.stem)
        for row in read_rows(file):
            whole = to_utf8(row["html"])
            html, _ = limit_markup(whole)
            tree = LexborHTMLParser(html, scripting=True)
            found = reader.read(tree, html)
            count.n_different += reader.is_ordinary(whole) and html != whole
            count.n_pages += 1
            count.n_left += found is None
            if found is not None:
                text, hints = read_plain(tree, html)
                count.n_different += found[0] != text or not found[1].equals(hints)
        print(count, file=sys.stderr)
        yield count


def _read(model: linesift.Model, html: Sequence[bytes], *, compiled: bool, singly: bool) -> None:
    """Read and classify pages, all together or one by one."""
    use(compiled=compiled)
    if singly:
        for one in html:
            model.classify(read_html(one).page)
    else:
        model.classify_batch([read_html(one).page for one in html])


def _only_read(html: Sequence[bytes], *, compiled: bool) -> None:
    use(compiled=compiled)
    for one in html:
        read_html(one)


def time_all(model: linesift.Model, corpora: Path, n_runs: int) -> Iterator[str]:
    """Write the times of all tools on some pages of the benchmark."""
    cases, _ = read_cases(corpora)
    html = [case.html for case in cases[:: max(1, len(cases) // _N_TIMED)]][:_N_TIMED]
    decoded = [one.decode() for one in html]
    texts = [render(one) for one in decoded]
    n_lines = sum(text.count("\n") + 1 for text in texts)
    tools: dict[str, Callable[[], object]] = {
        "trafilatura": trafilatura(decoded),
        "resiliparse, main content": resiliparse(decoded, main_content=True),
        "the parser alone": lambda: [LexborHTMLParser(one, scripting=True) for one in html],
        "parse and write out": lambda: [LexborHTMLParser(one, scripting=True).html for one in html],
        "text, batch": lambda: model.classify_batch(texts),
        "text, page by page": lambda: [model.classify(text) for text in texts],
        "fastText on the text, line by line": fasttext([text.encode() for text in texts], read_labelled(_ours())),
    }
    for name, compiled in (("walk", False), ("compiled", True)):
        tools[f"reading alone, {name}"] = partial(_only_read, html, compiled=compiled)
        tools[f"HTML, batch, {name}"] = partial(_read, model, html, compiled=compiled, singly=False)
        tools[f"HTML, singly, {name}"] = partial(_read, model, html, compiled=compiled, singly=True)
    spent = {name: each.median for name, each in in_turns(tools, n_runs).items()}
    size, unit, main = sum(map(len, html)) / 1e6, spent["trafilatura"], spent["resiliparse, main content"]
    yield from [f"## {len(html)} pages of trafilatura's benchmark, {size:.1f} MB, {n_lines:,} lines as text", ""]
    columns = ("", "ms a page", "times trafilatura", "share of resiliparse", "lines/s of text")
    rows = (
        (name, f"{1000 * each / len(html):.2f}", f"{unit / each:.2f}", f"{main / each:.2f}", f"{n_lines / each:,.0f}")
        for name, each in spent.items()
    )
    yield from markdown_table(Table(columns, tuple(rows)))


def _ours() -> Path:
    return ROOT / "data" / "pages"


def _about(n_runs: int) -> str:
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")[2].partition("\n")[0]
    return (
        f"Written by `make readers` on {cpu or platform.machine()}, {os.cpu_count()} cores; Python "
        f"{platform.python_version()}: processor time on one core, medians of {n_runs} rounds in which every tool has "
        "its turn. What counts is the ratio. `walk` is what reads without the extra `fast`."
    )


def equality(counts: Sequence[Count]) -> Iterator[str]:
    """Write how many pages both readers read alike."""
    yield from ["# Pages of the collections, read by the compiled reader and by the walk", ""]
    total = Count("all", *(sum(getattr(each, n) for each in counts) for n in ("n_pages", "n_left", "n_different")))
    rows = ((each.name, f"{each.n_pages:,}", str(each.n_left), str(each.n_different)) for each in (*counts, total))
    columns = ("collection", "pages", "left to the walk", "text or hints differ")
    yield from markdown_table(Table(columns, tuple(rows)))


def speed(model: linesift.Model, corpora: Path, n_runs: int) -> Iterator[str]:
    """Write how fast both readers are, and what limits them."""
    yield from ["# Speed of the compiled reader of HTML", "", _about(n_runs), "", *time_all(model, corpora, n_runs), ""]
    yield from ["## Start", ""]
    with tempfile.TemporaryDirectory() as folder:
        yield from start_table(starts(Path(folder), read_labelled(_ours())[0]))
    yield (Path(__file__).parent / "speed_limits.md").read_text("utf-8").rstrip()


def _write(name: str, lines: Iterator[str]) -> None:
    (ROOT / "reports" / name).write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Measure and write both reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--only", choices=("equality", "speed"))
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if given.only != "equality":
        _write("readers_speed.md", speed(linesift.load(given.model), given.corpora, given.rounds))
    if given.only != "speed":
        counts = list(count_equal(given.corpora))
        _write("readers.md", equality(counts))
        sys.exit(any(each.n_different for each in counts))


if __name__ == "__main__":
    main()
