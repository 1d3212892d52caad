"""Measure how well dates are read, and write `reports/dates.md`; `make dates` installs the packages."""

import argparse
import logging
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from time import process_time

import linesift
from benchmarks.dating import DateLine, Outcome, PageDay, day_table, outcome, read_date_lines, read_page_days
from linesift.dates.context import Context
from linesift.dates.moment import read_moments
from linesift.dates.tokens import tokenize
from linesift.evaluate.sections import Row, Table, markdown_table
from linesift.read.labelled import read_labelled
from linesift.train.corpora import corpus_files, read_rows
from linesift.train.folds import fold_of

ROOT = Path(__file__).parents[1]
_TRAINED, _OTHERS = ("fundus", "andy", "misinfo", "wcxb_dev"), ("mediacloud", "trafilatura")
_ALL = "the four together"
_N_RUNS = 5
_LINES = """
{n} lines in {languages} languages, `tests/data/moments.tsv`, written from what sites of each language do. Each comes
with the language of its page and, where a row has one, the time of reading. dateparser reads the whole line as a date,
or else the first date that it finds on it. Less: the day is right, the clock or the offset is missing. Wrong: another
day, clock or offset, or a day where the line leaves it open.
"""
_PAGES = """
Pages with a gold day: whether `published` has that day, from the text alone, and beside it htmldate {htmldate} (its
original date, extensive search) on the HTML of the same pages. Shown: pages on which some line of at most 300
characters holds the gold day in a form that linesift reads, be it the date line, a caption or a related story. All
collections are labelled by the models of folds that have not seen the site; of the last two without the sites that
stand in a collection with gold.
"""
Pages = dict[str, list[tuple[PageDay, str | None]]]


def ours(row: DateLine) -> str | None:
    """Read the first moment of a line with linesift."""
    tokenize.cache_clear()  # so that every line is read anew
    context = Context(frozenset([row.lang] if row.lang else []), now=row.now)
    return next((moment.iso for moment in read_moments(row.line, context)), None)


def theirs(row: DateLine) -> str | None:
    """Read a line with dateparser; its midnight for a day without a clock counts as none."""
    languages = [row.lang] if row.lang else None
    settings = {"RELATIVE_BASE": row.now} if row.now else {}
    try:
        found = import_module("dateparser").parse(row.line, languages=languages, settings=settings)
        search = import_module("dateparser.search").search_dates
        several = None if found else search(row.line, languages=languages, settings=settings)
    except Exception:  # noqa: BLE001 - whatever a tool raises is a refusal
        return None
    found = several[0][1] if several else found
    if found is None:
        return None
    text = str(found.replace(microsecond=0).isoformat())
    if row.now and row.expected and "T" not in row.expected:
        return text[:10]  # "2 days ago" has the clock of now
    return text if text == row.expected else text.removesuffix("T00:00:00")


def _line_row(name: str, rows: list[DateLine], read: Callable[[DateLine], str | None]) -> Row:
    """Give the row of one tool in the first table."""
    counts = Counter(outcome(row.expected, read(row)) for row in rows)  # also warms up
    spent = []
    for _ in range(_N_RUNS):
        start = process_time()
        for row in rows:
            read(row)
        spent.append((process_time() - start) / len(rows) * 1e6)
    return (name, *(counts[kind] for kind in Outcome), f"{min(spent):,.0f}")


def _model_of(folds: list[linesift.Model], skipped: set[str], site: str) -> linesift.Model | None:
    """Choose the model that has not seen a site; `None` for sites that are left out."""
    return None if site in skipped else folds[fold_of(site, len(folds))]


def read_pages(corpora: Path, folds: list[linesift.Model]) -> Pages:
    """Read the days of all pages with linesift and with htmldate, by collection."""
    by_hand = (ROOT / "data" / "pages", corpora.parent / "gold" / "pages.jsonl")
    files = [file for file in corpus_files(corpora) if file.suffix == ".parquet" and file.stem not in _OTHERS]
    known = {page.site for path in by_hand for page in read_labelled(path)}
    known |= {row["site"] for file in files for row in read_rows(file)}
    find_date = import_module("htmldate").find_date
    pages: Pages = {name: [] for name in (*_TRAINED, _ALL, *_OTHERS)}
    for name in _TRAINED + _OTHERS:
        skipped = known if name in _OTHERS else set()
        for page, html in read_page_days(corpora / f"{name}.parquet", partial(_model_of, folds, skipped)):
            pages[name].append((page, find_date(html, original_date=True, extensive_search=True)))
        pages[_ALL] += pages[name] if name in _TRAINED else []
    return pages


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("folds", type=Path, help="models of the folds: linesift train --keep-folds")
    given = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    rows = read_date_lines(ROOT / "tests" / "data" / "moments.tsv")
    facts = {"n": len(rows), "languages": len({row.lang for row in rows if row.lang}), "htmldate": version("htmldate")}
    columns = ("", *Outcome, f"µs a line, best of {_N_RUNS} runs")
    tools = (_line_row("linesift", rows, ours), _line_row(f"dateparser {version('dateparser')}", rows, theirs))
    text = ["# Dates", _LINES.format(**facts), *markdown_table(Table(columns, tools))]
    folds = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    pages = read_pages(given.corpora, folds)
    text += [_PAGES.format(**facts), *day_table(pages, "htmldate")]
    (ROOT / "reports" / "dates.md").write_text("\n".join([*text, ""]), "utf-8")


if __name__ == "__main__":
    main()
