"""Compare the likely headlines of a page with each other.

The model scores each line by itself. A standfirst below the headline, a copy of it at the top of the page, and the
headline of the next story look like headlines too. Comparing them tells which one it is: which stands above which,
which text comes twice, between which of them the date stands, which has the words of the article, and of the page's
address where it is known.

Lines above a low probability are the candidates of a page. Exactly one of them is the headline, or none: a conditional
logit over the candidates (McFadden 1974) whose utilities come from boosted trees.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.address import shared_with_address
from linesift.features.batch import Batch, read_batch
from linesift.features.chars import lengths, nonzero_indices
from linesift.features.topic import is_lead, shared_words
from linesift.labels import Label
from linesift.model.trees import TreeScorer

_MIN_PROBABILITY = 0.01
"""Probability of the headline above which a line is a candidate; 97 of 100 headlines have it."""

_MIN_BEST_PROBABILITY = 0.1
"""Probability that the likeliest candidate of a page needs for its candidates to be compared.

A page of a few links has candidates too, and the training had hardly any such page. No gold page loses its headline
by it.
"""

_LEAST_REST = 1e-6
"""Least probability of the other labels that is divided by."""

_MAX_COMPARED = 24
"""A candidate is compared with so many before it and so many after it on its page."""
_REACH = 10
"""Lines above and below a candidate whose probabilities it sees."""
_SPANS = ((-10, -4), (-3, -1), (1, 3), (4, 10))
"""First and last of the lines whose highest probability is a column, counted from the candidate."""
_BESIDE = (-1, 1, 2)
"""Lines whose probability is a column."""
_IN_SPANS = (Label.HEADLINE, Label.BODY, Label.TIMESTAMP)
"""Labels of the columns of spans."""
_IN_SPANS_COLUMNS = [label.column for label in _IN_SPANS]
_BESIDE_PLACES = [_REACH + step for step in _BESIDE]
_SPAN_STARTS = sorted([_REACH, *(_REACH + low for low, _ in _SPANS)])
_OF_SPANS = [_SPAN_STARTS.index(_REACH + low) for low, _ in _SPANS]
"""Where spans begin among the lines around a candidate, one of them its own line alone, and which of them are meant."""

_OWN_NAMES = tuple(f"candidate.{label}" for label in Label)
_BESIDE_NAMES = tuple(f"candidate.{label}@{step:+d}" for label in Label for step in _BESIDE)
_SPAN_NAMES = tuple(f"candidate.{label}.best{low:+d}{high:+d}" for label in _IN_SPANS for low, high in _SPANS)
_AMONG_NAMES = (
    "candidate.above", "candidate.below", "candidate.better", "candidate.of_best", "candidate.likelier_above",
    "candidate.likelier_below", "candidate.copies_above", "candidate.copies_below", "candidate.best_copy",
)  # fmt: skip
_SHARED_NAMES = tuple(
    f"candidate.words_in_{where}.{what}"
    for where in ("body", "lead", "rest", "headlines")
    for what in ("share", "weight", "share_to_best", "weight_to_best")
)
_ADDRESS_NAMES = tuple(
    f"candidate.address.{what}" for what in ("of_line", "of_address", "of_line_to_best", "of_address_to_best")
)
CANDIDATE_NAMES = (*_OWN_NAMES, *_BESIDE_NAMES, *_SPAN_NAMES, *_AMONG_NAMES, *_SHARED_NAMES, *_ADDRESS_NAMES)
"""Columns of a candidate; those of its line in `linesift.model.window` follow."""
ADDRESS_COLUMNS = slice(CANDIDATE_NAMES.index(_ADDRESS_NAMES[0]), len(CANDIDATE_NAMES))
"""Those that need the address of the page."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadlineRanker:
    """Gives the candidates of a page new probabilities of being its headline."""

    trees: TreeScorer
    """The utility of a candidate is its first score."""
    no_headline_utility: float
    """The utility of a page having no headline."""
    temperature: float
    """Temperature scaling: utilities are divided by it, so that .9 means nine in ten."""
    reads_address: bool = field(init=False, repr=False, compare=False)
    """Whether some tree asks for columns of the address; from HTML, where the head has a title, none does."""

    def __post_init__(self) -> None:
        asked = self.trees.columns
        is_of_address = (asked >= ADDRESS_COLUMNS.start) & (asked < ADDRESS_COLUMNS.stop)
        object.__setattr__(self, "reads_address", bool(is_of_address.any()))

    def rerank(
        self, batch: Batch, rows: NDArray[np.int64], table: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Replace the probabilities of the headline; those of the other labels keep their proportions.

        Args:
            batch: the pages.
            rows: the candidates, in page order.
            table: shape (n_columns, n_candidates), their columns in `linesift.model.window`.
            probabilities: shape (n_lines, 4).

        Returns:
            Shape (n_lines, 4), a copy.
        """
        compute = COMPILED.choose(len(batch.page)) or HeadlineRanker.rerank_plain
        return compute(self, batch, rows, table, probabilities)

    def rerank_plain(
        self, batch: Batch, rows: NDArray[np.int64], table: NDArray[np.float32], probabilities: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Do what `rerank` does by numpy alone."""
        result = probabilities.copy()
        if not len(rows):
            return result
        page, column = batch.page.take(rows), Label.HEADLINE.column
        columns = candidate_table(batch, rows, table, probabilities, reads_address=self.reads_address)
        utility = self.trees.scores(columns)[:, 0]
        after = headline_probabilities(page, utility, self.no_headline_utility, self.temperature)
        of_candidates = result.take(rows, axis=0)
        before = of_candidates[:, column].copy()
        starts, sizes = _candidates_per_page(page)
        best = np.maximum.reduceat(before, starts).repeat(sizes)
        after = np.where(best >= _MIN_BEST_PROBABILITY, after, before)
        of_candidates *= ((1 - after) / np.maximum(1 - before, np.float32(_LEAST_REST)))[:, None]
        of_candidates[:, column] = after
        result[rows] = of_candidates
        return result


def candidates(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find the rows of the lines that may be a headline, from probabilities of shape (n_lines, 4)."""
    return nonzero_indices(probabilities[:, Label.HEADLINE.column] > _MIN_PROBABILITY)


def candidate_table(
    batch: Batch,
    rows: NDArray[np.int64],
    table: NDArray[np.float32],
    probabilities: NDArray[np.float32],
    *,
    reads_address: bool = True,
) -> NDArray[np.float32]:
    """Compute the columns of the candidates.

    Args:
        batch: the pages.
        rows: the candidates, in page order.
        table: shape (n_columns, n_candidates), their columns in `linesift.model.window`.
        probabilities: shape (n_lines, 4).
        reads_address: false if the columns of the address are not asked for; they are `nan` then.

    Returns:
        Shape (len(CANDIDATE_NAMES) + n_columns, n_candidates).
    """
    n_rows = len(rows)
    around = rows + np.arange(-_REACH, _REACH + 1)[:, None]
    is_there = (around >= batch.own_page_start.take(rows)) & (around < batch.own_page_end.take(rows))
    # Shape (4, 2 * _REACH + 1, n_rows): of each label, on the lines around each candidate.
    near = np.where(is_there, probabilities.T.take(around, axis=1, mode="clip"), np.float32(0))
    # The spans and the candidate's own line follow each other.
    spans = np.maximum.reduceat(near.take(_IN_SPANS_COLUMNS, axis=0), _SPAN_STARTS, axis=1)
    blocks = (
        near[:, _REACH],
        near.take(_BESIDE_PLACES, axis=1).reshape(-1, n_rows),
        spans.take(_OF_SPANS, axis=1).reshape(-1, n_rows),
        _among(batch, rows, near[Label.HEADLINE.column, _REACH]),
        _shared(batch, rows, probabilities),
        _of_address(batch, rows, batch.addresses if reads_address else ()),
        table,
    )
    return np.concatenate(blocks)


def _among(batch: Batch, rows: NDArray[np.int64], probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compare each candidate with the others of its page, by their probabilities of the headline and their text.

    Returns:
        Shape (len(_AMONG_NAMES), n_candidates).
    """
    n, page, text = len(rows), batch.page.take(rows), batch.scan.hash.take(rows)
    reach = min(_MAX_COMPARED, n - 1)
    other = np.arange(n) + np.array([*range(-reach, 0), *range(1, reach + 1)], np.int64)[:, None]
    is_there = (other >= 0) & (other < n) & (page.take(other, mode="clip") == page)
    others = np.where(is_there, probability.take(other, mode="clip"), np.float32(0))
    is_copy = is_there & (text.take(other, mode="clip") == text)
    each = np.array((others, others > probability, is_copy), np.float64)
    # Sums over the candidates above and over those below; each of shape (2, n).
    total, likelier, copies = each.reshape(3, 2, reach, n).sum(axis=2)
    of_best = probability / np.maximum(others.max(axis=0, initial=0), probability)
    best_copy = (others * is_copy).max(axis=0, initial=0)
    # In the order of `_AMONG_NAMES`.
    blocks = total, likelier.sum(axis=0)[None], of_best[None], likelier, copies, best_copy[None]
    return np.concatenate(blocks, dtype=np.float32)


def _shared(batch: Batch, rows: NDArray[np.int64], probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Look for the words of each candidate in the article, as far as it is known: a title has the words of its story.

    The words of a standfirst are in the first lines of the article, those of a teaser in other teasers.

    Returns:
        Shape (len(_SHARED_NAMES), n_candidates); `nan` for a candidate without words of some length.
    """
    if not len(rows):
        return np.empty((len(_SHARED_NAMES), 0), np.float32)
    body = probabilities[:, Label.BODY.column]
    leads = is_lead(batch, body)
    starts, sizes = _candidates_per_page(batch.page.take(rows))
    weights = np.array((body, body * leads, body * ~leads, probabilities[:, Label.HEADLINE.column]))
    found = shared_words(batch, weights, rows)
    # Share and weight, and both against the best of the page: the order of `_SHARED_NAMES`.
    to_best = found - np.fmax.reduceat(found, starts, axis=2).repeat(sizes, axis=2)
    return np.concatenate((found, to_best), axis=1).reshape(len(_SHARED_NAMES), -1)


def _of_address(batch: Batch, rows: NDArray[np.int64], addresses: Sequence[str]) -> NDArray[np.float32]:
    """Look for the words of each candidate in the address of its page, and the other way round.

    Returns:
        Shape (len(_ADDRESS_NAMES), n_candidates); `nan` where no address is known, or it has no words.
    """
    out = np.full((len(_ADDRESS_NAMES), len(rows)), np.nan, np.float32)
    if not addresses or not len(rows):
        return out
    starts, sizes = _candidates_per_page(batch.page.take(rows))
    for start, end in zip(starts.tolist(), (starts + sizes).tolist(), strict=True):
        page = batch.page[rows[start]]
        if addresses[page]:
            lines = batch.texts[page].split("\n")
            texts = [lines[number] for number in batch.number.take(rows[start:end]).tolist()]
            found = shared_with_address(addresses[page], texts)
            out[:2, start:end] = found
            out[2:, start:end] = found - found.max(axis=1, keepdims=True)
    return out


def headline_probabilities(
    page: NDArray[np.integer], utility: NDArray[np.float32], no_headline_utility: float, temperature: float
) -> NDArray[np.float32]:
    """Probability of each candidate of being its page's headline: a softmax over the candidates and "no headline".

    Args:
        page: shape (n_candidates,), ascending.
        utility: shape (n_candidates,).
        no_headline_utility: the utility of a page having no headline.
        temperature: utilities are divided by it.
    """
    starts, sizes = _candidates_per_page(page)
    # The highest utility is subtracted, so that no power overflows.
    highest = np.maximum(np.maximum.reduceat(utility, starts), np.float32(no_headline_utility))
    powers = np.exp((utility - highest.repeat(sizes)) / np.float32(temperature))
    no_headline = np.exp((np.float32(no_headline_utility) - highest) / np.float32(temperature))
    total = np.add.reduceat(powers, starts) + no_headline
    probabilities: NDArray[np.float32] = powers / total.repeat(sizes)
    return probabilities


def _candidates_per_page(page: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find where the candidates of each page begin, and how many they are."""
    begins = np.ones(len(page), np.bool_)
    np.not_equal(page[1:], page[:-1], out=begins[1:])
    starts = nonzero_indices(begins)
    return starts, lengths(starts, len(page))


_Rerank = Callable[
    [HeadlineRanker, Batch, NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]
]


def _load() -> _Rerank | None:
    """Load the compiled loops; `None` where they come to other numbers."""
    from linesift.model.compiled import headline as compiled

    batch = read_batch(["Rain in May.\nThe sun\n" * 40, "", *("Sun again.\n" * 7 for _ in range(40))])
    numbers = np.exp(6 * np.sin(np.arange(4 * len(batch.page), dtype=np.float32) ** 2)).reshape(-1, 4)
    probabilities = numbers / numbers.sum(axis=1, keepdims=True)
    rows = candidates(probabilities)
    arguments = batch, rows, numbers[rows].T, probabilities
    table = candidate_table(*arguments)
    # Each tree asks for one column.
    asked, leaves = np.arange(len(table), dtype=np.int32)[:, None], np.cos(numbers[: 2 * len(table)]).reshape(-1, 2, 4)
    ranker = HeadlineRanker(TreeScorer(asked, table[:, :1], leaves, leaves[0, 0]), 0.1, 0.7)
    pairs = (
        (compiled.candidate_table(*arguments, reads_address=True), table),
        (compiled.rerank(ranker, *arguments), ranker.rerank_plain(*arguments)),
    )
    are_same = all(np.array_equal(found, expected, equal_nan=True) for found, expected in pairs)
    return compiled.rerank if are_same else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.headline.fill"), Sizes(200_000, 5_000_000))
"""By lines."""
