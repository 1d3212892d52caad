"""Compute the columns of the lines around a line: those of its neighbours, and sums over windows.

The table of a line has its own columns first, then some of them of each neighbour (`line.length@-1` is that of the line
above), then sums over windows (`window.words.above8` is the number of words in the eight lines above).
"""

from collections.abc import Callable, Iterable
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import FIXED, LONGEST, Batch, from_fixed, read_batch, running_sum
from linesift.features.table import FEATURE_NAMES, MARKUP_NAMES
from linesift.model.lexicon import TARGETS

_LEXICON_NAMES = tuple(f"lexicon.{target}" for target in TARGETS)
_MARKUP_LEXICON_NAMES = tuple(f"markup_lexicon.{target}" for target in TARGETS)
OWN_TEXT_NAMES = (*FEATURE_NAMES, *_LEXICON_NAMES)
"""Columns of the line itself, for a page of plain text."""
OWN_HTML_NAMES = (*OWN_TEXT_NAMES, *MARKUP_NAMES, *_MARKUP_LEXICON_NAMES)
"""The same for a page that came as HTML."""
OWN_BLOCKS = {
    block: slice(OWN_HTML_NAMES.index(names[0]), OWN_HTML_NAMES.index(names[-1]) + 1)
    for block, names in {
        "columns": FEATURE_NAMES,
        "lexicon": _LEXICON_NAMES,
        "markup": MARKUP_NAMES,
        "markup_lexicon": _MARKUP_LEXICON_NAMES,
    }.items()
}
"""Rows of each block of `OWN_HTML_NAMES`; `OWN_TEXT_NAMES` has the first two."""

_NEAR = (
    "line.length", "line.ends_sentence", "line.date", "line.first_class", "line.last_class", "line.capitalised_share",
    *_LEXICON_NAMES, "layout.blanks_before", "line.bars", "topic.shared_share", "layout.same_shape",
)  # fmt: skip
"""Columns seen of the lines one or two away."""
_FAR = ("line.length", "lexicon.body")
"""Columns seen of the lines three or four away."""
_NEAR_MARKUP = (
    "markup.link_share", "markup.tag", "markup.depth", "markup.heading", "markup.path_words", "markup.parent_words",
    "markup.title_likeness", *_MARKUP_LEXICON_NAMES,
)  # fmt: skip
_FAR_MARKUP = ("markup_lexicon.body",)
"""The same for HTML, beside those."""
_NEAR_STEPS, _FAR_STEPS = (-2, -1, 1, 2), (-4, -3, 3, 4)
_SUMMED = ("words", "likely", "likely_words", "long", "short", "dated", "after_body", "before_body")
"""Columns that windows sum (`_summed`); `likely` is the probability of body by the lexicon."""
_SUMMED_MARKUP = ("marked", "marked_words", "linked", "after_marked", "before_marked")
"""The same for HTML, beside those; `marked` is the probability of body by the markup lexicon."""
_WINDOWS = (3, 8, 25)
"""Lines of the windows above and below."""
_OF_PAGE = ("page", "share_above")
"""Methods of `Sums` whose result for `likely_words` is a column."""


class Neighbourhood:
    """Columns of every line of a batch, and of the lines around it."""

    def __init__(self, batch: Batch, own: NDArray[np.float32]) -> None:
        """Compute the prefix sums; `own` has shape (len(own_names(batch)), n_lines)."""
        self.own = own
        self._batch, self._is_html = batch, batch.has_hints
        self._prefix = running_sum(_summed(batch, own, _row_numbers(self._is_html)))
        self._fill_compiled = COMPILED.choose(own.shape[1])

    @cached_property
    def _padded(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        near, far = _neighbour_rows(self._is_html)
        return padded(self.own[near]), padded(self.own[far])

    def table(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Compute all columns of some lines, shape (len(table_names(...)), n_rows)."""
        out = np.empty((len(table_names(is_html=self._is_html)), len(rows)), np.float32)
        if self._fill_compiled is None:
            self._fill(rows, out)
        else:
            (near, far), pages = _neighbour_rows(self._is_html), (self._batch.own_page_start, self._batch.own_page_end)
            columns = self.own, near, _NEAR_STEPS, far, _FAR_STEPS, self._prefix, _WINDOWS
            self._fill_compiled(*columns, _SUMMED.index("likely_words"), rows, *pages, out)
        return out

    def _fill(self, rows: NDArray[np.int64], out: NDArray[np.float32]) -> None:
        around = Around(self._batch, rows)
        n_own, n_rows = len(self.own), len(rows)
        np.take(self.own, rows, axis=1, out=out[:n_own], mode="clip")
        start = n_own
        for values, steps in zip(self._padded, (_NEAR_STEPS, _FAR_STEPS), strict=True):
            block = out[start : start + len(values) * len(steps)].reshape(len(values), len(steps), n_rows)
            np.take(values, around.neighbours(steps), axis=1, out=block, mode="clip")
            start += len(values) * len(steps)
        windows = Sums(self._prefix).windows(around, around.edges(_WINDOWS))
        out[start : -len(_OF_PAGE)].reshape(windows.shape)[:] = windows
        likely_words = Sums(self._prefix[_SUMMED.index("likely_words")])
        for row, name in zip(out[-len(_OF_PAGE) :], _OF_PAGE, strict=True):
            row[:] = getattr(likely_words, name)(around)


def _summed(batch: Batch, own: NDArray[np.float32], row_numbers: dict[str, int]) -> NDArray[np.float32]:
    """Compute the columns that windows sum, shape (len(_summed_names(...)), n_lines)."""
    words = np.minimum(batch.length, np.float32(LONGEST))
    likely = _probability(own[row_numbers["lexicon.body"]])
    columns: dict[str, NDArray[Any]] = {
        "words": words,
        "likely": likely,
        "likely_words": likely * words,
        "long": batch.is_long,
        "short": batch.length < 4,
        "dated": batch.strength >= 3,
        "after_body": own[row_numbers["lexicon.after_body"]],
        "before_body": own[row_numbers["lexicon.before_body"]],
    }
    if batch.has_hints:
        marked = _probability(own[row_numbers["markup_lexicon.body"]])
        columns |= {
            "marked": marked,
            "marked_words": marked * words,
            "linked": own[row_numbers["markup.link_share"]],
            "after_marked": own[row_numbers["markup_lexicon.after_body"]],
            "before_marked": own[row_numbers["markup_lexicon.before_body"]],
        }
    return np.array([columns[name] for name in _summed_names(batch.has_hints)], np.float32)


def _probability(log_odds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn log-odds into probabilities. Those of a line full of attributes can be so low that `exp` would overflow."""
    powers = np.exp(np.minimum(-log_odds, np.float32(80)))
    probabilities: NDArray[np.float32] = np.float32(1) / (np.float32(1) + powers)
    return probabilities


class Around:
    """Finds the rows around some lines of a batch, each within its page."""

    def __init__(self, batch: Batch, rows: NDArray[np.int64]) -> None:
        self.rows = rows
        self.own_page_start, self.own_page_end = batch.own_page_start.take(rows), batch.own_page_end.take(rows)
        self._beyond = len(batch.page)

    def neighbours(self, steps: tuple[int, ...]) -> NDArray[np.int64]:
        """Find the rows `steps` lines further down, or up where negative; shape (n_steps, n_rows).

        Beyond the ends of the page it is the row behind the last of the batch, which is missing (`padded`).
        """
        rows = self.rows + np.array(steps)[:, None]
        np.copyto(rows, self._beyond, where=(rows < self.own_page_start) | (rows >= self.own_page_end))
        neighbours: NDArray[np.int64] = rows
        return neighbours

    def edges(self, sizes: tuple[int, ...]) -> NDArray[np.int64]:
        """Find where windows end: the first row above and the row behind the last below, shape (n_sizes, 2, n_rows)."""
        edges = np.empty((len(sizes), 2, len(self.rows)), np.int64)
        reach = np.array(sizes)[:, None]
        np.maximum(self.rows - reach, self.own_page_start, out=edges[:, 0])
        np.minimum(self.rows + 1 + reach, self.own_page_end, out=edges[:, 1])
        return edges


def padded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Append a missing value to columns of shape (n_columns, n_lines)."""
    out = np.empty((len(values), values.shape[1] + 1), np.float32)
    out[:, :-1] = values
    out[:, -1] = np.nan
    return out


class Sums:
    """Sums of columns over spans of lines, from prefix sums.

    >>> prefix = running_sum(np.array([5, 1, 2, 4]))  # words of four lines
    >>> (prefix / FIXED).tolist()
    [0.0, 5.0, 6.0, 8.0, 12.0]

    The words of the two lines above the last one are `8 - 5`: the sum before it, less the sum before the window.
    """

    def __init__(self, prefix: NDArray[np.int64]) -> None:
        """Keep the result of `running_sum`, shape (..., n_lines + 1)."""
        self.prefix = prefix

    def windows(self, around: Around, edges: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sum over windows above and below; `edges` come from `around.edges`, and the result has their shape."""
        rows = around.rows
        differences = self.prefix.take(edges, axis=-1, mode="clip")
        differences -= self.prefix.take(np.array((rows, rows + 1)), axis=-1, mode="clip")[..., None, :, :]
        sums: NDArray[np.float64] = differences * _SIGNS
        return sums

    def page(self, around: Around) -> NDArray[np.float64]:
        """Sum over the whole page of each line."""
        before, after = (self.prefix.take(rows, axis=-1) for rows in (around.own_page_start, around.own_page_end))
        return from_fixed(after - before)

    def above(self, around: Around) -> NDArray[np.float64]:
        """Sum over all lines above on the page."""
        return from_fixed(self.prefix.take(around.rows, axis=-1) - self.prefix.take(around.own_page_start, axis=-1))

    def share_above(self, around: Around) -> NDArray[np.float64]:
        """Divide the sum above by that of the page."""
        return self.above(around) / np.maximum(self.page(around), 1e-3)


_SIGNS = np.array([[-1 / FIXED], [1 / FIXED]])
"""Above, the sum before the window is subtracted from the sum before the line; below it is the other way round."""


def own_names(batch: Batch) -> tuple[str, ...]:
    """List the names of a line's own columns, those of markup if the batch has hints."""
    return OWN_HTML_NAMES if batch.has_hints else OWN_TEXT_NAMES


def n_table_columns(*, is_html: bool) -> int:
    """Count the columns of the table."""
    return len(table_names(is_html=is_html))


@cache
def _row_numbers(is_html: bool) -> dict[str, int]:
    return {name: number for number, name in enumerate(OWN_HTML_NAMES if is_html else OWN_TEXT_NAMES)}


def _neighbour_names(is_html: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the columns seen of the lines one or two away, and of those three or four away."""
    return ((*_NEAR, *_NEAR_MARKUP), (*_FAR, *_FAR_MARKUP)) if is_html else (_NEAR, _FAR)


@cache
def _neighbour_rows(is_html: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the same columns by their numbers."""
    numbers = _row_numbers(is_html)
    near, far = (np.array([numbers[name] for name in names]) for names in _neighbour_names(is_html))
    return near, far


def _summed_names(is_html: bool) -> tuple[str, ...]:
    """List the columns that windows sum."""
    return (*_SUMMED, *_SUMMED_MARKUP) if is_html else _SUMMED


def _shifted_names(names: Iterable[str], steps: tuple[int, ...]) -> list[str]:
    return [f"{name}@{step:+d}" for name in names for step in steps]


def _window_names(name: str, sizes: tuple[int, ...]) -> list[str]:
    return [f"{name}.{side}{size}" for size in sizes for side in ("above", "below")]


@cache
def table_names(*, is_html: bool = False) -> tuple[str, ...]:
    """List the names of all columns of the table in order; those of the line itself come first."""
    near, far = _neighbour_names(is_html)
    return (
        *_row_numbers(is_html),
        *_shifted_names(near, _NEAR_STEPS),
        *_shifted_names(far, _FAR_STEPS),
        *(window for name in _summed_names(is_html) for window in _window_names(f"window.{name}", _WINDOWS)),
        *(f"window.likely_words.{name}" for name in _OF_PAGE),
    )


def _load() -> Callable[..., None] | None:
    """Load the compiled loops; `None` where they fill a table with other numbers."""
    from linesift.model.compiled.window import fill_table

    batch = read_batch(["Rain in May.\n" * 30, "", "Sun.\n" * 3])
    shape = len(own_names(batch)), len(batch.page)
    neighbourhood = Neighbourhood(batch, np.cos(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape))
    rows = np.arange(len(batch.page))
    expected = neighbourhood.table(rows)
    neighbourhood._fill_compiled = fill_table
    return fill_table if np.array_equal(neighbourhood.table(rows), expected, equal_nan=True) else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.window.fill_table"), Sizes(200_000, 5_000_000))
"""By lines."""
