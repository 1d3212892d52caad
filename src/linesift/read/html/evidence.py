"""Compare lines with the title and the days that the page gives in its head. The model weighs the outcome.

`head` reads more from the head, for whoever asks; here only what costs little is read, on every page.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linesift.read.html.head import MODIFIED, PUBLISHED, TITLES

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

DATE_META_NAMES: Final = frozenset((*PUBLISHED, *MODIFIED))
"""Names of `<meta>` that give a day."""
DAY_KEYS: Final = (b'"datePublished"', b'"dateModified"')
"""Keys of days in JSON-LD."""
_JSON_DATE = re.compile(rb'\s*:\s*"([^"]{8,40})"')
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:\D{1,3}(\d\d?):(\d\d))?")
LONGEST_TITLE: Final = 400
LONGEST_DATE: Final = 160
"""Most characters of a line that can be the title, or show the date. No more is read of a date in the head."""
MAX_DAYS: Final = 8
"""Days that are read of a page; JSON-LD of a list of stories has one for each story."""
_NUMBER = re.compile(r"\d+")


class Evidence(NamedTuple):
    """Likeness of every line to what the head says; see the fields of `Hints`. One entry per line."""

    title_share: NDArray[np.float32]
    title_cover: NDArray[np.float32]
    day_shown: NDArray[np.uint8]


class HeadClaims(NamedTuple):
    """Title and days that a page gives of itself, which its lines are compared with: by its head and its JSON-LD.

    It is read on every page; `Head` has more, and is read only for whoever asks.
    """

    titles: tuple[str, ...]
    """Texts of `<title>` and of the first `<meta>` for the title; two, one or none."""
    days: tuple[str, ...]
    """When it was published and changed, as the page writes it."""


def read_claims(tree: "LexborHTMLParser", html: bytes) -> HeadClaims:
    """Read titles and days from the children of `<head>`, and days from JSON-LD.

    Args:
        tree: the parsed page. Elements outside its head are not visited, because that takes time.
        html: the page in UTF-8.
    """
    named: list[tuple[str, str]] = []
    titles: list[str] = []
    node = None if tree.head is None else tree.head.child
    while node is not None:
        if node.tag == "meta":
            attributes = node.attributes
            named.append((attributes.get("property") or attributes.get("name") or "", attributes.get("content") or ""))
        elif node.tag == "title":
            titles.append(node.text())
        node = node.next
    return make_claims(named, titles, read_days(html, _find_keys(html)))


def make_claims(named: Iterable[tuple[str, str]], titles: Iterable[str], json_days: Iterable[str]) -> HeadClaims:
    """Choose among the elements of the head.

    Args:
        named: name and content of every `<meta>`; others than those for titles and days are left alone.
        titles: texts of every `<title>`.
        json_days: days of JSON-LD.
    """
    meta_title = ""
    days: dict[str, None] = {}
    for name, content in named:
        key = name.strip().lower()
        if key in DATE_META_NAMES:
            days[content] = None
        elif key in TITLES:
            meta_title = meta_title or content
    title = next(filter(None, titles), "")
    days.update(dict.fromkeys(json_days))
    return HeadClaims(
        tuple(dict.fromkeys(text for text in (meta_title, title) if text.strip())),
        tuple(days)[:MAX_DAYS],
    )


def _find_keys(html: bytes) -> Iterator[int]:
    """Find the places behind `DAY_KEYS` anywhere on the page; to search for elements would take longer."""
    for key in DAY_KEYS:
        place = -1
        for _ in range(MAX_DAYS):
            place = html.find(key, place + 1)
            if place < 0:
                break
            yield place + len(key)


def read_days(html: bytes, keys: Iterable[int]) -> Iterator[str]:
    """Read the days of JSON-LD from the places behind their keys."""
    for key in keys:
        if day := _JSON_DATE.match(html, key):
            yield day[1].decode("utf-8", "replace")


def find_evidence(lines: Sequence[str], claims: HeadClaims) -> Evidence:
    """Compare every line with the titles and days of the head."""
    share, cover = _compare_titles(lines, claims.titles)
    return Evidence(share, cover, _find_days(lines, claims.days))


def _compare_titles(lines: Sequence[str], titles: Sequence[str]) -> NDArray[np.float32]:
    """Share of each line's words that a title has, and of the title's words that the line has.

    Of several titles the one counts with the highest product of both. Words are what stands between white space. A line
    that is a part of the title counts as a whole, for scripts without white space.

    Returns:
        Shape (2, n_lines).
    """
    shares, covers = [0.0] * len(lines), [0.0] * len(lines)
    sought = split_titles(titles)
    every_whole, every_word = (
        "\n".join(whole for whole, _ in sought),
        frozenset[str]().union(*(words for _, words in sought)),
    )
    for index, line in enumerate(lines if titles else ()):
        if len(line) > LONGEST_TITLE:
            continue
        key = line.casefold()
        own = key.split()
        if not every_word.isdisjoint(own) or key in every_whole:  # hardly any line
            own_words = frozenset(own)
            best = -1.0
            for title in sought:
                share, cover = _compare(key, own_words, *title)
                if share * cover > best:
                    best, shares[index], covers[index] = share * cover, share, cover
    return np.array((shares, covers), np.float32)


def split_titles(titles: Sequence[str]) -> list[tuple[str, frozenset[str]]]:
    """Fold titles as lines are; each with its words."""
    wholes = [" ".join(title.casefold().split())[:LONGEST_TITLE] for title in titles]
    return [(whole, frozenset(whole.split())) for whole in wholes]


def _compare(key: str, own: frozenset[str], whole: str, words: frozenset[str]) -> tuple[float, float]:
    """Both shares for one line and one title, each given as text and as words."""
    n_common = len(words & own)
    if n_common < len(words) and len(key) > 1 and key in whole:
        return 1.0, max(n_common / len(words), len(key) / len(whole))
    return n_common / max(len(own), 1), n_common / len(words)


def _find_days(lines: Sequence[str], days: Sequence[str]) -> NDArray[np.uint8]:
    """Bits per line: it shows the day of the month (1), the year (2), hour and minute (4) of one of the days."""
    sought = split_days(days)
    if not sought:
        return np.zeros(len(lines), np.uint8)
    return np.array([find_day(line, sought) for line in lines], np.uint8)


def split_days(days: Sequence[str]) -> list[tuple[int, ...]]:
    """Find year, month, day, hour and minute of all days; -1 stands for a missing one."""
    found = (tuple(map(_to_int, parts)) for day in days for parts in _DATE.findall(day[:LONGEST_DATE]))
    return list(dict.fromkeys(found))


def find_day(line: str, sought: Sequence[tuple[int, ...]]) -> int:
    """Bits of `Hints.day_shown` of one line."""
    if len(line) > LONGEST_DATE or not (numbers := {int(number) for number in _NUMBER.findall(line)}):
        return 0
    return max(_parts_shown(numbers, *day) for day in sought)


def _parts_shown(numbers: AbstractSet[int], year: int, _month: int, day: int, hour: int, minute: int) -> int:
    has_clock = minute >= 0 and minute in numbers and (hour in numbers or hour - 12 in numbers)
    return (day in numbers) + 2 * (year in numbers) + 4 * has_clock


def _to_int(number: str) -> int:
    """The number, or -1 where it is missing."""
    return int(number) if number else -1
