"""`linesift check`: mistakes in labelled pages."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.options import Colour

HELP = """Find mistakes in labelled pages, each with its file and line.

It finds mistakes of form, text that was changed, and labels that cannot be right, such as a second headline.
"""
EXAMPLES = """
Examples:

\b
  linesift check data/sites/mysite
  linesift check mine.page other.page
  linesift check data/sites --quiet

Exit code: 0 no errors, 1 errors were found, 2 there was nothing to check.
"""

_Pages = Annotated[list[Path], typer.Argument(metavar="PAGE", help="Labelled pages (.page) or directories of them.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only, no notes.")]


def check(pages: _Pages, quiet: _Quiet = False, color: Colour = None) -> None:
    """Check labelled pages, as `HELP` says; one line for each finding on standard output."""
    with console.errors():
        from linesift.labelling.check import check as check_pages
        from linesift.write.terminal import visible

        checked = check_pages(pages)
        is_coloured = console.wants_colour(color, None)
        with console.open_output(None) as stream:
            for finding in checked.findings:
                if finding.is_error or not quiet:
                    place, word, text = visible(f"{finding.path}:{finding.line}:"), finding.word, visible(finding.text)
                    if is_coloured:
                        place = typer.style(place, bold=True)
                        word = typer.style(word, fg="red" if finding.is_error else "yellow", bold=True)
                    stream.write(f"{place} {word}: {text}\n")
        n_notes = len(checked.findings) - checked.n_errors
        counts = [
            console.count(checked.n_pages, "page"),
            console.count(checked.n_errors, "error"),
            console.count(n_notes, "note"),
        ]
        console.status(f"{', '.join(counts)}; {console.count(checked.n_doubtful, 'line')} marked with ?")
        if checked.n_errors:
            raise typer.Exit(console.EXIT_FAILED)
