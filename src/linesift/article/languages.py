"""Find out in which languages a text may be: by its script, some letters, and its commonest words.

`languages.tsv` has the words.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from linesift.dates.names import ANY, Languages, fold, lower

_SAMPLE = 40_000
"""Characters of a text that are looked at."""
_MIN_WORDS, _MIN_SHARE_OF_WORDS = 5, 0.05
"""Fewest common words of a language that decide for it, and least share of all words."""
_CLOSE = 0.8
"""A language is possible, too, if the text's words weigh this share of what they weigh for the best language."""
_MIN_OWN, _TIMES = 2.0, 3.0
"""Of several possible languages one is taken if the words that are not common in all of them weigh as much for it, and
so many times as much as for any other."""
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
"""Share of a text's letters in a script that decides for its languages. Half of it is enough for kana, because Japanese
has more Han."""
_MARKS: tuple[tuple[re.Pattern[str], Languages, tuple[str, str]], ...] = (
    (re.compile("[\u5605\u54aa\u55ba\u5497\u54cb\u569f\u5514\u5187]"), frozenset(["zh", "yue"]), ("yue", "zh")),
    (re.compile("[\u09f0\u09f1]"), frozenset(["bn", "as"]), ("as", "bn")),
)
"""Letters, the languages between which they decide, and the language of texts that have them and of those without."""
_MIN_MARKS = 0.01
"""Share of a text's letters."""
_PERSIAN_LETTERS = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc]")
_URDU_LETTERS = re.compile("[\u0679\u0688\u0691\u06ba\u06d2\u06c1]")
_PASHTO_LETTERS = re.compile("[\u0681\u0685\u0689\u0693\u0696\u069a\u06bc\u06d0\u06cd]")
_MIN_OWN_LETTERS, _MIN_PERSIAN_LETTERS = 0.02, 0.05
"""Least shares of the letters of a text in Arabic script: those of Pashto or Urdu alone, and those of Persian, which
its neighbours write as well. Names from abroad bring a few of them into Arabic text."""
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CYRILLIC_LANGUAGES = frozenset(["ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt", "uz"])
_CYRILLIC_LETTERS: tuple[tuple[re.Pattern[str], Languages], ...] = tuple(
    (re.compile(f"[{letters}]"), frozenset(languages.split()))
    for letters, languages in (
        ("ы", "ru be kk ky mn tt"),
        ("їє", "uk"),
        ("ў", "be uz"),
        ("қғ", "kk uz tg"),
        ("ә", "kk tt"),
        ("ң", "kk ky tt"),
        ("өү", "kk ky mn tt"),
        ("љњј", "sr mk"),
        ("ђћ", "sr"),
        ("ѓќѕ", "mk"),
    )
)
"""Letters, and the languages that have them."""
_MIN_CYRILLIC = 0.004
"""Least share of a text's letters; names and quotations bring fewer."""
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile("(?:[^\\W\\d_]|[\u0300-\u036f\u0900-\u0963\u0966-\u0dff])+(?:'[^\\W\\d_]+)?")
"""Combining marks of Latin and Indic scripts belong to their words."""


def find_languages(text: str) -> Languages:
    """Find the languages that a text may be in; `ANY` where that is open."""
    text = fold(text[:_SAMPLE])
    characters = _count_characters(text)
    n_letters = _count(_LETTER, characters) or 1
    has_scripts = max(characters, default="") >= _FIRST_OF_SCRIPTS
    for script, names in _SCRIPTS if has_scripts else ():
        if _count(script, characters) >= n_letters * _MIN_SHARE * (0.5 if names == "ja" else 1):
            return _of_script(frozenset(names.split()), characters, n_letters, text)
    if has_scripts and _count(_ARABIC, characters) >= n_letters * _MIN_SHARE:
        return _arabic_languages(characters)
    if has_scripts and _count(_CYRILLIC, characters) >= n_letters * _MIN_SHARE:
        possible = _by_letters(lower("".join(characters)), characters, n_letters)
        return possible if len(possible) == 1 else _by_words(text, possible) or possible
    return _by_words(text)


def known_languages() -> Languages:
    """Give the codes of all languages that `find_languages` can tell."""
    named = frozenset(language for _, names in _SCRIPTS for language in names.split())
    return named.union(*_common().values(), _CYRILLIC_LANGUAGES, ("ar", "fa", "ur", "ps"))


def _by_letters(lowered: str, characters: Mapping[str, int], n_letters: int) -> Languages:
    """Find the languages in Cyrillic script that have the letters of a text.

    Args:
        lowered: the distinct characters, small, each at the place of its original.
        characters: how often each occurs.
        n_letters: letters of the text.
    """
    possible = _CYRILLIC_LANGUAGES
    counts = [*characters.values()]
    for letters, languages in _CYRILLIC_LETTERS:
        n_found = sum(counts[found.start()] for found in letters.finditer(lowered))
        if n_found >= n_letters * _MIN_CYRILLIC and possible & languages:
            possible &= languages
    return possible


def _of_script(languages: Languages, characters: Mapping[str, int], n_letters: int, text: str) -> Languages:
    """Decide between the languages of one script; all of them where that is open."""
    for marks, between, (with_marks, without) in _MARKS:
        if languages == between:
            has_marks = _count(marks, characters) >= n_letters * _MIN_MARKS
            return frozenset([with_marks if has_marks else without])
    return (len(languages) > 1 and _by_words(text, languages)) or languages


def _by_words(text: str, among: Languages = ANY) -> Languages:
    """Find the languages whose commonest words a text has; the empty set if it has few of any.

    Args:
        text: folded.
        among: languages that alone are possible; `ANY` for all.
    """
    found = Counter(_WORD.findall(lower(text)))
    counts = {word: count for word, count in found.items() if word in _common()}
    if _most(counts, among) < max(_MIN_WORDS, _MIN_SHARE_OF_WORDS * found.total()):
        return ANY
    weights = _weigh(counts, among)
    most = max(weights.values())
    close = frozenset(language for language, weight in weights.items() if weight >= most * _CLOSE)
    # Words of all these languages tell nothing more, and in short texts there are many of them.
    own = _weigh({word: count for word, count in counts.items() if not close <= _common()[word]}, close)
    best = max(own, key=lambda language: own[language], default="")
    others = (weight for language, weight in own.items() if language != best)
    is_alone = own.get(best, 0.0) >= max(_MIN_OWN, _TIMES * max(others, default=0.0))
    return frozenset([best]) if is_alone else close


def _most(counts: Mapping[str, int], among: Languages) -> int:
    """Count the words of the language that has most of them, from the count of each word."""
    hits: Counter[str] = Counter()
    for word, count in counts.items():
        hits.update(dict.fromkeys(_languages(word, among), count))
    return max(hits.values(), default=0)


def _weigh(counts: Mapping[str, int], among: Languages) -> dict[str, float]:
    """Weigh the words of each language: a word that several have is shared out among them."""
    weights: dict[str, float] = {}
    for word, count in counts.items():
        languages = _languages(word, among)
        for language in languages:
            weights[language] = weights.get(language, 0.0) + count / len(languages)
    return weights


def _languages(word: str, among: Languages) -> Languages:
    return _common()[word] & among if among else _common()[word]


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


def _arabic_languages(characters: Mapping[str, int]) -> Languages:
    n_letters = _count(_ARABIC, characters)
    for marks, spoken in ((_PASHTO_LETTERS, "ps"), (_URDU_LETTERS, "ur")):
        if _count(marks, characters) >= n_letters * _MIN_OWN_LETTERS:
            return frozenset([spoken])
    is_persian = _count(_PERSIAN_LETTERS, characters) >= n_letters * _MIN_PERSIAN_LETTERS
    return frozenset(["fa" if is_persian else "ar"])


@cache
def _common() -> dict[str, Languages]:
    """Read the table: common words, each with its languages."""
    languages_of: dict[str, Languages] = {}
    for row in Path(__file__).with_name("languages.tsv").read_text("utf-8").splitlines():
        languages, _, words = row.partition("\t")
        if words and not row.startswith("#"):
            for word in lower(fold(words)).split(" "):
                languages_of[word] = languages_of.get(word, ANY).union(languages.split())
    return languages_of
