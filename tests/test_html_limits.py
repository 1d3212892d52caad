"""Bounds of what markup costs: pages that took seconds and gigabytes keep their text, and their tree stays small."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from linesift.read.html import arrays, limits
from linesift.read.html.fast import READER
from linesift.read.html.limits import limit_markup
from linesift.read.html.page import read_html

OPEN_FORMATS = "".join(f"<p><b id=a{number}>x{number}" for number in range(2_000))
NESTED_TABLES = "<table><tr><td>" * 200 + "<p>x" * 2_000
DEEP = {
    "ends that the parser ignores": "<div></x>",
    "ends in comments": "<div><!--</div>-->",
    "ends in titles of pictures": "<div><svg><title><!--</title></div>--></title></svg>",
    "ends behind a border": "<div><table><td></div></table>",
    "before a table": "<table><div>",
    "templates": "<template><div>",
    "menus": "<div><select></div></select>",
}


def nodes(html: bytes) -> list[LexborNode]:
    root = LexborHTMLParser(html, scripting=True).root
    return [] if root is None else list(root.traverse(include_text=True))


def n_nodes(html: bytes) -> int:
    return len(nodes(html))


@pytest.mark.parametrize("page", [OPEN_FORMATS, OPEN_FORMATS.replace("<b", "<!-- </b> --><b"), OPEN_FORMATS.upper()])
def test_open_formatting_elements_are_not_opened_again_without_end(page: str) -> None:
    limited, cut = limit_markup(page.encode())
    assert n_nodes(limited) < 20 * page.count("<")
    assert not cut
    assert [line.lower() for line in read_html(page).page.lines] == [f"x{number}" for number in range(2_000)]


def test_formatting_elements_that_are_closed_are_left_alone() -> None:
    page = "".join(f"<p><b id=a{number}>x</b>" for number in range(2_000)).encode()
    kept = page[: page.index(b"<b id=a300>")]
    assert limit_markup(page)[0].startswith(kept)
    assert limit_markup(kept * 3)[0] == kept * 3
    assert limit_markup(kept.replace(b"</b>", b"") * 3)[0] != kept.replace(b"</b>", b"") * 3


@pytest.mark.parametrize("unit", DEEP.values(), ids=DEEP)
def test_depth_is_bounded_whatever_hides_it(unit: str) -> None:
    page = f"<p>before{unit * 20_000}<p>behind"
    limited, _ = limit_markup(page.encode())
    assert len(limits._open_elements(limited)) <= limits._MAX_DEPTH + limits.STEP
    assert "before" in read_html(page).page.text


def test_options_beyond_the_bound_are_none() -> None:
    page = b"<p>a<select>" + b"<option>x" * 6_000 + b"</select><p>b"
    assert limit_markup(page)[0].count(b"<option") == limits.MAX_OPTIONS
    assert read_html(page).page.lines == ["a", "b"]


HIDING = ["", "<a b='>' <c \">\" ", '<!-- <a " -->', "<script>'<a \"'</script>", '<p title="<p c>d" ']


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("n_of_tag", [1, 1_500])
def test_names_of_attributes_are_bounded_whatever_hides_them(
    hiding: str, n_of_tag: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_MAX_NAMES", 1_000)
    names = (f"a<{number}{'>x<p ' * (number % n_of_tag == n_of_tag - 1)}" for number in range(4_000))
    page = f"<p>before{hiding}<p {' '.join(names)}>"
    limited, _ = limit_markup(page.encode())
    found = {name for node in nodes(limited) if node.is_element_node for name in node.attributes}
    assert len(found) <= 1.5 * limits._MAX_NAMES
    assert "before" in read_html(page).page.text


def test_attributes_of_a_page_with_many_words_are_left_alone() -> None:
    page = "".join(f'<p class="c{number}">w{number} v{number}' for number in range(19_000)).encode()
    assert limit_markup(page)[0] == page


@pytest.mark.parametrize("name", [b"body", b"HTML"])
def test_attributes_of_the_root_are_bounded(name: bytes) -> None:
    page = b"<p>a" + b"".join(b"<%b a%d=1>b" % (name, number) for number in range(6_000))
    limited, _ = limit_markup(page)
    assert limited.count(b"<" + name) == limits._MAX_ROOTS
    assert read_html(page).page.lines == ["a" + "b" * 6_000]
    few = page[: page.index(b"a3900=")]
    assert limit_markup(few)[0] == few


@pytest.mark.parametrize("value", [">", "<", "><b c='"])
def test_attributes_are_counted_behind_signs_in_their_values(value: str) -> None:
    tag = "<a " + "".join(f'a{number}="{value}" ' for number in range(50_000)) + ">"
    limited, _ = limit_markup(f"<p>before{tag}<p>after".encode())
    assert limited.count(b"=") <= 2 * limits._MAX_ATTRIBUTES
    assert read_html(f"<p>before{tag}<p>after").page.lines == ["before", "after"]


LONG = "b " * 33_000
TAGS = (
    "<p>x", "</p>", "<", "<1", "<a b='>'>", '<a b=">" c>', "<a '", '"', "'", ">", f"<a {LONG}>", f"<a {LONG}", LONG,
    f'<a b="{LONG}" c d e f g>', f"<p {'c=d ' * 200}>", "<p " + 'c="d" ' * 50 + ">", f"<p title='{'x' * 1_100}'>",
)  # fmt: skip


@settings(max_examples=30)
@given(st.lists(st.sampled_from(TAGS), max_size=8).map("".join))
def test_long_tags_are_found_as_one_by_one(html: str) -> None:
    whole = (tag.span() for tag in limits._WHOLE_TAG.finditer(html.encode()))
    expected = [(start, end) for start, end in whole if end - start >= limits.LONG_TAG]
    assert [tag.span() for tag in limits._long_tags(html.encode())] == expected


@pytest.mark.parametrize(
    ("page", "cut"),
    [
        ("<p>x" * 100_001, "more than 100,000 tags; the rest is left out"),
        ("<pre>" + "x\n" * 200_001, "more than 200,000 line ends; the rest is left out"),
        ("<pre>" + "x&#10;" * 200_001, "more than 200,000 line ends; the rest is left out"),
        ("<p>" + "x" * 10_000_000 + "<p>y", "longer than 10 MB; the rest is left out"),
    ],
)
def test_a_page_is_cut_behind_so_much(page: str, cut: str) -> None:
    read = read_html(page)
    assert read.cut == cut
    assert len(read.page.lines) <= limits.MAX_LINE_ENDS + 1
    assert set("".join(islice(read.page.lines, 10))) == {"x"}


def test_words_around_lines_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    READER.use(compiled=False)  # which has the bound built in; other tests may have begun to use it
    names = " ".join(f"{a}{b}x" for a in "abcdefgh" for b in "abcdefgh")
    page = f'<div class="{names}"><div class="one two">' + "<p>x" * 100
    assert len(read_html(page).hints.word_hash) == 100 * (len(names.split()) + 2)
    monkeypatch.setattr(arrays, "MAX_WORDS", 1_000)
    found = read_html(page).hints
    assert 100 * 4 <= len(found.word_hash) <= 1_000
    assert set(found.word_line.tolist()) == set(range(100))


def test_rows_of_nested_tables_are_looked_at_once() -> None:
    assert read_html(NESTED_TABLES).page.lines == ["x"] * 2_000
