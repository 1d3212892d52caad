"""Labelled pages as rows that Hugging Face `datasets` loads: JSON lines and Parquet."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from linesift.errors import InputError, MissingExtraError
from linesift.page import LabelledPage


@dataclass(frozen=True, slots=True)
class Exported:
    """A labelled page with what its file name and its neighbour on disk say."""

    id: str
    """Unique among the pages; what stands before the first slash is the collection where it is read again."""
    page: LabelledPage
    html: str = ""
    """What the page came from, where it came as HTML."""


def jsonl(pages: Iterable[Exported]) -> Iterator[str]:
    """Give one JSON object a page: what `linesift.read.labelled` reads, and `datasets.load_dataset("json", ...)`."""
    for page in pages:
        # Escaped, because some readers end a line at more than "\n", and for lone surrogates.
        yield json.dumps(_row(page)) + "\n"


def parquet(pages: Iterable[Exported]) -> bytes:
    """Give the same rows as a Parquet file.

    Raises:
        InputError: if a page has characters that UTF-8 has not; JSON lines can hold them.
        MissingExtraError: if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError(
            "writing Parquet needs pyarrow: pip install 'linesift[train]', or write .jsonl"
        ) from error
    words = ("id", "site", "url", "lang", "kind", "note", "text")
    schema = pa.schema(
        [
            *((word, pa.string()) for word in words),
            ("labels", pa.list_(pa.string())),
            ("doubtful", pa.list_(pa.int32())),
            ("html", pa.string()),
        ]
    )
    file = io.BytesIO()
    try:
        table = pa.Table.from_pylist([_row(page) for page in pages], schema)
    except UnicodeEncodeError as error:
        raise InputError("a page has lone surrogates, which Parquet cannot hold; write .jsonl") from error
    pq.write_table(table, file)
    return file.getvalue()


def _row(exported: Exported) -> dict[str, Any]:
    page = exported.page
    return {
        "id": exported.id,
        "site": page.site,
        "url": page.url,
        "lang": page.lang,
        "kind": page.kind,
        "note": page.note,
        "text": page.page.text,
        "labels": [None if label is None else str(label) for label in page.labels],
        "doubtful": sorted(page.doubtful),
        "html": exported.html,
    }
