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
    FORMS,
    DateLine,
    Outcome,
    PageDays,
    Tool,
    calibration,
    day_rows,
    days_of,
    fault_rows,
    outcome,
    published_days,
    read_date_lines,
    read_page_days,
    threshold_rows,
)
from linesift.article.likelihood import read_likelihood
from linesift.dates.context import Context
from linesift.dates.moment import read_moments
from linesift.dates.tokens import tokenize
from linesift.evaluate.sections import Row, Table, markdown_table
from linesift.train.folds import fold_of
from linesift.train.likelihood import Bounds, Choice, cross_fit

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
probability that a day is right is fitted without the site as well. "And address" is with the address of the page known,
as it is for archives and tables. Beside it htmldate {htmldate} (original date,
extensive search) and trafilatura {trafilatura} on the HTML of the same pages.
"""
_SHOWN = """
Gold days are wrong at times. These are the {n_shown} pages whose gold day stands somewhere in their text or their
markup; on the others no tool can find it:
"""
_COLLECTIONS = """
All pages, by collection:
"""
_THRESHOLDS = """
Right days against wrong ones, all pages. `published` has the days from the bounds of
`scripts/fit_likelihood.py` on; whoever wants fewer wrong ones takes those with a higher `confidence.published`:
"""
_LEAST = (0.0, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)
_FAULTS = """
What the wrong days are: numbers of pages, each of the first kind that fits. "The markup has" and "the page shows" are
found by the days that linesift reads.
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
    tools: list[Tool] = []
    if with_tools:
        find_date, extract = import_module("htmldate").find_date, import_module("trafilatura.metadata").extract_metadata
        find = partial(find_date, original_date=True, extensive_search=True)
        tools.append(lambda html, _: find(html))
        tools.append(lambda html, address: find(html, url=address))
        tools.append(lambda html, _: getattr(extract(html), "date", None))
    pages = []
    for name in _FOUR + _OTHERS:
        own = tools if name in _FOUR else ()
        pages += list(read_page_days(corpora / f"{name}.parquet", partial(_model_of, folds), own))
    return pages


def _choose(pages: list[PageDays]) -> dict[str, list[Choice]]:
    """Choose the day of every page in every form, with the bounds of the shipped probability."""
    chosen: dict[str, list[Choice]] = {}
    for plain in ("text", "html"):
        shipped = read_likelihood(is_html=plain == "html")
        bounds = Bounds(shipped.least, shipped.least_elsewhere)
        found = {id(each.page): each for each in cross_fit(days_of(pages, plain), bounds)}
        for form in (plain, f"{plain}_and_address"):
            chosen[form] = [found[id(getattr(page, form))] for page in pages]
    return {form: chosen[form] for form in FORMS}


def write_pages(pages: list[PageDays]) -> list[str]:
    """Write the tables of pages."""
    four = [page for page in pages if page.collection in _FOUR]
    tools = ("htmldate", "htmldate, with the address", "trafilatura") if four and four[0].others else ()
    facts = {"n": len(four), "names": ", ".join(_FOUR), "names_all": ", ".join(_FOUR + _OTHERS)}
    facts |= {name: version(name) for name in ("htmldate", "trafilatura") if tools}
    columns = ("", "right", "next day", "wrong", "none")
    chosen = _choose(pages)
    published = {form: published_days(choices) for form, choices in chosen.items()}
    text = [_PAGES.format(**facts), *markdown_table(Table(columns, tuple(day_rows(four, published, tools))))]
    shown = [page for page in four if page.html.is_shown]
    text.append(_SHOWN.format(n_shown=len(shown)))
    text += markdown_table(Table(columns, tuple(day_rows(shown, published, tools))))
    text.append(_COLLECTIONS)
    parts = {name: [page for page in four if page.collection == name] for name in _FOUR}
    rows = [(name, *row) for name, part in parts.items() for row in day_rows(part, published, tools)]
    text += markdown_table(Table(("collection", *columns), tuple(rows)))
    text.append(_THRESHOLDS)
    plain = {form: chosen[form] for form in ("text", "html")}
    rows = threshold_rows(four, plain, _LEAST)
    text += markdown_table(Table(("", "probability from", "right", "next day", "wrong", "none"), tuple(rows)))
    text.append(_FAULTS)
    text += markdown_table(Table(("", *(FORMS[form] for form in plain)), tuple(fault_rows(four, plain))))
    bins = {form: calibration(choices) for form, choices in plain.items()}
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
