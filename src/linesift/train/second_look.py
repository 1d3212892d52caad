"""Fit the second look at doubtful lines, on held-out scores."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.doubt import doubtful
from linesift.model.part import softmax
from linesift.model.second_look import SecondLook, look_table
from linesift.train.config import TrainConfig
from linesift.train.examples import Lines
from linesift.train.folds import CrossFit
from linesift.train.trees import fit_correcting_trees


class _SecondLooks(NamedTuple):
    """What the fit gives."""

    fitted: CrossFit[SecondLook | None]
    """For each fold, one that is fitted on all other folds; and one on all pages. All are `None` if one of them would
    have no line in doubt of some label."""
    log_odds: NDArray[np.float32]
    """Shape (n_lines, 4): the scores of every line, corrected by the one that has not seen its fold."""


def fit_second_looks(log_odds: NDArray[np.float32], lines: Lines, config: TrainConfig) -> _SecondLooks:
    """Fit second looks on the doubtful lines of whole pages with gold; all lines have weight 1.

    Args:
        log_odds: the held-out ones, shape (n_lines, 4).
        lines: the lines.
        config: how.
    """
    corrected, probabilities = log_odds.copy(), softmax(log_odds)
    rows = doubtful(probabilities)
    table, folds = look_table(lines.batch, rows, probabilities), lines.folds[rows]
    fitted = []
    for fold, (labels, weights) in enumerate(zip(lines.labels, lines.line_weights, strict=True)):
        is_learnt = (folds != fold) & (rows < lines.n_gold) & (weights[rows] > 0)
        if len(np.unique(labels[rows][is_learnt])) < len(LABELS):
            return _SecondLooks(CrossFit.same(None, config.n_folds), log_odds)
        learnt = rows[is_learnt]
        trees = fit_correcting_trees(
            np.ascontiguousarray(table[:, is_learnt]), labels[learnt], log_odds[learnt], config
        )
        held_out = folds == fold
        corrected[rows[held_out]] += trees.scores(np.ascontiguousarray(table[:, held_out]))
        fitted.append(SecondLook(trees))
    return _SecondLooks(CrossFit.of(fitted), corrected)
