"""The four labels of lines and the five kinds of pages, in the one order that every array of linesift follows."""

from enum import StrEnum


class Label(StrEnum):
    """Label of a line; `data/README.md` lists the decided cases.

    A label is a string, so it compares, prints and serialises as its word:

    >>> Label.BODY == "body", f"{Label.BODY}", Label("sidebar")
    (True, 'body', <Label.SIDEBAR: 'sidebar'>)
    """

    HEADLINE = "headline"
    BODY = "body"
    TIMESTAMP = "timestamp"
    SIDEBAR = "sidebar"

    @property
    def column(self) -> int:
        """Column of this label in an array of probabilities, 0 to 3."""
        return _COLUMNS[self]


LABELS: tuple[Label, ...] = tuple(Label)
"""All labels, in column order: headline, body, timestamp, sidebar."""

_COLUMNS = {label: column for column, label in enumerate(LABELS)}

_OTHER_WORDS = {
    "title": Label.HEADLINE,
    "heading": Label.HEADLINE,
    "text": Label.BODY,
    "article": Label.BODY,
    "paragraph": Label.BODY,
    "content": Label.BODY,
    "date": Label.TIMESTAMP,
    "time": Label.TIMESTAMP,
    "boilerplate": Label.SIDEBAR,
    "navigation": Label.SIDEBAR,
    "menu": Label.SIDEBAR,
}
"""Words that people write for a label."""


def suggest_label(word: str) -> Label | None:
    """Guess which label was meant by a word that is none.

    >>> suggest_label("bdoy"), suggest_label("Titel"), suggest_label("xyz")
    (<Label.BODY: 'body'>, <Label.HEADLINE: 'headline'>, None)
    """
    from difflib import get_close_matches  # slow to load, and seldom needed

    meant = {**{str(label): label for label in LABELS}, **_OTHER_WORDS}
    near = get_close_matches(word.lower(), meant, n=1) if word else []
    return meant[near[0]] if near else None


class Kind(StrEnum):
    """Kind of a page."""

    ARTICLE = "article"
    LIVE = "live"
    """An article made of entries, each with its time."""
    STUB = "stub"
    """A page with hardly any of its article: behind a paywall, or around a video."""
    INDEX = "index"
    """A page without an article of its own that leads to others: a front page, a list, a search, an error, a login."""
    OTHER = "other"
    """Something other than news: a product in a shop, a thread of a forum, a manual, a service."""


KINDS: tuple[Kind, ...] = tuple(Kind)
"""All kinds, in column order: article, live, stub, index, other."""

NO_ARTICLE = frozenset({Kind.INDEX, Kind.OTHER})
"""Kinds of pages that have no article."""
