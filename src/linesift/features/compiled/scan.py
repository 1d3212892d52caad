"""Scan a piece of text in a compiled pass, line by line, with the result of `features.scan`."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features import chars, dates
from linesift.features import scan as plain
from linesift.features.chars import DIGIT, MARK, N_CLASSES, QUESTION, SPACE, SPACED, STOP, TABLE_SIZE, UNSPACED, UPPER
from linesift.features.compiled.dates import FIRST_NAME, count_names, count_numbers, find_name
from linesift.features.compiled.hashes import ONE, TWO, hash_span, mix
from linesift.features.compiled.rows import (
    END,
    FIRST,
    FIRST_LETTER,
    INDENT,
    LAST,
    LONGEST,
    N_CAPITALISED,
    N_CHARS,
    N_HASHES,
    N_INTS,
    N_KINDS,
    N_SENTENCES,
    N_SHOUTED,
    N_WORDS,
    NAME_SIZE,
    NUMBER_SIZE,
    PARTS,
    ROW,
    SECOND_LAST,
    SHAPE,
    START,
    VALUE,
    WHOLE,
)
from linesift.features.dates import N_DATE_PARTS
from linesift.hashing import SPREAD
from linesift.jit import inner, leaf, outer

_LOWEST_SPACED, _HIGHEST_SPACED = SPACED
_HIGHEST_UNSPACED = UNSPACED[1]
_NEWLINE, _POINT, _ZERO = 10, ord("."), ord("0")
_FULL_WIDTH = 0x2FFF
_LONGEST_DOTTED = dates._LONGEST_DOTTED
_LAST_CODE = TABLE_SIZE - 1
_CLOSES = plain._CLOSES
_PAIR_SIZE = plain.PAIR_SIZE
_MOST_DIGITS = 4
"""Digits of a number whose value counts."""


def scan_piece(text: str) -> plain.LineScan:
    """Scan a piece of text, as `scan.scan_plain` does."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    number, counts, ints, kinds, hashes, parts, words, sizes, lines = scan(codes, *_tables())
    return plain.LineScan(
        number=number,
        counts=counts.T,
        n_chars=ints[N_CHARS],
        indent=ints[INDENT],
        first=kinds[FIRST],
        first_letter=kinds[FIRST_LETTER],
        last=kinds[LAST],
        second_last=kinds[SECOND_LAST],
        n_words=ints[N_WORDS],
        longest=ints[LONGEST],
        n_capitalised=ints[N_CAPITALISED],
        n_shouted=ints[N_SHOUTED],
        n_sentences=ints[N_SENTENCES],
        hash=hashes[WHOLE],
        shape=hashes[SHAPE],
        dates=parts,
        word_hash=words,
        word_line=lines,
        word_size=sizes,
    )


@cache
def _tables() -> tuple[NDArray[Any], ...]:
    """Collect the tables of characters, names, marks and years, as `scan` takes them."""
    return (*chars._tables(), *dates._names(), dates._marks(), dates._years())


@outer
def scan(codes, classes, folded, hashed, known, known_kinds, present, marks, years):
    """Scan the code points of a text; the results are arrays of fields of all lines, and of words (`rows`)."""
    kinds, keys = np.empty(len(codes), np.uint8), np.empty(len(codes), np.uint32)
    n_lines, most_words, most_numbers = _look_up(codes, classes, hashed, kinds, keys)
    number, counts = np.empty(n_lines, np.int64), np.zeros((N_CLASSES, n_lines), np.int32)
    ints, line_kinds = np.zeros((N_INTS, n_lines), np.int32), np.zeros((N_KINDS, n_lines), np.uint8)
    hashes, parts = np.empty((N_HASHES, n_lines), np.uint64), np.zeros((n_lines, N_DATE_PARTS), np.uint8)
    words, sizes = np.empty(most_words, np.uint64), np.empty(most_words, np.uint8)
    lines = np.empty(most_words, np.int32)
    numbers = np.empty((most_numbers, NUMBER_SIZE), np.int64)
    names = np.empty((2 * most_words, NAME_SIZE), np.int64)
    n_words = n_numbers = n_names = row = start = 0
    for line in range(len(codes) + 1):
        stop = _end_of_line(codes, start)
        first, last = _strip(kinds, start, stop)
        if first <= last:
            number[row] = line
            ints[INDENT, row] = first - start
            _describe(kinds, keys, first, last, row, ints, line_kinds, hashes)
            n_numbers = _read_runs(
                kinds, keys, codes, folded, first, last, row, counts, ints, line_kinds, hashes, numbers, n_numbers
            )
            n_words, n_names = _read_words(
                kinds, keys, first, last, row, ints, words, sizes, lines, n_words,
                known, known_kinds, present, names, n_names,
            )  # fmt: skip
            row += 1
        start = stop + 1
        if start > len(codes):
            break
    count_numbers(numbers, n_numbers, keys, marks, years, parts)
    count_names(names, n_names, numbers, n_numbers, parts)
    return number, counts, ints, line_kinds, hashes, parts, words[:n_words], sizes[:n_words], lines[:n_words]


@inner
def _look_up(codes, classes, hashed, kinds, keys):
    """Fill the class of every character and what it is hashed as; count lines with ink, and bound words and numbers."""
    n_lines = n_words = n_numbers = 0
    before, is_blank = np.uint8(SPACE), True
    for place in range(len(codes)):
        code = min(codes[place], np.uint32(_LAST_CODE))
        kind = classes[code]
        kinds[place], keys[place] = kind, hashed[code]
        if kind != SPACE:
            n_lines += is_blank
            is_blank = False
            if kind <= _HIGHEST_SPACED:
                n_words += before == SPACE or before > _HIGHEST_SPACED
                n_numbers += kind == DIGIT and before != DIGIT
            else:
                n_words += kind <= _HIGHEST_UNSPACED
        elif code == _NEWLINE:
            is_blank = True
        before = kind
    return n_lines, n_words, n_numbers


@leaf
def _end_of_line(codes, start):
    while start < len(codes) and codes[start] != _NEWLINE:
        start += 1
    return start


@leaf
def _strip(kinds, start, stop):
    """Find the first and the last character of a line that is not white space; of a blank line they are crossed."""
    while start < stop and kinds[start] == SPACE:
        start += 1
    stop -= 1
    while stop > start and kinds[stop] == SPACE:
        stop -= 1
    return start, stop


@leaf
def _describe(kinds, keys, first, last, row, ints, line_kinds, hashes):
    """Fill what needs no look at runs."""
    ints[N_CHARS, row] = last - first + 1
    line_kinds[FIRST, row], line_kinds[LAST, row] = kinds[first], kinds[last]
    place = last - 1
    if place > first and kinds[place] == SPACE:
        place -= 1
    if place >= first:
        line_kinds[SECOND_LAST, row] = kinds[place]
    hashes[WHOLE, row] = hash_span(keys, first, last + 1)


@leaf
def _end_of_run(kinds, place, last):
    end = place + 1
    while end <= last and kinds[end] == kinds[place]:
        end += 1
    return end


@leaf
def _read_runs(
    kinds, keys, codes, folded, first, last, row, counts, ints, line_kinds, hashes, numbers, n_numbers
):  # fmt: skip
    """Count the characters of each class and ends of sentences, hash the shape, and find the numbers."""
    shape, power, letter, n_sentences = np.uint64(0), ONE, SPACE, 0
    place = first
    while place <= last:
        kind, end = np.int64(kinds[place]), _end_of_run(kinds, place, last)
        counts[kind, row] += end - place
        shape += (np.uint64(kind) + TWO) * power
        power *= SPREAD
        if kind == DIGIT:
            numbers[n_numbers, START], numbers[n_numbers, END], numbers[n_numbers, ROW] = place, end, row
            numbers[n_numbers, VALUE] = _value(codes, folded, place, end)
            n_numbers += 1
        elif kind == STOP or kind == QUESTION:
            n_sentences += end > last or _CLOSES[kinds[end]] or keys[end - 1] > _FULL_WIDTH
        if letter == SPACE and kind <= _HIGHEST_UNSPACED and kind != MARK:
            letter = kind
        place = end
    line_kinds[FIRST_LETTER, row] = letter
    ints[N_SENTENCES, row] = n_sentences
    hashes[SHAPE, row] = mix(shape)
    return n_numbers


@leaf
def _value(codes, folded, start, end):
    """Read a number of up to four digits; a longer one is -1."""
    if end - start > _MOST_DIGITS:
        return -1
    value = 0
    for place in range(start, end):
        value = 10 * value + np.int64(folded[min(codes[place], np.uint32(_LAST_CODE))]) - _ZERO
    return value


@leaf
def _read_words(
    kinds, keys, first, last, row, ints, words, sizes, lines, n_words, known, known_kinds, present, names, n_names
):  # fmt: skip
    """Hash the words, measure them, and find names of months and the like, also two with a dot between."""
    n_spaced = longest = n_capitalised = n_shouted = 0
    place = first
    # Of the words, and of the sequences of letters without spaces, the last one before.
    start_before, end_before, unspaced_before, unspaced_end = -1, -1, -1, -1
    while place <= last:
        kind = kinds[place]
        if kind == SPACE or kind > _HIGHEST_UNSPACED:
            place += 1
            continue
        start, is_spaced = place, kind <= _HIGHEST_SPACED
        if is_spaced:
            place = _end_of_word(kinds, start, last)
            value = hash_span(keys, start, place)
            words[n_words], sizes[n_words], lines[n_words] = value, min(place - start, 255), row
            n_words += 1
            n_spaced += 1
            longest = max(longest, place - start)
            if kind == UPPER:
                n_capitalised += 1
                n_shouted += start < last and kinds[start + 1] == UPPER
        else:
            place = _end_of_letters(kinds, start, last)
            for pair in range(start, place - 1):
                words[n_words], sizes[n_words], lines[n_words] = hash_span(keys, pair, pair + 2), _PAIR_SIZE, row
                n_words += 1
            value = hash_span(keys, start, place)
        n_names = _add_name(names, n_names, start, place, row, find_name(value, known, known_kinds, present))
        earlier, end = (start_before, end_before) if is_spaced else (unspaced_before, unspaced_end)
        if earlier >= 0 and start == end + 1 and place - earlier <= _LONGEST_DOTTED and keys[end] == _POINT:
            found = find_name(hash_span(keys, earlier, place), known, known_kinds, present)
            n_names = _add_name(names, n_names, earlier, place, row, found)
        if is_spaced:
            start_before, end_before = start, place
        else:
            unspaced_before, unspaced_end = start, place
    ints[N_WORDS, row], ints[LONGEST, row] = n_spaced, longest
    ints[N_CAPITALISED, row], ints[N_SHOUTED, row] = n_capitalised, n_shouted
    return n_words, n_names


@leaf
def _end_of_word(kinds, place, last):
    while place <= last and _LOWEST_SPACED <= kinds[place] <= _HIGHEST_SPACED:
        place += 1
    return place


@leaf
def _end_of_letters(kinds, place, last):
    while place <= last and _HIGHEST_SPACED < kinds[place] <= _HIGHEST_UNSPACED:
        place += 1
    return place


@leaf
def _add_name(names, n_names, start, end, row, kinds):
    if kinds:
        names[n_names, START], names[n_names, END], names[n_names, ROW] = start, end, row
        names[n_names, PARTS] = kinds << FIRST_NAME
        n_names += 1
    return n_names
