"""`linesift train`: a model directory from labelled pages and collections."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.options import ModelOut
from linesift.read.page import LABELLED_SUFFIX
from linesift.train.config import Learner, TrainConfig

if TYPE_CHECKING:
    from linesift.train.run import Trained

HELP = """Train a model on labelled pages, and score it on unseen sites.

The scores are those of pages that were held out, by folds of whole sites. They are printed, and written into the card
of the model. Training needs the extra named train; without it, the error names the command that installs it.
"""
EXAMPLES = """
Examples:

\b
  linesift train --pages data/pages --out models/mine
  linesift train --pages data/pages --pages my.jsonl --corpora corpora/ --out models/mine
  linesift train --pages data/pages --pages data/sites/mysite --out models/mine
  linesift train --pages data/pages --dataset mysite.parquet --out models/mine
  linesift train --pages data/pages --out models/linear --model-kind linear --folds 3
"""


_Pages = Annotated[
    list[Path],
    typer.Option(
        metavar="PATH", help="Labelled pages: .page files, directories of them, or .jsonl files; may be repeated."
    ),
]
_Corpora = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Collections of pages with the text of their article (*.parquet).")
]
_Dataset = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Dataset of labelled pages, or of pages with their article: a path or a name on the Hugging Face hub; "
        "may be repeated.",
    ),
]
_Kind = Annotated[
    Learner,
    typer.Option(metavar="KIND", help="boosting: trees, more accurate. linear: weights that one can read."),
]
_Folds = Annotated[int, typer.Option(min=2, metavar="N", help="Number of folds; all pages of a site are in one fold.")]
_Seed = Annotated[int, typer.Option(min=0, metavar="N", help="Seed of all random numbers.")]
_Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the whole accuracy report as Markdown (.md), and beside it as .json."),
]
_Keep = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Keep the model of each fold here, to measure on sites it has not seen."),
]
_Aligned = Annotated[
    bool,
    typer.Option(
        "--learn-aligned/--no-learn-aligned",
        help="Learn the pages of --corpora by aligning their article with the lines. If not, they only give their HTML "
        "to pages labelled line by line, and scores.",
    ),
]
_Jobs = Annotated[int, typer.Option(min=1, metavar="N", help="Processor cores to use.")]


def train(
    pages: _Pages,
    out: ModelOut,
    corpora: _Corpora = None,
    model_kind: _Kind = Learner.BOOSTING,
    folds: _Folds = 4,
    seed: _Seed = 0,
    jobs: _Jobs = 2,
    report: _Report = None,
    keep_folds: _Keep = None,
    dataset: _Dataset = None,
    learn_aligned: _Aligned = True,
) -> None:
    """Train a model, as `HELP` says; progress on standard error, scores on standard output."""
    with console.errors():
        for output in () if report is None else (report, report.with_suffix(".json")):
            console.check_output(output, pages, (LABELLED_SUFFIX,))
        # Imported here, so that a wrong option does not wait for numpy.
        from linesift.train.run import TrainRequest
        from linesift.train.run import train as train_model

        config = TrainConfig(learner=model_kind, n_folds=folds, seed=seed, jobs=jobs, learn_aligned=learn_aligned)
        request = TrainRequest(
            tuple(pages),
            out,
            corpora=corpora,
            datasets=tuple(dataset or ()),
            config=config,
            report=report,
            keep_folds=keep_folds,
        )
        progress = console.ProgressPrinter()
        trained = train_model(request, progress)
        progress("done")
        _print_scores(trained)


def _print_scores(trained: "Trained") -> None:
    from linesift.evaluate.kinds import kind_table
    from linesift.evaluate.scores import table
    from linesift.evaluate.sections import markdown_table

    reports = {"all pages": trained.report, **trained.reports_by_path}
    if trained.html is not None:
        reports["collections as HTML"] = trained.html
    for name, scores in reports.items():
        console.print_lines([f"## {name}, held out by site", "", *table(scores), ""])
    if trained.kinds is not None:
        console.print_lines(["## kinds of pages, held out by site", "", *markdown_table(kind_table(trained.kinds))])
