"""Measure how dates are read, write `reports/dates.md`; `make dates` has the packages."""

import argparse
import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from time import process_time

import linesift
from linesift.article.context import Context
from linesift.article.moment import read_moments
from linesift.read.labelled import read_labelled
from linesift.train.corpora import corpus_files, read_rows
from linesift.train.dating import DateLine, Outcome, PageDay, outcome, read_date_lines, read_page_days
from linesift.train.folds import fold_of

ROOT = Path(__file__).parents[1]
TRAINED, OTHERS = ("fundus", "andy", "misinfo", "wcxb_dev"), ("mediacloud", "trafilatura")
ALL = "the four"
ABOUT = """# Dates

Written by `make dates`. {n} lines in {languages} languages, `tests/data/moments.tsv`, written for this from what sites of each
language do. Both get the line, the language of its page and, where a row has one, the time of reading; dateparser reads
the whole line or else the first date that it finds on it. *less*: the day is right, clock or offset are missing.
*wrong*: another day, clock or offset, or a day where a line leaves it open.

| | right | less | refused | wrong | µs a line |
|---|---|---|---|---|---|
{lines}

Pages with a gold day: whether `published` has that day, from the text alone, and htmldate {htmldate} (original date, extensive
search) on the HTML of the same pages. *shown*: pages on which some line of at most 300 characters holds the gold day in a
form that linesift reads, be it the date line, a caption or a related story. The first four collections are labelled by
models of folds that have not seen the site, the others by the shipped model, without sites that it has seen.

| collection | pages | shown | linesift, shown | htmldate, shown | linesift, all | htmldate, all |
|---|---|---|---|---|---|---|
{pages}
"""


def ours(row: DateLine) -> str | None:
    """What linesift reads first on a line."""
    context = Context(frozenset([row.lang] if row.lang else []), now=row.now)
    return next((moment.iso for moment in read_moments(row.line, context)), None)


def theirs(row: DateLine) -> str | None:
    """What dateparser reads; it has midnight for days without a clock, which counts as none."""
    options = {
        "languages": [row.lang] if row.lang else None,
        "settings": {"RELATIVE_BASE": row.now} if row.now else {},
    }
    try:
        found = import_module("dateparser").parse(row.line, **options)
        several = None if found else import_module("dateparser.search").search_dates(row.line, **options)
        found = several[0][1] if several else found
    except Exception:  # noqa: BLE001 - whatever a tool raises is a refusal
        return None
    if found is None:
        return None
    text: str = found.replace(microsecond=0).isoformat()
    return text.removesuffix("T00:00:00") if text != row.expected else text


def line_row(name: str, rows: list[DateLine], read: Callable[[DateLine], str | None]) -> str:
    """A row of the first table."""
    counts = Counter(outcome(row.expected, read(row)) for row in rows)  # also warms up
    start = process_time()
    for row in rows:
        read(row)
    spent = (process_time() - start) / len(rows) * 1e6
    kinds = (Outcome.RIGHT, Outcome.LESS, Outcome.REFUSED, Outcome.WRONG)
    return f"| {name} | {' | '.join(str(counts[kind]) for kind in kinds)} | {spent:,.0f} |"


def page_rows(corpora: Path, model: linesift.Model, folds: list[linesift.Model]) -> Iterator[str]:
    """Rows of the second table."""
    by_hand = (ROOT / "data" / "pages", corpora.parent / "gold" / "pages.jsonl")
    files = [file for file in corpus_files(corpora) if file.suffix == ".parquet" and file.stem not in OTHERS]
    known = {page.site for path in by_hand for page in read_labelled(path)}
    known |= {row["site"] for file in files for row in read_rows(file)}
    find_date = import_module("htmldate").find_date
    groups: dict[str, list[tuple[PageDay, bool]]] = {name: [] for name in (*TRAINED, ALL, *OTHERS)}
    for name in TRAINED + OTHERS:
        choose = (
            (lambda site: None if site in known else model) if name in OTHERS else lambda site: folds[fold_of(site, 4)]
        )
        for page, html in read_page_days(corpora / f"{name}.parquet", choose):
            other = find_date(html, original_date=True, extensive_search=True)
            for group in (name, ALL) if name in TRAINED else (name,):
                groups[group].append((page, other == page.gold))
    for name, pages in groups.items():
        shown = [pair for pair in pages if pair[0].is_shown]
        shares = [
            f"{sum(right) / len(right):.1%}"
            for part in (shown, pages)
            for right in ([page.found == page.gold for page, _ in part], [is_right for _, is_right in part])
        ]
        yield f"| {name} | {len(pages)} | {len(shown)} | {' | '.join(shares)} |"


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("folds", type=Path, help="models of the folds: linesift train --keep-folds")
    given = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    rows = read_date_lines(ROOT / "tests" / "data" / "moments.tsv")
    lines = [line_row("linesift", rows, ours), line_row(f"dateparser {version('dateparser')}", rows, theirs)]
    folds = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    pages = list(page_rows(given.corpora, linesift.load(given.model), folds))
    facts = {"n": len(rows), "languages": len({row.lang for row in rows if row.lang}), "htmldate": version("htmldate")}
    text = ABOUT.format(lines="\n".join(lines), pages="\n".join(pages), **facts)
    (ROOT / "reports" / "dates.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
