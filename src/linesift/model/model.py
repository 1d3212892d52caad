"""The model: from pages to predictions, the one path that training, evaluation, CLI and users share."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.features.table import COLUMNS, MARKUP_COLUMNS, extract
from linesift.features.tokens import markup_tokens
from linesift.labels import KINDS, LABELS
from linesift.model.decode import DecodeConfig, decode
from linesift.model.headline import HeadlineChooser, candidates
from linesift.model.lexicon import TARGETS, Lexicon
from linesift.model.network import Network
from linesift.model.page_kind import Verdict
from linesift.model.prediction import Prediction
from linesift.model.window import Neighbourhood, own_names
from linesift.page import Page

if TYPE_CHECKING:  # most models have none, and loading their modules is a part of every start
    from linesift.model.memory import SiteMemory
    from linesift.model.site import SiteCorrection

GROUP = 1 << 19
"""Characters classified at once; a single larger page is a group of its own."""

TILE = 1 << 14
"""Lines of a group whose tables are made at once: all lines of most groups, and a part of a page of a million lines."""

# The C library of Linux gives freed memory back to the system, and has every page of it cleared again for the next
# group, which is a sixth of the time. It keeps twice the largest block that was ever freed, up to 32 MB, so one that
# is never touched is freed here.
np.empty((32 << 20) - (1 << 16), np.uint8)


class Scorer(Protocol):
    """A table of columns to log-odds; see `LinearScorer` and `TreeScorer`."""

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score a table of shape (n_columns, n_lines); the result has shape (n_lines, 4)."""
        ...


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities from log-odds, over the last axis of two."""
    # Column by column, because numpy's own reductions over an axis of four take longer than all the rest.
    powers: NDArray[np.float32] = np.exp(scores - reduce(np.maximum, scores.T)[:, None])
    powers /= reduce(np.add, powers.T)[:, None]
    return powers


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A trained model; immutable, so one can serve any number of threads."""

    lexicon: Lexicon
    scorer: Scorer
    """Scores a line by its columns and those of the lines around it, one by one."""
    network: Network | None = None
    """Scores it by the lines of the page in their order; the mean of both counts, without one the scorer alone."""
    temperature: float = 1.0
    """What log-odds are divided by, so that .9 means nine in ten; fitted on held-out folds."""
    decoding: DecodeConfig = field(default_factory=DecodeConfig)
    markup: Lexicon | None = None
    """What the words of attributes say; a model that has it reads pages with hints, and no others."""
    chooser: HeadlineChooser | None = None
    """Weighs the likely titles of a page against each other; without one the probabilities stand as they are."""
    html: "Model | None" = None
    """The model for pages that came as HTML; without one their markup is not looked at."""
    verdict: Verdict | None = None
    """What says of a page which kind it is, of text and of HTML."""
    sites: "tuple[SiteCorrection, ...]" = ()
    """What labelled pages of single sites add to the log-odds of their pages."""
    memory: "SiteMemory | None" = None
    """Lines that recur on the pages of a site; given with the pages to classify, never part of a model directory."""

    def classify(self, page: str | Page) -> Prediction:
        """Label every line of one page."""
        return self.classify_batch([page])[0]

    def classify_batch(self, pages: Iterable[str | Page]) -> list[Prediction]:
        """Label every line of many pages; the result of a page does not depend on the others."""
        found: list[Prediction] = []
        for group in _groups(page if isinstance(page, Page) else Page(page) for page in pages):
            model = self.html if self.html is not None and group[0].hints is not None else self
            found += model._classify_group(group, self.verdict)
        return found

    def with_memory(self, memory: "SiteMemory") -> "Model":
        """The same model, with what is remembered of a site, for text and for HTML."""
        html = None if self.html is None else replace(self.html, memory=memory)
        return replace(self, memory=memory, html=html)

    def probabilities(self, batch: Batch) -> NDArray[np.float32]:
        """Probability of each label for every non-blank line of a batch, shape (n_lines, 4)."""
        around = self.around(batch)
        base = self._scores(batch, around)
        chances = softmax(sum((part.scores(batch, base) for part in self._corrections), start=base))
        if self.chooser is None:
            return chances
        chosen = candidates(chances)
        return self.chooser.chances(batch, chosen, around.table(chosen), chances)

    def log_odds(self, batch: Batch) -> NDArray[np.float32]:
        """What the model says of every non-blank line, before any site's correction, shape (n_lines, 4)."""
        return self._scores(batch, self.around(batch))

    @property
    def _corrections(self) -> "tuple[SiteCorrection | SiteMemory, ...]":
        return self.sites if self.memory is None else (*self.sites, self.memory)

    def around(self, batch: Batch) -> Neighbourhood:
        """Columns of the lines of a batch, and of the lines around them."""
        return Neighbourhood(batch, self._own(batch))

    def _scores(self, batch: Batch, around: Neighbourhood) -> NDArray[np.float32]:
        n_lines = len(batch.page)
        scores = np.empty((n_lines, len(LABELS)), np.float32)
        for start in range(0, n_lines, TILE):
            rows = np.arange(start, min(start + TILE, n_lines))
            scores[start : start + TILE] = self.scorer.scores(around.table(rows))
        if self.network is not None:
            scores += self.network.scores(around.own, batch.spans)
        scores /= np.float32(self.temperature * self.n_parts)
        return scores

    @property
    def n_parts(self) -> int:
        """How many scores the log-odds are the mean of."""
        return 1 if self.network is None else 2

    def _own(self, batch: Batch) -> NDArray[np.float32]:
        """The columns of the lines themselves, shape (len(own_names(batch)), n_lines)."""
        own = np.empty((len(own_names(batch)), len(batch.page)), np.float32)
        n_columns, n_scores = len(COLUMNS), len(TARGETS)
        extract(batch, COLUMNS, own[:n_columns])
        own[n_columns : n_columns + n_scores] = self.lexicon.scores(batch)
        if self.markup is not None:
            extract(batch, MARKUP_COLUMNS, own[n_columns + n_scores : -n_scores])
            own[-n_scores:] = self.markup.scores(batch, markup_tokens)
        return own

    def read(self, pages: Sequence[Page]) -> Batch:
        """Scan pages of one kind, with hints where this model looks at them."""
        hints = [page.hints for page in pages if page.hints is not None] if self.markup is not None else None
        return read_batch([page.text for page in pages], hints)

    def _classify_group(self, pages: Sequence[Page], verdict: Verdict | None) -> Iterator[Prediction]:
        batch = self.read(pages)
        chances = self.probabilities(batch)
        labels = decode(batch, chances, self.decoding)
        kinds = None if verdict is None else verdict.probabilities(batch, chances, labels)
        return predictions(pages, batch, chances, labels, kinds)


def predictions(
    pages: Sequence[Page],
    batch: Batch,
    probabilities: NDArray[np.float32],
    labels: NDArray[np.int8],
    kinds: NDArray[np.float32] | None = None,
) -> Iterator[Prediction]:
    """Give each page of a batch its labels and probabilities, blank lines included.

    Args:
        pages: the pages that the batch was read from.
        batch: their lines.
        probabilities: shape (n_lines, 4), from a model or held out while one was fitted.
        labels: shape (n_lines,), the decoded ones.
        kinds: shape (n_pages, 5), the probability of each kind, if there is a verdict; zeros for a page without lines.
    """
    judged = [("", math.nan)] * len(pages) if kinds is None else _likeliest(kinds)
    for index, page in enumerate(pages):
        rows = slice(batch.first[index], batch.first[index + 1])
        number, n_lines = batch.number[rows], batch.n_all_lines[index]
        chances = np.zeros((n_lines, len(LABELS)), np.float32)
        chances[number] = probabilities[rows]
        line_labels = np.full(n_lines, None)
        line_labels[number] = _LABELS.take(labels[rows])
        yield Prediction(page, tuple(line_labels.tolist()), chances, *judged[index])


_LABELS = np.array(LABELS, object)


def _likeliest(kinds: NDArray[np.float32]) -> list[tuple[str, float]]:
    """The likeliest kind of each page and its probability; a page without lines has none."""
    pairs = zip(kinds.argmax(axis=1).tolist(), kinds.max(axis=1).tolist(), strict=True)
    return [(KINDS[column], chance) if chance else ("", math.nan) for column, chance in pairs]


def _groups(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Neighbouring pages of one kind, with hints or without, up to about `GROUP` characters."""
    group: list[Page] = []
    size = 0
    for page in pages:
        if group and (size + len(page.text) > GROUP or (page.hints is None) != (group[0].hints is None)):
            yield group
            group, size = [], 0
        group.append(page)
        size += len(page.text)
    if group:
        yield group
