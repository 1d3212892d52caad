"""Score lines by boosted oblivious trees, stored as flat arrays.

All nodes of one level of an oblivious tree ask the same question: is the value of a column above a cut? So a tree of
depth d is d comparisons of whole columns and one look-up among 2**d leaves. numpy alone does that in a few nanoseconds
per line and tree. Method: CatBoost (Prokhorenkova et al. 2018).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept

_WIDTH, _STEP = 512, 200
"""Lines and trees evaluated at once. What a step reads and writes stays in the cache of one core, and a page of
ordinary length takes few numpy calls. The number of trees is fixed, because sums of floats depend on their order, and a
page must come out the same in any batch."""
_QUESTIONS = 200
"""Questions asked at once of `_WIDTH` lines, more of fewer lines: the gathered values stay in the cache until they are
compared."""


@dataclass(frozen=True, slots=True, eq=False)
class TreeScorer:
    """Trees of one depth over a table of columns."""

    columns: NDArray[np.int32]
    """Shape (n_trees, depth): the column that each level compares."""
    cuts: NDArray[np.float32]
    """Shape (n_trees, depth): a value above the cut sets the level's bit; a missing value does not."""
    leaves: NDArray[np.float32]
    """Shape (n_trees, 2**depth, 4): what each leaf adds to each label's score; level i is bit i of the leaf."""
    bias: NDArray[np.float32]
    """Shape (4,)."""
    shares: NDArray[np.float32] | None = None
    """Shape (n_trees, 2**depth): share of the training lines that fall into each leaf. Only explanations need it: they
    compare a line with the training lines."""
    _questions: "_Questions" = field(init=False, repr=False, compare=False)
    _arrays: tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]] = field(
        init=False, repr=False, compare=False
    )
    """Columns, cuts and leaves of one type whatever made them: each other type would be compiled for itself."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_questions", _distinct(self.columns, self.cuts))
        typed = ((self.columns, np.int32), (self.cuts, np.float32), (self.leaves, np.float32))
        object.__setattr__(self, "_arrays", tuple(_read_only(array, dtype) for array, dtype in typed))

    def leaf_of(self, table: NDArray[np.float32]) -> NDArray[np.int64]:
        """Find the leaf of every line in every tree, shape (n_trees, n_lines): plainly what `scores` does in tiles."""
        leaf = np.zeros((len(self.columns), table.shape[1]), np.int64)
        for level, (columns, cuts) in enumerate(zip(self.columns.T, self.cuts.T, strict=True)):
            leaf |= (table[columns] > cuts[:, None]).astype(np.int64) << level
        return leaf

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score every label of every line.

        Args:
            table: shape (n_columns, n_lines).

        Returns:
            Shape (n_lines, 4), log-odds up to a constant per line.
        """
        n_lines, add_compiled = table.shape[1], COMPILED.choose(table.shape[1])
        out = np.empty((n_lines, 4), np.float32)
        out[:] = self.bias
        if add_compiled is not None:
            add_compiled(np.ascontiguousarray(table, np.float32), *self._arrays, _STEP, out)
            return out
        # The four floats of a leaf are looked up as one number of 16 bytes, much faster than as a row.
        leaves = np.ascontiguousarray(self.leaves, np.float32).reshape(-1).view(np.complex128)
        for start in range(0, n_lines, _WIDTH):
            tile = slice(start, start + _WIDTH)
            self._add_tile(np.ascontiguousarray(table[:, tile]), leaves, out[tile])
        return out

    def _add_tile(self, table: NDArray[np.float32], leaves: NDArray[np.complex128], out: NDArray[np.float32]) -> None:
        (n_trees, depth), n_lines = self.columns.shape, table.shape[1]
        answers = self._questions.answers(table)
        total = out.reshape(-1)
        for start in range(0, n_trees, _STEP):
            asked = self._questions.of_level[:, start : start + _STEP]
            bits = answers.take(asked.ravel(), axis=0, mode="clip").reshape(*asked.shape, n_lines)
            leaf = bits[-1]
            if depth > 8:
                leaf = leaf.astype(np.uint16)
            for level in range(depth - 2, -1, -1):
                leaf += leaf
                leaf |= bits[level]
            place = leaf.astype(np.intp)
            place += np.arange(start << depth, (start + len(leaf)) << depth, 1 << depth)[:, None]
            terms = leaves.take(place, mode="clip").view(np.float32)
            total += np.add.reduce(terms.reshape(len(leaf), -1), axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class _Questions:
    """The distinct questions of the trees; a third of the levels repeat the question of another tree."""

    columns: NDArray[np.intp]
    """Shape (n_questions,): the column compared."""
    cuts: NDArray[np.float32]
    """Shape (n_questions, 1)."""
    of_level: NDArray[np.intp]
    """Shape (depth, n_trees): index of the question of each level."""

    def answers(self, table: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Compare; 1 where a value is above its cut, shape (n_questions, n_lines)."""
        is_above = np.empty((len(self.columns), table.shape[1]), np.bool_)
        step = _QUESTIONS * max(1, _WIDTH // max(table.shape[1], 1))
        values = np.empty((min(step, len(is_above)), table.shape[1]), np.float32)
        for start in range(0, len(is_above), step):
            columns = self.columns[start : start + step]
            taken = np.take(table, columns, axis=0, out=values[: len(columns)], mode="clip")
            np.greater(taken, self.cuts[start : start + step], out=is_above[start : start + step])
        return is_above.view(np.uint8)


def _distinct(columns: NDArray[np.int32], cuts: NDArray[np.float32]) -> _Questions:
    keys = (columns.astype(np.uint64) << np.uint64(32)) | np.ascontiguousarray(cuts, np.float32).view(np.uint32)
    _, first, of_level = np.unique(keys, return_index=True, return_inverse=True)
    return _Questions(
        columns=columns.ravel()[first].astype(np.intp),
        cuts=cuts.reshape(-1, 1)[first].astype(np.float32),
        of_level=np.ascontiguousarray(of_level.reshape(columns.shape).T),
    )


def _read_only(array: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    view = np.ascontiguousarray(array, dtype).view()
    view.setflags(write=False)
    return view


def _load() -> Callable[..., None] | None:
    """Load the compiled loops; `None` where numpy adds the leaves in another order."""
    from linesift.model.compiled.trees import add_trees

    add: Callable[..., None] = add_trees
    n_trees, depth, n_lines = 2 * _STEP + 50, 3, 150
    numbers = np.arange(n_trees << depth + 2, dtype=np.float32)
    leaves = (np.cos(numbers) * np.exp(5 * np.sin(3 * numbers))).reshape(n_trees, 1 << depth, 4)
    asked = np.arange(n_trees * depth, dtype=np.int32).reshape(n_trees, depth)
    scorer = TreeScorer(asked % 7, np.sin(asked).astype(np.float32), leaves, leaves[0, 0])
    table = np.sin(np.arange(7 * n_lines, dtype=np.float32) ** 2).reshape(7, n_lines)
    table[table > np.float32(0.9)] = np.nan
    found = np.empty((n_lines, 4), np.float32)
    found[:] = scorer.bias
    add(table, *scorer._arrays, _STEP, found)
    return add if np.array_equal(found, scorer.scores(table)) else None


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.trees.add_trees"), Sizes(200_000, 5_000_000))
"""By lines."""
