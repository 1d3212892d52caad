"""The model: from pages to predictions, the one path that training, evaluation, CLI and users share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.features.table import extract
from linesift.labels import LABELS, Label
from linesift.model.decode import DecodeConfig, decode
from linesift.model.lexicon import Lexicon
from linesift.model.prediction import Prediction
from linesift.model.window import first_pass_table, second_pass_table
from linesift.page import Page

GROUP = 1 << 19
"""Characters classified at once; a single larger page is a group of its own."""


class Scorer(Protocol):
    """One pass: a table of columns to log-odds; see `LinearScorer` and `TreeScorer`."""

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score a table of shape (n_columns, n_lines); the result has shape (n_lines, 4)."""
        ...


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities from log-odds, over the last axis."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model; immutable, so one can serve any number of threads."""

    lexicon: Lexicon
    first: Scorer
    second: Scorer
    temperature: float = 1.0
    """What the second pass's log-odds are divided by, so that .9 means nine in ten; fitted on held-out folds."""
    decoding: DecodeConfig = DecodeConfig()

    def classify(self, page: str | Page) -> Prediction:
        """Label every line of one page."""
        return self.classify_batch([page])[0]

    def classify_batch(self, pages: Iterable[str | Page]) -> list[Prediction]:
        """Label every line of many pages; the result of a page does not depend on the others."""
        found: list[Prediction] = []
        for group in _groups(page if isinstance(page, Page) else Page(page) for page in pages):
            found += self._classify_group(group)
        return found

    def probabilities(self, batch: Batch) -> NDArray[np.float32]:
        """Probability of each label for every non-blank line of a batch, shape (n_lines, 4)."""
        table = first_pass_table(batch, np.concatenate((extract(batch), self.lexicon.scores(batch))))
        table = second_pass_table(batch, table, softmax(self.first.scores(table)))
        return softmax(self.second.scores(table) / np.float32(self.temperature))

    def _classify_group(self, pages: Sequence[Page]) -> Iterator[Prediction]:
        batch = read_batch([page.text for page in pages])
        probabilities = self.probabilities(batch)
        labels = decode(batch, probabilities, self.decoding)
        words = np.array([*LABELS, None], object)
        for index, page in enumerate(pages):
            rows = slice(batch.first[index], batch.first[index + 1])
            number, n_lines = batch.number[rows], batch.n_all_lines[index]
            chances = np.zeros((n_lines, len(LABELS)), np.float32)
            chances[number] = probabilities[rows]
            given = np.full(n_lines, len(LABELS))
            given[number] = labels[rows]
            line_labels: tuple[Label | None, ...] = tuple(words[given])
            yield Prediction(page=page, labels=line_labels, probabilities=chances)


def _groups(pages: Iterable[Page]) -> Iterator[list[Page]]:
    group: list[Page] = []
    size = 0
    for page in pages:
        if group and size + len(page.text) > GROUP:
            yield group
            group, size = [], 0
        group.append(page)
        size += len(page.text)
    if group:
        yield group
