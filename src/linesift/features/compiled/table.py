"""Compute columns of lines in compiled loops."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linesift.features import cues, markup
from linesift.features.batch import Batch
from linesift.features.chars import COLON
from linesift.features.columns import Column
from linesift.features.compiled.cues import fill_cues
from linesift.features.compiled.layout import fill_layout
from linesift.features.compiled.line import fill_line
from linesift.features.compiled.markup import COMPUTED, fill_markup
from linesift.features.compiled.topic import fill_topic
from linesift.features.cues import CUES
from linesift.features.layout import LAYOUT
from linesift.features.line import LINE
from linesift.features.runs import RUNS
from linesift.features.table import COLUMNS, GROUPS, MARKUP_COLUMNS, fill_plain
from linesift.features.topic import TOPIC

_ENDS = np.cumsum([len([*group]) for group in GROUPS]).tolist()
_ROWS = {group: slice(start, end) for group, start, end in zip(GROUPS, [0, *_ENDS], _ENDS, strict=False)}
_ODD = np.uint64(int.from_bytes(os.urandom(8), "little") | 1)
"""Decides where hashes go in tables. Without knowing it nobody can make a page whose lines all go to one place."""


def fill_compiled(batch: Batch, columns: Sequence[Column], table: NDArray[np.float32]) -> None:
    """Write columns of every line, as `table.fill_plain` does; what has no compiled form, by it."""
    fill = next((fill for known, fill in _FILLS if known is columns), None)
    if fill is None:
        fill_plain(batch, columns, table)
    else:
        fill(batch, table)


def _fill_text(batch: Batch, table: NDArray[np.float32]) -> None:
    scan, cue_table = batch.scan, cues._table()[0]
    counts = np.ascontiguousarray(scan.counts.T)
    fill_line(
        counts, scan.n_chars, scan.indent, scan.first, scan.first_letter, scan.last, scan.second_last, scan.n_words,
        scan.longest, scan.n_capitalised, scan.n_shouted, scan.n_sentences, scan.dates, batch.length, batch.strength,
        table[_ROWS[LINE]],
    )  # fmt: skip
    fill_layout(
        batch.page_starts, batch.lines_per_page_with_blanks, batch.number, batch.length, batch.is_long, batch.strength,
        scan.hash, scan.shape, scan.word_hash, scan.word_line, scan.first, scan.last, scan.n_sentences, _ODD,
        table[_ROWS[LAYOUT]], table[_ROWS[RUNS]],
    )  # fmt: skip
    fill_topic(batch, table[_ROWS[TOPIC]])
    fill_cues(
        scan.word_hash, scan.word_line, counts[COLON], batch.length, cue_table.keys, cue_table.families,
        cue_table.near, cue_table.beginnings, table[_ROWS[CUES]],
    )  # fmt: skip


def _fill_markup(batch: Batch, table: NDArray[np.float32]) -> None:
    hints = markup._hints(batch)
    fill_markup(
        batch.page_starts, batch.length, batch.is_long, hints.ancestors, hints.path, hints.parent, hints.link_share,
        hints.title_share, hints.title_cover, hints.n_media, _ODD, table,
    )  # fmt: skip
    for row, compute in _COPIED:
        table[row] = compute(batch)


_FILLS = ((COLUMNS, _fill_text), (MARKUP_COLUMNS, _fill_markup))
_COPIED = tuple((row, column.compute) for row, column in enumerate(MARKUP_COLUMNS) if row not in COMPUTED)
"""Rows of columns that are hints as they are."""
