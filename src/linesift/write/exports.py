"""Labelled pages for other programs: rows for `datasets`, tasks of Label Studio, tab-separated lines."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from linesift.errors import InputError, MissingExtraError
from linesift.labels import LABELS, Label
from linesift.page import LabelledPage
from linesift.write.tables import clean

_COLOURS = dict(zip(LABELS, ("#9b1fa8", "#14713a", "#0b6a99", "#66666e"), strict=True))
DOUBTFUL = "doubtful"
"""What stands in the note (`meta.text`) of a Label Studio region whose line is in doubt."""

_LABELS = "\n".join(
    f'    <Label value="{label}" background="{colour}" hotkey="{number}"/>'
    for number, (label, colour) in enumerate(_COLOURS.items(), start=1)
)
LABEL_STUDIO_CONFIG = f"""\
<View>
  <Header value="$id"/>
  <ParagraphLabels name="label" toName="lines">
{_LABELS}
  </ParagraphLabels>
  <Paragraphs name="lines" value="$lines" layout="dialogue" nameKey="line" textKey="text"/>
</View>
"""
"""Labelling interface of Label Studio for the tasks: https://labelstud.io/tags/paragraphlabels"""


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


def tsv(pages: Iterable[Exported]) -> Iterator[str]:
    """Give `page<TAB>line<TAB>label<TAB>text` for every line that is not blank, a `?` behind doubtful labels.

    Text goes through `clean`, as in `linesift.write.tables.tsv`: always four columns, no quoting, no header.
    """
    for exported in pages:
        page = exported.page
        for index, (line, label) in enumerate(zip(page.page.lines, page.labels, strict=True)):
            if label is not None:
                mark = "?" if index in page.doubtful else ""
                yield f"{clean(exported.id)}\t{index + 1}\t{label}{mark}\t{clean(line)}\n"


def label_studio(pages: Iterable[Exported]) -> str:
    """Give the tasks of a Label Studio project that has the labelling interface `LABEL_STUDIO_CONFIG`.

    The labels are a prediction, which Label Studio shows for a person to correct and submit. A line of the page is a
    paragraph. Lines that are `sidebar` without doubt have no region: who corrects the page sees its article marked,
    and a line without a region is `sidebar` when `linesift.read.label_studio` reads it back.
    """
    return json.dumps([_task(page) for page in pages], indent=1) + "\n"


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


def _task(exported: Exported) -> dict[str, Any]:
    page = exported.page
    lines = [{"line": str(number), "text": line} for number, line in enumerate(page.page.lines, start=1)]
    regions = [
        _region(index, page.page.lines[index], label, is_doubtful=index in page.doubtful)
        for index, label in enumerate(page.labels)
        if label is not None and (label is not Label.SIDEBAR or index in page.doubtful)
    ]
    header = {key: getattr(page, key) for key in ("site", "url", "lang", "kind", "note")}
    prediction = {"model_version": "linesift", "result": regions}
    return {"data": {"id": exported.id, **header, "lines": lines}, "predictions": [prediction]}


def _region(index: int, line: str, label: Label, *, is_doubtful: bool) -> dict[str, Any]:
    n_units = len(line.encode("utf-16-le", "surrogatepass")) // 2  # Label Studio counts as JavaScript does
    place = {"start": str(index), "end": str(index), "startOffset": 0, "endOffset": n_units}
    region = {
        "id": f"line-{index + 1}",
        "from_name": "label",
        "to_name": "lines",
        "type": "paragraphlabels",
        "value": {**place, "text": line, "paragraphlabels": [str(label)]},
    }
    return {**region, "meta": {"text": [DOUBTFUL]}} if is_doubtful else region
