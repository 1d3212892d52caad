"""Read the bytes of files, and decode plain text."""

import codecs
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import BinaryIO

from linesift.errors import InputError
from linesift.page import Page
from linesift.read.record import MAX_PAGE

MAX_LINES = 100_000
"""Most lines of a page of text (highest of 4,066 labelled pages: 22,040)."""
STDIN = Path("-")
"""The path that stands for standard input."""

BOMS = (
    # The mark of UTF-32-LE begins with that of UTF-16-LE, so it comes first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and their encodings, in the order in which to compare."""

_ADDRESS = re.compile("([a-z][a-z0-9+.-]+):/+(.*)", re.DOTALL)
"""An address that became a path, which has one slash where two were. A scheme of one letter is a drive of Windows."""
_DOWNLOADS = {
    "http": "curl -LO {}",
    "https": "curl -LO {}",
    "s3": "aws s3 cp {} .",
    "gs": "gcloud storage cp {} .",
}
"""Commands that copy what is at an address to this directory, by its scheme."""

_UNPACK = "unpack it first"
_TEXT_OF_IT = "give its text instead"
_MAGIC = (
    (b"%PDF-", "a PDF document", _TEXT_OF_IT),
    (b"{\\rtf", "an RTF document", _TEXT_OF_IT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", _TEXT_OF_IT),
    (b"PK\x03\x04", "a zip archive or an Office document", "unpack it, or give its text"),
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
    (b"bplist00", "a Safari web archive or other property list", "save the page as HTML instead"),
    (b"SQLite format 3\x00", "an SQLite database", _TEXT_OF_IT),
)

# Control characters that text does not contain. Text may contain tab, line ends, form feed, escape (in ISO-2022) and
# the separators \x1c-\x1f (in old texts of news agencies).
_CONTROLS = "".join(map(chr, [*range(8), *range(0x0E, 0x1B)]))
_N_CONTROLS_ALLOWED = 8
"""A page with so many control characters or fewer is never refused; damaged texts have a few."""
_CONTROLS_ALLOWED_ONE_IN = 100
"""A page is refused if more than one character in so many is such a one. In random bytes it is one in twelve, in text
next to none."""


def check_encoding(encoding: str) -> None:
    """Check that a name is a text encoding of this Python.

    Raises:
        InputError: if the name is unknown, or names a codec such as `hex` that does not give text, or `idna`, which
            cannot replace what is invalid.
    """
    try:
        bytes(range(0x80, 0x100)).decode(encoding, "replace")
    except (LookupError, ValueError) as error:
        raise InputError(f"unknown encoding {encoding!r}; try utf-8, cp1252, utf-16 or gb18030") from error


def decode_text(data: bytes, source: str, encoding: str | None = None) -> tuple[Page, str | None]:
    r"""Decode the bytes of a page of plain text.

    A byte order mark decides before `encoding`, as in browsers: as text it would make no sense. Without both the page
    is UTF-8. Bytes that are invalid in the encoding become U+FFFD, with a warning; the encoding is not guessed, because
    a wrong guess looks like success. Lone surrogates are kept (three-byte sequences in UTF-8, or halves of a pair in
    UTF-16). Lines stay verbatim: `"\r\n"` leaves its `"\r"` at the end of the line, where features and writers take it
    for white space. `split_lines` has the exception.

    >>> decode_text("Überschrift\r\nText".encode("utf-8-sig"), "page.txt")
    (Page('Überschrift\r\nText', source='page.txt', text, 2 lines), None)
    >>> decode_text(b"Caf\xe9", "page.txt")[1]
    'page.txt: line 1 is not valid utf-8, its bad bytes became U+FFFD; name the right encoding with --encoding'

    Returns:
        The page, and a warning if some of its bytes could not be decoded or it was cut (`limit_text`), else `None`.

    Raises:
        InputError: if the encoding is unknown or the bytes are not text.
    """
    text, warning = decode_whole(data, source, encoding)
    text, cut = limit_text(text)
    warnings = [f"{source}: {cut}"] if cut else []
    return Page(text, source), "; ".join([*warnings, *([warning] if warning else [])]) or None


def decode_whole(data: bytes, source: str, encoding: str | None = None) -> tuple[str, str | None]:
    """Decode as `decode_text` does, but cut nothing: a file of many pages has no limit.

    Raises:
        InputError: if the encoding is unknown or the bytes are not text.
    """
    if encoding is not None:
        check_encoding(encoding)
    refuse_magic(data, source)
    used = encoding or "utf-8"
    for mark, marked in BOMS:
        if data.startswith(mark):
            data, used = data.removeprefix(mark), marked
            break
    text, problem = _decode(data, used)
    text = split_lines(text)
    _refuse_controls(text, data, source)
    if problem is None:
        return text, None
    line = data[: problem.start].decode(used, "replace").count("\n") + 1
    return text, (
        f"{source}: line {line} is not valid {used}, its bad bytes became U+FFFD; "
        "name the right encoding with --encoding"
    )


def split_lines(text: str) -> str:
    r"""Give a text whose only line ends are `"\r"`, as of old Macs, with `"\n"` in their place; others as they are.

    >>> split_lines("Rain\rIt rained.\r"), split_lines("Rain\r\nIt rained.")
    ('Rain\nIt rained.\n', 'Rain\r\nIt rained.')
    """
    return text if "\n" in text else text.replace("\r", "\n")


def limit_text(text: str) -> tuple[str, str]:
    """Cut a text behind `MAX_PAGE` characters or `MAX_LINES` lines.

    Returns:
        The text, and what to say of it; empty if nothing was cut.
    """
    cut = ""
    if len(text) > MAX_PAGE:
        text, cut = text[:MAX_PAGE], f"longer than {MAX_PAGE:,} characters; the rest is left out"
    if text.count("\n") >= MAX_LINES:
        text = "\n".join(text.split("\n", MAX_LINES)[:MAX_LINES])
        cut = f"more than {MAX_LINES:,} lines; the rest is left out"
    return text, cut


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        InputError: if it cannot be opened, or is a pipe or a device, which may never end.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            return path.open("rb")
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error
    raise InputError(f"{path}: a pipe or a device, no file; give it as standard input: linesift classify - < {path}")


def read_bytes(path: Path, most: int = -1) -> bytes:
    """Read a file, or standard input where the path is `-`; all of it, or so many bytes at most.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        if path == STDIN:
            return sys.stdin.buffer.read(most)
        with open_file(path) as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error


def cannot_read(path: Path, error: OSError | ValueError) -> InputError:
    """Make the error for a path that cannot be opened or read."""
    if isinstance(error, ValueError):  # a path with a NUL character in it
        return InputError(f"{str(path)!r}: not a file name")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path}: is a directory; name a file in it")
    if not isinstance(error, FileNotFoundError):
        return InputError(f"{path}: {(error.strerror or str(error)).lower()}")
    return no_such_file(path)


def no_such_file(path: Path) -> InputError:
    """Make the error for a path where nothing is; for an address such as `s3://...` it says how to download it."""
    match = _ADDRESS.fullmatch(path.as_posix())
    if match is None:
        return InputError(f"{path}: no such file")
    scheme, rest = match.groups()
    if scheme == "file":
        return InputError(f"{scheme}:///{rest}: this is an address, not a path; give the path alone: /{rest}")
    address = f"{scheme}://{rest}"
    download = _DOWNLOADS.get(scheme, "")
    how = f": {download.format(quote(address))}" if download else ""
    return InputError(f"{address}: this is an address, not a file; download it first{how}")


def _decode(data: bytes, encoding: str) -> tuple[str, UnicodeDecodeError | None]:
    """Decode strictly; if that fails with lone surrogates allowed, else with replacement and the first error."""
    try:
        return data.decode(encoding), None
    except UnicodeDecodeError as error:
        problem = error
    with suppress(UnicodeDecodeError):
        return data.decode(encoding, "surrogatepass"), None
    return data.decode(encoding, "replace"), problem


def refuse_magic(data: bytes, source: str) -> None:
    """Refuse data that begins like a document, a picture or an archive, whatever its name says.

    Raises:
        InputError: naming what it is, and what to do.
    """
    for magic, name, advice in _MAGIC:
        if data.startswith(magic):
            raise InputError(f"{source}: this is {name}, not text; {advice}")


def _refuse_controls(text: str, data: bytes, source: str) -> None:
    n_controls = sum(map(text.count, _CONTROLS))
    if n_controls <= max(_N_CONTROLS_ALLOWED, len(text) // _CONTROLS_ALLOWED_ONE_IN):
        return
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        # In UTF-16, every second byte of Latin text is NUL.
        if data[start:2000:2].count(0) > min(len(data), 2000) // 4 and not data[1 - start : 2000 : 2].count(0):
            raise InputError(f"{source}: this looks like UTF-16 without a byte order mark; try --encoding {encoding}")
    raise InputError(f"{source}: this is binary data, not text; give a text or HTML file")
