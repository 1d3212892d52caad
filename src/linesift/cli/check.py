"""`linesift check`: find what is wrong with labelled pages."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console

HELP = "Find what is wrong with labelled pages: mistakes of form, changed text, labels that cannot be right."
EXAMPLES = """
Examples:

\b
  linesift check data/sites/mysite
  linesift check mine.page other.page
  linesift check data/sites --quiet

Exit code: 0 nothing to correct, 1 errors were found, 2 there was nothing to check.
"""

_Pages = Annotated[list[Path], typer.Argument(metavar="PAGES", help="Labelled pages (.page) and directories of them.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only, no notes.")]
_Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Colours [default: on a terminal].")]


def check(pages: _Pages, quiet: _Quiet = False, color: _Color = None) -> None:
    """Check labelled pages, as `HELP` says; one line for each finding on standard output."""
    with console.errors():
        from linesift.labelling.check import check as check_pages
        from linesift.write.terminal import visible

        checked = check_pages(pages)
        is_coloured = console.wants_colour(color, None)
        with console.output(None) as stream:
            for finding in checked.findings:
                if finding.is_error or not quiet:
                    place, word, text = f"{finding.path}:{finding.line}:", finding.word, visible(finding.text)
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
        console.note(f"{', '.join(counts)}; {console.count(checked.n_doubtful, 'line')} marked with ?")
        if checked.n_errors:
            raise typer.Exit(console.EXIT_FAILED)
