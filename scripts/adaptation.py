"""Measure what labelled and unlabelled pages of a site do for its other pages; write reports/adaptation.md.

Trains the fold models of `linesift train`, and one model without any site of the collection `waddle`, whose sites have
the most pages: that is a base which has never met pages of that kind. `--table` also fits the table of recurrence of
`linesift.model.memory` anew. Takes as long as two trainings.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from linesift.model.classifier import Model
from linesift.model.memory import N_LINE_BINS, TABLE
from linesift.page import LabelledPage
from linesift.train.adaptation import fit_recurrence, measure, read_sites, report_lines
from linesift.train.corpora import read_corpora
from linesift.train.fit import fit
from linesift.train.lessons import TrainConfig
from linesift.write.aside import write_aside

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "reports" / "adaptation.md"
STRANGER = "waddle"

INTRO = """\
# Adapting to a site

Written by `scripts/adaptation.py`. Sites with six pages or more; the gold is aligned from articles. Three labelled
pages (`linesift adapt`) or ten pages without labels (`linesift learn-site`) are drawn three times for each site, and
the wrong lines on its other pages are counted. The figure of a cell is the median over sites of wrong lines after by
wrong lines before; then the same for all lines together, and how many sites got better and worse. The rows count sites
by how wrong the base model is on them. "All other pages labelled" is what labels of the site do at most: where the
gold cuts articles short, or calls the same line now body and now sidebar, none help, and on sites like those that the
model was trained on most wrong lines stay wrong even then. Only sites with twelve pages or more count in the last
column.
"""


def main() -> int:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, help="directory of collections")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--table", action="store_true", help="write the table of recurrence too")
    options = parser.parse_args()
    config = TrainConfig(jobs=options.jobs)
    pages = read_corpora(options.corpora, jobs=options.jobs).pages
    html = read_corpora(options.corpora, jobs=options.jobs, is_html=True).pages
    folds = fit(pages, config, say, html).fold_models
    known = {page.site for page in html if page.collection == STRANGER}
    kept, kept_html = ([page for page in part if page.site not in known] for part in (pages, html))
    stranger = fit(kept, config, say, kept_html).model
    write(folds, stranger, pages, html, is_table_kept=not options.table)
    return 0


def write(
    folds: Sequence[Model],
    stranger: Model,
    pages: Sequence[LabelledPage],
    html: Sequence[LabelledPage],
    *,
    is_table_kept: bool = True,
) -> None:
    """Measure with models that are there already: those of the folds, and one that knows no site of `STRANGER`."""
    known = {page.site for page in html if page.collection == STRANGER}
    of_stranger = [page for page in pages if page.site in known]
    html_of_stranger = [page for page in html if page.site in known] if stranger.html is not None else []
    sites = {
        "Sites of a kind that the base has never met, text": read_sites([stranger], of_stranger),
        "Sites of a kind that the base has never met, HTML": read_sites([stranger], html_of_stranger),
        "Sites that the base has not met, but others of the same collection, text": read_sites(folds, pages),
        "Sites that the base has not met, but others of the same collection, HTML": read_sites(folds, html),
    }
    parts = {name: found for name, found in sites.items() if found}
    write_aside(REPORT, "\n".join([INTRO, *report_lines(measure(parts))]).encode())
    if not is_table_kept:
        table = fit_recurrence([site for found in sites.values() for site in found]).reshape(-1, N_LINE_BINS)
        rows = [[round(float(value), 2) for value in row] for row in table.tolist()]
        text = json.dumps({"source": "scripts/adaptation.py", "added": rows}, indent=1)
        (ROOT / "src" / "linesift" / "model" / TABLE).write_text(f"{text}\n", "utf-8")


def say(stage: str) -> None:
    """Say what begins."""
    print(stage, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
