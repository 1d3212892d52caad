"""Splits by site, the only kind of split in linesift."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linesift.page import LabelledPage


def site_folds(pages: Sequence[LabelledPage], n_folds: int) -> NDArray[np.int64]:
    """Fold of every page, shape (n_pages,); a site's pages share a fold, whatever the collection, on every run."""
    return np.array([zlib.crc32((page.site or page.page.source).encode()) % n_folds for page in pages], np.int64)
