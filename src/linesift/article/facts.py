"""Find headline, author, language and site name of a page: in its lines, and in what its markup says."""

from dataclasses import dataclass
from unicodedata import category

from linesift.article.languages import find_languages, known_languages
from linesift.article.lines import LabelledLines, Source
from linesift.hints import Head
from linesift.labels import Label

_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", "｜", "_")
_CODES = {
    "in": "id", "iw": "he", "ji": "yi", "tl": "fil", "nb": "no",
    "cz": "cs", "ua": "uk", "gr": "el", "jp": "ja", "cn": "zh", "vn": "vi", "dk": "da",
    "eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "ita": "it", "por": "pt",
    "dut": "nl", "nld": "nl", "pol": "pl", "rus": "ru", "ukr": "uk", "tur": "tr", "ara": "ar", "hin": "hi",
    "ind": "id", "may": "ms", "msa": "ms", "chi": "zh", "zho": "zh", "jpn": "ja", "kor": "ko", "vie": "vi",
}  # fmt: skip
"""Codes that markup has for languages, some old, of countries or of three letters, and those that linesift gives."""
_NOT_TOLD = frozenset([
    "ckb", "ug", "sd", "yi", "rm", "co", "sc", "fur", "wa", "li", "an", "ast", "ext", "lij", "vec", "scn", "nap", "pms",
    "gn", "qu", "ay", "ba", "cv", "ce", "os", "sah", "av", "udm", "hsb", "dsb", "csb", "szl", "smn", "kl", "gv", "kw",
])  # fmt: skip
"""Languages that `find_languages` does not know, and takes for a neighbour: what the markup says of them stands."""
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
        own, others = _key(shown), filter(None, map(_key, titles))
        is_agreed = bool(own) and any(own in title or title in own for title in others)
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
    for line in page.lines if key else ():
        if len(line) <= maximum and first in line.casefold() and key in _key(line):
            return Source.BOTH
    return Source.MARKUP


def _language(page: LabelledLines, head: Head) -> Fact:
    """Language of the article's text; where it leaves several, all lines of the page may decide, or the markup does."""
    given = head.lang.replace("_", "-").partition("-")[0].lower()
    given = _CODES.get(given, given) if given.isalpha() and 2 <= len(given) <= 3 else ""
    if given in _NOT_TOLD:
        return Fact(given, Source.MARKUP)
    found = find_languages("\n".join(page.texts(Label.BODY)))
    if given in found:
        return Fact(given, Source.BOTH)
    if len(found) > 1:
        on_page = find_languages("\n".join(page.lines))
        if on_page < found:
            found = on_page
    if len(found) == 1:
        return Fact(next(iter(found)), Source.LINE)
    is_refuted = bool(found) and given in known_languages()
    return Fact() if is_refuted or not given else Fact(given, Source.MARKUP)


def _key(text: str) -> str:
    """Keep letters with their marks, and digits, small, with a space for all that stands between them."""
    kept = (letter if letter.isalnum() or category(letter)[0] == "M" else " " for letter in text.casefold())
    return " ".join("".join(kept).split())
