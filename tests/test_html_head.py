"""What a page says about itself in its head and in JSON-LD."""

import pytest

from linesift.read.html.page import read_html
from test_read_html import PAGE


def test_the_head_is_read_when_asked_for() -> None:
    head = read_html(PAGE).read_head()
    assert (head.title, head.og_title) == ("Ferry sails again | The Harbour", "Ferry sails again")
    assert (head.description, head.canonical, head.lang) == ("After a week.", "https://news.example/f", "en")
    assert (head.published, head.modified) == ("2024-05-01", "")
    assert head.jsonld_headline.split() == ["Ferry", "sails", "again"]
    assert (head.jsonld_body, head.h1) == ("The ferry sails.", ("Ferry sails again",))


@pytest.mark.parametrize(
    "script", ["{", "[1, null]", '{"@type": 3}', '{"@type": "Article", "headline": 4}', "[" * 99_999]
)
def test_a_head_with_broken_json(script: str) -> None:
    head = read_html(f'<title>T</title><script type="application/ld+json">{script}</script>').read_head()
    assert (head.title, head.jsonld_headline, head.published) == ("T", "", "")
