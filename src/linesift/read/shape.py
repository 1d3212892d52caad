"""Find out that a text is not what linesift reads: one block of the page on each line.

Of 4,129 pages of collections and of `data/pages`, each with one block a line, three get a warning: of a fixed width,
where a list is cut at one. Of 220 pages of `data/pages`, broken at 72 characters, 117 get one; the others are short, or
mostly menus. Joined into one line, 131 do; the others have few characters. Looking takes a thirtieth of the time of
classifying.
"""

import re
from itertools import pairwise

from linesift.errors import InputError
from linesift.read.jsonl import is_jsonl

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\b|rss\b|feed\b|urlset\b|sitemapindex\b|svg\b)", re.IGNORECASE)
_XML_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_SNIFFED = 4096
_ROOTS = {
    "rss": "an RSS feed",
    "rdf:rdf": "an RSS feed",
    "feed": "an Atom feed",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
}
"""Kinds of XML files by the name of their first element."""

_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(?:[^\n]*\n){0,100}?\1[ \t]*\r?(?:\n|$)")
_TAG = re.compile(r"</(?:p|div|span|a|li|ul|h[1-6]|td|tr|table|article|section|main)\s*>", re.IGNORECASE)
_MIN_TAGS, _MIN_TAGS_PER_LINE = 5, 0.5
_MIN_JOINED = 1_500
"""Characters of a page whose text is all on one line."""
_N_LINES_LOOKED_AT = 1_000
_WIDTHS = range(30, 131)
"""Widths at which texts are broken, in characters."""
_N_OUTSIDE = 50
"""One line of so many may be longer than the width: an address has no place to break it."""
_WORD = re.compile(r"\s*(?:[^\s\u0e00-\u0fff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]{1,12}|.)", re.DOTALL)
"""What a line begins with that cannot be broken: a word, as far as words usually go, or one character where there are
no spaces between words (Thai, Lao, Chinese, Japanese)."""
_LONG = 0.6
"""A line is long from this share of the width."""
_MIN_FULL, _MIN_FULL_OF_LONG, _MIN_FULL_CHARS = 8, 0.5, 0.3
"""Lines after which the next word did not fit; their share of the long lines; their share of the page's characters."""


def refuse_xml(data: bytes, source: str) -> None:
    """Refuse XML that is no page: feeds, sitemaps and others.

    Raises:
        InputError: with the kind of file, and what to do.
    """
    if _XML.match(data) is None:
        return
    root = _XML_ROOT.search(data[:_SNIFFED])
    name = root[1].decode("ascii", "replace") if root is not None else ""
    kind = _ROOTS.get(name.lower(), f"XML with the root <{name}>" if name else "XML")
    advice = "give the pages that it links to" if name.lower() in _ROOTS else "give the page as HTML or text"
    raise InputError(f"{source}: this is {kind}, not a page; {advice}")


def shape_problem(text: str) -> str | None:
    r"""Say what is wrong with the build of a text, and what to do; `None` if nothing is.

    >>> shape_problem("Rain returns\n\nIt rained on Monday.")
    >>> shape_problem("---\ntitle: Rain\n---\n# Rain\n")
    'lines 1 to 3 are front matter, which is no part of a page; take them out'
    """
    if match := _FRONT_MATTER.match(text):
        n_lines = match[0].rstrip("\n").count("\n") + 1
        return f"lines 1 to {n_lines} are front matter, which is no part of a page; take them out"
    if text[:64].lstrip().startswith("{") and is_jsonl(text[:1000].encode("utf-8", "replace")):
        return "this looks like JSON; name it .json, or .jsonl if each line is one object"
    n_lines = text.count("\n") + 1
    if text.count("</") >= _MIN_TAGS and len(_TAG.findall(text)) >= max(_MIN_TAGS, _MIN_TAGS_PER_LINE * n_lines):
        return "its text is full of HTML tags; name it .html, or its field with --html-field, or take them out"
    if len(text) >= _MIN_JOINED and "\n" not in text.strip():
        return "all its text is on one line; each paragraph, title and menu item needs a line of its own"
    if width := _wrapped_width(text):
        return f"its lines are broken at {width} characters; join those of each paragraph into one line"
    return None


def _wrapped_width(text: str) -> int | None:
    """Find the width at which a text is broken into lines: where the first word of the next line would not have fit.

    Returns:
        The width in characters, `None` if most of the text is not broken so.
    """
    if _has_long_lines(text, 1 + text.count("\n") // _N_OUTSIDE):
        return None
    lines = [line.strip() for line in text.split("\n", _N_LINES_LOOKED_AT)[:_N_LINES_LOOKED_AT] if line.strip()]
    if len(lines) <= _MIN_FULL:
        return None
    lengths = sorted(map(len, lines))
    width = lengths[-1 - len(lines) // _N_OUTSIDE]
    if width not in _WIDTHS:
        return None
    full = [len(line) for line, after in pairwise(lines) if len(line) + len(_first_word(after)) >= width]
    n_long = sum(length > _LONG * width for length in lengths)
    is_broken = len(full) >= max(_MIN_FULL, _MIN_FULL_OF_LONG * n_long) and sum(full) >= _MIN_FULL_CHARS * sum(lengths)
    return width if is_broken else None


def _has_long_lines(text: str, most: int) -> bool:
    """Say whether more lines than `most` are longer than any width. Most pages have such; they need not be split."""
    place = n_long = 0
    while place + _WIDTHS.stop <= len(text) and n_long <= most:
        end = text.rfind("\n", place, place + _WIDTHS.stop)
        if end < 0:
            n_long += 1
            end = text.find("\n", place)
            if end < 0:
                break
        place = end + 1
    return n_long > most


def _first_word(line: str) -> str:
    match = _WORD.match(line)
    return match[0] if match is not None else ""
