"""Draw scores as SVG in the colours of the HTML page around it: confusion, calibration, languages."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, Any

from linesift.evaluate.evaluate import Report
from linesift.evaluate.sections import Picture
from linesift.labels import LABELS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK = "#010203"
"""Placeholder for the colour of text, replaced by `currentColor`, which matplotlib does not know."""
_FILL = "#3b82c4"
"""A blue that stands out on white and on black."""
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "linesift",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_MOST_LANGUAGES = 40
_MANY_LINES = 50
"""Lines from which a share is known well enough to join it with the next: its interval is at most .27 wide."""
_FAMILIES = re.compile(r"'[^;\"]*, sans-serif")
"""Names of fonts, which matplotlib gives as `font-family`, before 3.10 within `font`."""
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)


@contextmanager
def _style() -> Iterator[None]:
    """Draw with the colours and fonts of `_STYLE`; a text takes them when it is created."""
    import matplotlib

    with matplotlib.rc_context(_STYLE):
        yield


@_style()
def confusion(report: Report) -> Picture:
    """Confusion matrix: shares of the predicted labels for each gold label."""
    figure, axes = _canvas(5.6, 4.2)
    for row, gold in enumerate(LABELS):
        counts = report.confusion[gold]
        total = max(sum(counts.values()), 1)
        for column, given in enumerate(LABELS):
            share = counts[given] / total
            axes.barh(row, 0.96, height=0.94, left=column + 0.02, color=_FILL, alpha=0.08 + 0.62 * share)
            axes.text(column + 0.5, row - 0.1, f"{share:.1%}", ha="center", va="center", fontweight="bold")
            axes.text(column + 0.5, row + 0.22, f"{counts[given]:,}", ha="center", va="center", fontsize=9)
    axes.set_xticks([column + 0.5 for column in range(len(LABELS))], LABELS)
    axes.set_yticks(range(len(LABELS)), LABELS)
    axes.invert_yaxis()
    axes.set(xlim=(0, len(LABELS)), xlabel="given", ylabel="gold")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return Picture(_svg(figure, "Confusion matrix"), "Lines of each label in the gold, by the label they were given.")


@_style()
def calibration(report: Report) -> Picture:
    """Reliability of each label's probability: the share of lines that have the label, with its 95 % interval.

    Points with enough lines on both sides are joined; a curve through few lines would show chance.
    """
    figure, grid = _canvas(7.2, 6.8, rows=2, columns=2)
    for axes, label, colour in zip(grid.flat, LABELS, ("#b05cc4", "#3fa35f", "#2f97bd", "#8a8d96"), strict=True):
        axes.plot([0, 1], [0, 1], color=_INK, linewidth=0.8, linestyle=":")
        curve = [point for point in report.calibration[label].curve if point[2]]
        for probability, share, n_lines in curve:
            axes.plot([probability] * 2, _wilson_interval(share, n_lines), color=colour, linewidth=1.2, alpha=0.6)
            size = 14 + 40 * min(n_lines / _MANY_LINES, 1)
            axes.scatter([probability], [share], s=size, color=colour, zorder=3)
        for before, after in pairwise(curve):
            if min(before[2], after[2]) >= _MANY_LINES:
                axes.plot([before[0], after[0]], [before[1], after[1]], color=colour, linewidth=1.6)
        n_lines = round(sum(frequency * count for _, frequency, count in curve))
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), title=f"{label}: {n_lines:,} lines")
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    for axes in grid[1]:
        axes.set_xlabel("probability of the label")
    for axes in grid[:, 0]:
        axes.set_ylabel("share of lines that have it")
    caption = (
        "On the dotted line, a probability of .9 means nine in ten. A bar is the 95 % interval of the share, "
        f"longer for fewer lines. Points are joined where each stands for {_MANY_LINES} lines or more."
    )
    return Picture(_svg(figure, "Calibration of each label"), caption)


def _wilson_interval(share: float, n_lines: int) -> tuple[float, float]:
    """Compute the 95 % interval of a share of some lines, as if they were independent (Wilson 1927).

    >>> [round(end, 2) for end in _wilson_interval(1.0, 4)]
    [0.51, 1.0]
    """
    z = 1.96
    middle = (share + z * z / (2 * n_lines)) / (1 + z * z / n_lines)
    half = z / (1 + z * z / n_lines) * sqrt(share * (1 - share) / n_lines + z * z / (4 * n_lines * n_lines))
    return max(0.0, middle - half), min(1.0, middle + half)


@_style()
def languages(report: Report) -> Picture:
    """Article F1 of each language, those with most pages first."""
    found = sorted(report.by_language.items(), key=lambda item: (-item[1].support, item[0]))[:_MOST_LANGUAGES]
    figure, axes = _canvas(7.2, 0.9 + 0.27 * len(found))
    for row, (_, score) in enumerate(found):
        axes.barh(row, score.f1, height=0.72, color=_FILL, alpha=0.75 if score.support >= 10 else 0.3)
        axes.text(score.f1 + 0.01, row, f"{score.f1:.3f}", va="center", fontsize=9)
        axes.text(1.19, row, f"{score.support:,}", va="center", ha="right", fontsize=9)
    axes.set_yticks(range(len(found)), [name for name, _ in found])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.2), ylim=(len(found) - 0.4, -0.6), xlabel="article F1")
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.tick_params(axis="y", length=0)
    caption = "Article F1 and number of pages by language; faint where there are fewer than ten pages."
    return Picture(_svg(figure, "Article F1 by language"), caption)


def _canvas(width: float, height: float, *, rows: int = 1, columns: int = 1) -> "tuple[Figure, Any]":
    """Make a figure of a size in inches, without pyplot, which keeps figures and looks for a display.

    Returns:
        The figure, and its axes: one, or an array of (rows, columns).
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns)


def _svg(figure: "Figure", name: str) -> str:
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = stream.getvalue()
    drawn = drawn[drawn.index("<svg") :].replace(_INK, "currentColor")
    drawn = _METADATA.sub("", _FAMILIES.sub("system-ui, sans-serif", drawn))
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1).rstrip()
