"""Predictions of pages by models that have not seen their sites, and a file of their article scores."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from linesift.atomic import write_atomic
from linesift.errors import InputError
from linesift.evaluate.evaluate import Pair, Report
from linesift.example import Example
from linesift.model.directory import read_about
from linesift.model.prediction import Prediction

HELD_OUT = "held_out.json"
"""File beside the accuracy report with names of pages and their scores, without text."""
_N_DIGITS = 4


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A page with the prediction for each of its forms by a model that has not seen its site."""

    example: Example
    text: Prediction | None
    """`None` where the form has no gold."""
    html: Prediction | None = None


def pairs(pages: Iterable[HeldOut], *, is_html: bool = False, with_kind_only: bool = False) -> list[Pair]:
    """Gold and prediction of one form of each page that has it.

    Args:
        pages: the pages.
        is_html: give the HTML, not the text.
        with_kind_only: give also pages without gold for their lines, of which only the kind is known.
    """
    forms = (
        (page.example.as_html(), page.html) if is_html else (page.example.as_text(), page.text)
        for page in pages
        if with_kind_only or page.example.has_line_gold
    )
    return [(gold, found) for gold, found in forms if gold is not None and found is not None]


Scores = dict[str, dict[str, tuple[float, float]]]
"""Precision and recall by collection and page."""


def write_held_out(path: Path, model: Path, report: Report) -> None:
    """Write the scores of every page of a report, and the checksum of the model that was trained with them.

    Raises:
        InputError: if the file cannot be written.
    """
    pages: Scores = {}
    for page in report.pages:
        scores = (round(page.precision, _N_DIGITS), round(page.recall, _N_DIGITS))
        pages.setdefault(page.collection, {})[page.name] = scores
    written = {"weights_sha256": read_about(model)["weights_sha256"], "pages": pages}
    try:
        write_atomic(
            path, (json.dumps(written, ensure_ascii=False, indent=0) + "\n").encode("utf-8", "backslashreplace")
        )
    except OSError as error:
        raise InputError(f"{path}: cannot write the scores: {error.strerror or error}") from error


def read_held_out(path: Path, model: Path) -> Scores:
    """Read the scores that were written when a model was trained.

    Raises:
        InputError: if there are none, or they are of another model.
    """
    hint = "train the model with --report, which writes them"
    try:
        found = json.loads(path.read_text("utf-8"))
        weights, pages = found["weights_sha256"], found["pages"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: no scores of held-out pages; {hint}") from error
    if weights != read_about(model)["weights_sha256"]:
        raise InputError(f"{path}: the scores are of another model than {model}; {hint}")
    return {
        collection: {name: (float(precision), float(recall)) for name, (precision, recall) in scores.items()}
        for collection, scores in pages.items()
    }
