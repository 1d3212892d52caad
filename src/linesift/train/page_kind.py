"""Fit the model of page kinds on held-out labels and probabilities of the lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.example import Example
from linesift.labels import KINDS, Kind
from linesift.model.decode import decode
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.model import Model
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, page_columns, page_words
from linesift.page import LabelledPage, LabelSource
from linesift.train.config import Progress, TrainConfig
from linesift.train.folds import CrossFit, site_folds
from linesift.train.linear import one_hot
from linesift.train.part import fit_temperature
from linesift.train.synthetic import synthetic_pages

if TYPE_CHECKING:
    import scipy.sparse as sparse

_N_CUTS = 5
"""Cuts per column; with 8 or 15 it is no better by folds."""
_C, _WORDS_C = 0.03, 10.0
"""Inverse strengths of the L2 regularisation: of the columns, and of the words."""
_SYNTHETIC_WEIGHTS = {Kind.INDEX: 0.25, Kind.STUB: 0.1, Kind.LIVE: 1.0}
"""Weight of a synthetic page against a real one; with more, short articles are called a stub or an index."""
_N_WORD_PAGES = 20
"""Least number of pages of a kind whose words are learnt."""
_N_AT_ONCE = 64
_LOG_ODDS_OF_ABSENT = -30.0
"""Log-odds of a kind that no page of the training has."""


@dataclass(frozen=True, slots=True)
class _PageTable:
    """Pages as the model of page kinds sees them; shapes are (n_pages,) unless stated."""

    kinds: NDArray[np.int64]
    folds: NDArray[np.int64]
    weights: NDArray[np.float64]
    is_real: NDArray[np.bool_]
    """Whether the page is not synthetic; only real pages decide the temperature."""
    is_text: NDArray[np.bool_]
    """Whether the page is plain text. HTML is the same pages again, and their words are learnt once."""
    table: NDArray[np.float32]
    """Shape (n_columns, n_pages), without the scores of words."""
    words: "sparse.csr_matrix"
    """Shape (n_pages, 2**WORD_BITS), rows divided by the root of their number of words."""


def fit_page_kind(
    models: CrossFit[Model], examples: Sequence[Example], config: TrainConfig, progress: Progress
) -> CrossFit[Model]:
    """Give each model a model of page kinds of its own.

    The columns of every page come from the model that has not seen its site, so they are as uncertain as those of pages
    to come. The model of page kinds that is fitted on all other folds has not seen its sites either.

    Args:
        models: the models.
        examples: pages whose kind is known; those without any gold are left out.
        config: jobs and seed.
        progress: called at the start of every stage.
    """
    progress("page kinds: held-out lines")
    known = [example for example in examples if example.origin.labels is not LabelSource.MODEL]
    forms = [[example.as_text() for example in known], [example.as_html() for example in known]]
    texts, htmls = ([page for page in pages if page is not None] for pages in forms)
    parts = [_read_pages(models, texts, is_text=True)]
    if htmls:
        parts.append(_read_pages(models, htmls, is_text=False))
    pages = _joined(parts)
    n_folds = len(models.without_fold)
    kinds_of = [set(pages.kinds[pages.folds != fold].tolist()) for fold in range(n_folds)]
    if min(map(len, kinds_of)) < 2:
        progress("no page kinds: the pages are all of one kind")
        return models
    progress("page kinds: fitting")
    kind_models = _cross_fit(pages, n_folds, config)
    return CrossFit.of(
        replace(model, page_kind=page_kind) for model, page_kind in zip(models, kind_models, strict=True)
    )


def _cross_fit(pages: _PageTable, n_folds: int, config: TrainConfig) -> CrossFit[PageKindModel]:
    """For each fold, fit one model on all other folds; and one on all pages.

    All have the temperature that suits the held-out scores best.
    """
    every = np.ones(len(pages.kinds), np.bool_)
    learnt = CrossFit(tuple(pages.folds != fold for fold in range(n_folds)), every)
    words = learnt.map(lambda part: _fit_words(pages, part))
    word_scores = np.zeros((len(WORD_KINDS), len(every)), np.float32)
    for part, (weights, bias) in zip(learnt.without_fold, words.without_fold, strict=True):
        word_scores[:, ~part] = (pages.words[~part] @ weights + bias).T
    table = np.concatenate((pages.table, word_scores))
    scorers = learnt.map(lambda part: _fit_scorer(table, pages, part, config))
    scores = np.zeros((len(every), len(KINDS)), np.float32)
    for part, scorer in zip(learnt.without_fold, scorers.without_fold, strict=True):
        scores[~part] = scorer.scores(table[:, ~part])
    temperature = fit_temperature(scores[pages.is_real], pages.kinds[pages.is_real])
    parts = zip(words, scorers, strict=True)
    return CrossFit.of(PageKindModel(*fitted, _scaled(scorer, temperature)) for fitted, scorer in parts)


def _read_pages(models: CrossFit[Model], pages: Sequence[LabelledPage], *, is_text: bool) -> _PageTable:
    """Read pages, and synthetic ones made of them, with the models that have not seen their sites."""
    import scipy.sparse as sparse

    every = [*pages, *synthetic_pages(pages)]
    folds = site_folds(every, len(models.without_fold))
    found: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]] = []
    for fold, model in enumerate(models.without_fold):
        chosen = np.flatnonzero(folds == fold)
        for start in range(0, len(chosen), _N_AT_ONCE):
            some = chosen[start : start + _N_AT_ONCE]
            found.append((some, *_read_batch(model, [every[index] for index in some], is_text=is_text)))
    order = np.concatenate([some for some, *_ in found])
    table = np.concatenate([columns for _, columns, _, _ in found], axis=1)
    page = np.concatenate([some[rows] for some, _, rows, _ in found])
    bucket = np.concatenate([buckets for *_, buckets in found])
    scale = 1 / np.sqrt(np.maximum(np.bincount(page, minlength=len(every)), 1))
    kinds = [Kind(each.kind) for each in every]
    is_real = np.arange(len(every)) < len(pages)
    return _PageTable(
        kinds=np.array([KINDS.index(kind) for kind in kinds]),
        folds=folds,
        weights=np.array(
            [1.0 if real else _SYNTHETIC_WEIGHTS[kind] for real, kind in zip(is_real, kinds, strict=True)]
        ),
        is_real=is_real,
        is_text=np.full(len(every), is_text),
        table=table[:, np.argsort(order)],
        words=sparse.csr_matrix((scale[page].astype(np.float32), (page, bucket)), (len(every), 1 << WORD_BITS)),
    )


def _read_batch(
    model: Model, pages: Sequence[LabelledPage], *, is_text: bool
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Columns of pages, and the page and the bucket of each word."""
    part = model.text if is_text or model.html is None else model.html
    batch = part.read([page.page for page in pages])
    probabilities = part.probabilities(batch)
    labels = decode(batch, probabilities, model.decoding)
    return page_columns(batch, probabilities, labels), *page_words(batch)


def _joined(parts: Sequence[_PageTable]) -> _PageTable:
    import scipy.sparse as sparse

    return _PageTable(
        kinds=np.concatenate([part.kinds for part in parts]),
        folds=np.concatenate([part.folds for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        is_real=np.concatenate([part.is_real for part in parts]),
        is_text=np.concatenate([part.is_text for part in parts]),
        table=np.concatenate([part.table for part in parts], axis=1),
        words=sparse.vstack([part.words for part in parts], "csr"),
    )


def _fit_words(pages: _PageTable, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights and bias of the words for each of `WORD_KINDS` against the others; zeros for a kind with few pages."""
    from sklearn.linear_model import LogisticRegression

    rows = chosen & pages.is_real & pages.is_text
    weights = np.zeros((1 << WORD_BITS, len(WORD_KINDS)), np.float32)
    bias = np.zeros(len(WORD_KINDS), np.float32)
    has_own = np.isin(pages.kinds, [KINDS.index(kind) for kind in WORD_KINDS])
    for column, kind in enumerate(WORD_KINDS):
        # A live page and a stub have the words of an article.
        is_kind = (pages.kinds == KINDS.index(kind)) | (~has_own & (kind is Kind.ARTICLE))
        n_pages = int(is_kind[rows].sum())
        if min(n_pages, int(rows.sum()) - n_pages) < _N_WORD_PAGES:
            continue
        learner = LogisticRegression(C=_WORDS_C, solver="liblinear", random_state=0)
        learner.fit(pages.words[rows], is_kind[rows])
        weights[:, column] = learner.coef_[0].astype(np.float16)  # as on disk
        bias[column] = learner.intercept_[0]
    return weights, bias


def _fit_scorer(
    table: NDArray[np.float32], pages: _PageTable, chosen: NDArray[np.bool_], config: TrainConfig
) -> LinearScorer:
    """Fit one additive logistic regression over bins for all kinds."""
    from sklearn.linear_model import LogisticRegression

    bins = quantile_bins(table[:, chosen], _N_CUTS)
    bits = one_hot(bins, table[:, chosen]).astype(np.float64)
    learner = LogisticRegression(C=_C, max_iter=1000, random_state=config.seed)
    learner.fit(bits, pages.kinds[chosen], sample_weight=pages.weights[chosen])
    found, constant = learner.coef_, learner.intercept_
    if len(found) == 1:  # of two kinds, scikit-learn gives the log-odds of the second
        found, constant = np.concatenate((-found, found)) / 2, np.concatenate((-constant, constant)) / 2
    weights = np.zeros((len(table), bins.n_bins, len(KINDS)), np.float32)
    bias = np.full(len(KINDS), _LOG_ODDS_OF_ABSENT, np.float32)
    for row, kind in enumerate(learner.classes_):
        weights[:, :, kind] = found[row].reshape(len(table), bins.n_bins)
        bias[kind] = constant[row]
    return LinearScorer(bins, weights, bias)


def _scaled(scorer: LinearScorer, temperature: float) -> LinearScorer:
    """Divide the log-odds of a scorer by a temperature."""
    return replace(scorer, weights=scorer.weights / np.float32(temperature), bias=scorer.bias / np.float32(temperature))
