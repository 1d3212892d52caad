"""Turn probabilities into one label per line, deciding for each page as a whole.

Every line has its most probable label, unless one of the rules of its page (`Rule`) says otherwise; `rules_against`
names them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import Batch, read_batch, running_sum
from linesift.labels import LABELS, Label

HEADLINE, BODY, TIMESTAMP, SIDEBAR = (label.column for label in Label)


@dataclass(frozen=True, slots=True)
class DecodeConfig:
    """Thresholds, in probabilities and lines. They were found by folds by site, see `reports/ablation.md`."""

    body_floor: float = 0.2
    """A line below this is never body, and a page with none above it has no article."""
    sure: float = 0.8
    """A page with a line of at least this probability of body has a sure article, and a higher floor."""
    body_floor_sure: float = 0.57
    """That floor: no line below is body."""
    headline: float = 0.4
    """Least probability of the headline near the beginning of the article."""
    headline_reach: int = 20
    """Lines above the first body line in which the headline is expected."""
    headline_elsewhere: float = 0.7
    """Factor on the probability of lines outside that reach."""
    headline_pair: float = 0.5
    """A line next to the headline is headline too if both have at least this probability."""
    timestamp: float = 0.7
    """Least probability of a timestamp line anywhere."""
    timestamp_near: float = 0.5
    """Least probability from `timestamp_reach` lines above the headline to just below the first body line."""
    timestamp_reach: int = 5
    no_article: float = 0.8
    """Probability of the kinds without an article from which all lines of a page are sidebar."""


class Rule(StrEnum):
    """Reason of the page's decode to give a line another label than its most probable one."""

    NO_ARTICLE = "no article"
    """The page is of a kind without an article, so all its lines are sidebar."""
    LIKELIEST_HEADLINE = "likeliest headline"
    """The line is the likeliest headline of the page, and likely enough."""
    ONE_HEADLINE = "one headline"
    """Another line is the headline of the page, or this one is not likely enough."""
    BODY_AS_A_WHOLE = "body as a whole"
    """Body are the lines that together have the highest expected F1, above a floor."""
    NEAR_TIMESTAMP = "near timestamp"
    """Near the headline and the first line of the body, a timestamp needs less than elsewhere. A line gets it against a
    likelier label only by thresholds under those of `DecodeConfig`."""
    SURE_TIMESTAMP = "sure timestamp"
    """A timestamp has to be likely enough for its place."""


def rules_against(label: Label, probabilities: Sequence[float], *, has_article: bool = True) -> tuple[Rule, ...]:
    """Name the rules by which a line has another label than its most probable one.

    Args:
        label: the label that `decode` gave the line.
        probabilities: those of the line, in the order of `LABELS`.
        has_article: false if the page's kind made all its lines sidebar.

    Returns:
        Rules for and against labels, by the probability of these labels from the highest on; empty if the line has its
        most probable label.
    """
    likelier = [other for other in LABELS if probabilities[other.column] > probabilities[label.column]]
    if likelier and not has_article:
        return (Rule.NO_ARTICLE,)
    if likelier and label in _CHOSEN:
        return (_CHOSEN[label],)
    likelier.sort(key=lambda other: -probabilities[other.column])
    return tuple(dict.fromkeys(_REFUSED[other] for other in likelier))


_CHOSEN = {Label.HEADLINE: Rule.LIKELIEST_HEADLINE, Label.TIMESTAMP: Rule.NEAR_TIMESTAMP}
"""Rules that give a line a label that is not its most probable one."""
_REFUSED = {
    Label.HEADLINE: Rule.ONE_HEADLINE,
    Label.BODY: Rule.BODY_AS_A_WHOLE,
    Label.TIMESTAMP: Rule.SURE_TIMESTAMP,
    Label.SIDEBAR: Rule.BODY_AS_A_WHOLE,
}
"""Rules that keep a line from its most probable label; what is kept from being sidebar is body."""

_BELOW_FIRST = 3
"""Lines below the first body line in which a date still belongs to the article's header."""
_LEAST_WORDS = 0.5
"""Words that a line has at least where those of the body are counted."""


def decode(batch: Batch, probabilities: NDArray[np.float32], config: DecodeConfig) -> NDArray[np.int8]:
    """Give every line its label.

    Body: the set of lines with the highest expected F1 by words (`_body_thresholds`). So the threshold adapts to the
    page, and a short or unusual article does not come out empty. But expected F1 treats lines as independent, and they
    are not: sixty rows of one table are all body or none is. So a page that has a sure article also has a floor.

    Headline: one region, near the place where the body begins. It is the likeliest line, of equal ones the first, and a
    neighbour only if both are likely enough.

    Timestamps: near the headline and the first body line less probability is needed than elsewhere. A line that is
    body already becomes timestamp only if that is at least as likely. A line that is likelier timestamp than sidebar,
    but not likely enough for it, is body where that is likelier than sidebar.

    Args:
        batch: the pages.
        probabilities: shape (n_lines, 4).
        config: the thresholds.

    Returns:
        Columns of `LABELS`, shape (n_lines,).
    """
    compute = COMPILED.choose(len(batch.page)) or decode_plain
    return compute(batch, probabilities, config)


def decode_plain(batch: Batch, probabilities: NDArray[np.float32], config: DecodeConfig) -> NDArray[np.int8]:
    """Do what `decode` does by numpy alone."""
    labels = np.full(len(batch.page), SIDEBAR, np.int8)
    if not len(labels):
        return labels
    _, body, timestamp, sidebar = probabilities.T
    is_sure = _per_line(batch, np.maximum.reduceat(body, batch.nonempty_starts)) >= np.float32(config.sure)
    least = np.where(is_sure, np.float32(config.body_floor_sure), np.float32(config.body_floor))
    is_body = (body >= _body_thresholds(batch, body)) & (body >= least)
    first_body = _first_row(batch, is_body)
    headline_row, is_headline = _headline(batch, probabilities, first_body, config)
    is_timestamp = _is_timestamp(timestamp, first_body, headline_row, config)
    is_timestamp &= timestamp >= np.where(is_body, body, 0)
    is_refused = (timestamp > sidebar) & (body > sidebar) & (body >= config.body_floor) & (first_body < len(body))
    labels[is_body | is_refused] = BODY
    labels[is_timestamp] = TIMESTAMP
    labels[is_headline] = HEADLINE
    return labels


def _per_line(batch: Batch, per_page: NDArray[Any]) -> NDArray[Any]:
    """Give every line the value of its page; `per_page` leaves out pages without lines."""
    return per_page.repeat(batch.nonempty_sizes)


def _first_row(batch: Batch, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find the row of the first marked line of each line's page; the number of rows if there is none."""
    rows = np.where(marked, np.arange(len(marked)), len(marked))
    return _per_line(batch, np.minimum.reduceat(rows, batch.nonempty_starts))


def _headline(
    batch: Batch, probabilities: NDArray[np.float32], first_body: NDArray[np.int64], config: DecodeConfig
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find the row of the headline of each line's page (the number of rows if none), and whether a line is headline."""
    headline, rows = probabilities[:, HEADLINE], np.arange(len(probabilities))
    is_near_body = (rows <= first_body) & (rows >= first_body - config.headline_reach) & (first_body < len(rows))
    weighted = np.where(is_near_body, headline, headline * np.float32(config.headline_elsewhere))
    # Elsewhere a line that is likelier body than headline cannot be the headline.
    weighted = np.where(is_near_body | (headline > probabilities[:, BODY]), weighted, np.float32(0))
    best = _per_line(batch, np.maximum.reduceat(weighted, batch.nonempty_starts))
    row = _first_row(batch, (weighted >= best) & (weighted >= config.headline))
    is_pair = (np.abs(rows - row) == 1) & (row < len(rows)) & (headline >= config.headline_pair)
    is_pair &= headline[np.minimum(row, len(rows) - 1)] >= config.headline_pair
    return row, (rows == row) | is_pair


def _is_timestamp(
    timestamp: NDArray[np.float32], first_body: NDArray[np.int64], headline_row: NDArray[np.int64], config: DecodeConfig
) -> NDArray[np.bool_]:
    """Whether the probability of a timestamp is high enough; near the headline and the first body line less will do."""
    rows, n_lines = np.arange(len(timestamp)), len(timestamp)
    anchor_row = np.where(headline_row < n_lines, headline_row, first_body)
    lowest_row = np.maximum(first_body, anchor_row)
    is_near = (rows >= anchor_row - config.timestamp_reach) & (rows <= lowest_row + _BELOW_FIRST)
    is_near &= lowest_row < n_lines
    return timestamp >= np.where(is_near, np.float32(config.timestamp_near), np.float32(config.timestamp))


def _body_thresholds(batch: Batch, body: NDArray[np.float32]) -> NDArray[np.float32]:
    """Find for each line's page the probability from which its lines are body: the one with the highest expected F1.

    Take the lines of a page in order of their probability of body. If the first k of them are labelled body, the
    expected F1 by words is 2 * sum(p * w) over these k / (sum(w) over these k + sum(p * w) over the page), where p is
    the probability of body of a line and w its words. The threshold is the probability of the last line of the best k.

    A page of three lines of 10 words with the probabilities .9, .6 and .1 expects 9 + 6 + 1 = 16 words of body:

    k  expected right  labelled  expected F1
    1  9               10        2 * 9 / (10 + 16) = .69
    2  15              20        2 * 15 / (20 + 16) = .83
    3  16              30        2 * 16 / (30 + 16) = .70

    Two lines are best, so the threshold is .6.

    Returns:
        Shape (n_lines,).
    """
    n_words = np.maximum(batch.length, _LEAST_WORDS).astype(np.float64)
    order, starts = np.lexsort((-body, batch.page)), batch.nonempty_starts
    sums = running_sum(np.array((body * n_words, n_words)).take(order, axis=1))
    before = sums.take(batch.own_page_start, axis=1)
    expected_right, labelled = sums[:, 1:] - before
    expected_on_page = sums[0, batch.own_page_end] - before[0]
    f1 = 2 * expected_right / (labelled + expected_on_page)
    best = _per_line(batch, np.maximum.reduceat(f1, starts))
    candidates = np.where(f1 >= best, body[order], np.float32(np.inf))
    thresholds: NDArray[np.float32] = _per_line(batch, np.minimum.reduceat(candidates, starts))
    return thresholds


def _load() -> Callable[[Batch, NDArray[np.float32], DecodeConfig], NDArray[np.int8]] | None:
    """Load the compiled loops; `None` where they give other labels."""
    from linesift.model.compiled.decode import decode as compiled

    batch = read_batch(["Rain in May.\nSun\n" * 40, "", *("Sun again.\n" * 7 for _ in range(40))])
    numbers = np.exp(6 * np.sin(np.arange(4 * len(batch.page), dtype=np.float32) ** 2)).reshape(-1, 4)
    probabilities = numbers / numbers.sum(axis=1, keepdims=True)
    arguments = batch, probabilities, DecodeConfig()
    return compiled if np.array_equal(compiled(*arguments), decode_plain(*arguments)) else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.decode.decode_pages"), Sizes(200_000, 5_000_000))
"""By lines."""
