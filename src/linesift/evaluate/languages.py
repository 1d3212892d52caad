"""The language of an article's text, because columns of collections are wrong at times or empty."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from linesift.page import LabelledPage

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SURE = 0.9
"""Probability from which the text's language counts more than the collection's column. Below it are, of 3,086 pages,
some Indonesian ones that might be Malay, and Chinese and Japanese ones of a line or two."""

SHORTEST = 50
"""Characters under which a text says too little."""

_READ = 4000
"""Characters that are read of a text."""

_VARIETIES = frozenset(["yue", "wuu"])
"""Left out, because what is written in them in newspapers is written Chinese."""


def text_language(text: str) -> str:
    """Language of a text as its ISO 639-1 code; empty where the text is short or the answer not sure.

    Raises:
        ImportError: if py3langid, of the extra `train`, is not installed.
    """
    if len(text) < SHORTEST:
        return ""
    language, probability = _identifier().classify(text[:_READ])
    return str(language) if probability >= SURE else ""


def checked(pages: Sequence[LabelledPage]) -> list[LabelledPage]:
    """Pages whose language is that of their article's text, where it is sure, and else what they said."""
    return [replace(page, lang=text_language(page.gold_article) or page.lang) for page in pages]


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([name for name in found.labels if name not in _VARIETIES])
    return found
