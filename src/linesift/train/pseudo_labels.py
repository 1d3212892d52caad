"""Correct labels of text by those that a model predicts for the HTML, and label pages without gold by them.

The model for HTML sees the markup and is right more often. Its labels of pages that it was not fitted on tell which
gold of a collection is not to be learnt, and are the pseudo-labels of pages without gold.
"""

from collections.abc import Sequence
from dataclasses import replace

from linesift.evaluate.metrics import harmonic, overlap, shingles
from linesift.example import Example
from linesift.labels import Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage
from linesift.train.align import Gold, align, headline_lines, letters

_MIN_AGREEMENT = 0.6
"""Least article F1 of the held-out prediction against the gold. Below it, most gold is of another version of the page,
or ends early, and the page is not learnt."""

_MIN_FOUND = 0.75
"""Least share of the strings known to be in the article that a predicted article must hold."""

_MIN_COVERAGE = 0.8
"""Least share of a predicted article that the lines of the text must hold."""


def correct_or_drop(page: LabelledPage, html_prediction: Prediction | None) -> LabelledPage | None:
    """Correct the labels that alignment gave a page by the held-out prediction for its HTML, or drop the page.

    The result is `None` if the prediction contradicts the gold. A page whose title alignment did not find gets the
    predicted one.
    Pages labelled by hand, and those without HTML, stay as they are.
    """
    return page if page.origin.is_by_hand or html_prediction is None else _corrected(page, html_prediction)


def _corrected(page: LabelledPage, prediction: Prediction) -> LabelledPage | None:
    scores = overlap(shingles(page.gold_article), shingles("\n".join(prediction.lines_of(Label.BODY))))
    if harmonic(*scores) < _MIN_AGREEMENT:
        return None
    title = " ".join(prediction.lines_of(Label.HEADLINE))
    if Label.HEADLINE in page.labels or not title:
        return page
    keys = [letters(line) for line in page.page.lines]
    labels = list(page.labels)
    body = [row for row, label in enumerate(labels) if label is Label.BODY]
    for row in headline_lines(keys, (title,), body):
        if labels[row] is not Label.BODY:
            labels[row] = Label.HEADLINE
    return replace(page, labels=tuple(labels))


def pseudo_label(example: Example, prediction: Prediction) -> LabelledPage:
    """Label the text of a page without gold by what a model predicts for its HTML.

    All is `sidebar`, and not to be learnt, where the model found no article, or one that does not hold what is known
    to be in it, or holds what is known not to be; and where the two renderings differ too much.
    """
    lines = example.text.lines
    return LabelledPage(
        page=example.text,
        labels=_labels(example, lines, prediction) or tuple(Label.SIDEBAR if line.strip() else None for line in lines),
        site=example.site,
        lang=example.lang,
        origin=example.origin,
    )


def _labels(example: Example, lines: Sequence[str], prediction: Prediction) -> tuple[Label | None, ...] | None:
    body = prediction.lines_of(Label.BODY)
    article = " ".join(" ".join(body).split())
    n_found = sum(" ".join(part.split()) in article for part in example.must)
    is_wrong = any(" ".join(part.split()) in article for part in example.must_not)
    if not body or is_wrong or n_found < _MIN_FOUND * len(example.must):
        return None
    title = " ".join(prediction.lines_of(Label.HEADLINE))
    aligned = align(lines, Gold(tuple(body), (title,) if title else ()))
    return _dated(lines, aligned.labels, prediction) if aligned.coverage >= _MIN_COVERAGE else None


def _dated(lines: Sequence[str], labels: Sequence[Label | None], prediction: Prediction) -> tuple[Label | None, ...]:
    """Take the timestamps from the prediction where the HTML has the same line; alignment knows only their form."""
    times = {letters(line) for line in prediction.lines_of(Label.TIMESTAMP)}
    others = {letters(line) for line in prediction.lines_of(Label.SIDEBAR)} - times
    keys = [letters(line) for line in lines]
    dated = list(labels)
    for row, (key, label) in enumerate(zip(keys, labels, strict=True)):
        if label is Label.TIMESTAMP and key in others:
            dated[row] = Label.SIDEBAR
        elif label is Label.SIDEBAR and key in times and keys.count(key) == 1:
            dated[row] = Label.TIMESTAMP
    return tuple(dated)
