"""Compare the candidates of each page in compiled loops, as `headline.HeadlineRanker.rerank_plain` does."""

import numpy as np
from numpy.typing import NDArray

from linesift.features import topic
from linesift.features.batch import FIXED, Batch
from linesift.jit import inner, leaf, outer
from linesift.labels import Label
from linesift.model import headline as plain
from linesift.model.compiled.decode import fixed
from linesift.model.headline import HeadlineRanker

_HEADLINE, _BODY, _N_LABELS = Label.HEADLINE.column, Label.BODY.column, len(Label)
_BESIDE, _IN_SPANS, _SPANS, _MOST = plain._BESIDE, tuple(plain._IN_SPANS_COLUMNS), plain._SPANS, plain._MAX_COMPARED
_FIRST_SHARED, _FIRST_ADDRESS = plain.CANDIDATE_NAMES.index(plain._SHARED_NAMES[0]), plain.ADDRESS_COLUMNS.start
_N_WEIGHTS, _N_COLUMNS, _FIXED, _LEAD = 4, len(plain.CANDIDATE_NAMES), FIXED, topic._LEAD
_MIN_BEST, _LEAST = np.float32(plain._MIN_BEST_PROBABILITY), np.float32(plain._LEAST_REST)
_ZERO, _ONE, _MISSING = np.float32(0), np.float32(1), np.float32(np.nan)


def rerank(
    ranker: HeadlineRanker,
    batch: Batch,
    rows: NDArray[np.int64],
    table: NDArray[np.float32],
    probabilities: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Do what `HeadlineRanker.rerank` does."""
    result = probabilities.copy()
    if len(rows):
        columns = candidate_table(batch, rows, table, result, reads_address=ranker.reads_address)
        settings = np.float32(ranker.no_headline_utility), np.float32(ranker.temperature)
        starts, powers = prepare(rows, batch.own_page_end, ranker.trees.scores(columns), *settings)
        # By numpy: the last bit of powers and of their sums depends on how they are computed.
        np.exp(powers, out=powers)
        write(rows, starts, powers, np.add.reduceat(powers[: len(rows)], starts), result)
    return result


def candidate_table(
    batch: Batch,
    rows: NDArray[np.int64],
    table: NDArray[np.float32],
    probabilities: NDArray[np.float32],
    *,
    reads_address: bool,
) -> NDArray[np.float32]:
    """Do what `headline.candidate_table` does, from probabilities that follow each other in memory."""
    weights = np.empty((_N_WEIGHTS, len(probabilities)), np.float32)
    weigh(batch.page_starts, probabilities, weights)
    found = topic.shared_words(batch, weights, rows)
    out = np.empty((_N_COLUMNS + len(table), len(rows)), np.float32)
    fill(rows, batch.own_page_start, batch.own_page_end, batch.scan.hash, probabilities, found, out)
    if reads_address and batch.addresses:
        out[plain.ADDRESS_COLUMNS] = plain._of_address(batch, rows, batch.addresses)
    out[_N_COLUMNS:] = table
    return out


@outer
def weigh(page_starts, probabilities, out):
    """Write the weights that `headline._shared` gives all lines, shape (4, n_lines), float32."""
    for page in range(len(page_starts) - 1):
        above = 0
        for row in range(page_starts[page], page_starts[page + 1]):
            body, is_lead = probabilities[row, _BODY], above / _FIXED < _LEAD
            out[0, row], out[3, row] = body, probabilities[row, _HEADLINE]
            out[1, row], out[2, row] = (body, _ZERO) if is_lead else (_ZERO, body)
            above += fixed(body)


@outer
def fill(rows, starts, ends, hashes, probabilities, found, out):
    """Write the columns of the candidates; those of the address are missing.

    Args:
        rows: shape (n_candidates,).
        starts: shape (n_lines,), first line of each line's page.
        ends: shape (n_lines,), line behind the last one of its page.
        hashes: shape (n_lines,), of the text of each line.
        probabilities: shape (n_lines, 4).
        found: shape (4, 2, n_candidates), what `topic.shared_words` gives.
        out: shape (n_columns, n_candidates), float32.
    """
    first = 0
    while first < len(rows):
        start, end = starts[rows[first]], ends[rows[first]]
        stop = _find_stop(rows, first, end)
        for place in range(first, stop):
            column = _fill_near(probabilities, rows[place], start, end, out, place)
            _fill_among(probabilities, hashes, rows, first, stop, out, column, place)
            out[_FIRST_ADDRESS:_N_COLUMNS, place] = _MISSING
        _fill_shared(found, first, stop, out)
        first = stop


@leaf
def _find_stop(rows, first, end):
    """Find the place behind the last candidate of the page that ends at a line."""
    stop = first
    while stop < len(rows) and rows[stop] < end:
        stop += 1
    return stop


@inner
def _fill_near(probabilities, row, start, end, out, place):
    column = _N_LABELS
    for label in range(_N_LABELS):
        out[label, place] = probabilities[row, label]
        for step in _BESIDE:
            out[column, place] = probabilities[row + step, label] if start <= row + step < end else _ZERO
            column += 1
    for label in _IN_SPANS:
        for low, high in _SPANS:
            best = _ZERO
            for other in range(max(row + low, start), min(row + high + 1, end)):
                best = max(best, probabilities[other, label])
            out[column, place] = best
            column += 1
    return column


@inner
def _fill_among(probabilities, hashes, rows, first, stop, out, column, place):
    own = probabilities[rows[place], _HEADLINE]
    of_above = _compare(probabilities, hashes, rows, max(place - _MOST, first), place, place)
    of_below = _compare(probabilities, hashes, rows, place + 1, min(place + 1 + _MOST, stop), place)
    above, likelier_above, copies_above, best_above, copy_above = of_above
    below, likelier_below, copies_below, best_below, copy_below = of_below
    of_best, best_copy = np.float64(own / max(best_above, best_below, own)), np.float64(max(copy_above, copy_below))
    # In the order of `_AMONG_NAMES`.
    values = (
        above, below, likelier_above + likelier_below, of_best, likelier_above, likelier_below, copies_above,
        copies_below, best_copy,
    )  # fmt: skip
    for number in range(len(values)):
        out[column + number, place] = values[number]


@inner
def _compare(probabilities, hashes, rows, first, stop, place):
    """Compare a candidate with some others: sum, number of likelier ones and of copies, best one and best copy."""
    total = n_likelier = n_copies = 0.0
    best = best_copy = _ZERO
    own, text_hash = probabilities[rows[place], _HEADLINE], hashes[rows[place]]
    for other in range(first, stop):
        chance = probabilities[rows[other], _HEADLINE]
        total += chance
        n_likelier += chance > own
        best = max(best, chance)
        if hashes[rows[other]] == text_hash:
            n_copies += 1
            best_copy = max(best_copy, chance)
    return total, n_likelier, n_copies, best, best_copy


@inner
def _fill_shared(found, first, stop, out):
    column = _FIRST_SHARED
    for weight in range(len(found)):
        for what in range(2):
            best = _MISSING
            for place in range(first, stop):
                value = found[weight, what, place]
                if value > best or best != best:  # the best is missing as long as all are
                    best = value
            for place in range(first, stop):
                value = found[weight, what, place]
                out[column + what, place], out[column + 2 + what, place] = value, value - best
        column += 4


@outer
def prepare(rows, ends, scores, no_headline_utility, temperature):
    """Prepare the softmax of each page.

    Args:
        rows: shape (n_candidates,).
        ends: shape (n_lines,), line behind the last one of each line's page.
        scores: shape (n_candidates, 4), the first of which is the utility.
        no_headline_utility: as `HeadlineRanker` has it; `temperature` is the same.
        temperature: as `no_headline_utility`.

    Returns:
        The place of the first candidate of each page that has some, shape (n_pages,), and the exponents of all
        candidates and then of "no headline" on each of these pages, shape (n_candidates + n_pages,).
    """
    starts, exponents = np.empty(len(rows), np.int64), np.empty(2 * len(rows), np.float32)
    first = n_pages = 0
    while first < len(rows):
        stop = _find_stop(rows, first, ends[rows[first]])
        # The highest utility is subtracted, so that no power overflows.
        highest = no_headline_utility
        for place in range(first, stop):
            highest = max(highest, scores[place, 0])
        for place in range(first, stop):
            exponents[place] = (scores[place, 0] - highest) / temperature
        exponents[len(rows) + n_pages] = (no_headline_utility - highest) / temperature
        starts[n_pages] = first
        n_pages, first = n_pages + 1, stop
    return starts[:n_pages], exponents[: len(rows) + n_pages]


@outer
def write(rows, starts, powers, sums, out):
    """Write the probabilities of the candidates over those that they have.

    Args:
        rows: shape (n_candidates,).
        starts: shape (n_pages,), from `prepare`.
        powers: those of the exponents of `prepare`.
        sums: shape (n_pages,), of the powers of the candidates.
        out: shape (n_lines, 4).
    """
    for page in range(len(starts)):
        stop = starts[page + 1] if page + 1 < len(starts) else len(rows)
        best, total = _ZERO, sums[page] + powers[len(rows) + page]
        for place in range(starts[page], stop):
            best = max(best, out[rows[place], _HEADLINE])
        for place in range(starts[page], stop if best >= _MIN_BEST else starts[page]):
            row, after = rows[place], powers[place] / total
            factor = (_ONE - after) / max(_ONE - out[row, _HEADLINE], _LEAST)
            for label in range(_N_LABELS):
                out[row, label] *= factor
            out[row, _HEADLINE] = after
