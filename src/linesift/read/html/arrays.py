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
from linesift.read.html.walk import ANCESTOR_MASK, KEYS, N_OWN, NUMBER, OUTER, Block, Scope, Walk
from linesift.read.html.words import TIME_HASHES, split_words

_INT16_MAX = int(np.iinfo(np.int16).max)


class _Words(NamedTuple):
    """Words of all lines, one entry per word, and whether they name a time, one entry per line."""

    hash: NDArray[np.uint64]
    line: NDArray[np.int32]
    level: NDArray[np.uint8]
    is_time: NDArray[np.bool_]
    """Whether the line's block, or an element in it around or inside the line, has a word for time."""


def make_hints(walk: Walk, claims: HeadClaims) -> Hints:
    r"""Arrays of a finished walk; those of one blank line where it found none, as `"".split("\n")` gives."""
    if not walk.lines:
        return no_hints(1)
    texts, holders, is_time, link_share, emphasis, n_inline, part_keys, hrefs = zip(*walk.lines, strict=True)
    flags, _, _, blocks, _ = zip(*holders, strict=True)
    number, _, _, _, tag, depth = zip(*blocks, strict=True)
    path, parent = _find_paths(blocks)
    words = _find_words(walk.keys, holders, part_keys)
    return Hints(
        tag=np.array(tag, np.uint8),
        ancestors=(np.array(flags, np.int64) & ANCESTOR_MASK).astype(np.uint32),
        depth=_clip(depth),
        order=(np.array(number, np.float64) / walk.n_blocks).astype(np.float32),
        path=np.array(path, np.uint64),
        parent=np.array(parent, np.uint64),
        siblings=_count_siblings(blocks, path),
        link_share=np.array(link_share, np.float32),
        emphasis=np.array(emphasis, np.float32),
        is_time=np.array(is_time, np.bool_) | words.is_time,
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


def _find_paths(blocks: Sequence[Block]) -> tuple[list[int], list[int]]:
    """Number the path of every line's block, and of the block around that; 0 where there is none.

    Two blocks have the same path if they and all blocks around them agree in name and first class, but for a number at
    the end of the class: that is how blocks from one template look. Later classes (`odd`, `last`, `category-sport`)
    tell them apart, and are left out.
    """
    path_numbers: dict[tuple[int, str, str], int] = {}
    stems: dict[str, str] = {}
    paths: dict[int, int] = {}  # by the block's number
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
    own = [paths[block[NUMBER]] for block in blocks]
    return own, [paths[block[OUTER][NUMBER]] if block[OUTER] else 0 for block in blocks]


def _count_siblings(blocks: Sequence[Block], path: Sequence[int]) -> NDArray[np.int32]:
    """Count, per line, the distinct blocks with lines that have the path of its block, in the same outer block."""
    places = {
        block[NUMBER]: (block[OUTER][NUMBER] if block[OUTER] else 0, own)
        for block, own in zip(blocks, path, strict=True)
    }
    counts = Counter(places.values())
    return np.array([counts[places[block[NUMBER]]] for block in blocks], np.int32)


def _find_words(keys: Sequence[str], holders: Sequence[Scope], part_keys: Sequence[tuple[int, ...]]) -> _Words:
    """Find the words of every line: those of the elements around it, from the inside out, then those of its parts.

    Args:
        keys: the page's distinct keys.
        holders: per line the scope around it, with the numbers of keys.
        part_keys: per line the numbers of the keys of elements inside it.
    """
    outer_keys = [holder[KEYS] for holder in holders]
    line_keys = [around + inside for around, inside in zip(outer_keys, part_keys, strict=True)]
    # Uses of keys by lines: one entry per use, sorted by line.
    n_uses = _lengths(line_keys)
    use_line = np.repeat(np.arange(len(line_keys), dtype=np.int32), n_uses)
    use_level = _count_within(n_uses)
    is_part = use_level >= _lengths(outer_keys)[use_line]
    use_level[is_part] = PART_LEVEL
    use_key = np.fromiter(chain.from_iterable(line_keys), np.int64, len(use_line))
    # Words of the keys that are used: most keys are of elements without lines.
    is_used = np.zeros(len(keys), np.bool_)
    is_used[use_key] = True
    used = np.flatnonzero(is_used).tolist()
    hashes, word_key = split_words([keys[place] for place in used])
    n_words = np.bincount(word_key, minlength=len(used))
    is_time_key = np.bincount(word_key[_is_time(hashes)], minlength=len(used)) > 0
    # Words of the uses, one entry per word.
    use_key = (np.cumsum(is_used) - 1)[use_key]  # from here on places in `used`
    is_near = is_part | (use_level < np.array([holder[N_OWN] for holder in holders], np.int64)[use_line])
    is_time = np.bincount(use_line[is_near & is_time_key[use_key]], minlength=len(line_keys)) > 0
    repeats = n_words[use_key]
    word = np.repeat((np.cumsum(n_words) - n_words)[use_key], repeats) + _count_within(repeats)
    level = np.repeat(use_level.astype(np.uint8), repeats)
    return _Words(hashes[word], np.repeat(use_line, repeats), level, is_time)


def _is_time(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    place = np.minimum(np.searchsorted(TIME_HASHES, hashes), len(TIME_HASHES) - 1)
    return np.equal(TIME_HASHES[place], hashes)


def _lengths(sequences: Collection[Any]) -> NDArray[np.int64]:
    return np.fromiter(map(len, sequences), np.int64, len(sequences))


def _count_within(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count 0, 1, ... within each of several groups of the given sizes, one behind the other."""
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
