"""Atomic writing: a file appears whole or not at all, whatever happens while it is written."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path, *, is_new: bool = False) -> Iterator[Path]:
    """Give the path of a temporary file to write; at the end of the block it takes the place of `path`.

    The temporary file lies in the same directory and is flushed to the disk before it is renamed. If anything fails, a
    full disk or a killed process, an earlier file of that name is as it was. Links are followed, and a file keeps its
    mode.

    Args:
        path: the file to write.
        is_new: refuse to replace a file, also one that appears while the block runs.

    Raises:
        FileExistsError: with `is_new`, if the file exists.
        OSError: with `filename`, if the file cannot be written.
    """
    target = resolve(path)
    if is_new and target.exists():
        raise FileExistsError(0, "exists already", str(path))
    if not is_new and target.exists() and not os.access(target, os.W_OK):
        raise _no_right(target, path)
    temporary = _beside(target)
    try:
        with naming_errors(path, temporary):
            yield temporary
            _flush(temporary)
            _put(temporary, target, is_new=is_new)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing_directory(path: Path) -> Iterator[Path]:
    """Give the path of a new directory to fill; at the end of the block it takes the place of `path`, with all in it.

    What was at `path` is removed afterwards. If anything fails, it is as it was. On Linux the two change places in one
    step. Elsewhere there is a moment between two renames in which nothing is at `path`.

    Args:
        path: the directory to write; it may be missing, and its parents too.

    Raises:
        OSError: with `filename`, if it cannot be written.
    """
    target = resolve(path)
    temporary = _beside(target)
    try:
        with naming_errors(path, temporary):
            temporary.mkdir(parents=True)
            yield temporary
            for file in temporary.iterdir():
                _flush(file)
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
                _exchange(temporary, target)
            else:
                temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_writable(path: Path) -> None:
    """Check that a file can be written, before the work whose result it is to hold.

    Raises:
        OSError: with `filename`, as writing would raise it.
    """
    target = resolve(path)
    if target.is_dir():
        raise _error(errno.EISDIR, path)
    if not target.parent.is_dir():
        raise _error(errno.ENOTDIR if target.parent.exists() else errno.ENOENT, path)
    needed = [target] if target.exists() else []
    if not needed or target.is_file():  # else it is a pipe or a device, which is written where it is
        needed.append(target.parent)
    for place in needed:
        if not os.access(place, os.W_OK):
            raise _no_right(place, path)


def check_directory(path: Path) -> None:
    """Check that files can be written to a directory, which may be missing with its parents.

    Raises:
        OSError: with `filename`, as writing would raise it.
    """
    target = resolve(path)
    there = next(place for place in (target, *target.parents) if place.exists())
    if not there.is_dir():
        raise _error(errno.EEXIST if there == target else errno.ENOTDIR, path)
    if not os.access(there, os.W_OK):
        raise _no_right(there, path)


def resolve(path: Path) -> Path:
    """Follow all links of a path.

    Raises:
        OSError: with `filename`, if they form a loop; before Python 3.13, `Path.resolve` raises `RuntimeError` then.
    """
    try:
        return path.resolve()
    except RuntimeError as error:
        raise _error(errno.ELOOP, path) from error


def _no_right(place: Path, path: Path) -> OSError:
    """Make the error for a path that may not be written because of `place`: no right, or all is read-only."""
    is_read_only = sys.platform != "win32" and os.statvfs(place).f_flag & os.ST_RDONLY
    return _error(errno.EROFS if is_read_only else errno.EACCES, path)


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def write_atomic(path: Path, data: bytes, *, is_new: bool = False) -> None:
    """Write all of a file at once; arguments and errors are those of `replacing`."""
    with replacing(path, is_new=is_new) as temporary:
        temporary.write_bytes(data)


@contextmanager
def naming_errors(path: Path, written: Path) -> Iterator[None]:
    """Let an error of writing name the file that the caller gave, not a temporary one nor none at all (disk full).

    Args:
        path: the file that the caller gave.
        written: the file or directory that is written for it.

    Raises:
        OSError: with `path` as its `filename`; errors of other files, which the block reads, as they are.
    """
    try:
        yield
    except (FileExistsError, BrokenPipeError):
        raise
    except OSError as error:
        if error.filename is not None and written not in (Path(error.filename), *Path(error.filename).parents):
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _beside(target: Path) -> Path:
    """Name a temporary file or directory in the directory of another one."""
    return target.with_name(f".linesift-{os.getpid()}-{os.urandom(4).hex()}")


def _exchange(first: Path, second: Path) -> None:
    """Let two directories change places."""
    if _exchange_at_once(first, second):
        return
    aside = _beside(second)
    second.rename(aside)
    try:
        first.rename(second)
    except BaseException:
        aside.rename(second)
        raise
    aside.rename(first)


def _exchange_at_once(first: Path, second: Path) -> bool:
    """Let two directories change places in one step; false where the system or the file system has no such step."""
    import ctypes  # seldom needed, and a part of the time of a start

    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(here, os.fsencode(first), here, os.fsencode(second), exchange) == 0)


def _flush(temporary: Path) -> None:
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())


def _put(temporary: Path, target: Path, *, is_new: bool) -> None:
    if is_new:
        try:
            os.link(temporary, target)  # unlike a rename, it fails if a file has appeared
        except FileExistsError as error:
            raise FileExistsError(0, "exists already", str(target)) from error
        except OSError:  # a file system without links
            if target.exists():
                raise FileExistsError(0, "exists already", str(target)) from None
        else:
            return
    elif target.exists():
        temporary.chmod(target.stat().st_mode & 0o777)
    temporary.replace(target)
