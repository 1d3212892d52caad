"""Count the parts of dates on every line, as `features.dates` does."""

import numpy as np

from linesift.features import dates as plain
from linesift.features.compiled.rows import END, PARTS, ROW, START, VALUE
from linesift.features.dates import N_DATE_PARTS, DatePart
from linesift.jit import inner, leaf

_CLOCK_MARK, _EAST_ASIAN_MARK, _DOT, _SLASH, _DASH = (
    int(each) for each in (plain._CLOCK_MARK, plain._EAST_ASIAN_MARK, plain._DOT, plain._SLASH, plain._DASH)
)
_SAME_MARK = _DOT | _SLASH | _DASH
_CLOCK, _DOTTED, _SLASHED, _NUMERIC, _EAST_ASIAN, _YEAR, _MONTH, _WEEKDAY, _DAY_MONTH, _NUMBER = (
    1 << part
    for part in (
        DatePart.CLOCK, DatePart.DOTTED, DatePart.SLASHED, DatePart.NUMERIC, DatePart.EAST_ASIAN, DatePart.YEAR,
        DatePart.MONTH, DatePart.WEEKDAY, DatePart.DAY_MONTH, DatePart.NUMBER,
    )
)  # fmt: skip
FIRST_NAME = int(DatePart.MONTH)
"""Place of the first of the parts that are names."""
_FILTER = np.uint64(plain._FILTER)
_LAST_MARKED = (1 << 16) - 1
_FULL_WIDTH = 0x2FFF
_SHORTEST_YEAR = 4


@leaf
def find_name(value, known, kinds, present):
    """Find the kinds of the name that has a hash, as bits; 0 where none has."""
    if not present[value & _FILTER]:
        return 0
    low, high = 0, len(known)
    while low < high:
        middle = (low + high) >> 1
        if known[middle] < value:
            low = middle + 1
        else:
            high = middle
    if low < len(known) and known[low] == value:
        return np.int64(kinds[low])
    return 0


@inner
def count_numbers(numbers, n_numbers, keys, marks, years, dates):
    """Count the parts of dates that begin at each number."""
    was_numeric = False
    for one in range(n_numbers):
        is_year = _is_year(numbers, one, years)
        mark = _mark_behind(numbers, one, keys, marks)
        parts = _NUMBER
        if is_year:
            parts |= _YEAR
        if mark & _EAST_ASIAN_MARK and _size(numbers, one) <= _SHORTEST_YEAR:
            parts |= _EAST_ASIAN
        is_numeric = False
        if mark and _is_near(numbers, one, n_numbers):
            is_numeric = _is_numeric(numbers, one, n_numbers, mark, keys, marks, years)
            if is_numeric:
                parts |= _NUMERIC
            parts |= _pair_parts(numbers, one, mark, keys, is_numeric or was_numeric)
        was_numeric = is_numeric
        _add(dates, numbers[one, ROW], parts)


@leaf
def _size(numbers, one):
    return numbers[one, END] - numbers[one, START]


@leaf
def _is_year(numbers, one, years):
    return _size(numbers, one) == _SHORTEST_YEAR and years[numbers[one, VALUE]]


@leaf
def _mark_behind(numbers, one, keys, marks):
    code = keys[min(numbers[one, END], len(keys) - 1)]
    return np.int64(marks[min(np.int64(code), _LAST_MARKED)])


@leaf
def _is_near(numbers, one, n_numbers):
    """Whether the next number begins on the same line, within two characters."""
    two = one + 1
    if two >= n_numbers or numbers[two, ROW] != numbers[one, ROW]:
        return False
    return numbers[two, START] - numbers[one, END] <= 2


@inner
def _is_numeric(numbers, one, n_numbers, mark, keys, marks, years):
    """Whether a third number follows behind the same mark, and the three make a date."""
    two, three = one + 1, one + 2
    if (
        not mark & _SAME_MARK
        or not _is_near(numbers, two, n_numbers)
        or _mark_behind(numbers, two, keys, marks) != mark
    ):
        return False
    sizes = _size(numbers, one), _size(numbers, two), _size(numbers, three)
    if sizes[0] <= 2 and sizes[1] <= 2 and numbers[one, VALUE] <= 31 and numbers[two, VALUE] <= 31:
        if _is_year(numbers, three, years) or sizes[2] == 2:
            return True
    return _is_year(numbers, one, years) and sizes[1] <= 2 and sizes[2] <= 2 and numbers[three, VALUE] <= 31


@inner
def _pair_parts(numbers, one, mark, keys, is_of_three):
    """Find the parts that begin at a number with another one near; not of two of three that are a date."""
    two = one + 1
    if _size(numbers, one) > 2 or _size(numbers, two) > 2:
        return 0
    first, second, is_double = numbers[one, VALUE], numbers[two, VALUE], _size(numbers, two) == 2
    parts = 0
    if mark & _CLOCK_MARK and first <= 24 and second < 60 and (first > 0 or second > 0):
        if is_double or keys[numbers[one, END]] > _FULL_WIDTH:
            parts |= _CLOCK
    if is_double and numbers[two, START] - numbers[one, END] == 1 and not is_of_three and first <= 31:
        if mark & _DOT and second < 60:
            parts |= _DOTTED
        if mark & _SLASH and second <= 31:
            parts |= _SLASHED
    return parts


@inner
def count_names(names, n_names, numbers, n_numbers, dates):
    """Count the parts of dates that each name makes, by the numbers beside it."""
    for name in range(n_names):
        start, end, row = names[name, START], names[name, END], names[name, ROW]
        before = _first_from(numbers, n_numbers, start) - 1
        # A number inside the name ("5월") is neither before nor after it.
        after = _first_from(numbers, n_numbers, end)
        is_beside = is_day = False
        if before >= 0 and numbers[before, ROW] == row:
            gap = start - numbers[before, END]
            is_beside = 0 <= gap <= 3
            is_day = 0 <= gap <= 6 and 1 <= numbers[before, VALUE] <= 31
        if after < n_numbers and numbers[after, ROW] == row:
            gap = numbers[after, START] - end
            is_beside = is_beside or gap <= 1
            is_day = is_day or (gap <= 3 and 1 <= numbers[after, VALUE] <= 31)
        parts = names[name, PARTS]
        if not is_beside:
            parts &= _MONTH | _WEEKDAY
        if is_day and parts & _MONTH:
            parts |= _DAY_MONTH
        _add(dates, row, parts)


@leaf
def _first_from(numbers, n_numbers, place):
    """Find the first number that begins at a place or behind it."""
    low, high = 0, n_numbers
    while low < high:
        middle = (low + high) >> 1
        if numbers[middle, START] < place:
            low = middle + 1
        else:
            high = middle
    return low


@leaf
def _add(dates, row, parts):
    """Count the parts of a line, at most 255 times."""
    for part in range(N_DATE_PARTS):
        if parts >> part & 1 and dates[row, part] < 255:
            dates[row, part] += 1
