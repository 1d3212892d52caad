"""Pages and labelled pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linesift.errors import LabelError
from linesift.labels import Label
from linesift.page import LabelledPage, Page

BODY, SIDEBAR = Label.BODY, Label.SIDEBAR


@given(st.text(st.one_of(st.sampled_from("\n\r\x0b\x0c\x1c\x85\u2028 a"), st.characters(exclude_categories=[]))))
def test_lines_join_to_the_text(text: str) -> None:
    lines = Page(text).lines
    assert "\n".join(lines) == text
    assert len(lines) == text.count("\n") + 1
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ((BODY, None), "p: 3 lines but 2 labels"),
        ((BODY, BODY, BODY), "p:2: a blank line has a label"),
        ((BODY, None, None), "p:3: a line without a label"),
    ],
)
def test_labels_that_do_not_fit(labels: tuple[Label | None, ...], problem: str) -> None:
    with pytest.raises(LabelError) as raised:
        LabelledPage(Page("Rain\n \u2028\nSun", "p"), labels)
    assert str(raised.value) == problem


def test_a_partial_page_may_lack_labels_but_a_blank_line_has_none() -> None:
    page = Page("Rain\n\nSun", "p")
    assert LabelledPage(page, (None, None, BODY), is_partial=True).labels == (None, None, BODY)
    with pytest.raises(LabelError, match="p:2: a blank line has a label"):
        LabelledPage(page, (None, BODY, BODY), is_partial=True)


def test_the_gold_article_is_that_of_the_collection_or_the_body_lines() -> None:
    page = Page(" Rain \n\nMenu\nSun")
    assert LabelledPage(page, (BODY, None, SIDEBAR, BODY)).gold_article == "Rain\nSun"
    assert LabelledPage(page, (BODY, None, SIDEBAR, BODY), article="Rain.").gold_article == "Rain."
    assert LabelledPage(page, (BODY, None, SIDEBAR, BODY), article="").gold_article == ""
