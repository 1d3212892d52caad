"""Files of pages: find them, read them, turn the bytes of plain text into a page."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from linesift.errors import InputError
from linesift.page import Page

PAGE_SUFFIXES: tuple[str, ...] = (".txt", ".html", ".htm", ".warc", ".warc.gz", ".wet", ".wet.gz")
"""What counts as a page inside a directory; a file that is named itself is read whatever its suffix."""

STDIN = Path("-")
"""The path that stands for standard input."""

BOMS = (
    # UTF-32-LE begins with the mark of UTF-16-LE, so it is asked first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and the encodings that they stand for, in the order to ask."""

_UNPACK = "unpack it first"
_TEXT_OF_IT = "give its text instead"
_MAGIC = (
    (b"%PDF-", "a PDF document", _TEXT_OF_IT),
    (b"{\\rtf", "an RTF document", _TEXT_OF_IT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", _TEXT_OF_IT),
    (b"PK\x03\x04", "a zip archive or an Office document", _UNPACK),
    (b"\x1f\x8b", "gzip-compressed data", _UNPACK),
    (b"BZh91AY&SY", "bzip2-compressed data", _UNPACK),
    (b"\xfd7zXZ\x00", "xz-compressed data", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a rar archive", _UNPACK),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _TEXT_OF_IT),
    (b"\xff\xd8\xff", "a JPEG picture", _TEXT_OF_IT),
    (b"GIF87a", "a GIF picture", _TEXT_OF_IT),
    (b"GIF89a", "a GIF picture", _TEXT_OF_IT),
    (b"\x7fELF", "a program", _TEXT_OF_IT),
    (b"SQLite format 3\x00", "an SQLite database", _TEXT_OF_IT),
)

# Control characters that text does not contain. Tab, line ends, form feed, escape (ISO-2022 text) and the
# separators \x1c-\x1f (old agency wires) are left out.
_CONTROLS = "".join(map(chr, [*range(8), *range(0x0E, 0x1B)]))
_N_CONTROLS_ALLOWED = 8
"""So many control characters are never a reason to refuse a page; a damaged dump has a few."""
_CONTROLS_ALLOWED_ONE_IN = 100
"""Above this share a page is refused: random bytes hold about one such character in twelve, text next to none."""


def check_encoding(encoding: str) -> None:
    """Refuse a name that is not a text encoding of this Python.

    Raises:
        InputError: if the name is unknown, or names a codec such as `hex` that does not give text.
    """
    try:
        b" ".decode(encoding, "replace")
    except (LookupError, ValueError) as error:
        raise InputError(f"unknown encoding {encoding!r}; try utf-8, cp1252, utf-16 or gb18030") from error


def decode_text(data: bytes, source: str, encoding: str | None = None) -> tuple[Page, str | None]:
    r"""Turn the bytes of a page into a `Page`, and say in a sentence what could not be kept (or `None`).

    A byte order mark decides before `encoding`, as in browsers: nobody means the characters that it would be
    otherwise. Without both the page is UTF-8. Bytes that the encoding does not know become U+FFFD, with a warning;
    nothing is guessed, because a wrong guess looks like success. Lone surrogates (three-byte sequences of
    careless writers, or halves of a pair in UTF-16) are kept. Lines stay verbatim: `"\r\n"` leaves its `"\r"` at the
    end of the line, where features and writers take it for white space.

    >>> decode_text("Überschrift\r\nText".encode("utf-8-sig"), "page.txt")
    (Page(text='Überschrift\r\nText', source='page.txt', hints=None, url='', date=''), None)
    >>> decode_text(b"Caf\xe9", "page.txt")[1]
    'page.txt: line 1 is not valid utf-8, its bad bytes became U+FFFD; name the right encoding with --encoding'

    Raises:
        InputError: if the encoding is unknown or the bytes are not text.
    """
    if encoding is not None:
        check_encoding(encoding)
    _refuse_magic(data, source)
    used = encoding or "utf-8"
    for mark, marked in BOMS:
        if data.startswith(mark):
            data, used = data.removeprefix(mark), marked
            break
    text, problem = _decode(data, used)
    _refuse_controls(text, data, source)
    if problem is None:
        return Page(text, source), None
    line = data[: problem.start].decode(used, "replace").count("\n") + 1
    warning = (
        f"{source}: line {line} is not valid {used}, its bad bytes became U+FFFD; "
        "name the right encoding with --encoding"
    )
    return Page(text, source), warning


def read_bytes(path: Path) -> bytes:
    """Read a file, or standard input where the path is `-`.

    Raises:
        InputError: if it cannot be read.
    """
    source = str(path)
    try:
        return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{source}: no such file") from error
    except OSError as error:
        raise InputError(f"{source}: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:  # a path with a NUL in it
        raise InputError(f"{source!r}: not a file name") from error


def read_text(path: Path, encoding: str | None = None) -> tuple[Page, str | None]:
    """Read one page of plain text from a file, or from standard input where the path is `-`, as `decode_text` does.

    Raises:
        InputError: if the file cannot be read, is not text, or the encoding is unknown.
    """
    return decode_text(read_bytes(path), str(path), encoding)


def find_pages(path: Path) -> Iterator[Path]:
    """List the page files that a path stands for; inside a directory those with `PAGE_SUFFIXES`, sorted by path.

    They are found while they are asked for, one directory at a time. Whether a file exists and is text shows when it
    is read, so that one bad file does not stop the others; so does that a directory inside may not be looked into.
    Links to directories are not followed.

    Raises:
        InputError: if a directory holds no page.
    """
    if path == STDIN or not is_directory(path):
        yield path
        return
    is_empty = True
    for file in _walk(path):
        is_empty = False
        yield file
    if is_empty:
        suffixes = ", ".join(f"*{suffix}" for suffix in PAGE_SUFFIXES)
        raise InputError(f"{path}: no pages ({suffixes}) in this directory")


def is_directory(path: Path) -> bool:
    """Like `Path.is_dir`, which up to Python 3.13 raises where the way to the path is barred or too long."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(directory: Path) -> Iterator[Path]:
    """Files of pages in a directory and below; a directory that cannot be opened is given as if it were one."""
    try:
        with os.scandir(directory) as entries:
            names = sorted(
                (entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if _may_be_page(entry)
            )
    except OSError:
        yield directory
        return
    for name, has_more in names:
        if has_more:
            yield from _walk(directory / name)
        else:
            yield directory / name


def _may_be_page(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a page file or a directory that is no link."""
    if entry.is_dir():
        return not entry.is_symlink()
    return entry.name.lower().endswith(PAGE_SUFFIXES)


def _decode(data: bytes, encoding: str) -> tuple[str, UnicodeDecodeError | None]:
    """Decode strictly, then with lone surrogates let through, then with replacement; the first error comes along."""
    try:
        return data.decode(encoding), None
    except UnicodeDecodeError as error:
        problem = error
    with suppress(UnicodeDecodeError):
        return data.decode(encoding, "surrogatepass"), None
    return data.decode(encoding, "replace"), problem


def _refuse_magic(data: bytes, source: str) -> None:
    for magic, name, advice in _MAGIC:
        if data.startswith(magic):
            raise InputError(f"{source}: this is {name}, not text; {advice}")


def _refuse_controls(text: str, data: bytes, source: str) -> None:
    n_controls = sum(map(text.count, _CONTROLS))
    if n_controls <= max(_N_CONTROLS_ALLOWED, len(text) // _CONTROLS_ALLOWED_ONE_IN):
        return
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        # Latin letters in UTF-16 have a NUL as every second byte.
        if data[start:2000:2].count(0) > min(len(data), 2000) // 4 and not data[1 - start : 2000 : 2].count(0):
            raise InputError(f"{source}: this looks like UTF-16 without a mark; try --encoding {encoding}")
    raise InputError(f"{source}: this is binary data, not text")
