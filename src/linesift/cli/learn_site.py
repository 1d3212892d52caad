"""`linesift learn-site`: which lines a site repeats, from pages without labels."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.files import read_pages

HELP = "Learn from pages of one site, without labels, which lines it repeats; linesift classify --site uses it."
EXAMPLES = """
Examples:

\b
  linesift learn-site pages/*.txt --out mysite.site
  linesift learn-site new/*.txt --merge mysite.site --out mysite.site
  linesift learn-site --merge one.site --merge two.site --out both.site
  linesift classify page.txt --site mysite.site

The file holds hashes of lines and counts, no text. A page that it knows already counts once.
"""

_Pages = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PAGES]", help="Text and HTML files, archives, directories of them, - for standard input."),
]
_Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Write here; appears when all is done.")]
_Merge = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Begin with what this file knows; may be repeated.")
]
_Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of pages without a byte order mark [default: utf-8].")
]


def learn_site(out: _Out, pages: _Pages = None, merge: _Merge = None, encoding: _Encoding = None) -> None:
    """Learn what a site repeats, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    with console.errors():
        if not pages and not merge:
            console.say("no pages; name some, or site files to --merge")
            raise typer.Exit(console.EXIT_MISUSE)
        # Only now: numpy is not needed for a wrong option.
        from linesift.model.memory import EMPTY, read_memory, write_memory

        memory = EMPTY
        for path in merge or []:
            memory += read_memory(path)
        n_known = memory.n_pages
        n_failed = n_read = 0
        for page in read_pages(pages or [], encoding):
            n_failed += page is None
            n_read += page is not None
            if page is not None:
                memory = memory.learn([page.text])
        console.clear_progress()
        if not memory.n_pages:
            console.say("no page could be learnt from; nothing is written")
            raise typer.Exit(console.EXIT_MISUSE)
        with console.output(out) as stream:
            stream.write(write_memory(memory))
        n_repeated = int((memory.counts > 1).sum())
        n_twice = n_read - (memory.n_pages - n_known)
        known = f", {n_twice} known before or empty" if n_twice else ""
        console.note(
            f"{out}: rests on {memory.n_pages} pages ({n_read} read{known}); "
            f"{n_repeated} of {len(memory.lines)} lines recur"
        )
        if n_failed:
            raise typer.Exit(console.EXIT_FAILED)
