"""Read a parsed page in Python alone: the walk, run twice where the text is hidden, and its arrays.

It reads every page where numba is not installed, and is the model of the compiled reader.
"""

from typing import TYPE_CHECKING

from linesift.hints import Hints
from linesift.read.html.arrays import make_hints
from linesift.read.html.evidence import read_claims
from linesift.read.html.prose import MAX_LINKED, MIN_PROSE, has_noscript, is_enough, is_most
from linesift.read.html.walk import Walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser


def read_plain(tree: "LexborHTMLParser", html: bytes) -> tuple[str, Hints]:
    """Read the text and the hints of a page that was parsed as if scripts ran.

    Args:
        tree: the parsed page.
        html: the page in UTF-8, for JSON-LD and for a second parse.
    """
    walk = _walk(tree, html)
    return "\n".join([line.text for line in walk.lines]), make_hints(walk, read_claims(tree, html))


def _walk(tree: "LexborHTMLParser", html: bytes) -> Walk:
    """Walk over a page once; a second time where most of its prose is in `<noscript>` or hidden.

    The first walk leaves out both. Of 4,627 pages, 22 have next to no prose outside `<noscript>`: forums, a blog and a
    news site that a script puts together. Elsewhere it holds pictures, comments, or a line that asks for scripts. Of
    2,093 pages with hidden parts, 16 have their article there, until a script shows it: a pay wall, or a page that
    appears once it has loaded. On all others menus and forms are hidden.
    """
    walk = _run(Walk(), tree)
    n_visible = _count_prose(walk)
    if has_noscript(tree, n_visible):
        with_noscript = _run(Walk(has_scripts=False), type(tree)(html, scripting=False))
        if is_enough(_count_prose(with_noscript), n_visible):
            return with_noscript
    if sum(len(node.text()) for node in walk.hidden) > n_visible:
        with_hidden = _run(Walk(shows_hidden=True), tree)
        if is_most(_count_prose(with_hidden), n_visible):
            return with_hidden
    return walk


def _run(walk: Walk, tree: "LexborHTMLParser") -> Walk:
    root = tree.body or tree.root
    if root is not None:
        walk.run(root)
    return walk


def _count_prose(walk: Walk) -> int:
    """Characters in long lines that are not links."""
    return sum(len(line.text) for line in walk.lines if len(line.text) >= MIN_PROSE and line.link_share < MAX_LINKED)
