"""Find where the comments of readers begin: the dates below are those of readers, and not of the article."""

import re
from functools import cache

from linesift.article.lines import LabelledLines
from linesift.features.cues import read_phrases
from linesift.labels import Label

_NO_LETTERS = re.compile(r"[\W\d_]+")
_MEANINGS = frozenset(["comments", "reply"])
_LONGEST = 60
"""Characters of the longest line that can be a heading."""


def first_comment(page: LabelledLines, end: int) -> int:
    """Find the heading of the comments below the article: "Comments (3)", "Leave a reply".

    Args:
        page: the page.
        end: index of the line above which it is looked for.

    Returns:
        Index of its line; the number of lines if there is none, or no article.
    """
    body = page.indices(Label.BODY)
    first = body[-1] + 1 if body else end
    below = (index for index in range(first, end) if len(page.lines[index]) <= _LONGEST)
    return next((index for index in below if _letters(page.lines[index]) in _headings()), len(page.lines))


def _letters(text: str) -> str:
    """Keep the letters, small, with a space for all that stands between them."""
    return _NO_LETTERS.sub(" ", text.casefold()).strip()


@cache
def _headings() -> frozenset[str]:
    return frozenset(map(_letters, read_phrases(_MEANINGS)))
