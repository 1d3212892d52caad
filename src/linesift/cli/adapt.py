"""`linesift adapt`: a model that knows a site, from a few labelled pages of it."""

from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.options import LabelledPages, Model, ModelOut

HELP = """Teach a model a site with a few labelled pages of it.

Three to twenty pages are best, 200 are the most. It takes seconds and needs no extra. The wrong lines are counted
before and after, on pages of the site that were held out and on the golden pages of linesift. If the new model has more
wrong lines on either, it is not written, unless you say --force. The correction acts only on pages that share lines
with the labelled ones.
"""
EXAMPLES = """
Examples:

\b
  linesift adapt --site mysite data/sites/mysite/ --out models/mysite
  linesift adapt --site other data/sites/other/ --model models/mysite --out models/both
  linesift classify page.txt --model models/mysite

Exit code: 0 the model was written, 1 it was worse and was not written, 2 nothing could be done.
"""

_Site = Annotated[
    str, typer.Option(metavar="NAME", help="Name of the site; a site of that name in the model is replaced.")
]
_Golden = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH", help="Labelled pages that may not get worse [default: every fourth page of linesift]."
    ),
]
_Force = Annotated[bool, typer.Option("--force", help="Write the model also if it is worse.")]


def adapt(
    pages: LabelledPages, site: _Site, out: ModelOut, model: Model = None, golden: _Golden = None, force: _Force = False
) -> None:
    """Adapt a model, as `HELP` says; exit 0 written, 1 worse and not written, 2 misuse."""
    with console.errors():
        # Imported here, so that a wrong option does not wait for numpy.
        from linesift.train.adapt import AdaptRequest, check_lines
        from linesift.train.adapt import adapt as adapt_model

        request = AdaptRequest(site, tuple(pages), out, model=model, golden=golden, is_forced=force)
        progress = console.ProgressPrinter()
        adapted = adapt_model(request, progress)
        for check in adapted.checks:
            console.print_lines([*check_lines(check), ""])
        if len(adapted.checks) == 1:
            console.say("warning: with one page nothing can be held out; label a second page to see whether it helps")
        for check in adapted.worse:
            before, after = check.n_wrong
            console.say(f"worse on the {check.name}: {before} wrong lines before, {after} after")
        if not adapted.is_written:
            console.say(
                f"{out}: not written; look for wrong labels with linesift label --web, which colours lines where the "
                f"model gives another label, or label more pages, or say --force"
            )
            raise typer.Exit(console.EXIT_FAILED)
        progress("done")
