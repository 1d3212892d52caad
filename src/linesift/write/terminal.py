"""Predictions for a terminal: numbered lines in colour, cut to its width."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from textwrap import wrap
from typing import TYPE_CHECKING

from linesift.labels import LABELS, Label
from linesift.page import per_cent
from linesift.write.tables import ALL_LABELS, Row, clean, rows

if TYPE_CHECKING:  # numpy comes with it, and `--help` does not wait for numpy
    from linesift.model.prediction import Prediction

DOUBT = 0.6
"""Lines of lower probability are marked. Chosen, not fitted: a label that is hardly more probable than all others
together should be looked at."""

_ELLIPSIS = "…"
_MIN_TEXT_WIDTH = 20
_LABEL_WIDTH = max(map(len, LABELS))
_CODE_POINTS_PER_COLUMN = 16
"""Code points of a long line that are looked at, per column; text with more combining marks per letter is cut early."""

_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def marked_lines(prediction: "Prediction") -> list[int]:
    """Give the indices of the lines that are marked as doubtful."""
    return [row.number - 1 for row in rows(prediction) if row.probability < DOUBT]


@dataclass(frozen=True, slots=True)
class Style:
    """Width and colours of the output."""

    width: int | None = None
    """Columns of the terminal; `None` cuts nothing."""
    is_coloured: bool = False


BOLD, DIM = "1", "2"
_DOUBTFUL = ("33", BOLD)
LOOKS = {
    Label.HEADLINE: ("35", BOLD),
    Label.BODY: ("32",),
    Label.TIMESTAMP: ("36",),
    Label.SIDEBAR: (DIM,),
}
"""ECMA-48 codes: magenta, green, cyan, faint. They are of the palette of the terminal, which its user can read."""

PLAIN = Style()
"""Nothing cut, no colour."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of pages and of lines by label; tallies can be added."""

    n_pages: int = 0
    n_lines: tuple[int, ...] = (0,) * len(LABELS)
    """One count per label, in the order of `LABELS`."""
    n_doubtful: int = 0
    kinds: tuple[tuple[str, float], ...] = ()
    """Kind of each page and its probability; none from a model without kinds."""

    def __add__(self, other: "Tally") -> "Tally":
        """Add two tallies."""
        both = zip(self.n_lines, other.n_lines, strict=True)
        n_lines, n_doubtful = tuple(map(sum, both)), self.n_doubtful + other.n_doubtful
        return Tally(self.n_pages + other.n_pages, n_lines, n_doubtful, self.kinds + other.kinds)


def pretty(
    prediction: "Prediction",
    labels: frozenset[Label] = ALL_LABELS,
    *,
    style: Style = PLAIN,
    only: frozenset[int] | None = None,
    reasons: Mapping[int, Sequence[str]] | None = None,
) -> Iterator[str]:
    """Write one line of output per labelled line: number, label, probability in per cent, text.

    Text is stripped and cut to one line of the terminal, with an ellipsis; wide characters count as two columns.
    Control characters are replaced by pictures of them. A `?` stands behind a probability under `DOUBT`.

    Args:
        prediction: the page.
        labels: labels of the lines to write.
        style: width and colours.
        only: indices of the lines to write; by default all.
        reasons: texts to write below a line, by its index.
    """
    number_width = len(str(len(prediction.page.lines)))
    fixed = number_width + _LABEL_WIDTH + len("    100%? ")
    text_width = None if style.width is None else max(_MIN_TEXT_WIDTH, style.width - fixed)
    for row in rows(prediction, labels):
        if only is not None and row.number - 1 not in only:
            continue
        yield _pretty_row(row, number_width, text_width, is_coloured=style.is_coloured)
        for reason in (reasons or {}).get(row.number - 1, ()):
            text = " " * fixed + (visible(reason) if text_width is None else cut(visible(reason), text_width))
            yield f"{paint(text, DIM) if style.is_coloured else text}\n"


def heading(source: str, *, style: Style = PLAIN) -> str:
    """Write the line above each of several pages: `==> path <==`, as `head` and `tail` do."""
    line = f"==> {visible(clean(source))} <=="
    return f"{paint(line, BOLD) if style.is_coloured else line}\n"


def tally(prediction: "Prediction") -> Tally:
    """Count the lines of a page by label, and the doubtful ones."""
    n_lines = [0] * len(LABELS)
    n_doubtful = 0
    for row in rows(prediction):
        n_lines[row.label.column] += 1
        n_doubtful += row.probability < DOUBT
    return Tally(
        1, tuple(n_lines), n_doubtful, ((prediction.kind, prediction.kind_probability),) if prediction.kind else ()
    )


def count(number: int, word: str) -> str:
    """Write a number with its noun.

    >>> count(1, "page"), count(0, "line")
    ('1 page', '0 lines')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def say_no_article(prediction: "Prediction") -> str:
    """Say that a page has no article, with the probability if its kind is the reason."""
    if isnan(prediction.no_article):
        return "the page has no article"
    return f"the page has no article ({per_cent(prediction.no_article)} sure; kind: {prediction.kind})"


def summary(total: Tally) -> str:
    """Write a tally in one line; for a single page with the probability of its kind.

    >>> summary(Tally(1, (1, 20, 2, 67), 3))
    '90 lines: 1 headline, 20 body, 2 timestamp, 67 sidebar; 3 in doubt (?)'
    """
    pages = f"{total.n_pages} pages, " if total.n_pages > 1 else ""
    n_all = sum(total.n_lines)
    counts = ", ".join(f"{count} {label}" for label, count in zip(LABELS, total.n_lines, strict=True))
    doubt = f"; {total.n_doubtful} in doubt (?)" if total.n_doubtful else ""
    if total.n_pages > 1:
        found = Counter(kind for kind, _ in total.kinds)
        kinds = ", ".join(f"{count} {kind}" for kind, count in found.most_common())
    else:
        kinds = "".join(f"{kind} {per_cent(probability)}" for kind, probability in total.kinds)
    return f"{pages}{n_all} line{'' if n_all == 1 else 's'}: {counts}{doubt}{f'; page: {kinds}' if kinds else ''}"


def visible(text: str) -> str:
    r"""Replace characters that a terminal would obey by visible ones.

    C0 controls and DEL become their pictures (from U+2400), C1 controls and lone surrogates U+FFFD; the tab, U+2028 and
    U+2029 become a space. Embeddings, overrides and isolates of writing direction are removed: one that is not closed
    would reverse the rest of the line. The marks U+200E and U+200F stay.

    >>> visible("a\tb\x1b[2J\u202ec")
    'a b␛[2Jc'
    """
    return _INVISIBLE.sub(_picture, text)


def wrapped(text: str, style: Style, indent: str = "") -> list[str]:
    """Break a sentence into lines that fit the width, with an indent before each; without a width it is one line.

    >>> wrapped("Where the body begins, 40 % are enough.", Style(width=26), "  ")
    ['  Where the body begins,', '  40 % are enough.']
    """
    if style.width is None:
        return [f"{indent}{text}"]
    width = max(_MIN_TEXT_WIDTH, style.width)
    return wrap(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def cut(text: str, width: int) -> str:
    """Cut a text to `width` columns, the ellipsis included.

    >>> cut("Kabar baik", 20), cut("Kabar baik", 6), cut("東京の天気", 6)
    ('Kabar baik', 'Kabar…', '東京…')
    """
    looked_at = text[: width * _CODE_POINTS_PER_COLUMN]
    if looked_at.isascii() and len(text) <= width:
        return text
    n_columns = 0
    end = 0  # how much fits in front of an ellipsis
    for index, character in enumerate(looked_at):
        n_columns += _n_columns(character)
        if n_columns > width:
            return looked_at[:end] + _ELLIPSIS
        if n_columns < width:
            end = index + 1
    return text if len(looked_at) == len(text) else looked_at[:end] + _ELLIPSIS


def _pretty_row(row: Row, number_width: int, text_width: int | None, *, is_coloured: bool) -> str:
    stripped = row.text.strip()
    # Only what may be seen is cleaned: a line can have ten million characters.
    if text_width is not None:
        stripped = stripped[: text_width * _CODE_POINTS_PER_COLUMN + 1]
    text = visible(stripped)
    if text_width is not None:
        text = cut(text, text_width)
    number = f"{row.number:>{number_width}}"
    label = f"{row.label:<{_LABEL_WIDTH}}"
    probability = f"{row.probability:>4.0%}"
    mark = "?" if row.probability < DOUBT else " "
    if is_coloured:
        number = paint(number, DIM)
        label = paint(label, *LOOKS[row.label])
        probability = paint(probability, DIM)
        mark = paint(mark, *_DOUBTFUL) if mark == "?" else mark
        text = _paint_text(text, row.label)
    return f"{number}  {label}  {probability}{mark} {text}\n"


def paint(text: str, *looks: str) -> str:
    """Put a text between the codes of its looks and the code that ends them."""
    start = "".join(f"\x1b[{look}m" for look in looks)
    return f"{start}{text}\x1b[0m"


def _paint_text(text: str, label: Label) -> str:
    """Colour a text; body and headline keep the default colour, because they are what one reads."""
    if label is Label.BODY:
        return text
    return paint(text, *([BOLD] if label is Label.HEADLINE else LOOKS[label]))


def _picture(match: re.Match[str]) -> str:
    character = match[0]
    if character in "\t\u2028\u2029":
        return " "
    if character < " ":
        return chr(0x2400 + ord(character))
    if character == "\x7f":
        return "\u2421"
    return "" if "\u202a" <= character <= "\u2069" else "\ufffd"


def _n_columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
