"""Correct log-odds on the pages of one site: a sparse linear model over traits of lines, learnt from labelled pages.

The correction is added to the log-odds of the base model; a weight is 0 until labelled lines of the site change it. A
trait is a hash of something that pages of one site share and other sites do not: the line itself, its neighbours, the
nearest lines that recur on the site's pages (`anchors`), its place after title and date, the path of its block in the
markup. The correction holds hashes and weights, no text. It acts only on pages that share lines with those that it was
learnt from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.hashing import MIX, SPREAD
from linesift.labels import Label

MIN_SHARE = 0.1
"""A page belongs to the site if at least this share of its lines are anchors. With three labelled pages, 93 % of the
other pages of 54 sites do (97 % as HTML), and 0.5 % (1 %) of the pages of other sites."""

_SCALES = {
    "bias": 1.0, "line": 1.0, "sureness": 0.5, "length": 0.5, "neighbour": 1.0, "above": 1.0, "below": 1.0,
    "just_above": 1.0, "just_below": 1.0, "between": 1.0, "region": 0.5, "word": 1.0, "first_word": 0.7,
    "path": 1.0, "parent": 1.0, "path_label": 1.0, "markup_word": 1.0,
    "from_title": 1.0, "from_date": 1.0, "word_beside": 0.7,
}  # fmt: skip
"""Prior standard deviation of the weights of each kind of trait, relative to each other."""

_KINDS = {name: np.uint64(index + 1) for index, name in enumerate(_SCALES)}
_SHIFT = np.uint64(29)
_NONE = np.uint64(0)
_LENGTHS = (1.5, 3, 5, 8, 12, 20, 35)
_SURE = (0.5, 0.7, 0.9, 0.98)
_NEAR = (1.5, 2.5, 4.5, 10.5)
_FAR = (1.5, 2.5, 5, 10, 20)
_LANDMARKS = {"from_title": (Label.HEADLINE, -3, 6), "from_date": (Label.TIMESTAMP, -6, 4)}
"""Labels whose likeliest line is a landmark, and the distances in lines, up and down, beyond which all are the same."""

_BEYOND = 99

_Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Traits:
    """Traits of the lines of a batch, all arrays of shape (n_traits,)."""

    row: _Ints
    key: Hashes
    value: NDArray[np.float64]
    """Scale of the trait's kind; for words divided by the root of the line's number of words."""


@dataclass(frozen=True, slots=True)
class SiteCorrection:
    """A correction learnt from labelled pages of one site."""

    anchors: Hashes
    """Hashes of lines that recur on the labelled pages, ascending; of all lines if there was one page."""
    keys: Hashes
    """Traits with a weight, ascending."""
    weights: NDArray[np.float32]
    """Shape (n_keys, 4)."""

    def scores(self, batch: Batch, base: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute what is added to the log-odds of a batch, shape (n_lines, 4); 0 on pages of other sites.

        Args:
            batch: the pages.
            base: shape (n_lines, 4), log-odds of the model without the correction.
        """
        traits = read_traits(batch, base, self.anchors)
        place = np.minimum(np.searchsorted(self.keys, traits.key), max(len(self.keys) - 1, 0))
        known = np.flatnonzero(self.keys[place] == traits.key) if len(self.keys) else np.zeros(0, np.int64)
        row, place, value = traits.row[known], place[known], traits.value[known]
        sums = [np.bincount(row, column[place] * value, len(batch.page)) for column in self.weights.T]
        added: NDArray[np.float32] = (np.array(sums).T * self.is_site(batch)[batch.page][:, None]).astype(np.float32)
        return added

    def is_site(self, batch: Batch) -> NDArray[np.bool_]:
        """Whether each page of a batch has enough of the site's recurring lines, shape (n_pages,)."""
        is_anchor = np.isin(batch.scan.hash, self.anchors, kind="sort")
        shares: NDArray[np.bool_] = batch.per_page(is_anchor) >= MIN_SHARE * np.maximum(batch.lines_per_page, 1)
        return shares


def recurring(batch: Batch) -> Hashes:
    """Find the hashes of lines that stand on two or more pages of a batch, ascending; all lines if it has one page."""
    seen = np.unique(np.stack((batch.scan.hash, batch.page.astype(np.uint64))), axis=1)[0]
    hashes, n_pages = np.unique(seen, return_counts=True)
    return hashes[n_pages >= min(2, len(batch.lines_per_page_with_blanks))]


def read_traits(batch: Batch, base: NDArray[np.float32], anchors: Hashes) -> Traits:
    """Find the traits of every line of a batch; those of a page do not depend on the other pages."""
    rows: list[_Ints] = []
    keys: list[Hashes] = []
    values: list[NDArray[np.float64]] = []
    every = np.arange(len(batch.page))
    singles = (_line_traits(batch, base), _landmark_traits(batch, base), _anchor_traits(batch, anchors))
    for name, parts in chain(*singles, _path_traits(batch, base)):
        rows.append(every)
        keys.append(np.broadcast_to(_key(name, *parts), every.shape))
        values.append(np.full(len(every), _SCALES[name]))
    for name, row, hashes in _word_traits(batch):
        rows.append(row.astype(np.int64))
        keys.append(_key(name, hashes))
        values.append(_SCALES[name] / np.sqrt(np.bincount(row, minlength=len(every)))[row])
    return Traits(np.concatenate(rows), np.concatenate(keys), np.concatenate(values))


def _line_traits(batch: Batch, base: NDArray[np.float32]) -> Iterator[tuple[str, tuple[NDArray[np.generic], ...]]]:
    """Give traits of the line, of its neighbours, and of the base model's label for it."""
    lines, label = batch.scan.hash, base.argmax(axis=1)
    probability = 1 / np.exp(base - base.max(axis=1, keepdims=True)).sum(axis=1)
    yield "bias", (np.zeros(len(lines), np.int64),)
    yield "line", (lines,)
    yield "sureness", (label, np.digitize(probability, _SURE))
    yield "length", (label, np.digitize(batch.length, _LENGTHS))
    for step in (-1, 1):
        yield "neighbour", (np.full(len(lines), step), _shifted(lines, step, batch.page))
    rows = np.arange(len(lines))
    first, last = batch.first_and_last(label == Label.BODY.column)
    place = np.where(rows < first, 0, np.where(rows > last, 2, 1))
    # On a page without body every line is far from it.
    far = np.where(last < 0, _FAR[-1] + 1, np.maximum(np.maximum(first - rows, rows - last), 0))
    yield "region", (place, np.digitize(far, _FAR))


def _landmark_traits(batch: Batch, base: NDArray[np.float32]) -> Iterator[tuple[str, tuple[NDArray[np.generic], ...]]]:
    """Give traits of where the line stands to the likeliest title and date, and of the first words of its neighbours.

    A standfirst between title and byline has nothing above or below that recurs: title and names are new on every page.
    That it is the second line after the title, and stands above a line that begins with "By", recurs.
    """
    rows = np.arange(len(batch.page))
    for name, (label, up, down) in _LANDMARKS.items():
        yield name, (np.clip(rows - _likeliest(batch, base, label), up, down),)
    first = np.zeros(len(rows), np.uint64)
    opens = _first_words(batch)
    first[batch.scan.word_line[opens]] = batch.scan.word_hash[opens]
    for step in (-1, 1):
        yield "word_beside", (np.full(len(rows), step), _shifted(first, step, batch.page))


def _likeliest(batch: Batch, base: NDArray[np.float32], label: Label) -> _Ints:
    """Find the likeliest line of a label on each line's page, the first of several; rows of shape (n_lines,)."""
    odds = base[:, label.column] - np.logaddexp.reduce(np.delete(base, label.column, axis=1), axis=1)
    order = np.lexsort((-odds, batch.page))
    # In this order the lines of a page stay together, and its likeliest line comes first.
    found: _Ints = order[batch.own_page_start]
    return found


def _first_words(batch: Batch) -> _Ints:
    """Find the first word of each line that has some, among the words of all lines."""
    return np.flatnonzero(np.diff(batch.scan.word_line, prepend=-1) != 0)


def _anchor_traits(batch: Batch, anchors: Hashes) -> Iterator[tuple[str, tuple[NDArray[np.generic], ...]]]:
    """Give traits of the nearest recurring lines above and below: where in the page template the line stands."""
    upper, above, lower, below = _nearest_anchors(batch, anchors)
    yield "above", (upper,)
    yield "below", (lower,)
    yield "just_above", (upper, np.digitize(above, _NEAR))
    yield "just_below", (lower, np.digitize(below, _NEAR))
    yield "between", (upper, lower)


def _nearest_anchors(batch: Batch, anchors: Hashes) -> tuple[Hashes, _Ints, Hashes, _Ints]:
    """Find the hash of the nearest recurring line above each line and its distance in lines, and the same below.

    Beyond the ends of a page the hash is 0 and the distance `_BEYOND`.
    """
    lines, n_lines = batch.scan.hash, len(batch.page)
    rows, is_anchor = np.arange(n_lines), np.isin(batch.scan.hash, anchors, kind="sort")
    above = np.concatenate(([-1], np.maximum.accumulate(np.where(is_anchor, rows, -1))))[:n_lines]
    below = np.concatenate((np.minimum.accumulate(np.where(is_anchor, rows, n_lines)[::-1])[::-1], [n_lines]))[1:]
    has_above, has_below = above >= batch.page_starts[batch.page], below < batch.page_starts[batch.page + 1]
    return (
        np.where(has_above, lines[np.maximum(above, 0)], _NONE),
        np.where(has_above, rows - above, _BEYOND),
        np.where(has_below, lines[np.minimum(below, n_lines - 1)], _NONE),
        np.where(has_below, below - rows, _BEYOND),
    )


def _path_traits(batch: Batch, base: NDArray[np.float32]) -> Iterator[tuple[str, tuple[NDArray[np.generic], ...]]]:
    """Give traits of the line's block in the markup; none if the pages have no hints."""
    if batch.hints is not None:
        yield "path", (batch.hints.path,)
        yield "parent", (batch.hints.parent,)
        yield "path_label", (batch.hints.path, base.argmax(axis=1))


def _word_traits(batch: Batch) -> Iterator[tuple[str, NDArray[np.int32], Hashes]]:
    """Give kinds, rows and hashes of words: of the line, its first word, and words of attributes with their level."""
    scan = batch.scan
    yield "word", scan.word_line, scan.word_hash
    opens = _first_words(batch)
    yield "first_word", scan.word_line[opens], scan.word_hash[opens]
    if batch.hints is not None:
        level = batch.hints.word_level.astype(np.uint64) + np.uint64(1)
        yield "markup_word", batch.hints.word_line, batch.hints.word_hash
        yield "markup_word", batch.hints.word_line, batch.hints.word_hash ^ (level * SPREAD)


def _shifted(hashes: Hashes, step: int, page: NDArray[np.int32]) -> Hashes:
    """Give the hash `step` lines further down on the same page, 0 beyond its ends."""
    out = np.zeros(len(hashes), np.uint64)
    here, there = (slice(None, -step), slice(step, None)) if step > 0 else (slice(-step, None), slice(None, step))
    out[here] = np.where(page[here] == page[there], hashes[there], _NONE)
    return out


def _key(name: str, *parts: NDArray[np.generic]) -> Hashes:
    """Hash a kind of trait and its parts."""
    key = np.full(1, _KINDS[name], np.uint64) * SPREAD
    for part in parts:
        key = (key ^ part.astype(np.uint64)) * MIX
        key = key ^ (key >> _SHIFT)
    return key
