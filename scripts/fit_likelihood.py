"""Fit the probability that a day is that of publication, and write `article/likelihood.json`.

    python -m scripts.fit_likelihood ../shared/corpora models/folds

It is fitted on the pages of seven collections that have a gold day, their lines labelled by the models of folds that
have not seen the site (`linesift train --keep-folds`). A page whose address says something new counts twice, without
the address and with it. `make dates` measures the fit, by fits without the site.
"""

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

import linesift
from benchmarks.dates import read_pages
from benchmarks.dating import days_of
from linesift.train.likelihood import Bounds, fit_likelihood

TARGET = Path(__file__).parents[1] / "src/linesift/article/likelihood.json"
BOUNDS = {"text": Bounds(0.7, 0.95), "html": Bounds(0.6, 0.8)}
"""Bounds from which a wrong day less costs more than four right ones; from HTML, such that 90 of 100 pages stay right
(`make dates`). The second of each is that of lines that are no timestamps, which are a few: it is coarse."""


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("folds", type=Path)
    given = parser.parse_args()
    logging.disable()
    folds = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    pages = read_pages(given.corpora, folds, with_tools=False)
    fitted = {form: fit_likelihood(days_of(pages, form), BOUNDS[form]) for form in BOUNDS}
    TARGET.write_text(json.dumps({form: asdict(one) for form, one in fitted.items()}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
