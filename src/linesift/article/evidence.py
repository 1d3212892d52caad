"""Find out from the whole page which languages it may be in, and whether it writes the day or the month first.

This is done when one of its dates can be read in several ways.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from linesift.dates.context import Context, Order
from linesift.dates.names import ANY, Languages, WordKind, fold, lower, read_words

_SAMPLE = 40_000
"""Characters of a page that are looked at for its languages."""
_MIN_WORDS = 5
"""Fewest common words of a language that decide for it."""
_CLOSE = 0.7
"""A language is possible, too, if the page has this share of as many of its words as of the best language's."""
_SCRIPTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7af]"), "ko"),
    (re.compile("[\u4e00-\u9fff]"), "zh yue"),
    (re.compile("[\u0e00-\u0e7f]"), "th"),
    (re.compile("[\u0e80-\u0eff]"), "lo"),
    (re.compile("[\u1780-\u17ff]"), "km"),
    (re.compile("[\u1000-\u109f]"), "my"),
    (re.compile("[\u0590-\u05ff]"), "he"),
    (re.compile("[\u0370-\u03ff]"), "el"),
    (re.compile("[\u0530-\u058f]"), "hy"),
    (re.compile("[\u10a0-\u10ff]"), "ka"),
    (re.compile("[\u1200-\u137f]"), "am ti"),
    (re.compile("[\u0900-\u097f]"), "hi mr ne"),
    (re.compile("[\u0980-\u09ff]"), "bn as"),
    (re.compile("[\u0a00-\u0a7f]"), "pa"),
    (re.compile("[\u0a80-\u0aff]"), "gu"),
    (re.compile("[\u0b00-\u0b7f]"), "or"),
    (re.compile("[\u0b80-\u0bff]"), "ta"),
    (re.compile("[\u0c00-\u0c7f]"), "te"),
    (re.compile("[\u0c80-\u0cff]"), "kn"),
    (re.compile("[\u0d00-\u0d7f]"), "ml"),
    (re.compile("[\u0d80-\u0dff]"), "si"),
)
_FIRST_OF_SCRIPTS = "\u0370"
"""First of all characters of the scripts that are looked for."""
_MIN_SHARE = 0.2
"""Share of a page's letters in a script that decides for its languages. Half of it is enough for kana, because Japanese
has more Han."""
_PERSIAN_LETTERS = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc]")
_URDU_LETTERS = re.compile("[\u0679\u0688\u0691\u06ba\u06d2\u06c1]")
_PASHTO_LETTERS = re.compile("[\u0681\u0685\u0689\u0693\u0696\u069a\u06bc\u06d0\u06cd]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CYRILLIC_LANGUAGES = frozenset(["ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt", "uz"])
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NUMBERS = re.compile(r"(\d(?<![\d./\-].)\d?)([./\-])(\d{1,2})\2((?:19|20)\d\d)(?![\d/\-])")


def add_evidence(lines: Sequence[str], context: Context) -> Context:
    """Add to a context what all lines of the page say; languages that are known already stay."""
    text = fold("\n".join(lines))
    return replace(context, languages=context.languages or find_languages(text), order=find_order(text))


def find_languages(text: str) -> Languages:
    """Languages that a text may be in, by its script and its commonest words; `ANY` where that is open."""
    text = text[:_SAMPLE]
    characters = _count_characters(text)
    n_letters = _count(_LETTER, characters) or 1
    has_scripts = max(characters, default="") >= _FIRST_OF_SCRIPTS
    for script, languages in _SCRIPTS if has_scripts else ():
        if _count(script, characters) >= n_letters * _MIN_SHARE * (0.5 if languages == "ja" else 1):
            return frozenset(languages.split())
    if has_scripts and _count(_ARABIC, characters) >= n_letters * _MIN_SHARE:
        return _arabic_languages(characters)
    hits = _count_common(lower(text))
    best = max(hits.values(), default=0)
    if best < _MIN_WORDS:
        is_cyrillic = has_scripts and _count(_CYRILLIC, characters) >= n_letters * _MIN_SHARE
        return _CYRILLIC_LANGUAGES if is_cyrillic else ANY
    return frozenset(language for language, n_words in hits.items() if n_words >= best * _CLOSE)


def _count_characters(text: str) -> dict[str, int]:
    """Count each character of a text; there are far fewer than the text has, so that every script is a short search."""
    if text.isascii():
        return {}  # no script is searched, and nothing else asks
    counts = np.bincount(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"))
    codes = np.flatnonzero(counts)
    return dict(zip(map(chr, codes.tolist()), counts[codes].tolist(), strict=True))


def _count(of_one: re.Pattern[str], characters: Mapping[str, int]) -> int:
    """Count the characters of a text that a pattern of one character fits."""
    return sum(characters[each] for each in of_one.findall("".join(characters)))


def _count_common(text: str) -> Counter[str]:
    """Count the common words of each language in a text."""
    words, common = Counter(_WORD.findall(text)), _common()
    hits: Counter[str] = Counter()
    for word in common.keys() & words.keys():
        for language in common[word]:
            hits[language] += words[word]
    return hits


def _arabic_languages(characters: Mapping[str, int]) -> Languages:
    n_letters = _count(_ARABIC, characters)
    for marks, spoken in ((_PASHTO_LETTERS, "ps"), (_URDU_LETTERS, "ur")):
        if _count(marks, characters) >= n_letters * 0.02:
            return frozenset([spoken])
    return frozenset(["fa"]) if _count(_PERSIAN_LETTERS, characters) >= n_letters * 0.05 else frozenset(["ar"])


@cache
def _common() -> dict[str, Languages]:
    """Common words, each with its languages."""
    words = {}
    for word, meanings in read_words().meanings.items():
        languages = [meaning.languages for meaning in meanings if meaning.kind is WordKind.COMMON]
        if languages:
            words[word] = frozenset().union(*languages)
    return words


def find_order(text: str) -> Order:
    """Order of day and month in the numeric dates of a text, by numbers above 12; unknown where they disagree."""
    orders = set()
    for first, _, second, _ in _NUMBERS.findall(text):
        if int(first) > 12 >= int(second):
            orders.add(Order.DAY_FIRST)
        elif int(second) > 12 >= int(first):
            orders.add(Order.MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else Order.UNKNOWN
