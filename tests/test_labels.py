"""The four labels and their order."""

import json

import pytest

from linesift.labels import LABELS, Label


def test_the_order_that_every_array_follows() -> None:
    assert [str(label) for label in LABELS] == ["headline", "body", "timestamp", "sidebar"]
    assert [label.column for label in LABELS] == [0, 1, 2, 3]


def test_a_label_is_its_word() -> None:
    assert json.dumps(LABELS) == '["headline", "body", "timestamp", "sidebar"]'
    assert Label("body") is Label.BODY
    with pytest.raises(ValueError, match="Body"):
        Label("Body")
