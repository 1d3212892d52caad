"""Corpora of annotated HTML pages to labelled pages of plain text."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.train.align import Gold, align

MIN_COVERAGE = 0.8
"""Pages whose body lines hold less of the gold's letters are left out: the gold is another version of the page."""

_META_TITLE = re.compile(
    r"<meta[^>]+(?:property|name)=[\"']?og:title[\"']?[^>]*content=(\"[^\"]*\"|'[^']*')|<h1[^>]*>(.*?)</h1>|<title[^>]*>(.*?)</title>",
    re.IGNORECASE | re.DOTALL)


def html_titles(html: str) -> list[str]:
    import html as entities
    out = []
    for match in _META_TITLE.finditer(html[:400_000]):
        raw = next(group for group in match.groups() if group is not None).strip("\"'")
        text = entities.unescape(re.sub(r"<[^>]+>", " ", raw)).strip()
        if text:
            out.append(text)
            for separator in (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", "_"):
                if separator in text:
                    out += sorted(text.split(separator), key=len)[-1:]
    return out
