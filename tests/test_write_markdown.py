"""Articles as Markdown."""

import numpy as np
import pytest

from linesift.hints import ANCESTORS, TAGS, no_hints
from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.write.markdown import escape, markdown

H, B, T, S = LABELS


def predict(labels: list[Label | None], page: Page) -> Prediction:
    return Prediction(page, tuple(labels), np.zeros((len(labels), 4), np.float32))


def test_plain_text_gives_paragraphs_and_lists() -> None:
    page = Page("Menu\nRain *again*\n\n3 May 2024\nIt rained.\n• north\n• south\nAnd then not.\nFooter")
    prediction = predict([S, H, None, T, B, B, B, B, S], page)
    assert markdown(prediction) == (
        "# Rain \\*again\\*\n\n*3 May 2024*\n\nIt rained.\n\n- north\n- south\n\nAnd then not.\n"
    )


def test_markup_gives_subheads_items_and_quotations() -> None:
    hints = no_hints(4)
    hints.tag[:] = [TAGS.index(name) for name in ("p", "h2", "li", "p")]
    hints.ancestors[3] = 1 << ANCESTORS.index("blockquote")
    page = Page("One.\nTwo\nThree\nFour.", hints=hints)
    assert markdown(predict([B, B, B, B], page)) == "One.\n\n## Two\n\n- Three\n\n> Four.\n"


def test_numbers_of_items_and_two_quotations() -> None:
    page = Page("Take\n1. salt\n2) water.\nThen wait, all the night long.\n“One.”\n“Two.”")
    assert markdown(predict([B] * 6, page)) == (
        "Take\n\n1. salt\n2. water.\n\nThen wait, all the night long.\n\n> “One.”\n>\n> “Two.”\n"
    )


def test_items_whose_numbers_do_not_follow_each_other_are_no_numbered_list() -> None:
    hints = no_hints(6)
    hints.tag[:] = TAGS.index("li")
    page = Page("3. Mai: Start\n20. Juni: Pause\nEnde\n1. Ann\n2. Bob\n3. Cy", hints=hints)
    assert markdown(predict([B] * 6, page)) == (
        "- 3\\. Mai: Start\n- 20\\. Juni: Pause\n- Ende\n1. Ann\n2. Bob\n3. Cy\n"
    )


def test_entries_of_a_live_page() -> None:
    page = Page("Live\n3 May 2024\nAll.\n11:05\nPool saved\nBy one vote.\n10:20\nTwo.\n9:01\nOne.")
    assert markdown(predict([H, T, B, T, B, B, T, B, T, B], page)) == (
        "# Live\n\n*3 May 2024*\n\nAll.\n\n**11:05**\n\n## Pool saved\n\nBy one vote.\n\n"
        "**10:20**\n\nTwo.\n\n**9:01**\n\nOne.\n"
    )


def test_page_without_article_is_empty() -> None:
    assert markdown(predict([S, None], Page("Menu\n"))) == ""


@pytest.mark.parametrize(
    ("text", "written"), [("- a", "\\- a"), ("1) a", "1\\) a"), ("2024 was", "2024 was"), ("a_b <c>", "a\\_b \\<c>")]
)
def test_text_stays_as_it_is(text: str, written: str) -> None:
    assert escape(text) == written
