"""Put the lines of training pages together, each with its fold, its label and its weight.

For each fold, one model is fitted on all other folds; and one on all pages. These fits may learn different labels of
pages without gold: a model labels them, and for a fit without a fold it is one that has not seen that fold either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.errors import LabelError
from linesift.example import Example
from linesift.features.batch import Batch, read_batch
from linesift.labels import Label
from linesift.model.model import Model
from linesift.page import LabelledPage, LabelSource
from linesift.train.augment import excerpts, varied
from linesift.train.config import Progress, TrainConfig
from linesift.train.folds import CrossFit, classify_held_out, fold_problem, site_folds
from linesift.train.pseudo_labels import correct_or_drop, pseudo_label
from linesift.write.terminal import count

UNKNOWN = -1
"""Stands for the column of a label that is not known."""


class _FoldMasks(NamedTuple):
    """Lines of one fit, by the part that they have in it; each mask has shape (n_lines,)."""

    held_out: NDArray[np.bool_]
    """Lines of the fold; none in the fit on all pages."""
    learnt_pages: NDArray[np.bool_]
    """All lines of pages of other folds that have some line with a weight, those without weight included."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Non-blank lines of the training pages."""

    batch: Batch
    n_gold: int
    """Number of lines of whole pages with gold, the first ones; then come excerpts and pages with labels of a model."""
    is_by_hand: NDArray[np.bool_]
    """Whether the page was labelled line by line, and is no excerpt."""
    folds: NDArray[np.int64]
    labels: CrossFit[NDArray[np.int64]]
    """Columns of `LABELS`, shape (n_lines,). They differ between fits for pages that a model labels."""
    line_weights: CrossFit[NDArray[np.float32]]
    """Weights of the lines in a fit, shape (n_lines,).

    A line of weight 0 is not learnt: its label is unknown, or a model labelled its page and found no article on it.
    """

    def fold_masks(self, fold: int) -> _FoldMasks:
        """Say which lines the fit on all folds but one holds out, and which stand on pages that it learns.

        With the number of folds as `fold`, it is the fit on all pages.
        """
        weights = [*self.line_weights][fold]
        is_held_out = self.folds == fold
        is_page_learnt = np.bincount(self.batch.page, weights, len(self.batch.lines_per_page_with_blanks)) > 0
        return _FoldMasks(is_held_out, ~is_held_out & is_page_learnt[self.batch.page])


def corrected_lines(
    examples: Sequence[Example], teachers: CrossFit[Model], config: TrainConfig, progress: Progress
) -> Lines:
    """Read the lines that the part for text learns: gold that the models for HTML correct, and pages that these label.

    Each fit learns the latter with the labels of its own teacher, which has not seen the held-out fold either.

    Args:
        examples: pages with gold, and those without.
        teachers: the models for HTML.
        config: how.
        progress: called at the start of every stage.
    """
    gold = [example for example in examples if example.has_line_gold]
    predictions = classify_held_out(teachers, [example.as_html() for example in gold])
    texts = ((example.as_text(), prediction) for example, prediction in zip(gold, predictions, strict=True))
    pairs = [(page, html_prediction) for page, html_prediction in texts if page is not None]
    kept = [page for page in (correct_or_drop(page, html_prediction) for page, html_prediction in pairs) if page]
    progress(f"{count(len(pairs) - len(kept), 'page')} left out because the HTML contradicts their gold")
    without = ((example, example.html) for example in examples if example.origin.labels is LabelSource.MODEL)
    unlabelled = [(example, html_page) for example, html_page in without if html_page is not None]
    pseudo_by_fold = []
    for teacher in teachers:
        found = teacher.classify_batch(html_page for _, html_page in unlabelled)
        pseudo_by_fold.append([pseudo_label(example, one) for (example, _), one in zip(unlabelled, found, strict=True)])
    if unlabelled:
        n_labelled = sum(Label.BODY in page.labels for page in pseudo_by_fold[-1])
        progress(f"{n_labelled} of {count(len(unlabelled), 'page')} without gold labelled by their HTML")
    return gather_lines(kept, config, progress, is_text=True, pseudo_labelled=CrossFit.of(map(varied, pseudo_by_fold)))


def gather_lines(
    pages: Sequence[LabelledPage],
    config: TrainConfig,
    progress: Progress,
    *,
    is_text: bool,
    pseudo_labelled: CrossFit[list[LabelledPage]] | None = None,
) -> Lines:
    """Gather the lines of labelled pages, of an excerpt of each, and of pages that a model labelled.

    Args:
        pages: pages with gold.
        config: the weights.
        progress: called at the start of every stage.
        is_text: whether they are of plain text, and each is to be learnt in a rendering of its own.
        pseudo_labelled: what each fit learns of the pages without gold, the same texts in all of them.

    Raises:
        LabelError: if a fold has no page, or a label is missing from what some fit learns.
    """
    gold_pages, excerpt_pages = varied(pages) if is_text else [*pages], [*excerpts(pages)]
    none: list[LabelledPage] = []
    pseudo_by_fold = pseudo_labelled or CrossFit.same(none, config.n_folds)
    if problem := fold_problem([*pages, *pseudo_by_fold.everything], config.n_folds):
        raise LabelError(problem)
    all_pages = [*gold_pages, *excerpt_pages, *pseudo_by_fold.everything]
    n_pages = len(all_pages) - len(excerpt_pages)
    progress(f"reading {count(n_pages, 'page')} and {count(len(excerpt_pages), 'excerpt')} of them")
    hints = [page.page.hints for page in all_pages if page.page.hints is not None]
    batch = read_batch([page.page.text for page in all_pages], hints or None, [page.url for page in all_pages])
    known = (label_columns(gold_pages), label_columns(excerpt_pages))
    columns_by_fold = pseudo_by_fold.map(lambda pseudo: np.concatenate((*known, label_columns(pseudo))))
    line_weights = [
        _page_weights([*gold_pages, *excerpt_pages], pseudo, config)[batch.page] * _label_factors(columns, config)
        for pseudo, columns in zip(pseudo_by_fold, columns_by_fold, strict=True)
    ]
    is_by_hand = np.zeros(len(all_pages), np.bool_)
    is_by_hand[: len(gold_pages)] = [page.origin.is_by_hand for page in gold_pages]
    return Lines(
        batch=batch,
        n_gold=len(known[0]),
        is_by_hand=is_by_hand[batch.page],
        folds=site_folds(all_pages, config.n_folds)[batch.page],
        labels=columns_by_fold.map(lambda columns: np.where(columns == UNKNOWN, Label.SIDEBAR.column, columns)),
        line_weights=CrossFit.of(weights.astype(np.float32) for weights in line_weights),
    )


def _page_weights(
    gold: Sequence[LabelledPage], pseudo: Sequence[LabelledPage], config: TrainConfig
) -> NDArray[np.float64]:
    """Weight of each page before that of the label; 0 for a page on which the model found no article."""
    of_gold = [config.hand_weight if page.origin.is_by_hand else 1.0 for page in gold]
    return np.array(of_gold + [config.pseudo_label_weight * (Label.BODY in page.labels) for page in pseudo], np.float64)


def _label_factors(columns: NDArray[np.int64], config: TrainConfig) -> NDArray[np.float64]:
    """Factor of the weight of each line by its label, 0 for an unknown one."""
    return np.where(columns == UNKNOWN, 0.0, np.array(config.label_weights, np.float64)[columns])


def label_columns(pages: Iterable[LabelledPage]) -> NDArray[np.int64]:
    """Column of the label of every non-blank line of some pages, `UNKNOWN` where it has none."""
    columns = [
        UNKNOWN if label is None else label.column
        for page in pages
        for line, label in zip(page.page.lines, page.labels, strict=True)
        if label is not None or line.strip()
    ]
    return np.array(columns, np.int64)
