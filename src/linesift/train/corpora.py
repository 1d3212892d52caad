"""Corpora of annotated HTML pages to labelled pages, as plain text or with hints."""

import html as entities
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from linesift.errors import InputError, LabelError
from linesift.extras import require_extra
from linesift.labels import Kind, Label
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled
from linesift.train.align import Gold, align
from linesift.train.pseudo_labels import UnlabelledPage
from linesift.train.when import is_date_line

MIN_COVERAGE = 0.8
"""Pages whose body lines hold less of the gold's letters are left out: the gold is another version of the page."""

_TITLES = re.compile(
    r"<meta[^>]+(?:property|name)=[\"']?og:title[\"']?[^>]*content=(\"[^\"]*\"|'[^']*')"
    r"|<h1[^>]*>(.*?)</h1>|<title[^>]*>(.*?)</title>",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " » ", " « ", "_")
OTHER_GOLD = frozenset(["wcxb_other", "dragnet", "readability"])
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
"""The collection's types of pages, which end the `id`, and what they are to us."""

_MAGIC = b"PAR1"
_HEAD = 400_000
"""Characters of a page in which its titles are looked for."""

COLUMNS = frozenset(("id", "source", "url", "site", "lang", "html", "title", "body", "date"))
"""Columns of a Parquet file of pages; others are left alone."""

LINES_FILE = "lines.jsonl"
"""Pages without HTML in a directory of corpora."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """Labelled pages, and what was left out and why."""

    pages: list[LabelledPage]
    left_out: Counter[str] = field(default_factory=Counter)
    """Pages by `"<collection>: <reason>"`."""

    def __add__(self, other: "Corpora") -> "Corpora":
        return Corpora(self.pages + other.pages, self.left_out + other.left_out)


def read_corpora(path: Path, *, jobs: int = 2, is_html: bool = False) -> Corpora:
    """Read every collection of a directory: `*.parquet` with HTML and gold, `lines.jsonl` with lines.

    HTML is rendered to plain lines with resiliparse or, with `is_html`, read to lines with hints, and its gold aligned.
    Pages that have no HTML are read as text alone. A page without a gold body, or whose body
    lines cover less than `MIN_COVERAGE` of it, is left out and counted.

    Raises:
        InputError: if the directory has no collection.
        MissingExtraError: if the packages of the train extra are missing.
    """
    corpora = Corpora([])
    for file in corpus_files(path):
        if file.name != LINES_FILE:
            corpora += read_corpus(file, jobs=jobs, is_html=is_html)
        elif not is_html:
            corpora.pages.extend(_read_lines(file))
    return corpora


def corpus_files(path: Path) -> list[Path]:
    """Files of a directory of corpora that are read, in order.

    Raises:
        InputError: if it has no collection.
    """
    files = sorted(file for file in path.glob("*.parquet") if file.stem not in OTHER_GOLD)
    if not files:
        raise InputError(f"{path}: no corpora: expected a directory of *.parquet files")
    lines = path / LINES_FILE
    return [*files, lines] if lines.is_file() else files


def read_corpus(file: Path, *, jobs: int = 2, is_html: bool = False) -> Corpora:
    """Read one collection; as `read_corpora`."""
    require_extra("reading corpora", "datasets")
    return label_rows(read_rows(file), file.stem, jobs=jobs, is_html=is_html)


def label_rows(rows: Iterable[Mapping[str, Any]], name: str, *, jobs: int = 2, is_html: bool = False) -> Corpora:
    """Render and align rows with `COLUMNS`; as `read_corpora`."""
    require_extra("reading corpora", "joblib", "resiliparse")
    from joblib import Parallel, delayed

    corpora = Corpora([])
    for page, reason in Parallel(jobs, batch_size=8)(delayed(_label)(row, is_html) for row in rows):
        if page is None:
            corpora.left_out[f"{name}: {reason}"] += 1
        else:
            corpora.pages.append(page)
    return corpora


def read_unlabelled(path: Path, *, jobs: int = 2) -> list[UnlabelledPage]:
    """Read the pages without a gold body of a directory's collections; as `read_corpora`."""
    require_extra("reading corpora", "joblib", "datasets", "resiliparse")
    from joblib import Parallel, delayed

    files = (file for file in corpus_files(path) if file.name != LINES_FILE)
    rows = (row for file in files for row in read_rows(file) if not row["body"])
    return list(Parallel(jobs, batch_size=8)(delayed(_unlabelled)(row) for row in rows))


def read_kinds(path: Path, *, jobs: int = 2, is_html: bool = False) -> list[LabelledPage]:
    """Read the pages of a directory of corpora of which the kind alone is known; all their lines are sidebar.

    Returns:
        Index pages and others, none where the directory lacks their collection.
    """
    require_extra("reading corpora", "joblib", "datasets", "resiliparse")
    from joblib import Parallel, delayed

    file = path / f"{KIND_GOLD}.parquet"
    if not file.is_file():
        return []
    return [
        page for page in Parallel(jobs, batch_size=8)(delayed(_other)(row, is_html) for row in read_rows(file)) if page
    ]


def read_gold(paths: Sequence[Path], *, jobs: int = 2, is_html: bool = False) -> Corpora:
    """Read whatever holds labelled pages: `.page` files, directories, labelled `.jsonl`, corpora as `.parquet`.

    With `is_html` pages of corpora keep what their markup says.

    Raises:
        InputError: if there is nothing to read at a path.
        LabelError: if a labelled page is not in its format.
        MissingExtraError: for corpora, if the packages of the train extra are missing.
    """
    corpora = Corpora([])
    for path in paths:
        if path.suffix == ".parquet":
            corpora += read_corpus(path, jobs=jobs, is_html=is_html)
        elif next(path.glob("*.parquet"), None):
            corpora += read_corpora(path, jobs=jobs, is_html=is_html)
        else:
            corpora.pages.extend(read_labelled(path))
    return corpora


def read_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """Rows of one Parquet file, streamed.

    Raises:
        InputError: if it is missing, no Parquet file, or lacks a column.
        MissingExtraError: if the packages of the train extra are missing.
    """
    require_extra("reading corpora", "datasets")
    if not file.is_file():
        raise InputError(f"{file}: no such file")
    with file.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise InputError(f"{file}: not a Parquet file, though its name says so")
    import datasets
    import pyarrow

    try:
        rows = datasets.load_dataset("parquet", data_files=str(file), split="train", streaming=True)
        for number, row in enumerate(rows):
            if not number and not row.keys() >= COLUMNS:
                missing = ", ".join(sorted(COLUMNS - row.keys()))
                raise InputError(f"{file}: the column {missing} is missing; a corpus has {', '.join(sorted(COLUMNS))}")
            yield row
    except (pyarrow.ArrowException, datasets.exceptions.DatasetsError, OSError) as error:
        raise InputError(f"{file}: cannot be read as a Parquet file ({' '.join(str(error).split())})") from error


def render(html: str) -> str:
    """The page as lines, one per block, bullets before list items: how most text dumps look."""
    require_extra("rendering HTML", "resiliparse")
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(html, preserve_formatting=True, main_content=False, list_bullets=True)
    return text


def row_gold(row: Mapping[str, Any]) -> Gold:
    """What a row of a corpus says of its page."""
    date = row["date"] or ""
    is_day = re.match(r"\d{4}-\d\d-\d\d", date) is not None
    titles = (row["title"],) if row["title"] else tuple(_markup_titles(row["html"]))
    return Gold(body=tuple(row["body"]), titles=titles, date=date[:10] if is_day else None)


def _page(row: Mapping[str, Any], is_html: bool) -> Page:
    if not is_html:
        return Page(render(row["html"]), row["id"])
    found = read_html(row["html"], row["id"])
    return replace(found.page, hints=found.hints)


def _other(row: Mapping[str, Any], is_html: bool) -> LabelledPage | None:
    kind = _PAGE_TYPES.get(row["id"].rpartition("/")[2])
    if kind is None:
        return None
    page = _page(row, is_html)
    return LabelledPage(
        page=page,
        labels=tuple(Label.SIDEBAR if line.strip() else None for line in page.lines),
        site=row["site"],
        lang=row["lang"],
        kind=kind,
        collection=row["source"],
        url=row["url"],
    )


def _label(row: Mapping[str, Any], is_html: bool) -> tuple[LabelledPage | None, str]:
    if not row["body"]:
        return None, "no gold body"
    page = _page(row, is_html)
    aligned = align(page.lines, row_gold(row))
    if aligned.coverage < MIN_COVERAGE:
        return None, f"aligned lines cover under {MIN_COVERAGE:.0%} of the gold"
    labelled = LabelledPage(
        page=page,
        labels=aligned.labels,
        site=row["site"],
        lang=row["lang"],
        collection=row["source"],
        url=row["url"],
        article="\n".join(row["body"]),
    )
    return labelled, ""


def _unlabelled(row: Mapping[str, Any]) -> UnlabelledPage:
    found = read_html(row["html"], row["id"])
    return UnlabelledPage(
        text=Page(render(row["html"]), row["id"]),
        html=replace(found.page, hints=found.hints),
        site=row["site"],
        lang=row["lang"],
        collection=row["source"],
        must=tuple(row.get("must") or ()),
        mustnot=tuple(row.get("mustnot") or ()),
    )


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
        for number, line in enumerate(stream, start=1):
            try:
                yield _lines_page(json.loads(line))
            except (KeyError, TypeError, ValueError, LabelError) as error:
                raise LabelError(f"{file}:{number}: not a page of lines ({error!r})") from error


def _lines_page(row: Mapping[str, Any]) -> LabelledPage:
    lines = row["text"].split("\n")
    return LabelledPage(
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
