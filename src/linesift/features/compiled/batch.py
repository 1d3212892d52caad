"""Describe the lines of pages in one compiled loop, as `features.batch` does."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features import batch as plain
from linesift.features.dates import DatePart
from linesift.features.scan import LineScan
from linesift.jit import inner, outer

_KINDS = tuple(kind.value for kind in plain.LETTERS_PER_WORD)
_LETTERS = tuple(float(np.float32(letters)) for letters in plain.LETTERS_PER_WORD.values())
_LONG = np.float32(plain.LONG)
(
    _CLOCK, _DOTTED, _SLASHED, _NUMERIC, _EAST_ASIAN, _YEAR, _MONTH, _WEEKDAY, _PERIOD, _RELATIVE, _ZONE, _DAY_MONTH,
    _NUMBER,
) = (part.value for part in DatePart)  # fmt: skip


def describe(scan: LineScan, offsets: NDArray[np.int64], page_starts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Do what `batch.describe_plain` does."""
    n_lines = len(scan.number)
    own_page_start, own_page_end, number = np.empty((3, n_lines), np.int64)
    fields: dict[str, NDArray[Any]] = {
        "page": np.empty(n_lines, np.int32),
        "own_page_start": own_page_start,
        "own_page_end": own_page_end,
        "number": number,
        "length": np.empty(n_lines, np.float32),
        "is_long": np.empty(n_lines, np.bool_),
        "strength": np.empty(n_lines, np.uint8),
    }
    counts = np.ascontiguousarray(scan.counts.T)
    fill_lines(page_starts, offsets, scan.number, counts, scan.n_words, scan.n_sentences, scan.dates, *fields.values())
    return fields


@outer
def fill_lines(
    page_starts, offsets, numbers, counts, n_words, n_sentences, dates,
    page, own_page_start, own_page_end, number, length, is_long, strength,
):  # fmt: skip
    """Write the fields of a `Batch` that are named in the second row, from those of the first."""
    for place in range(len(offsets) - 1):
        for row in range(page_starts[place], page_starts[place + 1]):
            page[row], number[row] = place, numbers[row] - offsets[place]
            own_page_start[row], own_page_end[row] = page_starts[place], page_starts[place + 1]
            words = np.float32(n_words[row])
            for kind in range(len(_KINDS)):
                words = np.float32(np.float64(words) + counts[_KINDS[kind], row] / _LETTERS[kind])
            length[row], is_long[row] = words, words >= _LONG and n_sentences[row] > 0
            strength[row] = _strength(dates[row])


@inner
def _strength(dates):
    """Say how much of a date a line shows, as `dates.date_strength` does."""
    if dates[_NUMERIC] or dates[_DAY_MONTH] or dates[_EAST_ASIAN] >= 2:
        if not (dates[_YEAR] or dates[_NUMERIC]):
            return 3
        return 5 if dates[_CLOCK] or dates[_DOTTED] or dates[_PERIOD] else 4
    if dates[_CLOCK] or (dates[_RELATIVE] and dates[_NUMBER]):
        return 2
    return 1 if dates[_MONTH] or dates[_WEEKDAY] or dates[_YEAR] else 0
