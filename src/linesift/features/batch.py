"""A batch of pages as arrays: the scan of all lines and which page each belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linesift.features.chars import CharClass
from linesift.features.scan import LineScan, join_pages, scan

# Letters of scripts without spaces per word, so that one measure of length serves all scripts. Rounded from the
# mean word lengths of the UD treebanks of Chinese, Japanese and Thai.
_LETTERS_PER_WORD = {CharClass.HAN: 1.6, CharClass.KANA: 2.4, CharClass.UNSPACED: 4.5}

LONG = 12.0
"""Words from which a line that ends a sentence counts as running text."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All non-blank lines of some pages, page after page; arrays have shape (n_lines,) where nothing else is said."""

    lines: LineScan
    page: NDArray[np.int32]
    """Index of the line's page."""
    first: NDArray[np.int64]
    """Shape (n_pages + 1,): row of each page's first line."""
    n_all_lines: NDArray[np.int64]
    """Shape (n_pages,): lines of each page, blank ones counted."""
    number: NDArray[np.int64]
    """Index of the line on its page, blank lines counted."""
    length: NDArray[np.float32]
    """Words; letters of scripts without spaces as fractions of one."""
    is_long: NDArray[np.bool_]
    """Whether the line looks like running text: `LONG` words or more, and the end of a sentence."""

    @property
    def row(self) -> NDArray[np.int64]:
        """Index of the line among the non-blank lines of its page."""
        return np.arange(len(self.page)) - self.first[self.page]

    @property
    def n_lines(self) -> NDArray[np.int64]:
        """Shape (n_pages,): non-blank lines of each page."""
        return np.diff(self.first)

    def per_page(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        """Sum of `values` over the lines of each page, shape (n_pages,)."""
        return np.bincount(self.page, values, len(self.n_all_lines))


def read_batch(texts: Sequence[str]) -> Batch:
    """Scan the texts of some pages."""
    text, offsets = join_pages(texts)
    lines = scan(text)
    first = np.searchsorted(lines.number, offsets)
    page = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(first))
    length = lines.n_words.astype(np.float32)
    for kind, letters in _LETTERS_PER_WORD.items():
        length += lines.counts[:, kind] / np.float32(letters)
    return Batch(
        lines=lines,
        page=page,
        first=first,
        n_all_lines=np.diff(offsets),
        number=lines.number - offsets[page],
        length=length,
        is_long=(length >= LONG) & (lines.n_sentences > 0),
    )
