"""The article as Markdown: headline, date line, subheads, list items, quotations, times of entries and paragraphs."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from linesift.write.tables import clean
from linesift.write.terminal import visible

if TYPE_CHECKING:  # numpy comes with it, and `--help` does not wait for numpy
    from linesift.article.parts import PartKind
    from linesift.model.prediction import Prediction

_SPECIAL = re.compile(r"([\\`*_\[\]<~]|&(?=#?\w+;))")
_LEADING = re.compile(r"^(\s*)([#>+\-~=|]|\d{1,9}[.)](?=\s))")
_NUMBER = re.compile(r"\(?(\d{1,9})[.)]\s+")
_HYPHENS = re.compile("-(?=-)")


def escape(text: str) -> str:
    r"""Escape a text for Markdown.

    >>> escape("# 1 * 2 = [3]"), escape("1. Mai")
    ('\\# 1 \\* 2 = \\[3\\]', '1\\. Mai')
    """
    marked = _SPECIAL.sub(r"\\\1", text)
    leading = _LEADING.match(marked)
    return marked if leading is None else f"{marked[: leading.end() - 1]}\\{marked[leading.end() - 1 :]}"


def comment(text: str) -> str:
    """Write a text as an HTML comment, which it cannot end: no two hyphens are next to each other.

    >>> comment("page-->.txt")
    '<!-- page- ->.txt -->'
    """
    return f"<!-- {_HYPHENS.sub('- ', visible(clean(text)))} -->"


def markdown(prediction: "Prediction") -> str:
    """Write the article as Markdown; empty if the page has none.

    The kinds of its parts are those of `linesift.article.parts`. Numbered items keep their numbers. Markdown counts on
    from the first number of a list. So items whose numbers do not follow each other, such as days, are no such list.
    """
    from linesift.article.parts import PartKind

    article = prediction.article()
    texts = [clean(part.text).strip() for part in article.body]
    is_item = [part.kind is PartKind.ITEM for part in article.body]
    numbers = [_NUMBER.match(text) if one else None for text, one in zip(texts, is_item, strict=True)]
    is_counted = _are_counted([int(number[1]) if number else None for number in numbers])
    written = [f"# {escape(clean(article.headline))}"] if article.headline else []
    written += [f"*{escape(clean(article.timestamp))}*"] if article.timestamp else []
    before = None
    for part, plain, counted in zip(article.body, texts, is_counted, strict=True):
        text = _part(part.kind, plain, is_counted=counted)
        if before is part.kind and part.kind in (PartKind.ITEM, PartKind.QUOTATION):
            written[-1] += f"\n{text}" if part.kind is PartKind.ITEM else f"\n>\n{text}"
        else:
            written.append(text)
        before = part.kind
    return "\n\n".join(written) + "\n" if written else ""


def _are_counted(numbers: Sequence[int | None]) -> list[bool]:
    """Say for each part whether it has a number that is one of a row of 1, 2, 3 or the like; `None` is no number.

    >>> _are_counted([1, 2, None, 3, 20, None, 7])
    [True, True, False, False, False, False, True]
    """
    found: list[bool] = []
    for is_number, group in groupby(numbers, key=lambda number: number is not None):
        row = [number or 0 for number in group]
        found += [is_number and row == [*range(row[0], row[0] + len(row))]] * len(row)
    return found


def _part(kind: "PartKind", text: str, *, is_counted: bool) -> str:
    """Write one part of an article; `is_counted` says whether its number is that of an item."""
    from linesift.article.parts import PartKind, unmarked

    match kind:
        case PartKind.SUBHEAD:
            return f"## {escape(text)}"
        case PartKind.ITEM:
            number = _NUMBER.match(text) if is_counted else None
            return f"{number[1]}. {escape(text[number.end() :])}" if number else f"- {escape(unmarked(text))}"
        case PartKind.QUOTATION:
            return f"> {escape(text)}"
        case PartKind.ENTRY:
            return f"**{escape(text)}**"
        case PartKind.PARAGRAPH:
            return escape(text)
