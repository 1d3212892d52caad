"""The format of labelled pages: round trip, and a sentence for everything that can be wrong in it."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinted import ARTICLE
from linesift.errors import InputError, LabelError, MissingExtraError
from linesift.labels import KINDS, LABELS, Label
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.read.html.page import read_html
from linesift.read.labelled import format_page, parse_leniently, parse_page, read_labelled, relabel

GOOD = """\
site: harbour-courier.example
url: https://harbour-courier.example/2024/03/11/ferry
lang: en
kind: article
note: a note: with a colon
----
sidebar   | Home | News

headline  |  Ferry returns
timestamp? | 11 March 2024
body?     | ---- | body | ?
"""

# Every separator that some reader takes for an end of line, and what the format itself is made of.
_LINE = st.text(st.one_of(st.sampled_from(" \t\r\x0b\x0c\x1c\x85\u2028|?-:b"), st.characters()), max_size=12)
_WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12)


@st.composite
def labelled_pages(draw: st.DrawFn) -> LabelledPage:
    text = "\n".join(draw(st.lists(_LINE, max_size=8)))
    page = Page(text, "p.page")
    labels = tuple(draw(st.sampled_from(LABELS)) if line.strip() else None for line in page.lines)
    labelled = [index for index, label in enumerate(labels) if label]
    return LabelledPage(
        page,
        labels,
        site=draw(_WORDS.filter(bool)),
        lang=draw(_WORDS),
        kind=draw(st.sampled_from(KINDS)),
        origin=Origin("pages", LabelSource.BY_HAND),
        url=draw(_WORDS),
        note=draw(_WORDS),
        doubtful=frozenset(draw(st.sets(st.sampled_from(labelled)))) if labelled else frozenset(),
    )


@given(labelled_pages())
@settings(derandomize=True)
def test_round_trip(page: LabelledPage) -> None:
    assert parse_page(format_page(page), "p.page") == page


@given(labelled_pages())
@settings(derandomize=True, max_examples=30)
def test_round_trip_through_an_editor_with_crlf(page: LabelledPage) -> None:
    saved = format_page(page).replace("\n", "\r\n")
    assert parse_page(saved, "p.page") == page


def test_parse() -> None:
    page = parse_page(GOOD, "ferry.page")
    assert page == LabelledPage(
        Page("Home | News\n\n Ferry returns\n11 March 2024\n---- | body | ?", "ferry.page"),
        (Label.SIDEBAR, None, Label.HEADLINE, Label.TIMESTAMP, Label.BODY),
        site="harbour-courier.example",
        lang="en",
        origin=Origin("pages", LabelSource.BY_HAND),
        url="https://harbour-courier.example/2024/03/11/ferry",
        note="a note: with a colon",
        doubtful=frozenset({3, 4}),
    )
    assert format_page(page) == GOOD


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "no line of four dashes"),
        ("site: a\nsidebar   | x\n", 1, "no line of four dashes"),
        ("site: a\nauthor: b\n----\n", 2, "unknown key 'author'; use site, url, lang, kind, note"),
        ("site: a\nlang\n----\n", 2, "a header line without a colon"),
        ("site: a\nsite: b\n----\n", 2, "'site' stands here a second time"),
        ("site: a\nkind: blog\n----\n", 2, "unknown kind 'blog'; use article, live, stub, index"),
        ("lang: en\n----\n", 1, "no site"),
        ("site:\n----\n", 1, "no site"),
        ("site: a\n----\nbdoy      | x\n", 3, "unknown label 'bdoy'; use headline, body, timestamp, sidebar"),
        ("site: a\n----\n\nJust text\n", 4, "no label"),
        ("site: a\n----\nbody      |x\n", 3, "no label"),
        ("site: a\n----\nbody      | \n", 3, "a label without text"),
        ("site: a\n----\nbody      |\n", 3, "a label without text"),
    ],
)
def test_problems_name_file_line_and_remedy(text: str, line: int, problem: str) -> None:
    number, sentence = parse_leniently(text).problems[0]
    assert (number, sentence[: len(problem)]) == (line, problem)
    assert "; " in sentence
    with pytest.raises(LabelError, match=r"^p\.page:\d+: ") as raised:
        parse_page(text, "p.page")
    assert str(raised.value).startswith(f"p.page:{number}: {sentence}")


def test_all_problems_are_listed() -> None:
    text = "author: b\n----\nbdoy | x\ntext\n"
    assert [line for line, _ in parse_leniently(text).problems] == [1, 1, 3, 4]
    with pytest.raises(LabelError, match=r"\(and 3 more\)$"):
        parse_page(text, "p.page")


def test_a_file_without_problems() -> None:
    assert parse_leniently(GOOD).problems == ()
    assert parse_page("site: a\n----\n", "p.page").page.text == ""
    assert parse_page("site: a\n----", "p.page").page.text == ""


def test_header_values_are_folded_and_an_empty_site_is_left_to_fill_in() -> None:
    text = format_page(LabelledPage(Page("x"), (Label.BODY,), note="two\n lines "))
    assert text == "site:\nkind: article\nnote: two lines\n----\nbody      | x\n"
    assert "no site" in parse_leniently(text).problems[0][1]


def test_reads_files_and_directories(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ["b.page", "deep/a.page", "c.txt"]:
        (tmp_path / name).write_text(GOOD, "utf-8")
    pages = read_labelled(tmp_path)
    assert [page.page.source for page in pages] == [str(tmp_path / "b.page"), str(tmp_path / "deep/a.page")]
    assert read_labelled(tmp_path / "b.page") == pages[:1]


def write_ferry(folder: Path) -> tuple[Path, Path]:
    """A labelled page and the HTML that it came from."""
    rows = "".join(f"body      | {line}\n" for line in read_html(ARTICLE).page.lines)
    page, html = folder / "ferry.page", folder / "ferry.html"
    page.write_text(f"site: a.example\nlang: en\n----\n{rows}", "utf-8")
    html.write_text(ARTICLE, "utf-8")
    return page, html


def test_html_beside_a_page_gives_hints(tmp_path: Path) -> None:
    path, html = write_ferry(tmp_path)
    (page,) = read_labelled(tmp_path)
    assert page.page.hints is not None
    assert page.page.hints.equals(read_html(ARTICLE).hints)
    html.unlink()
    (page,) = read_labelled(path)
    assert page.page.hints is None


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("Sport pages", "Sport", 5),
        ("body      | Sport pages\n", "", 5),
        ("About us | Contact", "x\nbody | y", 13),
    ],
)
def test_lines_that_the_html_has_not(tmp_path: Path, old: str, new: str, line: int) -> None:
    path, _ = write_ferry(tmp_path)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(LabelError, match=rf"ferry\.page:{line}: not the line of ferry\.html here; restore it"):
        read_labelled(path)


@given(labelled_pages(), st.randoms(use_true_random=False), st.booleans())
def test_relabel_changes_labels_alone(page: LabelledPage, draw: Random, has_crlf: bool) -> None:
    labels = tuple(label and draw.choice(LABELS) for label in page.labels)
    doubtful = frozenset(index for index, label in enumerate(labels) if label and draw.random() < 0.5)
    end = "\r\n" if has_crlf else "\n"
    text = format_page(page).replace("\n", end)
    expected = replace(page, labels=labels, doubtful=doubtful)
    assert relabel(text, labels, doubtful) == format_page(expected).replace("\n", end)
    assert relabel(text, page.labels, page.doubtful) == text


ROW = {"id": "wire/7.html", "url": "u", "site": "a.example", "kind": "live", "text": "H\n\nB", "note": "n"}
LABELLED_ROW = {**ROW, "labels": ["headline", None, "body"]}


def test_reads_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    rows = [LABELLED_ROW, {"id": "8", "site": "b.example", "text": "B\u2028B", "labels": ["body"], "lang": "id"}]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n", "utf-8")
    assert read_labelled(path) == [
        LabelledPage(
            Page("H\n\nB", "wire/7.html"),
            (Label.HEADLINE, None, Label.BODY),
            site="a.example",
            kind="live",
            origin=Origin("wire", LabelSource.BY_HAND),
            url="u",
            note="n",
        ),
        LabelledPage(
            Page("B\u2028B", "8"),
            (Label.BODY,),
            site="b.example",
            lang="id",
            origin=Origin("gold", LabelSource.BY_HAND),
        ),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        (json.dumps(ROW), "no list 'labels'"),
        (json.dumps({**LABELLED_ROW, "site": ""}), "no 'site'"),
        (json.dumps({**LABELLED_ROW, "text": 7}), "'text' is not a string"),
        (json.dumps({**LABELLED_ROW, "kind": "blog"}), "unknown kind 'blog'"),
        (json.dumps({**LABELLED_ROW, "labels": ["headline", None, "text"]}), "unknown label"),
        (json.dumps({**LABELLED_ROW, "doubtful": ["1"]}), "'doubtful' is not a list"),
        (json.dumps({**LABELLED_ROW, "html": "<p>Other"}), "'text' is not the text of 'html'"),
        (json.dumps({**LABELLED_ROW, "labels": ["headline", None]}), "3 lines but 2 labels"),
        (json.dumps({**LABELLED_ROW, "labels": ["headline", "body", "body"]}), "a blank line has a label"),
    ],
)
def test_bad_rows_name_their_line(tmp_path: Path, row: str, problem: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(LABELLED_ROW)}\n{row}\n", "utf-8")
    with pytest.raises(LabelError) as raised:
        read_labelled(path)
    assert str(raised.value).startswith(f"{path}:2: ")
    assert problem in str(raised.value)


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "c.txt").touch()
    for path, problem in [
        (tmp_path, "no labelled pages"),
        (tmp_path / "c.txt", "labelled pages are"),
        (tmp_path / "none", "no such file"),
        (tmp_path / "none.page", "no such file"),
    ]:
        with pytest.raises(InputError, match=problem):
            read_labelled(path)


def test_labels_do_not_stand_on_replaced_text(tmp_path: Path) -> None:
    path = tmp_path / "a.page"
    path.write_bytes(b"site: a\n----\nbody      | caf\xe9\n")
    with pytest.raises(LabelError, match="line 3 is not valid utf-8; save the file as UTF-8"):
        read_labelled(path)


def test_a_file_of_many_labelled_pages_has_no_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linesift.read.text.MAX_PAGE", 100)
    path = tmp_path / "many.jsonl"
    row = {"site": "a.example", "text": "Rain\nIt rained.", "labels": ["headline", "body"]}
    path.write_text("".join(f"{json.dumps(row | {'id': str(n)})}\n" for n in range(5)), "utf-8")
    assert path.stat().st_size > 300
    assert len(read_labelled(path)) == 5


def test_without_a_parser_a_page_is_plain_text_only_if_html_is_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own pages come with the wheel, some with their HTML, and `linesift adapt` needs no extra."""

    def fail(*_: object) -> None:
        raise MissingExtraError("reading HTML needs selectolax")

    (tmp_path / "ferry.page").write_text("site: a.example\n----\nheadline  | Ferry is back\n")
    (tmp_path / "ferry.html").write_text("<h1>Ferry is back</h1>")
    (with_parser,) = read_labelled(tmp_path)
    monkeypatch.setattr("linesift.read.labelled.read_page", fail)
    with pytest.raises(MissingExtraError):
        read_labelled(tmp_path)
    (without,) = read_labelled(tmp_path, needs_html=False)
    assert (with_parser.page.has_hints, without.page.has_hints) == (True, False)
    assert with_parser.labels == without.labels
