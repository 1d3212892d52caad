"""`linesift adapt`: a few labelled pages of a site to a model that knows it."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.train import Progress

HELP = "Adapt a model to a site with 1 to 20 labelled pages of it, in seconds and without the corpora."
EXAMPLES = """
Examples:

\b
  linesift adapt --site mysite data/sites/mysite/ --out models/mysite
  linesift adapt --site other data/sites/other/ --model models/mysite --out models/both
  linesift classify page.txt --model models/mysite

Pages are held out and the golden pages of linesift are scored before and after; a model that is worse on either is not
written unless you say --force. Pages of other sites come out as before: the correction acts on pages of the site only.
"""

_Pages = Annotated[
    list[Path], typer.Argument(metavar="PAGES", help="Labelled pages of the site: .page files, directories, .jsonl.")
]
_Site = Annotated[str, typer.Option(metavar="NAME", help="Name of the site; replaces one of that name in the model.")]
_Out = Annotated[Path, typer.Option(metavar="DIR", help="The model directory to write; a model there is replaced.")]
_Model = Annotated[
    Path | None, typer.Option("--model", "-m", metavar="DIR", help="Start from this model instead of the shipped one.")
]
_Golden = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Pages that may not get worse [default: those of linesift]."),
]
_Force = Annotated[bool, typer.Option("--force", help="Write the model even if it is worse.")]


def adapt(
    pages: _Pages, site: _Site, out: _Out, model: _Model = None, golden: _Golden = None, force: _Force = False
) -> None:
    """Adapt a model, as `HELP` says; exit 0 written, 1 worse and not written, 2 misuse."""
    with console.errors():
        # Only now: numpy is not needed for a wrong option.
        from linesift.train.adapt import AdaptRequest, check_lines
        from linesift.train.adapt import adapt as adapt_model

        request = AdaptRequest(site, tuple(pages), out, model=model, golden=golden, is_forced=force)
        progress = Progress()
        adapted = adapt_model(request, progress)
        with console.output(None) as stream:
            for check in adapted.checks:
                stream.writelines(f"{line}\n" for line in [*check_lines(check), ""])
        if len(adapted.checks) == 1:
            console.say("warning: one page, so nothing could be held out; label a second to see whether it helps")
        for check in adapted.worse:
            before, after = check.n_wrong
            console.say(f"worse on the {check.name}: {before} wrong lines before, {after} after")
        if not adapted.is_written:
            console.say(f"{out}: not written; check the labels (linesift check), label more pages, or say --force")
            raise typer.Exit(console.EXIT_FAILED)
        progress("done")
