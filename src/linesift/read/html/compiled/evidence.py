"""Compare lines with the title and the days of the head: what `read.html.evidence` does, compiled."""

import numpy as np

from linesift.hashing import FNV_PRIME, FNV_START
from linesift.jit import inner, outer
from linesift.read.html.compiled.layout import LINE_END, LINE_START
from linesift.read.html.evidence import LONGEST_DATE, LONGEST_TITLE

_MOST_FOLDED = 18
"""Most bytes that a character is folded to: three characters, and some to spare."""
_MOST = 1 << 40
"""Numbers from here on are no part of a day."""


@inner
def _count_chars(text, start, end):
    n_chars = 0
    for place in range(start, end):
        n_chars += text[place] & 0xC0 != 0x80
    return n_chars


@inner
def _has(text, start, end, part, part_start, part_end):
    """Say whether a stretch of `text` has a stretch of `part` in it."""
    size = part_end - part_start
    for place in range(start, end - size + 1):
        offset = 0
        while offset < size and text[place + offset] == part[part_start + offset]:
            offset += 1
        if offset == size:
            return True
    return False


@inner
def _split(text, start, end, hashes, bounds):
    """Hash the words of a line, each once; returns their number."""
    n_words = 0
    while start < end:
        value, first = FNV_START, start
        while start < end and text[start] != 32 and text[start] != 9:
            value = (value ^ np.uint64(text[start])) * FNV_PRIME
            start += 1
        if start > first:
            hashes[n_words], bounds[n_words, 0], bounds[n_words, 1] = value, first, start
            n_words += 1
        start += 1
    return n_words


@inner
def _count_distinct(hashes, n_words):
    n_distinct = 0
    for word in range(n_words):
        is_new = True
        for other in range(word):
            if hashes[other] == hashes[word]:
                is_new = False
                break
        n_distinct += is_new
    return n_distinct


@inner
def _fold(text, start, end, fold_starts, folds, out):
    """Write a stretch of text as `str.casefold` gives it; returns the number of bytes."""
    size = 0
    while start < end:
        byte = text[start]
        if byte < 0x80:
            out[size] = byte + 32 if 65 <= byte <= 90 else byte
            start += 1
            size += 1
            continue
        n_bytes, code = 2, np.int64(byte & 31)
        if byte >= 0xF0:
            n_bytes, code = 4, np.int64(byte & 7)
        elif byte >= 0xE0:
            n_bytes, code = 3, np.int64(byte & 15)
        for place in range(start + 1, start + n_bytes):
            code = code << 6 | np.int64(text[place] & 63)
        first = last = 0
        if code + 1 < len(fold_starts):
            first, last = fold_starts[code], fold_starts[code + 1]
        if first == last:
            for place in range(start, start + n_bytes):
                out[size] = text[place]
                size += 1
        for place in range(first, last):
            out[size] = folds[place]
            size += 1
        start += n_bytes
    return size


@outer
def compare_titles(text, lines, n_chars, folding, titles, title_ends, words, word_ends, title_of_word):
    """Share of each line's words that a title has, and of the title's that the line has; see `evidence`.

    Args:
        text: the lines in UTF-8.
        lines: rows of `layout`.
        n_chars: characters of each.
        folding: what characters are folded to: where that of each begins, empty for itself, and all one behind the
            other, in UTF-8.
        titles: the titles, casefolded, one behind the other.
        title_ends: where each ends.
        words: the words of all titles, each once per title, one behind the other.
        word_ends: where each ends.
        title_of_word: the title of each, ascending.
    """
    n_lines, n_titles, n_sought = len(n_chars), len(title_ends), len(word_ends)
    shares = np.zeros((2, n_lines), np.float32)
    sought = np.empty(n_sought, np.uint64)
    first = 0
    for word in range(n_sought):
        value = FNV_START
        for place in range(first, word_ends[word]):
            value = (value ^ np.uint64(words[place])) * FNV_PRIME
        first = word_ends[word]
        sought[word] = value
    hashes, bounds = np.empty(3 * LONGEST_TITLE, np.uint64), np.empty((3 * LONGEST_TITLE, 2), np.int32)
    n_common, n_words_of = np.empty(n_titles, np.int64), np.zeros(n_titles, np.int64)
    for word in range(n_sought):
        n_words_of[title_of_word[word]] += 1
    folded, start = np.empty(LONGEST_TITLE * _MOST_FOLDED, np.uint8), 0
    for number in range(n_lines):
        if n_chars[number] > LONGEST_TITLE:
            continue
        end = _fold(text, lines[number, LINE_START], lines[number, LINE_END], folding[0], folding[1], folded)
        n_words = _split(folded, start, end, hashes, bounds)
        n_common[:] = 0
        any_common = False
        seen = np.uint64(0)  # a bit for each word, to leave out most searches
        for own in range(n_words):
            seen |= np.uint64(1) << (hashes[own] & np.uint64(63))
        for word in range(n_sought):
            if not seen >> (sought[word] & np.uint64(63)) & np.uint64(1):
                continue
            for own in range(n_words):
                if hashes[own] == sought[word]:
                    n_common[title_of_word[word]] += 1
                    any_common = True
                    break
        best, n_distinct, title_start = -1.0, -1, 0
        for title in range(n_titles):
            title_end = title_ends[title]
            share, cover = 0.0, 0.0
            n_wanted = n_words_of[title]
            size = _count_chars(folded, start, end) if n_common[title] < n_wanted else 0
            if size > 1 and _has(titles, title_start, title_end, folded, start, end):
                share = 1.0
                cover = max(n_common[title] / n_wanted, size / _count_chars(titles, title_start, title_end))
            if share == 0.0 and any_common:
                if n_distinct < 0:
                    n_distinct = _count_distinct(hashes, n_words)
                share, cover = n_common[title] / max(n_distinct, 1), n_common[title] / n_wanted
            if share * cover > best:
                best = share * cover
                shares[0, number], shares[1, number] = share, cover
            title_start = title_end
    return shares


@outer
def find_days(text, lines, n_chars, days, is_digit):
    """Bits of `Hints.day_shown` per line, and whether a line has digits that are not ASCII, so that Python has to look.

    Args:
        text: the lines in UTF-8.
        lines: rows of `layout`.
        n_chars: characters of each.
        days: year, month, day, hour and minute, -1 where one is missing; shape (n_days, 5).
        is_digit: whether each character of two or three bytes is a digit, by its number.
    """
    n_lines = len(lines)
    shown, is_left = np.zeros(n_lines, np.uint8), np.zeros(n_lines, np.bool_)
    numbers = np.empty(LONGEST_DATE + 1, np.int64)
    for line in range(n_lines):
        if n_chars[line] > LONGEST_DATE:
            continue
        place, end, n_numbers, value = lines[line, LINE_START], lines[line, LINE_END], 0, -1
        while place <= end:
            byte = text[place] if place < end else 32
            if 48 <= byte <= 57:
                value = min(max(value, 0) * 10 + byte - 48, _MOST)
            else:
                if value >= 0:
                    numbers[n_numbers] = value
                    n_numbers += 1
                    value = -1
                if byte >= 0xF0:
                    is_left[line] = True
                elif byte >= 0xE0:
                    code = (byte & 15) << 12 | (np.int64(text[place + 1]) & 63) << 6 | (text[place + 2] & 63)
                    is_left[line] |= is_digit[code]
                elif byte >= 0xC0:
                    is_left[line] |= is_digit[(np.int64(byte) & 31) << 6 | (text[place + 1] & 63)]
            place += 1
        if not n_numbers or is_left[line]:
            continue
        for number in range(len(days)):
            bits, has_minute, has_hour = 0, False, False
            for found in numbers[:n_numbers]:
                bits |= (found == days[number, 2]) | (found == days[number, 0]) << 1
                has_minute |= found == days[number, 4]
                has_hour |= found == days[number, 3] or found == days[number, 3] - 12
            shown[line] = max(shown[line], bits | (has_minute and has_hour) << 2)
    return shown, is_left
