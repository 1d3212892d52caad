"""`linesift export` and `linesift import`: labelled pages to and from other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.errors import InputError

EXPORT_HELP = "Write labelled pages for other programs: Hugging Face datasets, Label Studio, tab-separated lines."
EXPORT_EXAMPLES = """
Examples:

\b
  linesift export data/sites/mysite --to hf --out mysite.parquet
  linesift export data/sites --to hf --out sites.jsonl
  linesift export data/sites/mysite --to label-studio --out tasks.json
  linesift export data/sites/mysite --to tsv | cut -f 3 | sort | uniq -c

For Label Studio the labelling interface is written too, beside the tasks (tasks.xml): paste it into
Settings, Labeling Interface, Code; then import tasks.json. Lines without a region are sidebar.
"""
IMPORT_HELP = "Write labels made elsewhere as .page files: a Label Studio export (JSON), or JSON lines in our schema."
IMPORT_EXAMPLES = """
Examples:

\b
  linesift import project-1.json --out data/sites/mysite
  linesift import project-1.json --out data/sites/mysite --update
  linesift import project-1.json --out data/sites/mysite --site mysite.example
  linesift import sites.jsonl --out data/sites/mysite

Files that exist are kept, unless --update asks to put the new labels into them.
"""


class To(StrEnum):
    """What to export to."""

    HF = "hf"
    LABEL_STUDIO = "label-studio"
    TSV = "tsv"


_Pages = Annotated[
    list[Path], typer.Argument(metavar="PAGES", help="Labelled pages: .page files, directories of them, .jsonl.")
]
_To = Annotated[
    To,
    typer.Option(
        "--to", help="hf: rows for datasets (.jsonl, or .parquet). label-studio: tasks. tsv: page, line, label, text."
    ),
]
_ExportOut = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write here [default: standard output].")
]
_File = Annotated[Path, typer.Argument(metavar="FILE", help="A Label Studio export (.json), or JSON lines (.jsonl).")]
_ImportOut = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Write .page files here.")]
_Site = Annotated[
    str, typer.Option(metavar="NAME", help="Site of pages that come without one [default: name of the directory].")
]
_Update = Annotated[bool, typer.Option("--update", help="Put labels into files that exist and hold the same page.")]


def export(pages: _Pages, to: _To, out: _ExportOut = None) -> None:
    """Write labelled pages for other programs, as `EXPORT_HELP` says."""
    with console.errors():
        from linesift.labelling.exchange import read_exported
        from linesift.write import exports
        from linesift.write.atomic import write_aside

        found = list(read_exported(pages))
        if out is not None and out.suffix == ".parquet":
            if to is not To.HF:
                raise InputError(f"{out}: only --to hf writes Parquet; name another file")
            write_aside(out, exports.parquet(found))
        else:
            with console.output(out) as stream:
                match to:
                    case To.HF:
                        stream.writelines(exports.jsonl(found))
                    case To.LABEL_STUDIO:
                        stream.write(exports.label_studio(found))
                    case To.TSV:
                        stream.writelines(exports.tsv(found))
        if out is not None:
            if to is To.LABEL_STUDIO:
                write_aside(out.with_suffix(".xml"), exports.LABEL_STUDIO_CONFIG.encode())
                console.note(f"{out.with_suffix('.xml')}: the labelling interface, to paste into Label Studio")
            console.note(f"{out}: {console.count(len(found), 'page')}")


def import_(file: _File, out: _ImportOut, site: _Site = "", update: _Update = False) -> None:
    """Write labels made elsewhere as `.page` files, as `IMPORT_HELP` says; exit 1 if some were kept or left out."""
    with console.errors():
        from linesift.labelling.exchange import ImportConfig, import_pages

        done = import_pages(file, ImportConfig(out, site=site, is_update=update))
        with console.output(None) as stream:
            stream.writelines(f"{path}\n" for path in done.written)
        for path in done.kept:
            console.say(f"{path}: is there already and was kept; --update puts the new labels into it")
        for reason, count in sorted(done.left_out.items()):
            console.say(f"{console.count(count, 'page')} left out: {reason}")
        advice = f"; mistakes: linesift check {out}" if done.written else ""
        console.note(f"{console.count(len(done.written), 'page')} written{advice}")
        if done.kept or done.left_out:
            raise typer.Exit(console.EXIT_FAILED)
