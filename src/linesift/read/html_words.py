"""Words of the attributes of HTML elements: what a page's authors call its parts."""

import re
from collections.abc import Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from linesift.hints import hash_word


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


OTHERS: Final = _names(
    "id itemprop role rel aria-label property typeof itemtype name data-component data-component-name data-module"
    " data-module-name data-name data-role data-type data-block data-block-name data-section-name data-link-name"
    " data-testid data-test-id data-test data-qa data-hook data-element data-widget data-zone hidden style"
)
"""Attributes that matter besides `class` and `href`. All but `hidden` and `style` have words that are hints: sites with
generated class names say in `data-component` or `data-testid` what others say in `class`."""

_SEPARATOR = "\n"
# Ranges instead of `\w`, because they are searched faster; beyond Latin-1 nearly everything in a name is a letter.
_WORD = re.compile(r"\n|[A-Z]?[a-z\u00c0-\U0010ffff]+|[A-Z]+(?![a-z])")
_MAX_VALUE = 400
"""Characters of one element's attributes that are read; longer ones are generated, up to megabytes."""
_MAX_CACHED = 1 << 16
_SEPARATOR_HASH = np.uint64(hash_word(_SEPARATOR))
_PLACE_BITS = 16
_TIME_WORDS = _names("date time datetime timestamp pubdate published publish updated modified dateline datum")
TIME_HASHES: Final = np.sort(np.array([hash_word(word) for word in _TIME_WORDS], np.uint64))
"""Hashes of words that name a time."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_FNV_PRIME = 0x100000001B3
_MASK = (1 << 64) - 1


class _Hashes(dict[str, bytes]):
    """Hashes of words as they are written, 8 bytes each; zeros for a single letter. Emptied when full."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _MAX_CACHED:
            self.clear()
        value = hash_word(word.lower()) if len(word) > 1 or word == _SEPARATOR else 0
        self[word] = found = value.to_bytes(8, "little")
        return found


_hashes = _Hashes()


def split_words(attributes: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of the words in joined values of attributes, and to which of these each belongs, ascending.

    Words are cut at everything but letters and between cases (`articleBody` is two words), lower-cased, and have
    two letters at least; each comes once. All in one go, because a page has some hundred different values.

    >>> hashes, places = split_words(["col-md-8 articleBody_x2", "", "NewsHTML teaser teaser"])
    >>> places.tolist()
    [0, 0, 0, 0, 2, 2, 2]
    >>> set(hashes.tolist()) == set(map(hash_word, "col md article body news html teaser".split()))
    True
    """
    joined = _SEPARATOR.join([value[:_MAX_VALUE].replace(_SEPARATOR, " ") for value in attributes])
    found = np.frombuffer(b"".join([_hashes[word] for word in _WORD.findall(joined)]), np.dtype("<u8"))
    is_separator = found == _SEPARATOR_HASH
    place = np.cumsum(is_separator)
    is_word = ~is_separator & (found != 0)
    found, place = found[is_word], place[is_word]
    # Equal words of one value have equal keys, and the low bits keep the order of places.
    _, first = np.unique((found << np.uint64(_PLACE_BITS)) | place.astype(np.uint64), return_index=True)
    first.sort()
    return found[first], place[first]


def template_path(above: int, tag: str, classes: str) -> int:
    """Hash of a chain of blocks: of the chain above, and of what siblings from one template share; never 0.

    That is the tag, and the first class without the number at its end. Later classes (`odd`, `last`,
    `category-sport`) tell siblings apart.

    >>> template_path(1, "li", "post-17 odd") == template_path(1, "li", "post-4") != template_path(1, "li", "advert")
    True
    """
    first_class = (classes.split() or [""])[0].rstrip("0123456789")
    own = crc32(f"{tag}.{first_class}".encode("utf-8", "replace"))
    return ((above ^ own) * _FNV_PRIME & _MASK) or 1


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether the element itself says that it is not shown; style sheets are not read.

    >>> is_hidden({"style": "color:red; display: none"}), is_hidden({"hidden": None}), is_hidden({"style": "margin:0"})
    (True, True, False)
    """
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))
