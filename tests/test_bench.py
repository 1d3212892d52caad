"""The stopwatch of `benchmarks/bench.py`: every stage is where the bench looks for it, and is counted once."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from linesift.model import model as classifier
from linesift.model.model import Model
from linesift.page import LabelledPage

SCRIPT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "bench_stages.py"))


def test_every_stage_is_met_on_the_way(model: Model, pages: list[LabelledPage]) -> None:
    before = vars(classifier)["decode"]
    spent = SCRIPT["stages"](model, [page.page.text.encode() for page in pages[:3]], 1)
    others = {"read: bytes to text", "split into lines", "write (jsonl)", SCRIPT["REST"], *SCRIPT["_ROOMS"]}
    assert set(spent) == {*SCRIPT["STAGES"], *others}
    assert min(spent.values()) >= 0
    assert vars(classifier)["decode"] is before


def test_what_is_inside_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    watch = SCRIPT["Stopwatch"]()
    monkeypatch.setitem(watch.timed.__func__.__globals__, "process_time", lambda: clock[0])

    def takes(seconds: float) -> None:
        clock[0] += seconds

    inner = watch.timed("inner", takes)

    def outer() -> None:
        takes(1)
        inner(10)
        inner(100)

    watch.timed("outer", outer)()
    assert watch.spent == {"outer": 1, "inner": 110}
