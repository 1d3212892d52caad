"""Inputs that broke something once, kept by `make fuzz`: each is read to its end or refused with a reason."""

import gzip
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from types import FrameType

import pytest

from fuzz.__main__ import TARGETS
from fuzz.driver import HOSTILE, Target, check
from fuzz.inputs import make_input, read_fragments
from linesift.errors import LinesiftError

KEPT = sorted(path for path in HOSTILE.glob("*/*") if path.parent.name in TARGETS)
HANG = 60
"""Seconds of CPU time after which a test fails; each of these inputs takes a small part of one."""


def test_every_kept_input_has_a_target() -> None:
    assert sorted(HOSTILE.glob("*/*")) == KEPT


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_kept_input(path: Path) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(path.name)

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, HANG)
    try:
        with suppress(LinesiftError):  # an answer
            TARGETS[path.parent.name].run(path.read_bytes())
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def numbered(piece: bytes, n: int) -> bytes:
    return b"".join(piece % number for number in range(n))


def nested(n_levels: int, n_names: int) -> bytes:
    names = (b" ".join(b"n%d-%d" % (level, name) for name in range(n_names)) for level in range(n_levels))
    return b"".join(b'<div class="%b">' % each for each in names)


ATTACK: dict[str, tuple[str, Callable[[], bytes]]] = {
    "comments": ("sniffed", lambda: b"<!---->" * 40),
    "charset": ("html", lambda: b"\xff<meta charset=" + b" " * 8_000),
    "open formatting elements": ("html", lambda: numbered(b"<p><b id=a%d>x", 2_000)),
    "more of them": ("html", lambda: numbered(b"<p><b id=a%d>x", 6_000)),
    "options": ("html", lambda: b"<select>" + b"<option>x" * 80_000),
    "nested tables": ("html", lambda: b"<table><tr><td>" * 1_000 + b"<p>x" * 100_000),
    "attributes": ("html", lambda: b"<a " + numbered(b'a%d=">" ', 40_000)),
    "ends that are ignored": ("html", lambda: b"<div></x>" * 40_000),
    "ends in comments": ("html", lambda: b"<div><!--</div>-->" * 40_000),
    "classes": ("html", lambda: nested(8, 133) + b"<p>x" * 20_000),
    "lines of numbers": ("text", lambda: b"A headline\n" + b"20 21 22 23 24 25 26 27 28 29 30 31\n" * 8_000),
    "heads of records": ("warc", lambda: b"WARC/1.0\n" * 20_000),
    "records that claim too much": ("warc", lambda: b"WARC/1.0\r\nContent-Length: 45000000\r\n\r\n" * 2_000),
    "packed line ends": ("warc", lambda: gzip.compress(b"\n" * 50_000_000)),
    "a packed page of lines": ("jsonl", lambda: gzip.compress(b'{"text": "' + b"x\\n" * 16_000_000 + b'"}\n')),
}
"""Inputs that took seconds to hours, or gigabytes, in full size."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTACK)
def test_an_input_is_done_within_the_bounds_of_fuzzing(name: str) -> None:
    target, make = ATTACK[name]
    finding = check(TARGETS[target], make())
    assert finding is None or finding.reason == ""


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_the_same_number_makes_the_same_input(target: Target) -> None:
    made = [target.make(number) for number in range(3)]
    assert made == [target.make(number) for number in range(3)]
    assert all(len(data) <= target.longest for data in made)
    assert len(set(made)) > 1


def test_counters_in_fragments() -> None:
    assert b"\r\n" in read_fragments("warc")
    made = [make_input(Random(seed), [b"<%d>"], [], 400) for seed in range(30)]  # noqa: S311 - the same on every run
    assert any(b"<0>" in data and b"<1>" in data for data in made)
