"""Scores as pictures."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from fakes import predict
from linesift.evaluate import pictures
from linesift.evaluate.evaluate import Report, evaluate
from linesift.evaluate.sections import Picture
from linesift.labels import LABELS, Label
from linesift.page import LabelledPage, Page

B, S = Label.BODY, Label.SIDEBAR


@pytest.fixture(scope="module")
def report() -> Report:
    pages = [
        LabelledPage(Page("B one\nB two\nmenu"), (B, S, S), lang="en"),
        LabelledPage(Page("B ett?\nmeny"), (B, S), lang="sv"),
        LabelledPage(Page("B uno"), (B,), lang="es & <co>"),
    ]
    return evaluate(pages, [predict(page.page) for page in pages])


def texts(picture: Picture) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(picture.svg).iter() if each.tag.endswith("}text")]  # noqa: S314


DRAW = [pictures.confusion, pictures.calibration, pictures.languages]


@pytest.mark.parametrize("draw", DRAW)
def test_pictures_stand_alone_and_take_the_page_s_colours(draw: Callable[[Report], Picture], report: Report) -> None:
    svg = draw(report).svg
    assert svg == draw(report).svg
    assert svg.startswith('<svg role="img" aria-label="')
    styles = [each.get("style") or "" for each in ET.fromstring(svg).iter() if each.tag.endswith("}text")]  # noqa: S314
    assert len(styles) > 5
    assert all("fill: currentColor" in style for style in styles)  # what has no colour is black, on dark ground too
    assert not re.search(r"(?:href|src)=\"(?!#)|url\((?!#)|#000000|#ffffff|DejaVu", svg)


def test_confusion(report: Report) -> None:
    found = texts(pictures.confusion(report))
    assert set(LABELS) <= set(found)
    assert found.count("100.0%") == 1  # all three body lines
    assert found.count("33.3%") == found.count("66.7%") == 1  # one of three sidebar lines is called body


def test_calibration(report: Report) -> None:
    assert {"probability", *LABELS} <= set(texts(pictures.calibration(report)))


def test_languages_by_their_number_of_pages(report: Report) -> None:
    found = texts(pictures.languages(report))
    names = [text for text in found if text in report.by_language]
    assert names == ["en", "es & <co>", "sv"]
    assert f"{report.by_language['en'].f1:.3f}" in found


def test_a_report_of_no_lines() -> None:
    page = LabelledPage(Page(""), (None,))
    empty = evaluate([page], [predict(page.page)])
    assert all(draw(empty).svg for draw in DRAW)
