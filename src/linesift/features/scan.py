"""One pass over the characters of a batch: everything that is counted per line, before it becomes a column.

Character arrays live only inside this module, for one piece of text at a time; what leaves it has one entry
per line or per word. That bounds the memory of a batch by its lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.features.chars import FIRST_PUNCTUATION, N_CLASSES, CharClass, Chars, read_chars
from linesift.features.dates import N_DATE_PARTS, find_dates
from linesift.features.words import SpanHasher, Words, find_words, hash_codes

PIECE = 1 << 18
"""Characters scanned at once; larger pieces leave the cache, smaller ones pay more for each numpy call."""

PAIR_SIZE = 4
"""Letters of a spaced word that a pair of Han, kana or Thai letters says as much as."""

MAX_LINE = 1 << 16
"""Characters of a line that are looked at; the rest of a longer line cannot change what it is."""


@dataclass(frozen=True, slots=True)
class LineScan:
    """What was counted on every non-blank line; arrays have shape (n_lines,) where nothing else is said."""

    number: NDArray[np.int64]
    """Index of the line in the scanned text, blank lines counted."""
    counts: NDArray[np.int32]
    """Shape (n_lines, N_CLASSES): characters of each class, surrounding white space left out."""
    n_chars: NDArray[np.int32]
    """From the first to the last character that is not white space."""
    indent: NDArray[np.int32]
    first: NDArray[np.uint8]
    """Class of the first character."""
    first_letter: NDArray[np.uint8]
    """Class of the first letter or digit, 0 where there is none."""
    last: NDArray[np.uint8]
    second_last: NDArray[np.uint8]
    n_words: NDArray[np.int32]
    """Words of scripts that set spaces."""
    longest: NDArray[np.int32]
    """Characters of the longest such word."""
    n_capitalised: NDArray[np.int32]
    n_shouted: NDArray[np.int32]
    """Words that begin with two capitals."""
    n_sentences: NDArray[np.int32]
    """Sentence ends: a stop or question mark before white space, a closing mark or the end, or a full-width one."""
    hash: NDArray[np.uint64]
    """Hash of the folded line, digits as `0`."""
    shape: NDArray[np.uint64]
    """Hash of the line's sequence of character classes, repeats collapsed."""
    dates: NDArray[np.uint8]
    """Shape (n_lines, N_DATE_PARTS): how often each part of a date occurs, at most 255."""
    word_hash: NDArray[np.uint64]
    """Shape (n_words_total,): all words of all lines, in order."""
    word_line: NDArray[np.int32]
    """Shape (n_words_total,): row of the line that each word stands in."""
    word_size: NDArray[np.uint8]
    """Shape (n_words_total,): characters of each word, at most 255; `PAIR_SIZE` for a pair of unspaced letters."""


def scan(text: str) -> LineScan:
    """Scan a text of any number of lines; memory beyond the result is bounded by `PIECE` and `MAX_LINE`."""
    parts: list[LineScan] = []
    lines = rows = 0
    for piece, n_lines in _pieces(text):
        part = _scan_piece(piece)
        parts.append(part if not lines else _shifted(part, lines, rows))
        lines += n_lines
        rows += len(part.number)
    if len(parts) == 1:
        return parts[0]
    return LineScan(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(LineScan)))


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Cut the text at line ends into pieces of about `PIECE` characters, overlong lines shortened."""
    start = 0
    while start <= len(text):
        end = len(text) if len(text) - start <= PIECE else text.find("\n", start + PIECE)
        end = len(text) if end < 0 else end
        piece = text[start:end]
        n_lines = piece.count("\n") + 1
        if len(piece) > MAX_LINE and max(map(len, piece.split("\n"))) > MAX_LINE:
            piece = "\n".join([_shortened(line) for line in piece.split("\n")])
        yield piece, n_lines
        start = end + 1


def _shortened(line: str) -> str:
    beginning = line[:MAX_LINE]
    return beginning if beginning.strip() else line.lstrip()[:MAX_LINE]


def _shifted(part: LineScan, lines: int, rows: int) -> LineScan:
    values = {each.name: getattr(part, each.name) for each in fields(LineScan)}
    values["number"] = part.number + lines
    values["word_line"] = part.word_line + np.int32(rows)
    return LineScan(**values)


def _scan_piece(text: str) -> LineScan:
    chars = read_chars(text)
    ends = np.append(chars.newlines, len(chars.classes))
    starts = np.concatenate(([0], chars.newlines + 1))
    inked = np.flatnonzero(chars.classes)
    low, high = np.searchsorted(inked, starts), np.searchsorted(inked, ends)
    number = np.flatnonzero(high > low)
    first, last = inked[low[number]], inked[high[number] - 1]
    hasher = SpanHasher(hash_codes(chars))
    words = find_words(chars, hasher)
    row_of_line = np.cumsum(high > low, dtype=np.int32) - 1
    row_of_char = np.repeat(row_of_line, np.diff(np.append(starts, len(chars.classes) + 1)))
    word_line = row_of_char[words.start]
    return LineScan(
        number=number,
        **_character_counts(chars, row_of_char, first, last),
        indent=(first - starts[number]).astype(np.int32),
        **_word_counts(chars, words, word_line, len(number)),
        hash=hasher(first, last + 1),
        shape=_shapes(chars, first, last),
        dates=find_dates(chars, words, row_of_char, len(number))
        if len(number)
        else np.zeros((0, N_DATE_PARTS), np.uint8),
        word_hash=words.hash,
        word_line=word_line,
        word_size=np.where(words.is_spaced, np.minimum(words.end - words.start, 255), PAIR_SIZE).astype(np.uint8),
    )


def _character_counts(
    chars: Chars, row_of_char: NDArray[np.int32], first: NDArray[np.int64], last: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    classes, n_lines = chars.classes, len(first)
    keys = row_of_char[: len(classes)].astype(np.int64) * N_CLASSES
    keys += classes
    np.maximum(keys, 0, out=keys)  # blank lines before the first row: white space, left out below
    counts = np.bincount(keys, minlength=n_lines * N_CLASSES)[: n_lines * N_CLASSES].reshape(n_lines, N_CLASSES)
    counts = counts.astype(np.int32)
    n_chars = (last - first + 1).astype(np.int32)
    counts[:, CharClass.SPACE] = n_chars - counts[:, 1:].sum(axis=1, dtype=np.int32)
    after = np.append(classes[1:], np.uint8(CharClass.SPACE))
    stops = np.flatnonzero((classes == CharClass.STOP) | (classes == CharClass.QUESTION))
    follower = after[stops]
    unspaced = (chars.folded[stops] > 0x2FFF) & (follower != classes[stops])
    closes = (follower == CharClass.SPACE) | (follower == CharClass.QUOTE) | (follower == CharClass.CLOSE) | unspaced
    n_sentences = np.bincount(row_of_char[stops[closes]], minlength=n_lines).astype(np.int32)
    return {
        "counts": counts,
        "n_chars": n_chars,
        "first": classes[first],
        "last": classes[last],
        "second_last": _second_last(classes, first, last),
        "first_letter": _first_letter(classes, first, last),
        "n_sentences": n_sentences,
    }


def _second_last(classes: NDArray[np.uint8], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Class of the last character but one; French sites set a space before a closing mark, which does not count."""
    place = last - 1
    place -= classes[np.maximum(place, 0)] == CharClass.SPACE
    return np.where(place >= first, classes[np.maximum(place, 0)], np.uint8(0))


def _first_letter(classes: NDArray[np.uint8], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint8]:
    letters = np.flatnonzero((classes > 0) & (classes < FIRST_PUNCTUATION) & (classes != CharClass.MARK))
    if not len(letters):
        return np.zeros(len(first), np.uint8)
    found = letters[np.minimum(np.searchsorted(letters, first), len(letters) - 1)]
    return np.where((found >= first) & (found <= last), classes[found], np.uint8(0))


def _word_counts(chars: Chars, words: Words, word_line: NDArray[np.int32], n_lines: int) -> dict[str, NDArray[Any]]:
    start, line = words.start[words.is_spaced], word_line[words.is_spaced]
    length = (words.end[words.is_spaced] - start).astype(np.int32)
    opening = chars.classes[start]
    following = chars.classes[np.minimum(start + 1, len(chars.classes) - 1)] if len(start) else opening
    capital = opening == CharClass.UPPER
    shouted = capital & (following == CharClass.UPPER) & (length > 1)
    longest = np.zeros(n_lines, np.int32)
    heads = np.flatnonzero(np.diff(line, prepend=-1))
    if len(heads):
        longest[line[heads]] = np.maximum.reduceat(length, heads)
    return {
        "n_words": np.bincount(line, minlength=n_lines).astype(np.int32),
        "longest": longest,
        "n_capitalised": np.bincount(line[capital], minlength=n_lines).astype(np.int32),
        "n_shouted": np.bincount(line[shouted], minlength=n_lines).astype(np.int32),
    }


def _shapes(chars: Chars, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash of each line's classes with repeats collapsed; white space is one of the classes."""
    classes = chars.classes
    change = np.empty(len(classes), np.bool_)
    change[:1] = True
    np.not_equal(classes[1:], classes[:-1], out=change[1:])
    change[first] = True
    positions = np.flatnonzero(change)
    hasher = SpanHasher(classes[positions].astype(np.uint32) + np.uint32(1))
    return hasher(np.searchsorted(positions, first), np.searchsorted(positions, last, side="right"))


def join_pages(texts: Sequence[str]) -> tuple[str, NDArray[np.int64]]:
    """One text of all pages, and the index of each page's first line in it, shape (n_pages + 1,)."""
    n_lines = np.fromiter((text.count("\n") + 1 for text in texts), np.int64, len(texts))
    return "\n".join(texts), np.concatenate(([0], np.cumsum(n_lines)))
