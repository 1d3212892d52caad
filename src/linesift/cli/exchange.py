"""`linesift export` and `linesift import`: labelled pages to and from other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console

EXPORT_HELP = "Write labelled pages as one file that Hugging Face datasets loads."
EXPORT_EXAMPLES = """
Examples:

\b
  linesift export data/sites/mysite --to hf --out mysite.parquet
  linesift export data/sites --to hf --out sites.jsonl
"""
IMPORT_HELP = "Write labelled pages from JSON lines, as `linesift export` writes them, as .page files."
IMPORT_EXAMPLES = """
Examples:

\b
  linesift import sites.jsonl --out data/sites/mysite
  linesift import sites.jsonl --out data/sites/mysite --update

Files that exist are kept, unless --update asks to put the new labels into them.
"""


class To(StrEnum):
    """What to export to."""

    HF = "hf"


_Pages = Annotated[
    list[Path], typer.Argument(metavar="PAGES", help="Labelled pages: .page files, directories of them, .jsonl.")
]
_To = Annotated[
    To,
    typer.Option("--to", help="hf: rows that Hugging Face datasets loads (.jsonl, or .parquet)."),
]
_ExportOut = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write here [default: standard output].")
]
_File = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines of labelled pages (.jsonl).")]
_ImportOut = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Write .page files here.")]
_Update = Annotated[bool, typer.Option("--update", help="Put labels into files that exist and hold the same page.")]


def export(pages: _Pages, to: _To = To.HF, out: _ExportOut = None) -> None:  # noqa: ARG001
    """Write labelled pages for other programs, as `EXPORT_HELP` says."""
    with console.errors():
        from linesift.atomic import write_atomic
        from linesift.labelling.exchange import PARQUET_SUFFIX, jsonl, parquet, read_for_export

        found = list(read_for_export(pages))
        if out is not None and out.suffix == PARQUET_SUFFIX:
            write_atomic(out, parquet(found))
        else:
            with console.output(out) as stream:
                stream.writelines(jsonl(found))
        if out is not None:
            console.note(f"{out}: {console.count(len(found), 'page')}")


def import_(file: _File, out: _ImportOut, update: _Update = False) -> None:
    """Write labelled pages as `.page` files, as `IMPORT_HELP` says; exit 1 if some were there and were kept."""
    with console.errors():
        from linesift.labelling.exchange import ImportConfig, import_pages

        done = import_pages(file, ImportConfig(out, is_update=update))
        with console.output(None) as stream:
            stream.writelines(f"{path}\n" for path in done.written)
        for path in done.kept:
            console.say(f"{path}: is there already and was kept; --update puts the new labels into it")
        advice = f"; mistakes: linesift check {out}" if done.written else ""
        console.note(f"{console.count(len(done.written), 'page')} written{advice}")
        if done.kept:
            raise typer.Exit(console.EXIT_FAILED)
