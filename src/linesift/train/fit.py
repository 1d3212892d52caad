"""Labelled pages to a model, with scores by site-grouped folds on the way.

Every part is fitted once per fold and once on everything. What a later part sees of an earlier one while it
is fitted comes from the fold's model that did not see the line's site, so it learns from columns as uncertain
as those it will meet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from linesift.evaluate.held_out import HeldOut
from linesift.example import Example
from linesift.features.batch import Batch, running_sum
from linesift.features.table import MARKUP_COLUMNS, extract
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS, line_tokens, markup_tokens
from linesift.labels import LABELS, Label
from linesift.model.headline import HeadlineRanker
from linesift.model.lexicon import TARGETS, Lexicon, Tokens
from linesift.model.model import Model
from linesift.model.network import Network
from linesift.model.part import Part, Scorer, softmax
from linesift.model.prediction import Prediction
from linesift.model.window import Around, Neighbourhood, Sums
from linesift.page import LabelledPage
from linesift.train.augment import excerpts, unread, varied
from linesift.train.examples import Lines, Progress, TrainConfig, lessons, read_lines
from linesift.train.folds import site_folds
from linesift.train.headline import fit_rankers
from linesift.train.learners import fit_linear, fit_trees
from linesift.train.network import Sheets, fit_network

if TYPE_CHECKING:
    import scipy.sparse as sparse

NEIGHBOURS = 4
"""Lines above and below that the lexicon's targets `after_body` and `before_body` look at."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, and what models that had not seen a page's site say of it."""

    model: Model
    fold_models: tuple[Model, ...]
    """For each fold, the model that has not seen its sites."""

    def held_out_predictions(self, pages: Sequence[LabelledPage | None]) -> list[Prediction | None]:
        """Classify pages, each by the model that has not seen its site; `None` where there is none."""
        given = [(index, page) for index, page in enumerate(pages) if page is not None]
        folds = site_folds([page for _, page in given], len(self.fold_models)).tolist()
        found: list[Prediction | None] = [None] * len(pages)
        for fold, model in enumerate(self.fold_models):
            chosen = [(index, page) for (index, page), own in zip(given, folds, strict=True) if own == fold]
            predictions = model.classify_batch(page.page for _, page in chosen)
            for (index, _), prediction in zip(chosen, predictions, strict=True):
                found[index] = prediction
        return found

    def held_out(self, examples: Sequence[Example]) -> list[HeldOut]:
        """Classify both forms of pages that have gold for lines or for their kind, by models without their site."""
        texts = self.held_out_predictions([example.as_text() for example in examples])
        htmls = self.held_out_predictions([example.as_html() for example in examples])
        return [HeldOut(*parts) for parts in zip(examples, texts, htmls, strict=True)]


def fit(examples: Sequence[Example], config: TrainConfig, progress: Progress) -> Fitted:
    """Fit a model, and one without each fold.

    Pages with hints give the model a part that reads HTML; without any it has none. That part then corrects the labels
    of the text (`linesift.train.pseudo_labels`), and labels the pages without gold, for the part for text to learn.

    Args:
        examples: the pages; each text is learnt in a manner of its own (`linesift.train.augment`).
        config: how.
        progress: told of every stage.

    Raises:
        LabelError: if there are too few sites for the folds, or a label is missing.
        MissingExtraError: if the packages of the train extra are missing.
    """
    gold = [example for example in examples if example.has_line_gold]
    texts = [page for page in (example.as_text() for example in gold) if page is not None]
    htmls = [page for page in (example.as_html() for example in gold) if page is not None]
    nothing: list[list[LabelledPage]] = [[]] * (config.n_folds + 1)
    lines = read_lines(varied(texts), list(excerpts(texts)), nothing, config, progress)
    progress("words")
    lexicons = _fit_lexicons(token_matrix(lines.batch), lines, config)
    for_html = _fit_html(htmls, lexicons, config, progress) if htmls else []
    if for_html:
        # There is no part for text yet; these models are given pages with hints alone.
        readers = [Model(text=part, html=part) for part in for_html]
        teachers = Fitted(readers[-1], tuple(readers[:-1]))
        held_out = teachers.held_out_predictions([example.as_html() for example in gold])
        lines = lessons(examples, readers, held_out, config, progress)
        progress("words, with what the HTML taught")
        lexicons = _fit_lexicons(token_matrix(lines.batch), lines, config)
    own = _Own.of(extract(lines.batch), _held_out_scores(lexicons, lines, line_tokens, TOKEN_BITS))
    for_text = _fit_parts(lexicons, None, own, lines, config, progress)
    html_parts: Sequence[Part | None] = for_html or [None] * len(for_text)
    models = [Model(text, html) for text, html in zip(for_text, html_parts, strict=True)]
    return Fitted(models[-1], tuple(models[:-1]))


def _fit_html(
    pages: Sequence[LabelledPage], lexicons: Sequence[Lexicon], config: TrainConfig, progress: Progress
) -> list[Part]:
    """Fit the parts for pages with hints, one for each lexicon of words, which they share with those for text."""
    lines = read_lines(pages, list(excerpts(pages)), [[]] * (config.n_folds + 1), config, progress)
    progress("words of attributes")
    markup = _fit_lexicons(token_matrix(lines.batch, markup_tokens, MARKUP_BITS), lines, config)
    own = _Own.of(
        extract(lines.batch),
        _held_out_scores(lexicons, lines, line_tokens, TOKEN_BITS),
        extract(lines.batch, MARKUP_COLUMNS),
        _held_out_scores(markup, lines, markup_tokens, MARKUP_BITS),
    )
    return _fit_parts(lexicons, markup, own, lines, config, progress)


class _Scores(NamedTuple):
    """Columns that a lexicon gives, each of shape (len(TARGETS), n_lines)."""

    read: NDArray[np.float32]
    unread: NDArray[np.float32]
    """As they would be in a language that no lexicon has read."""


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """Columns of the lines themselves."""

    columns: NDArray[np.float32]
    """Shape (n_columns, n_lines)."""
    of_words: NDArray[np.int64]
    """Rows of the columns that lexicons give."""
    unread: NDArray[np.float32]
    """Shape (len(of_words), n_lines): these in a language that no lexicon has read."""

    @classmethod
    def of(cls, *parts: NDArray[np.float32] | _Scores) -> "_Own":
        columns = [part.read if isinstance(part, _Scores) else part for part in parts]
        is_of_words = np.repeat([isinstance(part, _Scores) for part in parts], [len(part) for part in columns])
        unread = np.concatenate([part.unread for part in parts if isinstance(part, _Scores)])
        return cls(np.concatenate(columns), np.flatnonzero(is_of_words), unread)


def _held_out_scores(lexicons: Sequence[Lexicon], lines: Lines, tokens: Tokens, bits: int) -> _Scores:
    """Scores of every line by the lexicon that did not see its fold."""
    scores = _Scores(*np.zeros((2, len(TARGETS), len(lines.folds)), np.float32))
    for fold, lexicon in enumerate(lexicons[:-1]):
        held_out = lines.folds == fold
        for found, read in zip(scores, (tokens, unread(tokens, bits)), strict=True):
            found[:, held_out] = lexicon.scores(lines.batch, read)[:, held_out]
    return scores


def _fit_parts(
    lexicons: Sequence[Lexicon],
    markup: Sequence[Lexicon] | None,
    own: _Own,
    lines: Lines,
    config: TrainConfig,
    progress: Progress,
) -> list[Part]:
    """Fit what scores lines, without each fold and on everything, and put the parts together."""
    is_boosting = config.kind == "boosting"
    stage = "text" if markup is None else "HTML"
    table = Neighbourhood(lines.batch, own.columns).table(np.arange(len(lines.folds)))
    scorers, scores = _fit_scorers(table, lines, config, lambda what: progress(f"{stage}, {what}"))
    networks: Sequence[Network | None] = [None] * len(lexicons)
    if is_boosting:
        networks, others = _fit_networks(own, lines, config, lambda what: progress(f"{stage}, network: {what}"))
        scores = (scores + others) / np.float32(2)
    is_gold = (np.arange(len(scores)) < lines.n_gold) & (lines.weights[-1] > 0)
    temperature = fit_temperature(scores[is_gold], lines.labels[-1][is_gold])
    rankers: Sequence[HeadlineRanker | None] = [None] * len(lexicons)
    if is_boosting:
        progress(f"{stage}, headline among its candidates")
        rankers = fit_rankers(table, softmax(scores / np.float32(temperature)), lines, config)
    of_markup = [None] * len(lexicons) if markup is None else markup
    parts = zip(lexicons, scorers, networks, of_markup, rankers, strict=True)
    return [
        Part(lexicon, scorer, network, temperature=temperature, markup_lexicon=words, headline=ranker)
        for lexicon, scorer, network, words, ranker in parts
    ]


def _fit_scorers(
    table: NDArray[np.float32], lines: Lines, config: TrainConfig, progress: Progress
) -> tuple[list[Scorer], NDArray[np.float32]]:
    """Fit without each fold, then on everything; score every line by the fit that did not see its fold."""
    fit_scorer, what = (fit_trees, "trees") if config.kind == "boosting" else (fit_linear, "bins")
    fitted: list[Scorer] = []
    scores = np.zeros((len(lines.folds), len(LABELS)), np.float32)
    for fold, (held_out, seen) in enumerate(_parts(lines, config)):
        seen &= lines.weights[fold] > 0
        progress(f"{what}: {_name(fold, config)}")
        weights = lines.weights[fold][seen]
        fitted.append(fit_scorer(np.ascontiguousarray(table[:, seen]), lines.labels[fold][seen], weights, config))
        scores[held_out] = fitted[-1].scores(np.ascontiguousarray(table[:, held_out]))
    return fitted, scores


def _fit_networks(
    own: _Own, lines: Lines, config: TrainConfig, progress: Progress
) -> tuple[list[Network], NDArray[np.float32]]:
    """The same with networks, several at once."""
    jobs = (
        delayed(fit_network)(
            Sheets(
                own=np.ascontiguousarray(own.columns[:, seen]),
                spans=_spans(lines, seen),
                labels=lines.labels[fold][seen],
                weights=lines.weights[fold][seen],
                of_words=own.of_words,
                unread=own.unread[:, seen],
            ),
            config,
        )
        for fold, (_, seen) in enumerate(_parts(lines, config))
    )
    fitted: list[Network] = []
    scores = np.zeros((len(lines.folds), len(LABELS)), np.float32)
    found = Parallel(config.jobs, pre_dispatch="n_jobs", return_as="generator")(jobs)
    for fold, (held_out, _) in enumerate(_parts(lines, config)):
        progress(_name(fold, config))
        fitted.append(next(found))
        scores[held_out] = fitted[-1].scores(np.ascontiguousarray(own.columns[:, held_out]), _spans(lines, held_out))
    return fitted, scores


def _parts(lines: Lines, config: TrainConfig) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Which lines the fit without each fold holds out, and which are of pages that it learns from.

    Last those of the fit of everything. Lines of no weight are among the latter where others of their page have some.
    """
    page = lines.batch.page
    for fold in range(config.n_folds + 1):
        held_out = lines.folds == fold
        is_learnt = np.bincount(page, lines.weights[fold], len(lines.batch.n_all_lines)) > 0
        yield held_out, ~held_out & is_learnt[page]


def _name(fold: int, config: TrainConfig) -> str:
    return f"fold {fold + 1} of {config.n_folds}" if fold < config.n_folds else "all pages"


def _spans(lines: Lines, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of some lines, all of whole pages, each page has; pages without any are left out."""
    spans = np.bincount(lines.batch.page[chosen])
    return spans[spans > 0]


def token_matrix(batch: Batch, tokens: Tokens = line_tokens, bits: int = TOKEN_BITS) -> "sparse.csr_matrix":
    """Tokens of every line as a sparse matrix, each row divided by the root of its number of tokens."""
    import scipy.sparse as sparse

    row, bucket = tokens(batch, slice(None))
    n_lines = len(batch.page)
    scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_lines), 1))
    return sparse.csr_matrix((scale[row].astype(np.float32), (row, bucket)), shape=(n_lines, 1 << bits))


def _fit_lexicons(tokens: "sparse.csr_matrix", lines: Lines, config: TrainConfig) -> list[Lexicon]:
    """Lexicons without each fold, and of everything."""

    def jobs() -> Iterator[Any]:  # one at a time: all parts of the tokens together take gigabytes
        around = Around(lines.batch, np.arange(len(lines.folds)))
        edges = around.edges((NEIGHBOURS,))
        among = Sums(running_sum(np.ones(len(lines.folds)))).windows(around, edges)[0]
        for fold, (labels, weights) in enumerate(zip(lines.labels, lines.weights, strict=True)):
            n_body = Sums(running_sum(labels == Label.BODY.column)).windows(around, edges)[0]
            part = (lines.folds != fold) & (weights > 0)
            learnt = tokens[part]
            for target in (*(labels == label.column for label in LABELS), *(n_body > among / 2)):
                yield delayed(_fit_token_weights)(learnt, target[part], config)

    fitted = Parallel(config.jobs)(jobs())
    lexicons = []
    for start in range(0, len(fitted), len(TARGETS)):
        weights, bias = zip(*fitted[start : start + len(TARGETS)], strict=True)
        # Half floats, as on disk.
        rounded = np.stack(weights, axis=1).astype(np.float16).astype(np.float32)
        lexicons.append(Lexicon(rounded, np.array(bias, np.float32)))
    return lexicons


def _fit_token_weights(
    tokens: "sparse.csr_matrix", is_label: NDArray[np.bool_], config: TrainConfig
) -> tuple[NDArray[np.float32], float]:
    from sklearn.linear_model import SGDClassifier

    learner = SGDClassifier(
        loss="log_loss", alpha=config.lexicon_alpha, max_iter=4, tol=None, average=True, random_state=config.seed
    )
    learner.fit(tokens, is_label)
    return learner.coef_[0].astype(np.float32), float(learner.intercept_[0])


def fit_temperature(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The number that log-odds are to be divided by for the least log loss on held-out lines."""
    grid = np.exp(np.linspace(np.log(0.5), np.log(2.0), 29))
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(softmax(scores / np.float32(value))[rows, labels], 1e-9)).mean() for value in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)
