"""Detect the language of an article's text, because that of a collection is at times wrong or missing."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from linesift.page import LabelledPage

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MIN_PROBABILITY = 0.9
"""Least probability for which the detected language replaces the collection's. Of 3,086 pages, those below it are some
Indonesian ones that might be Malay, and Chinese and Japanese ones of a line or two."""

_MIN_LENGTH = 50
"""Least number of characters; shorter texts are not detected."""

_MAX_LENGTH = 4000
"""Number of characters of a text that are read."""

_VARIETIES = frozenset(["yue", "wuu"])
"""Languages that are not detected: newspapers of their speakers are in written Chinese."""


def _text_language(text: str) -> str:
    """Detect the language of a text as ISO 639-1 code; empty where it is short or the probability low.

    Raises:
        ImportError: if py3langid, of the extra `train`, is not installed.
    """
    if len(text) < _MIN_LENGTH:
        return ""
    language, probability = _identifier().classify(text[:_MAX_LENGTH])
    return str(language) if probability >= MIN_PROBABILITY else ""


def with_languages(pages: Sequence[LabelledPage]) -> list[LabelledPage]:
    """Replace the language of each page by that of its article's text where that can be detected."""
    return [replace(page, lang=_text_language(page.gold_article) or page.lang) for page in pages]


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([name for name in found.labels if name not in _VARIETIES])
    return found
