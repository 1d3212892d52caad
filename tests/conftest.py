"""Profiles of hypothesis, our own pages, and a small model with known arrays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from hinted import random_hints
from linesift.explain.shapley import leaf_shares
from linesift.fast import Choice
from linesift.features import topic
from linesift.features.batch import Batch, read_batch
from linesift.features.table import MARKUP_COLUMNS, extract
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS
from linesift.labels import LABELS, Label
from linesift.model.lexicon import TARGETS, Lexicon
from linesift.model.model import Model
from linesift.model.network import Network
from linesift.model.part import Part
from linesift.model.second_look import SecondLook, look_table
from linesift.model.trees import TreeScorer
from linesift.model.window import OWN_TEXT_NAMES, Neighbourhood
from linesift.page import LabelledPage
from linesift.read.labelled import read_labelled

# `ci` finds the same examples on every run; `pytest --hypothesis-profile dev` looks for new ones.
settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=60)
settings.register_profile("dev", deadline=None, max_examples=1000)
settings.load_profile("ci")

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/data/golden.json from models/news")


@pytest.fixture(scope="session")
def pages() -> list[LabelledPage]:
    """One in four of our own labelled pages, by a hash of their names: a new page changes nothing for the others."""
    every = read_labelled(ROOT / "data" / "pages")
    return [page for page in every if crc32(Path(page.page.source).name.encode()) % 4 == 0]


def exact_buckets(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """As `topic.word_buckets`, but with a bucket for every word."""
    counted = batch.scan.word_size >= topic.SHORTEST
    row = batch.scan.word_line[counted].astype(np.int64)
    words = np.stack((batch.page[row].astype(np.uint64), batch.scan.word_hash[counted]))
    every, bucket = np.unique(words, axis=1, return_inverse=True)
    return row, bucket.ravel(), max(every.shape[1], 1)


@pytest.fixture(scope="module")
def no_strangers() -> Iterator[None]:
    """No two words of a page share a bucket of the topic columns; `test_topic` has the real buckets.

    Compiled code has the buckets built in, and tests before may have begun to use it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topic, "word_buckets", exact_buckets)
        for choice in Choice.every:
            patch.setattr(choice, "choose", lambda _: None)
        yield


def random_trees(table: NDArray[np.float32], *, seed: int, n_trees: int = 60, depth: int = 4) -> TreeScorer:
    """Trees whose columns and leaves are drawn at random and whose cuts are values of the table; they mean nothing."""
    draw = np.random.default_rng(seed)
    columns = draw.integers(0, len(table), (n_trees, depth)).astype(np.int32)
    cuts = table[columns, draw.integers(0, table.shape[1], columns.shape)]
    return TreeScorer(
        columns=columns,
        cuts=np.nan_to_num(cuts).astype(np.float32),
        leaves=draw.normal(0, 0.3, (n_trees, 1 << depth, len(LABELS))).astype(np.float32),
        bias=draw.normal(0, 0.2, len(LABELS)).astype(np.float32),
    )


def random_look(pages: list[LabelledPage], *, seed: int) -> TreeScorer:
    """Trees of a second look, drawn at random too; they have the shares of their leaves."""
    batch = read_batch([page.page.text for page in pages[::4]])
    probabilities = np.random.default_rng(seed).dirichlet([0.3, 1, 0.3, 2], len(batch.page)).astype(np.float32)
    table = look_table(batch, np.arange(len(batch.page)), probabilities)
    trees = random_trees(table, seed=seed, n_trees=20, depth=3)
    return replace(trees, shares=leaf_shares(trees.leaf_of(table), trees.leaves.shape[1]).astype(np.float32))


def random_network(n_columns: int, *, seed: int, width: int = 8, n_layers: int = 3) -> Network:
    """A network whose arrays are drawn at random, with a flag on every third column; it means nothing.

    It carries half as many states as it has hidden units down, and as many up.
    """
    draw = np.random.default_rng(seed)
    flagged = np.arange(0, n_columns, 3, dtype=np.int32)

    def weights(*shape: int) -> NDArray[np.float32]:
        return draw.normal(0, shape[-2] ** -0.5, shape).astype(np.float32)

    def biases(*shape: int) -> NDArray[np.float32]:
        return draw.normal(0, 0.3, shape).astype(np.float32)

    return Network(
        centre=draw.normal(0, 1, n_columns).astype(np.float32),
        scale=draw.uniform(0.5, 4, n_columns).astype(np.float32),
        flagged=flagged,
        entry=weights(n_columns + len(flagged), width),
        entry_bias=biases(width),
        layers=weights(n_layers, 3 * width, width),
        layer_biases=biases(n_layers, width),
        recurrent_in=weights(n_layers, width, 4 * (width // 2)),
        recurrent_in_biases=biases(n_layers, 4 * (width // 2)),
        recurrent_out=weights(n_layers, 2 * (width // 2), width),
        recurrent_out_biases=biases(n_layers, width),
        out=weights(width, len(LABELS)),
        out_bias=biases(len(LABELS)),
    )


def without_recurrences(network: Network) -> Network:
    """The network with its layers alone: states add nothing."""
    return replace(
        network,
        recurrent_out=np.zeros_like(network.recurrent_out),
        recurrent_out_biases=np.zeros_like(network.recurrent_out_biases),
    )


def with_text(model: Model, **changes: Any) -> Model:
    """The model with changes in its part for text."""
    return replace(model, text=replace(model.text, **changes))


def sure_of_sidebar(model: Model, *, bias: float = 9) -> Model:
    """The model with trees that are sure of sidebar on most lines, which the networks then do not read.

    With a bias of 99 they are sure of all lines.
    """
    of_labels = np.where(np.arange(len(LABELS)) == Label.SIDEBAR.column, bias, 0).astype(np.float32)

    def changed(part: Part) -> Part:
        assert isinstance(part.scorer, TreeScorer)
        return replace(part, scorer=replace(part.scorer, bias=of_labels), sure_temperature=0.5)

    return replace(model, text=changed(model.text), html=None if model.html is None else changed(model.html))


def table_of(batch: Batch, own: NDArray[np.float32]) -> NDArray[np.float32]:
    """The table of all lines of a batch."""
    return Neighbourhood(batch, own).table(np.arange(len(batch.page)))


@pytest.fixture(scope="session")
def table(pages: list[LabelledPage]) -> NDArray[np.float32]:
    """The table of a few pages, with scores of the lexicon drawn at random."""
    batch = read_batch([page.page.text for page in pages[::4]])
    draw = np.random.default_rng(9)
    scores = draw.normal(0, 2, (len(TARGETS), len(batch.page))).astype(np.float32)
    return table_of(batch, np.concatenate((extract(batch), scores)))


@pytest.fixture(scope="session")
def model(table: NDArray[np.float32], pages: list[LabelledPage]) -> Model:
    """A model of every part, its arrays drawn at random; what it says has no meaning, but it says it reliably."""
    draw = np.random.default_rng(7)
    weights = draw.normal(0, 1.0, (1 << TOKEN_BITS, len(TARGETS))).astype(np.float16).astype(np.float32)
    part = Part(
        lexicon=Lexicon(weights, np.linspace(-2, 1, len(TARGETS), dtype=np.float32)),
        scorer=random_trees(table, seed=1),
        networks=tuple(random_network(len(OWN_TEXT_NAMES), seed=seed) for seed in (2, 5)),
        temperature=1.25,
        second_look=SecondLook(random_look(pages, seed=6)),
    )
    return Model(part)


@pytest.fixture(scope="session")
def html_model(model: Model, pages: list[LabelledPage]) -> Model:
    """The model with a part for pages with hints, drawn at random too."""
    texts = [page.page.text for page in pages[::4]]
    batch = read_batch(texts, [random_hints(text, seed) for seed, text in enumerate(texts)])
    draw = np.random.default_rng(13)
    words, marks = draw.normal(0, 2, (2, len(TARGETS), len(batch.page))).astype(np.float32)
    own = np.concatenate((extract(batch), words, extract(batch, MARKUP_COLUMNS), marks))
    weights = draw.normal(0, 1.0, (1 << MARKUP_BITS, len(TARGETS))).astype(np.float16).astype(np.float32)
    html = replace(
        model.text,
        scorer=random_trees(table_of(batch, own), seed=3),
        networks=(random_network(len(own), seed=4),),
        temperature=0.75,
        second_look=SecondLook(random_look(pages, seed=8)),
        markup_lexicon=Lexicon(weights, np.linspace(1, -1, len(TARGETS), dtype=np.float32)),
    )
    return replace(model, html=html)
