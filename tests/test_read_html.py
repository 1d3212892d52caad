"""HTML to lines and hints: invented pages, broken forms, random trees."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from linesift.errors import MissingExtraError
from linesift.hints import ANCESTORS, N_LEVELS, PART_LEVEL, TAGS, Hints, hash_word
from linesift.read.html import limits
from linesift.read.html.page import read_html
from linesift.read.html.walk import SKIPPED

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Ferry sails again | The Harbour</title>
<meta property="og:title" content="Ferry sails again"><meta name="description" content="After a  week.">
<meta property="article:published_time" content="2024-05-01T10:00:00Z"><link rel="canonical" href="https://news.example/f">
<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "The Harbour"},
 {"@type": ["NewsArticle"], "headline": "Ferry sails
 again", "datePublished": "2024-05-01", "articleBody": "The ferry sails."}]}</script></head>
<body class="home single-post"><nav class="mainMenu"><a href="/">Home</a><a href="/s">Sport</a></nav>
<article itemprop="article"><h1 class="headline">Ferry <em>sails</em> again</h1>
<p class="byline">By <a href="/a" rel="author">Ann Example</a> <time datetime="2024-05-01">1 May</time></p>
<div class="article-body"><p>The ferry <a href="/x">sails</a>
 again.<br>Tickets cost <b>4 Euro</b>.</p><p>Second.</p><p>Third.</p></div></article>
<aside id="related-17"><ul><li class="teaser odd"><a href="1">One</a></li>
<li class="teaser"><a href="2">Two</a></li></ul>
</aside><script>var x = "<p>no</p>"</script><p hidden>no</p><div style="color:red; display : none">no</div>
</body></html>"""


def lines_of(html: str | bytes) -> list[str]:
    page = read_html(html)
    check(page.hints, page.page.lines)
    return page.page.lines


def check(hints: Hints, lines: list[str]) -> None:
    """What has to hold for every page."""
    assert hints.n_lines == len(lines)
    for name in (
        "tag",
        "ancestors",
        "depth",
        "order",
        "path",
        "parent",
        "siblings",
        "link_share",
        "emphasis",
        "is_time",
    ):
        assert len(getattr(hints, name)) == len(lines), name
    assert len(hints.word_hash) == len(hints.word_line) == len(hints.word_level)
    assert np.all(np.diff(hints.word_line) >= 0)
    assert np.all(hints.word_line < len(lines))
    assert np.all(hints.word_level <= PART_LEVEL)
    for shares in (hints.link_share, hints.emphasis, hints.order):
        assert np.all((shares >= 0) & (shares <= 1))
    if lines != [""]:
        assert all(line == " ".join(line.replace("\t", " ").split()).strip() or "\t" in line for line in lines)
        assert all(line.strip() for line in lines)
        assert np.all(hints.tag > 0)
        assert np.all(hints.siblings > 0)


def has_ancestor(hints: Hints, line: int, name: str) -> bool:
    return bool(hints.ancestors[line] >> ANCESTORS.index(name) & 1)


def words_at(hints: Hints, line: int, level: int) -> set[int]:
    return set(hints.word_hash[(hints.word_line == line) & (hints.word_level == level)].tolist())


def hashes(*words: str) -> set[int]:
    return set(map(hash_word, words))


def test_a_page() -> None:
    page = read_html(PAGE, "page.html")
    lines, hints = page.page.lines, page.hints
    check(hints, lines)
    assert lines == [
        "Home Sport",
        "Ferry sails again",
        "By Ann Example 1 May",
        "The ferry sails again.",
        "Tickets cost 4 Euro.",
        "Second.",
        "Third.",
        "One",
        "Two",
    ]
    assert page.page.source == "page.html"
    assert [TAGS[tag] for tag in hints.tag] == ["nav", "h1", "p", "p", "p", "p", "p", "li", "li"]
    assert hints.depth.tolist() == [1, 2, 2, 3, 3, 3, 3, 3, 3]
    assert hints.siblings.tolist() == [1, 1, 1, 3, 3, 3, 3, 2, 2]
    assert hints.link_share.tolist() == pytest.approx([1, 0, 10 / 16, 5 / 19, 0, 0, 0, 1, 1])
    assert hints.emphasis.tolist() == pytest.approx([0, 5 / 15, 0, 0, 5 / 17, 0, 0, 0, 0])
    assert hints.is_time.tolist() == [False, False, True, False, False, False, False, False, False]
    assert hints.n_inline.tolist() == [2, 1, 2, 1, 1, 0, 0, 1, 1]
    assert np.all(np.diff(hints.order) >= 0)


def test_hints_of_ancestors_and_paths() -> None:
    hints = read_html(PAGE).hints
    assert has_ancestor(hints, 0, "nav")
    assert not has_ancestor(hints, 0, "article")
    assert has_ancestor(hints, 1, "article")
    assert has_ancestor(hints, 1, "h1")
    assert has_ancestor(hints, 7, "a")
    assert not has_ancestor(hints, 3, "a")
    assert len(set(hints.path[3:7].tolist())) == 1
    assert hints.path[7] == hints.path[8] != hints.path[6]
    assert hints.parent[5] != hints.parent[2]


def test_hints_of_words() -> None:
    hints = read_html(PAGE).hints
    assert words_at(hints, 0, 0) == hashes("main", "menu")
    assert words_at(hints, 0, 1) == hashes("home", "single", "post")
    assert words_at(hints, 2, 0) == hashes("byline")
    assert words_at(hints, 2, 1) == hashes("article")
    assert words_at(hints, 2, PART_LEVEL) == hashes("author")
    assert words_at(hints, 3, 0) == hashes("article", "body")
    assert words_at(hints, 7, 0) == hashes("teaser", "odd")
    assert words_at(hints, 7, 1) == hashes("related")


def test_at_most_six_elements_give_words() -> None:
    html = "".join(f'<div class="level{name}">' for name in "abcdefghij") + "deep"
    hints = read_html(html).hints
    assert words_at(hints, 0, 0) == hashes("levelj")
    assert words_at(hints, 0, N_LEVELS - 1) == hashes("levele")
    assert len(hints.word_hash) == N_LEVELS


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("", [""]),
        ("  \n ", [""]),
        ("just text", ["just text"]),
        ("<p>a<p>b", ["a", "b"]),
        ("a<p>b</p>c", ["a", "b", "c"]),
        ("a<br>b<br/><br>c", ["a", "b", "c"]),
        ("<p>two\n  lines\u00a0\u3000of\ttext </p>", ["two lines of text"]),
        ("<p>w<b>or</b>d <i>and</i>\n<u>word</u></p>", ["word and word"]),
        ("<span>T</span>he", ["The"]),
        ("<span>Ha</span><span>rbour</span>", ["Harbour"]),
        ("<span class=date>1 May</span><span class=name>Ann</span>", ["1 May Ann"]),
        ("<a href=1>Home</a><a href=2>News</a>", ["Home News"]),
        ("<a href=1><span>Home</span></a><a href=2><span>News</span></a>", ["Home News"]),
        ("<a href=1>Home</a><b>News</b>", ["Home News"]),
        ("<a href=1>Home</a>. <a href=2>News</a>s", ["Home. Newss"]),
        ("<span>Previous article</span><span>Lorry sheds its load</span>", ["Previous article Lorry sheds its load"]),
        ("<b>Published</b>15 October<i>Ann</i>, 9:05<i>Bob</i>", ["Published 15 October Ann, 9:05 Bob"]),
        ("<app-byline>Ann</app-byline><app-lead>the harbour</app-lead>", ["Ann the harbour"]),
        ("Java<wbr>Script v<!-- -->12<!-- -->D", ["JavaScript v12D"]),
        ("<h1>Canal path to close<br>for six weeks</h1><p>a<br>b</p>", ["Canal path to close for six weeks", "a", "b"]),
        ("<p>a</p><div hidden id='S:0'><p>b</p></div><div hidden id=menu>c</div>", ["a", "b"]),
        ("<h3>One.<br>Two.<br> <br>Three.<p>a<br>b</p>c</h3>", ["One. Two.", "Three.", "a", "b", "c"]),
        ("<p>so f<math><annotation>f = v</annotation></math>, which <meter>3 of 4</meter> a", ["so f, which a"]),
        ("<pre><b>write</b><i>(</i><a>A</a><a>B</a></pre>", ["write(AB"]),
        ("Rain stops.<b>Sun follows.</b>", ["Rain stops. Sun follows."]),
        ("9 m<sup>2</sup> of CO<sub>2</sub>", ["9 m2 of CO2"]),
        ("<a href=1>harbour</a><b>,</b> <a href=2>mole</a><b>[3]</b>", ["harbour, mole[3]"]),
        ("<i class=a>(</i><i class=b>edit</i><i class=c>)</i>", ["(edit)"]),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", ["a", "b", "c"]),
        ("<dl><dt>a<dd>b</dl>", ["a", "b"]),
        ("<button>Share</button><button>Print</button>", ["Share", "Print"]),
        ("<pre>a\n  b\n\n<b>c</b>\nd</pre>", ["a", "b", "c", "d"]),
        ("<pre>a <b>b</b>\n<i>c</i> d</pre>", ["a b", "c d"]),
        ("<pre>Photo: <a>dpa</a> here\nnext</pre>", ["Photo: dpa here", "next"]),
        (
            "<pre><b>def</b> <i>count</i>(text):\n  <b>return</b> len(text)\n</pre>",
            ["def count(text):", "return len(text)"],
        ),
        ("<table><caption>t<tr><th>a<th>b<tr><td>1<td><b>2</b></table>", ["t", "a\tb", "1\t2"]),
        ("<table><tr><td>a<td><td>b</table>", ["a\tb"]),
        ("<table><tr><td>a<td><p>b</p><p>c</p></table>", ["a", "b", "c"]),
        ("<table><tr><td>a<br>b<td>c</table>", ["a", "b", "c"]),
        (f"<table><tr><td>a<td>{'long ' * 30}</table>", ["a", ("long " * 30).strip()]),
        ("<table><tr><td>x<td><table><tr><td>a<td>b</table></table>", ["x", "a\tb"]),
        ("<select><option>a</select><textarea>b</textarea><input value=c><img alt=d>e", ["e"]),
        ("<svg><title>a</title><text>b</text></svg><iframe>c</iframe><noscript><p>d</noscript>e", ["e"]),
        ("<template><p>a</template><object>b</object><style>c{}</style>e<!-- f -->", ["e"]),
        ("<p>a<span hidden>b</span><span style='VISIBILITY:hidden'>c</span><span style='x:none'>d</span>", ["ad"]),
        ("<body style='visibility:hidden' hidden><p>a", ["a"]),
        ("<details><summary>a</summary>b</details>", ["a", "b"]),
        (
            "<p>\u200b<p>\ufeff \u200e\u2060<p>\u202aa\u202c\u200b<p>\u2010<p>\ufeff<b>\u200d</b>",
            ["\u202aa\u202c\u200b", "\u2010"],
        ),
        ("<dialog class=x>a<p>b</dialog><dialog open>c</dialog><dialog>d</dialog>e", ["c", "e"]),
        ("<p><ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>が<ruby>開<rt>ひら</ruby>く", ["港が開く"]),
        ("<my-card>a</my-card> <x-y>b</x-y>", ["a b"]),
        ("<a href=1><div>a</div><div>b</div></a>c", ["a", "b", "c"]),
        ("<b><p>a</b>b</p>c", ["ab", "c"]),
        ("</p></div>a</body></html>b<p>c", ["ab", "c"]),
        ("<figure><img><figcaption>a</figcaption></figure>", ["a"]),
        ("<xmp><b>a</b></xmp>", ["<b>a</b>"]),
        ("&lt;p&gt; &amp; &eacute;&#8212;&#x1F600;", ["<p> & é—😀"]),
        ("<frameset><frame></frameset><noframes>a</noframes>", [""]),
        ("<p title='<p>x'>a<p title=\"</p>\">b", ["a", "b"]),
        ("a\x00b\x0bc\x1cd\x85e\u2028f", ["ab c d e f"]),
        ("<p\x00>a</p><p", ["a"]),
    ],
)
def test_lines(html: str, lines: list[str]) -> None:
    assert lines_of(html) == lines


def test_hints_of_a_row_of_a_table() -> None:
    html = "<table class=rates><tr class=row><td class=name>Euro<td class=date><a href=1>1 May</a></table>"
    hints = read_html(html).hints
    assert [TAGS[tag] for tag in hints.tag] == ["tr"]
    assert hints.link_share.tolist() == pytest.approx([5 / 9], abs=0.1)
    assert words_at(hints, 0, 0) == hashes("row")
    assert words_at(hints, 0, PART_LEVEL) == hashes("name", "date")
    assert hints.is_time.tolist() == [True]


@pytest.mark.parametrize(
    ("html", "is_time"),
    [
        ("<p>a <time>b</time></p>", True),
        ("<p class=post-date>a</p>", True),
        ("<p><span itemprop=datePublished>a</span> b</p>", True),
        ("<p>x <span class=date>a <b class=big>b</b></span> b</p>", True),
        ("<div class=date><p>a</p></div>", False),
        ("<p class=update>a</p>", False),
        ("<p>a</p><time></time>", False),
    ],
)
def test_lines_at_a_time(html: str, is_time: bool) -> None:
    assert read_html(html).hints.is_time.tolist() == [is_time]


def test_the_holder_is_what_holds_the_whole_line() -> None:
    hints = read_html("<p class=para><span class=outer><i class=inner>x</i> y</span> </p>").hints
    assert words_at(hints, 0, 0) == hashes("outer")
    assert words_at(hints, 0, PART_LEVEL) == hashes("inner")
    hints = read_html("<p class=para><a href=1 class=outer>x</a> </p>").hints
    assert has_ancestor(hints, 0, "a")


def test_a_link_is_an_element_and_no_name() -> None:
    hints = read_html("<p><a[href]>x</a[href]></p><p><a>x</a></p><p><a href=1>x</a></p>").hints
    assert hints.link_share.tolist() == [0, 0, 1]


def test_equal_elements_in_different_places_have_words_of_their_own() -> None:
    html = "<div class=first><p class=para>x</p></div><div class=second><p class=para>y <i class=part>z</i></p></div>"
    hints = read_html(html).hints
    assert [words_at(hints, line, 1) for line in (0, 1)] == [hashes("first"), hashes("second")]
    assert [words_at(hints, line, PART_LEVEL) for line in (0, 1)] == [set(), hashes("part")]
    assert hints.path[0] != hints.path[1]


PROSE = "The ferry sails again after a week of repairs, and the harbour fills with people who waited. " * 3


def test_a_hidden_article_is_shown_if_it_is_the_page() -> None:
    page = read_html(f"<p>Menu</p><div style='display:none'><p>{PROSE}</p></div>")
    assert page.page.lines == ["Menu", PROSE.strip()]
    assert [has_ancestor(page.hints, line, "(hidden)") for line in (0, 1)] == [False, True]
    page = read_html(f"<p>Menu</p><dialog><p>{PROSE}</p></dialog>")
    assert [has_ancestor(page.hints, line, "(hidden)") for line in (0, 1)] == [False, True]
    page = read_html(f"<p>{PROSE}</p><div style='display:none'><p>{PROSE}</p></div>")
    assert page.page.lines == [PROSE.strip()]


def test_soft_hyphens_are_not_shown() -> None:
    page = read_html("<p>Hafen&shy;meis\xadter<p>&shy;<p><a href=x>Fäh&shy;re</a> legt ab<p>a&shy; &shy;b")
    assert page.page.lines == ["Hafenmeister", "Fähre legt ab", "a b"]
    assert page.hints.link_share.tolist() == pytest.approx([0, 5 / 11, 0])


INSTEAD = f"<noscript><h1>Ferry</h1><p>{PROSE}<p>{PROSE}</noscript>"


def test_what_a_page_says_without_scripts_is_shown_if_it_says_nothing_else() -> None:
    page = read_html(f"<head><title>T</title><noscript><img></noscript></head><p>Menu</p><div hidden>x</div>{INSTEAD}")
    assert page.page.lines == ["Menu", "Ferry", PROSE.strip(), PROSE.strip()]
    assert [has_ancestor(page.hints, line, "(hidden)") for line in (0, 1, 2)] == [False, True, True]
    assert page.page.head is not None
    assert page.page.head.title == "T"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        (f"<p>{PROSE}<p>{PROSE}<p>{PROSE}{INSTEAD}", [PROSE.strip()] * 3),  # comments, say
        (f"<p>Menu</p><noscript><p>{PROSE}</noscript>", ["Menu"]),  # asks for scripts, at length
        (f"<p>Menu</p><noscript><img alt='{PROSE * 9}'></noscript>", ["Menu"]),
    ],
)
def test_else_it_is_not_shown(html: str, lines: list[str]) -> None:
    assert read_html(html).page.lines == lines


@given(st.binary(max_size=200))
@settings(derandomize=True)
def test_any_bytes_become_lines(data: bytes) -> None:
    lines_of(data)
    lines_of(b"<p>" + data)


@given(st.text(st.characters(), max_size=100))
@settings(derandomize=True)
def test_any_text_becomes_lines(text: str) -> None:
    lines_of(text)


def test_lone_surrogates() -> None:
    assert lines_of("<p>half \ud83d of") == ["half ? of"]


Tree = tuple[str, str, list[Any]]
_LEAVES = st.text("abcdXYZ äжש東1 \n.,&<\xad", min_size=1, max_size=12)
_INLINE = ["span", "b", "em", "i", "label", "time", "x-tag", "font", "code"]
_BLOCK = ["div", "section", "blockquote", "article", "ul", "nav", "figure", "center", "main"]
_HIDDEN = ["noscript", "svg", "select", "template", "style", "script", "iframe"]
_ATTRIBUTES = st.sampled_from(
    ["", " class='a b-c'", " id=x1", " class=date style='color:red'", " data-testid='aB'", " title=q"]
)


def _nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.sampled_from(_INLINE + _BLOCK * 2), _ATTRIBUTES, st.lists(children, max_size=5))


TREES = st.lists(st.recursive(_LEAVES, _nodes, max_leaves=40), max_size=6)


def render(trees: list[Any]) -> Iterator[str]:
    """HTML of nested elements."""
    for tree in trees:
        if isinstance(tree, str):
            yield tree.replace("&", "&amp;").replace("<", "&lt;")
        else:
            yield f"<{tree[0]}{tree[1]}>"
            yield from render(tree[2])
            yield f"</{tree[0]}>"


def texts(trees: list[Any]) -> Iterator[str]:
    for tree in trees:
        if isinstance(tree, str):
            yield tree.replace("\xad", "")
        else:
            yield from texts(tree[2])


def plain_lines(trees: list[Any]) -> list[str]:
    """Lines of elements without gaps: the walk without everything that makes it fast."""
    text = ""

    def visit(trees: list[Any]) -> None:
        nonlocal text
        for tree in trees:
            if isinstance(tree, str):
                text += tree.replace("\n", " ").replace("\xad", "")
            else:
                edge = "\n" if tree[0] in _BLOCK else ""
                text += edge
                visit(tree[2])
                text += edge

    visit(trees)
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()] or [""]


@given(TREES)
@settings(derandomize=True, max_examples=300)
def test_text_of_the_lines_is_the_text_of_the_page(trees: list[Any]) -> None:
    html = "".join(render(trees))
    page = read_html(html)
    lines = page.page.lines
    check(page.hints, lines)
    assert "".join("".join(lines).split()) == "".join("".join(texts(trees)).split())
    assert len(lines) == len(plain_lines(trees))
    # Only gaps between inline elements are new.
    assert ["".join(line.split()) for line in lines] == ["".join(line.split()) for line in plain_lines(trees)]


@given(TREES)
@settings(derandomize=True)
def test_reading_is_deterministic_and_bytes_are_text(trees: list[Any]) -> None:
    html = "<meta charset=utf-8>" + "".join(render(trees))
    first, second = read_html(html), read_html(html.encode())
    assert first.page.text == second.page.text
    assert first.hints.equals(second.hints)


@given(TREES, st.sampled_from(_HIDDEN), st.integers(0, 5))
@settings(derandomize=True)
def test_hidden_parts_change_nothing(trees: list[Any], tag: str, place: int) -> None:
    trees = [("div", "", [tree]) for tree in trees]
    hidden = [*trees[:place], f"<{tag}>no</{tag}>", *trees[place:]]
    html = "".join(tree if isinstance(tree, str) else "".join(render([tree])) for tree in hidden)
    assert lines_of(html) == lines_of("".join(render(trees)))


_BROKEN = [
    "p",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "a",
    "h1",
    "br",
    "pre",
    "form",
    "button",
    "dd",
    "option",
    "body",
    "html",
]
_SOUP = st.lists(
    st.sampled_from(
        [f"<{tag}>" for tag in [*_INLINE, *_BLOCK, *_BROKEN]]
        + [f"</{tag}>" for tag in [*_INLINE, *_BLOCK, *_BROKEN]]
        + ["word ", "x", "\n", "<a href=1>", "<!--", "-->", "<p class='", "'>", "<", ">", "&", "<script>", "</script>"]
    ),
    max_size=40,
).map("".join)


def visible(node: Any) -> Iterator[str]:
    """Visible text below a node of the parser's tree, the plain way."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag and child.tag not in SKIPPED and not child.tag.startswith("-"):
            yield from visible(child)


@given(_SOUP)
@settings(derandomize=True, max_examples=300)
def test_broken_markup_loses_nothing_that_the_parser_found(html: str) -> None:
    body = LexborHTMLParser(html, scripting=True).body
    expected = "" if body is None else "".join(visible(body))
    assert "".join("".join(lines_of(html)).split()) == "".join(expected.split())


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b>",
        "<ul><li>",
        "<p><span>",
        "<table><tr><td>",
        "<a href=1>",
        "<my-tag>",
        "<div><p>",
        "<font><div>",
        "</div>",
    ],
)
def test_ninety_thousand_levels(unit: str) -> None:
    levels = unit * (90_000 // unit.count("<"))
    page = read_html("<p>before</p>" + levels + "deep" + unit.replace("<", "</") * 1000 + "<p>after</p>")
    check(page.hints, page.page.lines)
    assert "".join(page.page.lines).startswith("before")
    assert "deep" in page.page.text
    assert "after" in page.page.text


@pytest.mark.parametrize(
    "tag",
    [
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">",
        "<a " * 200_000 + ">",
        "<p " + " ".join(f"a{number}" for number in range(100_000)) + ' title="',
        "<script " + " ".join(f"a{number}" for number in range(100_000)) + "></script>",
    ],
)
def test_a_hundred_thousand_attributes(tag: str) -> None:
    assert lines_of(f"<p>before</p>{tag}after</p>")[0] == "before"


class CountingPattern:
    """A pattern that counts the bytes that it may look at."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self.pattern = pattern
        self.n_bytes: list[int] = []

    def sub(self, replacement: bytes | Callable[[re.Match[bytes]], bytes], html: bytes) -> bytes:
        self.n_bytes.append(len(html))
        return self.pattern.sub(replacement, html)


@pytest.mark.parametrize(
    ("page", "n_bytes"),
    [
        ("<p>before</p>" + "<p><div>" * 9_000 + "<b " * 33_000, len("<p><div>" * 9_000)),
        ("<p>before</p><noscript>" + "<a" * 3_000, 0),
    ],
)
def test_tags_without_end_are_not_searched(monkeypatch: pytest.MonkeyPatch, page: str, n_bytes: int) -> None:
    """Behind the last `>` each `<` would be searched to the end of the page: 6 and 20 seconds for these two."""
    pattern = CountingPattern(limits._TAG)
    monkeypatch.setattr(limits, "_TAG", pattern)
    assert lines_of(page) == ["before"]
    assert sum(pattern.n_bytes) <= n_bytes


def test_what_stands_between_tags_that_are_cut_is_kept() -> None:
    tag = "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">"
    assert lines_of(f"<p>before{tag}<b>be</b>tween{tag}after") == ["before", "between", "after"]


def test_a_long_value_is_left_alone() -> None:
    value = "{&quot;a&quot;: 1} " * 20_000
    assert lines_of(f'<p>before</p><div data-x="{value}" class=y>after</div><p>end') == ["before", "after", "end"]
    assert lines_of(f"<p>before</p><script>x = '<a {value}'</script>after") == ["before", "after"]


def test_many_unclosed_paragraphs_stay_lines() -> None:
    assert len(lines_of("<p>a<br>b" * 30_000)) == 60_000


@pytest.mark.slow
def test_fifty_megabytes() -> None:
    html = PAGE * (50_000_000 // len(PAGE))
    page = read_html(html)
    check(page.hints, page.page.lines)
    assert page.cut == "more than 100,000 tags; the rest is left out"
    assert len(page.page.lines) > 10_000


def test_without_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[html\]'"):
        read_html("<p>a")
