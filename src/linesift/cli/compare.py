"""`linesift compare`: lines that two models label differently."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.items import read_pages
from linesift.cli.options import Encoding, HtmlField, TextField
from linesift.read.find import require_there
from linesift.read.jsonl import Fields
from linesift.read.text import STDIN, check_encoding

HELP = """Compare the labels that two models give to the same pages.

Each line that differs is printed with its number (of a .page file, that of the file's line), the label of the first
model, that of the second, and its text. On labelled pages (.page, .jsonl, directories of .page) it starts with + if the
second model is right, with - if the first is right, and with ~ if neither is. Sums stand at the end.
"""
EXAMPLES = """
Examples:

\b
  linesift compare news models/mysite data/sites/mysite/
  linesift compare news models/mysite page.txt page.html
  linesift compare news models/mysite data/pages --no-lines
"""

_First = Annotated[Path, typer.Argument(metavar="FIRST", help="Model directory; news is the model of the package.")]
_Second = Annotated[Path, typer.Argument(metavar="SECOND", help="Model directory to compare with the first.")]
_Pages = Annotated[list[Path], typer.Argument(metavar="PAGE", help="Labelled pages, or pages as classify reads them.")]
_Lines = Annotated[bool, typer.Option("--lines/--no-lines", help="Print every line that differs.")]


def compare(
    first: _First,
    second: _Second,
    pages: _Pages,
    lines: _Lines = True,
    encoding: Encoding = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
) -> None:
    """Compare two models, as `HELP` says; exit 0 done, whether or not they differ, 1 some page failed, 2 misuse."""
    with console.errors():
        # Imported here, so that a wrong option does not wait for numpy.
        import linesift
        from linesift.evaluate.compare import compare_pages, difference_lines, sum_lines
        from linesift.read.labelled import has_labels, read_labelled

        require_there(path for path in pages if path != STDIN)
        if encoding is not None:
            check_encoding(encoding)
        models = linesift.load(first), linesift.load(second)
        gold = [page for path in pages if has_labels(path) for page in read_labelled(path)]
        unlabelled = [path for path in pages if not has_labels(path)]
        read = list(read_pages(unlabelled, encoding, Fields(text_field, html_field)))
        plain = [page for page in read if page is not None]
        n_failed = len(read) - len(plain)
        console.clear_progress()
        compared = compare_pages(*models, gold, plain)
        for page in compared if lines else []:
            console.print_lines(difference_lines(page))
        console.print_lines(sum_lines(compared))
        if n_failed:
            raise typer.Exit(console.EXIT_FAILED)
