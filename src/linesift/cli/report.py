"""`linesift report`: labelled pages as one HTML file to look at."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.batches import batches, make_explainer, predict_batch
from linesift.cli.files import find_items, hopeless, told
from linesift.read.jsonl import Fields
from linesift.read.page import open_source
from linesift.read.text import check_encoding
from linesift.write.html_report import report as html_report

if TYPE_CHECKING:  # numpy comes with it, and `--help` shall not wait for numpy
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

HELP = "Write pages as one HTML file: lines coloured by label, doubtful ones to jump to, the articles beside them."
EXAMPLES = """
Examples:

\b
  linesift report page.txt --out report.html
  linesift report pages/ --out report.html --explain
  linesift report crawl.warc.gz --out report.html --title "Pages of June"
"""

_Pages = Annotated[
    list[Path],
    typer.Argument(
        metavar="PAGES",
        help="Text and HTML files, WARC and WET archives, directories of them, or - for standard input.",
    ),
]
_Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The HTML file; appears when all is done.")]
_Title = Annotated[str, typer.Option(metavar="TEXT", help="Title of the report.")]
_Explain = Annotated[bool, typer.Option("--explain", help="Say of doubtful lines what weighed most for their label.")]
_Model = Annotated[
    Path | None, typer.Option("--model", "-m", metavar="DIR", help="Model directory instead of the shipped one.")
]
_Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of pages without a byte order mark [default: utf-8].")
]


def report(
    pages: _Pages,
    out: _Out,
    title: _Title = "linesift",
    explain: _Explain = False,
    model: _Model = None,
    encoding: _Encoding = None,
) -> None:
    """Write the report, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    with console.errors():
        if encoding is not None:
            check_encoding(encoding)
        if problems := hopeless(pages):
            for problem in problems:
                console.say(str(problem))
            raise typer.Exit(console.EXIT_MISUSE)
        import linesift  # only now: a wrong option or file name shall not wait for numpy

        loaded = linesift.load(model)
        done = _Done(_predictions(loaded, pages, encoding))
        with console.output(out) as stream:
            stream.writelines(html_report(done, title, explainer=make_explainer(loaded) if explain else None))
            if not done.n_pages:
                raise typer.Exit(console.EXIT_FAILED)  # an earlier report is worth more than an empty one
        console.clear_progress()
        console.note(f"{out}: {done.n_pages} page{'' if done.n_pages == 1 else 's'}")
        if done.n_failed:
            raise typer.Exit(console.EXIT_FAILED)


def _predictions(model: "Model", paths: Sequence[Path], encoding: str | None) -> "Iterator[Prediction | None]":
    """Give the prediction of each page in order, `None` for one that failed; what there is to say is said."""
    items = find_items([open_source(path) for path in paths], Fields())
    yield from told(chain.from_iterable(predict_batch(model, batch, encoding) for batch in batches(items)))


class _Done:
    """Predictions of the pages that could be read, and how many those were."""

    def __init__(self, predictions: "Iterator[Prediction | None]") -> None:
        self._predictions = predictions
        self.n_pages = self.n_failed = 0

    def __iter__(self) -> "Iterator[Prediction]":
        for prediction in self._predictions:
            if prediction is None:
                self.n_failed += 1
            else:
                self.n_pages += 1
                yield prediction
