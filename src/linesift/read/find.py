"""Find the files of pages in a directory, and keep outputs apart from them."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from linesift.atomic import resolve
from linesift.errors import InputError
from linesift.read.packed import PACKED_SUFFIXES
from linesift.read.page import ARCHIVE_SUFFIXES, ONE_PAGE_SUFFIXES
from linesift.read.text import STDIN, no_such_file

_PLAIN_SUFFIXES = (*ONE_PAGE_SUFFIXES, *ARCHIVE_SUFFIXES)
PAGE_SUFFIXES = tuple(f"{plain}{packed}" for plain in _PLAIN_SUFFIXES for packed in ("", *PACKED_SUFFIXES))
"""Suffixes of the files in a directory that are pages. A file that is named itself may have any suffix."""


def find_pages(path: Path) -> Iterator[Path]:
    """List the page files of a path: the file itself, or those in a directory and below with one of `PAGE_SUFFIXES`.

    They come sorted by path, one directory at a time, while they are asked for. Files are not opened, and a directory
    that cannot be opened is listed as if it were a file: reading it gives the error, and one bad file does not stop the
    others. Links to directories are not followed. The file that standard output goes to is left out: with
    `linesift classify . > out.txt` it is there already.

    Raises:
        InputError: if a directory holds no page.
    """
    if path == STDIN or not is_directory(path):
        yield path
        return
    is_empty = True
    for file in walk(path, PAGE_SUFFIXES, _standard_output()):
        is_empty = False
        yield file
    if is_empty:
        suffixes = ", ".join(f"*{suffix}" for suffix in _PLAIN_SUFFIXES)
        what = f"no pages ({suffixes}, or one of these compressed)"
        raise InputError(f"{path}: {what} in this directory; name other files one by one")


def is_there(path: Path) -> bool:
    """Say whether something is at a path, and never raise; a directory that may not be entered counts."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True  # reading it gives the reason
    return True


def require_there(paths: Iterable[Path]) -> None:
    """Check that something is at every path, before a model is loaded or an extra is asked for.

    Raises:
        InputError: for the first path where nothing is.
    """
    for path in paths:
        if not is_there(path):
            raise no_such_file(path)


def is_directory(path: Path) -> bool:
    """Say whether a path is a directory, and never raise.

    Up to Python 3.13, `Path.is_dir` does where a directory may not be entered or the path is too long.
    """
    try:
        return path.is_dir()
    except OSError:
        return False


def refuse_overwriting(output: Path | None, inputs: Iterable[Path], suffixes: tuple[str, ...] = PAGE_SUFFIXES) -> None:
    """Refuse to write to a file that is read: it would be lost, or be read as a page the next time.

    Every command with an output calls this before it reads or writes anything.

    Args:
        output: the file to write; `None` and `-` are standard output. What is no regular file may be read and written.
        inputs: what is read: files, directories, `-`.
        suffixes: of the files in a directory that are read.

    Raises:
        InputError: if the output is one of the inputs, or has such a suffix and is in a directory that is read.
    """
    output = None if output == STDIN else output
    written = _standard_output() if output is None else _regular_file(output)
    name = "standard output" if output is None else str(output)
    for path in inputs:
        found = _regular_file(path)
        if written is not None and found is not None and os.path.samestat(written, found):
            raise InputError(f"{name}: is read too, and would be lost; write to another file")
        if output is None or not output.name.lower().endswith(suffixes) or not is_directory(path):
            continue
        # Where the name is, and where the file is that a link of this name leads to.
        if any(_is_below(place, path) for place in (resolve(output.parent) / output.name, resolve(output))):
            ending = next(suffix for suffix in suffixes if output.name.lower().endswith(suffix))
            raise InputError(
                f"{name}: {ending} files in {path} are read, so this one would be, too; "
                f"write to another directory, or with another ending"
            )


def refuse_directory(output: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write files to a directory that is read, or in one, and to read files of the directory that is written.

    Raises:
        InputError: if the output is or is in one of the inputs, or holds one of them.
    """
    inside = os.path.join(os.path.abspath(output), "")  # noqa: PTH100, PTH118 - much faster, and there may be many inputs
    for path in inputs:
        is_in_input = is_directory(path) and _is_below(output.resolve() / "any", path)
        if is_in_input or os.path.abspath(path).startswith(inside):  # noqa: PTH100
            raise InputError(f"{output}: {path} is read, so that outputs would be, too; write to another directory")


def _regular_file(path: Path) -> os.stat_result | None:
    """Identity of a regular file, that of standard input for `-`; `None` if there is no such file."""
    with suppress(OSError, ValueError):
        found = os.fstat(0) if path == STDIN else path.stat()
        return found if stat.S_ISREG(found.st_mode) else None
    return None


def _standard_output() -> os.stat_result | None:
    """Identity of the file that standard output goes to; `None` if that is no regular file."""
    with suppress(OSError):
        found = os.fstat(1)
        return found if stat.S_ISREG(found.st_mode) else None
    return None


def _is_below(path: Path, directory: Path) -> bool:
    with suppress(OSError):
        return any(parent.samefile(directory) for parent in path.parents if parent.exists())
    return False


def walk(directory: Path, suffixes: tuple[str, ...], output: os.stat_result | None = None) -> Iterator[Path]:
    """List the files in a directory and below with such a suffix, and directories that cannot be opened.

    Sorted by path. Links to directories are not followed.

    Args:
        directory: where to begin.
        suffixes: in small letters; `""` for all files.
        output: a file to leave out.
    """
    # A stack and no recursion, because directories may be nested deeper than Python calls functions.
    waiting = [(directory, "", True)]
    while waiting:
        parent, name, has_more = waiting.pop()
        path = parent / name
        names = _sorted_names(path, suffixes, output) if has_more else None
        if names is None:
            yield path
        else:
            waiting += [(path, inner, is_directory) for inner, is_directory in reversed(names)]


def _sorted_names(
    directory: Path, suffixes: tuple[str, ...], output: os.stat_result | None
) -> list[tuple[str, bool]] | None:
    """List the names in a directory with whether each is a directory; `None` if it cannot be opened."""
    try:
        with os.scandir(directory) as entries:
            return sorted(
                (entry.name, entry.is_dir(follow_symlinks=False))
                for entry in entries
                if _is_asked_for(entry, suffixes) and not _is_file(entry, output)
            )
    except OSError:
        return None


def _is_asked_for(entry: os.DirEntry[str], suffixes: tuple[str, ...]) -> bool:
    """Say whether an entry of a directory has such a suffix, or is a directory and no link to one."""
    if entry.is_dir():
        return not entry.is_symlink()
    return entry.name.lower().endswith(suffixes)


def _is_file(entry: os.DirEntry[str], file: os.stat_result | None) -> bool:
    """Say whether an entry of a directory is this file; only links and those with the same number are looked at."""
    if file is None or not (entry.is_symlink() or entry.inode() == file.st_ino):
        return False
    with suppress(OSError):
        return os.path.samestat(entry.stat(), file)
    return False
