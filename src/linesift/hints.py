"""What the markup of an HTML page says about each of its lines, as arrays; a page of plain text has none."""

from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

TAGS: tuple[str, ...] = (
    "(none)",
    *"body p h1 h2 h3 h4 h5 h6 li ul ol dl dt dd div article main section aside nav header footer figure".split(),
    *"figcaption form fieldset legend button table caption thead tbody tfoot tr td th blockquote pre address".split(),
    *"details summary dialog center menu search hgroup".split(),
    "(other)",
)
"""Names of block elements; `Hints.tag` is an index. `(none)` is a blank line, `(other)` a block not named here."""

ANCESTORS: tuple[str, ...] = (
    *"article main nav aside header footer figure figcaption form table ul ol li dl blockquote section".split(),
    *"button label time address details dialog pre h1 h2 h3 h4 h5 h6 a em".split(),
    "(custom)",
)
"""Names of enclosing elements; bit i of `Hints.ancestors` stands for entry i.

`a` is a link (with `href`), `em` any emphasis (`b`, `strong`, `em`), `(custom)` an element whose name has a hyphen.
"""

N_LEVELS = 6
"""How many elements around a line give their words."""

PART_LEVEL = N_LEVELS
"""Level of the words of elements that hold a part of the line and not the whole of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Hints:
    """Arrays with one entry per line of `text.split("\\n")`; a blank line has zeros.

    The *block* of a line is the innermost block element around it; its *holder* the innermost element of any
    kind that holds the whole line. The three `word` arrays are ragged: one entry per word, sorted by line.
    """

    tag: NDArray[np.uint8]
    """Block's place in `TAGS`."""
    ancestors: NDArray[np.uint32]
    """Set of `ANCESTORS` around the line, the holder included."""
    depth: NDArray[np.int16]
    """How many elements are around the block, `body` not counted; at most 32,767."""
    order: NDArray[np.float32]
    """Share of the page's elements that begin before the block, 0 to 1."""
    path: NDArray[np.uint64]
    """Hash of name and first class of the blocks from `body` down to the line's block; the same for lines that one
    template made. Digits in a class do not count."""
    parent: NDArray[np.uint64]
    """`path` of the block around the line's block."""
    siblings: NDArray[np.int32]
    """Blocks with lines of their own that have the same path and the same block around them, this one included."""
    link_share: NDArray[np.float32]
    """Share of the line's characters, spaces not counted, inside links."""
    emphasis: NDArray[np.float32]
    """The same for `b`, `strong` and `em`."""
    is_time: NDArray[np.bool_]
    """Whether the block or an inline element at the line is a `<time>` or has a word such as `date` in its attributes."""
    n_inline: NDArray[np.int16]
    """Inline elements that begin in the line."""
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
        """Whether all arrays are equal (`==` on arrays would not say)."""
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself outside its visible text: evidence for lines, never a replacement of them.

    Every field is `""` (or empty) where the page does not say; dates stay as the page writes them.
    """

    title: str = ""
    """Text of `<title>`, often with the site's name."""
    og_title: str = ""
    """`og:title`, else `twitter:title`."""
    description: str = ""
    canonical: str = ""
    """Address of the page by its own account, `<link rel=canonical>` or `og:url`."""
    lang: str = ""
    """Attribute `lang` of `<html>`, else `og:locale`."""
    published: str = ""
    """From the first of JSON-LD, `meta` and `<time itemprop=datePublished>` that says it."""
    modified: str = ""
    jsonld_headline: str = ""
    jsonld_body: str = ""
    """`articleBody` of JSON-LD, with whatever markup the page left in it."""
    h1: tuple[str, ...] = ()
    """Text of every `<h1>` that has one, in order."""


@lru_cache(maxsize=1 << 16)
def hash_word(word: str) -> int:
    """Hash a lower-cased word of an attribute to 64 bits, the same on every machine and in every run.

    >>> hex(hash_word("teaser"))
    '0x0'
    """
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")
