"""Read and write labelled pages: `.page` files, which a person can edit, and JSON lines.

A `.page` file is a header of `key: value` lines, a line of four dashes, and the page, one file line per page line:

    site: harbour-courier.example
    url: https://harbour-courier.example/2024/03/11/ferry
    lang: en
    kind: article
    note: date and byline in one line
    ----
    sidebar   | Home

    headline  | Ferry returns
    timestamp | By Ann Lee, 11 March 2024
    body      | The ferry is back.
    body?     | It was away for a year.

After the label (padded to nine characters) comes ` | `, then the text verbatim, with any bars and spaces. A `?` right
behind the label marks a line that a person should look at again; it is learnt and scored like any other. A blank file
line is a blank line of the page and has no label.

The HTML of a page may be beside it under the same name (`ferry.page`, `ferry.html`), where `linesift label` leaves it.
Then the page has the hints of its markup.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linesift.errors import InputError, LabelError, MissingExtraError
from linesift.labels import KINDS, LABELS, Label
from linesift.page import LabelledPage, LabelSource, Origin, Page
from linesift.read.find import is_directory, walk
from linesift.read.page import HTML_SUFFIXES, LABELLED_SUFFIX, read_page
from linesift.read.text import decode_whole, no_such_file, read_bytes

_HEADER_KEYS = ("site", "url", "lang", "kind", "note")
PAGE_FILE_COLLECTION = "pages"
"""Name of the collection of all pages from `.page` files."""

_RULE = "----"
_LABEL_WIDTH = 9
_LABELLED = re.compile(r"(?P<label>\w+)(?P<doubt>\??) *\|(?: (?P<text>.*))?", re.DOTALL)
_WORDS = ", ".join(LABELS)
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})([-_][A-Za-z0-9]+)*\s*")
LANGUAGE_ADVICE = "is no language code; use one of two or three letters, such as en"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line of a page, as its `.page` file has it; `label` is `None` where the line is blank or wrong."""

    text: str
    label: Label | None = None
    is_doubtful: bool = False
    problem: str = ""
    """Sentence on what is wrong; empty where nothing is."""
    word: str = ""
    """Word in the place of the label, whatever it is."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """Content of a `.page` file that may have mistakes."""

    header: tuple[tuple[str, str], ...]
    lines: tuple[FileLine, ...]
    problems: tuple[tuple[int, str], ...]
    """All mistakes: file line, and a sentence."""
    first: int = 1
    """Number of the file line with the first line of the page, from 1."""


def parse_page(text: str, source: str) -> LabelledPage:
    r"""Read the text of one `.page` file that has no mistakes.

    If the line of dashes ends with `"\r\n"`, an editor saved the file so, and one `"\r"` per line is dropped. In any
    other file a `"\r"` belongs to the page.

    >>> page = parse_page("site: a.example\n----\nheadline  | Rain | again\n\nbody?     | It rained.\n", "a.page")
    >>> page.page.lines, page.labels[2], page.doubtful
    (['Rain | again', '', 'It rained.'], <Label.BODY: 'body'>, frozenset({2}))

    Raises:
        LabelError: if there is a mistake; the text has the first one, `parse_leniently` gives all.
    """
    file = parse_leniently(text)
    if file.problems:
        line, problem = file.problems[0]
        more = f" (and {len(file.problems) - 1} more)" if len(file.problems) > 1 else ""
        raise LabelError(f"{source}:{line}: {problem}{more}")
    header = dict(file.header)
    return LabelledPage(
        page=Page("\n".join(line.text for line in file.lines), source),
        labels=tuple(line.label for line in file.lines),
        site=header["site"],
        lang=header.get("lang", ""),
        kind=header.get("kind", KINDS[0]),
        origin=Origin(PAGE_FILE_COLLECTION, LabelSource.BY_HAND),
        url=header.get("url", ""),
        note=header.get("note", ""),
        doubtful=frozenset(index for index, line in enumerate(file.lines) if line.is_doubtful),
    )


def format_page(page: LabelledPage) -> str:
    """Write a labelled page as the text of a `.page` file, of which `parse_page` makes the same page again.

    White space in header values becomes single spaces. Empty values are left out, except that of `site`, which a person
    has to fill in before `parse_page` accepts the file.
    """
    values = {"site": page.site, "url": page.url, "lang": page.lang, "kind": page.kind, "note": page.note}
    folded = {key: " ".join(value.split()) for key, value in values.items()}
    header = [f"{key}: {value}".rstrip() for key, value in folded.items() if value or key == "site"]
    lines = [
        _format_line(line, label, is_doubtful=index in page.doubtful)
        for index, (line, label) in enumerate(zip(page.page.lines, page.labels, strict=True))
    ]
    return "\n".join([*header, _RULE, *lines, ""])


def relabel(text: str, labels: Sequence[Label | None], doubtful: AbstractSet[int]) -> str:
    r"""Replace the labels in the text of a `.page` file; all other bytes stay.

    >>> relabel("site: a.example\n----\nbody | Rain\nbody?     | More", (Label.HEADLINE, Label.BODY), frozenset())
    'site: a.example\n----\nheadline  | Rain\nbody      | More'

    Raises:
        LabelError: if the text is not in the format, or the labels do not fit its lines.
    """
    file = parse_leniently(text)
    lines = text.split("\n")
    if file.problems:
        raise LabelError("the file has mistakes; 'linesift check' lists them")
    if len(labels) != len(file.lines):
        raise LabelError("not one label for each line of the page; load the page again")
    has_crlf = lines[file.first - 2].endswith("\r")
    for number, (row, label) in enumerate(zip(file.lines, labels, strict=True)):
        if (label is None) != (row.label is None):
            raise LabelError(
                f"line {number + 1} of the page: a label for a blank line, or none for another; load it again"
            )
        if (label, number in doubtful) != (row.label, row.is_doubtful):
            line = file.first - 1 + number
            end = "\r" if has_crlf and lines[line].endswith("\r") else ""
            lines[line] = _format_line(row.text, label, is_doubtful=number in doubtful) + end
    return "\n".join(lines)


def set_header(text: str, fields: Mapping[str, str]) -> str:
    r"""Set values in the header of a `.page` file; all other bytes stay.

    A key that is missing is added at its place in the usual order. An empty value takes the key away, except `site`,
    which every page must have. White space in values becomes single spaces.

    >>> set_header("site: a.example\nnote: none\n----\nbody | Rain", {"lang": "en"})
    'site: a.example\nlang: en\nnote: none\n----\nbody | Rain'
    """
    lines = text.split("\n")
    at = next((index for index, line in enumerate(lines) if line.rstrip() == _RULE), len(lines))
    header, rest = lines[:at], lines[at:]
    end = "\r" if rest and rest[0].endswith("\r") else ""
    for key, value in fields.items():
        keys = [line.partition(":")[0].strip() for line in header]
        folded = " ".join(value.split())
        row = [f"{key}: {folded}{end}"] if folded or key == "site" else []
        later = _HEADER_KEYS[_HEADER_KEYS.index(key) + 1 :]
        place = next((index for index, other in enumerate(keys) if other in later), len(header))
        first, last = (keys.index(key), keys.index(key) + 1) if key in keys else (place, place)
        header[first:last] = row
    return "\n".join([*header, *rest])


def language_code(text: str) -> str:
    """Give the code of a language without script and region, in small letters; empty for what is no code.

    >>> language_code("zh_Hant-TW"), language_code("ID"), language_code("Indonesian")
    ('zh', 'id', '')
    """
    match = _LANGUAGE.fullmatch(text)
    return "" if match is None else match[1].lower()


def find_beside(path: Path, suffixes: Sequence[str]) -> Path | None:
    """Find the file of the same name with one of some suffixes; `None` without one."""
    return next((file for suffix in suffixes if (file := path.with_suffix(suffix)).is_file()), None)


def find_labelled_files(path: Path) -> list[Path]:
    """List the `.page` files below a directory, sorted by path; a file stands for itself.

    Raises:
        InputError: if there is none.
    """
    if not path.exists():
        raise no_such_file(path)
    files = list(_walk(path)) if path.is_dir() else [path]
    if not files:
        made = "make some: linesift label PAGE... --out DIR"
        raise InputError(f"{path}: no labelled pages (*{LABELLED_SUFFIX}) in this directory; {made}")
    return files


def read_labelled(path: Path, *, needs_html: bool = True) -> list[LabelledPage]:
    """Read a `.page` file, all `.page` files below a directory (sorted by path), or a `.jsonl` file.

    A row of JSON lines has `id`, `site`, `text` and `labels` (one per line, null for a blank one). It may have `url`,
    `kind`, `lang`, `note`, `doubtful` (indices of lines) and `html`, which gives the page its hints. The part of the id
    before the first slash names the collection; without a slash, the stem of the file does.

    Args:
        path: what to read.
        needs_html: if false, a `.page` file with HTML beside it is plain text where the parser is not installed.

    Raises:
        InputError: if there is nothing to read at the path.
        LabelError: if a page is not in the format, or its lines differ from those of the HTML beside it. The text names
            file and line.
        MissingExtraError: if there is HTML beside a page and the parser is not installed.
    """
    if path.is_dir():
        return [_read_file(file, needs_html=needs_html) for file in find_labelled_files(path)]
    if path.suffix == LABELLED_SUFFIX:
        return [_read_file(path, needs_html=needs_html)]
    if path.suffix == ".jsonl":
        return list(_read_rows(path))
    if not path.exists():
        raise no_such_file(path)
    raise InputError(
        f"{path}: labelled pages are {LABELLED_SUFFIX} files, a directory of them, or .jsonl; give one of these"
    )


def has_labels(path: Path) -> bool:
    """Say whether a path holds labelled pages: by its suffix, or by the `.page` files in a directory."""
    if path.is_dir():
        return next(_walk(path), None) is not None
    return path.suffix in {LABELLED_SUFFIX, ".jsonl"}


def _walk(directory: Path) -> Iterator[Path]:
    """List the `.page` files in a directory and below; what cannot be opened is none."""
    return (file for file in walk(directory, (LABELLED_SUFFIX,)) if not is_directory(file))


def _read_file(path: Path, *, needs_html: bool) -> LabelledPage:
    """Read a `.page` file, with hints if its HTML lies beside it."""
    text = read_utf8(path)
    page = parse_page(text, str(path))
    html = find_beside(path, HTML_SUFFIXES)
    if html is None:
        return page
    try:
        source, _ = read_page(html)
    except MissingExtraError:
        if needs_html:
            raise
        return page
    if source.text != page.page.text:
        pairs = list(zip(page.page.lines, source.lines, strict=False))
        line = parse_leniently(text).first + next(
            (n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), len(pairs)
        )
        raise LabelError(
            f"{path}:{line}: not the line of {html.name} here; restore it, or take the lines anew: "
            f"linesift label {html} --out {path.parent} --update"
        )
    return replace(page, page=replace(page.page, hints=source.hints))


def read_utf8(path: Path) -> str:
    """Read a file that must be valid UTF-8: labels belong to the exact text, so nothing may be replaced.

    Raises:
        InputError: if it cannot be read.
        LabelError: if it is not valid UTF-8.
    """
    text, warning = decode_whole(read_bytes(path), str(path))
    if warning is not None:
        raise LabelError(warning.partition(", its")[0] + "; save the file as UTF-8")
    return text


def _read_rows(path: Path) -> Iterator[LabelledPage]:
    for number, line in enumerate(read_utf8(path).split("\n"), start=1):
        if line.strip():
            try:
                yield _parse_row(line, path)
            except LabelError as error:
                raise LabelError(f"{path}:{number}: {error}") from error


def read_row(row: Mapping[str, Any], collection: str) -> LabelledPage:
    """Read a page from a row of a dataset, which has the fields of a row of JSON lines.

    Raises:
        LabelError: if it is not in the format. The text does not name the row.
    """
    return _parse_row(json.dumps(row, default=str), Path(collection))


def _parse_row(line: str, path: Path) -> LabelledPage:
    """Read a page from a line of a JSON lines file; its `LabelError` does not name the file."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LabelError(f"not JSON ({error}); write one object a line") from error
    if not isinstance(row, dict):
        raise LabelError("not an object; write one object a line")
    fields = {key: row.get(key, "") or "" for key in ("id", "text", "html", *_HEADER_KEYS)}
    for key, value in fields.items():
        if not isinstance(value, str):
            raise LabelError(f"{key!r} is not a string; write it in quotes")
    for key in ("id", "site"):
        if not fields[key]:
            raise LabelError(f"no {key!r}; every page needs one")
    kind = fields["kind"] or KINDS[0]
    if kind not in KINDS:
        raise LabelError(f"unknown kind {kind!r}; use {', '.join(KINDS)}")
    before, slash, _ = fields["id"].partition("/")
    return LabelledPage(
        page=_row_text(fields),
        labels=_row_labels(row.get("labels")),
        doubtful=_row_doubtful(row),
        site=fields["site"],
        lang=fields["lang"],
        kind=kind,
        origin=Origin(before if slash else path.stem, LabelSource.BY_HAND),
        url=fields["url"],
        note=fields["note"],
    )


def _row_text(fields: Mapping[str, str]) -> Page:
    """Page of a row, with hints if the row has its HTML."""
    page = Page(fields["text"], fields["id"])
    if not fields["html"]:
        return page
    from linesift.read.html.page import read_html

    html_page = read_html(fields["html"]).page
    if html_page.text != page.text:
        raise LabelError("'text' is not the text of 'html'; label the lines that linesift reads from it")
    return replace(page, hints=html_page.hints)


def _row_doubtful(row: Mapping[str, Any]) -> frozenset[int]:
    doubtful = row.get("doubtful") or []
    if not isinstance(doubtful, list) or not all(isinstance(index, int) for index in doubtful):
        raise LabelError("'doubtful' is not a list of line indices; write numbers, from 0 for the first line")
    return frozenset(doubtful)


def _row_labels(words: object) -> tuple[Label | None, ...]:
    if not isinstance(words, list):
        raise LabelError("no list 'labels'; write one label per line of the text, null where it is blank")
    try:
        return tuple(None if word is None else Label(word) for word in words)
    except ValueError as error:
        raise LabelError(f"unknown label ({error}); use {_WORDS} or null") from error


def _format_line(line: str, label: Label | None, *, is_doubtful: bool) -> str:
    if label is None:
        return line
    word = f"{label}?" if is_doubtful else label
    return f"{word:<{_LABEL_WIDTH}} | {line}"


def parse_leniently(text: str) -> PageFile:
    """Read the text of a `.page` file as far as possible, and list its mistakes."""
    lines = text.split("\n")
    at = next((index for index, line in enumerate(lines) if line.rstrip() == _RULE), len(lines))
    if at == len(lines):
        return PageFile((), (), ((1, f"no line of four dashes; write {_RULE} between the header and the page"),))
    if lines[at].endswith("\r"):
        lines = [line.removesuffix("\r") for line in lines]
    header, header_problems = _read_header(lines[:at])
    page_lines = lines[at + 1 :]
    if len(page_lines) > 1 and page_lines[-1] == "":
        del page_lines[-1]  # the file ends with a line end; that is no further line
    first = at + 2
    file_lines = tuple(_read_line(line) for line in page_lines) or (FileLine(""),)
    line_problems = [(first + index, line.problem) for index, line in enumerate(file_lines) if line.problem]
    return PageFile(tuple(header.items()), file_lines, (*header_problems, *line_problems), first)


def _read_header(lines: list[str]) -> tuple[dict[str, str], list[tuple[int, str]]]:
    header: dict[str, str] = {}
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not line.strip():
            continue
        if not colon:
            problems.append((number, "a header line without a colon; write 'key: value'"))
        elif key not in _HEADER_KEYS:
            problems.append((number, f"unknown key {key!r}; use {', '.join(_HEADER_KEYS)}"))
        elif key in header:
            problems.append((number, f"{key!r} stands here a second time; remove one"))
        elif key == "kind" and value not in KINDS:
            problems.append((number, f"unknown kind {value!r}; use {', '.join(KINDS)}"))
        else:
            header[key] = value
    if not header.get("site"):
        problems.append((1, "no site; write 'site: host of the page' into the header"))
    return header, sorted(problems)


def _read_line(line: str) -> FileLine:
    if not line.strip():
        return FileLine(line)
    match = _LABELLED.fullmatch(line)
    if match is None:
        return FileLine(line, problem=f"no label; write one of {_WORDS}, then ' | ', then the text")
    word, text = match["label"], match["text"] or ""
    if word not in LABELS:
        return FileLine(text, problem=f"unknown label {word!r}; use {_WORDS}", word=word)
    if not text.strip():
        return FileLine(line, problem="a label without text; put ' | ' and the text behind it, or leave the line blank")
    return FileLine(text, Label(word), bool(match["doubt"]), word=word)
