"""The article as Markdown: headline, date line, subheads, list items, quotations, times of entries and paragraphs."""

import re
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

    The kinds of its parts are those of `linesift.article.parts`. Numbered items keep their numbers.
    """
    from linesift.article.parts import PartKind

    article = prediction.article()
    written = [f"# {escape(clean(article.headline))}"] if article.headline else []
    written += [f"*{escape(clean(article.timestamp))}*"] if article.timestamp else []
    before = None
    for part in article.body:
        text = _part(part.kind, clean(part.text).strip())
        if before is part.kind and part.kind in (PartKind.ITEM, PartKind.QUOTATION):
            written[-1] += f"\n{text}" if part.kind is PartKind.ITEM else f"\n>\n{text}"
        else:
            written.append(text)
        before = part.kind
    return "\n\n".join(written) + "\n" if written else ""


def _part(kind: "PartKind", text: str) -> str:
    """Write one part of an article."""
    from linesift.article.parts import PartKind, unmarked

    match kind:
        case PartKind.SUBHEAD:
            return f"## {escape(text)}"
        case PartKind.ITEM:
            number = _NUMBER.match(text)
            return f"{number[1]}. {escape(text[number.end() :])}" if number else f"- {escape(unmarked(text))}"
        case PartKind.QUOTATION:
            return f"> {escape(text)}"
        case PartKind.ENTRY:
            return f"**{escape(text)}**"
        case PartKind.PARAGRAPH:
            return escape(text)
