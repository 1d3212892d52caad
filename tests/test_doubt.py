"""Which lines the networks read, and which are in doubt."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from conftest import sure_of_sidebar
from linesift.features.batch import read_batch
from linesift.labels import LABELS, Label
from linesift.model.doubt import SURE, doubtful, lines_to_read
from linesift.model.model import Model
from linesift.model.part import softmax, spans_of
from linesift.page import LabelledPage

AROUND = 4


@given(st.lists(st.lists(st.booleans(), min_size=0, max_size=24), min_size=1, max_size=5))
def test_open_lines_are_read_with_the_lines_around_them_on_their_page(pages: list[list[bool]]) -> None:
    batch = read_batch(["\n".join("line" for _ in page) for page in pages])
    is_open = np.array([each for page in pages for each in page], np.bool_)
    sidebar = np.where(is_open, SURE - 0.01, SURE + 0.01)
    probabilities = np.full((len(is_open), len(LABELS)), 0.0, np.float32)
    probabilities[:, Label.SIDEBAR.column], probabilities[:, Label.BODY.column] = sidebar, 1 - sidebar
    expected, start = [], 0
    for page in pages:
        near = [any(page[max(row - AROUND, 0) : row + AROUND + 1]) for row in range(len(page))]
        expected += [start + row for row, is_near in enumerate(near) if is_near]
        start += len(page)
    assert lines_to_read(batch, probabilities).tolist() == expected


def test_a_line_is_in_doubt_if_no_label_is_sure() -> None:
    probabilities = np.array([[0.01, 0.96, 0.02, 0.01], [0.5, 0.3, 0.1, 0.1], [0, 0, 0.94, 0.06]], np.float32)
    assert doubtful(probabilities).tolist() == [1, 2]


def test_lines_that_the_networks_do_not_read_have_the_scores_of_the_trees(
    model: Model, pages: list[LabelledPage]
) -> None:
    text = replace(sure_of_sidebar(model).text, second_look=None)
    batch = text.read([page.page for page in pages[:20]])
    around = text.neighbourhood(batch)
    of_trees = text.scorer_scores(around)
    rows = lines_to_read(batch, softmax(of_trees))
    left = np.setdiff1d(np.arange(len(batch.page)), rows)
    assert min(len(rows), len(left)) > 20
    found = text.first_log_odds(batch, around)
    np.testing.assert_array_equal(found[left], of_trees[left] / np.float32(text.sure_temperature))
    own, spans = around.own.take(rows, axis=1), spans_of(batch.page[rows])
    of_networks = sum(network.scores(own, spans) for network in text.networks) / len(text.networks)
    of_scorer = np.float32(1 - text.network_share) * of_trees[rows]
    expected = (of_scorer + np.float32(text.network_share) * of_networks) / np.float32(text.temperature)
    np.testing.assert_allclose(found[rows], expected, rtol=1e-4, atol=1e-4)
    assert text.rows_of_networks(batch, of_trees).tolist() == rows.tolist()
    alone = replace(text, networks=())
    np.testing.assert_array_equal(alone.log_odds(batch), of_trees / np.float32(text.temperature))


def test_pages_of_which_the_networks_read_nothing(model: Model, pages: list[LabelledPage]) -> None:
    text = sure_of_sidebar(model, bias=99).text
    for some in (pages[:3], pages[:1], []):
        batch = text.read([page.page for page in some])
        around = text.neighbourhood(batch)
        expected = text.scorer_scores(around) / np.float32(text.sure_temperature)
        np.testing.assert_array_equal(text.first_log_odds(batch, around), expected)
