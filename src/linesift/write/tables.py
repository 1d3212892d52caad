"""Predictions as text for other programs: tab-separated rows, JSON lines, the article as JSON and as text."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from linesift.labels import LABELS, Label

if TYPE_CHECKING:  # numpy comes with it, and `--help` does not wait for numpy
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from linesift.model.prediction import Prediction
    from linesift.page import Page

ALL_LABELS = frozenset(LABELS)
ARTICLE_LABELS = frozenset({Label.HEADLINE, Label.TIMESTAMP, Label.BODY})
"""The labels that `article` shows."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ENDS_OF_LINE = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_N_DIGITS = 4


class Row(NamedTuple):
    """One labelled line of a page, as every output shows it."""

    number: int
    """Line number in the file, from 1."""
    label: Label
    probability: float
    text: str
    """The line verbatim."""


def rows(prediction: "Prediction", labels: frozenset[Label] = ALL_LABELS) -> Iterator[Row]:
    """List the lines with one of these labels, in page order; blank lines have no label and are left out."""
    every = zip(prediction.page.lines, prediction.labels, prediction.probabilities.tolist(), strict=True)
    for number, (line, label, probabilities) in enumerate(every, start=1):
        if label is not None and label in labels:
            yield Row(number, label, probabilities[label.column], line)


def clean(text: str) -> str:
    r"""Make a text safe for one line of UTF-8 output: control characters become a space, lone surrogates U+FFFD.

    Control characters are C0, DEL, C1, U+2028 and U+2029. Among them are the tab, all characters that some reader takes
    for the end of a line, and those that start a command of a terminal. A `"\r"` at the end is removed.

    >>> clean("one\ttwo\x1b[31m\ud83d\r")
    'one two [31m\ufffd'
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text.rstrip("\r")))


def tsv(
    prediction: "Prediction",
    labels: frozenset[Label] = ALL_LABELS,
    *,
    with_path: bool = False,
    reasons: Mapping[int, Sequence[str]] | None = None,
) -> Iterator[str]:
    """Write rows `line<TAB>label<TAB>probability<TAB>text`, with `with_path` the path as the first column.

    Text and path go through `clean`, so all rows have the same number of columns; there is no quoting and no header.
    `jsonl` has the verbatim text. With reasons, by index of the line, a last column has them.
    """
    start = f"{clean(prediction.page.source)}\t" if with_path else ""
    for row in rows(prediction, labels):
        end = "" if reasons is None else f"\t{clean('; '.join(reasons.get(row.number - 1, ())))}"
        yield f"{start}{row.number}\t{row.label}\t{row.probability:.{_N_DIGITS}f}\t{clean(row.text)}{end}\n"


def jsonl(
    prediction: "Prediction",
    labels: frozenset[Label] = ALL_LABELS,
    *,
    with_hints: bool = False,
    reasons: Mapping[int, list[dict[str, object]]] | None = None,
) -> str:
    """Write the page as one JSON object on one line; the text of every line is verbatim once the JSON is parsed.

    `docs/output.schema.json` has all names; `kind` is null for an empty page. With hints, every line of HTML
    has what the markup says of it (`_hints`). With reasons, by index of the line, every line has them.

    Characters are written as they are, with two exceptions. U+0085, U+2028 and U+2029 are escaped, because some readers
    end a line there. If a page holds a lone surrogate, which UTF-8 cannot hold, everything outside ASCII is escaped.
    """
    hints = _hints(prediction.page) if with_hints else []
    page = {
        **_head(prediction),
        "lines": [
            {
                "line": row.number,
                "label": str(row.label),
                "probability": round(row.probability, _N_DIGITS),
                "text": row.text,
                **({"hints": hints[row.number - 1]} if hints else {}),
                **({} if reasons is None else {"reasons": reasons.get(row.number - 1, [])}),
            }
            for row in rows(prediction, labels)
        ],
    }
    return _json_line(page)


def article_json(prediction: "Prediction", now: "datetime | None" = None) -> str:
    """Write the article as one JSON object on one line, with the numbers of the lines that its parts are on.

    A missing part is null, an empty text or an empty list; `text` is the whole article, as `article` writes it. What
    `jsonl` has as well has the same name there, and characters are written as there.
    """
    article = prediction.article(now)
    parts = asdict(article)
    confidence = {part: _probability(value) for part, value in parts.pop("confidence").items()}
    confidence.pop("kind")  # is in the head, as is the kind
    parts.pop("kind")
    line_numbers, problems = parts.pop("lines"), parts.pop("problems")
    ends = {"confidence": confidence, "line_numbers": line_numbers, "problems": problems}
    return _json_line({**_head(prediction), **parts, "text": article.text, **ends})


def _head(prediction: "Prediction") -> dict[str, object]:
    """What every format of JSON says of a page: path, kind, and what its archive or table says of it."""
    page = prediction.page
    given = {
        "id": page.record_id,
        "url": page.url,
        "date": page.fetched,
        "archive": page.archive,
        "offset": page.offset,
        "kept": dict(page.kept),
    }
    return {
        "path": page.source,
        **{key: value for key, value in given.items() if value or value == 0},
        "kind": str(prediction.kind) or None,
        "kind_probability": _probability(prediction.kind_probability),
    }


def _probability(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _N_DIGITS)


def _json_line(value: Mapping[str, object]) -> str:
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()  # finds a lone surrogate ten times as fast as a pattern does
    except UnicodeEncodeError:
        return json.dumps(value) + "\n"
    for character, escape in _ENDS_OF_LINE.items():
        written = written.replace(character, escape)
    return written + "\n"


def _hints(page: "Page") -> list[dict[str, Any]]:
    """Give the hints of every line by the names of `Hints`; none for a page of plain text.

    Tags and enclosing elements are given by name. Hashes of attributes and paths mean nothing to a reader: attributes
    are left out, and of a path only the number of siblings that share it is given.
    """
    if page.hints is None:
        return []
    from linesift.hints import ANCESTORS, DAY_PARTS, LINK_KINDS, TAGS

    hints = page.hints
    columns = {
        "tag": [TAGS[tag] for tag in hints.tag.tolist()],
        "ancestors": _named_bits(hints.ancestors, ANCESTORS),
        "depth": hints.depth.tolist(),
        "order": _rounded(hints.order),
        "siblings": hints.siblings.tolist(),
        "link_share": _rounded(hints.link_share),
        "emphasis": _rounded(hints.emphasis),
        "is_time": hints.is_time.tolist(),
        "n_inline": hints.n_inline.tolist(),
        "title_share": _rounded(hints.title_share),
        "title_cover": _rounded(hints.title_cover),
        "day_shown": _named_bits(hints.day_shown, DAY_PARTS),
        "n_media": hints.n_media.tolist(),
        "alt_share": _rounded(hints.alt_share),
        "link_kind": [[name for name, bit in LINK_KINDS.items() if kind & bit] for kind in hints.link_kind.tolist()],
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _rounded(values: "NDArray[np.float32]") -> list[float]:
    return [round(value, _N_DIGITS) for value in values.tolist()]


def _named_bits(sets: "NDArray[np.unsignedinteger]", names: Sequence[str]) -> list[list[str]]:
    """Give the names of the bits that are set, for every line."""
    return [[name for bit, name in enumerate(names) if value >> bit & 1] for value in sets.tolist()]


def article(prediction: "Prediction", labels: frozenset[Label] = ALL_LABELS) -> str:
    """Write headline, timestamp and body as paragraphs with a blank line between them; empty if there are none."""
    whole = prediction.article()
    parts = replace(
        whole,
        headline=clean(whole.headline) if Label.HEADLINE in labels else "",
        timestamp=clean(whole.timestamp) if Label.TIMESTAMP in labels else "",
        body=tuple(replace(part, text=clean(part.text)) for part in whole.body) if Label.BODY in labels else (),
    )
    return f"{parts.text}\n" if parts.text else ""
