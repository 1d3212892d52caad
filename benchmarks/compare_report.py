"""The report of `compare.py` in Markdown."""

from collections.abc import Mapping

from linesift.evaluate.sections import Row, Table, markdown_table

_ABOUT = """
The pages are of trafilatura's benchmark, without those of sites that stand in a collection with gold. The benchmark
has no gold text; linesift learnt most of its pages, read line by line, and each page is scored by the model of the fold
that has not seen its site. Some strings belong to the article of a page, others do not. Recall is
the share of the first that a tool's text holds, precision their share among all strings that it holds, over all pages
together, with white space collapsed on both sides. A page where a tool raised an exception (failed) or gave nothing
(empty) has no text.

Settings: trafilatura and jusText as in that benchmark (jusText with the stop words of all its languages, for no tool is
told the language), trafilatura with `favor_precision` too, chromerag's Markdown without its marks, newspaper4k's
`fulltext`, resiliparse with main content and without comments; of readability-lxml the text of its HTML counts, of
linesift the body lines.

By collection: article F1 on pages that were read line by line and have an article, against their body lines (4-gram
shingles, precision and recall averaged over pages). linesift was trained on these pages, so each is labelled by the
model of the fold that has not seen its site, as its training wrote it down; the other tools run here.

Speed is HTML bytes to text in pages per second of processor time on one core, the median of some runs, tools taking
turns. Plain text for linesift is rendered by resiliparse within its time.
"""
OWN = "linesift, HTML"


def table(facts: Mapping[str, object], rows: Mapping[str, Mapping[str, float]]) -> str:
    """Write the report in Markdown, the best tool first."""
    lines = ["# linesift and other extractors", "", *(f"- {name}: {fact}" for name, fact in facts.items()), _ABOUT]
    lines += [] if "linesift, HTML" in rows else ["The model has no part for HTML: linesift on HTML is missing.", ""]
    columns = ("tool", "precision", "recall", "F1", "failed", "empty", "pages/s", "to trafilatura")
    cells: list[Row] = []
    for name, row in sorted(rows.items(), key=lambda item: -item[1]["f1"]):
        scores = [row[score] for score in ("precision", "recall", "f1", "n_failed", "n_empty")]
        cells.append((name, *scores, f"{row['pages_per_second']:,.1f}", f"{row['to_trafilatura']:.2f}"))
    lines += markdown_table(Table(columns, tuple(cells)))
    return "\n".join([*lines, ""])


def collection_table(scores: Mapping[str, Mapping[str, float]], n_pages: Mapping[str, int]) -> str:
    """Article F1 of every tool on every collection, linesift first."""
    names = [f"{name} ({n_pages[name]} pages)" for name in scores]
    tools = next(iter(scores.values()))
    rows: list[Row] = [(tool, *(row[tool] for row in scores.values())) for tool in tools]
    lines = ["## By collection", "", *markdown_table(Table(("tool", *names), tuple(rows)))]
    return "\n".join([*lines, ""])
