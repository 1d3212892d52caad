"""The four labels, in the one order that every array of linesift follows."""

from enum import StrEnum


class Label(StrEnum):
    """What a line of a news page is; `data/README.md` gives the decided cases.

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
