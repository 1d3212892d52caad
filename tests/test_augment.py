"""The same page in other manners of rendering."""

import pytest

from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.train.augment import Manner, rendered, varied

H, B, T, S = Label

TEXT = "  • Home\n\n\nFerry returns\n 3. First - point\n•\n"
LABELS = (S, None, None, H, B, S, None)


@pytest.fixture
def page() -> LabelledPage:
    return LabelledPage(Page(TEXT, "a"), LABELS, site="a.example", doubtful=frozenset({3}))


@pytest.mark.parametrize(
    ("manner", "text"),
    [
        (Manner.AS_IS, TEXT),
        (Manner.DENSE, "  • Home\nFerry returns\n 3. First - point\n•"),
        (Manner.BARE, "Home\n\n\nFerry returns\nFirst - point\n•\n"),
        (Manner.SPACED, "  • Home\n\nFerry returns\n\n 3. First - point\n\n•\n"),
        (Manner.PLAIN, "Home\nFerry returns\nFirst - point\n•"),
    ],
)
def test_text(page: LabelledPage, manner: Manner, text: str) -> None:
    assert rendered(page, manner).page.text == text


@pytest.mark.parametrize("manner", Manner)
def test_no_line_is_lost_and_every_label_kept(pages: list[LabelledPage], manner: Manner) -> None:
    for page in pages:
        given = rendered(page, manner)  # a page that does not fit its labels is refused as it is made
        assert [label for label in given.labels if label] == [label for label in page.labels if label]
        assert given.gold_article.count("\n") == page.gold_article.count("\n")
        assert (given.site, given.page.source) == (page.site, page.page.source)


def test_varied_is_the_same_on_every_run(pages: list[LabelledPage]) -> None:
    once = varied(pages)
    assert [page.page.source for page in once] == [page.page.source for page in pages]
    assert once == varied(pages)
    assert sum(new.page.text != old.page.text for new, old in zip(once, pages, strict=True)) > len(pages) / 4


@pytest.mark.parametrize("manner", Manner)
def test_page_without_text(manner: Manner) -> None:
    page = LabelledPage(Page("\n \n", "a"), (None, None, None), site="a.example")
    assert rendered(page, manner) is page
