"""Words that lines of a page share, by plain loops: what `linesift.features.topic.SharedWords` has to give."""

from math import log1p, nan

from linesift.features.batch import Batch
from linesift.features.topic import word_buckets


def words_of(batch: Batch) -> list[list[int]]:
    """Give the buckets of the words of every line."""
    rows, buckets, _ = word_buckets(batch)
    return [[int(bucket) for bucket in buckets[rows == row]] for row in range(len(batch.page))]


def shared_words(words: list[list[int]], weights: dict[int, float], row: int) -> tuple[float, float]:
    """Share of the words of a line that other lines have, and the mean of the logarithm of their weight."""
    own = words[row]
    if not own:
        return nan, nan
    sums = [sum(weight * words[line].count(word) for line, weight in weights.items()) for word in own]
    others = [max(total - weights[row], 0) for total in sums]
    return sum(other >= 0.5 for other in others) / len(own), sum(map(log1p, others)) / len(own)
