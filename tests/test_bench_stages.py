"""The stopwatch of `benchmarks/bench.py`: every stage is where the bench looks for it, and is counted once."""

from itertools import count

import pytest

from benchmarks import bench_stages
from benchmarks.bench_stages import REST, STAGES, Stopwatch, stages
from linesift.features import scan
from linesift.model import model as classifier
from linesift.model.model import Model
from linesift.page import LabelledPage

N_OUTERMOST = 7
"""Calls of a run that no other stage makes: decoding, splitting, classifying, writing, and three groups of columns."""


def test_every_stage_is_met_on_the_way_and_counted_once(
    monkeypatch: pytest.MonkeyPatch, model: Model, pages: list[LabelledPage]
) -> None:
    """The clock ticks whenever it is read, so every call takes time, and the seconds of all stages are those of all."""
    before, ticks = vars(classifier)["decode"], count()
    # The compiled scan has no stages of its own, and is used where many pages were read before in this process.
    monkeypatch.setattr(scan.COMPILED, "choose", lambda _size: None)
    monkeypatch.setattr(bench_stages, "process_time", lambda: float(next(ticks)))
    spent = stages(model, [page.page.text.encode() for page in pages[:3]], 1)
    others = {"read: bytes to text", "split into lines", "write (jsonl)", REST, *bench_stages._ROOMS}
    assert set(spent) == {*STAGES, *others}
    assert min(spent.values()) > 0
    n_texts = 3  # each is decoded in a call of its own
    assert sum(spent.values()) == next(ticks) - (N_OUTERMOST + n_texts - 1)
    assert vars(classifier)["decode"] is before


def test_what_is_inside_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    watch = Stopwatch()
    monkeypatch.setattr(bench_stages, "process_time", lambda: clock[0])

    def takes(seconds: float) -> None:
        clock[0] += seconds

    inner = watch.timed("inner", takes)

    def outer() -> None:
        takes(1)
        inner(10)
        inner(100)

    watch.timed("outer", outer)()
    assert watch.spent == {"outer": 1, "inner": 110}
