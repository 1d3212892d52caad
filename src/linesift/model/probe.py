"""Write and check the probe of a model directory: a few pages whose probabilities the model must reproduce.

Each line of `probe.jsonl` is a page as JSON: its name, its address if it has one, its text, the hints of a page that
came as HTML (the arrays of `Hints`, so that nothing here depends on how HTML is read), and the probabilities of its
lines. It notices code that computes something else than when the model was saved.
"""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linesift.errors import ModelError
from linesift.hints import DTYPES, TAGS, Hints
from linesift.model.files import brief, read_file
from linesift.model.model import Model
from linesift.page import Page

FILE = "probe.jsonl"
_LARGEST = 16 << 20
"""Most bytes of the file."""
_TOLERANCE = 2e-3
"""Largest difference of a probability; float32 sums differ by far less between processors."""


def write_probe(model: Model, pages: Sequence[Page]) -> str:
    """Write the text of the probe: the pages with the model's probabilities, rounded to four digits."""
    return "".join(json.dumps(_row(model, page), ensure_ascii=False) + "\n" for page in pages)


def _row(model: Model, page: Page) -> dict[str, Any]:
    probabilities = model.classify(page).probabilities.astype(float)
    row: dict[str, Any] = {"name": page.source, "text": page.text, "hints": None}
    if page.url:
        row["url"] = page.url
    if page.hints is not None:
        row["hints"] = {each.name: getattr(page.hints, each.name).tolist() for each in fields(Hints)}
    return {**row, "probabilities": np.round(probabilities, 4).tolist()}


def read_probe(path: Path) -> list[Page]:
    """Read the pages of a model directory's probe.

    Raises:
        ModelError: if the file is missing or damaged.
    """
    return [page for page, _ in _read(path)]


def check_probe(model: Model, path: Path) -> None:
    """Check that a model gives the probabilities that are stored in its directory.

    Raises:
        ModelError: if it does not, or the file is missing or damaged.
    """
    stored = _read(path)
    if not stored:
        raise ModelError(f"{path}: {FILE} is empty; copy the model again or train it anew")
    if model.html is not None and not any(page.has_hints for page, _ in stored):
        raise ModelError(f"{path}: {FILE} has no page for the part for HTML; copy the model again or train it anew")
    predictions = model.classify_batch(page for page, _ in stored)
    for (page, expected), prediction in zip(stored, predictions, strict=True):
        found = prediction.probabilities
        # Written so that nan is no pass.
        if expected.shape != found.shape or not np.abs(expected - found).max(initial=0) <= _TOLERANCE:
            raise ModelError(
                f"{path}: the model does not reproduce its probe {brief(page.source)}: the weights or the features "
                "have changed since it was saved; copy it again or train it anew"
            )


def _read(path: Path) -> list[tuple[Page, NDArray[np.float32]]]:
    """Pages and probabilities of shape (n_lines, 4)."""
    try:
        text = read_file(path, FILE, _LARGEST).decode("utf-8")
        rows = [json.loads(line) for line in text.split("\n") if line]
        return [(_page(row), np.array(row["probabilities"], np.float32)) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ModelError(
            f"{path}: {FILE} cannot be read ({brief(str(error))}); copy the model again or train it anew"
        ) from error


def _page(row: dict[str, Any]) -> Page:
    page = Page(row["text"], str(row.get("name", "")), url=str(row.get("url", "")))
    n_lines = len(page.lines)
    if row.get("hints") is None:
        return page
    arrays: dict[str, NDArray[Any]] = {name: np.array(row["hints"][name], dtype) for name, dtype in DTYPES.items()}
    n_words = len(arrays["word_line"])
    for name, array in arrays.items():
        if array.shape != (n_words if name.startswith("word_") else n_lines,):
            raise ValueError(f"hints of another shape: {name}")
    if (arrays["tag"] >= len(TAGS)).any():
        raise ValueError("hints with an unknown tag")
    word_line = arrays["word_line"]
    if n_words and not (word_line[0] >= 0 and word_line[-1] < n_lines and (np.diff(word_line) >= 0).all()):
        raise ValueError("hints of other lines: word_line")
    return replace(page, hints=Hints(**arrays))
