"""Find mistakes in labelled pages: of form, text that differs from its page, and labels against the rules.

A file is read leniently, so that one mistake does not hide the others. The rules at the end of the module look at the
labels of a whole page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from linesift.dates.moment import read_moments
from linesift.errors import InputError, LabelError
from linesift.labelling.draft import SOURCE_SUFFIXES, is_same_page, read_source
from linesift.labels import KINDS, Label, suggest_label
from linesift.page import LabelledPage
from linesift.read.labelled import (
    LANGUAGE_ADVICE,
    PageFile,
    find_beside,
    find_labelled_files,
    language_code,
    parse_leniently,
    parse_page,
    read_utf8,
)
from linesift.read.page import LABELLED_SUFFIX

_ABOVE, _BELOW = 4, 8
"""Lines above the headline and below it that are searched for the date of the page. Of 148 pages labelled by hand, one
has a date there that is not its own, and no timestamp."""
_LONGEST_DATE_LINE, _LONGEST_DATE_ALONE = 160, 60
"""Characters of a line that may be a timestamp though labelled sidebar, and of one labelled body."""
_ALONE = 10
"""Number of other lines on both sides that makes a body line look misplaced."""
_COMPARED = 200
"""Lines of both pages that are compared at once."""
_MAX_CHANGES = 10
"""Changed lines of one page that are reported one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake, or without `is_error` a line to look at."""

    path: Path
    line: int
    """Line of the file, from 1."""
    text: str
    is_error: bool = True

    @property
    def word(self) -> str:
        """`error` or `note`."""
        return "error" if self.is_error else "note"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word}: {self.text}"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings about some pages, in order of file and line."""

    findings: tuple[Finding, ...]
    n_pages: int
    n_doubtful: int
    """Lines marked with a `?`."""

    @property
    def n_errors(self) -> int:
        """Number of findings that have to be corrected."""
        return sum(finding.is_error for finding in self.findings)


def check(paths: Sequence[Path]) -> CheckReport:
    """Find the mistakes in `.page` files and directories of them.

    Raises:
        InputError: if a path is missing, or a directory without labelled pages.
        MissingExtraError: if there is HTML beside a page, and its parser is not installed.
    """
    files = [file for path in paths for file in find_labelled_files(path)]
    for file in files:
        if file.suffix != LABELLED_SUFFIX:
            what, command = ("some", "import") if file.suffix in {".jsonl", ".parquet"} else ("one", "label")
            make = f"make {what}: linesift {command} {file} --out DIR"
            raise InputError(f"{file}: not a {LABELLED_SUFFIX} file; {make}")
    findings: list[Finding] = []
    texts: dict[str, Path] = {}
    n_doubtful = 0
    for file in files:
        sheet, found = _look(file)
        n_doubtful += len(sheet.doubtful)
        first = texts.setdefault("\n".join(sheet.lines), file)
        if first != file and "".join(sheet.lines).strip():
            found.append(Finding(file, 1, f"the same page as {first}; remove one"))
        findings += sorted(found, key=lambda finding: finding.line)
    return CheckReport(tuple(findings), len(files), n_doubtful)


def check_file(path: Path) -> tuple[LabelledPage | None, list[Finding]]:
    """Check one file; the page is `None` if the file is not in the format."""
    _, found = _look(path)
    try:
        return parse_page(read_utf8(path), str(path)), found
    except LabelError:
        return None, found


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file as far as it can be read."""

    lines: tuple[str, ...] = ()
    labels: tuple[Label | None, ...] = ()
    """`None` on blank lines, and if it is not clear which label was meant."""
    doubtful: tuple[int, ...] = ()
    kind: str = KINDS[0]
    note: str = ""
    has_unknown_labels: bool = False
    """Whether it is not clear for some line which label was meant."""


def _look(path: Path) -> tuple[_Sheet, list[Finding]]:
    try:
        text = read_utf8(path)
    except LabelError as error:
        return _Sheet(), [Finding(path, 1, str(error).removeprefix(f"{path}: "))]
    file = parse_leniently(text)
    found = [Finding(path, line, _with_guess(file, line, what)) for line, what in file.problems]
    if not file.lines:
        return _Sheet(), found
    sheet = _as_sheet(file)
    found += [Finding(path, line, what, is_error=False) for line, what in _languages(text, file.first)]
    found += [Finding(path, line, what) for line, what in _changes(sheet, path, file)]
    rules = [*_headlines(sheet), *_timestamps(sheet), *_bodies(sheet), *_doubts(sheet)]
    found += [Finding(path, file.first + index, what, is_error) for index, what, is_error in rules]
    return sheet, found


def _as_sheet(file: PageFile) -> _Sheet:
    labels = tuple(row.label or suggest_label(row.word) for row in file.lines)
    header = dict(file.header)
    return _Sheet(
        lines=tuple(row.text for row in file.lines),
        labels=labels,
        doubtful=tuple(index for index, row in enumerate(file.lines) if row.is_doubtful),
        kind=header.get("kind", KINDS[0]),
        note=header.get("note", ""),
        has_unknown_labels=any(label is None and row.problem for label, row in zip(labels, file.lines, strict=True)),
    )


def _with_guess(file: PageFile, line: int, what: str) -> str:
    guess = suggest_label(file.lines[line - file.first].word) if line >= file.first and file.lines else None
    return what if guess is None else f"{what} (did you mean {guess}?)"


def _languages(text: str, first: int) -> Iterator[tuple[int, str]]:
    """Report a language that is no code: scores by language would have a row of its own for it."""
    for number, line in enumerate(text.split("\n")[: first - 2], start=1):
        key, _, value = (part.strip() for part in line.partition(":"))
        if key == "lang" and value and not language_code(value):
            yield number, f"{value!r} {LANGUAGE_ADVICE}"


def _changes(sheet: _Sheet, path: Path, file: PageFile) -> Iterator[tuple[int, str]]:
    """Report lines that differ from the page that the file was made from, by their line in the file."""
    first = file.first
    source = find_beside(path, SOURCE_SUFFIXES)
    if source is None:
        return
    # An editor may take away blank lines at the end, or add one; no label depends on them.
    theirs, ours = _without_end(read_source(source).page.lines), _without_end(sheet.lines)
    if theirs == ours:
        return
    n_changes = 0
    for start, end, low, high in _differences(theirs, ours):
        n_changes += max(end - start, high - low)
        if n_changes > _MAX_CHANGES:
            what = f"many lines from here on differ from {source.name}"
            again = f"draft the page again: linesift label {source} --out {path.parent}"
            can_update = not file.problems and is_same_page(ours, theirs)
            advice = f"{again} --update" if can_update else f"put them back, or remove this file and {again}"
            yield first + low, f"{what}; {advice}"
            return
        for offset in range(max(end - start, high - low)):
            was = theirs[start + offset] if start + offset < end else None
            line = first + min(low + offset, max(high, low))
            yield line, _change(was, has_ours=low + offset < high, source=source.name, number=start + offset + 1)


def _differences(theirs: list[str], ours: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Find the stretches that differ: start and end in the one list, and in the other.

    `SequenceMatcher` takes time with the cube of its lines, so it sees `_COMPARED` of them, from a difference on.
    """
    start = low = 0
    while start < len(theirs) or low < len(ours):
        if theirs[start : start + 1] == ours[low : low + 1]:
            start, low = start + 1, low + 1
            continue
        matcher = SequenceMatcher(None, theirs[start : start + _COMPARED], ours[low : low + _COMPARED], autojunk=False)
        codes = matcher.get_opcodes()
        is_end = start + _COMPARED >= len(theirs) and low + _COMPARED >= len(ours)
        equal = [place for place, code in enumerate(codes) if code[0] == "equal"]
        if equal and not is_end:  # what follows the last equal lines may go on behind the stretch
            codes = codes[: equal[-1] + 1]
        for kind, of_theirs, to_theirs, of_ours, to_ours in codes:
            if kind != "equal":
                yield start + of_theirs, start + to_theirs, low + of_ours, low + to_ours
        start, low = start + codes[-1][2], low + codes[-1][4]


def _without_end(lines: Sequence[str]) -> list[str]:
    """Lines up to the last one that is not blank."""
    n_blank = next((index for index, line in enumerate(reversed(lines)) if line.strip()), len(lines))
    return list(lines[: len(lines) - n_blank])


def _change(was: str | None, *, has_ours: bool, source: str, number: int) -> str:
    if was is None:
        return f"this line is not in {source}; remove it"
    shown = was if len(was) <= 60 else f"{was[:59]}…"
    if not has_ours:
        return f"line {number} of {source} is missing here; put it back: {shown!r}"
    return f"the text was changed; line {number} of {source} is {shown!r}"


_NO_TITLE, _NO_DATE = "no title", "no date"
"""Text of the note in the header of a page that really has none."""

_Found = Iterator[tuple[int, str, bool]]
"""Index of a line, message, whether it is an error."""


def _headlines(sheet: _Sheet) -> _Found:
    found = [index for index, label in enumerate(sheet.labels) if label is Label.HEADLINE]
    if not found:
        if sheet.kind == "article" and not sheet.has_unknown_labels:
            what = f"no headline; label the title, or if the page shows none, write 'note: {_NO_TITLE}' into the header"
            yield 0, what, _NO_TITLE not in sheet.note
        return
    for before, index in pairwise(found):
        if any(sheet.labels[between] is not None for between in range(before + 1, index)):
            what = f"a second headline, {index - before} lines below the first"
            yield index, f"{what}; only the one above the article is a headline, label the other sidebar", True


def _bodies(sheet: _Sheet) -> _Found:
    found = [index for index, label in enumerate(sheet.labels) if label is Label.BODY]
    if not found and sheet.kind == "article" and not sheet.has_unknown_labels:
        yield 0, "no body; label the text of the article, or write 'kind: index' or 'kind: stub' into the header", True
    full = [index for index, label in enumerate(sheet.labels) if label is not None]
    place = {index: number for number, index in enumerate(full)}
    if len(found) < 2:
        return
    for number, index in enumerate(found):
        before = place[index] - place[found[number - 1]] if number else _ALONE + 1
        after = place[found[number + 1]] - place[index] if number + 1 < len(found) else _ALONE + 1
        if min(before, after) > _ALONE and _is_apart(sheet, index):
            yield index, f"a body line far from others ({_ALONE} lines and more); is it part of this article?", False


def _is_apart(sheet: _Sheet, index: int) -> bool:
    """Tell whether the headline is not right above the line: many other lines may follow a standfirst."""
    above = [label for label in sheet.labels[:index] if label is not None][-3:]
    return Label.HEADLINE not in above


def _timestamps(sheet: _Sheet) -> _Found:
    """Report a whole date beside the headline, on a page without a timestamp."""
    if Label.TIMESTAMP in sheet.labels or Label.HEADLINE not in sheet.labels or _NO_DATE in sheet.note:
        return
    full = [index for index, label in enumerate(sheet.labels) if label is not None]
    heads = [number for number, index in enumerate(full) if sheet.labels[index] is Label.HEADLINE]
    for number in range(max(0, heads[0] - _ABOVE), min(len(full), heads[-1] + _BELOW + 1)):
        index = full[number]
        longest = _LONGEST_DATE_ALONE if sheet.labels[index] is Label.BODY else _LONGEST_DATE_LINE
        if len(sheet.lines[index]) <= longest and _has_date(sheet.lines[index]):
            what = "a date beside the headline, but no timestamp"
            yield (
                index,
                f"{what}; label it timestamp, or if it is of something else, write 'note: {_NO_DATE}' into the header",
                True,
            )
            return


def _has_date(line: str) -> bool:
    """Tell whether a line shows a whole day, also one that can be read in two ways."""
    return any(moment.day is not None or moment.choices for moment in read_moments(line))


def _doubts(sheet: _Sheet) -> _Found:
    if sheet.doubtful:
        left = len(sheet.doubtful)
        yield (
            min(sheet.doubtful),
            f"{left} line{'' if left == 1 else 's'} marked with ? to look at, from here on",
            False,
        )
