"""Dates, clock times and ages on a line, found by their form; nothing is parsed here."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linesift.features.chars import DIGIT, Chars, Runs, hash_codes, nonzero_indices, read_chars
from linesift.features.words import SpanHasher, Words


class DatePart(IntEnum):
    """Parts of a date that a line can show; the columns of `LineScan.dates`."""

    CLOCK = 0
    """`9:20`, `9h20`, `9時20分`, `9시 20분`; not `0:00`, where a player stands before it begins."""
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
_CLOCK_MARK, _EAST_ASIAN_MARK, _DOT, _SLASH, _DASH = (np.uint8(1 << bit) for bit in range(5))
_FILTER = np.uint64((1 << 18) - 1)
"""Lowest bits of a hash, enough that one word in thirty is looked for among the names without being one."""
_NAMES_OF_KIND = {
    "month": DatePart.MONTH,
    "weekday": DatePart.WEEKDAY,
    "period": DatePart.PERIOD,
    "relative": DatePart.RELATIVE,
    "zone": DatePart.ZONE,
}


@cache
def _names() -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.bool_]]:
    """Hashes of names, sorted; the kinds of each as bits; a filter by their lowest bits."""
    # Not from the table of names: a program that labels one page and ends would spend more time on it than on the page.
    with (Path(__file__).parent / "date_names.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        hashes, kinds = stored["hashes"], stored["kinds"]
    present = np.zeros(int(_FILTER) + 1, np.bool_)
    present[hashes & _FILTER] = True
    return hashes, kinds, present


def hash_names(table: str) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Content of `date_names.npz`, made of `date_names.tsv`: hashes of names, sorted, and the kinds of each as bits.

    Only names of two characters or more, without a space.
    """
    rows = re.findall(r"^([^ \t\n]{2,})\t(\w+)", table, re.MULTILINE)[1:]  # the first is the heading
    kinds = np.array([1 << (_NAMES_OF_KIND[row[1]] - DatePart.MONTH) for row in rows], np.uint8)
    chars = read_chars("\n".join([row[0] for row in rows]))
    ends = np.append(chars.newlines, len(chars.classes))
    hashes = SpanHasher(hash_codes(chars))(np.concatenate(([0], chars.newlines + 1)), ends)
    order = np.argsort(hashes, kind="stable")
    hashes, kinds = hashes[order], kinds[order]
    heads = nonzero_indices(np.diff(hashes, prepend=hashes[0] - np.uint64(1)))
    return hashes[heads], np.bitwise_or.reduceat(kinds, heads)


def date_strength(dates: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much of a date each line shows.

    0 none, 1 a part, 2 a clock or an age, 3 a day and month, 4 with a year, 5 with a clock.

    Args:
        dates: shape (n_lines, N_DATE_PARTS), how often each part occurs.
    """
    counts = np.ascontiguousarray(dates.T)
    found = counts > 0
    day = found[DatePart.NUMERIC] | found[DatePart.DAY_MONTH] | (counts[DatePart.EAST_ASIAN] >= 2)
    whole = day & (found[DatePart.YEAR] | found[DatePart.NUMERIC])
    clocked = found[DatePart.CLOCK] | found[DatePart.DOTTED] | found[DatePart.PERIOD]
    time = found[DatePart.CLOCK] | (found[DatePart.RELATIVE] & found[DatePart.NUMBER])
    part = found[DatePart.MONTH] | found[DatePart.WEEKDAY] | found[DatePart.YEAR]
    strength: NDArray[np.uint8] = np.maximum(part.view(np.uint8), time.view(np.uint8) << 1)
    strength[day] = 3
    strength += whole
    strength += whole & clocked
    return strength


def name_kinds(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Which words are names of months, weekdays, zones ...: their indices, and bit `part - MONTH` of each kind."""
    known, kinds, present = _names()
    likely = nonzero_indices(present.take((hashes & _FILTER).view(np.int64)))
    place = np.minimum(known.searchsorted(hashes.take(likely)), len(known) - 1)
    found = known.take(place) == hashes.take(likely)
    return likely[found], kinds[place[found]]


@dataclass(frozen=True, slots=True, eq=False)
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


def find_numbers(chars: Chars, runs: Runs, row_of_run: NDArray[np.int32]) -> Numbers:
    """Find all runs of digits and the values of the short ones."""
    run = nonzero_indices(runs.kind == DIGIT)
    start, end = runs.bounds.take(run), runs.bounds.take(run + 1)
    length = np.minimum(end - start, 5)
    digits = chars.folded_at(np.minimum(start + np.arange(4)[:, None], end - 1)).astype(np.int32) - ord("0")
    value = (digits * _TENS[:, length]).sum(axis=0, dtype=np.int32)
    value[length > 4] = -1
    return Numbers(start, end, value, row_of_run.take(run))


_TENS = np.array([[10 ** max(length - 1 - place, 0) * (place < length) for length in range(6)] for place in range(4)])
"""Value of each of the first four digits of a number, by how many digits it has, 0 to 5."""


def find_dates(
    chars: Chars, runs: Runs, words: Words, row_of_run: NDArray[np.int32], hasher: SpanHasher
) -> NDArray[np.uint8]:
    """Count the parts of dates on every line.

    Returns:
        Shape (n_lines, N_DATE_PARTS), columns in the order of `DatePart`, counts cut at 255.
    """
    numbers = find_numbers(chars, runs, row_of_run)
    names = _find_names(chars, runs, words, row_of_run, hasher)
    rows = np.concatenate((numbers.row, names.row)).astype(np.int64)
    parts = np.concatenate((_number_parts(chars, numbers), _name_parts(numbers, names)))
    item, part = (parts[:, None] & _BITS).nonzero()
    n_lines = int(row_of_run.max(initial=-1)) + 1 if runs.kind.any() else 0
    counts = np.bincount(rows[item] * N_DATE_PARTS + part, minlength=n_lines * N_DATE_PARTS)
    return np.minimum(counts, 255).astype(np.uint8).reshape(n_lines, N_DATE_PARTS)


_BITS = (1 << np.arange(N_DATE_PARTS)).astype(np.uint16)
"""Bit of each part in a number's or name's set of parts."""
(_CLOCK, _DOTTED, _SLASHED, _NUMERIC, _EAST_ASIAN, _YEAR, _MONTH, _WEEKDAY, *_, _DAY_MONTH, _NUMBER) = _BITS


@cache
def _marks() -> NDArray[np.uint8]:
    """Meaning of a character between or behind numbers, as bits, for code points below 2**16."""
    marks = np.zeros(1 << 16, np.uint8)
    signs = {_CLOCK_MARK: ":：h時时點点시", _EAST_ASIAN_MARK: "年月日년월일", _DOT: ".", _SLASH: "/", _DASH: "-"}
    for bit, chars in signs.items():
        marks[[ord(char) for char in chars]] |= bit
    return marks


@cache
def _years() -> NDArray[np.bool_]:
    """Whether a number of four digits is a year of the last decades, for numbers below 10,000."""
    years = np.zeros(10_000, np.bool_)
    for first, last in _YEARS:
        years[first : last + 1] = True
    return years


def _number_parts(chars: Chars, numbers: Numbers) -> NDArray[np.uint16]:
    """The parts that begin at each number, as `_BITS`."""
    length = numbers.length
    code = chars.folded_at(np.minimum(numbers.end, len(chars.codes) - 1))
    mark = _marks().take(code, mode="clip")
    is_year = _years().take(numbers.value, mode="clip") & (length == 4)
    parts = np.full(len(mark), _NUMBER)
    parts += is_year * _YEAR
    parts += (((mark & _EAST_ASIAN_MARK) > 0) & (length <= 4)) * _EAST_ASIAN
    gap = numbers.start[1:] - numbers.end[:-1]
    # Korean sites set a space after the dot of a date and after 시 of a clock.
    is_near = np.zeros(len(mark), np.bool_)
    is_near[:-1] = (numbers.row[1:] == numbers.row[:-1]) & (gap <= 2)
    first = nonzero_indices(is_near & (mark > 0))
    if len(first):
        pairs = Pairs(numbers, mark, is_near, is_year, first)
        parts[first] += pairs.parts(code[first] > 0x2FFF, gap[first] == 1)
    return parts


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Numbers with another one behind them on the line and a mark between."""

    numbers: Numbers
    mark: NDArray[np.uint8]
    """Shape (n_numbers,), the mark behind each number as the bits of `_marks`."""
    is_near: NDArray[np.bool_]
    """Shape (n_numbers,), whether the next number begins within two characters."""
    is_year: NDArray[np.bool_]
    """Shape (n_numbers,)."""
    first: NDArray[np.int64]
    """Shape (n_pairs,), the first number of each pair."""

    def parts(self, is_full_width: NDArray[np.bool_], is_close: NDArray[np.bool_]) -> NDArray[np.uint16]:
        """The parts that begin at each pair, from whether its mark is full-width and is all that is between."""
        value, length, first = self.numbers.value, self.numbers.length, self.first
        second = first + 1
        one, two, two_size, sign = value[first], value[second], length[second], self.mark[first]
        are_short = (length[first] <= 2) & (two_size <= 2)
        is_clock = are_short & (one <= 24) & (two < 60) & ((sign & _CLOCK_MARK) > 0)
        is_clock &= (two_size == 2) | is_full_width
        is_clock &= (one > 0) | (two > 0)  # a player that has not begun
        is_numeric = self._is_numeric(are_short, sign)
        is_alone = are_short & (two_size == 2) & is_close & ~is_numeric
        is_alone[1:] &= ~(is_numeric[:-1] & (first[1:] == second[:-1]))
        is_dotted = is_alone & ((sign & _DOT) > 0) & (one <= 31) & (two < 60)
        is_slashed = is_alone & ((sign & _SLASH) > 0) & (one <= 31) & (two <= 31)
        parts: NDArray[np.uint16] = is_clock * _CLOCK + is_dotted * _DOTTED + is_slashed * _SLASHED
        parts += is_numeric * _NUMERIC
        return parts

    def _is_numeric(self, are_short: NDArray[np.bool_], sign: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Whether a third number follows behind the same mark, and the three make a date."""
        value, length, first = self.numbers.value, self.numbers.length, self.first
        second, third = first + 1, np.minimum(first + 2, len(value) - 1)
        is_same = ((sign & (_DOT | _SLASH | _DASH)) > 0) & (self.mark[second] == sign) & self.is_near[second]
        three_size = length[third]
        ends_in_year = are_short & (value[first] <= 31) & (value[second] <= 31)
        ends_in_year &= self.is_year[third] | (three_size == 2)
        starts_with_year = self.is_year[first] & (length[second] <= 2) & (value[third] <= 31) & (three_size <= 2)
        is_numeric: NDArray[np.bool_] = is_same & (ends_in_year | starts_with_year)
        return is_numeric


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Names of months, weekdays, zones ...; all arrays have shape (n_names,)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    row: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    """Bit `part - MONTH` of each kind."""


def _name_parts(numbers: Numbers, names: Names) -> NDArray[np.uint16]:
    """The parts that each name makes, as `_BITS`."""
    start, end, row = names.start, names.end, names.row
    parts: NDArray[np.uint16] = names.kinds * _MONTH
    if not len(numbers.start) or not len(start):
        parts &= _MONTH | _WEEKDAY
        return parts
    # A number inside the name ("5월") is neither before nor after it.
    before = np.maximum(numbers.start.searchsorted(start) - 1, 0)
    after = np.minimum(numbers.start.searchsorted(end), len(numbers.start) - 1)
    is_day = (numbers.value >= 1) & (numbers.value <= 31)
    gap_before = np.where(numbers.row[before] == row, start - numbers.end[before], -1)
    gap_after = np.where(numbers.row[after] == row, numbers.start[after] - end, -1)
    # Many names of zones and ages are also common words ("est", "for"); they count beside a number alone.
    is_beside = (gap_before >= 0) & (gap_before <= 3) | (gap_after >= 0) & (gap_after <= 1)
    # "21 de octubre", "21st of October"; "October 21", "Oct. 21".
    is_day = is_day[before] & (gap_before >= 0) & (gap_before <= 6) | is_day[after] & (gap_after >= 0) & (
        gap_after <= 3
    )
    parts &= np.where(is_beside, np.uint16(0xFFFF), _MONTH | _WEEKDAY)
    parts |= (is_day & ((parts & _MONTH) > 0)) * _DAY_MONTH
    return parts


def _find_names(chars: Chars, runs: Runs, words: Words, row_of_run: NDArray[np.int32], hasher: SpanHasher) -> Names:
    """Look up what may be a name: spaced words, whole runs of unspaced letters, and two of either around a dot."""
    first, last = words.unspaced
    start, end = runs.bounds.take(first), runs.bounds.take(last + 1)
    found, kinds = name_kinds(words.hash)
    names = [(words.start[found], words.end[found], words.run[found], kinds * words.is_spaced[found])]
    dotted = _dotted(chars, words.start, words.end)
    dotted = dotted[words.is_spaced[dotted] & words.is_spaced[dotted + 1]]
    spans = [(words.start[dotted], words.end[dotted + 1], words.run[dotted])]
    if len(first):
        dotted = _dotted(chars, start, end)
        spans += [(start, end, first), (start[dotted], end[dotted + 1], first[dotted])]
    for start, end, run in spans:
        if len(start):
            found, kinds = name_kinds(hasher(start, end))
            names.append((start[found], end[found], run[found], kinds))
    starts, ends, run, kinds = (np.concatenate(arrays) for arrays in zip(*names, strict=True))
    return Names(starts, ends, row_of_run[run], kinds)


def _dotted(chars: Chars, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which spans have a dot and another span behind them, all of it short: "a.m.", "ต.ค."."""
    near = nonzero_indices(start[1:] == end[:-1] + 1)
    near = near[end[near + 1] - start[near] <= _LONGEST_DOTTED]
    dotted: NDArray[np.int64] = near[chars.folded_at(end[near]) == ord(".")]
    return dotted
