"""`linesift batch`: many files, on all cores or a cluster, each to one Parquet file."""

import os
import sys
import time
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Annotated, Self

import typer

from linesift.atomic import check_directory
from linesift.cli import console
from linesift.cli.options import OUT, HtmlField, KeepFields, Model, TextField, split_names
from linesift.errors import InputError
from linesift.extras import require_extra
from linesift.read.find import PAGE_SUFFIXES, is_directory, require_there, walk
from linesift.read.page import SourceKind, find_source

if TYPE_CHECKING:  # numpy and pyarrow come with them
    from linesift.engine.places import InputFile
    from linesift.engine.run import Progress, RunRequest, Shard, Status
    from linesift.engine.work import Engine, Outcome

HELP = """Label many files, each to one Parquet file of its pages.

Input files are WARC, WET, JSON lines, JSON and CSV, also with .gz or .zst, and Parquet. An INPUT is a path, a
directory, a pattern in quotes, or an address such as s3://bucket/crawl/*.warc.wet.gz. Run the same command again, and
it does what is not done yet. An output counts once its entry stands in the ledger, so killed workers and full disks
leave nothing half.
"""
EXAMPLES = """
Examples:

\b
  linesift batch crawl/*.warc.wet.gz --out labels/
  linesift batch --inputs list.txt --out s3://bucket/labels --engine ray
  linesift batch --inputs list.txt --out labels/ --shard 3/64
  linesift batch crawl/ --out labels/ --columns url,headline,published,article
  linesift batch --out labels/ --status

Exit code: 0 all is done, 1 some file or page failed, 2 nothing could be done.
Records that are left out do not change it.
"""


class EngineName(StrEnum):
    """What distributes the files."""

    LOCAL = "local"
    RAY = "ray"


_Inputs = Annotated[list[str] | None, typer.Argument(metavar="INPUT", help="Input files, directories or addresses.")]
_Out = Annotated[str, typer.Option(*OUT, metavar="DIR", help="Directory, or address of one, to write to.")]
_List = Annotated[
    Path | None, typer.Option("--inputs", metavar="FILE", help="Read names of inputs from this file, one on each line; "
                              "- is standard input.")
]  # fmt: skip
_Engine = Annotated[
    EngineName, typer.Option(metavar="NAME", help="local: processes on this machine. ray: a cluster of Ray.")
]
_Address = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Address of the cluster [default: the one that Ray finds].")
]
_Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processor cores to use [default: all].")
]
_Shard = Annotated[
    str, typer.Option(metavar="I/N", help="Do every N-th input, beginning with number I, counted from 0.")
]
_Columns = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Write these columns, with commas between them [default: all].")
]
_Keep = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Also write: lines, text, html; with commas between them.")
]
_Force = Annotated[
    bool, typer.Option("--force", help="Label anew what another model, version or other options have made.")
]
_Status = Annotated[bool, typer.Option("--status", help="Say what is done, failed and left; do nothing.")]
_Clean = Annotated[
    bool, typer.Option("--clean", help="Remove outputs without an entry; only while no run writes there.")
]


def batch(
    out: _Out,
    inputs: _Inputs = None,
    list_: _List = None,
    engine: _Engine = EngineName.LOCAL,
    address: _Address = None,
    jobs: _Jobs = None,
    shard: _Shard = "0/1",
    model: Model = None,
    columns: _Columns = None,
    keep: _Keep = None,
    keep_fields: KeepFields = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    force: _Force = False,
    status: _Status = False,
    clean: _Clean = False,
) -> None:
    """Label many files, as `HELP` says; exit 0 done, 1 something failed, 2 misuse."""
    with console.errors():
        require_extra("linesift batch", "pyarrow", extra="batch")
        # Imported here, so that a wrong option does not wait for numpy.
        from linesift.engine import run as engine_run
        from linesift.engine.places import is_address
        from linesift.engine.schema import COLUMNS
        from linesift.engine.unit import LabelOptions
        from linesift.read.find import refuse_directory
        from linesift.read.jsonl import Fields

        if status and clean:
            raise InputError("--status does nothing and --clean removes files; leave out one of them")
        if not is_address(out) and (not status or Path(out).is_file()):  # the status needs no right to write
            check_directory(Path(out))
        if clean:
            for name in engine_run.clean(out):
                console.status(f"removed {out.rstrip('/')}/{name}")
            return
        if status:
            _print_status(out, engine_run.read_status(out))
            return
        options = LabelOptions(
            tuple(COLUMNS) if columns is None else split_names(columns),
            split_names(keep or ""),
            Fields(text_field, html_field, split_names(*keep_fields or ())),
        )
        request = engine_run.RunRequest(_find(inputs or [], list_), out, model, options, _parse_shard(shard), force)
        if not request.inputs:
            raise InputError("no inputs; name some, or a list of them with --inputs")
        if not is_address(out):
            names = [*(inputs or []), *(file.name for file in request.inputs)]
            refuse_directory(Path(out), (Path(name) for name in names if not is_address(name)))
        raise SystemExit(_run(request, _make_engine(engine, jobs, address)))


def _find(inputs: list[str], list_: Path | None) -> "list[InputFile]":
    from linesift.engine.places import find_inputs, is_address

    if list_ is not None:
        try:
            text = sys.stdin.read() if str(list_) == "-" else list_.read_text("utf-8", "surrogateescape")
            text = text.removeprefix("\ufeff")  # a byte order mark
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"{list_}: {reason}; name a text file with one input on each line") from error
        inputs = [*inputs, *(line.strip() for line in text.splitlines() if line.strip())]
    files = [file for name in inputs for file in find_inputs(name)]
    for name in inputs:
        if not is_address(name) and (n_pages := _count_pages(Path(name))):
            pages = console.count(n_pages, "file")
            console.say(f"warning: {name}: {pages} of a single page left out; for these use linesift classify {name}")
    if files and all(file.size is None and not is_address(file.name) for file in files):
        require_there(Path(file.name) for file in files)  # some of many may be missing; their reasons are kept
    return files


def _count_pages(path: Path) -> int:
    """Count the files of a single page in a directory, which are no inputs here."""
    if not is_directory(path):
        return 0
    return sum(find_source(file).kind is SourceKind.PAGE and file.is_file() for file in walk(path, PAGE_SUFFIXES))


def _parse_shard(text: str) -> "Shard":
    from linesift.engine.run import Shard

    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and int(number) < int(of)):
        raise InputError(f"--shard {text}: say 0/64 to 63/64 for one of 64 jobs")
    return Shard(int(number), int(of))


def _make_engine(name: EngineName, jobs: int | None, address: str | None) -> "Engine":
    if name is EngineName.RAY:
        if jobs is not None:
            raise InputError("--jobs is for --engine local; Ray uses the cores that its cluster has")
        require_extra("--engine ray", "ray", extra="ray")
        from linesift.engine.ray import RayEngine

        return RayEngine(address)
    if address is not None:
        raise InputError("--address is for --engine ray")
    from linesift.engine.local import LocalEngine

    return LocalEngine(jobs or _n_cores())


def _n_cores() -> int:
    """Count the cores that this process may use: a job of Slurm has not all of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(request: "RunRequest", engine: "Engine") -> int:
    from linesift.engine.run import run

    with _Reporter() as reporter:
        progress = run(request, engine, reporter)
        reporter.close(progress)
    return console.EXIT_FAILED if progress.n_failed or progress.n_failed_pages else console.EXIT_DONE


class _Reporter:
    """Says how far a run is: in place on a terminal, else a line each minute, also while no file ends."""

    _EVERY, _EVERY_ON_TERMINAL = 60.0, 1.0
    _N_NAMED = 3

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._last = self._start
        self._progress: Progress | None = None
        self._lost: list[str] = []
        """Files that lost records, and how many."""
        self._lock = Lock()
        self._has_ended = Event()
        self._clock = Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._has_ended.set()
        self._clock.join()

    def __call__(self, progress: "Progress", outcome: "Outcome | None") -> None:
        with self._lock:
            self._progress = progress
            if outcome is None:
                self._begin(progress)
            else:
                self._tell(outcome)
                self._show()

    def _begin(self, progress: "Progress") -> None:
        before = f"; {console.count(progress.n_done_before, 'file')} done before" if progress.n_done_before else ""
        left = progress.n_files - progress.n_done_before
        console.status(f"{console.count(left, 'file')} to do{before}")
        if progress.twins:
            first, n_more = progress.twins[0].name, len(progress.twins) - 1
            more = f"; {console.count(n_more, 'more file')} like this" if n_more else ""
            console.say(
                f"warning: {first}: a file of this name and size is done already under another path; if it is the "
                f"same, end this and name it as before, or its pages will be there twice{more}"
            )

    def _tell(self, outcome: "Outcome") -> None:
        from linesift.engine.ledger import Failure
        from linesift.engine.reading import NO_LOSS, say_reasons

        if isinstance(outcome, Failure):
            console.say(outcome.reason)
            return
        if outcome.warning is not None:
            console.say(f"warning: {outcome.warning}")
        lost = {reason: number for reason, number in outcome.left_out.items() if reason not in NO_LOSS}
        if lost:
            self._lost.append(f"{outcome.input.name} ({say_reasons(lost)})")

    def _tick(self) -> None:
        while not self._has_ended.wait(self._EVERY_ON_TERMINAL):
            with self._lock:
                if not self._has_ended.is_set():
                    self._show()

    def _show(self) -> None:
        """Show how far the run is: on a terminal always, else each minute."""
        if self._progress is None:
            return
        text = self._text(self._progress)
        if not console.progress_text(text) and time.monotonic() - self._last >= self._EVERY:
            self._last = time.monotonic()
            console.status(text)

    def close(self, progress: "Progress") -> None:
        """Say what was done."""
        from linesift.engine.reading import say_reasons

        with self._lock:
            self._has_ended.set()
        if self._lost:
            n_more = len(self._lost) - self._N_NAMED
            more = f"; {console.count(n_more, 'more file')}, which the ledger names" if n_more > 0 else ""
            console.status(f"lost records: {', '.join(self._lost[: self._N_NAMED])}{more}")
        seconds = max(time.monotonic() - self._start, 1e-3)
        parts = [f"{console.count(progress.n_done, 'file')} done", console.count(progress.pages, "page")]
        parts += [f"{progress.pages / seconds:,.0f} pages/s"] if progress.pages else []
        parts += [f"{console.count(progress.n_failed_pages, 'page')} not labelled"] if progress.n_failed_pages else []
        parts += [f"{console.count(progress.n_warned_pages, 'page')} with a warning"] if progress.n_warned_pages else []
        if progress.left_out:
            n_left_out = console.count(progress.left_out.total(), "record")
            parts.append(f"{n_left_out} left out ({say_reasons(progress.left_out)})")
        parts += [f"{console.count(progress.n_failed, 'file')} failed"] if progress.n_failed else []
        console.status(", ".join(parts))

    def _text(self, progress: "Progress") -> str:
        seconds = max(time.monotonic() - self._start, 1e-3)
        left = progress.seconds_left(seconds)
        done = progress.n_done_before + progress.n_done + progress.n_failed
        parts = [f"{done:,} of {progress.n_files:,} files after {_duration(seconds)}"]
        parts += [f"{progress.pages / seconds:,.0f} pages/s"] if progress.pages else []
        parts += [f"{progress.n_failed:,} failed"] if progress.n_failed else []
        parts += [f"{_duration(left)} left"] if left is not None else []
        return ", ".join(parts)


def _print_status(out: str, status: "Status") -> None:
    rows = [("done", console.count(status.n_done, "file")), ("failed", console.count(len(status.failures), "file"))]
    rows += [("open", console.count(len(status.open), "file")), ("pages", f"{status.pages:,}")]
    rows += [("lines", f"{status.lines:,}"), ("pages not labelled", f"{status.failed_pages:,}")]
    rows += [("records left out", f"{status.left_out:,}")]
    if status.seconds:
        rows.append(("speed of a worker", f"{status.pages / status.seconds:,.0f} pages/s"))
    sizes = [file.size for file in status.open if file.size is not None]
    if sizes and status.bytes_done and len(sizes) == len(status.open):
        seconds = status.seconds * sum(sizes) / status.bytes_done
        rows.append(("left", f"{sum(sizes) / 1e9:,.2f} GB, {_duration(seconds)} of one worker"))
    lines = [f"{name + ':':<20} {value}" for name, value in rows]
    lines += [f"failed: {failure.reason}" for failure in status.failures]
    console.print_lines(lines + [f"without an entry: {out.rstrip('/')}/{name}" for name in status.orphans])
    if status.orphans:
        console.status("outputs without an entry are half, or of a run that is under way; --clean removes them")


def _duration(seconds: float) -> str:
    minutes, hours = seconds / 60, seconds / 3600
    return f"{hours:,.1f} h" if hours >= 1 else f"{minutes:.0f} min" if minutes >= 1 else f"{seconds:.0f} s"
