"""Sum the weights of the tokens of each line, or of the words of each page, in the order of numpy's complex numbers.

`np.add.reduceat` begins with the first row. The others are added pairwise: up to `_BLOCK` of them in four sums, more of
them in two halves, each by itself. The loader tries that it is still so.
"""

import math

import numpy as np

from linesift.jit import inner, leaf, maker, outer

_ZERO = np.float32(0)
_WIDTH = 16
"""Floats in a row."""
_BLOCK, _STEP = 64, 4
"""Rows that are added in `_STEP` sums."""
_DEPTH = 64
"""Halves of halves; the rows of a line would not fit into any memory."""
_AHEAD = 1024
"""Tokens whose rows are brought into the cache together: a core waits for many at once if it has little else to do."""


@outer
def add_rows(weights, bucket, n_tokens, bias, start, out):
    """Write the scores of some lines into columns of `out`, from `start` on: as `Lexicon.scores` computes them.

    Args:
        weights: shape (n_buckets, 16), float32.
        bucket: rows of the tokens of all lines, int32.
        n_tokens: tokens of each line, int32.
        bias: shape (n_targets,), float32.
        start: first line.
        out: shape (n_targets, n_lines), float32.
    """
    sums, ends, total, four = make_room()
    first = read = 0
    for line in range(len(n_tokens)):
        end = first + n_tokens[line]
        if end > read:
            # Written where it is in nobody's way, so that the compiler does not leave it out.
            sums[_DEPTH - 1, 0] = _read_ahead(weights, bucket, read, min(read + _AHEAD, len(bucket)))
            read += _AHEAD
        sum_rows(weights, bucket, first, end, sums, ends, total, four)
        root = math.sqrt(np.float64(max(end - first, 1)))
        for target in range(len(bias)):
            out[target, start + line] = np.float32(np.float64(total[target]) / root + np.float64(bias[target]))
        first = end


@maker
def make_room():
    """Make the last four arguments of `sum_rows`."""
    sums, four = np.empty((_DEPTH, _WIDTH), np.float32), np.empty((_STEP, _WIDTH), np.float32)
    return sums, np.empty(_DEPTH, np.int64), np.empty(_WIDTH, np.float32), four


@inner
def sum_rows(weights, bucket, first, end, sums, ends, total, four):
    """Write the sum of the rows `bucket[first:end]` into `total`; the last four arguments come from `make_room`."""
    total[:] = 0
    if end > first:
        _add_pairwise(weights, bucket, first + 1, end, sums, ends, total, four)
        row = bucket[first]
        for column in range(_WIDTH):
            total[column] = weights[row, column] + total[column]


@inner
def _read_ahead(weights, bucket, first, end):
    total = _ZERO
    for place in range(first, end):
        total += weights[bucket[place], 0]
    return total


@inner
def _add_pairwise(weights, bucket, first, end, sums, ends, total, four):
    """Write the sum of some rows into `total`, without a call of itself, which numba cannot keep.

    `ends` has the end of each half that is open, or -1 of a right half, whose left one is in `sums`.
    """
    depth = 0
    while True:
        while end - first > _BLOCK:
            ends[depth] = end
            depth += 1
            end = first + (end - first - (end - first) % (2 * _STEP)) // 2
        _add_block(weights, bucket, first, end, total, four)
        while depth and ends[depth - 1] < 0:
            depth -= 1
            for column in range(_WIDTH):
                total[column] = sums[depth, column] + total[column]
        if not depth:
            return
        for column in range(_WIDTH):
            sums[depth - 1, column] = total[column]
        first, end = end, ends[depth - 1]
        ends[depth - 1] = -1


@leaf
def _add_block(weights, bucket, first, end, total, four):
    if end - first < _STEP:
        total[:] = 0
    else:
        # Each row is looked up before its loop: within, the compiler would do it for every column.
        for step in range(_STEP):
            row = bucket[first + step]
            for column in range(_WIDTH):
                four[step, column] = weights[row, column]
        first += _STEP
        while first + _STEP <= end:
            for step in range(_STEP):
                row = bucket[first + step]
                for column in range(_WIDTH):
                    four[step, column] += weights[row, column]
            first += _STEP
        for column in range(_WIDTH):
            total[column] = (four[0, column] + four[1, column]) + (four[2, column] + four[3, column])
    for place in range(first, end):
        row = bucket[place]
        for column in range(_WIDTH):
            total[column] += weights[row, column]
