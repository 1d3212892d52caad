"""Compare two models on the same pages: which lines they label differently, and which model is right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from linesift.labels import LABELS, Label
from linesift.model.model import Model
from linesift.page import LabelledPage, Page
from linesift.read.labelled import PAGE_FILE_COLLECTION, parse_leniently, read_utf8
from linesift.read.page import LABELLED_SUFFIX
from linesift.write.terminal import count


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page with the labels of two models, and its gold labels where it has any."""

    page: Page
    first: tuple[Label | None, ...]
    second: tuple[Label | None, ...]
    gold: tuple[Label | None, ...] | None = None
    first_number: int = 1
    """Number of the page's first line: in its `.page` file, if it is from one."""

    @property
    def differing(self) -> list[int]:
        """Indices of the lines that the models label differently."""
        return [index for index, (one, other) in enumerate(zip(self.first, self.second, strict=True)) if one != other]


def compare_pages(
    first: Model, second: Model, gold: Sequence[LabelledPage], plain: Sequence[Page] = ()
) -> list[ComparedPage]:
    """Classify pages by two models, labelled pages first."""
    pages = [*(page.page for page in gold), *plain]
    labels = [*((page.labels, _first_number(page)) for page in gold), *((None, 1) for _ in plain)]
    both = zip(first.classify_batch(pages), second.classify_batch(pages), strict=True)
    return [
        ComparedPage(page, one.labels, other.labels, own, number)
        for page, (own, number), (one, other) in zip(pages, labels, both, strict=True)
    ]


def _first_number(page: LabelledPage) -> int:
    """Give the number of the page's first line in its `.page` file, as editors show it; 1 for another page."""
    path = Path(page.source)
    if page.origin.collection != PAGE_FILE_COLLECTION or path.suffix != LABELLED_SUFFIX or not path.is_file():
        return 1
    return parse_leniently(read_utf8(path)).first


def difference_lines(compared: ComparedPage) -> Iterator[str]:
    """Write the differences on a page line by line; nothing where the models agree."""
    differing = compared.differing
    if differing:
        yield f"{compared.page.source} ({count(len(differing), 'line')})"
    for index in differing:
        one, other = compared.first[index], compared.second[index]
        mark = "" if compared.gold is None else f"{_mark(compared.gold[index], one, other)} "
        yield f"  {mark}{index + compared.first_number:>4}  {one:<9} → {other:<9}  {compared.page.lines[index].strip()}"
    if differing:
        yield ""


def sum_lines(compared: Sequence[ComparedPage]) -> Iterator[str]:
    """Sum up all pages line by line: how many lines differ, from which label to which, and how many are wrong."""
    changes = Counter((page.first[index], page.second[index]) for page in compared for index in page.differing)
    n_lines = sum(label is not None for page in compared for label in page.first)
    n_pages = sum(bool(page.differing) for page in compared)
    yield f"{changes.total()} of {n_lines} lines differ, on {n_pages} of {len(compared)} pages"
    for one in LABELS:
        for other in LABELS:
            if changes[one, other]:
                yield f"  {one:<9} → {other:<9} {changes[one, other]:>6}"
    labelled = [(page, page.gold) for page in compared if page.gold is not None]
    if labelled:
        total = sum(label is not None for _, gold in labelled for label in gold)
        wrong = [sum(_n_wrong(gold, _labels(page, place)) for page, gold in labelled) for place in (0, 1)]
        yield f"wrong lines of {total} with labels: {wrong[0]} by the first model, {wrong[1]} by the second"


def _n_wrong(gold: Sequence[Label | None], given: Sequence[Label | None]) -> int:
    return sum(own is not None and own is not label for own, label in zip(gold, given, strict=True))


def _labels(page: ComparedPage, place: int) -> tuple[Label | None, ...]:
    return page.second if place else page.first


def _mark(gold: Label | None, one: Label | None, other: Label | None) -> str:
    return "-" if one == gold else "+" if other == gold else "~"
