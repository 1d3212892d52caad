"""Score lines by boosted trees in compiled loops, which add the leaves in the order in which `TreeScorer` does."""

import numpy as np

from linesift.jit import inner, outer

_WIDTH = 128
"""Lines that go through the trees at once."""
_ZERO, _NO_BIT = np.float32(0), np.uint32(0)


@outer
def add_trees(table, columns, cuts, leaves, step, out):
    """Add what the trees give each line.

    Args:
        table: shape (n_columns, n_lines).
        columns: shape (n_trees, depth), int32.
        cuts: shape (n_trees, depth), float32.
        leaves: shape (n_trees, 2**depth, 4), float32.
        step: trees that are summed before they are added to what a line has.
        out: shape (n_lines, 4), float32.
    """
    leaf = np.empty((step, _WIDTH), np.uint32)
    for start in range(0, len(out), _WIDTH):
        end = min(start + _WIDTH, len(out))
        for first in range(0, len(columns), step):
            n_trees = min(step, len(columns) - first)
            leaf[:n_trees] = 0
            for tree in range(n_trees):
                for level in range(columns.shape[1]):
                    values, cut = table[columns[first + tree, level], start:end], cuts[first + tree, level]
                    _answer(values, cut, np.uint32(1 << level), leaf[tree])
            _add(leaves[first : first + n_trees], leaf, out[start:end])


@inner
def _answer(values, cut, bit, leaf):
    for line in range(len(values)):
        leaf[line] |= bit if values[line] > cut else _NO_BIT


@inner
def _add(leaves, leaf, out):
    for line in range(len(out)):
        headline = body = timestamp = sidebar = _ZERO
        for tree in range(len(leaves)):
            of_leaf = leaf[tree, line]
            headline += leaves[tree, of_leaf, 0]
            body += leaves[tree, of_leaf, 1]
            timestamp += leaves[tree, of_leaf, 2]
            sidebar += leaves[tree, of_leaf, 3]
        out[line, 0] += headline
        out[line, 1] += body
        out[line, 2] += timestamp
        out[line, 3] += sidebar
