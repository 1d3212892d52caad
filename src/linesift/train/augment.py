"""Augmentation: pages in other renderings, short excerpts of them, and words of an unknown language.

So a model does not learn the habits of one program, of long pages, or of the languages of its training pages.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from random import Random
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.features.tokens import ALL
from linesift.hints import Hints, join_hints
from linesift.labels import Label
from linesift.model.lexicon import Tokens
from linesift.page import LabelledPage, Page

_BULLET = re.compile(r"^\s*(?:[•◦▪●○■*·\-–]|\d{1,3}\.)\s+")


class Rendering(StrEnum):
    """Ways in which programs render a page to lines."""

    AS_IS = "as is"
    DENSE = "no blank lines"
    BARE = "no bullets, no indent"
    SPACED = "a blank line after every line"
    PLAIN = "no blank lines, bullets or indent"


def rendered(page: LabelledPage, rendering: Rendering) -> LabelledPage:
    """Render a page in another way, with the same labels on the same text."""
    if rendering is Rendering.AS_IS or not page.page.text.strip():
        return page
    lines: list[str] = []
    labels = []
    for line, label in zip(page.page.lines, page.labels, strict=True):
        if not line.strip() and rendering in {Rendering.DENSE, Rendering.SPACED, Rendering.PLAIN}:
            continue
        if label is not None and rendering in {Rendering.BARE, Rendering.PLAIN}:
            line = _BULLET.sub("", line).strip() or line.strip()
        lines.append(line)
        labels.append(label)
        if rendering is Rendering.SPACED:
            lines.append("")
            labels.append(None)
    return replace(page, page=Page("\n".join(lines), page.page.source), labels=tuple(labels), doubtful=frozenset())


_SHARES = (
    Rendering.AS_IS,
    Rendering.AS_IS,
    Rendering.AS_IS,
    Rendering.DENSE,
    Rendering.BARE,
    Rendering.SPACED,
    Rendering.PLAIN,
    Rendering.PLAIN,
)
"""Renderings to draw from; each entry is one eighth."""


def page_seed(page: LabelledPage) -> int:
    """Seed of all random draws for a page: a checksum of its text, the same wherever the page is stored."""
    return crc32(page.page.text.encode("utf-8", "replace"))


def varied(pages: Iterable[LabelledPage]) -> list[LabelledPage]:
    """Render each page in a way drawn by its seed, three of eight as they are."""
    return [rendered(page, _SHARES[page_seed(page) % len(_SHARES)]) for page in pages]


def as_unknown_language(tokens: Tokens, bits: int) -> Tokens:
    """Give tokens as lexicons would see them in a language that they do not know: each in one, but a wrong, bucket.

    There stand the weights of other tokens, as they do for words that were never learnt.
    """

    def found(batch: Batch, rows: slice = ALL) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        row, bucket = tokens(batch, rows)
        return row, (bucket * _ELSEWHERE + 1) % (1 << bits)

    return found


_ELSEWHERE = 40_503
"""Odd, so that no two buckets become one."""

_KEPT = (0.2, 0.4, 0.7)
"""Share of the body lines of an excerpt, one of these."""
_ROOM = (3, 6, 10)
"""Lines at most that an excerpt keeps of each run of sidebar lines, one of these."""
_LONG = 60
"""Characters from which a paragraph may be cut to its first sentence, if that has half of them."""
_SENTENCE_END = re.compile(r"[.!?。！？।][\"”»’)]*\s*(?=\S)")


def excerpts(pages: Iterable[LabelledPage]) -> Iterator[LabelledPage]:
    """Cut each page that has a body down to a short one, the same on every run.

    Pages of collections have two hundred lines and paragraphs of fifty words. On a page of twenty lines a model that
    saw no others takes the last paragraphs, of ten words each, for teasers. An excerpt keeps some paragraphs, half of
    the time the first sentence of each, and a few lines of each run of sidebar lines.
    """
    for page in pages:
        if Label.BODY in page.labels:
            yield _excerpt(page, Random(page_seed(page)))  # noqa: S311 - no secret


def _excerpt(page: LabelledPage, draw: Random) -> LabelledPage:
    share, room, is_cut, is_dense = draw.choice(_KEPT), draw.choice(_ROOM), draw.random() < 0.5, draw.random() < 0.7
    lines, hints = page.page.lines, page.page.hints
    kept: list[int] = []
    has_body = False
    labelled = [(index, label) for index, label in enumerate(page.labels) if label is not None]
    for is_sidebar, run in groupby(labelled, key=lambda pair: pair[1] is Label.SIDEBAR):
        for index, label in _piece(list(run), room, draw) if is_sidebar else run:
            if label is Label.BODY:
                if has_body and draw.random() > share:
                    continue
                has_body = True
                lines[index] = _first_sentence(lines[index]) if is_cut else lines[index]
            kept.append(index)
    gap = [] if is_dense or hints is not None else [("", None)]  # lines of HTML are never blank
    found = [pair for index in kept for pair in ((lines[index], page.labels[index]), *gap)]
    texts, labels = zip(*found, strict=True)
    short = Page("\n".join(texts), page.page.source, None if hints is None else _fewer(hints, np.array(kept)))
    return replace(page, page=short, labels=labels, doubtful=frozenset())


def _fewer(hints: Hints, kept: NDArray[np.int64]) -> Hints:
    """Hints of some lines, as if the page had no others: what is counted over the page is counted anew.

    Pictures stay with the line below them, and go with it.
    """
    found = join_hints([hints], kept)
    blocks, rank = np.unique(found.order, return_inverse=True)
    # numpy 2.0 gives the inverse two axes, later ones one.
    template = np.unique(np.array((found.path, found.parent)), axis=1, return_inverse=True)[1].ravel()
    n_blocks = np.bincount(np.unique(template * len(blocks) + rank) // len(blocks))
    return replace(
        found,
        order=(rank / len(blocks)).astype(np.float32),
        siblings=np.minimum(found.siblings, n_blocks[template]).astype(np.int32),
    )


def _piece(run: list[tuple[int, Label]], room: int, draw: Random) -> list[tuple[int, Label]]:
    """A part of a long run: its end, its beginning, or any."""
    if len(run) <= room:
        return run
    size = draw.randint(1, room)
    last = len(run) - size
    start = draw.choice((last, 0, draw.randint(0, last)))
    return run[start : start + size]


def _first_sentence(line: str) -> str:
    end = _SENTENCE_END.search(line, _LONG // 2) if len(line) > _LONG else None
    return line[: end.end()].rstrip() if end else line
