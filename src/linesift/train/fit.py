"""Labelled pages to a model, with scores by site-grouped folds on the way.

Every stage is fitted once per fold and once on everything. What a later stage sees of an earlier one while it
is fitted comes from the fold's model that did not see the line's site, so it learns from columns as uncertain
as those it will meet; the last stage's held-out probabilities are what is scored.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from linesift.errors import LabelError, MissingExtraError
from linesift.features.batch import Batch, read_batch
from linesift.features.table import extract
from linesift.features.tokens import TOKEN_BITS, line_tokens
from linesift.labels import LABELS
from linesift.model.bins import quantile_bins
from linesift.model.classifier import Model, Scorer, softmax
from linesift.model.lexicon import Lexicon
from linesift.model.linear import LinearScorer
from linesift.model.trees import TreeScorer
from linesift.model.window import first_pass_table, second_pass_table
from linesift.page import LabelledPage
from linesift.train.folds import site_folds

if TYPE_CHECKING:
    import scipy.sparse as sparse

Progress = Callable[[str], None]
Fit = Callable[[NDArray[np.float32], NDArray[np.int64], "TrainConfig"], Scorer]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a model is fitted; how each value was found is in `reports/ablation.md`."""

    kind: str = "boosting"
    """`boosting`: oblivious trees; `linear`: additive logistic regression over bins."""
    n_folds: int = 4
    seed: int = 0
    jobs: int = 2
    """Processor cores used."""
    first_trees: int = 200
    second_trees: int = 200
    depth: int = 6
    learning_rate: float = 0.12
    n_cuts: int = 32
    """Cuts per column for trees; the linear model takes half as many."""
    lexicon_alpha: float = 5e-7
    """L2 regularisation of the lexicon."""
    linear_alpha: float = 3e-5
    """L2 regularisation of the linear model."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, and what models that had not seen a page's site say of it."""

    model: Model
    batch: Batch
    """The training pages."""
    folds: NDArray[np.int64]
    """Shape (n_pages,)."""
    first: NDArray[np.float32]
    """Shape (n_lines, 4): held-out probabilities after the first pass."""
    second: NDArray[np.float32]
    """Shape (n_lines, 4): held-out probabilities of the whole model."""


def fit(pages: Sequence[LabelledPage], config: TrainConfig, progress: Progress) -> Fitted:
    """Fit a model and its held-out probabilities.

    Raises:
        LabelError: if there are too few sites for the folds, or a label is missing.
        MissingExtraError: if the packages of the train extra are missing.
    """
    batch, labels = _read(pages, progress)
    folds = site_folds(pages, config.n_folds)
    if len(set(folds.tolist())) < config.n_folds:
        raise LabelError(f"{len(pages)} pages are of too few sites for {config.n_folds} folds; add pages of other sites")
    line_folds = folds[batch.page]
    progress("words")
    lexicon, lexicon_scores = _fit_lexicon(batch, labels, line_folds, config)
    table = first_pass_table(batch, np.concatenate((extract(batch), lexicon_scores)))
    fit_scorer = fit_trees if config.kind == "boosting" else fit_linear
    first, first_scores = _cross_fit(table, labels, line_folds, config, fit_scorer, progress, "first pass")
    table = second_pass_table(batch, table, softmax(first_scores))
    second, second_scores = _cross_fit(table, labels, line_folds, config, fit_scorer, progress, "second pass")
    temperature = fit_temperature(second_scores, labels)
    model = Model(lexicon=lexicon, first=first, second=second, temperature=temperature)
    held_out = softmax(second_scores / np.float32(temperature))
    return Fitted(model, batch, folds, softmax(first_scores), held_out)


def _read(pages: Sequence[LabelledPage], progress: Progress) -> tuple[Batch, NDArray[np.int64]]:
    progress(f"reading {len(pages)} pages")
    batch = read_batch([page.page.text for page in pages])
    labels = np.array([label.column for page in pages for label in page.labels if label is not None], np.int64)
    if len(labels) != len(batch.page):
        raise LabelError(f"{len(labels)} labels for {len(batch.page)} lines that are not blank")
    found = np.bincount(labels, minlength=len(LABELS))
    if not found.all():
        missing = ", ".join(label for label, count in zip(LABELS, found, strict=True) if not count)
        raise LabelError(f"no line of the training pages has the label {missing}; add pages that have it")
    return batch, labels


def _cross_fit(
    table: NDArray[np.float32],
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    config: TrainConfig,
    fit_scorer: Fit,
    progress: Progress,
    stage: str,
) -> tuple[Scorer, NDArray[np.float32]]:
    """Fit on everything, and score every line by the fit that did not see its fold."""
    scores = np.zeros((len(labels), len(LABELS)), np.float32)
    for fold in range(config.n_folds):
        progress(f"{stage}: fold {fold + 1} of {config.n_folds}")
        held_out = folds == fold
        scorer = fit_scorer(np.ascontiguousarray(table[:, ~held_out]), labels[~held_out], config)
        scores[held_out] = scorer.scores(np.ascontiguousarray(table[:, held_out]))
    progress(f"{stage}: all pages")
    return fit_scorer(table, labels, config), scores


def token_matrix(batch: Batch) -> "sparse.csr_matrix":
    """Tokens of every line as a sparse matrix, each row divided by the root of its number of tokens."""
    import scipy.sparse as sparse

    row, bucket = line_tokens(batch)
    n_lines = len(batch.page)
    scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_lines), 1))
    return sparse.csr_matrix((scale[row].astype(np.float32), (row, bucket)), shape=(n_lines, 1 << TOKEN_BITS))


def _fit_lexicon(
    batch: Batch, labels: NDArray[np.int64], folds: NDArray[np.int64], config: TrainConfig
) -> tuple[Lexicon, NDArray[np.float32]]:
    """The lexicon of all pages, and every line's scores by the lexicon that did not see its fold, (4, n_lines)."""
    tokens = token_matrix(batch)
    everything = np.ones(len(labels), np.bool_)
    parts = [everything, *(folds != fold for fold in range(config.n_folds))]
    fitted = Parallel(config.jobs)(
        delayed(_fit_token_weights)(tokens[part], labels[part] == label.column, config) for part in parts for label in LABELS
    )
    scores = np.zeros((len(LABELS), len(labels)), np.float32)
    for fold in range(config.n_folds):
        held_out = folds == fold
        for column in range(len(LABELS)):
            weights, bias = fitted[(fold + 1) * len(LABELS) + column]
            scores[column, held_out] = tokens[held_out] @ weights + bias
    weights = np.stack([weights for weights, _ in fitted[: len(LABELS)]], axis=1)
    bias = np.array([bias for _, bias in fitted[: len(LABELS)]], np.float32)
    # As on disk: half floats.
    return Lexicon(weights.astype(np.float16).astype(np.float32), bias), scores


def _fit_token_weights(
    tokens: "sparse.csr_matrix", is_label: NDArray[np.bool_], config: TrainConfig
) -> tuple[NDArray[np.float32], float]:
    from sklearn.linear_model import SGDClassifier

    learner = SGDClassifier(
        loss="log_loss", alpha=config.lexicon_alpha, max_iter=4, tol=None, average=True, random_state=config.seed
    )
    learner.fit(tokens, is_label)
    return learner.coef_[0].astype(np.float32), float(learner.intercept_[0])


def fit_linear(table: NDArray[np.float32], labels: NDArray[np.int64], config: TrainConfig) -> LinearScorer:
    """Fit additive logistic regressions over bins, one label against the rest each."""
    import scipy.sparse as sparse
    from sklearn.linear_model import SGDClassifier

    bins = quantile_bins(table, config.n_cuts // 2)
    n_columns, n_lines = table.shape
    places = bins.digitise(table).astype(np.int32) + (np.arange(n_columns, dtype=np.int32) * bins.n_bins)[:, None]
    ones = np.ones(places.size, np.float32)
    starts = np.arange(0, places.size + 1, n_columns)
    one_hot = sparse.csr_matrix((ones, places.T.ravel(), starts), shape=(n_lines, n_columns * bins.n_bins))
    weights, bias = np.zeros((n_columns, bins.n_bins, len(LABELS)), np.float32), np.zeros(len(LABELS), np.float32)
    for label in LABELS:
        learner = SGDClassifier(
            loss="log_loss", alpha=config.linear_alpha, max_iter=6, tol=None, average=True, random_state=config.seed
        )
        learner.fit(one_hot, labels == label.column)
        weights[:, :, label.column] = learner.coef_[0].reshape(n_columns, bins.n_bins)
        bias[label.column] = learner.intercept_[0]
    return LinearScorer(bins, weights, bias)


def fit_trees(table: NDArray[np.float32], labels: NDArray[np.int64], config: TrainConfig) -> TreeScorer:
    """Fit boosted oblivious trees, all labels at once."""
    try:
        from catboost import CatBoostClassifier
    except ImportError as error:
        raise MissingExtraError("training boosted trees needs an extra: pip install 'linesift[train]'") from error
    learner = CatBoostClassifier(
        iterations=config.first_trees,
        depth=config.depth,
        learning_rate=config.learning_rate,
        border_count=config.n_cuts,
        l2_leaf_reg=10,
        rsm=0.3,
        bootstrap_type="Bernoulli",
        subsample=0.5,
        loss_function="MultiClass",
        classes_count=len(LABELS),
        random_seed=config.seed,
        thread_count=config.jobs,
        allow_writing_files=False,
        verbose=0,
    )
    learner.fit(table.T, labels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        learner.save_model(str(path), format="json")
        return trees_from_json(json.loads(path.read_text("utf-8")), config.depth)


def trees_from_json(stored: dict[str, Any], depth: int) -> TreeScorer:
    """Flat arrays from CatBoost's JSON form of its trees; shallower trees are filled up with splits never taken."""
    features = stored["features_info"]["float_features"]
    index = {feature["feature_index"]: feature["flat_feature_index"] for feature in features}
    trees = stored["oblivious_trees"]
    columns = np.zeros((len(trees), depth), np.int32)
    cuts = np.full((len(trees), depth), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << depth, len(LABELS)), np.float32)
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree.get("splits") or ()):
            columns[number, level] = index[split["float_feature_index"]]
            cuts[number, level] = split["border"]
        values = np.array(tree["leaf_values"], np.float32).reshape(-1, len(LABELS))
        leaves[number, : len(values)] = values
    scale, bias = stored["scale_and_bias"]
    return TreeScorer(columns, cuts, leaves * np.float32(scale), np.array(bias, np.float32).reshape(len(LABELS)))


def fit_temperature(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The number that log-odds are to be divided by for the least log loss on held-out lines."""
    grid = np.exp(np.linspace(np.log(0.5), np.log(2.0), 29))
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(softmax(scores / np.float32(value))[rows, labels], 1e-9)).mean() for value in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)
