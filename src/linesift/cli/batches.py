"""Batches of pages to what is printed of them: the part of `classify` that worker processes do."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from linesift.errors import InputError
from linesift.labels import Label
from linesift.page import Page
from linesift.read.page import read_page
from linesift.read.record import Record
from linesift.write import tables, terminal

if TYPE_CHECKING:  # numpy comes with them, and `--help` shall not wait for numpy
    from linesift.explain.explain import Explainer
    from linesift.model.memory import SiteMemory
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

BATCH_PAGES = 64
BATCH_BYTES = 4_000_000
"""A batch ends at so many pages or bytes: enough to pay for numpy's calls, little enough for memory."""


class Format(StrEnum):
    """What the output looks like."""

    PRETTY = "pretty"
    TSV = "tsv"
    JSONL = "jsonl"
    JSON = "json"
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
    has_hints: bool = False
    """Whether JSON lines say what the markup says of every line."""
    is_explaining: bool = False
    """Whether every line has its reasons."""
    now: datetime | None = None
    """When the pages were read, for dates that need it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with every batch."""

    model: Path | None
    """Directory of the model; `None` is the shipped one."""
    shape: Shape
    encoding: str | None = None
    memory: "SiteMemory | None" = None
    """What is remembered of the pages' site, where that was asked for."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell between two pages, in its place among them."""

    message: str
    is_failure: bool = True
    """Whether a page was lost."""


Item = Path | Record | Note


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: text for the output, lines for standard error."""

    text: str | None = None
    """`None` where there is no page: a note, or a page that failed."""
    messages: tuple[str, ...] = ()
    is_failure: bool = False
    tally: terminal.Tally | None = None
    """Counts for the summary of `pretty`."""


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Gather items up to `BATCH_PAGES` or `BATCH_BYTES`; a single larger page is a batch of its own or ends one."""
    batch: list[Item] = []
    n_bytes = 0
    for item in items:
        batch.append(item)
        n_bytes += _size(item)
        if len(batch) == BATCH_PAGES or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch


def label_batch(work: Work, batch: Sequence[Item]) -> list[Outcome]:
    """Read, classify and write the pages of a batch; one outcome for each item, in order.

    Raises:
        ModelError: if the model cannot be loaded; it is loaded once in a process.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    import linesift  # only now: numpy comes with the model

    _keep_freed_memory()
    model = linesift.load(work.model)
    if work.memory is not None:
        model = model.with_memory(work.memory)
    explainer = make_explainer(model) if work.shape.is_explaining else None
    return [
        outcome if prediction is None else _write(prediction, outcome, work.shape, explainer)
        for prediction, outcome in predict_batch(model, batch, work.encoding)
    ]


@cache
def _keep_freed_memory() -> None:
    """Make the C library keep up to 32 MB of freed memory for the next batch.

    The C library of Linux gives freed blocks above a threshold back to the system, which clears them again when they
    are next asked for: a sixth of the time of classifying. The threshold rises to the size of the largest block that
    was ever freed, at most 32 MB. So a block of nearly that size is freed here; it is never touched.
    """
    import numpy as np

    np.empty((32 << 20) - (1 << 16), np.uint8)


def predict_batch(
    model: "Model", batch: Sequence[Item], encoding: str | None
) -> "Iterator[tuple[Prediction | None, Outcome]]":
    """Read and classify the pages of a batch: for each item its prediction, if it has one, and what is to be told."""
    read = [read_item(item, encoding) for item in batch]
    predictions = _classify(model, [page for page, _ in read if page is not None])
    for page, outcome in read:
        found = None if page is None else next(predictions)
        if isinstance(found, str):
            yield None, replace(outcome, messages=(*outcome.messages, found), is_failure=True)
        else:
            yield found, outcome


def _size(item: Item) -> int:
    if isinstance(item, Path):
        try:
            return item.stat().st_size
        except (OSError, ValueError):
            return 0  # the reason is told when it is read
    return len(item.payload) if isinstance(item, Record) else 0


def read_item(item: Item, encoding: str | None) -> tuple[Page | None, Outcome]:
    """Read the page of an item, if it has one, and begin its outcome."""
    if isinstance(item, Note):
        return None, Outcome(messages=(item.message,), is_failure=item.is_failure)
    try:
        page, warning = read_page(item, encoding)
    except InputError as error:
        return None, Outcome(messages=(str(error),), is_failure=True)
    messages = [] if warning is None else [f"warning: {warning}"]
    is_file = isinstance(item, Path) or item.kind == "unknown"
    if is_file and not page.text.strip():
        messages.append(f"warning: {page.source}: the page is empty")
    return page, Outcome(messages=tuple(messages))


def _classify(model: "Model", pages: Sequence[Page]) -> "Iterator[Prediction | str]":
    """Classify a batch at once, and page by page where that fails, so that one page cannot take the others along.

    A string is why a page could not be classified.
    """
    try:
        return iter(model.classify_batch(pages))
    except Exception:  # noqa: BLE001 - the border of the batch; each page is tried again alone and reported
        return (_classify_alone(model, page) for page in pages)


def _classify_alone(model: "Model", page: Page) -> "Prediction | str":
    try:
        return model.classify(page)
    except Exception as error:  # noqa: BLE001 - the border of the batch: a row with a reason
        return f"{page.source}: not classified ({type(error).__name__}: {error})"


def make_explainer(model: "Model") -> "Explainer":
    """What explains lines with a model, loaded only where somebody asks for it."""
    from linesift.explain.explain import Explainer

    return Explainer(model)


def _write(prediction: "Prediction", outcome: Outcome, shape: Shape, explainer: "Explainer | None") -> Outcome:
    """Complete the outcome of a page."""
    tally = terminal.tally(prediction) if shape.format is Format.PRETTY else None
    messages = outcome.messages
    if shape.format in {Format.ARTICLE, Format.MARKDOWN} and not prediction.has_article:
        messages += (f"{prediction.page.source}: the page has no article ({terminal.format_kind(prediction)})",)
    return replace(outcome, text="".join(_texts(prediction, shape, explainer)), tally=tally, messages=messages)


def _texts(prediction: "Prediction", shape: Shape, explainer: "Explainer | None") -> Iterator[str]:
    """Give one page in the shape asked for."""
    notes = why = None
    if explainer is not None:
        from linesift.write import reasons

        found = list(explainer.explain(prediction, _lines(prediction, shape.labels)))
        notes = {each.index: reasons.brief(each) for each in found}
        why = {each.index: reasons.as_json(each) for each in found}
    match shape.format:
        case Format.TSV:
            yield from tables.tsv(prediction, shape.labels, with_path=shape.has_several, notes=notes)
        case Format.JSONL:
            yield tables.jsonl(prediction, shape.labels, with_hints=shape.has_hints, reasons=why)
        case Format.JSON:
            yield tables.article_json(prediction, shape.now)
        case Format.ARTICLE:
            if shape.has_several:
                yield terminal.heading(prediction.page.source)
            yield tables.article(prediction, shape.labels)
        case Format.MARKDOWN:
            if shape.has_several:
                yield f"<!-- {tables.clean(prediction.page.source)} -->\n\n"
            from linesift.write.markdown import markdown

            yield markdown(prediction)
        case Format.PRETTY:
            if shape.has_several:
                yield terminal.heading(prediction.page.source, style=shape.style)
            yield from terminal.pretty(prediction, shape.labels, style=shape.style, notes=notes)


def _lines(prediction: "Prediction", labels: frozenset[Label]) -> list[int]:
    """Indices of the lines with these labels."""
    return [index for index, label in enumerate(prediction.labels) if label in labels]
