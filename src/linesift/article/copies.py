"""Leave out paragraphs that a page prints a second time, such as once more for small screens."""

from collections.abc import Sequence

from linesift.article.lines import LabelledLines
from linesift.labels import Label

_LEAST_LINES, _LEAST_CHARS, _LEAST_MEAN = 2, 300, 60
"""A copy has at least so many lines, and characters in all and in a line on average: refrains of songs are shorter."""


def body_once(page: LabelledLines) -> tuple[int, ...]:
    """List the indices of the body lines of a page, without the second copy of a run of paragraphs.

    Of 3,909 pages read line by line 1 % have such a run, most of them the whole article. All copies are labelled body.
    """
    indices = page.indices(Label.BODY)
    copies = _find_copies([page.lines[index].strip() for index in indices])
    return tuple(index for place, index in enumerate(indices) if place not in copies)


def _find_copies(texts: Sequence[str]) -> set[int]:
    """Find the places of all lines in runs that repeat the lines from the first copy of their first line on.

    >>> once = ["The ferry sails again after a week of repairs. " * 4, "The harbour fills with people who waited. " * 5]
    >>> _find_copies([*once, "Short.", *once, "Short."])
    {3, 4, 5}
    """
    found: set[int] = set()
    if len(set(texts)) == len(texts):
        return found
    first: dict[str, int] = {}
    place = 0
    while place < len(texts):
        start = first.setdefault(texts[place], place)
        size = 0
        while start + size < place and place + size < len(texts) and texts[start + size] == texts[place + size]:
            size += 1
        n_chars = sum(map(len, texts[place : place + size]))
        if size >= _LEAST_LINES and n_chars >= max(_LEAST_CHARS, size * _LEAST_MEAN):
            found.update(range(place, place + size))
        place += max(size, 1)
    return found
