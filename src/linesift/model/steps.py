"""The steps of a network around its matrix products: by numpy, and compiled where numba is. Both give the same."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept

Floats = NDArray[np.float32]


class Steps(NamedTuple):
    """Functions for the steps; `height` stands for the lines of a tile."""

    fill_inputs: Callable[[Floats, Floats, Floats, NDArray[np.int32], int, Floats], None]
    """Writes the inputs of the lines from some line on: see `_fill_inputs`."""
    gather: Callable[[Floats, NDArray[np.int64], Floats], None]
    """Writes rows of shape (height, 3 * width): hidden units of three places each, from places of (height, 3)."""
    rectify: Callable[[Floats, Floats, Floats, Floats], None]
    """Adds a bias of shape (width,) to sums of shape (height, width), cuts them at 0, adds numbers of the same shape,
    and writes the result. The sums may be overwritten."""
    cumulative_max: Callable[[Floats, NDArray[np.int64], int], Floats]
    """See `cumulative_max`."""


def _fill_inputs(
    own: Floats, centre: Floats, scale: Floats, flagged: NDArray[np.int32], start: int, inputs: Floats
) -> None:
    """Write inputs: numbers between -1 and 1, 0 where missing, and flags of missing ones.

    Args:
        own: shape (n_columns, n_lines).
        centre: shape (n_columns,), subtracted.
        scale: shape (n_columns,), by which is divided.
        flagged: shape (n_flags,), columns that have a flag.
        start: first line.
        inputs: shape (n_columns + n_flags, n_wanted), written as far as there are lines.
    """
    part = own[:, start : start + inputs.shape[1]]
    is_missing = bound(part, centre, scale, inputs[: len(centre), : part.shape[1]])
    inputs[len(centre) :, : part.shape[1]] = is_missing.take(flagged, axis=0)


def bound(
    values: NDArray[np.float32], centre: NDArray[np.float32], scale: NDArray[np.float32], out: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Scale columns to numbers between -1 and 1, 0 where missing; return where they are missing."""
    np.subtract(values, centre[:, None], out=out)
    out *= (1 / scale)[:, None]
    size = np.abs(out)
    size += 1
    out /= size
    is_missing = np.isnan(out)
    np.copyto(out, 0, where=is_missing)
    return is_missing


def _gather(hidden: Floats, places: NDArray[np.int64], rows: Floats) -> None:
    np.take(hidden, places, axis=0, out=rows.reshape(len(rows), 3, -1), mode="clip")


def _rectify(sums: Floats, bias: Floats, base: Floats, out: Floats) -> None:
    sums += bias
    np.maximum(sums, 0, out=sums)
    np.add(sums, base, out=out)


def cumulative_max(hidden: NDArray[np.float32], spans: NDArray[np.int64], n_units: int) -> NDArray[np.float32]:
    """Find the highest value of some units from the first line of the page to each line, and from it to the last.

    Args:
        hidden: shape (n_rows, width); rows behind the last line belong to no page.
        spans: lines of each page, one after the other.
        n_units: how many of the units, from the first.

    Returns:
        Shape (n_rows, 2 * n_units), 0 in rows behind the last line.
    """
    maxima = np.zeros((len(hidden), 2 * n_units), hidden.dtype)
    above, below, units = maxima[:, :n_units], maxima[:, n_units:], hidden[:, :n_units]
    ends = spans.cumsum()
    for start, end in zip((ends - spans).tolist(), ends.tolist(), strict=True):
        np.maximum.accumulate(units[start:end], axis=0, out=above[start:end])
        np.maximum.accumulate(units[start:end][::-1], axis=0, out=below[start:end][::-1])
    return maxima


PLAIN = Steps(_fill_inputs, _gather, _rectify, cumulative_max)


def _load() -> Steps | None:
    """Load the compiled steps; `None` where they come to other numbers than the plain ones."""
    from linesift.model.compiled.network import STEPS

    return STEPS if all(map(np.array_equal, _run_probe(STEPS), _run_probe(PLAIN))) else None


def _run_probe(steps: Steps) -> tuple[Floats, ...]:
    """Take each step with 40 lines of two pages, with columns of which some values are missing."""
    n_lines, width = 40, 16
    numbers = np.cos(np.arange(n_lines * width, dtype=np.float32) * 3).reshape(n_lines, width)
    scale, flagged = numbers[1] + 2, np.array([1, 3], np.int32)
    for array in (numbers, scale, flagged):
        array.setflags(write=False)  # as those of a model are
    hidden, own = numbers.copy(), np.ascontiguousarray(numbers.T) * 9
    own[own > 7] = np.nan
    inputs = np.zeros((width + len(flagged), n_lines), np.float32)
    steps.fill_inputs(own, numbers[0], scale, flagged, 3, inputs)
    rows = np.zeros((n_lines, 3 * width), np.float32)
    steps.gather(hidden, np.arange(3 * n_lines).reshape(n_lines, 3) % n_lines, rows)
    steps.rectify(numbers.copy(), numbers[0], hidden, hidden)
    return inputs, rows, hidden, steps.cumulative_max(hidden[:-1], np.array([2, n_lines - 4]), width // 2)


COMPILED = Choice(_load, make_is_kept("linesift.model.compiled.network.rectify"), Sizes(200_000, 5_000_000))
"""By lines."""
