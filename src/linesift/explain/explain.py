"""Why a line has its label: what each column, and each word, adds to the score of each label.

The score is the mean of what the scorer and the network say, and each is taken apart in its own way. Of a linear scorer
the weights are what there is to say; of trees the Shapley values against the lines that they were fitted on
(`linesift.explain.shapley`), or against the lines of the page itself where the model does not hold the shares of their
leaves. Of the network it is the integrated gradients (Sundararajan, Taly and Yan 2017) from a page of which every line
is at the training median in every column to the page as it is. What a line itself adds in a column stands with the
column, whoever of the two saw it there; the network's other lines within reach are summed over those above and those
below. What it saw anywhere above and anywhere below, however far, is told as a whole and not by columns
(`linesift.explain.integral` says why).

The weights and the base add up to the score. Those of the scorer are exact; the integral is a sum of a few steps, and
what that misses is in the base.

Scores are log-odds against the mean of the four labels: only differences between labels mean something, and so the
four weights of a column sum to 0.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from linesift.errors import InputError
from linesift.explain.describe import POOLED
from linesift.explain.integral import NetworkWeights, batches, network_weights
from linesift.explain.shapley import LeafValues, leaf_shares, leaf_values
from linesift.features.tokens import spelt_tokens
from linesift.labels import LABELS, Label
from linesift.model.decode import DecodeConfig
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.model import Model
from linesift.model.part import Part, Scorer, softmax
from linesift.model.prediction import Prediction
from linesift.model.trees import TreeScorer
from linesift.model.window import Neighbourhood, table_names

Weights = NDArray[np.float64]
"""Shape (4,): log-odds of each label against the mean of the four."""


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """What one column of a line, or one of its words, adds to the score of each label."""

    name: str
    """Name of the column (`linesift.explain.describe` puts it into words), or the word."""
    value: float
    """What stands in the column, `nan` where it does not apply and for many lines together; of a word, how often it
    occurs."""
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """A score taken apart; `base` and the weights of all reasons add up to it."""

    base: Weights
    """Score of a line of which nothing is known."""
    reasons: tuple[Reason, ...]
    """All that add something, the strongest first."""

    @property
    def score(self) -> Weights:
        """The whole."""
        total: Weights = self.base + sum(reason.weights for reason in self.reasons)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why one line of a page has its label."""

    index: int
    """Of the line among `page.lines`."""
    label: Label
    probabilities: NDArray[np.float32]
    """Shape (4,): of the line, as `classify` gives them."""
    reasons: Reasons
    """Of its log-odds, before what the pages of its site and the page's other likely titles make of them."""
    against: str
    """What the line is compared with, in words: the base is the score of that."""
    words: Reasons
    """What its words say by themselves; its scores are the columns `lexicon.headline` and so on, log-odds of each label
    against all others."""
    decided: str
    """Why it has another label than the likeliest one, in a sentence; empty where it has the likeliest."""


_TOLD = 0.02
"""Difference of probabilities from which it is worth a sentence."""


class Explainer:
    """Explains lines with one model; what does not depend on the page is computed once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._values: dict[int, LeafValues] = {}

    def explain(self, prediction: Prediction, lines: Sequence[int]) -> Iterator[Explanation]:
        """Explain some lines of a page, one after the other.

        Args:
            prediction: what the model said of the page.
            lines: indices among `prediction.page.lines`.

        Raises:
            InputError: if there is no such line, or it is blank.
        """
        _check(prediction, lines)
        page, model = prediction.page, self._model
        part = model.part_for(page)
        batch = part.read([page])
        around = part.neighbourhood(batch)
        values, texts = self._leaf_values(part.scorer, around), page.lines
        found = _reasons(part, around, batch.number, np.searchsorted(batch.number, lines), values)
        for index, reasons in zip(lines, found, strict=True):
            compared = _compared(prediction, index, reasons) if part.headline is not None else ""
            yield Explanation(
                index=index,
                label=prediction.labels[index] or Label.SIDEBAR,
                probabilities=prediction.probabilities[index],
                reasons=reasons,
                against=_against(part),
                words=_words(part.lexicon, texts[index]),
                decided=" ".join(filter(None, (compared, _decided(prediction, index, model.decoding)))),
            )

    def _leaf_values(self, scorer: Scorer, around: Neighbourhood) -> LeafValues | None:
        """What the leaves of trees stand for; `None` of a scorer that has none."""
        if not isinstance(scorer, TreeScorer):
            return None
        if scorer.shares is None:
            table = around.table(np.arange(around.own.shape[1]))
            shares = leaf_shares(scorer.leaf_of(table), scorer.leaves.shape[1])
            return leaf_values(scorer.columns, scorer.leaves, shares)
        if id(scorer) not in self._values:
            self._values[id(scorer)] = leaf_values(scorer.columns, scorer.leaves, scorer.shares)
        return self._values[id(scorer)]


def _reasons(
    part: Part,
    around: Neighbourhood,
    numbers: NDArray[np.int64],
    rows: NDArray[np.int64],
    values: LeafValues | None,
) -> Iterator[Reasons]:
    """Take the log-odds of some rows of a page apart; `numbers` are the indices of its lines."""
    parts: Iterable[NetworkWeights | None] = repeat(None)
    if part.network is not None:
        parts = network_weights(part.network, around.own, rows)
    for some, of_network in zip(batches(rows), parts, strict=False):  # without a network there is no end to `None`
        yield from _of_both(part, around.table(some), numbers, values, of_network)


def _of_both(
    part: Part,
    table: NDArray[np.float32],
    numbers: NDArray[np.int64],
    values: LeafValues | None,
    of_network: NetworkWeights | None,
) -> Iterator[Reasons]:
    """Reasons of the rows of a table, from those of the scorer and of the network."""
    names, n_rows = table_names(is_html=part.is_html), table.shape[1]
    base, weights = _of_scorer(part.scorer, table, values)
    if of_network is not None:
        own, above, below = of_network.columns
        base = base + of_network.base
        weights[: len(own)] += own
        weights = np.concatenate((weights, above, below, of_network.sweeps))
        names += tuple(f"{name}@{side}" for side in ("above", "below") for name in names[: len(own)])
        names += tuple(POOLED)
        of_many = np.full((2 * len(own), n_rows), np.nan, np.float32)
        table = np.concatenate((table, of_many, numbers[of_network.lines] + np.float32(1)))
    scale = part.n_scores * part.temperature
    bases = _against_mean(np.broadcast_to(base, (n_rows, len(LABELS)))) / scale
    weights = _against_mean(weights) / scale
    for place, of_row in enumerate(bases):
        yield Reasons(of_row, _sorted(names, table[:, place].tolist(), weights[:, place]))


def _of_scorer(
    scorer: Scorer, table: NDArray[np.float32], values: LeafValues | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Base of shape (4,) and weights of shape (n_columns, n_rows, 4) of a table of shape (n_columns, n_rows)."""
    weights = np.zeros((*table.shape, len(LABELS)))
    if isinstance(scorer, TreeScorer) and values is not None:
        leaf = scorer.leaf_of(table)
        found = values.levels[np.arange(len(leaf))[:, None], leaf].swapaxes(1, 2)  # (n_trees, depth, n_rows, 4)
        np.add.at(weights, scorer.columns, found)
        return values.base + scorer.bias, weights
    if isinstance(scorer, LinearScorer):
        for of_column, of_bins, bins in zip(weights, scorer.weights, scorer.bins.digitise(table), strict=True):
            of_column[:] = of_bins[bins]
        return scorer.bias.astype(np.float64), weights
    raise TypeError(f"cannot explain a {type(scorer).__name__}")


def _check(prediction: Prediction, lines: Sequence[int]) -> None:
    source, n_lines = prediction.page.source or "page", len(prediction.labels)
    for index in lines:
        if not 0 <= index < n_lines:
            raise InputError(f"{source}: there is no line {index + 1}; the page has {n_lines} lines")
        if prediction.labels[index] is None:
            raise InputError(f"{source}: line {index + 1} is blank and has no label; name another one")


def _compared(prediction: Prediction, index: int, reasons: Reasons) -> str:
    """Say what the comparison with the page's other likely titles made of a line's probability."""
    column = Label.HEADLINE.column
    alone = float(softmax(reasons.score[None].astype(np.float32))[0, column])
    together = float(prediction.probabilities[index, column])
    if abs(together - alone) < _TOLD:
        return ""
    return (
        f"By itself the line would be the headline with {_per_cent(alone)}; against the page's other likely titles "
        f"it is with {_per_cent(together)}."
    )


def _decided(prediction: Prediction, index: int, config: DecodeConfig) -> str:
    """Say what `linesift.model.decode` did where a line has not its likeliest label."""
    label = prediction.labels[index]
    likeliest = LABELS[int(prediction.probabilities[index].argmax())]
    if label is likeliest:
        return ""
    if label is Label.HEADLINE:
        return f"Where the body begins, {_per_cent(config.headline)} are enough for the likeliest headline of the page."
    if label is Label.TIMESTAMP:
        return f"Near the headline, {_per_cent(config.timestamp_near)} are enough for a timestamp."
    if Label.BODY in {label, likeliest}:
        body = [prediction.confidence(other) for other, given in enumerate(prediction.labels) if given is Label.BODY]
        found = f"from {_per_cent(min(body))} on" if body else "nowhere"
        return f"Which lines are body is decided for the page as a whole; on this page they are {found}."
    if likeliest is Label.HEADLINE:
        return "A page has one headline, and another line is likelier to be it, or none is likely enough."
    near, elsewhere = _per_cent(config.timestamp_near), _per_cent(config.timestamp)
    return f"A timestamp has to be surer: {near} near the headline, {elsewhere} elsewhere."


def _per_cent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _against(part: Part) -> str:
    """Say what lines are compared with."""
    is_page = isinstance(part.scorer, TreeScorer) and part.scorer.shares is None
    mean = "the mean of this page's lines" if is_page else "the mean of the lines that the model learnt from"
    return mean if part.network is None else f"{mean}, and a page of median lines"


def _against_mean(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores of labels, the last axis, less their mean."""
    exact = scores.astype(np.float64)
    centred: NDArray[np.float64] = exact - exact.mean(axis=-1, keepdims=True)
    return centred


def _sorted(names: Sequence[str], values: Sequence[float], weights: NDArray[np.float64]) -> tuple[Reason, ...]:
    """Reasons that add something, the strongest first; `weights` has the shape (n_names, 4)."""
    found = [Reason(*parts) for parts in zip(names, values, weights, strict=True) if parts[2].any()]
    return tuple(sorted(found, key=lambda reason: -float(np.abs(reason.weights).max())))


def _words(lexicon: Lexicon, line: str) -> Reasons:
    """What each word of a line adds to what the lexicon says of each label."""
    texts, buckets = spelt_tokens(line)
    scale = 1 / np.sqrt(max(len(texts), 1))
    weights = lexicon.weights[buckets, : len(LABELS)].astype(np.float64) * scale
    names, place, counts = np.unique(np.array(texts, object), return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), len(LABELS)))
    np.add.at(sums, place, weights)
    return Reasons(lexicon.bias[: len(LABELS)].astype(np.float64), _sorted(names.tolist(), counts.tolist(), sums))
