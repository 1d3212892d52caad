"""The article as Markdown: headline, date line, subheads, list items, quotations and paragraphs."""

import re
from typing import TYPE_CHECKING

from linesift.labels import Label
from linesift.write.tables import clean
from linesift.write.terminal import visible

if TYPE_CHECKING:  # numpy comes with it, and `--help` does not wait for numpy
    from linesift.model.prediction import Prediction

_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_LEADING = re.compile(r"^(\s*)([#>+\-~=|]|\d{1,9}[.)](?=\s))")
_BULLET = re.compile(r"^\s*[•◦▪●○■*·\-–]\s+")
_HYPHENS = re.compile("-(?=-)")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_ITEMS = frozenset(["li", "dt", "dd"])


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

    Subheads, list items and quotations come from the markup. On a page of plain text, a line that begins with a bullet
    is a list item, and all others are paragraphs.
    """
    article = prediction.article()
    parts = [f"# {escape(clean(article.headline))}"] if article.headline else []
    parts += [f"*{escape(clean(article.timestamp))}*"] if article.timestamp else []
    was_item = False
    for role, line in _body(prediction):
        text = {"heading": "## ", "item": "- ", "quote": "> ", "paragraph": ""}[role] + escape(line)
        if was_item and role == "item":
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
        was_item = role == "item"
    return "\n\n".join(parts) + "\n" if parts else ""


def _body(prediction: "Prediction") -> list[tuple[str, str]]:
    """List the role (heading, item, quote or paragraph) and the text of every body line."""
    hints = prediction.page.hints
    lines = []
    for index, (line, label) in enumerate(zip(prediction.page.lines, prediction.labels, strict=True)):
        if label is not Label.BODY:
            continue
        text = clean(line).strip()
        role = "item" if _BULLET.match(text) else "paragraph"
        text = _BULLET.sub("", text)
        if hints is not None:
            from linesift.hints import ANCESTORS, TAGS

            tag = TAGS[hints.tag[index]]
            is_quote = hints.ancestors[index] >> ANCESTORS.index("blockquote") & 1
            role = "heading" if tag in _HEADINGS else "item" if tag in _ITEMS else "quote" if is_quote else role
        lines.append((role, text))
    return lines
