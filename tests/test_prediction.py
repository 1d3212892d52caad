"""What a prediction says of its page."""

import numpy as np
import pytest

from fakes import CONFIDENCE, DOUBTFUL, predict
from linesift.article.article import Article
from linesift.labels import LABELS, Label
from linesift.model.prediction import Prediction
from linesift.page import Page

PAGE = Page("Menu\n\n  H Rain stops \nH again\nT 21 October\r\n B It rained. \nB Then it stopped?\nT 22 October\n")


def test_article() -> None:
    page = Page("\n".join(line.strip(" ") for line in PAGE.lines))
    article = predict(page).article()
    assert article.headline == "H Rain stops H again"
    assert article.timestamp == "T 21 October | T 22 October"
    assert [part.text for part in article.body] == ["B It rained.", "B Then it stopped?"]
    assert article.text.split("\n\n") == [
        "H Rain stops H again", "T 21 October | T 22 October", "B It rained.", "B Then it stopped?",
    ]  # fmt: skip


def test_parts_without_lines_are_empty() -> None:
    article = predict(Page("Menu\n\n")).article()
    assert repr(article) == repr(Article())  # nan is not equal to nan
    assert article.text == ""


def test_lines_of_are_stripped_and_in_order() -> None:
    prediction = Prediction(PAGE, (Label.SIDEBAR, None, *[Label.BODY] * 6, None), np.zeros((9, 4), np.float32))
    assert prediction.lines_of(Label.BODY)[0] == "H Rain stops"
    assert prediction.lines_of(Label.BODY)[2] == "T 21 October"
    assert prediction.lines_of(Label.TIMESTAMP) == []


def test_lines_of_a_label_by_its_word() -> None:
    prediction = predict(PAGE)
    assert prediction.lines_of("timestamp") == prediction.lines_of(Label.TIMESTAMP) == ["T 21 October", "T 22 October"]
    with pytest.raises(ValueError, match="'date' is not a valid Label"):
        prediction.lines_of("date")


def test_confidence() -> None:
    prediction = predict(Page("B It rained.\n\nB Then?"))
    confidences = [prediction.confidence(index) for index in range(3)]
    np.testing.assert_allclose(confidences, [CONFIDENCE, 0, DOUBTFUL], rtol=1e-6)
    assert len(LABELS) == prediction.probabilities.shape[1]
