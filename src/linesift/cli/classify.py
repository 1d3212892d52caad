"""`linesift classify`: label the lines of pages."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.errors import InputError
from linesift.labels import Label
from linesift.page import Page
from linesift.read.page import is_archive, read_archive, read_page
from linesift.read.text import check_encoding, find_pages
from linesift.read.warc import WarcCounts
from linesift.write import tables, terminal
from linesift.write.markdown import markdown

if TYPE_CHECKING:  # numpy comes with them, and `--help` shall not wait for numpy
    from linesift.model.classifier import Model
    from linesift.model.prediction import Prediction

STDOUT = Path("-")

BATCH_PAGES = 64
BATCH_CHARACTERS = 4_000_000
"""A batch ends at so many pages or characters: enough to pay for numpy's calls, little enough for memory."""

HELP = "Label every line of pages as headline, body, timestamp or sidebar."
EXAMPLES = """
Examples:

\b
  linesift classify page.txt
  linesift classify page.html --format article
  linesift classify pages/ --format jsonl --output labels.jsonl
  linesift classify crawl.warc.gz --output labels.jsonl
  curl -s https://news.example/page.txt | linesift classify -
  linesift classify *.txt --format article --label body
  linesift classify pages/ --same-site
  linesift classify page.txt --site mysite.site
"""


class Format(StrEnum):
    """What the output looks like."""

    PRETTY = "pretty"
    TSV = "tsv"
    JSONL = "jsonl"
    ARTICLE = "article"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Shape:
    """How predictions are written."""

    format: Format
    labels: frozenset[Label] = tables.ALL_LABELS
    """Only lines with these labels."""
    has_several: bool = False
    """Whether the output tells pages apart: a path column in TSV, a heading above each page for people."""
    style: terminal.Style = terminal.PLAIN


_Pages = Annotated[
    list[Path],
    typer.Argument(
        metavar="PAGES",
        help="Text and HTML files, WARC and WET archives, directories of them, or - for standard input.",
    ),
]
_Format = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help="pretty: for people (on a terminal). tsv: line, label, probability, text (else). "
        "jsonl: one object a page (default for archives). article: headline, timestamp and "
        "body text only. markdown: the same with its structure.",
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
_Color = Annotated[bool | None, typer.Option("--color/--no-color", help="Colours in pretty [default: on a terminal].")]
_Site = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Lines that the pages' site repeats, from linesift learn-site."),
]
_SameSite = Annotated[
    bool, typer.Option("--same-site", help="The pages are of one site: learn first which lines it repeats.")
]


def classify(
    pages: _Pages,
    format_: _Format = None,
    label: _Labels = None,
    model: _Model = None,
    encoding: _Encoding = None,
    output: _Output = None,
    path: _Path = None,
    color: _Color = None,
    site: _Site = None,
    same_site: _SameSite = False,
) -> None:
    """Label every line of pages, as `HELP` says; exit 0 done, 1 some page failed, 2 misuse."""
    with console.errors():
        output = None if output == STDOUT else output
        labels = frozenset(label) if label else tables.ALL_LABELS
        chosen = format_ or _default_format(pages, output)
        if chosen is Format.MARKDOWN and label:
            raise InputError("--format markdown gives the whole article; leave out --label or take --format article")
        if chosen is Format.ARTICLE and not labels & tables.ARTICLE_LABELS:
            raise InputError("--format article has no sidebar lines; take another format or label")
        if encoding is not None:
            check_encoding(encoding)
        found, n_failed = find_pages_or_say(pages)
        if not found:
            raise typer.Exit(console.EXIT_MISUSE)
        if same_site and STDOUT in found:
            raise InputError("--same-site reads the pages twice, which standard input cannot; name files")
        loaded = _load(model)
        if site is not None or same_site:
            loaded = _with_memory(loaded, site, found if same_site else [], encoding)
        has_several = (len(found) > 1 or found != pages) if path is None else path
        style = terminal.Style(_width(output), console.wants_colour(color, output))
        shape = Shape(chosen, labels, has_several, style)
        n_failed += _write(_predictions(loaded, found, encoding), shape, output)
        if n_failed:
            raise typer.Exit(console.EXIT_FAILED)


def _write(predictions: "Iterator[Prediction | None]", shape: Shape, path: Path | None) -> int:
    """Write predictions as they come, and say how many pages failed."""
    n_failed = n_written = 0
    total = terminal.Tally()
    with console.output(path) as stream:
        for prediction in predictions:
            if prediction is None:
                n_failed += 1
                continue
            console.clear_progress()
            if n_written and shape.format in {Format.PRETTY, Format.ARTICLE, Format.MARKDOWN}:
                stream.write("\n")
            stream.writelines(_texts(prediction, shape))
            if shape.format in {Format.ARTICLE, Format.MARKDOWN} and not prediction.has_article:
                console.say(f"{prediction.page.source}: the page has no article ({terminal.verdict(prediction)})")
            n_written += 1
            if shape.format is Format.PRETTY:
                total += terminal.tally(prediction)
        if n_failed and not n_written:
            raise typer.Exit(console.EXIT_FAILED)  # an earlier output file is worth more than an empty one
    console.clear_progress()
    if total.n_pages:
        console.note(terminal.summary(total))
    return n_failed


def _texts(prediction: "Prediction", shape: Shape) -> Iterator[str]:
    """Give one page in the shape asked for."""
    match shape.format:
        case Format.TSV:
            yield from tables.tsv(prediction, shape.labels, with_path=shape.has_several)
        case Format.JSONL:
            yield tables.jsonl(prediction, shape.labels)
        case Format.ARTICLE:
            if shape.has_several:
                yield terminal.heading(prediction.page.source)
            yield tables.article(prediction, shape.labels)
        case Format.MARKDOWN:
            if shape.has_several:
                yield f"<!-- {tables.clean(prediction.page.source)} -->\n\n"
            yield markdown(prediction)
        case Format.PRETTY:
            if shape.has_several:
                yield terminal.heading(prediction.page.source, style=shape.style)
            yield from terminal.pretty(prediction, shape.labels, style=shape.style)


def find_pages_or_say(given: Sequence[Path]) -> tuple[list[Path], int]:
    """List the pages to read; a directory without any is reported and counted, and the others go on."""
    found: list[Path] = []
    n_failed = 0
    for path in given:
        try:
            found += find_pages([path])
        except InputError as error:
            console.say(str(error))
            n_failed += 1
    return found, n_failed


def _load(directory: Path | None) -> "Model":
    """Load the model only now: a wrong option or file name shall not wait for numpy."""
    import linesift

    return linesift.load(directory)


def _with_memory(model: "Model", site: Path | None, paths: Sequence[Path], encoding: str | None) -> "Model":
    """Give the model what is remembered of the pages' site, and what the pages themselves repeat."""
    from linesift.model.memory import EMPTY, read_memory

    memory = EMPTY if site is None else read_memory(site)
    for page in read_pages(paths, encoding):
        memory = memory if page is None else memory.learn([page.text])
    console.clear_progress()
    console.note(f"site memory: rests on {memory.n_pages} {'page' if memory.n_pages == 1 else 'pages'}")
    return model.with_memory(memory)


def _predictions(model: "Model", paths: Sequence[Path], encoding: str | None) -> "Iterator[Prediction | None]":
    """Give the prediction of each page in order, `None` for one that failed and was reported."""
    batch: list[Page | None] = []
    n_characters = 0
    for page in read_pages(paths, encoding):
        batch.append(page)
        n_characters += len(page.text) if page else 0
        if len(batch) == BATCH_PAGES or n_characters >= BATCH_CHARACTERS:
            yield from _classify_batch(model, batch)
            batch, n_characters = [], 0
    yield from _classify_batch(model, batch)


def read_pages(paths: Sequence[Path], encoding: str | None) -> Iterator[Page | None]:
    """Read the pages of all files in order, `None` for one that failed and was reported."""
    for n_read, path in enumerate(paths, start=1):
        console.progress(n_read, len(paths))
        if is_archive(path):
            yield from _archive(path)
        else:
            yield _read(path, encoding)


def _archive(path: Path) -> Iterator[Page | None]:
    """Read the pages of an archive; how many records were skipped, and why, is said at its end."""
    counts = WarcCounts()
    try:
        for page in read_archive(path, counts):
            if counts.pages % BATCH_PAGES == 0:
                console.progress(counts.pages, None)
            yield page
    except InputError as error:
        console.say(str(error))
        yield None
    if counts.skipped:
        reasons = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.skipped.items())
        console.say(f"{path}: {counts.pages} pages; skipped: {reasons}")
        if counts.truncated or counts.damaged:
            yield None


def _read(path: Path, encoding: str | None) -> Page | None:
    try:
        page, warning = read_page(path, encoding)
    except InputError as error:
        console.say(str(error))
        return None
    if warning is not None:
        console.say(f"warning: {warning}")
    if not page.text.strip():
        console.say(f"warning: {page.source}: the page is empty")
    return page


def _classify_batch(model: "Model", batch: Sequence[Page | None]) -> "Iterator[Prediction | None]":
    """Classify a batch at once, and page by page where that fails, so that one page cannot take the others along."""
    pages = [page for page in batch if page is not None]
    predictions: Iterator[Prediction | None]
    try:
        predictions = iter(model.classify_batch(pages))
    except Exception:  # noqa: BLE001 - the border of the batch; each page is tried again alone and reported
        predictions = (_classify_alone(model, page) for page in pages)
    return (None if page is None else next(predictions) for page in batch)


def _classify_alone(model: "Model", page: Page) -> "Prediction | None":
    try:
        return model.classify(page)
    except Exception as error:  # noqa: BLE001 - the border of the batch: a row with a reason
        console.say(f"{page.source}: not classified ({type(error).__name__}: {error})")
        return None


def _default_format(pages: Sequence[Path], output: Path | None) -> Format:
    if any(map(is_archive, pages)) or (output is not None and output.suffix == ".jsonl"):
        return Format.JSONL
    return Format.PRETTY if output is None and console.is_terminal() else Format.TSV


def _width(output: Path | None) -> int | None:
    """Columns to cut at; output that goes on to a file or a pager is not cut."""
    return shutil.get_terminal_size().columns if output is None and console.is_terminal() else None
