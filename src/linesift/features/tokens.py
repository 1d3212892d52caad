"""Tokens of a line: hashed words, pairs of words, its first and last word, and short lines whole."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.features.chars import find_runs, hash_codes, nonzero_indices, read_chars
from linesift.features.scan import MAX_LINE
from linesift.features.words import SpanHasher, find_words
from linesift.hashing import MIX, SPREAD

TOKEN_BITS = 18
"""Buckets are numbers of this many bits; 2**18 rows of ten half floats are 5 MB of weights."""

MARKUP_BITS = 16
"""The same for words of attributes, of which there are fewer."""

SHORT = 8.0
"""Words up to which a line is also a token as a whole: "Read more", "Share this article"."""

_FIRST, _LAST, _WHOLE = (np.uint64(odd) for odd in (3, 5, 7))


ALL = slice(None)


def line_tokens(batch: Batch, rows: slice = ALL) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash every token of every line to a bucket.

    Args:
        batch: the pages.
        rows: the lines to read.

    Returns:
        Rows, counted from the first that is read, and buckets of all tokens; both of shape (n_tokens,), line after
        line.
    """
    start, stop, _ = rows.indices(len(batch.page))
    n_lines, words = stop - start, _word_range(batch.scan.word_line, start, stop)
    hashes = batch.scan.word_hash[words]
    n_words = np.bincount(batch.scan.word_line[words] - start, minlength=n_lines)
    worded, short = nonzero_indices(n_words), nonzero_indices(batch.length[rows] <= SHORT)
    first = (n_words.cumsum() - n_words)[worded]
    # Beside itself every word gives a pair with the one before, or the token of a line's first word.
    beside = np.empty_like(hashes)
    beside[1:] = (hashes[:-1] * SPREAD) ^ (hashes[1:] + np.uint64(77))
    beside[first] = hashes[first] * _FIRST + np.uint64(1)
    n_tokens = 2 * n_words
    n_tokens[worded] += 1
    n_tokens[short] += 1
    ends = n_tokens.cumsum()
    keys = np.empty(n_tokens.sum(), np.uint64)
    place = _word_places(n_words, ends - n_tokens)
    keys[place], keys[place + 1] = hashes, beside
    keys[(ends - n_tokens + 2 * n_words)[worded]] = hashes[first + n_words[worded] - 1] * _LAST + np.uint64(2)
    keys[ends[short] - 1] = batch.scan.hash[rows][short] * _WHOLE + np.uint64(3)
    return np.arange(n_lines).repeat(n_tokens), _buckets(keys, TOKEN_BITS)


def spelt_tokens(line: str) -> tuple[list[str], NDArray[np.int64]]:
    """Spell the tokens of one line, which elsewhere are hashes only.

    Returns:
        The text of every token and its bucket, as many and in the order that `line_tokens` gives for this line.

    >>> spelt_tokens("Read more")[0]
    ['Read', 'more', 'Read more', 'Read …', '… more', '“Read more”']
    """
    text = line.strip()[:MAX_LINE]
    _, buckets = line_tokens(read_batch([text]))
    chars = read_chars(text)
    words = find_words(find_runs(chars), SpanHasher(hash_codes(chars)))
    spans = list(zip(words.start.tolist(), words.end.tolist(), strict=True))
    texts = [text[start:end] for start, end in spans]
    edges = [f"{texts[0]} …", f"… {texts[-1]}"] if texts else []
    pairs = [text[start:end] for (start, _), (_, end) in pairwise(spans)]
    whole = [f"“{text}”"] if len(buckets) > len(texts) + len(pairs) + len(edges) else []
    return texts + pairs + edges + whole, buckets


def markup_tokens(batch: Batch, rows: slice = ALL) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash the markup around every line to buckets: words of attributes as they are and with their level, and the tag.

    Returns:
        As `line_tokens`; none where the pages have no hints.
    """
    hints = batch.hints
    if hints is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    start, stop, _ = rows.indices(len(hints.tag))
    n_lines, words = stop - start, _word_range(hints.word_line, start, stop)
    hashes, level = hints.word_hash[words], hints.word_level[words].astype(np.uint64) + np.uint64(11)
    n_words = np.bincount(hints.word_line[words] - start, minlength=n_lines)
    n_tokens = 2 * n_words + 1
    starts = n_tokens.cumsum() - n_tokens
    keys = np.empty(n_tokens.sum(), np.uint64)
    place = _word_places(n_words, starts)
    keys[place], keys[place + 1] = hashes, hashes ^ (level * SPREAD)
    keys[starts + 2 * n_words] = hints.tag[rows].astype(np.uint64) * SPREAD + np.uint64(29)
    return np.arange(n_lines).repeat(n_tokens), _buckets(keys, MARKUP_BITS)


def _word_range(word_line: NDArray[np.int32], start: int, stop: int) -> slice:
    """Which words stand in some lines."""
    first, last = word_line.searchsorted((start, stop))
    return slice(int(first), int(last))


def _word_places(n_words: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each word's first of two tokens goes, for the words of each line and where the line's tokens begin."""
    before = n_words.cumsum() - n_words
    found: NDArray[np.int64] = np.arange(0, 2 * n_words.sum(), 2) + (starts - 2 * before).repeat(n_words)
    return found


def _buckets(keys: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    keys *= MIX
    keys >>= np.uint64(64 - bits)
    return keys.view(np.int64)
