"""Read what a page says about itself: in its head, in JSON-LD, and in attributes of its elements."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import chain
from typing import TYPE_CHECKING

from linesift.hints import DateSource, Head, HeadDate
from linesift.read.html.jsonld import (
    OF_OTHERS,
    SCRIPT_DAY,
    JsonLd,
    are_names,
    clean_name,
    date_of,
    is_name,
    name_of,
    read_json,
    string_of,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

TITLES = ("og:title", "twitter:title")
ADDRESS = "og:url"
_PUBLISHED_TIME = ("article:published_time", "og:article:published_time", "datepublished")
PUBLISHED = (
    *_PUBLISHED_TIME,
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
)
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified", "lastmod")
_MORE_DATES = (
    "publish_date", "published_date", "publication_date", "published", "article.published", "article_date_original",
    "originalpublicationdate", "cxenseparse:recs:publishtime", "dcterms.date", "dcterms.issued", "bt:pubdate",
    "og:published_time", "og:pubdate", "rnews:datepublished", "date_published", "timestamp", "created", "release_date",
    "article:published", "dc.date.created", "article:post_date", "citation_publication_date", "datecreated",
)  # fmt: skip
"""Further names of a date in `meta`. The hints of lines do not look at them: what the model sees stays as it is."""
_AUTHORS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
    "citation_author",
)  # fmt: skip
_MAX_DATES = 12
"""Most dates of one source that are kept; a front page has one for each story."""
_LONGEST_DATE = 80
_MAX_READ, _OF_NODE = 10_000_000, 10
"""Most characters that are read of all elements together, and those that a node counts for. Of elements in each other,
each has the text of the inner ones."""
_SELECTOR = (
    'title, meta, link[rel~="canonical" i], script, h1, time, abbr[title], [itemprop~="datePublished" i],'
    ' [itemprop~="dateModified" i], a[rel~="author" i], [class*="date" i][title], [class*="time" i][title],'
    ' [itemprop~="author" i], [class~="author" i] .fn, [class~="byline" i] .fn'
)
_WRITTEN_BY = frozenset([
    "written by", "verfasst von", "geschrieben von", "escrito por", "écrit par", "scritto da", "geschreven door",
    "ditulis oleh", "skrevet av", "skrevet af", "skriven av", "kirjoittaja", "yazan", "napisane przez", "autor",
    "автор", "написано автором", "執筆者", "作者",
])  # fmt: skip
"""Words with which plugins for blogs name the author in `twitter:label1`."""
_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av|af|oleh)\b:?\s+(?!de[rnm]\b)", re.IGNORECASE)
"""A word before the name of an author in `meta`, and in bylines; "von der Heide" is a name."""
_OTHERS = re.compile(
    r"(?:^|\s)(?:comment(?!s?-(?:open|on|enabled))|respond|disqus|related|recommend|popular|latest|trending|teaser"
    r"|(?:sidebar|widget)(?:[\s_]|$))",
    re.IGNORECASE,
)
"""Names of a class or an id around what is not the article's own: readers' comments, and other stories. `has-sidebar`
and `elementor-widget` stand around the whole article."""
_MOST_AROUND = 40
"""Most elements around an element that are looked at."""
_HIDDEN_TEXT = frozenset(["noscript", "script", "style", "template"])


@dataclass(slots=True)
class _Found:
    """Parts of a page that speak of it as a whole, in page order."""

    n_left: int
    """Characters that may still be read of elements."""
    meta: dict[str, str] = field(default_factory=dict)
    """Contents of all `<meta>` by lower-cased name; of several the first that is not empty."""
    meta_authors: dict[str, list[str]] = field(default_factory=dict)
    """Contents of those of `_AUTHORS`, of several all."""
    titles: list[str] = field(default_factory=list)
    h1: list[str] = field(default_factory=list)
    canonical: str = ""
    author: list[str] = field(default_factory=list)
    """Texts of links to an author, and of elements that are marked as one: the first one and those beside it."""
    author_place: tuple[int, bool] = (0, False)
    """Element around these, and whether they stand below a heading of first rank."""
    scripts: list[str] = field(default_factory=list)
    json: JsonLd = field(default_factory=JsonLd)
    dates: list[HeadDate] = field(default_factory=list)

    def text_of(self, element: "LexborNode", separator: str = "") -> str:
        """Read the text of an element, on one line; it ends where too much was read."""
        pieces = []
        for node in _inside(element):
            self.n_left -= _OF_NODE
            if self.n_left < 0:
                break
            if node.tag == "-text":
                pieces.append(node.text_content or "")
                self.n_left -= len(pieces[-1])
        return _collapse(separator.join(pieces))


def _inside(element: "LexborNode") -> Iterator["LexborNode"]:
    """Yield all nodes inside an element, in page order, but for what no reader sees, such as a script."""
    waiting = [element.first_child]
    while waiting:
        node = waiting.pop()
        if node is not None:
            yield node
            waiting += (node.next, None if node.tag in _HIDDEN_TEXT else node.first_child)


def read_head(tree: "LexborHTMLParser") -> Head:
    """Read the head of a parsed page, and the dates in its attributes. What is broken counts as missing."""
    found = _Found(_MAX_READ)
    for node in tree.css(_SELECTOR):
        _add(found, node)
    meta = found.meta
    titles = [*found.titles, *(meta[name] for name in TITLES if name in meta), *found.h1[:1]]
    # Headings below the first one may be those of other stories.
    found.json = read_json(found.scripts, (titles, found.h1[1:]), _addresses(found))
    found.dates += [HeadDate(DateSource.SCRIPT_PUBLISHED, day) for day in found.json.days]
    article = found.json.article
    itemprops = [date for date in found.dates if date.source is DateSource.ITEM_PUBLISHED]
    changes = [date for date in found.dates if date.source is DateSource.ITEM_MODIFIED]
    return Head(
        title=unescape(next(iter(found.titles), "")),
        og_title=unescape(_first(meta, TITLES)),
        description=_first(meta, ("description", "og:description", "twitter:description")),
        canonical=found.canonical or _first(meta, (ADDRESS,)),
        lang=_language(tree) or _first(meta, ("og:locale", "content-language")),
        published=date_of(article, "datePublished") or _first(meta, PUBLISHED) or next((d.text for d in itemprops), ""),
        modified=date_of(article, "dateModified") or _first(meta, MODIFIED) or next((d.text for d in changes), ""),
        jsonld_headline=string_of(article, "headline") or string_of(article, "name"),
        h1=tuple(found.h1),
        author=_author(found),
        site_name=unescape(_first(meta, ("og:site_name",)))
        or name_of(article.get("publisher"), found.json.names)
        or found.json.site
        or _first(meta, ("application-name",)),
        dates=tuple(_dates(found)),
    )


def _add(found: _Found, node: "LexborNode") -> None:
    """Keep what one element says."""
    attributes = node.attributes
    tag = node.tag
    if tag == "meta":
        content = _collapse(attributes.get("content"))
        if attributes.get("itemprop") and _is_of_others(node):
            return
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (attributes.get(key) or "").strip().lower()
            if name and content:
                found.meta.setdefault(name, content)
                if name in _AUTHORS:
                    found.meta_authors.setdefault(name, []).append(content)
    elif tag == "script":
        _add_script(found, node, attributes.get("type") or "")
    elif tag == "title":
        found.titles.append(found.text_of(node))
    elif tag == "link":
        found.canonical = found.canonical or _collapse(attributes.get("href"))
    elif tag == "h1":
        text = found.text_of(node, " ")
        found.h1 += [text] if text else []
    else:
        _add_element(found, node)


def _add_script(found: _Found, node: "LexborNode", kind: str) -> None:
    text = node.text() or ""
    if "ld+json" in kind.lower():
        found.scripts.append(text)
        return
    found.dates += [HeadDate(DateSource.SCRIPT_PUBLISHED, day) for day in SCRIPT_DAY.findall(text)[:_MAX_DATES]]


def _add_element(found: _Found, node: "LexborNode") -> None:
    """Keep the date or the author of a visible element."""
    attributes = node.attributes
    shown = found.text_of(node, " ")[:_LONGEST_DATE]
    item = (attributes.get("itemprop") or "").lower()
    written = _collapse(attributes.get("datetime") or attributes.get("content"))
    is_author = "author" in (attributes.get("rel") or "").lower() or "fn" in (attributes.get("class") or "").split()
    is_own = not ((is_author or item) and _is_of_others(node))
    if is_author and is_own:
        _add_author(found, node, shown)
    elif "author" in item.split() and is_own:
        name = node.css_first('[itemprop~="name" i]')
        _add_author(found, node, shown if name is None else found.text_of(name, " "))
    if is_own and ("datepublished" in item or "datemodified" in item):
        source = DateSource.ITEM_PUBLISHED if "datepublished" in item else DateSource.ITEM_MODIFIED
        found.dates.append(HeadDate(source, written or shown, shown))
    elif node.tag == "time" and written:
        found.dates.append(HeadDate(DateSource.TIME, written[:_LONGEST_DATE], shown))
    title = _collapse(attributes.get("title"))
    if any(map(str.isdigit, title)) and len(title) <= _LONGEST_DATE:
        found.dates.append(HeadDate(DateSource.TITLE, title, shown))


def _add_author(found: _Found, node: "LexborNode", name: str) -> None:
    """Keep the name of an author if it is the first one, or beside it; or the first one below a heading of first rank.

    Lists of other stories, with authors of their own, stand above the title more often than below the byline.
    """
    place, (before, was_below) = 0 if node.parent is None else node.parent.mem_id, found.author_place
    if not name or (found.author and place != before and (was_below or not found.h1)):
        return
    found.author = [*found.author, name] if place == before else [name]
    found.author_place = place, bool(found.h1)


def _is_of_others(node: "LexborNode") -> bool:
    """Say whether an element is in a reader's comment, a list of other stories, or in the data of a picture or film."""
    around = node.parent
    for _ in range(_MOST_AROUND):
        if around is None or around.tag in ("body", "html", "main"):
            return False
        attributes = around.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        kind = (attributes.get("itemtype") or "").rstrip("/")
        if _OTHERS.search(names) or kind.endswith(OF_OTHERS) or "comment" in (attributes.get("itemprop") or ""):
            return True
        around = around.parent
    return False


def _dates(found: _Found) -> Iterator[HeadDate]:
    """Yield the dates of all sources, in the order of `DateSource`."""
    given: list[HeadDate] = []
    json = found.json
    for key, source in (("datePublished", DateSource.JSON_PUBLISHED), ("dateModified", DateSource.JSON_MODIFIED)):
        given.append(HeadDate(source, date_of(json.article, key) or date_of(json.page, key)))
    meta = found.meta
    for names, source in (
        (_PUBLISHED_TIME, DateSource.META_PUBLISHED),
        ((*PUBLISHED[len(_PUBLISHED_TIME) :], *_MORE_DATES), DateSource.META_DATE),
        (MODIFIED, DateSource.META_MODIFIED),
    ):
        given += [HeadDate(source, meta[name]) for name in names if name in meta]
    given += found.dates
    given += [HeadDate(DateSource.ADDRESS, address) for address in _addresses(found)]
    for source in DateSource:
        yield from list(dict.fromkeys(date for date in given if date.source is source and date.text))[:_MAX_DATES]


def _addresses(found: _Found) -> list[str]:
    """List the addresses that the page gives itself."""
    return [*dict.fromkeys(filter(None, (found.canonical, found.meta.get(ADDRESS))))]


def _author(found: _Found) -> str:
    """Names of the authors, from the first source that gives some; addresses are no names."""
    json = found.json
    own = [name_of(value, json.names) for value in json.writers]
    of_others = [name_of(value, json.names) for value in json.other_writers]
    written = found.meta.get("twitter:data1", "") if _is_byline(found.meta.get("twitter:label1", "")) else ""
    others = (*(found.meta_authors.get(key, []) for key in _AUTHORS), [written], found.author)
    candidates = chain(own, map(_joined, others), of_others)
    return next(filter(are_names, candidates), "")


def _joined(names: Sequence[str]) -> str:
    """Join the names of several authors, each once."""
    return ", ".join(dict.fromkeys(filter(is_name, (_BYLINE.sub("", clean_name(name)) for name in names))))


def _is_byline(label: str) -> bool:
    return label.strip(" :：").casefold() in _WRITTEN_BY


def _language(tree: "LexborHTMLParser") -> str:
    root = tree.root
    return "" if root is None else _collapse(root.attributes.get("lang") or root.attributes.get("xml:lang"))


def _collapse(text: str | None) -> str:
    return " ".join((text or "").split())


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")
