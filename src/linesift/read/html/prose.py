"""Count the prose of a page, to find out whether its article is in hidden elements or in `<noscript>`."""

from typing import TYPE_CHECKING, Final

from linesift.read.html.limits import replace_tags

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MIN_PROSE: Final = 80
MAX_LINKED: Final = 0.5
"""A line is prose from the first number of characters, up to this share of them in links."""
_FEW_PROSE: Final = 600
_MIN_NOSCRIPT: Final = 300
"""A page with fewer characters of prose than the first is read as if scripts did not run, if it then has twice as many,
and at least the second. A line that asks for scripts has a hundred or two."""


def has_noscript(tree: "LexborHTMLParser", n_visible: int) -> bool:
    """Say whether a page with so many characters of prose may have its text in `<noscript>`.

    Its content is one text with tags.
    """
    if n_visible >= _FEW_PROSE:
        return False
    n_bytes = sum(len(replace_tags(node.text().encode(), b"")) for node in tree.css("noscript"))
    return n_bytes >= _MIN_NOSCRIPT


def is_enough(n_with_noscript: int, n_visible: int) -> bool:
    """Say whether a page has its text in `<noscript>`, by the prose with it and without."""
    return n_with_noscript >= max(_MIN_NOSCRIPT, 2 * n_visible)


def is_most(n_with_hidden: int, n_visible: int) -> bool:
    """Say whether a page has its text in hidden elements, by the prose with them and without."""
    return n_with_hidden > 2 * n_visible
