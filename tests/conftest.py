"""Profiles of hypothesis, our own pages, and a small model with known arrays."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from linesift.features.batch import read_batch
from linesift.features.table import extract
from linesift.features.tokens import TOKEN_BITS
from linesift.labels import LABELS
from linesift.model.classifier import Model, softmax
from linesift.model.lexicon import TARGETS, Lexicon
from linesift.model.trees import TreeScorer
from linesift.model.window import first_pass_table, second_pass_table
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
    """Our own labelled pages, `data/pages`."""
    return read_labelled(ROOT / "data" / "pages")


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


@pytest.fixture(scope="session")
def tables(pages: list[LabelledPage]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Tables of the first and the second pass over a few pages, with scores drawn at random."""
    batch = read_batch([page.page.text for page in pages[::4]])
    draw = np.random.default_rng(9)
    scores = draw.normal(0, 2, (len(TARGETS), len(batch.page))).astype(np.float32)
    first = first_pass_table(batch, np.concatenate((extract(batch), scores)))
    return first, second_pass_table(batch, first, softmax(scores[: len(LABELS)].T))


@pytest.fixture(scope="session")
def model(tables: tuple[NDArray[np.float32], NDArray[np.float32]]) -> Model:
    """A model of every part, its arrays drawn at random; what it says has no meaning, but it says it reliably."""
    draw = np.random.default_rng(7)
    weights = draw.normal(0, 1.0, (1 << TOKEN_BITS, len(TARGETS))).astype(np.float16).astype(np.float32)
    return Model(
        lexicon=Lexicon(weights, np.linspace(-2, 1, len(TARGETS), dtype=np.float32)),
        first=random_trees(tables[0], seed=1),
        second=random_trees(tables[1], seed=2),
        temperature=1.25,
    )
