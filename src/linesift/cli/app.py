"""The commands with their options, as typer needs them."""

from typing import Annotated

import typer

from linesift.cli import adapt, check, classify, compare, evaluate, exchange, explain, label, learn_site, report, train

app = typer.Typer(
    name="linesift", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True
)
classify_app = typer.Typer(name="classify", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"linesift {version('linesift')}")
        raise typer.Exit


@app.callback(epilog="Help on a command: linesift COMMAND --help")
def _linesift(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Say what each line of a news page is: headline, body, timestamp or sidebar."""


app.command("classify", help=classify.HELP, epilog=classify.EXAMPLES)(classify.classify)
app.command("explain", help=explain.HELP, epilog=explain.EXAMPLES)(explain.explain)
app.command("report", help=report.HELP, epilog=report.EXAMPLES)(report.report)
app.command("train", help=train.HELP, epilog=train.EXAMPLES)(train.train)
app.command("adapt", help=adapt.HELP, epilog=adapt.EXAMPLES)(adapt.adapt)
app.command("learn-site", help=learn_site.HELP, epilog=learn_site.EXAMPLES)(learn_site.learn_site)
app.command("compare", help=compare.HELP, epilog=compare.EXAMPLES)(compare.compare)
app.command("evaluate", help=evaluate.HELP, epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("label", help=label.HELP, epilog=label.EXAMPLES)(label.label)
app.command("check", help=check.HELP, epilog=check.EXAMPLES)(check.check)
app.command("export", help=exchange.EXPORT_HELP, epilog=exchange.EXPORT_EXAMPLES)(exchange.export)
app.command("import", help=exchange.IMPORT_HELP, epilog=exchange.IMPORT_EXAMPLES)(exchange.import_)
classify_app.command(help=classify.HELP, epilog=classify.EXAMPLES)(classify.classify)
