"""Dates, clock times and ages on a line, found by their form; nothing is parsed here."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linesift.features.chars import FIRST_PUNCTUATION, FIRST_UNSPACED, CharClass, Chars, read_chars
from linesift.features.words import SpanHasher, Words, hash_codes


class DatePart(IntEnum):
    """What of a date a line can show; the columns of `LineScan.dates`."""

    CLOCK = 0
    """`9:20`, `9h20`, `9時20分`, `9시 20분`."""
    DOTTED = 1
    """`9.20` or `21.10`: a clock, a day and month, or a number."""
    SLASHED = 2
    """`21/10` without a year."""
    NUMERIC = 3
    """`21/10/2024`, `2024-10-21`, `21. 10. 24`."""
    EAST_ASIAN = 4
    """A number before 年, 月, 日 or 년, 월, 일."""
    YEAR = 5
    """A number that is a year of the last decades in the Gregorian, Buddhist, Solar Hijri or Hijri count."""
    MONTH = 6
    WEEKDAY = 7
    PERIOD = 8
    """A word of clock times: a.m., 午後, Uhr."""
    RELATIVE = 9
    """A word of ages: ago, yesterday, hours."""
    ZONE = 10
    DAY_MONTH = 11
    """A month's name with a day's number beside it."""
    NUMBER = 12
    """Any run of digits."""


N_DATE_PARTS = len(DatePart)
_YEARS = ((1980, 2040), (2523, 2583), (1370, 1419), (1420, 1462))
_LONGEST_DOTTED = 9
"""Characters of the longest name with a dot inside that is looked up."""
_CLOCK_MARKS = np.frombuffer(":：h時时点點시".encode("utf-32-le"), np.uint32)
_EAST_ASIAN_MARKS = np.frombuffer("年月日년월일".encode("utf-32-le"), np.uint32)
_NAMES_OF_KIND = {
    "month": DatePart.MONTH,
    "weekday": DatePart.WEEKDAY,
    "period": DatePart.PERIOD,
    "relative": DatePart.RELATIVE,
    "zone": DatePart.ZONE,
}


@cache
def _names() -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.bool_]]:
    """Hashes of the names of `date_names.tsv`, sorted; the kinds of each as bits; a filter by the lowest 16 bits."""
    table = (Path(__file__).parent / "date_names.tsv").read_text("utf-8")
    # Names of two characters or more, without a space; the first is the heading. A regex, because a program that labels
    # one page and ends spends more time here than on the page.
    rows = re.findall(r"^([^ \t\n]{2,})\t(\w+)", table, re.MULTILINE)[1:]
    kinds = np.array([1 << (_NAMES_OF_KIND[row[1]] - DatePart.MONTH) for row in rows], np.uint8)
    chars = read_chars("\n".join([row[0] for row in rows]))
    ends = np.append(chars.newlines, len(chars.classes))
    hashes = SpanHasher(hash_codes(chars))(np.concatenate(([0], chars.newlines + 1)), ends)
    order = np.argsort(hashes, kind="stable")
    hashes, kinds = hashes[order], kinds[order]
    heads = np.flatnonzero(np.diff(hashes, prepend=hashes[0] - np.uint64(1)))
    present = np.zeros(1 << 16, np.bool_)
    present[hashes & np.uint64(0xFFFF)] = True
    return hashes[heads], np.bitwise_or.reduceat(kinds, heads), present


def name_kinds(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Which words are names of months, weekdays, zones ...: their indices, and bit `part - MONTH` of each kind."""
    known, kinds, present = _names()
    likely = np.flatnonzero(present[hashes & np.uint64(0xFFFF)])
    place = np.minimum(np.searchsorted(known, hashes[likely]), len(known) - 1)
    found = known[place] == hashes[likely]
    return likely[found], kinds[place[found]]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Runs of digits in the order of the text; all arrays have shape (n_numbers,)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    value: NDArray[np.int32]
    """-1 for a run of more than four digits."""
    row: NDArray[np.int32]

    @property
    def length(self) -> NDArray[np.int64]:
        """Digits of each run."""
        return self.end - self.start


def find_numbers(chars: Chars, row_of_char: NDArray[np.int32]) -> Numbers:
    """Find all runs of digits and the values of the short ones."""
    digit = np.zeros(len(chars.classes) + 2, np.bool_)
    np.equal(chars.classes, CharClass.DIGIT, out=digit[1:-1])
    start = np.flatnonzero(digit[1:-1] & ~digit[:-2])
    end = np.flatnonzero(digit[1:-1] & ~digit[2:]) + 1
    value = np.zeros(len(start), np.int32)
    for place in range(4):
        position = np.minimum(start + place, end - 1)
        shown = chars.folded[position].astype(np.int32) - ord("0")
        value = np.where(start + place < end, value * 10 + shown, value)
    value[end - start > 4] = -1
    return Numbers(start, end, value, row_of_char[start])


def find_dates(chars: Chars, words: Words, row_of_char: NDArray[np.int32], n_lines: int) -> NDArray[np.uint8]:
    """Count the parts of dates on every line.

    Returns:
        Shape (n_lines, N_DATE_PARTS), columns in the order of `DatePart`, counts cut at 255.
    """
    numbers = find_numbers(chars, row_of_char)
    rows: list[NDArray[np.int32]] = []
    parts: list[NDArray[np.int64]] = []
    for part, where in _number_parts(chars, numbers):
        rows.append(numbers.row[where])
        parts.append(np.full(len(rows[-1]), part, np.int64))
    for part, found in _name_parts(chars, words, numbers, row_of_char):
        rows.append(row_of_char[found])
        parts.append(np.full(len(found), part, np.int64))
    keys = np.concatenate(rows).astype(np.int64) * N_DATE_PARTS + np.concatenate(parts)
    counts = np.bincount(keys, minlength=n_lines * N_DATE_PARTS)
    return np.minimum(counts, 255).astype(np.uint8).reshape(n_lines, N_DATE_PARTS)


def _number_parts(chars: Chars, numbers: Numbers) -> list[tuple[DatePart, NDArray[np.bool_]]]:
    """For each part made of numbers, whether it begins at each number."""
    value, length, n = numbers.value, numbers.length, len(numbers.value)
    if not n:
        return [(DatePart.NUMBER, np.zeros(0, np.bool_))]
    year = np.zeros(n, np.bool_)
    for first, last in _YEARS:
        year |= (value >= first) & (value <= last) & (length == 4)
    mark = chars.folded[np.minimum(numbers.end, len(chars.folded) - 1)]
    following = np.minimum(np.arange(n) + 1, n - 1)
    gap = numbers.start[following] - numbers.end
    joined = (following > np.arange(n)) & (numbers.row[following] == numbers.row) & (gap >= 1)
    close = joined & (gap == 1)
    east_asian = np.isin(mark, _EAST_ASIAN_MARKS) & (length <= 4)
    # Korean sites set a space after the dot of a date and after 시 of a clock.
    near = joined & (gap <= 2)
    short, next_short = length <= 2, length[following] <= 2
    clock = near & short & next_short & (value <= 24) & (value[following] < 60) & np.isin(mark, _CLOCK_MARKS)
    clock &= (length[following] == 2) | (mark > 0x2FFF)
    dot, slash, dash = mark == ord("."), mark == ord("/"), mark == ord("-")
    same = near & (dot | slash | dash) & (mark[following] == mark) & near[following]
    third = following[following]
    day, next_day, third_day = value <= 31, value[following] <= 31, value[third] <= 31
    ends_in_year = short & next_short & day & next_day & (year[third] | (length[third] == 2))
    starts_with_year = year & next_short & third_day & (length[third] <= 2)
    numeric = same & (ends_in_year | starts_with_year)
    alone = close & short & (length[following] == 2) & ~numeric
    alone[1:] &= ~numeric[:-1]
    return [
        (DatePart.CLOCK, clock),
        (DatePart.DOTTED, alone & dot & (value <= 31) & (value[following] < 60)),
        (DatePart.SLASHED, alone & slash & day & next_day),
        (DatePart.NUMERIC, numeric),
        (DatePart.EAST_ASIAN, east_asian),
        (DatePart.YEAR, year),
        (DatePart.NUMBER, np.ones(n, np.bool_)),
    ]


def _name_parts(
    chars: Chars, words: Words, numbers: Numbers, row_of_char: NDArray[np.int32]
) -> list[tuple[DatePart, NDArray[np.int64]]]:
    """For each part made of names, the positions of the characters where it begins."""
    start, end, hashes = _named_spans(chars, words)
    found, kinds = name_kinds(hashes)
    start, end = start[found], end[found]
    # A number inside the name ("5월") is neither before nor after it.
    before = np.maximum(np.searchsorted(numbers.start, start) - 1, 0)
    after = np.minimum(np.searchsorted(numbers.start, end), len(numbers.start) - 1)
    if not len(numbers.start):
        gap_before = gap_after = np.full(len(start), -1)
        day_before = day_after = np.zeros(len(start), np.bool_)
    else:
        is_day = (numbers.value >= 1) & (numbers.value <= 31)
        row = row_of_char[start]
        gap_before = np.where(numbers.row[before] == row, start - numbers.end[before], -1)
        gap_after = np.where(numbers.row[after] == row, numbers.start[after] - end, -1)
        day_before, day_after = is_day[before], is_day[after]
    # "21 de octubre", "21st of October"; "October 21", "Oct. 21".
    day = day_before & (gap_before >= 0) & (gap_before <= 6) | day_after & (gap_after >= 0) & (gap_after <= 3)
    # Many names of zones and ages are also common words ("est", "for"); they count beside a number alone.
    beside = (gap_before >= 0) & (gap_before <= 3) | (gap_after >= 0) & (gap_after <= 1)
    parts = []
    for part in (DatePart.MONTH, DatePart.WEEKDAY, DatePart.PERIOD, DatePart.RELATIVE, DatePart.ZONE):
        named = (kinds >> np.uint8(part - DatePart.MONTH)) & np.uint8(1) == 1
        if part >= DatePart.PERIOD:
            named &= beside
        parts.append((part, start[named]))
    return [*parts, (DatePart.DAY_MONTH, start[day & (kinds & np.uint8(1) == 1)])]


def _named_spans(chars: Chars, words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
    """Spans that may be names: spaced words, whole runs of letters without spaces, and two of either around a dot."""
    spaced = words.is_spaced
    starts, ends, hashes = [words.start[spaced]], [words.end[spaced]], [words.hash[spaced]]
    if ((chars.classes >= FIRST_UNSPACED) & (chars.classes < FIRST_PUNCTUATION)).any():
        unspaced = np.zeros(len(chars.classes) + 2, np.bool_)
        np.logical_and(chars.classes >= FIRST_UNSPACED, chars.classes < FIRST_PUNCTUATION, out=unspaced[1:-1])
        starts.append(np.flatnonzero(unspaced[1:-1] & ~unspaced[:-2]))
        ends.append(np.flatnonzero(unspaced[1:-1] & ~unspaced[2:]) + 1)
    hasher: SpanHasher | None = None
    for start, end in list(zip(starts, ends, strict=True)):
        # "a.m.", "ต.ค."
        dotted = np.flatnonzero((start[1:] == end[:-1] + 1) & (end[1:] - start[:-1] <= _LONGEST_DOTTED))
        dotted = dotted[chars.folded[end[dotted]] == ord(".")]
        if len(dotted):
            starts.append(start[dotted])
            ends.append(end[dotted + 1])
    for start, end in zip(starts[1:], ends[1:], strict=True):
        hasher = hasher or SpanHasher(hash_codes(chars))
        hashes.append(hasher(start, end))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(hashes)
