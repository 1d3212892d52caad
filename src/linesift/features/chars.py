"""Code points to character classes, for a whole batch of text at once."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE_SIZE = 0x20000
"""Code points from here on are looked up as the last one, a Han ideograph, which nearly all of them are."""


class CharClass(IntEnum):
    """What a character is to the features; decimal digits of all scripts are one class."""

    SPACE = 0
    LOWER = 1
    UPPER = 2
    CASELESS = 3
    """A letter of a script without case that sets spaces: Arabic, Hebrew, Devanagari ..."""
    HANGUL = 4
    MARK = 5
    """A combining mark, part of a word."""
    DIGIT = 6
    HAN = 7
    KANA = 8
    UNSPACED = 9
    """A letter of Thai, Lao, Khmer or Myanmar."""
    STOP = 10
    QUESTION = 11
    COMMA = 12
    COLON = 13
    QUOTE = 14
    OPEN = 15
    CLOSE = 16
    DASH = 17
    BAR = 18
    """Bars, slashes, bullets and arrows: what separates items of a menu."""
    MARKER = 19
    """Signs of handles, tags, prices, rights and addresses."""
    SYMBOL = 20


N_CLASSES = len(CharClass)
FIRST_UNSPACED, FIRST_PUNCTUATION = CharClass.HAN, CharClass.STOP
"""Classes 1 to 9 make words; 7 to 9 do so without spaces between them."""


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    with (Path(__file__).parent / "chars.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as ranges:
        lengths = np.diff(ranges["starts"], append=TABLE_SIZE)
        classes = np.repeat(ranges["classes"], lengths)
        shifts = np.repeat(ranges["shifts"], lengths)
    return classes, (np.arange(TABLE_SIZE, dtype=np.int32) + shifts).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Chars:
    """Every character of a text."""

    folded: NDArray[np.uint32]
    """Shape (n_chars,): code points in lower case, digits as ASCII digits."""
    classes: NDArray[np.uint8]
    """Shape (n_chars,): values of `CharClass`."""
    newlines: NDArray[np.int64]
    """Positions of `"\\n"`, ascending."""


def read_chars(text: str) -> Chars:
    """Look up every character of `text`; lone surrogates are symbols, not errors."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    newlines = np.flatnonzero(codes == 10)
    classes, folded = _tables()
    if len(text) and codes.max() >= TABLE_SIZE:
        codes = np.minimum(codes, np.uint32(TABLE_SIZE - 1))
    return Chars(folded=folded.take(codes), classes=classes.take(codes), newlines=newlines)
