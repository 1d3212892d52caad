"""Seconds of each stage from bytes to labelled lines, without the stages inside it, for `bench.py`."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from statistics import median
from time import process_time
from typing import Any

import linesift
from linesift.features.batch import read_batch
from linesift.features.layout import LAYOUT
from linesift.features.line import LINE
from linesift.features.table import extract
from linesift.features.topic import TOPIC
from linesift.read.text import decode_text
from linesift.write.tables import jsonl

_BATCH_PAGES = 64
REST = "the rest: groups of pages, predictions"
_SCAN = "linesift.features.scan"
STAGES: dict[str, list[tuple[str, str]]] = {
    "characters": [(_SCAN, "read_chars")],
    "words": [(_SCAN, "find_words")],
    "dates": [(_SCAN, "find_dates")],
    "lines: counts and hashes": [("linesift.model.part", "read_batch")],
    "columns": [("linesift.model.part", "extract")],
    "lexicon": [("linesift.model.lexicon:Lexicon", "scores")],
    "windows (neighbours, sums)": [
        ("linesift.model.window:Neighbourhood", function) for function in ("__init__", "table")
    ],
    "trees or bins": [
        ("linesift.model.trees:TreeScorer", "scores"),
        ("linesift.model.linear:LinearScorer", "scores"),
    ],
    "network": [("linesift.model.network:Network", "scores")],
    "columns of lines in doubt": [("linesift.model.second_look", "look_table")],
    "decode": [("linesift.model.model", "decode")],
}
"""Functions of each stage: the module, or `module:class`, where the caller finds it, and its name there."""
_ROOMS = {"— columns of the line": LINE, "— columns of the layout": LAYOUT, "— columns of the topic": TOPIC}


class Stopwatch:
    """Sums the seconds of stages; time in a stage inside another counts for the inner one alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function so that its seconds are counted for a stage."""

        def run(*args: Any, **kwargs: Any) -> Any:
            self._inside.append(0.0)
            start = process_time()
            result = work(*args, **kwargs)
            whole = process_time() - start
            self.spent[stage] += whole - self._inside.pop()
            if self._inside:
                self._inside[-1] += whole
            return result

        return run

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count the stages of `classify_batch` while this lasts."""
        before = []
        for stage, functions in STAGES.items():
            for place, name in functions:
                module, _, inside = place.partition(":")
                home = getattr(import_module(module), inside) if inside else import_module(module)
                before.append((home, name, getattr(home, name)))
                setattr(home, name, self.timed(stage, getattr(home, name)))
        try:
            yield
        finally:
            for home, name, function in before:
                setattr(home, name, function)


def stages(model: linesift.Model, data: Sequence[bytes], n_runs: int) -> dict[str, float]:
    """Measure the seconds of each stage over all pages, in batches of `_BATCH_PAGES`; medians of `n_runs`."""
    runs = [_run(model, data) for _ in range(n_runs)]
    return {stage: median(run[stage] for run in runs) for stage in runs[0]}


def _run(model: linesift.Model, data: Sequence[bytes]) -> dict[str, float]:
    watch = Stopwatch()
    for start in range(0, len(data), _BATCH_PAGES):
        pages = [
            watch.timed("read: bytes to text", decode_text)(one, "page")[0]
            for one in data[start : start + _BATCH_PAGES]
        ]
        watch.timed("split into lines", lambda: [page.lines for page in pages])()  # noqa: B023 - called here
        with watch.watching():
            found = watch.timed(REST, model.classify_batch)(pages)
        watch.timed("write (jsonl)", lambda: [jsonl(one) for one in found])()  # noqa: B023 - called here
        batch = read_batch([page.text for page in pages])
        for room, columns in _ROOMS.items():
            watch.timed(room, extract)(batch, tuple(columns))
    return {**watch.spent}
