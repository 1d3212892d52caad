"""Fit the parts of models for text or for HTML: for each fold, one on all other folds; and one on all pages.

What a later step sees of an earlier one comes from the fit that has not seen the line's site, so it learns from
columns as uncertain as those of pages to come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.evaluate.metrics import label_scores, macro_f1
from linesift.features.table import MARKUP_COLUMNS, extract
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS, line_tokens, markup_tokens
from linesift.labels import LABELS
from linesift.model.doubt import lines_to_read
from linesift.model.headline import HeadlineRanker
from linesift.model.lexicon import TARGETS, Lexicon, Tokens
from linesift.model.network import Network
from linesift.model.part import Part, Scorer, softmax, spans_of
from linesift.model.second_look import SecondLook
from linesift.model.window import Neighbourhood
from linesift.train.augment import as_unknown_language
from linesift.train.config import Learner, Progress, TrainConfig
from linesift.train.examples import Lines
from linesift.train.folds import CrossFit
from linesift.train.headline import fit_rankers
from linesift.train.lexicon import fit_lexicons
from linesift.train.linear import fit_linear
from linesift.train.network import NetworkData, fit_network
from linesift.train.second_look import fit_second_looks
from linesift.train.trees import fit_trees
from linesift.train.workers import parallel


def fit_text_parts(
    lines: Lines, lexicons: CrossFit[Lexicon], config: TrainConfig, progress: Progress
) -> CrossFit[Part]:
    """Fit the parts for text."""
    own = _OwnColumns.of(extract(lines.batch), _held_out_scores(lexicons, lines, line_tokens, TOKEN_BITS))
    used = lexicons.map(lambda lexicon: _PartLexicons(lexicon, None))
    return _fit_parts(used, own, lines, config, lambda what: progress(f"text, {what}"))


def fit_html_parts(
    lines: Lines, lexicons: CrossFit[Lexicon], config: TrainConfig, progress: Progress
) -> CrossFit[Part]:
    """Fit the parts for HTML, each with the lexicon of words of the part for text that has not seen the same fold."""
    progress("words of attributes")
    markup = fit_lexicons(lines, config, markup_tokens, MARKUP_BITS)
    own = _OwnColumns.of(
        extract(lines.batch),
        _held_out_scores(lexicons, lines, line_tokens, TOKEN_BITS),
        extract(lines.batch, MARKUP_COLUMNS),
        _held_out_scores(markup, lines, markup_tokens, MARKUP_BITS),
    )
    used = CrossFit.of(map(_PartLexicons, lexicons, markup))
    return _fit_parts(used, own, lines, config, lambda what: progress(f"HTML, {what}"))


class _PartLexicons(NamedTuple):
    """Lexicons of one part."""

    words: Lexicon
    markup: Lexicon | None
    """Of the words of attributes; `None` for text."""


class _LexiconScores(NamedTuple):
    """Columns that a lexicon gives, each of shape (len(TARGETS), n_lines)."""

    known: NDArray[np.float32]
    unknown: NDArray[np.float32]
    """As they would be in a language that the lexicon does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class _OwnColumns:
    """Columns of the lines themselves."""

    values: NDArray[np.float32]
    """Shape (n_columns, n_lines)."""
    lexicon_rows: NDArray[np.int64]
    """Rows of the columns that lexicons give."""
    unknown: NDArray[np.float32]
    """Shape (len(lexicon_rows), n_lines): these in a language that the lexicon does not know."""

    @classmethod
    def of(cls, *parts: NDArray[np.float32] | _LexiconScores) -> "_OwnColumns":
        """Stack columns of features and of lexicons."""
        columns = [part.known if isinstance(part, _LexiconScores) else part for part in parts]
        is_lexicon = np.repeat([isinstance(part, _LexiconScores) for part in parts], [len(part) for part in columns])
        unknown = np.concatenate([part.unknown for part in parts if isinstance(part, _LexiconScores)])
        return cls(np.concatenate(columns), np.flatnonzero(is_lexicon), unknown)


def _held_out_scores(lexicons: CrossFit[Lexicon], lines: Lines, tokens: Tokens, bits: int) -> _LexiconScores:
    """Scores of every line by the lexicon that has not seen its fold."""
    scores = _LexiconScores(*np.zeros((2, len(TARGETS), len(lines.folds)), np.float32))
    for fold, lexicon in enumerate(lexicons.without_fold):
        held_out = lines.folds == fold
        for found, read in zip(scores, (tokens, as_unknown_language(tokens, bits)), strict=True):
            found[:, held_out] = lexicon.scores(lines.batch, read)[:, held_out]
    return scores


def _fit_parts(
    lexicons: CrossFit[_PartLexicons], own: _OwnColumns, lines: Lines, config: TrainConfig, progress: Progress
) -> CrossFit[Part]:
    """Fit what scores lines, and put the parts together.

    1. Trees, or a linear model, over the lines' own columns and those of their neighbours.
    2. Networks over the own columns, line after line, of the lines that these leave open (`linesift.model.doubt`).
    3. The share of the networks in the mean of all scores, and temperatures, on held-out scores of lines with gold.
    4. A second look at lines that are in doubt.
    5. A ranker of the lines that may be the headline.

    A linear model has the first and the third alone.
    """
    table = Neighbourhood(lines.batch, own.values).table(np.arange(len(lines.folds)))
    scorers, scores = _fit_scorers(table, lines, config, progress)
    networks: CrossFit[tuple[Network, ...]] = CrossFit.same((), config.n_folds)
    is_gold = (np.arange(len(scores)) < lines.n_gold) & (lines.line_weights.everything > 0)
    labels, is_read = lines.labels.everything, np.ones(len(scores), np.bool_)
    share = 0.5
    if config.learner == Learner.BOOSTING:
        is_read = _lines_to_learn(scores, lines, config)
        networks, network_scores = _fit_networks(own, lines, is_read, config, progress)
        known = is_gold & is_read
        share = _fit_share(scores[known], network_scores[known], labels[known])
        scores[is_read] = _mean(scores, network_scores, share)[is_read]
    temperature, sure_temperature = (
        fit_temperature(scores[known], labels[known]) for known in (is_gold & is_read, is_gold & ~is_read)
    )
    scores /= np.where(is_read, np.float32(temperature), np.float32(sure_temperature))[:, None]
    looks: CrossFit[SecondLook | None] = CrossFit.same(None, config.n_folds)
    rankers: CrossFit[HeadlineRanker | None] = CrossFit.same(None, config.n_folds)
    if config.learner == Learner.BOOSTING:
        progress("second look at doubtful lines")
        looks, log_odds = fit_second_looks(scores, lines, config)
        progress("headline among its candidates")
        rankers = fit_rankers(table, softmax(log_odds), lines, config)
    parts = zip(lexicons, scorers, networks, looks, rankers, strict=True)
    return CrossFit.of(
        Part(
            used.words,
            scorer,
            several,
            share,
            temperature,
            sure_temperature,
            markup_lexicon=used.markup,
            second_look=look,
            headline=ranker,
        )
        for used, scorer, several, look, ranker in parts
    )


def _fit_scorers(
    table: NDArray[np.float32], lines: Lines, config: TrainConfig, progress: Progress
) -> tuple[CrossFit[Scorer], NDArray[np.float32]]:
    """Fit trees or linear models; score every line by the one that has not seen its fold."""
    fit_scorer, what = (fit_trees, "trees") if config.learner == Learner.BOOSTING else (fit_linear, "bins")
    fitted: list[Scorer] = []
    scores = np.zeros((len(lines.folds), len(LABELS)), np.float32)
    for fold, (labels, weights) in enumerate(zip(lines.labels, lines.line_weights, strict=True)):
        progress(f"{what}: {_fold_name(fold, config)}")
        masks = lines.fold_masks(fold)
        learnt = masks.learnt_pages & (weights > 0)
        fitted.append(fit_scorer(np.ascontiguousarray(table[:, learnt]), labels[learnt], weights[learnt], config))
        scores[masks.held_out] = fitted[-1].scores(np.ascontiguousarray(table[:, masks.held_out]))
    return CrossFit.of(fitted), scores


def _lines_to_learn(scores: NDArray[np.float32], lines: Lines, config: TrainConfig) -> NDArray[np.bool_]:
    """Mark the lines that networks learn: those that they will read, or all if some fit would have none."""
    is_read = np.zeros(len(scores), np.bool_)
    is_read[lines_to_read(lines.batch, softmax(scores))] = True
    learnt = (lines.fold_masks(fold).learnt_pages for fold in range(config.n_folds + 1))
    return is_read if all((is_read & pages).any() for pages in learnt) else np.ones_like(is_read)


def _fit_networks(
    own: _OwnColumns, lines: Lines, is_read: NDArray[np.bool_], config: TrainConfig, progress: Progress
) -> tuple[CrossFit[tuple[Network, ...]], NDArray[np.float32]]:
    """Fit networks, several at once, on the lines that they read; score each by those that have not seen its fold."""
    every_masks = [lines.fold_masks(fold) for fold in range(config.n_folds + 1)]

    def tasks() -> Iterator[tuple[NetworkData, TrainConfig]]:
        for masks, labels, weights in zip(every_masks, lines.labels, lines.line_weights, strict=True):
            learnt = masks.learnt_pages & is_read
            data = NetworkData(
                own=np.ascontiguousarray(own.values[:, learnt]),
                spans=spans_of(lines.batch.page[learnt]),
                labels=labels[learnt],
                weights=weights[learnt],
                lexicon_rows=own.lexicon_rows,
                unknown=own.unknown[:, learnt],
            )
            for number in range(config.networks):
                yield data, replace(config, seed=config.seed + number)

    fitted: list[tuple[Network, ...]] = []
    scores = np.zeros((len(lines.folds), len(LABELS)), np.float32)
    found = parallel(fit_network, tasks(), config.jobs)
    for fold, masks in enumerate(every_masks):
        progress(f"networks: {_fold_name(fold, config)}")
        fitted.append(tuple(islice(found, config.networks)))
        held_out = masks.held_out & is_read
        columns, spans = np.ascontiguousarray(own.values[:, held_out]), spans_of(lines.batch.page[held_out])
        scores[held_out] = sum(network.scores(columns, spans) for network in fitted[-1]) / config.networks
    return CrossFit.of(fitted), scores


def _fold_name(fold: int, config: TrainConfig) -> str:
    return f"fold {fold + 1} of {config.n_folds}" if fold < config.n_folds else "all pages"


_SHARES = (0.35, 0.5, 0.65, 0.8)
"""Shares of the networks that are tried."""


def _fit_share(scores: NDArray[np.float32], network_scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Choose the share of the networks with which the likeliest labels of held-out lines have the highest macro F1.

    By log loss more of the trees would be taken, but it hardly sees titles and dates, of which a page has one or two.
    """
    gold = [LABELS[column] for column in labels.tolist()]

    def f1_with(share: float) -> float:
        likeliest = _mean(scores, network_scores, share).argmax(axis=1)
        return macro_f1(label_scores(gold, [LABELS[column] for column in likeliest.tolist()]))

    return max(_SHARES, key=f1_with)


def _mean(scores: NDArray[np.float32], network_scores: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return np.float32(1 - share) * scores + np.float32(share) * network_scores


def fit_temperature(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Fit the temperature: what held-out log-odds are divided by for the least log loss; 1 without any."""
    if not len(labels):
        return 1.0
    grid = np.exp(np.linspace(np.log(0.5), np.log(4.0), 43))
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(softmax(scores / np.float32(value))[rows, labels], 1e-9)).mean() for value in grid]
    return round(float(grid[int(np.argmin(losses))]), 4)
