"""A page to learn from or to be scored on, in both of its forms.

An `Example` holds both forms; a fit takes one form of it, as a `LabelledPage`.
"""

from dataclasses import dataclass, replace

from linesift.labels import Kind
from linesift.page import LabelledPage, Labels, LabelSource, Origin, Page


@dataclass(frozen=True, slots=True)
class Example:
    """A page as text and as HTML, with its gold and where that comes from.

    Both forms are renderings of one page, so their lines differ, and each has its own labels. A form whose labels are
    `None` has no gold: alignment failed, or nobody knows any.
    """

    text: Page
    origin: Origin
    text_labels: Labels | None = None
    """One for each line of `text`. `None` for a line that is blank or, as in `html_labels`, whose label is unknown."""
    html: Page | None = None
    """The page with hints; its source is that of `text`."""
    html_labels: Labels | None = None
    site: str = ""
    """Host of the page; the group of every split."""
    lang: str = ""
    kind: str = Kind.ARTICLE
    """See `linesift.labels.Kind`."""
    url: str = ""
    article: str | None = None
    """The gold text of the article, where the collection has it apart from the lines."""
    must: tuple[str, ...] = ()
    """Strings that are in the article, where a collection knows some."""
    must_not: tuple[str, ...] = ()
    """Strings that are not in the article."""

    @classmethod
    def of_page(cls, page: LabelledPage) -> "Example":
        """Make an example of one labelled rendering; with hints, its lines are those of the HTML and of the text."""
        has_hints = page.page.hints is not None
        return cls(
            text=replace(page.page, hints=None),
            origin=page.origin,
            text_labels=page.labels,
            html=page.page if has_hints else None,
            html_labels=page.labels if has_hints else None,
            site=page.site,
            lang=page.lang,
            kind=page.kind,
            url=page.url,
            article=page.article,
        )

    @property
    def source(self) -> str:
        """Path, address or other name of the page."""
        return self.text.source

    @property
    def has_line_gold(self) -> bool:
        """Whether gold for single lines is known, of a person or by alignment, in one form at least."""
        return self.origin.labels in (LabelSource.BY_HAND, LabelSource.ALIGNED)

    def as_text(self) -> LabelledPage | None:
        """Give the text with its labels; `None` where it has none."""
        return self._form(self.text, self.text_labels)

    def as_html(self) -> LabelledPage | None:
        """Give the HTML with its labels; `None` where there is no HTML or no label for it."""
        return self._form(self.html, self.html_labels)

    def _form(self, page: Page | None, labels: Labels | None) -> LabelledPage | None:
        if page is None or labels is None:
            return None
        return LabelledPage(
            page=page,
            labels=labels,
            site=self.site,
            lang=self.lang,
            kind=self.kind,
            origin=self.origin,
            url=self.url,
            article=self.article,
            is_partial=True,
        )
