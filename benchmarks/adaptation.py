"""Measure what labelled and unlabelled pages of a site do for its other pages; write reports/adaptation.md.

Sites are classified by the models of folds, which `linesift train --keep-folds` keeps: `make adaptation _FOLDS=...`.
`--stranger` adds a base that has met no site of the collection `waddle`, whose sites have the most pages; where there
is none yet it is trained, which takes longer than all the rest. `--table` also fits the table of recurrence of
`linesift.model.memory` anew.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import linesift
from benchmarks.adapting import fit_recurrence, measure, read_sites, report_lines
from linesift.atomic import write_atomic
from linesift.example import Example
from linesift.model.directory import save_model
from linesift.model.memory import N_LINE_BINS, TABLE
from linesift.model.model import Model
from linesift.page import LabelledPage, Page
from linesift.train.config import TrainConfig
from linesift.train.corpora import read_corpora
from linesift.train.fit import fit
from linesift.train.probe import html_probe

_ROOT = Path(__file__).parents[1]
_REPORT = _ROOT / "reports" / "adaptation.md"
_STRANGER = "waddle"
_FOLDS = 2
"""Folds of the training of the stranger, for the steps that need held-out scores; no page is scored by them."""

_INTRO = """\
# Adapting to a site

Written by `make adaptation`. Sites with six pages or more; the gold is aligned from articles. Three labelled pages
(`linesift adapt`) or ten pages without labels (`linesift learn-site`) are drawn three times for each site, and the
wrong lines on its other pages are counted. The figure of a cell is the median over sites of wrong lines after by wrong
lines before; then the same for all lines together, and how many sites got better and worse. The rows count sites by how
wrong the base model is on them. "All other pages labelled" is what labels of the site do at most: where the gold cuts
articles short, or calls the same line now body and now sidebar, none help. "All that 10 pages know right" is what a
memory does at most: each line of the sidebar that stands on one of the ten. Only sites with twelve pages or more count
for unlabelled pages.

Gold is confirmed where the model for HTML, which has not seen the site either, gives the line of the same page the same
label; these columns count no other lines, while pages to learn from have all their labels. Lines that were read one by
one (`reports/ablation.md`) say how far that can be trusted: it leaves out most gold that is wrong, and also some lines
that are one of a kind.
"""


def main() -> int:
    """Read, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, help="directory of collections")
    parser.add_argument("folds", type=Path, help="models of the folds: linesift train --keep-folds")
    parser.add_argument("--stranger", type=Path, help=f"model without {_STRANGER}, trained where it is missing")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--table", action="store_true", help="write the table of recurrence too")
    given = parser.parse_args()
    folds = [linesift.load(path) for path in sorted(given.folds.iterdir())]
    examples = read_corpora(given.corpora, jobs=given.jobs)
    known = {each.site for each in examples if each.origin.collection == _STRANGER and each.html_labels is not None}
    parts: dict[str, tuple[Sequence[Model], Sequence[LabelledPage], Sequence[LabelledPage]]]
    parts = {"Sites that the base has not met, but others of the same collection": (folds, *_forms(examples))}
    if given.stranger is not None:
        others = [each for each in examples if each.site not in known and each.has_line_gold]
        base = _stranger(given.stranger, TrainConfig(jobs=given.jobs, n_folds=_FOLDS), others)
        unmet = _forms([each for each in examples if each.site in known])
        parts = {"Sites of a kind that the base has never met": ([base], *unmet), **parts}
    sites = {}
    for name, (models, text, marked) in parts.items():
        sites[f"{name}, text"] = read_sites(models, text, marked)
        sites[f"{name}, HTML"] = read_sites(models, marked)
    write_atomic(_REPORT, "\n".join([_INTRO, *report_lines(measure(sites))]).encode())
    if given.table:
        table = fit_recurrence([site for found in sites.values() for site in found]).reshape(-1, N_LINE_BINS)
        rows = [[round(float(value), 2) for value in row] for row in table.tolist()]
        stored = json.dumps({"source": "scripts/adaptation.py", "added": rows}, indent=1)
        (_ROOT / "src" / "linesift" / "model" / TABLE).write_text(f"{stored}\n", "utf-8")
    return 0


def _forms(examples: Sequence[Example]) -> tuple[list[LabelledPage], list[LabelledPage]]:
    """Give the labelled texts of pages, and their labelled HTML."""
    texts, htmls = [each.as_text() for each in examples], [each.as_html() for each in examples]
    return [page for page in texts if page is not None], [page for page in htmls if page is not None]


def _stranger(path: Path, config: TrainConfig, examples: Sequence[Example]) -> Model:
    """Load the model that has met no site of the collection, or train it on the others and keep it."""
    if not (path / "model.json").is_file():
        model = fit(examples, config, lambda stage: print(stage, file=sys.stderr, flush=True)).everything
        sample = Page((_ROOT / "data" / "sample.txt").read_text("utf-8"), "sample.txt")
        save_model(model, {"name": path.name}, [sample, html_probe()], path)
    return linesift.load(path)


if __name__ == "__main__":
    sys.exit(main())
