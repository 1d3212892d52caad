"""`linesift import`: the pages of one file as `.page` files."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.options import OUT

HELP = """Write .page files from what 'linesift export' wrote.

HTML of a page is written beside it. Files that exist are kept, unless you say --update.
"""
EXAMPLES = """
Examples:

\b
  linesift import sites.jsonl --out data/sites/mysite
  linesift import mysite.parquet --out data/sites/mysite --update

Exit code: 0 all written, 1 some files existed and were kept, 2 nothing could be done.
"""

_File = Annotated[Path, typer.Argument(metavar="FILE", help="Labelled pages as JSON lines (.jsonl) or .parquet.")]
_Out = Annotated[Path, typer.Option(*OUT, metavar="DIR", help="Write .page files to this directory.")]
_Update = Annotated[
    bool, typer.Option("--update", help="Write the labels into files that exist, if they hold the same page.")
]


def import_(file: _File, out: _Out, update: _Update = False) -> None:
    """Write labelled pages as `.page` files, as `HELP` says; exit 1 if some existed and were kept."""
    with console.errors():
        from linesift.labelling.exchange import ImportConfig, import_pages

        done = import_pages(file, ImportConfig(out, is_update=update))
        console.print_lines(map(str, done.written))
        for path in done.kept:
            console.say(f"{path}: exists already and was kept; --update writes the new labels into it")
        advice = f"; find mistakes with: linesift check {out}" if done.written else ""
        console.status(f"{console.count(len(done.written), 'page')} written{advice}")
        if done.kept:
            raise typer.Exit(console.EXIT_FAILED)
