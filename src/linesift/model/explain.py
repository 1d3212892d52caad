"""Why a line has its label: what each column, and each word, adds to the score of each label.

Every pass of a model is taken apart by itself. Of a linear pass the weights are what there is to say; of trees the
Shapley values against the lines that they were fitted on (`linesift.model.shapley`), or against the lines of the
page itself where the model does not hold the shares of its leaves. Both are exact: the weights and the base add up to
the score. The second pass reads what the first made of the line and its neighbours as columns like any other; what
these columns rest on is what the first pass says.

Scores are log-odds against the mean of the four labels: only differences between labels mean something, and so the
four weights of a column sum to 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.errors import InputError
from linesift.features.batch import read_batch
from linesift.features.tokens import spelt_tokens
from linesift.labels import LABELS, Label
from linesift.model.classifier import Model, Scorer, softmax
from linesift.model.decode import DecodeConfig
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.prediction import Prediction
from linesift.model.shapley import LeafValues, leaf_shares, leaf_values
from linesift.model.trees import TreeScorer
from linesift.model.window import n_table_columns, table_names

Weights = NDArray[np.float64]
"""Shape (4,): log-odds of each label against the mean of the four."""


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """What one column of a line, or one of its words, adds to the score of each label."""

    name: str
    """Name of the column (`linesift.model.describe` puts it into words), or the word."""
    value: float
    """What stands in the column, `nan` where it does not apply; of a word, how often it occurs."""
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
    first: Reasons
    second: Reasons
    words: Reasons
    """What its words say by themselves; its scores are the columns `lexicon.headline` and so on, log-odds of each label
    against all others."""
    decided: str
    """Why it has another label than the likeliest one, in a sentence; empty where it has the likeliest."""
    is_against_page: bool
    """Whether the line is compared with the page's lines, and not with those that the model learnt from."""


_TOLD = 0.02
"""Difference of probabilities from which it is worth a sentence."""

_AT_ONCE = 256
"""Lines explained at once; what the trees say of each level of each line is held for so many."""


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
        if model.html is not None and page.hints is not None:
            model = model.html
        hints = [page.hints] if model.markup is not None and page.hints is not None else None
        batch = read_batch([page.text], hints)
        table = model.table(batch)
        names = table_names(is_html=hints is not None)
        first = _Pass(model.first, table[: n_table_columns(is_second=False, is_html=hints is not None)], names)
        second = _Pass(model.second, table, names, model.temperature)
        values = [self._leaf_values(each.scorer, each.table) for each in (first, second)]
        for start in range(0, len(lines), _AT_ONCE):
            some = lines[start : start + _AT_ONCE]
            rows = np.searchsorted(batch.number, some)
            reasons = (each.reasons(rows, known) for each, known in zip((first, second), values, strict=True))
            for index, of_first, of_second in zip(some, *reasons, strict=True):
                yield Explanation(
                    index=index,
                    label=prediction.labels[index] or Label.SIDEBAR,
                    probabilities=prediction.probabilities[index],
                    first=of_first,
                    second=of_second,
                    words=_words(model.lexicon, page.lines[index]),
                    decided=" ".join(
                        text
                        for text in (
                            _compared(prediction, index, of_second) if model.chooser is not None else "",
                            _decided(prediction, index, model.decoding),
                        )
                        if text
                    ),
                    is_against_page=_lacks_shares(model.first) or _lacks_shares(model.second),
                )

    def _leaf_values(self, scorer: Scorer, table: NDArray[np.float32]) -> LeafValues | None:
        """What the leaves of trees stand for; `None` of a scorer that has none."""
        if not isinstance(scorer, TreeScorer):
            return None
        if scorer.shares is None:
            shares = leaf_shares(scorer.leaf_of(table), scorer.leaves.shape[1])
            return leaf_values(scorer.columns, scorer.leaves, shares)
        if id(scorer) not in self._values:
            self._values[id(scorer)] = leaf_values(scorer.columns, scorer.leaves, scorer.shares)
        return self._values[id(scorer)]


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """One pass over the lines of a page."""

    scorer: Scorer
    table: NDArray[np.float32]
    """Shape (n_columns, n_lines)."""
    names: Sequence[str]
    """Of the columns, and of those that only the other pass has behind them."""
    temperature: float = 1.0

    def reasons(self, rows: NDArray[np.int64], values: LeafValues | None) -> list[Reasons]:
        """Take the scores of some rows apart."""
        base, weights = self._weights(rows, values)
        base, weights = _against_mean(base) / self.temperature, _against_mean(weights) / self.temperature
        names = self.names[: len(self.table)]
        return [
            Reasons(base, _sorted(names, self.table[:, row].tolist(), weights[:, place]))
            for place, row in enumerate(rows.tolist())
        ]

    def _weights(
        self, rows: NDArray[np.int64], values: LeafValues | None
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Base of shape (4,) and weights of shape (n_columns, n_rows, 4)."""
        scorer, table = self.scorer, self.table[:, rows]
        if isinstance(scorer, TreeScorer) and values is not None:
            leaf = scorer.leaf_of(table)
            found = values.levels[np.arange(len(leaf))[:, None], leaf].swapaxes(1, 2)  # (n_trees, depth, n_rows, 4)
            weights = np.zeros((*table.shape, len(LABELS)))
            np.add.at(weights, scorer.columns, found)
            return values.base + scorer.bias, weights
        if isinstance(scorer, LinearScorer):
            places = scorer.bins.digitise(table)
            return scorer.bias, np.stack([part[bins] for part, bins in zip(scorer.weights, places, strict=True)])
        raise TypeError(f"cannot explain a {type(scorer).__name__}")


def _check(prediction: Prediction, lines: Sequence[int]) -> None:
    source, n_lines = prediction.page.source or "page", len(prediction.labels)
    for index in lines:
        if not 0 <= index < n_lines:
            raise InputError(f"{source}: there is no line {index + 1}; the page has {n_lines} lines")
        if prediction.labels[index] is None:
            raise InputError(f"{source}: line {index + 1} is blank and has no label; name another one")


def _compared(prediction: Prediction, index: int, second: Reasons) -> str:
    """Say what the comparison with the page's other likely titles made of the second pass's probability."""
    column = Label.HEADLINE.column
    alone = float(softmax(second.score[None].astype(np.float32))[0, column])
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
    body = [prediction.confidence(other) for other, given in enumerate(prediction.labels) if given is Label.BODY]
    if label is likeliest:
        return ""
    if label is Label.HEADLINE:
        return f"Where the body begins, {_per_cent(config.headline)} are enough for the likeliest headline of the page."
    if label is Label.TIMESTAMP:
        return f"Near the headline, {_per_cent(config.timestamp_near)} are enough for a timestamp."
    if Label.BODY in {label, likeliest}:
        found = f"from {_per_cent(min(body))} on" if body else "nowhere"
        return f"Which lines are body is decided for the page as a whole; on this page they are {found}."
    if likeliest is Label.HEADLINE:
        return "A page has one headline, and another line is likelier to be it, or none is likely enough."
    return "Far from the headline, a timestamp has to be surer."


def _per_cent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _lacks_shares(scorer: Scorer) -> bool:
    return isinstance(scorer, TreeScorer) and scorer.shares is None


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
