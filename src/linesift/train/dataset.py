"""Pages to train on from any dataset that the `datasets` package loads: a local file or directory, or a name on a hub.

Its rows are either labelled pages, as `linesift export` writes them (`linesift.labelling.exchange`; `id`, `site`,
`text` and `labels` have to be there), or pages of a collection with the article's text
(`linesift.train.corpora.COLUMNS`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from linesift.errors import InputError, LabelError
from linesift.example import Example
from linesift.extras import require_extra
from linesift.page import LabelledPage
from linesift.read.labelled import read_row
from linesift.read.text import no_such_file
from linesift.train.corpora import COLUMNS, LINE_COLUMNS, label_rows

_SPLIT = "train"
_FORMATS = {".parquet": "parquet", ".jsonl": "json", ".json": "json", ".csv": "csv", ".arrow": "arrow"}


@dataclass(frozen=True, slots=True)
class Dataset:
    """Pages of a dataset."""

    examples: list[Example]
    digest: str
    """SHA-256 of the rows."""


def check_dataset(name: str) -> None:
    """Check that a name is that of a file or directory that is there, or may be one on a hub, which is `user/name`.

    A hub that cannot be reached is asked again and again, for half a minute.

    Raises:
        InputError: if it is missing.
    """
    path = Path(name)
    if (path.suffix in _FORMATS or name.startswith((".", "/"))) and not path.exists():
        raise no_such_file(path)
    if "/" not in name and not path.exists():
        raise InputError(f"{name}: no such file or directory; a dataset on the hub is named USER/NAME")


def read_dataset(name: str, *, jobs: int = 2) -> Dataset:
    """Load a dataset and read its rows to pages; of several splits, `train`.

    Raises:
        InputError: if it cannot be loaded, has no rows, or its columns are of neither kind.
        LabelError: if a labelled row is not in its format.
        MissingExtraError: if the packages of the train extra are missing.
    """
    require_extra("loading datasets", "datasets")
    rows = _rows(name)
    columns = frozenset(rows[0]) if rows else frozenset()
    if not rows:
        raise InputError(f"{name}: the dataset has no rows")
    digest = sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, default=str).encode("utf-8", "replace"))
    if columns >= LINE_COLUMNS:
        return Dataset([Example.of_page(page) for page in _labelled(rows, name)], digest.hexdigest())
    if columns >= COLUMNS:
        return Dataset(label_rows(rows, jobs=jobs), digest.hexdigest())
    raise InputError(
        f"{name}: the columns are {', '.join(sorted(columns))}; linesift reads labelled pages "
        f"({', '.join(sorted(LINE_COLUMNS))}) or pages with their article ({', '.join(sorted(COLUMNS))})"
    )


def _labelled(rows: Iterable[Mapping[str, Any]], name: str) -> Iterable[LabelledPage]:
    for number, row in enumerate(rows, start=1):
        try:
            yield read_row(row, Path(name).stem)
        except LabelError as error:
            raise LabelError(f"{name}: row {number}: {error}") from error


def _rows(name: str) -> Sequence[Mapping[str, Any]]:
    import datasets
    import pyarrow

    path = Path(name)
    try:
        if path.is_file():
            if path.suffix not in _FORMATS:
                raise InputError(f"{name}: a dataset is a file of {', '.join(_FORMATS)}, a directory, or a name")
            loaded = datasets.load_dataset(_FORMATS[path.suffix], data_files=str(path))
        elif (path / "state.json").is_file() or (path / "dataset_dict.json").is_file():
            loaded = datasets.load_from_disk(name)
        else:
            loaded = datasets.load_dataset(name)
    except (pyarrow.ArrowException, datasets.exceptions.DatasetsError, OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be loaded as a dataset ({' '.join(str(error).split())})") from error
    if isinstance(loaded, datasets.DatasetDict):
        if _SPLIT not in loaded and len(loaded) > 1:
            raise InputError(f"{name}: the splits are {', '.join(loaded)}; linesift reads {_SPLIT!r}, or the only one")
        loaded = loaded[_SPLIT] if _SPLIT in loaded else next(iter(loaded.values()))
    rows: list[Mapping[str, Any]] = list(loaded)
    return rows
