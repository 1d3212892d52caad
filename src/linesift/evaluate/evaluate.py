"""Score predictions against labelled pages."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from linesift.evaluate.metrics import (
    Score,
    article_score,
    harmonic,
    label_scores,
    macro_f1,
    n_tokens,
    overlap,
    shingles,
)
from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, Origin

N_WORST = 30
_N_WORST_LINES = 5
_N_BINS = 10


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line with another label than the gold's, without its text: most pages may not be copied into a report."""

    number: int
    """Line number on the page, from 1."""
    gold: Label
    given: Label
    n_words: int


@dataclass(frozen=True, slots=True)
class PageResult:
    """Scores of one page."""

    name: str
    collection: str
    site: str
    lang: str
    n_lines: int
    n_wrong: int
    precision: float
    """Of shingles of four words."""
    recall: float
    word_precision: float
    word_recall: float
    worst_lines: tuple[WrongLine, ...]
    """The longest wrong lines."""

    @property
    def f1(self) -> float:
        """F1 of the page's article."""
        return harmonic(self.precision, self.recall)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration of the probability of one label."""

    error: float
    """Expected calibration error over ten bins: mean distance of probability and frequency, weighted by lines."""
    brier: float
    """Brier score: mean squared difference of the probability and 1 where a line has the label, else 0."""
    curve: list[tuple[float, float, int]]
    """Reliability curve: mean probability, frequency and number of lines of each bin."""


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of a model over some pages."""

    labels: dict[Label, Score]
    macro_f1: float
    confusion: dict[Label, dict[Label, int]]
    """Number of lines by gold label, then by predicted label."""
    article: Score
    """By shingles of four words."""
    by_collection: dict[str, Score]
    """Article scores."""
    by_language: dict[str, Score]
    words: Score
    """Article score by single words, wherever they stand."""
    words_by_collection: dict[str, Score]
    words_by_language: dict[str, Score]
    calibration: dict[Label, Calibration]
    calibration_error: float
    """Calibration error of body."""
    pages: list[PageResult]

    @property
    def worst(self) -> list[PageResult]:
        """Pages with the lowest article F1, lowest first."""
        return sorted(self.pages, key=lambda page: (page.f1, page.name))[:N_WORST]

    def to_json(self) -> str:
        """Write the report as JSON; of single pages it has the worst alone."""
        parts: dict[str, Any] = {key: value for key, value in asdict(self).items() if key != "pages"}
        parts["worst"] = [{**asdict(page), "f1": page.f1} for page in self.worst]
        return json.dumps(_rounded(parts), ensure_ascii=False, indent=1) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {str(key): _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value


Pair = tuple[LabelledPage, Prediction]
"""Gold and prediction of a page."""


def evaluate_pairs(pairs: Sequence[Pair]) -> Report:
    """Score predictions; as `evaluate`."""
    return evaluate([page for page, _ in pairs], [found for _, found in pairs])


def evaluate(gold: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Report:
    """Score predictions, page by page in the same order as the gold; lines whose label is unknown do not count.

    Raises:
        ValueError: if a prediction is of another page than its gold.
    """
    names = collection_names([page.origin for page in gold])
    pages = [_page_result(*each) for each in zip(gold, predictions, names, strict=True)]
    true, given = scored_labels(zip(gold, predictions, strict=True))
    scores = label_scores(true, given)
    kinds = {label: calibration(gold, predictions, label) for label in LABELS}
    return Report(
        labels=scores,
        macro_f1=macro_f1(scores),
        confusion=_confusion(true, given),
        article=article_score(map(_of_shingles, pages)),
        by_collection=_grouped(pages, _collection, _of_shingles),
        by_language=_grouped(pages, _language, _of_shingles),
        words=article_score(map(_of_words, pages)),
        words_by_collection=_grouped(pages, _collection, _of_words),
        words_by_language=_grouped(pages, _language, _of_words),
        calibration=kinds,
        calibration_error=kinds[Label.BODY].error,
        pages=pages,
    )


def scored_labels(pairs: Iterable[Pair]) -> tuple[list[Label], list[Label]]:
    """Give the gold and the predicted labels of all lines whose gold is known."""
    lines = [
        (true, label)
        for page, found in pairs
        for true, label in zip(page.labels, found.labels, strict=True)
        if true is not None and label is not None
    ]
    return [true for true, _ in lines], [label for _, label in lines]


def collection_names(origins: Sequence[Origin]) -> list[str]:
    """Name the collection of each page, with `by hand` where only some pages of the collection are labelled so."""
    aligned = {origin.collection for origin in origins if not origin.is_by_hand}
    return [
        f"{origin.collection} by hand" if origin.is_by_hand and origin.collection in aligned else origin.collection
        for origin in origins
    ]


def _confusion(true: Sequence[Label], given: Sequence[Label]) -> dict[Label, dict[Label, int]]:
    pairs = Counter(zip(true, given, strict=True))
    return {gold: {label: pairs[gold, label] for label in LABELS} for gold in LABELS}


def _of_shingles(page: PageResult) -> tuple[float, float]:
    return page.precision, page.recall


def _of_words(page: PageResult) -> tuple[float, float]:
    return page.word_precision, page.word_recall


def _collection(page: PageResult) -> str:
    return page.collection


def _language(page: PageResult) -> str:
    return page.lang or "unknown"


def _page_result(gold: LabelledPage, prediction: Prediction, collection: str) -> PageResult:
    if gold.page.text != prediction.page.text:
        raise ValueError(f"{gold.page.source}: the prediction is of another page")
    article, given = gold.gold_article, "\n".join(_given_body(gold, prediction))
    precision, recall = overlap(shingles(article), shingles(given))
    word_precision, word_recall = overlap(shingles(article, 1), shingles(given, 1))
    pairs = list(zip(gold.labels, prediction.labels, strict=True))
    return PageResult(
        name=gold.page.source,
        collection=collection,
        site=gold.site,
        lang=gold.lang,
        n_lines=sum(label is not None for label in gold.labels),
        n_wrong=sum(true is not None and true != given for true, given in pairs),
        precision=precision,
        recall=recall,
        word_precision=word_precision,
        word_recall=word_recall,
        worst_lines=_worst_lines(gold, prediction),
    )


def _given_body(gold: LabelledPage, prediction: Prediction) -> list[str]:
    """Give the lines of the predicted article, without those whose label is unknown if the gold is made of labels."""
    return [
        line.strip()
        for line, true, given in zip(gold.page.lines, gold.labels, prediction.labels, strict=True)
        if given is Label.BODY and (true is not None or gold.article is not None)
    ]


def _worst_lines(gold: LabelledPage, prediction: Prediction) -> tuple[WrongLine, ...]:
    rows = zip(gold.page.lines, gold.labels, prediction.labels, strict=True)
    wrong = [
        WrongLine(number, true, label, n_tokens(line))
        for number, (line, true, label) in enumerate(rows, start=1)
        if true is not None and label is not None and true is not label
    ]
    return tuple(sorted(wrong, key=lambda line: (-line.n_words, line.number))[:_N_WORST_LINES])


def _grouped(
    pages: Iterable[PageResult],
    key: Callable[[PageResult], str],
    values: Callable[[PageResult], tuple[float, float]],
) -> dict[str, Score]:
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for page in pages:
        groups[key(page)].append(values(page))
    return {name: article_score(groups[name]) for name in sorted(groups)}


def calibration(gold: Sequence[LabelledPage], predictions: Sequence[Prediction], label: Label) -> Calibration:
    """Compare the probability of a label with the frequency of lines that have it."""
    true = [other for page in gold for other in page.labels]
    kept = np.array([other is not None for other in true], np.bool_)
    is_label = np.array([other is label for other in true], np.float64)[kept]
    if not len(is_label):
        return Calibration(0.0, 0.0, [])
    probabilities = np.concatenate([prediction.probabilities[:, label.column] for prediction in predictions])
    probabilities = probabilities[kept].astype(np.float64)
    place = np.minimum((probabilities * _N_BINS).astype(np.int64), _N_BINS - 1)
    lines = np.bincount(place, minlength=_N_BINS)
    divisor = np.maximum(lines, 1)
    mean = np.bincount(place, probabilities, _N_BINS) / divisor
    frequency = np.bincount(place, is_label, _N_BINS) / divisor
    return Calibration(
        error=float((np.abs(mean - frequency) * lines).sum() / lines.sum()),
        brier=float(((probabilities - is_label) ** 2).mean()),
        curve=list(zip(mean.tolist(), frequency.tolist(), lines.tolist(), strict=True)),
    )
