"""Compute the columns of pages, and the scores of their words, in compiled loops, as `page_kind` does."""

import math

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import LONGEST, Batch
from linesift.features.dates import DatePart
from linesift.jit import inner, leaf, outer
from linesift.labels import Label
from linesift.model.compiled.sums import make_room, sum_rows
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, column_names

_HEADLINE, _BODY, _TIMESTAMP = (label.column for label in (Label.HEADLINE, Label.BODY, Label.TIMESTAMP))
_CLOCK, _DATED, _SHORT, _MIDDLING = DatePart.CLOCK.value, 3, np.float32(4), np.float32(15)
_UNLIKELY, _SURE, _LONGEST = 0.1, 0.9, np.float32(LONGEST)
_SHIFT = np.uint64(64 - WORD_BITS)
N_SUMS = 4
EXPECTED, RIGHT, DOUBT, HEADS = range(N_SUMS)
"""Sums whose last bit depends on their order: numpy adds them."""


def page_columns(batch: Batch, probabilities: NDArray[np.float32], labels: NDArray[np.int8]) -> NDArray[np.float32]:
    """Do what `page_kind.page_columns` does."""
    chances, n_pages = np.ascontiguousarray(probabilities), len(batch.lines_per_page_with_blanks)
    values, columns = (
        np.empty((N_SUMS, len(labels))),
        np.empty((len(column_names()) - len(WORD_KINDS), n_pages), np.float32),
    )
    fill_values(batch.length, chances, labels, values)
    sums = np.add.reduceat(values, batch.nonempty_starts, axis=1) if len(labels) else values
    lines = batch.length, batch.is_long, batch.strength, batch.scan.dates
    fill_columns(batch.page_starts, *lines, chances, labels, sums, columns)
    return columns


def word_scores(batch: Batch, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> NDArray[np.float32]:
    """Do what `page_kind.PageKindModel.word_scores` does, from padded weights."""
    scores = np.empty((len(bias), len(batch.lines_per_page_with_blanks)), np.float32)
    score_words(batch.scan.word_hash, batch.scan.word_line, batch.page_starts, weights, bias, scores)
    return scores


@outer
def score_words(words, lines, page_starts, weights, bias, out):
    """Write the scores of the words of each page, each of them once.

    Args:
        words: hashes, shape (n_words,).
        lines: the line of each word, ascending.
        page_starts: shape (n_pages + 1,).
        weights: shape (2**WORD_BITS, 16), float32.
        bias: shape (n_kinds,), float32.
        out: shape (n_kinds, n_pages), float32.
    """
    is_there, buckets = np.zeros(len(weights), np.bool_), np.empty(len(weights), np.int32)
    eights, (sums, ends, total, four) = is_there.view(np.uint64), make_room()
    word = 0
    for page in range(len(page_starts) - 1):
        while word < len(words) and lines[word] < page_starts[page + 1]:
            is_there[words[word] >> _SHIFT] = True
            word += 1
        n_found = 0
        for eight in range(len(eights)):
            if eights[eight]:
                for bucket in range(8 * eight, 8 * eight + 8):
                    buckets[n_found] = bucket
                    n_found += is_there[bucket]
                eights[eight] = 0
        sum_rows(weights, buckets, 0, n_found, sums, ends, total, four)
        root = np.float32(math.sqrt(np.float64(max(n_found, 1))))
        for kind in range(len(bias)):
            out[kind, page] = bias[kind] + total[kind] / root


@outer
def fill_values(length, probabilities, labels, out):
    """Write what is summed by page, shape (N_SUMS, n_lines)."""
    for row in range(len(length)):
        body = np.float64(probabilities[row, _BODY])
        expected = _words(length, row) * body
        out[EXPECTED, row], out[RIGHT, row] = expected, expected * (labels[row] == _BODY)
        out[DOUBT, row], out[HEADS, row] = expected * (1 - body), probabilities[row, _HEADLINE]


@leaf
def _words(length, row):
    return np.float64(min(length[row], _LONGEST))


@outer
def fill_columns(page_starts, length, is_long, strength, dates, probabilities, labels, sums, out):
    """Write all columns in the order of their names; `sums` has a column for each page with lines."""
    sums_of_page, n_done = np.empty(N_SUMS), 0
    for page in range(len(page_starts) - 1):
        lines = page_starts[page], page_starts[page + 1]
        sums_of_page[:] = 0
        if lines[0] < lines[1]:
            sums_of_page[:] = sums[:, n_done]
            n_done += 1
        column = _fill_body(lines, length, is_long, probabilities, labels, sums_of_page, out, page)
        column = _fill_places(lines, strength, dates, probabilities, labels, sums_of_page[HEADS], out, column, page)
        _fill_lengths(lines, length, out, column, page)


@inner
def _fill_body(lines, length, is_long, probabilities, labels, sums, out, page):
    start, end = lines
    total = body_words = long_words = long_body = best = unsure = n_body = runs = 0.0
    for row in range(start, end):
        body = np.float64(probabilities[row, _BODY])
        best = max(best, body)
        unsure += body > _UNLIKELY and body < _SURE
        words = _words(length, row)
        total += words
        long_words += words * is_long[row]
        if labels[row] == _BODY:
            n_body += 1
            runs += row == start or labels[row - 1] != _BODY
            body_words += words
            long_body += words * is_long[row]
    expected, right, doubt = sums[EXPECTED], sums[RIGHT], sums[DOUBT]
    pairs = (
        (body_words, 1.0), (expected, 1.0), (expected, total), (best, 1.0), (right, body_words),
        (expected - right, expected), (2 * right, body_words + expected), (doubt, expected), (unsure, 1.0),
        (runs, 1.0), (n_body, runs), (body_words, n_body), (long_words - long_body, long_words),
        (long_body, body_words),
    )  # fmt: skip
    return _write(pairs, out, 0, page)


@inner
def _fill_places(lines, strength, dates, probabilities, labels, heads, out, column, page):
    start, end = lines
    best_head = best_time = n_times = n_body = n_clocks = n_dates = 0.0
    # Times, clocks and dates from the first line of the body on, and as many of them as its last line has above.
    times = clocks = days = all_times = all_clocks = all_days = 0.0
    first = first_head = last = -1
    for row in range(start, end):
        best_head = max(best_head, np.float64(probabilities[row, _HEADLINE]))
        best_time = max(best_time, np.float64(probabilities[row, _TIMESTAMP]))
        is_time, is_clock, is_day = labels[row] == _TIMESTAMP, dates[row, _CLOCK] > 0, strength[row] >= _DATED
        n_times, n_clocks, n_dates = n_times + is_time, n_clocks + is_clock, n_dates + is_day
        if labels[row] == _HEADLINE and first_head < 0:
            first_head = row
        if labels[row] == _BODY:
            n_body += 1
            first, last = row if first < 0 else first, row
        if first >= 0:
            all_times, all_clocks, all_days = all_times + is_time, all_clocks + is_clock, all_days + is_day
            if last == row:
                times, clocks, days = all_times, all_clocks, all_days
    n_lines, place, n_inside, above_body = np.float64(end - start), np.nan, np.nan, np.nan
    if first >= 0:
        place, n_inside = np.float64(first - start), np.float64(last - first + 1)
        above_body = np.float64(first - first_head) if first_head >= 0 else np.nan
    pairs = (
        (best_head, 1.0), (heads - best_head, 1.0), (above_body, 1.0), (best_time, 1.0), (n_times, min(n_times, 1.0)),
        (n_body, n_inside), (place, n_lines), (times, min(times, 1.0)), (clocks, min(clocks, 1.0)),
        (days, min(days, 1.0)), (n_clocks, n_lines), (n_dates, n_lines),
    )  # fmt: skip
    return _write(pairs, out, column, page)


@inner
def _fill_lengths(lines, length, out, column, page):
    start, end = lines
    total = short = middling = 0.0
    for row in range(start, end):
        total += _words(length, row)
        short += length[row] < _SHORT
        middling += length[row] >= _SHORT and length[row] < _MIDDLING
    n_lines = np.float64(end - start)
    pairs = (n_lines, 1.0), (total, 1.0), (total, n_lines), (short, n_lines), (middling, n_lines)
    _write(pairs, out, column, page)


@leaf
def _write(pairs, out, column, page):
    """Write columns of a page, given by numerators and denominators, and give the number of the column behind them."""
    for part, whole in pairs:
        out[column, page] = part / whole if whole > 0 else np.nan
        column += 1
    return column
