"""Read and write the files of a model directory: bytes up to a bound, and the arrays of `weights.npz`.

Nothing that is read here can run code; `linesift.model.weights` says what the arrays mean.
"""

import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import ModelError

Arrays = Mapping[str, NDArray[Any]]

WEIGHTS = "weights.npz"
_LARGEST_WEIGHTS = 256 << 20
"""Most bytes of this file; that of the shipped model has less than eleven million."""
_LONGEST_SHOWN = 60


def pack(arrays: Arrays) -> bytes:
    """Give the content of `weights.npz`."""
    stream = BytesIO()
    # Not compressed: the weights are loaded each time the program starts, and compressing saves a tenth only.
    write_arrays: Callable[..., None] = np.savez  # its stub takes the arrays for the flag `allow_pickle`
    write_arrays(stream, **arrays)
    return stream.getvalue()


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], str]:
    """Read the arrays of a model directory's `weights.npz`, and the SHA-256 of the file.

    Raises:
        ModelError: if it is missing, damaged or too large.
    """
    data = read_file(path, WEIGHTS, _LARGEST_WEIGHTS)
    try:
        with zipfile.ZipFile(BytesIO(data)) as stored:
            members = stored.infolist()
            # Nothing is compressed and nothing is there twice, so that no more is read than the file has bytes.
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise ValueError("an array is compressed")
            if len({member.filename for member in members}) < len(members):
                raise ValueError("two arrays have one name")
            if sum(member.file_size for member in members) > len(data):
                raise ValueError("arrays are longer than the file")
            arrays = {
                (name := member.filename.removesuffix(".npy")): _array(name, stored.read(member)) for member in members
            }
    except (OSError, ValueError, LookupError, RuntimeError, EOFError, OverflowError, zipfile.BadZipFile, struct.error,
            zlib.error, AttributeError, TypeError) as error:  # fmt: skip # all that zipfile raises on damaged archives
        raise ModelError(
            f"{path}: {WEIGHTS} is damaged ({brief(str(error))}); copy the model again or train it anew"
        ) from error
    return arrays, sha256(data).hexdigest()


def read_file(path: Path, name: str, largest: int) -> bytes:
    """Read a file of a model directory.

    Raises:
        ModelError: if it is missing, no regular file, larger than `largest` bytes, or cannot be read.
    """
    file = path / name
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise OSError(0, "is no file")
        if size > largest:
            raise OSError(0, f"has more than {largest >> 20} MB")
        return file.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{path}: {name} is missing; copy the model again or train it anew") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ModelError(f"{path}: {name} cannot be read ({reason}); copy the model again or train it anew") from error


def brief(value: object) -> str:
    """Write a value of a file for a message: in one line, and not longer than that."""
    text = ascii(value)[1:-1] if isinstance(value, str) else ascii(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _array(name: str, data: bytes) -> NDArray[Any]:
    """Read an array as `np.save` writes it, without a copy: `np.load` takes three times as long.

    The header is read by a pattern of what we write, and not as Python, as numpy does.

    Raises:
        ValueError: if it is something else.
    """
    header = _HEADER.match(data)
    if header is None or int.from_bytes(header["size"], "little") != header.end() - _BEFORE_HEADER:
        raise ValueError(f"{name}: an array of an unknown form")
    shape = tuple(map(int, header["shape"].replace(b" ", b"").strip(b",").split(b",") if header["shape"] else ()))
    array = np.frombuffer(data, np.dtype(header["dtype"].decode()), offset=header.end())
    if array.size != math.prod(shape):
        raise ValueError(f"{name}: more or fewer numbers than its shape has")
    return array.reshape(shape, order="F" if header["order"] == b"True" else "C")


_BEFORE_HEADER = 10
"""Bytes in front of the header: magic word, version, and its size."""
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00(?P<size>..)"
    rb"\{'descr': '(?P<dtype><f[248]|<[iu][48])', 'fortran_order': (?P<order>True|False), "
    rb"'shape': \((?P<shape>(?:\d{1,9}, ){0,3}\d{1,9},?)?\), \} *\n",
    re.DOTALL,
)
