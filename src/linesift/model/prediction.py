"""The result of classifying one page."""

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.labels import LABELS, Label
from linesift.page import Page

if TYPE_CHECKING:
    from linesift.article.article import Article
    from linesift.article.lines import LabelledLines


@dataclass(frozen=True, slots=True)
class Prediction:
    """Labels and probabilities of one page, line by line.

    `labels` and `probabilities` have one entry for each of `page.lines`: `None` and zeros on blank lines.
    """

    page: Page
    labels: tuple[Label | None, ...]
    probabilities: NDArray[np.float32]
    """Shape (n_lines, 4), columns in the order of `linesift.labels.LABELS`; rows of non-blank lines sum to 1."""
    kind: str = ""
    """Kind of the page, a `linesift.labels.Kind`; empty if the model gives no kinds or the page has no lines."""
    kind_probability: float = math.nan
    """Probability of that kind, `nan` if there is none."""
    no_article: float = math.nan
    """Probability of the kinds `index` and `other` together if it made all lines sidebar, else `nan`."""

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.labels.count(label)} {label}" for label in LABELS)
        kind = f", {self.kind} {self.kind_probability:.0%}" if self.kind else ""
        return f"Prediction({self.page!r}, {counts}{kind})"

    @property
    def has_article(self) -> bool:
        """Whether some line is body; without one there is no article."""
        return Label.BODY in self.labels

    def confidence(self, index: int) -> float:
        """Give the probability of the label of line `index`, 0.0 for a blank line."""
        label = self.labels[index]
        return 0.0 if label is None else float(self.probabilities[index, label.column])

    def lines_of(self, label: Label | str) -> list[str]:
        """List the text of the lines with this label, stripped, in page order; `ValueError` for a word that is none."""
        wanted = Label(label)
        return [line.strip() for line, given in zip(self.page.lines, self.labels, strict=True) if given is wanted]

    def article(self, now: date | None = None) -> "Article":
        """Put together headline, dates and body of the page; a part is empty if no line or markup gives it.

        All are empty if the page has no article (`has_article`). With the time when the page was read, "2 hours ago"
        and days without a year are dates too.

        Args:
            now: when the page was read, if `page.fetched` does not say so; a `date` if the clock is not known.
        """
        # Only now: loading the grammar of dates takes longer than labelling a page.
        from linesift.article.article import build_article
        from linesift.dates.moment import read_instant

        now = read_instant(self.page.fetched) or now
        return build_article(self.labelled(), now=now, kind=self.kind, kind_probability=self.kind_probability)

    def labelled(self) -> "LabelledLines":
        """Give lines, labels and probabilities as `linesift.article` takes them."""
        from linesift.article.lines import LabelledLines

        page = self.page
        return LabelledLines(page.lines, self.labels, self.probabilities, page.hints, page.head, page.url)
