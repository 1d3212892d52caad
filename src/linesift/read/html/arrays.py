"""From the rows of a walk to the arrays of `Hints`."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.hints import PART_LEVEL, Hints, no_hints
from linesift.read.html.evidence import Said, find_evidence
from linesift.read.html.walk import ANCESTOR_MASK, Block, Walk
from linesift.read.html.words import TIME_HASHES, split_words

_INT16_MAX = int(np.iinfo(np.int16).max)


class _Words(NamedTuple):
    hash: NDArray[np.uint64]
    line: NDArray[np.int32]
    level: NDArray[np.uint8]
    is_time: NDArray[np.bool_]
    """Per line: whether its block or an element in it has a word for time."""


def make_hints(walk: Walk, said: Said) -> Hints:
    r"""Arrays of a finished walk; one blank line where it found none, as `"".split("\n")` gives."""
    if not walk.rows:
        return no_hints(1)
    lines, scopes, is_time, link, emphasis, n_inline, parts = zip(*walk.rows, strict=True)
    _, flags, chains, n_own, tag, depth, blocks = zip(*scopes, strict=True)
    number = [block[0] for block in blocks]
    path, parent = _paths(blocks)
    words = _find_words(walk.attributes, chains, n_own, parts)
    return Hints(
        tag=np.array(tag, np.uint8),
        ancestors=(np.array(flags, np.int64) & ANCESTOR_MASK).astype(np.uint32),
        depth=_clipped(depth),
        order=(np.array(number, np.float64) / walk.n_blocks).astype(np.float32),
        path=np.array(path, np.uint64),
        parent=np.array(parent, np.uint64),
        siblings=_siblings(blocks, path),
        link_share=np.array(link, np.float32),
        emphasis=np.array(emphasis, np.float32),
        is_time=np.array(is_time, np.bool_) | words.is_time,
        n_inline=_clipped(n_inline),
        **find_evidence(lines, said)._asdict(),
        word_hash=words.hash,
        word_line=words.line,
        word_level=words.level,
    )


def _clipped(values: Sequence[int]) -> NDArray[np.int16]:
    return np.clip(np.array(values, np.int64), 0, _INT16_MAX).astype(np.int16)


def _paths(blocks: Sequence[Block]) -> tuple[list[int], list[int]]:
    """Path of every block and of the one above it, 0 where there is none.

    Siblings from one template share name and first class but for the number at its end. Later classes (`odd`, `last`,
    `category-sport`) tell them apart.
    """
    numbers: dict[tuple[int, str, str], int] = {}
    stems: dict[str, str] = {}
    paths: dict[int, int] = {}
    for innermost in blocks:
        chain: list[Block] = []
        block: Block | None = innermost
        while block is not None and block[0] not in paths:
            chain.append(block)
            block = block[1]
        for number, outer, name, key in reversed(chain):
            if key not in stems:
                first = key.partition("\n")[0].split(None, 1)
                stems[key] = first[0].rstrip("0123456789") if first else ""
            place = (paths[outer[0]] if outer else 0, name, stems[key])
            paths[number] = numbers.setdefault(place, len(numbers) + 1)
    return [paths[block[0]] for block in blocks], [paths[block[1][0]] if block[1] else 0 for block in blocks]


def _siblings(blocks: Sequence[Block], path: Sequence[int]) -> NDArray[np.int32]:
    """Distinct blocks of the same path under the same block, per line."""
    places = {block[0]: (block[1][0] if block[1] else 0, own) for block, own in zip(blocks, path, strict=True)}
    counts = Counter(places.values())
    return np.array([counts[places[block[0]]] for block in blocks], np.int32)


def _find_words(
    attributes: Sequence[str],
    chains: Sequence[tuple[int, ...]],
    n_own: Sequence[int],
    parts: Sequence[tuple[int, ...]],
) -> _Words:
    """Words of every line: those of the holder and the elements around it by distance, then those of parts."""
    numbers = [around + inside for around, inside in zip(chains, parts, strict=True)]
    per_line = _lengths(numbers)
    line = np.repeat(np.arange(len(numbers), dtype=np.int32), per_line)
    level = _places(per_line)
    is_part = level >= _lengths(chains)[line]
    level[is_part] = PART_LEVEL
    number = np.fromiter(chain.from_iterable(numbers), np.int64, len(line))
    is_used = np.zeros(len(attributes), np.bool_)
    is_used[number] = True
    entry = (np.cumsum(is_used) - 1)[number]
    used = np.flatnonzero(is_used).tolist()
    hashes, owner = split_words([attributes[place] for place in used])
    is_time_entry = np.bincount(owner[_is_time(hashes)], minlength=len(used)) > 0
    is_near = is_part | (level < np.array(n_own, np.int64)[line])
    is_time = np.bincount(line[is_near & is_time_entry[entry]], minlength=len(numbers)) > 0
    sizes = np.bincount(owner, minlength=len(used))
    repeats = sizes[entry]
    index = np.repeat((np.cumsum(sizes) - sizes)[entry], repeats) + _places(repeats)
    return _Words(hashes[index], np.repeat(line, repeats), np.repeat(level.astype(np.uint8), repeats), is_time)


def _is_time(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    place = np.minimum(np.searchsorted(TIME_HASHES, hashes), len(TIME_HASHES) - 1)
    return np.equal(TIME_HASHES[place], hashes)


def _lengths(sequences: Collection[Any]) -> NDArray[np.int64]:
    return np.fromiter(map(len, sequences), np.int64, len(sequences))


def _places(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, ... within every group of the given sizes."""
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
