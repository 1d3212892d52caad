"""Bound what markup costs, before it is parsed.

The parser takes time with the square of some numbers: the depth of nesting, formatting elements that stay open (each
is opened again in every paragraph), the attributes of a tag, the options of a page. What is beyond a bound is left out,
or its tags are renamed to ones that cost nothing. No ordinary page is beyond any: see the numbers at each bound. They
are the highest of 6,582 pages of fourteen collections.

A bound holds whatever the page does to hide from it. Tags are counted wherever they stand, in comments and scripts
too; how deep a page is nested, and what is open, is read off the parser's own tree of its beginning.
"""

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.read.html.walk import BLOCKS
from linesift.read.record import MAX_PAGE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_TAGS = 100_000
"""Tags, and other `<` (highest: 45,138)."""
MAX_LINE_ENDS = 200_000
"""Line ends and character references, which may make lines of `<pre>` (highest: 54,553)."""
_MAX_ATTRIBUTES = 5_000
"""Attributes of a tag, if it is longer than `LONG_TAG`."""
LONG_TAG, LONG_PAGE = 1 << 16, 1 << 19
MAX_OPTIONS = 5_000
"""Options of all menus together (highest: 1,854)."""
_MAX_NAMES = 60_000
"""Different names of attributes, which the parser compares with each other. Whatever stands between white space counts
as one, wherever it is, because quotes can hide what is inside a tag (highest: 46,477)."""
_NEXT_TRY = 100
"""Tags to pass over where what looks like one is inside a script or a comment."""
_MAX_ROOTS = 1_000
"""Tags of `<html>` and `<body>`, on pages with more tags than `_MANY_TAGS`; each adds its attributes to those of the
first, and is compared with all of them."""
_MANY_TAGS = 4_000
MAX_COPIES = 500_000
"""Formatting elements that may be opened again: those open, times the tags of the page. Above it, what is open is
looked up in the tree (8 pages)."""
_MAX_CLOSED = 6
"""So many times the number of formatting tags may be on a page if they are closed (highest: 4)."""
FEWEST_OPEN = 8
"""Formatting elements that may always be open."""
_MAX_DEPTH = 2_000
STEP = 10_000
"""Tags after which the depth is looked up, on pages with twice as many (4 pages)."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_WHOLE_TAG = re.compile(rb"""<[a-zA-Z](?:[^"'>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)""")
"""A tag with all its attributes; a quote that is not closed goes on to the end. It never goes back."""
_SHORT_TAGS = re.compile(
    rb"""(?:[^<]++|<(?![a-zA-Z])|"""
    rb"""<[a-zA-Z][^"'>]{0,500}+(?:(?:"[^"]{0,1000}+"|'[^']{0,1000}+')[^"'>]{0,500}+){0,40}+>)*+"""
)
"""Texts, and tags that are surely shorter than `LONG_TAG`, as many as follow each other."""
_TAG_START = re.compile(rb"<[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(rb"""[\s/]*+[^\s"'>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]++))?""")
FORMAT_NAMES = ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"]
_FORMAT = re.compile(rb"<(?:%b)(?=[\s/>])" % "|".join(FORMAT_NAMES).encode(), re.IGNORECASE)
_OPTION = re.compile(rb"<option", re.IGNORECASE)
_NAME = re.compile(rb"[^\s/>=]+")
_BETWEEN_NAMES = np.isin(np.arange(256), np.frombuffer(b"\t\n\v\f\r />=", np.uint8))
_ROOT = re.compile(rb"<(?:html|body)(?=[\s/])", re.IGNORECASE)
_TEMPLATE = re.compile(rb"(</?)template", re.IGNORECASE)
_NOT_TEXT = (b"script", b"style")
_BLOCK_NAMES = frozenset(name.encode() for name in BLOCKS)
_RENAMED = b"<span"
"""Stands for a formatting tag that is one too many; it is inline, and the end of its block ends it."""
_SAME = 3
"""Equal formatting elements that the parser opens again; older ones are dropped."""


def limit_markup(html: bytes) -> tuple[bytes, str]:
    """Bound the cost of a page in UTF-8.

    Returns:
        The page, shortened if need be, and a text that says what was cut off, empty if nothing was.
    """
    html, cut = _limit_size(html)
    n_tags = int(np.count_nonzero(_is(html, "<")))
    html = _limit_roots(_limit_options(_limit_names(_limit_attributes(html))), n_tags)
    return _limit_depth(_limit_formats(html, n_tags), n_tags), cut


def _is(html: bytes, char: str) -> NDArray[np.bool_]:
    """Compare every byte with a character; to count so takes a third of the time of `bytes.count`."""
    return np.equal(np.frombuffer(html, np.uint8), ord(char))


def _limit_size(html: bytes) -> tuple[bytes, str]:
    """Cut a page behind so many bytes, tags or line ends."""
    if len(html) <= MAX_TAGS:
        return html, ""
    cut = ""
    if len(html) > MAX_PAGE:
        html = html[:MAX_PAGE].decode("utf-8", "ignore").encode()
        cut = f"longer than {MAX_PAGE // 1_000_000} MB; the rest is left out"
    ends = _is(html, "\n") | _is(html, "\r")
    ends[:-1] |= _is(html, "&")[:-1] & _is(html, "#")[1:]
    for is_one, most, what in ((_is(html, "<"), MAX_TAGS, "tags"), (ends, MAX_LINE_ENDS, "line ends")):
        places = np.flatnonzero(is_one[: len(html)])
        if len(places) > most:
            html = html[: places[most]]
            cut = f"more than {most:,} {what}; the rest is left out"
    return html, cut


def _limit_attributes(html: bytes) -> bytes:
    """Leave out the attributes of a tag after the first `_MAX_ATTRIBUTES`; long values are left alone."""
    if len(html) < LONG_PAGE:
        return html
    pieces, done = [], 0
    for tag in _long_tags(html):
        pieces += [html[done : tag.start()], _cut_tag(tag[0])]
        done = tag.end()
    return b"".join([*pieces, html[done:]]) if pieces else html


def _long_tags(html: bytes) -> Iterator[re.Match[bytes]]:
    """Find the tags of at least `LONG_TAG` bytes; all others that follow each other are one step."""
    place = 0
    while (short := _SHORT_TAGS.match(html, place)) and (tag := _WHOLE_TAG.match(html, short.end())):
        if tag.end() - tag.start() >= LONG_TAG:
            yield tag
        place = tag.end()


def _cut_tag(tag: bytes) -> bytes:
    start = _TAG_START.match(tag)
    place = 0 if start is None else start.end()
    for _ in range(_MAX_ATTRIBUTES):
        attribute = _ATTRIBUTE.match(tag, place)
        if attribute is None:
            return tag
        place = attribute.end()
    end = tag.rfind(b"</", max(place, len(tag) - LONG_TAG))  # in a script, what looks like a tag may reach behind it
    return tag[:place] + (tag[end:] if end >= 0 else b">" if tag.endswith(b">") else b"")


def _limit_names(html: bytes) -> bytes:
    """Leave out all attributes from soon after the place where the page has had `_MAX_NAMES` different words."""
    if len(html) < 2 * _MAX_NAMES or np.count_nonzero(_BETWEEN_NAMES[np.frombuffer(html, np.uint8)]) < _MAX_NAMES:
        return html
    if len(set(_NAME.findall(html))) <= _MAX_NAMES:
        return html
    names: set[bytes] = set()
    words = _NAME.finditer(html)
    while len(names) <= _MAX_NAMES:
        names.add((word := next(words))[0])
    tags = _TAG_START.finditer(html, word.start())
    for tag in islice(tags, 0, _NEXT_TRY + 1, _NEXT_TRY):
        is_near = len(set(_NAME.findall(html, word.start(), tag.start()))) < _MAX_NAMES // 2
        if is_near and _is_text_before(html, tag.start()):
            # Here the parser begins a tag, and so it does with all that follow: wherever `<` stands before a letter.
            rest = html[tag.start() :]
            return html[: tag.start()] + _TAG.sub(rb"<\1\2>", rest + b">" * (rest.rfind(b"<") > rest.rfind(b">")))
    return html[: word.start()]


def _is_text_before(html: bytes, place: int) -> bool:
    """Say whether a tag at a place is one: not inside another, a comment or a script."""
    return _open_elements(html[:place] + b"<x-mark>")[-1:] == ["x-mark"]


def _limit_options(html: bytes) -> bytes:
    """Rename options behind the first `MAX_OPTIONS`; no text of menus is read."""
    return html if len(html) < MAX_OPTIONS * len(b"<option") else _rename_beyond(MAX_OPTIONS, _OPTION, b"<br", html)


def _limit_roots(html: bytes, n_tags: int) -> bytes:
    """Rename tags of `<html>` and `<body>` behind the first `_MAX_ROOTS`, to one that shows nothing."""
    return html if n_tags < _MANY_TAGS else _rename_beyond(_MAX_ROOTS, _ROOT, b"<link", html)


def _rename_beyond(most: int, tags: re.Pattern[bytes], name: bytes, html: bytes) -> bytes:
    beyond = next(islice(tags.finditer(html), most, None), None)
    return html if beyond is None else html[: beyond.start()] + tags.sub(name, html[beyond.start() :])


def _limit_formats(html: bytes, n_tags: int) -> bytes:
    """Rename formatting tags that would be opened again too often.

    A formatting element that is not closed is opened again in every block that follows, at most three equal ones.
    """
    if n_tags * n_tags <= 4 * MAX_COPIES:  # half of the tags, open in the other half
        return html
    most = max(MAX_COPIES // n_tags, FEWEST_OPEN)
    if len(_FORMAT.findall(html)) <= most:
        return html
    places = list(islice(_new_formats(html), _MAX_CLOSED * most))
    if len(places) <= most:
        return html
    for place in [*places[most::most], places[-1]]:
        if sum(name in FORMAT_NAMES for name in _open_elements(html[:place] + b"<p>x")) > most:
            return html[: places[0]] + _FORMAT.sub(_RENAMED, html[places[0] :])
    if len(places) < _MAX_CLOSED * most:
        return html
    return html[: places[-1]] + _FORMAT.sub(_RENAMED, html[places[-1] :])


def _new_formats(html: bytes) -> Iterator[int]:
    """Places of formatting tags that at most two before are equal to; one with an odd quote is equal to none."""
    counts: dict[bytes, int] = {}
    for match in _FORMAT.finditer(html):
        end = html.find(b">", match.start())
        tag = html[match.start() : end if end >= 0 else None]
        n_same = counts[tag] = counts.get(tag, 0) + 1
        if n_same <= _SAME or tag.count(b'"') % 2 or tag.count(b"'") % 2:
            yield match.start()


def _limit_depth(html: bytes, n_tags: int) -> bytes:
    """Remove all tags from where a page is nested deeper than `_MAX_DEPTH` on; those of blocks become `<br>`."""
    if n_tags < 2 * STEP:
        return html
    for place in np.flatnonzero(_is(html, "<"))[STEP::STEP].tolist():
        if len(_open_elements(html[:place])) > _MAX_DEPTH:
            return _flattened(html, place)
    return html


def _flattened(html: bytes, place: int) -> bytes:
    """Cut a page at the place of a tag back to where it is `_MAX_DEPTH` deep, and remove the tags of the rest."""
    tags = np.flatnonzero(_is(html, "<"))
    first, last = max(0, bisect(tags, place) - STEP), bisect(tags, place) - 1
    while first < last:
        middle = (first + last) // 2
        if len(_open_elements(html[: tags[middle]])) > _MAX_DEPTH:
            last = middle
        else:
            first = middle + 1
    start = int(tags[max(first - 1, 0)])

    def flat(match: re.Match[bytes]) -> bytes:
        if match[2].lower() in _NOT_TEXT:
            return match[0]
        return b"<br>" if match[2].lower() in _BLOCK_NAMES else b""

    return html[:start] + replace_tags(html[start:], flat)


def _open_elements(html: bytes) -> list[str]:
    """Names of the elements that are open at the end of the beginning of a page, from the outside in.

    They are on the way to the last node. What stands in a table where it does not belong is put before the table.
    Templates are read as another element that holds what is in it, because theirs is no part of the tree.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_TEMPLATE.sub(rb"\1marquee", html), scripting=True)
    longest: list[str] = []
    ways: list[tuple[LexborNode | None, int]] = [(tree.root, 0)]
    names: list[str] = []
    while ways:
        node, depth = ways.pop()
        del names[depth:]
        while node is not None:
            names.append(node.tag or "")
            if node.tag == "table" and node.prev is not None:
                ways.append((node.prev, len(names) - 1))
            node = node.last_child
        if len(names) > len(longest):
            longest = names.copy()
    return longest


def replace_tags(html: bytes, replacement: bytes | Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Replace every tag, by one text or by what a function gives for it."""
    end = html.rfind(b">") + 1  # in what follows, every `<` would make the pattern search to the end of the page
    return _TAG.sub(replacement, html[:end]) + html[end:]
