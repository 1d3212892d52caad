"""The compiled reader gives the lines and hints of the walk, whatever the page."""

import re
from dataclasses import fields
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from htmlpieces import PAGES, PIECES
from linesift.fast import Choice, Sizes
from linesift.hints import Hints
from linesift.read.html import fast, limits
from linesift.read.html.encoding import to_utf8
from linesift.read.html.limits import limit_markup
from linesift.read.html.plain import read_plain

numba = pytest.importorskip("numba")
read_compiled = import_module("linesift.read.html.compiled.reader").read_compiled
module = import_module("linesift.read.html.compiled.bounds")
is_ordinary = module.is_ordinary


def _read_both(html: bytes) -> tuple[tuple[str, Hints] | None, tuple[str, Hints]]:
    tree = LexborHTMLParser(html, scripting=True)
    return read_compiled(tree, html), read_plain(tree, html)


def _differences(html: bytes) -> list[str]:
    found, expected = _read_both(html)
    if found is None:
        return []
    if found[0] != expected[0]:
        return ["text"]
    pairs = ((f.name, getattr(found[1], f.name), getattr(expected[1], f.name)) for f in fields(Hints))
    return [name for name, own, other in pairs if own.dtype != other.dtype or not np.array_equal(own, other)]


@pytest.mark.parametrize("html", PAGES)
def test_pages_are_read_as_the_walk_reads_them(html: str) -> None:
    assert read_compiled(LexborHTMLParser(html.encode(), scripting=True), html.encode()) is not None
    assert not _differences(html.encode())


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_pieces_of_markup_in_any_order_are_read_as_the_walk_reads_them(html: str) -> None:
    assert not _differences(html.encode("utf-8", "replace"))


@given(st.text(alphabet="<>/=\"'!-&; \n\tab1éß\u3000\xa0\xad\u2028٣p", max_size=60))
def test_any_characters_are_read_as_the_walk_reads_them(text: str) -> None:
    assert not _differences(text.encode())
    assert not _differences(f"<p class='a{text}'>b<a href={text!r}>{text}</a><b style='{text}'>c".encode())


@pytest.mark.parametrize(
    "html",
    [
        "<plaintext>a</plaintext>b",
        "<xmp>a &amp; <b>b</xmp>c",
        "<frameset><frame></frameset>",
        "<math><link>a</link></math>b",
        "<svg><style>&lt;/style>&lt;/svg>&lt;p>a&lt;/p>&lt;svg>&lt;style></style></svg><p>b",
        "<template><svg><style>&lt;</style></svg></template>a",
        f"<p>a<noscript>{'A line that nobody sees without scripts. ' * 20}</noscript>",
    ],
)
def test_what_the_parser_writes_ambiguously_is_left_to_the_walk(html: str) -> None:
    assert _read_both(html.encode())[0] is None


def test_hidden_text_is_read_where_it_is_most_of_the_page() -> None:
    html = f"<p>a</p><div hidden><p>{'An article that a script shows. ' * 20}</p></div>".encode()
    found, _ = _read_both(html)
    assert found is not None
    assert found[0].count("\n") == 1
    assert not _differences(html)


def test_a_page_of_many_megabytes_is_read_as_the_walk_reads_it() -> None:
    html = ("<table><tr>" + "<td>a<td class=b>b" * 10 + "</table><p>" + "<i class=x>a</i><b>b</b> " * 50) * 300
    assert not _differences(html.encode())


def test_the_walk_reads_the_first_pages_and_the_compiled_reader_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "READER", Choice(fast.load, fast.READER._is_kept, Sizes(100, 200)))
    html = b"<p>" + b"a" * 70
    tree = LexborHTMLParser(html, scripting=True)
    read = [fast.read_fast(tree, html) is not None for _ in range(4)]
    assert read[0] is False
    assert read[3] is True


def test_a_reader_that_reads_its_test_page_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "read_plain", lambda tree, html: ("other", read_plain(tree, html)[1]))
    assert fast.load() is None


@pytest.mark.parametrize(
    "html",
    [
        "<p>a",
        f"<p {'a ' * 40_000}>",
        f"<p {'a ' * 300_000}>",
        "<a>b</a ><p " + "a='>' " * 100_000 + ">",
        f"<p title='{'>' * 70_000}'>",
        f"a<b'{'>' * 70_000}",
        "<option>" * 6_000,
        "<b>" * 2_000 + "<p>" * 500,
        "<B/>" * 2_000 + "</b>" * 500,
        "<big>a</big>" * 20,
        "<" * 30_000,
        "&#10;" * 250_000,
    ],
)
def test_a_page_is_ordinary_only_if_nothing_of_it_is_bounded(html: str) -> None:
    limited, cut = limit_markup(html.encode())
    if is_ordinary(html.encode()):
        assert (limited, cut) == (html.encode(), "")


@given(st.lists(st.sampled_from(bytes.fromhex("80 8f 90 9f a0 bf c0 c2 e0 ed f0 f4 f5 1b 24 3c 61")), max_size=12))
def test_only_utf8_is_ordinary(codes: list[int]) -> None:
    data = bytes(codes)
    if is_ordinary(data):
        assert to_utf8(data) == data
    elif b"\x1b" not in data:
        assert to_utf8(data) != data


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"<\0", b"\0<", b"\xff\xfe", b"\x1b$B"])
def test_pages_of_other_encodings_are_not_ordinary(start: bytes) -> None:
    assert not is_ordinary(start + b"a")


@given(
    st.lists(st.sampled_from(["STRASSE ΐ", "ﬃ İ straße", "𐐀𐐨 ǅ", "ΣίσυφοΣ ferry"])),
    st.sampled_from(["Straße ffi", "ǆ 𐐨𐐨", "σίσυφος Ferry &amp; co"]),
)
def test_lines_are_compared_with_titles_in_letters_of_any_case(lines: list[str], title: str) -> None:
    assert not _differences(f"<title>{title}</title><p>{'<p>'.join(lines)}".encode())


@pytest.mark.parametrize("n_before", range(18))
def test_days_of_json_are_found_anywhere(n_before: int) -> None:
    line = "<p>6.5.2024 10:20<p>2 1 2023"
    for key, day in (("datePublished", "2024-05-06T10:20"), ("dateModified", "2023-01-02")):
        for page in (f'"{key}" : "{day}"{line}', f'{line}<p>"{key}":"{day}"'):
            html = ("x" * n_before + page).encode()
            found = _read_both(html)[0]
            assert found is not None
            assert found[1].day_shown.any()
            assert not _differences(html)
    assert not _differences(f'{"x" * n_before}"dateModified":"{line}"datePublished":"20'.encode())


def test_ordinary_pages_are_told() -> None:
    assert all(is_ordinary(page.encode()) for page in PAGES)
    assert is_ordinary("<p>A line of letters: ä, €, 𝄞, 水".encode())
    assert is_ordinary(b"<p>" + b"A long page of few tags.\n" * 40_000)


@given(st.lists(st.sampled_from([*PIECES, "<b", "<option ", "'", '"', "<em\n"]), max_size=40).map("".join))
def test_nothing_is_bounded_of_an_ordinary_page(html: str) -> None:
    bounds = {"MAX_TAGS": 12, "LONG_TAG": 30, "MAX_OPTIONS": 1, "MAX_COPIES": 20, "FEWEST_OPEN": 1, "MAX_LINE_ENDS": 2}
    data = html.encode("utf-8", "replace")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bounds.items():
            patch.setattr(limits, name, value)
        patch.setattr(limits, "LONG_PAGE", 0)
        patch.setattr(limits, "_SHORT_TAGS", re.compile(rb"(?:[^<]++|<(?![a-zA-Z]))*+"))
        patch.setattr(limits, "_MAX_ATTRIBUTES", 1)
        patch.setattr(module, "_BOUNDS", module._bounds())
        if is_ordinary(data):
            assert limit_markup(data) == (data, "")
