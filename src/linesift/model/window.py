"""Columns of the lines around a line: neighbours, sums over windows, and what the first pass made of the page."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import FIXED, Batch, from_fixed, running_sum
from linesift.features.table import MARKUP_NAMES, NAMES
from linesift.features.topic import shared_words
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
    "markup.title_likeness", *MARKUP_LEXICON_NAMES,
)  # fmt: skip
_FAR_MARKUP = ("markup_lexicon.body",)
_NEAR_STEPS, _FAR_STEPS = (-2, -1, 1, 2), (-4, -3, 3, 4)
_SUMMED = ("words", "likely", "likely_words", "long", "short", "dated", "after_body", "before_body")
_SUMMED_MARKUP = ("marked", "marked_words", "linked", "after_marked", "before_marked")
_WINDOWS = (3, 8, 25)
_PASS_STEPS = (-3, -2, -1, 1, 2, 3)
_PASS_WINDOWS = (5, 15, 60)
_BODY_WINDOWS = _PASS_WINDOWS[:2]
_LONGEST = 60.0
"""Words beyond which a line weighs no more in a window."""

_PASS_LABELS = (Label.HEADLINE, Label.BODY, Label.TIMESTAMP)


class Around:
    """Which rows lie around some lines of a batch, `rows`, each on its page."""

    def __init__(self, batch: Batch, rows: slice) -> None:
        self.rows = np.arange(len(batch.page))[rows]
        self.top, self.end = batch.top[rows], batch.end[rows]
        self._beyond = len(batch.page)

    def neighbours(self, steps: tuple[int, ...]) -> NDArray[np.int64]:
        """Rows so many lines further down (up where negative), shape (n_steps, n_rows).

        Beyond the page's ends it is the row behind the batch's last; see `padded`.
        """
        found = self.rows + np.array(steps)[:, None]
        np.copyto(found, self._beyond, where=(found < self.top) | (found >= self.end))
        neighbours: NDArray[np.int64] = found
        return neighbours

    def edges(self, sizes: tuple[int, ...]) -> NDArray[np.int64]:
        """Where the windows of so many lines above and below begin and end, shape (n_sizes, 2, n_rows)."""
        found = np.empty((len(sizes), 2, len(self.rows)), np.int64)
        reach = np.array(sizes)[:, None]
        np.maximum(self.rows - reach, self.top, out=found[:, 0])
        np.minimum(self.rows + 1 + reach, self.end, out=found[:, 1])
        return found


def padded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns, shape (n_columns, n_lines), with a missing value behind the last line."""
    out = np.empty((len(values), values.shape[1] + 1), np.float32)
    out[:, :-1] = values
    out[:, -1] = np.nan
    return out


class Sums:
    """Sums of columns over spans of lines, from their `running_sum`, shape (..., n_lines + 1)."""

    def __init__(self, prefix: NDArray[np.int64]) -> None:
        self.prefix = prefix

    def windows(self, around: Around, edges: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sums over windows above and below; `edges` are the `around`'s, and the result has their shape."""
        rows = around.rows
        found = self.prefix.take(edges, axis=-1, mode="clip")
        found -= self.prefix.take(np.array((rows, rows + 1)), axis=-1, mode="clip")[..., None, :, :]
        sums: NDArray[np.float64] = found * _SIGNS
        return sums

    def page(self, around: Around) -> NDArray[np.float64]:
        """Sum over the whole page."""
        return from_fixed(self.prefix.take(around.end, axis=-1) - self.prefix.take(around.top, axis=-1))

    def above(self, around: Around) -> NDArray[np.float64]:
        """Sum over all lines above on the page."""
        return from_fixed(self.prefix.take(around.rows, axis=-1) - self.prefix.take(around.top, axis=-1))

    def share_above(self, around: Around) -> NDArray[np.float64]:
        """Share of the page's sum that stands above."""
        return self.above(around) / np.maximum(self.page(around), 1e-3)


_SIGNS = np.array([[-1 / FIXED], [1 / FIXED]])
"""A window above is what was summed before the line, less what was summed before the window."""


class FirstPass:
    """The neighbourhood of every line, beside its own columns."""

    def __init__(self, batch: Batch, own: NDArray[np.float32]) -> None:
        """Sum up what windows need; `own` has shape (len(own_names(batch)), n_lines)."""
        self._batch, self._own, self._is_html = batch, own, batch.hints is not None
        place = _places(self._is_html)
        near, far = _neighbour_names(self._is_html)
        self._near = padded(own[[place[name] for name in near]])
        self._far = padded(own[[place[name] for name in far]])
        summed = _summed(batch, own, place)
        prefix = running_sum(summed)
        self._sums, self._likely_words = Sums(prefix), Sums(prefix[_SUMMED.index("likely_words")])

    def write(self, rows: slice, out: NDArray[np.float32]) -> None:
        """Write the columns of some lines, shape (n_first_columns, n_rows), the first of `table_names`."""
        around = Around(self._batch, rows)
        n_own, n_rows = len(self._own), len(around.rows)
        out[:n_own] = self._own[:, rows]
        start = n_own
        for values, steps in ((self._near, _NEAR_STEPS), (self._far, _FAR_STEPS)):
            block = out[start : start + len(values) * len(steps)].reshape(len(values), len(steps), n_rows)
            np.take(values, around.neighbours(steps), axis=1, out=block, mode="clip")
            start += len(values) * len(steps)
        windows = self._sums.windows(around, around.edges(_WINDOWS))
        out[start:-2].reshape(windows.shape)[:] = windows
        out[-2] = self._likely_words.page(around)
        out[-1] = self._likely_words.share_above(around)


def _summed(batch: Batch, own: NDArray[np.float32], place: dict[str, int]) -> NDArray[np.float32]:
    """The columns that windows sum, in the order of `_SUMMED` and `_SUMMED_MARKUP`."""
    words = np.minimum(batch.length, np.float32(_LONGEST))
    likely = _share(own[place["lexicon.body"]])
    columns = [
        words,
        likely,
        likely * words,
        batch.is_long,
        batch.length < 4,
        batch.strength >= 3,
        own[place["lexicon.after_body"]],
        own[place["lexicon.before_body"]],
    ]
    if batch.hints is not None:
        marked = _share(own[place["markup_lexicon.body"]])
        columns += [
            marked,
            marked * words,
            own[place["markup.link_share"]],
            own[place["markup_lexicon.after_body"]],
            own[place["markup_lexicon.before_body"]],
        ]
    return np.array(columns, np.float32)


def _share(log_odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities from log-odds; those of a line full of attributes can be too low for a power of e."""
    powers = np.exp(np.minimum(-log_odds, np.float32(80)))
    shares: NDArray[np.float32] = np.float32(1) / (np.float32(1) + powers)
    return shares


class SecondPass:
    """What the first pass made of every line's page."""

    def __init__(self, batch: Batch, probabilities: NDArray[np.float32]) -> None:
        """Sum up the first pass's probabilities, shape (n_lines, 4)."""
        self._batch = batch
        values = np.ascontiguousarray(probabilities.T[[label.column for label in _PASS_LABELS]])
        body = values[_PASS_LABELS.index(Label.BODY)]
        self._values = padded(values)
        self._sums = Sums(running_sum(np.concatenate((values, [body * batch.length]))))
        rows = np.arange(len(body))
        self._best = _spread(batch, np.maximum, values)
        self._row_of_best = _spread(batch, np.maximum, np.where(values == self._best, rows, -1))
        is_body = body > 0.5
        self._first_body = _spread(batch, np.minimum, np.where(is_body, rows, len(rows)))
        self._last_body = _spread(batch, np.maximum, np.where(is_body, rows, -1))
        words = shared_words(batch)
        self._shared = (*words.of(body), words.of(values[_PASS_LABELS.index(Label.HEADLINE)])[0])

    def write(self, rows: slice, out: NDArray[np.float32]) -> None:
        """Write the columns of some lines, shape (n_second_columns, n_rows), the last of `table_names`."""
        around = Around(self._batch, rows)
        every, n_rows, n_steps = around.rows, len(around.rows), len(_PASS_STEPS)
        neighbours = around.neighbours(_PASS_STEPS)
        n_windows, start = 2 * len(_PASS_WINDOWS), 0
        windows = self._sums.windows(around, around.edges(_PASS_WINDOWS)).reshape(4, n_windows, n_rows)
        shares, pages = self._sums.share_above(around), self._sums.page(around)
        for index, label in enumerate(_PASS_LABELS):
            values = self._values[index, :-1][rows]
            out[start] = values
            np.take(self._values[index], neighbours, out=out[start + 1 : start + 1 + n_steps], mode="clip")
            start += 1 + n_steps
            out[start : start + n_windows] = windows[index]
            start += n_windows
            out[start] = shares[index]
            out[start + 1] = pages[index]
            np.divide(values, np.maximum(self._best[index][rows], 1e-6), out=out[start + 2])
            start += 3
            if label is not Label.BODY:
                out[start] = every - self._row_of_best[index][rows]
                start += 1
        n_windows = 2 * len(_BODY_WINDOWS)
        out[start : start + n_windows] = windows[-1, :n_windows]
        out[start + n_windows : start + n_windows + 2] = shares[-1], pages[-1]
        self._write_whole(rows, every, out[start + n_windows + 2 :])

    def _write_whole(self, rows: slice, every: NDArray[np.int64], out: NDArray[np.float32]) -> None:
        """Columns of what the whole page's body is."""
        first, last = self._first_body[rows], self._last_body[rows]
        out[0] = every - first
        out[1] = every - last
        out[:2, last < 0] = np.nan
        for row, values in zip(out[2:], self._shared, strict=True):
            row[:] = values[rows]


def _spread(batch: Batch, best: np.ufunc, values: NDArray[np.generic]) -> NDArray[Any]:
    """The highest or lowest value of each line's page, for columns of shape (..., n_lines)."""
    if not len(batch.page):
        return values
    return best.reduceat(values, batch.starts, axis=-1).repeat(batch.spans, axis=-1)


def own_names(batch: Batch) -> tuple[str, ...]:
    """Names of the columns of a line itself, with the markup's where the batch has hints."""
    return OWN_NAMES if batch.hints is None else HTML_NAMES


def first_pass_table(batch: Batch, own: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add the neighbourhood to a table of own columns.

    Args:
        batch: the pages.
        own: shape (len(own_names(batch)), n_lines), the columns of the features and of the lexicons.

    Returns:
        Shape (n_first_columns, n_lines), the first rows of `table_names`.
    """
    table = np.empty((n_table_columns(is_second=False, is_html=batch.hints is not None), own.shape[1]), np.float32)
    FirstPass(batch, own).write(slice(None), table)
    return table


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
    out = np.empty((n_table_columns(is_second=True, is_html=batch.hints is not None), table.shape[1]), np.float32)
    out[: len(table)] = table
    SecondPass(batch, probabilities).write(slice(None), out[len(table) :])
    return out


@cache
def table_names(*, is_html: bool = False) -> tuple[str, ...]:
    """Names of all rows of the second pass's table; the first pass's table is the beginning of it."""
    return (*_first_names(is_html), *_second_names())


def n_table_columns(*, is_second: bool, is_html: bool) -> int:
    """Columns that a pass sees."""
    return len(_first_names(is_html)) + (len(_second_names()) if is_second else 0)


@cache
def _places(is_html: bool) -> dict[str, int]:
    return {name: place for place, name in enumerate(HTML_NAMES if is_html else OWN_NAMES)}


def _neighbour_names(is_html: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns that are seen of the lines one or two away, and of those three or four away."""
    return ((*_NEAR, *_NEAR_MARKUP), (*_FAR, *_FAR_MARKUP)) if is_html else (_NEAR, _FAR)


def _shifted_names(names: Iterable[str], steps: tuple[int, ...]) -> list[str]:
    return [f"{name}@{step:+d}" for name in names for step in steps]


def _window_names(name: str, sizes: tuple[int, ...]) -> list[str]:
    return [f"{name}.{side}{size}" for size in sizes for side in ("above", "below")]


@cache
def _first_names(is_html: bool) -> tuple[str, ...]:
    near, far = _neighbour_names(is_html)
    summed = (*_SUMMED, *_SUMMED_MARKUP) if is_html else _SUMMED
    return (
        *_places(is_html),
        *_shifted_names(near, _NEAR_STEPS),
        *_shifted_names(far, _FAR_STEPS),
        *(window for name in summed for window in _window_names(f"window.{name}", _WINDOWS)),
        "window.likely_words.page",
        "window.likely_words.share_above",
    )


@cache
def _second_names() -> tuple[str, ...]:
    names: list[str] = []
    for label in _PASS_LABELS:
        name = f"pass.{label}"
        names += [name, *_shifted_names([name], _PASS_STEPS), *_window_names(name, _PASS_WINDOWS)]
        names += [f"{name}.share_above", f"{name}.page", f"{name}.of_best"]
        names += [f"{name}.rows_from_best"] if label is not Label.BODY else []
    words = "pass.body_words"
    return (
        *names, *_window_names(words, _BODY_WINDOWS), f"{words}.share_above", f"{words}.page",
        "pass.rows_from_first_body", "pass.rows_from_last_body",
        "pass.shared_share", "pass.shared_weight", "pass.headline_words",
    )  # fmt: skip
