"""Labelled pages in one file, which Hugging Face `datasets` loads, and back to `.page` files.

The file is JSON lines or Parquet. A row is a page: `id`, `site`, `url`, `lang`, `kind`, `note`, `text`, `labels` (one
per line, null for a blank line), `doubtful` (indices of lines), and `html`, which is empty for a page of plain text.
What was exported is imported as the same `.page` files.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from linesift.atomic import write_atomic
from linesift.errors import InputError, LabelError
from linesift.extras import missing_extra
from linesift.page import LabelledPage
from linesift.read.html.encoding import to_utf8
from linesift.read.labelled import find_beside, format_page, parse_page, read_labelled, read_row, read_utf8, relabel
from linesift.read.page import HTML_SUFFIXES, LABELLED_SUFFIX
from linesift.read.text import read_bytes
from linesift.write.tables import clean

PARQUET_SUFFIX = ".parquet"
_JSONL_SUFFIX = ".jsonl"
EXPORT_SUFFIXES = (_JSONL_SUFFIX, PARQUET_SUFFIX)
"""Suffixes of files of labelled pages."""

_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('\\:*?"<>|\x00', "-")) | {
    code: "-" for code in range(0xD800, 0xE000) if not 0xDC80 <= code < 0xDD00
}
"""Characters that some system has not in names. Of lone surrogates, 128 stand for bytes of names that are not UTF-8."""

_LONGEST_NAME, _LONGEST_PATH = 160, 640
"""Most bytes of a name, and of a path below the folder. Systems take 255 bytes of a name, and a file that is being
written has some more; of a path some take 1,024."""
_N_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ExchangedPage:
    """A labelled page with its identifier and its HTML."""

    id: str
    """`site/path`, the path without `.page`; unique in a file of pages."""
    page: LabelledPage
    html: str = ""
    """Empty for a page of plain text."""


@dataclass(frozen=True, slots=True)
class ImportConfig:
    """Options of an import."""

    folder: Path
    """Where `.page` files are written; made if it is missing."""
    is_update: bool = False
    """Write the labels into files that exist and hold the same page; otherwise such files are kept as they are."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Files of an import."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    """Files that existed and were not changed."""


def read_for_export(paths: Sequence[Path]) -> Iterator[ExchangedPage]:
    """Read labelled pages, and the HTML beside them.

    Raises:
        InputError: if there is nothing to read at a path.
        LabelError: if a page is not in the format.
    """
    n_seen: Counter[str] = Counter()
    for path in paths:
        for page in read_labelled(path):
            source = Path(page.page.source)
            name, html = page.page.source, ""
            if source.suffix == LABELLED_SUFFIX:
                inside = source.relative_to(path) if path.is_dir() else Path(source.name)
                name = f"{page.site}/{inside.with_suffix('').as_posix()}"
                file = find_beside(source, HTML_SUFFIXES) if page.page.hints is not None else None
                html = to_utf8(read_bytes(file)).decode("utf-8", "replace") if file is not None else ""
            n_seen[name] += 1
            yield ExchangedPage(name if n_seen[name] == 1 else f"{name}-{n_seen[name]}", page, html)


def jsonl(pages: Iterable[ExchangedPage]) -> Iterator[str]:
    """Write one JSON object per page; `read_labelled` and `datasets.load_dataset("json", ...)` read them."""
    for page in pages:
        # Escaped, because some readers end a line at more than "\n", and for lone surrogates.
        yield json.dumps(_row(page)) + "\n"


def parquet(pages: Iterable[ExchangedPage]) -> bytes:
    """Write the same rows as a Parquet file.

    Raises:
        InputError: if a page has lone surrogates, which UTF-8 cannot hold; JSON lines can.
        MissingExtraError: if pyarrow is not installed.
    """
    pa, pq = _pyarrow("writing Parquet")
    strings = ("id", "site", "url", "lang", "kind", "note", "text")
    schema = pa.schema(
        [
            *((name, pa.string()) for name in strings),
            ("labels", pa.list_(pa.string())),
            ("doubtful", pa.list_(pa.int32())),
            ("html", pa.string()),
        ]
    )
    file = io.BytesIO()
    try:
        table = pa.Table.from_pylist([_row(page) for page in pages], schema)
    except UnicodeEncodeError as error:
        raise InputError("a page has lone surrogates, which Parquet cannot hold; write .jsonl") from error
    pq.write_table(table, file)
    return file.getvalue()


def import_pages(path: Path, config: ImportConfig) -> Imported:
    """Write the pages of a file of JSON lines or Parquet as `.page` files, and their HTML beside them.

    Raises:
        InputError: if the file cannot be read, or a file of the same name holds another page.
        LabelError: if a label or a page is not in the format.
        MissingExtraError: for Parquet, if pyarrow is not installed.
        OSError: with `filename`, if a file cannot be written.
    """
    pages = _read(path)
    if not pages:
        raise InputError(f"{path}: holds no page; write one with linesift export PAGE... --out FILE")
    written: list[Path] = []
    kept: list[Path] = []
    for name, page in zip(_names(pages), pages, strict=True):
        file = config.folder / f"{name}{LABELLED_SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        if page.html and not file.exists():  # with a mark, because the HTML may declare another encoding
            _write_html(file.with_suffix(HTML_SUFFIXES[0]), page.html.encode("utf-8-sig", "surrogatepass"))
        (written if _write(file, page.page, config) else kept).append(file)
    return Imported(tuple(written), tuple(kept))


def _row(exchanged: ExchangedPage) -> dict[str, Any]:
    page = exchanged.page
    return {
        "id": exchanged.id,
        "site": page.site,
        "url": page.url,
        "lang": page.lang,
        "kind": page.kind,
        "note": page.note,
        "text": page.page.text,
        "labels": [None if label is None else str(label) for label in page.labels],
        "doubtful": sorted(page.doubtful),
        "html": exchanged.html,
    }


def _read(path: Path) -> list[ExchangedPage]:
    if path.is_dir():
        raise InputError(f"{path}: is a directory; name a file in it")
    if path.suffix == _JSONL_SUFFIX:
        pages = read_labelled(path)  # checks the rows
        rows = [json.loads(line) for line in read_utf8(path).split("\n") if line.strip()]
        return [_exchanged(page, row) for page, row in zip(pages, rows, strict=True)]
    if path.suffix == PARQUET_SUFFIX:
        return list(_read_parquet(path))
    suffixes = " or ".join(EXPORT_SUFFIXES)
    raise InputError(f"{path}: labelled pages are imported from {suffixes} files; linesift export writes them")


def _read_parquet(path: Path) -> Iterator[ExchangedPage]:
    pa, pq = _pyarrow("reading Parquet")
    try:
        rows = pq.read_table(io.BytesIO(read_bytes(path))).to_pylist()
    except pa.ArrowException as error:
        raise InputError(f"{path}: not a Parquet file ({clean(str(error))})") from error
    for number, row in enumerate(rows, start=1):
        try:
            yield _exchanged(read_row(row, path.stem), row)
        except LabelError as error:
            raise LabelError(f"{path}: row {number}: {error}") from error


def _exchanged(page: LabelledPage, row: Mapping[str, Any]) -> ExchangedPage:
    return ExchangedPage(page.page.source, page, row.get("html") or "")


def _pyarrow(purpose: str) -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra(purpose, "pyarrow", extra="files") from error
    return pa, pq


def _names(pages: Sequence[ExchangedPage]) -> list[str]:
    """Give the path of each page below the folder, without a suffix: its id without the site, if that is unique."""
    short = [_safe(page.id.removeprefix(f"{page.page.site}/")) for page in pages]
    n_same = Counter(short)
    return [_safe(page.id) if n_same[name] > 1 else name for name, page in zip(short, pages, strict=True)]


def _safe(name: str) -> str:
    """Make an id a path that stays in the folder, and that no system finds too long.

    >>> _safe("../deep/a: b"), _safe("//")
    ('deep/a- b', 'page')
    """
    parts = (part.translate(_NOT_IN_A_NAME).strip(". ") for part in name.split("/"))
    path = "/".join(part if _size(part) <= _LONGEST_NAME else _cut(part, part) for part in parts if part) or "page"
    return path if _size(path) <= _LONGEST_PATH else _cut(path.rpartition("/")[2], path)


def _size(name: str) -> int:
    return len(name.encode("utf-8", "surrogateescape"))


def _cut(name: str, whole: str) -> str:
    """Shorten a name to `_LONGEST_NAME`; digits of a hash of what it stands for keep it apart from others."""
    end = "-" + sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:_N_DIGITS]
    start = name.encode("utf-8", "surrogateescape")[: _LONGEST_NAME - len(end)]
    return start.decode("utf-8", "ignore") + end


def _write_html(file: Path, data: bytes) -> None:
    """Write the HTML of a page, unless it is there."""
    if not file.exists():
        write_atomic(file, data, is_new=True)
    elif file.read_bytes() != data:
        raise InputError(f"{file}: exists already, and holds another page; rename it or import elsewhere")


def _write(file: Path, page: LabelledPage, config: ImportConfig) -> bool:
    """Write one page, unless the file exists and is to be kept.

    Returns:
        Whether it was written.
    """
    if not file.exists():
        write_atomic(file, format_page(page).encode("utf-8", "surrogatepass"), is_new=True)
        return True
    if not config.is_update:
        return False
    text = read_utf8(file)
    if parse_page(text, str(file)).page.text != page.page.text:
        raise InputError(f"{file}: holds another text than {page.page.source!r}; rename it or import elsewhere")
    write_atomic(file, relabel(text, page.labels, page.doubtful).encode("utf-8", "surrogatepass"))
    return True
