"""`linesift export`: labelled pages as one file for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.options import OUT, LabelledPages

HELP = """Write labelled pages as one file for Hugging Face datasets.

The file is Parquet or JSON lines, as its name ends: .parquet or .jsonl. 'linesift import' writes the pages back.
"""
EXAMPLES = """
Examples:

\b
  linesift export data/sites/mysite --out mysite.parquet
  linesift export data/sites --out sites.jsonl
"""


class _To(StrEnum):
    HF = "hf"


_Option = Annotated[_To, typer.Option("--to", hidden=True, help="Kept for commands of earlier versions; only hf.")]
_Out = Annotated[Path | None, typer.Option(*OUT, metavar="FILE", help="Write to this file [default: print].")]


def export(pages: LabelledPages, to: _Option = _To.HF, out: _Out = None) -> None:  # noqa: ARG001
    """Write labelled pages as one file, as `HELP` says."""
    with console.errors():
        from linesift.atomic import write_atomic
        from linesift.errors import InputError
        from linesift.labelling.exchange import EXPORT_SUFFIXES, PARQUET_SUFFIX, jsonl, parquet, read_for_export
        from linesift.read.page import LABELLED_SUFFIX

        console.check_output(out, pages, (LABELLED_SUFFIX,))
        if out is not None and out.suffix not in ("", *EXPORT_SUFFIXES):
            raise InputError(f"{out}: pages are exported to {' or '.join(EXPORT_SUFFIXES)} files")
        found = list(read_for_export(pages))
        if out is not None and out.suffix == PARQUET_SUFFIX:
            write_atomic(out, parquet(found))
        else:
            with console.open_output(out) as stream:
                stream.writelines(jsonl(found))
        if out is not None:
            console.status(f"{out}: {console.count(len(found), 'page')}")
