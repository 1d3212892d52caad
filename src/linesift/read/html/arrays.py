"""Turn the lines of a walk into the arrays of `Hints`."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.hints import PART_LEVEL, Hints, no_hints
from linesift.read.html.evidence import HeadClaims, find_evidence
from linesift.read.html.links import find_kinds
from linesift.read.html.media import find_pictures
from linesift.read.html.walk import ANCESTOR_MASK, NUMBER, OUTER, Block, Walk
from linesift.read.html.words import TIME_HASHES, split_words

MAX_WORDS = 1_000_000
"""Words that the lines of a page have from the elements around them, all together (highest of 2,033 pages: 89,389). If
there are more, each element counts only with a few of its words."""
_INT16_MAX = int(np.iinfo(np.int16).max)


class _Words(NamedTuple):
    """Words of all lines, one entry per word, and which lines have a word that names a time, one entry per line."""

    hash: NDArray[np.uint64]
    line: NDArray[np.int32]
    level: NDArray[np.uint8]
    has_time_word: NDArray[np.bool_]
    """Whether the line's block, or an element in it around or inside the line, has a word for time."""


def make_hints(walk: Walk, claims: HeadClaims) -> Hints:
    r"""Arrays of a finished walk; those of one blank line where it found none, as `"".split("\n")` gives."""
    if not walk.lines:
        return no_hints(1)
    texts, holders, in_time, link_share, emphasis, n_inline, part_keys, hrefs = zip(*walk.lines, strict=True)
    flags, outer_keys, n_own, blocks, _ = zip(*holders, strict=True)
    number, outer, _, _, tag, depth = zip(*blocks, strict=True)
    outer_number = [-1 if block is None else block[NUMBER] for block in outer]
    paths = _find_paths(blocks)
    path = [paths[own] for own in number]
    words = _find_words(walk.keys, outer_keys, n_own, part_keys)
    return Hints(
        tag=np.array(tag, np.uint8),
        ancestors=(np.array(flags, np.int64) & ANCESTOR_MASK).astype(np.uint32),
        depth=_clip(depth),
        order=(np.array(number, np.float64) / walk.n_blocks).astype(np.float32),
        path=np.array(path, np.uint64),
        parent=np.array([paths.get(around, 0) for around in outer_number], np.uint64),
        siblings=_count_siblings(number, outer_number, path),
        link_share=np.array(link_share, np.float32),
        emphasis=np.array(emphasis, np.float32),
        is_time=np.array(in_time, np.bool_) | words.has_time_word,
        n_inline=_clip(n_inline),
        **find_evidence(texts, claims)._asdict(),
        **find_pictures(texts, walk.gaps)._asdict(),
        link_kind=find_kinds(hrefs),
        word_hash=words.hash,
        word_line=words.line,
        word_level=words.level,
    )


def _clip(values: Sequence[int]) -> NDArray[np.int16]:
    return np.clip(np.array(values, np.int64), 0, _INT16_MAX).astype(np.int16)


def _find_paths(blocks: Sequence[Block]) -> dict[int, int]:
    """Number the paths, from 1, of blocks and of all blocks around them; by the blocks' numbers.

    Two blocks have the same path if they and all blocks around them agree in name and first class, but for a number at
    the end of the class: that is how blocks from one template look. Later classes (`odd`, `last`, `category-sport`)
    tell them apart, and are left out.
    """
    path_numbers: dict[tuple[int, str, str], int] = {}
    stems: dict[str, str] = {}
    paths: dict[int, int] = {}
    for innermost in blocks:
        new: list[Block] = []
        block: Block | None = innermost
        while block is not None and block[NUMBER] not in paths:
            new.append(block)
            block = block[OUTER]
        for number, outer, name, key, _, _ in reversed(new):
            if key not in stems:
                classes = key.partition("\n")[0].split(None, 1)
                stems[key] = classes[0].rstrip("0123456789") if classes else ""
            place = (paths[outer[NUMBER]] if outer else 0, name, stems[key])
            paths[number] = path_numbers.setdefault(place, len(path_numbers) + 1)
    return paths


def _count_siblings(number: Sequence[int], outer_number: Sequence[int], path: Sequence[int]) -> NDArray[np.int32]:
    """Count, per line, the distinct blocks with lines that have the path of its block, in the same outer block."""
    places = dict(zip(number, zip(outer_number, path, strict=True), strict=True))
    counts = Counter(places.values())
    return np.array([counts[places[own]] for own in number], np.int32)


def _find_words(
    keys: Sequence[str],
    outer_keys: Sequence[tuple[int, ...]],
    n_own: Sequence[int],
    part_keys: Sequence[tuple[int, ...]],
) -> _Words:
    """Find the words of every line: those of the elements around it, from the inside out, then those of its parts.

    Args:
        keys: the page's distinct keys.
        outer_keys: per line the numbers of the keys of elements around it.
        n_own: per line how many of these are inside its block or the block's own.
        part_keys: per line the numbers of the keys of elements inside it.
    """
    line_keys = [around + inside for around, inside in zip(outer_keys, part_keys, strict=True)]
    # A use is a key that a line has. One entry per use, sorted by line.
    uses_of_line = _lengths(line_keys)
    line_of_use = np.repeat(np.arange(len(line_keys), dtype=np.int32), uses_of_line)
    level_of_use = _count_within(uses_of_line)
    is_part = level_of_use >= _lengths(outer_keys)[line_of_use]
    level_of_use[is_part] = PART_LEVEL
    key_of_use = np.fromiter(chain.from_iterable(line_keys), np.int64, len(line_of_use))
    # Words of the keys that are used: most keys are of elements without lines.
    is_used = np.zeros(len(keys), np.bool_)
    is_used[key_of_use] = True
    used = np.flatnonzero(is_used).tolist()
    key_of_use = (np.cumsum(is_used) - 1)[key_of_use]  # from here on indices of `used`
    hashes, key_of_word = split_words([keys[index] for index in used])
    hashes, key_of_word = _limit_words(hashes, key_of_word, np.bincount(key_of_use, minlength=len(used)))
    words_of_key = np.bincount(key_of_word, minlength=len(used))
    names_time = np.bincount(key_of_word[_are_time_words(hashes)], minlength=len(used)) > 0
    is_near = is_part | (level_of_use < np.array(n_own, np.int64)[line_of_use])
    has_time_word = np.bincount(line_of_use[is_near & names_time[key_of_use]], minlength=len(line_keys)) > 0
    # Words of the uses, one entry per word.
    words_of_use = words_of_key[key_of_use]
    first_word = (np.cumsum(words_of_key) - words_of_key)[key_of_use]
    word = np.repeat(first_word, words_of_use) + _count_within(words_of_use)
    level = np.repeat(level_of_use.astype(np.uint8), words_of_use)
    return _Words(hashes[word], np.repeat(line_of_use, words_of_use), level, has_time_word)


def _limit_words(
    hashes: NDArray[np.uint64], key_of_word: NDArray[np.int64], uses_of_key: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Leave out words of keys with many, so that all uses of all keys together have at most `MAX_WORDS`."""
    most = int(np.bincount(key_of_word).max(initial=0))
    place = _count_within(np.bincount(key_of_word, minlength=len(uses_of_key)))
    while most > 1 and uses_of_key[key_of_word[place < most]].sum() > MAX_WORDS:
        most //= 2
    is_kept = place < most
    return hashes[is_kept], key_of_word[is_kept]


def _are_time_words(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    index = np.minimum(np.searchsorted(TIME_HASHES, hashes), len(TIME_HASHES) - 1)
    return np.equal(TIME_HASHES[index], hashes)


def _lengths(sequences: Collection[Any]) -> NDArray[np.int64]:
    return np.fromiter(map(len, sequences), np.int64, len(sequences))


def _count_within(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count 0, 1, ... within each of several groups of the given sizes, one behind the other."""
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
