"""Tell the kind of a page from the labels and probabilities of its lines, and from its words.

An article has a sure headline, a date beside it and one dense block of sure body lines. Lists, shops and forums have
many lines whose label is unsure. An additive model over such columns, and over scores of the page's words, gives each
kind a probability. It uses neither address nor markup, so text and HTML share it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import LONGEST, Batch, read_batch
from linesift.features.dates import DatePart
from linesift.labels import Kind, Label
from linesift.model.lexicon import padded_rows
from linesift.model.linear import LinearScorer
from linesift.model.part import softmax

WORD_BITS = 13
"""Words are hashed to 2**13 buckets; with 2**15 the F1 of articles is better by .001."""

WORD_KINDS = (Kind.ARTICLE, Kind.INDEX, Kind.OTHER)
"""Kinds that are told by words; a live page or a stub has the words of an article."""

_N_PAGES = 512
"""Pages whose words are looked up at once: their flags take 4 MB."""

Values = NDArray[np.float64]
Named = Iterator[tuple[str, Values, Values]]
"""Columns: name, numerators and denominators, shape (n_pages,); missing where the denominator is not above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class PageKindModel:
    """Gives each page a probability for each kind; its columns are `column_names`."""

    words: NDArray[np.float32]
    """Shape (2**WORD_BITS, len(WORD_KINDS)): weights of a word on the page for each kind."""
    words_bias: NDArray[np.float32]
    """Shape (len(WORD_KINDS),)."""
    scorer: LinearScorer
    """Scores kinds by the columns; calibrated, so it needs no temperature."""
    _rows: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", padded_rows(self.words))

    def probabilities(
        self, batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8]
    ) -> NDArray[np.float32]:
        """Probability of each kind for every page.

        Args:
            batch: the pages.
            probabilities: shape (n_lines, 4), of the labels of each line.
            labels: shape (n_lines,), from `linesift.model.decode`.

        Returns:
            Shape (n_pages, len(KINDS)); a page without lines has zeros.
        """
        table = page_columns(batch, probabilities, labels)
        kinds = softmax(self.scorer.scores(np.concatenate((table, self.word_scores(batch)))))
        kinds[batch.lines_per_page == 0] = 0
        return kinds

    def word_scores(self, batch: Batch) -> NDArray[np.float32]:
        """Log-odds of `WORD_KINDS` from the words alone, shape (len(WORD_KINDS), n_pages); each word counts once."""
        compute = word_scores_plain if COMPILED.compiled is None else COMPILED.compiled.word_scores
        return compute(batch, self._rows, self.words_bias)


def word_scores_plain(batch: Batch, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `PageKindModel.word_scores` does by numpy alone, from padded weights."""
    page, bucket = page_words(batch)
    n_words = np.bincount(page, minlength=len(batch.lines_per_page_with_blanks))
    has_words = n_words > 0
    scores = np.tile(bias, (len(n_words), 1))
    if len(page):
        starts = (n_words.cumsum() - n_words)[has_words]
        # Viewed as complex numbers, two weights are added at once.
        rows = weights.take(bucket, axis=0, mode="clip").view(np.complex64)
        sums: NDArray[np.float32] = np.add.reduceat(rows, starts, axis=0).view(np.float32)
        roots: NDArray[np.float32] = np.sqrt(n_words[has_words, None]).astype(np.float32)
        scores[has_words] += sums[:, : len(WORD_KINDS)] / roots
    return scores.T


def page_words(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the buckets of all words of each page, each once; pages and buckets, both of shape (n_found,), sorted."""
    bucket = (batch.scan.word_hash >> np.uint64(64 - WORD_BITS)).astype(np.int64)
    page = batch.page.take(batch.scan.word_line).astype(np.int64)
    places = [np.zeros(0, np.int64)]
    n_pages = len(batch.lines_per_page_with_blanks)
    for start in range(0, n_pages, _N_PAGES):
        stop = min(start + _N_PAGES, n_pages)
        rows = slice(*page.searchsorted((start, stop)))
        is_there = np.zeros((stop - start) << WORD_BITS, np.bool_)
        is_there[((page[rows] - start) << WORD_BITS) + bucket[rows]] = True
        places.append(np.flatnonzero(is_there) + (start << WORD_BITS))
    place = np.concatenate(places)
    return place >> WORD_BITS, place & ((1 << WORD_BITS) - 1)


def page_columns(batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8]) -> NDArray[np.float32]:
    """Compute the columns of every page, except the scores of its words; shape (n_columns, n_pages)."""
    compiled = COMPILED.choose(len(batch.page))
    compute = columns_plain if compiled is None else compiled.page_columns
    return compute(batch, probabilities, labels)


def columns_plain(batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8]) -> NDArray[np.float32]:
    """Do what `page_columns` does by numpy alone."""
    named = list(_columns(_Pages(batch), probabilities.T.astype(np.float64), labels))
    wholes = np.array([whole for _, _, whole in named])
    columns = np.full(wholes.shape, np.nan)
    np.divide([part for _, part, _ in named], wholes, out=columns, where=wholes > 0)
    return columns.astype(np.float32)


@cache
def column_names() -> tuple[str, ...]:
    """List the names of all columns, in the order of `PageKindModel.scorer`; those of words come last."""
    named = _columns(_Pages(read_batch([""])), np.zeros((len(Label), 0)), np.zeros(0, np.int8))
    return (*(name for name, _, _ in named), *(f"words.{kind}" for kind in WORD_KINDS))


class _Pages:
    """Sums and maxima over the lines of each page."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.words = np.minimum(batch.length, LONGEST).astype(np.float64)
        self.n_lines = batch.lines_per_page.astype(np.float64)
        self.one = np.ones(len(self.n_lines))
        self._has_lines = self.n_lines > 0

    def sums(self, *values: NDArray[Any]) -> Values:
        """Sum columns of lines by page, shape (n_values, n_pages); 0 on a page without lines."""
        return self._each(np.add, values)

    def largest(self, *values: NDArray[Any]) -> Values:
        """Find the largest of each column by page."""
        return self._each(np.maximum, values)

    def _each(self, reduce: np.ufunc, values: Sequence[NDArray[Any]]) -> Values:
        # All columns at once: on a single page it is the number of calls that takes time.
        out = np.zeros((len(values), len(self._has_lines)))
        if len(self.words):
            out[:, self._has_lines] = reduce.reduceat(np.array(values, np.float64), self.batch.nonempty_starts, axis=1)
        return out


def _columns(pages: _Pages, probabilities: Values, labels: NDArray[np.int8]) -> Named:
    """Give all columns of pages, from probabilities of shape (4, n_lines) and labels of shape (n_lines,)."""
    yield from _body_columns(pages, probabilities, labels)
    yield from _place_columns(pages, probabilities, labels)
    yield from _line_columns(pages)


def _body_columns(pages: _Pages, probabilities: Values, labels: NDArray[np.int8]) -> Named:
    """Give columns of how much body there is, and how sure it is."""
    words, body = pages.words, probabilities[Label.BODY.column]
    is_body = labels == Label.BODY.column
    begins = is_body.copy()
    begins[1:] &= ~(is_body[:-1] & (pages.batch.page[1:] == pages.batch.page[:-1]))
    likely, long = words * body, words * pages.batch.is_long
    total, body_words, expected, right, doubt, unsure, n_body, runs, long_words, long_body = pages.sums(
        words, words * is_body, likely, likely * is_body, likely * (1 - body), (body > 0.1) & (body < 0.9),
        is_body, begins, long, long * is_body,
    )  # fmt: skip
    yield "body.words", body_words, pages.one
    yield "body.expected_words", expected, pages.one
    yield "body.share", expected, total
    yield "body.best", pages.largest(body)[0], pages.one
    yield "body.sure", right, body_words
    yield "body.missed", expected - right, expected
    yield "body.expected_f1", 2 * right, body_words + expected
    yield "body.doubt", doubt, expected
    yield "body.lines_in_doubt", unsure, pages.one
    yield "body.runs", runs, pages.one
    yield "body.run_lines", n_body, runs
    yield "body.line_words", body_words, n_body
    yield "body.missed_long", long_words - long_body, long_words
    yield "body.long_share", long_body, body_words


def _place_columns(pages: _Pages, probabilities: Values, labels: NDArray[np.int8]) -> Named:
    """Give columns of headline and dates, and of where they stand relative to the body."""
    batch, one, row = pages.batch, pages.one, np.arange(len(labels))
    is_head, is_body, is_time = (labels == label.column for label in (Label.HEADLINE, Label.BODY, Label.TIMESTAMP))
    head, time = probabilities[Label.HEADLINE.column], probabilities[Label.TIMESTAMP.column]
    to_end = len(row) - row
    best, best_time, *rows = pages.largest(head, time, to_end * is_body, to_end * is_head, (row + 1) * is_body)
    # Rows of a page without such a line are missing.
    first, first_head, last = np.where(np.array(rows) > 0, rows, np.nan)
    first, first_head, last = len(row) - first, len(row) - first_head, last - 1
    is_inside = (row >= first.take(batch.page)) & (row <= last.take(batch.page))
    is_clock, is_date = batch.scan.dates[:, DatePart.CLOCK] > 0, batch.strength >= 3
    all_heads, n_body, n_times, times, clocks, dates, n_clocks, n_dates = pages.sums(
        head, is_body, is_time, is_time & is_inside, is_clock & is_inside, is_date & is_inside, is_clock, is_date
    )
    yield "headline.best", best, one
    yield "headline.rest", all_heads - best, one
    yield "headline.above_body", first - first_head, one
    yield "timestamp.best", best_time, one
    # Where most pages have none of a thing, none is missing: cuts at quantiles would not tell few from many.
    yield "timestamp.lines", n_times, np.minimum(n_times, 1)
    yield "body.density", n_body, last - first + 1
    yield "body.first", first - batch.page_starts[:-1], pages.n_lines
    yield "timestamp.inside", times, np.minimum(times, 1)
    yield "page.clocks_inside", clocks, np.minimum(clocks, 1)
    yield "page.dates_inside", dates, np.minimum(dates, 1)
    yield "page.clocks", n_clocks, pages.n_lines
    yield "page.dates", n_dates, pages.n_lines


def _line_columns(pages: _Pages) -> Named:
    """Give columns of how long the page and its lines are."""
    length, n_lines = pages.batch.length, pages.n_lines
    words, short, middling = pages.sums(pages.words, length < 4, (length >= 4) & (length < 15))
    yield "page.lines", n_lines, pages.one
    yield "page.words", words, pages.one
    yield "page.line_words", words, n_lines
    yield "page.short", short, n_lines
    yield "page.middling", middling, n_lines


class _Compiled(NamedTuple):
    """The compiled loops."""

    page_columns: Callable[[Batch, NDArray[np.float32], NDArray[np.int8]], NDArray[np.float32]]
    word_scores: Callable[[Batch, NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
    """Takes the padded weights and the bias."""


def _load() -> _Compiled | None:
    """Load the compiled loops; `None` where they come to other numbers."""
    from linesift.model.compiled.page_kind import page_columns, word_scores

    batch = read_batch(["21 October 2024, 9:20\nRain in May.\nSun\n" * 30, "", "Sun.\n" * 3])
    numbers = np.arange(len(batch.page))
    probabilities = np.cos(np.arange(4 * len(numbers), dtype=np.float32)).reshape(-1, 4) ** 2
    labels = (numbers * 7 % 4).astype(np.int8)
    labels[numbers % 20 > 12] = Label.BODY.column
    found, expected = page_columns(batch, probabilities, labels), columns_plain(batch, probabilities, labels)
    words = read_batch(["".join(map(chr, range(0x4E00, 0x4F90))), "Rain", ""])  # each two letters are a word
    weights = np.cos(np.arange(len(WORD_KINDS) << WORD_BITS, dtype=np.float32)).reshape(-1, len(WORD_KINDS))
    arguments = words, padded_rows(weights * np.exp(5 * weights[::-1])), weights[0]
    are_same = np.array_equal(word_scores(*arguments), word_scores_plain(*arguments))
    return (
        _Compiled(page_columns, word_scores) if are_same and np.array_equal(found, expected, equal_nan=True) else None
    )


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.page_kind.fill_columns"), Sizes(200_000, 5_000_000))
"""By lines."""
