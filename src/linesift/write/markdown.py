"""The article as Markdown: headline, date line, subheads, list items, quotations and paragraphs."""

import re
from typing import TYPE_CHECKING

from linesift.labels import Label
from linesift.write.tables import clean

if TYPE_CHECKING:  # numpy comes with it, and `--help` shall not wait for numpy
    from linesift.model.prediction import Prediction

_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_LEADING = re.compile(r"^(\s*)([#>+\-~=|]|\d{1,9}[.)](?=\s))")
_BULLET = re.compile(r"^\s*[•◦▪●○■*·\-–]\s+")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_ITEMS = frozenset(["li", "dt", "dd"])


def escape(text: str) -> str:
    r"""Write text so that Markdown shows it as it is.

    >>> escape("# 1 * 2 = [3]"), escape("1. Mai")
    ('\\# 1 \\* 2 = \\[3\\]', '1\\. Mai')
    """
    marked = _SPECIAL.sub(r"\\\1", text)
    found = _LEADING.match(marked)
    return marked if found is None else f"{marked[: found.end() - 1]}\\{marked[found.end() - 1 :]}"


def markdown(prediction: "Prediction") -> str:
    """Give the article as Markdown; empty where the page has none.

    Subheads, list items and quotations are what the markup calls so; on a page of plain text, a line that begins with a
    bullet is a list item and everything else a paragraph.
    """
    whole = prediction.article()
    parts = [f"# {escape(clean(whole.headline))}"] if whole.headline else []
    parts += [f"*{escape(clean(whole.timestamp))}*"] if whole.timestamp else []
    was_item = False
    for kind, line in _body(prediction) if prediction.has_article else ():
        text = {"heading": "## ", "item": "- ", "quote": "> ", "paragraph": ""}[kind] + escape(line)
        if was_item and kind == "item":
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
        was_item = kind == "item"
    return "\n\n".join(parts) + "\n" if parts else ""


def _body(prediction: "Prediction") -> list[tuple[str, str]]:
    """Kind and text of every body line."""
    hints = prediction.page.hints
    found = []
    for index, (line, label) in enumerate(zip(prediction.page.lines, prediction.labels, strict=True)):
        if label is not Label.BODY:
            continue
        text = clean(line).strip()
        kind = "item" if _BULLET.match(text) else "paragraph"
        text = _BULLET.sub("", text)
        if hints is not None:
            from linesift.hints import ANCESTORS, TAGS

            tag = TAGS[hints.tag[index]]
            is_quote = hints.ancestors[index] >> ANCESTORS.index("blockquote") & 1
            kind = "heading" if tag in _HEADINGS else "item" if tag in _ITEMS else "quote" if is_quote else kind
        found.append((kind, text))
    return found
