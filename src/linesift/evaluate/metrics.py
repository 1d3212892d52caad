"""Scores of labels and of articles."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linesift.labels import LABELS, Label

# Letters of scripts without spaces are tokens by themselves: a run of them would make one token of a whole clause.
_TOKEN = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|\w+"
)


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1, with the number of lines or pages behind them."""

    precision: float
    recall: float
    f1: float
    support: int


def harmonic(precision: float, recall: float) -> float:
    """Harmonic mean of precision and recall, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def label_scores(gold: Sequence[Label], given: Sequence[Label]) -> dict[Label, Score]:
    """Scores of every label over non-blank lines."""
    pairs = Counter(zip(gold, given, strict=True))
    scores = {}
    for label in LABELS:
        right = pairs[label, label]
        n_given = sum(count for (_, other), count in pairs.items() if other is label)
        support = sum(count for (true, _), count in pairs.items() if true is label)
        precision, recall = right / n_given if n_given else 0.0, right / support if support else 0.0
        scores[label] = Score(precision, recall, harmonic(precision, recall), support)
    return scores


def macro_f1(scores: Mapping[Label, Score]) -> float:
    """Mean F1 of the labels that occur in the gold."""
    found = [score.f1 for score in scores.values() if score.support]
    return float(np.mean(found)) if found else 0.0


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """Shingles of `size` tokens with their counts; a shorter text is one shingle (ScrapingHub's benchmark).

    Soft hyphens are no part of a token, because some golds keep those of the page and some do not.
    """
    tokens = _tokens(text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[start : start + size]) for start in range(max(1, len(tokens) - size + 1)))


def n_tokens(text: str) -> int:
    """Number of tokens of a text, as `shingles` counts them."""
    return len(_tokens(text))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.replace("\xad", ""))


def overlap(gold: Counter[tuple[str, ...]], given: Counter[tuple[str, ...]]) -> tuple[float, float]:
    """Precision and recall of the shingles of one page; 1 where there is nothing to find or nothing found."""
    shared = (gold & given).total()
    precision = shared / given.total() if given else float(not gold)
    recall = shared / gold.total() if gold else float(not given)
    return precision, recall


def article_score(pages: Iterable[tuple[float, float]]) -> Score:
    """Article score of many pages: the F1 of mean precision and mean recall."""
    values = np.array(list(pages), np.float64).reshape(-1, 2)
    if not len(values):
        return Score(0.0, 0.0, 0.0, 0)
    precision, recall = (float(value) for value in values.mean(axis=0))
    return Score(precision, recall, harmonic(precision, recall), len(values))
