"""Pages made from articles for the model of page kinds."""

import re
from dataclasses import replace

import numpy as np
import pytest

from hinted import hinted
from linesift.labels import Kind, Label
from linesift.page import LabelledPage, Origin, Page
from linesift.train import synthetic
from linesift.train.synthetic import synthetic_pages

MENU = [f"Menu item {number}" for number in range(12)]


def article(name: str, n_body: int = 10, site: str = "a.example") -> LabelledPage:
    lines = [
        *MENU,
        f"Title {name}",
        "21 October 2024",
        *(f"Paragraph {n} {name}." for n in range(n_body)),
        f"Foot {name}",
    ]
    labels = [*[Label.SIDEBAR] * 12, Label.HEADLINE, Label.TIMESTAMP, *[Label.BODY] * n_body, Label.SIDEBAR]
    return LabelledPage(Page("\n".join(lines), name), tuple(labels), site=site, origin=Origin("c"), article="gold")


def of_kind(pages: list[LabelledPage], kind: Kind) -> list[LabelledPage]:
    return [page for page in pages if page.kind == kind]


@pytest.fixture(autouse=True)
def every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub and a live page of every article that is long enough."""
    monkeypatch.setattr(synthetic, "_ONE_STUB_IN", 1)
    monkeypatch.setattr(synthetic, "_ONE_LIVE_IN", 1)


def test_a_section_is_the_surroundings_of_a_site_with_what_they_share_once() -> None:
    pages = [article("one"), article("two"), article("other", site="b.example")]
    first, second = of_kind(synthetic_pages(pages), Kind.INDEX)
    assert first.page.lines == [*MENU, "Foot one", "Foot two"]
    assert second.page.lines == [*MENU, "Foot other"]
    assert set(first.labels) == {Label.SIDEBAR}
    assert (first.site, first.origin.collection, first.gold_article) == ("a.example", "c", "")


def test_a_line_that_a_page_has_twice_stays_twice() -> None:
    page = article("one")
    again = replace(page, page=Page(page.page.text + "\nFoot one", "x"), labels=(*page.labels, Label.SIDEBAR))
    (section,) = of_kind(synthetic_pages([again]), Kind.INDEX)
    assert section.page.lines[-2:] == ["Foot one", "Foot one"]


def test_a_stub_has_at_most_two_lines_of_its_body() -> None:
    stubs = of_kind(
        synthetic_pages([article(str(number), site=f"{number}.example") for number in range(12)]), Kind.STUB
    )
    assert {page.labels.count(Label.BODY) for page in stubs} == {0, 1, 2}
    assert all(page.labels.count(Label.SIDEBAR) == 13 and page.labels[12] is Label.HEADLINE for page in stubs)
    assert not of_kind(synthetic_pages([article("short", n_body=3)]), Kind.STUB)


def test_a_live_page_has_times_between_its_paragraphs_each_earlier() -> None:
    pages = of_kind(
        synthetic_pages([article(str(number), site=f"{number}.example") for number in range(30)]), Kind.LIVE
    )
    assert len(pages) == 30
    for page in pages:
        given = list(zip(page.page.lines, page.labels, strict=True))
        times = [line for line, label in given[14:] if label is Label.TIMESTAMP]
        assert 3 <= len(times) <= 10
        assert [line for line, label in given if label is Label.BODY] == [
            f"Paragraph {n} {page.page.source.removesuffix('#live')}." for n in range(10)
        ]
        assert all(re.search(r"\d", line) for line in times)
    clocks = [re.findall(r"^(\d\d):(\d\d)$", "\n".join(page.page.lines), re.MULTILINE) for page in pages]
    assert any(clocks)
    assert all(found == sorted(found, reverse=True) for found in clocks)


def test_hints_go_with_their_lines() -> None:
    page = article("one")
    with_hints = replace(page, page=hinted(page.page.text, 3))
    hints = with_hints.page.hints
    assert hints is not None
    section, stub = synthetic_pages([with_hints])
    assert section.page.hints is not None
    assert stub.page.hints is not None
    kept = [index for index, label in enumerate(page.labels) if label is Label.SIDEBAR]
    np.testing.assert_array_equal(section.page.hints.path, hints.path[kept])
    assert stub.page.hints.n_lines == len(stub.labels)


def test_other_pages_make_none_and_every_run_is_the_same() -> None:
    pages = [article("one"), replace(article("two"), kind=Kind.LIVE), replace(article("three"), kind=Kind.INDEX)]
    found = synthetic_pages(pages)
    assert {page.page.source.partition("#")[0] for page in found} == {"one"}
    assert synthetic_pages(pages) == found
