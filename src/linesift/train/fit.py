"""Labelled pages to a model, with scores by site-grouped folds on the way.

Every stage is fitted once per fold and once on everything. What a later stage sees of an earlier one while it
is fitted comes from the fold's model that did not see the line's site, so it learns from columns as uncertain
as those it will meet; the last stage's held-out probabilities are what is scored.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from linesift.errors import LabelError, MissingExtraError
from linesift.features.batch import Batch, read_batch
from linesift.features.table import MARKUP_COLUMNS, extract
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS, line_tokens, markup_tokens
from linesift.labels import LABELS, Label
from linesift.model.bins import quantile_bins
from linesift.model.classifier import Model, Scorer, softmax
from linesift.model.lexicon import TARGETS, Lexicon, Tokens
from linesift.model.linear import LinearScorer
from linesift.model.prediction import Prediction
from linesift.model.trees import TreeScorer
from linesift.model.window import Sums, first_pass_table, second_pass_table
from linesift.page import LabelledPage
from linesift.train.augment import varied
from linesift.train.folds import site_folds

if TYPE_CHECKING:
    import scipy.sparse as sparse

NEIGHBOURS = 4
"""Lines above and below that the lexicon's targets `after_body` and `before_body` look at."""

Progress = Callable[[str], None]
Fit = Callable[[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32], "TrainConfig"], Scorer]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a model is fitted; `reports/ablation.md` says which values were compared, the rest is set by hand."""

    kind: str = "boosting"
    """`boosting`: oblivious trees; `linear`: additive logistic regression over bins."""
    n_folds: int = 4
    seed: int = 0
    jobs: int = 2
    """Processor cores used."""
    first_trees: int = 200
    second_trees: int = 120
    depth: int = 6
    learning_rate: float = 0.12
    n_cuts: int = 32
    """Cuts per column for trees; the linear model takes half as many."""
    hand_weight: float = 3.0
    """What a line of a page labelled by hand counts, against one whose label was found by alignment."""
    lexicon_alpha: float = 5e-7
    """L2 regularisation of the lexicon."""
    linear_alpha: float = 3e-5
    """L2 regularisation of the linear model."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, and what models that had not seen a page's site say of it."""

    model: Model
    fold_models: tuple[Model, ...]
    """For each fold, the model that has not seen its sites."""

    def held_out_predictions(self, pages: Sequence[LabelledPage]) -> list[Prediction]:
        """Classify pages, each by the model that has not seen its site, in whatever manner they are rendered now."""
        folds = site_folds(pages, len(self.fold_models))
        found: dict[int, Prediction] = {}
        for fold, model in enumerate(self.fold_models):
            chosen = np.flatnonzero(folds == fold).tolist()
            found |= zip(chosen, model.classify_batch([pages[index].page for index in chosen]), strict=True)
        return [found[index] for index in range(len(pages))]


def fit(
    pages: Sequence[LabelledPage], config: TrainConfig, progress: Progress, html_pages: Sequence[LabelledPage] = ()
) -> Fitted:
    """Fit a model, and one without each fold.

    Args:
        pages: pages of plain text; each is learnt in a manner of its own (`linesift.train.augment`).
        config: how.
        progress: told of every stage.
        html_pages: pages with hints, for the part of the model that reads HTML; without them it has no such part.

    Raises:
        LabelError: if there are too few sites for the folds, or a label is missing.
        MissingExtraError: if the packages of the train extra are missing.
    """
    batch, labels = _read(varied(pages), progress)
    folds = _line_folds(pages, batch, config)
    progress("words")
    lexicons, scores = _fit_lexicon(token_matrix(batch), batch, labels, folds, config)
    models = _fit_passes(
        lexicons,
        None,
        np.concatenate((extract(batch), scores)),
        _Lines(batch, labels, folds, _weights(pages, batch, config)),
        config,
        progress,
    )
    del batch, scores
    if html_pages:
        for_html = _fit_html(html_pages, lexicons, config, progress)
        models = [replace(model, html=html) for model, html in zip(models, for_html, strict=True)]
    return Fitted(models[-1], tuple(models[:-1]))


@dataclass(frozen=True, slots=True)
class _Lines:
    """Non-blank lines of the training pages."""

    batch: Batch
    labels: NDArray[np.int64]
    folds: NDArray[np.int64]
    weights: NDArray[np.float32]
    """What each line counts."""


def _fit_html(
    pages: Sequence[LabelledPage], lexicons: Sequence[Lexicon], config: TrainConfig, progress: Progress
) -> list[Model]:
    """Fit the models for pages with hints, one for each lexicon of words, which they share with those for text."""
    batch, labels = _read(pages, progress)
    folds = _line_folds(pages, batch, config)
    progress("words of attributes")
    word_scores = np.zeros((len(TARGETS), len(labels)), np.float32)
    for fold, lexicon in enumerate(lexicons[:-1]):
        word_scores[:, folds == fold] = lexicon.scores(batch)[:, folds == fold]
    markup, markup_scores = _fit_lexicon(token_matrix(batch, markup_tokens, MARKUP_BITS), batch, labels, folds, config)
    own = np.concatenate((extract(batch), word_scores, extract(batch, MARKUP_COLUMNS), markup_scores))
    return _fit_passes(
        lexicons, markup, own, _Lines(batch, labels, folds, _weights(pages, batch, config)), config, progress
    )


def _fit_passes(
    lexicons: Sequence[Lexicon],
    markup: Sequence[Lexicon] | None,
    own: NDArray[np.float32],
    lines: _Lines,
    config: TrainConfig,
    progress: Progress,
) -> list[Model]:
    """Fit both passes without each fold and on everything, and put the models together."""
    is_boosting = config.kind == "boosting"
    fits: list[Fit] = [
        partial(fit_trees, n_trees=n_trees) if is_boosting else fit_linear
        for n_trees in (config.first_trees, config.second_trees)
    ]
    stage = "text" if markup is None else "HTML"
    table = first_pass_table(lines.batch, own)
    firsts, scores = _cross_fit(table, lines, config, fits[0], lambda what: progress(f"{stage}, first pass: {what}"))
    table = second_pass_table(lines.batch, table, softmax(scores))
    seconds, scores = _cross_fit(table, lines, config, fits[1], lambda what: progress(f"{stage}, second pass: {what}"))
    temperature = fit_temperature(scores, lines.labels)
    of_markup = [None] * len(lexicons) if markup is None else markup
    return [
        Model(lexicon=lexicon, first=first, second=second, temperature=temperature, markup=words)
        for lexicon, first, second, words in zip(lexicons, firsts, seconds, of_markup, strict=True)
    ]


def _weights(pages: Sequence[LabelledPage], batch: Batch, config: TrainConfig) -> NDArray[np.float32]:
    """Weight of every line: pages labelled by hand count more, because their labels are right."""
    by_hand = np.array([page.by_hand for page in pages])
    return np.where(by_hand, np.float32(config.hand_weight), np.float32(1))[batch.page]


def _line_folds(pages: Sequence[LabelledPage], batch: Batch, config: TrainConfig) -> NDArray[np.int64]:
    """Fold of every line."""
    folds = site_folds(pages, config.n_folds)
    if len(set(folds.tolist())) < config.n_folds:
        raise LabelError(
            f"{len(pages)} pages are of too few sites for {config.n_folds} folds; add pages of other sites"
        )
    return folds[batch.page]


def _read(pages: Sequence[LabelledPage], progress: Progress) -> tuple[Batch, NDArray[np.int64]]:
    progress(f"reading {len(pages)} pages")
    hints = [page.page.hints for page in pages if page.page.hints is not None]
    batch = read_batch([page.page.text for page in pages], hints or None)
    labels = np.array([label.column for page in pages for label in page.labels if label is not None], np.int64)
    if len(labels) != len(batch.page):
        raise LabelError(f"{len(labels)} labels for {len(batch.page)} lines that are not blank")
    found = np.bincount(labels, minlength=len(LABELS))
    if not found.all():
        missing = ", ".join(label for label, count in zip(LABELS, found, strict=True) if not count)
        raise LabelError(f"no line of the training pages has the label {missing}; add pages that have it")
    return batch, labels


def _cross_fit(
    table: NDArray[np.float32], lines: _Lines, config: TrainConfig, fit_scorer: Fit, progress: Progress
) -> tuple[list[Scorer], NDArray[np.float32]]:
    """Fit without each fold, then on everything; score every line by the fit that did not see its fold."""
    fitted: list[Scorer] = []
    labels, folds = lines.labels, lines.folds
    scores = np.zeros((len(labels), len(LABELS)), np.float32)
    for fold in range(config.n_folds):
        progress(f"fold {fold + 1} of {config.n_folds}")
        held_out = folds == fold
        seen = ~held_out
        fitted.append(fit_scorer(np.ascontiguousarray(table[:, seen]), labels[seen], lines.weights[seen], config))
        scores[held_out] = fitted[-1].scores(np.ascontiguousarray(table[:, held_out]))
    progress("all pages")
    fitted.append(fit_scorer(table, labels, lines.weights, config))
    return fitted, scores


def token_matrix(batch: Batch, tokens: Tokens = line_tokens, bits: int = TOKEN_BITS) -> "sparse.csr_matrix":
    """Tokens of every line as a sparse matrix, each row divided by the root of its number of tokens."""
    import scipy.sparse as sparse

    row, bucket = tokens(batch)
    n_lines = len(batch.page)
    scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_lines), 1))
    return sparse.csr_matrix((scale[row].astype(np.float32), (row, bucket)), shape=(n_lines, 1 << bits))


def _fit_lexicon(
    tokens: "sparse.csr_matrix",
    batch: Batch,
    labels: NDArray[np.int64],
    folds: NDArray[np.int64],
    config: TrainConfig,
) -> tuple[list[Lexicon], NDArray[np.float32]]:
    """Lexicons without each fold and of everything; every line's scores by the one that did not see its fold."""
    is_body = Sums(batch, labels == Label.BODY.column)
    among = Sums(batch, np.ones(len(labels)))
    targets = [labels == label.column for label in LABELS]
    targets.append(is_body.above(NEIGHBOURS) > among.above(NEIGHBOURS) / 2)
    targets.append(is_body.below(NEIGHBOURS) > among.below(NEIGHBOURS) / 2)
    parts = [*(folds != fold for fold in range(config.n_folds)), np.ones(len(labels), np.bool_)]
    fitted = Parallel(config.jobs)(
        delayed(_fit_token_weights)(tokens[part], target[part], config) for part in parts for target in targets
    )
    lexicons = []
    for start in range(0, len(fitted), len(targets)):
        weights, bias = zip(*fitted[start : start + len(targets)], strict=True)
        # Half floats, as on disk.
        rounded = np.stack(weights, axis=1).astype(np.float16).astype(np.float32)
        lexicons.append(Lexicon(rounded, np.array(bias, np.float32)))
    scores = np.zeros((len(TARGETS), len(labels)), np.float32)
    for fold in range(config.n_folds):
        held_out = folds == fold
        scores[:, held_out] = (tokens[held_out] @ lexicons[fold].weights + lexicons[fold].bias).T
    return lexicons, scores


def _fit_token_weights(
    tokens: "sparse.csr_matrix", is_label: NDArray[np.bool_], config: TrainConfig
) -> tuple[NDArray[np.float32], float]:
    from sklearn.linear_model import SGDClassifier

    learner = SGDClassifier(
        loss="log_loss", alpha=config.lexicon_alpha, max_iter=4, tol=None, average=True, random_state=config.seed
    )
    learner.fit(tokens, is_label)
    return learner.coef_[0].astype(np.float32), float(learner.intercept_[0])


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
    table: NDArray[np.float32],
    labels: NDArray[np.int64],
    weights: NDArray[np.float32],
    config: TrainConfig,
    n_trees: int,
) -> TreeScorer:
    """Fit boosted oblivious trees, all labels at once."""
    try:
        from catboost import CatBoostClassifier, CatBoostError
    except ImportError as error:
        raise MissingExtraError("training boosted trees needs an extra: pip install 'linesift[train]'") from error
    learner = CatBoostClassifier(
        iterations=n_trees,
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
    try:
        learner.fit(table.T, labels, sample_weight=weights)
    except CatBoostError as error:
        raise LabelError(f"the trees cannot be fitted ({error}); add labelled pages") from error
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
    shares = np.zeros((len(trees), 1 << depth), np.float32)
    for number, tree in enumerate(trees):
        for level, split in enumerate(tree.get("splits") or ()):
            columns[number, level] = index[split["float_feature_index"]]
            cuts[number, level] = split["border"]
        values = np.array(tree["leaf_values"], np.float32).reshape(-1, len(LABELS))
        leaves[number, : len(values)] = values
        weights = np.array(tree["leaf_weights"], np.float64)
        shares[number, : len(weights)] = weights / weights.sum()
    scale, bias = stored["scale_and_bias"]
    biases = np.array(bias, np.float32).reshape(len(LABELS))
    return TreeScorer(columns, cuts, leaves * np.float32(scale), biases, shares)


def fit_temperature(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The number that log-odds are to be divided by for the least log loss on held-out lines."""
    grid = np.exp(np.linspace(np.log(0.5), np.log(2.0), 29))
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(softmax(scores / np.float32(value))[rows, labels], 1e-9)).mean() for value in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)
