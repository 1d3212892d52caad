"""Lines that repeat what the head of a page says: its title, its days. Evidence for the model, which weighs it."""

import re
from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.read.html.head import MODIFIED, PUBLISHED, TITLES

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_DAYS = frozenset((*PUBLISHED, *MODIFIED))
_JSON_DAY = re.compile(rb'\s*:\s*"([^"]{8,40})"')
_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:\D{1,3}(\d\d?):(\d\d))?")
_LONGEST_TITLE, _LONGEST_DATE = 400, 160
"""Characters of a line that can be the title, or show the date."""
_MOST_DAYS = 8
"""JSON-LD of a list of stories has one for each."""
_NUMBER = re.compile(r"\d+")


class Evidence(NamedTuple):
    """What the head says, as arrays of one entry per line."""

    title_share: NDArray[np.float32]
    title_cover: NDArray[np.float32]
    day_shown: NDArray[np.uint8]


class Said(NamedTuple):
    """What the head says."""

    titles: tuple[str, ...]
    """Of `<title>` and of the first `meta` for it, one or both."""
    days: tuple[str, ...]
    """When it was published and changed, as the page writes it."""


def read_said(tree: "LexborHTMLParser", html: bytes) -> Said:
    """Titles and days of a parsed page and its UTF-8; of the page only children of `<head>`, because all cost time."""
    title = named = ""
    days: dict[str, None] = {}
    node = None if tree.head is None else tree.head.child
    while node is not None:
        if node.tag == "meta":
            attributes = node.attributes
            name = (attributes.get("property") or attributes.get("name") or "").strip().lower()
            content = attributes.get("content") or ""
            if name in _DAYS:
                days[content] = None
            elif name in TITLES:
                named = named or content
        elif node.tag == "title":
            title = title or node.text()
        node = node.next
    days.update(dict.fromkeys(_json_days(html)))
    return Said(tuple(dict.fromkeys(text for text in (named, title) if text.strip())), tuple(days)[:_MOST_DAYS])


def _json_days(html: bytes) -> Iterator[str]:
    """Days of JSON-LD, wherever on the page it is; to look for its keys is faster than for its elements."""
    for key in (b'"datePublished"', b'"dateModified"'):
        place = -1
        for _ in range(_MOST_DAYS):
            place = html.find(key, place + 1)
            if place < 0:
                break
            if day := _JSON_DAY.match(html, place + len(key)):
                yield day[1].decode("utf-8", "replace")


def find_evidence(lines: Sequence[str], said: Said) -> Evidence:
    """Compare every line with what the head says."""
    share, cover = _likeness(lines, said.titles)
    return Evidence(share, cover, _days_shown(lines, said.days))


def _likeness(lines: Sequence[str], titles: Sequence[str]) -> NDArray[np.float32]:
    """Share of each line's words that a title has, and of the title's words that the line has, for the likest title.

    Words are what stands between white space, so that no script is cut; where a page sets none, a line counts that is
    a part of the title.

    Returns:
        Shape (2, n_lines).
    """
    shares = [(0.0, 0.0)] * len(lines)
    wholes = [" ".join(title.casefold().split())[:_LONGEST_TITLE] for title in titles]
    sought = [(whole, frozenset(whole.split())) for whole in wholes]
    every_whole, every_word = "\n".join(wholes), frozenset[str]().union(*(words for _, words in sought))
    for row, line in enumerate(lines if titles else ()):
        if len(line) > _LONGEST_TITLE:
            continue
        key = line.casefold()
        own = key.split()
        if not every_word.isdisjoint(own) or key in every_whole:  # hardly any line
            shares[row] = max([_alike(key, own, *title) for title in sought], key=prod)
    return np.array(shares, np.float32).T


def _alike(key: str, own: Sequence[str], whole: str, words: frozenset[str]) -> tuple[float, float]:
    """Share of a line's words that are a title's, and of the title's that are the line's."""
    n_common = len(words.intersection(own))
    if n_common < len(words) and len(key) > 1 and key in whole:
        return 1.0, max(n_common / len(words), len(key) / len(whole))
    return n_common / max(len(frozenset(own)), 1), n_common / len(words)


def _days_shown(lines: Sequence[str], days: Sequence[str]) -> NDArray[np.uint8]:
    """Whether a line shows the day of the month (1), the year (2), hour and minute (4) of one of some days."""
    shown = np.zeros(len(lines), np.uint8)
    wanted = [tuple(map(_whole, found)) for day in days for found in _DAY.findall(day)]
    if not wanted:
        return shown
    for row, line in enumerate(lines):
        if len(line) <= _LONGEST_DATE and (numbers := [int(number) for number in _NUMBER.findall(line)]):
            shown[row] = max(_parts_shown(numbers, *day) for day in wanted)
    return shown


def _parts_shown(numbers: Sequence[int], year: int, _month: int, day: int, hour: int, minute: int) -> int:
    has_clock = minute >= 0 and minute in numbers and (hour in numbers or hour - 12 in numbers)
    return (day in numbers) + 2 * (year in numbers) + 4 * has_clock


def _whole(number: str) -> int:
    return int(number) if number else -1
