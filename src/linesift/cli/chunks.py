"""Read, classify and format chunks of pages: the part of `classify` that worker processes do.

A chunk is some items of input: files, records of files with many pages, and messages between them. Each item has one
outcome, in the same order. The model cuts the pages of a chunk into groups; each group is read into one `Batch`.

Work is done in parts, which have one word each:

chunk  items of input that one process works on at once (`chunks`)
group  pages of a chunk, all with hints or all without, that are classified at once (`linesift.model.model`)
batch  lines of the pages of a group, as arrays (`linesift.features.batch.Batch`)
tile   lines of a batch whose columns or scores are computed at once (`linesift.model.part`, `network` and `trees`)
piece  part of a text: of a batch, scanned at once (`linesift.features.scan`); of the output, written at once
       (`outcomes`); of a line of HTML, between two tags (`linesift.read.html.walk`)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from linesift.errors import InputError, MissingExtraError
from linesift.heap import keep_freed_memory
from linesift.labels import Label
from linesift.model.chunks import classify_each, gather
from linesift.page import Page
from linesift.read.page import read_page
from linesift.read.record import Record
from linesift.write import tables, terminal

if TYPE_CHECKING:  # numpy comes with them, and `--help` does not wait for numpy
    from linesift.explain.explain import Explainer, Explanation
    from linesift.model.memory import SiteMemory
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

CHUNK_PAGES = 64
_CHUNK_BYTES = 4_000_000
"""A chunk ends at so many items or bytes: enough to pay for numpy's calls, few enough for memory."""


class Format(StrEnum):
    """Format of the output; `linesift.cli.classify.HELP` describes each."""

    PRETTY = "pretty"
    TSV = "tsv"
    JSONL = "jsonl"
    JSON = "json"
    ARTICLE = "article"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Options of the output."""

    format: Format
    labels: frozenset[Label] = tables.ALL_LABELS
    """Only lines with these labels."""
    names_pages: bool = False
    """Whether the output names the page: a path column in TSV, a heading above each page for people."""
    style: terminal.Style = terminal.PLAIN
    shows_hints: bool = False
    """Whether JSON lines have the hints of the markup for every line."""
    is_explaining: bool = False
    """Whether every line has the reasons of its label."""
    now: datetime | None = None
    """When the pages were saved, for dates such as "2 hours ago"."""


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Settings of a worker process, the same for every chunk."""

    model: Path | None
    """Directory of the model; `None` is the shipped one."""
    how_written: OutputOptions
    encoding: str | None = None
    memory: "SiteMemory | None" = None
    """Lines that the site of the pages repeats, if `--site` or `--same-site` asked for that."""


class MessageKind(Enum):
    """Kind of message that may come for each of thousands of pages, so that only the first are printed."""

    WARNING = (20, "with warnings like these")
    NO_PARSER = (1, "not read, for the same reason: they are HTML")

    def __init__(self, n_told: int, words: str) -> None:
        self.n_told = n_told
        """Number of messages that are printed."""
        self.words = words
        """What is said about the others, behind their number."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a page, or between two pages in its place among them."""

    text: str
    is_failure: bool = True
    """Whether a page was lost."""
    kind: MessageKind | None = None


Written = TypeVar("Written")
Item = Path | Record | Message


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one item: text for the output, lines for standard error."""

    text: str | None = None
    """`None` without a page: for a message, or a page that failed."""
    messages: tuple[Message, ...] = ()
    is_failure: bool = False
    tally: terminal.Tally | None = None
    """Counts for the summary of `pretty`."""


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Gather items up to `CHUNK_PAGES` or `_CHUNK_BYTES`; a larger page is a chunk of its own or ends one."""
    return gather(items, _size, most_items=CHUNK_PAGES, most_bytes=_CHUNK_BYTES)


def classify_chunk(settings: JobSettings, chunk: Sequence[Item]) -> list[Outcome]:
    """Read, classify and format the pages of a chunk; one outcome for each item, in order.

    Raises:
        ModelError: if the model cannot be loaded; it is loaded once in a process.
    """
    import linesift  # here, because numpy comes with the model

    keep_freed_memory()
    model = linesift.load(settings.model)
    if settings.memory is not None:
        model = model.with_memory(settings.memory)
    explainer = make_explainer(model) if settings.how_written.is_explaining else None
    return [
        outcome if prediction is None else _complete(prediction, outcome, settings.how_written, explainer)
        for prediction, outcome in predict_chunk(model, chunk, settings.encoding)
    ]


def predict_chunk(
    model: "Model", chunk: Sequence[Item], encoding: str | None
) -> "Iterator[tuple[Prediction | None, Outcome]]":
    """Read and classify the pages of a chunk: for each item its prediction, if it has one, and its outcome so far."""
    read = [read_item(item, encoding) for item in chunk]
    predictions = classify_each(model, [page for page, _ in read if page is not None])
    for page, outcome in read:
        # Items without a page have no prediction, so the two lists are not of one length.
        prediction = None if page is None else next(predictions)
        if isinstance(prediction, Exception) and page is not None:
            yield None, _lost(outcome, page.url or page.source, "classified", prediction)
        elif not isinstance(prediction, Exception):
            yield prediction, outcome


def _size(item: Item) -> int:
    if isinstance(item, Path):
        try:
            return item.stat().st_size
        except (OSError, ValueError):
            return 0  # reading it gives the reason
    return len(item.payload) if isinstance(item, Record) else 0


def read_item(item: Item, encoding: str | None) -> tuple[Page | None, Outcome]:
    """Read the page of an item, if it has one, and begin its outcome."""
    if isinstance(item, Message):
        return None, Outcome(messages=(item,), is_failure=item.is_failure)
    try:
        page, warning = read_page(item, encoding)
    except InputError as error:
        return None, Outcome(messages=(Message(str(error)),), is_failure=True)
    except MissingExtraError as error:
        source = item.source if isinstance(item, Record) else item
        return None, Outcome(messages=(Message(f"{source}: {error}", kind=MessageKind.NO_PARSER),), is_failure=True)
    except Exception as error:  # noqa: BLE001 - one bad page must not lose the others
        return None, _lost(Outcome(), name_of(item), "read", error)
    messages = [] if warning is None else [warning]
    is_of_archive = isinstance(item, Record) and bool(item.archive)  # where empty pages are many, and nobody's mistake
    if not is_of_archive and not page.text.strip():
        messages.append(f"{page.source}: the page is empty")
    warnings = (Message(f"warning: {text}", is_failure=False, kind=MessageKind.WARNING) for text in messages)
    return page, Outcome(messages=tuple(warnings))


def name_of(item: Path | Record) -> str:
    """Name an item in a message: its file, or its address where a file has many pages."""
    return str(item) if isinstance(item, Path) else item.url or item.source


def _lost(outcome: Outcome, name: str, what: str, error: Exception) -> Outcome:
    """Make the outcome of a page that failed in one of the steps: `read`, `classified` or `written`."""
    message = Message(f"{name}: not {what} ({type(error).__name__}: {error})")
    return replace(outcome, messages=(*outcome.messages, message), is_failure=True)


def make_explainer(model: "Model") -> "Explainer":
    """Make what explains lines; its code is loaded only when somebody asks for reasons."""
    from linesift.explain.explain import Explainer

    return Explainer(model)


def write_page(
    write: "Callable[[Prediction], Written]", prediction: "Prediction", outcome: Outcome
) -> tuple[Written | None, Outcome]:
    """Write a page; nothing, and a message in its outcome, where it cannot be written."""
    try:
        return write(prediction), outcome
    except Exception as error:  # noqa: BLE001 - one bad page must not lose the others
        return None, _lost(outcome, prediction.page.url or prediction.page.source, "written", error)


def _complete(
    prediction: "Prediction", outcome: Outcome, options: OutputOptions, explainer: "Explainer | None"
) -> Outcome:
    """Add text, counts and messages to the outcome of a page; a message alone where it cannot be written."""
    written, so_far = write_page(lambda each: _written(each, outcome, options, explainer), prediction, outcome)
    return written or so_far


def _written(
    prediction: "Prediction", outcome: Outcome, options: OutputOptions, explainer: "Explainer | None"
) -> Outcome:
    tally = terminal.tally(prediction) if options.format is Format.PRETTY else None
    messages, explanations = outcome.messages, None
    if explainer is not None:
        from linesift.explain.explain import affordable

        asked = [index for index, label in enumerate(prediction.labels) if label in options.labels]
        explained = affordable(prediction, asked)
        explanations = explainer.explain(prediction, explained)
        if left := len(asked) - len(explained):
            text = f"{prediction.page.source}: a long page; {left} lines that are less in doubt have no reasons"
            messages = (*messages, Message(f"warning: {text}", is_failure=False, kind=MessageKind.WARNING))
    if options.format in {Format.ARTICLE, Format.MARKDOWN} and not prediction.has_article:
        text = f"{prediction.page.source}: {terminal.say_no_article(prediction)}"
        messages = (*messages, Message(text, is_failure=False))
    return replace(outcome, text="".join(_texts(prediction, options, explanations)), tally=tally, messages=messages)


def _texts(
    prediction: "Prediction", options: OutputOptions, explanations: "Iterable[Explanation] | None"
) -> Iterator[str]:
    """Format one page, its lines with their explanations if there are some."""
    brief = full = None
    if explanations is not None:
        from linesift.write import reasons

        brief, full = {}, {}
        for each in explanations:  # one after the other: all reasons of a long page would fill the memory
            brief[each.index], full[each.index] = reasons.brief(each), reasons.as_json(each)
    match options.format:
        case Format.TSV:
            yield from tables.tsv(prediction, options.labels, with_path=options.names_pages, reasons=brief)
        case Format.JSONL:
            yield tables.jsonl(prediction, options.labels, with_hints=options.shows_hints, reasons=full)
        case Format.JSON:
            yield tables.article_json(prediction, options.now)
        case Format.ARTICLE:
            if options.names_pages:
                yield terminal.heading(prediction.page.source)
            yield tables.article(prediction, options.labels)
        case Format.MARKDOWN:
            from linesift.write.markdown import comment, markdown

            if options.names_pages:
                yield f"{comment(prediction.page.source)}\n\n"
            yield markdown(prediction)
        case Format.PRETTY:
            if options.names_pages:
                yield terminal.heading(prediction.page.source, style=options.style)
            yield from terminal.pretty(prediction, options.labels, style=options.style, reasons=brief)
