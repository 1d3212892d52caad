"""Read the JSON-LD of a page: what it says of the page's article, of its site, and of the page itself."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Any

_ARTICLE_TYPES = ("Article", "BlogPosting", "Report", "Posting")
_WITH_AUTHOR = ("Recipe", "Review", "WebPage", "CreativeWork")
"""Types of other objects whose author may be the page's, by their end."""
OF_OTHERS = ("VideoObject", "ImageObject", "AudioObject", "Comment", "UserComments")
"""Types of objects, by their end, whose author and day are never those of the page."""
_OTHER_TYPES = (*OF_OTHERS, "Review", "Event", "Product", "Person")
"""Types of objects whose day of publication is not the page's, by their end; articles have a source of their own."""
_LIST = "ItemList"
"""Type of objects whose articles are other stories."""
_BY = re.compile(r"^(?:by|oleh)\b:?\s+", re.IGNORECASE)
"""A word before the name of an author that no name begins with."""
_TAG = re.compile(r"<[^<>]{0,500}>")
_LAST_COMMA = re.compile(r",\s*([}\]])")
_MAX_NODES = 10_000
"""Most JSON-LD values of one script that are looked at."""
_MAX_NAME_DEPTH = 8
"""Lists and objects in each other, in the name of an author."""
_LONGEST_NAME = 120
_MOST = 12
"""Most days, titles and names in a list that are kept."""
SCRIPT_DAY = re.compile(r'"datePublished\\?"\s*:\s*\\?"([^"\\]{8,40})\\?"')
"""A day of publication in a script that is no JSON."""


@dataclass(slots=True)
class JsonLd:
    """What the JSON-LD of a page says."""

    article: dict[str, Any] = field(default_factory=dict)
    """Object of the page's article; empty if there is none."""
    writers: list[Any] = field(default_factory=list)
    """Values of `author` and `creator` of the page's article."""
    other_writers: list[Any] = field(default_factory=list)
    """Those of other objects, which may be of another story, or a reader's."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of objects by their `@id`."""
    site: str = ""
    """Name of a `WebSite`."""
    page: dict[str, Any] = field(default_factory=dict)
    """First object that is a `WebPage`; its dates are those of the article where that gives none."""
    days: list[str] = field(default_factory=list)
    """Days of publication of all objects that can be the page."""


def read_json(scripts: Sequence[str], titles: tuple[Sequence[str], Sequence[str]], addresses: Sequence[str]) -> JsonLd:
    """Read the JSON-LD of a page.

    Args:
        scripts: texts of its scripts.
        titles: titles of the page, and then those that may be of other stories. They tell which of several articles is
            its own.
        addresses: addresses of the page, which tell it where the titles do not.
    """
    found = JsonLd()
    articles: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for text in scripts:
        data = _load(text)
        days = SCRIPT_DAY.findall(text) if data is None else []
        for item in _objects(data):
            types = _types(item)
            if any(name.endswith(_ARTICLE_TYPES) for name in types):
                articles.append(item)
            elif any(name.endswith(_WITH_AUTHOR) for name in types):
                others.append(item)
            if not any(name.endswith(_OTHER_TYPES) for name in types) and (day := date_of(item, "datePublished")):
                days.append(day)
            _add(found, item, types)
        found.days += days[:_MOST]
    found.article = _own(articles, titles, addresses)
    found.writers = _writers([found.article])
    found.other_writers = _writers([*others, *articles])
    return found


def _writers(items: Sequence[dict[str, Any]]) -> list[Any]:
    return [item.get(key) for item in items for key in ("author", "creator")]


def _add(found: JsonLd, item: dict[str, Any], types: Sequence[str]) -> None:
    """Keep what an object says of the page as a whole, and its name."""
    identity, own_name = string_of(item, "@id"), name_of(item.get("name"), {})
    if identity and own_name:
        found.names.setdefault(identity, own_name)
    if "WebSite" in types:
        found.site = found.site or string_of(item, "name")
    if "WebPage" in types:
        found.page = found.page or item


def _load(text: str) -> Any:
    """Read JSON-LD; `None` if it is none.

    Many pages have raw line ends inside strings, a comma behind the last item, or something around the whole, which
    strict JSON forbids.
    """
    bare = text.replace("<![CDATA[", "").replace("]]>", "")
    start, end = re.search(r"[\[{]", bare), max(bare.rfind("]"), bare.rfind("}")) + 1
    bare = bare[start.start() : end] if start else ""
    for form in (text, bare, _LAST_COMMA.sub(r"\1", bare)):
        with suppress(ValueError, RecursionError):
            return json.loads(form, strict=False)
    return None


def _types(item: dict[str, Any]) -> list[str]:
    types = item.get("@type")
    return [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]


def _own(
    articles: list[dict[str, Any]], titles: tuple[Sequence[str], Sequence[str]], addresses: Sequence[str]
) -> dict[str, Any]:
    """Choose the article that the page is about: by its title, by its address, else the first one.

    A title of the page may have the name of the site beside that of the article: "Ferry returns | Coast Post". So of
    several articles whose title is part of one, that with the longest counts.
    """
    if len(articles) < 2:
        return articles[0] if articles else {}
    names = [_letters(string_of(item, "headline") or string_of(item, "name")) for item in articles]
    for some in titles:
        shown = tuple(_letters(title) for title in some[:_MOST])
        sizes = [len(name) * any(name in title for title in shown) for name in names]
        if max(sizes):
            return articles[sizes.index(max(sizes))]
    own_addresses = frozenset(addresses)
    by_address = (item for item in articles if not own_addresses.isdisjoint(_addresses(item)))
    return next(by_address, articles[0])


def _letters(text: str) -> str:
    """Keep letters and digits, small, as they read once entities are characters."""
    return "".join(filter(str.isalnum, unescape(text).casefold()))


def _addresses(item: dict[str, Any]) -> Iterator[str]:
    """Yield the addresses that an object has."""
    page = item.get("mainEntityOfPage")
    for value in (item.get("url"), item.get("@id"), page.get("@id") if isinstance(page, dict) else page):
        if isinstance(value, str) and value:
            yield value


def is_name(text: str) -> bool:
    """Whether a text can be the name of an author; addresses are none."""
    return 0 < len(text) <= _LONGEST_NAME and "@" not in text and "://" not in text


def are_names(text: str) -> bool:
    """Whether a text can be names of authors, with commas between them."""
    return all(map(is_name, text.split(", ")))


def name_of(value: Any, names: Mapping[str, str], depth: int = _MAX_NAME_DEPTH) -> str:
    """Name of a person or an organisation in JSON-LD; of several all, joined by commas.

    Args:
        value: the name, an object that has one, the `@id` of such an object, or a list of these.
        names: names by `@id`.
        depth: lists and objects in each other that are looked into.
    """
    if not depth:
        return ""
    if isinstance(value, list):
        found = (name_of(one, names, depth - 1) for one in value[:_MOST])
        return ", ".join(dict.fromkeys(filter(is_name, found)))
    if isinstance(value, dict):
        return name_of(value.get("name"), names, depth - 1) or names.get(string_of(value, "@id"), "")
    return _BY.sub("", clean_name(value)) if isinstance(value, str) else ""


def clean_name(text: str) -> str:
    """Read the character references of a name, which some sites escape twice, and take tags out of it."""
    return " ".join(_TAG.sub("", unescape(unescape(text))).split())


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """All objects in document order, outer before inner, but for those in lists: they are of other stories."""
    queue = [data]
    for _ in range(_MAX_NODES):
        if not queue:
            return
        item = queue.pop()
        if isinstance(item, dict):
            yield item
            queue += [] if _LIST in _types(item) else reversed(list(item.values()))
        elif isinstance(item, list):
            queue += reversed(item)


def string_of(article: dict[str, Any], key: str) -> str:
    """Read a text, with its character references as characters; empty if it is none."""
    value = article.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    return unescape(value).strip() if isinstance(value, str) else ""


def date_of(article: dict[str, Any], key: str) -> str:
    """Read a date, which may be a Unix time as a number."""
    value = article.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(int(value))
    return string_of(article, key)
