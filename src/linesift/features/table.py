"""The table of all columns: what the model sees of a line."""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.chars import CharClass
from linesift.features.columns import Column, Values
from linesift.features.cues import CUES
from linesift.features.dates import DatePart
from linesift.features.layout import LAYOUT
from linesift.features.line import LINE
from linesift.features.markup import MARKUP
from linesift.features.runs import RUNS
from linesift.features.tokens import MARKUP_BITS, TOKEN_BITS
from linesift.features.topic import TOPIC
from linesift.hints import ANCESTORS, DAY_PARTS, LINK_KINDS, TAGS

COLUMNS: tuple[Column, ...] = (*LINE, *LAYOUT, *TOPIC, *RUNS, *CUES)
FEATURE_NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
MARKUP_COLUMNS: tuple[Column, ...] = tuple(MARKUP)
"""Further columns of a line of a page that came as HTML."""
MARKUP_NAMES: tuple[str, ...] = tuple(column.name for column in MARKUP_COLUMNS)


def extract(
    batch: Batch, columns: Sequence[Column] = COLUMNS, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Compute columns of every line.

    Args:
        batch: the pages.
        columns: what to compute.
        out: where to write it.

    Returns:
        Shape (n_columns, n_lines), rows in the order of `columns`; `nan` where a column does not apply to a line.
    """
    table = np.empty((len(columns), len(batch.page)), np.float32) if out is None else out
    computed: Callable[[Batch], object] | None = None
    values: Values | Sequence[Values] = ()
    # A share of nothing is a missing value.
    with np.errstate(divide="ignore", invalid="ignore"):
        for row, column in zip(table, columns, strict=True):
            # Columns that are computed together stand side by side.
            if column.compute is not computed:
                computed, values = column.compute, column.compute(batch)
            row[:] = values if column.place is None else values[column.place]
    return table


_LINK_BITS = tuple(f"{name}={bit}" for name, bit in LINK_KINDS.items())


@cache
def features_digest() -> str:
    """Hash what gives the columns their meaning, except the code that computes them.

    These are the names and descriptions of the columns in their order, the sizes of the token tables, the names whose
    place or bit is the value of a column, and the tables of characters, of words of dates and of set phrases.
    """
    digest = sha256(f"{TOKEN_BITS} {MARKUP_BITS}".encode())
    for names in (TAGS, ANCESTORS, DAY_PARTS, _LINK_BITS, CharClass.__members__, DatePart.__members__):
        digest.update(f"{' '.join(names)}\n".encode())
    for column in (*COLUMNS, *MARKUP_COLUMNS):
        digest.update(f"{column.name}\t{column.description}\n".encode())
    for name in ("chars.npz", "date_names.tsv", "cues.tsv"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]
