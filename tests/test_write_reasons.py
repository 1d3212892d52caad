"""Reasons for people and programs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from linesift.explain.explain import Explanation, Reason, Reasons
from linesift.labels import Label
from linesift.write.reasons import as_json, brief, explained, legend
from linesift.write.terminal import Style


def reason(name: str, value: float, *weights: float) -> Reason:
    return Reason(name, value, np.array(weights))


@pytest.fixture
def explanation() -> Explanation:
    reasons = Reasons(
        np.array([-1.0, 1.0, -1.0, 1.0]),
        (
            reason("line.length", 30, -0.5, 1.5, -0.5, -0.5),
            reason("network.above", float("nan"), -0.25, 0.75, -0.25, -0.25),
            reason("line.length@-1", float("nan"), 0.1, -0.3, 0.1, 0.1),
            reason("window.words.below8", 64, -0.1, -0.2, -0.1, 0.4),
            reason("lexicon.body", -2.25, 0.02, 0.02, -0.02, -0.02),
        ),
    )
    words = Reasons(np.zeros(4), (reason("said\x1b[2J", 2, 0, 1.25, 0, -1),))
    chances = np.array([0.1, 0.6, 0.1, 0.2], np.float32)
    return Explanation(4, Label.BODY, chances, reasons, "the mean of the page", words, "Because.")


def test_tables(explanation: Explanation) -> None:
    text = "".join(explained(explanation, n_columns=3))
    assert (
        text
        == """
  Because.

  what spoke for and against each label
  headline   body  timestamp  sidebar
     -1.00  +1.00      -1.00    +1.00  any line: the mean of the page
     -0.50  +1.50      -0.50    -0.50  the line itself
     -0.50  +1.50      -0.50    -0.50      words: 30
     +0.02  +0.02      -0.02    -0.02  its words
     +0.10  -0.30      +0.10    +0.10  the lines next to it
     +0.10  -0.30      +0.10    +0.10      line above: words: –
     -0.35  +0.55      -0.35    +0.15  the lines around it
     -0.25  +0.75      -0.25    -0.25      the lines above, read one after the other
     -1.73  +2.77      -1.77    +0.73  sum
       1 %   87 %        1 %     11 %  as probabilities

  its words by themselves, each label against all others
      0.00  +1.25       0.00    -1.00  said␛[2J ×2
"""
    )


def test_colours_add_nothing_else(explanation: Explanation) -> None:
    coloured = "".join(explained(explanation, n_columns=2, style=Style(is_coloured=True)))
    assert "\x1b[2J" not in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == "".join(explained(explanation, n_columns=2))


def test_width(explanation: Explanation) -> None:
    narrow = list(explained(explanation, n_columns=2, style=Style(width=60)))
    assert max(len(line.rstrip("\n")) for line in narrow if line.lstrip(" ")[:1] in "+-0") == 60
    assert "any line: the mean o…\n" in "".join(narrow)


def test_sentences_fit_the_width(explanation: Explanation) -> None:
    sentence = 'Rule "one headline": A page has one headline, and another line is likelier to be it, or none is likely.'
    text = "".join(explained(replace(explanation, decided=sentence), n_columns=2, style=Style(width=60)))
    shown = text[: text.index("\n\n  what spoke")].strip("\n").split("\n")
    assert " ".join(line.strip() for line in shown) == sentence
    assert all(line.startswith("  ") and len(line) <= 60 for line in shown)
    assert len(shown) == 2
    assert legend() == legend(Style(width=120))
    assert len(legend()) == 2
    assert max(map(len, legend(Style(width=80)))) <= 80
    assert " ".join(legend(Style(width=80))) == " ".join(legend())


def test_brief_names_what_weighed_most_for_and_against_the_label(explanation: Explanation) -> None:
    assert brief(explanation) == [
        "for body: words: 30 (+1.50)",
        "for body: the lines above, read one after the other (+0.75)",
        "for headline, against body: line above: words: – (-0.30)",
    ]
    against = replace(explanation, label=Label.SIDEBAR)
    assert brief(against) == [
        "for body, against sidebar: words: 30 (-0.50)",
        "for sidebar: words in the 8 lines below: 64 (+0.40)",
        "for body, against sidebar: the lines above, read one after the other (-0.25)",
    ]


def test_brief_leaves_out_what_columns_add_together(explanation: Explanation) -> None:
    together = reason("network.line", float("nan"), -1, 3, -1, -1)
    reasons = replace(explanation.reasons, reasons=(together, *explanation.reasons.reasons))
    assert brief(replace(explanation, reasons=reasons)) == brief(explanation)


def test_json(explanation: Explanation) -> None:
    found = as_json(explanation)
    assert found[0] == {"column": "line.length", "means": "words", "value": 30, "weight": 1.5}
    assert [each["value"] for each in found[1:]] == [None, None]


def test_numbers_of_any_size_stay_apart(explanation: Explanation) -> None:
    """A linear model that learnt few pages has scores in the thousands."""
    large = Reasons(np.array([-8876.3, -887.59, 9000.0, 763.89]), explanation.reasons.reasons)
    text = "".join(explained(replace(explanation, reasons=large), n_columns=0))
    assert "\n  -8876.30  -887.59   +9000.00  +763.89  any line" in text
    assert "\n  headline     body  timestamp  sidebar\n" in text
    assert "\n       0 %      0 %      100 %      0 %  as probabilities" in text
