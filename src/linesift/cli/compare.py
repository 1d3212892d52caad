"""`linesift compare`: what another model says differently, line by line and in sum."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.files import read_pages

HELP = "Compare two models on pages: every line that they label differently, and sums; against the labels if they have."
EXAMPLES = """
Examples:

\b
  linesift compare models/news models/mysite data/sites/mysite/
  linesift compare models/news models/mysite page.txt page.html
  linesift compare models/news models/mysite data/pages --no-lines

A line shows its number, the label of the first model, that of the second, and its text. Of labelled pages (.page,
.jsonl, directories of .page) it begins with + where the second model is right, - where the first was, and ~ where
neither is.
"""

_First = Annotated[Path, typer.Argument(metavar="FIRST", help="Model directory.")]
_Second = Annotated[Path, typer.Argument(metavar="SECOND", help="The model directory to compare with it.")]
_Pages = Annotated[list[Path], typer.Argument(metavar="PAGES", help="Labelled pages, or pages as classify reads them.")]
_Lines = Annotated[bool, typer.Option("--lines/--no-lines", help="Print every line that differs.")]
_Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of pages without a byte order mark [default: utf-8].")
]


def compare(first: _First, second: _Second, pages: _Pages, lines: _Lines = True, encoding: _Encoding = None) -> None:
    """Compare two models, as `HELP` says; exit 0 done, whether or not they differ, 1 some page failed, 2 misuse."""
    with console.errors():
        # Only now: numpy is not needed for a wrong option.
        import linesift
        from linesift.evaluate.compare import compare_pages, difference_lines, sum_lines
        from linesift.read.labelled import has_labels, read_labelled

        models = linesift.load(first), linesift.load(second)
        gold = [page for path in pages if has_labels(path) for page in read_labelled(path)]
        read = list(read_pages([path for path in pages if not has_labels(path)], encoding))
        plain = [page for page in read if page is not None]
        n_failed = len(read) - len(plain)
        console.clear_progress()
        compared = compare_pages(*models, gold, plain)
        with console.output(None) as stream:
            for page in compared if lines else []:
                stream.writelines(f"{line}\n" for line in difference_lines(page))
            stream.writelines(f"{line}\n" for line in sum_lines(compared))
        if n_failed:
            raise typer.Exit(console.EXIT_FAILED)
