"""Hints of several pages as one, and of none."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinted import HTML_PAGES, random_hints
from linesift.hints import Hints, join_hints, no_hints
from linesift.read.html.page import read_html

PER_LINE = [each.name for each in fields(Hints) if not each.name.startswith("word_")]


def rows_of(hints: Hints) -> list[tuple[object, ...]]:
    """All hints of each line, its words included."""
    words: list[list[tuple[int, int]]] = [[] for _ in range(hints.n_lines)]
    for line, value, level in zip(hints.word_line, hints.word_hash, hints.word_level, strict=True):
        words[line].append((int(value), int(level)))
    values = [getattr(hints, name).tolist() for name in PER_LINE]
    return list(zip(*values, words, strict=True))


def assert_same_types(first: Hints, second: Hints) -> None:
    for each in fields(Hints):
        assert getattr(first, each.name).dtype == getattr(second, each.name).dtype, each.name


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 99)), min_size=1, max_size=4), st.data())
def test_joined_hints_are_those_of_the_kept_lines(pages: list[tuple[int, int]], data: st.DataObject) -> None:
    every = [random_hints("\n".join(["rain", "", "sun", "wind", "", "snow"][:size]), seed) for size, seed in pages]
    rows = [row for hints in every for row in rows_of(hints)]
    kept = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1))))
    joined = join_hints(every, np.array(kept, np.int64))
    assert rows_of(joined) == [rows[place] for place in kept]
    assert (np.diff(joined.word_line) >= 0).all()
    assert_same_types(joined, every[0])


def test_one_page_with_all_its_lines_is_itself() -> None:
    hints = random_hints("rain\nsun\nwind", 4)
    assert join_hints([hints], np.arange(3)).equals(hints)


@pytest.mark.parametrize("n_lines", [0, 1, 5])
def test_no_hints(n_lines: int) -> None:
    hints = no_hints(n_lines)
    assert hints.n_lines == n_lines
    for each in fields(Hints):
        values = getattr(hints, each.name)
        assert len(values) == (0 if each.name.startswith("word_") else n_lines)
        assert not values.any()
    assert_same_types(hints, random_hints("rain", 0))


def test_a_blank_line_has_no_hints() -> None:
    hints = random_hints("rain\n \nsun", 3)
    assert join_hints([hints], np.array([1])).equals(no_hints(1))


@pytest.mark.parametrize("html", [*HTML_PAGES, ""])
def test_hints_of_a_page_have_the_types_of_all_others(html: str) -> None:
    assert_same_types(read_html(html).hints, no_hints(1))


def test_equals() -> None:
    first, second, third = random_hints("rain\nsun", 1), random_hints("rain\nsun", 1), random_hints("rain\nsun", 2)
    assert first.equals(second)
    assert not first.equals(third)
    assert not first.equals(no_hints(2))
