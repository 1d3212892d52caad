"""Cut a line into numbers, known words and marks, with one letter of code for each.

Over these codes dates are short regular expressions: "21 October 2020" is `d M y`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from linesift.dates.names import FIRST_JOINED, MONTHS, WordKind, WordMeaning, fold, lower, read_words

MAX_LENGTH = 1_000
"""Characters of a line that are read: dates stand at the beginning, and some pages have all their text in one line."""

_CODES: dict[WordKind, str] = {
    **dict.fromkeys(MONTHS, "M"),
    WordKind.YEAR_MARK: "Y",
    WordKind.MONTH_MARK: "O",
    WordKind.DAY_MARK: "D",
    WordKind.HOUR_MARK: "h",
    WordKind.MINUTE_MARK: "m",
    WordKind.SECOND_MARK: "s",
    WordKind.UPDATED: "U",
    WordKind.PUBLISHED: "p",
    WordKind.ERA: "E",
    WordKind.FILLER: "f",
    WordKind.AT: "f",
    WordKind.WEEKDAY: "W",
    WordKind.PERIOD: "P",
    WordKind.ZONE: "Z",
}
"""Codes of words; of several that fit, the first. Other words are `x`. A number is `d` with one or two digits, `y` with
four that can be a year of some calendar, else `n`. White space is ` `, and a mark is itself."""

_RANK = {kind: rank for rank, kind in enumerate(_CODES)}
_WORD = r"[^\s\d!-/:-@\[-`{-~«»·•…“”„|؛।「」『』・\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-zà-ÿ])")
"""Place between two words that lost the space between them: `CETFirst`, `PMUpdated`."""
_RUN_TOGETHER = re.compile(
    # a clock and the day behind it
    r"(?<!\d)(?:\d?\d:[0-5]\d)(?=(?:[0-2]?\d|3[01])(?P<a>[./\-])[01]?\d(?P=a)(?:19|20)\d\d)"
    # a clock, and the number of comments behind it
    r"|(?<![\d:.])[0-2]?\d:[0-5]\d(?=\d+(?![\d:./\-]))"
    # a year, and the clock, or a number with its unit, behind it
    r"|(?<=[^\d:])(?:19|20)\d\d(?=[0-2]?\d(?:[:h]|\s?uhr)[0-5]?\d?|\d{1,2}\s?[^\W\d_]{3})"
    r"|(?<![\d./\-])\d\d(?P<b>[./\-])[01]\d(?P=b)\d\d(?=[0-2]\d:[0-5]\d)"
    # a day of fixed length, and whatever number is behind it
    r"|(?<![\d./\-])(?:19|20)\d\d-[01]\d-[0-3]\d(?=\d)"
    r"|(?<![\d./\-])[0-3]?\d(?P<c>[./\-])[01]?\d(?P=c)(?:19|20)\d\d(?=[0-3]?\d(?P=c)[01]?\d(?P=c)(?:19|20)\d\d)"
)
"""Dates that lost the space behind them, if they can be cut in one place only: `201718:05`, `17/11/201917/11/2019`."""
_MAY_RUN_TOGETHER = re.compile(r"[\d:\-](?:(?<=\d)(?:\d{4}|\d{3}:)|(?<!\d)\d{3})")
"""Found on every line that `_RUN_TOGETHER` changes, and found faster."""
_HAN_DAY = re.compile("[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日")
_HAN_NUMBER = re.compile("[〇零○一二三四五六七八九十]+")
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")

_TOKEN = re.compile(rf"(\d+)|({_WORD}+(?:'{_WORD}+)*)|(\s+)|(.)", re.DOTALL)
"""Pieces of a line; its groups are a number, letters, white space, and any other character."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parts of a line in order; all fields have one entry per part."""

    codes: str
    values: list[int]
    """Numbers; -1 for other parts."""
    texts: list[str]
    """Texts, folded; words keep their capitals."""
    meanings: list[tuple[WordMeaning, ...]]

    def find(self, index: int, kind: WordKind) -> list[WordMeaning]:
        """Meanings of one kind of the part at an index; none beyond the ends of the line."""
        if not 0 <= index < len(self.codes):
            return []
        return [meaning for meaning in self.meanings[index] if meaning.kind is kind]


@dataclass(slots=True)
class _Parts:
    """`Tokens` while they are collected."""

    codes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    values: dict[int, int] = field(default_factory=dict)
    """Numbers by their index."""
    meanings: dict[int, tuple[WordMeaning, ...]] = field(default_factory=dict)
    """Meanings of known words by their index."""

    def add(self, code: str, text: str, meanings: tuple[WordMeaning, ...] = ()) -> None:
        if meanings:
            self.meanings[len(self.codes)] = meanings
        self.codes.append(code)
        self.texts.append(text)

    def add_number(self, digits: str) -> None:
        """Add a number; `20201021` is added as three, with hyphens between."""
        if (
            len(digits) == 8
            and 1900 <= int(digits[:4]) < 2100
            and 1 <= int(digits[4:6]) <= 12
            and 1 <= int(digits[6:]) <= 31
        ):
            for part in (digits[:4], "-", digits[4:6], "-", digits[6:]):
                self.add("-", "-") if part == "-" else self.add_number(part)
            return
        n_first = self._n_first(digits)
        if n_first:
            self.add_number(digits[:n_first])
            self.add(" ", " ")
            digits = digits[n_first:]
        value = self.values[len(self.codes)] = int(digits[:9])
        can_be_year = len(digits) == 4 and 1300 <= value <= 2700
        self.add("d" if len(digits) <= 2 else "y" if can_be_year else "n", digits)

    def _n_first(self, digits: str) -> int:
        """Count the digits of the first of two numbers that lost the space between them; 0 if that is open.

        "6 December 20236 December 2023" has a year and a day, "Oct212012" a day and a year.
        """
        before = "".join(self.codes[-6:]).rstrip(" ,.")
        if len(digits) not in (5, 6) or before[-1:] not in ("M", "d"):
            return 0
        has_day = before[-1:] == "d" or "d" in before[:-1]
        is_year_first = digits[:2] in ("19", "20") and has_day
        is_day_first = before[-1:] == "M" and digits[-4:-2] in ("19", "20") and 1 <= int(digits[:-4]) <= 31
        if is_year_first == is_day_first:
            return 0
        return 4 if is_year_first else len(digits) - 4


@dataclass(frozen=True, slots=True)
class _Word:
    """Word as a line has it, looked up."""

    parts: tuple[tuple[str, str, tuple[WordMeaning, ...]], ...]
    """Code, text and meanings of each part."""
    most_words: int
    """Most words of a name that begins with it; 0 without such a name."""


@lru_cache(maxsize=8192)
def _look_up(word: str) -> _Word:
    """Look a word up; most words of a page occur on many pages."""
    return _Word(tuple(_parts_of(word)), read_words().n_words.get(lower(word), 0))


def _parts_of(word: str) -> Iterator[tuple[str, str, tuple[WordMeaning, ...]]]:
    """Give code, text and meanings of a word.

    One that is not known is cut at apostrophes, between words that lost their space, and in scripts without spaces into
    the names in it.
    """
    known = read_words().meanings.get(lower(word))
    if known is not None:
        yield _code(known), word, known
    elif "'" in word:
        before, _, after = word.partition("'")
        yield from _parts_of(before)
        yield "'", "'", ()
        yield from _parts_of(after)
    elif word[0] >= FIRST_JOINED or word[-1] >= FIRST_JOINED:
        yield from _joined_parts(word)
    elif (border := _GLUED.search(word)) is not None:
        yield from _parts_of(word[: border.start()])
        yield from _parts_of(word[border.start() :])
    else:
        yield "x", word, ()


def _joined_parts(word: str) -> Iterator[tuple[str, str, tuple[WordMeaning, ...]]]:
    names, start, unknown = read_words(), 0, 0
    while start < len(word):
        longest = min(names.longest.get(word[start], 0), len(word) - start)
        for length in range(longest, 0, -1):
            known = names.meanings.get(word[start : start + length])
            if known is not None:
                if unknown < start:
                    yield "x", word[unknown:start], ()
                yield _code(known), word[start : start + length], known
                start = unknown = start + length
                break
        else:
            start += 1
    if unknown < start:
        yield "x", word[unknown:], ()


_SHORTEST_TWICE = 5
"""Characters of what a line can say twice; fewer can be the parts of a day."""


@lru_cache(maxsize=1024)
def tokenize(line: str) -> Tokens:
    """Cut a line into parts with codes and meanings; of a long line only the first `MAX_LENGTH` characters.

    >>> tokenize("RABU, 21 OKTOBER 2020 | 09:20 WIB").codes
    'W, d M y | d:d Z'
    >>> tokenize("2020年10月21日水曜日 午前9時20分").codes
    'yYdOdDW Pdhdm'
    """
    text = fold(line if len(line) <= MAX_LENGTH else line[:MAX_LENGTH].rpartition(" ")[0])
    if "." in text and _may_have_dotted().search(text):
        text = _dotted().sub(_without_dots, text)
    if "年" in text:
        text = _HAN_DAY.sub(_in_digits, text).replace("元年", "1年")
    if _MAY_RUN_TOGETHER.search(text):
        text = _RUN_TOGETHER.sub(r"\g<0> ", text)
    pieces = _TOKEN.findall(_once(text.strip()))
    parts, index = _Parts(), 0
    codes, texts = parts.codes, parts.texts
    while index < len(pieces):
        number, letters, space, mark = pieces[index]
        index += 1
        if letters:
            word = _look_up(letters)
            n_words = _n_words(pieces, index - 1, word.most_words) if word.most_words else 1
            if n_words > 1:
                phrase = " ".join(piece[1] for piece in pieces[index - 1 : index + 2 * n_words - 2 : 2])
                known = read_words().meanings[lower(phrase)]
                parts.add(_code(known), phrase, known)
                index += 2 * n_words - 2
            else:
                for part in word.parts:
                    parts.add(*part)
        elif number:
            parts.add_number(number)
        else:
            codes.append(" " if space else mark)
            texts.append(space or mark)
    values, meanings = [-1] * len(codes), list[tuple[WordMeaning, ...]]([()]) * len(codes)
    for place, value in parts.values.items():
        values[place] = value
    for place, known in parts.meanings.items():
        meanings[place] = known
    return Tokens("".join(codes), values, texts, meanings)


def _once(text: str) -> str:
    """Give half of a line that says everything twice, as rendering leaves `<time>` with a text for each screen.

    >>> _once("vor 3 Stundenvor 3 Stunden"), _once("10:20 10:20"), _once("11")
    ('vor 3 Stunden', '10:20', '11')
    """
    half = len(text) // 2
    first = text[:half]
    return first if half >= _SHORTEST_TWICE and text.endswith(first) and not text[half:-half].strip() else text


def _in_digits(match: re.Match[str]) -> str:
    """Write a day in Chinese numerals, 二〇二〇年十月二十一日, with digits."""
    return _HAN_NUMBER.sub(_digits, match.group())


def _digits(match: re.Match[str]) -> str:
    tens, ten, ones = match.group().translate(_HAN_DIGITS).partition("十")
    return f"{tens or 1}{ones or 0}" if ten else tens


def _n_words(pieces: Sequence[tuple[str, str, str, str]], index: int, n_words: int) -> int:
    """Count the words of the longest name of several that begins here, of `n_words` at most; 1 without one."""
    names = read_words()
    while n_words > 1:
        span = pieces[index : index + 2 * n_words - 1]
        words = [letters for _, letters, _, _ in span[::2]]
        is_phrase = len(span) == 2 * n_words - 1 and all(words) and all(space for _, _, space, _ in span[1::2])
        if is_phrase and lower(" ".join(words)) in names.meanings:
            return n_words
        n_words -= 1
    return 1


def _code(meanings: tuple[WordMeaning, ...]) -> str:
    rank = min((_RANK[meaning.kind] for meaning in meanings if meaning.kind in _RANK), default=None)
    return "x" if rank is None else _CODE_OF_RANK[rank]


_CODE_OF_RANK = list(_CODES.values())


@cache
def _may_have_dotted() -> re.Pattern[str]:
    """Pattern that is found wherever `_dotted` is, and faster: a dot between two characters of such names."""
    names = [name.replace(" ", "") for name in read_words().meanings if "." in name]
    dots = [(name, match.start()) for name in names for match in re.finditer(r"(?<=.)\.(?=.)", name)]
    befores, afters = ("".join(sorted({name[dot + side] for name, dot in dots})) for side in (-1, 1))
    return re.compile(rf"\.(?<=[{re.escape(befores)}]\.) ?[{re.escape(afters)}]", re.IGNORECASE)


@cache
def _dotted() -> re.Pattern[str]:
    """Pattern of names with dots inside: "a.m", "p. m", "ต.ค"."""
    names = sorted((name for name in read_words().meanings if "." in name), key=len, reverse=True)
    words = "|".join(re.escape(name.replace(" ", "")).replace(r"\.", r"\. ?") for name in names)
    return re.compile(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])\.?", re.IGNORECASE)


def _without_dots(match: re.Match[str]) -> str:
    return match.group().replace(".", "").replace(" ", "") + " "
