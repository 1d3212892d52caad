"""Read collections of HTML pages with the text of their articles, and align it with the lines of both forms."""

import html as entities
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from linesift.errors import InputError, LabelError
from linesift.example import Example
from linesift.extras import require_extra
from linesift.labels import Kind, Label
from linesift.page import LabelledPage, Labels, LabelSource, Origin, Page
from linesift.read.find import require_there
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled
from linesift.read.text import no_such_file
from linesift.train.align import Gold, align, is_date_line

_MIN_COVERAGE = 0.8
"""Pages whose body lines hold less of the gold's letters are left out: the gold is another version of the page."""

_TITLES = re.compile(
    r"<meta[^>]+(?:property|name)=[\"']?og:title[\"']?[^>]*content=(\"[^\"]*\"|'[^']*')"
    r"|<h1[^>]*>(.*?)</h1>|<title[^>]*>(.*?)</title>",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", "_")
_OTHER_GOLD = frozenset(["wcxb_other", "dragnet", "readability"])
"""Collections of a directory that are not trained on: pages that are no articles, and gold of another policy (dragnet's
counts titles, dates and comments as content; readability's is another extractor's output); `reports/ablation.md`.
"""

KIND_GOLD = "wcxb_other"
"""Collection of pages that are no articles: from it comes the kind of whole pages alone."""

_PAGE_TYPES = {
    "listing": Kind.INDEX,
    "collection": Kind.INDEX,
    "forum": Kind.OTHER,
    "product": Kind.OTHER,
    "service": Kind.OTHER,
    "documentation": Kind.OTHER,
}
"""Types of pages in that collection, the last part of `id`, and their kinds."""

_MAGIC = b"PAR1"
_HEAD = 400_000
"""Characters of a page in which its titles are looked for."""

COLUMNS = frozenset(("id", "source", "url", "site", "lang", "html", "title", "body", "date"))
"""Columns of a Parquet file of pages; others are left alone."""

LINE_COLUMNS = frozenset(("id", "site", "text", "labels"))
"""Columns that a dataset of labelled pages has at least."""

_LINES_FILE = "lines.jsonl"
"""Pages without HTML in a directory of corpora."""
_ROWS_AT_ONCE = 8
"""Rows that a process gets at once."""


def read_corpora(path: Path, by_hand: AbstractSet[str] = frozenset(), *, jobs: int = 2) -> list[Example]:
    """Read every collection of a directory: `*.parquet` with HTML and gold, `lines.jsonl` with lines.

    Each page of HTML is rendered to plain lines with resiliparse and read to lines with hints, and its gold is aligned
    with both. Pages of `lines.jsonl` have their text alone. Pages without a gold body have no labels.

    Args:
        path: the directory.
        by_hand: sources of pages that were labelled line by line. They alone are read of `_OTHER_GOLD`, for their HTML.
        jobs: processes.

    Raises:
        InputError: if the directory has no collection.
        MissingExtraError: if the packages of the train extra are missing.
    """
    examples = [
        example
        for file in corpus_files(path)
        for example in (_read_lines(file) if file.name == _LINES_FILE else read_corpus(file, jobs=jobs))
    ]
    others = [path / f"{name}.parquet" for name in sorted(_OTHER_GOLD)] if by_hand else []
    rows = (row for file in others if file.is_file() for row in read_rows(file) if row["id"] in by_hand)
    return [*examples, *label_rows(rows, jobs=jobs)]


def corpus_files(path: Path) -> list[Path]:
    """Files of a directory of corpora that are read, in order.

    Raises:
        InputError: if it has no collection.
    """
    files = sorted(file for file in path.glob("*.parquet") if file.stem not in _OTHER_GOLD)
    if not files:
        raise InputError(f"{path}: no collections; name a directory of *.parquet files")
    lines = path / _LINES_FILE
    return [*files, lines] if lines.is_file() else files


def read_corpus(file: Path, *, jobs: int = 2) -> list[Example]:
    """Read one collection; as `read_corpora`."""
    require_there([file])
    require_extra("reading collections", "datasets")
    return label_rows(read_rows(file), jobs=jobs)


def label_rows(rows: Iterable[Mapping[str, Any]], *, jobs: int = 2) -> list[Example]:
    """Render rows with `COLUMNS` and align their gold; as `read_corpora`."""
    require_extra("reading collections", "joblib", "resiliparse")
    from linesift.train.workers import parallel

    return list(parallel(_example, ((row,) for row in rows), jobs, batch_size=_ROWS_AT_ONCE))


def read_kinds(path: Path, *, jobs: int = 2) -> list[Example]:
    """Read the pages of a directory of corpora of which only the kind is known; no line of them has a label.

    Returns:
        Index pages and others, none where the directory lacks their collection.
    """
    require_extra("reading collections", "joblib", "datasets", "resiliparse")
    from linesift.train.workers import parallel

    file = path / f"{KIND_GOLD}.parquet"
    if not file.is_file():
        return []
    rows = ((row,) for row in read_rows(file) if _page_type(row) in _PAGE_TYPES)
    return list(parallel(_kind_example, rows, jobs, batch_size=_ROWS_AT_ONCE))


def left_out(examples: Iterable[Example], *, is_html: bool = False) -> Counter[str]:
    """Count the pages that have no labels in one form, by `"<collection>: <reason>"`."""
    counts = Counter[str]()
    for example in examples:
        name = example.origin.collection
        if example.origin.labels is LabelSource.MODEL:
            counts[f"{name}: no gold body"] += 1
        elif (example.html is not None and example.html_labels is None) if is_html else example.text_labels is None:
            counts[f"{name}: aligned lines cover under {_MIN_COVERAGE:.0%} of the gold"] += 1
    return counts


@dataclass(frozen=True, slots=True)
class GoldPages:
    """Labelled pages to score a model on, and what was left out and why."""

    pages: list[LabelledPage] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Pages by `"<collection>: <reason>"`."""


def read_gold(paths: Sequence[Path], *, jobs: int = 2, is_html: bool = False) -> GoldPages:
    """Read whatever holds labelled pages: `.page` files, directories, labelled `.jsonl`, corpora as `.parquet`.

    With `is_html`, pages of corpora are read as HTML with hints, else as text.

    Raises:
        InputError: if there is nothing to read at a path.
        LabelError: if a labelled page is not in its format.
        MissingExtraError: for corpora, if the packages of the train extra are missing.
    """
    gold = GoldPages()
    for path in paths:
        if path.suffix == ".parquet":
            examples = read_corpus(path, jobs=jobs)
        elif next(path.glob("*.parquet"), None):
            examples = read_corpora(path, jobs=jobs)
        else:
            gold.pages.extend(read_labelled(path))
            continue
        forms = (example.as_html() if is_html else example.as_text() for example in examples)
        gold.pages.extend(form for form in forms if form is not None)
        gold.left_out.update(left_out(examples, is_html=is_html))
    return gold


def read_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """Rows of one Parquet file, streamed.

    Raises:
        InputError: if it is missing, no Parquet file, or lacks a column.
        MissingExtraError: if the packages of the train extra are missing.
    """
    require_extra("reading collections", "datasets")
    if not file.is_file():
        raise no_such_file(file)
    with file.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise InputError(f"{file}: not a Parquet file, though its name says so")
    import datasets
    import pyarrow

    try:
        rows = datasets.load_dataset("parquet", data_files=str(file), split="train", streaming=True)
        for number, row in enumerate(rows):
            if not number and not row.keys() >= COLUMNS:
                raise InputError(f"{file}: {_not_a_collection(row)}")
            yield row
    except (pyarrow.ArrowException, datasets.exceptions.DatasetsError, OSError) as error:
        raise InputError(f"{file}: cannot be read as a Parquet file ({' '.join(str(error).split())})") from error


def _not_a_collection(row: Mapping[str, Any]) -> str:
    """Say why a row is none of a collection, and what to do."""
    if row.keys() >= LINE_COLUMNS:
        return "these are labelled pages; export them as .jsonl: linesift export PAGE... --out FILE.jsonl"
    missing = ", ".join(sorted(COLUMNS - row.keys()))
    return f"the column {missing} is missing; a collection has {', '.join(sorted(COLUMNS))}"


def render(html: str) -> str:
    """Render HTML to plain lines, one per block, with bullets before list items, as most text dumps look."""
    require_extra("rendering HTML", "resiliparse")
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(html, preserve_formatting=True, main_content=False, list_bullets=True)
    return text


def row_gold(row: Mapping[str, Any]) -> Gold:
    """Take the gold out of a row of a corpus."""
    date = row["date"] or ""
    is_day = re.match(r"\d{4}-\d\d-\d\d", date) is not None
    titles = (row["title"],) if row["title"] else tuple(_markup_titles(row["html"]))
    return Gold(body=tuple(row["body"]), titles=titles, date=date[:10] if is_day else None)


def _example(row: Mapping[str, Any]) -> Example:
    """Read both forms of a page and align its gold with each."""
    text, html = _forms(row)
    labels: Callable[[Page], Labels | None] = partial(_aligned, gold=row_gold(row))
    has_gold = bool(row["body"])
    return Example(
        text=text,
        origin=Origin(row["source"], LabelSource.ALIGNED if has_gold else LabelSource.MODEL),
        text_labels=labels(text) if has_gold else None,
        html=html,
        html_labels=labels(html) if has_gold else None,
        site=row["site"],
        lang=row["lang"],
        url=row["url"],
        article="\n".join(row["body"]) if has_gold else None,
        must=tuple(row.get("must") or ()),
        must_not=tuple(row.get("mustnot") or ()),
    )


def _kind_example(row: Mapping[str, Any]) -> Example:
    text, html = _forms(row)
    return Example(
        text=text,
        origin=Origin(row["source"], LabelSource.KIND_ONLY),
        text_labels=(None,) * len(text.lines),
        html=html,
        html_labels=(None,) * len(html.lines),
        site=row["site"],
        lang=row["lang"],
        kind=_PAGE_TYPES[_page_type(row)],
        url=row["url"],
    )


def _forms(row: Mapping[str, Any]) -> tuple[Page, Page]:
    """Render the HTML of a row to plain lines, and read it to lines with hints."""
    return Page(render(row["html"]), row["id"]), read_html(row["html"], row["id"]).page


def _page_type(row: Mapping[str, Any]) -> str:
    page_type: str = row["id"].rpartition("/")[2]
    return page_type


def _aligned(page: Page, gold: Gold) -> Labels | None:
    """Labels of the lines, or `None` where they hold too little of the gold."""
    aligned = align(page.lines, gold)
    return aligned.labels if aligned.coverage >= _MIN_COVERAGE else None


def _markup_titles(html: str) -> Iterator[str]:
    """Titles that the markup offers, in page order, each also without the site's name."""
    for match in _TITLES.finditer(html[:_HEAD]):
        raw = next(group for group in match.groups() if group is not None).strip("\"'")
        text = entities.unescape(re.sub(r"<[^>]+>", " ", raw)).strip()
        if text:
            yield text
            yield from (max(text.split(separator), key=len) for separator in _SEPARATORS if separator in text)


def _read_lines(file: Path) -> Iterator[Example]:
    """Read pages whose lines are only content or sidebar; headline and dates are found by their form."""
    with file.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                yield _lines_example(json.loads(line))
            except (KeyError, TypeError, ValueError, LabelError) as error:
                raise LabelError(f"{file}:{number}: not a page of lines ({error!r})") from error


def _lines_example(row: Mapping[str, Any]) -> Example:
    lines = row["text"].split("\n")
    return Example(
        text=Page(row["text"], row["id"]),
        origin=Origin(row["source"]),
        text_labels=tuple(_content_labels(lines, row["labels"])),
        site=row["id"],
        lang=row["lang"],
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
