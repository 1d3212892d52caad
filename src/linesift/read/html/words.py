"""Words in the attributes of HTML elements, such as `article` and `body` in `class="articleBody"`."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linesift.features.words import SpanHasher
from linesift.hints import hash_word


def names(text: str) -> frozenset[str]:
    """Split names that stand between spaces."""
    return frozenset(text.split())


READ_ATTRIBUTES: Final = names(
    "id itemprop role rel aria-label property typeof itemtype name data-component data-component-name data-module"
    " data-module-name data-name data-role data-type data-block data-block-name data-section-name data-link-name"
    " data-testid data-test-id data-test data-qa data-hook data-element data-widget data-zone hidden style"
)
"""Attributes that are read besides `class` and `href`. The words of all but `style` are hints: sites with generated
class names say in `data-component` or `data-testid` what others say in `class`. `hidden` and `style` say what is not
shown; a value of `hidden` gives words only in lines that are kept although they are hidden."""

_SEPARATOR = "\0"
MAX_KEY = 400
"""Characters of one element's attributes that are read; longer ones are generated, up to megabytes."""
_OTHER, _LOWER, _UPPER = range(3)
_TO_LOWER = np.uint8(ord("a") - ord("A"))
_TIME_WORDS = names("date time datetime timestamp pubdate published publish updated modified dateline datum")
TIME_HASHES: Final = np.sort(np.array([hash_word(word) for word in _TIME_WORDS], np.uint64))
"""Hashes of words that name a time."""
WORD_ATTRIBUTES: Final = READ_ATTRIBUTES - {"style"}
"""Those whose words are hints."""
STREAMED: Final = "S:"
"""Beginning of the `id` of what React sends behind the page."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def _kinds() -> NDArray[np.uint8]:
    """Kind of every byte of UTF-8. Beyond ASCII, nearly everything in a name is a letter."""
    kinds = np.full(256, _OTHER, np.uint8)
    kinds[ord("a") : ord("z") + 1] = _LOWER
    kinds[ord("A") : ord("Z") + 1] = _UPPER
    kinds[0x80:] = _LOWER
    return kinds


_KINDS = _kinds()


def split_words(keys: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash the words of joined attribute values.

    Words are cut at everything but letters and between cases (`articleBody` is two words), and lower-cased. Those of a
    single byte are left out. Each comes once per key. All keys are done at once, because a page has hundreds.

    Args:
        keys: attribute values of one element each.

    Returns:
        Hashes, and for each the index of its key, ascending.

    >>> hashes, places = split_words(["col-md-8 articleBody_x2", "", "NewsHTML teaser teaser"])
    >>> places.tolist()
    [0, 0, 0, 0, 2, 2, 2]
    >>> set(hashes.tolist()) == set(map(hash_word, "col md article body news html teaser".split()))
    True
    """
    joined = _SEPARATOR.join([key[:MAX_KEY].replace(_SEPARATOR, " ") for key in keys])
    codes = np.frombuffer(joined.encode("utf-8", "replace"), np.uint8)
    padded = np.zeros(len(codes) + 2, np.uint8)
    padded[1:-1] = _KINDS[codes]
    before, kind, after = padded[:-2], padded[1:-1], padded[2:]
    is_word, is_upper = kind > _OTHER, kind == _UPPER
    is_begin = is_word & ((before == _OTHER) | (is_upper & ((before == _LOWER) | (after == _LOWER))))
    is_end = after == _OTHER
    is_end[:-1] |= is_begin[1:]
    is_end &= is_word
    start, end = np.flatnonzero(is_begin), np.flatnonzero(is_end) + 1
    has_two_bytes = end - start > 1
    start, end = start[has_two_bytes], end[has_two_bytes]
    hashes = SpanHasher((codes + _TO_LOWER * is_upper).astype(np.uint32))(start, end)
    key = np.cumsum(codes == 0)[start]
    order = np.lexsort((hashes, key))
    hashes, key = hashes[order], key[order]
    is_new = np.ones(len(hashes), np.bool_)
    is_new[1:] = (hashes[1:] != hashes[:-1]) | (key[1:] != key[:-1])
    return hashes[is_new], key[is_new]


def find_key(attributes: dict[str, str | None]) -> str:
    """Key of an element: its class, a line end, and the values of its other attributes that have words."""
    key = attributes.get("class") or ""
    edge = "\n"
    for name in attributes:
        if name in WORD_ATTRIBUTES and (value := attributes[name]):
            key += edge + value
            edge = " "
    return key


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Say whether an element is not shown, by its own attributes; style sheets are not read.

    React sends parts of a page behind it, in hidden elements from which a script puts them into their place. These are
    shown; their `id` begins with `STREAMED`.

    >>> is_hidden({"style": "color:red; display: none"}), is_hidden({"hidden": None}), is_hidden({"style": "margin:0"})
    (True, True, False)
    """
    style = attributes.get("style")
    if "hidden" in attributes and not (attributes.get("id") or "").startswith(STREAMED):
        return True
    return style is not None and _HIDDEN.search(style) is not None
