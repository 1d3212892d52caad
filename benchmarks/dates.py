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
from benchmarks.dating import (
    DateLine,
    Outcome,
    PageDays,
    calibration,
    day_rows,
    outcome,
    published_days,
    read_date_lines,
    read_page_days,
)
from linesift.article.likelihood import read_likelihood
from linesift.dates.context import Context
from linesift.dates.moment import read_moments
from linesift.dates.tokens import tokenize
from linesift.evaluate.sections import Row, Table, markdown_table
from linesift.train.folds import fold_of
from linesift.train.likelihood import Bounds, cross_fit

ROOT = Path(__file__).parents[1]
_FOUR = ("fundus", "andy", "misinfo", "wcxb_dev")
_OTHERS = ("mediacloud", "trafilatura", "fundus_old")
"""Collections that the probability is fitted on as well."""
_N_RUNS = 5
_LINES = """
{n} lines in {languages} languages, `tests/data/moments.tsv`, written from what sites of each language do. Each comes
with the language of its page and, where a row has one, the time of reading. dateparser reads the whole line as a date,
or else the first date that it finds on it. Less: the day is right, the clock or the offset is missing. Wrong: another
day, clock or offset, or a day where the line leaves it open.
"""
_PAGES = """
{n} pages of four collections ({names}) with a gold day: pages per 100 on which `published` has that day, the day
before or after it, another one, or none. Lines are labelled by models of folds that have not seen the site, and the
probability that a day is right is fitted without the site as well. Beside it htmldate {htmldate} (original date,
extensive search) and trafilatura {trafilatura} on the HTML of the same pages.
"""
_SHOWN = """
Gold days are wrong at times. These are the {n_shown} pages whose gold day stands somewhere in their text or their
markup; on the others no tool can find it:
"""
_COLLECTIONS = """
All pages, by collection:
"""
_BINS = """
How sure `confidence.published` is, over the likeliest day of every page of {names_all}, those below the bound
included, where the gold day says for sure whether it is right. Mean distance of probability and share: {text:.3f} for
text, {html:.3f} for HTML.
"""


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


def _model_of(folds: list[linesift.Model], site: str) -> linesift.Model:
    """Choose the model that has not seen a site."""
    return folds[fold_of(site, len(folds))]


def read_pages(corpora: Path, folds: list[linesift.Model], *, with_tools: bool = True) -> list[PageDays]:
    """Read the days of all pages with a gold day, by the models that have not seen their sites."""
    tools: list[Callable[[str], str | None]] = []
    if with_tools:
        find_date, extract = import_module("htmldate").find_date, import_module("trafilatura.metadata").extract_metadata
        tools.append(partial(find_date, original_date=True, extensive_search=True))
        tools.append(lambda html: getattr(extract(html), "date", None))
    pages = []
    for name in _FOUR + _OTHERS:
        own = tools if name in _FOUR else ()
        pages += list(read_page_days(corpora / f"{name}.parquet", partial(_model_of, folds), own))
    return pages


def write_pages(pages: list[PageDays]) -> list[str]:
    """Write the tables of pages."""
    shipped = {form: read_likelihood(is_html=form == "html") for form in ("text", "html")}
    bounds = {form: Bounds(one.least, one.least_elsewhere) for form, one in shipped.items()}
    four = [page for page in pages if page.collection in _FOUR]
    tools = ("htmldate", "trafilatura") if four and four[0].others else ()
    facts = {"n": len(four), "names": ", ".join(_FOUR), "names_all": ", ".join(_FOUR + _OTHERS)}
    facts |= {name: version(name) for name in tools}
    columns = ("", "right", "next day", "wrong", "none")
    chosen = {form: cross_fit([getattr(page, form) for page in pages], bounds[form]) for form in bounds}
    published = {form: published_days(chosen[form]) for form in bounds}
    text = [_PAGES.format(**facts), *markdown_table(Table(columns, tuple(day_rows(four, published, tools))))]
    shown = [page for page in four if page.html.is_shown]
    text.append(_SHOWN.format(n_shown=len(shown)))
    text += markdown_table(Table(columns, tuple(day_rows(shown, published, tools))))
    text.append(_COLLECTIONS)
    parts = {name: [page for page in four if page.collection == name] for name in _FOUR}
    rows = [(name, *row) for name, part in parts.items() for row in day_rows(part, published, tools)]
    text += markdown_table(Table(("collection", *columns), tuple(rows)))
    bins = {form: calibration(chosen[form]) for form in bounds}
    text.append(_BINS.format(**facts, text=bins["text"][1], html=bins["html"][1]))
    rows = [(form, *row) for form, (own, _) in bins.items() for row in own]
    return [*text, *markdown_table(Table(("", "probability", "pages", "mean", "right"), tuple(rows)))]


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("folds", type=Path, help="models of the folds: linesift train --keep-folds")
    given = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    rows = read_date_lines(ROOT / "tests" / "data" / "moments.tsv")
    facts = {"n": len(rows), "languages": len({row.lang for row in rows if row.lang})}
    columns = ("", *Outcome, f"µs a line, best of {_N_RUNS} runs")
    tools = (_line_row("linesift", rows, ours), _line_row(f"dateparser {version('dateparser')}", rows, theirs))
    text = ["# Dates", _LINES.format(**facts), *markdown_table(Table(columns, tools))]
    folds = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    text += write_pages(read_pages(given.corpora, folds))
    (ROOT / "reports" / "dates.md").write_text("\n".join([*text, ""]), "utf-8")


if __name__ == "__main__":
    main()
