"""`linesift explain`: why lines have their labels."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.options import Colour, Encoding, Model, Output
from linesift.errors import InputError
from linesift.read.labelled import find_beside
from linesift.read.packed import plain_path
from linesift.read.page import LABELLED_SUFFIX, ONE_PAGE_SUFFIXES, SourceKind, find_source, read_page, read_stdin
from linesift.read.text import STDIN
from linesift.write import reasons, tables, terminal

HELP = """Show why lines have their labels.

It prints what the words of a line, its place and the lines around it add to the score of each label. Without --line it
explains the doubtful lines, which classify marks with a question mark.
"""
EXAMPLES = """
Examples:

\b
  linesift explain page.txt --line 12
  linesift explain page.html --line 3 --line 7 --columns 25
  linesift explain page.txt
  cat page.txt | linesift explain - --line 1
"""

_Page = Annotated[Path, typer.Argument(metavar="PAGE", help="A text or HTML file, or - for standard input.")]
_Lines = Annotated[
    list[int] | None,
    typer.Option("--line", "-l", min=1, metavar="N", help="Number of the line, as classify shows it; may be repeated."),
]
_Columns = Annotated[
    int, typer.Option("--columns", "-n", min=0, metavar="N", help="How many features to name, the strongest first.")
]


def explain(
    page: _Page,
    line: _Lines = None,
    columns: _Columns = 12,
    model: Model = None,
    encoding: Encoding = None,
    output: Output = None,
    color: Colour = None,
) -> None:
    """Explain lines of a page, as `HELP` says."""
    with console.errors():
        console.check_output(output, [page])
        _refuse_labelled(page)
        source = find_source(page)
        if source.kind is not SourceKind.PAGE:
            raise InputError(f"{page}: holds many pages; save the page that you want as a file of its own")
        found, warning = read_page(read_stdin(source) if page == STDIN else page, encoding)
        if warning is not None:
            console.say(f"warning: {warning}")
        # Imported here, so that a wrong option or file name does not wait for numpy.
        import linesift
        from linesift.explain.explain import Explainer, affordable

        loaded = linesift.load(model)
        prediction = loaded.classify(found)
        doubtful = [] if line else terminal.marked_lines(prediction)
        indices = sorted({number - 1 for number in line}) if line else affordable(prediction, doubtful)
        if len(indices) < len(doubtful):
            chosen = f"the {len(indices)} most doubtful of {len(doubtful)} lines"
            console.say(f"{found.source}: {chosen}; name others with --line")
        explanations = Explainer(loaded).explain(prediction, indices)
        width = shutil.get_terminal_size().columns if console.is_shown(output) else None
        style = terminal.Style(width, console.wants_colour(color, output))
        with console.open_output(output) as stream:
            lines = terminal.pretty(prediction, style=style, only=frozenset(indices))
            for explanation, text in zip(explanations, lines, strict=True):
                stream.write(text)
                stream.writelines(reasons.explained(explanation, n_columns=columns, style=style))
                stream.write("\n")
            if indices:
                stream.writelines(f"{text}\n" for text in reasons.legend(style))
        if not indices:
            console.say(f"{tables.clean(found.source)}: no line is doubtful; name one with --line")


def _refuse_labelled(path: Path) -> None:
    """Refuse a labelled page, and name the page that it was made from.

    Raises:
        InputError: if it is one.
    """
    if plain_path(path).suffix.lower() == LABELLED_SUFFIX:
        beside = find_beside(path, ONE_PAGE_SUFFIXES)
        what = f"explain {beside}, from which it was made" if beside else "explain its text or HTML"
        raise InputError(f"{path}: this is a labelled page; {what}")
