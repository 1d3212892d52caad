"""Tell where links lead: within the page, to another page of its site, to a person, or to a share button."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linesift.hints import LINK_KINDS


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ADDRESS = re.compile(r"[\x00-\x20]*(?:(#)|(?:https?:)?//([^/?#\x00-\x20]*)|([a-z][a-z0-9+.-]*):)", re.IGNORECASE)
"""Beginning of an address: `#`, a host, or a scheme. Relative addresses begin with none of these."""
_IS_FRAGMENT, _HAS_HOST = 1, 2  # groups of it

_SCHEMES = {
    **dict.fromkeys(("mailto", "tel", "sms", "callto"), LINK_KINDS["contact"]),
    **dict.fromkeys(("whatsapp", "fb-messenger", "viber", "tg", "line"), LINK_KINDS["share"]),
}
"""Kinds of links by scheme; `javascript:` and others have none."""
_MAIL_TO_ANYONE = "mailto:?"
"""A letter with a subject and without an addressee: a way to share the page."""

_SECOND_LEVEL = _names("ac biz co com edu gen go gob gouv gov in info mil my ne net nom or org sch web")
"""Labels that stand between the name of a site and the code of its country, as in `co.uk`."""
_FARMS = _names("blogspot wordpress tumblr livejournal typepad substack medium github")
"""Names under which every host is a site of its own."""

_SHARE_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "addtoany.com": ("/share", "/add_to"),
    "blogger.com": ("/share-post", "/blog-this", "/email-post"),
    "bsky.app": ("/intent",),
    "delicious.com": ("/save", "/post"),
    "digg.com": ("/submit",),
    "facebook.com": ("/sharer", "/share.php", "/dialog/"),
    "flipboard.com": ("/bookmarklet",),
    "getpocket.com": ("/save", "/edit"),
    "google.com": ("/share", "/bookmarks/mark"),
    "hatena.ne.jp": ("/entry", "/add", "/append"),
    "kakao.com": ("/share",),
    "line.me": ("/r/msg", "/r/share", "/lineit"),
    "linkedin.com": ("/share", "/cws/share"),
    "ok.ru": ("/offer", "/dk?st.cmd=addshare"),
    "pinterest.com": ("/pin/create",),
    "reddit.com": ("/submit",),
    "stumbleupon.com": ("/submit",),
    "t.me": ("/share",),
    "telegram.me": ("/share",),
    "threads.net": ("/intent",),
    "tumblr.com": ("/share", "/widgets/share"),
    "twitter.com": ("/intent", "/share", "/home?status"),
    "vk.com": ("/share",),
    "wa.me": ("/?", "?"),
    "weibo.com": ("/share",),
    "whatsapp.com": ("/send",),
    "x.com": ("/intent", "/share"),
    "xing.com": ("/spi/shares", "/app/user"),
}
"""How the paths of addresses begin that share a page, by site; in lower case."""
SHARE_SITES: Final = frozenset(_SHARE_PATHS)
"""Sites on which pages are shared."""


def find_kind(href: str) -> int:
    """Find the bit of `LINK_KINDS` for an address; 0 where it names a host, or leads nowhere (`javascript:`).

    >>> [find_kind(href) for href in ("#top", "/sport", "ferry.html", "https://bridge.example/1", "javascript:;")]
    [1, 2, 2, 0, 0]
    >>> [find_kind(href) for href in ("mailto:a@b.example", "tel:123", "https://t.me/share/url?url=x")]
    [8, 8, 16]
    """
    first = href[:1]
    # The commonest addresses first, because a page has hundreds.
    if first == "/" and href[1:2] != "/":
        return LINK_KINDS["site"]
    if first == "#":
        return LINK_KINDS["fragment"]
    match = _ADDRESS.match(href)
    if match is None:
        return LINK_KINDS["site"] if href and not href.isspace() else 0
    if match.lastindex == _IS_FRAGMENT:
        return LINK_KINDS["fragment"]
    if match.lastindex == _HAS_HOST:
        paths = _share_paths(match[_HAS_HOST])
        return LINK_KINDS["share"] if paths and href[match.end() :].lower().startswith(paths) else 0
    if href.startswith(_MAIL_TO_ANYONE):
        return LINK_KINDS["share"]
    return _SCHEMES.get(match[match.lastindex or 0].lower(), 0)


def find_kinds(hrefs: Sequence[Collection[str]]) -> NDArray[np.uint8]:
    """Find the set of kinds of the links of every line."""
    known = {"": 0}
    kinds = [0] * len(hrefs)
    for index, addresses in enumerate(hrefs):
        for href in addresses:
            kind = known.get(href)
            if kind is None:
                kind = known[href] = find_kind(href)
            kinds[index] |= kind
    return np.array(kinds, np.uint8)


@lru_cache(maxsize=1024)
def _share_paths(host: str) -> tuple[str, ...]:
    return _SHARE_PATHS.get(find_site(host), ())


def find_site(host: str) -> str:
    """Name the site of a host: its last two labels, or three. A rule of thumb, without the list of public suffixes.

    >>> [find_site(host) for host in ("www.Harbour.example:80", "sport.harbour.co.uk", "ferry.blogspot.com")]
    ['harbour.example', 'harbour.co.uk', 'ferry.blogspot.com']
    """
    labels = host.rpartition("@")[2].partition(":")[0].lower().strip(".").split(".")
    n_labels = 3 if labels[-2:-1] and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == len("uk") else 2
    if len(labels) > n_labels and labels[-n_labels] in _FARMS:
        n_labels += 1
    return ".".join(labels[-n_labels:])
