"""Corpora of annotated pages to labelled pages of plain text."""

import html as entities
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from linesift.errors import InputError, MissingExtraError
from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.train.align import Gold, align
from linesift.train.when import is_date_line

MIN_COVERAGE = 0.8
"""Pages whose body lines hold less of the gold's letters are left out: the gold is another version of the page."""

_TITLES = re.compile(
    r"<meta[^>]+(?:property|name)=[\"']?og:title[\"']?[^>]*content=(\"[^\"]*\"|'[^']*')"
    r"|<h1[^>]*>(.*?)</h1>|<title[^>]*>(.*?)</title>",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", "_")
_HEAD = 400_000
"""Characters of a page in which its titles are looked for."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """Labelled pages, and what was left out and why."""

    pages: list[LabelledPage]
    left_out: Counter[str] = field(default_factory=Counter)
    """Pages by `"<collection>: <reason>"`."""


def read_corpora(path: Path, *, jobs: int = 2) -> Corpora:
    """Read every collection of a directory: `*.parquet` with HTML and gold, `lines.jsonl` with lines.

    HTML is rendered to lines with resiliparse and its gold aligned. A page without a gold body, or whose body
    lines cover less than `MIN_COVERAGE` of it, is left out and counted.

    Raises:
        InputError: if the directory has no collection.
        MissingExtraError: if the packages of the train extra are missing.
    """
    files = sorted(path.glob("*.parquet"))
    if not files:
        raise InputError(f"{path}: no corpora: expected *.parquet files with the columns of the corpora's README")
    corpora = Corpora([])
    for file in files:
        rows = Parallel(jobs, batch_size=8)(delayed(_label)(row) for row in read_rows(file))
        for page, reason in rows:
            if page is None:
                corpora.left_out[f"{file.stem}: {reason}"] += 1
            else:
                corpora.pages.append(page)
    if (path / "lines.jsonl").is_file():
        corpora.pages.extend(_read_lines(path / "lines.jsonl"))
    return corpora


def read_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """Rows of one Parquet file, streamed."""
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("reading corpora needs an extra: pip install 'linesift[train]'") from error
    yield from datasets.load_dataset("parquet", data_files=str(file), split="train", streaming=True)


def render(html: str) -> str:
    """The page as lines, one per block, bullets before list items: how most text dumps look."""
    try:
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError as error:
        raise MissingExtraError("rendering corpora needs an extra: pip install 'linesift[train]'") from error
    text: str = extract_plain_text(html, preserve_formatting=True, main_content=False, list_bullets=True)
    return text


def row_gold(row: Mapping[str, Any]) -> Gold:
    """What a row of a corpus says of its page."""
    date = row["date"] or ""
    is_day = re.match(r"\d{4}-\d\d-\d\d", date) is not None
    titles = (row["title"],) if row["title"] else tuple(_markup_titles(row["html"]))
    return Gold(body=tuple(row["body"]), titles=titles, date=date[:10] if is_day else None)


def _label(row: Mapping[str, Any]) -> tuple[LabelledPage | None, str]:
    if not row["body"]:
        return None, "no gold body"
    text = render(row["html"])
    aligned = align(text.split("\n"), row_gold(row))
    if aligned.coverage < MIN_COVERAGE:
        return None, f"aligned lines cover under {MIN_COVERAGE:.0%} of the gold"
    page = LabelledPage(
        page=Page(text, row["id"]),
        labels=aligned.labels,
        site=row["site"],
        lang=row["lang"],
        collection=row["source"],
        url=row["url"],
        article="\n".join(row["body"]),
    )
    return page, ""


def _markup_titles(html: str) -> Iterator[str]:
    """Titles that the markup offers, in page order, each also without the site's name."""
    for match in _TITLES.finditer(html[:_HEAD]):
        raw = next(group for group in match.groups() if group is not None).strip("\"'")
        text = entities.unescape(re.sub(r"<[^>]+>", " ", raw)).strip()
        if text:
            yield text
            yield from (max(text.split(separator), key=len) for separator in _SEPARATORS if separator in text)


def _read_lines(file: Path) -> Iterator[LabelledPage]:
    """Pages whose lines are told apart as content and sidebar only; headline and dates are found by their form."""
    with file.open(encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            lines = row["text"].split("\n")
            yield LabelledPage(
                page=Page(row["text"], row["id"]),
                labels=tuple(_content_labels(lines, row["labels"])),
                site=row["id"],
                lang=row["lang"],
                collection=row["source"],
            )


def _content_labels(lines: Iterable[str], labels: Iterable[str | None]) -> Iterator[Label | None]:
    seen = False
    for line, label in zip(lines, labels, strict=True):
        if not line.strip():
            yield None
        elif label != "content":
            yield Label.SIDEBAR
        elif is_date_line(line) and len(line) < 60:
            yield Label.TIMESTAMP
        else:
            yield Label.BODY if seen else Label.HEADLINE
            seen = True
