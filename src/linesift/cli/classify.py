"""`linesift classify`: its options.

`classify page.txt`, names of files without any option, does not come through here: `linesift.cli` calls
`classify_files` at once.
"""

from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.chunks import Format
from linesift.cli.classify_files import ClassifyOptions, classify_files
from linesift.cli.options import (
    PAGES_HELP,
    Colour,
    Encoding,
    HtmlField,
    KeepFields,
    Model,
    Output,
    TextField,
    Version,
    split_names,
)
from linesift.labels import LABELS, Label, suggest_label
from linesift.read.jsonl import Fields
from linesift.write import tables

HELP = """Label each line: headline, body, timestamp or sidebar.

On a terminal, each line is printed with its number, label and confidence. A question mark stands behind a confidence
under 60 %. Formats for --format; without it, an --output that ends in .tsv,
.jsonl, .json or .md (markdown) chooses:

\b
  pretty    for people; the default on a terminal
  tsv       line number, label, probability, text; the default elsewhere
  jsonl     one JSON object per page, with all lines; the default for WARC,
            WET, JSON, CSV and Parquet
  json      one JSON object per page, with its article: headline, dates
            in ISO 8601, paragraphs, numbers of their lines
  article   headline, timestamp and body as text
  markdown  the same with subheads, lists and quotations
"""
EXAMPLES = """
Examples:

\b
  linesift classify page.txt
  linesift classify page.html --format article
  linesift classify page.html --format json
  linesift classify page.html --format jsonl --hints
  linesift classify page.txt --explain
  linesift classify pages/ --format jsonl --output labels.jsonl
  linesift classify pages/ --format json --output-dir articles/
  linesift classify crawl.warc.gz --output labels.jsonl --jobs 4
  linesift classify pages.jsonl.gz --text-field content --output labels.jsonl
  linesift classify pages.parquet --keep-fields topic --output labels.jsonl
  curl -s https://news.example/page.txt | linesift classify -
  linesift classify pages/ --same-site
  linesift classify page.txt --site mysite.site
  linesift classify *.txt --format article --label body

Exit code: 0 done, 1 some page could not be read, 2 nothing could be done:
a wrong option, or no file or page where you said.
"""

_TIMES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")
"""Forms of `--now`."""


def _parse_label(word: str) -> Label:
    if word in LABELS:
        return Label(word)
    guess = suggest_label(word)
    hint = f"did you mean {guess}?" if guess else f"use {', '.join(LABELS)}"
    raise typer.BadParameter(f"{word!r} is not a label; {hint}")


def _parse_format(word: str) -> Format:
    names = [str(name) for name in Format]
    if word in names:
        return Format(word)
    guesses = get_close_matches(word, names, 1)
    hint = f"did you mean {guesses[0]}?" if guesses else f"use {', '.join(names)}"
    raise typer.BadParameter(f"{word!r} is not a format; {hint}")


def _parse_time(text: str) -> datetime:
    from linesift.dates.context import WholeDay

    for form in _TIMES:
        with suppress(ValueError):
            return (datetime if "H" in form else WholeDay).strptime(text, form)
    raise typer.BadParameter(f"{text!r} is not a time; write it as 2024-06-14 or 2024-06-14T17:42+02:00")


def _complete_format(start: str) -> list[str]:
    return [str(name) for name in Format if name.startswith(start)]


def _complete_label(start: str) -> list[str]:
    return [label for label in LABELS if label.startswith(start)]


_Pages = Annotated[list[Path], typer.Argument(metavar="PAGE", help=PAGES_HELP)]
_Format = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        parser=_parse_format,
        autocompletion=_complete_format,
        help="Format of the output, one of those above.",
    ),
]
_Labels = Annotated[
    list[Label] | None,
    typer.Option(
        "--label",
        "-l",
        metavar="LABEL",
        parser=_parse_label,
        autocompletion=_complete_label,
        help="Print only lines with this label: headline, body, timestamp or sidebar; may be repeated.",
    ),
]
_Path = Annotated[
    bool | None,
    typer.Option(
        "--path/--no-path", help="Name the page in tsv, pretty, article and markdown [default: if there are several]."
    ),
]
_Now = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME",
        parser=_parse_time,
        help='When the pages were saved, as 2024-06-14T17:42+02:00; json needs it for "2 hours ago". A day alone, '
        'as 2024-06-14, is enough for "yesterday" and days without a year.',
    ),
]
_Hints = Annotated[
    bool, typer.Option("--hints", help="Add to jsonl, for each line of an HTML page, what the markup says about it.")
]
_Explain = Annotated[
    bool, typer.Option("--explain", help="Show what counted most for and against each label (pretty, tsv, jsonl).")
]
_Site = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Use lines that the site repeats: a file that linesift learn-site wrote."),
]
_SameSite = Annotated[
    bool, typer.Option("--same-site", help="All pages are of one site: first learn which lines it repeats.")
]
_OutputDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write one file for each input file, named after it, into this directory."),
]
_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processor cores to use.")]


def classify(
    pages: _Pages,
    format_: _Format = None,
    label: _Labels = None,
    model: Model = None,
    encoding: Encoding = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    keep_fields: KeepFields = None,
    output: Output = None,
    output_dir: _OutputDir = None,
    jobs: _Jobs = 1,
    path: _Path = None,
    color: Colour = None,
    hints: _Hints = False,
    explain: _Explain = False,
    now: _Now = None,
    site: _Site = None,
    same_site: _SameSite = False,
    _version: Version = False,
) -> None:
    """Label every line of pages, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    options = ClassifyOptions(
        pages,
        format=format_,
        labels=frozenset(label) if label else tables.ALL_LABELS,
        model=model,
        encoding=encoding,
        fields=Fields(text_field, html_field, split_names(*keep_fields or ())),
        output_path=output,
        output_dir=output_dir,
        shows_path=path,
        is_coloured=color,
        n_jobs=jobs,
        shows_hints=hints,
        is_explaining=explain,
        now=now,
        memory_file=site,
        is_same_site=same_site,
    )
    with console.errors():
        raise SystemExit(classify_files(options))
