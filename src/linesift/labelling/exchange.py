"""Labelled pages out to other programs and back into `.page` files."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from linesift.atomic import write_atomic
from linesift.errors import InputError
from linesift.page import LabelledPage
from linesift.read.html.encoding import to_utf8
from linesift.read.labelled import LABELLED_SUFFIX, beside, format_page, parse, read_labelled, read_utf8, relabel
from linesift.read.page import HTML_SUFFIXES
from linesift.read.text import read_bytes
from linesift.write.exports import Exported

_NOT_IN_A_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|\x00', "-"))


@dataclass(frozen=True, slots=True)
class ImportConfig:
    """How pages are taken in."""

    folder: Path
    """Where labelled pages go, made where it is missing."""
    is_update: bool = False
    """Put labels into files that exist and hold the same page; without it they are left alone."""


@dataclass(frozen=True, slots=True)
class Import:
    """What came of an import."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    """Files that were there and were left alone."""


def read_exported(paths: Sequence[Path]) -> Iterator[Exported]:
    """Read labelled pages with an identifier that says site and file; the HTML beside them comes along.

    Raises:
        InputError: if there is nothing to read at a path.
        LabelError: if a page is not in the format.
    """
    seen: Counter[str] = Counter()
    for path in paths:
        for page in read_labelled(path):
            source = Path(page.page.source)
            name, html = page.page.source, ""
            if source.suffix == LABELLED_SUFFIX:
                inside = source.relative_to(path) if path.is_dir() else Path(source.name)
                name = f"{page.site}/{inside.with_suffix('').as_posix()}"
                file = beside(source, HTML_SUFFIXES) if page.page.hints is not None else None
                html = to_utf8(read_bytes(file)).decode("utf-8", "replace") if file is not None else ""
            seen[name] += 1
            yield Exported(name if seen[name] == 1 else f"{name}-{seen[name]}", page, html)


def import_pages(path: Path, config: ImportConfig) -> Import:
    """Write the labelled pages of a file of JSON lines as `.page` files.

    Raises:
        InputError: if the file cannot be read, or a file of the same name holds another page.
        LabelError: if a label or a page is not in the format.
        OSError: with `filename`, if something cannot be written.
    """
    if path.suffix != ".jsonl":
        raise InputError(f"{path}: not a file of JSON lines; give a .jsonl file, as linesift export writes it")
    pages, htmls = read_labelled(path), _htmls(path)
    config.folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    kept: list[Path] = []
    for page in pages:
        name = page.page.source.removeprefix(f"{page.site}/").translate(_NOT_IN_A_NAME).strip(". ") or "page"
        file = config.folder / f"{name}{LABELLED_SUFFIX}"
        html = htmls.get(page.page.source, "")
        if html and not file.exists():  # with a mark, because it may say of itself that it is in another encoding
            write_atomic(file.with_suffix(HTML_SUFFIXES[0]), html.encode("utf-8-sig", "surrogatepass"), is_new=True)
        (written if _write(file, page, config) else kept).append(file)
    return Import(tuple(written), tuple(kept))


def _htmls(path: Path) -> dict[str, str]:
    """HTML of the rows that have it, by their identifier."""
    rows = [json.loads(line) for line in read_utf8(path).split("\n") if line.strip()]
    return {row["id"]: row["html"] for row in rows if row.get("html")}


def _write(file: Path, page: LabelledPage, config: ImportConfig) -> bool:
    """Write one page; says whether the file was written, or was there and was kept."""
    if not file.exists():
        write_atomic(file, format_page(page).encode("utf-8", "surrogatepass"), is_new=True)
        return True
    if not config.is_update:
        return False
    text = read_utf8(file)
    if parse(text, str(file)).page.text != page.page.text:
        raise InputError(f"{file}: holds another text than {page.page.source!r}; rename it or import elsewhere")
    write_atomic(file, relabel(text, page.labels, page.doubtful).encode("utf-8", "surrogatepass"))
    return True
