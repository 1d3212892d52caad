"""Carry states over the lines of a page: from the first line down to the last one, and up again.

A gated recurrence: a list of a hundred names belongs to the article that it began in until a line says otherwise. On
each line, a gate says which share of a state the value of the line replaces. Gates and values come from the hidden
units of the line alone, and not from the state before it (Bradbury and others 2017). So they are computed for all lines
at once, and states of all pages are carried in a few steps. A long page takes hardly more steps than a short one.
"""

import numpy as np
from numpy.typing import NDArray

CHUNK = 16
"""Lines over which states are carried before chunks are joined."""


def gates(sums: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute what a recurrence does on each line: the state after it is the one before it, times `kept`, plus `added`.

    A gate is between 0 and 1. Its square is the share of the state that the value of the line replaces, so that a state
    can last for hundreds of lines. A division in place of an exponential gives the same bits in compiled loops.

    Args:
        sums: shape (n_lines, 4 * n_states), values and then gates, before they are bounded.

    Returns:
        `kept` and `added`, shape (n_lines, 2 * n_states) each.
    """
    values, opened = np.split(sums, 2, axis=1)
    replaced = bound(opened) ** 2
    return 1 - replaced, np.maximum(values, 0) * replaced


def bound(opened: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bound gates to between 0 and 1: the higher the number, the longer its state lasts; 0 gives one half."""
    gate: NDArray[np.float32] = 0.5 - 0.5 * (opened / (np.abs(opened) + 1))
    return gate


def carry(kept: NDArray[np.float32], added: NDArray[np.float32], spans: NDArray[np.int64]) -> NDArray[np.float32]:
    """Carry states over the lines of each page: the first half of the columns down, the second half up.

    Chunks of lines are gone through at once, as if each began a page, and what each hands on is then added. So no page
    takes more steps than a chunk has lines, and a few for the chunks: twice as many are joined in each of these.

    Args:
        kept: shape (n_rows, 2 * n_states), as `gates` gives it; rows behind the last line belong to no page.
        added: the same shape.
        spans: lines of each page, one after the other.

    Returns:
        Shape (n_rows, 2 * n_states), the states of each line; 0 in rows behind the last line.
    """
    spans = spans[spans > 0]
    result, n_states = np.zeros_like(added), added.shape[1] // 2
    if not len(spans):
        return result
    n_chunks = -(-spans // CHUNK)
    first_chunk = n_chunks.cumsum() - n_chunks
    # Shape (CHUNK, all chunks): the place on its page of each line of a chunk; it may be behind the last one.
    place = (np.arange(n_chunks.sum()) - first_chunk.repeat(n_chunks)) * CHUNK + np.arange(CHUNK)[:, None]
    n_lines, end = spans.repeat(n_chunks), spans.cumsum().repeat(n_chunks)
    is_line = place < n_lines
    down, up = end - n_lines + np.minimum(place, n_lines - 1), end - 1 - np.minimum(place, n_lines - 1)
    factors, states = (
        np.concatenate((array[:, :n_states].take(down, axis=0), array[:, n_states:].take(up, axis=0)), axis=2)
        for array in (kept, added)
    )
    factors[0, first_chunk] = 0
    for line in range(1, CHUNK):
        states[line] += factors[line] * states[line - 1]
        factors[line] *= factors[line - 1]
    handed, of_chunk = states[-1].copy(), factors[-1].copy()
    distance = 1
    while distance < n_chunks.max():
        handed[distance:] += of_chunk[distance:] * handed[:-distance]
        of_chunk[distance:] *= of_chunk[:-distance].copy()
        distance *= 2
    states[:, 1:] += factors[:, 1:] * handed[:-1]
    result[down[is_line], :n_states] = states[is_line, :n_states]
    result[up[is_line], n_states:] = states[is_line, n_states:]
    return result
