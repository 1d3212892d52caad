"""Make drafts of labelled pages: labels by the model, for a person to correct."""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from linesift.atomic import write_atomic
from linesift.errors import InputError, LabelError
from linesift.labels import Label
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.read.find import refuse_overwriting
from linesift.read.html.encoding import to_utf8
from linesift.read.labelled import LABELLED_SUFFIX, find_beside, format_page, parse_page, read_utf8
from linesift.read.packed import plain_path, unpack
from linesift.read.page import HTML_SUFFIXES, SourceKind, find_source, read_file_page
from linesift.read.text import STDIN, read_bytes

if TYPE_CHECKING:  # numpy comes with them, and a wrong option does not wait for numpy
    from linesift.model.model import Model
    from linesift.model.prediction import Prediction

DOUBT = 0.9
"""Lines whose label is less probable are marked. On 148 pages labelled by hand, by models that had not seen their
sites, these are 13 lines per page and 81 % of the wrong ones; with 0.8, 8 lines and 61 %; with 0.95, 19 and 90 %."""

SOURCE_SUFFIXES = (".txt", *HTML_SUFFIXES)
"""Suffixes of the copy of the page, which is kept beside the labelled page."""

_TEXT_SUFFIX = ".txt"
_SAME_PAGE = 0.5
"""Share of the distinct lines of an earlier draft that the page must still have. With fewer it is another page, and its
labels would be lost."""


@dataclass(frozen=True, slots=True)
class DraftConfig:
    """Options of drafts."""

    folder: Path
    """Where labelled pages are written; made if it is missing."""
    site: str = ""
    """Site of the pages; by default the name of the folder, because a folder holds the pages of one site."""
    lang: str = ""
    """Language code; by default that of the HTML."""
    encoding: str | None = None
    doubt: float = DOUBT
    is_update: bool = False
    """Draft again files that exist. The header is kept, and labels without a mark of lines that are still there."""


@dataclass(frozen=True, slots=True)
class Source:
    """A page to label."""

    page: Page
    data: bytes
    """Content of its copy."""
    suffix: str
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """Result of one page."""

    path: Path
    """The labelled page."""
    page: LabelledPage | None
    """`None` for a file that existed and is not in the format."""
    is_written: bool
    """Whether a file was written; otherwise it existed and was kept."""
    n_kept: int = 0
    """Number of labels that were taken from the earlier file."""


def draft_names(paths: Sequence[Path]) -> list[str]:
    """Name the labelled page of each path: by its stem, with directories in front if stems are the same.

    >>> draft_names([Path("a/x.txt"), Path("b/x.html"), Path("y.txt"), Path("-")])
    ['a-x', 'b-x', 'y', 'stdin']
    """
    paths = [plain_path(path) for path in paths]
    names = ["stdin" if path == STDIN else path.stem for path in paths]
    n_parts = 1
    while len(set(names)) < len(names) and n_parts < max(len(path.parts) for path in paths):
        n_parts += 1
        same = Counter(names)
        names = [
            "-".join(path.with_suffix("").parts[-n_parts:]) if same[name] > 1 else name
            for name, path in zip(names, paths, strict=True)
        ]
    same = Counter(names)
    return [f"{name}-{path.suffix[1:]}" if same[name] > 1 else name for name, path in zip(names, paths, strict=True)]


def read_source(path: Path, encoding: str | None = None) -> Source:
    """Read a page to label. The copy of MHTML is its HTML.

    With an encoding, and of MHTML, the copy is UTF-8 with a byte order mark: it reads the same later.

    Raises:
        InputError: if the file cannot be read, holds many pages, or is no page.
        MissingExtraError: for HTML, if its parser is not installed.
    """
    if path != STDIN and find_source(path).kind is not SourceKind.PAGE:
        raise InputError(f"{path}: holds many pages; label text or HTML files")
    data, path = unpack(read_bytes(path), str(path)), plain_path(path)
    found = read_file_page(data, str(path), encoding)
    html = found.html
    if html is None:
        if encoding is not None:
            data = BOM_UTF8 + found.page.text.encode("utf-8", "surrogatepass")
        return Source(found.page, data, _TEXT_SUFFIX, found.warning)
    if html.payload is not data or html.charset is not None:
        data = BOM_UTF8 + to_utf8(html.payload, html.charset).removeprefix(BOM_UTF8)
    suffix = path.suffix.lower() if path.suffix.lower() in HTML_SUFFIXES else HTML_SUFFIXES[0]
    return Source(found.page, data, suffix, found.warning)


def draft(source: Source, prediction: "Prediction", config: DraftConfig) -> LabelledPage:
    """Make a labelled page from a prediction; doubtful lines are marked."""
    head = source.page.head
    lang = head.lang.replace("_", "-").partition("-")[0].lower() if head is not None else ""
    return LabelledPage(
        page=source.page,
        labels=prediction.labels,
        site=config.site or config.folder.resolve().name,
        lang=config.lang or (lang if lang.isalpha() else ""),
        kind="article" if Label.BODY in prediction.labels else "index",
        origin=Origin(labels=LabelSource.MODEL),
        url=head.canonical if head is not None else "",
        doubtful=frozenset(
            index
            for index, label in enumerate(prediction.labels)
            if label and prediction.confidence(index) < config.doubt
        ),
    )


def update(earlier: LabelledPage, drafted: LabelledPage) -> tuple[LabelledPage, int]:
    """Copy from an earlier draft what a person has checked: the header, and unmarked labels of lines still there.

    Returns:
        The page, and how many labels were copied.
    """
    labels, doubtful = list(drafted.labels), set(drafted.doubtful)
    n_kept = 0
    matcher = SequenceMatcher(None, earlier.page.lines, drafted.page.lines, autojunk=False)
    for old, new, size in matcher.get_matching_blocks():
        for offset in range(size):
            if earlier.labels[old + offset] is not None and old + offset not in earlier.doubtful:
                labels[new + offset] = earlier.labels[old + offset]
                doubtful.discard(new + offset)
                n_kept += 1
    kept = replace(earlier, page=drafted.page, labels=tuple(labels), doubtful=frozenset(doubtful))
    return kept, n_kept


def write_draft(name: str, source: Source, model: "Model", config: DraftConfig) -> Drafted:
    """Write the labelled page and, beside it, a copy of the page that it was made from.

    Raises:
        InputError: if a labelled page of this name exists and was made from another page, or the copy would replace the
            page itself.
        LabelError: if a file to update is not in the format.
        OSError: with `filename`, if something cannot be written.
    """
    config.folder.mkdir(parents=True, exist_ok=True)
    path = config.folder / f"{name}{LABELLED_SUFFIX}"
    if path.exists() and not config.is_update:
        return Drafted(path, _earlier(path, source), is_written=False)
    drafted, n_kept = draft(source, model.classify(source.page), config), 0
    if path.exists():
        earlier = parse_page(read_utf8(path), str(path))
        same = set(earlier.page.lines) & set(drafted.page.lines)
        if len(same) < _SAME_PAGE * len(set(earlier.page.lines)):
            raise InputError(f"{path}: shares few lines with {source.page.source}; rename one of them")
        drafted, n_kept = update(earlier, drafted)
    copy = path.with_suffix(source.suffix)
    there = find_beside(path, SOURCE_SUFFIXES)
    if there is not None and there != copy:
        raise InputError(f"{there}: stands in the place of {copy.name}; remove it, or rename the page")
    if there is None or there.read_bytes() != source.data:
        refuse_overwriting(copy, [Path(source.page.source)])
        write_atomic(copy, source.data, is_new=not config.is_update)
    write_atomic(path, format_page(drafted).encode("utf-8", "surrogatepass"), is_new=not config.is_update)
    return Drafted(path, drafted, is_written=True, n_kept=n_kept)


def _earlier(path: Path, source: Source) -> LabelledPage | None:
    """Read the labelled page that exists.

    Raises:
        InputError: if it was made from another page.
    """
    there = find_beside(path, SOURCE_SUFFIXES)
    if (
        there is not None
        and there.resolve() != Path(source.page.source).resolve()
        and there.read_bytes() != source.data
    ):
        raise InputError(
            f"{path}: exists already and was made from another page than {source.page.source}; rename that page, "
            "or say --update to draft it again and keep the labels of lines that are the same"
        )
    try:
        return parse_page(read_utf8(path), str(path))
    except LabelError:  # kept all the same; `linesift check` lists its mistakes
        return None
