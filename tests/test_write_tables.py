"""TSV, JSON lines and article."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import predict
from linesift.labels import Label
from linesift.page import Page
from linesift.read.html.page import read_html
from linesift.write.tables import article, article_json, clean, jsonl, rows, tsv

PAGE = Page("Menu\r\n\nH Rain\tagain\nT 11 March\nB It rained?\n B \u2028 nested\n", "a b.txt")


def test_rows_are_the_labelled_lines() -> None:
    assert [(row.number, row.label, row.text) for row in rows(predict(PAGE))] == [
        (1, Label.SIDEBAR, "Menu\r"),
        (3, Label.HEADLINE, "H Rain\tagain"),
        (4, Label.TIMESTAMP, "T 11 March"),
        (5, Label.BODY, "B It rained?"),
        (6, Label.SIDEBAR, " B \u2028 nested"),
    ]


def test_tsv() -> None:
    assert "".join(tsv(predict(PAGE))) == (
        "1\tsidebar\t0.9100\tMenu\n"
        "3\theadline\t0.9100\tH Rain again\n"
        "4\ttimestamp\t0.9100\tT 11 March\n"
        "5\tbody\t0.5500\tB It rained?\n"
        "6\tsidebar\t0.9100\t B   nested\n"
    )


def test_tsv_with_path_and_labels() -> None:
    assert list(tsv(predict(PAGE), frozenset({Label.BODY}), with_path=True)) == [
        "a b.txt\t5\tbody\t0.5500\tB It rained?\n"
    ]


@given(st.text(st.characters()))
@settings(derandomize=True)
def test_a_row_is_one_line_of_four_columns_of_utf8(text: str) -> None:
    for row in tsv(predict(Page(text, text)), with_path=True):
        assert len(row.splitlines()) == 1
        assert row.count("\t") == 4
        row.encode()


def test_jsonl_has_the_kind_where_it_is_known() -> None:
    written = json.loads(jsonl(predict(Page("index page", "a.txt"))))
    assert (written["kind"], written["kind_probability"]) == ("index", 0.97)
    unknown = json.loads(jsonl(predict(Page("Menu", "a.txt"))))
    assert (unknown["kind"], unknown["kind_probability"]) == (None, None)


def test_jsonl() -> None:
    assert jsonl(predict(Page("Menü\n\nB It\trained?\r", "a.txt"))) == (
        '{"path": "a.txt", "kind": null, "kind_probability": null, "lines": ['
        '{"line": 1, "label": "sidebar", "probability": 0.91, "text": "Menü"}, '
        '{"line": 3, "label": "body", "probability": 0.55, "text": "B It\\trained?\\r"}]}\n'
    )


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))))
@settings(derandomize=True)
def test_jsonl_is_one_line_and_lossless(lines: list[str]) -> None:
    prediction = predict(Page("\n".join(lines), "p"))
    written = jsonl(prediction)
    assert len(written.splitlines()) == 1
    given_back = {line["line"]: line["text"] for line in json.loads(written.encode())["lines"]}
    assert given_back == {number: line for number, line in enumerate(lines, start=1) if line.strip()}


def test_jsonl_keeps_lone_surrogates() -> None:
    written = jsonl(predict(Page("ü half \ud83d", "\udce9.txt")))
    assert written.isascii()
    assert json.loads(written) == {
        "path": "\udce9.txt",
        "kind": None,
        "kind_probability": None,
        "lines": [{"line": 1, "label": "sidebar", "probability": 0.91, "text": "ü half \ud83d"}],
    }


def test_jsonl_with_hints() -> None:
    html = "<article><h1>H Rain</h1>\n<p>B It <a href=1>rained</a>.</p></article><p>Menu</p>"
    prediction = predict(read_html(html).page)
    lines = json.loads(jsonl(prediction, frozenset({Label.BODY, Label.SIDEBAR}), with_hints=True))["lines"]
    assert [line["text"] for line in lines] == ["B It rained.", "Menu"]
    assert lines[0]["hints"] == {
        "tag": "p",
        "ancestors": ["article"],
        "depth": 2,
        "order": 0.6,
        "siblings": 1,
        "link_share": 0.6,
        "emphasis": 0.0,
        "is_time": False,
        "n_inline": 1,
        "title_share": 0.0,
        "title_cover": 0.0,
        "day_shown": [],
        "n_media": 0,
        "alt_share": 0.0,
        "link_kind": ["site"],
    }
    assert lines[1]["hints"]["ancestors"] == []
    assert "hints" not in jsonl(prediction)
    assert jsonl(predict(PAGE), with_hints=True) == jsonl(predict(PAGE))


def test_article_json() -> None:
    page = Page(
        "H Rain\nT 21 October 2020, 09:20 WIB\nB It rained.\x85", "a.txt", url="https://a.example/", fetched="2020"
    )
    written = article_json(predict(page))
    assert len(written.splitlines()) == 1
    found = json.loads(written)
    assert [found[key] for key in ("path", "url", "date", "headline", "published", "updated", "kind", "entries")] == [
        "a.txt", "https://a.example/", "2020", "H Rain", "2020-10-21T09:20:00+07:00", None, None, [],
    ]  # fmt: skip
    assert found["published_raw"] == "T 21 October 2020, 09:20 WIB"
    assert found["line_numbers"] == {"headline": [1], "published": [2], "updated": [], "body": [3]}


def test_article() -> None:
    page = Page("Menu\nT 11 March\nH Rain\nH again\r\nB It rained.\n\nB And \x1b[31mrained.\nFooter")
    assert article(predict(page)) == "H Rain H again\n\nT 11 March\n\nB It rained.\n\nB And  [31mrained.\n"
    assert article(predict(page), frozenset({Label.HEADLINE, Label.SIDEBAR})) == "H Rain H again\n"
    assert article(predict(Page("Menu\n"))) == ""


@pytest.mark.parametrize(("text", "cleaned"), [("a\rb\r\r", "a b"), ("\x00\x9b2J\x7f", "  2J "), ("ไทย", "ไทย")])
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
