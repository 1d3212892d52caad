"""Scores as pictures."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

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
    found = texts(pictures.calibration(report))
    assert {"probability of the label", "body: 3 lines", "sidebar: 3 lines", "headline: 0 lines"} <= set(found)


def test_points_of_few_lines_are_not_joined(report: Report) -> None:
    """Each label has the dotted line, an interval and a point for each tenth with lines, and what joins two of them."""

    def n_lines(points: list[tuple[float, float, int]]) -> int:
        labels = {label: replace(each, curve=points) for label, each in report.calibration.items()}
        return pictures.calibration(replace(report, calibration=labels)).svg.count("fill: none; stroke")

    few, many = n_lines([(0.2, 0.1, 4), (0.8, 0.9, 49), (0.9, 1.0, 80)]), n_lines([(0.2, 0.1, 60), (0.8, 0.9, 50)])
    assert few - n_lines([]) == 4 * 3
    assert many - n_lines([]) == 4 * (2 + 1)


def test_languages_by_their_number_of_pages(report: Report) -> None:
    found = texts(pictures.languages(report))
    names = [text for text in found if text in report.by_language]
    assert names == ["en", "es & <co>", "sv"]
    assert f"{report.by_language['en'].f1:.3f}" in found


def test_a_report_of_no_lines() -> None:
    page = LabelledPage(Page(""), (None,))
    empty = evaluate([page], [predict(page.page)])
    assert all(draw(empty).svg for draw in DRAW)
