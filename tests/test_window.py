"""Columns of the lines around a line, against a loop over the pages."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linesift.features import topic
from linesift.features.batch import read_batch
from linesift.features.table import extract
from linesift.labels import LABELS
from linesift.model.lexicon import TARGETS
from linesift.model.window import OWN_NAMES, first_pass_table, second_pass_table, shifted, table_names
from oracle import Sheet, read_sheet, shared

_PAGE = st.lists(
    st.sampled_from([
        "", "Home", "21 October 2024, 9:20", "Rain", "Read more about the river", "• Sport | News", "水位が上がった。",
        "It rained in the valley for the third day and the river came over the road.", "The river rose. The road shut.",
    ]),
    max_size=10,
).map("\n".join)  # fmt: skip
_BATCH = st.lists(_PAGE, min_size=1, max_size=3)
NAN = math.nan


class Loop:
    """The columns of one page, one line at a time."""

    def __init__(self, sheet: Sheet, own: dict[str, list[float]], chances: list[list[float]]) -> None:
        self.sheet, self.own, self.chances = sheet, own, chances
        lengths = [line.length for line in sheet.lines]
        words = [min(length, 60.0) for length in lengths]
        likely = [1 / (1 + math.exp(-score)) for score in own["lexicon.body"]]
        body = [row[1] for row in chances]
        self.columns: dict[str, list[float]] = {
            **own,
            "window.words": words,
            "window.likely": likely,
            "window.likely_words": [one * other for one, other in zip(likely, words, strict=True)],
            "window.long": [float(line.is_long) for line in sheet.lines],
            "window.short": [float(length < 4) for length in lengths],
            "window.dated": [float(line.strength >= 3) for line in sheet.lines],
            "window.after_body": own["lexicon.after_body"],
            "window.before_body": own["lexicon.before_body"],
            "pass.body_words": [one * other for one, other in zip(body, lengths, strict=True)],
            **{f"pass.{label}": [row[label.column] for row in chances] for label in LABELS},
        }

    def value(self, name: str, row: int) -> float:
        """One column of one line, by its name."""
        if name in ("pass.shared_share", "pass.shared_weight"):
            return shared(self.sheet, row, self.columns["pass.body"])[name == "pass.shared_weight"]
        if name in ("pass.rows_from_first_body", "pass.rows_from_last_body"):
            bodies = [place for place, value in enumerate(self.columns["pass.body"]) if value > 0.5]
            return row - bodies[-1 if "last" in name else 0] if bodies else NAN
        if name in self.columns:
            return self.columns[name][row]
        if "@" in name:
            base, _, step = name.partition("@")
            values, other = self.columns[base], row + int(step)
            return values[other] if 0 <= other < len(values) else NAN
        base, _, what = name.rpartition(".")
        return self.summary(self.columns[base], what, row)

    @staticmethod
    def summary(values: Sequence[float], what: str, row: int) -> float:
        """What is said of a column around a row, by the last part of its name."""
        if what.startswith("above"):
            return sum(values[max(0, row - int(what[5:])) : row])
        if what.startswith("below"):
            return sum(values[row + 1 : row + 1 + int(what[5:])])
        if what == "page":
            return sum(values)
        if what == "share_above":
            return sum(values[:row]) / max(sum(values), 1e-3)
        if what == "of_best":
            return values[row] / max(*values, 1e-6)
        if what == "rows_from_best":
            return row - max(place for place, value in enumerate(values) if value == max(values))
        raise KeyError(what)


def tables(texts: list[str], seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Own columns, a second pass's table and the chances it was made with; scores and chances drawn at random."""
    draw = np.random.default_rng(seed)
    batch = read_batch(texts)
    own = np.concatenate((extract(batch), draw.normal(0, 2, (len(TARGETS), len(batch.page))).astype(np.float32)))
    chances = draw.dirichlet([0.4] * len(LABELS), len(batch.page)).astype(np.float32).reshape(-1, len(LABELS))
    return own, second_pass_table(batch, first_pass_table(batch, own), chances), chances


def loop_columns(texts: list[str], own: NDArray[Any], chances: NDArray[Any]) -> list[Loop]:
    """One loop for every page."""
    loops, start = [], 0
    for text in texts:
        sheet = read_sheet(text)
        rows = slice(start, start + len(sheet.lines))
        columns = dict(zip(OWN_NAMES, own[:, rows].astype(float).tolist(), strict=True))
        loops.append(Loop(sheet, columns, chances[rows].astype(float).tolist()))
        start = rows.stop
    return loops


# "window.dated" follows `line.date`, the topic columns what `test_topic` says of them.
LEFT_OUT = ("window.dated", "pass.shared_")


@given(_BATCH, st.integers(0, 99))
def test_every_column_is_that_of_the_loop(texts: list[str], seed: int) -> None:
    own, table, chances = tables(texts, seed)
    loops = loop_columns(texts, own, chances)
    for name, fast in zip(table_names(), table, strict=True):
        if not name.startswith(LEFT_OUT):
            slow = [loop.value(name, row) for loop in loops for row in range(len(loop.sheet.lines))]
            np.testing.assert_allclose(fast, slow, rtol=2e-5, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("seed", range(3))
def test_columns_left_out_on_a_page_without_traps(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic, "_LOAD", 1 << 12)
    end = "The water rose and everything beside that river went under, said everyone."
    text = f"Rain\n\nWater rises again\nOctober 21\n{end}"
    own, table, chances = tables([text], seed)
    (loop,) = loop_columns([text], own, chances)
    for name, fast in zip(table_names(), table, strict=True):
        if name.startswith(LEFT_OUT):
            np.testing.assert_allclose(fast, [loop.value(name, row) for row in range(4)], rtol=2e-5, err_msg=name)


def test_the_first_table_is_the_beginning_of_the_second() -> None:
    batch = read_batch(["Rain\nSun\n\nWind"])
    own = np.concatenate((extract(batch), np.zeros((len(TARGETS), 3), np.float32)))
    first = first_pass_table(batch, own)
    second = second_pass_table(batch, first, np.full((3, 4), 0.25, np.float32))
    assert first.dtype == second.dtype == np.float32
    assert len(second) == len(table_names())
    np.testing.assert_array_equal(second[: len(first)], first)
    np.testing.assert_array_equal(first[: len(own)], own)


def test_names_are_unique() -> None:
    assert len(set(table_names())) == len(table_names())


@pytest.mark.parametrize("texts", [[""], ["", "\n\n"]])
def test_pages_without_lines(texts: list[str]) -> None:
    _, table, _ = tables(texts, 0)
    assert table.shape == (len(table_names()), 0)


def test_shifted_stays_on_the_page() -> None:
    page = np.array([0, 0, 0, 1, 1], np.int32)
    values = np.arange(5.0)
    np.testing.assert_array_equal(shifted(values, 1, page), np.array([1, 2, NAN, 4, NAN], np.float32))
    np.testing.assert_array_equal(shifted(values, -2, page), np.array([NAN, NAN, 0, NAN, NAN], np.float32))
    assert np.isnan(shifted(values, 9, page)).all()
