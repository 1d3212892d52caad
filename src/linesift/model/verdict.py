"""What kind of page it is, from what the model made of its lines and from the page's words.

An article has a sure title, a date beside it and one dense block of sure body lines; lists, shops and forums have many
lines that are each a little of everything. An additive model over such columns, and over what the page's words speak
for, gives a probability to each kind. Nothing is asked of the address or the markup, so text and HTML share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.features.dates import DatePart
from linesift.labels import Kind, Label
from linesift.model.linear import LinearScorer

WORD_BITS = 13
"""Words are hashed to 2**13 buckets; with 2**15 the F1 of articles is better by .001."""

WORD_KINDS = (Kind.ARTICLE, Kind.INDEX, Kind.OTHER)
"""What is learnt of a page's words; a live page or a stub has the words of an article."""

_LONGEST = 60.0
"""Words beyond which a line weighs no more."""
_N_PAGES = 512
"""Pages whose words are looked up at once: their flags take 4 MB."""

Values = NDArray[np.float64]
Named = Iterator[tuple[str, Values]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Probabilities of kinds; its columns are `column_names`."""

    words: NDArray[np.float32]
    """Shape (2**WORD_BITS, len(WORD_KINDS)): what a word on the page adds to each kind."""
    bias: NDArray[np.float32]
    """Shape (len(WORD_KINDS),)."""
    scorer: LinearScorer
    """From the columns to the kinds; calibrated, so it needs no temperature."""

    def probabilities(
        self, batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8]
    ) -> NDArray[np.float32]:
        """Probability of each kind for every page.

        Args:
            batch: the pages.
            probabilities: shape (n_lines, 4), of the labels of each line.
            labels: shape (n_lines,), what the decode made of them.

        Returns:
            Shape (n_pages, len(KINDS)); a page without lines has zeros.
        """
        table = page_columns(batch, probabilities, labels)
        scores = self.scorer.scores(np.concatenate((table, self.word_scores(batch))))
        powers: NDArray[np.float32] = np.exp(scores - scores.max(axis=1, keepdims=True))
        powers /= powers.sum(axis=1, keepdims=True)
        powers[batch.n_lines == 0] = 0
        return powers

    def word_scores(self, batch: Batch) -> NDArray[np.float32]:
        """Log-odds of `WORD_KINDS` from the words alone, shape (len(WORD_KINDS), n_pages); each word counts once."""
        page, bucket = page_words(batch)
        n_words = np.bincount(page, minlength=len(batch.n_all_lines))
        has_words = n_words > 0
        scores = np.tile(self.bias, (len(n_words), 1))
        if len(page):
            starts = (np.cumsum(n_words) - n_words)[has_words]
            sums = np.add.reduceat(self.words.take(bucket, axis=0), starts, axis=0)
            scores[has_words] += sums / np.sqrt(n_words[has_words, None]).astype(np.float32)
        return scores.T


def page_words(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pages and buckets of all words, each bucket once a page; both of shape (n_found,), sorted by page."""
    bucket = (batch.lines.word_hash >> np.uint64(64 - WORD_BITS)).astype(np.int64)
    page = batch.page[batch.lines.word_line].astype(np.int64)
    places = [np.zeros(0, np.int64)]
    n_pages = len(batch.n_all_lines)
    for start in range(0, n_pages, _N_PAGES):
        stop = min(start + _N_PAGES, n_pages)
        rows = slice(*np.searchsorted(page, (start, stop)))
        is_there = np.zeros((stop - start) << WORD_BITS, np.bool_)
        is_there[((page[rows] - start) << WORD_BITS) + bucket[rows]] = True
        places.append(np.flatnonzero(is_there) + (start << WORD_BITS))
    place = np.concatenate(places)
    return place >> WORD_BITS, place & ((1 << WORD_BITS) - 1)


def page_columns(batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8]) -> NDArray[np.float32]:
    """Columns of every page but for its words; shape (n_columns, n_pages)."""
    parts = (_body_columns, _place_columns, _line_columns)
    found = [values for part in parts for _, values in part(_Pages(batch), probabilities.astype(np.float64), labels)]
    return np.array(found, np.float32)


@cache
def column_names() -> tuple[str, ...]:
    """Names of the columns, in the order of `Verdict.scorer`."""
    pages, none = _Pages(read_batch([""])), np.zeros((0, len(Label)))
    parts = (_body_columns, _place_columns, _line_columns)
    names = [name for part in parts for name, _ in part(pages, none, np.zeros(0, np.int8))]
    return (*names, *(f"words.{kind}" for kind in WORD_KINDS))


class _Pages:
    """Sums and extremes over the lines of each page, shape (n_pages,)."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.words = np.minimum(batch.length, _LONGEST).astype(np.float64)
        self.n_lines = batch.n_lines.astype(np.float64)
        self._has_lines = batch.n_lines > 0
        self._starts = batch.first[:-1][self._has_lines]
        self.total = self.sum(self.words)

    def sum(self, values: NDArray[Any]) -> Values:
        return self._each(np.add, values.astype(np.float64, copy=False))

    def largest(self, values: NDArray[Any]) -> Values:
        return self._each(np.maximum, values)

    def _each(self, reduce: np.ufunc, values: NDArray[Any]) -> Values:
        out = np.zeros(len(self._has_lines))
        if len(self._starts):
            out[self._has_lines] = reduce.reduceat(values, self._starts)
        return out

    def first_row(self, marked: NDArray[np.bool_]) -> Values:
        """Place on its page of the first marked line, `nan` where there is none."""
        size = len(marked)
        found = size - self.largest(np.where(marked, size - np.arange(size), 0)) - self.batch.first[:-1]
        return np.where(self.sum(marked) > 0, found, np.nan)

    def last_row(self, marked: NDArray[np.bool_]) -> Values:
        """The same of the last one."""
        found = self.largest(np.where(marked, np.arange(len(marked)), 0)) - self.batch.first[:-1]
        return np.where(self.sum(marked) > 0, found, np.nan)


def _share(part: Values, whole: Values) -> Values:
    """`part / whole`, `nan` where `whole` is 0."""
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def _some(counts: Values) -> Values:
    """Counts, `nan` for none: where most pages have none, cuts at quantiles would not tell few from many."""
    return np.where(counts > 0, counts, np.nan)


def _body_columns(pages: _Pages, chances: Values, labels: NDArray[np.int8]) -> Named:
    """How much body there is, and how sure."""
    words, chance = pages.words, chances[:, Label.BODY.column]
    is_body = labels == Label.BODY.column
    body_words, expected = pages.sum(words * is_body), pages.sum(words * chance)
    right = pages.sum(words * chance * is_body)
    yield "body.words", body_words
    yield "body.expected_words", expected
    yield "body.share", _share(expected, pages.total)
    yield "body.best", pages.largest(chance)
    yield "body.sure", _share(right, body_words)
    yield "body.missed", _share(expected - right, expected)
    yield "body.expected_f1", _share(2 * right, body_words + expected)
    yield "body.doubt", _share(pages.sum(words * chance * (1 - chance)), expected)
    yield "body.lines_in_doubt", pages.sum((chance > 0.1) & (chance < 0.9))
    follows = np.zeros(len(labels), np.bool_)
    follows[1:] = is_body[:-1] & (np.diff(pages.batch.page) == 0)
    n_body, runs = pages.sum(is_body), pages.sum(is_body & ~follows)
    yield "body.runs", runs
    yield "body.run_lines", _share(n_body, runs)
    yield "body.line_words", _share(body_words, n_body)
    long = words * pages.batch.is_long
    long_words, long_body = pages.sum(long), pages.sum(long * is_body)
    yield "body.missed_long", _share(long_words - long_body, long_words)
    yield "body.long_share", _share(long_body, body_words)


def _place_columns(pages: _Pages, chances: Values, labels: NDArray[np.int8]) -> Named:
    """Title and dates, and where they stand to the body."""
    is_body, is_time = labels == Label.BODY.column, labels == Label.TIMESTAMP.column
    first, last = pages.first_row(is_body), pages.last_row(is_body)
    head = chances[:, Label.HEADLINE.column]
    best = pages.largest(head)
    yield "headline.best", best
    yield "headline.rest", pages.sum(head) - best
    yield "headline.above_body", first - pages.first_row(labels == Label.HEADLINE.column)
    yield "timestamp.best", pages.largest(chances[:, Label.TIMESTAMP.column])
    yield "timestamp.lines", _some(pages.sum(is_time))
    yield "body.density", _share(pages.sum(is_body), last - first + 1)
    yield "body.first", _share(first, pages.n_lines)
    batch = pages.batch
    row = batch.row
    is_inside = (row >= first[batch.page]) & (row <= last[batch.page])
    is_clock, is_date = batch.lines.dates[:, DatePart.CLOCK] > 0, batch.strength >= 3
    yield "timestamp.inside", _some(pages.sum(is_time & is_inside))
    yield "page.clocks_inside", _some(pages.sum(is_clock & is_inside))
    yield "page.dates_inside", _some(pages.sum(is_date & is_inside))
    yield "page.clocks", _share(pages.sum(is_clock), pages.n_lines)
    yield "page.dates", _share(pages.sum(is_date), pages.n_lines)


def _line_columns(pages: _Pages, _chances: Values, _labels: NDArray[np.int8]) -> Named:
    """How long the page and its lines are."""
    length = pages.batch.length
    yield "page.lines", pages.n_lines
    yield "page.words", pages.total
    yield "page.line_words", _share(pages.total, pages.n_lines)
    yield "page.short", _share(pages.sum(length < 4), pages.n_lines)
    yield "page.middling", _share(pages.sum((length >= 4) & (length < 15)), pages.n_lines)
