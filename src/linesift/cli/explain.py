"""`linesift explain`: why lines have their labels."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.files import STDOUT
from linesift.errors import InputError
from linesift.read.page import SourceKind, open_source, read_page, read_stdin
from linesift.read.text import STDIN
from linesift.write import reasons, tables, terminal

if TYPE_CHECKING:  # numpy comes with it, and `--help` shall not wait for numpy
    from linesift.model.prediction import Prediction

HELP = (
    "Say why lines have their labels: what their words, their place and the lines around them add to the score of each."
)
EXAMPLES = """
Without --line, the lines in doubt are explained, those that classify marks with a question mark.

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
_Columns = Annotated[int, typer.Option("--columns", "-n", min=0, metavar="N", help="How many columns to name.")]
_Model = Annotated[
    Path | None, typer.Option("--model", "-m", metavar="DIR", help="Model directory instead of the shipped one.")
]
_Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of a page without a byte order mark [default: utf-8].")
]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here; appears when all is done.")
]
_Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Colours [default: on a terminal].")]


def explain(
    page: _Page,
    line: _Lines = None,
    columns: _Columns = 12,
    model: _Model = None,
    encoding: _Encoding = None,
    output: _Output = None,
    color: _Color = None,
) -> None:
    """Explain lines of a page, as `HELP` says."""
    with console.errors():
        output = None if output == STDOUT else output
        source = open_source(page)
        if source.kind is not SourceKind.PAGE:
            raise InputError(f"{page}: holds many pages; save the page that you mean as a file of its own")
        found, warning = read_page(read_stdin(source) if page == STDIN else page, encoding)
        if warning is not None:
            console.say(f"warning: {warning}")
        # Only now: a wrong option or file name shall not wait for numpy.
        import linesift
        from linesift.explain.explain import Explainer

        loaded = linesift.load(model)
        prediction = loaded.classify(found)
        numbers = sorted(set(line)) if line else _doubtful(prediction)
        explanations = list(Explainer(loaded).explain(prediction, [number - 1 for number in numbers]))
        is_shown = output is None and console.is_terminal()
        width = shutil.get_terminal_size().columns if is_shown else None
        style = terminal.Style(width, console.wants_colour(color, output))
        with console.output(output) as stream:
            for explanation in explanations:
                stream.writelines(terminal.pretty(prediction, style=style, only=frozenset([explanation.index])))
                stream.writelines(reasons.explained(explanation, n_columns=columns, style=style))
                stream.write("\n")
            if explanations:
                stream.writelines(f"{text}\n" for text in reasons.LEGEND)
        if not explanations:
            console.say(f"{tables.clean(found.source)}: no line is in doubt; name one: --line 1")


def _doubtful(prediction: "Prediction") -> list[int]:
    """Numbers of the lines that `classify` marks."""
    return [row.number for row in tables.rows(prediction) if row.confidence < terminal.DOUBT]
