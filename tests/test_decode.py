"""Probabilities to labels."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.hints import Hints, no_hints
from linesift.labels import LABELS, Label
from linesift.model.decode import BODY, HEADLINE, SIDEBAR, TIMESTAMP, DecodeConfig, Rule, decode, rules_against

CONFIG = DecodeConfig(headline=0.15, headline_elsewhere=0.4, headline_pair=0.7, timestamp=0.5, timestamp_near=0.3)
_LENGTHS = st.lists(st.integers(0, 30), min_size=1, max_size=9)
_CHANCE = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.floats(0, 1, width=32))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[str], NDArray[np.float32]]:
    """Pages of lines of some lengths, and a distribution over the labels for each line."""
    pages = draw(st.lists(_LENGTHS, min_size=1, max_size=3))
    texts = ["\n".join("rain " * length or "•" for length in page) for page in pages]
    weights = [[draw(_CHANCE) for _ in range(4)] for page in pages for _ in page]
    rows = np.array([row if sum(row) else [0, 0, 0, 1] for row in weights], np.float32)
    return texts, (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


def by_page(batch: Batch, values: NDArray[Any]) -> list[NDArray[Any]]:
    return [values[first:end] for first, end in zip(batch.page_starts[:-1], batch.page_starts[1:], strict=True)]


def expected_f1(body: NDArray[np.float64], words: NDArray[np.float64], taken: NDArray[np.bool_]) -> float:
    right = float((body * words)[taken].sum())
    return 2 * right / (float(words[taken].sum()) + float((body * words).sum())) if right else 0.0


@given(cases())
def test_body_has_the_highest_expected_f1_of_all_cuts(case: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, probabilities = case
    # Body and sidebar alone, and no floor: the set that is left is the one that the cut chose.
    probabilities[:, SIDEBAR] += probabilities[:, HEADLINE] + probabilities[:, TIMESTAMP]
    probabilities[:, [HEADLINE, TIMESTAMP]] = 0
    batch = read_batch(texts)
    body_alone = DecodeConfig(body_floor=0.0, body_floor_sure=0.0, headline=2.0, timestamp=2.0, timestamp_near=2.0)
    labels = decode(batch, probabilities, body_alone)
    words = np.maximum(batch.length, 0.5).astype(np.float64)
    for given_labels, body, lengths in zip(
        by_page(batch, labels),
        by_page(batch, probabilities[:, BODY].astype(np.float64)),
        by_page(batch, words),
        strict=True,
    ):
        every = [expected_f1(body, lengths, body >= cut) for cut in {*body.tolist(), 2.0}]
        assert expected_f1(body, lengths, given_labels == BODY) == pytest.approx(max(every), rel=1e-6)


@given(cases())
def test_no_line_below_its_floor(case: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, probabilities = case
    labels = decode(read_batch(texts), probabilities, CONFIG)
    for label, least in ((BODY, CONFIG.body_floor), (HEADLINE, CONFIG.headline), (TIMESTAMP, CONFIG.timestamp_near)):
        assert (probabilities[labels == label, label] >= least).all()


@given(cases())
def test_a_headline_is_at_most_three_lines(case: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, probabilities = case
    batch = read_batch(texts)
    for found, of_page in zip(
        by_page(batch, decode(batch, probabilities, CONFIG)), by_page(batch, probabilities), strict=True
    ):
        rows = np.flatnonzero(found == HEADLINE)
        assert len(rows) <= 3
        assert len(rows) < 2 or (of_page[rows, HEADLINE] >= CONFIG.headline_pair).all()


@pytest.mark.parametrize("hints", [None, [no_hints(2)]], ids=["text", "HTML"])
def test_more_is_asked_of_lines_beside_a_sure_article(hints: list[Hints] | None) -> None:
    batch = read_batch(["It rained all night.\nRain: 20 mm"], hints)
    for sure, expected in ((0.79, [BODY, BODY]), (0.81, [BODY, SIDEBAR])):
        probabilities = np.array([[0, sure, 0, 1 - sure], [0, 0.55, 0, 0.45]], np.float32)
        assert decode(batch, probabilities, DecodeConfig()).tolist() == expected


def test_a_page_without_headline_has_no_second_line_of_one() -> None:
    probabilities = np.array([[0.3, 0, 0, 0.7]], np.float32)
    assert decode(read_batch(["rain"]), probabilities, DecodeConfig(headline=0.4, headline_pair=0.25)).tolist() == [
        SIDEBAR
    ]


def assert_one_region(batch: Batch, labels: NDArray[np.int8]) -> None:
    for found in by_page(batch, labels):
        rows = np.flatnonzero(found == HEADLINE)
        assert len(rows) == 0 or rows[-1] - rows[0] == len(rows) - 1


@given(cases())
def test_never_two_headline_regions(case: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, probabilities = case
    batch = read_batch(texts)
    assert_one_region(batch, decode(batch, probabilities, CONFIG))


def test_a_best_headline_that_is_body_leaves_no_hole() -> None:
    batch = read_batch(["rain rain\nrain rain\nrain rain"])
    probabilities = np.array([[0.4, 0.0, 0.0, 0.6], [0.45, 0.55, 0.0, 0.0], [0.4, 0.0, 0.0, 0.6]], np.float32)
    assert_one_region(batch, decode(batch, probabilities, CONFIG))


@given(cases())
@example((["rain", "sun", ""], np.full((2, 4), 0.25, np.float32)))
def test_a_batch_is_its_pages_one_by_one(case: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, probabilities = case
    batch = read_batch(texts)
    together = by_page(batch, decode(batch, probabilities, CONFIG))
    for text, labels, of_page in zip(texts, together, by_page(batch, probabilities), strict=True):
        assert decode(read_batch([text]), of_page.astype(np.float32), CONFIG).tolist() == labels.tolist()


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [
        ([[0, 0, 0, 1]], [SIDEBAR]),
        # Without a body much is asked of a headline and of a date, above one little.
        ([[0.4, 0.05, 0, 0.55]], [HEADLINE]),
        ([[0.3, 0.05, 0, 0.65]], [SIDEBAR]),
        ([[0.2, 0.05, 0, 0.75], [0, 1, 0, 0]], [HEADLINE, BODY]),
        ([[0.05, 0.05, 0, 0.9], [0, 1, 0, 0]], [SIDEBAR, BODY]),
        ([[0, 0.3, 0, 0.7]], [BODY]),
        ([[0, 0.1, 0, 0.9]], [SIDEBAR]),
        ([[0, 0.1, 0.55, 0.35]], [TIMESTAMP]),
        ([[0, 0.1, 0.45, 0.45]], [SIDEBAR]),
        ([[0, 0.1, 0.45, 0.45], [0, 1, 0, 0]], [TIMESTAMP, BODY]),
        ([[0, 0.55, 0.45, 0]], [BODY]),
        # A refused timestamp is body where that is likelier than sidebar, on a page with a body.
        ([[0, 1, 0, 0], *[[0, 0, 0, 1]] * 4, [0, 0.35, 0.4, 0.25]], [BODY, *[SIDEBAR] * 4, BODY]),
        ([[0, 1, 0, 0], *[[0, 0, 0, 1]] * 4, [0, 0.25, 0.4, 0.35]], [BODY, *[SIDEBAR] * 5]),
        ([[0, 0.19, 0.63, 0.18]], [TIMESTAMP]),
        # The first line of the body may be the headline, another one only if it is likelier that than body.
        ([[0.2, 0.8, 0, 0], [0, 1, 0, 0]], [HEADLINE, BODY]),
        ([[0, 1, 0, 0], [0.4, 0.6, 0, 0]], [BODY, BODY]),
        # Of two equal headlines the first; a neighbour belongs to it if both are sure.
        ([[0.9, 0, 0, 0.1], [0, 1, 0, 0], [0.9, 0, 0, 0.1]], [HEADLINE, BODY, SIDEBAR]),
        ([[0.9, 0, 0, 0.1], [0.75, 0, 0, 0.25], [0.5, 0, 0, 0.5]], [HEADLINE, HEADLINE, SIDEBAR]),
        ([[0.9, 0, 0, 0.1], [0.6, 0, 0, 0.4]], [HEADLINE, SIDEBAR]),
    ],
)
def test_labels(probabilities: list[list[float]], labels: list[int]) -> None:
    batch = read_batch(["\n".join("rain falls" for _ in probabilities)])
    assert decode(batch, np.array(probabilities, np.float32), CONFIG).tolist() == labels


@given(cases())
def test_a_label_that_is_not_the_most_probable_one_has_a_rule(case: tuple[list[str], NDArray[np.float32]]) -> None:
    texts, probabilities = case
    labels = decode(read_batch(texts), probabilities, CONFIG)
    for column, row in zip(labels.tolist(), probabilities, strict=True):
        assert bool(rules_against(LABELS[column], row.tolist())) == (row[column] < row.max())


@given(cases())
def test_no_page_with_a_body_has_sidebar_as_the_third_choice_after_body_and_timestamp(
    case: tuple[list[str], NDArray[np.float32]],
) -> None:
    texts, probabilities = case
    batch = read_batch(texts)
    for found, of_page in zip(
        by_page(batch, decode(batch, probabilities, CONFIG)), by_page(batch, probabilities), strict=True
    ):
        rows = of_page[found == SIDEBAR]
        is_third = (rows[:, [BODY, TIMESTAMP]] > rows[:, [SIDEBAR]]).all(axis=1) & (rows[:, BODY] >= CONFIG.body_floor)
        assert not is_third.any() or BODY not in found


@pytest.mark.parametrize(
    ("label", "probabilities", "rules"),
    [
        (Label.BODY, (0.1, 0.4, 0.4, 0.1), ()),
        (Label.HEADLINE, (0.3, 0.1, 0.1, 0.5), (Rule.LIKELIEST_HEADLINE,)),
        (Label.TIMESTAMP, (0.0, 0.3, 0.3, 0.4), (Rule.NEAR_TIMESTAMP,)),
        (Label.BODY, (0.0, 0.3, 0.5, 0.2), (Rule.SURE_TIMESTAMP,)),
        (Label.BODY, (0.4, 0.2, 0.1, 0.3), (Rule.ONE_HEADLINE, Rule.BODY_AS_A_WHOLE)),
        (Label.SIDEBAR, (0.0, 0.5, 0.3, 0.2), (Rule.BODY_AS_A_WHOLE, Rule.SURE_TIMESTAMP)),
    ],
)
def test_rules(label: Label, probabilities: tuple[float, ...], rules: tuple[Rule, ...]) -> None:
    assert rules_against(label, probabilities) == rules


def test_on_a_page_without_an_article_one_rule_stands_for_all() -> None:
    assert rules_against(Label.SIDEBAR, (0.0, 0.5, 0.3, 0.2), has_article=False) == (Rule.NO_ARTICLE,)


def test_the_cut_follows_the_page() -> None:
    batch = read_batch(["\n".join(["rain " * 20] * 3), "\n".join(["rain " * 20] * 3)])
    body = np.array([0.95, 0.9, 0.3, 0.3, 0.05, 0.05], np.float32)
    probabilities = np.zeros((6, 4), np.float32)
    probabilities[:, BODY], probabilities[:, SIDEBAR] = body, 1 - body
    assert decode(batch, probabilities, CONFIG).tolist() == [BODY, BODY, SIDEBAR, BODY, SIDEBAR, SIDEBAR]


def test_rows_of_a_table_are_no_body_beside_a_sure_article() -> None:
    table = [[0.0, 0.45, 0.0, 0.55]] * 40
    text = "\n".join(["rain " * 30] * 2 + ["rain rain"] * 40)
    for chance, label in ((0.85, SIDEBAR), (0.75, BODY)):
        probabilities = np.array([[0.0, chance, 0.0, 1 - chance]] * 2 + table, np.float32)
        labels = decode(read_batch([text]), probabilities, CONFIG)
        assert labels.tolist() == [BODY] * 2 + [label] * 40


def test_pages_without_lines() -> None:
    assert decode(read_batch(["", "\n"]), np.zeros((0, 4), np.float32), CONFIG).tolist() == []
