"""Fit additive logistic regressions over bins."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS
from linesift.model.linear import Bins, LinearScorer, quantile_bins
from linesift.train.config import TrainConfig

if TYPE_CHECKING:
    import scipy.sparse as sparse


def one_hot(bins: Bins, table: NDArray[np.float32]) -> "sparse.csr_matrix":
    """Make the indicators of the bins: float32 of shape (n_samples, n_columns * n_bins), a single 1 for each column.

    Args:
        bins: of the columns.
        table: shape (n_columns, n_samples).
    """
    import scipy.sparse as sparse

    n_columns, n_samples = table.shape
    places = bins.digitise(table).astype(np.int32) + (np.arange(n_columns, dtype=np.int32) * bins.n_bins)[:, None]
    ones, starts = np.ones(places.size, np.float32), np.arange(0, places.size + 1, n_columns)
    return sparse.csr_matrix((ones, places.T.ravel(), starts), shape=(n_samples, n_columns * bins.n_bins))


def fit_linear(
    table: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float32], config: TrainConfig
) -> LinearScorer:
    """Fit additive logistic regressions over bins, one label against the rest each."""
    from sklearn.linear_model import SGDClassifier

    bins = quantile_bins(table, config.n_cuts // 2)
    bits = one_hot(bins, table)
    table_weights = np.zeros((len(table), bins.n_bins, len(LABELS)), np.float32)
    bias = np.zeros(len(LABELS), np.float32)
    for label in LABELS:
        learner = SGDClassifier(
            loss="log_loss", alpha=config.linear_alpha, max_iter=6, tol=None, average=True, random_state=config.seed
        )
        learner.fit(bits, labels == label.column, sample_weight=weights)
        table_weights[:, :, label.column] = learner.coef_[0].reshape(len(table), bins.n_bins)
        bias[label.column] = learner.intercept_[0]
    return _centred(LinearScorer(bins, table_weights, bias), table)


def _centred(scorer: LinearScorer, table: NDArray[np.float32]) -> LinearScorer:
    """Shift the weights so that their mean over the lines of a table is 0 in every column; scores stay the same.

    A weight then says how a line differs from the training lines, and the bias is their mean score.
    """
    counts = np.stack([np.bincount(places, minlength=scorer.bins.n_bins) for places in scorer.bins.digitise(table)])
    means = np.einsum("cb,cbl->cl", counts / table.shape[1], scorer.weights)
    weights = (scorer.weights - means[:, None]).astype(np.float32)
    return LinearScorer(scorer.bins, weights, (scorer.bias + means.sum(axis=0)).astype(np.float32))
