"""Words of dates, in the languages of two tables: `names.tsv` (from CLDR) and `words.tsv` (from news sites)."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

Languages = frozenset[str]
ANY: Languages = frozenset()
"""The empty set stands for all languages: a word means the same in each, or the language of a page is not known."""

FIRST_JOINED = "\u0e00"
"""First letter of the scripts that may write words without spaces: Thai, Lao, Khmer, Burmese, Han, kana, Hangul."""

_FOLDED: dict[str, str] = {
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
    **dict.fromkeys(
        "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff", ""
    ),
    **dict.fromkeys("‐‑‒–—―−－ー〜～", "-"),
    **dict.fromkeys("’‘ʻʼ´`′", "'"),
    **dict.fromkeys("،、，", ","),
    "：": ":",
    "／": "/",
    "．": ".",
    "。": ".",
    "＋": "+",
    "İ": "I",
    "։": ".",
    **dict.fromkeys("[（【［〔", "("),
    **dict.fromkeys("]）】］〕", ")"),
}
"""What stands for a character; no character of the values is replaced itself."""


class WordKind(StrEnum):
    """Function of a word in a date; a column of both tables."""

    MONTH = "month"
    PERSIAN = "persian"
    ISLAMIC = "islamic"
    NEPALI = "nepali"
    BENGALI = "bengali"
    WEEKDAY = "weekday"
    YEAR_MARK = "year mark"
    MONTH_MARK = "month mark"
    DAY_MARK = "day mark"
    HOUR_MARK = "hour mark"
    MINUTE_MARK = "minute mark"
    SECOND_MARK = "second mark"
    UPDATED = "updated"
    PUBLISHED = "published"
    ERA = "era"
    FILLER = "filler"
    AT = "at"
    PERIOD = "period"
    ZONE = "zone"
    PAST = "past"
    AGO = "ago"


MONTHS = frozenset([WordKind.MONTH, WordKind.PERSIAN, WordKind.ISLAMIC, WordKind.NEPALI, WordKind.BENGALI])
"""Kinds of names of months, one for each calendar."""


@dataclass(frozen=True, slots=True)
class WordMeaning:
    """One meaning of a word."""

    kind: WordKind
    value: str
    """Number of a month or weekday (Monday is 1), minutes of a zone, part of the day, unit of an age."""
    languages: Languages
    """Languages in which it means that; `ANY` for all."""


@dataclass(frozen=True, slots=True)
class DateWords:
    """All words, lower-cased and folded, with their meanings."""

    meanings: dict[str, tuple[WordMeaning, ...]]
    n_words: dict[str, int]
    """First words of names of several words, and the most words of a name that begins so."""
    longest: dict[str, int]
    """First letters of names that are written without spaces, and the most letters of a name that begins so."""
    ages: dict[str, tuple[WordMeaning, ...]]
    """Patterns such as `# hours ago`."""
    hijri: dict[int, tuple[int, int]]
    """Hijri years, each with the ordinal of its first day, and a bit for each month of 30 days."""
    month_first: Languages
    """Languages that may write the month before the day in numbers."""
    year_first: Languages
    """Languages that write the year first, and may so where it has two digits."""


def fold(text: str) -> str:
    """Replace the punctuation of all scripts by ASCII and remove invisible characters; letters stay.

    >>> fold("２０２０／10／21　09：20")
    '２０２０/10/21 09:20'
    """
    if text.isascii():
        return text.replace("[", "(").replace("]", ")")
    text = unicodedata.normalize("NFC", text)
    for character, new in _FOLDED.items():  # few of them stand in a text, so this is faster than `translate`
        if character in text:
            text = text.replace(character, new)
    return text


def lower(text: str) -> str:
    """Lower-case a text character by character, as the tables have it: the length stays."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@cache
def read_words() -> DateWords:
    """Read both tables; once, the result is kept."""
    meanings: dict[str, list[WordMeaning]] = {}
    ages: dict[str, list[WordMeaning]] = {}
    hijri: dict[int, tuple[int, int]] = {}
    month_first = year_first = ANY
    for name, kind, value, languages in _rows():
        if kind == "hijri":
            first, long = value.split()
            hijri[int(name)] = (int(first), int(long))
        elif kind == "order":
            month_first |= languages if name == "MDY" else ANY
            year_first |= languages if name == "YMD" else ANY
        else:
            into = ages if kind == WordKind.AGO else meanings
            into.setdefault(name, []).append(WordMeaning(WordKind(kind), value, languages))
    _add_dotless(meanings)
    n_words: dict[str, int] = {}
    longest: dict[str, int] = {}
    for name in meanings:
        words = name.split(" ")
        if len(words) > 1:
            n_words[words[0]] = max(n_words.get(words[0], 0), len(words))
        if name[0] >= FIRST_JOINED:
            longest[name[0]] = max(longest.get(name[0], 0), len(name))
    return DateWords(_frozen(meanings), n_words, longest, _frozen(ages), hijri, month_first, year_first)


def _frozen(table: dict[str, list[WordMeaning]]) -> dict[str, tuple[WordMeaning, ...]]:
    return {name: tuple(values) for name, values in table.items()}


def _add_dotless(meanings: dict[str, list[WordMeaning]]) -> None:
    """Add names with dots inside ("a.m", "ต.ค") without the dots, too."""
    for name in [name for name in meanings if "." in name]:
        plain = meanings.setdefault(name.replace(".", "").replace(" ", ""), [])
        plain += [meaning for meaning in meanings[name] if meaning not in plain]


def _rows() -> list[tuple[str, str, str, Languages]]:
    """Name, kind, value and languages of every row of both tables."""
    room = Path(__file__).parent
    rows = []
    for row in (room / "names.tsv").read_text("utf-8").split("\n")[2:-1]:
        name, kind, value, languages = row.split("\t")
        rows.append((fold(name), kind, value, frozenset(languages.split())))
    for row in (room / "words.tsv").read_text("utf-8").split("\n"):
        if row.startswith("#") or not row:
            continue
        kind, value, languages, words = row.split("\t")
        spoken = ANY if languages == "*" else frozenset(languages.split())
        rows += [(lower(fold(word)), kind, value, spoken) for word in words.split("/") if word]
    return rows
