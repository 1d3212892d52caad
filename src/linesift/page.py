"""Define a page: the text of one address as lines, with or without labels.

Gold is what a prediction is compared with: labels by hand or by alignment.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

from linesift.errors import LabelError
from linesift.labels import Label

if TYPE_CHECKING:  # numpy comes with it, and `--help` shall not wait for numpy
    from linesift.hints import Head, Hints


_SHORT = 40
"""Characters of a text that its representation shows."""


def shorten(text: str) -> str:
    """Represent a text on one line by its beginning."""
    return repr(text if len(text) <= _SHORT else f"{text[:_SHORT]}…")


def per_cent(fraction: float) -> str:
    """Write a fraction in per cent, such as `97 %`."""
    return f"{fraction:.0%}".replace("%", " %")


@dataclass(frozen=True, slots=True)
class Page:
    r"""The text of one address and where it came from.

    A line is what stands between two `"\n"`; `str.splitlines` is not used because it also splits on
    seven characters that web text contains inside a line (`\x0b`, `\x0c`, `\x1c`-`\x1e`, `\x85`, `\u2028`, `\u2029`).

    >>> Page("Title\n\nFirst\u2028paragraph").lines
    ['Title', '', 'First\u2028paragraph']
    """

    text: str
    source: str = ""
    """Path, address or other name of the page, for messages and output; the model does not see it."""
    hints: "Hints | None" = None
    """Statements of the markup about each line, if the page came as HTML."""
    url: str = ""
    """Its address, if it is known. Its words help to choose the headline, and a day in it is a date of the page."""
    fetched: str = ""
    """Time when the archive fetched it, as the archive writes it; `date` in the output."""
    record_id: str = ""
    """Identifier of the record or row; `id` in the output."""
    archive: str = ""
    """Path of the WARC or WET file."""
    offset: int | None = None
    """Byte of the archive at which the record begins, if reading can start there."""
    kept: Mapping[str, object] = field(default_factory=dict)
    """Other fields of the row, as they were asked for."""
    read_head: "Callable[[], Head] | None" = field(default=None, compare=False)
    """Reads what the markup says about the page as a whole, if it came as HTML. It holds the page's HTML and parses it
    anew: only articles need it, and reading it for every page would take a fifth of the time of reading."""

    def __repr__(self) -> str:
        form = "HTML" if self.has_hints else "text"
        return f"Page({shorten(self.text)}, source={self.source!r}, {form}, {self.text.count(chr(10)) + 1} lines)"

    @property
    def has_hints(self) -> bool:
        """Whether the page came as HTML, so that its markup is known."""
        return self.hints is not None

    @property
    def head(self) -> "Head | None":
        """What the markup says about the page as a whole, read anew each time; `None` for plain text."""
        return None if self.read_head is None else self.read_head()

    @property
    def lines(self) -> list[str]:
        r"""The lines verbatim, blank ones included; `"\n".join` gives the text back."""
        return self.text.split("\n")


def to_page(page: "str | Page") -> Page:
    """Give the page of a text, and a page as it is.

    Raises:
        TypeError: for anything else; the text says what to do.
    """
    if isinstance(page, Page):
        return page
    if isinstance(page, str):
        return Page(page)
    advice = ""
    if isinstance(page, bytes | bytearray):
        advice = "; decode them, or for HTML call linesift.classify_html"
    elif isinstance(page, PurePath):
        advice = "; read the file first, such as with path.read_text(encoding='utf-8')"
    elif isinstance(page, Iterable):
        advice = "; for several pages call linesift.load().classify_batch"
    raise TypeError(f"a page is a str or a linesift.Page, not {type(page).__name__}{advice}")


Labels = tuple[Label | None, ...]
"""Label of each line of a page; `None` for a blank line, and for one whose label is not known."""


class LabelSource(StrEnum):
    """How the labels of a page were found."""

    BY_HAND = "by hand"
    """A person gave every line its label."""
    ALIGNED = "aligned"
    """From the text of the article, which a collection gives."""
    MODEL = "model"
    """A model gives them, because the collection has no gold for the page."""
    KIND_ONLY = "kind only"
    """Only the kind of the whole page is known; no line has a label."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the labels of a page come from."""

    collection: str = ""
    """Name of a corpus, or `pages` for `.page` files."""
    labels: LabelSource = LabelSource.ALIGNED

    @property
    def is_by_hand(self) -> bool:
        """Whether a person gave every line its label."""
        return self.labels is LabelSource.BY_HAND


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One rendering of a page, as text or with hints, with the labels of its lines.

    Every non-blank line has a label, unless `is_partial`: then `None` also stands for a label that is not known. Such a
    line is neither learnt nor scored.

    Raises:
        LabelError: if there are not as many labels as lines, or a blank line has a label, or another has none.
    """

    page: Page
    labels: Labels
    site: str = ""
    """Host of the page; the group of every split."""
    lang: str = ""
    kind: str = "article"
    """`article`, `live`, `stub`, `index` or `other`; see `linesift.labels.Kind`."""
    origin: Origin = Origin()
    url: str = ""
    """Address of the page. It is not `page.url`: training reads it, for the choice of the headline; pages are scored
    without it."""
    note: str = ""
    article: str | None = None
    """The gold text of the article where the collection has one of its own; otherwise the body lines are the gold."""
    doubtful: frozenset[int] = field(default_factory=frozenset)
    """Indices of lines whose label a person has yet to look at."""
    is_partial: bool = False
    """Whether lines that are not blank may have the label `None`, because theirs is not known."""

    @property
    def source(self) -> str:
        """Path, address or other name of the page."""
        return self.page.source

    @property
    def gold_article(self) -> str:
        """The text that a perfect labelling is compared with."""
        if self.article is not None:
            return self.article
        pairs = zip(self.page.lines, self.labels, strict=True)
        return "\n".join(line.strip() for line, label in pairs if label is Label.BODY)

    def __post_init__(self) -> None:
        lines = self.page.lines
        where = self.page.source or "page"
        if len(lines) != len(self.labels):
            raise LabelError(f"{where}: {len(lines)} lines but {len(self.labels)} labels")
        for number, (line, label) in enumerate(zip(lines, self.labels, strict=True), start=1):
            is_blank = not line.strip()
            if label is None and not is_blank and not self.is_partial:
                raise LabelError(f"{where}:{number}: a line without a label")
            if label is not None and is_blank:
                raise LabelError(f"{where}:{number}: a blank line has a label")
