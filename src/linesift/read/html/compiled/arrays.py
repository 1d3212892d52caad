"""Make the arrays of hints from the lines of the pass: what `read.html.arrays` does, compiled."""

import numpy as np

from linesift.hashing import MIX, SPREAD
from linesift.hints import N_LEVELS
from linesift.jit import inner, maker, outer
from linesift.read.html.compiled.layout import (
    BLOCK_DEPTH,
    ELEMENT,
    IS_TIME,
    KEY,
    LINE_BLOCK,
    LINE_FLAGS,
    LINE_INLINE,
    LINE_KEYSET,
    LINE_OWN,
    LINK_KIND,
    N_PARTS,
    OUTER,
    PART_START,
    TAG,
)  # fmt: skip
from linesift.read.html.compiled.scan import AMPERSAND, LF, hash_bytes, read_char, to_slot
from linesift.read.html.words import MAX_KEY

_OTHER, _LOWER, _UPPER = 0, 1, 2


@inner
def _find_stem(data, start, end):
    """Where the first class of a key stands, without digits at its end."""
    stop = start
    while stop < end and data[stop] != LF:
        stop += 1
    while start < stop and read_char(data, start) & 3 == 1:
        start += read_char(data, start) >> 2
    last = start
    while last < stop and read_char(data, last) & 3 != 1:
        last += read_char(data, last) >> 2
    while last > start and 48 <= data[last - 1] <= 57:
        last -= 1
    return start, last


@maker
def _number_stems(bounds, data):
    """Number the stems of all keys: equal stems have equal numbers."""
    n_keys = len(bounds) - 1
    stems = np.empty((n_keys, 2), np.int64)
    numbers = np.zeros(n_keys, np.int64)
    n_slots = 64
    while n_slots < 2 * n_keys:
        n_slots *= 2
    slots = np.full(n_slots, -1, np.int64)
    for key in range(n_keys):
        start, end = _find_stem(data, bounds[key], bounds[key + 1])
        stems[key, 0], stems[key, 1] = start, end
        slot = to_slot(hash_bytes(data, start, end), n_slots - 1)
        numbers[key] = key
        while slots[slot] >= 0:
            other = slots[slot]
            first, size = stems[other, 0], stems[other, 1] - stems[other, 0]
            offset = 0
            while size == end - start and offset < size and data[first + offset] == data[start + offset]:
                offset += 1
            if size == end - start and offset == size:
                numbers[key] = other
                break
            slot = (slot + 1) & (n_slots - 1)
        if numbers[key] == key:
            slots[slot] = key
    return numbers


@inner
def _find_triple(slots, keys, first, second, third, number):
    """Number of three integers in a hash table, or `number` where they are new; then they are noted under it."""
    value = np.uint64(first) * SPREAD ^ np.uint64(second) * MIX ^ (np.uint64(third) + np.uint64(1)) * SPREAD * MIX
    value = (value ^ (value >> np.uint64(32))) * MIX
    slot = np.int64(value >> np.uint64(20)) & (len(slots) - 1)
    while slots[slot]:
        found = slots[slot]
        if keys[found, 0] == first and keys[found, 1] == second and keys[found, 2] == third:
            return found
        slot = (slot + 1) & (len(slots) - 1)
    slots[slot] = number
    keys[number, 0], keys[number, 1], keys[number, 2] = first, second, third
    return number


@maker
def _find_paths(lines, blocks, stems):
    """Number the paths of blocks with lines and of all blocks around them, from 1; 0 for others."""
    n_blocks = len(blocks)
    paths = np.zeros(n_blocks, np.int64)
    n_slots = 64
    while n_slots < 2 * n_blocks:
        n_slots *= 2
    slots, keys = np.zeros(n_slots, np.int64), np.empty((n_blocks + 1, 3), np.int64)
    pending = np.empty(n_blocks, np.int64)
    n_paths = 0
    for number in range(len(lines)):
        block, n_pending = lines[number, LINE_BLOCK], 0
        while block >= 0 and not paths[block]:
            pending[n_pending] = block
            n_pending += 1
            block = blocks[block, OUTER]
        for place in range(n_pending - 1, -1, -1):
            block = pending[place]
            outer = blocks[block, OUTER]
            around = paths[outer] if outer >= 0 else 0
            path = _find_triple(slots, keys, around, blocks[block, ELEMENT], stems[blocks[block, KEY]], n_paths + 1)
            paths[block] = path
            n_paths = max(n_paths, path)
    return paths


@maker
def _count_siblings(lines, blocks, paths):
    n_lines = len(lines)
    n_slots = 64
    while n_slots < 2 * n_lines:
        n_slots *= 2
    slots, keys = np.zeros(n_slots, np.int64), np.empty((n_lines + 1, 3), np.int64)
    counts, group = np.zeros(n_lines + 1, np.int64), np.empty(n_lines, np.int64)
    group_of_block = np.zeros(len(blocks), np.int64)
    n_groups = 0
    for number in range(n_lines):
        block = lines[number, LINE_BLOCK]
        if not group_of_block[block]:
            path = paths[block]
            found = _find_triple(slots, keys, blocks[block, OUTER], path, -1, n_groups + 1)
            n_groups = max(n_groups, found)
            group_of_block[block] = found
            counts[found] += 1
        group[number] = group_of_block[block]
    siblings = np.empty(n_lines, np.int32)
    for number in range(n_lines):
        siblings[number] = counts[group[number]]
    return siblings


@inner
def _decode_key(data, start, end, codes):
    """Write the first characters of a key without entities; returns the number of bytes."""
    place = n_chars = 0
    while start < end and n_chars < MAX_KEY:
        size = read_char(data, start) >> 2
        if data[start] == AMPERSAND:
            first = data[start + 1]
            if first == 110:
                codes[place], codes[place + 1] = 0xC2, 0xA0
                place += 2
            else:
                codes[place] = AMPERSAND  # none of the others is a letter
                place += 1
        else:
            for offset in range(size):
                codes[place + offset] = data[start + offset]
            place += size
        start += size
        n_chars += 1
    return place


@inner
def _kind(byte):
    if byte >= 0x80 or 97 <= byte <= 122:
        return _LOWER
    return _UPPER if 65 <= byte <= 90 else _OTHER


@inner
def _split_key(codes, size, hashes, first):
    """Hash the words of a key as `words.split_words`: ascending, each once; returns the end of its hashes."""
    n_words, before, place = first, _OTHER, 0
    while place < size:
        kind = _kind(codes[place])
        if kind == _OTHER:
            before = kind
            place += 1
            continue
        value, power, start = np.uint64(0), np.uint64(1), place
        while True:
            byte = codes[place]
            value += (np.uint64(byte + 32 if kind == _UPPER else byte) + np.uint64(1)) * power
            power *= SPREAD
            place += 1
            before = kind
            kind = _kind(codes[place]) if place < size else _OTHER
            after = _kind(codes[place + 1]) if place + 1 < size else _OTHER
            if kind == _OTHER or (kind == _UPPER and (before == _LOWER or after == _LOWER)):
                break
        if place - start > 1:
            value = (value ^ (value >> np.uint64(32))) * MIX
            value = value ^ (value >> np.uint64(32))
            at = n_words
            while at > first and hashes[at - 1] > value:
                at -= 1
            if at == first or hashes[at - 1] != value:
                for moved in range(n_words, at, -1):
                    hashes[moved] = hashes[moved - 1]
                hashes[at] = value
                n_words += 1
    return n_words


@maker
def _find_words(lines, keysets, part_keys, bounds, key_bytes, time_hashes):
    """Words of all lines: hash, line and level of each, and whether a line has one that names a time."""
    n_keys = len(bounds) - 1
    first_word, end_word = np.full(n_keys, -1, np.int64), np.zeros(n_keys, np.int64)
    names_time = np.zeros(n_keys, np.bool_)
    # A word has two letters at least, and something before the next.
    hashes = np.empty(len(key_bytes) // 2 + 2 * n_keys + 2, np.uint64)
    codes = np.empty(4 * MAX_KEY + 8, np.uint8)
    n_hashes = n_words = 0
    for number in range(len(lines)):
        line = lines[number]
        n_outer = keysets[line[LINE_KEYSET], N_LEVELS]
        for use in range(n_outer + line[N_PARTS]):
            key = keysets[line[LINE_KEYSET], use] if use < n_outer else part_keys[line[PART_START] + use - n_outer]
            if first_word[key] < 0:
                size = _decode_key(key_bytes, bounds[key], bounds[key + 1], codes)
                first_word[key] = n_hashes
                n_hashes = _split_key(codes, size, hashes, n_hashes)
                end_word[key] = n_hashes
                for place in range(first_word[key], n_hashes):
                    for time_hash in time_hashes:
                        names_time[key] |= hashes[place] == time_hash
            n_words += end_word[key] - first_word[key]
            if names_time[key] and (use >= n_outer or use < line[LINE_OWN]):
                line[IS_TIME] = 1
    word_hash, word_line = np.empty(n_words, np.uint64), np.empty(n_words, np.int32)
    word_level = np.empty(n_words, np.uint8)
    at = 0
    for number in range(len(lines)):
        line = lines[number]
        n_outer = keysets[line[LINE_KEYSET], N_LEVELS]
        for use in range(n_outer + line[N_PARTS]):
            key = keysets[line[LINE_KEYSET], use] if use < n_outer else part_keys[line[PART_START] + use - n_outer]
            for place in range(first_word[key], end_word[key]):
                word_hash[at] = hashes[place]
                word_line[at] = number
                word_level[at] = min(use, n_outer) if use < n_outer else N_LEVELS
                at += 1
    return word_hash, word_line, word_level


@outer
def make_arrays(lines, shares, blocks, keysets, part_keys, bounds, key_bytes, time_hashes):
    """Make the arrays of `Hints` from lines, in the order of its fields; but those of `evidence` and `media`."""
    n_lines = len(lines)
    word_hash, word_line, word_level = _find_words(lines, keysets, part_keys, bounds, key_bytes, time_hashes)
    paths = _find_paths(lines, blocks, _number_stems(bounds, key_bytes))
    siblings = _count_siblings(lines, blocks, paths)
    tag, ancestors = np.empty(n_lines, np.uint8), np.empty(n_lines, np.uint32)
    depth, order = np.empty(n_lines, np.int16), np.empty(n_lines, np.float32)
    path, parent = np.empty(n_lines, np.uint64), np.empty(n_lines, np.uint64)
    link_share, emphasis = np.empty(n_lines, np.float32), np.empty(n_lines, np.float32)
    is_time, n_inline = np.empty(n_lines, np.bool_), np.empty(n_lines, np.int16)
    link_kind = np.empty(n_lines, np.uint8)
    for number in range(n_lines):
        line = lines[number]
        block = blocks[line[LINE_BLOCK]]
        tag[number], depth[number] = block[TAG], min(block[BLOCK_DEPTH], 32767)
        ancestors[number] = np.uint32(line[LINE_FLAGS])
        order[number] = line[LINE_BLOCK] / len(blocks)
        path[number] = paths[line[LINE_BLOCK]]
        parent[number] = paths[block[OUTER]] if block[OUTER] >= 0 else 0
        link_share[number], emphasis[number] = shares[number, 0], shares[number, 1]
        is_time[number], n_inline[number] = line[IS_TIME] != 0, min(line[LINE_INLINE], 32767)
        link_kind[number] = line[LINK_KIND]
    return (
        tag, ancestors, depth, order, path, parent, siblings, link_share, emphasis, is_time, n_inline, link_kind,
        word_hash, word_line, word_level,
    )  # fmt: skip
