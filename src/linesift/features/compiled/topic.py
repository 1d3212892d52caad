"""Find the words that lines share with others of their page in compiled loops, as `features.topic` does."""

import math

import numpy as np
from numpy.typing import NDArray

from linesift.features import topic as plain
from linesift.features.batch import Batch
from linesift.features.topic import Rows
from linesift.hashing import MIX
from linesift.jit import inner, leaf, outer

_SHORTEST, _LOAD, _MOST = plain.SHORTEST, plain._LOAD, plain._MOST
_BITS, _MISSING = 64, np.float32(np.nan)
_AT_ONCE = 1 << 20
"""Words times weights that are looked at together where there are more: their logarithms take 8 MB."""


def share_compiled(batch: Batch, weights: NDArray[np.float32], rows: Rows = None) -> NDArray[np.float32]:
    """Do what `topic.shared_words` does."""
    scan, rows = batch.scan, np.arange(len(batch.page)) if rows is None else rows
    found = np.empty((len(weights), 2, len(rows)), np.float32)
    step = max(1, _AT_ONCE // max(1, len(scan.word_line)))
    for start in range(0, len(weights), step):
        some = slice(start, start + step)
        words = scan.word_size, scan.word_hash, scan.word_line
        line, elsewhere = look_up(*words, batch.page_starts, rows, weights[some])
        shares = elsewhere >= plain.ENOUGH
        # By numpy, whose logarithm can differ in its last bit from that of the compiler.
        add_up(line, np.log1p(elsewhere, out=elsewhere), shares, found[some])
    return found


def fill_topic(batch: Batch, out: NDArray[np.float32]) -> None:
    """Write the columns of `topic.TOPIC`."""
    n_lines = len(batch.page)
    if n_lines:
        out[:2] = plain.shared_words(batch, batch.is_long.astype(np.float32)[None])[0]
        shares, heads = np.empty(n_lines), np.empty(n_lines, np.int64)
        heads = heads[: find_runs(batch.page_starts, batch.is_long, out[0], shares, heads)]
        # Added by numpy, in its order.
        fill_means(heads, np.add.reduceat(shares, heads), out[2])


@outer
def find_runs(page_starts, is_long, shared, shares, heads):
    """Find the first line of each run of running text or of other lines, and write the shares of all lines.

    Args:
        page_starts: shape (n_pages + 1,).
        is_long: shape (n_lines,).
        shared: shape (n_lines,), missing on lines without words.
        shares: shape (n_lines,), float64, written: 0 where they are missing.
        heads: shape (n_lines,), the first of them written.

    Returns:
        The number of runs.
    """
    n_runs = 0
    for page in range(len(page_starts) - 1):
        for row in range(page_starts[page], page_starts[page + 1]):
            shares[row] = 0.0 if math.isnan(shared[row]) else shared[row]
            if row == page_starts[page] or is_long[row] != is_long[row - 1]:
                heads[n_runs] = row
                n_runs += 1
    return n_runs


@outer
def fill_means(heads, sums, out):
    """Write the mean of each run to its lines."""
    for run in range(len(heads)):
        end = heads[run + 1] if run + 1 < len(heads) else len(out)
        out[heads[run] : end] = sums[run] / (end - heads[run])


@outer
def look_up(sizes, words, lines, page_starts, rows, weights):
    """Find the weight of the other lines that have a word.

    Args:
        sizes: shape (n_words,), letters of all words; `words` and `lines` are the same.
        words: hashes.
        lines: the line of each word.
        page_starts: shape (n_pages + 1,).
        rows: shape (n_rows,), the lines whose words are looked for.
        weights: shape (n_weights, n_lines).

    Returns:
        The place in `rows` of the line of each word that is looked for, shape (n_sought,), and the weight that the word
        has elsewhere, shape (n_weights, n_sought).
    """
    place = np.full(weights.shape[1], -1, np.int32)
    for number in range(len(rows)):
        place[rows[number]] = number
    n_sought, most = _count(sizes, lines, place, page_starts)
    line, elsewhere = np.empty(n_sought, np.int32), np.empty((len(weights), n_sought))
    slots, total = np.zeros(1 << _count_bits(most), np.int32), np.empty((most + 1, len(weights)))
    row, bucket = np.empty(most + 1, np.int32), np.empty(most + 1, np.int32)
    start = done = 0
    for page in range(len(page_starts) - 1):
        end, n_counted = start, 0
        while end < len(words) and lines[end] < page_starts[page + 1]:
            n_counted += sizes[end] >= _SHORTEST
            end += 1
        shift, n_counted = np.uint64(_BITS - _count_bits(n_counted)), 0
        for word in range(start, end):
            # Without a branch, which the processor could not foresee: half of the words count.
            row[n_counted], bucket[n_counted] = lines[word], (words[word] * MIX) >> shift
            n_counted += sizes[word] >= _SHORTEST
        done = _look_up_page(row[:n_counted], bucket[:n_counted], place, weights, slots, total, line, elsewhere, done)
        start = end
    return line, elsewhere


@inner
def _count(sizes, lines, place, page_starts):
    """Count the words that are looked for, and the most words of a page that count."""
    n_sought = n_counted = most = page = 0
    for word in range(len(lines)):
        while lines[word] >= page_starts[page + 1]:
            page += 1
            n_counted = 0
        is_counted = sizes[word] >= _SHORTEST
        n_sought += is_counted & (place[lines[word]] >= 0)
        n_counted += is_counted
        most = max(most, n_counted)
    return n_sought, most


@leaf
def _count_bits(n_words):
    """Give the bits of the numbers of a page's buckets."""
    bits = 1
    while 1 << bits < min(_LOAD * n_words, _MOST):
        bits += 1
    return bits


@inner
def _look_up_page(row, bucket, place, weights, slots, total, line, elsewhere, done):
    n_slots, start = 0, done
    for word in range(len(row)):
        if place[row[word]] >= 0:
            if not slots[bucket[word]]:
                n_slots += 1
                slots[bucket[word]] = n_slots
                total[n_slots] = 0
            line[done] = place[row[word]]
            done += 1
    if done == start:
        return done
    for word in range(len(row)):
        slot = slots[bucket[word]]
        if slot:
            for weight in range(len(weights)):
                total[slot, weight] += weights[weight, row[word]]
    sought = start
    for word in range(len(row)):
        if place[row[word]] >= 0:
            slot = slots[bucket[word]]
            for weight in range(len(weights)):
                elsewhere[weight, sought] = max(total[slot, weight] - weights[weight, row[word]], 0.0)
            sought += 1
    for word in range(len(row)):
        slots[bucket[word]] = 0
    return done


@outer
def add_up(line, known, are_shared, found):
    """Write the share of the words of each line that others have, and the mean of the logarithms of their weights.

    Args:
        line: shape (n_sought,), what `look_up` gives.
        known: shape (n_weights, n_sought), logarithms.
        are_shared: shape (n_weights, n_sought), whether a word counts as shared.
        found: shape (n_weights, 2, n_rows), float32.
    """
    n_words, n_shared, total = (
        np.zeros(found.shape[2], np.int64),
        np.empty(found.shape[2], np.int64),
        np.empty(found.shape[2]),
    )
    for sought in range(len(line)):
        n_words[line[sought]] += 1
    for weight in range(len(known)):
        n_shared[:], total[:] = 0, 0
        for sought in range(len(line)):
            row = line[sought]
            n_shared[row] += are_shared[weight, sought]
            total[row] += known[weight, sought]
        for row in range(len(n_words)):
            found[weight, 0, row] = n_shared[row] / n_words[row] if n_words[row] else _MISSING
            found[weight, 1, row] = total[row] / n_words[row] if n_words[row] else _MISSING
