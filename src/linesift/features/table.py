"""The table of all columns: what the model sees of a line."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.columns import Column
from linesift.features.layout import LAYOUT
from linesift.features.line import LINE
from linesift.features.tokens import TOKEN_BITS
from linesift.features.topic import TOPIC

COLUMNS: tuple[Column, ...] = (*LINE, *LAYOUT, *TOPIC)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)


def extract(batch: Batch) -> NDArray[np.float32]:
    """Compute every column of every line.

    Returns:
        Shape (n_columns, n_lines), rows in the order of `COLUMNS`; `nan` where a column does not apply to a line.
    """
    table = np.empty((len(COLUMNS), len(batch.page)), np.float32)
    for row, column in zip(table, COLUMNS, strict=True):
        row[:] = column.compute(batch)
    return table


@cache
def fingerprint() -> str:
    """Hash of everything that gives the columns their meaning but the code: names, descriptions, tables, token buckets."""
    digest = sha256(str(TOKEN_BITS).encode())
    for column in COLUMNS:
        digest.update(f"{column.name}\t{column.description}\n".encode())
    for name in ("chars.npz", "date_names.tsv"):
        digest.update((files("linesift.features") / name).read_bytes())
    return digest.hexdigest()[:16]
