"""Fit lexicons: one logistic regression over hashed tokens for each target."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from linesift.features.batch import Batch, running_sum
from linesift.features.tokens import TOKEN_BITS, line_tokens
from linesift.labels import LABELS, Label
from linesift.model.lexicon import TARGETS, Lexicon, Tokens
from linesift.model.window import Around, Sums
from linesift.train.config import TrainConfig
from linesift.train.examples import Lines
from linesift.train.folds import PerFold

if TYPE_CHECKING:
    import scipy.sparse as sparse

NEIGHBOURS = 4
"""Lines above and below that the targets `after_body` and `before_body` look at."""


def fit_lexicons(
    lines: Lines, config: TrainConfig, tokens: Tokens = line_tokens, bits: int = TOKEN_BITS
) -> PerFold[Lexicon]:
    """Fit a lexicon without each fold, and one of everything.

    Weights of lines serve as a mask here: what has none is not learnt, and all other lines count the same.

    Args:
        lines: the lines.
        config: regularisation, seed and jobs.
        tokens: gives the tokens of lines, those of their text or of their markup.
        bits: binary logarithm of the number of buckets.
    """
    matrix = _token_matrix(lines.batch, tokens, bits)

    def jobs() -> Iterator[Any]:  # one at a time: all parts of the tokens together take gigabytes
        around = Around(lines.batch, np.arange(len(lines.folds)))
        edges = around.edges((NEIGHBOURS,))
        among = Sums(running_sum(np.ones(len(lines.folds)))).windows(around, edges)[0]
        for fold, (labels, weights) in enumerate(zip(lines.labels, lines.weights, strict=True)):
            n_body = Sums(running_sum(labels == Label.BODY.column)).windows(around, edges)[0]
            is_learnt = (lines.folds != fold) & (weights > 0)
            learnt = matrix[is_learnt]
            for target in (*(labels == label.column for label in LABELS), *(n_body > among / 2)):
                yield delayed(_fit_token_weights)(learnt, target[is_learnt], config)

    fitted = Parallel(config.jobs)(jobs())
    return PerFold.of(_lexicon(fitted[start : start + len(TARGETS)]) for start in range(0, len(fitted), len(TARGETS)))


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
    from sklearn.linear_model import SGDClassifier

    learner = SGDClassifier(
        loss="log_loss", alpha=config.lexicon_alpha, max_iter=4, tol=None, average=True, random_state=config.seed
    )
    learner.fit(tokens, is_label)
    return learner.coef_[0].astype(np.float32), float(learner.intercept_[0])
