"""What a page says about itself in its head and in JSON-LD."""

from dataclasses import replace

import pytest

import linesift
from linesift.hints import Head
from linesift.page import Page
from linesift.read.html import page as module
from linesift.read.html.page import read_html
from test_read_html import PAGE


def test_the_head_is_read_when_asked_for() -> None:
    head = read_html(PAGE).read_head()
    assert (head.title, head.og_title) == ("Ferry sails again | The Harbour", "Ferry sails again")
    assert (head.description, head.canonical, head.lang) == ("After a week.", "https://news.example/f", "en")
    assert (head.published, head.modified) == ("2024-05-01", "")
    assert head.jsonld_headline.split() == ["Ferry", "sails", "again"]
    assert (head.jsonld_body, head.h1) == ("The ferry sails.", ("Ferry sails again",))


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


def test_the_head_of_a_page_is_that_of_its_html() -> None:
    found = read_html(PAGE)
    assert found.page.head == replace(found.read_head(), jsonld_body="")
    assert Page("Ferry").head is None


@pytest.mark.parametrize(
    "script", ["{", "[1, null]", '{"@type": 3}', '{"@type": "Article", "headline": 4}', "[" * 99_999]
)
def test_a_head_with_broken_json(script: str) -> None:
    head = read_html(f'<title>T</title><script type="application/ld+json">{script}</script>').read_head()
    assert (head.title, head.jsonld_headline, head.published) == ("T", "", "")
