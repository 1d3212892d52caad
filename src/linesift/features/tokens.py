"""What is read on a line: hashed words, pairs of words, its first and last word, and short lines whole."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch, read_batch
from linesift.features.chars import read_chars
from linesift.features.scan import MAX_LINE
from linesift.features.words import SpanHasher, find_words, hash_codes

TOKEN_BITS = 18
"""Buckets are numbers of this many bits; 2**18 rows of six half floats are 3 MB of weights."""

MARKUP_BITS = 16
"""The same for words of attributes, of which there are fewer."""

SHORT = 8.0
"""Words up to which a line is also a token as a whole: "Read more", "Share this article"."""

_PAIR, _FIRST, _LAST, _WHOLE = (np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 3, 5, 7))
_MIX = np.uint64(0xD6E8FEB86659FD93)


def line_tokens(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash every token of every line to a bucket.

    Returns:
        Rows and buckets of all tokens, both of shape (n_tokens,); not sorted by row.
    """
    hashes, row = batch.lines.word_hash, batch.lines.word_line
    if not len(row):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    opens = np.diff(row, prepend=-1) != 0
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(row)) - 1
    second = np.flatnonzero(~opens)
    short = np.flatnonzero(batch.length <= SHORT)
    rows = np.concatenate((row, row[second], row[first], row[last], short.astype(row.dtype)))
    keys = np.concatenate(
        (
            hashes,
            (hashes[second - 1] * _PAIR) ^ (hashes[second] + np.uint64(77)),
            hashes[first] * _FIRST + np.uint64(1),
            hashes[last] * _LAST + np.uint64(2),
            batch.lines.hash[short] * _WHOLE + np.uint64(3),
        )
    )
    buckets = (keys * _MIX) >> np.uint64(64 - TOKEN_BITS)
    return rows.astype(np.int64), buckets.astype(np.int64)


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
    words = find_words(chars, SpanHasher(hash_codes(chars)))
    spans = list(zip(words.start.tolist(), words.end.tolist(), strict=True))
    texts = [text[start:end] for start, end in spans]
    edges = [f"{texts[0]} …", f"… {texts[-1]}"] if texts else []
    pairs = [text[start:end] for (start, _), (_, end) in pairwise(spans)]
    whole = [f"“{text}”"] if len(buckets) > len(texts) + len(pairs) + len(edges) else []
    return texts + pairs + edges + whole, buckets


def markup_tokens(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash the markup around every line to buckets: words of attributes as they are and with their level, and the tag.

    Returns:
        Rows and buckets of all tokens, both of shape (n_tokens,); none where the pages have no hints.
    """
    hints = batch.hints
    if hints is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    level = hints.word_level.astype(np.uint64) + np.uint64(11)
    tag = hints.tag.astype(np.uint64) * _PAIR + np.uint64(29)
    every = np.arange(len(hints.tag), dtype=hints.word_line.dtype)
    rows = np.concatenate((hints.word_line, hints.word_line, every))
    keys = np.concatenate((hints.word_hash, hints.word_hash ^ (level * _PAIR), tag))
    buckets = (keys * _MIX) >> np.uint64(64 - MARKUP_BITS)
    return rows.astype(np.int64), buckets.astype(np.int64)
