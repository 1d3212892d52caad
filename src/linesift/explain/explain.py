"""Give the reasons of a line's label: what each column, and each word, adds to the score of each label.

The score is the mean of the scorer's and the networks', or the scorer's alone where the networks do not read. Each is
taken apart in its own way:

- a linear scorer by its weights,
- trees by Shapley values against the lines that they were fitted on (`linesift.explain.shapley`), or against the lines
  of the page itself if the model does not hold the shares of their leaves,
- the networks by hiding parts of the page, of whose lines they read some (`linesift.explain.occlusion`). What a column
  of the line adds there is added to what it adds to the scorer; three rows of its own have the rest,
  `linesift.explain.describe.NETWORK`.

A line in doubt has the scores of the second look added, trees again. A row of its own,
`linesift.explain.describe.SECOND_LOOK`, has what they add to doubtful lines on the whole.

What corrections of its site add is not taken apart: `linesift.explain.describe.SITE` has a row for each kind of them.

The base and the weights of all reasons add up to the score. Scores are log-odds against the mean of the four labels:
only differences between labels mean something, so the four weights of a reason sum to 0.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from linesift.errors import InputError
from linesift.explain.describe import LABELLED_PAGES, NETWORK, REPEATED_LINES, SECOND_LOOK, TOGETHER
from linesift.explain.occlusion import NetworkShares, network_shares
from linesift.explain.shapley import LeafValues, leaf_shares, leaf_values
from linesift.features.batch import Batch
from linesift.features.tokens import spelt_tokens
from linesift.labels import LABELS, Label
from linesift.model.decode import DecodeConfig, Rule, rules_against
from linesift.model.doubt import doubtful
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.model import Model
from linesift.model.part import Part, Scorer, softmax
from linesift.model.prediction import Prediction
from linesift.model.second_look import look_names, look_table
from linesift.model.trees import TreeScorer
from linesift.model.window import Neighbourhood, table_names
from linesift.page import per_cent

Weights = NDArray[np.float64]
"""Shape (4,): log-odds of each label against the mean of the four."""


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """The weights of one column of a line, or of one of its words: what it adds to the score of each label."""

    name: str
    """Name of the column (`linesift.explain.describe` puts it into words), or the word."""
    value: float
    """Value of the column, `nan` if it has none; of a word, how often it occurs."""
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """A score taken apart; `base` and the weights of all reasons add up to it."""

    base: Weights
    """Score of a line about which nothing is known."""
    reasons: tuple[Reason, ...]
    """All that add something, the strongest first."""

    @property
    def score(self) -> Weights:
        """The sum of base and weights."""
        total: Weights = self.base + sum(reason.weights for reason in self.reasons)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The reasons of one line's label."""

    index: int
    """Place of the line in `page.lines`."""
    label: Label
    probabilities: NDArray[np.float32]
    """Shape (4,), as `classify` gives them."""
    reasons: Reasons
    """Of the log-odds before it is compared with other likely headlines."""
    against: str
    """Says what line the base is the score of."""
    words: Reasons
    """Reasons of the lexicon's scores, the columns `lexicon.headline` and so on: log-odds of each label against all
    others."""
    decided: str
    """Names the rules by which it has another label than the likeliest (`linesift.model.decode.Rule`), and says what
    they did, a sentence each; empty if it has the likeliest."""


_MIN_DIFFERENCE = 0.02
"""Difference of probabilities that is worth a sentence."""
_MOST_EXPLAINED = 500
"""Lines of a page that are explained unasked, at most: half a minute."""
_ROWS_AT_ONCE = 64
"""Rows whose weights are held at once."""


def affordable(prediction: Prediction, lines: Sequence[int]) -> list[int]:
    """Choose the lines of a page that are explained where nobody named them: the most doubtful ones, in page order."""
    return sorted(sorted(lines, key=prediction.confidence)[:_MOST_EXPLAINED])


class Explainer:
    """Explains lines with one model; keeps what does not depend on the page."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._values: dict[int, LeafValues] = {}

    def explain(self, prediction: Prediction, lines: Sequence[int]) -> Iterator[Explanation]:
        """Explain some lines of a page, one after the other.

        Args:
            prediction: the model's, of the page.
            lines: indices among `prediction.page.lines`.

        Raises:
            InputError: if there is no such line, or it is blank.
        """
        _check(prediction, lines)
        page, model = prediction.page, self._model
        part = model.part_for(page)
        batch = part.read([page])
        around = part.neighbourhood(batch)
        values = self._leaf_values(part.scorer, lambda: around.table(np.arange(len(batch.page))))
        rows = np.searchsorted(batch.number, lines)
        is_read = np.zeros(len(batch.page), np.bool_)
        is_read[part.rows_of_networks(batch, part.scorer_scores(around))] = True
        first_scores = part.first_log_odds(batch, around)
        looks = self._look_reasons(part, batch, first_scores, rows)
        sites = self._site_reasons(part, batch, first_scores, rows)
        texts, rules = page.lines, _Rules.of(prediction, model.decoding)
        for index, row, first in zip(lines, rows.tolist(), _reasons(part, around, rows, is_read, values), strict=True):
            reasons = reduce(_joined, (found[row] for found in (looks, sites) if row in found), first)
            compared = _compared(prediction, index, reasons) if part.headline is not None else ""
            yield Explanation(
                index=index,
                label=prediction.labels[index] or Label.SIDEBAR,
                probabilities=prediction.probabilities[index],
                reasons=reasons,
                against=_against(part, is_read=bool(is_read[row])),
                words=_words(part.lexicon, texts[index]),
                decided=" ".join(filter(None, (compared, rules.against(index)))),
            )

    def _look_reasons(
        self, part: Part, batch: Batch, first_scores: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> dict[int, Reasons]:
        """Take apart what the second look adds to the scores of those rows that are in doubt, by row."""
        if part.second_look is None:
            return {}
        probabilities = softmax(first_scores)
        in_doubt = doubtful(probabilities)
        asked = np.flatnonzero(np.isin(in_doubt, rows))
        if not len(asked):
            return {}
        table, trees, found = look_table(batch, in_doubt, probabilities), part.second_look.trees, {}
        values, names = self._leaf_values(trees, lambda: table), look_names(is_html=batch.has_hints)
        for start in range(0, len(asked), _ROWS_AT_ONCE):
            some = asked[start : start + _ROWS_AT_ONCE]
            base, weights = map(_against_mean, _of_scorer(trees, table[:, some], values))
            for row, columns, of_row in zip(
                in_doubt[some], table.T[some].tolist(), weights.swapaxes(0, 1), strict=True
            ):
                own = _sorted((*names, SECOND_LOOK), (*columns, nan), np.concatenate((of_row, base[None])))
                found[row] = Reasons(np.zeros(len(LABELS)), own)
        return found

    def _site_reasons(
        self, part: Part, batch: Batch, first_scores: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> dict[int, Reasons]:
        """Say what corrections of the page's site add to the scores of some rows, by row."""
        memory = self._model.memory
        if not part.sites and memory is None:
            return {}
        base = part.look_again(batch, first_scores)
        added = {LABELLED_PAGES: [each.scores(batch, base) for each in part.sites]}
        added[REPEATED_LINES] = [] if memory is None else [memory.scores(batch, base)]
        weights = [_against_mean(sum(scores, start=np.zeros_like(base))) for scores in added.values()]
        of_rows = np.stack(weights, axis=1)[rows]
        nothing = np.zeros(len(LABELS))
        return {
            row: Reasons(nothing, _sorted(tuple(added), (nan,) * len(added), of_row))
            for row, of_row in zip(rows.tolist(), of_rows, strict=True)
        }

    def _leaf_values(self, scorer: Scorer, page_table: Callable[[], NDArray[np.float32]]) -> LeafValues | None:
        """Shapley values of the leaves of trees; `None` for a scorer of another kind.

        Trees without the shares of their leaves are compared with the lines of the page, which `page_table` gives.
        """
        if not isinstance(scorer, TreeScorer):
            return None
        if scorer.shares is None:
            shares = leaf_shares(scorer.leaf_of(page_table()), scorer.leaves.shape[1])
            return leaf_values(scorer.columns, scorer.leaves, shares)
        if id(scorer) not in self._values:
            self._values[id(scorer)] = leaf_values(scorer.columns, scorer.leaves, scorer.shares)
        return self._values[id(scorer)]


def _reasons(
    part: Part,
    around: Neighbourhood,
    rows: NDArray[np.int64],
    is_read: NDArray[np.bool_],
    values: LeafValues | None,
) -> Iterator[Reasons]:
    """Take the log-odds of some rows of a page apart; `is_read` marks the lines of the page that the networks read."""
    places = (is_read.cumsum() - 1)[rows[is_read[rows]]]
    every_shares = [network_shares(network, around.own[:, is_read], places) for network in part.networks]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        table = around.table(rows[start : start + _ROWS_AT_ONCE])
        base, weights = _of_scorer(part.scorer, table, values)
        for number, of_row in enumerate(weights.swapaxes(0, 1)):
            shares = [next(shares) for shares in every_shares] if is_read[rows[start + number]] else None
            yield _of_line(part, table[:, number], base, of_row, shares)


def _of_line(
    part: Part,
    columns: NDArray[np.float32],
    base: NDArray[np.float64],
    weights: NDArray[np.float64],
    every_shares: Sequence[NetworkShares] | None,
) -> Reasons:
    """Join the reasons of the scorer, `base` of shape (4,) and `weights` of (n_columns, 4), and of the networks.

    `every_shares` is `None` if the networks do not read the line.
    """
    names, values = table_names(is_html=part.is_html), columns.tolist()
    of_scorer, of_network = (1.0, 0.0) if every_shares is None else part.shares
    temperature = part.sure_temperature if every_shares is None else part.temperature
    base, weights = of_scorer * base, of_scorer * weights
    others = dict.fromkeys(NETWORK, np.zeros(len(LABELS)))
    for shares in every_shares or ():
        base = base + of_network * shares.base
        weights[: len(shares.columns)] += of_network * shares.columns
        of_rows = {TOGETHER: shares.together, "network.above": shares.above, "network.below": shares.below}
        others = {name: weight + of_network * of_rows[name] for name, weight in others.items()}
    if every_shares:
        weights = np.concatenate((weights, [*others.values()]))
        names, values = (*names, *others), [*values, *[nan] * len(others)]
    base, weights = (_against_mean(scores) / temperature for scores in (base, weights))
    return Reasons(base, _sorted(names, values, weights))


def _of_scorer(
    scorer: Scorer, table: NDArray[np.float32], values: LeafValues | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the base, shape (4,), and the weights, shape (n_columns, n_rows, 4), of a table of (n_columns, n_rows)."""
    weights = np.zeros((*table.shape, len(LABELS)))
    if isinstance(scorer, TreeScorer) and values is not None:
        leaf = scorer.leaf_of(table)
        of_levels = values.levels[np.arange(len(leaf))[:, None], leaf].swapaxes(1, 2)  # (n_trees, depth, n_rows, 4)
        np.add.at(weights, scorer.columns, of_levels)
        return values.base + scorer.bias, weights
    if isinstance(scorer, LinearScorer):
        for of_column, of_bins, bins in zip(weights, scorer.weights, scorer.bins.digitise(table), strict=True):
            of_column[:] = of_bins[bins]
        return scorer.bias.astype(np.float64), weights
    raise TypeError(f"cannot explain a {type(scorer).__name__}")


def _check(prediction: Prediction, lines: Sequence[int]) -> None:
    source, labels = prediction.page.source or "page", prediction.labels
    for index in lines:
        if not 0 <= index < len(labels):
            last = max((row + 1 for row, label in enumerate(labels) if label is not None), default=0)
            has = f"the last line with text is {last}" if last else "the page has no text"
            raise InputError(f"{source}: there is no line {index + 1}; {has}")
        if labels[index] is None:
            raise InputError(f"{source}: line {index + 1} is blank and has no label; name another one")


def _compared(prediction: Prediction, index: int, reasons: Reasons) -> str:
    """Say how the comparison with other likely headlines changed a line's probability; empty if hardly."""
    column = Label.HEADLINE.column
    alone = float(softmax(reasons.score[None].astype(np.float32))[0, column])
    together = float(prediction.probabilities[index, column])
    if abs(together - alone) < _MIN_DIFFERENCE:
        return ""
    return (
        f"By itself, the line is the headline with a probability of {per_cent(alone)}; compared with the other "
        f"likely titles of the page, of {per_cent(together)}."
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    """Says by which rules `decode` gave a line of a page another label than its likeliest."""

    prediction: Prediction
    config: DecodeConfig
    has_article: bool
    body: str
    """Says from which probability on the lines of the page are body."""

    @classmethod
    def of(cls, prediction: Prediction, config: DecodeConfig) -> "_Rules":
        return cls(prediction, config, isnan(prediction.no_article), _bound(prediction))

    def against(self, index: int) -> str:
        """Name the rules, and say what they did; empty if the line has its likeliest label."""
        label = self.prediction.labels[index] or Label.SIDEBAR
        probabilities = self.prediction.probabilities[index].tolist()
        rules = rules_against(label, probabilities, has_article=self.has_article)
        return " ".join(f'Rule "{rule}": {self._say(rule)}' for rule in rules)

    def _say(self, rule: Rule) -> str:
        """Say in a sentence what a rule did on the page."""
        near, elsewhere = per_cent(self.config.timestamp_near), per_cent(self.config.timestamp)
        match rule:
            case Rule.NO_ARTICLE:
                sure = f"{per_cent(self.prediction.no_article)} sure; kind: {self.prediction.kind}"
                return f"The page is an index or no news ({sure}), so it has no article and all its lines are sidebar."
            case Rule.LIKELIEST_HEADLINE:
                enough = per_cent(self.config.headline)
                return f"Where the body begins, {enough} are enough for the likeliest headline of the page."
            case Rule.ONE_HEADLINE:
                return "A page has one headline, and another line is likelier to be it, or none is likely enough."
            case Rule.BODY_AS_A_WHOLE:
                return f"Which lines are body is decided for the page as a whole; on this page they are {self.body}."
            case Rule.NEAR_TIMESTAMP:
                return f"Near the headline, {near} are enough for a timestamp."
            case Rule.SURE_TIMESTAMP:
                return f"A timestamp has to be surer: {near} near the headline, {elsewhere} elsewhere."


def _bound(prediction: Prediction) -> str:
    """Say from which probability on the lines of a page are body; refused timestamps, which need less, do not count."""
    rows = prediction.probabilities[[given is Label.BODY for given in prediction.labels]]
    body = rows[rows[:, Label.TIMESTAMP.column] <= rows[:, Label.SIDEBAR.column], Label.BODY.column]
    return f"from {per_cent(float(body.min()))} on" if len(body) else "nowhere"


def _against(part: Part, *, is_read: bool) -> str:
    """Say what line the base is the score of."""
    is_page = isinstance(part.scorer, TreeScorer) and part.scorer.shares is None
    mean = "the average of this page's lines" if is_page else "the average of the lines that the model learnt from"
    return f"{mean}, on a page of typical lines" if part.networks and is_read else mean


def _against_mean(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Subtract from scores their mean over the labels, the last axis."""
    exact = scores.astype(np.float64)
    centred: NDArray[np.float64] = exact - exact.mean(axis=-1, keepdims=True)
    return centred


def _sorted(names: Sequence[str], values: Sequence[float], weights: NDArray[np.float64]) -> tuple[Reason, ...]:
    """Give the reasons that add something, the strongest first; `weights` has shape (n_names, 4)."""
    return _strongest_first(Reason(*parts) for parts in zip(names, values, weights, strict=True) if parts[2].any())


def _joined(first: Reasons, second: Reasons) -> Reasons:
    """Add two scores that were taken apart."""
    return Reasons(first.base + second.base, _strongest_first((*first.reasons, *second.reasons)))


def _strongest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: -float(np.abs(reason.weights).max())))


def _words(lexicon: Lexicon, line: str) -> Reasons:
    """Take the lexicon's scores of a line apart by its words."""
    texts, buckets = spelt_tokens(line)
    scale = 1 / np.sqrt(max(len(texts), 1))
    weights = lexicon.weights[buckets, : len(LABELS)].astype(np.float64) * scale
    names, place, counts = np.unique(np.array(texts, object), return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), len(LABELS)))
    np.add.at(sums, place, weights)
    return Reasons(lexicon.bias[: len(LABELS)].astype(np.float64), _sorted(names.tolist(), counts.tolist(), sums))
