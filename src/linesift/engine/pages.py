"""Label the pages of a chunk at once; a page that fails has its reason, and the others are done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from linesift.errors import InputError, MissingExtraError
from linesift.model.chunks import classify_each, gather
from linesift.page import Page
from linesift.read.page import read_page
from linesift.read.record import Record

if TYPE_CHECKING:  # numpy comes with them
    from linesift.article.article import Brief
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

_CHUNK_PAGES, _CHUNK_BYTES = 128, 1_000_000
"""Pages and bytes at which a chunk ends: enough to pay for numpy's calls, few enough for memory."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class NumberedRecord:
    """A record and its number in the input file, from 1."""

    number: int
    record: Record
    problem: str | None = None
    """Why it has no page that could be labelled."""


@dataclass(frozen=True, slots=True)
class LabelledRecord:
    """A record with what was found on its page."""

    number: int
    record: Record
    prediction: "Prediction | None" = None
    """`None` for a page that failed."""
    article: "Brief | None" = None
    """`None` for a page that failed, and where no article was asked for."""
    error: str | None = None
    """Why the page failed."""
    warning: str | None = None
    """What may be wrong with a page that was read, as `read_page` says it."""


def chunks(records: Iterable[NumberedRecord]) -> Iterator[list[NumberedRecord]]:
    """Gather records up to `_CHUNK_PAGES` or `_CHUNK_BYTES`; a larger page is a chunk of its own or ends one."""
    return gather(records, lambda each: len(each.record.payload), most_items=_CHUNK_PAGES, most_bytes=_CHUNK_BYTES)


def label_records(model: "Model", records: Sequence[NumberedRecord], *, with_article: bool) -> list[LabelledRecord]:
    """Read and label the pages of records, in order.

    Raises:
        MissingExtraError: for HTML, if its parser is not installed; that is no fault of the page.
    """
    read = [_attempt(partial(_read, each)) for each in records]
    predictions = classify_each(model, [page[0] for page in read if not isinstance(page, str)])
    found = [
        _labelled(each, page if isinstance(page, str) else next(predictions), with_article=with_article)
        for each, page in zip(records, read, strict=True)
    ]
    warnings = (None if isinstance(page, str) else page[1] for page in read)
    return [replace(each, warning=warning) if warning else each for each, warning in zip(found, warnings, strict=True)]


def _read(each: NumberedRecord) -> tuple[Page, str | None]:
    if each.problem is not None:
        raise InputError(each.problem)
    return read_page(each.record)


def _labelled(each: NumberedRecord, found: "Prediction | Exception | str", *, with_article: bool) -> LabelledRecord:
    """Put a record together with its prediction, or with the reason why there is none."""
    if isinstance(found, Exception | str):
        return LabelledRecord(each.number, each.record, error=found if isinstance(found, str) else _reason(found))
    article = _attempt(partial(_brief, found)) if with_article else None
    if isinstance(article, str):
        return LabelledRecord(each.number, each.record, error=article)
    return LabelledRecord(each.number, each.record, found, article)


def _brief(found: "Prediction") -> "Brief":
    # Only now: loading the grammar of dates takes longer than labelling a page.
    from linesift.article.article import build_brief
    from linesift.dates.moment import read_instant

    return build_brief(found.labelled(), now=read_instant(found.page.fetched), kind=found.kind)


def _attempt(work: "Callable[[], Value]") -> "Value | str":
    """Do a piece of work on a page; if it fails, give the reason."""
    try:
        return work()
    except InputError as error:
        return str(error)
    except MissingExtraError:
        raise
    except Exception as error:  # noqa: BLE001 - one bad page must not lose the others; its row has the reason
        return _reason(error)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
