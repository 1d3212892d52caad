"""Predictions against labelled pages."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage
from linesift.train.metrics import Score, article_score, label_scores, macro_f1, overlap, shingles

N_WORST = 30
N_BINS = 10


@dataclass(frozen=True, slots=True)
class PageResult:
    """How one page came out."""

    name: str
    collection: str
    site: str
    lang: str
    n_lines: int
    n_wrong: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """F1 of the page's article."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of a model over some pages."""

    labels: dict[Label, Score]
    macro_f1: float
    article: Score
    by_collection: dict[str, Score]
    """Article scores."""
    by_language: dict[str, Score]
    calibration_error: float
    """Mean distance between the probability of body and its frequency, over ten bins weighted by their lines."""
    pages: list[PageResult]

    @property
    def worst(self) -> list[PageResult]:
        """The pages whose article came out worst, worst first."""
        return sorted(self.pages, key=lambda page: (page.f1, page.name))[:N_WORST]

    def to_json(self) -> str:
        """The report as JSON, the worst pages alone listed by name."""
        parts: dict[str, Any] = {key: value for key, value in asdict(self).items() if key != "pages"}
        parts["worst"] = [{**asdict(page), "f1": page.f1} for page in self.worst]
        return json.dumps(_rounded(parts), ensure_ascii=False, indent=1) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {str(key): _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def evaluate(gold: Sequence[LabelledPage], predictions: Sequence[Prediction]) -> Report:
    """Score predictions, page by page in the same order as the gold.

    Raises:
        ValueError: if a prediction is of another page than its gold.
    """
    pages = [_page_result(page, prediction) for page, prediction in zip(gold, predictions, strict=True)]
    true = [label for page in gold for label in page.labels if label is not None]
    given = [label for prediction in predictions for label in prediction.labels if label is not None]
    scores = label_scores(true, given)
    return Report(
        labels=scores,
        macro_f1=macro_f1(scores),
        article=article_score((page.precision, page.recall) for page in pages),
        by_collection=_grouped(pages, lambda page: page.collection),
        by_language=_grouped(pages, lambda page: page.lang or "unknown"),
        calibration_error=calibration_error(gold, predictions, Label.BODY),
        pages=pages,
    )


def _page_result(gold: LabelledPage, prediction: Prediction) -> PageResult:
    if gold.page.text != prediction.page.text:
        raise ValueError(f"{gold.page.source}: the prediction is of another page")
    body = prediction.lines_of(Label.BODY) if prediction.has_article else []
    precision, recall = overlap(shingles(gold.gold_article), shingles("\n".join(body)))
    pairs = list(zip(gold.labels, prediction.labels, strict=True))
    return PageResult(
        name=gold.page.source,
        collection=gold.collection,
        site=gold.site,
        lang=gold.lang,
        n_lines=sum(label is not None for label in gold.labels),
        n_wrong=sum(true != given for true, given in pairs),
        precision=precision,
        recall=recall,
    )


def _grouped(pages: Iterable[PageResult], key: Callable[[PageResult], str]) -> dict[str, Score]:
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for page in pages:
        groups[key(page)].append((page.precision, page.recall))
    return {name: article_score(groups[name]) for name in sorted(groups)}


def reliability(
    gold: Sequence[LabelledPage], predictions: Sequence[Prediction], label: Label
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Mean probability, frequency and lines of each of ten bins of the probability of a label, shape (10,) each."""
    chances = np.concatenate([prediction.probabilities[:, label.column] for prediction in predictions])
    true = [other for page in gold for other in page.labels]
    kept = np.array([other is not None for other in true])
    is_label = np.array([other is label for other in true])[kept]
    chances = chances[kept].astype(np.float64)
    place = np.minimum((chances * N_BINS).astype(np.int64), N_BINS - 1)
    lines = np.bincount(place, minlength=N_BINS)
    divisor = np.maximum(lines, 1)
    return np.bincount(place, chances, N_BINS) / divisor, np.bincount(place, is_label, N_BINS) / divisor, lines


def calibration_error(gold: Sequence[LabelledPage], predictions: Sequence[Prediction], label: Label) -> float:
    """Expected calibration error of a label's probability."""
    chance, frequency, lines = reliability(gold, predictions, label)
    return float((np.abs(chance - frequency) * lines).sum() / max(lines.sum(), 1))


def table(report: Report) -> list[str]:
    """The report as lines of Markdown."""
    lines = ["| label | precision | recall | F1 | lines |", "|---|---|---|---|---|"]
    lines += [f"| {label} | {_cells(report.labels[label])} |" for label in LABELS]
    lines += ["", f"Macro F1 {report.macro_f1:.4f}; body calibration error {report.calibration_error:.4f}.", ""]
    lines += ["| article text | precision | recall | F1 | pages |", "|---|---|---|---|---|"]
    lines.append(f"| all pages | {_cells(report.article)} |")
    for groups in (report.by_collection, report.by_language):
        lines += [f"| {name} | {_cells(score)} |" for name, score in groups.items()] if len(groups) > 1 else []
    return lines


def worst_table(report: Report, n_pages: int) -> list[str]:
    """The pages whose article came out worst as lines of Markdown."""
    lines = ["| worst pages | article F1 | precision | recall | wrong lines |", "|---|---|---|---|---|"]
    for page in report.worst[:n_pages]:
        scores = f"{page.f1:.4f} | {page.precision:.4f} | {page.recall:.4f}"
        lines.append(f"| {page.name} | {scores} | {page.n_wrong} of {page.n_lines} |")
    return lines


def _cells(score: Score) -> str:
    return f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | {score.support}"
