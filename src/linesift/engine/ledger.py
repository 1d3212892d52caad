"""The ledger: one small JSON file for each input that is done. It is the commit.

| place below the output | what is there |
|---|---|
| `pages/NAME.parquet` | labelled pages of one input |
| `ledger/NAME.SIZE.SETTINGS.json` | its entry, written after it; an output without entry is not there |
| `failed/NAME.json` | an input that could not be done, with the reason |
| `runs/RUN.json` | which inputs a run was to do |
| `parts/` | outputs that are being written |

NAME is the name of the input and twelve digits of the hash of its whole address, SIZE its bytes, and SETTINGS eight
digits of the hash of what made the output. So a list of file names says what is done, whether an input has changed
since, and by which settings it was done, without reading 90,000 entries.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

from linesift.engine.places import InputFile, Store
from linesift.errors import InputError

FORMAT = 1
PAGES, LEDGER, FAILED, RUNS = "pages", "ledger", "failed", "runs"
_N_NAME_DIGITS, _N_SETTINGS_DIGITS, _MAX_NAME = 12, 8, 120
_N_AT_ONCE = 1000
"""Entries that are read at once."""
_NOT_IN_NAMES = re.compile(r"[^\w.-]", re.ASCII)
_SAID = {"model_sha256": "model", "linesift": "version", "schema": "layout"}
"""Words for settings that are no options."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an output depends on beside its input; outputs of other settings do not mix."""

    model_sha256: str
    """SHA-256 of the `model.json` of the model, which names that of its arrays."""
    linesift: str
    """Version of linesift."""
    schema: int
    columns: tuple[str, ...]
    keep: tuple[str, ...] = ()
    keep_fields: tuple[str, ...] = ()
    text_field: str = "text"
    html_field: str | None = None

    @property
    def digest(self) -> str:
        """Digits that stand for these settings in names of entries."""
        return _digest(self)


@cache
def _digest(settings: Settings) -> str:
    """Hash settings once: 90,000 inputs ask for the same."""
    return sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:_N_SETTINGS_DIGITS]


@dataclass(frozen=True, slots=True)
class Entry:
    """An input file that is done: its output is complete, and this is what made it and what is in it."""

    input: InputFile
    output: str
    """Path of the output below the directory of the run."""
    output_size: int
    """Bytes."""
    output_sha256: str
    pages: int
    """Rows of the output, those of pages that failed included."""
    lines: int
    """Lines of these pages, blank ones included."""
    failed_pages: int
    """Pages that could not be labelled; their row has the reason."""
    kinds: dict[str, int]
    """Number of pages of each kind."""
    left_out: dict[str, int]
    """Records of the input that gave no row, by reason."""
    settings: Settings
    seconds: float
    """Time that it took, of the clock."""
    warning: str | None = None
    """What may be wrong with the input or the options: it gave no page, lacks a field that was named, or has pages with
    warnings."""
    warned_pages: int = 0
    """Pages that were labelled with a warning: too long and so cut, or of a text whose lines are not one block each."""

    def as_json(self) -> bytes:
        """Write the entry as it stands in the ledger."""
        return _json({"format": FORMAT, **asdict(self)})


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be done."""

    input: InputFile
    reason: str

    def as_json(self) -> bytes:
        """Write the failure as it stands in the ledger."""
        return _json({"format": FORMAT, **asdict(self)})


@dataclass(frozen=True, slots=True)
class Names:
    """Which inputs have an entry, as the names of the files in the ledger say."""

    files: dict[str, list[str]] = field(default_factory=dict)
    """By the name of an input, the names of its entries; several if a run broke off between them."""

    def has(self, file: InputFile, settings: Settings) -> bool:
        """Say whether the output of an input of this size is there, made by these settings and no others."""
        found = self.files.get(name_of(file.name), [])
        return len(found) == 1 and (
            found[0] == _entry_name(file, settings) or (file.size is None and _settings_of(found[0]) == settings.digest)
        )

    def of(self, file: InputFile) -> tuple[str, ...]:
        """Give the entries of an input."""
        return tuple(f"{LEDGER}/{entry}" for entry in self.files.get(name_of(file.name), ()))

    def twins(self, files: Iterable[InputFile], inputs: Iterable[InputFile]) -> list[InputFile]:
        """Find files that may be done under another path: the ledger has an input of the same last name and size.

        Args:
            files: those that are left to do.
            inputs: all of the run; those of them that are done are other files.
        """
        known = {name_of(file.name) for file in inputs}
        others = ((name, entry) for name, entries in self.files.items() if name not in known for entry in entries)
        done = {(_last_of(name), _size_of(entry)) for name, entry in others}
        return [file for file in files if file.size and (_last_of(name_of(file.name)), str(file.size)) in done]

    def other(self, settings: Settings) -> str | None:
        """Name an entry of other settings, if there is one."""
        every = (file for files in self.files.values() for file in files)
        return next((f"{LEDGER}/{file}" for file in every if _settings_of(file) != settings.digest), None)


def _entry_name(file: InputFile, settings: Settings) -> str:
    return f"{name_of(file.name)}.{'-' if file.size is None else file.size}.{settings.digest}.json"


def _last_of(name: str) -> str:
    """Last part of an address, without the digits that `name_of` puts behind it."""
    return name[: -_N_NAME_DIGITS - 1]


def _size_of(entry_name: str) -> str:
    return entry_name.split(".")[-3]


def _settings_of(entry_name: str) -> str:
    return entry_name.split(".")[-2]


def name_of(address: str) -> str:
    """Name that the outputs of an input have: the last part of its address, and digits of the hash of all of it.

    >>> name_of("s3://bucket/crawl/a b.warc.wet.gz")
    'a_b.warc.wet.gz-97164631e271'
    """
    last = _NOT_IN_NAMES.sub("_", address.rstrip("/").rpartition("/")[2])[-_MAX_NAME:]
    return f"{last}-{sha256(address.encode('utf-8', 'surrogateescape')).hexdigest()[:_N_NAME_DIGITS]}"


def output_of(name: str) -> str:
    """Path of an output below the directory of the run."""
    return f"{PAGES}/{name}.parquet"


def read_names(store: Store) -> Names:
    """List the entries of the ledger without reading them."""
    found: dict[str, list[str]] = {}
    for file in store.names(LEDGER):
        name = file.rsplit(".", 3)
        if file.endswith(".json") and len(name) == 4:
            found.setdefault(name[0], []).append(file)
    return Names(found)


def commit(store: Store, entry: Entry) -> None:
    """Write the entry of an output that is complete, and remove what says that the input failed before."""
    store.write(f"{LEDGER}/{_entry_name(entry.input, entry.settings)}", entry.as_json())
    store.remove(f"{FAILED}/{name_of(entry.input.name)}.json")


def forget(store: Store, entries: Sequence[str]) -> None:
    """Remove entries of an input, before its output is replaced: none may stand beside the output of another."""
    for entry in entries:
        store.remove(entry)


def set_aside(store: Store, failure: Failure) -> None:
    """Write down that an input could not be done; a later run tries it again."""
    store.write(f"{FAILED}/{name_of(failure.input.name)}.json", failure.as_json())


def read_entries(store: Store) -> Iterator[Entry]:
    """Read all entries.

    Raises:
        InputError: for one that cannot be read.
    """
    for path, about in _read_all(store, LEDGER):
        try:
            yield _entry(about)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{store.place}/{path}: not an entry of the ledger ({error}); remove it") from error


def differences(store: Store, path: str, settings: Settings) -> str | None:
    """Say in what the settings of an entry differ from these; `None` if it cannot be read.

    It is read as other versions of linesift may have written it.
    """
    try:
        before = json.loads(store.read([path])[0])["settings"]
        now = json.loads(_json(asdict(settings)))
        names = [name for name in now if before.get(name) != now[name]]
        return ", ".join(_difference(name, before.get(name), now[name]) for name in names) or None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _difference(name: str, before: object, now: object) -> str:
    """Say how a setting was and is.

    >>> _difference("keep_fields", ["topic"], [])
    '--keep-fields (topic, now none)'
    """
    word = _SAID.get(name, f"--{name.replace('_', '-')}")
    if name == "model_sha256":
        return word
    was, is_now = (",".join(map(str, each)) if isinstance(each, list) else each for each in (before, now))
    return f"{word} ({was or 'none'}, now {is_now or 'none'})"


def read_failures(store: Store) -> list[Failure]:
    """Read which inputs could not be done."""
    return [Failure(InputFile(**about["input"]), about["reason"]) for _, about in _read_all(store, FAILED)]


def write_run(store: Store, inputs: Sequence[InputFile], shard: str) -> None:
    """Write down which inputs a run is to do, so that the state of all can be told without the list."""
    about = {"format": FORMAT, "shard": shard, "inputs": [[each.name, each.size] for each in inputs]}
    digest = sha256("\n".join(each.name for each in inputs).encode("utf-8", "surrogateescape")).hexdigest()
    store.write(f"{RUNS}/{digest[:_N_NAME_DIGITS]}.json", _json(about, indent=None))


def read_runs(store: Store) -> list[InputFile]:
    """Read which inputs the runs so far were to do, each once."""
    runs = [about for _, about in _read_all(store, RUNS)]
    return list({name: InputFile(name, size) for about in runs for name, size in about["inputs"]}.values())


def _read_all(store: Store, directory: str) -> Iterator[tuple[str, dict[str, Any]]]:
    paths = [f"{directory}/{file}" for file in sorted(store.names(directory)) if file.endswith(".json")]
    for start in range(0, len(paths), _N_AT_ONCE):
        some = paths[start : start + _N_AT_ONCE]
        for path, data in zip(some, store.read(some), strict=True):
            try:
                about = json.loads(data)
            except ValueError as error:
                raise InputError(f"{store.place}/{path}: not JSON ({error}); remove it") from error
            if not isinstance(about, dict) or about.get("format") != FORMAT:
                raise InputError(f"{store.place}/{path}: not of format {FORMAT}, which this linesift reads; remove it")
            yield path, about


def _entry(about: dict[str, Any]) -> Entry:
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in about["settings"].items()
    }
    given = {name: value for name, value in about.items() if name not in {"format", "input", "settings"}}
    return Entry(input=InputFile(**about["input"]), settings=Settings(**settings), **given)


def _json(about: dict[str, Any], indent: int | None = 1) -> bytes:
    return (json.dumps(about, ensure_ascii=False, indent=indent) + "\n").encode("utf-8", "replace")
