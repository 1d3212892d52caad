"""Options and arguments that several commands have, and how their help is laid out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

OUT = "--out", "--output", "-o"
"""Names of the option for the output. A user who knows one command guesses; help and documents have the first name."""

Model = Annotated[
    Path | None,
    typer.Option(
        "--model", "-m", metavar="DIR", help="Model directory to use [default: news, the model of the package]."
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Encoding of pages without a byte order mark [default: utf-8; of HTML what it declares, else a guess]. "
        "HTML that is valid UTF-8 is read so in any case.",
    ),
]
Colour = Annotated[
    bool | None, typer.Option("--color/--no-color", help="Use colours [default: if printed on a terminal].")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "--out", "-o", metavar="FILE", help="Write to this file, when all is done [default: print]."
    ),
]
TextField = Annotated[
    str,
    typer.Option("--text-field", metavar="NAME", help="Field of JSON, CSV and Parquet that holds the text of a page."),
]
HtmlField = Annotated[
    str | None,
    typer.Option("--html-field", metavar="NAME", help="Field that holds HTML; it is used before text."),
]
KeepFields = Annotated[
    list[str] | None,
    typer.Option(
        "--keep-fields",
        metavar="NAMES",
        help="Also write these fields of JSON, CSV and Parquet, with commas between them; may be repeated.",
    ),
]
LabelledPages = Annotated[
    list[Path],
    typer.Argument(metavar="PAGE", help="Labelled pages: .page files, directories of them, or .jsonl files."),
]
ModelOut = Annotated[
    Path, typer.Option(*OUT, metavar="DIR", help="Model directory to write; replaces a model that is there.")
]


def split_names(*given: str) -> tuple[str, ...]:
    """Split names with commas between them.

    >>> split_names("section, rank", "topic"), split_names()
    (('section', 'rank', 'topic'), ())
    """
    return tuple(name for part in ",".join(given).split(",") if (name := part.strip()))


def _print_version(is_asked: bool) -> None:
    if is_asked:
        import linesift

        typer.echo(f"linesift {linesift.__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
]

PAGES_HELP = (
    "Text, HTML, MHTML, WARC, WET, JSON, CSV and Parquet files, also compressed; directories; or - for standard input."
)


class Commands(TyperGroup):
    """The commands of `linesift`; a file in the place of one is answered with the command that labels it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the first argument names."""
        if self.get_command(ctx, args[0]) is None and Path(args[0]).exists():
            ctx.fail(f"{args[0]!r} is no command; to label its lines: linesift classify {args[0]}")
        return super().resolve_command(ctx, args)


class Command(TyperCommand):
    """A command whose help shows arguments by name alone: `PAGE...`, without brackets and types of Python."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read the arguments; an empty file name is misuse, not the working directory, as which Python reads it."""
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        rest = super().parse_args(ctx, args)
        for name, value in ctx.params.items():
            if "" in _several(given.get(name)) and any(isinstance(each, Path) for each in _several(value)):
                ctx.fail(f"an empty file name for {name.rstrip('_').replace('_', '-')}; name a file or directory")
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Give what stands behind the name of the command in the line of usage."""
        names = [_name(parameter) for parameter in self.params if isinstance(parameter, TyperArgument)]
        return [self.options_metavar or "", *names]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the options, each with its help."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, TyperArgument):
                sections["Arguments"].append((_name(parameter), record[1]))
            elif record is not None:
                sections["Options"].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def _name(argument: TyperArgument) -> str:
    name = (argument.metavar or str(argument.name)) + ("..." if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def _several(value: Any) -> Sequence[Any]:
    """Give the values of an option or argument, which has one or more."""
    return value if isinstance(value, list | tuple) else [value]
