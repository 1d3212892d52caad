"""Tell where links lead: within the page, elsewhere on its site, to other sites, to a person, or to a share button."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linesift.hints import LINK_KINDS

FRAGMENT, SITE, ELSEWHERE, CONTACT, SHARE = (1 << place for place in range(len(LINK_KINDS)))


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ADDRESS = re.compile(r"[\x00-\x20]*(?:(#)|(?:https?:)?//([^/?#\x00-\x20]*)|([a-z][a-z0-9+.-]*):)", re.IGNORECASE)
"""What an address begins with: `#`, a host, or a scheme. Relative addresses begin with none of these."""
_IS_FRAGMENT, _HAS_HOST = 1, 2  # groups of it

_SCHEMES = {
    **dict.fromkeys(("mailto", "tel", "sms", "callto"), CONTACT),
    **dict.fromkeys(("whatsapp", "fb-messenger", "viber", "tg", "line"), SHARE),
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


class Links:
    """Kinds of the links of one page."""

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        """Prepare for a page; `addresses` are its own, by its own account. Without any, no other host is known."""
        hosts = [match[_HAS_HOST] for address in addresses if (match := _ADDRESS.match(address)) and match[_HAS_HOST]]
        self._sites = frozenset(map(find_site, hosts))
        self._own = tuple(f"{scheme}://{host}/" for host in dict.fromkeys(hosts) for scheme in ("https", "http"))
        """How most links within the site begin that are not relative."""
        self._hosts: dict[str, tuple[int, tuple[str, ...]]] = {}
        """Per host its kind, and how addresses there begin that share a page."""

    def find_kind(self, href: str) -> int:
        """Find the bit of `LINK_KINDS` for an address; 0 where it leads nowhere (`javascript:`), or is unknown.

        >>> links = Links(["https://www.harbour.example/ferry"])
        >>> [links.find_kind(href) for href in ("#top", "/sport", "https://m.harbour.example/", "//bridge.example/1")]
        [1, 2, 2, 4]
        >>> [links.find_kind(href) for href in ("mailto:a@b.example", "https://t.me/share/url?url=x", "javascript:;")]
        [8, 16, 0]
        """
        first = href[:1]
        # The commonest addresses first, because a page has hundreds.
        if first == "/":
            if href[1:2] != "/":
                return SITE
        elif first == "#":
            return FRAGMENT
        elif first == "h" and href.startswith(self._own):
            return SITE
        match = _ADDRESS.match(href)
        if match is None:
            return SITE if href and not href.isspace() else 0
        if match.lastindex == _IS_FRAGMENT:
            return FRAGMENT
        if match.lastindex == _HAS_HOST:
            host = match[_HAS_HOST]
            if host not in self._hosts:
                self._hosts[host] = self._look_up(host)
            kind, paths = self._hosts[host]
            return SHARE if paths and href[match.end() :].lower().startswith(paths) else kind
        if href.startswith(_MAIL_TO_ANYONE):
            return SHARE
        return _SCHEMES.get(match[match.lastindex or 0].lower(), 0)

    def find_kinds(self, hrefs: Sequence[Collection[str]]) -> NDArray[np.uint8]:
        """Find the set of kinds of the links of every line."""
        known, find_kind = {"": 0}, self.find_kind
        found = [0] * len(hrefs)
        for index, addresses in enumerate(hrefs):
            for href in addresses:
                kind = known.get(href)
                if kind is None:
                    kind = known[href] = find_kind(href)
                found[index] |= kind
        return np.array(found, np.uint8)

    def _look_up(self, host: str) -> tuple[int, tuple[str, ...]]:
        site = find_site(host)
        if not site:
            return 0, ()
        if site in self._sites:
            return SITE, ()
        return ELSEWHERE if self._sites else 0, _SHARE_PATHS.get(site, ())


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
