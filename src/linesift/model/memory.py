"""Remember which lines a site repeats: on how many of its pages each line stands, learnt without labels.

A line that recurs from page to page is a menu item, a teaser or a notice, whatever it looks like. A memory holds hashes
and counts, no text. Digits count as zeros in a line's hash, so that "12 comments" and the date in the masthead recur.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import MemoryFileError
from linesift.features.batch import Batch, read_batch
from linesift.hashing import MIX
from linesift.labels import Label
from linesift.model.site import MIN_SHARE

_FORMAT = 1
_KIND = "linesift site memory"
TABLE = "recurrence.json"
"""The fitted table, beside this module."""

_CHARS_AT_ONCE = 1 << 23
_SHIFT = np.uint64(32)
_PAGES = (1.5, 2.5, 4.5, 8.5)
_SHARES = (0.25, 0.5, 0.8)
N_PAGE_BINS, N_LINE_BINS = len(_PAGES) + 1, 3 + len(_SHARES)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """Lines of some pages of a site, and the number of pages that each stands on."""

    pages: Hashes
    """Digests of the pages, ascending."""
    lines: Hashes
    """Hashes of their lines, ascending."""
    counts: NDArray[np.int64]
    """Number of pages that each line stands on."""

    @property
    def n_pages(self) -> int:
        """Number of pages."""
        return len(self.pages)

    def __add__(self, other: "SiteMemory") -> "SiteMemory":
        """Merge two memories of different pages; the order does not matter.

        Raises:
            MemoryFileError: if they have pages in common, which would count twice.
        """
        n_common = len(np.intersect1d(self.pages, other.pages))
        if n_common:
            raise MemoryFileError(
                f"{n_common} of the pages are in both; learn from the pages instead, where each counts once"
            )
        lines, place = np.unique(np.concatenate((self.lines, other.lines)), return_inverse=True)
        counts = np.zeros(len(lines), np.int64)
        np.add.at(counts, place, np.concatenate((self.counts, other.counts)))
        return SiteMemory(np.sort(np.concatenate((self.pages, other.pages))), lines, counts)

    def learn(self, texts: Sequence[str]) -> "SiteMemory":
        """Add pages. Each counts once, even if it is known already or given twice; empty pages do not count."""
        batch = read_batch(texts)
        digests = _page_digests(batch)
        _, first = np.unique(digests, return_index=True)
        is_new = np.zeros(len(digests), bool)
        is_new[first] = True
        # Sorted, because numpy 2.0 fails on tables of hashes that are far apart.
        is_new &= ~np.isin(digests, self.pages, kind="sort") & (batch.lines_per_page > 0)
        kept = is_new[batch.page]
        pairs = np.stack((batch.scan.hash[kept], batch.page[kept].astype(np.uint64)))
        lines, counts = np.unique(np.unique(pairs, axis=1)[0], return_counts=True)
        return self + SiteMemory(np.sort(digests[is_new]), lines, counts.astype(np.int64))

    def learn_all(self, texts: Iterable[str]) -> "SiteMemory":
        """Add pages as `learn` does, many at once, because each time takes as long as there are lines already."""
        memory, waiting, n_chars = self, list[str](), 0
        for text in texts:
            waiting.append(text)
            n_chars += len(text)
            if n_chars >= _CHARS_AT_ONCE:
                memory, waiting, n_chars = memory.learn(waiting), [], 0
        return memory.learn(waiting) if waiting else memory

    def recurrence(self, batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Count the remembered pages with each line, and all of them; the line's own page counts in neither.

        Returns:
            Two arrays of shape (n_lines,).
        """
        is_own = np.isin(_page_digests(batch), self.pages, kind="sort")[batch.page].astype(np.int64)
        n_pages_with = np.zeros(len(batch.page), np.int64)
        if len(self.lines):
            place = np.minimum(np.searchsorted(self.lines, batch.scan.hash), len(self.lines) - 1)
            n_pages_with = np.where(self.lines[place] == batch.scan.hash, self.counts[place], 0)
        return np.maximum(n_pages_with - is_own, 0), self.n_pages - is_own

    def scores(self, batch: Batch, base: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute what is added to the log-odds of a batch.

        Args:
            batch: the pages.
            base: shape (n_lines, 4), log-odds of the model without the memory.

        Returns:
            Shape (n_lines, 4). Only the column of sidebar is ever not 0, and none is on pages of other sites.
        """
        cells = self.cells(batch)
        added = np.zeros_like(base)
        added[:, Label.SIDEBAR.column] = np.where(cells < 0, np.float32(0), _recurrence_table()[cells])
        return added

    def cells(self, batch: Batch) -> NDArray[np.int64]:
        """Find the cell of each line in `_recurrence_table`, by numbers of pages; -1 on pages of other sites."""
        n_found, n_pages = self.recurrence(batch)
        is_site = batch.per_page(n_found > 0) >= MIN_SHARE * np.maximum(batch.lines_per_page, 1)
        share = np.digitize(n_found / np.maximum(n_pages, 1), _SHARES)
        cells = np.digitize(n_pages, _PAGES) * N_LINE_BINS + np.where(n_found < 2, n_found, 2 + share)
        return np.where(is_site[batch.page] & (n_pages > 0), cells, -1)


EMPTY = SiteMemory(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int64))


def _page_digests(batch: Batch) -> Hashes:
    """Hash each page of a batch, shape (n_pages,): its lines in any order, digits as zeros."""
    mixed = batch.scan.hash * MIX
    mixed = (mixed ^ (mixed >> _SHIFT)) * MIX
    digests = np.zeros(len(batch.lines_per_page_with_blanks), np.uint64)
    np.add.at(digests, batch.page, mixed)
    return digests


@cache
def _recurrence_table() -> NDArray[np.float32]:
    """Read what recurrence adds to the log-odds of sidebar, shape (N_PAGE_BINS * N_LINE_BINS,).

    Fitted on collections with several pages of a site (`reports/adaptation.md`), with models that had not seen the
    site; 0 for a line that does not recur, because most lines of teasers are new on every page too.
    """
    stored = json.loads((Path(__file__).parent / TABLE).read_text("utf-8"))
    return np.array(stored["added"], np.float32).ravel()


def write_memory(memory: SiteMemory) -> str:
    """Format a memory as JSON, with one line for each line of the pages; the same memory gives the same text."""
    pages = ", ".join(f'"{digest:016x}"' for digest in memory.pages.tolist())
    lines = ",\n".join(
        f'  "{key:016x}": {count}' for key, count in zip(memory.lines.tolist(), memory.counts.tolist(), strict=True)
    )
    return f'{{\n "{_KIND}": {_FORMAT},\n "pages": [{pages}],\n "lines": {{\n{lines}\n }}\n}}\n'


def read_memory(path: Path) -> SiteMemory:
    """Read a memory from a file.

    Raises:
        MemoryFileError: if it is missing, damaged, of another format, or no memory.
    """
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise MemoryFileError(
            f"{path}: no such file; linesift learn-site PAGE... --out FILE writes what a site repeats"
        ) from error
    except OSError as error:
        raise MemoryFileError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    except (ValueError, RecursionError) as error:
        raise MemoryFileError(f"{path}: damaged, or no site memory; learn it again: linesift learn-site") from error
    if not isinstance(stored, dict) or _KIND not in stored:
        raise MemoryFileError(f"{path}: not a site memory; linesift learn-site PAGES --out FILE writes one")
    if stored[_KIND] != _FORMAT:
        raise MemoryFileError(
            f"{path}: site memory of format {stored[_KIND]}, this linesift reads format {_FORMAT}; learn it again"
        )
    try:
        return _checked(stored)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MemoryFileError(f"{path}: damaged ({error}); learn it again: linesift learn-site") from error


def _checked(stored: dict[str, Any]) -> SiteMemory:
    pages = np.array([int(word, 16) for word in stored["pages"]], np.uint64)
    lines = np.array([int(word, 16) for word in stored["lines"]], np.uint64)
    counts = np.array(list(stored["lines"].values()))
    if len(np.unique(pages)) < len(pages) or len(np.unique(lines)) < len(lines):
        raise ValueError("a hash stands twice")
    if len(counts) and (counts.dtype.kind != "i" or counts.min() < 1 or counts.max() > len(pages)):
        raise ValueError("a count is not between 1 and the number of pages")
    order = np.argsort(lines)
    return SiteMemory(np.sort(pages), lines[order], counts[order].astype(np.int64))
