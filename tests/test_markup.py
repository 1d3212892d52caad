"""Columns of the markup, fast against slow: `features.markup` against the plain loops of `oracle`."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hinted import HTML_PAGES, hinted
from linesift.features.batch import read_batch
from linesift.features.table import MARKUP_COLUMNS, MARKUP_NAMES, extract
from linesift.hints import Hints, no_hints
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html
from oracle import column, read_sheet

_LINE = st.sampled_from([
    "", " ", "Home | News", "•", "21 October 2024, 9:20", "水位が上がった。", "Read more",
    "It rained in the valley for the third day and the river came over the road again.",
])  # fmt: skip
_BATCH = st.lists(
    st.builds(hinted, st.lists(_LINE, max_size=10).map("\n".join), st.integers(0, 999)), min_size=1, max_size=3
)


def hints_of(pages: Sequence[Page]) -> list[Hints]:
    return [page.hints for page in pages if page.hints is not None]


def compare(pages: Sequence[Page]) -> None:
    batch = read_batch([page.text for page in pages], hints_of(pages))
    sheets = [read_sheet(page.text, page.hints) for page in pages]
    for name, fast in zip(MARKUP_NAMES, extract(batch, MARKUP_COLUMNS), strict=True):
        np.testing.assert_allclose(fast, column(name, sheets), rtol=1e-5, atol=1e-6, err_msg=name)


@given(_BATCH)
@example([hinted("", 0)])
@example([hinted("\n\n", 0), hinted("•\n•", 1), hinted("", 2)])
@example([Page("•\nRain\nRain", hints=no_hints(3))])
def test_generated_hints(pages: list[Page]) -> None:
    compare(pages)


def test_our_pages(pages: list[LabelledPage]) -> None:
    for seed, page in enumerate(pages[::3]):
        compare([hinted(page.page.text, seed)])


def test_html_pages() -> None:
    every = [read_html(html).page for html in (*HTML_PAGES, "")]
    compare(every)
    for page in every:
        compare([page])


@given(_BATCH)
def test_a_batch_is_its_pages_one_by_one(pages: list[Page]) -> None:
    together = extract(read_batch([page.text for page in pages], hints_of(pages)), MARKUP_COLUMNS)
    alone = [extract(read_batch([page.text], hints_of([page])), MARKUP_COLUMNS) for page in pages]
    np.testing.assert_array_equal(together, np.concatenate(alone, axis=1))


def test_what_the_markup_of_a_page_says() -> None:
    page = read_html(HTML_PAGES[0]).page
    batch = read_batch([page.text], hints_of([page]))
    rows = dict(zip(page.lines, extract(batch, MARKUP_COLUMNS).T, strict=True))

    def value(line: str, name: str) -> float:
        return float(rows[line][MARKUP_NAMES.index(f"markup.{name}")])

    assert [value(line, "heading") for line in ("Ferry returns to the harbour", "More", "Sport pages")] == [1, 2, 0]
    assert [value(line, "in_frame") for line in ("Sport pages", "More", "About us | Contact")] == [1, 2, 4]
    assert [value(line, "in_list") for line in ("Sport pages", "More")] == [1, 0]
    assert value("Ferry returns to the harbour", "in_article") == 3
    assert value("More", "in_article") == 2
    assert value("The last boat leaves at midnight.", "in_quote") == 1
    assert value("Sport pages", "link_share") == 1
    byline = next(line for line in page.lines if line.startswith("By"))
    assert value(byline, "is_time") == 1
    assert value(byline, "emphasis") > 0
    first = next(line for line in page.lines if line.startswith("The ferry came"))
    assert value(first, "siblings") == value(first, "path_lines") == 2


def test_pages_without_hints_have_no_markup() -> None:
    batch = read_batch(["Rain"])
    with pytest.raises(ValueError, match="have no hints"):
        extract(batch, MARKUP_COLUMNS)


def test_every_column_is_described_in_one_sentence() -> None:
    assert len(set(MARKUP_NAMES)) == len(MARKUP_NAMES)
    for each in MARKUP_COLUMNS:
        assert each.description.endswith("."), each.name
