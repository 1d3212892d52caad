"""Lines that are learnt, with their labels and weights."""

import numpy as np
import pytest

from linesift.errors import LabelError
from linesift.labels import LABELS, Label
from linesift.model.part import spans_of
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.train.config import TrainConfig
from linesift.train.examples import gather_lines

H, B, T, S = Label
CONFIG = TrainConfig(n_folds=2, jobs=1, hand_weight=2.0, label_weights=(5.0, 1.0, 1.0, 1.0))
TEXT = "Ferry returns\n\n11 March\nIt is back.\nHome"


def page(number: int, *labels: Label | None) -> LabelledPage:
    origin = Origin("a", LabelSource.BY_HAND if number % 2 else LabelSource.ALIGNED)
    return LabelledPage(
        Page(TEXT, f"{number}"), labels, site=f"site{number % 3 and 1}.example", origin=origin, is_partial=True
    )


def test_a_line_whose_label_is_unknown_weighs_nothing() -> None:
    pages = [page(0, H, None, T, B, S), page(1, H, None, None, B, S), page(2, H, None, T, B, None)]
    lines = gather_lines(pages, CONFIG, lambda _: None, is_text=False)
    # Behind the pages stands an excerpt of each, without the lines of which nothing is known.
    weights, labels = lines.line_weights.everything[: lines.n_gold], lines.labels.everything[: lines.n_gold]
    assert lines.n_gold == 12
    assert (lines.line_weights.everything[12:] > 0).all()
    assert weights.tolist() == [5, 1, 1, 1, 10, 0, 2, 2, 5, 1, 1, 0]
    known = weights > 0
    assert [LABELS[column] for column in labels[known]] == [H, T, B, S, H, B, S, H, T, B]
    assert lines.is_by_hand.tolist() == [False] * 4 + [True] * 4 + [False] * (len(lines.is_by_hand) - 8)


def test_a_page_stays_whole_where_a_line_of_it_is_unknown() -> None:
    """The network reads lines in their order, so one that is not learnt still stands between the others."""
    pages = [page(0, H, None, None, B, S), page(1, None, None, None, None, None)]
    pages += [page(number, H, None, T, B, S) for number in (2, 3)]
    lines = gather_lines(pages, CONFIG, lambda _: None, is_text=False)
    masks = lines.fold_masks(CONFIG.n_folds)
    assert not masks.held_out.any()
    assert spans_of(lines.batch.page[masks.learnt_pages])[:2].tolist() == [4, 4]
    np.testing.assert_array_equal(masks.learnt_pages[:12], np.repeat([True, False, True], 4))


def test_a_label_that_some_fit_would_not_learn_is_refused_before_anything_is_read() -> None:
    stages: list[str] = []
    with pytest.raises(
        LabelError, match=r"3 pages of 2 sites: all lines with the label timestamp .* \(site1\.example\)"
    ):
        gather_lines(
            [page(0, H, None, B, B, S), page(1, H, None, T, B, S), page(2, H, None, T, B, S)],
            CONFIG,
            stages.append,
            is_text=True,
        )
    assert stages == []
