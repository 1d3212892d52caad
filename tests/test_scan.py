"""One pass over the characters: pieces, overlong lines, blank lines."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.features import scan as room
from linesift.features.scan import MAX_LINE, LineScan, join_pages, scan
from linesift.page import LabelledPage

_TEXT = st.lists(
    st.one_of(
        st.sampled_from(["", " ", "\r", "21 October 2024, 9:20", "•", "水位が上がった。", "It rained. Again?"]),
        st.text(st.characters(exclude_characters="\n"), max_size=8),
    ),
    max_size=12,
).map("\n".join)


def assert_same(first: LineScan, second: LineScan) -> None:
    for each in fields(LineScan):
        one, other = getattr(first, each.name), getattr(second, each.name)
        assert one.dtype == other.dtype, each.name
        np.testing.assert_array_equal(one, other, each.name)


@given(_TEXT, st.integers(1, 40))
def test_pieces_do_not_show(text: str, size: int) -> None:
    whole = scan(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "PIECE", size)
        assert_same(scan(text), whole)


def test_pieces_of_our_pages(pages: list[LabelledPage], monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(page.page.text for page in pages)
    whole = scan(text)
    for size in (1, 1000, 1 << 15):
        monkeypatch.setattr(room, "PIECE", size)
        assert_same(scan(text), whole)


@given(_TEXT)
def test_lines_that_are_not_blank(text: str) -> None:
    inked = [number for number, line in enumerate(text.split("\n")) if line.strip()]
    assert scan(text).number.tolist() == inked


def test_the_rest_of_an_overlong_line_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_LINE", 20)
    lines = ["rain " * 4, "short", "", "rain " * 400, "sun " * 5 + "9:20", "end."]
    assert_same(scan("\n".join(lines)), scan("\n".join(line[:20] for line in lines)))


def test_an_overlong_indent_does_not_make_a_line_blank() -> None:
    assert scan(" " * (MAX_LINE + 1) + "rain").number.tolist() == [0]


def test_a_line_of_ten_million_characters() -> None:
    found = scan("Rain.\n" + "rain 12 " * 1_250_000 + "\nSun.")
    assert found.number.tolist() == [0, 1, 2]
    assert found.n_chars.tolist() == [5, MAX_LINE - 1, 4]
    assert len(found.word_hash) == 2 + MAX_LINE // 4


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", " \r\n\t\n\u2028", "\x1c\x85"])
def test_nothing_but_blank_lines(text: str) -> None:
    found = scan(text)
    assert all(len(getattr(found, each.name)) == 0 for each in fields(LineScan))


def test_join_pages() -> None:
    text, offsets = join_pages(["a\nb", "", "c\n"])
    assert text.split("\n") == ["a", "b", "", "c", ""]
    assert offsets.tolist() == [0, 2, 3, 5]


def test_counts_are_cut_not_wrapped() -> None:
    found = scan("1 " * 300 + "x" * 300)
    assert found.dates.max() == 255
    assert found.word_size.max() == 255
    assert found.longest.tolist() == [300]
