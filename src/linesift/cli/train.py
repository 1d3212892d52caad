"""`linesift train`: labelled pages and corpora to a model directory."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.extras import require_extra

HELP = "Train a model on labelled pages, score it by site-grouped folds, and write it with its card."
EXAMPLES = """
Examples:

\b
  linesift train --pages data/pages --out models/mine
  linesift train --pages data/pages --pages my.jsonl --corpora corpora/ --out models/mine
  linesift train --pages data/pages --pages data/sites/mysite --out models/mine
  linesift train --pages data/pages --dataset user/news-pages --dataset mysite.parquet --out models/mine
  linesift train --pages data/pages --out models/linear --model-kind linear --folds 3

Needs: pip install 'linesift[train]'
"""


class ModelKind(StrEnum):
    """What learns."""

    BOOSTING = "boosting"
    LINEAR = "linear"


_Pages = Annotated[
    list[Path],
    typer.Option(
        metavar="PATH", help="Pages labelled line by line: .page files, directories of them, .jsonl; may be repeated."
    ),
]
_Out = Annotated[Path, typer.Option(metavar="DIR", help="The model directory to write; a model there is replaced.")]
_Corpora = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Collections with article gold (*.parquet), aligned to lines.")
]
_Dataset = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Dataset of labelled pages or of pages with articles, path or hub name; may be repeated."
    ),
]
_Kind = Annotated[
    ModelKind, typer.Option(help="boosting: trees, the better one. linear: regression over bins, a table to read.")
]
_Folds = Annotated[int, typer.Option(min=2, metavar="N", help="Folds by site that the scores are held out by.")]
_Seed = Annotated[int, typer.Option(min=0, metavar="N", help="Seed of everything drawn by lot.")]
_Report = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the accuracy report in full, as Markdown and beside it as .json: slices, manners, worst pages.",
    ),
]
_Keep = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Keep the model of each fold here, to measure on sites it has not seen."),
]
_Jobs = Annotated[int, typer.Option(min=1, metavar="N", help="Processor cores to use.")]


def train(
    pages: _Pages,
    out: _Out,
    corpora: _Corpora = None,
    model_kind: _Kind = ModelKind.BOOSTING,
    folds: _Folds = 4,
    seed: _Seed = 0,
    jobs: _Jobs = 2,
    report: _Report = None,
    keep_folds: _Keep = None,
    dataset: _Dataset = None,
) -> None:
    """Train a model, as `HELP` says; progress on standard error, scores on standard output."""
    with console.errors():
        require_extra("training", "joblib", "sklearn")
        # Only now: what fits takes seconds to load, and a wrong option shall not wait for it.
        from linesift.evaluate.kinds import kind_table
        from linesift.evaluate.scores import table
        from linesift.evaluate.sections import markdown_table
        from linesift.train.examples import TrainConfig
        from linesift.train.train import TrainRequest
        from linesift.train.train import train as train_model

        config = TrainConfig(kind=model_kind.value, n_folds=folds, seed=seed, jobs=jobs)
        request = TrainRequest(
            tuple(pages),
            out,
            corpora=corpora,
            datasets=tuple(dataset or ()),
            config=config,
            report=report,
            folds=keep_folds,
        )
        progress = Progress()
        trained = train_model(request, progress)
        progress("done")
        with console.output(None) as stream:
            reports = {"all pages": trained.report, **trained.by_hand}
            if trained.html is not None:
                reports["corpora as HTML"] = trained.html
            for name, scores in reports.items():
                stream.write(f"## {name}, held out by site\n\n")
                stream.writelines(f"{line}\n" for line in [*table(scores), ""])
            if trained.kinds is not None:
                stream.write("## kinds of pages, held out by site\n\n")
                stream.writelines(f"{line}\n" for line in markdown_table(kind_table(trained.kinds)))


class Progress:
    """Says on standard error what begins, and the minutes and seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, stage: str) -> None:
        """Say what begins now."""
        minutes, seconds = divmod(int(time.monotonic() - self._start), 60)
        console.note(f"{minutes:3}:{seconds:02}  {stage}")
