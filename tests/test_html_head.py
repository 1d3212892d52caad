"""What a page says about itself in its head and in JSON-LD."""

import pytest

import linesift
from linesift.hints import Head
from linesift.page import Page
from linesift.read.html import head as head_module
from linesift.read.html import page as module
from linesift.read.html.page import read_html
from test_read_html import PAGE


def head_of(html: str) -> Head:
    head = read_html(html).page.head
    assert head is not None
    return head


def test_the_head_is_read_when_asked_for() -> None:
    head = head_of(PAGE)
    assert (head.title, head.og_title) == ("Ferry sails again | The Harbour", "Ferry sails again")
    assert (head.description, head.canonical, head.lang) == ("After a week.", "https://news.example/f", "en")
    assert (head.published, head.modified) == ("2024-05-01", "")
    assert head.jsonld_headline.split() == ["Ferry", "sails", "again"]
    assert head.h1 == ("Ferry sails again",)


def test_labels_do_not_wait_for_the_head_and_an_article_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []

    def read_head(tree: object) -> Head:
        read.append(tree)
        return Head(author="Ann Lee")

    monkeypatch.setattr(module, "read_head", read_head)
    prediction = linesift.load().classify(read_html(PAGE).page)
    assert not read
    assert prediction.article().author == "Ann Lee"
    assert len(read) == 1


def test_plain_text_has_no_head() -> None:
    assert Page("Ferry").head is None


@pytest.mark.parametrize(
    "script", ["{", "[1, null]", '{"@type": 3}', '{"@type": "Article", "headline": 4}', "[" * 99_999]
)
def test_a_head_with_broken_json(script: str) -> None:
    head = head_of(f'<title>T</title><script type="application/ld+json">{script}</script>')
    assert (head.title, head.jsonld_headline, head.published) == ("T", "", "")


def test_names_in_each_other_without_end() -> None:
    names = "[" * 400 + '"Ann Lee"' + "]" * 400
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {names}}}</script>'
    assert head_of(script + "<p>x").author == ""
    one = script.replace("[" * 399, "").replace("]" * 399, "")
    assert head_of(one + "<p>x").author == "Ann Lee"


def test_elements_in_each_other_are_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<abbr title='14 June'>" * 40 + "<h1>Ferry <b>sails</b> again</h1>" + "x" * 100
    assert head_of(page).h1 == ("Ferry sails again",)
    monkeypatch.setattr(head_module, "_MAX_READ", 2_000)
    found = head_of(page)
    assert found.h1 == ()
    assert {date.text for date in found.dates} == {"14 June"}
