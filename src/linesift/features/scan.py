"""One pass over the characters of a batch: everything that is counted per line, before it becomes a column.

Character arrays live only inside this module, for one piece of text at a time; what leaves it has one entry
per line or per word. That bounds the memory of a batch by its lines.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.chars import (
    MARK,
    N_CLASSES,
    QUESTION,
    SPACE,
    STOP,
    UNSPACED,
    UPPER,
    CharClass,
    Chars,
    Runs,
    find_runs,
    hash_codes,
    lengths,
    nonzero_indices,
    read_chars,
)
from linesift.features.dates import find_dates
from linesift.features.words import SpanHasher, Words, find_words

PIECE = 1 << 18
"""Characters scanned at once; larger pieces leave the cache, smaller ones pay more for each numpy call."""

PAIR_SIZE = 4
"""Letters of a spaced word that a pair of Han, kana or Thai letters says as much as."""

MAX_LINE = 1 << 16
"""Characters of a line that are looked at; the rest of a longer line cannot change what it is."""


@dataclass(frozen=True, slots=True, eq=False)
class LineScan:
    """Counts of every non-blank line; arrays have shape (n_lines,) where nothing else is said."""

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
    scan_piece = COMPILED.choose(len(text)) or scan_plain
    for piece, n_lines in _pieces(text):
        part = scan_piece(piece)
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


@dataclass(frozen=True, slots=True, eq=False)
class LinePositions:
    """Positions of the lines that are not blank; arrays have shape (n_lines,) where nothing else is said."""

    number: NDArray[np.int64]
    """Index of the line, blank lines counted."""
    indent: NDArray[np.int64]
    first: NDArray[np.int64]
    """Position of the first character that is not white space."""
    last: NDArray[np.int64]
    first_run: NDArray[np.int64]
    last_run: NDArray[np.int64]
    row_of_run: NDArray[np.int32]
    """Shape (n_runs,): the line of each run; white space has none, and 0."""


def _find_lines(chars: Chars, runs: Runs) -> LinePositions:
    written = nonzero_indices(runs.kind)
    low = np.concatenate((_ZERO, runs.bounds.take(written).searchsorted(chars.newlines)))
    sizes = lengths(low, len(written))
    number = nonzero_indices(sizes)
    low, sizes = low[number], sizes[number]
    first_run, last_run = written.take(low), written.take(low + sizes - 1)
    row_of_run = np.zeros(len(runs.kind), np.int32)
    row_of_run[written] = np.arange(len(number), dtype=np.int32).repeat(sizes)
    first = runs.bounds.take(first_run)
    return LinePositions(
        number=number,
        indent=first - np.concatenate((_ZERO, chars.newlines + 1)).take(number),
        first=first,
        last=runs.bounds.take(last_run + 1) - 1,
        first_run=first_run,
        last_run=last_run,
        row_of_run=row_of_run,
    )


_ZERO = np.zeros(1, np.int64)


def scan_plain(text: str) -> LineScan:
    """Scan a piece of text by numpy alone."""
    chars = read_chars(text)
    runs = find_runs(chars)
    lines = _find_lines(chars, runs)
    hasher = SpanHasher(hash_codes(chars))
    words = find_words(runs, hasher)
    word_line = lines.row_of_run.take(words.run)
    size = np.minimum(words.end - words.start, 255).astype(np.uint8)
    size[~words.is_spaced] = PAIR_SIZE
    return LineScan(
        number=lines.number,
        **_character_counts(chars, runs, lines),
        indent=lines.indent.astype(np.int32),
        **_word_counts(runs, words, word_line, len(lines.number)),
        hash=hasher(lines.first, lines.last + 1),
        # White space is one of the classes of a shape.
        shape=SpanHasher(runs.kind + np.uint32(1))(lines.first_run, lines.last_run + 1),
        dates=find_dates(chars, runs, words, lines.row_of_run, hasher),
        word_hash=words.hash,
        word_line=word_line,
        word_size=size,
    )


def _character_counts(chars: Chars, runs: Runs, lines: LinePositions) -> dict[str, NDArray[Any]]:
    n_lines, kind = len(lines.number), runs.kind
    keys = kind * np.int64(n_lines)
    keys += lines.row_of_run
    counts = np.bincount(keys, runs.n_chars, N_CLASSES * n_lines)[: N_CLASSES * n_lines].astype(np.int32)
    counts = counts.reshape(N_CLASSES, n_lines)
    n_chars = (lines.last - lines.first + 1).astype(np.int32)
    counts[CharClass.SPACE] = n_chars - counts[1:].sum(axis=0, dtype=np.int32)
    return {
        "counts": counts.T,
        "n_chars": n_chars,
        "first": kind.take(lines.first_run),
        "last": kind.take(lines.last_run),
        "second_last": _second_last(chars.classes, lines.first, lines.last),
        "first_letter": _first_letter(kind, lines),
        "n_sentences": _sentences(chars, runs, lines),
    }


def _sentences(chars: Chars, runs: Runs, lines: LinePositions) -> NDArray[np.int32]:
    """Ends of sentences; of a run of stops only the last one can be an end."""
    stops = nonzero_indices((runs.kind == STOP) | (runs.kind == QUESTION))
    follower = np.concatenate((runs.kind, _AT_END)).take(stops + 1)
    is_full_width = chars.folded_at(runs.bounds.take(stops + 1) - 1) > 0x2FFF
    closes = is_full_width | _CLOSES.take(follower)
    return np.bincount(lines.row_of_run[stops[closes]], minlength=len(lines.number)).astype(np.int32)


_AT_END = np.zeros(1, np.uint8)
_CLOSES = np.zeros(N_CLASSES, np.bool_)
_CLOSES[[CharClass.SPACE, CharClass.QUOTE, CharClass.CLOSE]] = True


def _second_last(classes: NDArray[np.uint8], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Class of the last character but one; French sites set a space before a closing mark, which does not count."""
    place = last - 1
    place -= classes.take(place, mode="clip") == SPACE
    return np.where(place >= first, classes.take(place, mode="clip"), np.uint8(0))


def _first_letter(kind: NDArray[np.uint8], lines: LinePositions) -> NDArray[np.uint8]:
    letters = nonzero_indices((kind > 0) & (kind <= UNSPACED[1]) & (kind != MARK))
    if not len(letters):
        return np.zeros(len(lines.first_run), np.uint8)
    found = letters.take(letters.searchsorted(lines.first_run), mode="clip")
    return np.where((found >= lines.first_run) & (found <= lines.last_run), kind.take(found), np.uint8(0))


def _word_counts(runs: Runs, words: Words, word_line: NDArray[np.int32], n_lines: int) -> dict[str, NDArray[Any]]:
    run, line = words.run[words.spaced], word_line[words.spaced]
    length = (words.end[words.spaced] - words.start[words.spaced]).astype(np.int32)
    capital = nonzero_indices(runs.kind.take(run) == UPPER)
    shouted = capital[runs.n_chars.take(run[capital]) > 1]
    n_words = np.bincount(line, minlength=n_lines)
    longest = np.zeros(n_lines, np.int32)
    worded = nonzero_indices(n_words)
    if len(worded):
        heads = n_words.cumsum() - n_words
        longest[worded] = np.maximum.reduceat(length, heads[worded])
    return {
        "n_words": n_words.astype(np.int32),
        "longest": longest,
        "n_capitalised": np.bincount(line[capital], minlength=n_lines).astype(np.int32),
        "n_shouted": np.bincount(line[shouted], minlength=n_lines).astype(np.int32),
    }


def join_pages(texts: Sequence[str]) -> tuple[str, NDArray[np.int64]]:
    """One text of all pages, and the index of each page's first line in it, shape (n_pages + 1,)."""
    n_lines = np.fromiter((text.count("\n") + 1 for text in texts), np.int64, len(texts))
    return "\n".join(texts), np.concatenate((_ZERO, n_lines.cumsum()))


def _load() -> Callable[[str], LineScan] | None:
    """Load the compiled scan; `None` where it would read a text wrongly."""
    from linesift.features.compiled.scan import scan_piece

    found, expected = scan_piece(_PROBE), scan_plain(_PROBE)
    is_same = all(np.array_equal(getattr(found, each.name), getattr(expected, each.name)) for each in fields(LineScan))
    return scan_piece if is_same else None


_PROBE = """  Harbour reopens: 21 October 2024, 9:20 a.m.

\tBy ANNA Berg | 2024-10-21 09.20\r
水位が上がった。2024年10月21日 5월 ต.ค. "Again?" he said… 3/4
• It rained; it rained.\u3000"""

COMPILED = Choice(_load, make_is_kept("linesift.features.compiled.scan.scan"), Sizes(10_000_000, 250_000_000))
"""By characters."""
