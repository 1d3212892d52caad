"""Reasons for people and programs."""

import re

import numpy as np
import pytest

from linesift.labels import Label
from linesift.model.explain import Explanation, Reason, Reasons
from linesift.write.reasons import as_json, brief, explained
from linesift.write.terminal import Style


def reason(name: str, value: float, *weights: float) -> Reason:
    return Reason(name, value, np.array(weights))


@pytest.fixture
def explanation() -> Explanation:
    first = Reasons(
        np.array([-1.0, 1.0, -1.0, 1.0]),
        (
            reason("line.length", 30, -0.5, 1.5, -0.5, -0.5),
            reason("line.length@-1", float("nan"), 0.1, -0.3, 0.1, 0.1),
            reason("lexicon.body", -2.25, 0.02, 0.02, -0.02, -0.02),
        ),
    )
    second = Reasons(
        np.array([-2.0, 1.0, -2.0, 3.0]),
        (
            reason("pass.body", 0.75, -1, 3, -1, -1),
            reason("pass.body@+1", 0.5, -0.25, 0.75, -0.25, -0.25),
            reason("line.length", 30, 0.1, 0.6, -0.3, -0.4),
        ),
    )
    words = Reasons(np.zeros(4), (reason("said\x1b[2J", 2, 0, 1.25, 0, -1),))
    chances = np.array([0.1, 0.6, 0.1, 0.2], np.float32)
    return Explanation(4, Label.BODY, chances, first, second, words, "Because.", is_against_page=False)


def test_tables(explanation: Explanation) -> None:
    text = "".join(explained(explanation, n_columns=2))
    assert (
        text
        == """
  Because.

  second pass, which decides
  headline   body  timestamp  sidebar
     -2.00  +1.00      -2.00    +3.00  any line: the mean of the lines that the model learnt from
     +0.10  +0.60      -0.30    -0.40  the line itself
     -1.00  +3.00      -1.00    -1.00  what the first pass made of the line
     -1.00  +3.00      -1.00    -1.00      probability of body: 75 %
     -0.25  +0.75      -0.25    -0.25  what the first pass made of the other lines
     -0.25  +0.75      -0.25    -0.25      line below: probability of body: 50 %
     -3.15  +5.35      -3.55    +1.35  sum
       0 %   98 %        0 %      2 %  as probabilities

  first pass, which the second builds on
  headline   body  timestamp  sidebar
     -1.00  +1.00      -1.00    +1.00  any line: the mean of the lines that the model learnt from
     -0.50  +1.50      -0.50    -0.50  the line itself
     -0.50  +1.50      -0.50    -0.50      words: 30
     +0.02  +0.02      -0.02    -0.02  its words
     +0.10  -0.30      +0.10    +0.10  the lines next to it
     +0.10  -0.30      +0.10    +0.10      line above: words: –
     -1.38  +2.22      -1.42    +0.58  sum
       2 %   80 %        2 %     16 %  as probabilities

  its words by themselves, each label against all others
      0.00  +1.25       0.00    -1.00  said␛[2J ×2
"""
    )


def test_colours_add_nothing_else(explanation: Explanation) -> None:
    coloured = "".join(explained(explanation, n_columns=2, style=Style(is_coloured=True)))
    assert "\x1b[2J" not in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == "".join(explained(explanation, n_columns=2))


def test_width(explanation: Explanation) -> None:
    narrow = list(explained(explanation, n_columns=2, style=Style(width=64)))
    assert max(len(line.rstrip("\n")) for line in narrow if line.lstrip(" ")[:1] in "+-0") == 64
    assert "any line: the mean of th…\n" in "".join(narrow)


def test_brief_leaves_out_what_repeats_the_first_pass_and_names_no_column_twice(explanation: Explanation) -> None:
    assert brief(explanation) == [
        "first pass 80 %, second 98 %",
        "words: 30 (+1.50)",
        "line below: probability of body: 50 % (+0.75)",
        "line above: words: – (-0.30)",
    ]


def test_json(explanation: Explanation) -> None:
    found = as_json(explanation)
    assert found[0] == {"column": "line.length", "means": "words", "value": 30, "weight": 1.5}
    assert found[2]["value"] is None
