"""Fit lexicons: one logistic regression over hashed tokens for each target."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, from_fixed, running_sum
from linesift.features.tokens import TOKEN_BITS, line_tokens
from linesift.labels import LABELS, Label
from linesift.model.lexicon import TARGETS, Lexicon, Tokens
from linesift.model.window import Around, Sums
from linesift.train.config import TrainConfig
from linesift.train.examples import Lines
from linesift.train.folds import CrossFit
from linesift.train.workers import parallel

if TYPE_CHECKING:
    import scipy.sparse as sparse

NEIGHBOURS = 4
"""Lines above and below that the targets `after_body` and `before_body` look at."""


def fit_lexicons(
    lines: Lines, config: TrainConfig, tokens: Tokens = line_tokens, bits: int = TOKEN_BITS
) -> CrossFit[Lexicon]:
    """For each fold, fit one lexicon on all other folds; and one on all pages.

    Weights of lines serve as a mask here: a line without weight is not learnt, and all other lines count the same.

    Args:
        lines: the lines.
        config: regularisation, seed and jobs.
        tokens: gives the tokens of lines, those of their text or of their markup.
        bits: binary logarithm of the number of buckets.
    """
    matrix = _token_matrix(lines.batch, tokens, bits)

    def tasks() -> Iterator[tuple[Any, ...]]:  # one at a time: all parts of the tokens together take gigabytes
        for fold, (labels, weights) in enumerate(zip(lines.labels, lines.line_weights, strict=True)):
            is_learnt = (lines.folds != fold) & (weights > 0)
            learnt, targets = matrix[is_learnt], line_targets(lines.batch, labels)
            for name in TARGETS:
                yield learnt, targets[name][is_learnt], config

    fitted = list(parallel(_fit_token_weights, tasks(), config.jobs))
    return CrossFit.of(_lexicon(fitted[start : start + len(TARGETS)]) for start in range(0, len(fitted), len(TARGETS)))


def line_targets(batch: Batch, labels: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Say which lines each target of a lexicon holds for, by the name of the target.

    Args:
        batch: the lines.
        labels: shape (n_lines,), columns of `LABELS`.
    """
    is_label = {label: labels == label.column for label in LABELS}
    is_body, is_sidebar = is_label[Label.BODY], is_label[Label.SIDEBAR]
    rows = np.arange(len(labels))
    first, last = batch.first_and_last(is_body)
    n_before = running_sum(is_body)
    rank = from_fixed(n_before[:-1] - n_before[batch.own_page_start])
    mostly_body = _is_mostly_around(batch, is_body)
    return {
        **{str(label): marked for label, marked in is_label.items()},
        "after_body": mostly_body[0],
        "before_body": mostly_body[1],
        "inside": is_sidebar & (rows > first) & (rows < last),
        "item": is_body & (batch.length < _SHORT),
        "opening": is_body & (rank < _N_OPENING),
        "closing": is_sidebar & (rows > last) & (rows <= last + _N_CLOSING) & (last >= 0),
    }


_SHORT, _N_OPENING, _N_CLOSING = 8, 2, 8
"""Words under which a body line is an item; body lines that open the article; lines that follow its end."""


def _is_mostly_around(batch: Batch, is_body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether more than half of the lines above, and below, are body; shape (2, n_lines)."""
    around = Around(batch, np.arange(len(is_body)))
    edges = around.edges((NEIGHBOURS,))
    n_lines = Sums(running_sum(np.ones(len(is_body)))).windows(around, edges)[0]
    n_body = Sums(running_sum(is_body)).windows(around, edges)[0]
    return np.asarray(n_body > n_lines / 2)


def _lexicon(fitted: list[tuple[NDArray[np.float32], float]]) -> Lexicon:
    """Put weights and bias of each target together."""
    weights, bias = zip(*fitted, strict=True)
    # Half floats, as on disk.
    rounded = np.stack(weights, axis=1).astype(np.float16).astype(np.float32)
    return Lexicon(rounded, np.array(bias, np.float32))


def _token_matrix(batch: Batch, tokens: Tokens = line_tokens, bits: int = TOKEN_BITS) -> "sparse.csr_matrix":
    """Count the tokens of every line, divided by the root of their number, shape (n_lines, 2**bits)."""
    import scipy.sparse as sparse

    row, bucket = tokens(batch, slice(None))
    n_lines = len(batch.page)
    scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_lines), 1))
    return sparse.csr_matrix((scale[row].astype(np.float32), (row, bucket)), shape=(n_lines, 1 << bits))


def _fit_token_weights(
    tokens: "sparse.csr_matrix", is_label: NDArray[np.bool_], config: TrainConfig
) -> tuple[NDArray[np.float32], float]:
    """Fit one target; all its weights are zero where it holds for every line or for none."""
    if is_label.all() or not is_label.any():
        return np.zeros(tokens.shape[1], np.float32), 0.0
    from sklearn.linear_model import SGDClassifier

    learner = SGDClassifier(
        loss="log_loss", alpha=config.lexicon_alpha, max_iter=4, tol=None, average=True, random_state=config.seed
    )
    learner.fit(tokens, is_label)
    return learner.coef_[0].astype(np.float32), float(learner.intercept_[0])
