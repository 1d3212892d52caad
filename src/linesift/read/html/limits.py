"""Shorten hostile markup, on which the parser would take hours: very many attributes of a tag, very deep nesting."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linesift.read.html.walk import BLOCKS, SKIPPED

_MAX_DEPTH = 2_000
_LONG_PAGE, _MAX_TAG, _MAX_ATTRIBUTES = 1 << 17, 1 << 16, 5_000
"""Bytes of a page from which its tags are looked at, bytes of a tag from which its attributes are counted, and how many
of these it keeps."""
_TAG_START = re.compile(rb"<[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(rb"""[\s/]+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_MANY_TAGS = 20_000
"""Pages with fewer tags are never nested so deep that they are slow."""
_SHORTEST_TAG = len("<b>")
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_BLOCK_NAMES = frozenset(name.encode() for name in BLOCKS)
_UNNESTED = frozenset(name.encode() for name in SKIPPED) | frozenset(
    b"p li dt dd tr td th thead tbody tfoot caption rt rp br hr"
    b" a b big code em font i nobr s small strike strong tt u".split()
)
"""Elements whose depth is not counted: the parser ends them, they have no end tag, or nesting them costs nothing."""


def limit_attributes(html: bytes) -> bytes:
    """Shorten tags of `_MAX_TAG` bytes and more that have too many attributes.

    The parser's time grows with the square of their number. Such tags come from quotes that are not closed, or from an
    attack. Long values are left alone.
    """
    if len(html) < _LONG_PAGE:
        return html
    # Where every stretch of half the length has a `>`, no two are farther apart than the whole.
    step = _MAX_TAG // 2
    if all(html.find(b">", start, start + step) >= 0 for start in range(0, len(html) - step, step)):
        return html
    ends = np.flatnonzero(_is(html, ">"))
    edges = np.concatenate(([0], ends + 1, [len(html)]))
    pieces, done = [], 0
    for place in np.flatnonzero(np.diff(edges) >= _MAX_TAG).tolist():
        start, end = edges[place : place + 2].tolist()
        pieces += [html[done:start], _cut_tag(html[start:end])]
        done = end
    return b"".join([*pieces, html[done:]]) if pieces else html


def _is(html: bytes, char: str) -> NDArray[np.bool_]:
    """Compare every byte with a character; to count so takes a third of the time of `bytes.count`."""
    return np.equal(np.frombuffer(html, np.uint8), ord(char))


def _cut_tag(stretch: bytes) -> bytes:
    """Leave out the attributes after the first `_MAX_ATTRIBUTES`, up to the last end tag in the stretch or its `>`."""
    start = _TAG_START.search(stretch)
    place = start.end() if start else 0
    for _ in range(_MAX_ATTRIBUTES):
        attribute = _ATTRIBUTE.match(stretch, place) if place else None
        if attribute is None:
            return stretch
        place = attribute.end()
    end = stretch.rfind(b"</", place)
    return stretch[:place] + (stretch[end:] if end >= 0 else stretch[-1:])


def limit_depth(html: bytes) -> bytes:
    """Remove tags deeper than `_MAX_DEPTH`; those of block elements become `<br>`."""
    if len(html) < _SHORTEST_TAG * _MANY_TAGS or np.count_nonzero(_is(html, "<")) < _MANY_TAGS:
        return html
    depth = deepest = 0
    for end, name in _TAG.findall(html, 0, _end_of_tags(html)):
        if name.lower() not in _UNNESTED:
            depth = max(depth - 1, 0) if end else depth + 1
            deepest = max(deepest, depth)
    if deepest <= _MAX_DEPTH:
        return html
    depth = 0

    def cut(match: re.Match[bytes]) -> bytes:
        nonlocal depth
        end, name = match.groups()
        name = name.lower()
        if name in _UNNESTED:
            return match[0]
        before, depth = depth, max(depth - 1, 0) if end else depth + 1
        if max(before, depth) <= _MAX_DEPTH:
            return match[0]
        return b"<br>" if name in _BLOCK_NAMES else b""

    return replace_tags(html, cut)


def replace_tags(html: bytes, replacement: bytes | Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Replace every tag, by one text or by what a function gives for it."""
    end = _end_of_tags(html)
    return _TAG.sub(replacement, html[:end]) + html[end:]


def _end_of_tags(html: bytes) -> int:
    """Place behind the last `>`. In what follows, every `<` would make the pattern search to the end of the page."""
    return html.rfind(b">") + 1
