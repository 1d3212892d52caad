"""Columns of the lines around a line: neighbours, sums over windows, and what the first pass made of the page."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, from_fixed, read_batch, running_sum
from linesift.features.table import MARKUP_NAMES, NAMES
from linesift.features.topic import SharedWords
from linesift.hints import no_hints
from linesift.labels import Label
from linesift.model.lexicon import TARGETS

LEXICON_NAMES = tuple(f"lexicon.{target}" for target in TARGETS)
MARKUP_LEXICON_NAMES = tuple(f"markup_lexicon.{target}" for target in TARGETS)
OWN_NAMES = (*NAMES, *LEXICON_NAMES)
"""Columns of the line itself, for a page of plain text."""
HTML_NAMES = (*OWN_NAMES, *MARKUP_NAMES, *MARKUP_LEXICON_NAMES)
"""The same for a page that came as HTML."""

_NEAR = (
    "line.length", "line.ends_sentence", "line.date", "line.first_class", "line.last_class", "line.capitalised_share",
    *LEXICON_NAMES, "layout.blanks_before", "line.bars", "topic.shared_share", "layout.same_shape",
)  # fmt: skip
_FAR = ("line.length", "lexicon.body")
_NEAR_MARKUP = (
    "markup.link_share", "markup.tag", "markup.depth", "markup.heading", "markup.path_words", "markup.parent_words",
    *MARKUP_LEXICON_NAMES,
)  # fmt: skip
_FAR_MARKUP = ("markup_lexicon.body",)
_WINDOWS = (3, 8, 25)
_PASS_STEPS = (-3, -2, -1, 1, 2, 3)
_PASS_WINDOWS = (5, 15, 60)
_LONGEST = 60.0
"""Words beyond which a line weighs no more in a window."""

Named = Iterator[tuple[str, NDArray[np.generic]]]


def shifted(values: NDArray[np.generic], step: int, page: NDArray[np.int32]) -> NDArray[np.float32]:
    """The value `step` lines further down (up where negative) on the same page, `nan` beyond its ends."""
    out = np.full(len(values), np.nan, np.float32)
    here, there = (slice(None, -step), slice(step, None)) if step > 0 else (slice(-step, None), slice(None, step))
    out[here] = np.where(page[here] == page[there], values[there], np.nan)
    return out


class Sums:
    """Sums of a column over spans of lines, from prefix sums."""

    def __init__(self, batch: Batch, values: NDArray[np.generic]) -> None:
        self._prefix = running_sum(values)
        self._row = np.arange(len(values))
        self._top, self._end = batch.first[batch.page], batch.first[batch.page + 1]

    def above(self, size: int) -> NDArray[np.float64]:
        """Sum over the `size` lines above on the page."""
        return from_fixed(self._prefix[self._row] - self._prefix[np.maximum(self._row - size, self._top)])

    def below(self, size: int) -> NDArray[np.float64]:
        """Sum over the `size` lines below on the page."""
        return from_fixed(self._prefix[np.minimum(self._row + 1 + size, self._end)] - self._prefix[self._row + 1])

    def page(self) -> NDArray[np.float64]:
        """Sum over the whole page."""
        return from_fixed(self._prefix[self._end] - self._prefix[self._top])

    def share_above(self) -> NDArray[np.float64]:
        """Share of the page's sum that stands above."""
        return from_fixed(self._prefix[self._row] - self._prefix[self._top]) / np.maximum(self.page(), 1e-3)


def _around(name: str, sums: Sums, sizes: tuple[int, ...]) -> Named:
    for size in sizes:
        yield f"{name}.above{size}", sums.above(size)
        yield f"{name}.below{size}", sums.below(size)


def own_names(batch: Batch) -> tuple[str, ...]:
    """Names of the columns of a line itself, with the markup's where the batch has hints."""
    return OWN_NAMES if batch.hints is None else HTML_NAMES


def _first_pass_columns(batch: Batch, own: NDArray[np.float32]) -> Named:
    column = dict(zip(own_names(batch), own, strict=True))
    is_html = batch.hints is not None
    for name in (*_NEAR, *_NEAR_MARKUP) if is_html else _NEAR:
        for step in (-2, -1, 1, 2):
            yield f"{name}@{step:+d}", shifted(column[name], step, batch.page)
    for name in (*_FAR, *_FAR_MARKUP) if is_html else _FAR:
        for step in (-4, -3, 3, 4):
            yield f"{name}@{step:+d}", shifted(column[name], step, batch.page)
    words = np.minimum(batch.length, _LONGEST)
    likely = 1 / (1 + np.exp(-column["lexicon.body"]))
    summed = {
        "words": words,
        "likely": likely,
        "likely_words": likely * words,
        "long": batch.is_long,
        "short": batch.length < 4,
        "dated": column["line.date"] >= 3,
        "after_body": column["lexicon.after_body"],
        "before_body": column["lexicon.before_body"],
    }
    if is_html:
        marked = 1 / (1 + np.exp(-column["markup_lexicon.body"]))
        summed |= {
            "marked": marked,
            "marked_words": marked * words,
            "linked": column["markup.link_share"],
            "after_marked": column["markup_lexicon.after_body"],
            "before_marked": column["markup_lexicon.before_body"],
        }
    for name, values in summed.items():
        yield from _around(f"window.{name}", Sums(batch, values), _WINDOWS)
    sums = Sums(batch, summed["likely_words"])
    yield "window.likely_words.page", sums.page()
    yield "window.likely_words.share_above", sums.share_above()


def _second_pass_columns(batch: Batch, probabilities: NDArray[np.float32]) -> Named:
    rows = np.arange(len(batch.page))
    starts = batch.first[:-1][np.diff(batch.first) > 0]
    for label in (Label.HEADLINE, Label.BODY, Label.TIMESTAMP):
        name, values = f"pass.{label}", probabilities[:, label.column]
        yield name, values
        for step in _PASS_STEPS:
            yield f"{name}@{step:+d}", shifted(values, step, batch.page)
        sums = Sums(batch, values)
        yield from _around(name, sums, _PASS_WINDOWS)
        yield f"{name}.share_above", sums.share_above()
        yield f"{name}.page", sums.page()
        if len(rows):
            best = np.repeat(np.maximum.reduceat(values, starts), np.diff(np.append(starts, len(rows))))
            yield f"{name}.of_best", values / np.maximum(best, 1e-6)
        else:
            yield f"{name}.of_best", values
        if label is not Label.BODY:
            yield f"{name}.rows_from_best", rows - _row_of_best(batch, values)
    body = probabilities[:, Label.BODY.column]
    sums = Sums(batch, body * batch.length)
    yield from _around("pass.body_words", sums, _PASS_WINDOWS[:2])
    yield "pass.body_words.share_above", sums.share_above()
    yield "pass.body_words.page", sums.page()
    yield "pass.rows_from_first_body", rows - _edge(batch, body > 0.5, last=False)
    yield "pass.rows_from_last_body", rows - _edge(batch, body > 0.5, last=True)
    words = SharedWords(batch)
    share, weight = words.of(body)
    yield "pass.shared_share", share
    yield "pass.shared_weight", weight
    yield "pass.headline_words", words.of(probabilities[:, Label.HEADLINE.column])[0]


def _row_of_best(batch: Batch, values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Row of the line with the highest value on each line's page, the last one of equals."""
    order = np.lexsort((values, batch.page))
    return order[batch.first[batch.page + 1] - 1]


def _edge(batch: Batch, marked: NDArray[np.bool_], *, last: bool) -> NDArray[np.float64]:
    """Row of the first or last marked line of each line's page, `nan` where the page has none."""
    rows = np.flatnonzero(marked)
    place = np.searchsorted(rows, batch.first[1:]) - 1 if last else np.searchsorted(rows, batch.first[:-1])
    padded = np.append(rows, -1)
    found = padded[place]
    inside = (found >= batch.first[:-1]) & (found < batch.first[1:])
    return np.where(inside, found, np.nan)[batch.page]


def _stacked(base: NDArray[np.float32], columns: Named, n_columns: int) -> NDArray[np.float32]:
    """The base and below it the columns, one written at a time: the table is most of what a large page takes."""
    table = np.empty((n_columns, base.shape[1]), np.float32)
    table[: len(base)] = base
    for row, (_, values) in enumerate(columns, start=len(base)):
        table[row] = values
    return table


def first_pass_table(batch: Batch, own: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add the neighbourhood to a table of own columns.

    Args:
        batch: the pages.
        own: shape (len(own_names(batch)), n_lines), the columns of the features and of the lexicons.

    Returns:
        Shape (n_first_columns, n_lines), the first rows of `table_names`.
    """
    n_columns = n_table_columns(is_second=False, is_html=batch.hints is not None)
    return _stacked(own, _first_pass_columns(batch, own), n_columns)


def second_pass_table(
    batch: Batch, table: NDArray[np.float32], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Add what the first pass made of the page to its table.

    Args:
        batch: the pages.
        table: what `first_pass_table` returned.
        probabilities: shape (n_lines, 4), the first pass's.

    Returns:
        Shape (len(table_names(...)), n_lines).
    """
    n_columns = n_table_columns(is_second=True, is_html=batch.hints is not None)
    return _stacked(table, _second_pass_columns(batch, probabilities), n_columns)


@cache
def table_names(*, is_html: bool = False) -> tuple[str, ...]:
    """Names of all rows of the second pass's table; the first pass's table is the beginning of it."""
    first, second = _names(is_html)
    return (*first, *second)


def n_table_columns(*, is_second: bool, is_html: bool) -> int:
    """Columns that a pass sees."""
    return sum(map(len, _names(is_html)[: 1 + is_second]))


@cache
def _names(is_html: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the first pass's columns and of those that the second adds, from an empty page."""
    batch = read_batch([""], [no_hints(1)] if is_html else None)
    own = np.zeros((len(own_names(batch)), 0), np.float32)
    first = [name for name, _ in _first_pass_columns(batch, own)]
    second = [name for name, _ in _second_pass_columns(batch, np.zeros((0, 4), np.float32))]
    return (*own_names(batch), *first), tuple(second)
