"""Multiply lines by weights so that a line's result depends neither on its place in a batch nor on the other lines."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

TILE = 128
"""Lines of a matrix product, always as many: products of another shape may add in another order, and a page must come
out the same in any batch."""

_LOW = (8, 16, 32, 64)
"""Heights that the last tile may have, multiples of `ROWS`."""

ROWS = 8
"""Rows of a product: so few that OpenBLAS does not divide it among the cores. It would divide one of a whole tile, and
its threads wait for each other for longer than the product takes. On one core a stack of small ones takes as long."""


def product(lines: NDArray[np.float32], weights: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Multiply a tile of lines by weights so that a line's result does not depend on its place in the tile.

    Args:
        lines: shape (n_rows, n_inputs), as many rows as `tiles` cuts.
        weights: shape (n_inputs, n_outputs).
        out: shape (n_rows, n_outputs), written.
    """
    stack = np.ascontiguousarray(lines).reshape(-1, _even_rows(*weights.shape), lines.shape[1])
    np.matmul(stack, weights, out=out.reshape(*stack.shape[:2], -1))


@cache
def _even_rows(n_inputs: int, n_outputs: int) -> int:
    """Choose `ROWS` if equal rows of such a product have equal results on this processor, else a single row.

    OpenBLAS's kernel for processors with AVX2 takes twelve rows at once and adds the latter six in another order, so
    that equal lines at different places would differ in the last bit.
    """
    # Cosines stand for random numbers, because `np.random` takes longer to load than this function to run.
    line = np.cos(np.arange(n_inputs, dtype=np.float32))[None]
    weights = np.cos(np.arange(n_inputs * n_outputs, dtype=np.float32)).reshape(n_inputs, n_outputs)
    results = np.matmul(line.repeat(ROWS, axis=0), weights)
    return ROWS if (results == results[0]).all() else 1


def tiles(n_lines: int) -> list[slice]:
    """Cut lines into tiles; the last one is as low as its lines allow, and may reach beyond the last line."""
    found = [slice(start, start + TILE) for start in range(0, n_lines, TILE)]
    if found:
        start = found[-1].start
        found[-1] = slice(start, start + next(height for height in (*_LOW, TILE) if height >= n_lines - start))
    return found
