"""The one path from pages to predictions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import random_trees, sure_of_sidebar, with_text
from hinted import HTML_PAGES, hinted
from linesift.features.batch import read_batch
from linesift.labels import LABELS, Label
from linesift.model import model as room
from linesift.model import part
from linesift.model.model import Model
from linesift.model.part import Part, softmax
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html

_LINE = st.one_of(
    st.sampled_from(
        ["", " ", "\r", "\u2028", "Home | News", "21 October 2024, 9:20", "5", "ago", "水位が上がった。", "\0"]
    ),
    st.sampled_from(["The river rose for the third day and the road to the harbour was closed, the council said."]),
    st.text(st.characters(exclude_categories=[]), max_size=12),
)
_PAGE = st.lists(_LINE, max_size=10).map("\n".join)


def assert_sound(prediction: Prediction) -> None:
    """n lines in, n out; labels and probabilities on lines that are not blank, and on no others."""
    lines = prediction.page.lines
    assert len(prediction.labels) == len(lines)
    assert prediction.probabilities.shape == (len(lines), len(LABELS))
    assert prediction.probabilities.dtype == np.float32
    is_inked = np.array([bool(line.strip()) for line in lines])
    assert [label is not None for label in prediction.labels] == is_inked.tolist()
    assert all(label is None or isinstance(label, Label) for label in prediction.labels)
    np.testing.assert_allclose(prediction.probabilities.sum(axis=1), is_inked, atol=1e-5)
    assert (prediction.probabilities >= 0).all()


def assert_same(first: Prediction, second: Prediction) -> None:
    assert first.page == second.page
    assert first.labels == second.labels
    np.testing.assert_allclose(first.probabilities, second.probabilities, atol=1e-5)


@given(_PAGE)
def test_n_lines_in_n_out(model: Model, text: str) -> None:
    prediction = model.classify(text)
    assert prediction.page == Page(text)
    assert_sound(prediction)


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", " \t\r\n\u2028", "\x0b"])
def test_blank_pages(model: Model, text: str) -> None:
    prediction = model.classify(text)
    assert_sound(prediction)
    assert set(prediction.labels) == {None}
    assert not prediction.probabilities.any()
    assert prediction.article().text == ""


def test_no_pages(model: Model) -> None:
    assert model.classify_batch([]) == []
    assert model.classify_batch(iter([])) == []


def test_pages_keep_their_order_and_source(model: Model) -> None:
    pages: list[str | Page] = [Page("Rain\n\nSun", "a"), "", Page("Wind", "b"), "\n"]
    found = [prediction.page for prediction in model.classify_batch(iter(pages))]
    assert found == [Page("Rain\n\nSun", "a"), Page(""), Page("Wind", "b"), Page("\n")]


@pytest.mark.parametrize("is_sure", [False, True])
def test_a_batch_of_our_pages_is_the_pages_one_by_one(model: Model, pages: list[LabelledPage], is_sure: bool) -> None:
    """With trees that are sure of most lines the networks read only a part of each page."""
    model = sure_of_sidebar(model) if is_sure else model
    texts = [page.page for page in pages]
    for together, page in zip(model.classify_batch(texts), texts, strict=True):
        assert_same(together, model.classify(page))


def test_groups_do_not_show(model: Model, pages: list[LabelledPage], monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [page.page for page in pages[:6]]
    whole = model.classify_batch(texts)
    for size in (1, 5000):
        monkeypatch.setattr(room, "_GROUP_CHARS", size)
        for one, other in zip(model.classify_batch(texts), whole, strict=True):
            assert_same(one, other)


def test_a_large_page_is_a_group_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_GROUP_CHARS", 10)
    groups = room._groups([Page("a" * size) for size in (4, 4, 4, 25, 1, 9, 1)])
    assert [[len(page.text) for page in group] for group in groups] == [[4, 4], [4], [25], [1, 9], [1]]


# --- pages with hints -------------------------------------------------------------------------------------------------

_EITHER = st.one_of(_PAGE.map(Page), st.builds(hinted, _PAGE, st.integers(0, 99)))


@given(st.lists(_EITHER, max_size=5))
def test_pages_with_and_without_hints_in_one_batch(html_model: Model, pages: list[Page]) -> None:
    found = html_model.classify_batch(iter(pages))
    assert len(found) == len(pages)
    for together, page in zip(found, pages, strict=True):
        assert together.page is page
        assert_sound(together)
        assert_same(together, html_model.classify(page))


@pytest.mark.parametrize("is_sure", [False, True])
def test_html_pages_and_our_pages_in_one_batch(html_model: Model, pages: list[LabelledPage], is_sure: bool) -> None:
    html_model = sure_of_sidebar(html_model) if is_sure else html_model
    every = [read_html(html).page for html in (*HTML_PAGES, "")]
    every[2:2] = [page.page for page in pages[:3]]
    for together, page in zip(html_model.classify_batch(every), every, strict=True):
        assert_sound(together)
        if page.lines != ["Rain"]:  # a page without words of attributes; see test_tokens
            assert_same(together, html_model.classify(page))


def test_hints_choose_the_part(model: Model, html_model: Model) -> None:
    text = "Home | News\n\nThe river rose for the third day.\n21 October 2024"
    page = hinted(text, 5)
    assert html_model.html is not None
    # Without a part for HTML the hints are not looked at; with one, pages without hints do not see it.
    np.testing.assert_array_equal(model.classify(page).probabilities, model.classify(text).probabilities)
    assert_same(html_model.classify(text), model.classify(text))
    assert_same(html_model.classify(page), replace(html_model, text=html_model.html).classify(page))
    assert not np.allclose(html_model.classify(page).probabilities, model.classify(page).probabilities, atol=1e-3)
    other = hinted(text, 6)
    assert not np.allclose(html_model.classify(page).probabilities, html_model.classify(other).probabilities, atol=1e-3)


def test_a_group_has_pages_of_one_kind() -> None:
    pages = [Page("a"), Page("b"), hinted("c", 1), hinted("d", 2), Page("e"), hinted("f", 3)]
    assert ["".join(page.text for page in group) for group in room._groups(pages)] == ["ab", "cd", "e", "f"]


@given(_PAGE, st.integers(0, 99))
def test_n_lines_in_n_out_with_hints(html_model: Model, text: str, seed: int) -> None:
    assert_sound(html_model.classify(hinted(text, seed)))


@pytest.mark.parametrize("tile", [1, 7, 64])
def test_tiles_do_not_show(
    html_model: Model, pages: list[LabelledPage], tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [pages[0].page, hinted(pages[1].page.text, 3)]
    whole = html_model.classify_batch(batch)
    monkeypatch.setattr(part, "_TILE_LINES", tile)
    for one, other in zip(whole, html_model.classify_batch(batch), strict=True):
        assert_same(one, other)


def test_a_page_of_two_hundred_thousand_lines(model: Model, table: NDArray[np.float32]) -> None:
    small = Model(Part(model.text.lexicon, random_trees(table, seed=1, n_trees=4), model.text.networks))
    lines = ["Home | News", "", "The river rose for the third day.", "21 October 2024, 9:20"] * 50_000
    prediction = small.classify("\n".join(lines))
    assert len(prediction.labels) == 200_000
    assert [label is None for label in prediction.labels[:4]] == [False, True, False, False]
    np.testing.assert_allclose(prediction.probabilities[2::4].sum(axis=1), 1, atol=1e-5)


def test_a_line_of_ten_million_characters(model: Model) -> None:
    prediction = model.classify("Rain\n" + "rain " * 2_000_000 + "\n\nSun")
    assert_sound(prediction)


def test_probabilities_of_a_batch_are_those_of_its_lines(model: Model) -> None:
    texts = ["Rain\n\nSun and wind", "", "Wind"]
    probabilities = model.probabilities(read_batch(texts))
    predictions = model.classify_batch(texts)
    rows = [predictions[0].probabilities[[0, 2]], predictions[2].probabilities]
    np.testing.assert_array_equal(probabilities, np.concatenate(rows))


def test_temperature_flattens(model: Model) -> None:
    hot, cold = (with_text(model, temperature=temperature) for temperature in (50.0, 0.1))
    text = "Home | News\nThe river rose for the third day.\n21 October 2024"
    assert hot.classify(text).probabilities.max() < model.classify(text).probabilities.max()
    assert cold.classify(text).probabilities.max() > model.classify(text).probabilities.max()


def test_log_odds_are_the_weighted_mean_of_trees_and_networks(model: Model, pages: list[LabelledPage]) -> None:
    text = replace(model.text, network_share=0.65, second_look=None)
    batch = text.read([page.page for page in pages[:5]])
    trees = replace(text, networks=())
    own = text.neighbourhood(batch).own
    first, second = (network.scores(own, batch.nonempty_sizes) for network in text.networks)
    of_networks = (first + second) / np.float32(2 * text.temperature)
    mean = np.float32(0.35) * trees.log_odds(batch) + np.float32(0.65) * of_networks
    np.testing.assert_allclose(text.log_odds(batch), mean, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(text.probabilities(batch), softmax(mean), atol=1e-5)
    assert not np.allclose(text.probabilities(batch), trees.probabilities(batch), atol=0.05)


def test_the_scorer_stands_alone_without_a_network(model: Model) -> None:
    alone = with_text(model, networks=(), second_look=None)
    text = "Home | News\nThe river rose for the third day.\n21 October 2024"
    batch = alone.text.read([Page(text)])
    scores = alone.text.scorer.scores(alone.text.neighbourhood(batch).table(np.arange(3)))
    np.testing.assert_allclose(alone.classify(text).probabilities, softmax(scores / np.float32(1.25)), atol=1e-6)


def test_softmax() -> None:
    shares = softmax(np.array([[0, 0, 0, 0], [1000, 0, 0, 0], [-1e30, -1e30, -1e30, 0]], np.float32))
    np.testing.assert_allclose(shares, np.array([[0.25] * 4, [1, 0, 0, 0], [0, 0, 0, 1]]))
