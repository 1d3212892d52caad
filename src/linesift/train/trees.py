"""Fit boosted oblivious trees with CatBoost, and take them out as arrays."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import LabelError
from linesift.extras import missing_extra
from linesift.labels import LABELS
from linesift.model.trees import TreeScorer
from linesift.train.config import TrainConfig


def fit_trees(
    table: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float32], config: TrainConfig
) -> TreeScorer:
    """Fit boosted oblivious trees, all labels at once."""
    learner = _classifier(config, iterations=config.trees, depth=config.depth, learning_rate=config.learning_rate)
    return _fitted_trees(learner, config.depth, table.T, labels, sample_weight=weights)


def fit_correcting_trees(
    table: NDArray[np.float32], labels: NDArray[np.int64], log_odds: NDArray[np.float32], config: TrainConfig
) -> TreeScorer:
    """Fit boosted oblivious trees whose scores are added to others.

    Args:
        table: shape (n_columns, n_lines).
        labels: shape (n_lines,).
        log_odds: shape (n_lines, 4), what the scores are added to.
        config: how.
    """
    learner = _classifier(
        config, iterations=config.look_trees, depth=config.look_depth, learning_rate=0.1, rsm=0.3, subsample=0.5
    )
    return _fitted_trees(learner, config.look_depth, _require_catboost().Pool(table.T, labels, baseline=log_odds))


def fit_ranking_trees(
    table: NDArray[np.float32], is_chosen: NDArray[np.bool_], group: NDArray[np.int64], config: TrainConfig
) -> TreeScorer:
    """Fit boosted oblivious trees whose first score is the utility of a candidate in a conditional logit.

    Args:
        table: shape (n_columns, n_candidates).
        is_chosen: which candidates were chosen; some of every group.
        group: which candidates compete, shape (n_candidates,), in order.
        config: how.
    """
    catboost = _require_catboost()
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


def _classifier(config: TrainConfig, **options: float) -> Any:
    """Make a learner of trees that score all labels at once."""
    return _require_catboost().CatBoostClassifier(
        border_count=config.n_cuts,
        l2_leaf_reg=10,
        bootstrap_type="Bernoulli",
        loss_function="MultiClass",
        classes_count=len(LABELS),
        random_seed=config.seed,
        thread_count=config.jobs,
        allow_writing_files=False,
        verbose=0,
        **{"rsm": 0.25, "subsample": 0.3, **options},
    )


def _require_catboost() -> Any:
    """Import `catboost`.

    Raises:
        MissingExtraError: if it is not there.
    """
    try:
        import catboost
    except ImportError as error:
        raise missing_extra("training boosted trees", "catboost") from error
    return catboost


def _fitted_trees(learner: Any, depth: int, *data: Any, **options: Any) -> TreeScorer:
    """Fit, and convert the trees to arrays."""
    try:
        learner.fit(*data, **options)
    except _require_catboost().CatBoostError as error:
        raise LabelError(f"the trees cannot be fitted ({error}); add labelled pages") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        learner.save_model(str(path), format="json")
        return _trees_from_json(json.loads(path.read_text("utf-8")), depth)


def _trees_from_json(stored: dict[str, Any], depth: int) -> TreeScorer:
    """Convert CatBoost's JSON form of oblivious trees to arrays.

    Shallower trees are filled up with levels of cut = infinity, which no value is above. Of trees with one score, the
    other scores stay 0.
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
