"""The unit of work: label the pages of one input file, write one Parquet file, commit it by its ledger entry."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from linesift.engine.ledger import Entry, Settings, commit, forget, name_of, output_of
from linesift.engine.pages import LabelledRecord, chunks, label_records
from linesift.engine.places import Digest, InputFile, Store, describe, is_address, tidy
from linesift.engine.reading import InputReader
from linesift.engine.schema import (
    COLUMNS,
    OF_ARTICLE,
    SCHEMA,
    arrow_schema,
    check_columns,
    dictionary_columns,
    make_arrays,
    make_kept,
)
from linesift.errors import ModelError
from linesift.extras import missing_extra
from linesift.heap import keep_freed_memory
from linesift.read.jsonl import Fields

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter


_GROUP_PAGES, _GROUP_BYTES = 10_000, 8_000_000
"""Pages and bytes in memory at which a row group ends: large enough to be read fast, small enough for the memory."""


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """What is written of each page, and where it stands in the input.

    Raises:
        InputError: for a column that does not exist, and for a field to keep that has the name of one.
    """

    columns: tuple[str, ...] = tuple(COLUMNS)
    """Columns of `linesift.engine.schema.COLUMNS`, in the order wanted."""
    keep: tuple[str, ...] = ()
    """Further columns: `lines`, `text`, `html`."""
    fields: Fields = field(default_factory=Fields)
    """Fields of JSON lines, JSON, CSV and Parquet that hold the page; those to keep become columns of text."""

    def __post_init__(self) -> None:
        check_columns(self.columns, self.keep, self.fields.kept)


def make_settings(model: Path | None, options: LabelOptions) -> Settings:
    """Say what outputs made here with a model and these options depend on.

    Raises:
        ModelError: if the model cannot be read.
    """
    import linesift

    fields = options.fields
    return Settings(
        model_sha256=_model_sha256(linesift.find_model(model)),
        linesift=linesift.__version__,
        schema=SCHEMA,
        columns=options.columns,
        keep=options.keep,
        keep_fields=fields.kept,
        text_field=fields.text,
        html_field=fields.html,
    )


def label_file(
    source: InputFile | str,
    out: Store | str,
    model: Path | None = None,
    options: LabelOptions | None = None,
    *,
    expected: Settings | None = None,
    replaced: Sequence[str] = (),
) -> Entry:
    """Label the pages of an input file, write them as Parquet below `out`, and commit the output by its ledger entry.

    The output depends on the input, the model, the version and the options alone, and is the same byte for byte however
    often and wherever it is made. So it does no harm if two workers do the same file.

    Args:
        source: WARC, WET, JSON lines, JSON or CSV, plain, gzipped or packed with zstd, or Parquet; a path, or an
            address.
        out: directory on this machine, or address of one.
        model: directory of the model; by default that of the package.
        options: what to write.
        expected: settings that this worker has to have; none are checked without.
        replaced: entries of the input in the ledger. They hold until the new output is there.

    Raises:
        InputError: if the input cannot be read; nothing is left of the output.
        OSError: with `filename`, if the output cannot be written.
        ModelError: if the model cannot be loaded, or settings differ from those expected.
        MissingExtraError: if a package is missing.
    """
    import linesift

    started = time.monotonic()
    store = out if isinstance(out, Store) else Store(out)
    file = InputFile(tidy(source)) if isinstance(source, str) else source
    file = describe(file.name) if file.size is None or is_address(file.name) else file
    options = options or LabelOptions()
    settings = make_settings(model, options)
    if expected is not None and settings != expected:
        raise ModelError(f"the worker has other settings than the run: {settings}, not {expected}; install the same")
    keep_freed_memory()
    loaded = linesift.load(model)
    reader = InputReader(file, options.fields)
    output = output_of(name_of(file.name))
    with store.writing(output) as stream:
        writer = _Writer(stream, options, settings)
        for chunk in chunks(reader):
            writer.write(label_records(loaded, chunk, with_article=writer.needs_article))
        writer.close()
        forget(store, replaced)  # before the output of these is replaced, at the end of this block
    tally = writer.tally
    warnings = (reader.warning, tally.warning and f"{file.name}: {tally.warning}")
    entry = Entry(
        input=file,
        output=output,
        output_size=stream.n_bytes,
        output_sha256=stream.sha256,
        pages=tally.pages,
        lines=tally.lines,
        failed_pages=tally.failed,
        kinds=dict(sorted(tally.kinds.items())),
        left_out=dict(sorted(reader.left_out.items())),
        settings=settings,
        seconds=round(time.monotonic() - started, 3),
        warning="; ".join(filter(None, warnings)) or None,
        warned_pages=tally.warned,
    )
    commit(store, entry)
    return entry


class _Writer:
    """Writes labelled pages as Parquet in row groups of a sensible size, and counts them."""

    def __init__(self, stream: Digest, options: LabelOptions, settings: Settings) -> None:
        self._names = (*options.columns, *options.keep)
        self._fields = options.fields.kept
        about = {"linesift.version": settings.linesift, "linesift.model": settings.model_sha256}
        self._schema = arrow_schema(self._names, self._fields, about)
        self._parquet = _open_parquet(stream, self._schema, self._names)
        self._batches: list[pa.RecordBatch] = []
        self._n_rows = self._n_bytes = 0
        self.needs_article = not OF_ARTICLE.isdisjoint(self._names)
        self.tally = _Tally()

    def write(self, pages: list[LabelledRecord]) -> None:
        """Add the rows of some pages."""
        import pyarrow as pa

        self.tally.add(pages)
        arrays = {**make_arrays(pages, self._names), **make_kept(pages, self._fields)}
        batch = pa.RecordBatch.from_arrays([*arrays.values()], schema=self._schema)
        self._batches.append(batch)
        self._n_rows += batch.num_rows
        self._n_bytes += batch.nbytes
        if self._n_rows >= _GROUP_PAGES or self._n_bytes >= _GROUP_BYTES:
            self._write_group()

    def close(self) -> None:
        """Write the rest, and the end of the file."""
        if self._batches:
            self._write_group()
        self._parquet.close()

    def _write_group(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self._batches, self._schema)
        self._parquet.write_table(table, row_group_size=len(table))
        self._batches, self._n_rows, self._n_bytes = [], 0, 0


class _Tally:
    """Counts of pages for the ledger."""

    def __init__(self) -> None:
        self.pages = self.lines = self.failed = self.warned = 0
        self.kinds: Counter[str] = Counter()
        self._first_warning = ""
        """Number of the first page with a warning, and what it says."""

    @property
    def warning(self) -> str | None:
        """What to tell of the pages with warnings."""
        if not self.warned:
            return None
        return f"{self.warned:,} page{'s' * (self.warned > 1)} with a warning; page {self._first_warning}"

    def add(self, pages: list[LabelledRecord]) -> None:
        """Count some pages."""
        self.pages += len(pages)
        for page in pages:
            if page.warning is not None:
                self.warned += 1
                said = page.warning.removeprefix(f"{page.record.url or page.record.source}: ")
                self._first_warning = self._first_warning or f"{page.number:,}: {said}"
            if page.prediction is None:
                self.failed += 1
            else:
                self.lines += len(page.prediction.labels)
                self.kinds[str(page.prediction.kind) or "none"] += 1


def _open_parquet(stream: Digest, schema: "pa.Schema", names: tuple[str, ...]) -> "ParquetWriter":
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise missing_extra("writing Parquet", "pyarrow", extra="batch") from error
    pa.set_memory_pool(pa.system_memory_pool())  # a heap of its own beside that of numpy took 40 MB more
    return ParquetWriter(stream, schema, compression="zstd", use_dictionary=dictionary_columns(names))


@cache
def _model_sha256(path: Path) -> str:
    """SHA-256 of `model.json`, in which that of the arrays stands."""
    try:
        return sha256((path / "model.json").read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: not a model directory: model.json cannot be read ({error.strerror})") from error
