r"""Label the pages of an Arrow table: one function that datasets, Ray Data, Daft, Polars, DuckDB and Spark call.

>>> import pyarrow as pa
>>> table = label_table(pa.table({"id": [7], "text": ["Home\nNews\nSport"]}), columns=("n_lines", "label"))
>>> table.to_pylist()
[{'id': 7, 'text': 'Home\nNews\nSport', 'n_lines': 3, 'label': ['sidebar', 'sidebar', 'sidebar']}]
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from linesift.engine.pages import NumberedRecord, chunks, label_records
from linesift.engine.schema import KEPT, OF_ARTICLE, OF_RESULT, arrow_schema, make_arrays
from linesift.errors import InputError
from linesift.heap import keep_freed_memory
from linesift.read.record import Record
from linesift.read.rows import plain_value

if TYPE_CHECKING:
    import pyarrow as pa

    from linesift.model.model import Model

Rows = TypeVar("Rows", "pa.Table", "pa.RecordBatch")

_ROWS = 256
"""Rows whose pages are taken out of the table at once."""


def label_table(
    table: Rows,
    text: str | None = "text",
    html: str | None = None,
    model: "Model | str | Path | None" = None,
    *,
    columns: Sequence[str] = OF_RESULT,
    prefix: str = "",
) -> Rows:
    """Add to a table of pages what is found on each; rows and all other columns stay as they are.

    A page that cannot be labelled has its reason in the column `error`. The result of a page does not depend on the
    others. Columns `url` and `date`, if the table has them, are the address of a page and when it was crawled.

    Args:
        table: a table or a record batch, one page in each row.
        text: column with the text of pages. If there is none, `html` is needed.
        html: column with the HTML of pages, text or bytes; where it is null or empty, the text is read.
        model: a model, or the directory of one; by default that of the package. A process loads a directory once.
        columns: what to add: columns of `linesift.engine.schema` that say what was found, and `lines`.
        prefix: beginning of the names of the new columns, for a table that has a column of the same name.

    Returns:
        A table or a record batch, as was given.

    Raises:
        InputError: if a column is missing, or a new one has the name of one that is there.
        ModelError: if the model cannot be loaded.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    import pyarrow as pa

    import linesift

    schema = labelled_schema(table.schema, text, html, columns=columns, prefix=prefix)
    keep_freed_memory()
    loaded = linesift.load(model) if model is None or isinstance(model, str | Path) else model
    parts: list[dict[str, pa.Array]] = []
    for chunk in chunks(_records(table, text, html)):
        labelled = label_records(loaded, chunk, with_article=not OF_ARTICLE.isdisjoint(columns))
        parts.append(make_arrays(labelled, columns))
    result = pa.Table.from_batches([table]) if isinstance(table, pa.RecordBatch) else table
    for name in columns:
        added = schema.field(f"{prefix}{name}")
        result = result.append_column(added, pa.chunked_array([part[name] for part in parts], added.type))
    if not isinstance(table, pa.RecordBatch):
        return result
    return pa.RecordBatch.from_arrays([_combined(column) for column in result.columns], schema=result.schema)


def labelled_schema(
    schema: "pa.Schema",
    text: str | None = "text",
    html: str | None = None,
    *,
    columns: Sequence[str] = OF_RESULT,
    prefix: str = "",
) -> "pa.Schema":
    """Give the schema that `label_table` makes of a schema; arguments and errors are those of `label_table`.

    Spark and others ask for it before they have a row.
    """
    names = set(schema.names)
    named = [name for name in (text, html) if name is not None]
    missing = [name for name in named if name not in names]
    if set(missing) - {"text"} or missing == named:  # nobody may have named `text`, the default
        wanted = " or ".join(map(repr, missing))
        raise InputError(
            f"no column {wanted}; the table has {', '.join(schema.names)}; name others with text= or html="
        )
    for name in columns:
        if name not in (*OF_RESULT, *KEPT):
            raise InputError(f"no column {name!r} to add; there are {', '.join((*OF_RESULT, *KEPT))}")
        if f"{prefix}{name}" in names:
            raise InputError(
                f"the table has a column {prefix}{name!s}; give the new ones a prefix, as in prefix='linesift_', or "
                "leave it out of columns="
            )
    for added in arrow_schema(columns, ()):
        schema = schema.append(added.with_name(f"{prefix}{added.name}"))
    return schema


def _records(table: "pa.Table | pa.RecordBatch", text: str | None, html: str | None) -> Iterator[NumberedRecord]:
    """Take the pages from the rows, a few at a time."""
    named = {"text": text, "html": html, "url": "url", "date": "date"}
    given = {role: name for role, name in named.items() if name in table.schema.names}
    number = 0
    for start in range(0, table.num_rows, _ROWS):
        some = table.slice(start, _ROWS)
        values = {role: _values(some.column(name), role) for role, name in given.items()}
        for index in range(some.num_rows):
            number += 1
            yield _numbered(number, {role: column[index] for role, column in values.items()})


def _values(column: Any, role: str) -> list[Any]:
    """Give the values of a column; a date that is stored as a day or a time becomes text."""
    return [plain_value(value) for value in column] if role == "date" else column.to_pylist()


def _numbered(number: int, row: dict[str, Any]) -> NumberedRecord:
    payload = row.get("html") or row.get("text")
    url, date = (value if isinstance(value, str) else "" for value in (row.get("url"), row.get("date")))
    if not isinstance(payload, str | bytes):
        return NumberedRecord(number, Record(url, date, "", "text"), problem="the row has no page")
    return NumberedRecord(number, Record(url, date, payload, "html" if row.get("html") else "text"))


def _combined(column: "pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    found = column.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found
