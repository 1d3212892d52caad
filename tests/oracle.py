"""The table of features as plain loops over pages, lines and characters, written from the columns' descriptions.

Nothing here is fast or clever; where it and the package disagree, one of the two is wrong. It takes from the package
the class of a character (`features.chars`), the list of date names, the table of set phrases and which column has which
of their meanings, and computes everything else by itself.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise, zip_longest

import numpy as np

from linesift.features.chars import CharClass, read_chars
from linesift.features.cues import FAMILIES
from linesift.features.dates import DatePart
from linesift.hints import ANCESTORS, Hints

NAN = math.nan
SPACED = {CharClass.LOWER, CharClass.UPPER, CharClass.CASELESS, CharClass.HANGUL, CharClass.MARK, CharClass.DIGIT}
UNSPACED = {CharClass.HAN, CharClass.KANA, CharClass.UNSPACED}
LETTERS_PER_WORD = {CharClass.HAN: 1.6, CharClass.KANA: 2.4, CharClass.UNSPACED: 4.5}
YEARS = ((1980, 2040), (2523, 2583), (1370, 1419), (1420, 1462))
NAME_PARTS = {
    "month": DatePart.MONTH,
    "weekday": DatePart.WEEKDAY,
    "period": DatePart.PERIOD,
    "relative": DatePart.RELATIVE,
    "zone": DatePart.ZONE,
}


@dataclass(frozen=True, slots=True)
class Char:
    """One character of a line."""

    kind: CharClass
    folded: str
    """In lower case, digits as ASCII digits."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters, marks and digits, or two neighbouring letters of a script without spaces."""

    start: int
    text: str
    """Folded, every digit as `0`."""
    is_spaced: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def counts_for_topic(self) -> bool:
        return len(self.text) >= 4 if self.is_spaced else True


@dataclass(frozen=True, slots=True)
class Number:
    """A run of digits."""

    start: int
    digits: str

    @property
    def end(self) -> int:
        return self.start + len(self.digits)

    @property
    def value(self) -> int:
        return int(self.digits) if len(self.digits) <= 4 else -1

    @property
    def is_short(self) -> bool:
        return len(self.digits) <= 2

    @property
    def is_year(self) -> bool:
        return len(self.digits) == 4 and any(first <= self.value <= last for first, last in YEARS)


@dataclass(frozen=True)
class Line:
    """One non-blank line of a page and all that stands on it."""

    number: int
    """Place on the page, blank lines counted."""
    indent: int
    chars: list[Char]
    """Without surrounding white space."""
    words: list[Word]
    dates: dict[DatePart, int]

    def n(self, *kinds: CharClass) -> int:
        return sum(char.kind in kinds for char in self.chars)

    @cached_property
    def text(self) -> str:
        return "".join("0" if char.kind is CharClass.DIGIT else char.folded for char in self.chars)

    @cached_property
    def spaced(self) -> list[Word]:
        return [word for word in self.words if word.is_spaced]

    @cached_property
    def topic_words(self) -> Counter[str]:
        return Counter(word.text for word in self.words if word.counts_for_topic)

    @cached_property
    def length(self) -> float:
        # In single precision, as the column is: thresholds are compared with it.
        total = np.float32(len(self.spaced))
        for kind, letters in LETTERS_PER_WORD.items():
            total += np.float32(self.n(kind)) / np.float32(letters)
        return float(total)

    @cached_property
    def n_sentences(self) -> int:
        """Stops and question marks before white space, a quote, a bracket or the end; full-width ones, once a run."""
        found = 0
        for char, following in zip(self.chars, [*self.chars[1:], Char(CharClass.SPACE, " ")], strict=True):
            if char.kind in (CharClass.STOP, CharClass.QUESTION):
                ends = following.kind in (CharClass.SPACE, CharClass.QUOTE, CharClass.CLOSE)
                found += ends or (char.folded > "\u2fff" and following.kind is not char.kind)
        return found

    @cached_property
    def is_long(self) -> bool:
        return self.length >= 12 and self.n_sentences > 0

    @cached_property
    def shape(self) -> tuple[CharClass, ...]:
        kinds = [char.kind for char in self.chars]
        return tuple(kind for place, kind in enumerate(kinds) if not place or kinds[place - 1] is not kind)

    def shows(self, *parts: DatePart) -> bool:
        return any(self.dates[part] for part in parts)

    @cached_property
    def strength(self) -> int:
        day = self.shows(DatePart.NUMERIC, DatePart.DAY_MONTH) or self.dates[DatePart.EAST_ASIAN] >= 2
        if day and self.shows(DatePart.YEAR, DatePart.NUMERIC):
            return 5 if self.shows(DatePart.CLOCK, DatePart.DOTTED, DatePart.PERIOD) else 4
        if day:
            return 3
        if self.shows(DatePart.CLOCK) or (self.shows(DatePart.RELATIVE) and self.shows(DatePart.NUMBER)):
            return 2
        return int(self.shows(DatePart.MONTH, DatePart.WEEKDAY, DatePart.YEAR))


@dataclass(frozen=True)
class Sheet:
    """One page: its non-blank lines and what must be known of all of them at once."""

    lines: list[Line]
    n_all: int
    hints: Hints | None = None

    @cached_property
    def total(self) -> float:
        return sum(line.length for line in self.lines)

    @cached_property
    def long_lines(self) -> list[Line]:
        return [line for line in self.lines if line.is_long]


def read_sheet(text: str, hints: Hints | None = None) -> Sheet:
    """Read a page line by line."""
    every = text.split("\n")
    lines = [read_line(number, line) for number, line in enumerate(every) if line.strip()]
    return Sheet(lines, len(every), hints)


def read_chars_of(text: str) -> list[Char]:
    """Look up the characters of a line."""
    found = read_chars(text)
    pairs = zip(found.classes.tolist(), found.folded.tolist(), strict=True)
    return [Char(CharClass(kind), chr(code)) for kind, code in pairs]


def read_line(number: int, text: str) -> Line:
    """Read one line."""
    chars = read_chars_of(text)
    inked = [place for place, char in enumerate(chars) if char.kind is not CharClass.SPACE]
    chars = chars[inked[0] : inked[-1] + 1]
    words = list(read_words(chars))
    return Line(number, inked[0], chars, words, read_dates(chars, words))


def _plain(chars: Sequence[Char]) -> str:
    return "".join("0" if char.kind is CharClass.DIGIT else char.folded for char in chars)


def _runs(chars: Sequence[Char], kinds: set[CharClass]) -> Iterator[tuple[int, int]]:
    start = None
    for place, char in enumerate([*chars, Char(CharClass.SPACE, " ")]):
        if char.kind in kinds and start is None:
            start = place
        elif char.kind not in kinds and start is not None:
            yield start, place
            start = None


def read_words(chars: Sequence[Char]) -> Iterator[Word]:
    """Words in the order of their first characters."""
    found = [Word(start, _plain(chars[start:end]), True) for start, end in _runs(chars, SPACED)]
    for start, end in _runs(chars, UNSPACED):
        found += [Word(place, _plain(chars[place : place + 2]), False) for place in range(start, end - 1)]
    yield from sorted(found, key=lambda word: word.start)


@cache
def date_names() -> dict[str, set[DatePart]]:
    """Names of one word, folded, and what each can be."""
    names: dict[str, set[DatePart]] = {}
    table = (files("linesift.features") / "date_names.tsv").read_text("utf-8").splitlines()
    for row in [row for row in table if not row.startswith("#")][1:]:
        name, kind = row.split("\t")[:2]
        if " " not in name and len(name) > 1:
            names.setdefault(_plain(read_chars_of(name)), set()).add(NAME_PARTS[kind])
    return names


def read_dates(chars: Sequence[Char], words: Sequence[Word]) -> dict[DatePart, int]:
    """Count the parts of dates on one line."""
    parts = [*_number_parts(chars), *_name_parts(chars, words)]
    counts = Counter(parts)
    return {part: min(counts[part], 255) for part in DatePart}


def _numbers(chars: Sequence[Char]) -> list[Number]:
    spans = _runs(chars, {CharClass.DIGIT})
    return [Number(start, "".join(char.folded for char in chars[start:end])) for start, end in spans]


def _mark(chars: Sequence[Char], number: Number, following: Number | None) -> tuple[str, str]:
    """The character behind a number; and again if it joins it to the next one, with one more behind it at most."""
    between = chars[number.end : following.start if following else None]
    mark = between[0].folded if between else ""
    is_joined = following is not None and 1 <= len(between) <= 2
    return mark, mark if is_joined else ""


def _number_parts(chars: Sequence[Char]) -> Iterator[DatePart]:
    numbers = _numbers(chars)
    in_date: set[int] = set()
    marks = [_mark(chars, number, following) for number, following in zip_longest(numbers, numbers[1:])]
    for place, number in enumerate(numbers):
        yield DatePart.NUMBER
        if number.is_year:
            yield DatePart.YEAR
        if marks[place][0] and marks[place][0] in "年月日년월일" and len(number.digits) <= 4:
            yield DatePart.EAST_ASIAN
        if place + 1 == len(numbers):
            continue
        joint, following = marks[place][1], numbers[place + 1]
        if _is_clock(joint, number, following):
            yield DatePart.CLOCK
        is_chain = place + 2 < len(numbers) and joint in tuple("./-") and marks[place + 1][1] == joint
        if is_chain and _is_numeric(number, following, numbers[place + 2]):
            in_date.update((place, place + 1))
            yield DatePart.NUMERIC
        if place in in_date or number.end + 1 != following.start or not number.is_short or len(following.digits) != 2:
            continue
        if joint == "." and number.value <= 31 and following.value < 60:
            yield DatePart.DOTTED
        if joint == "/" and number.value <= 31 and following.value <= 31:
            yield DatePart.SLASHED


def _is_clock(joint: str, hour: Number, minute: Number) -> bool:
    if not joint or joint not in ":：h時时點点시" or not (hour.is_short and minute.is_short):
        return False
    if hour.value == minute.value == 0:
        return False
    return hour.value <= 24 and minute.value < 60 and (len(minute.digits) == 2 or joint > "\u2fff")


def _is_numeric(first: Number, second: Number, third: Number) -> bool:
    if not (second.is_short and second.value <= 31):
        return False
    ends_in_year = first.is_short and first.value <= 31 and (third.is_year or len(third.digits) == 2)
    return ends_in_year or (first.is_year and third.is_short and third.value <= 31)


def _named_spans(chars: Sequence[Char], words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Spaced words, runs of letters without spaces, and two of either around a dot, of nine characters at most."""
    for spans in ([(word.start, word.end) for word in words if word.is_spaced], list(_runs(chars, UNSPACED))):
        yield from spans
        for (start, dot), (after, end) in pairwise(spans):
            if after == dot + 1 and chars[dot].folded == "." and end - start <= 9:
                yield start, end


def _name_parts(chars: Sequence[Char], words: Sequence[Word]) -> Iterator[DatePart]:
    numbers = _numbers(chars)
    for start, end in _named_spans(chars, words):
        kinds = date_names().get(_plain(chars[start:end]), set())
        before = [number for number in numbers if number.end <= start][-1:]
        after = [number for number in numbers if number.start >= end][:1]
        gap_before = start - before[0].end if before else 99
        gap_after = after[0].start - end if after else 99
        is_beside = gap_before <= 3 or gap_after <= 1
        yield from (kind for kind in kinds if kind in (DatePart.MONTH, DatePart.WEEKDAY) or is_beside)
        day_before = gap_before <= 6 and 1 <= before[0].value <= 31
        day_after = gap_after <= 3 and 1 <= after[0].value <= 31
        if DatePart.MONTH in kinds and (day_before or day_after):
            yield DatePart.DAY_MONTH


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else NAN


# --- the line alone ---------------------------------------------------------------------------------------------------


def _ends_sentence(line: Line) -> float:
    kinds = [char.kind for char in reversed(line.chars)]
    if kinds[0] in (CharClass.QUOTE, CharClass.CLOSE):
        # One closing mark, and one space before it.
        kinds = kinds[2:] if kinds[1:2] == [CharClass.SPACE] else kinds[1:]
    ends = {CharClass.STOP: 1, CharClass.QUESTION: 2, CharClass.COLON: 3, CharClass.COMMA: 4}
    return ends.get(kinds[0], 0) if kinds else 0


def _first_letter(line: Line) -> float:
    letters = (SPACED | UNSPACED) - {CharClass.MARK}
    return next((char.kind for char in line.chars if char.kind in letters), 0)


def _capitals(line: Line, n_first: int) -> int:
    """Words that begin with `n_first` capitals."""
    opened = [line.chars[word.start : word.end][:n_first] for word in line.spaced]
    return sum(len(chars) == n_first and all(char.kind is CharClass.UPPER for char in chars) for chars in opened)


def _calendar_date(line: Line) -> float:
    forms = (line.shows(DatePart.NUMERIC), line.dates[DatePart.EAST_ASIAN] >= 2, line.shows(DatePart.DAY_MONTH))
    return sum(forms) * (2 if line.shows(DatePart.YEAR) else 1)


def _part_date(line: Line) -> float:
    parts = (DatePart.MONTH, DatePart.WEEKDAY, DatePart.SLASHED, DatePart.EAST_ASIAN)
    return sum(1 << place for place, part in enumerate(parts) if line.shows(part))


def _words_beside_date(line: Line) -> float:
    parts = (DatePart.NUMBER, DatePart.MONTH, DatePart.WEEKDAY, DatePart.PERIOD, DatePart.RELATIVE, DatePart.ZONE)
    return max(line.length - sum(line.dates[part] for part in parts), 0) if line.strength else NAN


def _letters(line: Line) -> int:
    return line.n(CharClass.LOWER, CharClass.UPPER, CharClass.CASELESS, CharClass.HANGUL, CharClass.MARK)


def _cased(line: Line) -> int:
    return line.n(CharClass.UPPER, CharClass.LOWER)


LINE: dict[str, Callable[[Line], float]] = {
    "length": lambda line: line.length,
    "n_chars": lambda line: len(line.chars),
    "word_size": lambda line: _ratio(_letters(line), len(line.spaced)),
    "longest_word": lambda line: max((len(word.text) for word in line.spaced), default=0),
    "sentences": lambda line: line.n_sentences,
    "sentence_length": lambda line: _ratio(line.length, line.n_sentences),
    "ends_sentence": _ends_sentence,
    "first_class": lambda line: line.chars[0].kind,
    "first_letter": _first_letter,
    "last_class": lambda line: line.chars[-1].kind,
    "indent": lambda line: line.indent,
    "commas": lambda line: _ratio(line.n(CharClass.COMMA), line.length),
    "n_commas": lambda line: line.n(CharClass.COMMA),
    "stops": lambda line: line.n(CharClass.STOP),
    "questions": lambda line: line.n(CharClass.QUESTION),
    "colons": lambda line: line.n(CharClass.COLON),
    "quotes": lambda line: line.n(CharClass.QUOTE),
    "brackets": lambda line: line.n(CharClass.OPEN),
    "dashes": lambda line: line.n(CharClass.DASH),
    "bars": lambda line: line.n(CharClass.BAR),
    "markers": lambda line: line.n(CharClass.MARKER),
    "symbols": lambda line: line.n(CharClass.SYMBOL),
    "digit_share": lambda line: _ratio(line.n(CharClass.DIGIT), len(line.chars)),
    "upper_share": lambda line: _ratio(line.n(CharClass.UPPER), _cased(line)),
    "capitalised_share": lambda line: _capitals(line, 1) / len(line.spaced) if _cased(line) else NAN,
    "shouted": lambda line: _capitals(line, 2),
    "mark_share": lambda line: _ratio(line.n(*(kind for kind in CharClass if kind >= CharClass.STOP)), len(line.chars)),
    "clock": lambda line: line.dates[DatePart.CLOCK],
    "dotted": lambda line: line.dates[DatePart.DOTTED],
    "year": lambda line: line.dates[DatePart.YEAR],
    "calendar_date": _calendar_date,
    "part_date": _part_date,
    "clock_word": lambda line: line.shows(DatePart.PERIOD) + 2 * line.shows(DatePart.ZONE),
    "relative": lambda line: line.dates[DatePart.RELATIVE],
    "numbers": lambda line: line.dates[DatePart.NUMBER],
    "date": lambda line: line.strength,
    "words_beside_date": _words_beside_date,
}


# --- set phrases on the line ------------------------------------------------------------------------------------------


@dataclass
class Cue:
    """What is known of a phrase, or of several that are spelt alike."""

    families: set[str]
    near: float
    """Words of the longest line at whose beginning it counts without a colon; infinite for a long phrase."""


def _in_capitals(phrase: str, language: str) -> str:
    if language in ("tr", "az"):
        return "".join({"i": "İ", "ı": "I"}.get(char, char.upper()) for char in phrase)
    if language == "el":
        return "".join(char for char in unicodedata.normalize("NFD", phrase) if char != "\u0301").upper()
    return phrase.upper()


def _spellings(phrase: str, language: str) -> Iterator[str]:
    if language == "ro":
        yield from (phrase.replace("ş", "ș").replace("ţ", "ț"), phrase.replace("ș", "ş").replace("ț", "ţ"))
    if language == "fa":
        yield phrase.replace("ی", "ي").replace("ک", "ك")
    if language in ("tr", "az"):
        yield " ".join(_in_capitals(word[0], language) + word[1:] for word in phrase.split(" "))
    yield from (phrase, _in_capitals(phrase, language))


@cache
def cues() -> dict[tuple[str, ...], Cue]:
    """Every phrase of the table, by its words."""
    found: dict[tuple[str, ...], Cue] = {}
    family_of = {meaning: family for family, meanings in FAMILIES.items() for meaning in meanings}
    table = (files("linesift.features") / "cues.tsv").read_text("utf-8").splitlines()
    for meaning, language, phrase in [row.split("\t") for row in table if not row.startswith("#")][1:]:
        for spelling in _spellings(phrase, language):
            line = read_line(0, spelling)
            is_long = line.length >= (3 if language == "vi" else 2)
            cue = found.setdefault(tuple(word.text for word in line.words), Cue(set(), 0))
            cue.families.add(family_of[meaning])
            cue.near = max(cue.near, math.inf if is_long else 6 if meaning == "by" else 20)
    return found


def _cue(family: str) -> Callable[[Line], float]:
    def compute(line: Line) -> float:
        words, values = tuple(word.text for word in line.words), [0]
        for number in range(1, len(words) + 1):
            first, last = cues().get(words[:number]), cues().get(words[-number:])
            if first and family in first.families:
                values.append(_of_beginning(line, first))
            if last and family in last.families and last.near == math.inf:
                values.append(1)
        whole = cues().get(words)
        return 4 if whole and family in whole.families else max(values)

    return compute


def _of_beginning(line: Line, cue: Cue) -> int:
    if cue.near == math.inf or (line.n(CharClass.COLON) and line.length <= 20):
        return 3
    return 2 if line.length <= cue.near else 0


CUES: dict[str, Callable[[Line], float]] = {family: _cue(family) for family in FAMILIES}


# --- the line on its page ---------------------------------------------------------------------------------------------


def _blanks_before(sheet: Sheet, row: int) -> int:
    return sheet.lines[row].number - (sheet.lines[row - 1].number if row else -1) - 1


def _blanks_after(sheet: Sheet, row: int) -> int:
    is_last = row + 1 == len(sheet.lines)
    return (sheet.n_all if is_last else sheet.lines[row + 1].number) - sheet.lines[row].number - 1


def _relative_length(sheet: Sheet, row: int) -> float:
    long_lines = sheet.long_lines
    mean = sum(line.length for line in long_lines) / len(long_lines) if long_lines else NAN
    return sheet.lines[row].length / mean


def _long_above(sheet: Sheet, row: int) -> float:
    above = sum(line.length for line in sheet.lines[:row] if line.is_long)
    return _ratio(above, sum(line.length for line in sheet.long_lines))


def _twin(sheet: Sheet, row: int) -> float:
    texts = [None, *(line.text for line in sheet.lines), None]
    return (texts[row] == texts[row + 1]) + 2 * (texts[row + 2] == texts[row + 1])


def _same_start(sheet: Sheet, row: int) -> float:
    starts = [line.words[0].text if line.words else None for line in sheet.lines]
    return starts.count(starts[row]) if starts[row] is not None else NAN


def _repeated_shape(sheet: Sheet, row: int) -> float:
    shapes = [line.shape for line in sheet.lines]
    found = 0
    for step in (1, 2, 3, 4):
        near = [shapes[other] for other in (row - step, row + step) if 0 <= other < len(shapes)]
        found += 2 ** (step - 1) if shapes[row] in near else 0
    return found


def _to_next(sheet: Sheet, row: int, step: int, is_marked: Callable[[Line], bool]) -> float:
    other = row + step
    while 0 <= other < len(sheet.lines):
        if is_marked(sheet.lines[other]):
            return abs(other - row)
        other += step
    return NAN


def _run_of(states: Sequence[object], row: int) -> int:
    return len(_run_around(states, row))


def _short_run(sheet: Sheet, row: int) -> float:
    states = [line.length < 6 for line in sheet.lines]
    return _run_of(states, row) if states[row] else -_run_of(states, row)


def _blank_run(sheet: Sheet, row: int) -> float:
    top = end = row
    while top > 0 and not _blanks_before(sheet, top):
        top -= 1
    while end + 1 < len(sheet.lines) and not _blanks_after(sheet, end):
        end += 1
    return end - top + 1


def _is_dated(line: Line) -> bool:
    return line.strength >= 3


def _is_long(line: Line) -> bool:
    return line.is_long


def _copy(sheet: Sheet, row: int, step: int) -> float:
    text = sheet.lines[row].text
    return _to_next(sheet, row, step, lambda line: line.text == text)


LAYOUT: dict[str, Callable[[Sheet, int], float]] = {
    "from_top": lambda _, row: row,
    "from_end": lambda sheet, row: len(sheet.lines) - row - 1,
    "position": lambda sheet, row: row / len(sheet.lines),
    "blanks_before": _blanks_before,
    "blanks_after": _blanks_after,
    "page_lines": lambda sheet, _: len(sheet.lines),
    "page_blanks": lambda sheet, _: sheet.n_all / len(sheet.lines),
    "page_length": lambda sheet, _: sheet.total / len(sheet.lines),
    "page_long": lambda sheet, _: len(sheet.long_lines),
    "page_long_share": lambda sheet, _: sum(line.length for line in sheet.long_lines) / max(sheet.total, 1),
    "relative_length": _relative_length,
    "words_above": lambda sheet, row: _ratio(sum(line.length for line in sheet.lines[:row]), sheet.total),
    "long_above": _long_above,
    "same_line": lambda sheet, row: [line.text for line in sheet.lines].count(sheet.lines[row].text),
    "twin": _twin,
    "copy_above": lambda sheet, row: _copy(sheet, row, -1),
    "copy_below": lambda sheet, row: _copy(sheet, row, 1),
    "same_shape": lambda sheet, row: [line.shape for line in sheet.lines].count(sheet.lines[row].shape),
    "same_start": _same_start,
    "repeated_shape": _repeated_shape,
    "long_before": lambda sheet, row: _to_next(sheet, row, -1, _is_long),
    "long_after": lambda sheet, row: _to_next(sheet, row, 1, _is_long),
    "date_before": lambda sheet, row: _to_next(sheet, row, -1, _is_dated),
    "date_after": lambda sheet, row: _to_next(sheet, row, 1, _is_dated),
    "page_dates": lambda sheet, _: sum(map(_is_dated, sheet.lines)),
    "dates_above": lambda sheet, row: sum(map(_is_dated, sheet.lines[:row])),
    "short_run": _short_run,
    "blank_run": _blank_run,
}


# --- the line's words on its page -------------------------------------------------------------------------------------


def shared(sheet: Sheet, row: int, weights: Sequence[float]) -> tuple[float, float]:
    """Share of the line's words in other lines of weight 0.5 in sum, and the mean of log(1 + that weight).

    Every occurrence but the one looked at has the weight of its line, so that a word that the line repeats counts too.
    """
    found, logs = 0, 0.0
    own = sheet.lines[row].topic_words
    for word, times in own.items():
        elsewhere = -weights[row]
        for other, line in enumerate(sheet.lines):
            elsewhere += weights[other] * line.topic_words[word]
        found += times * (elsewhere >= 0.5)
        logs += times * math.log1p(max(elsewhere, 0))
    return _ratio(found, own.total()), _ratio(logs, own.total())


def _shared_in_long(sheet: Sheet, row: int) -> tuple[float, float]:
    return shared(sheet, row, [float(line.is_long) for line in sheet.lines])


TOPIC: dict[str, Callable[[Sheet, int], float]] = {
    "shared_share": lambda sheet, row: _shared_in_long(sheet, row)[0],
    "shared_weight": lambda sheet, row: _shared_in_long(sheet, row)[1],
    "run_share": lambda sheet, row: _mean(_share_or_0(sheet, other) for other in _text_run(sheet, row)),
}


# --- the run that the line stands in ----------------------------------------------------------------------------------


def _mean(values: Iterable[float]) -> float:
    return float(np.mean([*values]))


def _share_or_0(sheet: Sheet, row: int) -> float:
    share = _shared_in_long(sheet, row)[0]
    return 0 if math.isnan(share) else share


def _run_around(states: Sequence[object], row: int) -> range:
    top = end = row
    while top > 0 and states[top - 1] == states[row]:
        top -= 1
    while end + 1 < len(states) and states[end + 1] == states[row]:
        end += 1
    return range(top, end + 1)


def _text_run(sheet: Sheet, row: int) -> range:
    return _run_around([line.is_long for line in sheet.lines], row)


def _of_run(value: Callable[[Line], float]) -> Callable[[Sheet, int], float]:
    """Mean over the run."""
    return lambda sheet, row: _mean(value(sheet.lines[other]) for other in _text_run(sheet, row))


def _beside_run(value: Callable[[Line], float], step: int) -> Callable[[Sheet, int], float]:
    """Value of the line right above or right below the run."""

    def compute(sheet: Sheet, row: int) -> float:
        run = _text_run(sheet, row)
        other = run[0] - 1 if step < 0 else run[-1] + 1
        return value(sheet.lines[other]) if 0 <= other < len(sheet.lines) else NAN

    return compute


def _shape_run(sheet: Sheet, row: int) -> range:
    return _run_around([line.chars[0].kind for line in sheet.lines], row)


RUN: dict[str, Callable[[Sheet, int], float]] = {
    "lines": lambda sheet, row: len(_text_run(sheet, row)) * (-1 if sheet.lines[row].is_long else 1),
    "place": lambda sheet, row: _text_run(sheet, row).index(row) / len(_text_run(sheet, row)),
    "words": _of_run(lambda line: line.length),
    "listed": _of_run(lambda line: line.chars[0].kind in (CharClass.BAR, CharClass.DASH, CharClass.DIGIT)),
    "stopped": _of_run(lambda line: line.n_sentences > 0),
    "colon": _beside_run(lambda line: line.chars[-1].kind is CharClass.COLON, -1),
    "words_above": _beside_run(lambda line: line.length, -1),
    "words_below": _beside_run(lambda line: line.length, 1),
    "shape_lines": lambda sheet, row: len(_shape_run(sheet, row)),
    "shape_words": lambda sheet, row: _mean(sheet.lines[other].length for other in _shape_run(sheet, row)),
}


# --- what the markup says of the line ---------------------------------------------------------------------------------


def _hints(sheet: Sheet) -> Hints:
    assert sheet.hints is not None
    return sheet.hints


def _hint(name: str) -> Callable[[Sheet, int], float]:
    """An array of the hints as it is."""
    return lambda sheet, row: float(getattr(_hints(sheet), name)[sheet.lines[row].number])


def _inside(sheet: Sheet, row: int, *names: str) -> bool:
    around = int(_hints(sheet).ancestors[sheet.lines[row].number])
    return any(name in names for bit, name in enumerate(ANCESTORS) if around >> bit & 1)


def _bits(*groups: tuple[str, ...]) -> Callable[[Sheet, int], float]:
    """One bit for each group of names of elements that one is around the line of."""
    return lambda sheet, row: sum(_inside(sheet, row, *names) << bit for bit, names in enumerate(groups))


def _heading(sheet: Sheet, row: int) -> float:
    return next((level for level in range(1, 7) if _inside(sheet, row, f"h{level}")), 0)


def _alike(sheet: Sheet, row: int, what: str) -> list[int]:
    """Rows with the same `path` or `parent`, the row itself included."""
    hashes = [int(getattr(_hints(sheet), what)[line.number]) for line in sheet.lines]
    return [other for other, found in enumerate(hashes) if found == hashes[row]]


def _links(sheet: Sheet, rows: Sequence[int]) -> list[float]:
    return [float(_hints(sheet).link_share[sheet.lines[row].number]) for row in rows]


def _text_outside_links(sheet: Sheet, rows: Sequence[int]) -> float:
    lines = [sheet.lines[row] for row in rows]
    return sum(line.length * (1 - link) for line, link in zip(lines, _links(sheet, rows), strict=True) if line.is_long)


def _words_alike(what: str) -> Callable[[Sheet, int], float]:
    def compute(sheet: Sheet, row: int) -> float:
        words = sum(sheet.lines[other].length for other in _alike(sheet, row, what))
        return words / sheet.total if sheet.total else 0

    return compute


def _links_alike(what: str) -> Callable[[Sheet, int], float]:
    return lambda sheet, row: float(np.mean(_links(sheet, _alike(sheet, row, what))))


def _path_length(sheet: Sheet, row: int) -> float:
    return float(np.mean([sheet.lines[other].length for other in _alike(sheet, row, "path")]))


def _parent_long(sheet: Sheet, row: int) -> float:
    whole = _text_outside_links(sheet, range(len(sheet.lines)))
    return _text_outside_links(sheet, _alike(sheet, row, "parent")) / whole if whole else 0


def _title_likeness(sheet: Sheet, row: int) -> float:
    hints = _hints(sheet)
    likeness = [float(hints.title_share[line.number] * hints.title_cover[line.number]) for line in sheet.lines]
    return likeness[row] / max(likeness) if max(likeness) else 0


def _n_media(sheet: Sheet, row: int) -> int:
    """Media right above a row; none beyond the page's ends."""
    return int(_hints(sheet).n_media[sheet.lines[row].number]) if row < len(sheet.lines) else 0


def _media_rows_above(sheet: Sheet, row: int) -> float:
    return next((float(row - other) for other in range(row, -1, -1) if _n_media(sheet, other)), math.nan)


def _media_rows_below(sheet: Sheet, row: int) -> float:
    below = range(row + 1, len(sheet.lines))
    return next((float(other - row - 1) for other in below if _n_media(sheet, other)), math.nan)


MARKUP: dict[str, Callable[[Sheet, int], float]] = {
    "link_share": _hint("link_share"),
    "emphasis": _hint("emphasis"),
    "inline": _hint("n_inline"),
    "tag": _hint("tag"),
    "depth": _hint("depth"),
    "order": _hint("order"),
    "siblings": _hint("siblings"),
    "is_time": _hint("is_time"),
    "in_article": _bits(("article",), ("main",)),
    "in_frame": _bits(("nav",), ("aside",), ("footer",), ("header",)),
    "in_figure": _bits(("figure", "figcaption")),
    "in_form": _bits(("form", "button", "label", "dialog", "details")),
    "in_list": _bits(("ul", "ol", "dl", "li"), ("table",)),
    "in_quote": _bits(("blockquote",)),
    "heading": _heading,
    "in_section": _bits(("section",), ("(custom)",)),
    "path_lines": lambda sheet, row: len(_alike(sheet, row, "path")),
    "path_words": _words_alike("path"),
    "path_length": _path_length,
    "path_links": _links_alike("path"),
    "parent_words": _words_alike("parent"),
    "parent_long": _parent_long,
    "parent_links": _links_alike("parent"),
    "title_share": _hint("title_share"),
    "title_cover": _hint("title_cover"),
    "title_likeness": _title_likeness,
    "day_shown": _hint("day_shown"),
    "media_above": _n_media,
    "media_below": lambda sheet, row: _n_media(sheet, row + 1),
    "media_rows_above": _media_rows_above,
    "media_rows_below": _media_rows_below,
    "alt_share": _hint("alt_share"),
    "link_kind": _hint("link_kind"),
    "page_links": lambda sheet, _: float(np.mean(_links(sheet, range(len(sheet.lines))))),
}

LINE_GROUPS = {"line": LINE, "cues": CUES}
PAGE_GROUPS = {"layout": LAYOUT, "topic": TOPIC, "run": RUN, "markup": MARKUP}
NAMES: frozenset[str] = frozenset(
    f"{group}.{name}" for groups in (LINE_GROUPS, PAGE_GROUPS) for group, names in groups.items() for name in names
)
"""Every column that the oracle knows."""


def column(name: str, sheets: Sequence[Sheet]) -> list[float]:
    """One column over some pages."""
    group, _, key = name.partition(".")
    if group in LINE_GROUPS:
        return [float(LINE_GROUPS[group][key](line)) for sheet in sheets for line in sheet.lines]
    compute = PAGE_GROUPS[group][key]
    return [float(compute(sheet, row)) for sheet in sheets for row in range(len(sheet.lines))]
