"""What words say, against a loop over the tokens."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinted import random_hints
from linesift.features.batch import Batch, read_batch
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS, line_tokens, markup_tokens
from linesift.model import lexicon as room
from linesift.model.lexicon import TARGETS, Lexicon, Tokens
from linesift.model.model import Model

_LINE = st.lists(st.sampled_from(["rain", "Sun", "12", "水位", "•", "the", "\ud800"]), max_size=9).map(" ".join)


@given(st.lists(st.lists(_LINE, max_size=5).map("\n".join), min_size=1, max_size=3))
def test_scores_are_those_of_a_loop(model: Model, texts: list[str]) -> None:
    batch = read_batch(texts)
    compare(model.text.lexicon, batch, line_tokens)
    np.testing.assert_array_equal(model.text.lexicon.scores(batch), model.text.lexicon.scores(batch, line_tokens))


@given(st.lists(st.lists(_LINE, max_size=5).map("\n".join), min_size=1, max_size=3), st.integers(0, 99))
def test_scores_of_the_markup_are_those_of_a_loop(html_model: Model, texts: list[str], seed: int) -> None:
    assert html_model.html is not None
    assert html_model.html.markup_lexicon is not None
    batch = read_batch(texts, [random_hints(text, seed + place) for place, text in enumerate(texts)])
    compare(html_model.html.markup_lexicon, batch, markup_tokens)


def test_markup_that_says_nothing_has_the_bias() -> None:
    bias = np.arange(len(TARGETS), dtype=np.float32)
    lexicon = Lexicon(np.ones((1 << MARKUP_BITS, len(TARGETS)), np.float32), bias)
    scores = lexicon.scores(read_batch(["rain\nsun"]), markup_tokens)
    np.testing.assert_array_equal(scores, np.stack((bias, bias), axis=1))


def compare(lexicon: Lexicon, batch: Batch, read: Tokens) -> None:
    tokens: list[list[int]] = [[] for _ in batch.page]
    for row, bucket in zip(*read(batch, slice(None)), strict=True):
        tokens[row].append(int(bucket))
    fast = lexicon.scores(batch, read)
    assert fast.dtype == np.float32
    assert fast.shape == (len(TARGETS), len(batch.page))
    for row, buckets in enumerate(tokens):
        total = sum((lexicon.weights[bucket].astype(float) for bucket in buckets), np.zeros(len(TARGETS)))
        slow = total / math.sqrt(max(len(buckets), 1)) + lexicon.bias
        np.testing.assert_allclose(fast[:, row], slow, rtol=1e-5, atol=1e-5)


def test_a_line_without_tokens_has_the_bias() -> None:
    bias = np.arange(len(TARGETS), dtype=np.float32)
    lexicon = Lexicon(np.ones((1 << TOKEN_BITS, len(TARGETS)), np.float32), bias)
    scores = lexicon.scores(read_batch(["rain\n" + "•" * 99]))
    # A short line is a token as a whole, even one without words.
    np.testing.assert_allclose(scores[:, 1], bias + 1)
    np.testing.assert_allclose(scores[:, 0], bias + 4 / math.sqrt(4))


@pytest.mark.parametrize("tile", [1, 3])
def test_tiles_do_not_show(html_model: Model, tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert html_model.html is not None
    assert html_model.html.markup_lexicon is not None
    texts = ["Rain in May\n\n•\nSun", "", "水位上\nRead more about it\n12"]
    batch = read_batch(texts, [random_hints(text, place) for place, text in enumerate(texts)])
    pairs: list[tuple[Lexicon, Tokens]] = [
        (html_model.text.lexicon, line_tokens),
        (html_model.html.markup_lexicon, markup_tokens),
    ]
    whole = [lexicon.scores(batch, tokens) for lexicon, tokens in pairs]
    monkeypatch.setattr(room, "_TILE_LINES", tile)
    for (lexicon, tokens), scores in zip(pairs, whole, strict=True):
        np.testing.assert_array_equal(lexicon.scores(batch, tokens), scores)


def test_scores_are_the_same_before_and_after_the_weights_are_widened(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.random.default_rng(5).normal(size=(1 << TOKEN_BITS, len(TARGETS))).astype(np.float16)
    lexicon = Lexicon(weights, np.ones(len(TARGETS), np.float32))
    batch = read_batch(["Rain in May\n\n•\nSun", "水位上\nRead more about it"])
    before = lexicon.scores(batch)
    monkeypatch.setattr(room, "_MANY", 0)
    for _ in range(2):
        np.testing.assert_array_equal(lexicon.scores(batch), before)
