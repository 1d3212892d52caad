"""The same page in other manners of rendering, so that a model does not learn one program's habits."""

import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from zlib import crc32

from linesift.page import LabelledPage, Page

_BULLET = re.compile(r"^\s*(?:[•◦▪●○■*·\-–]|\d{1,3}\.)\s+")


class Manner(StrEnum):
    """How a page is rendered to lines."""

    AS_IS = "as is"
    DENSE = "no blank lines"
    BARE = "no bullets, no indent"
    SPACED = "a blank line after every line"
    PLAIN = "no blank lines, bullets or indent"


def rendered(page: LabelledPage, manner: Manner) -> LabelledPage:
    """The page in another manner, with the same labels on the same text."""
    if manner is Manner.AS_IS or not page.page.text.strip():
        return page
    lines: list[str] = []
    labels = []
    for line, label in zip(page.page.lines, page.labels, strict=True):
        if label is None and manner in {Manner.DENSE, Manner.SPACED, Manner.PLAIN}:
            continue
        if label is not None and manner in {Manner.BARE, Manner.PLAIN}:
            line = _BULLET.sub("", line).strip() or line.strip()
        lines.append(line)
        labels.append(label)
        if manner is Manner.SPACED:
            lines.append("")
            labels.append(None)
    return replace(page, page=Page("\n".join(lines), page.page.source), labels=tuple(labels), doubtful=frozenset())


_SHARES = (
    Manner.AS_IS,
    Manner.AS_IS,
    Manner.AS_IS,
    Manner.DENSE,
    Manner.BARE,
    Manner.SPACED,
    Manner.PLAIN,
    Manner.PLAIN,
)


def varied(pages: Iterable[LabelledPage]) -> list[LabelledPage]:
    """Every page in a manner of its own, three of eight as they are; the same on every run."""
    return [rendered(page, _SHARES[crc32(page.page.source.encode()) % len(_SHARES)]) for page in pages]
