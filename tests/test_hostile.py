"""Inputs that broke something once, kept by `make fuzz`: each is read to its end or refused with a reason."""

import signal
from contextlib import suppress
from pathlib import Path
from random import Random
from types import FrameType

import pytest

from fuzz.__main__ import TARGETS
from fuzz.driver import HOSTILE, Target
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
