"""Files on this machine and at any address that fsspec knows (`s3://`, `gs://`, `https://`), read and written alike.

Nothing depends on renaming: most object stores cannot. A local file is renamed all the same, so that a half one never
has its final name; elsewhere an upload that was broken off is not there at all, or has no entry in the ledger.
"""

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from errno import EIO
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from linesift.errors import InputError, LinesiftError
from linesift.extras import missing_extra, missing_package
from linesift.read.find import walk
from linesift.read.page import SourceKind, find_source

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PARTS = "parts"
"""Directory of outputs that are being written, on this machine."""
ENDINGS = ".warc, .wet, .jsonl, .json, .csv or .parquet, with or without .gz or .zst"
"""Ends of the names of files of many pages, for messages."""
HERE = "file://"
"""Beginning of addresses of files on this machine."""
_OF_BUCKETS = frozenset({"s3", "gs", "abfs", "oss", "oci"})
"""Names that fsspec has for object stores."""
_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("abfs", "abfss", "az"), "adlfs"),
    "oss": "ossfs",
    "oci": "ocifs",
}
"""Packages that fsspec needs for kinds of addresses; each has one module, of the same name."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input file and what its place says of it without reading it."""

    name: str
    """Path or address, as it was given; it is the identity of the input."""
    size: int | None = None
    """Bytes, `None` if the place does not say."""
    etag: str | None = None
    """What changes with the content, as the place says it; of a local file the time of its last change."""


def is_address(name: str) -> bool:
    """Say whether a name is an address for fsspec, not a path on this machine."""
    return "://" in name


def tidy(name: str) -> str:
    """Give a path the one form that names it; an address stays as it is.

    >>> tidy("./crawl//a.warc.gz"), tidy("s3://bucket//a")
    ('crawl/a.warc.gz', 's3://bucket//a')
    """
    return name if is_address(name) else os.path.normpath(name)


def describe(name: str) -> InputFile:
    """Ask the place of an input for its size and etag.

    Raises:
        InputError: if it is not there.
    """
    if is_address(name):
        system, path = _system(name)
        with _reading(name):
            return described(name, system.info(path))
    with _reading(name):
        status = Path(name).stat()
    return InputFile(name, status.st_size, str(status.st_mtime_ns))


def described(name: str, info: dict[str, Any]) -> InputFile:
    """Take size and etag from what fsspec says of a file."""
    marks = (info.get(key) for key in ("ETag", "etag", "md5Hash", "LastModified", "mtime", "created"))
    etag = next((str(mark).strip('"') for mark in marks if mark), None)
    size = info.get("size")
    return InputFile(name, size if isinstance(size, int) else None, etag)


def find_inputs(name: str) -> list[InputFile]:
    """Find the files that an argument names: one, those of a pattern with `*`, or those with many pages in a directory.

    A file that is not there is in the list too, without a size; who reads it gets the reason.

    Raises:
        InputError: if a directory has no such file, or nothing fits a pattern.
    """
    if is_address(name):
        return _find_remote(name)
    path = Path(name)
    if path.is_dir():
        every = [inside for inside in walk(path, ("",)) if inside.is_file() and not inside.name.startswith(".")]
        found = [str(inside) for inside in every if find_source(inside).kind is not SourceKind.PAGE]
        if every and not found:
            raise InputError(f"{name}: no name there ends in {ENDINGS}; for single pages use linesift classify")
    elif "*" in name and not path.exists():
        from glob import glob

        found = glob(name, recursive=True)  # noqa: PTH207 - a pattern may be absolute
    else:
        found = [name]
    if not found:
        raise InputError(f"{name}: no files there; name some, or give a list of them with --inputs")
    return [_describe_if_there(tidy(each)) for each in sorted(found)]


def _describe_if_there(name: str) -> InputFile:
    try:
        return describe(name)
    except InputError:
        return InputFile(name)


def _find_remote(name: str) -> list[InputFile]:
    if "*" not in name:
        # Elsewhere, one request for each of 90,000 files takes longer than it helps.
        return [_describe_if_there(name) if name.startswith(HERE) else InputFile(name)]
    system, path = _system(name)
    with _reading(name):
        found = system.glob(path, detail=True)
    if not found:
        raise InputError(f"{name}: no file fits this pattern")
    protocol = name.partition("://")[0]
    return [described(f"{protocol}://{path.removeprefix(f'{protocol}://')}", info) for path, info in found.items()]


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """Open an input for reading.

    Raises:
        InputError: if it is not there or not readable.
    """
    with _reading(name):
        if is_address(name):
            system, path = _system(name)
            stream = system.open(path, "rb", block_size=4 << 20)
        else:
            stream = Path(name).open("rb")  # noqa: SIM115 - closed below
    with stream:
        yield cast(BinaryIO, stream)


@dataclass(slots=True)
class Digest:
    """A stream that is written once, and the SHA-256 and size of what went through it."""

    stream: IO[bytes]
    n_bytes: int = 0
    closed: bool = False
    is_over: bool = False
    """Whether the stream has ended; what a writer still sends, as it is removed after an error, goes nowhere."""
    _sha: Any = field(default_factory=sha256)

    def write(self, data: "ReadableBuffer") -> int:
        """Write bytes, and count them."""
        size = memoryview(data).nbytes
        if self.is_over:
            return size
        self.stream.write(data)
        self._sha.update(data)
        self.n_bytes += size
        return size

    def tell(self) -> int:
        """Give the number of bytes written."""
        return self.n_bytes

    def flush(self) -> None:
        """Hand what was written to the system."""
        if not self.is_over:
            self.stream.flush()

    def close(self) -> None:
        """Do nothing: whoever opened the stream closes it."""

    def readable(self) -> bool:
        """Say no; pyarrow asks."""
        return False

    def writable(self) -> bool:
        """Say yes; pyarrow asks."""
        return True

    def seekable(self) -> bool:
        """Say no: what was written stays."""
        return False

    @property
    def sha256(self) -> str:
        """SHA-256 of what was written."""
        return str(self._sha.hexdigest())


class Store:
    """A directory for output, on this machine or at an address."""

    def __init__(self, place: str) -> None:
        self.place = tidy(place).rstrip("/") or "/"
        self._remote = _system(self.place) if is_address(self.place) else None

    def names(self, directory: str) -> list[str]:
        """Names of the files in a directory of the store; none if it is missing."""
        if self._remote is None:
            with suppress(FileNotFoundError):
                return [entry.name for entry in os.scandir(Path(self.place, directory)) if entry.is_file()]
            return []
        system, root = self._remote
        with self._naming(directory), _errors_of_place(), suppress(FileNotFoundError):
            system.invalidate_cache()
            return [path.rpartition("/")[2] for path in system.find(f"{root}/{directory}", maxdepth=1)]
        return []

    def read(self, names: Sequence[str]) -> list[bytes]:
        """Read small files, many at once where that is faster."""
        if self._remote is None:
            return [Path(self.place, name).read_bytes() for name in names]
        system, root = self._remote
        paths = [f"{root}/{name}" for name in names]
        with self._naming(names[0] if names else ""), _errors_of_place():
            found = system.cat(paths) if len(paths) != 1 else {paths[0]: system.cat_file(paths[0])}
        return [found[path] for path in paths]

    @contextmanager
    def writing(self, name: str) -> Iterator[Digest]:
        """Give a stream; what is written appears under the name when the block has ended well, and else not.

        Raises:
            OSError: with `filename`, if it cannot be written.
        """
        written = self._write_here(name) if self._remote is None else _upload(self._remote, name)
        with self._naming(name), closing(written):
            digest = next(written)
            try:
                yield digest
            finally:
                digest.is_over = True
            next(written, None)

    def write(self, name: str, data: bytes) -> None:
        """Write a small file."""
        with self.writing(name) as stream:
            stream.write(data)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        if self._remote is None:
            Path(self.place, name).unlink(missing_ok=True)
            return
        system, root = self._remote
        with self._naming(name), _errors_of_place(), suppress(FileNotFoundError):
            system.rm_file(f"{root}/{name}")

    def remove_parts(self, name: str = "") -> int:
        """Remove what was left of outputs that were broken off: of one file, or of all.

        Returns:
            How many there were.
        """
        if self._remote is not None:
            return 0
        start = _part_start(name) if name else "."
        parts = [part for part in self.names(PARTS) if part.startswith(start)]
        for part in parts:
            self.remove(f"{PARTS}/{part}")
        return len(parts)

    def _write_here(self, name: str) -> Generator[Digest, None, None]:
        target = Path(self.place, name)
        part = Path(self.place, PARTS, f"{_part_start(name)}{os.urandom(4).hex()}")
        for directory in (target.parent, part.parent):
            directory.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as stream:
                yield Digest(stream)
                stream.flush()
                os.fsync(stream.fileno())
            try:
                part.replace(target)
            except FileNotFoundError:
                if not target.exists():
                    raise
                # Another worker was done with the same file first, and removed this part; both have the same bytes.
        finally:
            part.unlink(missing_ok=True)
        self.remove_parts(name)

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        """Let an error of writing name the file."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), f"{self.place}/{name}") from error


def _part_start(name: str) -> str:
    """Beginning of the names that a file has while it is written."""
    return f".{name.replace('/', '-')}."


def _upload(place: tuple[Any, str], name: str) -> Generator[Digest, None, None]:
    """Write a file here and put it there as a whole, so that nothing is half if writing fails.

    The file here has no name where the system can do so: then it goes with its process, also with one that is killed.
    """
    system, path = place[0], f"{place[1]}/{name}"
    is_nameless = Path("/dev/fd").is_dir()
    with TemporaryFile() if is_nameless else NamedTemporaryFile(prefix="linesift-") as stream:
        yield Digest(stream)
        stream.flush()
        stream.seek(0)  # where opening a descriptor goes on at its place
        with _errors_of_place():
            if not _has_buckets(system):
                with suppress(NotImplementedError):
                    system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.put_file(f"/dev/fd/{stream.fileno()}" if is_nameless else stream.name, path)


def _has_buckets(system: Any) -> bool:
    """Say whether a system has buckets: there a directory needs not be made, and making one would make its bucket."""
    names = (system.protocol,) if isinstance(system.protocol, str) else system.protocol
    return not _OF_BUCKETS.isdisjoint(names)


@contextmanager
def _errors_of_place() -> Iterator[None]:
    """Turn errors of a place that are of no kind known here, such as a key that is missing, into one of writing."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(EIO, str(error) or type(error).__name__) from error


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{name}: no such file") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    except LinesiftError:
        raise
    except Exception as error:  # of the package that reads the place, such as a key that is missing
        raise InputError(f"{name}: cannot be read ({str(error) or type(error).__name__})") from error


def _system(address: str) -> tuple[Any, str]:
    """Find the file system of an address, and the path in it.

    Raises:
        InputError: if fsspec does not know it.
        MissingExtraError: if fsspec, or what it needs for this kind of address, is not installed.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise missing_extra(f"{address}: an address", "fsspec", extra="batch") from error
    try:
        system, path = cast("partial[tuple[Any, str]]", url_to_fs)(address)
    except ImportError as error:
        protocol = address.partition("://")[0].rpartition("::")[2]
        package = _PACKAGES.get(protocol)
        if package is None or find_spec(package) is not None:
            raise InputError(f"{address}: {error}") from error
        raise missing_package(f"{address}: an address of {protocol}", package) from error
    except ValueError as error:
        raise InputError(f"{address}: {str(error).lower()}; fsspec has no such kind of address") from error
    return system, path
