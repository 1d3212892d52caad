"""What a fit learns: every line of the training pages with its label and weight.

A fit without a fold may learn other labels than the fit of everything: pages without gold are labelled by a model, and
for it by one that has not seen the fold either.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.errors import LabelError
from linesift.example import Example
from linesift.features.batch import Batch, read_batch
from linesift.labels import LABELS, Label
from linesift.model.model import Model
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, LabelSource
from linesift.train.augment import excerpts, varied
from linesift.train.folds import site_folds
from linesift.train.pseudo_labels import corrected, taught

Progress = Callable[[str], None]

_UNKNOWN = -1
"""Stands for the column of a label that is not known."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a model is fitted; `reports/ablation.md` says which values were compared, the rest is set by hand."""

    kind: str = "boosting"
    """`boosting`: oblivious trees; `linear`: additive logistic regression over bins."""
    n_folds: int = 4
    seed: int = 0
    jobs: int = 2
    """Processor cores used."""
    trees: int = 200
    depth: int = 6
    learning_rate: float = 0.12
    n_cuts: int = 32
    """Cuts per column for trees; the linear model takes half as many."""
    network_width: int = 48
    network_layers: int = 6
    """Each reads twice as far as the one before it; together these reach 63 lines up and down."""
    network_pool_layers: tuple[int, ...] = (2, 4)
    """Layers of the network before which hidden units are pooled over the page."""
    network_pooled: int = 24
    """Hidden units that are pooled."""
    network_epochs: int = 15
    network_dropout: float = 0.2
    network_unread: float = 0.3
    """Share of the pages of an epoch that the network learns as if their words were of a language nobody has read."""
    headline_trees: int = 100
    headline_depth: int = 4
    hand_weight: float = 3.0
    """What a line of a page labelled by hand counts, against one whose label was found by alignment."""
    label_weights: tuple[float, ...] = (3.0, 1.0, 2.0, 1.0)
    """What a line counts by its label: a page has one headline and one or two dates among hundreds of lines."""
    taught_weight: float = 0.5
    """What a line of a page without gold counts, whose label the model for HTML gave."""
    lexicon_alpha: float = 5e-7
    """L2 regularisation of the lexicon."""
    linear_alpha: float = 3e-5
    """L2 regularisation of the linear model."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Non-blank lines of the training pages."""

    batch: Batch
    n_gold: int
    """Lines of pages with gold; they come first, then their excerpts and pages with the labels of a model."""
    is_by_hand: NDArray[np.bool_]
    """Whether the page was labelled line by line, and is no excerpt."""
    folds: NDArray[np.int64]
    labels: NDArray[np.int64]
    """Shape (n_folds + 1, n_lines): what the fit without each fold learns, and last what the fit of everything does."""
    weights: NDArray[np.float32]
    """The same shape: what each line counts; 0 is not learnt: its label is unknown, or its page has no article."""


def lessons(
    examples: Sequence[Example],
    teachers: Sequence[Model],
    held_out: Sequence[Prediction | None],
    config: TrainConfig,
    progress: Progress,
) -> Lines:
    """What the part for text learns: labelled pages, corrected by the models for HTML, and pages that these label.

    The fit without a fold learns the latter as its own teacher labels them, which has not seen the fold either.

    Args:
        examples: pages with gold, and those without, which the models label.
        teachers: the models for HTML, without each fold and last that of everything.
        held_out: for each of the pages with gold, what the model that has not seen its site predicts for its HTML.
        config: how.
        progress: told of every stage.
    """
    gold = [example.as_text() for example in examples if example.has_line_gold]
    pairs = [(page, html) for page, html in zip(gold, held_out, strict=True) if page is not None]
    kept = [page for page in (corrected(page, html) for page, html in pairs) if page is not None]
    progress(f"{len(pairs) - len(kept)} pages left out because the HTML contradicts their gold")
    without = ((example, example.html) for example in examples if example.origin.labels is LabelSource.MODEL)
    unlabelled = [(example, html) for example, html in without if html is not None]
    versions = []
    for teacher in teachers:
        said = teacher.classify_batch(html for _, html in unlabelled)
        versions.append([taught(example, one) for (example, _), one in zip(unlabelled, said, strict=True)])
    if unlabelled:
        n_taught = sum(Label.BODY in page.labels for page in versions[-1])
        progress(f"{n_taught} of {len(unlabelled)} pages without gold labelled by their HTML")
    return read_lines(varied(kept), list(excerpts(kept)), [varied(version) for version in versions], config, progress)


def read_lines(
    gold: Sequence[LabelledPage],
    short: Sequence[LabelledPage],
    taught_versions: Sequence[Sequence[LabelledPage]],
    config: TrainConfig,
    progress: Progress,
) -> Lines:
    """Put labelled pages, excerpts and every fit's version of the taught pages together; an unlabelled one counts 0."""
    known, first = [*gold, *short], taught_versions[0]
    batch = _read([*known, *first], progress)
    of_known = [_label_columns(pages) for pages in (gold, short)]
    _check_labels(of_known[0])
    labels = np.stack([np.concatenate((*of_known, _label_columns(pages))) for pages in taught_versions])
    is_by_hand = np.zeros(len(known) + len(first), np.bool_)
    is_by_hand[: len(gold)] = [page.origin.is_by_hand for page in gold]
    by_hand = np.where([page.origin.is_by_hand for page in known], config.hand_weight, 1)
    learnt = [[config.taught_weight * (Label.BODY in page.labels) for page in pages] for pages in taught_versions]
    weights = np.stack([np.append(by_hand, counts)[batch.page] for counts in learnt])
    weights *= np.where(labels == _UNKNOWN, 0, np.array(config.label_weights)[labels])
    weights = weights.astype(np.float32)
    labels[labels == _UNKNOWN] = Label.SIDEBAR.column  # for sums over neighbours
    folds = _page_folds([*known, *first], config)
    return Lines(batch, len(of_known[0]), is_by_hand[batch.page], folds[batch.page], labels, weights)


def _page_folds(pages: Sequence[LabelledPage], config: TrainConfig) -> NDArray[np.int64]:
    """Fold of every page, all of them with some site."""
    folds = site_folds(pages, config.n_folds)
    if len(set(folds.tolist())) < config.n_folds:
        raise LabelError(
            f"{len(pages)} pages are of too few sites for {config.n_folds} folds; add pages of other sites"
        )
    return folds


def _read(pages: Sequence[LabelledPage], progress: Progress) -> Batch:
    progress(f"reading {len(pages)} pages")
    hints = [page.page.hints for page in pages if page.page.hints is not None]
    return read_batch([page.page.text for page in pages], hints or None)


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
