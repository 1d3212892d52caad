"""Splits by site, the only kind of split in linesift."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linesift.example import Example
from linesift.page import LabelledPage


def fold_of(name: str, n_folds: int) -> int:
    """Fold of a site, the same on every run."""
    return zlib.crc32(name.encode()) % n_folds


def site_folds(pages: Sequence[LabelledPage | Example], n_folds: int) -> NDArray[np.int64]:
    """Fold of every page, shape (n_pages,); a site's pages share a fold, whatever the collection, on every run."""
    return np.array([fold_of(page.site or page.source, n_folds) for page in pages], np.int64)
