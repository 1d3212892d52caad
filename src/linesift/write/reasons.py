"""Reasons of labels as text: a table of what counted for and against each label, and the strongest of it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import exp, isnan
from typing import TYPE_CHECKING, NamedTuple

from linesift.labels import LABELS, Label
from linesift.page import per_cent
from linesift.write.terminal import BOLD, DIM, LOOKS, PLAIN, Style, cut, paint, visible, wrapped

if TYPE_CHECKING:  # numpy comes with them, and `--help` does not wait for numpy
    from linesift.explain.explain import Explanation, Reason, Reasons, Weights

_N_BRIEF = 3
"""Number of features that `brief` names."""

_N_WORDS = 6
"""Number of words that `explained` names."""

_LEGEND = (
    "Numbers are log-odds against the mean of the four labels: above 0 they speak for a label, below 0 against it,",
    "and rows add up to the sum. Indented rows are the strongest columns of the row above them, which counts them in.",
)

_INDENT = "  "
_GAP = 2
"""Least number of spaces before a number."""
_COLOURS = {**{label: looks[0] for label, looks in LOOKS.items()}, Label.SIDEBAR: "39"}
"""ECMA-48 codes. Sidebar has the default colour here, because faint numbers are those near 0."""

_QUIET = 0.05
"""Numbers nearer to 0 are faint."""


def explained(explanation: "Explanation", *, n_columns: int, style: Style = PLAIN) -> Iterator[str]:
    """Write the tables of one line: the parts of its scores, and its words.

    Args:
        explanation: the explanation of the line.
        n_columns: number of features to name; the others are in the sums of their parts.
        style: width and colours.
    """
    reasons = explanation.reasons
    if explanation.decided:
        yield "\n"
        yield from (f"{line}\n" for line in wrapped(explanation.decided, style, _INDENT))
    parts = [
        _Row(reasons.base, f"any line: {explanation.against}"),
        *_parts(reasons, n_columns),
        _Row(reasons.score, "sum"),
    ]
    words = [_word(reason) for reason in explanation.words.reasons[:_N_WORDS]]
    widths = _widths([*parts, *words])
    yield f"\n{_INDENT}{_bold('what spoke for and against each label', style)}\n"
    yield _header(widths, style)
    yield from (_line(row, widths, style) for row in parts)
    cells = "".join(f"{per_cent(p):>{width}}" for p, width in zip(_softmax(reasons.score), widths, strict=True))
    yield f"{cells}{_INDENT}as probabilities\n"
    if words:
        yield f"\n{_INDENT}{_bold('its words by themselves, each label against all others', style)}\n"
        yield from (_line(row, widths, style) for row in words)


def legend(style: Style = PLAIN) -> list[str]:
    """Say what the numbers of `explained` are, in lines that fit the width."""
    fits = style.width is None or max(map(len, _LEGEND)) <= style.width
    return list(_LEGEND) if fits else wrapped(" ".join(_LEGEND), style)


def brief(explanation: "Explanation") -> list[str]:
    """Name in a few words the features that counted most for the label of the line or against it.

    Each begins with the label that it speaks for; the number is what it adds to the label of the line.
    """
    own = explanation.label
    named = []
    for reason in strongest(explanation):
        label = LABELS[int(reason.weights.argmax())]
        side = f"for {own}" if reason.weights[own.column] > 0 else f"for {label}, against {own}"
        named.append(f"{side}: {_in_words(reason)} ({reason.weights[own.column]:+.2f})")
    return named


def as_json(explanation: "Explanation") -> list[dict[str, object]]:
    """Give the same features as values of JSON."""
    from linesift.explain.describe import describe

    column = explanation.label.column
    return [
        {
            "column": reason.name,
            "means": describe(reason.name).text,
            "value": None if isnan(reason.value) else round(reason.value, 4),
            "weight": round(float(reason.weights[column]), 4),
        }
        for reason in strongest(explanation)
    ]


def strongest(explanation: "Explanation") -> "list[Reason]":
    """Give the features that counted most for or against the label of the line, without sums of features."""
    from linesift.explain.describe import TOGETHER

    column = explanation.label.column
    single = (reason for reason in explanation.reasons.reasons if reason.name != TOGETHER)
    return sorted(single, key=lambda reason: -abs(float(reason.weights[column])))[:_N_BRIEF]


class _Row(NamedTuple):
    """Row of a table: a number for each label, and what it is."""

    weights: "Weights"
    text: str
    is_bold: bool = False


def _word(reason: "Reason") -> _Row:
    times = f" ×{reason.value:.0f}" if reason.value > 1 else ""
    return _Row(reason.weights, f"{reason.name}{times}")


def _parts(reasons: "Reasons", n_columns: int) -> Iterator[_Row]:
    """Give for each part of the page a row with its sum, and below it the strongest of its features."""
    from linesift.explain.describe import Scope, describe

    order = list(Scope)
    strong = {reason.name for reason in reasons.reasons[:n_columns]}
    # Sorting is stable, so that features of one scope stay in the order of their strength.
    by_scope = sorted(reasons.reasons, key=lambda reason: order.index(describe(reason.name).scope))
    for scope, group in groupby(by_scope, key=lambda reason: describe(reason.name).scope):
        of_scope = list(group)
        yield _Row(_sum(of_scope), scope, is_bold=True)
        for reason in of_scope:
            if reason.name in strong:
                yield _Row(reason.weights, f"    {_in_words(reason)}")


def _in_words(reason: "Reason") -> str:
    """Describe a feature in words, with its value if it has one."""
    from linesift.explain.describe import describe, say_value

    return ": ".join(filter(None, (describe(reason.name).text, say_value(reason.name, reason.value))))


def _sum(reasons: "Sequence[Reason]") -> "Weights":
    total = reasons[0].weights
    for reason in reasons[1:]:
        total = total + reason.weights
    return total


def _widths(rows: Sequence[_Row]) -> list[int]:
    """Give the width of the column of each label, with the gap before it."""
    numbers = zip(*([_number(float(weight)) for weight in row.weights] for row in rows), strict=True)
    return [max(map(len, (label, *column))) + _GAP for label, column in zip(LABELS, numbers, strict=True)]


def _header(widths: Sequence[int], style: Style) -> str:
    cells = [f"{label:>{width}}" for label, width in zip(LABELS, widths, strict=True)]
    if style.is_coloured:
        cells = [paint(cell, _COLOURS[label]) for cell, label in zip(cells, LABELS, strict=True)]
    return f"{''.join(cells)}\n"


def _line(row: _Row, widths: Sequence[int], style: Style) -> str:
    cells = "".join(
        _cell(float(weight), label, width, style)
        for weight, label, width in zip(row.weights, LABELS, widths, strict=True)
    )
    shown = visible(row.text)
    if style.width is not None:
        shown = cut(shown, max(20, style.width - sum(widths) - len(_INDENT)))
    return f"{cells}{_INDENT}{_bold(shown, style) if row.is_bold else shown}\n"


def _number(weight: float) -> str:
    return f"{weight:+.2f}" if round(weight, 2) else "0.00"


def _cell(weight: float, label: Label, width: int, style: Style) -> str:
    padded = f"{_number(weight):>{width}}"
    if not style.is_coloured:
        return padded
    if abs(weight) < _QUIET:
        return paint(padded, DIM)
    return paint(padded, _COLOURS[label]) if weight > 0 else padded


def _bold(text: str, style: Style) -> str:
    return paint(text, BOLD) if style.is_coloured else text


def _softmax(scores: "Weights") -> list[float]:
    highest = max(scores)  # scores of a linear model that learnt few pages are in the thousands
    powers = [exp(score - highest) for score in scores]
    return [power / sum(powers) for power in powers]
