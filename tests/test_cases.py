"""Small invented pages that came out wrong once, as text and as HTML, with the right label of every line.

A page that the shipped model still gets wrong is a strict expected failure: when a change mends it, its name leaves the
list.
"""

from pathlib import Path

import pytest

import linesift
from linesift.page import Page
from linesift.read.html.page import read_html

CASES = Path(__file__).parent / "data" / "cases"
STILL_WRONG = frozenset(
    [
        "box_fr",
        "cap_en",
        "cap_ko",
        "cookie_en",
        "date_noyear_ru",
        "date_split_zh",
        "h_box_zh",
        "h_byl_es",
        "h_cap_zh",
        "h_embed_ja",
        "list_es",
        "list_letters_en",
        "list_zh",
        "rel_de",
        "rel_teaser_de",
        "tail_pl",
    ]
)
NAMES = sorted(path.stem for path in CASES.glob("*.labels"))


def read(name: str) -> Page:
    html = CASES / f"{name}.html"
    return read_html(html.read_bytes()).page if html.is_file() else Page((CASES / f"{name}.txt").read_text("utf-8"))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xfail(strict=True) if name in STILL_WRONG else ()) for name in NAMES]
)
def test_labels(name: str) -> None:
    expected = (CASES / f"{name}.labels").read_text("utf-8").split()
    assert [str(label) for label in linesift.load().classify(read(name)).labels if label is not None] == expected


def test_every_name_is_a_case() -> None:
    assert set(NAMES) >= STILL_WRONG
