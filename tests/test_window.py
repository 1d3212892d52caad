"""Columns of the lines around a line, against a loop over the pages."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import table_of
from hinted import HTML_PAGES, hinted
from linesift.features.batch import Batch, read_batch
from linesift.features.table import MARKUP_COLUMNS, extract
from linesift.hints import no_hints
from linesift.model.lexicon import TARGETS
from linesift.model.window import (
    OWN_HTML_NAMES,
    OWN_TEXT_NAMES,
    Around,
    Neighbourhood,
    n_table_columns,
    own_names,
    padded,
    table_names,
)
from linesift.page import Page
from linesift.read.html.page import read_html
from oracle import Sheet, read_sheet

_PAGE = st.lists(
    st.sampled_from([
        "", "Home", "21 October 2024, 9:20", "Rain", "Read more about the river", "• Sport | News", "水位が上がった。",
        "It rained in the valley for the third day and the river came over the road.", "The river rose. The road shut.",
    ]),
    max_size=10,
).map("\n".join)  # fmt: skip
_BATCH = st.lists(_PAGE.map(Page), min_size=1, max_size=3)
_HTML_BATCH = st.lists(st.builds(hinted, _PAGE, st.integers(0, 99)), min_size=1, max_size=3)
NAN = math.nan


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-score))


class Loop:
    """The columns of one page, one line at a time."""

    def __init__(self, sheet: Sheet, own: dict[str, list[float]]) -> None:
        self.sheet = sheet
        lengths = [line.length for line in sheet.lines]
        words = [min(length, 60.0) for length in lengths]
        likely = [sigmoid(score) for score in own["lexicon.body"]]
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
        }
        if sheet.hints is not None:
            marked = [sigmoid(score) for score in own["markup_lexicon.body"]]
            self.columns |= {
                "window.marked": marked,
                "window.marked_words": [one * other for one, other in zip(marked, words, strict=True)],
                "window.linked": own["markup.link_share"],
                "window.after_marked": own["markup_lexicon.after_body"],
                "window.before_marked": own["markup_lexicon.before_body"],
            }

    def value(self, name: str, row: int) -> float:
        """One column of one line, by its name."""
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
        raise KeyError(what)


def batch_of(pages: Sequence[Page]) -> Batch:
    """All pages with hints, or none."""
    hints = [page.hints for page in pages if page.hints is not None]
    return read_batch([page.text for page in pages], hints or None)


def own_columns(batch: Batch, seed: int) -> NDArray[np.float32]:
    """Columns of the lines themselves, with scores of the lexicons drawn at random."""
    draw = np.random.default_rng(seed)
    words, marks = draw.normal(0, 2, (2, len(TARGETS), len(batch.page))).astype(np.float32)
    own = [extract(batch), words]
    return np.concatenate(own if batch.hints is None else [*own, extract(batch, MARKUP_COLUMNS), marks])


def tables(pages: Sequence[Page], seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Own columns and the table of all lines, with scores drawn at random."""
    batch = batch_of(pages)
    own = own_columns(batch, seed)
    return own, table_of(batch, own)


def loop_columns(pages: Sequence[Page], own: NDArray[Any]) -> list[Loop]:
    """One loop for every page."""
    loops, start = [], 0
    for page in pages:
        sheet = read_sheet(page.text, page.hints)
        rows = slice(start, start + len(sheet.lines))
        names = OWN_TEXT_NAMES if page.hints is None else OWN_HTML_NAMES
        loops.append(Loop(sheet, dict(zip(names, own[:, rows].astype(float).tolist(), strict=True))))
        start = rows.stop
    return loops


def compare(pages: Sequence[Page], seed: int) -> None:
    own, table = tables(pages, seed)
    loops = loop_columns(pages, own)
    for name, fast in zip(table_names(is_html=pages[0].hints is not None), table, strict=True):
        slow = [loop.value(name, row) for loop in loops for row in range(len(loop.sheet.lines))]
        np.testing.assert_allclose(fast, slow, rtol=2e-5, atol=2e-5, err_msg=name)


@given(_BATCH, st.integers(0, 99))
def test_every_column_is_that_of_the_loop(pages: list[Page], seed: int) -> None:
    compare(pages, seed)


@given(_HTML_BATCH, st.integers(0, 99))
def test_every_column_of_pages_with_hints_is_that_of_the_loop(pages: list[Page], seed: int) -> None:
    compare(pages, seed)


def test_every_column_of_html_pages_is_that_of_the_loop() -> None:
    compare([read_html(html).page for html in HTML_PAGES], 5)


@given(_HTML_BATCH, st.integers(0, 99))
def test_a_batch_of_pages_with_hints_is_its_pages_one_by_one(pages: list[Page], seed: int) -> None:
    own, together = tables(pages, seed)
    start = 0
    for page in pages:
        batch = batch_of([page])
        rows = slice(start, start + len(batch.page))
        np.testing.assert_array_equal(together[:, rows], table_of(batch, own[:, rows]))
        start = rows.stop


@pytest.mark.parametrize("is_html", [False, True])
def test_the_columns_of_the_line_itself_come_first(is_html: bool) -> None:
    page = hinted("Rain\nSun\n\nWind", 1) if is_html else Page("Rain\nSun\n\nWind")
    batch = batch_of([page])
    own = own_columns(batch, 0)
    table = table_of(batch, own)
    assert table.dtype == np.float32
    assert len(own) == len(own_names(batch))
    assert len(table) == n_table_columns(is_html=is_html) == len(table_names(is_html=is_html))
    assert table_names(is_html=is_html)[: len(own)] == own_names(batch)
    np.testing.assert_array_equal(table[: len(own)], own)


@pytest.mark.parametrize("is_html", [False, True])
def test_names_are_unique(is_html: bool) -> None:
    names = table_names(is_html=is_html)
    assert len(set(names)) == len(names)


def test_tables_of_html_have_all_columns_of_text() -> None:
    assert set(table_names()) < set(table_names(is_html=True))
    assert OWN_HTML_NAMES[: len(OWN_TEXT_NAMES)] == OWN_TEXT_NAMES


@pytest.mark.parametrize("pages", [
    [Page("")], [Page(""), Page("\n\n")], [Page("", hints=no_hints(1)), Page("\n\n", hints=no_hints(3))],
])  # fmt: skip
def test_pages_without_lines(pages: list[Page]) -> None:
    _, table = tables(pages, 0)
    assert table.shape == (len(table_names(is_html=pages[0].hints is not None)), 0)


def test_neighbours_stay_on_the_page() -> None:
    batch = read_batch(["Rain\nSun\n\nWind", "", "Fog\nHail"])
    values = padded(np.arange(5.0, dtype=np.float32)[None])[0]
    found = values[Around(batch, np.arange(5)).neighbours((1, -2, 9))]
    wanted = np.array([[1, 2, NAN, 4, NAN], [NAN, NAN, 0, NAN, NAN], [NAN] * 5], np.float32)
    np.testing.assert_array_equal(found, wanted)


@given(st.one_of(_BATCH, _HTML_BATCH), st.integers(0, 99), st.data())
def test_some_lines_have_the_columns_that_they_have_among_all(
    pages: list[Page], seed: int, data: st.DataObject
) -> None:
    own, whole = tables(pages, seed)
    n_lines = own.shape[1]
    rows = np.array(data.draw(st.lists(st.integers(0, max(n_lines - 1, 0)), max_size=min(n_lines, 12))), np.int64)
    part = Neighbourhood(batch_of(pages), own).table(rows)
    np.testing.assert_array_equal(part, whole[:, rows])


@pytest.mark.parametrize("score", [-1e4, 1e4])
def test_extreme_log_odds(score: float) -> None:
    """A line full of attributes has log-odds that no power of e holds; it is a share of 0 or 1, without a warning."""
    batch = read_batch(["Rain"])
    own = np.full((len(OWN_TEXT_NAMES), 1), score, np.float32)
    with np.errstate(over="raise"):
        table = table_of(batch, own)
    name = next(name for name in table_names() if name.startswith("window.likely") and name.endswith(".page"))
    assert table[table_names().index(name)].tolist() == [float(score > 0)]
