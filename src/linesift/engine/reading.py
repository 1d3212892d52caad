"""Read the pages of one input file of any kind, wherever it is, one at a time; memory does not grow with the file.

Damage in a file is counted and passed over. A fault of the way to it, such as a connection that breaks, is an error:
the file has to be read again, and must not pass for a short one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from linesift.engine.pages import NumberedRecord
from linesift.engine.places import ENDINGS, InputFile, is_address, open_input
from linesift.errors import InputError
from linesift.read.jsonl import Fields, SeenFields, read_jsonl
from linesift.read.packed import is_packed_whole, unpacked
from linesift.read.page import SourceKind, find_source
from linesift.read.record import Record
from linesift.read.rows import read_csv, read_json, read_parquet
from linesift.read.warc import WarcCounts, read_warc

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

NO_LOSS = frozenset({"not_html", "bad_status", "empty", "not_decoded"})
"""Reasons for leaving out a record that every crawl has; the others are losses."""
_ROW_READERS = {
    SourceKind.JSONL: read_jsonl,
    SourceKind.JSON: read_json,
    SourceKind.CSV: read_csv,
    SourceKind.PARQUET: read_parquet,
}


@dataclass(slots=True)
class InputReader:
    """Reads one input file; `left_out` and `warning` are complete once the last page was given."""

    file: InputFile
    fields: Fields
    left_out: Counter[str] = field(default_factory=Counter)
    """Records that gave no page, by reason: the fields of `WarcCounts`, and `not_json` and `no_text`."""
    _n_pages: int = 0
    _n_other: int = 0
    """Records of an archive that are never pages, such as requests."""
    _first_skipped: str = ""
    """Number of the first row without a page, and what is wrong with it."""
    _seen: SeenFields = field(init=False)

    def __post_init__(self) -> None:
        self._seen = SeenFields(self.fields)

    @property
    def warning(self) -> str | None:
        """What to tell of a file that could be read: its records gave no page, or its fields are odd."""
        if self._n_pages:
            return "; ".join(f"{self.file.name}: {problem}" for problem in self._seen.problems()) or None
        n_records = self.left_out.total() + self._n_other
        if not n_records:
            return f"{self.file.name}: the file holds no page"
        reasons = f" ({say_reasons(self.left_out)})" if self.left_out else ""
        first = f"; row {self._first_skipped}" if self._first_skipped else ""
        return f"{self.file.name}: no page in {n_records:,} record{'' if n_records == 1 else 's'}{reasons}{first}"

    def __iter__(self) -> Iterator[NumberedRecord]:
        """Give the pages of the file in order.

        Raises:
            InputError: if the file is not there, is of no kind that is known, has nothing that fits its kind, or if
                the connection to it breaks.
            MissingExtraError: if the package that reads its kind is not installed.
        """
        kind = check_kind(self.file.name)
        with open_input(self.file.name) as stream:
            watched = _Watched(stream, self.file.name)
            try:
                yield from self._archive(watched) if kind is SourceKind.ARCHIVE else self._rows(watched, kind)
            except OSError as error:
                raise InputError(f"{self.file.name}: reading broke off ({error})") from error
            self._check(watched, is_whole=kind is not SourceKind.PARQUET)

    def _check(self, watched: "_Watched", *, is_whole: bool) -> None:
        if watched.error is not None:
            raise InputError(f"{self.file.name}: reading broke off ({watched.error})") from watched.error
        if is_whole and self.file.size is not None and watched.n_read < self.file.size:
            raise InputError(
                f"{self.file.name}: reading ended after {watched.n_read:,} of {self.file.size:,} bytes; run it again"
            )

    def _archive(self, watched: "_Watched") -> Iterator[NumberedRecord]:
        counts = WarcCounts()
        is_whole = is_packed_whole(_path(self.file.name))
        stream = _Ending(watched) if is_whole else watched
        for number, record in enumerate(read_warc(cast(BinaryIO, stream), counts), start=1):
            self._n_pages = number
            offset = None if is_whole else record.offset  # in what is unpacked, it leads nowhere
            yield NumberedRecord(number, replace(record, source=self.file.name, offset=offset))
        self.left_out.update(counts.skipped)
        self._n_other = counts.other
        if isinstance(stream, _Ending) and stream.is_damaged and not counts.truncated:
            self.left_out["truncated"] += 1

    def _rows(self, watched: "_Watched", kind: SourceKind) -> Iterator[NumberedRecord]:
        n_rows = 0
        try:
            for found in _ROW_READERS[kind](cast(BinaryIO, watched), self.file.name, self.fields, self._seen):
                n_rows += 1
                if isinstance(found, Record):
                    self._n_pages += 1
                    number = int(found.source.rpartition(":")[2])
                    yield NumberedRecord(number, replace(found, source=self.file.name))
                else:
                    self.left_out[found.reason] += 1
                    self._first_skipped = self._first_skipped or str(found).removeprefix(f"{self.file.name}:")
        except InputError:
            self._check(watched, is_whole=False)
            if not n_rows:
                raise  # not what its name says, or without the fields that are wanted
            self.left_out["damaged"] += 1


def check_kind(name: str) -> SourceKind:
    """Say what kind of file a name stands for.

    Raises:
        InputError: if it is a single page.
    """
    kind = find_source(_path(name)).kind
    if kind is SourceKind.PAGE:
        raise InputError(f"{name}: the name does not end in {ENDINGS}; for single pages use linesift classify")
    return kind


def say_reasons(left_out: Mapping[str, int]) -> str:
    """Say how many records were left out for which reason.

    >>> say_reasons({"too_large": 1, "no_text": 2000})
    'no text 2,000, too large 1'
    """
    return ", ".join(f"{reason.replace('_', ' ')} {number:,}" for reason, number in sorted(left_out.items()))


def _path(name: str) -> Path:
    """Give the path of an address, to look at its end."""
    return Path(name.partition("?")[0] if is_address(name) else name)


class _Watched(RawIOBase):
    """A stream that remembers how much was read and what went wrong: a fault of the way, not of the file's content."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self.name = name
        self.n_read = 0
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, place: int, whence: int = 0) -> int:
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except Exception as error:
            self.error = error
            raise
        self.n_read += len(data)
        return data

    def readinto(self, buffer: "WriteableBuffer") -> int:
        return _fill(buffer, self.read)


class _Ending(RawIOBase):
    """The content of a packed file, which ends where the packing is damaged."""

    def __init__(self, watched: _Watched) -> None:
        self._watched = watched
        self.name = watched.name
        self._content = unpacked(cast(BinaryIO, watched))
        self.is_damaged = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._content.read(size)
        except OSError:
            if self._watched.error is not None:
                raise
            self.is_damaged = True
            return b""

    def readinto(self, buffer: "WriteableBuffer") -> int:
        return _fill(buffer, self.read)


def _fill(buffer: "WriteableBuffer", read: Callable[[int], bytes]) -> int:
    view = memoryview(buffer).cast("B")
    data = read(len(view))
    view[: len(data)] = data
    return len(data)
