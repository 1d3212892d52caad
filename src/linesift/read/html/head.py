"""Read what a page says about itself: in its head, in JSON-LD, and in attributes of its elements."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from itertools import chain
from typing import TYPE_CHECKING, Any

from linesift.hints import DateSource, Head, HeadDate

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
_AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl")
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report", "Posting")
_WITH_AUTHOR = ("Recipe", "Review", "WebPage", "CreativeWork")
"""Types of other objects whose author may be the page's, by their end."""
_OTHER_TYPES = ("VideoObject", "ImageObject", "AudioObject", "Comment", "Review", "Event", "Product", "Person")
"""Types of objects whose day of publication is not the page's, by their end; articles have a source of their own."""
_LAST_COMMA = re.compile(r",\s*([}\]])")
_MAX_NODES = 10_000
"""Most JSON-LD values of one script that are looked at."""
_MAX_DATES = 12
"""Most dates of one source that are kept; a front page has one for each story."""
_LONGEST_NAME, _LONGEST_DATE = 120, 80
_MAX_READ, _OF_NODE = 10_000_000, 10
"""Most characters that are read of all elements together, and those that a node counts for. Of elements in each other,
each has the text of the inner ones."""
_MAX_NAME_DEPTH = 8
"""Lists and objects in each other, in the name of an author."""
_SELECTOR = (
    'title, meta, link[rel~="canonical" i], script, h1, time, abbr[title], [itemprop~="datePublished" i],'
    ' [itemprop~="dateModified" i], a[rel~="author" i], [class*="date" i][title], [class*="time" i][title],'
    ' [itemprop~="author" i], [class~="author" i] .fn, [class~="byline" i] .fn'
)
_SCRIPT_DAY = re.compile(r'"datePublished\\?"\s*:\s*\\?"([^"\\]{8,40})\\?"')
_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av|af|oleh)\b:?\s+(?!de[rnm]\b)", re.IGNORECASE)
"""A word before the name of an author in `meta`, and in bylines; "von der Heide" is a name."""
_WRITTEN_BY = frozenset([
    "written by", "verfasst von", "geschrieben von", "escrito por", "écrit par", "scritto da", "geschreven door",
    "ditulis oleh", "skrevet av", "skrevet af", "skriven av", "kirjoittaja", "yazan", "napisane przez", "autor",
    "автор", "написано автором", "執筆者", "作者",
])  # fmt: skip
"""Words with which plugins for blogs name the author in `twitter:label1`."""
_WRAPPERS = re.compile(r"^\s*(?:\ufeff|//|/\*|\*/|<!--|<!\[CDATA\[|\s)*|(?://|/\*|\*/|-->|\]\]>|;|\s)*$")
"""What stands around JSON in some scripts."""
_HIDDEN_TEXT = frozenset(["noscript", "script", "style", "template"])


@dataclass(slots=True)
class _Found:
    """Parts of a page that speak of it as a whole, in page order."""

    n_left: int
    """Characters that may still be read of elements."""
    meta: dict[str, str] = field(default_factory=dict)
    """Contents of all `<meta>` by lower-cased name; of several the first that is not empty."""
    titles: list[str] = field(default_factory=list)
    h1: list[str] = field(default_factory=list)
    canonical: str = ""
    author: list[str] = field(default_factory=list)
    """Texts of links to an author, and of elements that are marked as one."""
    scripts: list[str] = field(default_factory=list)
    article: dict[str, Any] = field(default_factory=dict)
    """JSON-LD object of the page's article."""
    site: str = ""
    """Name of a `WebSite` in JSON-LD."""
    writers: list[Any] = field(default_factory=list)
    """Values of `author` and `creator` in JSON-LD, that of the page's article first."""
    named: dict[str, str] = field(default_factory=dict)
    """Names of objects in JSON-LD by their `@id`."""
    changed: str = ""
    """When the `WebPage` of JSON-LD was changed."""
    dates: list[HeadDate] = field(default_factory=list)

    def text_of(self, element: "LexborNode", separator: str = "") -> str:
        """Read the text of an element, on one line; it ends where too much was read."""
        pieces = []
        for node in _inside(element):  # of what no reader sees, the tags are text of `<noscript>`
            self.n_left -= _OF_NODE
            if self.n_left < 0:
                break
            if node.tag == "-text":
                pieces.append(node.text_content or "")
                self.n_left -= len(pieces[-1])
        return _collapse(separator.join(pieces))


def _inside(element: "LexborNode") -> Iterator["LexborNode"]:
    """Yield all nodes inside an element, in page order."""
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
    _read_json(found)
    meta, article = found.meta, found.article
    itemprops = [date for date in found.dates if date.source is DateSource.ITEM_PUBLISHED]
    changes = [date for date in found.dates if date.source is DateSource.ITEM_MODIFIED]
    return Head(
        title=next(iter(found.titles), ""),
        og_title=_first(meta, TITLES),
        description=_first(meta, ("description", "og:description", "twitter:description")),
        canonical=found.canonical or _first(meta, (ADDRESS,)),
        lang=_language(tree) or _first(meta, ("og:locale", "content-language")),
        published=_date(article, "datePublished") or _first(meta, PUBLISHED) or next((d.text for d in itemprops), ""),
        modified=_date(article, "dateModified") or _first(meta, MODIFIED) or next((d.text for d in changes), ""),
        jsonld_headline=_string(article, "headline") or _string(article, "name"),
        h1=tuple(found.h1),
        author=_author(found),
        site_name=_first(meta, ("og:site_name",))
        or _name(article.get("publisher"), found.named)
        or found.site
        or _first(meta, ("application-name",)),
        dates=tuple(_dates(found)),
    )


def _add(found: _Found, node: "LexborNode") -> None:
    """Keep what one element says."""
    attributes = node.attributes
    tag = node.tag
    if tag == "meta":
        content = _collapse(attributes.get("content"))
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (attributes.get(key) or "").strip().lower()
            if name and content:
                found.meta.setdefault(name, content)
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
    found.dates += [HeadDate(DateSource.SCRIPT_PUBLISHED, day) for day in _SCRIPT_DAY.findall(text)[:_MAX_DATES]]


def _add_element(found: _Found, node: "LexborNode") -> None:
    """Keep the date or the author of a visible element."""
    attributes = node.attributes
    shown = found.text_of(node, " ")[:_LONGEST_DATE]
    item = (attributes.get("itemprop") or "").lower()
    written = _collapse(attributes.get("datetime") or attributes.get("content"))
    if "author" in (attributes.get("rel") or "").lower() or "fn" in (attributes.get("class") or "").split():
        found.author += [shown] if shown else []
    elif "author" in item.split():
        name = node.css_first('[itemprop~="name" i]')
        found.author += [text] if (text := shown if name is None else found.text_of(name, " ")) else []
    if "datepublished" in item or "datemodified" in item:
        source = DateSource.ITEM_PUBLISHED if "datepublished" in item else DateSource.ITEM_MODIFIED
        found.dates.append(HeadDate(source, written or shown, shown))
    elif node.tag == "time" and written:
        found.dates.append(HeadDate(DateSource.TIME, written[:_LONGEST_DATE], shown))
    title = _collapse(attributes.get("title"))
    if any(map(str.isdigit, title)) and len(title) <= _LONGEST_DATE:
        found.dates.append(HeadDate(DateSource.TITLE, title, shown))


def _read_json(found: _Found) -> None:
    """Read the JSON-LD of a page: its article, the name of its site, and days of other objects that speak of it."""
    articles: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for text in found.scripts:
        data = _load_json(text)
        if data is None:
            days = _SCRIPT_DAY.findall(text)
        else:
            days = []
            for item in _objects(data):
                names = _types(item)
                if any(name.endswith(_ARTICLE_TYPES) for name in names):
                    articles.append(item)
                elif any(name.endswith(_WITH_AUTHOR) for name in names):
                    others.append(item)
                identity, own_name = _string(item, "@id"), _name(item.get("name"), {})
                if identity and own_name:
                    found.named.setdefault(identity, own_name)
                if "WebSite" in names:
                    found.site = found.site or _string(item, "name")
                if "WebPage" in names:
                    found.changed = found.changed or _date(item, "dateModified")
                if not any(name.endswith(_OTHER_TYPES) for name in names):
                    days += [day for day in (_date(item, "datePublished"),) if day]
        found.dates += [HeadDate(DateSource.SCRIPT_PUBLISHED, day) for day in days[:_MAX_DATES]]
    found.article = _article_of(found, articles)
    first = [found.article] if found.article else []
    found.writers = [item.get(key) for item in (*first, *articles, *others) for key in ("author", "creator")]


def _load_json(text: str) -> Any:
    """Read JSON-LD; `None` if it is none.

    Many pages have raw line ends inside strings, a comma behind the last item, or something around the whole, which
    strict JSON forbids.
    """
    bare = _WRAPPERS.sub("", text)
    for form in (text, bare, _LAST_COMMA.sub(r"\1", bare)):
        with suppress(ValueError, RecursionError):
            return json.loads(form, strict=False)
    return None


def _types(item: dict[str, Any]) -> list[str]:
    types = item.get("@type")
    return [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]


def _article_of(found: _Found, articles: list[dict[str, Any]]) -> dict[str, Any]:
    """Choose the article that the page is about: by its title, by its address, else the first one."""
    if len(articles) < 2:
        return articles[0] if articles else {}
    titles = [*found.h1, *found.titles, *(found.meta[name] for name in TITLES if name in found.meta)]
    by_title = [item for item in articles if _is_title(_string(item, "headline") or _string(item, "name"), titles)]
    addresses = {address for address in (found.canonical, found.meta.get(ADDRESS, "")) if address}
    by_address = [item for item in articles if not addresses.isdisjoint(_addresses(item))]
    return next(iter((*by_title, *by_address, *articles)))


def _is_title(headline: str, titles: Sequence[str]) -> bool:
    """Whether a headline is a title of the page, or the beginning of one: "Ferry returns | Coast Post"."""
    own = _letters(headline)
    return bool(own) and any(_letters(title).startswith(own) for title in titles)


def _letters(text: str) -> str:
    """Keep letters and digits, small, as they read once entities are characters."""
    return "".join(filter(str.isalnum, unescape(text).casefold()))


def _addresses(item: dict[str, Any]) -> Iterator[str]:
    """Yield the addresses that an object has."""
    page = item.get("mainEntityOfPage")
    for value in (item.get("url"), item.get("@id"), page.get("@id") if isinstance(page, dict) else page):
        if isinstance(value, str):
            yield value


def _dates(found: _Found) -> Iterator[HeadDate]:
    """Yield the dates of all sources, in the order of `DateSource`."""
    given: list[HeadDate] = []
    given.append(HeadDate(DateSource.JSON_PUBLISHED, _date(found.article, "datePublished")))
    given.append(HeadDate(DateSource.JSON_MODIFIED, _date(found.article, "dateModified") or found.changed))
    meta = found.meta
    for names, source in (
        (_PUBLISHED_TIME, DateSource.META_PUBLISHED),
        ((*PUBLISHED[len(_PUBLISHED_TIME) :], *_MORE_DATES), DateSource.META_DATE),
        (MODIFIED, DateSource.META_MODIFIED),
    ):
        given += [HeadDate(source, meta[name]) for name in names if name in meta]
    given += found.dates
    addresses = dict.fromkeys(filter(None, (found.canonical, meta.get(ADDRESS))))
    given += [HeadDate(DateSource.ADDRESS, address) for address in addresses]
    for source in DateSource:
        yield from list(dict.fromkeys(date for date in given if date.source is source and date.text))[:_MAX_DATES]


def _author(found: _Found) -> str:
    """Names of the authors, from the first source that gives some; addresses are no names."""
    of_json = (_name(value, found.named) for value in found.writers)
    written = found.meta.get("twitter:data1", "") if _is_byline(found.meta.get("twitter:label1", "")) else ""
    others = (*(found.meta.get(key, "") for key in _AUTHORS), written, *found.author[:1])
    candidates = chain(of_json, (_BYLINE.sub("", unescape(names)) for names in others))
    return next(filter(_is_name, candidates), "")


def _is_byline(label: str) -> bool:
    return label.strip(" :：").casefold() in _WRITTEN_BY


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NAME and "@" not in text and "://" not in text


def _name(value: Any, named: Mapping[str, str], depth: int = _MAX_NAME_DEPTH) -> str:
    """Name of a person or an organisation in JSON-LD; of several all, joined by commas.

    Args:
        value: the name, an object that has one, the `@id` of such an object, or a list of these.
        named: names by `@id`.
        depth: lists and objects in each other that are looked into.
    """
    if not depth:
        return ""
    if isinstance(value, list):
        names = (_name(one, named, depth - 1) for one in value[:_MAX_DATES])
        return ", ".join(dict.fromkeys(filter(_is_name, names)))
    if isinstance(value, dict):
        return _name(value.get("name"), named, depth - 1) or named.get(_string(value, "@id"), "")
    return _collapse(unescape(value)) if isinstance(value, str) else ""


def _language(tree: "LexborHTMLParser") -> str:
    root = tree.root
    return "" if root is None else _collapse(root.attributes.get("lang") or root.attributes.get("xml:lang"))


def _collapse(text: str | None) -> str:
    return " ".join((text or "").split())


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """All objects in document order, outer before inner."""
    queue = [data]
    for _ in range(_MAX_NODES):
        if not queue:
            return
        item = queue.pop()
        if isinstance(item, dict):
            yield item
            queue += reversed(list(item.values()))
        elif isinstance(item, list):
            queue += reversed(item)


def _string(article: dict[str, Any], key: str) -> str:
    value = article.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    return unescape(value).strip() if isinstance(value, str) else ""


def _date(article: dict[str, Any], key: str) -> str:
    """Read a date, which may be a Unix time as a number."""
    value = article.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(int(value))
    return _string(article, key)
