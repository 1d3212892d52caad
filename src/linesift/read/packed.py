"""Read files that are compressed as a whole, by their first bytes: gzip, bzip2, xz and zstd."""

import io
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from linesift.errors import InputError, MissingExtraError
from linesift.extras import missing_extra
from linesift.read.record import MAX_RECORD

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
GZIP_START = b"\x1f\x8b"
_BUFFER = 1 << 16
_XZ_MEMORY = 1 << 28
"""Most bytes that unpacking xz may take: a file says itself how much, up to 4 GB. `xz -9` needs 65 MB."""


def plain_path(path: Path) -> Path:
    """Give a path without the suffix of its compression.

    >>> plain_path(Path("a/Page.html.GZ")).name, plain_path(Path("page.txt")).name
    ('Page.html', 'page.txt')
    """
    return path.with_suffix("") if path.suffix.lower() in PACKED_SUFFIXES else path


def is_packed_whole(path: Path) -> bool:
    """Say whether the name of an archive is that of one compressed other than with gzip, which may pack each record."""
    return path.suffix.lower() in PACKED_SUFFIXES and path.suffix.lower() != ".gz"


def is_packed(start: bytes) -> bool:
    """Say whether data begins like a compressed file."""
    return _opener(start) is not None


def unpacked(stream: BinaryIO) -> BinaryIO:
    """Give the decompressed content of a stream, or the stream itself if it is not compressed; memory does not grow.

    Reading it raises `OSError` where the data is damaged or cut off.

    Raises:
        MissingExtraError: for zstd before Python 3.14, if its package is not installed.
    """
    if not isinstance(stream, io.BufferedReader):
        stream = io.BufferedReader(cast(io.RawIOBase, stream), _BUFFER)
    opener = _opener(stream.peek(6))
    return stream if opener is None else cast(BinaryIO, io.BufferedReader(_Unpacked(opener(stream)), _BUFFER))


def unpack(data: bytes, source: str) -> bytes:
    """Give the decompressed content of a page's file; data that is not compressed comes back as it is.

    Raises:
        InputError: if the data is damaged, or decompressed longer than `MAX_RECORD`.
        MissingExtraError: for zstd before Python 3.14, if its package is not installed.
    """
    if not is_packed(data):
        return data
    try:
        found = unpacked(io.BytesIO(data)).read(MAX_RECORD + 1)
    except OSError as error:
        what = str(error).lower()
        raise InputError(f"{source}: cannot be unpacked ({what}); the file may be damaged or cut off") from error
    if len(found) > MAX_RECORD:
        raise InputError(f"{source}: longer than {MAX_RECORD // 1_000_000} MB once unpacked, which no page is")
    return found


def start_of(data: bytes, size: int) -> bytes:
    """Give the decompressed start of a file, up to `size` bytes; empty if that cannot be read."""
    with suppress(OSError, MissingExtraError):
        return unpacked(io.BytesIO(data)).read(size)
    return b""


def _opener(start: bytes) -> Callable[[BinaryIO], io.BufferedIOBase] | None:
    openers: dict[bytes, Callable[[BinaryIO], io.BufferedIOBase]] = {
        GZIP_START: _gzip,
        b"BZh": _bz2,
        b"\xfd7zXZ\x00": _xz,
        b"\x28\xb5\x2f\xfd": _zstd,
    }
    return next((opener for magic, opener in openers.items() if start.startswith(magic)), None)


def _gzip(stream: BinaryIO) -> io.BufferedIOBase:
    import gzip

    return gzip.GzipFile(fileobj=stream)


def _bz2(stream: BinaryIO) -> io.BufferedIOBase:
    import bz2

    return bz2.BZ2File(stream)


def _xz(stream: BinaryIO) -> io.BufferedIOBase:
    return _XzFile(stream)


def _zstd(stream: BinaryIO) -> io.BufferedIOBase:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        try:
            from backports import zstd
        except ImportError as error:
            raise missing_extra("reading zstd", "backports.zstd", extra="files") from error
    return cast(io.BufferedIOBase, zstd.ZstdFile(stream))


class _XzFile(io.BufferedIOBase):
    """As `lzma.LZMAFile`, which has no bound of memory."""

    def __init__(self, packed: BinaryIO) -> None:
        from lzma import LZMADecompressor

        self._packed = packed
        self._make = partial(LZMADecompressor, memlimit=_XZ_MEMORY)
        self._decoder = self._make()

    def read1(self, size: int = -1, /) -> bytes:
        """Read some bytes; empty at the end."""
        while True:
            given = self._packed.read(_BUFFER) if self._decoder.needs_input else b""
            if self._decoder.eof:  # another part may follow, behind zeros
                given = (self._decoder.unused_data + self._packed.read(_BUFFER)).lstrip(b"\0")
                if not given:
                    return b""
                self._decoder = self._make()
            elif self._decoder.needs_input and not given:
                raise EOFError("the file ends within its data")
            if data := self._decoder.decompress(given, size):
                return data


class _Unpacked(io.RawIOBase):
    """Decompressed content, whose errors are all `OSError`."""

    def __init__(self, packed: io.BufferedIOBase) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read up to the size of the buffer: what there is, or the start of it would be lost where the file is cut."""
        view = memoryview(buffer)
        try:
            data = self._packed.read1(len(view))
        except OSError:
            raise
        except (EOFError, zlib.error) as error:
            raise OSError(str(error)) from error
        except Exception as error:
            if type(error).__name__ not in {"LZMAError", "ZstdError"}:  # importing both costs time
                raise
            raise OSError(str(error)) from error
        view[: len(data)] = data
        return len(data)
