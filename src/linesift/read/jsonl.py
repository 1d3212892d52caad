"""Read pages from JSON lines: one object per line, with the page's text or HTML in a field; plain or compressed."""

import json
import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Literal

from linesift.errors import InputError
from linesift.read.packed import unpacked
from linesift.read.record import MAX_RECORD, Record, begins_like_html

_MAX_NAMED = 8
"""Most fields that a message names."""
_MAX_BRACKETS = 2_000_000
"""Objects and lists of one object of JSON: each takes some 70 bytes of memory, and 3 of a file. Those in strings count,
too; a page of the longest kind has far fewer."""
OVERFULL = f"more than {_MAX_BRACKETS:,} brackets"
_SNIFFED = 2048
"""Characters of a text in which HTML has to begin."""
_MAX_SHOWN = 40
"""Most characters of a value in a message."""
_DATE_FORMS = "write it as 2024-05-01T10:00:00Z, 1 May 2024 or Unix time"
_OBJECT_START = rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:[^"\\]|\\.)*"\s*:'
_ARRAY_START = rb'(?:\xef\xbb\xbf)?\s*\[\s*\{\s*"'


class SkippedRowError(InputError):
    """A line or row that gives no page."""

    def __init__(self, text: str, reason: Literal["too_large", "not_json", "no_text", "truncated"]) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of the fields of an object that hold the page."""

    text: str = "text"
    html: str | None = None
    """Field of the page's HTML. An object without it, or with an empty one, is read as text."""
    kept: tuple[str, ...] = ()
    """Fields whose values the record keeps."""


class SeenFields:
    """What is wrong with the fields of a file as a whole; filled while it is read."""

    def __init__(self, fields: Fields) -> None:
        self._text_field = fields.text
        self._n_html_texts = 0
        self._first_html_text = ""
        self._n_bad_dates = 0
        self._first_bad_date = ""
        self._missing = dict.fromkeys(fields.kept, "--keep-fields")
        """Names of fields, each with the option that named it."""
        if fields.html is not None:
            self._missing[fields.html] = "--html-field"
        if fields.text != Fields().text:
            self._missing[fields.text] = "--text-field"
        self._names: dict[str, None] = {}
        """The first names, in order; not all, because rows may have any number of them."""

    def add(self, names: Collection[str]) -> None:
        """Take in the fields of a row, or the columns of a table."""
        if not self._missing:
            return
        for name in [name for name in self._missing if name in names]:
            del self._missing[name]
        if len(self._names) < _MAX_NAMED:
            self._names.update(dict.fromkeys(islice(names, _MAX_NAMED)))

    def add_page(self, record: Record, date: object) -> None:
        """Take in the page of a row, and its date as it is written there."""
        number = record.source.rpartition(":")[2]
        if record.form == "text" and begins_like_html(str(record.payload[:_SNIFFED]).encode("utf-8", "replace")):
            self._n_html_texts += 1
            self._first_html_text = self._first_html_text or number
        self._add_date(date, number)

    def _add_date(self, value: object, number: str) -> None:
        if value is None or value == "":
            return
        from linesift.dates.moment import read_instant  # takes long to load

        if read_instant(_date(value)) is not None:
            return
        self._n_bad_dates += 1
        self._first_bad_date = self._first_bad_date or f"{str(value)[:_MAX_SHOWN]!r} in row {number}"

    def problems(self) -> list[str]:
        """Say what to tell of the file once it is read."""
        found = [self.missing()]
        if self._n_html_texts:
            where = f"{_rows(self._n_html_texts)}, first in row {self._first_html_text}"
            found.append(f"HTML was read as text in {where}; add --html-field {self._text_field}")
        if self._n_bad_dates:
            rows = _rows(self._n_bad_dates)
            found.append(f"the date of {rows} cannot be read, first {self._first_bad_date}; {_DATE_FORMS}")
        return [problem for problem in found if problem is not None]

    def missing(self) -> str | None:
        """Say which of the fields are in no row; `None` if each is in one, or nothing was read.

        >>> seen = SeenFields(Fields(kept=("topic",)))
        >>> seen.add(["text", "topik"])
        >>> seen.missing()
        "no row has field 'topic', its fields are 'text', 'topik'; name another one with --keep-fields"
        """
        if not self._missing or not self._names:
            return None
        wanted = " or ".join(map(repr, self._missing))
        options = " or ".join(dict.fromkeys(self._missing.values()))
        return f"no row has field {wanted}, its fields are {_listed(self._names)}; name another one with {options}"


def read_jsonl(
    stream: BinaryIO, source: str, fields: Fields, seen: SeenFields | None = None
) -> Iterator[Record | SkippedRowError]:
    """Read the pages of a file of JSON lines, one at a time; memory does not grow with the file.

    The source of a record is file and line number, `pages.jsonl:17`. Its `url` and `date` are those of the object, if
    they are strings; the date may be a number. For a line without a page the error comes in its place, and reading goes
    on. Blank lines are skipped. `seen` takes in the fields of each row.

    Raises:
        InputError: if the rest of the file cannot be read.
    """
    number = 0
    try:
        for number, line in enumerate(_lines(unpacked(stream)), start=1):
            if line is None:
                size = MAX_RECORD // 1_000_000
                yield SkippedRowError(f"{source}:{number}: the line is longer than {size} MB; skipped", "too_large")
            elif not line.isspace():
                yield _read_line(line, f"{source}:{number}", fields, seen)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{source}: cannot be read after line {number} ({reason.lower()}); the file may be damaged or cut off"
        ) from error


def is_jsonl(start: bytes) -> bool:
    r"""Say whether a stream begins like JSON lines: with an object and its first name.

    >>> is_jsonl(b'{"url": "https://news.example/1", "te'), is_jsonl(b"{Update} Rain\n"), is_jsonl(b"Rain\n")
    (True, False, False)
    """
    return re.match(_OBJECT_START, start) is not None


def is_json_array(start: bytes) -> bool:
    r"""Say whether a stream begins like a JSON array of objects.

    >>> is_json_array(b'[\n {"text": "Rain"}'), is_json_array(b"[Photo] Rain")
    (True, False)
    """
    return re.match(_ARRAY_START, start) is not None


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines of a stream; `None` for one that is too long and was skipped."""
    while line := stream.readline(MAX_RECORD + 1):
        if len(line) <= MAX_RECORD:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 20)
        yield None


def is_overfull(text: bytes | str) -> bool:
    """Say whether JSON may hold so many objects and lists that they fill the memory."""
    if len(text) <= _MAX_BRACKETS:
        return False
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{") > _MAX_BRACKETS
    return text.count("[") + text.count("{") > _MAX_BRACKETS


def _read_line(line: bytes, source: str, fields: Fields, seen: SeenFields | None) -> Record | SkippedRowError:
    if is_overfull(line):
        return SkippedRowError(f"{source}: {OVERFULL}; skipped", "too_large")
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        what = f"{error.msg.lower()}, column {error.colno}"
        return SkippedRowError(f"{source}: not JSON ({what}); skipped", "not_json")
    except (ValueError, RecursionError) as error:  # invalid UTF-8; objects nested too deep
        return SkippedRowError(f"{source}: not JSON ({error}); skipped", "not_json")
    return make_record(row, source, fields, seen)


def make_record(row: object, source: str, fields: Fields, seen: SeenFields | None = None) -> Record | SkippedRowError:
    """Make the record of a JSON object; an error if it has no page."""
    if not isinstance(row, dict):
        return SkippedRowError(f"{source}: not a JSON object; skipped", "not_json")
    if seen is not None:
        seen.add(row)
    html = row.get(fields.html) if fields.html is not None else None
    text = row.get(fields.text)
    if isinstance(html, str) and html:
        record = _record(row, html, "html", source, fields)
    elif isinstance(text, str):
        record = _record(row, text, "text", source, fields)
    else:
        return SkippedRowError(f"{source}: {_no_page(row, fields)}", "no_text")
    if seen is not None:
        seen.add_page(record, row.get("date"))
    return record


def _no_page(row: dict[str, Any], fields: Fields) -> str:
    """Say why a row has no page: its fields have other names, or hold no text."""
    wanted = [name for name in (fields.html, fields.text) if name is not None]
    if not any(name in row for name in wanted):
        return no_text(list(row), fields)
    found = (f"field {name!r} is {_kind(row[name])}" if name in row else f"no field {name!r}" for name in wanted)
    return f"{', '.join(found)}; skipped"


def _kind(value: object) -> str:
    """Say what stands in the place of a text."""
    if value is None or value == "":
        return "null" if value is None else "empty"
    if isinstance(value, bool):
        return f"{str(value).lower()}, not text"
    kind = "a number" if isinstance(value, int | float) else "a list" if isinstance(value, list) else "an object"
    return f"{kind}, not text"


def no_text(names: Sequence[str], fields: Fields) -> str:
    """Say that there are none of the fields that hold a page."""
    wanted = " or ".join(repr(name) for name in (fields.html, fields.text) if name is not None)
    advice = "add --html-field html, or name" if "html" in names else "name"
    found = f"its fields are {_listed(names)}; skipped; {advice} another one with --text-field"
    return f"no text in field {wanted}, {found}"


def _listed(names: Collection[str]) -> str:
    return ", ".join(map(repr, islice(names, _MAX_NAMED))) or "none"


def _record(row: dict[str, Any], payload: str, form: Literal["html", "text"], source: str, fields: Fields) -> Record:
    record_id = row.get("id")
    return Record(
        _string(row, "url"),
        _date(row.get("date")),
        payload,
        form,
        source=source,
        record_id=str(record_id) if isinstance(record_id, str | int) else "",
        kept={name: row.get(name) for name in fields.kept},
    )


def _rows(number: int) -> str:
    return f"{number:,} row{'s' * (number > 1)}"


def _date(value: object) -> str:
    """Give a date as text; a number is a Unix time, of which a part of a second is left out."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if is_number else ""


def _string(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
