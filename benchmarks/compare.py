"""Compare linesift with other extractors: `make compare`.

`compare.py MODEL CORPORA FOLDS` writes `reports/compare.md` and `.json`. All tools run in one process on one core
(Linux), in an environment of its own that has them, `.venv-compare`.
"""

import argparse
import json
import logging
import os
import platform
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import linesift
from benchmarks.compare_cases import (
    ROOT,
    Case,
    Row,
    read_articles,
    read_cases,
    read_gold_articles,
    score,
    score_articles,
)
from benchmarks.compare_report import OWN, collection_table, table
from benchmarks.peers import Extract, own, peers, time_tools
from linesift.evaluate.held_out import HELD_OUT, Scores, read_held_out
from linesift.evaluate.metrics import article_score
from linesift.fast import use
from linesift.model.directory import read_about
from linesift.read.html.fast import READER
from linesift.train.folds import fold_of
from linesift.train.provenance import short_name

_N_RUNS, _N_TIMED = 3, 100
_COLLECTIONS = {
    "wcxb": "wcxb_dev", "andy": "andy", "fundus": "fundus", "misinfo": "misinfo", "waddle": "waddle",
    "trafilatura": "trafilatura", "dragnet": "dragnet", "more": "more",
}  # fmt: skip
"""Collections with pages read line by line, and their files."""
_MOST_PAGES = 300
"""About so many pages of a collection."""


def measure(tools: Mapping[str, Extract], folds: Sequence[linesift.Model], cases: Sequence[Case]) -> dict[str, Row]:
    """Score every tool, linesift by the models of the folds, which warms it up; then time it on some pages."""
    ours = [dict(own(model)) for model in folds]
    rows = {
        name: score(cases, held_out([each[name] for each in ours], cases) if name in ours[0] else texts(run, cases))
        for name, run in tools.items()
    }
    use(compiled=True)  # or the order of the benchmarks decides, because numba keeps what an earlier one compiled
    pages = [case.html for case in cases[:: max(1, len(cases) // _N_TIMED)]][:_N_TIMED]
    speeds = time_tools(tools, pages, _N_RUNS)
    return {
        name: row | {"pages_per_second": speeds[name], "to_trafilatura": speeds[name] / speeds["trafilatura"]}
        for name, row in rows.items()
    }


def texts(run: Extract, cases: Sequence[Case]) -> list[str | None]:
    """Run a tool on all pages."""
    return run([case.html for case in cases])


def held_out(runs: Sequence[Extract], cases: Sequence[Case]) -> list[str | None]:
    """Run linesift on all pages, each with the model of the fold that has not seen its site."""
    found: dict[int, str | None] = {}
    for fold, run in enumerate(runs):
        places = [place for place, case in enumerate(cases) if fold_of(case.site, len(runs)) == fold]
        found |= zip(places, texts(run, [cases[place] for place in places]), strict=True)
    return [found[place] for place in range(len(cases))]


def by_collection(tools: Mapping[str, Extract], corpora: Path, held_out: Scores, most: int) -> dict[str, Row]:
    """Article F1 of the other tools, and of the models that had not seen a page's site, on the same read pages."""
    gold = read_gold_articles(corpora)
    scores: dict[str, Row] = {}
    for name, file in _COLLECTIONS.items():
        # Where a collection also has pages that were aligned, those read have a group of their own.
        ours = held_out.get(f"{name} by hand") or held_out.get(name, {})
        articles = read_articles(corpora / f"{file}.parquet", gold, ours, most)
        if not articles:
            continue
        scores[name] = {OWN: article_score(ours[page.name] for page in articles).f1}
        for tool, run in tools.items():
            scores[name][tool] = score_articles(articles, run([page.html for page in articles]))
        scores[name]["pages"] = len(articles)
    return scores


def main() -> None:
    """Compare and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("folds", type=Path, help="models of the folds, from linesift train --keep-folds")
    parser.add_argument("--pages", type=int, help="about so many pages only, for a trial")
    parser.add_argument("--held-out", type=Path, default=ROOT / "reports" / HELD_OUT)
    parser.add_argument("--out", type=Path, default=ROOT / "reports")
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    logging.disable()  # what tools say of single pages
    warnings.simplefilter("ignore")
    others = peers()
    tools = dict(own(linesift.load(given.model))) | others
    known = read_held_out(given.held_out, given.model)
    cases, n_left_out = read_cases(given.corpora)
    cases = cases[:: max(1, len(cases) // (given.pages or len(cases)))]
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")[2].partition("\n")[0]
    packages = ["linesift", "numpy", "selectolax", *dict.fromkeys(name.partition(",")[0] for name in others)]
    facts = {
        "command": f"make compare MODEL={short_name(given.model)}",
        "weights": read_about(given.model)["weights_sha256"],
        "machine": f"{cpu or platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {version(name)}" for name in packages),
        "pages": f"{len(cases)} of {len({case.site for case in cases})} sites, {n_left_out} of known sites left out",
        "strings": f"{sum(len(x.must) for x in cases)} of articles, {sum(len(x.mustnot) for x in cases)} of the rest",
        "timed": f"{min(_N_TIMED, len(cases))} pages, medians of {_N_RUNS} runs",
    }
    folds = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    rows = measure(tools, folds, cases)
    facts["reader"] = "compiled by the extra fast" if READER.compiled is not None else "the plain walk"
    scores = by_collection(others, given.corpora, known, min(given.pages or _MOST_PAGES, _MOST_PAGES))
    n_pages = {name: int(row.pop("pages")) for name, row in scores.items()}
    (given.out / "compare.json").write_text(
        json.dumps(facts | {"tools": rows, "by_collection": scores}, indent=1) + "\n", "utf-8"
    )
    (given.out / "compare.md").write_text(table(facts, rows) + "\n" + collection_table(scores, n_pages), "utf-8")


if __name__ == "__main__":
    main()
