"""HTML pages: lines, and hints of the markup on every line.

The parser is selectolax (lexbor). Measured on 100 pages of the corpora, median, one core: parsing takes 0.30 ms with
selectolax and 0.29 ms with resiliparse, parsing and visiting every node from Python 0.6 ms and 4.7 ms, and the lines
need a visit: resiliparse's own text has no markup. Against that text (420 pages of seven collections) these lines hold
as much of the gold article, to .001, but on Mozilla's Readability pages (.857, .867), whose gold has alternative texts.
`read_html` as a whole takes about eight times the parser's time, half of it in the walk, a third in the arrays.
The walk goes from node to node because that is a quarter of it only. To cut at its tags what the parser writes out, and
to keep by tag and state what they say, took a third longer: most tags of a page stand once in the same state.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.extras import missing_extra
from linesift.hints import Head, Hints
from linesift.page import Page
from linesift.read.html.arrays import make_hints
from linesift.read.html.encoding import to_utf8
from linesift.read.html.evidence import read_said
from linesift.read.html.head import read_head
from linesift.read.html.walk import BLOCKS, SKIPPED, Walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_MIN_PROSE, _MAX_LINKED = 80, 0.5
_ARTICLE, _LEAST = 600, 300
"""Characters of prose: a page with less than the first is read as without scripts if it then has twice as much,
and the second at least. A line that asks for scripts has a hundred or two."""
_MAX_DEPTH = 2_000
_LONG, _MAX_TAG, _MAX_ATTRIBUTES = 1 << 17, 1 << 16, 5_000
_TAG_START = re.compile(rb"<[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(rb"""[\s/]+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_MANY_TAGS = 20_000
"""Pages with fewer tags are never nested deep enough to be slow."""
_LEAST_TAG = len("<b>")
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
_BLOCK_NAMES = frozenset(name.encode() for name in BLOCKS)
_UNNESTED = frozenset(name.encode() for name in SKIPPED) | frozenset(
    b"p li dt dd tr td th thead tbody tfoot caption rt rp br hr"
    b" a b big code em font i nobr s small strike strong tt u".split()
)
"""Elements that the parser ends by itself, that have no end, or that cost nothing when nested."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page that came as HTML."""

    page: Page
    hints: Hints
    """One entry per line of the page."""
    _tree: "LexborHTMLParser" = field(repr=False, compare=False)

    def read_head(self) -> Head:
        """What the page says about itself outside its text; read when asked for, because JSON-LD costs time."""
        return read_head(self._tree)


def read_html(data: bytes | str, source: str = "", *, encoding: str | None = None) -> HtmlPage:
    """Read a page: its visible text as lines, without blank ones, and hints on every line.

    Every block element (paragraph, heading, list item, caption, button) begins and ends a line, and so does `<br>`;
    `<pre>` keeps its line ends. White space of any kind collapses to one space, and soft hyphens are left out. Links
    and other elements that a page sets apart by its style sheet only (`<a>Home</a><a>News</a>`) get a space between
    them. A row of a table is one line with tabs between its cells, unless a cell is long or has lines of its own. Not
    shown and left out: scripts, forms' values, alternative texts, and what has `hidden`, `display:none` or
    `visibility:hidden` of its own, unless that is most of the page's text; `<noscript>`, unless the page has next to no
    text without it. Style sheets are not read.

    No input is refused: bytes of any kind and markup however broken become some lines, in the worst case one
    that is empty. Elements nested more than 2,000 deep count as line ends (time would grow with the square).

    Args:
        data: the page. Bytes are decoded by their byte order mark, `encoding`, or what the page declares; if nothing
            fits, the encoding is guessed.
        source: path or address, for messages.
        encoding: what the transport says (`Content-Type: text/html; charset=...`), if it says anything.

    Raises:
        MissingExtraError: if the parser is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as error:
        raise missing_extra("reading HTML", "selectolax", extra="html") from error
    # As with scripts, because without them a `<noscript>` in the head would end the head and show its content.
    html = _limit_depth(_limit_attributes(to_utf8(data, encoding)))
    tree = LexborHTMLParser(html, scripting=True)
    walk = _walk(tree, html)
    text = "\n".join([row[0] for row in walk.rows])
    hints = make_hints(walk, read_said(tree, html))
    return HtmlPage(Page(text, source, hints), hints, tree)


def _walk(tree: "LexborHTMLParser", html: bytes) -> Walk:
    """Lines without the hidden parts, unless those are most of the page's text, or the page has none but for scripts.

    Of 2,093 pages with hidden parts, 16 have their article there, behind a script that never ran: a pay wall, a
    veil while the page loads. On all others what is hidden is menus and forms. Of 4,627 pages, 22 have next to no text
    but in `<noscript>`: forums, a blog and a news site that a script puts together. Elsewhere it holds pictures,
    comments, or a line that asks for scripts.
    """
    walk = _run(Walk(), tree)
    n_visible = _count_prose(walk)
    if n_visible < _ARTICLE and _count_without_scripts(tree) >= _LEAST:
        full = _run(Walk(has_scripts=False), type(tree)(html, scripting=False))
        if _count_prose(full) >= max(_LEAST, 2 * n_visible):
            return full
    if sum(len(node.text()) for node in walk.hidden) > n_visible:
        full = _run(Walk(shows_hidden=True), tree)
        if _count_prose(full) > 2 * n_visible:
            return full
    return walk


def _run(walk: Walk, tree: "LexborHTMLParser") -> Walk:
    root = tree.body or tree.root
    if root is not None:
        walk.run(root)
    return walk


def _count_without_scripts(tree: "LexborHTMLParser") -> int:
    """Bytes of text in `<noscript>`, which is markup as long as scripts are thought to run."""
    return sum(len(_replace_tags(node.text().encode(), b"")) for node in tree.css("noscript"))


def _count_prose(walk: Walk) -> int:
    """Characters in long lines that are not links."""
    return sum(len(row[0]) for row in walk.rows if len(row[0]) >= _MIN_PROSE and row[3] < _MAX_LINKED)


def _limit_attributes(html: bytes) -> bytes:
    """Cut tags that are longer than `_MAX_TAG` and full of attributes: time would grow with the square of their number.

    They come from quotes that are not closed, or from someone who means harm. Long values are left alone.
    """
    if len(html) < _LONG:
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
    """Per byte, whether it is a character; a third of the time of `bytes.count`."""
    return np.equal(np.frombuffer(html, np.uint8), ord(char))


def _cut_tag(stretch: bytes) -> bytes:
    """Leave out the attributes after the first `_MAX_ATTRIBUTES`, up to the last end of an element or `>`."""
    start = _TAG_START.search(stretch)
    place = start.end() if start else 0
    for _ in range(_MAX_ATTRIBUTES):
        attribute = _ATTRIBUTE.match(stretch, place) if place else None
        if attribute is None:
            return stretch
        place = attribute.end()
    end = stretch.rfind(b"</", place)
    return stretch[:place] + (stretch[end:] if end >= 0 else stretch[-1:])


def _limit_depth(html: bytes) -> bytes:
    """Put `<br>` for the tags of block elements that stand deeper than `_MAX_DEPTH`, nothing for those of others."""
    if len(html) < _LEAST_TAG * _MANY_TAGS or np.count_nonzero(_is(html, "<")) < _MANY_TAGS:
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

    return _replace_tags(html, cut)


def _replace_tags(html: bytes, replacement: bytes | Callable[[re.Match[bytes]], bytes]) -> bytes:
    end = _end_of_tags(html)
    return _TAG.sub(replacement, html[:end]) + html[end:]


def _end_of_tags(html: bytes) -> int:
    """Where the last tag ends: behind it one would read on from every `<` to the end of the page."""
    return html.rfind(b">") + 1
