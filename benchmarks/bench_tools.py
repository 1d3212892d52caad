"""Speed of linesift and other tools on the same pages, in turns, on one core, for `bench.py`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from statistics import median
from time import process_time
from typing import NamedTuple

import linesift
from benchmarks.bench_peers import PEERS, fasttext
from linesift.evaluate.sections import Table, markdown_table
from linesift.fast import use
from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html

_BATCH_PAGES = 64
_CEILING = "ceiling: decode and split"
Tools = dict[str, Callable[[], object]]
_ELEMENTS = {
    Label.HEADLINE: "<h1>{}</h1>",
    Label.BODY: "<p>{}</p>",
    Label.TIMESTAMP: '<p class="date"><time>{}</time></p>',
    Label.SIDEBAR: '<ul class="menu"><li><a href="https://news.example/">{}</a></li></ul>',
}


class Spent(NamedTuple):
    """Seconds of one tool over all rounds."""

    median: float
    best: float
    """Seconds of the fastest round."""


def in_turns(tools: Mapping[str, Callable[[], object]], n_runs: int) -> dict[str, Spent]:
    """Measure the seconds of each tool over rounds in which every tool has its turn, after one to warm up."""
    spent: dict[str, list[float]] = {name: [] for name in tools}
    for _ in range(n_runs + 1):
        for name, run in tools.items():
            start = process_time()
            run()
            spent[name].append(process_time() - start)
    return {name: Spent(median(seconds[1:]), min(seconds[1:])) for name, seconds in spent.items()}


def as_html(page: LabelledPage) -> str:
    """Write a labelled page as plain HTML; pages of the web have about ten times as much markup."""
    pairs = zip(page.page.lines, page.labels, strict=True)
    lines = [_ELEMENTS[label].format(escape(line)) for line, label in pairs if label is not None]
    return "<!doctype html><html><head><title>News</title></head><body>\n" + "\n".join(lines) + "\n</body></html>"


def _batched(model: linesift.Model, pages: Sequence[Page]) -> None:
    """Classify pages by the batch."""
    for start in range(0, len(pages), _BATCH_PAGES):
        model.classify_batch(pages[start : start + _BATCH_PAGES])


def _read_batched(model: linesift.Model, data: Sequence[bytes], *, compiled: bool) -> None:
    """Read and classify pages of HTML."""
    use(compiled=compiled)
    _batched(model, [read_html(one).page for one in data])


def text_tools(model: linesift.Model, pages: Sequence[Page], training: Sequence[LabelledPage]) -> Tools:
    """Give the tools that read lines: the model, fastText if it is installed, and the upper limit."""
    data = [page.text.encode("utf-8", "replace") for page in pages]
    tools: Tools = {
        "linesift, batches of 64 pages": lambda: _batched(model, pages),
        "linesift, page by page": lambda: [model.classify(page) for page in pages],
        _CEILING: lambda: [one.decode().split("\n") for one in data],
    }
    with suppress(ImportError):
        tools["fastText, line by line"] = fasttext(data, training)
    return tools


def _html_tools(model: linesift.Model, html: Sequence[str], texts: Sequence[str]) -> tuple[Tools, list[str]]:
    """Give the tools that read HTML, and the names of those that are not installed."""
    pages = [Page(text) for text in texts]
    data = [one.encode("utf-8", "replace") for one in html]
    tools: Tools = {
        "linesift, text": lambda: _batched(model, pages),
        "linesift, HTML": lambda: _read_batched(model, data, compiled=False),
    }
    if use(compiled=True):
        tools["linesift, HTML, with the extra fast"] = lambda: _read_batched(model, data, compiled=True)
    missing = []
    for name, run in PEERS.items():
        try:
            tools[name] = run(html)
        except ImportError:
            missing.append(name)
    return {**tools, _CEILING: lambda: [one.decode().split("\n") for one in data]}, missing


def page_table(
    model: linesift.Model, name: str, html: Sequence[str], texts: Sequence[str], n_runs: int
) -> Iterator[str]:
    """Write the speed of tools that read HTML, beside linesift on the text of the same pages."""
    tools, missing = _html_tools(model, html, texts)
    spent = in_turns(tools, n_runs)
    size = sum(len(page.encode("utf-8", "replace")) for page in html) / 1e6
    yield from [f"## Pages of {name}: {len(html)} pages, {size:.1f} MB of HTML", ""]
    unit = spent["jusText"].median if "jusText" in spent else None
    rows = (
        (
            row,
            f"{len(html) / seconds:,.1f}",
            f"{size / seconds:,.1f}",
            "" if unit is None else f"{unit / seconds:,.1f}",
        )
        for row, (seconds, _) in spent.items()
    )
    yield from markdown_table(Table(("", "pages/s", "MB of HTML/s", "times jusText"), tuple(rows)))
    yield from ["", f"Not installed here: {', '.join(missing)}; `make bench` installs them.", ""] if missing else [""]
