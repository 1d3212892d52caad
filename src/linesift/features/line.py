"""Columns of the line alone: its length, its marks, its dates."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.chars import CLOSE, N_CLASSES, QUOTE, CharClass, nonzero_indices
from linesift.features.columns import Columns, Values
from linesift.features.dates import DatePart

LINE = Columns("line")


def _count(batch: Batch, *kinds: CharClass) -> NDArray[np.int32]:
    counts = batch.scan.counts[:, kinds[0]].copy()
    for kind in kinds[1:]:
        counts += batch.scan.counts[:, kind]
    total: NDArray[np.int32] = counts
    return total


def _share(part: Values, whole: Values) -> NDArray[np.float32]:
    """`part / whole`, missing where `whole` is 0."""
    shares: NDArray[np.float32] = np.divide(part, whole, dtype=np.float32, casting="unsafe")
    shares[whole == 0] = np.nan
    return shares


@LINE.column
def length(batch: Batch) -> Values:
    """Words; letters of scripts without spaces count as fractions of one."""
    return batch.length


@LINE.column
def n_chars(batch: Batch) -> Values:
    """Characters without surrounding white space."""
    return batch.scan.n_chars


@LINE.column
def word_size(batch: Batch) -> Values:
    """Mean letters of a word, in scripts that set spaces."""
    letters = _count(batch, CharClass.LOWER, CharClass.UPPER, CharClass.CASELESS, CharClass.HANGUL, CharClass.MARK)
    return _share(letters, batch.scan.n_words)


@LINE.column
def longest_word(batch: Batch) -> Values:
    """Characters of the longest word, in scripts that set spaces."""
    return batch.scan.longest


@LINE.column
def sentences(batch: Batch) -> Values:
    """Ends of sentences."""
    return batch.scan.n_sentences


@LINE.column
def sentence_length(batch: Batch) -> Values:
    """Words for each end of a sentence, missing where there is none."""
    return _share(batch.length, batch.scan.n_sentences)


_ENDS = np.zeros(N_CLASSES, np.uint8)
_ENDS[[CharClass.STOP, CharClass.QUESTION, CharClass.COLON, CharClass.COMMA]] = 1, 2, 3, 4


@LINE.column
def ends_sentence(batch: Batch) -> Values:
    """1 where the last mark, one closing bracket or quote aside, is a stop; 2 question mark, 3 colon, 4 comma."""
    scan = batch.scan
    closed = (scan.last == QUOTE) | (scan.last == CLOSE)
    return _ENDS[np.where(closed, scan.second_last, scan.last)]


@LINE.column
def first_class(batch: Batch) -> Values:
    """Class of the first character."""
    return batch.scan.first


@LINE.column
def first_letter(batch: Batch) -> Values:
    """Class of the first letter or digit."""
    return batch.scan.first_letter


@LINE.column
def last_class(batch: Batch) -> Values:
    """Class of the last character."""
    return batch.scan.last


@LINE.column
def indent(batch: Batch) -> Values:
    """White space before the first character."""
    return batch.scan.indent


@LINE.column
def commas(batch: Batch) -> Values:
    """Commas and semicolons per word."""
    return _share(_count(batch, CharClass.COMMA), batch.length)


_MARKS = (
    CharClass.COMMA, CharClass.STOP, CharClass.QUESTION, CharClass.COLON, CharClass.QUOTE, CharClass.OPEN,
    CharClass.DASH, CharClass.BAR, CharClass.MARKER, CharClass.SYMBOL,
)  # fmt: skip


@LINE.columns(
    n_commas="Commas and semicolons.",
    stops="Stops of any use.",
    questions="Question marks.",
    colons="Colons.",
    quotes="Quotation marks and apostrophes.",
    brackets="Opening brackets.",
    dashes="Dashes and hyphens.",
    bars="Bars, slashes, bullets and arrows.",
    markers="Signs of handles, tags, prices, rights and addresses.",
    symbols="Emoji and other symbols.",
)
def marks(batch: Batch) -> Sequence[Values]:
    """Marks of each class."""
    return [batch.scan.counts[:, kind] for kind in _MARKS]


@LINE.column
def digit_share(batch: Batch) -> Values:
    """Digits in the line's characters."""
    return _share(_count(batch, CharClass.DIGIT), batch.scan.n_chars)


@LINE.column
def upper_share(batch: Batch) -> Values:
    """Capitals in the line's cased letters."""
    upper = _count(batch, CharClass.UPPER)
    return _share(upper, upper + batch.scan.counts[:, CharClass.LOWER])


@LINE.column
def capitalised_share(batch: Batch) -> Values:
    """Words that begin with a capital, missing where the script has no case."""
    scan = batch.scan
    cased = scan.counts[:, CharClass.UPPER] + scan.counts[:, CharClass.LOWER] > 0
    return _share(scan.n_capitalised, np.where(cased, scan.n_words, 0))


@LINE.column
def shouted(batch: Batch) -> Values:
    """Words that begin with two capitals."""
    return batch.scan.n_shouted


@LINE.column
def mark_share(batch: Batch) -> Values:
    """Characters that are neither letters, digits nor white space."""
    marks = batch.scan.counts[:, CharClass.STOP :].sum(axis=1, dtype=np.int32)
    return _share(marks, batch.scan.n_chars)


@LINE.column
def clock(batch: Batch) -> Values:
    """Clock times."""
    return batch.scan.dates[:, DatePart.CLOCK]


@LINE.column
def dotted(batch: Batch) -> Values:
    """Pairs of numbers with a dot between them that may be a clock time or a day."""
    return batch.scan.dates[:, DatePart.DOTTED]


@LINE.column
def year(batch: Batch) -> Values:
    """Years of the last decades."""
    return batch.scan.dates[:, DatePart.YEAR]


@LINE.column
def calendar_date(batch: Batch) -> Values:
    """How many of three forms of a date the line has: numbers, East Asian, a month's name; doubled beside a year."""
    dates = batch.scan.dates
    forms = (dates[:, [DatePart.NUMERIC, DatePart.DAY_MONTH]] > 0).sum(axis=1) + (dates[:, DatePart.EAST_ASIAN] >= 2)
    doubled: Values = forms * (1 + (dates[:, DatePart.YEAR] > 0))
    return doubled


@LINE.column
def part_date(batch: Batch) -> Values:
    """Names of months and weekdays, short dates, East Asian units: bits of a date."""
    dates = batch.scan.dates
    parts = (DatePart.MONTH, DatePart.WEEKDAY, DatePart.SLASHED, DatePart.EAST_ASIAN)
    return np.packbits(dates[:, parts] > 0, axis=1, bitorder="little")[:, 0]


@LINE.column
def clock_word(batch: Batch) -> Values:
    """Words of clock times (1), names of zones (2), both (3)."""
    dates = batch.scan.dates
    return (dates[:, DatePart.PERIOD] > 0) + 2 * (dates[:, DatePart.ZONE] > 0)


@LINE.column
def relative(batch: Batch) -> Values:
    """Words of ages such as "ago" beside a number."""
    return batch.scan.dates[:, DatePart.RELATIVE]


@LINE.column
def numbers(batch: Batch) -> Values:
    """Runs of digits."""
    return batch.scan.dates[:, DatePart.NUMBER]


@LINE.column
def date(batch: Batch) -> Values:
    """How much of a date the line shows, 0 to 5."""
    return batch.strength


_NAMED = [DatePart.NUMBER, DatePart.MONTH, DatePart.WEEKDAY, DatePart.PERIOD, DatePart.RELATIVE, DatePart.ZONE]
"""Parts of a date that are words."""


@LINE.column
def words_beside_date(batch: Batch) -> Values:
    """Words that are no part of a date, on lines that show one."""
    dates = batch.scan.dates
    dated = nonzero_indices(batch.strength)
    out = np.full(len(dates), np.nan, np.float32)
    out[dated] = np.maximum(batch.length[dated] - dates[dated][:, _NAMED].sum(axis=1, dtype=np.float32), 0)
    return out
