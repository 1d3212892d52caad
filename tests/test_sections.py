"""Reports as Markdown, JSON and HTML."""

import json

from linesift.evaluate.sections import Picture, Section, Table, as_html, as_json, markdown
from test_html_report import Reader

SECTIONS = (
    Section("", ("Two sites.",)),
    Section(
        "Labels",
        (
            Picture("<svg><title>drawn</title></svg>", "A drawing & more"),
            Table(("label", "F1", "lines"), (("body", 0.91234567, 12), ("a|b <i>", 1.0, 3))),
            "That <b>was</b> it.",
        ),
    ),
    Section("Empty", (Table(("page",), ()),)),
)


def test_markdown() -> None:
    assert "\n".join(markdown("Scores", SECTIONS)) == (
        "# Scores\n\nTwo sites.\n\n## Labels\n\n| label | F1 | lines |\n|---|---|---|\n| body | 0.9123 | 12 |\n"
        "| a\\|b <i> | 1.0000 | 3 |\n\nThat <b>was</b> it.\n\n## Empty\n\n| page |\n|---|"
    )


def test_json() -> None:
    found = json.loads(as_json("Scores", SECTIONS))
    assert list(found["sections"]) == ["Scores", "Labels", "Empty"]
    assert found["sections"]["Scores"] == {"text": ["Two sites."], "tables": []}
    assert found["sections"]["Labels"]["tables"][0][0] == {"label": "body", "F1": 0.9123, "lines": 12}


def test_html() -> None:
    read = Reader("".join(as_html("Scores </title>", SECTIONS)))
    assert read.texts("h1") == ["Scores </title>"]
    assert read.texts("h2") == ["Labels", "Empty"]
    assert read.texts("td") == ["body", "0.9123", "12", "a|b <i>", "1.0000", "3"]
    assert read.texts("p") == ["Two sites.", "That <b>was</b> it."]
    assert read.texts("figcaption") == ["A drawing & more"]
    assert [given.get("class") for tag, given, _ in read.elements if tag == "th"] == [None, "number", "number", None]
