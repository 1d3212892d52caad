"""Make drafts of labelled pages: labels by the model, for a person to correct."""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from linesift.atomic import write_atomic
from linesift.errors import InputError, LabelError
from linesift.labels import NO_ARTICLE, Kind
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.read.find import refuse_overwriting
from linesift.read.html.encoding import to_utf8
from linesift.read.labelled import find_beside, format_page, language_code, parse_page, read_utf8
from linesift.read.packed import plain_path, unpack
from linesift.read.page import HTML_SUFFIXES, LABELLED_SUFFIX, SourceKind, find_source, read_file_page
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
    """Where labelled pages are written; made if it is missing. Those that are below it already stay where they are."""
    site: str = ""
    """Site of the pages; by default the name of the folder, because a folder holds the pages of one site."""
    lang: str = ""
    """Language code, as `language_code` gives it; by default that of the HTML."""
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
    warnings: tuple[str, ...] = ()
    """Sentences that name the file: options that its header does not follow."""


def place_drafts(paths: Sequence[Path], config: DraftConfig) -> list[Path]:
    """Give the path of the labelled page of each page.

    A page of `config.folder`, or of a directory below it, that has a labelled page beside it is the copy of that one.
    The others are new: their labelled pages come into the folder itself, under the names of `draft_names`.

    Raises:
        InputError: if new pages of several directories, or of one below the folder, would get the site of the folder.
    """
    folder = config.folder.resolve()
    beside = [_labelled_beside(path, folder) for path in paths]
    new = [path for path, labelled in zip(paths, beside, strict=True) if labelled is None]
    if not config.site:
        _refuse_sites(new, config.folder)
    names = iter(draft_names(new))
    return [labelled or config.folder / f"{next(names)}{LABELLED_SUFFIX}" for labelled in beside]


def _labelled_beside(path: Path, folder: Path) -> Path | None:
    """Find the labelled page of a page that is somewhere in the folder; `None` without one."""
    if path == STDIN or not path.name:
        return None
    labelled = plain_path(path).with_suffix(LABELLED_SUFFIX)
    with suppress(OSError):
        return labelled if labelled.is_file() and folder in labelled.resolve().parents else None
    return None


def _refuse_sites(paths: Sequence[Path], folder: Path) -> None:
    found = {parent.resolve(): parent for parent in {path.parent: None for path in paths if path != STDIN}}
    parents = list(found.values())
    below = next((parent for place, parent in found.items() if folder.resolve() in place.parents), None)
    if len(parents) > 1:
        which = f"{parents[0]} and {parents[1]}" if len(parents) == 2 else f"{parents[0]} and {len(parents) - 1} others"
        raise InputError(
            f"{folder}: pages of several directories ({which}) would be of one site here; "
            "give each directory an --out of its own, or name the site of all: --site NAME"
        )
    if below is not None:
        raise InputError(
            f"{folder}: pages of {below} would be of the site {folder.resolve().name!r} here; "
            f"label them where they are: linesift label {below} --out {below}"
        )


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
    return LabelledPage(
        page=source.page,
        labels=prediction.labels,
        site=config.site or config.folder.resolve().name,
        lang=config.lang or (language_code(head.lang) if head is not None else ""),
        kind=_kind(prediction),
        origin=Origin(labels=LabelSource.MODEL),
        url=head.canonical if head is not None else "",
        doubtful=frozenset(
            index
            for index, label in enumerate(prediction.labels)
            if label and prediction.confidence(index) < config.doubt
        ),
    )


def _kind(prediction: "Prediction") -> str:
    """Give the kind that the model finds, unless lines of an article contradict it.

    With body lines, a page of the kinds `index` and `other` would have labels that these never have. An article without
    them stays one, although its text is missing: `linesift check` asks for the text or another kind.
    """
    if prediction.has_article and (not prediction.kind or prediction.kind in NO_ARTICLE):
        return Kind.ARTICLE
    return prediction.kind or Kind.INDEX


def is_same_page(earlier: Sequence[str], now: Sequence[str]) -> bool:
    """Tell whether a page still has enough lines of an earlier state for its labels to be kept."""
    return len(set(earlier) & set(now)) >= _SAME_PAGE * len(set(earlier))


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


def write_draft(path: Path, source: Source, model: "Model", config: DraftConfig) -> Drafted:
    """Write the labelled page and, beside it, a copy of the page that it was made from.

    Args:
        path: the labelled page, from `place_drafts`.
        source: the page.
        model: gives the labels.
        config: options.

    Raises:
        InputError: if a labelled page of this name exists and was made from another page, or the copy would replace the
            page itself.
        LabelError: if a file to update is not in the format.
        OSError: with `filename`, if something cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    warnings: tuple[str, ...] = ()
    if path.exists() and not config.is_update:
        kept = _earlier(path, source)
        return Drafted(path, kept, is_written=False, warnings=_warnings(path, kept, config))
    drafted, n_kept = draft(source, model.classify(source.page), config), 0
    if path.exists():
        earlier = parse_page(read_utf8(path), str(path))
        if not is_same_page(earlier.page.lines, drafted.page.lines):
            raise InputError(f"{path}: shares few lines with {source.page.source}; rename one of them")
        earlier = replace(earlier, lang=earlier.lang or config.lang)
        warnings = _warnings(path, earlier, config)
        drafted, n_kept = update(earlier, drafted)
    copy = path.with_suffix(source.suffix)
    there = find_beside(path, SOURCE_SUFFIXES)
    if there is not None and there != copy:
        raise InputError(f"{there}: stands in the place of {copy.name}; remove it, or rename the page")
    if there is None or there.read_bytes() != source.data:
        refuse_overwriting(copy, [Path(source.page.source)])
        write_atomic(copy, source.data, is_new=not config.is_update)
    write_atomic(path, format_page(drafted).encode("utf-8", "surrogatepass"), is_new=not config.is_update)
    return Drafted(path, drafted, is_written=True, n_kept=n_kept, warnings=warnings)


def _warnings(path: Path, page: LabelledPage | None, config: DraftConfig) -> tuple[str, ...]:
    """Say which options a header that exists does not follow: a person may have corrected it."""
    if page is None:
        return ()
    pairs = (("site", page.site, config.site), ("lang", page.lang, config.lang))
    return tuple(
        f"{path}: its header says '{key}: {value}', so --{key} is not used; correct it there"
        if value
        else f"{path}: kept as it was, without '{key}: {given}'; --update writes it into the header"
        for key, value, given in pairs
        if given and given != value
    )


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
