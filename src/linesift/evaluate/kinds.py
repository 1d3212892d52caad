"""Scores of the kind of page: predicted kinds against those of the gold, and what an empty article costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linesift.evaluate.evaluate import Pair
from linesift.evaluate.metrics import Score, harmonic
from linesift.evaluate.sections import Row, Section, Table
from linesift.labels import KINDS, NO_ARTICLE, Kind

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
        "Pages on which no line is headline or body.",
        _emptied(pairs),
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


def _emptied(pairs: Sequence[Pair]) -> Table:
    """Count the pages that came out without an article, of those that have one and of those that have none."""
    parts = {
        "pages with an article": [found for page, found in pairs if page.kind not in NO_ARTICLE],
        "pages without one": [found for page, found in pairs if page.kind in NO_ARTICLE],
    }
    rows = [(name, len(part), sum(not found.has_article for found in part)) for name, part in parts.items()]
    return Table(("gold", "pages", "no article found"), tuple(rows))
