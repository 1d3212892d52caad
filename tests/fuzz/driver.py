"""Run targets on made inputs, each in a process of its own that a bound of time or memory may end."""

import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random
from typing import Any

from fuzz.inputs import make_input
from linesift.errors import LinesiftError

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT / "tests" / "data" / "hostile"
"""Inputs that broke something once, in a directory for each target; `tests/test_hostile.py` runs them."""

CPU_SECONDS = 2.0
"""CPU time of one input; a longer one counts as a hang. Waiting does not count, because the machine may be busy."""
MEGABYTES = 1024
"""Memory that one input may add to that of the process."""
_SLICE = 20.0
"""Seconds of a process before the next target has its turn."""
_WAITING = 300.0
"""Seconds after its slice until a process counts as blocked."""
_MOST_SEEDS = 40
_ADDRESS_SPACE = 6 << 30
"""Bytes of a process, so that an input cannot take the machine down before it is measured."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that reads hostile input."""

    name: str
    run: Callable[[bytes], object]
    """Reads the input. Errors of linesift are answers; any other is a finding."""
    fragments: Sequence[bytes]
    """Pieces that inputs are made of; `%d` in one becomes a number when it is repeated."""
    seeds: tuple[str, ...] = ()
    """Ordinary inputs, to be changed: files of the project, as patterns. Those in `HOSTILE` are added."""
    longest: int = 100_000
    """Most bytes of an input."""

    def make(self, number: int) -> bytes:
        """Make an input; the same number always gives the same one."""
        return make_input(
            Random(f"{self.name} {number}"), self.fragments, read_seeds(self.name, self.seeds), self.longest
        )


@cache
def read_seeds(name: str, patterns: tuple[str, ...]) -> tuple[bytes, ...]:
    """Read the inputs that a target changes."""
    ordinary = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))[:_MOST_SEEDS]]
    return tuple(path.read_bytes() for path in (*ordinary, *sorted((HOSTILE / name).glob("*"))))


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that broke a bound or raised something else than an error of linesift."""

    target: str
    number: int
    reason: str
    data: bytes


def fuzz(targets: Sequence[Target], minutes: float, first: int = 0) -> Iterator[tuple[Finding | None, int]]:
    """Run all targets in turns until the time is over.

    Args:
        targets: what to run.
        minutes: how long.
        first: number of the first input of every target.

    Yields:
        After each slice a finding or `None`, and the number of inputs of the slice.
    """
    end = time.monotonic() + 60 * minutes
    numbers = dict.fromkeys((target.name for target in targets), first)
    while time.monotonic() < end:
        for target in targets:
            seconds = min(_SLICE, 60 * minutes / len(targets))
            finding, number = _run_slice(target, numbers[target.name], seconds)
            done, numbers[target.name] = number - numbers[target.name], number
            yield finding, done


def check(target: Target, data: bytes) -> Finding | None:
    """Run one input in a process with the bounds."""
    return _watch(target, [data], 0, _SLICE)[0]


def _run_slice(target: Target, first: int, seconds: float) -> tuple[Finding | None, int]:
    return _watch(target, None, first, seconds)


def _watch(target: Target, data: list[bytes] | None, first: int, seconds: float) -> tuple[Finding | None, int]:
    """Run a process over one input or over made ones; give a finding, and the number of the next input."""
    os.environ["OMP_NUM_THREADS"] = "1"  # of the process: threads that wait for each other would count as CPU time
    context = multiprocessing.get_context("spawn")
    current = context.Value("q", first)
    failures: Queue[str] = context.Queue()
    process = context.Process(target=_work, args=(target, data, current, failures, seconds), daemon=True)
    process.start()
    process.join(seconds + _WAITING)
    number = int(current.value)
    reason = ""
    if process.is_alive():
        process.kill()
        process.join()
        reason = f"blocked for {_WAITING:.0f} seconds"
    elif process.exitcode == -signal.SIGPROF:
        reason = f"more than {CPU_SECONDS} seconds"
    elif process.exitcode == 1:
        reason = failures.get(timeout=10)
    elif process.exitcode:
        reason = f"the process ended with {process.exitcode}"
    if not reason:
        return None, number
    return Finding(target.name, number, reason, data[0] if data else target.make(number)), number + 1


def _work(target: Target, data: list[bytes] | None, current: Any, failures: "Queue[str]", seconds: float) -> None:
    """Run inputs until the slice is over; exit 1 with the reason of a failure."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    sys.setrecursionlimit(1000)
    _run_quietly(target, b"A page\n\nof two lines.")  # loads what the target needs, before the clock starts
    before = _peak()
    end = time.monotonic() + seconds
    for number in count(current.value):
        if time.monotonic() > end:
            return
        current.value = number
        made = data[0] if data else target.make(number)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        problem = _run_quietly(target, made)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if not problem and _peak() - before > MEGABYTES:
            problem = f"{_peak() - before} MB"
        if problem:
            failures.put(problem)
            failures.close()
            failures.join_thread()
            raise SystemExit(1)
        if data:
            return


def _run_quietly(target: Target, data: bytes) -> str:
    """Run one input; the traceback of what it raised, empty if that was nothing or an error of linesift."""
    try:
        target.run(data)
    except LinesiftError:
        return ""
    except BaseException:  # noqa: BLE001 - whatever it raises is what is looked for
        return traceback.format_exc(limit=-6)
    return ""


def _peak() -> int:
    """Most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
