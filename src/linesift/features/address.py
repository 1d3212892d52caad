"""Words that a line shares with the address of its page: most sites put the title into it.

    https://harbour.example/news/2024/05/14/ferry-returns-after-storm-8841.html
    Ferry returns after the storm

Sites leave accents out or write them as two letters, and write Cyrillic and Greek in Latin letters, each in its way.
So words are compared in a coarse Latin spelling.
"""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

_MIN_WORDS = 2
"""Words below which an address says nothing of the title: it names a section or has a number."""
_MOST_CHARACTERS = 1_000
"""Characters of an address, and of a line, that are looked at; titles are shorter."""
_ENDING = re.compile(r"\.[a-z]{2,5}$")
_NUMBER = re.compile(r"\d{5,}")
"""A number that counts the site's pages; those of titles are shorter."""
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдежзиклмнопрстуфхцчшщыэюяієґ", "abvgdezziklmnoprstufhccssieuaieg", strict=True)),
        **dict(zip("αβγδεζηθικλμνξοπρστυφχωςøłđıð", "avgdezitiklmnxoprstufhosoldid", strict=True)),
        **dict.fromkeys("ъь’ʼ", ""),
        **dict.fromkeys(map(chr, range(0x300, 0x370)), ""),
        "ψ": "ps",
        "æ": "a",
        "œ": "o",
    }
)
"""Letters of other alphabets, Latin ones whose mark Unicode does not take off, and what is left out: combining marks of
these alphabets (those of other scripts are vowels), signs that soften, apostrophes."""
_SPELLINGS = tuple(
    (spelling, letter)
    for letter, spellings in (
        ("s", "shch sch sh ss"),
        ("c", "ch ts tz"),
        ("z", "zh"),
        ("h", "kh"),
        ("f", "ph"),
        ("t", "th"),
        ("v", "w"),
        ("a", "ae aa ya ia ja"),
        ("o", "oe"),
        ("u", "ue ou yu iu ju"),
        ("e", "ye ie je"),
        ("i", "y j ii"),
    )
    for spelling in spellings.split()
)
"""Spellings of sounds, in the order in which they are replaced."""


def shared_with_address(address: str, lines: Sequence[str]) -> NDArray[np.float32]:
    """Compare lines with the words of an address.

    Args:
        address: of their page; it may be empty.
        lines: some lines of the page, a few: each takes some microseconds.

    Returns:
        Shape (2, n_lines): share of the line that the words of the address make up, and share of these words that the
        line has, both by letters; `nan` where the address has fewer than `_MIN_WORDS` words.
    """
    wanted = _words_of_address(address)
    if not wanted or not lines:
        return np.full((2, len(lines)), np.nan, np.float32)
    n_wanted = sum(map(len, wanted))
    shares = []
    for words in _words([line[:_MOST_CHARACTERS] for line in lines]):
        n_shared = sum(map(len, wanted & words))
        shares.append((n_shared / max(sum(map(len, words)), 1), n_shared / n_wanted))
    return np.array(shares, np.float32).T


def path_of_address(address: str) -> str:
    """Cut host, query and fragment off an address.

    >>> path_of_address("https://harbour.example/2024/ferry?at=2#top"), path_of_address("/2024/ferry")
    ('/2024/ferry', '/2024/ferry')
    """
    try:
        return urlsplit(address).path
    except ValueError:  # a host in brackets that is none
        return ""


def _words_of_address(address: str) -> frozenset[str]:
    """Find the words of the longest part of an address; none if they are too few."""
    path = path_of_address(address[:_MOST_CHARACTERS])
    parts = [_NUMBER.sub("", _ENDING.sub("", part)) for part in unquote(path).split("/")]
    (words,) = _words([max(parts, key=len).replace("\n", " ")])
    return words if len(words) >= _MIN_WORDS else frozenset()


def _words(texts: Sequence[str]) -> list[frozenset[str]]:
    """Find the words of each text in the coarse spelling; no text has a line end.

    >>> [sorted(words) for words in _words(["Fähre kehrt zurück", "faehre-kehrt-zurueck"])]
    [['fahre', 'kehrt', 'zuruck'], ['fahre', 'kehrt', 'zuruck']]
    """
    text = "\n".join(texts).casefold().replace("'", "")
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_LATIN)
    for spelling, letter in _SPELLINGS:
        text = text.replace(spelling, letter)
    return [frozenset(_WORD.findall(part)) for part in text.split("\n")]
