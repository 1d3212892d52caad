"""Define hints: what the markup of an HTML page says about each of its lines, as arrays; plain text has none."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.hashing import MIX, SPREAD


def _split(names: str) -> tuple[str, ...]:
    return tuple(names.split())


TAGS: tuple[str, ...] = _split(
    "(none) body p h1 h2 h3 h4 h5 h6 li ul ol dl dt dd div article main section aside nav header footer figure"
    " figcaption form fieldset legend button table caption thead tbody tfoot tr td th blockquote pre address details"
    " summary dialog center menu search hgroup (other)"
)
"""Names of block elements; `Hints.tag` is an index. `(none)` is a blank line, `(other)` a block not named here."""

ANCESTORS: tuple[str, ...] = _split(
    "article main nav aside header footer figure figcaption form table ul ol li dl blockquote section button label time"
    " address details dialog h1 h2 h3 h4 h5 h6 a em (custom) (hidden)"
)
"""Names of enclosing elements; bit i of `Hints.ancestors` stands for entry i.

`a` is a link (with `href`), `em` any emphasis (`b`, `strong`, `em`), `(custom)` an element whose name has a hyphen,
`(hidden)` one that is not shown unless a script says so (lines in it are there only where they are most of the page).
"""

DAY_PARTS: tuple[str, ...] = _split("day year clock")
"""Parts of a day that a line can show; bit i of `Hints.day_shown` stands for entry i."""

LINK_KINDS: dict[str, int] = {"fragment": 1, "site": 2, "contact": 8, "share": 16}
"""Bits of `Hints.link_kind`, by name: links to a part of the page, relative ones to another page of its site, to a mail
address or telephone, and links that share the page on a network. Other links have none: whether an address with a host
is of the page's own site is not known."""

N_LEVELS = 6
"""Number of elements around a line whose words count."""

PART_LEVEL = N_LEVELS
"""Level of the words of elements that hold a part of the line and not the whole of it."""


_BASE, _MIX, _MODULUS = int(SPREAD), int(MIX), 1 << 64


@dataclass(frozen=True, slots=True, eq=False)
class Hints:
    r"""Arrays with one entry per line of `text.split("\n")`; a blank line has zeros.

    In a `Batch`: one entry per non-blank line. The *block* of a line is the innermost block element around it; its
    *holder* the innermost element of any kind that holds the whole line. The three `word` arrays are ragged: one entry
    per word, sorted by line.
    """

    tag: NDArray[np.uint8]
    """Block's place in `TAGS`."""
    ancestors: NDArray[np.uint32]
    """Set of `ANCESTORS` around the line, the holder included."""
    depth: NDArray[np.int16]
    """Number of blocks on the way from `body` to the block: it counts, `body` does not; at most 32,767."""
    order: NDArray[np.float32]
    """Share of the page's blocks that begin before the line's block, 0 to 1."""
    path: NDArray[np.uint64]
    """Number that stands for the names and first classes of the blocks from `body` to the line's block: equal for lines
    of the page that one template made. Digits at the end of a class do not count."""
    parent: NDArray[np.uint64]
    """`path` of the block around the line's block."""
    siblings: NDArray[np.int32]
    """Blocks with lines of their own that have the same path and the same block around them, this one included."""
    link_share: NDArray[np.float32]
    """Share of the line's characters, spaces not counted, inside links."""
    emphasis: NDArray[np.float32]
    """Share of these characters inside `b`, `strong` or `em`."""
    is_time: NDArray[np.bool_]
    """Whether the line or a part of it is in `<time>`, or its block or an element in it has a word such as `date`."""
    n_inline: NDArray[np.int16]
    """Number of inline elements that begin on the line, or before it in the block but after the line above."""
    title_share: NDArray[np.float32]
    """Share of the line's words, 0 to 1, that the title in the head of the page has; of two titles there, `<title>`
    and `og:title`, the one that the line is more like."""
    title_cover: NDArray[np.float32]
    """Share of that title's words that the line has; or of its characters, if the line is a part of it."""
    day_shown: NDArray[np.uint8]
    """Which of day (1), year (2) and clock (4) the line shows of a day that the head or JSON-LD gives."""
    n_media: NDArray[np.int16]
    """Pictures, videos, sounds and frames that begin between the end of the line before and the start of the line."""
    alt_share: NDArray[np.float32]
    """Share of the line's words, 0 to 1, that the alternative text (`alt` and `title`) of the picture right before or
    right behind the line has; of two pictures, the one that the line is more like."""
    link_kind: NDArray[np.uint8]
    """Set of `LINK_KINDS` of the links around the line or in it."""
    word_hash: NDArray[np.uint64]
    """Hash (`hash_word`) of a word of the attributes of elements around the line or in it."""
    word_line: NDArray[np.int32]
    """Line of the word, ascending."""
    word_level: NDArray[np.uint8]
    """0 for the innermost element with words that holds the whole line, up to 5; `PART_LEVEL` inside the line."""

    @property
    def n_lines(self) -> int:
        """Number of lines."""
        return len(self.tag)

    def equals(self, other: "Hints") -> bool:
        """Whether all arrays are equal; `==` would compare them element by element."""
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


class DateSource(StrEnum):
    """Place in the markup that gives a date."""

    JSON_PUBLISHED = "datePublished of an article in JSON-LD"
    JSON_MODIFIED = "dateModified of an article in JSON-LD"
    SCRIPT_PUBLISHED = "datePublished anywhere in a script"
    META_PUBLISHED = "article:published_time"
    META_DATE = "another date in meta"
    META_MODIFIED = "article:modified_time and the like"
    ITEM_PUBLISHED = "an element with itemprop=datePublished"
    ITEM_MODIFIED = "an element with itemprop=dateModified"
    TIME = "time[datetime]"
    TITLE = "title of abbr, or of an element with a class such as date"
    ADDRESS = "the address"


@dataclass(frozen=True, slots=True)
class HeadDate:
    """A date that the markup gives."""

    source: DateSource
    text: str
    """As the page writes it."""
    shown: str = ""
    """Visible text of the element, where the date is one of its attributes."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself outside its visible text.

    A field is empty if the page does not give it; dates stay as the page writes them.
    """

    title: str = ""
    """Text of `<title>`, often with the site's name."""
    og_title: str = ""
    """`og:title`, else `twitter:title`."""
    description: str = ""
    canonical: str = ""
    """Address of the page according to `<link rel=canonical>` or `og:url`."""
    lang: str = ""
    """Attribute `lang` of `<html>`, else `og:locale`."""
    published: str = ""
    """From the first of JSON-LD, `meta` and `<time itemprop=datePublished>` that has it."""
    modified: str = ""
    jsonld_headline: str = ""
    h1: tuple[str, ...] = ()
    """Text of every `<h1>` that has one, in order."""
    author: str = ""
    """Names of JSON-LD, else of `meta`, else of links with `rel=author`; several are joined by commas."""
    site_name: str = ""
    """`og:site_name`, else the publisher of JSON-LD, else `application-name`."""
    dates: tuple[HeadDate, ...] = ()
    """All dates of the markup, best sources first."""


def hash_word(word: str) -> int:
    """Hash a lower-cased word of an attribute to 64 bits, the same on every machine and in every run.

    It is a polynomial of the UTF-8 bytes, mixed; `features.words.SpanHasher` computes it for all words of a page.

    >>> hex(hash_word("teaser"))
    '0x1b646c8ebd56e12'
    """
    value = sum((code + 1) * pow(_BASE, place, _MODULUS) for place, code in enumerate(word.encode("utf-8", "replace")))
    value %= _MODULUS
    value = (value ^ value >> 32) * _MIX % _MODULUS
    return value ^ value >> 32


def join_hints(pages: Sequence[Hints], kept: NDArray[np.int64]) -> Hints:
    """Join the hints of several pages, and keep those of some lines.

    Args:
        pages: hints of each page.
        kept: ascending indices of lines, counted through all pages.
    """
    offsets = np.cumsum([0, *(page.n_lines for page in pages)])
    keeps_all = len(kept) == offsets[-1]
    if keeps_all and len(pages) == 1:
        return pages[0]
    joined = {f.name: np.concatenate([getattr(page, f.name) for page in pages]) for f in fields(Hints)}
    line = np.concatenate(
        [page.word_line + np.int32(offset) for page, offset in zip(pages, offsets.tolist(), strict=False)]
    )
    if keeps_all:
        return Hints(**joined | {"word_line": line})
    new_row_of_line = np.full(offsets[-1] + 1, -1, np.int32)
    new_row_of_line[kept] = np.arange(len(kept), dtype=np.int32)
    has_line = new_row_of_line[line] >= 0
    words = {name: joined.pop(name)[has_line] for name in ("word_hash", "word_level")}
    del joined["word_line"]
    return Hints(
        **{name: values[kept] for name, values in joined.items()},
        word_hash=words["word_hash"],
        word_line=new_row_of_line[line][has_line],
        word_level=words["word_level"],
    )


def no_hints(n_lines: int) -> Hints:
    """Make hints that say nothing about any line: all zeros, no words."""
    zeros: dict[str, NDArray[Any]] = {
        f.name: np.zeros(0 if f.name.startswith("word_") else n_lines, DTYPES[f.name]) for f in fields(Hints)
    }
    return Hints(**zeros)


DTYPES = {
    "tag": np.uint8,
    "ancestors": np.uint32,
    "depth": np.int16,
    "order": np.float32,
    "path": np.uint64,
    "parent": np.uint64,
    "siblings": np.int32,
    "link_share": np.float32,
    "emphasis": np.float32,
    "is_time": np.bool_,
    "n_inline": np.int16,
    "title_share": np.float32,
    "title_cover": np.float32,
    "day_shown": np.uint8,
    "n_media": np.int16,
    "alt_share": np.float32,
    "link_kind": np.uint8,
    "word_hash": np.uint64,
    "word_line": np.int32,
    "word_level": np.uint8,
}
