"""Scores of the kind of page: predicted kinds against those of the gold, and what an empty article costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linesift.evaluate.evaluate import Pair, evaluate, scored_labels
from linesift.evaluate.metrics import Score, harmonic, label_scores, macro_f1
from linesift.evaluate.sections import Row, Section, Table
from linesift.labels import KINDS, Kind, Label
from linesift.model.prediction import NO_ARTICLE, SURE, Prediction
from linesift.read.labelled import OWN_COLLECTION

_THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 2.0)
_N_BINS = 10


@dataclass(frozen=True, slots=True)
class KindReport:
    """Predicted and gold kinds of pages."""

    counts: Mapping[Kind, tuple[int, ...]]
    """For each gold kind, the number of pages predicted as each of `KINDS`."""
    article: Score
    """Articles, live ones included, against the rest."""

    @property
    def n_pages(self) -> int:
        """Number of pages with a predicted kind; one without lines has none."""
        return sum(map(sum, self.counts.values()))

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers that `model.json` keeps."""
        score = {key: round(getattr(self.article, key), 4) for key in ("precision", "recall", "f1")}
        return {
            "counts": {str(kind): list(row) for kind, row in self.counts.items()},
            "article": {**score, "support": self.article.support},
        }


def evaluate_kinds(pages: Iterable[Pair]) -> KindReport | None:
    """Compare kinds page by page; `None` where the model gives none."""
    pairs = [(Kind(page.kind), Kind(found.kind)) for page, found in pages if found.kind]
    if not pairs:
        return None
    counts = {kind: tuple(sum(pair == (kind, other) for pair in pairs) for other in KINDS) for kind in KINDS}
    wanted = {Kind.ARTICLE, Kind.LIVE}
    right = sum(true in wanted and given in wanted for true, given in pairs)
    n_true, n_given = sum(true in wanted for true, _ in pairs), sum(given in wanted for _, given in pairs)
    precision, recall = right / n_given if n_given else 0.0, right / n_true if n_true else 0.0
    return KindReport(counts, Score(precision, recall, harmonic(precision, recall), n_true))


def kind_table(report: KindReport) -> Table:
    """Confusion matrix: gold kinds are rows, predicted kinds columns."""
    rows: tuple[Row, ...] = tuple((str(kind), *row, sum(row)) for kind, row in report.counts.items())
    return Table(("kind", *map(str, KINDS), "pages"), rows)


def kind_section(
    title: str, pairs: Sequence[Pair], groups: Mapping[str, Sequence[Pair]] | None = None
) -> Section | None:
    """Give the section of the accuracy report, none where the model gives no kinds.

    Args:
        title: of the section.
        pairs: articles, and pages that are none, each with its prediction by a model that has not seen the page's site.
        groups: parts of them by name, to score articles against the rest in each.
    """
    report = evaluate_kinds(pairs)
    if report is None:
        return None
    parts = (
        "Rows are what the pages are, columns what they were taken for.",
        kind_table(report),
        against_rest({"all pages": pairs, **(groups or {})}),
        _reliability(pairs),
        f"Pages whose article is left empty, by the probability from which it is; it is {SURE}.",
        _emptying(pairs),
    )
    return Section(title, parts)


def against_rest(groups: Mapping[str, Sequence[Pair]]) -> Table:
    """Scores of articles, live ones included, against all other pages."""
    rows = []
    for name, pairs in groups.items():
        report = evaluate_kinds(pairs)
        if report is not None:
            score, n_others = report.article, report.n_pages - report.article.support
            rows.append((name, score.precision, score.recall, score.f1, score.support, n_others))
    return Table(("article or live against the rest", "precision", "recall", "F1", "articles", "others"), tuple(rows))


def _reliability(pairs: Sequence[Pair]) -> Table:
    judged = [(page, found) for page, found in pairs if found.kind]  # a page without lines has no kind
    probabilities = np.array([found.kind_probability for _, found in judged])
    is_right = np.array([found.kind == page.kind for page, found in judged])
    place = np.minimum(probabilities * _N_BINS, _N_BINS - 1).astype(int)
    rows = [
        (float(probabilities[place == each].mean()), float(is_right[place == each].mean()), int((place == each).sum()))
        for each in np.unique(place).tolist()
    ]
    return Table(("probability of the kind", "right", "pages"), tuple(rows))


def _emptying(pairs: Sequence[Pair]) -> Table:
    """Count articles and other pages that are left empty, by the probability of the page kind from which they are."""
    articles = [pair for pair in pairs if pair[0].kind not in NO_ARTICLE]
    others = [pair for pair in pairs if pair[0].kind in NO_ARTICLE]
    rows = []
    for least in _THRESHOLDS:
        n_lost, n_right = (sum(_is_emptied(found, least) for _, found in part) for part in (articles, others))
        shown = [_shown(found, least) for _, found in articles]
        f1 = evaluate([page for page, _ in articles], shown).article.f1
        name = f"{least:.2f}" if least <= 1 else "never"
        counts = (f"{n_lost} of {len(articles)}", f"{n_right} of {len(others)}")
        rows.append((name, *counts, f1, _macro(pairs, least)))
    columns = ("from", "articles emptied", "others emptied", "article F1 of articles", "label macro F1 by hand")
    return Table(columns, tuple(rows))


def _is_emptied(found: Prediction, least: float) -> bool:
    return found.kind in NO_ARTICLE and found.kind_probability >= least


def _shown(found: Prediction, least: float) -> Prediction:
    """Take the kind from a prediction; all lines become sidebar if the page is emptied from this probability on."""
    is_emptied = _is_emptied(found, least)
    labels = tuple(label and Label.SIDEBAR if is_emptied else label for label in found.labels)
    return Prediction(found.page, labels, found.probabilities)


def _macro(pairs: Sequence[Pair], least: float) -> str:
    """Label macro F1 of the gold pages, if the lines of emptied ones were all sidebar."""
    by_hand = [
        (page, _shown(found, least))
        for page, found in pairs
        if page.origin.is_by_hand and page.origin.collection != OWN_COLLECTION
    ]
    return f"{macro_f1(label_scores(*scored_labels(by_hand))):.4f}" if by_hand else ""
