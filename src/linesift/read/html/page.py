"""Read an HTML page: its lines, and hints of the markup on every line.

Steps of `read_html`:

1. `encoding.to_utf8` decodes the bytes; `limits` shortens markup that would take hours.
2. selectolax (lexbor) parses the page into a tree.
3. `walk.Walk` goes from node to node and gives a `WalkedLine` for every line. It runs a second time where the text of
   the page is hidden or in `<noscript>` (`_walk`).
4. `evidence.read_claims` reads title and days from the head.
5. `arrays.make_hints` turns lines and claims into the arrays of `Hints`.

Measured on 100 pages of the corpora, median, one core: parsing takes 0.30 ms with selectolax and 0.29 ms with
resiliparse. Parsing and visiting every node from Python takes 0.6 ms and 4.7 ms, and hints need a visit: the text that
resiliparse itself gives has no markup. These lines hold as much of the gold article as that text (420 pages of seven
collections, to .001). The exception are the pages of Mozilla's Readability (.857 against .867), whose gold has
alternative texts. `read_html` takes about eight times as long as the parser, half of it in the walk, a third in the
arrays. The alternative to a walk was tried: cut the parser's output at its tags, and remember by tag and state what
they mean. It took a third longer, because most tags of a page stand only once in the same state.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linesift.extras import missing_extra
from linesift.hints import Head, Hints
from linesift.page import Page
from linesift.read.html.arrays import make_hints
from linesift.read.html.encoding import to_utf8
from linesift.read.html.evidence import read_claims
from linesift.read.html.head import read_head
from linesift.read.html.limits import limit_attributes, limit_depth, replace_tags
from linesift.read.html.walk import Walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_MIN_PROSE, _MAX_LINKED = 80, 0.5
"""A line is prose from this number of characters, up to this share of them in links."""
_FEW_PROSE, _MIN_NOSCRIPT = 600, 300
"""A page with fewer characters of prose than the first is read as if scripts did not run, if it then has twice as many,
and at least the second. A line that asks for scripts has a hundred or two."""


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page that came as HTML."""

    page: Page
    """Lines, with their hints."""
    _tree: "LexborHTMLParser" = field(repr=False, compare=False)

    @property
    def hints(self) -> Hints:
        """Hints of the page, for callers that need them for certain: `page.hints` is `None` for pages of plain text."""
        if self.page.hints is None:
            raise ValueError("a page that came as HTML has hints")
        return self.page.hints

    def read_head(self) -> Head:
        """Read what the page says about itself outside its text; not done in advance, because JSON-LD costs time.

        Not used for hints: these compare lines with `evidence.HeadClaims`.
        """
        return read_head(self._tree)


def read_html(data: bytes | str, source: str = "", *, encoding: str | None = None) -> HtmlPage:
    """Read a page: its visible text as lines, without blank ones, and hints on every line.

    Every block element (paragraph, heading, list item, caption, button) begins and ends a line, and so does `<br>`;
    `<pre>` keeps its line ends. White space of any kind collapses to one space, and soft hyphens are left out. Links
    and other elements that a page sets apart by its style sheet only (`<a>Home</a><a>News</a>`) get a space between
    them, also where the letters show that a word has ended (`<b>Published</b>15 May`). A row of a table is one line
    with tabs between its cells, unless a cell is long or has lines of its own. Not shown and left out: scripts, forms'
    values, alternative texts, and what has `hidden`, `display:none` or `visibility:hidden` of its own, unless that is
    most of the page's text; `<noscript>`, unless the page has next to no text without it. Style sheets are not read.

    No input is refused: any bytes and any broken markup become lines, in the worst case a single empty one. Elements
    nested more than 2,000 deep count as line ends, because time would grow with the square of the depth.

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
    # With scripting, `<noscript>` is text. Without, one in the head would end the head, and its content would be shown.
    html = limit_depth(limit_attributes(to_utf8(data, encoding)))
    tree = LexborHTMLParser(html, scripting=True)
    walk = _walk(tree, html)
    text = "\n".join([line.text for line in walk.lines])
    return HtmlPage(Page(text, source, make_hints(walk, read_claims(tree, html))), tree)


def _walk(tree: "LexborHTMLParser", html: bytes) -> Walk:
    """Walk over a page once; a second time where most of its prose is in `<noscript>` or hidden.

    The first walk leaves out both. Of 4,627 pages, 22 have next to no prose outside `<noscript>`: forums, a blog and a
    news site that a script puts together. Elsewhere it holds pictures, comments, or a line that asks for scripts. Of
    2,093 pages with hidden parts, 16 have their article there, until a script shows it: a pay wall, or a page that
    appears once it has loaded. On all others menus and forms are hidden.
    """
    walk = _run(Walk(), tree)
    n_visible = _count_prose(walk)
    if n_visible < _FEW_PROSE and _count_noscript(tree) >= _MIN_NOSCRIPT:
        with_noscript = _run(Walk(has_scripts=False), type(tree)(html, scripting=False))
        if _count_prose(with_noscript) >= max(_MIN_NOSCRIPT, 2 * n_visible):
            return with_noscript
    if sum(len(node.text()) for node in walk.hidden) > n_visible:
        with_hidden = _run(Walk(shows_hidden=True), tree)
        if _count_prose(with_hidden) > 2 * n_visible:
            return with_hidden
    return walk


def _run(walk: Walk, tree: "LexborHTMLParser") -> Walk:
    root = tree.body or tree.root
    if root is not None:
        walk.run(root)
    return walk


def _count_noscript(tree: "LexborHTMLParser") -> int:
    """Bytes of text in `<noscript>`, whose content the tree has as one text with tags."""
    return sum(len(replace_tags(node.text().encode(), b"")) for node in tree.css("noscript"))


def _count_prose(walk: Walk) -> int:
    """Characters in long lines that are not links."""
    return sum(len(line.text) for line in walk.lines if len(line.text) >= _MIN_PROSE and line.link_share < _MAX_LINKED)
