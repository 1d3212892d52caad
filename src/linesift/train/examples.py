"""Put the lines of training pages together, each with its fold, its label and its weight.

A fit without a fold may learn other labels than the fit of everything: pages without gold are labelled by a model, and
for it by one that has not seen the fold either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.errors import LabelError
from linesift.example import Example
from linesift.features.batch import Batch, read_batch
from linesift.labels import LABELS, Label
from linesift.model.model import Model
from linesift.page import LabelledPage, LabelSource
from linesift.train.augment import excerpts, varied
from linesift.train.config import Progress, TrainConfig
from linesift.train.folds import PerFold, classify_held_out, site_folds
from linesift.train.pseudo_labels import correct, pseudo_label

_UNKNOWN = -1
"""Stands for the column of a label that is not known."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Non-blank lines of the training pages."""

    batch: Batch
    n_gold: int
    """Lines of pages with gold; they come first, then their excerpts and pages with the labels of a model."""
    is_by_hand: NDArray[np.bool_]
    """Whether the page was labelled line by line, and is no excerpt."""
    folds: NDArray[np.int64]
    labels: PerFold[NDArray[np.int64]]
    """Columns of `LABELS`, shape (n_lines,). They differ between fits for pages that a model labels."""
    weights: PerFold[NDArray[np.float32]]
    """Shape (n_lines,); 0 is not learnt: its label is unknown, or its page has no article."""

    def learnt(self, fold: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Masks of the lines that the fit without a fold holds out, and of those on pages that it learns from.

        Among the latter are lines of no weight where others of their page have some. With `fold` as the number of
        folds, of the fit of everything.
        """
        weights = [*self.weights][fold]
        is_held_out = self.folds == fold
        is_learnt = np.bincount(self.batch.page, weights, len(self.batch.lines_per_page_with_blanks)) > 0
        return is_held_out, ~is_held_out & is_learnt[self.batch.page]


def corrected_lines(
    examples: Sequence[Example], teachers: PerFold[Model], config: TrainConfig, progress: Progress
) -> Lines:
    """Read what the part for text learns: gold that the models for HTML correct, and pages that these label.

    The fit without a fold learns the latter as its own teacher labels them, which has not seen the fold either.

    Args:
        examples: pages with gold, and those without.
        teachers: the models for HTML.
        config: how.
        progress: called at the start of every stage.
    """
    gold = [example for example in examples if example.has_line_gold]
    predictions = classify_held_out(teachers, [example.as_html() for example in gold])
    texts = ((example.as_text(), html) for example, html in zip(gold, predictions, strict=True))
    pairs = [(page, html) for page, html in texts if page is not None]
    kept = [page for page in (correct(page, html) for page, html in pairs) if page is not None]
    progress(f"{len(pairs) - len(kept)} pages left out because the HTML contradicts their gold")
    without = ((example, example.html) for example in examples if example.origin.labels is LabelSource.MODEL)
    unlabelled = [(example, html) for example, html in without if html is not None]
    versions = []
    for teacher in teachers:
        found = teacher.classify_batch(html for _, html in unlabelled)
        versions.append([pseudo_label(example, one) for (example, _), one in zip(unlabelled, found, strict=True)])
    if unlabelled:
        n_labelled = sum(Label.BODY in page.labels for page in versions[-1])
        progress(f"{n_labelled} of {len(unlabelled)} pages without gold labelled by their HTML")
    return read_lines(kept, config, progress, is_text=True, pseudo_labelled=PerFold.of(map(varied, versions)))


def read_lines(
    pages: Sequence[LabelledPage],
    config: TrainConfig,
    progress: Progress,
    *,
    is_text: bool,
    pseudo_labelled: PerFold[list[LabelledPage]] | None = None,
) -> Lines:
    """Put the lines of labelled pages, of an excerpt of each, and of pages that a model labelled together.

    Args:
        pages: pages with gold.
        config: the weights.
        progress: called at the start of every stage.
        is_text: whether they are of plain text, and each is to be learnt in a rendering of its own.
        pseudo_labelled: what each fit learns of the pages without gold, the same texts in all of them.
    """
    gold, short = varied(pages) if is_text else [*pages], [*excerpts(pages)]
    none: list[LabelledPage] = []
    versions = pseudo_labelled or PerFold.same(none, config.n_folds)
    every = [*gold, *short, *versions.everything]
    progress(f"reading {len(every)} pages")
    hints = [page.page.hints for page in every if page.page.hints is not None]
    batch = read_batch([page.page.text for page in every], hints or None)
    of_gold, of_short = _label_columns(gold), _label_columns(short)
    _check_labels(of_gold)
    columns = versions.map(lambda version: np.concatenate((of_gold, of_short, _label_columns(version))))
    weights = [
        _weights([*gold, *short], version, config)[batch.page] * _label_factors(labels, config)
        for version, labels in zip(versions, columns, strict=True)
    ]
    is_by_hand = np.array([page.origin.is_by_hand for page in gold] + [False] * (len(every) - len(gold)))
    return Lines(
        batch=batch,
        n_gold=len(of_gold),
        is_by_hand=is_by_hand[batch.page],
        folds=_page_folds(every, config)[batch.page],
        labels=columns.map(lambda labels: np.where(labels == _UNKNOWN, Label.SIDEBAR.column, labels)),
        weights=PerFold.of(part.astype(np.float32) for part in weights),
    )


def _weights(gold: Sequence[LabelledPage], pseudo: Sequence[LabelledPage], config: TrainConfig) -> NDArray[np.float64]:
    """Weight of each page before that of the label; 0 for a page on which the model found no article."""
    of_gold = [config.hand_weight if page.origin.is_by_hand else 1.0 for page in gold]
    return np.array(of_gold + [config.pseudo_label_weight * (Label.BODY in page.labels) for page in pseudo], np.float64)


def _label_factors(columns: NDArray[np.int64], config: TrainConfig) -> NDArray[np.float64]:
    """Factor of the weight of each line by its label, 0 for an unknown one."""
    return np.where(columns == _UNKNOWN, 0.0, np.array(config.label_weights, np.float64)[columns])


def _page_folds(pages: Sequence[LabelledPage], config: TrainConfig) -> NDArray[np.int64]:
    """Fold of every page.

    Raises:
        LabelError: if a fold has no page.
    """
    folds = site_folds(pages, config.n_folds)
    if len(set(folds.tolist())) < config.n_folds:
        raise LabelError(
            f"{len(pages)} pages are of too few sites for {config.n_folds} folds; add pages of other sites"
        )
    return folds


def _check_labels(columns: NDArray[np.int64]) -> None:
    """Refuse gold that lacks a label.

    Raises:
        LabelError: naming the labels that no line has.
    """
    counts = np.bincount(columns[columns != _UNKNOWN], minlength=len(LABELS))
    if not counts.all():
        missing = ", ".join(label for label, count in zip(LABELS, counts, strict=True) if not count)
        raise LabelError(f"no line of the training pages has the label {missing}; add pages that have it")


def _label_columns(pages: Iterable[LabelledPage]) -> NDArray[np.int64]:
    """Column of the label of every non-blank line of some pages, `_UNKNOWN` where it has none."""
    columns = [
        _UNKNOWN if label is None else label.column
        for page in pages
        for line, label in zip(page.page.lines, page.labels, strict=True)
        if label is not None or line.strip()
    ]
    return np.array(columns, np.int64)
