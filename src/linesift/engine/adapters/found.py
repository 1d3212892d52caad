"""What pipelines are told about a page: a dictionary of plain values."""

from linesift.engine.pages import LabelledRecord
from linesift.engine.schema import COLUMNS

NAMES = ("kind", "kind_probability", "headline", "published", "updated")
"""Columns of `linesift.engine.schema` that stand beside the text of the article."""


def article_text(page: LabelledRecord) -> str:
    """Give the text of the article: its body lines, with a blank line between two; empty without an article."""
    return COLUMNS["article"].values(page) or ""


def found_on(page: LabelledRecord) -> dict[str, str | float]:
    """Give what was found on a page beside its text, by `NAMES`.

    What is missing is an empty string, or the probability 0: writers infer a column's type from its first values.
    """
    found = {name: COLUMNS[name].values(page) for name in NAMES}
    return {name: found[name] or (0.0 if COLUMNS[name].type == "float" else "") for name in NAMES}
