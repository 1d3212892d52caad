"""A model whose answers can be foreseen, for tests of everything around the model."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from linesift.errors import ModelError
from linesift.labels import LABELS, Kind, Label
from linesift.model.prediction import Prediction
from linesift.page import Page

CONFIDENCE = 0.91
DOUBTFUL = 0.55


class FakeModel:
    """`H ...` is a headline, `T ...` a timestamp, `B ...` body, anything else sidebar; `...?` is doubtful.

    A page with the words "index page" is an index, and all its lines are sidebar. Of others the kind is not known.
    """

    def classify(self, page: str | Page) -> Prediction:
        page = Page(page) if isinstance(page, str) else page
        if "unclassifiable" in page.text:
            raise ArithmeticError("as the test asked")
        return predict(page)

    def classify_batch(self, pages: Iterable[str | Page]) -> list[Prediction]:
        return [self.classify(page) for page in pages]


def predict(page: Page) -> Prediction:
    labels = tuple(label_of(line) for line in page.lines)
    probabilities = np.zeros((len(labels), len(LABELS)), dtype=np.float32)
    for index, (line, label) in enumerate(zip(page.lines, labels, strict=True)):
        if label is not None:
            confidence = DOUBTFUL if line.rstrip().endswith("?") else CONFIDENCE
            probabilities[index] = (1 - confidence) / 3
            probabilities[index, label.column] = confidence
    if "index page" in page.text:
        labels = tuple(None if label is None else Label.SIDEBAR for label in labels)
        return Prediction(page, labels, probabilities, Kind.INDEX, 0.97, 0.98)
    return Prediction(page, labels, probabilities)


def label_of(line: str) -> Label | None:
    if not line.strip():
        return None
    return {"H": Label.HEADLINE, "T": Label.TIMESTAMP, "B": Label.BODY}.get(line.partition(" ")[0], Label.SIDEBAR)


def load(path: str | Path | None = None) -> FakeModel:
    if path is not None and Path(path).name != "fake":
        raise ModelError(f"{path}: no model.json in this directory; name a model directory or train one")
    return FakeModel()
