"""The table of all columns: what the model sees of a line."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linesift.fast import Choice, Sizes, make_is_kept
from linesift.features.batch import Batch, read_batch
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
from linesift.hints import ANCESTORS, DAY_PARTS, LINK_KINDS, TAGS, Hints, no_hints

GROUPS = (LINE, LAYOUT, TOPIC, RUNS, CUES)
"""Groups of `COLUMNS`, in their order."""
COLUMNS: tuple[Column, ...] = tuple(column for group in GROUPS for column in group)
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
    fill = COMPILED.choose(len(batch.page)) or fill_plain
    fill(batch, columns, table)
    return table


def fill_plain(batch: Batch, columns: Sequence[Column], table: NDArray[np.float32]) -> None:
    """Write columns of every line by numpy alone."""
    computed: Callable[[Batch], object] | None = None
    values: Values | Sequence[Values] = ()
    # A share of nothing is a missing value.
    with np.errstate(divide="ignore", invalid="ignore"):
        for row, column in zip(table, columns, strict=True):
            # Columns that are computed together stand side by side.
            if column.compute is not computed:
                computed, values = column.compute, column.compute(batch)
            row[:] = values if column.place is None else values[column.place]


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


def _load() -> Callable[[Batch, Sequence[Column], NDArray[np.float32]], None] | None:
    """Load the compiled loops; `None` where they write other numbers."""
    from linesift.features.compiled.table import fill_compiled

    texts = [_PROBE, "", "Sun\nSun", "\n"]
    batch = read_batch(texts, [_probe_hints(text.count("\n") + 1) for text in texts])
    for columns in (COLUMNS, MARKUP_COLUMNS):
        found, expected = np.zeros((2, len(columns), len(batch.page)), np.float32)
        fill_plain(batch, columns, expected)
        fill_compiled(batch, columns, found)
        if not np.array_equal(found, expected, equal_nan=True):
            return None
    return fill_compiled


def _probe_hints(n_lines: int) -> Hints:
    """Make hints in which every line is in another element, and each third of one template."""
    none, line = no_hints(n_lines), np.arange(n_lines)
    shares = (np.sin(line) ** 2).astype(np.float32)
    return replace(
        none,
        ancestors=np.uint32(1) << line.astype(np.uint32),
        path=(line % 3).astype(np.uint64),
        parent=(line % 2).astype(np.uint64),
        link_share=shares,
        title_share=shares[::-1].copy(),
        title_cover=shares,
        n_media=(line % 4 == 1).astype(np.int16),
    )


_PROBE = f"""Home | News | 3
Read also: rain in May

By Ann Berg, 21 October 2024, 9:20 a.m.
{"The water of the reservoir rises, and again it rises. " * 3}

{"It rained (again) in the hills, as the water rose there. " * 3}
• 水位が上がった。
• Photo:
  More
Home | News | 4"""

COMPILED = Choice(_load, make_is_kept("linesift.features.compiled.layout.fill_layout"), Sizes(200_000, 5_000_000))
"""By lines."""
