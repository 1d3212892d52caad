"""Labels made in Label Studio, from its export as JSON.

What is read: tasks of https://labelstud.io/guide/task_format, with regions of https://labelstud.io/tags/paragraphlabels
(lines are paragraphs, as `linesift export --to label-studio` writes them) or of https://labelstud.io/tags/labels (spans
of one text).
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linesift.errors import InputError, LabelError
from linesift.labels import KINDS, LABELS, Label
from linesift.page import LabelledPage, Page
from linesift.read.labelled import OWN_COLLECTION, read_utf8

_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """Pages of an export, and how many tasks gave none and why."""

    pages: list[LabelledPage]
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines that were given a label."""

    lines: range
    label: str
    is_doubtful: bool


def read_label_studio(path: Path, *, site: str = "") -> Imported:
    """Read an export of Label Studio (JSON, not JSON-MIN).

    Of several annotations of a page the one marked as ground truth counts, else the newest; skipped ones never. A line
    without a region is `sidebar`; one with two different labels gets the later, and is doubtful, as are lines whose
    region says so.

    Args:
        path: the file.
        site: site of pages whose task has none.

    Raises:
        InputError: if the file is missing or no export of Label Studio.
        LabelError: if a label is not one of ours, or a page has neither lines nor text.
    """
    try:
        tasks = json.loads(read_utf8(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error}); export from Label Studio as JSON") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "data" in task for task in tasks):
        raise InputError(f"{path}: no list of tasks with 'data'; export from Label Studio as JSON, not as JSON-MIN")
    imported = Imported([])
    for number, task in enumerate(tasks, start=1):
        name = _name(task, number)
        try:
            annotation = _annotation(task)
            if annotation is None:
                imported.left_out["not annotated"] += 1
            else:
                imported.pages.append(_page(task["data"], annotation, name, site))
        except (LabelError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            reason = str(error) if isinstance(error, LabelError) else f"not in the format of Label Studio ({error!r})"
            raise LabelError(f"{path}: task {number} ({name}): {reason}") from error
    return imported


def _name(task: _Json, number: int) -> str:
    data = task["data"]
    given = data.get("id") if isinstance(data, dict) else None
    return str(given or task.get("id") or number)


def _annotation(task: _Json) -> _Json | None:
    """The annotation to believe."""
    given: list[_Json] = [one for one in task.get("annotations", []) if not one.get("was_cancelled")]
    return max(given, key=lambda one: (bool(one.get("ground_truth")), str(one.get("updated_at") or "")), default=None)


def _page(data: _Json, annotation: _Json, name: str, site: str) -> LabelledPage:
    lines = _lines(data)
    found: dict[int, str] = {}
    doubtful: set[int] = set()
    for region in _regions(annotation["result"], lines):
        if region.lines and not 0 <= region.lines[0] <= region.lines[-1] < len(lines):
            raise LabelError("a region outside the page")
        for index in region.lines:
            if region.is_doubtful or found.get(index, region.label) != region.label:
                doubtful.add(index)
            found[index] = region.label
    inked = [bool(line.strip()) for line in lines]
    kind = str(data.get("kind") or KINDS[0])
    return LabelledPage(
        by_hand=True,
        page=Page("\n".join(lines), name),
        labels=tuple(_label(found.get(index)) if ink else None for index, ink in enumerate(inked)),
        site=str(data.get("site") or site),
        lang=str(data.get("lang") or ""),
        kind=kind if kind in KINDS else KINDS[0],
        collection=OWN_COLLECTION,
        url=str(data.get("url") or ""),
        note=str(data.get("note") or ""),
        doubtful=frozenset(index for index in doubtful if inked[index]),
    )


def _lines(data: _Json) -> list[str]:
    """Lines of a page: its paragraphs, or its text cut at the ends of line."""
    paragraphs = next((value for value in data.values() if isinstance(value, list)), None)
    if paragraphs is not None:
        return [_without_ends(paragraph["text"]) for paragraph in paragraphs]
    if isinstance(data.get("text"), str):
        return str(data["text"]).split("\n")
    raise LabelError("the task has neither a list of paragraphs nor a 'text'")


def _without_ends(text: str) -> str:
    if "\n" in text:
        raise LabelError("a paragraph with an end of line in it; give each line a paragraph of its own")
    return text


def _regions(result: Sequence[_Json], lines: Sequence[str]) -> Iterator[_Region]:
    for region in result:
        kind, value = region.get("type"), region.get("value", {})
        if kind not in {"paragraphlabels", "labels"}:
            continue  # a choice, a rating, a relation between regions
        chosen = _paragraphs(value) if kind == "paragraphlabels" else _spanned(value, lines)
        notes = region.get("meta", {}).get("text", [])
        for label in value[kind]:
            yield _Region(chosen, label, is_doubtful="doubtful" in notes)


def _paragraphs(value: _Json) -> range:
    start, end = int(value["start"]), int(value["end"])
    is_last_touched = value.get("endOffset") != 0 or start == end
    return range(start, end + is_last_touched)


def _spanned(value: _Json, lines: Sequence[str]) -> range:
    """Lines of which at least half is in a span of the text; its offsets count characters or, with emoji, UTF-16."""
    text = "\n".join(lines)
    start, end = int(value["start"]), int(value["end"])
    if text[start:end] != value.get("text", text[start:end]):
        units = text.encode("utf-16-le", "surrogatepass")
        start, end = (len(units[: 2 * place].decode("utf-16-le", "replace")) for place in (start, end))
    touched, begin = [], 0
    for index, line in enumerate(lines):
        inside = min(end, begin + len(line)) - max(start, begin)
        if line.strip() and inside * 2 >= len(line):
            touched.append(index)
        begin += len(line) + 1
    return range(touched[0], touched[-1] + 1) if touched else range(0)


def _label(word: str | None) -> Label:
    if word is None:
        return Label.SIDEBAR
    if word.lower() not in LABELS:
        raise LabelError(f"unknown label {word!r}; use {', '.join(LABELS)}")
    return Label(word.lower())
