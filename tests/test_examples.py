"""Lines that are learnt, with their labels and weights."""

import numpy as np

from linesift.labels import LABELS, Label
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.train.examples import TrainConfig, read_lines
from linesift.train.fit import _parts, _spans

H, B, T, S = Label
CONFIG = TrainConfig(n_folds=2, jobs=1, hand_weight=2.0, label_weights=(5.0, 1.0, 1.0, 1.0))
TEXT = "Ferry returns\n\n11 March\nIt is back.\nHome"


def page(number: int, *labels: Label | None) -> LabelledPage:
    origin = Origin("a", LabelSource.BY_HAND if number % 2 else LabelSource.ALIGNED)
    return LabelledPage(
        Page(TEXT, f"{number}"), labels, site=f"site{5 * number}.example", origin=origin, is_partial=True
    )


def test_a_line_whose_label_is_unknown_weighs_nothing() -> None:
    pages = [page(0, H, None, T, B, S), page(1, H, None, None, B, S), page(2, H, None, T, B, None)]
    lines = read_lines(pages, [], [[]] * 3, CONFIG, lambda _: None)
    assert lines.weights.shape == lines.labels.shape == (3, 12)
    assert lines.weights[0].tolist() == [5, 1, 1, 1, 10, 0, 2, 2, 5, 1, 1, 0]
    known = lines.weights[0] > 0
    assert [LABELS[column] for column in lines.labels[0][known]] == [H, T, B, S, H, B, S, H, T, B]
    assert lines.is_by_hand.tolist() == [False] * 4 + [True] * 4 + [False] * 4


def test_a_page_stays_whole_where_a_line_of_it_is_unknown() -> None:
    """The network reads lines in their order, so one that is not learnt still stands between the others."""
    pages = [page(0, H, None, None, B, S), page(1, None, None, None, None, None), page(2, H, None, T, B, S)]
    lines = read_lines(pages, [], [[]] * 3, CONFIG, lambda _: None)
    *_, (held_out, seen) = _parts(lines, CONFIG)
    assert not held_out.any()
    assert _spans(lines, seen).tolist() == [4, 4]
    np.testing.assert_array_equal(seen, np.repeat([True, False, True], 4))
