"""Say what each part of an article is: a paragraph, a subhead, an item of a list, a quotation, the time of an entry.

With HTML the markup says it. Plain text has only the shape of the lines, and so have lines of HTML whose markup says
nothing: a bullet in a paragraph, a subhead in bold.
"""

import re
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from linesift.article.lines import LabelledLines
from linesift.hints import ANCESTORS, TAGS, Hints


class PartKind(StrEnum):
    """Kind of a part of an article."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    ITEM = "item"
    """An item of a list, or a row of a table."""
    QUOTATION = "quotation"
    """A part that is a quotation as a whole."""
    ENTRY = "entry"
    """The time with which an entry of a live page begins, where it has a line of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of an article."""

    kind: PartKind
    text: str
    """The line, stripped; bullets and quotation marks stay."""


HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
"""Tags of titles and subheads."""
_ITEMS = frozenset(["li", "dt", "dd", "tr"])
_CELLS = frozenset(["td", "th"])
_BLOCKS = frozenset(["p", "div"])
_QUOTE, _IN_ITEM = (1 << ANCESTORS.index(name) for name in ("blockquote", "li"))
_BULLET = re.compile(r"[•◦▪●○■◆◇‣⁃►▶▲✓✔✅👉🔹🔸・]\ufe0f?\s*(?=\S)|[*·]\s+(?=\S)")
"""Without a space, `*` begins a footnote or an emphasis."""
_HYPHEN = re.compile(r"-\s+")
_DASH = re.compile(r"[–—―]\s*")
_NUMBERED = re.compile(r"\(?(\d{1,3})[.)、]\s*(?=\D)")
_SENTENCE_END = re.compile(r"[.!?…。！？।॥؟۔።፧։။។]['\"”’»“」』)\]]*$")
_CLOSING = "'\"”’»)]"
"""Marks that may stand behind the last letter of a sentence."""
_NO_SUBHEAD = re.compile(r"[.,:;…。、，：；।॥۔።։။។]$")
"""Ends of lines that are no subheads, such as a sentence, or the line above a list."""
_ROW = re.compile(r"\w\s*[:：]\s*\S")
"""A name, a colon, and something behind it."""
_QUOTED = re.compile(
    r"""(?:"[^"]+"|“[^”]+”|”[^”]+”|„[^“”]+[“”]|‘[^’]+’|«[^»]+»|»[^«]+«|「[^」]+」|『[^』]+』|《[^》]+》)[.!?,;…。]?"""
)
_MAX_SUBHEAD, _MAX_SUBHEAD_HAN = 90, 30
"""Most characters of a subhead, in scripts with and without spaces between words."""
_MAX_ITEM = 100
_MAX_LISTED, _MAX_HEADING = 300, 200
"""Most characters of a paragraph in a list item that is an item, and of a sentence in a heading that is a subhead."""
_LONG_UNMARKED = 80
"""Characters of a line in Thai or Lao that is longer than a subhead."""
_SURE_EMPHASIS = 0.99


def find_parts(
    page: LabelledLines, body_lines: Collection[int], entry_lines: AbstractSet[int] = frozenset()
) -> tuple[Part, ...]:
    """List the body lines of a page, and the times of its entries, in page order, each with its kind.

    Args:
        page: lines and labels, and for a page that came as HTML its hints.
        body_lines: indices of the body lines that count.
        entry_lines: indices of the lines, not body, that are times of entries.
    """
    body = set(body_lines)
    indices = sorted(body | entry_lines)
    texts = [page.lines[index].strip() for index in indices]
    kinds = _of_shape(texts, [index not in body for index in indices])
    if page.hints is not None:
        hints = page.hints
        kinds = [
            _of_markup(hints, index, text, kind) if index in body else kind
            for index, text, kind in zip(indices, texts, kinds, strict=True)
        ]
        if kinds[:1] == [PartKind.SUBHEAD]:  # a summary in a heading, below the title
            kinds[0] = PartKind.PARAGRAPH
    return tuple(Part(kind, text) for kind, text in zip(kinds, texts, strict=True))


def unmarked(text: str) -> str:
    """Give the text of an item without its bullet or dash; numbers stay.

    >>> unmarked("• Pool saved"), unmarked("- Tax up"), unmarked("1. Pool")
    ('Pool saved', 'Tax up', '1. Pool')
    """
    for mark in (_BULLET, _HYPHEN, _DASH):
        if found := mark.match(text):
            return text[found.end() :]
    return text


def _of_markup(hints: Hints, index: int, text: str, shape: PartKind) -> PartKind:
    """Kind of a line of HTML; `shape` is its kind by its shape.

    A page may lay out its paragraphs in cells of a table, and write one in a heading.
    """
    tag, is_sentence = TAGS[hints.tag[index]], _ends_sentence(text)
    if tag in HEADINGS and (len(text) <= _MAX_HEADING or not is_sentence):
        return PartKind.SUBHEAD
    if tag == "dd" and len(text) > _MAX_LISTED:  # an answer of an interview
        return shape
    if tag in _ITEMS or (tag in _CELLS and (len(text) <= _MAX_ITEM or not is_sentence)):
        return PartKind.ITEM
    if tag in _BLOCKS and hints.ancestors[index] & _IN_ITEM and len(text) <= _MAX_LISTED:
        return PartKind.ITEM
    if hints.ancestors[index] & _QUOTE:
        return PartKind.QUOTATION
    if shape is PartKind.SUBHEAD and hints.emphasis[index] < _SURE_EMPHASIS:
        return PartKind.PARAGRAPH
    return shape


def _of_shape(texts: Sequence[str], is_time: Sequence[bool]) -> list[PartKind]:
    """Kinds of the lines of an article by their shape."""
    kinds = [
        PartKind.ENTRY if time else PartKind.ITEM if _is_item(texts, place) else PartKind.PARAGRAPH
        for place, time in enumerate(is_time)
    ]
    _mark_lists(texts, kinds)
    _mark_rows(texts, kinds)
    for place, text in enumerate(texts):
        if kinds[place] is not PartKind.PARAGRAPH:
            continue
        if _QUOTED.fullmatch(text) or _is_spoken(text):
            kinds[place] = PartKind.QUOTATION
        elif _is_subhead(texts, kinds, place):
            kinds[place] = PartKind.SUBHEAD
    return kinds


def _is_item(texts: Sequence[str], place: int) -> bool:
    """Say whether a line has a bullet, or the number next to that of a line beside it, or a dash that is no speech."""
    text = texts[place]
    if _BULLET.match(text):
        return True
    near = [texts[other] for other in (place - 1, place + 1) if 0 <= other < len(texts)]
    if own := _NUMBERED.match(text):
        numbers = [int(found[1]) for found in map(_NUMBERED.match, near) if found]
        return int(own[1]) - 1 in numbers or int(own[1]) + 1 in numbers
    if _HYPHEN.match(text):
        return not _ends_sentence(text) or any(map(_HYPHEN.match, near))
    return bool(_DASH.match(text)) and not _ends_sentence(text)


def _is_spoken(text: str) -> bool:
    """Say whether a line begins with the dash of speech, as in Polish or Swedish: "– Vi väntar, säger Ann"."""
    return bool(_DASH.match(text) or _HYPHEN.match(text)) and _ends_sentence(text)


def _mark_lists(texts: Sequence[str], kinds: list[PartKind]) -> None:
    """Make items of two and more short lines, none of them a sentence, below a line that ends in a colon."""
    place = 0
    while place < len(texts):
        start = place + 1
        end = start
        if texts[place].endswith((":", "：")) and kinds[place] is PartKind.PARAGRAPH:
            while end < len(texts) and kinds[end] is PartKind.PARAGRAPH and _is_short(texts[end]):
                end += 1
            if end - start > 1:
                kinds[start:end] = [PartKind.ITEM] * (end - start)
        place = max(end, start)


def _mark_rows(texts: Sequence[str], kinds: list[PartKind]) -> None:
    """Make items of two and more short lines, none of them a sentence, that name a thing and what it has: "Oil: 20"."""
    are_rows = [
        kind is PartKind.PARAGRAPH and _is_short(text) and bool(_ROW.search(text))
        for kind, text in zip(kinds, texts, strict=True)
    ]
    start = 0
    for is_row, run in groupby(are_rows):
        end = start + len(list(run))
        if is_row and end - start > 1:
            kinds[start:end] = [PartKind.ITEM] * (end - start)
        start = end


def _ends_sentence(text: str) -> bool:
    """Say whether a line ends in a sentence. Thai and Lao have no mark for its end, but only long lines."""
    if _SENTENCE_END.search(text):
        return True
    last = text.rstrip(_CLOSING)[-1:]
    return len(text) > _LONG_UNMARKED and "\u0e00" <= last <= "\u0eff"


def _is_short(text: str) -> bool:
    return len(text) <= _MAX_ITEM and not _ends_sentence(text) and not text.endswith((":", "："))


def _is_subhead(texts: Sequence[str], kinds: Sequence[PartKind], place: int) -> bool:
    """Say whether a line is short, no sentence, and stands above a paragraph or a list, but not at the very top."""
    text = texts[place]
    if len(text) > (_MAX_SUBHEAD if " " in text else _MAX_SUBHEAD_HAN) or _NO_SUBHEAD.search(text):
        return False
    if text[:1].islower() or not any(map(str.isalpha, text)) or not 0 < place < len(texts) - 1:
        return False
    if kinds[place + 1] is PartKind.ITEM:
        return kinds[place - 1] is not PartKind.ITEM
    return _ends_sentence(texts[place + 1]) and len(texts[place + 1]) > len(text)
