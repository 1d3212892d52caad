"""Lines that repeat what the head of a page says: its title, its days. Evidence for the model, which weighs it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.read.html_head import MODIFIED, PUBLISHED

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_TITLES = ("og:title", "twitter:title")
_DAYS = frozenset((*PUBLISHED, *MODIFIED))
_JSON_DAY = re.compile(r'"date(?:Published|Modified)"\s*:\s*"([^"]{8,40})"')
_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:\D{1,3}(\d\d?):(\d\d))?")
_LONGEST_TITLE, _LONGEST_DATE = 400, 160
"""Characters of a line that can be the title, or show the date."""
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


def read_said(tree: "LexborHTMLParser") -> Said:
    """Titles and days of a parsed page; only children of `<head>` and JSON-LD are looked at, because all cost time."""
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
            elif name in _TITLES:
                named = named or content
        elif node.tag == "title":
            title = title or node.text()
        node = node.next
    for node in tree.css('script[type*="ld+json" i]'):
        days.update(dict.fromkeys(_JSON_DAY.findall(node.text() or "")))
    return Said(tuple(dict.fromkeys(text for text in (named, title) if text.strip())), tuple(days))


def find_evidence(lines: Sequence[str], said: Said) -> Evidence:
    """Compare every line with what the head says.

    Words are what stands between white space, so that no script is cut; where a page sets none, a line counts that is
    a part of the title.
    """
    share, cover = np.zeros((2, len(lines)), np.float32)
    for title in said.titles:
        whole = " ".join(title.casefold().split())
        words = frozenset(whole.split())
        for row, line in enumerate(lines):
            if len(line) > _LONGEST_TITLE:
                continue
            key = line.casefold()
            own = key.split()
            n_common = len(words.intersection(own))
            parts = (n_common / len(own), n_common / len(words)) if n_common else (0.0, 0.0)
            if parts[1] < 1 and len(key) > 1 and key in whole:
                parts = (1.0, max(parts[1], len(key) / len(whole)))
            if parts[0] * parts[1] > share[row] * cover[row]:
                share[row], cover[row] = min(parts[0], 1), min(parts[1], 1)
    return Evidence(share, cover, _days_shown(lines, said.days))


def _days_shown(lines: Sequence[str], days: Sequence[str]) -> NDArray[np.uint8]:
    """Whether a line shows the day of the month (1), the year (2), hour and minute (4) of one of some days."""
    shown = np.zeros(len(lines), np.uint8)
    wanted = [tuple(map(_whole, found)) for day in days for found in _DAY.findall(day)]
    if not wanted:
        return shown
    for row, line in enumerate(lines):
        if len(line) <= _LONGEST_DATE and (numbers := [int(number) for number in _NUMBER.findall(line)]):
            for year, _, day, hour, minute in wanted:
                clock = minute >= 0 and (hour in numbers or (hour - 12) in numbers) and minute in numbers
                shown[row] = max(shown[row], (day in numbers) + 2 * (year in numbers) + 4 * clock)
    return shown


def _whole(number: str) -> int:
    return int(number) if number else -1
