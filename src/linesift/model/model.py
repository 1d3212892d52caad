"""Classify pages: the one path that training, evaluation, the command line and users of the library share.

A batch of pages goes through six steps:

1. `_groups` gathers neighbouring pages that are all plain text or all HTML. `Part.read` scans their text.
2. `Part.neighbourhood` computes the columns of each line, those of its words among them (`lexicon`), and sums over the
   lines around it (`window`).
3. The scorer (`trees` or `linear`) scores every line, and the networks those that it leaves open (`doubt`). The
   weighted mean, divided by a temperature, is the log-odds. `second_look` corrects those of lines in doubt, then
   corrections of a site are added (`site`, `memory`).
4. `headline` compares the likely headlines of each page with each other.
5. `decode` gives each line its label, page by page.
6. `page_kind` says what each page is, such as an article or an index. Lines of a page that has no article are sidebar.

`part.py` has steps 2 to 4, in this order; this module has the others.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linesift.features.batch import Batch
from linesift.labels import KINDS, LABELS, NO_ARTICLE, Label
from linesift.model.decode import DecodeConfig, decode
from linesift.model.page_kind import PageKindModel
from linesift.model.part import Part
from linesift.model.prediction import Prediction
from linesift.page import Page, to_page

if TYPE_CHECKING:
    from linesift.model.memory import SiteMemory

_GROUP_CHARS = 1 << 19
"""Characters of text that are classified at once; a single larger page is a group of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A trained model. It is immutable, so any number of threads can use one."""

    text: Part
    """Scores lines of plain text, and those of pages with hints if there is no part for HTML."""
    html: Part | None = None
    """Scores lines of pages with hints."""
    page_kind: PageKindModel | None = None
    """Gives each page its kind, for text and HTML alike; without it no kind is given."""
    decoding: DecodeConfig = field(default_factory=DecodeConfig)
    """Thresholds for turning probabilities into labels."""
    memory: "SiteMemory | None" = None
    """Lines that recur on the pages of a site; given with the pages to classify, never stored in a model directory."""

    def __repr__(self) -> str:
        parts = [
            "text",
            *(["HTML"] if self.html is not None else []),
            *(["kinds"] if self.page_kind is not None else []),
        ]
        memory = "" if self.memory is None else f", memory of {self.memory.n_pages} pages"
        return f"Model({', '.join(parts)}{memory})"

    def classify(self, page: str | Page) -> Prediction:
        """Label every line of one page.

        Raises:
            TypeError: if it is neither text nor a `Page`.
        """
        return self.classify_batch([page])[0]

    def classify_batch(self, pages: Iterable[str | Page]) -> list[Prediction]:
        """Label every line of many pages; the result of a page does not depend on the others.

        Raises:
            TypeError: if a page is neither text nor a `Page`.
        """
        if isinstance(pages, str | bytes | Page):
            raise TypeError("classify_batch takes several pages, such as a list; for one page call classify")
        results: list[Prediction] = []
        for group in _groups(map(to_page, pages)):
            results += self._classify_group(group)
        return results

    def with_memory(self, memory: "SiteMemory") -> "Model":
        """Copy the model with a site's memory in place of the one it has."""
        return replace(self, memory=memory)

    def part_for(self, pages: Page | Batch) -> Part:
        """Choose the part that reads a page or a batch: the one for HTML if there are hints and such a part."""
        return self.html if self.html is not None and pages.has_hints else self.text

    def probabilities(self, batch: Batch) -> NDArray[np.float32]:
        """Probability of each label for every non-blank line of a batch, shape (n_lines, 4)."""
        return self.part_for(batch).probabilities(batch, self.memory)

    def _classify_group(self, pages: Sequence[Page]) -> Iterator[Prediction]:
        batch = self.part_for(pages[0]).read(pages)
        probabilities = self.probabilities(batch)
        labels = decode(batch, probabilities, self.decoding)
        kinds = no_article = None
        if self.page_kind is not None:
            kinds = self.page_kind.probabilities(batch, probabilities, labels)
            no_article = kinds[:, NO_ARTICLE_COLUMNS].sum(axis=1)
            has_none = no_article >= np.float32(self.decoding.no_article)
            labels[has_none[batch.page]] = Label.SIDEBAR.column
            no_article[~has_none] = np.nan
        return predictions(pages, batch, probabilities, labels, kinds, no_article)


def _groups(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Gather neighbouring pages, all with hints or all without, up to about `_GROUP_CHARS` characters."""
    group: list[Page] = []
    size = 0
    for page in pages:
        if group and (size + len(page.text) > _GROUP_CHARS or page.has_hints != group[0].has_hints):
            yield group
            group, size = [], 0
        group.append(page)
        size += len(page.text)
    if group:
        yield group


def predictions(
    pages: Sequence[Page],
    batch: Batch,
    probabilities: NDArray[np.float32],
    labels: NDArray[np.int8],
    kinds: NDArray[np.float32] | None = None,
    no_article: NDArray[np.float32] | None = None,
) -> Iterator[Prediction]:
    """Give each page of a batch its labels and probabilities, blank lines included.

    Args:
        pages: the pages that the batch was read from.
        batch: their lines.
        probabilities: shape (n_lines, 4), from a model or held out while one was fitted.
        labels: shape (n_lines,), the decoded ones.
        kinds: shape (n_pages, 5), the probability of each kind, zeros for a page without lines; `None` if the model
            gives no kinds.
        no_article: shape (n_pages,), as `Prediction.no_article` has it; `None` if the model gives no kinds.
    """
    likeliest = [("", math.nan)] * len(pages) if kinds is None else _likeliest(kinds)
    decided = [math.nan] * len(pages) if no_article is None else no_article.tolist()
    for index, page in enumerate(pages):
        rows = slice(batch.page_starts[index], batch.page_starts[index + 1])
        number, n_lines = batch.number[rows], batch.lines_per_page_with_blanks[index]
        page_probabilities = np.zeros((n_lines, len(LABELS)), np.float32)
        page_probabilities[number] = probabilities[rows]
        page_labels = np.full(n_lines, None)
        page_labels[number] = _LABELS.take(labels[rows])
        yield Prediction(page, tuple(page_labels.tolist()), page_probabilities, *likeliest[index], decided[index])


NO_ARTICLE_COLUMNS = [KINDS.index(kind) for kind in KINDS if kind in NO_ARTICLE]
"""Columns of the probabilities of kinds without an article."""

_LABELS = np.array(LABELS, object)


def _likeliest(kinds: NDArray[np.float32]) -> list[tuple[str, float]]:
    """Find the likeliest kind of each page and its probability; a page without lines has none."""
    pairs = zip(kinds.argmax(axis=1).tolist(), kinds.max(axis=1).tolist(), strict=True)
    return [(KINDS[column], probability) if probability else ("", math.nan) for column, probability in pairs]
