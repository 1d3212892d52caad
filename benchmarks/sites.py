"""Measure what one to three labelled pages do for the other pages of invented sites; write reports/sites.md.

The shipped model was not trained on the sites of `data/sites`, so no models of folds are needed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import linesift
from benchmarks.adapting import Site, rate, read_sites
from linesift.atomic import write_atomic
from linesift.evaluate.sections import Row, Table, markdown_table
from linesift.read.labelled import read_labelled

_ROOT = Path(__file__).parents[1]
_REPORT = _ROOT / "reports" / "sites.md"
_SIZES = (1, 2, 3)
"""Numbers of labelled pages."""

_INTRO = """\
# Adapting to invented sites

Written by `make sites`. Five sites of ten pages in `data/sites`, each of its own build and language, as plain text.
The shipped model was not trained on them. One, two or three labelled pages are drawn three times for each site, and the
wrong lines on its other pages are counted, for each page: before (of the draws with three pages), and after adapting.
Sites of the collections are in `reports/adaptation.md`.
"""


def main() -> int:
    """Read, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="another model than the shipped one; it must not know the sites")
    given = parser.parse_args()
    sites = read_sites([linesift.load(given.model)], read_labelled(_ROOT / "data" / "sites"))
    write_atomic(_REPORT, "\n".join([_INTRO, *_lines(sites)]).encode() + b"\n")
    return 0


def _lines(sites: Sequence[Site]) -> Iterator[str]:
    rates = [_rates(site) for site in sites]
    rows: list[Row] = [
        (site.name, site.pages[0].lang, *(f"{rate:.2f}" for rate in found), f"{found[-1] / found[0]:.2f}")
        for site, found in zip(sites, rates, strict=True)
    ]
    after = [f"with {size} labelled" for size in _SIZES]
    columns = ("site", "language", "wrong lines a page", *after, "share left with 3")
    yield from markdown_table(Table(columns, tuple(rows)))
    left = [found[-1] / found[0] for found in rates]
    total = sum(found[-1] for found in rates) / sum(found[0] for found in rates)
    yield ""
    yield f"With three pages {np.median(left):.0%} of the wrong lines are left on the median site, {total:.0%} in sum."


def _rates(site: Site) -> list[float]:
    """Wrong lines for each other page: before, and with each number of labelled pages."""
    before = site.is_wrong(np.zeros_like(site.base))
    found = [
        rate(site, before, [(site.is_wrong(site.corrected(learnt)), rest) for learnt, rest in site.draws(size)])
        for size in _SIZES
    ]
    return [found[-1][0], *(after for _, after in found)]


if __name__ == "__main__":
    sys.exit(main())
