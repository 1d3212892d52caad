"""Columns of the output, and pages as rows of them.

Readers find the version of this layout in the metadata of a Parquet file, under `linesift.schema`. Whoever renames a
column, or changes what one holds, raises `SCHEMA`; a new column does not.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linesift.engine.pages import LabelledRecord
from linesift.errors import InputError
from linesift.labels import LABELS, Label

if TYPE_CHECKING:  # pyarrow is slow to load, and only output needs it
    import pyarrow as pa

SCHEMA = 1

_N_DIGITS = 3
"""Decimal places of a probability: a dictionary of 1,001 values stores it in about one byte instead of four."""
_CODES: dict[Label | None, int] = {None: -1, **{label: label.column for label in LABELS}}
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the output."""

    type: str
    """`text`, `int`, `long`, `float`, or one of these behind `list of`."""
    description: str
    values: Callable[[LabelledRecord], Any]
    """Value of a page; for a list, an array of numbers or a list of strings."""
    is_repetitive: bool = False
    """Whether few different values are expected, so that Parquet stores a dictionary."""
    is_of_record: bool = False
    """Whether it says where the page is from; a table has that already."""


def _codes(page: LabelledRecord) -> NDArray[np.int8]:
    """Column of the label of each line, -1 for a blank one."""
    labels = page.prediction.labels if page.prediction is not None else ()
    return np.fromiter(map(_CODES.__getitem__, labels), np.int8, len(labels))


def _line_numbers(page: LabelledRecord) -> NDArray[np.int32]:
    return np.flatnonzero(_codes(page) >= 0).astype(np.int32) + np.int32(1)


def _label_codes(page: LabelledRecord) -> NDArray[np.int8]:
    codes = _codes(page)
    return codes[codes >= 0]


def _line_probabilities(page: LabelledRecord) -> NDArray[np.float32]:
    codes = _codes(page)
    rows = np.flatnonzero(codes >= 0)
    if page.prediction is None or not len(rows):
        return np.zeros(0, np.float32)
    return page.prediction.probabilities[rows, codes[rows]].round(_N_DIGITS)


def _line_texts(page: LabelledRecord) -> list[str]:
    if page.prediction is None:
        return []
    pairs = zip(page.prediction.page.lines, page.prediction.labels, strict=True)
    return [line for line, label in pairs if label is not None]


def _html(page: LabelledRecord) -> str | None:
    payload = page.record.payload
    if page.record.form != "html":
        return None
    from linesift.read.html.encoding import to_utf8

    return to_utf8(payload, page.record.charset).decode("utf-8", "replace")


def _probability(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _N_DIGITS)


COLUMNS: dict[str, Column] = {
    "source": Column("text", "the input file, as it was named", lambda page: page.record.source, True, True),
    "number": Column("int", "number of the page in it, from 1: line of JSON lines, row of Parquet, page of an archive",
                     lambda page: page.number, is_of_record=True),
    "record_id": Column("text", "`WARC-Record-ID`, or field `id` of the row; null if there is none",
                        lambda page: page.record.record_id or None, is_of_record=True),
    "offset": Column("long", "byte of the archive where the record begins; null where reading cannot start",
                     lambda page: page.record.offset, is_of_record=True),
    "url": Column("text", "address of the page", lambda page: page.record.url or None, is_of_record=True),
    "date": Column("text", "when it was crawled, as the input writes it",
                   lambda page: page.record.fetched or None, is_of_record=True),
    "kind": Column("text", "article, live, stub, index or other; null for a page without lines",
                   lambda page: page.prediction.kind or None if page.prediction else None, True),
    "kind_probability": Column("float", "probability of that kind", lambda page: _probability(
        page.prediction.kind_probability) if page.prediction else None, True),
    "headline": Column("text", "title of the article; empty without one",
                       lambda page: page.article.headline if page.article else None),
    "published": Column("text", "when it was published, ISO 8601 as far as it is known; null if it is not",
                        lambda page: page.article.published if page.article else None),
    "updated": Column("text", "when it was last changed, in the same form",
                      lambda page: page.article.updated if page.article else None),
    "article": Column("text", "text of the article: its body lines, with a blank line between two",
                      lambda page: "\n\n".join(page.article.body) if page.article else None),
    "n_lines": Column("int", "number of lines of the page, blank ones included",
                      lambda page: len(page.prediction.labels) if page.prediction else None),
    "line": Column("list of int", "number of each line that is not blank, from 1", _line_numbers, True),
    "label": Column("list of label", "label of each of these lines", _label_codes, True),
    "probability": Column("list of float", "probability of that label, to three places", _line_probabilities, True),
    "error": Column("text", "why the page could not be labelled; null if it was", lambda page: page.error, True),
}  # fmt: skip
"""Columns that are written unless `--columns` names others, in their order."""

KEPT: dict[str, Column] = {
    "lines": Column("list of text", "text of each line that is not blank", _line_texts),
    "text": Column("text", "text of the page, whose lines are numbered", lambda page: (
        page.prediction.page.text if page.prediction else None)),
    "html": Column("text", "HTML of the page; null for a page of text", _html),
}  # fmt: skip
"""Columns that `--keep` adds."""

OF_ARTICLE = frozenset({"headline", "published", "updated", "article"})
"""Columns for which the article is put together, which takes time."""
OF_RESULT = tuple(name for name, column in COLUMNS.items() if not column.is_of_record)
"""Columns that say what was found on a page."""


def check_columns(columns: Sequence[str], kept: Sequence[str], fields: Sequence[str] = ()) -> None:
    """Check names of columns, and of fields of the input that become columns.

    Raises:
        InputError: for a name that is none, for no name at all, and for a field with the name of a column beside it.
    """
    for name in columns:
        if name not in COLUMNS:
            raise InputError(f"no column {name!r}; there are {', '.join(COLUMNS)}; --keep adds {', '.join(KEPT)}")
    for name in kept:
        if name not in KEPT:
            raise InputError(f"cannot keep {name!r}; there are {', '.join(KEPT)}; fields of the input: --keep-fields")
    if not (*columns, *kept, *fields):
        raise InputError("no column to write; name some with --columns, or leave it out for all")
    for name in fields:
        if name in {*columns, *kept}:
            raise InputError(f"cannot keep field {name!r} beside the column {name!r}; leave one of them out")


def make_arrays(pages: Sequence[LabelledRecord], names: Sequence[str]) -> "dict[str, pa.Array]":
    """Make the columns of these names, with one value for each page."""
    return {name: _make_array([*map(_column(name).values, pages)], _column(name).type) for name in names}


def make_kept(pages: Sequence[LabelledRecord], fields: Sequence[str]) -> "dict[str, pa.Array]":
    """Make a column of text for each field that was kept: strings as they are, other values as JSON."""
    return {name: _make_array([_as_text(page.record.kept.get(name)) for page in pages], "text") for name in fields}


def arrow_schema(names: Sequence[str], fields: Sequence[str], metadata: dict[str, str] | None = None) -> "pa.Schema":
    """Make the Arrow schema of an output with these columns, and one of text for each kept field."""
    import pyarrow as pa

    types = {**{name: _arrow_type(_column(name).type) for name in names}, **dict.fromkeys(fields, pa.string())}
    about = {"linesift.schema": str(SCHEMA), **(metadata or {})}
    return pa.schema([pa.field(name, kind) for name, kind in types.items()], metadata=about)


def dictionary_columns(names: Sequence[str]) -> list[str]:
    """Name the columns that Parquet stores with a dictionary, by their path in the file."""
    repetitive = [name for name in names if _column(name).is_repetitive]
    return [f"{name}.list.element" if _column(name).type.startswith("list of") else name for name in repetitive]


def _column(name: str) -> Column:
    return COLUMNS[name] if name in COLUMNS else KEPT[name]


def _arrow_type(kind: str) -> "pa.DataType":
    import pyarrow as pa

    if kind.startswith("list of "):
        return pa.list_(_arrow_type(kind.removeprefix("list of ")))
    numbers = {"int": pa.int32(), "long": pa.int64(), "float": pa.float32()}
    return numbers.get(kind, pa.string())


def _make_array(values: list[Any], kind: str) -> "pa.Array":
    import pyarrow as pa

    if not kind.startswith("list of "):
        return _strings(values) if kind == "text" else pa.array(values, _arrow_type(kind))
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    if kind == "list of text":
        inner = _strings([text for value in values for text in value])
    else:
        joined = np.concatenate(values) if values else np.zeros(0, np.int8)
        inner = pa.array([*map(str, LABELS)]).take(pa.array(joined, pa.int8())) if kind == "list of label" else joined
    return pa.ListArray.from_arrays(offsets, pa.array(inner, _arrow_type(kind).value_type))


def _strings(values: list[str | None]) -> "pa.Array":
    """Make an array of text; lone surrogates, which UTF-8 cannot hold, become U+FFFD."""
    import pyarrow as pa

    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([value and _SURROGATES.sub("\ufffd", value) for value in values], pa.string())


def _as_text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
