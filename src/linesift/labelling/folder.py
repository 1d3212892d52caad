"""Read and save the labelled pages of the labelling page, without losing a change that somebody else made."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock

from linesift.atomic import write_atomic
from linesift.errors import ConflictError, InputError, LabelError
from linesift.labelling.check import Finding, check_file
from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.read.labelled import (
    LANGUAGE_ADVICE,
    find_labelled_files,
    language_code,
    parse_leniently,
    parse_page,
    read_labelled,
    relabel,
    set_header,
)
from linesift.read.text import decode_text, read_bytes


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """A labelled page as it is on disk."""

    name: str
    version: str
    """Hash of its bytes; who saves must name the newest."""
    page: LabelledPage | None
    """`None` if the file is not in the format; then it cannot be saved either."""
    header: str
    """The file up to the line of dashes, which is included."""
    first: int
    """Line of the file that holds the first line of the page, from 1."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SavedLabels:
    """Labels to save, for every line of a page."""

    version: str
    """`OpenedPage.version`."""
    labels: tuple[Label | None, ...]
    doubtful: frozenset[int]
    header: Mapping[str, str] = field(default_factory=dict)
    """Values of the header that are set, by key; the others stay."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines to look for, on all pages."""

    text: str = ""
    """Part of the line; capital and small letters are the same."""
    label: Label | None = None
    """The label; `None` for any."""
    is_doubtful: bool = False
    """Whether only doubtful lines count."""

    def count(self, page: LabelledPage) -> int:
        """Number of such lines of a page."""
        text = self.text.casefold()
        return sum(
            label is not None
            and (self.label is None or label is self.label)
            and (not self.is_doubtful or index in page.doubtful)
            and text in line.casefold()
            for index, (line, label) in enumerate(zip(page.page.lines, page.labels, strict=True))
        )


class Folder:
    """Labelled pages by name; safe to use from several threads."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Open `.page` files and directories of them.

        Raises:
            InputError: if there is no labelled page at a path.
        """
        self._files: dict[str, Path] = {}
        self._seen: dict[str, OpenedPage] = {}
        self._lock = Lock()
        for path in paths:
            for file in find_labelled_files(path):
                self._files.setdefault(str(file), file)

    def names(self) -> list[str]:
        """List the paths of the pages, as they were given."""
        return list(self._files)

    def read(self, name: str) -> OpenedPage:
        """Read a page.

        Raises:
            InputError: if there is no such page, or it was removed.
        """
        path = self._path(name)
        data = read_bytes(path)
        page, findings = check_file(path)
        text = decode_text(data, name)[0].text
        first = parse_leniently(text).first
        header = "\n".join(text.split("\n")[: first - 1])
        opened = OpenedPage(name, _version(data), page, header, first, tuple(findings))
        self._seen[name] = opened
        return opened

    def glance(self, name: str) -> OpenedPage:
        """Read a page, or give what was read before if the file has not changed; HTML beside it is not looked at."""
        seen = self._seen.get(name)
        return seen if seen is not None and seen.version == _version(read_bytes(self._path(name))) else self.read(name)

    def hinted(self, name: str, page: Page) -> Page:
        """Give a page with the hints of the HTML beside it, as its draft was made; without, where the lines differ."""
        with suppress(InputError, LabelError):
            (read,) = read_labelled(self._path(name), needs_html=False)
            return read.page if read.page.text == page.text else page
        return page

    def unread(self) -> list[str]:
        """List the pages that cannot be read, or are not in the format."""
        return [name for name in self._files if not self._is_read(name)]

    def _is_read(self, name: str) -> bool:
        with suppress(InputError):
            return self.glance(name).page is not None
        return False

    def find(self, wanted: Wanted) -> dict[str, int]:
        """Count the lines that are looked for, on each page that has some; pages that cannot be read have none."""
        found = {}
        for name in self._files:
            with suppress(InputError):
                page = self.glance(name).page
                found[name] = wanted.count(page) if page else 0
        return {name: n_lines for name, n_lines in found.items() if n_lines}

    def save(self, name: str, labels: SavedLabels) -> str:
        """Write labels and header into a file, whole or not at all; everything else in the file stays as it is.

        Returns:
            The file's new version.

        Raises:
            ConflictError: if the file is of a newer version.
            InputError: if there is no such page, or it was removed.
            LabelError: if the labels do not fit the page, or a value of the header is none.
            OSError: if it cannot be written; then the file is as it was.
        """
        path = self._path(name)
        with self._lock:
            data = read_bytes(path)
            if _version(data) != labels.version:
                raise ConflictError(f"{name}: the file has changed since it was opened")
            text = decode_text(data, name)[0].text
            saved = set_header(relabel(text, labels.labels, labels.doubtful), _checked(labels.header))
            if saved == text:
                return labels.version
            parse_page(saved, name)
            new = saved.encode("utf-8", "surrogatepass")
            write_atomic(path, new)
            return _version(new)

    def _path(self, name: str) -> Path:
        if name not in self._files:
            raise InputError(f"{name}: not one of the pages that were opened")
        return self._files[name]


def _checked(header: Mapping[str, str]) -> dict[str, str]:
    """Give the values of a header as they are saved: of a language its code alone.

    Raises:
        LabelError: if there is no site, or the language is no code; the text names the field of the labelling page.
    """
    checked = dict(header)
    if "site" in checked and not checked["site"].strip():
        raise LabelError("a page needs a site; write its host into the field 'site'")
    if given := checked.get("lang", "").strip():
        checked["lang"] = language_code(given)
        if not checked["lang"]:
            raise LabelError(f"{given!r} {LANGUAGE_ADVICE}")
    return checked


def _version(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
