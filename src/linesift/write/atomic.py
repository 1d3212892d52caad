"""Files that appear whole or not at all, whatever happens while they are written."""

import os
from contextlib import suppress
from pathlib import Path


def write_aside(path: Path, data: bytes, *, is_new: bool = False) -> None:
    """Write a file under a temporary name beside its place, to the disk, and rename it.

    Where anything fails, a full disk or a killed process, a file that was there is as it was. A link is followed, and
    a file keeps its mode.

    Args:
        path: the file.
        data: all of it.
        is_new: refuse to replace a file, also one that appears meanwhile.

    Raises:
        FileExistsError: with `is_new`, if the file is there.
        OSError: with `filename`, if it cannot be written.
    """
    target = path.resolve()
    if is_new and target.exists():
        raise FileExistsError(0, "is there already", str(path))
    if not is_new and target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(0, "permission denied", str(path))
    aside = target.with_name(f".linesift-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with aside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _put(aside, target, is_new=is_new)
    except FileExistsError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _put(aside: Path, target: Path, *, is_new: bool) -> None:
    if is_new:
        try:
            os.link(aside, target)  # unlike a rename, it fails where a file has appeared
        except FileExistsError as error:
            raise FileExistsError(0, "is there already", str(target)) from error
        except OSError:  # a file system without links
            if target.exists():
                raise FileExistsError(0, "is there already", str(target)) from None
        else:
            return
    elif target.exists():
        aside.chmod(target.stat().st_mode & 0o777)
    aside.replace(target)
