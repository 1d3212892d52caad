"""Align the gold text of an article with the lines of its page, and labels with those of another rendering.

The collections say what the article is, not which line of a rendered page it stands in. A line is matched
by its letters and digits alone, because renderings differ in white space, bullets and punctuation.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

from linesift.dates.moment import Moment, read_moments
from linesift.labels import Label

_ANCHOR = 24
"""Letters from which a line is matched wherever it stands; below, only between the lines around it."""

_SHINGLE = 8
"""Letters per shingle when a long line is matched in part."""

_PARTIAL = 0.75
"""Least share of a line's shingles that must occur in the gold. Of 888 body lines on 54 pages labelled by hand, 0.5
finds 840 and 28 wrong ones, 0.6 839 and 21, 0.75 835 and 14, 0.9 826 and 10."""

_LONGEST_DATE_LINE = 160
_LONGEST_CLOCK_LINE = 60
"""Characters up to which a line with a clock but no day can be a date line."""

_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold of one page in a collection."""

    body: tuple[str, ...]
    """Paragraphs, subheads and list items in order."""
    titles: tuple[str, ...]
    """The gold title, or where there is none what the markup offers, surest first."""
    date: str | None = None
    """Day as `YYYY-MM-DD`, where known."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Labels of a page's lines and how much of the gold they cover."""

    labels: tuple[Label | None, ...]
    coverage: float
    """Share of the gold body's letters that lines labelled body contain, 0 to 1."""


def letters(text: str) -> str:
    """Letters and digits of a text, compatibility-normalised and case-folded.

    >>> letters("  • “Ｂanjir” – 12 tewas!")
    'banjir12tewas'
    """
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def align(lines: Sequence[str], gold: Gold) -> Alignment:
    """Label the lines of a page from its gold.

    Long lines are anchors: they are body wherever their letters occur in the gold. Short lines are body only
    where they continue what the anchors around them leave open, so that a menu item which is also a word
    of the article stays `sidebar`.
    """
    keys = [letters(line) for line in lines]
    spans = _body_spans(keys, gold.body)
    labels: list[Label | None] = [
        Label.SIDEBAR if key or line.strip() else None for key, line in zip(keys, lines, strict=True)
    ]
    for index in spans:
        labels[index] = Label.BODY
    body = sorted(spans)
    head = headline_lines(keys, gold.titles, body)
    for index in head:
        labels[index] = Label.HEADLINE
    for index in _timestamps(lines, labels, head, body, gold.date):
        labels[index] = Label.TIMESTAMP
    n_gold = sum(len(letters(paragraph)) for paragraph in gold.body)
    return Alignment(tuple(labels), _covered(spans) / n_gold if n_gold else 0.0)


def carry_over(lines: Sequence[str], labels: Sequence[Label | None], others: Sequence[str]) -> tuple[Label | None, ...]:
    """Find labels for the lines of another rendering of a labelled page.

    Lines are matched in order by their letters. Between the matches, a line that is a part of labelled lines, or holds
    most of one, takes their label if they have one label. So does a line of a gap whose labelled lines, or without any
    the two lines around it, are all sidebar.

    Args:
        lines: of the labelled rendering.
        labels: one for each of them.
        others: lines of the other rendering.

    Returns:
        One for each of `others`; `None` for a line that is blank or whose label is unknown.
    """
    rows = [row for row, line in enumerate(lines) if line.strip()]
    there = [row for row, line in enumerate(others) if line.strip()]
    keys, other_keys = [letters(lines[row]) for row in rows], [letters(others[row]) for row in there]
    known = [labels[row] for row in rows]
    carried: list[Label | None] = [None] * len(others)
    matcher = SequenceMatcher(None, keys, other_keys, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        around = known[start:end] or [*known[max(start - 1, 0) : start], *known[end : end + 1]]
        for place in range(other_start, other_end):
            if kind == "equal":
                carried[there[place]] = known[start + place - other_start]
            else:
                carried[there[place]] = _label_between(other_keys[place], keys[start:end], known[start:end], around)
    return tuple(carried)


def _label_between(
    key: str, keys: Sequence[str], known: Sequence[Label | None], around: Sequence[Label | None]
) -> Label | None:
    """Label of a line without a match, from the labelled lines of its gap and around it; `None` if they differ."""
    if not key:
        return None
    parts = {label for other, label in zip(keys, known, strict=True) if key in other or _holds_most(key, other)}
    if len(parts) == 1:
        return parts.pop()
    return Label.SIDEBAR if not parts and set(around) <= {Label.SIDEBAR} else None


def _holds_most(key: str, other: str) -> bool:
    """Whether a line holds another one and little else."""
    return bool(other) and other in key and len(other) >= _MOST * len(key)


_MOST = 0.7
"""Share of a line's letters from which it is taken for the line that it holds."""


def _body_spans(keys: Sequence[str], paragraphs: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Line index to the span of the gold's letters that the line holds."""
    parts = [letters(paragraph) for paragraph in paragraphs]
    stream = "".join(parts)
    whole = {part for part in parts if part}
    known = {stream[i : i + _SHINGLE] for i in range(len(stream) - _SHINGLE + 1)}
    spans: dict[int, tuple[int, int]] = {}
    for index, key in enumerate(keys):
        if len(key) >= _ANCHOR and (span := _anchor(key, stream, known)):
            spans[index] = span
    anchors = sorted(spans)
    for index, key in enumerate(keys):
        if not key or len(key) >= _ANCHOR:
            continue
        place = bisect_left(anchors, index)
        before = spans[anchors[place - 1]] if place else None
        after = spans[anchors[place]] if place < len(anchors) else None
        near = (before and index - anchors[place - 1] <= 12) or (after and anchors[place] - index <= 12)
        if not near and anchors:
            continue
        low = before[1] if before else max(0, after[0] - 400) if after else 0
        high = after[0] if after else low + 400
        found = stream.find(key, low, max(low, high))
        # One letter or two occur everywhere; a whole paragraph is a match even so.
        if found >= 0 and (len(key) > 2 or key in whole) and ((before and after) or key in whole or len(key) > 8):
            spans[index] = (found, found + len(key))
    return spans


def _anchor(key: str, stream: str, known: set[str]) -> tuple[int, int] | None:
    start = stream.find(key)
    if start >= 0:
        return start, start + len(key)
    shingles = [key[i : i + _SHINGLE] for i in range(len(key) - _SHINGLE + 1)]
    hits = [shingle for shingle in shingles if shingle in known]
    if len(hits) < _PARTIAL * len(shingles):
        return None
    start, last = stream.find(hits[0]), stream.rfind(hits[-1])
    return (start, last + _SHINGLE) if start <= last <= start + 2 * len(key) else (start, start + len(key))


def _covered(spans: dict[int, tuple[int, int]]) -> int:
    covered = reached = 0
    for start, end in sorted(spans.values()):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def headline_lines(keys: Sequence[str], titles: Sequence[str], body: Sequence[int]) -> list[int]:
    """Indices of the title's lines: the copy before the article that is nearest to it."""
    first = body[0] if body else len(keys)
    limit = first + 4  # some sites set the standfirst or a summary above the title
    for title in titles:
        key = letters(title)
        if len(key) < 4:
            continue
        candidates = [found for start in range(min(limit, len(keys))) if (found := _title_at(keys, start, key))]
        before = [found for found in candidates if found[0] <= first]
        if before:
            return before[-1]
        if candidates:
            return candidates[0]
    return []


def _title_at(keys: Sequence[str], start: int, title: str) -> list[int]:
    """Lines from `start` on that make up the title: one line, or two to three with nothing between."""
    key = keys[start]
    if not key:
        return []
    if key == title or (len(title) >= _ANCHOR and _near(key, title)):
        return [start]
    if len(key) < 3 or not title.startswith(key):
        return []
    joined, used = key, [start]
    for index in range(start + 1, min(start + 4, len(keys))):
        if not keys[index]:
            continue
        joined, used = joined + keys[index], [*used, index]
        if joined == title:
            return used
        if not title.startswith(joined):
            break
    return []


def _near(key: str, title: str) -> bool:
    """Whether the line is the title but for a kicker, a site name or a change of wording."""
    if title in key and len(key) <= 1.3 * len(title):
        return True
    if key in title and len(key) >= 0.8 * len(title):
        return True
    if not 0.8 <= len(key) / len(title) <= 1.25:
        return False
    grams = {title[i : i + 4] for i in range(len(title) - 3)}
    own = [key[i : i + 4] for i in range(len(key) - 3)]
    return sum(gram in grams for gram in own) >= 0.8 * max(len(own), len(grams))


def _timestamps(
    lines: Sequence[str], labels: Sequence[Label | None], head: Sequence[int], body: Sequence[int], day: str | None
) -> list[int]:
    """Date lines in the article's header, and of the gold's day right below its text."""
    if not body:
        return []
    full = [index for index, line in enumerate(lines) if line.strip()]
    # The header: from four lines above the title (or eight above the text) to the third paragraph.
    top = head[0] if head else body[0]
    start = bisect_left(full, top) - (4 if head else 8)
    stop = bisect_right(full, body[min(2, len(body) - 1)])
    free = [i for i in full[max(0, start) : stop] if labels[i] is Label.SIDEBAR]
    found = [i for i in free if is_date_line(lines[i], day) and not _is_older(lines[i], day)]
    foot = full[bisect_right(full, body[-1]) : bisect_right(full, body[-1]) + 4]
    if day and not found:
        found = [i for i in foot if labels[i] is Label.SIDEBAR and is_date_line(lines[i], day, strict=True)]
    return found


def is_date_line(line: str, day: str | None = None, *, strict: bool = False) -> bool:
    """Whether a line shows a day or, if it is short, a clock.

    Ages such as "3 min" do not count: without a time of reading they cannot be told from the time that reading takes.
    On 54 pages labelled by hand, 54 of 59 date lines are found, and 3 wrong ones.

    Args:
        line: the line.
        day: the article's day as `YYYY-MM-DD`; a line that shows days of other years alone is refused.
        strict: whether that very day must stand there.

    >>> is_date_line("RABU, 21 OKTOBER 2020 | 09:20 WIB"), is_date_line("Hal 12 dari 30")
    (True, False)
    """
    text = line.strip()
    moments = read_moments(text) if len(text) <= _LONGEST_DATE_LINE else []
    days = _days(moments)
    if not days:
        has_clock = any(moment.clock is not None for moment in moments)
        return has_clock and not strict and len(text) < _LONGEST_CLOCK_LINE
    if day is None:
        return not strict
    wanted = date.fromisoformat(day)
    return wanted in days if strict else any(found.year == wanted.year for found in days)


def _days(moments: Sequence[Moment]) -> list[date]:
    """Days of some moments; of one that can be read in two ways, both."""
    return [day for moment in moments for day in ([moment.day] if moment.day else moment.choices)]


def _is_older(line: str, day: str | None) -> bool:
    """Whether all days of a date line are before the article's: that of a caption, a quoted post, an earlier story.

    Later ones are those of updates. A day of grace, because clocks and zones differ.
    """
    if day is None:
        return False
    days = _days(read_moments(line))
    return bool(days) and max(days) < date.fromisoformat(day) - timedelta(days=1)
