"""Give every line its label in one compiled loop over the pages, as `decode.decode_plain` does."""

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import FIXED, Batch
from linesift.jit import inner, outer
from linesift.model import decode as plain
from linesift.model.decode import DecodeConfig

_HEADLINE, _BODY, _TIMESTAMP, _SIDEBAR = plain.HEADLINE, plain.BODY, plain.TIMESTAMP, plain.SIDEBAR
_BELOW_FIRST, _LEAST, _FIXED, _ZERO = plain._BELOW_FIRST, plain._LEAST_WORDS, FIXED, np.float32(0)


def decode(batch: Batch, probabilities: NDArray[np.float32], config: DecodeConfig) -> NDArray[np.int8]:
    """Do what `decode.decode` does."""
    labels = np.full(len(batch.page), _SIDEBAR, np.int8)
    chances = np.ascontiguousarray(probabilities)
    order = np.lexsort((-chances[:, _BODY], batch.page))
    body = np.array((config.body_floor, config.sure, config.body_floor_sure), np.float32)
    headline = np.array((config.headline, config.headline_elsewhere, config.headline_pair), np.float32)
    timestamp = np.array((config.timestamp, config.timestamp_near), np.float32)
    reach = config.headline_reach, config.timestamp_reach
    decode_pages(batch.page_starts, order, batch.length, chances, body, headline, timestamp, *reach, labels)
    return labels


@outer
def decode_pages(
    page_starts, order, length, probabilities, body, headline, timestamp, headline_reach, timestamp_reach, labels
):
    """Write the labels over those of sidebar.

    Args:
        page_starts: shape (n_pages + 1,).
        order: rows by page, and on a page from the highest probability of body on.
        length: shape (n_lines,), words.
        probabilities: shape (n_lines, 4), float32.
        body: thresholds of `DecodeConfig`: `body_floor`, `sure`, `body_floor_sure`; float32 as the following.
        headline: `headline`, `headline_elsewhere`, `headline_pair`.
        timestamp: `timestamp`, `timestamp_near`.
        headline_reach: as `DecodeConfig`; `timestamp_reach` is the same.
        timestamp_reach: as `headline_reach`.
        labels: shape (n_lines,), int8.
    """
    for page in range(len(page_starts) - 1):
        start, end = page_starts[page], page_starts[page + 1]
        if start == end:
            continue
        least = _least(order, length, probabilities, start, end, body)
        first_body = -1
        for row in range(start, end):
            if probabilities[row, _BODY] >= least:
                labels[row] = _BODY
                first_body = row if first_body < 0 else first_body
        head = _find_headline(probabilities, start, end, first_body, headline, headline_reach)
        anchor = head if head >= 0 else first_body
        nearest, farthest = anchor - timestamp_reach, max(first_body, anchor) + _BELOW_FIRST
        for row in range(start, end):
            is_near = first_body >= 0 and nearest <= row <= farthest
            time, of_body = probabilities[row, _TIMESTAMP], probabilities[row, _BODY]
            side = probabilities[row, _SIDEBAR]
            if time >= timestamp[1 if is_near else 0] and (labels[row] != _BODY or time >= of_body):
                labels[row] = _TIMESTAMP
            elif time > side and of_body > side and of_body >= body[0] and first_body >= 0:
                labels[row] = _BODY
        if head >= 0:
            for row in range(max(head - 1, start), min(head + 2, end)):
                if row == head or min(probabilities[row, _HEADLINE], probabilities[head, _HEADLINE]) >= headline[2]:
                    labels[row] = _HEADLINE


@inner
def _least(order, length, probabilities, start, end, floors):
    """Find the probability from which a line of a page is body: that of the highest expected F1, or the floor."""
    best_body, on_page = _ZERO, 0
    for row in range(start, end):
        best_body = max(best_body, probabilities[row, _BODY])
        on_page += fixed(probabilities[row, _BODY] * max(np.float64(length[row]), _LEAST))
    expected_right = labelled = 0
    best, least = -1.0, _ZERO
    for place in range(start, end):
        row = order[place]
        words = max(np.float64(length[row]), _LEAST)
        expected_right += fixed(probabilities[row, _BODY] * words)
        labelled += fixed(words)
        f1 = 2 * expected_right / (labelled + on_page)
        if f1 >= best:
            best, least = f1, probabilities[row, _BODY]
    return max(least, floors[2] if best_body >= floors[1] else floors[0])


@inner
def fixed(value):
    """Give a number in the units of `running_sum`."""
    return np.int64(np.rint(value * _FIXED))


@inner
def _find_headline(probabilities, start, end, first_body, thresholds, reach):
    """Find the row of the headline, the first of the likeliest lines, or -1."""
    best, found = _ZERO, -1
    for row in range(start, end):
        chance = probabilities[row, _HEADLINE]
        if first_body < 0 or row > first_body or row < first_body - reach:
            # Elsewhere a line that is likelier body than headline cannot be the headline.
            chance = chance * thresholds[1] if chance > probabilities[row, _BODY] else _ZERO
        if chance > best or found < 0:
            best, found = chance, row
    return found if best >= thresholds[0] else -1
