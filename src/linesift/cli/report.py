"""`linesift report`: classified pages as one HTML file to look at."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.chunks import chunks, make_explainer, predict_chunk, write_page
from linesift.cli.items import find_items, require_pages
from linesift.cli.options import OUT, PAGES_HELP, Encoding, HtmlField, Model, TextField
from linesift.cli.outcomes import report_messages
from linesift.read.jsonl import Fields
from linesift.read.page import find_source
from linesift.read.text import check_encoding
from linesift.write.html_report import PageSection, page_section
from linesift.write.html_report import report as html_report

if TYPE_CHECKING:  # numpy comes with them, and `--help` does not wait for numpy
    from linesift.explain.explain import Explainer
    from linesift.model.model import Model as LineModel
    from linesift.model.prediction import Prediction

HELP = """Label pages and write them as one HTML file to look at.

Lines have the colour of their label, and the article stands beside them. The keys n and p jump between doubtful lines.
"""
EXAMPLES = """
Examples:

\b
  linesift report page.txt --out report.html
  linesift report pages/ --out report.html --explain
  linesift report crawl.warc.gz --out report.html --title "Pages of June"
"""

_Pages = Annotated[list[Path], typer.Argument(metavar="PAGE", help=PAGES_HELP)]
_Out = Annotated[Path, typer.Option(*OUT, metavar="FILE", help="Write to this file, when all is done.")]
_Title = Annotated[str, typer.Option(metavar="TEXT", help="Title of the report.")]
_Explain = Annotated[
    bool, typer.Option("--explain", help="Show for doubtful lines what counted most for and against their label.")
]


def report(
    pages: _Pages,
    out: _Out,
    title: _Title = "linesift",
    explain: _Explain = False,
    model: Model = None,
    encoding: Encoding = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
) -> None:
    """Write the report, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    with console.errors():
        if encoding is not None:
            check_encoding(encoding)
        console.check_output(out, pages)
        require_pages(pages)
        import linesift  # here, so that a wrong option or file name does not wait for numpy

        loaded = linesift.load(model)
        done = _Sections(loaded, make_explainer(loaded) if explain else None)
        with console.open_output(out) as stream:
            stream.writelines(html_report(done.write(pages, encoding, Fields(text_field, html_field)), title))
            if not done.n_pages:
                raise typer.Exit(console.EXIT_FAILED)  # an earlier report is worth more than an empty one
        console.clear_progress()
        console.status(f"{out}: {console.count(done.n_pages, 'page')}")
        if done.n_failed:
            raise typer.Exit(console.EXIT_FAILED)


class _Sections:
    """Writes pages as parts of the report, and counts them and those that failed."""

    def __init__(self, model: "LineModel", explainer: "Explainer | None") -> None:
        self._model, self._explainer = model, explainer
        self.n_pages = self.n_failed = 0

    def write(self, paths: Sequence[Path], encoding: str | None, fields: Fields) -> Iterator[PageSection]:
        """Give the part of each page in order, and print the messages."""
        items = find_items([find_source(path) for path in paths], fields)
        predicted = chain.from_iterable(predict_chunk(self._model, chunk, encoding) for chunk in chunks(items))
        for section in report_messages(
            (None, outcome) if prediction is None else write_page(self._write_page, prediction, outcome)
            for prediction, outcome in predicted
        ):
            if section is None:
                self.n_failed += 1
            else:
                self.n_pages += 1
                yield section

    def _write_page(self, prediction: "Prediction") -> PageSection:
        return page_section(prediction, self.n_pages + 1, explainer=self._explainer)
