"""Read the pages of web archives: WARC and WET files, plain or gzipped, one page at a time.

Records are found here, with the standard library. fastwarc 2.0 was tried: it ends at the first damaged record and
cannot be set on the next one. Behind a record with a wrong length it takes the following ones for its content, and it
panics on a pipe. Most archives have one gzip member per record; after damage this reader goes on with the next member.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from linesift.errors import InputError
from linesift.read.http_body import SkippedError, decode_body
from linesift.read.record import MAX_RECORD, Record, begins_like_html
from linesift.read.text import cannot_read, open_file

_CHUNK = 1 << 16
_USUAL_HEAD, _MAX_HEAD = 1 << 12, 1 << 16
"""Bytes in which the headers of a record are looked for: at first, and at most."""
_GZIP = b"\x1f\x8b\x08"
_RECORD = re.compile(rb"(?:^|\n)(?=WARC/[01]\.\d)")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/[\d.]+ +(\d{3})\b")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"[\r\n]*+")
_MOST_DIGITS = 18
"""Digits of a length; a longer number is none."""
_OK = range(200, 300)


@dataclass(slots=True)
class WarcCounts:
    """Numbers of delivered and skipped records of an archive; they grow while it is read."""

    pages: int = 0
    """Pages that were delivered."""
    other: int = 0
    """Records that are no pages: requests, metadata, revisits."""
    not_html: int = 0
    """Pictures and other files."""
    not_decoded: int = 0
    """Pages in a content encoding that is unknown, or whose package is not installed."""
    bad_status: int = 0
    """HTTP status other than 200 to 299."""
    empty: int = 0
    too_large: int = 0
    """Records, or pages once decompressed, of more than `MAX_RECORD` bytes."""
    damaged: int = 0
    """Places where something could not be read and was skipped."""
    truncated: int = 0
    """1 if the file ends within a record."""

    @property
    def skipped(self) -> dict[str, int]:
        """Reasons for skipping pages, each with its number; only those that occurred."""
        names = ("not_html", "not_decoded", "bad_status", "empty", "too_large", "damaged", "truncated")
        return {name: count for name in names if (count := getattr(self, name))}


def read_warc(source: Path | BinaryIO, counts: WarcCounts | None = None) -> Iterator[Record]:
    """Read the HTML pages of a WARC file, or the text pages of a WET file, in order.

    Memory does not grow with the file. Damaged records are skipped and counted, and reading goes on with the next.
    A file that is cut off gives everything before the cut.

    Args:
        source: file, or a stream of bytes, which need not be seekable.
        counts: counters of delivered and skipped records; they grow while the file is read.

    Raises:
        InputError: if the file cannot be read, or has no record at all.
    """
    counts = WarcCounts() if counts is None else counts
    if isinstance(source, Path):
        try:
            with open_file(source) as stream:
                yield from _read(stream, str(source), counts)
        except OSError as error:
            raise cannot_read(source, error) from error
    else:
        yield from _read(source, str(getattr(source, "name", "archive")), counts)


class _Chunks:
    """A file read in chunks, and how far."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.n_read = 0

    def read(self) -> bytes:
        """Read `_CHUNK` bytes, fewer only at the end; a pipe may give fewer at a time."""
        data = self._stream.read(_CHUNK)
        while 0 < len(data) < _CHUNK and (more := self._stream.read(_CHUNK - len(data))):
            data += more
        self.n_read += len(data)
        return data


class _Member:
    """Buffered reader of one gzip member, or of a whole file that is not gzipped."""

    def __init__(self, stream: _Chunks, packed: bytes, *, is_gzip: bool) -> None:
        self._stream = stream
        self._start: int | None = stream.n_read - len(packed)
        self.packed = packed
        """Bytes of the file that were read and not used yet; at the end of the member, those behind it."""
        self.is_gzip = is_gzip
        self._unpack = zlib.decompressobj(31) if is_gzip else None
        self._buffer = bytearray()
        self._is_at_end = False
        self.problem: str | None = None
        """Reason why the member ended too early: a field of `WarcCounts`."""

    def _fill(self) -> bool:
        """Read more bytes into the buffer; false at the end."""
        if self._is_at_end:
            return False
        data = self.packed or self._stream.read()
        self.packed = b""
        if self._unpack is None:
            self._buffer += data
            self._is_at_end = not data
            return bool(data)
        if not data:
            self._is_at_end, self.problem = True, "truncated"
            return False
        try:
            self._buffer += self._unpack.decompress(data, _CHUNK * 4)
        except zlib.error:
            # The next member may begin in the same bytes.
            self._is_at_end, self.problem, self.packed = True, "damaged", data[1:]
            return False
        if self._unpack.eof:
            self._is_at_end, self.packed = True, self._unpack.unused_data
        else:
            self.packed = self._unpack.unconsumed_tail
        return True

    def offset(self) -> int | None:
        """Byte of the file where the next record begins, for the first of a gzip member and all of a plain file."""
        if not self.is_gzip:
            return self._stream.n_read - len(self.packed) - len(self._buffer)
        start, self._start = self._start, None
        return start

    def peek(self, size: int) -> bytes:
        """Up to `size` bytes that stay in the buffer."""
        self._has(size)
        return bytes(self._buffer[:size])

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer at the end."""
        data = self.peek(size)
        del self._buffer[:size]
        return data

    def skip(self, size: int) -> bool:
        """Skip bytes; false if the member ends before."""
        while size > len(self._buffer):
            size -= len(self._buffer)
            self._buffer.clear()
            if not self._fill():
                return False
        del self._buffer[:size]
        return True

    def peek_behind(self, size: int) -> tuple[int, bytes]:
        """How many of so many bytes there are, and the five behind them; all stay in the buffer, without a copy."""
        while len(self._buffer) < size + 5 and self._fill():
            pass
        return min(size, len(self._buffer)), bytes(self._buffer[size : size + 5])

    def skip_to_record(self) -> bool:
        """Skip to the next place where a record seems to begin; false without one."""
        while self._has(_CHUNK) or self._buffer:
            match = _RECORD.search(self._buffer, 0, _CHUNK)
            if match:
                del self._buffer[: match.end()]
                return True
            if len(self._buffer) < _CHUNK:
                self._buffer.clear()
                return False
            del self._buffer[: _CHUNK - 16]
        return False

    def skip_to_last_record(self, size: int) -> bool:
        """Skip to the last place of the next `size` bytes where a record seems to begin; false without one."""
        self._has(size)
        places = [match.end() for match in _RECORD.finditer(self._buffer, 0, size)]
        if places:
            del self._buffer[: places[-1]]
        return bool(places)

    def skip_line_ends(self) -> bool:
        """Skip the empty lines between records; false at the end."""
        while self._has(1):
            match = _LINE_ENDS.match(self._buffer)
            del self._buffer[: match.end() if match else 0]
            if self._buffer:
                return True
        return False

    def _has(self, size: int) -> bool:
        """Fill the buffer with so many bytes; false if there are fewer."""
        while len(self._buffer) < size and self._fill():
            pass
        return len(self._buffer) >= size


def _read(stream: BinaryIO, source: str, counts: WarcCounts) -> Iterator[Record]:
    has_record, n_before = False, counts.damaged + counts.truncated
    for member in _members(_Chunks(stream), counts):
        n_counted = counts.damaged + counts.truncated
        while member.skip_line_ends():
            offset = member.offset()
            try:
                record = _read_record(member)
                has_record = True
                page = _make_page(*record)
            except SkippedError as problem:
                reason = str(problem)
                setattr(counts, reason, getattr(counts, reason) + 1)
                continue
            if page is None:
                counts.other += 1
            else:
                counts.pages += 1
                yield replace(page, offset=offset)
        if member.problem and counts.damaged + counts.truncated == n_counted:
            setattr(counts, member.problem, getattr(counts, member.problem) + 1)
    if not has_record and counts.damaged + counts.truncated > n_before:
        raise InputError(f"{source}: no WARC record in this file; give a .warc, .warc.gz, .wet or .wet.gz file")


def _members(stream: _Chunks, counts: WarcCounts) -> Iterator[_Member]:
    """Members of a gzipped file; a file that is not gzipped counts as one."""
    packed = stream.read()
    if not packed.startswith(_GZIP[:2]):
        yield _Member(stream, packed, is_gzip=False)
        return
    problem: str | None = None
    while packed:
        start = packed.find(_GZIP)
        more = b"" if start >= 0 else stream.read()
        if _GZIP.startswith(packed) and not more:
            problem = problem or "truncated"
            counts.truncated += problem == "truncated"
        elif problem is None and packed[: start if start >= 0 else None].strip(b"\0"):
            # Zeros are padding. Bytes behind damage belong to the damage and are not counted again.
            counts.damaged += 1
            problem = "damaged"
        if start < 0:
            packed = packed[-2:] + more if more else b""
            continue
        member = _Member(stream, packed[start:], is_gzip=True)
        yield member
        while member.skip(_CHUNK):
            pass
        problem, packed = member.problem, member.packed or stream.read()


def _read_record(member: _Member) -> tuple[dict[str, str], bytes]:
    """Read the headers and the block of the next record.

    Raises:
        SkippedError: if it cannot be read; reading goes on where the next record seems to begin.
    """
    head = _split_head(member.peek(_USUAL_HEAD)) or _split_head(member.peek(_MAX_HEAD))
    if head is None or not member.peek(5).startswith(b"WARC/"):
        is_cut = len(member.peek(_MAX_HEAD)) < _MAX_HEAD and b"WARC/".startswith(member.peek(5))
        member.read(1)
        if head is None and member.skip_to_last_record(_MAX_HEAD):  # those before it have no end either
            raise SkippedError("damaged")
        raise _give_up(member, is_cut=is_cut)
    _, headers, size = head
    member.read(1)
    if member.skip_to_last_record(size):  # a record in the head of another
        raise SkippedError("damaged")
    member.read(size - 1)
    length = headers.get("content-length", "")
    if not length.isdecimal() or len(length) > _MOST_DIGITS:
        raise _give_up(member, is_cut=False)
    if int(length) > MAX_RECORD:
        if not member.skip(int(length)):
            raise _give_up(member, is_cut=True)
        raise SkippedError("too_large")
    # Reading what follows also makes zlib compare the checksum at the end of the member.
    n_bytes, after = member.peek_behind(int(length))
    is_short = n_bytes < int(length)
    if is_short or member.problem == "damaged" or (after and after[:1] not in b"\r\n"):
        # With a wrong length, the following records may be in the block.
        raise _give_up(member, is_cut=is_short)
    return headers, member.read(int(length))


def _give_up(member: _Member, *, is_cut: bool) -> SkippedError:
    """Skip to the next record, and name the counter for the loss; a cut is only possible at the end of the file."""
    if member.skip_to_record() or not is_cut:
        return SkippedError("damaged")
    return SkippedError(member.problem or ("damaged" if member.is_gzip else "truncated"))


def _split_head(data: bytes) -> tuple[str, dict[str, str], int] | None:
    """Parse a block of headers: first line, other lines by lower-cased name, size in bytes; `None` if it has no end."""
    end = _HEAD_END.search(data)
    if end is None:
        return None
    first, *lines = data[: end.start()].decode("utf-8", "replace").splitlines() or [""]
    pairs = (line.partition(":") for line in lines)
    return first, {name.strip().lower(): value.strip() for name, _, value in pairs}, end.end()


def _make_page(headers: dict[str, str], block: bytes) -> Record | None:
    """Take the page from a record; `None` for a record of another kind.

    Raises:
        SkippedError: if the page has to be skipped.
    """
    kind, content_type = headers.get("warc-type", ""), headers.get("content-type", "").lower()
    url, date = headers.get("warc-target-uri", "").strip("<>"), headers.get("warc-date", "")
    record_id = headers.get("warc-record-id", "").strip("<>")
    if kind == "conversion" and content_type.startswith("text/plain"):
        return Record(url, date, _filled(block), "text", "utf-8", record_id=record_id)
    if kind == "resource" and content_type.startswith(_HTML_TYPES):
        return Record(url, date, _filled(block), "html", _charset(content_type), record_id=record_id)
    if kind != "response" or not content_type.startswith("application/http"):
        return None
    http_head = _split_head(block)
    status = _STATUS.match(block)
    if http_head is None or status is None:
        raise SkippedError("damaged" if block else "empty")
    _, http, size = http_head
    if int(status[1]) not in _OK:
        raise SkippedError("bad_status")
    media_type = http.get("content-type", "").lower()
    if media_type and not media_type.startswith(_HTML_TYPES):
        raise SkippedError("not_html")
    payload = _filled(decode_body(block[size:], http))
    if not media_type and not begins_like_html(payload[:_MAX_HEAD]):
        raise SkippedError("not_html")
    return Record(url, date, payload, "html", _charset(media_type), record_id=record_id)


def _filled(payload: bytes) -> bytes:
    """The payload, or `SkippedError` if it is empty."""
    if not payload.strip():
        raise SkippedError("empty")
    return payload


def _charset(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    return match[1] if match else None
