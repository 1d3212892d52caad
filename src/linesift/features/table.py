"""The table of all columns: what the model sees of a line."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.columns import Column
from linesift.features.layout import LAYOUT
from linesift.features.line import LINE
from linesift.features.markup import MARKUP
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS
from linesift.features.topic import TOPIC

COLUMNS: tuple[Column, ...] = (*LINE, *LAYOUT, *TOPIC)
NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
MARKUP_COLUMNS: tuple[Column, ...] = tuple(MARKUP)
"""What the model sees beside them of a line of a page that came as HTML."""
MARKUP_NAMES: tuple[str, ...] = tuple(column.name for column in MARKUP_COLUMNS)


def extract(batch: Batch, columns: Sequence[Column] = COLUMNS) -> NDArray[np.float32]:
    """Compute columns of every line.

    Returns:
        Shape (n_columns, n_lines), rows in the order of `columns`; `nan` where a column does not apply to a line.
    """
    table = np.empty((len(columns), len(batch.page)), np.float32)
    for row, column in zip(table, columns, strict=True):
        row[:] = column.compute(batch)
    return table


@cache
def fingerprint() -> str:
    """Hash of what gives the columns their meaning, but for the code: names, descriptions, tables, token buckets."""
    digest = sha256(f"{TOKEN_BITS} {MARKUP_BITS}".encode())
    for column in (*COLUMNS, *MARKUP_COLUMNS):
        digest.update(f"{column.name}\t{column.description}\n".encode())
    for name in ("chars.npz", "date_names.tsv"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]
