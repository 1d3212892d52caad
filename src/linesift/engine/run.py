"""A run: find out what is left to do, let an engine do it, and say how it stands."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from linesift.engine.ledger import (
    PAGES,
    Entry,
    Failure,
    differences,
    forget,
    name_of,
    output_of,
    read_entries,
    read_failures,
    read_names,
    read_runs,
    set_aside,
    write_run,
)
from linesift.engine.places import HERE, PARTS, InputFile, Store, is_address
from linesift.engine.reading import check_kind
from linesift.engine.unit import LabelOptions, make_settings
from linesift.engine.work import Engine, Outcome, Work
from linesift.errors import InputError
from linesift.model.directory import read_about


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of the inputs: every `of`-th file, beginning with number `number`, from 0."""

    number: int = 0
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is to do."""

    inputs: Sequence[InputFile]
    out: str
    model: Path | None = None
    options: LabelOptions = field(default_factory=LabelOptions)
    shard: Shard = field(default_factory=Shard)
    is_forced: bool = False
    """Whether outputs of other settings are made anew; otherwise they are an error."""


@dataclass(slots=True)
class Progress:
    """How far a run is."""

    n_files: int
    """Files of this run, those that were done before included."""
    n_done_before: int
    n_bytes: int | None
    """Bytes of the files that are left at the start, `None` if they are not known."""
    n_done: int = 0
    n_failed: int = 0
    n_failed_pages: int = 0
    pages: int = 0
    bytes_done: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """Records that gave no page, by reason."""
    n_warned_pages: int = 0
    twins: Sequence[InputFile] = ()
    """Files left at the start that may be done under another path, by their last name and size."""

    def add(self, outcome: Outcome) -> None:
        """Count a file that is done or failed."""
        self.bytes_done += outcome.input.size or 0
        if isinstance(outcome, Failure):
            self.n_failed += 1
        else:
            self.n_done += 1
            self.pages += outcome.pages
            self.n_failed_pages += outcome.failed_pages
            self.n_warned_pages += outcome.warned_pages
            self.left_out.update(outcome.left_out)

    def seconds_left(self, seconds: float) -> float | None:
        """Estimate the time that is left after this time, by bytes, or by files where these are not known."""
        n_left = self.n_files - self.n_done_before
        done, whole = (self.bytes_done, self.n_bytes) if self.n_bytes else (self.n_done + self.n_failed, n_left)
        return seconds * (whole - done) / done if done else None


@dataclass(frozen=True, slots=True)
class Status:
    """How the inputs of all runs into a directory stand; one whose output is gone is not done."""

    n_done: int
    failures: tuple[Failure, ...]
    open: tuple[InputFile, ...]
    """Inputs that are neither done nor set aside."""
    pages: int
    lines: int
    failed_pages: int
    left_out: int
    """Records that gave no page."""
    seconds: float
    """Time that workers spent on the files that are done, added up."""
    bytes_done: int
    orphans: tuple[str, ...]
    """Outputs without an entry: half, or of a run that is under way."""


def run(request: RunRequest, engine: Engine, report: Callable[[Progress, Outcome | None], None]) -> Progress:
    """Label all files that are not done yet, largest first.

    Args:
        request: what to do.
        engine: what distributes the files.
        report: called at the start with `None`, and after every file with its outcome.

    Raises:
        InputError: if two inputs have one name, or outputs of other settings are there.
        LinesiftError: what an engine raises.
        OSError: with `filename`, if the output cannot be written.
    """
    files = _part(request.inputs, request.shard)
    for file in files:
        check_kind(file.name)
    if request.model is not None:
        read_about(request.model)  # says all that may be wrong with a model, before a worker does
    settings = make_settings(request.model, request.options)
    store = Store(request.out)
    names = read_names(store)
    if not request.is_forced and (other := names.other(settings)) is not None:
        raise _other_settings(request.out, other, differences(store, other, settings))
    outputs = _outputs(store)
    left = [file for file in files if not names.has(file, settings) or output_of(name_of(file.name)) not in outputs]
    write_run(store, files, str(request.shard))
    left.sort(key=lambda file: -(file.size or 0))
    sizes = [file.size for file in left]
    n_bytes = sum(size for size in sizes if size is not None) if None not in sizes else None
    twins = names.twins(left, request.inputs)
    progress = Progress(len(files), len(files) - len(left), n_bytes, twins=twins)
    report(progress, None)
    replaced = {file.name: entries for file in left if (entries := names.of(file))}
    work = Work(request.out, request.model, request.options, settings, replaced)
    with closing(engine(work, left)) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                forget(store, replaced.get(outcome.input.name, ()))
                set_aside(store, outcome)
            progress.add(outcome)
            report(progress, outcome)
    return progress


def _part(inputs: Sequence[InputFile], shard: Shard) -> list[InputFile]:
    """Take the inputs of a shard, each once, also where it has several names."""
    once: dict[str, InputFile] = {}
    for file in inputs:
        once.setdefault(_identity(file.name), file)
    files = list(once.values())
    by_name: dict[str, str] = {}
    for file in files:
        other = by_name.setdefault(name_of(file.name), file.name)
        if other != file.name:
            raise InputError(f"{file.name}: its output would have the name of that of {other}; rename one of them")
    return files[shard.number :: shard.of]


def _identity(name: str) -> str:
    """Give what all names of a file on this machine share: relative, absolute, through links, and with `file://`.

    >>> _identity("./a.warc") == _identity(f"file://{os.getcwd()}/b/../a.warc"), _identity("s3://bucket//a")
    (True, 's3://bucket//a')
    """
    path = name.removeprefix(HERE)
    return path if is_address(path) else os.path.realpath(path)


def _other_settings(out: str, entry: str, which: str | None) -> InputError:
    return InputError(
        f"{out}: {entry} was made with another {which or 'model, version or options'}; name another --out, or label "
        "all of them anew with --force"
    )


def read_status(place: str) -> Status:
    """Say how the inputs of all runs into a directory stand.

    Raises:
        InputError: if there is no run, or the ledger is damaged.
    """
    store = Store(place)
    inputs = _read_inputs(store, place)
    entries = list(read_entries(store))
    outputs = _outputs(store)  # after the entries, each of which has had its output before it
    entries = [entry for entry in entries if entry.output in outputs]
    done = {entry.input.name for entry in entries}
    failures = tuple(failure for failure in read_failures(store) if failure.input.name not in done)
    settled = done | {failure.input.name for failure in failures}
    return Status(
        n_done=len(done),
        failures=failures,
        open=tuple(file for file in inputs if file.name not in settled),
        pages=sum(entry.pages for entry in entries),
        lines=sum(entry.lines for entry in entries),
        failed_pages=sum(entry.failed_pages for entry in entries),
        left_out=sum(sum(entry.left_out.values()) for entry in entries),
        seconds=sum(entry.seconds for entry in entries),
        bytes_done=sum(entry.input.size or 0 for entry in entries),
        orphans=tuple(_orphans(store, outputs, entries)),
    )


def _read_inputs(store: Store, place: str) -> list[InputFile]:
    inputs = read_runs(store)
    if not inputs:
        raise InputError(f"{place}: no run has written here; begin one with linesift batch INPUT... --out {place}")
    return inputs


def clean(place: str) -> list[str]:
    """Remove outputs without an entry, and what was left of broken ones; only while no run writes there.

    Returns:
        Names of what was removed.

    Raises:
        InputError: as `read_status`.
    """
    store = Store(place)
    _read_inputs(store, place)
    orphans = list(_orphans(store, _outputs(store), list(read_entries(store))))
    for name in orphans:
        store.remove(name)
    store.remove_parts()
    return orphans


def _outputs(store: Store) -> frozenset[str]:
    return frozenset(f"{PAGES}/{page}" for page in store.names(PAGES))


def _orphans(store: Store, outputs: frozenset[str], entries: Sequence[Entry]) -> Iterator[str]:
    yield from sorted(outputs - {entry.output for entry in entries})
    yield from (f"{PARTS}/{part}" for part in sorted(store.names(PARTS)))
