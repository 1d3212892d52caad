"""Hash every table of columns, so that a model is not used with columns of another meaning or order."""

import json
from functools import cache
from hashlib import sha256

from linesift.features import table
from linesift.labels import KINDS, LABELS
from linesift.model import headline, lexicon, page_kind, second_look, window


def tables() -> dict[str, object]:
    """Give all tables that a model's arrays depend on: what each of their rows or columns stands for, in order.

    A new table of columns is added here. Whoever changes what a column computes renames it, or changes its description.
    """
    return {
        "features": table.features_digest(),
        "labels": LABELS,
        "kinds": KINDS,
        "lexicon": lexicon.TARGETS,
        "text": window.table_names(is_html=False),
        "html": window.table_names(is_html=True),
        "second look": second_look.look_names(is_html=True),
        "headline": headline.CANDIDATE_NAMES,
        "page kind": page_kind.column_names(),
        "page kind words": (page_kind.WORD_BITS, page_kind.WORD_KINDS),
    }


@cache
def fingerprint() -> str:
    """Hash `tables` to 16 hexadecimal digits."""
    return sha256(json.dumps(tables()).encode()).hexdigest()[:16]
