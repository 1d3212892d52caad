"""Count and find what is asked of a whole page: tags, prose, the days of JSON-LD."""

import numpy as np

from linesift.jit import outer
from linesift.read.html.compiled.layout import LINE_CHARS
from linesift.read.html.compiled.scan import is_at
from linesift.read.html.compiled.words import MOST_COUNTED, add_bytes, count_equal, find_hits, first_hit, next_hits
from linesift.read.html.evidence import DAY_KEYS, MAX_DAYS
from linesift.read.html.prose import MAX_LINKED, MIN_PROSE

_PUBLISHED, _MODIFIED = DAY_KEYS
_RARE = 5
"""Place of the capital in both keys, the rarest of their letters."""
_P, _M = _PUBLISHED[_RARE], _MODIFIED[_RARE]


@outer
def count_two(data, words, one, other):
    """Count two bytes in a page; `words` are its bytes, eight at a time, without those behind the last."""
    n_one = n_other = 0
    for first in range(0, len(words), MOST_COUNTED):
        ones = others = np.uint64(0)
        for number in range(first, min(first + MOST_COUNTED, len(words))):
            ones += count_equal(words[number], one)
            others += count_equal(words[number], other)
        n_one += add_bytes(ones)
        n_other += add_bytes(others)
    for place in range(len(words) << 3, len(data)):
        n_one += data[place] == one
        n_other += data[place] == other
    return n_one, n_other


@outer
def count_prose(lines, shares):
    """Count the characters of lines that are prose, see `read.html.prose`; shares of links stand first in `shares`."""
    n_chars = 0
    for number in range(len(lines)):
        if lines[number, LINE_CHARS] >= MIN_PROSE and shares[number, 0] < MAX_LINKED:
            n_chars += lines[number, LINE_CHARS]
    return n_chars


@outer
def find_keys(data, words):
    """Find the places behind the first of each of `evidence.DAY_KEYS`, as many as are read, in the order of the keys.

    Args:
        data: the page in UTF-8.
        words: its bytes, eight at a time. No key that has a day stands in the last ones, or behind them.
    """
    places = np.empty((2, MAX_DAYS), np.int64)
    n_published = n_modified = 0
    for number in range(len(words) - 1):
        hits = find_hits(words[number], _P) | find_hits(words[number], _M)
        while hits:
            start = (number << 3) + first_hit(hits) - _RARE
            hits = next_hits(hits)
            if start < 0 or start + len(_PUBLISHED) > len(data):
                continue
            if n_published < MAX_DAYS and is_at(data, start, _PUBLISHED):
                places[0, n_published] = start + len(_PUBLISHED)
                n_published += 1
            elif n_modified < MAX_DAYS and is_at(data, start, _MODIFIED):
                places[1, n_modified] = start + len(_MODIFIED)
                n_modified += 1
    return np.concatenate((places[0, :n_published], places[1, :n_modified]))
