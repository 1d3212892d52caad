"""Score lines by their words alone: logistic regressions over hashed tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import Batch, read_batch
from linesift.features.tokens import ALL, line_tokens, markup_tokens
from linesift.hints import no_hints
from linesift.labels import LABELS

Tokens = Callable[[Batch, slice], tuple[NDArray[np.int64], NDArray[np.int64]]]
"""Reads the tokens of some lines of a batch: rows, counted from the first of them, and buckets, both (n_tokens,)."""

TARGETS = (
    *LABELS,
    "after_body", "before_body", "inside", "item", "opening", "closing",
)  # fmt: skip
"""Targets of the regressions: the label of the line, what the lines around it are, and its part on the page.

"Read more", "Comments" and "About the author" are sidebar like any menu item, but they end an article, and a caption
stands inside of one. `linesift.train.lexicon` says which lines each target holds for.
"""


_TILE_LINES = 1 << 14
"""Lines whose tokens are looked up at once, which bounds the memory of a large page."""


_WIDTH = 16
"""Floats in a row: numpy looks up rows of 64 bytes, one line of the cache, faster than rows that lie across two."""

_MANY = 1 << 15
"""Tokens looked up in all from which it pays to pad all weights; a program that labels one page needs fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Weights of every token bucket, one independent logistic regression per target."""

    weights: NDArray[np.floating[Any]]
    """Shape (n_buckets, len(TARGETS))."""
    bias: NDArray[np.float32]
    """Shape (len(TARGETS),)."""
    _rows: "_PaddedRows" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", _PaddedRows(self.weights))

    def scores(self, batch: Batch, tokens: Tokens = line_tokens) -> NDArray[np.float32]:
        """Log-odds of every target from the tokens alone.

        The sum of weights is divided by the root of the number of tokens, so that a long line is surer than a
        short one, but not in proportion to its length.

        Args:
            batch: the pages.
            tokens: reads their tokens, those of the lines' words or those of their markup.

        Returns:
            Shape (n_targets, n_lines), turned against `Scorer.scores`, because they become columns.
        """
        n_lines, compiled = len(batch.page), COMPILED.choose(len(batch.page))
        read = None if compiled is None else compiled.tokens.get(tokens)
        scores = np.empty((len(TARGETS), n_lines), np.float32)
        for start in range(0, n_lines, _TILE_LINES):
            rows = slice(start, min(start + _TILE_LINES, n_lines))
            if compiled is not None and read is not None:
                n_tokens, buckets = read(batch, rows)
                compiled.add_rows(self._rows.whole(), buckets, n_tokens, self.bias, start, scores)
            else:
                row, bucket = tokens(batch, rows)
                scores[:, rows] = self.scores_of(bucket, np.bincount(row, minlength=rows.stop - start))
        return scores

    def scores_of(self, bucket: NDArray[np.int64], n_tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Score lines, from the buckets of their tokens, line after line; shape (n_targets, n_lines)."""
        scores = np.empty((len(TARGETS), len(n_tokens)), np.float32)
        sums = self._sums(bucket, n_tokens).T / np.sqrt(np.maximum(n_tokens, 1))
        return np.add(sums, self.bias[:, None], out=scores, casting="same_kind")

    def _sums(self, bucket: NDArray[np.int64], n_tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Sum the weights of every line's tokens, shape (n_lines, len(TARGETS))."""
        sums = np.zeros((len(n_tokens), _WIDTH), np.float32)
        # Viewed as complex numbers, two weights are added at once.
        weights = self._rows.take(bucket).view(np.complex64)
        lines = np.flatnonzero(n_tokens)
        if len(lines):
            starts = (n_tokens.cumsum() - n_tokens)[lines]
            sums[lines] = np.add.reduceat(weights, starts, axis=0).view(np.float32)
        return sums[:, : len(TARGETS)]


class _PaddedRows:
    """Looks up rows of weights, padded to `_WIDTH` with zeros."""

    def __init__(self, weights: NDArray[np.floating[Any]]) -> None:
        self._weights = weights
        self._n_tokens = 0
        self._padded: NDArray[np.float32] | None = None

    def take(self, bucket: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the rows of some buckets, shape (n, _WIDTH)."""
        # Threads that come here together only do the same work twice.
        self._n_tokens += len(bucket)
        if self._padded is None and self._n_tokens < _MANY:
            return padded_rows(self._weights.take(bucket, axis=0, mode="clip"))
        return self.whole().take(bucket, axis=0, mode="clip")

    def whole(self) -> NDArray[np.float32]:
        """Give all rows, shape (n_buckets, _WIDTH)."""
        if self._padded is None:
            self._padded = padded_rows(self._weights)
        return self._padded


def padded_rows(weights: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Pad rows of weights with zeros, shape (n, _WIDTH)."""
    rows = np.zeros((len(weights), _WIDTH), np.float32)
    rows[:, : weights.shape[1]] = weights
    return rows


class _Compiled(NamedTuple):
    """The compiled sums."""

    tokens: dict[Tokens, Callable[[Batch, slice], tuple[NDArray[np.int32], NDArray[np.int32]]]]
    """Compiled readers of tokens, by the plain ones: they give the tokens of each line and their buckets."""
    add_rows: Callable[..., None]
    """Writes what `Lexicon.scores_of` gives into columns of an array."""


def _load() -> _Compiled | None:
    """Load the compiled sums; `None` where numpy adds in another order, which another version of it might."""
    from linesift.features.compiled import tokens
    from linesift.model.compiled.sums import add_rows

    compiled = _Compiled({line_tokens: tokens.line_tokens, markup_tokens: tokens.markup_tokens}, add_rows)
    page = read_batch(["Rain in May.\nSun"], [no_hints(2)])
    are_same = [np.array_equal(plain(page, ALL)[1], read(page, ALL)[1]) for plain, read in compiled.tokens.items()]
    lexicon, bucket, n_tokens = _probe()
    expected = lexicon.scores_of(bucket, n_tokens)
    found = np.empty_like(expected)
    arrays = bucket.astype(np.int32), n_tokens.astype(np.int32)
    compiled.add_rows(lexicon._rows.whole(), *arrays, lexicon.bias, 0, found)
    return compiled if all(are_same) and np.array_equal(found, expected) else None


@cache
def _probe() -> tuple[Lexicon, NDArray[np.int64], NDArray[np.int64]]:
    """Make weights of many sizes, so that their sum depends on its order, and lines of up to 600 tokens."""
    n_buckets, n_targets = 256, len(TARGETS)
    places = np.arange(n_buckets * n_targets, dtype=np.float32).reshape(n_buckets, n_targets)
    lexicon = Lexicon(np.cos(places) * np.exp(5 * np.sin(3 * places)), np.cos(places[0]))
    lexicon.bias.setflags(write=False)  # as those of a model are
    n_tokens = np.concatenate((np.arange(150), np.arange(150, 600, 37)))
    return lexicon, np.arange(n_tokens.sum()) * 89 % n_buckets, n_tokens


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.sums.add_rows"), Sizes(200_000, 5_000_000))
"""By lines."""
