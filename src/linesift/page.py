"""A page: the text of one address as lines, with or without labels."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linesift.errors import LabelError
from linesift.labels import Label

if TYPE_CHECKING:  # numpy comes with it, and `--help` shall not wait for numpy
    from linesift.hints import Hints


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
    """Path, address or other name of the page, for messages and output; never a feature."""
    hints: "Hints | None" = None
    """What the markup says of every line, where the page came as HTML."""
    url: str = ""
    """Address of a page that came from an archive."""
    date: str = ""
    """When the archive fetched it, as the archive writes it."""

    @property
    def has_hints(self) -> bool:
        """Whether the page came as HTML, so that its markup is known."""
        return self.hints is not None

    @property
    def lines(self) -> list[str]:
        r"""The lines verbatim, blank ones included; `"\n".join` gives the text back."""
        return self.text.split("\n")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page whose every non-blank line has its label.

    Raises:
        LabelError: if there are not as many labels as lines, or a blank line has a label, or another has none.
    """

    page: Page
    labels: tuple[Label | None, ...]
    site: str = ""
    """Host of the page; the group of every split."""
    lang: str = ""
    kind: str = "article"
    """`article`, `live`, `stub`, `index` or `other`; see `linesift.labels.Kind`."""
    collection: str = ""
    """Where the labels come from: name of a corpus, or `pages` for our own."""
    url: str = ""
    note: str = ""
    article: str | None = None
    """The gold text of the article where the collection has one of its own; otherwise the body lines are the gold."""
    by_hand: bool = False
    """Whether the labels were given line by line, and not found by aligning the article's text."""
    doubtful: frozenset[int] = field(default_factory=frozenset)
    """Indices of lines whose label a person has yet to look at."""

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
            if (label is None) != (not line.strip()):
                problem = "a blank line has a label" if label else "a line without a label"
                raise LabelError(f"{where}:{number}: {problem}")
