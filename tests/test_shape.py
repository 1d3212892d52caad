"""What is said about texts that have not one block of the page on each line."""

import textwrap
from pathlib import Path

import pytest

from linesift.page import LabelledPage
from linesift.read.labelled import read_labelled
from linesift.read.shape import shape_problem

ARTICLE = """Home
News
Sport
Ferry returns to Larkhaven harbour after a winter of repairs
Published 14 March 2024, 09:20
The ferry between Larkhaven and the island of Sorrel will sail again from Monday, the harbour office said on Thursday.
The ship spent eleven weeks in dry dock, where its engine and both ramps were replaced at a cost of two million crowns.
"We had hoped to be back by February," said harbour master Per Olin, "but the steel for the ramps arrived late."
During the winter a smaller boat carried passengers only, and the island's two shops had their goods flown in. Fares \
stay as they were, but the last sailing of the evening now leaves a quarter of an hour later than it did in autumn.
The council had set money aside for a second ship. It will decide in May whether that is still needed, Olin said, and \
islanders can write to the harbour office until then. About four hundred people live on Sorrel in winter, three times \
as many in July and August, when the ferry sails every hour from seven in the morning until ten at night.
"""
CHINESE = "渡船公司周四表示，经过十一周的维修之后，往返于港口与海岛之间的渡船将于下周一恢复航行，票价保持不变。" * 9


@pytest.fixture(scope="module")
def own_pages() -> list[LabelledPage]:
    return read_labelled(Path(__file__).parent.parent / "data" / "pages", needs_html=False)


def broken(text: str, width: int) -> str:
    return "\n".join(piece for line in text.split("\n") for piece in textwrap.wrap(line, width) or [""])


def test_pages_with_one_block_a_line_are_fine(own_pages: list[LabelledPage]) -> None:
    assert {page.source: problem for page in own_pages if (problem := shape_problem(page.page.text))} == {}


@pytest.mark.parametrize("width", [40, 60, 72, 80])
def test_a_text_broken_at_a_fixed_width(width: int) -> None:
    for text in (ARTICLE, ARTICLE.replace("Home", "https://news.example/" + "a" * 150)):
        assert "its lines are broken at" in (shape_problem(broken(text, width)) or "")
    assert shape_problem(ARTICLE) is None


def test_a_text_without_spaces_broken_at_a_fixed_width() -> None:
    lines = [CHINESE[start : start + 40] for start in range(0, len(CHINESE), 40)]
    assert shape_problem("\n".join(lines)) == (
        "its lines are broken at 40 characters; join those of each paragraph into one line"
    )
    assert shape_problem("渡船恢复航行\n" + CHINESE) is None


def test_a_text_on_one_line(own_pages: list[LabelledPage]) -> None:
    joined = " ".join(max((page.page.text for page in own_pages), key=len).split())
    assert (shape_problem(joined) or "").startswith("all its text is on one line")
    assert shape_problem(joined[:400]) is None
    assert shape_problem("") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntitle: Rain\ndate: 2024-06-14\n---\nIt rained.\n", "lines 1 to 4 are front matter"),
        ("+++\r\ntitle = 'Rain'\r\n+++\r\nIt rained.\r\n", "lines 1 to 3 are front matter"),
        ('{"text": "Rain"}\n', "this looks like JSON; name it .json"),
        ("<div><p>Rain</p>\n<p>It rained</p></div>\n" * 2, "its text is full of HTML tags; name it .html"),
    ],
)
def test_other_builds(text: str, problem: str) -> None:
    assert (shape_problem(text) or "").startswith(problem)


@pytest.mark.parametrize("text", ["---\nRain\nIt rained.\n", "Rain\n---\nIt rained.\n---\n", "a </p> b\n" * 4])
def test_what_only_looks_like_them(text: str) -> None:
    assert shape_problem(text) is None
