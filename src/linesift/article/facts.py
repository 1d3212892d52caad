"""Find headline, author, language and site name of a page: in its lines, and in what its markup says."""

from dataclasses import dataclass

from linesift.article.languages import find_languages
from linesift.article.lines import LabelledLines, Source
from linesift.hints import Head
from linesift.labels import Label

_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", "_")
_CODES = {"in": "id", "iw": "he", "ji": "yi", "tl": "fil", "nb": "no"}
"""Codes that markup has for languages, some of them old, and those that linesift gives."""
_LONGEST_BYLINE = 200
"""Most characters of a line that can name the author."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Text of a part, and where it is from."""

    text: str = ""
    source: Source = Source.NONE


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself, beside its dates and its body."""

    headline: Fact = Fact()
    author: Fact = Fact()
    language: Fact = Fact()
    site_name: Fact = Fact()


def find_facts(page: LabelledLines) -> Facts:
    """Find the facts of a page that has body lines."""
    head = page.head or Head()
    site_name = Fact(head.site_name, _source(head.site_name, page, maximum=len(head.site_name) + 1))
    return Facts(find_headline(page), _author(page, head), _language(page, head), site_name)


def find_headline(page: LabelledLines) -> Fact:
    """Find the lines labelled as headline, else the title of the markup, without the name of the site."""
    head = page.head or Head()
    shown = " ".join(page.texts(Label.HEADLINE))
    titles = [title for title in (head.jsonld_headline, head.og_title, head.title) if title]
    if shown:
        is_agreed = any(_key(shown) in _key(title) or _key(title) in _key(shown) for title in titles)
        return Fact(shown, Source.BOTH if is_agreed else Source.LINE)
    title = _without_site(titles[0], head.site_name) if titles else ""
    return Fact(title, Source.MARKUP if title else Source.NONE)


def _without_site(title: str, site_name: str) -> str:
    """Cut the name of the site off a title.

    >>> _without_site("Ferry returns | The Harbour", "The Harbour"), _without_site("Ferry - again", "The Harbour")
    ('Ferry returns', 'Ferry - again')
    """
    for separator in _SEPARATORS:
        first, _, last = title.rpartition(separator)
        if first and site_name and _key(last) == _key(site_name):
            return first.strip()
    return title


def _author(page: LabelledLines, head: Head) -> Fact:
    return Fact(head.author, _source(head.author, page, maximum=_LONGEST_BYLINE))


def _source(text: str, page: LabelledLines, maximum: int) -> Source:
    """Say whether a text of the markup stands on a line of the page, too."""
    if not text:
        return Source.NONE
    key = _key(text)
    first = key.partition(" ")[0]  # a search that tells for most lines that the text is not on them
    for line in page.lines:
        if len(line) <= maximum and first in (folded := line.casefold()) and key in " ".join(folded.split()):
            return Source.BOTH
    return Source.MARKUP


def _language(page: LabelledLines, head: Head) -> Fact:
    """Language of the article's text; where it leaves several, all lines of the page may decide, or the markup does."""
    given = head.lang.replace("_", "-").partition("-")[0].lower()
    given = _CODES.get(given, given) if given.isalpha() and 2 <= len(given) <= 3 else ""
    found = find_languages("\n".join(page.texts(Label.BODY)))
    if given in found:
        return Fact(given, Source.BOTH)
    if len(found) > 1:
        on_page = find_languages("\n".join(page.lines))
        if on_page < found:
            found = on_page
    if len(found) == 1:
        return Fact(next(iter(found)), Source.LINE)
    return Fact(given, Source.MARKUP if given else Source.NONE)


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
