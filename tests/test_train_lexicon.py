"""Targets of lexicons, against a loop over lines."""

import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given
from hypothesis import strategies as st

from linesift.features.batch import read_batch
from linesift.labels import LABELS, Label
from linesift.model.lexicon import TARGETS
from linesift.train.config import TrainConfig
from linesift.train.lexicon import _fit_token_weights, line_targets

H, B, T, S = Label
LONG = "The ferry is back in the harbour after a whole year."
_LINE = st.tuples(st.sampled_from(["Rain", "Home and sport", LONG]), st.sampled_from([S, S, B, B, H, T]))
_PAGE = st.lists(_LINE, max_size=24)


def plain_targets(lines: list[str], labels: list[Label], row: int) -> dict[str, bool]:
    """Targets of one line of a page."""
    body = [place for place, label in enumerate(labels) if label is B]
    above, below = labels[max(row - 4, 0) : row], labels[row + 1 : row + 5]
    label, n_words = labels[row], len(lines[row].split())
    return {
        **{str(each): label is each for each in LABELS},
        "after_body": above.count(B) > len(above) / 2,
        "before_body": below.count(B) > len(below) / 2,
        "inside": label is S and bool(body) and body[0] < row < body[-1],
        "item": label is B and n_words < 8,
        "opening": label is B and row in body[:2],
        "closing": label is S and bool(body) and body[-1] < row <= body[-1] + 8,
    }


@given(st.lists(_PAGE, min_size=1, max_size=4))
def test_targets_are_those_of_the_plain_loop(pages: list[list[tuple[str, Label]]]) -> None:
    batch = read_batch(["\n\n".join(line for line, _ in page) for page in pages])
    labels = np.array([label.column for page in pages for _, label in page], np.int64)
    found = line_targets(batch, labels)
    assert tuple(found) == TARGETS
    expected = [
        plain_targets([line for line, _ in page], [label for _, label in page], row)
        for page in pages
        for row in range(len(page))
    ]
    for name in TARGETS:
        assert found[name].tolist() == [targets[name] for targets in expected], name


def test_targets_of_an_article_with_a_caption_and_a_foot() -> None:
    page = [("Home", S), ("Rain", H), (LONG, B), ("Photo: Lee", S), (LONG, B), ("Bread", B), *[("Menu", S)] * 9]
    found = line_targets(
        read_batch(["\n".join(line for line, _ in page)]), np.array([label.column for _, label in page])
    )
    rows = {name: np.flatnonzero(found[name]).tolist() for name in ("inside", "item", "opening", "closing")}
    assert rows == {"inside": [3], "item": [5], "opening": [2, 4], "closing": [*range(6, 14)]}


@pytest.mark.parametrize("is_label", [[False] * 3, [True] * 3, []])
def test_a_target_that_holds_for_all_lines_or_none_has_no_weights(is_label: list[bool]) -> None:
    tokens = sparse.csr_matrix(np.ones((len(is_label), 8), np.float32))
    weights, bias = _fit_token_weights(tokens, np.array(is_label, np.bool_), TrainConfig())
    assert (weights.tolist(), bias) == ([0] * 8, 0)
    assert weights.dtype == np.float32
