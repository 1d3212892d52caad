"""The learners: from a table and labels to what scores lines at run time."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import LabelError
from linesift.extras import missing_extra
from linesift.labels import LABELS
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.part import Scorer
from linesift.model.trees import TreeScorer
from linesift.train.examples import TrainConfig

Fit = Callable[[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32], TrainConfig], Scorer]


def fit_linear(
    table: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float32], config: TrainConfig
) -> LinearScorer:
    """Fit additive logistic regressions over bins, one label against the rest each."""
    import scipy.sparse as sparse
    from sklearn.linear_model import SGDClassifier

    bins = quantile_bins(table, config.n_cuts // 2)
    n_columns, n_lines = table.shape
    places = bins.digitise(table).astype(np.int32) + (np.arange(n_columns, dtype=np.int32) * bins.n_bins)[:, None]
    ones = np.ones(places.size, np.float32)
    starts = np.arange(0, places.size + 1, n_columns)
    one_hot = sparse.csr_matrix((ones, places.T.ravel(), starts), shape=(n_lines, n_columns * bins.n_bins))
    table_weights = np.zeros((n_columns, bins.n_bins, len(LABELS)), np.float32)
    bias = np.zeros(len(LABELS), np.float32)
    for label in LABELS:
        learner = SGDClassifier(
            loss="log_loss", alpha=config.linear_alpha, max_iter=6, tol=None, average=True, random_state=config.seed
        )
        learner.fit(one_hot, labels == label.column, sample_weight=weights)
        table_weights[:, :, label.column] = learner.coef_[0].reshape(n_columns, bins.n_bins)
        bias[label.column] = learner.intercept_[0]
    return _centred(LinearScorer(bins, table_weights, bias), table)


def _centred(scorer: LinearScorer, table: NDArray[np.float32]) -> LinearScorer:
    """The same scores with weights that have the mean 0 over the lines of a table in every column.

    A weight then says how a line differs from the training lines, and the bias is their mean score.
    """
    counts = np.stack([np.bincount(places, minlength=scorer.bins.n_bins) for places in scorer.bins.digitise(table)])
    means = np.einsum("cb,cbl->cl", counts / table.shape[1], scorer.weights)
    weights = (scorer.weights - means[:, None]).astype(np.float32)
    return LinearScorer(scorer.bins, weights, (scorer.bias + means.sum(axis=0)).astype(np.float32))


def fit_trees(
    table: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float32], config: TrainConfig
) -> TreeScorer:
    """Fit boosted oblivious trees, all labels at once."""
    learner = require_catboost().CatBoostClassifier(
        iterations=config.trees,
        depth=config.depth,
        learning_rate=config.learning_rate,
        border_count=config.n_cuts,
        l2_leaf_reg=10,
        rsm=0.25,
        bootstrap_type="Bernoulli",
        subsample=0.3,
        loss_function="MultiClass",
        classes_count=len(LABELS),
        random_seed=config.seed,
        thread_count=config.jobs,
        allow_writing_files=False,
        verbose=0,
    )
    return _fitted_trees(learner, config.depth, table.T, labels, sample_weight=weights)


def fit_preference(
    table: NDArray[np.float32], is_chosen: NDArray[np.bool_], group: NDArray[np.int64], config: TrainConfig
) -> TreeScorer:
    """Fit boosted oblivious trees whose first score is the utility of a candidate in a conditional logit.

    Args:
        table: shape (n_columns, n_candidates).
        is_chosen: which candidates were chosen; some of every group.
        group: which candidates compete, shape (n_candidates,), in order.
        config: how.
    """
    catboost = require_catboost()
    learner = catboost.CatBoost(
        {
            "iterations": config.headline_trees,
            "depth": config.headline_depth,
            "learning_rate": 0.1,
            "l2_leaf_reg": 10,
            "rsm": 0.3,
            "loss_function": "QuerySoftMax",
            "random_seed": config.seed,
            "thread_count": config.jobs,
            "allow_writing_files": False,
            "verbose": 0,
        }
    )
    pool = catboost.Pool(table.T, is_chosen.astype(np.float32), group_id=group)
    return _fitted_trees(learner, config.headline_depth, pool)


def require_catboost() -> Any:
    """The module `catboost`.

    Raises:
        MissingExtraError: if it is not there.
    """
    try:
        import catboost
    except ImportError as error:
        raise missing_extra("training boosted trees", "catboost") from error
    return catboost


def _fitted_trees(learner: Any, depth: int, *data: Any, **options: Any) -> TreeScorer:
    """Fit, and take the trees out."""
    try:
        learner.fit(*data, **options)
    except require_catboost().CatBoostError as error:
        raise LabelError(f"the trees cannot be fitted ({error}); add labelled pages") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        learner.save_model(str(path), format="json")
        return trees_from_json(json.loads(path.read_text("utf-8")), depth)


def trees_from_json(stored: dict[str, Any], depth: int) -> TreeScorer:
    """Flat arrays from CatBoost's JSON form of its trees.

    Shallower trees are filled up with splits never taken, and where they have one score the others stay 0.
    """
    features = stored["features_info"]["float_features"]
    index = {feature["feature_index"]: feature["flat_feature_index"] for feature in features}
    trees = stored["oblivious_trees"]
    scale, bias = stored["scale_and_bias"]
    n_scores = len(bias)
    columns = np.zeros((len(trees), depth), np.int32)
    cuts = np.full((len(trees), depth), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << depth, len(LABELS)), np.float32)
    shares = np.zeros((len(trees), 1 << depth), np.float32)
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree.get("splits") or ()):
            columns[number, level] = index[split["float_feature_index"]]
            cuts[number, level] = split["border"]
        values = np.array(tree["leaf_values"], np.float32).reshape(-1, n_scores)
        leaves[number, : len(values), :n_scores] = values
        weights = np.array(tree["leaf_weights"], np.float64)
        shares[number, : len(weights)] = weights / weights.sum()
    biases = np.resize(np.array(bias, np.float32), len(LABELS))
    return TreeScorer(columns, cuts, leaves * np.float32(scale), biases, shares)
