"""Find the files of pages in a directory."""

import os
from collections.abc import Iterator
from pathlib import Path

from linesift.errors import InputError
from linesift.read.text import STDIN

_PAGE_SUFFIXES: tuple[str, ...] = (".txt", ".html", ".htm", ".warc", ".warc.gz", ".wet", ".wet.gz")
"""Suffixes of the files in a directory that are pages. A file that is named itself may have any suffix."""


def find_pages(path: Path) -> Iterator[Path]:
    """List the page files of a path: the file itself, or those in a directory and below with one of `_PAGE_SUFFIXES`.

    They come sorted by path, one directory at a time, while they are asked for. Files are not opened, and a directory
    that cannot be opened is listed as if it were a file: reading it gives the error, and one bad file does not stop the
    others. Links to directories are not followed.

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
        suffixes = ", ".join(f"*{suffix}" for suffix in _PAGE_SUFFIXES)
        raise InputError(f"{path}: no pages ({suffixes}) in this directory; name other files one by one")


def is_there(path: Path) -> bool:
    """Say whether something is at a path, and never raise; a directory that may not be entered counts."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True  # reading it gives the reason
    return True


def is_directory(path: Path) -> bool:
    """Say whether a path is a directory, and never raise.

    Up to Python 3.13, `Path.is_dir` does where a directory may not be entered or the path is too long.
    """
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(directory: Path) -> Iterator[Path]:
    """List the page files in a directory and below, and directories that cannot be opened."""
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
    """Say whether an entry of a directory is a page file, or a directory and no link to one."""
    if entry.is_dir():
        return not entry.is_symlink()
    return entry.name.lower().endswith(_PAGE_SUFFIXES)
