"""`linesift classify`: label the lines of pages; its options and nothing else."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from linesift.cli import console
from linesift.cli.batches import Format
from linesift.cli.files import STDOUT, Request, label_files
from linesift.labels import Label
from linesift.read.jsonl import Fields
from linesift.write import tables

HELP = "Label every line of pages as headline, body, timestamp or sidebar."
EXAMPLES = """
Examples:

\b
  linesift classify page.txt
  linesift classify page.html --format article
  linesift classify page.html --format json
  linesift classify page.html --format jsonl --hints
  linesift classify page.txt --explain
  linesift classify pages/ --format jsonl --output labels.jsonl
  linesift classify crawl.warc.gz --output labels.jsonl --jobs 4
  linesift classify pages.jsonl.gz --text-field content --output labels.jsonl
  curl -s https://news.example/page.txt | linesift classify -
  linesift classify pages/ --same-site
  linesift classify page.txt --site mysite.site
  linesift classify *.txt --format article --label body
"""

_Pages = Annotated[
    list[Path],
    typer.Argument(
        metavar="PAGES",
        help="Text and HTML files, archives (WARC, WET), files of JSON lines, directories, or - for standard input.",
    ),
]
_Format = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help="pretty: for people (on a terminal). tsv: line, label, probability, text (else). "
        "jsonl: one object a page (default for archives and JSON lines). json: the article of each page as an object: "
        "headline, dates in ISO 8601, paragraphs, line numbers. article: headline, timestamp and body text only. "
        "markdown: the same with its structure.",
    ),
]
_Labels = Annotated[
    list[Label] | None, typer.Option("--label", "-l", help="Print only lines with this label; may be repeated.")
]
_Model = Annotated[
    Path | None, typer.Option("--model", "-m", metavar="DIR", help="Model directory instead of the shipped one.")
]
_Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of pages without a byte order mark [default: utf-8].")
]
_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write here (jsonl if it ends so); appears when all is done."),
]
_Path = Annotated[
    bool | None,
    typer.Option("--path/--no-path", help="Name the page in tsv, pretty and article [default: if several]."),
]
_Now = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
        help='When the pages were read, as 2024-06-14 or 2024-06-14T17:42+02:00: dates "2 hours ago" in json need it.',
    ),
]
_Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Colours in pretty [default: on a terminal].")]
_TextField = Annotated[
    str, typer.Option("--text-field", metavar="NAME", help="Field of JSON lines that holds the page's text.")
]
_HtmlField = Annotated[
    str | None, typer.Option("--html-field", metavar="NAME", help="Field of JSON lines that holds HTML, read first.")
]
_Hints = Annotated[
    bool, typer.Option("--hints", help="Say in jsonl what the markup of an HTML page says of every line.")
]
_Explain = Annotated[
    bool, typer.Option("--explain", help="Say what weighed most for and against each label (pretty, tsv, jsonl).")
]
_Site = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Lines that the pages' site repeats, from linesift learn-site."),
]
_SameSite = Annotated[
    bool, typer.Option("--same-site", help="The pages are of one site: learn first which lines it repeats.")
]
_Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processor cores to use.")]


def classify(
    pages: _Pages,
    format_: _Format = None,
    label: _Labels = None,
    model: _Model = None,
    encoding: _Encoding = None,
    text_field: _TextField = "text",
    html_field: _HtmlField = None,
    output: _Output = None,
    jobs: _Jobs = 1,
    path: _Path = None,
    color: _Color = None,
    hints: _Hints = False,
    explain: _Explain = False,
    now: _Now = None,
    site: _Site = None,
    same_site: _SameSite = False,
) -> None:
    """Label every line of pages, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    request = Request(
        pages,
        format=format_,
        labels=frozenset(label) if label else tables.ALL_LABELS,
        model=model,
        encoding=encoding,
        fields=Fields(text_field, html_field),
        output=None if output == STDOUT else output,
        has_path=path,
        is_coloured=color,
        n_jobs=jobs,
        has_hints=hints,
        is_explaining=explain,
        now=now,
        site=site,
        is_same_site=same_site,
    )
    with console.errors():
        raise SystemExit(label_files(request))
