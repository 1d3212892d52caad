"""Where the links of a line lead."""

import pytest

from linesift.hints import LINK_KINDS
from linesift.read.html.links import find_site
from linesift.read.html.page import read_html

CANONICAL = "<link rel=canonical href='https://www.harbour.example/ferry'>"


def kinds(body: str, head: str = CANONICAL) -> list[set[str]]:
    hints = read_html(f"<html><head>{head}</head><body>{body}").hints
    return [{name for name, bit in LINK_KINDS.items() if kind & bit} for kind in hints.link_kind.tolist()]


@pytest.mark.parametrize(("href", "kind"), [
    ("#", "fragment"), ("#comments", "fragment"), (" #top", "fragment"),
    ("/sport", "site"), ("sport.html", "site"), ("?page=2", "site"), ("../", "site"),
    ("https://www.harbour.example/sport", ""), ("http://harbour.example", ""), ("//sport.harbour.example/1", ""),
    ("https://bridge.example/", ""), ("//cdn.bridge.example", ""),
    ("https://t.me/harbour", ""),
    ("https://www.facebook.com/harbour", ""),
    ("mailto:a@harbour.example", "contact"), ("TEL:+49301", "contact"),
    ("https://www.facebook.com/sharer/sharer.php?u=x", "share"), ("https://twitter.com/intent/tweet?url=x", "share"),
    ("https://x.com/share?url=x", "share"), ("https://api.whatsapp.com/send?text=x", "share"),
    ("whatsapp://send?text=x", "share"), ("https://wa.me/?text=x", "share"), ("https://wa.me?text=x", "share"),
    ("https://t.me/share/url?url=x", "share"), ("http://b.hatena.ne.jp/entry/x", "share"),
    ("mailto:?subject=x", "share"),
    ("javascript:void(0)", ""), ("", ""), (" ", ""), ("http://", ""), ("//", ""), ("https:///x", ""),
])  # fmt: skip
def test_kinds(href: str, kind: str) -> None:
    assert kinds(f'<p><a href="{href}">Rain</a>') == [{kind} - {""}]


def test_a_line_has_the_kinds_of_all_its_links() -> None:
    body = "<p>Rain <a href=#a>a</a> <a href=/b>b</a><p>Sun<div><a href=/c><h2>c</h2><p>d</a></div><p><a>e</a>"
    assert kinds(body) == [{"fragment", "site"}, set(), {"site"}, {"site"}, set()]
    assert kinds("<table><tr><td><a href=#a>a</a><td><a href=//b.example>b</a></table>") == [{"fragment"}]


def test_addresses_with_a_host_are_of_no_kind_unless_they_share() -> None:
    body = "<p><a href=https://bridge.example/>a</a><p><a href=/b>b</a><p><a href=https://x.com/intent/tweet>c</a>"
    assert kinds(body) == [set(), {"site"}, {"share"}]


@pytest.mark.parametrize(("host", "site"), [
    ("example", "example"), ("news.example.", "news.example"), ("www.example.co.uk", "example.co.uk"),
    ("co.uk", "co.uk"), ("a.b.example.com", "example.com"), ("me@example.com:80", "example.com"), ("", ""),
    ("ferry.blogspot.com.br", "ferry.blogspot.com.br"), ("www.sz.de", "sz.de"),
])  # fmt: skip
def test_sites(host: str, site: str) -> None:
    assert find_site(host) == site
