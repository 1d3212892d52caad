"""What the model says about one page."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.labels import Kind, Label
from linesift.page import Page

if TYPE_CHECKING:
    from linesift.article.article import Article

NO_ARTICLE = frozenset({Kind.INDEX, Kind.OTHER})
"""Kinds of pages that have no article."""

SURE = 0.95
"""Probability from which a page of such a kind gives an empty article; `reports/accuracy.md` has what others would."""


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
    """What the page is, a `linesift.labels.Kind`; empty where the model gives no kinds, or the page no lines."""
    kind_probability: float = math.nan
    """How sure that is, `nan` where there is none."""

    @property
    def has_article(self) -> bool:
        """Whether the page may have an article: not if it is surely an index or something else than news."""
        return not (self.kind in NO_ARTICLE and self.kind_probability >= SURE)

    def confidence(self, index: int) -> float:
        """Probability of the label that line `index` was given, 0.0 for a blank line."""
        label = self.labels[index]
        return 0.0 if label is None else float(self.probabilities[index, label.column])

    def lines_of(self, label: Label) -> list[str]:
        """Text of the lines with this label, stripped, in page order."""
        return [line.strip() for line, given in zip(self.page.lines, self.labels, strict=True) if given is label]

    def article(self, now: datetime | None = None) -> "Article":
        """Headline, dates and body of the page; every part is empty where no line has the label.

        All of it is empty on a page that is known to have none (`has_article`), whatever its lines look like.
        With `now`, when the page was read, "2 hours ago" and days without a year are dates too.
        """
        # Only now: the grammar of dates takes longer to load than a page to label.
        from linesift.article.article import build_article
        from linesift.article.lines import LabelledLines

        labels = self.labels if self.has_article else (None,) * len(self.labels)
        lines = LabelledLines(self.page.lines, labels, self.probabilities)
        return build_article(lines, now=now, kind=self.kind, kind_probability=self.kind_probability)
