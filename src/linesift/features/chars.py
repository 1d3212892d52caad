"""Code points to character classes, for a whole batch of text at once."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TABLE_SIZE = 0x20000
"""Code points from here on are looked up as the last one, a Han ideograph, which nearly all of them are."""


class CharClass(IntEnum):
    """Class of a character; decimal digits of all scripts are one class."""

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

# Plain numbers of the classes that arrays are compared with: for a member of an enum numpy turns the whole array into
# 64-bit integers first, which takes five times as long on a page and thirty times on a batch.
SPACE, UPPER, MARK, DIGIT, STOP, QUESTION, COLON, QUOTE, CLOSE, DASH, BAR = (
    kind.value
    for kind in (
        CharClass.SPACE, CharClass.UPPER, CharClass.MARK, CharClass.DIGIT, CharClass.STOP, CharClass.QUESTION,
        CharClass.COLON, CharClass.QUOTE, CharClass.CLOSE, CharClass.DASH, CharClass.BAR,
    )
)  # fmt: skip
SPACED, UNSPACED = (CharClass.LOWER.value, DIGIT), (CharClass.HAN.value, CharClass.UNSPACED.value)
"""First and last class of the characters that make words, with spaces between them and without."""


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint32]]:
    """Class, folded code point, and the same with every digit as `0`, of every code point below `TABLE_SIZE`."""
    with (Path(__file__).parent / "chars.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as ranges:
        lengths = np.diff(ranges["starts"], append=TABLE_SIZE)
        classes = np.repeat(ranges["classes"], lengths)
        shifts = np.repeat(ranges["shifts"], lengths)
    folded = (np.arange(TABLE_SIZE, dtype=np.int32) + shifts).astype(np.uint32)
    return classes, folded, np.where(classes == DIGIT, np.uint32(ord("0")), folded)


@dataclass(frozen=True, slots=True, eq=False)
class Chars:
    """Every character of a text."""

    codes: NDArray[np.int64]
    """Shape (n_chars,): code points. Wide numbers, because numpy would widen them again for every look-up."""
    classes: NDArray[np.uint8]
    """Shape (n_chars,): values of `CharClass`."""
    newlines: NDArray[np.int64]
    """Positions of `"\\n"`, ascending."""

    @property
    def folded(self) -> NDArray[np.uint32]:
        """Shape (n_chars,): code points in lower case, digits as ASCII digits."""
        return _tables()[1].take(self.codes, mode="clip")

    def folded_at(self, positions: NDArray[np.int64]) -> NDArray[np.uint32]:
        """The same of a few characters."""
        return _tables()[1].take(self.codes.take(positions), mode="clip")


def read_chars(text: str) -> Chars:
    """Look up every character of `text`; lone surrogates are symbols, not errors."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    newlines = nonzero_indices(codes == 10)
    wide = codes.astype(np.int64)
    return Chars(codes=wide, classes=_tables()[0].take(wide, mode="clip"), newlines=newlines)


def hash_codes(chars: Chars) -> NDArray[np.uint32]:
    """Folded code points with every digit as `0`, so that dates and counts of one form share a hash."""
    return _tables()[2].take(chars.codes, mode="clip")


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of characters of one class: a third as many as characters, and all that words and numbers are made of."""

    bounds: NDArray[np.int64]
    """Shape (n_runs + 1,): where each run begins, and the end of the text."""
    kind: NDArray[np.uint8]
    """Shape (n_runs,): class of the run's characters."""

    @property
    def n_chars(self) -> NDArray[np.int64]:
        """Characters of each run."""
        return self.bounds[1:] - self.bounds[:-1]

    def groups(self, low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and last runs of every sequence of runs whose classes are from `low` to `high`."""
        inside = (self.kind >= low) & (self.kind <= high)
        begins, ends = inside.copy(), inside.copy()
        begins[1:] &= ~inside[:-1]
        ends[:-1] &= ~inside[1:]
        return nonzero_indices(begins), nonzero_indices(ends)


def find_runs(chars: Chars) -> Runs:
    """Find where the class of the characters changes; a run of white space may go over ends of lines."""
    classes = chars.classes
    change = np.empty(len(classes) + 1, np.bool_)
    change[0] = change[-1] = True
    np.not_equal(classes[1:], classes[:-1], out=change[1:-1])
    bounds = nonzero_indices(change[len(classes) == 0 :])
    return Runs(bounds, classes.take(bounds[:-1]))


def nonzero_indices(marked: NDArray[Any]) -> NDArray[np.int64]:
    """Indices at which an array of one dimension is not zero.

    Does what `np.flatnonzero` does, without the layers of calls that take most of its time on short arrays.
    """
    return marked.nonzero()[0]


def lengths(starts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """How far it is from each start to the next, and from the last to `size`."""
    found = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=found[:-1])
    found[-1:] = size - starts[-1:]
    return found
