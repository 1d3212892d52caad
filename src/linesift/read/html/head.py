"""Read what a page says about itself: in its head, in JSON-LD, and in its first-level headings."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from linesift.hints import Head

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

TITLES = ("og:title", "twitter:title")
ADDRESS = "og:url"
PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
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
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report", "Posting")
_MAX_NODES = 10_000
"""Most JSON-LD values of one script that are looked at."""


def read_head(tree: "LexborHTMLParser") -> Head:
    """Read the head of a parsed page, for whoever asks; not used for hints. What is broken counts as missing."""
    meta = _read_meta(tree)
    article = _find_article(tree)
    return Head(
        title=_text_of(tree, "title"),
        og_title=_first(meta, TITLES),
        description=_first(meta, ("description", "og:description", "twitter:description")),
        canonical=_attribute(tree, 'link[rel~="canonical" i]', "href") or _first(meta, (ADDRESS,)),
        lang=_attribute(tree, "html", "lang") or _first(meta, ("og:locale", "content-language")),
        published=_string(article, "datePublished")
        or _first(meta, PUBLISHED)
        or _attribute(tree, 'time[itemprop~="datePublished" i]', "datetime"),
        modified=_string(article, "dateModified")
        or _first(meta, MODIFIED)
        or _attribute(tree, 'time[itemprop~="dateModified" i]', "datetime"),
        jsonld_headline=_string(article, "headline") or _string(article, "name"),
        jsonld_body=_string(article, "articleBody"),
        h1=tuple(text for node in tree.css("h1") if (text := _collapse(node.text(separator=" ")))),
    )


def _collapse(text: str | None) -> str:
    return " ".join((text or "").split())


def _text_of(tree: "LexborHTMLParser", selector: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else _collapse(node.text())


def _attribute(tree: "LexborHTMLParser", selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else _collapse(node.attributes.get(name))


def _read_meta(tree: "LexborHTMLParser") -> dict[str, str]:
    """Contents of all `<meta>` by lower-cased name; of several the first that is not empty."""
    contents: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        content = _collapse(attributes.get("content"))
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (attributes.get(key) or "").strip().lower()
            if name and content:
                contents.setdefault(name, content)
    return contents


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _find_article(tree: "LexborHTMLParser") -> dict[str, Any]:
    """First JSON-LD object whose type is a kind of article; empty without one."""
    for node in tree.css('script[type*="ld+json" i]'):
        try:
            # Many pages have raw line ends inside strings, which strict JSON forbids.
            data = json.loads(node.text() or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data):
            types = item.get("@type")
            names = types if isinstance(types, list) else [types]
            if any(isinstance(name, str) and name.endswith(_ARTICLE_TYPES) for name in names):
                return item
    return {}


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
    return value.strip() if isinstance(value, str) else ""
