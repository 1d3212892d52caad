"""A batch of pages as arrays: the scan of all lines and which page each belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.chars import CharClass
from linesift.features.dates import date_strength
from linesift.features.scan import LineScan, join_pages, scan
from linesift.hints import Hints, join_hints

# Letters of scripts without spaces per word, so that one measure of length serves all scripts. Set by hand; that
# lines of these scripts have a length at all is what matters, because the trees find their own cuts.
LETTERS_PER_WORD = {CharClass.HAN: 1.6, CharClass.KANA: 2.4, CharClass.UNSPACED: 4.5}

LONG = 12.0
"""Words from which a line that ends a sentence counts as running text."""
LONGEST = 60.0
"""Words that a longer line counts as where words of lines are summed."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """All non-blank lines of some pages, page after page; arrays have shape (n_lines,) where nothing else is said."""

    scan: LineScan
    """Counts of every line."""
    page: NDArray[np.int32]
    """Index of the line's page."""
    page_starts: NDArray[np.int64]
    """Shape (n_pages + 1,): row of each page's first line."""
    own_page_start: NDArray[np.int64]
    """Row of the first line of the line's page."""
    own_page_end: NDArray[np.int64]
    """Row behind the last line of the line's page."""
    nonempty_starts: NDArray[np.int64]
    """First row of every page that has lines."""
    nonempty_sizes: NDArray[np.int64]
    """Lines of every such page."""
    lines_per_page_with_blanks: NDArray[np.int64]
    """Shape (n_pages,): lines of each page, blank ones counted."""
    number: NDArray[np.int64]
    """Index of the line on its page, blank lines counted."""
    length: NDArray[np.float32]
    """Words; letters of scripts without spaces as fractions of one."""
    is_long: NDArray[np.bool_]
    """Whether the line looks like running text: `LONG` words or more, and the end of a sentence."""
    strength: NDArray[np.uint8]
    """How much of a date the line shows, see `date_strength`."""
    hints: Hints | None = None
    """Hints of every line; `None` for pages of plain text."""
    texts: Sequence[str] = ()
    """Text of every page."""
    addresses: Sequence[str] = ()
    """Address of every page, empty where it is not known; none at all where no page's is known."""

    @property
    def row_in_page(self) -> NDArray[np.int64]:
        """Index of the line among the non-blank lines of its page."""
        return np.arange(len(self.page)) - self.own_page_start

    @property
    def has_hints(self) -> bool:
        """Whether the pages came as HTML."""
        return self.hints is not None

    @property
    def lines_per_page(self) -> NDArray[np.int64]:
        """Shape (n_pages,): non-blank lines of each page."""
        return self.page_starts[1:] - self.page_starts[:-1]

    def per_page(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        """Sum of `values` over the lines of each page, shape (n_pages,)."""
        n_pages = len(self.lines_per_page_with_blanks)
        sums: NDArray[np.float64] = np.bincount(self.page, values, n_pages).astype(np.float64, copy=False)
        return sums

    def first_and_last(self, marked: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and last marked row of each line's page; on a page without one, the number of rows and -1."""
        n_pages, rows = len(self.lines_per_page_with_blanks), np.flatnonzero(marked)
        first, last = np.full(n_pages, len(marked)), np.full(n_pages, -1)
        np.minimum.at(first, self.page[rows], rows)
        np.maximum.at(last, self.page[rows], rows)
        return first[self.page], last[self.page]


FIXED = float(1 << 24)
"""Units of a running sum: running sums are whole numbers of 1/FIXED, so that they are exact."""


def running_sum(values: NDArray[Any]) -> NDArray[np.int64]:
    """Sums of `values` before each place and of all, in units of 2**-24, shape (..., n + 1) of values of (..., n).

    Whole numbers, because sums of floats depend on what was added before, and so on the other pages of a batch.
    """
    fixed = np.multiply(values, FIXED, dtype=np.float64)
    sums = np.empty((*fixed.shape[:-1], fixed.shape[-1] + 1), np.int64)
    sums[..., 0] = 0
    sums[..., 1:] = np.rint(fixed, out=fixed)
    return sums.cumsum(axis=-1, out=sums)


def from_fixed(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """Differences of running sums as numbers."""
    return sums / FIXED


def read_batch(texts: Sequence[str], hints: Sequence[Hints] | None = None, addresses: Sequence[str] = ()) -> Batch:
    """Scan the texts of some pages.

    Args:
        texts: of the pages.
        hints: of each page; they are kept of the lines that are not blank.
        addresses: of each page, empty where it is not known; or none at all.
    """
    text, offsets = join_pages(texts)
    scanned = scan(text)
    page_starts = scanned.number.searchsorted(offsets)
    sizes = page_starts[1:] - page_starts[:-1]
    has_lines = sizes > 0
    describe = COMPILED.choose(len(scanned.number)) or describe_plain
    return Batch(
        scan=scanned,
        page_starts=page_starts,
        nonempty_starts=page_starts[:-1][has_lines],
        nonempty_sizes=sizes[has_lines],
        lines_per_page_with_blanks=offsets[1:] - offsets[:-1],
        **describe(scanned, offsets, page_starts),
        hints=None if hints is None else join_hints(hints, scanned.number),
        texts=texts,
        addresses=addresses if any(addresses) else (),
    )


def describe_plain(
    scanned: LineScan, offsets: NDArray[np.int64], page_starts: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Compute the fields of a `Batch` that describe each line by itself, by numpy alone.

    Args:
        scanned: counts of every line.
        offsets: shape (n_pages + 1,), index of each page's first line, blank ones counted.
        page_starts: shape (n_pages + 1,), see `Batch`.
    """
    sizes = page_starts[1:] - page_starts[:-1]
    length = scanned.n_words.astype(np.float32)
    for kind, letters in LETTERS_PER_WORD.items():
        length += scanned.counts[:, kind] / np.float32(letters)
    return {
        "page": np.arange(len(sizes), dtype=np.int32).repeat(sizes),
        "own_page_start": page_starts[:-1].repeat(sizes),
        "own_page_end": page_starts[1:].repeat(sizes),
        "number": scanned.number - offsets[:-1].repeat(sizes),
        "length": length,
        "is_long": (length >= LONG) & (scanned.n_sentences > 0),
        "strength": date_strength(scanned.dates),
    }


def _load() -> Callable[[LineScan, NDArray[np.int64], NDArray[np.int64]], dict[str, NDArray[Any]]] | None:
    """Load the compiled loop; `None` where it comes to other numbers."""
    from linesift.features.compiled.batch import describe

    text, offsets = join_pages(
        ["21 October 2024, 9:20\n\nRain in May.\nMonday 3 hours ago", "", "水位が上がった。ต " * 9]
    )
    scanned = scan(text)
    arguments = scanned, offsets, scanned.number.searchsorted(offsets)
    found, expected = describe(*arguments), describe_plain(*arguments)
    return describe if all(np.array_equal(found[name], expected[name]) for name in expected) else None


COMPILED = Choice(_load, make_is_kept("linesift.features.compiled.batch.fill_lines"), Sizes(200_000, 5_000_000))
"""By lines."""
