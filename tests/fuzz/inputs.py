"""Make hostile inputs: ordinary ones changed, and fragments repeated, with counters in them, up to the longest."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

_BYTES = (
    b"\0",
    b"\n",
    b"\r\n",
    b" ",
    b"\t",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xc2\x85",
    b"\xf0\x9f\x98\x80",
)
_NUMBERS = (b"0", b"-1", b"99999999999999999999", b"1e999", b"2147483648", b"NaN", b"\xd9\xa3", b"0.5")
_MOST_CHANGES = 6
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


def read_fragments(name: str) -> tuple[bytes, ...]:
    r"""Read `fragments/NAME.txt`: one on each line, with bytes that a line cannot show as `\x0a`."""
    lines = (Path(__file__).parent / "fragments" / f"{name}.txt").read_bytes().splitlines()
    return tuple(_ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), line) for line in lines)


def make_input(draw: Random, fragments: Sequence[bytes], seeds: Sequence[bytes], longest: int) -> bytes:
    """Make one input of at most `longest` bytes."""
    data = draw.choice(seeds) if seeds and draw.random() < 0.6 else b""
    size = int(longest ** draw.uniform(0.2, 1.0))
    for _ in range(draw.randint(1, _MOST_CHANGES)):
        data = draw.choice(_CHANGES)(draw, data, (fragments, size))
    return data[:longest]


_Given = tuple[Sequence[bytes], int]
"""Fragments, and the bytes that repeated ones may take."""


def _insert(draw: Random, data: bytes, given: _Given) -> bytes:
    return _put(draw, data, _fragment(draw, given))


def _repeat(draw: Random, data: bytes, given: _Given) -> bytes:
    """Insert a sequence of fragments many times."""
    unit = b"".join(_fragment(draw, given) for _ in range(draw.choice((1, 1, 2, 2, 3))))
    times = max(1, int((given[1] / max(len(unit), 1)) ** draw.uniform(0.3, 1)))
    return _put(draw, data, b"".join(_numbered(unit, number) for number in range(times)))


def _repeat_around(draw: Random, data: bytes, given: _Given) -> bytes:
    """Put many fragments before the data and many others behind, as markup that nests does."""
    begin, end = _fragment(draw, given), _fragment(draw, given)
    times = max(1, int((given[1] / max(len(begin) + len(end), 1)) ** draw.uniform(0.3, 1)))
    before = b"".join(_numbered(begin, number) for number in range(times))
    return before + data + b"".join(_numbered(end, number) for number in range(times))


def _delete(draw: Random, data: bytes, _given: _Given) -> bytes:
    start, end = sorted((draw.randint(0, len(data)), draw.randint(0, len(data))))
    return data[:start] + data[end:]


def _double(draw: Random, data: bytes, given: _Given) -> bytes:
    start = draw.randint(0, len(data))
    part = data[start : start + draw.randint(0, 200)]
    return _put(draw, data, part * max(1, min(given[1] // max(len(part), 1), 50)))


def _flip(draw: Random, data: bytes, _given: _Given) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randint(1, 8) if data else 0):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _truncate(draw: Random, data: bytes, _given: _Given) -> bytes:
    return data[: draw.randint(0, len(data))]


_CHANGES: tuple[Callable[[Random, bytes, _Given], bytes], ...] = (
    _insert,
    _insert,
    _repeat,
    _repeat,
    _repeat_around,
    _delete,
    _double,
    _flip,
    _truncate,
)


def _fragment(draw: Random, given: _Given) -> bytes:
    kind = draw.random()
    if kind < 0.1:
        return draw.choice(_BYTES)
    if kind < 0.15:
        return draw.choice(_NUMBERS)
    if kind < 0.2:
        return draw.randbytes(draw.randint(1, 12))
    return draw.choice(given[0])


def _numbered(unit: bytes, number: int) -> bytes:
    return unit.replace(b"%d", str(number).encode())


def _put(draw: Random, data: bytes, part: bytes) -> bytes:
    place = draw.choice((0, len(data), draw.randint(0, len(data))))
    return data[:place] + part + data[place:]
