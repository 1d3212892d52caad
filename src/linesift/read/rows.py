"""Read pages from tables, one page in a row: JSON arrays and other JSON values, CSV and Parquet.

Each row becomes a dictionary of its fields, and `linesift.read.jsonl.make_record` a record of that, as of a JSON line.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from linesift.errors import InputError
from linesift.extras import missing_extra
from linesift.read.jsonl import OVERFULL, Fields, SeenFields, SkippedRowError, is_overfull, make_record, no_text
from linesift.read.packed import unpacked
from linesift.read.record import MAX_RECORD, Record

_CHUNK = 1 << 20
_BATCH = 8
"""Rows of a Parquet file that are in memory at once: few, because a file of some KB can say the same 50 MB in each."""
_DELIMITERS = ",;\t|"
_BETWEEN = re.compile(r"[\s,]*")


def read_json(
    stream: BinaryIO, source: str, fields: Fields, seen: SeenFields | None = None
) -> Iterator[Record | SkippedRowError]:
    """Read the pages of a JSON array of objects, or of objects one after the other; memory does not grow with the file.

    The source of a record is file and number, `pages.json:17`. `seen` takes in the fields of each object.

    Raises:
        InputError: if the rest of the file cannot be read.
    """
    number = 0
    try:
        for number, value in enumerate(_values(unpacked(stream)), start=1):
            yield make_record(value, f"{source}:{number}", fields, seen)
    except (OSError, ValueError, RecursionError) as error:
        what = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error)
        raise InputError(f"{source}: cannot be read as JSON after object {number} ({what})") from error


def _values(stream: BinaryIO) -> Iterator[Any]:
    """Give the values of an array, or of a sequence of values, as they are read."""
    decoder, decode = json.JSONDecoder(), codecs.getincrementaldecoder("utf-8-sig")().decode
    text, place = "", 0
    has_begun = is_last = False
    while True:
        place = _skip(text, place)
        if not has_begun and place < len(text):
            has_begun = True
            place = _skip(text, place + 1) if text[place] == "[" else place
        if is_last and (place == len(text) or (text[place] == "]" and not text[place + 1 :].strip())):
            return
        if is_overfull(text):
            raise ValueError(OVERFULL)
        try:
            value, end = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            if is_last:
                raise
        else:
            if is_last or end < len(text):  # at the end of what was read, a number may go on
                yield value
                place = end
                continue
        text, place = text[place:], 0
        if len(text) > MAX_RECORD:
            raise ValueError(f"an object is longer than {MAX_RECORD // 1_000_000} MB")
        data = stream.read(max(_CHUNK, len(text)))  # doubles while an object goes on, so that time stays linear
        is_last = not data
        text += decode(data, is_last)


def _skip(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return place if match is None else match.end()


def read_csv(
    stream: BinaryIO, source: str, fields: Fields, seen: SeenFields | None = None
) -> Iterator[Record | SkippedRowError]:
    """Read the pages of a CSV file in UTF-8, whose first row has the names of the fields.

    Cells are separated by commas, semicolons, tabs or bars: by what separates the name of the text field from others.
    A last row that ends within a quoted cell is told as one without a page: half a page must not pass for a whole one.

    Raises:
        InputError: if the rest of the file cannot be read, or there is no such field.
    """
    csv.field_size_limit(MAX_RECORD)  # of the whole process; the default of 128 KB is less than a page of HTML
    number = 0
    try:
        lines = _Lines(io.TextIOWrapper(unpacked(stream), "utf-8-sig", newline=""))
        head = next(lines, "")
        if not head.strip():  # a file without pages, as one of JSON lines may be
            return
        delimiter = _delimiter(head, fields)
        names = next(csv.reader([head], delimiter=delimiter), [])
        _check_names(names, source, fields, seen)
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            lines.n_chars = 0
            if lines.is_at_end:  # the reader looked for the end of a quoted cell
                what = "a quoted cell has no end, so the file may be cut off; skipped"
                yield SkippedRowError(f"{source}:{number}: {what}", "truncated")
            elif row:
                yield make_record(dict(zip(names, row, strict=False)), f"{source}:{number}", fields, seen)
    except UnicodeDecodeError as error:
        what = "not valid UTF-8; convert it, such as with: iconv -f cp1252 -t utf-8"
        raise InputError(f"{source}: row {number + 1} is {what}") from error
    except (OSError, csv.Error) as error:
        raise InputError(f"{source}: cannot be read as CSV after row {number} ({error})") from error


class _Lines(Iterator[str]):
    """Lines of a CSV file; too many characters before `n_chars` is set to 0, as after each row, are an error."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.n_chars = 0
        self.is_at_end = False

    def __next__(self) -> str:
        line = self._text.readline(MAX_RECORD + 1)
        self.n_chars += len(line)
        if self.n_chars > MAX_RECORD:
            raise csv.Error(f"a row is longer than {MAX_RECORD // 1_000_000} MB")
        if not line:
            self.is_at_end = True
            raise StopIteration
        return line


def _delimiter(head: str, fields: Fields) -> str:
    def rank(delimiter: str) -> tuple[bool, int]:
        names = next(csv.reader([head], delimiter=delimiter), [])
        return fields.text in names or fields.html in names, len(names)

    return max(_DELIMITERS, key=rank)


def _check_names(names: list[str], source: str, fields: Fields, seen: SeenFields | None) -> None:
    if seen is not None:
        seen.add(names)
    if fields.text not in names and fields.html not in names:
        raise InputError(f"{source}: {no_text(names, fields)}")


def read_parquet(
    file: Path | BinaryIO, source: str, fields: Fields, seen: SeenFields | None = None
) -> Iterator[Record | SkippedRowError]:
    """Read the pages of a Parquet file, a few rows at a time; only the columns that are needed are read.

    Raises:
        InputError: if the rest of the file cannot be read, or it has no such column.
        MissingExtraError: if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra("reading Parquet", "pyarrow", extra="files") from error
    number = 0
    try:
        # Reading a row group ahead, which is the default, took up to 1.7 times the memory and more time.
        table = pq.ParquetFile(file, pre_buffer=False, buffer_size=_CHUNK)
        names = list(table.schema_arrow.names)
        _check_names(names, source, fields, seen)
        wanted = [name for name in {fields.text, fields.html, "url", "date", "id", *fields.kept} if name in names]
        for batch in table.iter_batches(_BATCH, columns=wanted):
            for place in range(batch.num_rows):
                number += 1
                row = {name: plain_value(column[place]) for name, column in zip(batch.schema.names, batch, strict=True)}
                yield _record_of_row(row, f"{source}:{number}", fields, seen)
    except (OSError, ValueError, pa.ArrowException) as error:
        what = " ".join(str(error).split())
        raise InputError(f"{source}: cannot be read as Parquet after row {number} ({what})") from error


def _record_of_row(
    row: dict[str, object], source: str, fields: Fields, seen: SeenFields | None
) -> Record | SkippedRowError:
    if any(isinstance(value, str) and len(value) > MAX_RECORD for value in row.values()):
        size = MAX_RECORD // 1_000_000
        return SkippedRowError(f"{source}: a value is longer than {size} MB; skipped", "too_large")
    return make_record(row, source, fields, seen)


def plain_value(value: Any) -> object:
    """Give a scalar of Arrow as JSON has it; a time that no calendar has counts as missing."""
    try:
        return _plain(value.as_py())
    except OverflowError:
        return None


def _plain(value: object) -> object:
    """Give a value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, date):  # and its child datetime
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
