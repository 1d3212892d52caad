"""Scores of pages that were read line by line."""

import numpy as np
import pytest

from linesift.evaluate.read_pages import COLUMNS, count, read_section, score
from linesift.evaluate.sections import Table
from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import LabelledPage, LabelSource, Origin, Page

H, B, T, S = Label
LONG = "The ferry came back to the harbour after four years, and nobody on the quay could believe it."


def pair(*lines: tuple[str, Label | None, Label], site: str = "a.example") -> tuple[LabelledPage, Prediction]:
    """A page from text, gold and predicted label of each line; a gold of `None` is unknown."""
    texts, gold, given = zip(*lines, strict=True)
    page = Page("\n".join(texts), site)
    origin = Origin("c", LabelSource.BY_HAND)
    labelled = LabelledPage(page, gold, site=site, lang="en", origin=origin, is_partial=True)
    probabilities = np.eye(4, dtype=np.float32)[[label.column for label in given]]
    return labelled, Prediction(page, given, probabilities)


def scores(*pairs: tuple[LabelledPage, Prediction]) -> dict[str, float]:
    return dict(zip(COLUMNS, score([count(each) for each in pairs]), strict=True))


RIGHT = pair(("Home", S, S), ("Ferry is back", H, H), (LONG, B, B), ("Photo: Ann", S, S), (f"{LONG} Again.", B, B))


def test_a_page_without_a_wrong_line() -> None:
    found = scores(RIGHT)
    assert {name: found[name] for name in ("in-body", "all right", "exact headline", "article F1")} == {
        "in-body": 1, "all right": 1, "exact headline": 1, "article F1": 1,
    }  # fmt: skip
    assert found["headline"] == found["body"] == found["sidebar"] == 1
    assert np.isnan(found["timestamp"])


def test_only_sidebar_lines_between_body_lines_are_in_body() -> None:
    leaked = pair(("Home", S, B), (LONG, B, B), ("Photo: Ann", S, B), ("Read also", S, S), (LONG, B, B), ("Foot", S, B))
    assert scores(leaked)["in-body"] == 0.5
    assert scores(leaked, RIGHT)["in-body"] == pytest.approx(2 / 3)
    assert scores(leaked, RIGHT)["all right"] == 0.5


def test_lines_whose_label_is_unknown_do_not_count() -> None:
    partial = pair(("Ferry is back", H, H), (LONG, B, B), ("Something else of some words here", None, B), (LONG, B, B))
    found = scores(partial)
    assert (found["all right"], found["article F1"], found["exact headline"]) == (1, 1, 1)


def test_pages_of_which_no_label_is_known_are_not_counted() -> None:
    """None comes over to HTML that has no line in common with the labelled text."""
    unknown = pair(("Home", None, S), (LONG, None, B), site="b.example")
    assert read_section("Read", [unknown]) is None
    assert read_section("Read", [RIGHT]) is not None
    assert repr(read_section("Read", [RIGHT, unknown])) == repr(read_section("Read", [RIGHT]))  # nan is not nan


def test_two_headlines_for_one_are_not_exact() -> None:
    assert scores(pair(("A title", H, H), ("Another", S, H), (LONG, B, B)))["exact headline"] == 0


@pytest.mark.parametrize(
    ("line", "gold", "given", "kind"),
    [
        ("Photo: Ann Lee", S, B, "called body: caption or credit"),
        ("Baca juga: Feri kembali", S, B, "called body: read also"),
        ("Subscribe to our newsletter", S, B, "called body: notice"),
        (LONG, S, B, "called body: sentence inside the article"),
        ("Ann Lee", S, B, "called body: short line inside the article"),
        ("Three journeys", B, S, "body missed: subhead or short line"),
        (LONG, B, S, "body missed: paragraph"),
        ("11 March", T, S, "timestamp missed"),
        ("11 March", S, T, "other line called timestamp"),
        ("A title", H, S, "headline missed"),
        ("A title", S, H, "other line called headline"),
    ],
)
def test_kinds_of_faults(line: str, gold: Label, given: Label, kind: str) -> None:
    found = count(pair((LONG, B, B), (LONG, B, B), (line, gold, given), (LONG, B, B)))
    assert dict(found.faults) == {kind: 1}


def test_kinds_of_faults_by_place() -> None:
    items = [(f"• Item {number}", B, S) for number in range(4)]
    assert dict(count(pair((LONG, B, B), (LONG, B, B), *items)).faults) == {"body missed: list or table": 4}
    assert dict(count(pair((LONG, B, S), (LONG, B, B))).faults) == {"body missed: standfirst or first lines": 1}
    assert dict(count(pair((LONG, S, B))).faults) == {"called body: page without an article": 1}
    above, below = count(pair((LONG, S, B), (LONG, B, B))), count(pair((LONG, B, B), (LONG, S, B)))
    assert dict(above.faults) == {"called body: sentence above it": 1}
    assert dict(below.faults) == {"called body: sentence below it": 1}


def test_the_section_has_all_pages_and_groups_that_are_large_enough() -> None:
    pages = [pair(("Home", S, S), (LONG, B, B), site=f"{number}.example") for number in range(25)]
    section = read_section("Read", pages)
    assert section is not None
    every, collections, languages, faults = (part for part in section.parts if isinstance(part, Table))
    assert every.rows[0][0] == "all"
    assert every.rows[0][-1] == 25
    assert [row[0] for row in collections.rows] == ["c"]
    assert [row[0] for row in languages.rows] == ["en"]
    assert faults.rows == ()
    assert len(every.rows[0]) == len(every.columns) == len(COLUMNS) + 2
    assert set(map(str, LABELS)) < set(COLUMNS)
    assert read_section("None", []) is None
