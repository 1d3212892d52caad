"""Compute the columns of the line alone in one compiled loop over the lines, as `features.line` does."""

import numpy as np

from linesift.features import line as plain
from linesift.features.chars import CLOSE, N_CLASSES, QUOTE, STOP, UPPER, CharClass
from linesift.features.dates import DatePart
from linesift.features.line import LINE
from linesift.jit import leaf, outer

(
    LENGTH, N_CHARS, WORD_SIZE, LONGEST_WORD, SENTENCES, SENTENCE_LENGTH, ENDS_SENTENCE, FIRST_CLASS, FIRST_LETTER,
    LAST_CLASS, INDENT, COMMAS, MARKS, *_, DIGIT_SHARE, UPPER_SHARE, CAPITALISED_SHARE, SHOUTED, MARK_SHARE, CLOCK,
    DOTTED, YEAR, CALENDAR_DATE, PART_DATE, CLOCK_WORD, RELATIVE, NUMBERS, DATE, WORDS_BESIDE_DATE,
) = range(len([*LINE]))  # fmt: skip
"""Rows of the columns, in the order of `LINE`; `MARKS` is the first of ten."""
_MARKS = tuple(kind.value for kind in plain._MARKS)
_N_LETTERS = (
    CharClass.LOWER.value, UPPER, CharClass.CASELESS.value, CharClass.HANGUL.value, CharClass.MARK.value,
)  # fmt: skip
_LOWER, _DIGIT, _COMMA = CharClass.LOWER.value, CharClass.DIGIT.value, CharClass.COMMA.value
_MISSING, _ZERO, _END_OF = np.float32(np.nan), np.float32(0), plain._ENDS
(
    _CLOCK, _DOTTED, _SLASHED, _NUMERIC, _EAST_ASIAN, _YEAR, _MONTH, _WEEKDAY, _PERIOD, _RELATIVE, _ZONE, _DAY_MONTH,
    _NUMBER,
) = (part.value for part in DatePart)  # fmt: skip
_NAMED = tuple(part.value for part in plain._NAMED)


@outer
def fill_line(
    counts, n_chars, indent, first, first_letter, last, second_last, n_words, longest, n_capitalised, n_shouted,
    n_sentences, dates, length, strength, out,
):  # fmt: skip
    """Write all columns of `LINE`, from counts of shape (N_CLASSES, n_lines) and other fields of a `Batch`."""
    for line in range(len(length)):
        out[LENGTH, line], out[N_CHARS, line] = length[line], n_chars[line]
        letters = 0
        for kind in _N_LETTERS:
            letters += counts[kind, line]
        out[WORD_SIZE, line] = _share(letters, n_words[line])
        out[LONGEST_WORD, line], out[SENTENCES, line] = longest[line], n_sentences[line]
        out[SENTENCE_LENGTH, line] = _share(length[line], n_sentences[line])
        is_closed = last[line] == QUOTE or last[line] == CLOSE
        out[ENDS_SENTENCE, line] = _END_OF[second_last[line] if is_closed else last[line]]
        out[FIRST_CLASS, line], out[FIRST_LETTER, line] = first[line], first_letter[line]
        out[LAST_CLASS, line], out[INDENT, line] = last[line], indent[line]
        out[COMMAS, line] = _share(counts[_COMMA, line], length[line])
        for mark in range(len(_MARKS)):
            out[MARKS + mark, line] = counts[_MARKS[mark], line]
        out[DIGIT_SHARE, line] = _share(counts[_DIGIT, line], n_chars[line])
        n_cased = counts[UPPER, line] + counts[_LOWER, line]
        out[UPPER_SHARE, line] = _share(counts[UPPER, line], n_cased)
        out[CAPITALISED_SHARE, line] = _share(n_capitalised[line], n_words[line] if n_cased else 0)
        out[SHOUTED, line] = n_shouted[line]
        n_marks = 0
        for kind in range(STOP, N_CLASSES):
            n_marks += counts[kind, line]
        out[MARK_SHARE, line] = _share(n_marks, n_chars[line])
        _fill_dates(dates[line], length[line], strength[line], out, line)


@leaf
def _share(part, whole):
    return _MISSING if whole == 0 else np.float32(part) / np.float32(whole)


@leaf
def _fill_dates(dates, length, strength, out, line):
    out[CLOCK, line], out[DOTTED, line], out[YEAR, line] = dates[_CLOCK], dates[_DOTTED], dates[_YEAR]
    n_forms = (dates[_NUMERIC] > 0) + (dates[_DAY_MONTH] > 0) + (dates[_EAST_ASIAN] >= 2)
    out[CALENDAR_DATE, line] = n_forms * (1 + (dates[_YEAR] > 0))
    out[PART_DATE, line] = (
        (dates[_MONTH] > 0) + 2 * (dates[_WEEKDAY] > 0) + 4 * (dates[_SLASHED] > 0) + 8 * (dates[_EAST_ASIAN] > 0)
    )
    out[CLOCK_WORD, line] = (dates[_PERIOD] > 0) + 2 * (dates[_ZONE] > 0)
    out[RELATIVE, line], out[NUMBERS, line], out[DATE, line] = dates[_RELATIVE], dates[_NUMBER], strength
    n_named = 0
    for part in _NAMED:
        n_named += dates[part]
    out[WORDS_BESIDE_DATE, line] = max(length - np.float32(n_named), _ZERO) if strength else _MISSING
