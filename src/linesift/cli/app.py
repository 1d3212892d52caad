"""The two programs with their commands, as typer needs them; a new command is added here."""

import typer

from linesift.cli import (
    adapt,
    batch,
    check,
    classify,
    compare,
    evaluate,
    explain,
    export,
    import_,
    label,
    learn_site,
    report,
    train,
)
from linesift.cli.options import Command, Commands, Version

_SETTINGS = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    name="linesift",
    cls=Commands,
    context_settings=_SETTINGS,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)
classify_app = typer.Typer(
    name="classify", context_settings=_SETTINGS, pretty_exceptions_enable=False, rich_markup_mode=None
)


_EPILOG = """
Help on a command: linesift COMMAND --help

Examples:

\b
  linesift classify page.txt
  linesift classify page.html --format article
  linesift --install-completion

The last one lets your shell complete commands and options with the Tab key; open a new shell after it.
"""


@app.callback(epilog=_EPILOG)
def _linesift(
    _version: Version = False,
) -> None:
    """Label each line of a news page: headline, body, timestamp or sidebar."""


app.command("classify", cls=Command, help=classify.HELP, epilog=classify.EXAMPLES)(classify.classify)
app.command("batch", cls=Command, help=batch.HELP, epilog=batch.EXAMPLES)(batch.batch)
app.command("explain", cls=Command, help=explain.HELP, epilog=explain.EXAMPLES)(explain.explain)
app.command("report", cls=Command, help=report.HELP, epilog=report.EXAMPLES)(report.report)
app.command("label", cls=Command, help=label.HELP, epilog=label.EXAMPLES)(label.label)
app.command("check", cls=Command, help=check.HELP, epilog=check.EXAMPLES)(check.check)
app.command("export", cls=Command, help=export.HELP, epilog=export.EXAMPLES)(export.export)
app.command("import", cls=Command, help=import_.HELP, epilog=import_.EXAMPLES)(import_.import_)
app.command("learn-site", cls=Command, help=learn_site.HELP, epilog=learn_site.EXAMPLES)(learn_site.learn_site)
app.command("adapt", cls=Command, help=adapt.HELP, epilog=adapt.EXAMPLES)(adapt.adapt)
app.command("train", cls=Command, help=train.HELP, epilog=train.EXAMPLES)(train.train)
app.command("evaluate", cls=Command, help=evaluate.HELP, epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("compare", cls=Command, help=compare.HELP, epilog=compare.EXAMPLES)(compare.compare)
classify_app.command(cls=Command, help=classify.HELP, epilog=classify.EXAMPLES)(classify.classify)
