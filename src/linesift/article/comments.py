"""Find where the comments of readers begin: the dates below are those of readers, and not of the article."""

import re
from functools import cache

from linesift.article.lines import LabelledLines
from linesift.features.cues import read_phrases
from linesift.labels import Label

_NO_LETTERS = re.compile(r"[\W\d_]+")
_MEANINGS = frozenset(["comments", "reply"])
_LONGEST = 100
"""Characters of the longest line that can be a heading: one may repeat the title of the article."""
_OF_ARTICLE = re.compile(
    r"(?:one )?(?:comments?|responses?|repl(?:y|ies)|thoughts?) (?:on|to)\b"
    r"|(?:ein )?(?:kommentare?|antwort(?:en)?|gedanken?) (?:zu|auf)\b"
    r"|(?:un )?(?:commentaires?|réponses?|réflexions?) (?:sur|à)\b"
    r"|(?:un )?(?:comentarios?|respuestas?|pensamientos?) (?:en|sobre|a)\b"
    r"|(?:um )?(?:comentários?|respostas?) (?:em|sobre|a)\b"
    r"|(?:un )?(?:commenti|commento|pensieri|risposte) (?:su|a)\b"
    r"|(?:één )?(?:reacties?|gedachten) (?:op|over)\b"
    r"|(?:komentarze|komentarz|odpowiedzi|myśli) (?:do|na|o)\b"
    r"|(?:komentar|tanggapan|pemikiran) (?:untuk|pada|tentang)\b"
    r"|(?:kommentarer?|tankar|svar) (?:på|om|till)\b"
    r"|(?:комментари\w+|мысл\w+|ответ\w*) (?:к|на|о)\b"
    r"|(?:join the )?conversation$|(?:what|our) readers say$|(?:reader|user) comments$"
)
"""Headings that blogs and newsrooms make: "3 responses to ...", "One thought on ...", "2 Gedanken zu ..."."""


def first_comment(page: LabelledLines, end: int) -> int:
    """Find the heading of the comments below the article: "Comments (3)", "Leave a reply".

    Args:
        page: the page.
        end: index of the line above which it is looked for.

    Returns:
        Index of its line; the number of lines if there is none, or no article.
    """
    body = page.indices(Label.BODY)
    first = body[-1] + 1 if body else end
    below = (index for index in range(first, end) if len(page.lines[index]) <= _LONGEST)
    return next((index for index in below if _is_heading(_letters(page.lines[index]))), len(page.lines))


def _is_heading(letters: str) -> bool:
    return letters in _headings() or _OF_ARTICLE.match(letters) is not None


def _letters(text: str) -> str:
    """Keep the letters, small, with a space for all that stands between them."""
    return _NO_LETTERS.sub(" ", text.casefold()).strip()


@cache
def _headings() -> frozenset[str]:
    return frozenset(map(_letters, read_phrases(_MEANINGS)))
