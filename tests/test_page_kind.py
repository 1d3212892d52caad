"""Kinds of whole pages: its columns against plain loops, batches against single pages, and empty articles."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hinted import hinted
from linesift.features.batch import Batch, read_batch
from linesift.features.dates import DatePart
from linesift.labels import KINDS, LABELS, Kind, Label
from linesift.model import page_kind as module
from linesift.model.decode import decode
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.model import Model
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, column_names, page_columns, page_words
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, Page

TEXTS = ["", " \n", "Home", "Home\nHome\n\nFerry back at 9:20\n21 October 2024, 9:20\nThe ferry is back, they said.\n"]
Columns = dict[str, float]


@pytest.fixture(scope="module")
def texts(pages: list[LabelledPage]) -> list[str]:
    return [*TEXTS, *(page.page.text for page in pages[::3])]


def drawn_model(table: NDArray[np.float32], seed: int = 3) -> PageKindModel:
    """A model whose weights are drawn at random and whose cuts fit a table."""
    draw = np.random.default_rng(seed)
    bins = quantile_bins(np.concatenate((table, np.zeros((len(WORD_KINDS), table.shape[1]), np.float32))), 4)
    shape = (len(column_names()), bins.n_bins, len(KINDS))
    return PageKindModel(
        words=draw.normal(0, 1, (1 << WORD_BITS, len(WORD_KINDS))).astype(np.float16).astype(np.float32),
        words_bias=draw.normal(0, 1, len(WORD_KINDS)).astype(np.float32),
        scorer=LinearScorer(bins, draw.normal(0, 1, shape).astype(np.float32), np.zeros(len(KINDS), np.float32)),
    )


def probabilities_of(batch: Batch, seed: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).dirichlet((0.3, 1, 0.3, 1), len(batch.page)).astype(np.float32)


@pytest.fixture(scope="module")
def with_kinds(model: Model, texts: list[str]) -> Model:
    batch = read_batch(texts)
    probabilities = model.probabilities(batch)
    return replace(
        model, page_kind=drawn_model(page_columns(batch, probabilities, decode(batch, probabilities, model.decoding)))
    )


# --- columns ----------------------------------------------------------------------------------------------------------


def share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def plain_columns(batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8], page: int) -> Columns:
    """Columns of one page, one line at a time."""
    rows = range(int(batch.page_starts[page]), int(batch.page_starts[page + 1]))
    body = [row for row in rows if labels[row] == Label.BODY.column]
    heads = [row for row in rows if labels[row] == Label.HEADLINE.column]
    times = [row for row in rows if labels[row] == Label.TIMESTAMP.column]
    words = {row: min(float(batch.length[row]), 60.0) for row in rows}
    chance = {label: {row: float(probabilities[row, label.column]) for row in rows} for label in LABELS}
    of_body, of_head, of_time = chance[Label.BODY], chance[Label.HEADLINE], chance[Label.TIMESTAMP]
    total, body_words = sum(words.values()), sum(words[row] for row in body)
    expected, right = sum(words[row] * of_body[row] for row in rows), sum(words[row] * of_body[row] for row in body)
    long = [row for row in rows if batch.is_long[row]]
    long_words, long_body = sum(words[row] for row in long), sum(words[row] for row in long if row in body)
    runs = sum(row - 1 not in body for row in body)
    inside = range(body[0], body[-1] + 1) if body else range(0)
    clocks = [row for row in rows if batch.scan.dates[row, DatePart.CLOCK] > 0]
    dates = [row for row in rows if batch.strength[row] >= 3]
    best_head = max(of_head.values(), default=0.0)
    return {
        "body.words": body_words,
        "body.expected_words": expected,
        "body.share": share(expected, total),
        "body.best": max(of_body.values(), default=0.0),
        "body.sure": share(right, body_words),
        "body.missed": share(expected - right, expected),
        "body.expected_f1": share(2 * right, body_words + expected),
        "body.doubt": share(sum(words[row] * of_body[row] * (1 - of_body[row]) for row in rows), expected),
        "body.lines_in_doubt": sum(0.1 < of_body[row] < 0.9 for row in rows),
        "body.runs": runs,
        "body.run_lines": share(len(body), runs),
        "body.line_words": share(body_words, len(body)),
        "body.missed_long": share(long_words - long_body, long_words),
        "body.long_share": share(long_body, body_words),
        "headline.best": best_head,
        "headline.rest": sum(of_head.values()) - best_head,
        "headline.above_body": body[0] - heads[0] if body and heads else math.nan,
        "timestamp.best": max(of_time.values(), default=0.0),
        "timestamp.lines": len(times) or math.nan,
        "body.density": len(body) / len(inside) if body else math.nan,
        "body.first": (body[0] - rows[0]) / len(rows) if body else math.nan,
        "timestamp.inside": sum(row in inside for row in times) or math.nan,
        "page.clocks_inside": sum(row in inside for row in clocks) or math.nan,
        "page.dates_inside": sum(row in inside for row in dates) or math.nan,
        "page.clocks": share(len(clocks), len(rows)),
        "page.dates": share(len(dates), len(rows)),
        "page.lines": len(rows),
        "page.words": total,
        "page.line_words": share(total, len(rows)),
        "page.short": share(sum(batch.length[row] < 4 for row in rows), len(rows)),
        "page.middling": share(sum(4 <= batch.length[row] < 15 for row in rows), len(rows)),
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_columns_are_those_of_the_plain_loop(model: Model, texts: list[str], seed: int) -> None:
    batch = read_batch(texts)
    probabilities = probabilities_of(batch, seed)
    labels = decode(batch, probabilities, model.decoding)
    table = page_columns(batch, probabilities, labels)
    names = column_names()[: -len(WORD_KINDS)]
    assert table.shape == (len(names), len(texts))
    for page in range(len(texts)):
        plain = plain_columns(batch, probabilities, labels, page)
        assert tuple(plain) == names
        np.testing.assert_allclose(table[:, page], list(plain.values()), rtol=1e-4, atol=1e-5, err_msg=str(page))


def test_names_of_columns_are_all_different() -> None:
    assert len(set(column_names())) == len(column_names())


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_word_counts_once_a_page_whatever_the_tile(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    batch = read_batch(texts)
    bucket = batch.scan.word_hash >> np.uint64(64 - WORD_BITS)
    pages = batch.page[batch.scan.word_line]
    expected = sorted(set(zip(pages.tolist(), bucket.tolist(), strict=True)))
    for size in (1, 2, 512):
        monkeypatch.setattr(module, "_N_PAGES", size)
        page, found = page_words(batch)
        assert list(zip(page.tolist(), found.tolist(), strict=True)) == expected


def test_word_scores_are_sums_over_the_root_of_the_number_of_words(with_kinds: Model) -> None:
    page_kind = with_kinds.page_kind
    assert page_kind is not None
    batch = read_batch(["ferry ferry harbour", "", "tide"])
    one, none, other = page_kind.word_scores(batch).T
    page, bucket = page_words(batch)
    assert page.tolist() == [0, 0, 2]
    np.testing.assert_allclose(
        one, page_kind.words[bucket[:2]].sum(axis=0) / np.sqrt(2) + page_kind.words_bias, rtol=1e-5
    )
    np.testing.assert_allclose(none, page_kind.words_bias)
    np.testing.assert_allclose(other, page_kind.words[bucket[2]] + page_kind.words_bias, rtol=1e-5)


# --- kinds ------------------------------------------------------------------------------------------------------------


def kinds(predictions: Sequence[Prediction]) -> list[tuple[str, float]]:
    return [(prediction.kind, prediction.kind_probability) for prediction in predictions]


def test_the_kind_of_a_page_does_not_depend_on_the_others(with_kinds: Model, texts: list[str]) -> None:
    together = kinds(with_kinds.classify_batch(texts))
    alone = kinds([with_kinds.classify(text) for text in texts])
    assert together[2:] == alone[2:]
    assert kinds(with_kinds.classify_batch(texts[::-1]))[:-2] == together[:1:-1]
    assert len({kind for kind, _ in together[2:]}) > 1


def test_a_page_without_lines_has_no_kind(with_kinds: Model) -> None:
    for prediction in with_kinds.classify_batch(["", " \n\n"]):
        assert prediction.kind == ""
        assert math.isnan(prediction.kind_probability)
        assert not prediction.has_article


def test_a_model_without_page_kinds_gives_none_and_the_same_probabilities(model: Model, with_kinds: Model) -> None:
    never = replace(with_kinds, decoding=replace(with_kinds.decoding, no_article=1.1))
    plain, judged = model.classify(TEXTS[3]), never.classify(TEXTS[3])
    assert (plain.kind, judged.kind in KINDS) == ("", True)
    assert 1 / len(KINDS) <= judged.kind_probability <= 1
    assert plain.labels == judged.labels
    np.testing.assert_array_equal(plain.probabilities, judged.probabilities)


def test_the_kind_of_html_comes_from_the_part_for_html(html_model: Model, with_kinds: Model) -> None:
    both = replace(html_model, page_kind=with_kinds.page_kind)
    page = hinted(TEXTS[3], 5)
    assert both.html is not None
    alone = replace(both, text=both.html).classify(page)
    assert kinds([both.classify(page)]) == kinds([alone])
    assert both.classify(page).kind_probability != both.classify(Page(page.text)).kind_probability


# --- pages without an article -----------------------------------------------------------------------------------------


def judge(monkeypatch: pytest.MonkeyPatch, *pages: tuple[float, ...]) -> None:
    """Let every model of page kinds give these probabilities, page by page, in the order of `KINDS`."""
    given = np.array(pages, np.float32)
    monkeypatch.setattr(PageKindModel, "probabilities", lambda *_: given)


# The threshold is .8; the columns are article, live, stub, index and other.
HAS_ARTICLE = [(0.25, 0.0, 0.0, 0.75, 0.0), (0.125, 0.0625, 0.0625, 0.5, 0.25), (1.0, 0.0, 0.0, 0.0, 0.0)]
HAS_NONE = [(0.125, 0.0, 0.0, 0.875, 0.0), (0.125, 0.0, 0.0, 0.0, 0.875), (0.125, 0.0, 0.0, 0.4375, 0.4375)]
HAS_NONE += [(0.2, 0.0, 0.0, 0.8, 0.0)]


@pytest.fixture(scope="module")
def article_text(model: Model, texts: list[str]) -> str:
    """A page on which the model without page kinds finds an article, and blank lines."""
    return next(text for text in texts[3:] if "\n\n" in text and model.classify(text).has_article)


@pytest.mark.parametrize("kinds_of_page", HAS_ARTICLE)
def test_below_the_threshold_lines_keep_their_labels(
    model: Model, with_kinds: Model, article_text: str, kinds_of_page: tuple[float, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    judge(monkeypatch, kinds_of_page)
    plain, judged = model.classify(article_text), with_kinds.classify(article_text)
    assert judged.labels == plain.labels
    assert judged.has_article
    assert judged.article().text == plain.article().text != ""
    assert math.isnan(judged.no_article)


@pytest.mark.parametrize("kinds_of_page", HAS_NONE)
def test_all_lines_of_a_page_without_an_article_are_sidebar(
    model: Model, with_kinds: Model, article_text: str, kinds_of_page: tuple[float, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    judge(monkeypatch, kinds_of_page)
    judged = with_kinds.classify(article_text)
    assert judged.labels == tuple(Label.SIDEBAR if line.strip() else None for line in judged.page.lines)
    assert not judged.has_article
    assert judged.no_article == np.float32(kinds_of_page[3] + kinds_of_page[4])
    article = judged.article()
    assert (article.headline, article.published, article.body, article.text) == ("", None, (), "")
    assert article.kind == KINDS[np.argmax(kinds_of_page)]
    np.testing.assert_array_equal(judged.probabilities, model.classify(article_text).probabilities)


def test_the_threshold_is_that_of_the_decoding(
    with_kinds: Model, article_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(monkeypatch, (0.25, 0.0, 0.0, 0.25, 0.5))
    for threshold, has_article in ((0.75, False), (0.8, True)):
        model = replace(with_kinds, decoding=replace(with_kinds.decoding, no_article=threshold))
        assert model.classify(article_text).has_article is has_article


def test_other_pages_of_the_batch_keep_their_labels(
    model: Model, with_kinds: Model, article_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [article_text, "", f"{article_text}\nHome", f"Home\n{article_text}"]
    judge(monkeypatch, HAS_ARTICLE[2], (0.0,) * len(KINDS), HAS_NONE[0], HAS_ARTICLE[0])
    plain, judged = model.classify_batch(pages), with_kinds.classify_batch(pages)
    assert [one.labels == other.labels for one, other in zip(plain, judged, strict=True)] == [True, True, False, True]
    assert set(judged[2].labels) == {Label.SIDEBAR, None}
    for one, other in zip(plain, judged, strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)


@pytest.mark.parametrize(
    ("labels", "has_article"),
    [
        ((Label.HEADLINE, Label.SIDEBAR), False), ((Label.SIDEBAR, Label.BODY), True),
        ((Label.TIMESTAMP, Label.SIDEBAR), False), ((Label.SIDEBAR, None), False),
    ],
)  # fmt: skip
def test_a_page_has_an_article_if_some_line_is_body(labels: tuple[Label | None, ...], has_article: bool) -> None:
    page = Page("Ferry back\n" + ("" if labels[1] is None else "It is back."))
    prediction = Prediction(page, labels, np.zeros((2, len(LABELS)), np.float32), Kind.ARTICLE, 0.9)
    assert prediction.has_article is has_article
