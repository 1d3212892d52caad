"""`linesift learn-site`: which lines a site repeats, from pages without labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.items import read_pages
from linesift.cli.options import OUT, PAGES_HELP, Encoding, HtmlField, TextField
from linesift.errors import MemoryFileError
from linesift.read.jsonl import Fields
from linesift.read.text import check_encoding

if TYPE_CHECKING:  # numpy comes with it, and a wrong option does not wait for numpy
    from linesift.model.memory import SiteMemory

HELP = """Learn which lines a site repeats, from pages without labels.

'linesift classify --site FILE' uses what was learnt. The file holds hashes of lines and counts, no text. A page that it
holds already is not counted twice.
"""
EXAMPLES = """
Examples:

\b
  linesift learn-site pages/*.txt --out mysite.site
  linesift learn-site new/*.txt --merge mysite.site --out mysite.site
  linesift learn-site --merge one.site --merge two.site --out both.site
  linesift classify page.txt --site mysite.site
"""

_Pages = Annotated[list[Path] | None, typer.Argument(metavar="PAGE", help=PAGES_HELP)]
_Out = Annotated[Path, typer.Option(*OUT, metavar="FILE", help="Write to this file, when all is done.")]
_Merge = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Start with what this file holds; may be repeated.")
]


def learn_site(
    out: _Out,
    pages: _Pages = None,
    merge: _Merge = None,
    encoding: Encoding = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
) -> None:
    """Learn what a site repeats, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    with console.errors():
        if not pages and not merge:
            console.say("no pages; name some, or give files to --merge")
            raise typer.Exit(console.EXIT_MISUSE)
        if encoding is not None:
            check_encoding(encoding)
        console.check_output(out, pages or [])
        # Imported here, so that a wrong option does not wait for numpy.
        from linesift.model.memory import write_memory

        memory = _merge_files(merge or [])
        n_known = memory.n_pages
        n_failed = n_read = 0

        def texts() -> Iterator[str]:
            nonlocal n_failed, n_read
            for page in read_pages(pages or [], encoding, Fields(text_field, html_field)):
                n_failed += page is None
                n_read += page is not None
                if page is not None:
                    yield page.text

        memory = memory.learn_all(texts())
        console.clear_progress()
        if not memory.n_pages:
            console.say("no page could be read; nothing is written")
            raise typer.Exit(console.EXIT_MISUSE)
        with console.open_output(out) as stream:
            stream.write(write_memory(memory))
        n_repeated = int((memory.counts > 1).sum())
        n_twice = n_read - (memory.n_pages - n_known)
        known = f", {n_twice} known before or empty" if n_twice else ""
        console.status(
            f"{out}: learnt from {console.count(memory.n_pages, 'page')} ({n_read} read{known}); "
            f"{n_repeated} of {len(memory.lines)} lines are repeated"
        )
        if n_failed:
            raise typer.Exit(console.EXIT_FAILED)


def _merge_files(paths: Sequence[Path]) -> "SiteMemory":
    """Read the files of `--merge` and merge them.

    Raises:
        MemoryFileError: if a file cannot be read, or has pages in common with those before it.
    """
    from linesift.model.memory import EMPTY, read_memory

    memory = EMPTY
    for path in paths:
        added = read_memory(path)
        try:
            memory += added
        except MemoryFileError as error:
            what = f"cannot be merged with the files before it: {error}, or leave this file out"
            raise MemoryFileError(f"{path}: {what}") from error
    return memory
