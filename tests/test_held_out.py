"""Scores of held-out pages written and read again."""

import json
from pathlib import Path

import pytest

from linesift.errors import InputError
from linesift.evaluate.evaluate import Report, evaluate
from linesift.evaluate.held_out import read_held_out, write_held_out
from linesift.labels import Label
from linesift.page import LabelledPage, Origin, Page

MODEL = Path(__file__).parents[1] / "models" / "news"


def report() -> Report:
    from fakes import predict

    pages = [
        LabelledPage(
            Page("Menu\nB It rained.", f"p{number}"), (Label.SIDEBAR, label), site="a.example", origin=Origin("c")
        )
        for number, label in enumerate((Label.BODY, Label.SIDEBAR))
    ]
    return evaluate(pages, [predict(page.page) for page in pages])


def test_scores_are_read_as_written(tmp_path: Path) -> None:
    write_held_out(tmp_path / "held_out.json", MODEL, report())
    assert read_held_out(tmp_path / "held_out.json", MODEL) == {"c": {"p0": (1.0, 1.0), "p1": (0.0, 0.0)}}
    assert "rained" not in (tmp_path / "held_out.json").read_text("utf-8")


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_no_scores(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="train the model with --report"):
        read_held_out(tmp_path / "none.json", MODEL)
    (tmp_path / "held_out.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match="no scores of held-out pages"):
        read_held_out(tmp_path / "held_out.json", MODEL)


def test_scores_of_another_model(tmp_path: Path) -> None:
    (tmp_path / "held_out.json").write_text(json.dumps({"weights_sha256": "0", "pages": {}}), "utf-8")
    with pytest.raises(InputError, match="of another model"):
        read_held_out(tmp_path / "held_out.json", MODEL)
