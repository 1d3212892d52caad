"""Read an HTML page: its lines, and hints of the markup on every line.

Steps of `read_html`:

1. `encoding.to_utf8` decodes the bytes; `limits` shortens markup that would take hours.
2. selectolax (lexbor) parses the page into a tree.
3. `plain` reads the tree. `walk.Walk` goes from node to node and gives a `WalkedLine` for every line, a second time
   where the text of the page is hidden or in `<noscript>`. `evidence.read_claims` reads title and days from the head,
   and `arrays.make_hints` turns lines and claims into the arrays of `Hints`.
4. In place of step 3, where numba is installed and there are many pages, `compiled` reads the bytes that the parser
   writes out for the tree, and gives the same; `fast` chooses.

Measured on 100 pages of the corpora, median, one core: parsing takes 0.30 ms with selectolax and 0.29 ms with
resiliparse. Parsing and visiting every node from Python takes 0.6 ms and 4.7 ms, and hints need a visit: the text that
resiliparse itself gives has no markup. These lines hold as much of the gold article as that text (420 pages of seven
collections, to .001). The exception are the pages of Mozilla's Readability (.857 against .867), whose gold has
alternative texts. `read_html` takes about eight times as long as the parser, half of it in the walk, a third in the
arrays. In Python, the alternative to a walk took a third longer: cut the parser's output at its tags, and remember by
tag and state what they mean. Most tags of a page stand only once in the same state. Compiled, that output is the
fastest source: a pass over it needs no Python for a node.
"""

from dataclasses import dataclass
from functools import partial

from linesift.extras import missing_extra
from linesift.hints import Head, Hints
from linesift.page import Page
from linesift.read.html.encoding import to_utf8
from linesift.read.html.fast import is_ordinary, read_fast
from linesift.read.html.head import read_head
from linesift.read.html.limits import limit_markup
from linesift.read.html.plain import read_plain


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page that came as HTML."""

    page: Page
    """Lines, with their hints."""
    cut: str = ""
    """Says what was left out of a page beyond the bounds of `limits`; empty for every ordinary page."""

    @property
    def hints(self) -> Hints:
        """Hints of the page, for callers that need them for certain: `page.hints` is `None` for pages of plain text."""
        if self.page.hints is None:
            raise ValueError("a page that came as HTML has hints")
        return self.page.hints


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
    nested more than 2,000 deep count as line ends, because time would grow with the square of the depth; `limits` has
    the other bounds.

    Args:
        data: the page. Bytes are decoded as `linesift.read.html.encoding.to_utf8` says.
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
    html, cut = _make_ordinary(data, encoding)
    tree = LexborHTMLParser(html, scripting=True)
    text, hints = read_fast(tree, html) or read_plain(tree, html)
    return HtmlPage(Page(text, source, hints, read_head=partial(_read_head_of, html)), cut)


def _make_ordinary(data: bytes | str, encoding: str | None) -> tuple[bytes, str]:
    """Turn a page into UTF-8 and bound its markup; also says what was cut off."""
    if isinstance(data, bytes) and is_ordinary(data):
        return data, ""
    html = to_utf8(data, encoding)
    return (html, "") if html is not data and is_ordinary(html) else limit_markup(html)


def _read_head_of(html: bytes) -> Head:
    """Read the head of a page in UTF-8 whose markup is bounded."""
    from selectolax.lexbor import LexborHTMLParser

    return read_head(LexborHTMLParser(html, scripting=True))
