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


@LINE.column("Words; letters of scripts without spaces count as fractions of one.")
def length(batch: Batch) -> Values:
    return batch.length


@LINE.column("Characters without surrounding white space.")
def n_chars(batch: Batch) -> Values:
    return batch.scan.n_chars


@LINE.column("Mean letters of a word, in scripts that set spaces.")
def word_size(batch: Batch) -> Values:
    letters = _count(batch, CharClass.LOWER, CharClass.UPPER, CharClass.CASELESS, CharClass.HANGUL, CharClass.MARK)
    return _share(letters, batch.scan.n_words)


@LINE.column("Characters of the longest word, in scripts that set spaces.")
def longest_word(batch: Batch) -> Values:
    return batch.scan.longest


@LINE.column("Ends of sentences.")
def sentences(batch: Batch) -> Values:
    return batch.scan.n_sentences


@LINE.column("Words for each end of a sentence, missing where there is none.")
def sentence_length(batch: Batch) -> Values:
    return _share(batch.length, batch.scan.n_sentences)


_ENDS = np.zeros(N_CLASSES, np.uint8)
_ENDS[[CharClass.STOP, CharClass.QUESTION, CharClass.COLON, CharClass.COMMA]] = 1, 2, 3, 4


@LINE.column("1 where the last mark, one closing bracket or quote aside, is a stop; 2 question mark, 3 colon, 4 comma.")
def ends_sentence(batch: Batch) -> Values:
    scan = batch.scan
    closed = (scan.last == QUOTE) | (scan.last == CLOSE)
    return _ENDS[np.where(closed, scan.second_last, scan.last)]


@LINE.column("Class of the first character.")
def first_class(batch: Batch) -> Values:
    return batch.scan.first


@LINE.column("Class of the first letter or digit.")
def first_letter(batch: Batch) -> Values:
    return batch.scan.first_letter


@LINE.column("Class of the last character.")
def last_class(batch: Batch) -> Values:
    return batch.scan.last


@LINE.column("White space before the first character.")
def indent(batch: Batch) -> Values:
    return batch.scan.indent


@LINE.column("Commas and semicolons per word.")
def commas(batch: Batch) -> Values:
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


@LINE.column("Digits in the line's characters.")
def digit_share(batch: Batch) -> Values:
    return _share(_count(batch, CharClass.DIGIT), batch.scan.n_chars)


@LINE.column("Capitals in the line's cased letters.")
def upper_share(batch: Batch) -> Values:
    upper = _count(batch, CharClass.UPPER)
    return _share(upper, upper + batch.scan.counts[:, CharClass.LOWER])


@LINE.column("Words that begin with a capital, missing where the script has no case.")
def capitalised_share(batch: Batch) -> Values:
    scan = batch.scan
    cased = scan.counts[:, CharClass.UPPER] + scan.counts[:, CharClass.LOWER] > 0
    return _share(scan.n_capitalised, np.where(cased, scan.n_words, 0))


@LINE.column("Words that begin with two capitals.")
def shouted(batch: Batch) -> Values:
    return batch.scan.n_shouted


@LINE.column("Characters that are neither letters, digits nor white space.")
def mark_share(batch: Batch) -> Values:
    marks = batch.scan.counts[:, CharClass.STOP :].sum(axis=1, dtype=np.int32)
    return _share(marks, batch.scan.n_chars)


@LINE.column("Clock times.")
def clock(batch: Batch) -> Values:
    return batch.scan.dates[:, DatePart.CLOCK]


@LINE.column("Pairs of numbers with a dot between them that may be a clock time or a day.")
def dotted(batch: Batch) -> Values:
    return batch.scan.dates[:, DatePart.DOTTED]


@LINE.column("Years of the last decades.")
def year(batch: Batch) -> Values:
    return batch.scan.dates[:, DatePart.YEAR]


@LINE.column(
    "How many of three forms of a date the line has: numbers, East Asian, a month's name; doubled beside a year."
)
def calendar_date(batch: Batch) -> Values:
    dates = batch.scan.dates
    forms = (dates[:, [DatePart.NUMERIC, DatePart.DAY_MONTH]] > 0).sum(axis=1) + (dates[:, DatePart.EAST_ASIAN] >= 2)
    doubled: Values = forms * (1 + (dates[:, DatePart.YEAR] > 0))
    return doubled


@LINE.column("Names of months and weekdays, short dates, East Asian units: bits of a date.")
def part_date(batch: Batch) -> Values:
    dates = batch.scan.dates
    parts = (DatePart.MONTH, DatePart.WEEKDAY, DatePart.SLASHED, DatePart.EAST_ASIAN)
    return np.packbits(dates[:, parts] > 0, axis=1, bitorder="little")[:, 0]


@LINE.column("Words of clock times (1), names of zones (2), both (3).")
def clock_word(batch: Batch) -> Values:
    dates = batch.scan.dates
    return (dates[:, DatePart.PERIOD] > 0) + 2 * (dates[:, DatePart.ZONE] > 0)


@LINE.column('Words of ages such as "ago" beside a number.')
def relative(batch: Batch) -> Values:
    return batch.scan.dates[:, DatePart.RELATIVE]


@LINE.column("Runs of digits.")
def numbers(batch: Batch) -> Values:
    return batch.scan.dates[:, DatePart.NUMBER]


@LINE.column("How much of a date the line shows, 0 to 5.")
def date(batch: Batch) -> Values:
    return batch.strength


_NAMED = [DatePart.NUMBER, DatePart.MONTH, DatePart.WEEKDAY, DatePart.PERIOD, DatePart.RELATIVE, DatePart.ZONE]
"""Parts of a date that are words."""


@LINE.column("Words that are no part of a date, on lines that show one.")
def words_beside_date(batch: Batch) -> Values:
    dates = batch.scan.dates
    dated = nonzero_indices(batch.strength)
    out = np.full(len(dates), np.nan, np.float32)
    out[dated] = np.maximum(batch.length[dated] - dates[dated][:, _NAMED].sum(axis=1, dtype=np.float32), 0)
    return out
