"""Fit the ranker that chooses the headline among its candidates."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linesift.labels import Label
from linesift.model.headline import (
    ADDRESS_COLUMNS,
    HeadlineRanker,
    candidate_table,
    candidates,
    headline_probabilities,
)
from linesift.train.config import TrainConfig
from linesift.train.examples import Lines
from linesift.train.folds import CrossFit
from linesift.train.trees import fit_ranking_trees

_N_BARE = 2
"""With one, the headline of pages without an address is found on .0025 fewer of them; with an address, on as many."""
_NO_HEADLINE_UTILITIES = np.arange(-8.0, 8.1, 0.25)
_TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0)


def fit_rankers(
    table: NDArray[np.float32], probabilities: NDArray[np.float32], lines: Lines, config: TrainConfig
) -> CrossFit[HeadlineRanker | None]:
    """For each fold, fit one ranker on all other folds; and one on all pages. None where there is nothing to choose.

    Pages whose headline is not among their candidates are not learnt: most have one that alignment did not find. A page
    of text may come without its address: each is learnt as it is, and `_N_BARE` times without one. The head of HTML
    says more of the title than the address, which is not looked at there.

    Args:
        table: of `linesift.model.window`, shape (n_columns, n_lines).
        probabilities: the held-out ones, shape (n_lines, 4).
        lines: the lines.
        config: how.
    """
    no_rankers: CrossFit[HeadlineRanker | None] = CrossFit.same(None, config.n_folds)
    rows = candidates(probabilities)
    if not rows.size:
        return no_rankers
    n_bare = _N_BARE if lines.batch.hints is None else 0
    columns = candidate_table(lines.batch, rows, table[:, rows], probabilities, reads_address=n_bare > 0)
    bare = columns.copy()
    bare[ADDRESS_COLUMNS] = np.nan
    columns = np.concatenate([columns, *[bare] * n_bare], axis=1)
    n_pages = len(lines.batch.lines_per_page_with_blanks)
    page = (lines.batch.page[rows] + n_pages * np.arange(n_bare + 1)[:, None]).ravel()
    rows = np.tile(rows, n_bare + 1)
    folds = lines.folds[rows]
    fitted = []
    utility = np.zeros(len(rows), np.float32)
    for fold, (labels, weights) in enumerate(zip(lines.labels, lines.line_weights, strict=True)):
        is_chosen = labels[rows] == Label.HEADLINE.column
        has_one = np.bincount(page, is_chosen) > 0
        is_learnt = (folds != fold) & (weights[rows] > 0) & has_one[page]
        if is_chosen[is_learnt].all():  # no candidate, or one on each page: nothing to choose between
            return no_rankers
        learnt_columns = np.ascontiguousarray(columns[:, is_learnt])
        trees = fit_ranking_trees(learnt_columns, is_chosen[is_learnt], page[is_learnt], config)
        held_out = folds == fold
        utility[held_out] = trees.scores(np.ascontiguousarray(columns[:, held_out]))[:, 0]
        fitted.append(HeadlineRanker(trees, no_headline_utility=0.0, temperature=1.0))
    no_headline_utility, temperature = _calibrated(rows, page, utility, lines)
    return CrossFit.of(
        replace(ranker, no_headline_utility=no_headline_utility, temperature=temperature) for ranker in fitted
    )


def _calibrated(
    rows: NDArray[np.int64], page: NDArray[np.int64], utility: NDArray[np.float32], lines: Lines
) -> tuple[float, float]:
    """Utility of no headline, and temperature, with the highest likelihood on held-out pages labelled by hand."""
    by_hand = lines.is_by_hand[rows] if lines.is_by_hand.any() else np.ones(len(rows), np.bool_)
    by_hand = by_hand & (lines.line_weights.everything[rows] > 0)
    page, utility = page[by_hand], utility[by_hand]
    is_chosen = lines.labels.everything[rows][by_hand] == Label.HEADLINE.column
    best = (np.inf, 0.0, 1.0)
    for temperature in _TEMPERATURES:
        for utility_of_none in _NO_HEADLINE_UTILITIES:
            share = headline_probabilities(page, utility, float(utility_of_none), temperature).astype(np.float64)
            of_page = np.bincount(page, share)
            chosen = np.bincount(page, share * is_chosen)
            has_one, is_page = np.bincount(page, is_chosen) > 0, np.bincount(page) > 0
            right = np.where(has_one, chosen, 1 - of_page)[is_page]
            loss = -float(np.log(np.maximum(right, 1e-6)).mean())
            best = min(best, (loss, float(utility_of_none), temperature))
    return best[1], best[2]
