"""Disturb runs of `linesift batch` and compare what they leave (Linux, root): writes `reports/faults.md`."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from benchmarks.crawl import ROOT, write_crawl
from linesift.engine.ledger import FAILED, LEDGER, PAGES
from linesift.engine.places import PARTS, Store
from linesift.evaluate.sections import Table, markdown_table

N_FILES = 200


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A run that was disturbed, and the same command again."""

    fault: str
    n_done: int
    """Files that were done when the fault struck."""
    codes: tuple[int, int]
    """Exit codes of the disturbed run and of the same command again."""
    left_behind: int
    """Half outputs and unfinished parts once all is over."""
    is_same: bool
    """Whether outputs are those of an undisturbed run, byte for byte, and the ledger has the same entries."""


def command(crawl: Path | str, out: Path | str, *options: str) -> list[str]:
    """Words of the command; inputs and output may be addresses."""
    return [sys.executable, "-m", "benchmarks.faulty", "batch", str(crawl), "--out", str(out), *options]


def start(words: list[str]) -> "subprocess.Popen[bytes]":
    """Start the command in a group of processes of its own, as a terminal does."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell makes what it starts in the background ignore Ctrl-C, and so would all that is started here.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(words, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL, env=_environment())


def run(words: list[str]) -> int:
    """Run the command to its end, and give its exit code."""
    return start(words).wait()


def outputs(out: Path | str) -> dict[str, str]:
    """SHA-256 of every output, and the name of every entry and failure."""
    store = Store(str(out))
    pages = sorted(store.names(PAGES))
    contents = store.read([f"{PAGES}/{name}" for name in pages])
    found = {name: sha256(content).hexdigest() for name, content in zip(pages, contents, strict=True)}
    return found | {name: "" for directory in (LEDGER, FAILED) for name in store.names(directory)}


def left_half(out: Path | str) -> int:
    """Count half outputs and unfinished parts."""
    store = Store(str(out))
    return len(store.names(PARTS)) + sum(not name.endswith(".parquet") for name in store.names(PAGES))


def disturb(fault: str, strike: Callable[["subprocess.Popen[bytes]"], None], crawl: Path | str,
            out: Path | str, expected: dict[str, str]) -> Disturbed:  # fmt: skip
    """Start a run, let a fault strike once a quarter is done, wait for its end, and run the same command again."""
    words = command(crawl, out, "--jobs", "2")
    process = start(words)
    while n_entries(out) < N_FILES // 4 and process.poll() is None:
        time.sleep(0.01)
    n_done = n_entries(out)
    strike(process)
    first = process.wait()
    wait_for_end_of(process.pid)
    again = run(words)
    return Disturbed(fault, n_done, (first, again), left_half(out), outputs(out) == expected)


def n_entries(out: Path | str) -> int:
    """Number of entries in the ledger."""
    return len(Store(str(out)).names(LEDGER))


def kill_worker(process: "subprocess.Popen[bytes]") -> None:
    """Kill a worker of a run, three times."""
    for _ in range(3):
        workers = _workers_of(process.pid)
        if workers:
            os.kill(workers[0], signal.SIGKILL)
        time.sleep(0.5)


def kill_driver(process: "subprocess.Popen[bytes]") -> None:
    """Kill the process that was started; its workers have to end by themselves."""
    process.kill()


def interrupt(process: "subprocess.Popen[bytes]") -> None:
    """Press Ctrl-C: all processes of the terminal get the signal."""
    os.killpg(process.pid, signal.SIGINT)


def wait_for_end_of(group: int, seconds: float = 120) -> None:
    """Wait until no process of a group is left.

    Raises:
        TimeoutError: if some go on.
    """
    end = time.monotonic() + seconds
    while any(_group_of(int(path.name)) == group for path in Path("/proc").iterdir() if path.name.isdecimal()):
        if time.monotonic() > end:
            raise TimeoutError(f"processes of group {group} go on")
        time.sleep(0.05)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Mount a disk in memory of this size; give what changes its size.

    Raises:
        CalledProcessError: where this may not be mounted.
    """
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True, capture_output=True)
    try:
        yield lambda new: _remount(place, new)
    finally:
        subprocess.run(["umount", place], check=True)


def full_disk(crawl: Path, place: Path, expected: dict[str, str], size: str = "1m") -> Disturbed:
    """Fill the disk of the outputs, make it larger, and run the same command again."""
    with small_disk(place, size) as resize:
        out = place / "labels"
        words = command(crawl, out, "--jobs", "2")
        first, n_done = run(words), n_entries(out)
        resize("200m")
        again = run(words)
        return Disturbed("the disk is full", n_done, (first, again), left_half(out), outputs(out) == expected)


FAULTS = {
    "a worker is killed (`kill -9`), three times": kill_worker,
    "the driver is killed (`kill -9`)": kill_driver,
    "Ctrl-C": interrupt,
}


def measure(folder: Path) -> Iterator[Disturbed]:
    """Disturb runs in each way; the first is one of four processes that nothing disturbs."""
    crawl = folder / "crawl"
    crawl.mkdir()
    write_crawl(crawl, N_FILES)
    run(command(crawl, folder / "one", "--jobs", "1"))
    expected = outputs(folder / "one")
    if len(expected) != 2 * (N_FILES - 1) + 1:
        raise RuntimeError(f"{len(expected)} files of an undisturbed run; one output and entry for each input but one")
    yield four_processes(crawl, folder / "four", expected)
    for fault, strike in FAULTS.items():
        yield disturb(fault, strike, crawl, folder / strike.__name__, expected)
    yield full_disk(crawl, folder / "disk", expected)
    if find_spec("ray"):
        from benchmarks.faults_ray import disturb_ray

        yield from disturb_ray(crawl, folder, expected)


def four_processes(crawl: Path, out: Path, expected: dict[str, str]) -> Disturbed:
    """Run with four processes; the same command again finds nothing to do but what failed."""
    codes = [run(command(crawl, out, "--jobs", "4")) for _ in range(2)]
    return Disturbed("none, four processes", n_entries(out), (codes[0], codes[1]), left_half(out),
                     outputs(out) == expected)  # fmt: skip


def report(done: list[Disturbed]) -> Iterator[str]:
    """Write the report."""
    yield from ["# Faults", ""]
    yield f"Written by `make faults`: {N_FILES} WARC and WET files of invented pages. One is damaged, one is cut off,"
    yield "one has a page that raises an error, one is empty, one is no archive. When a quarter of the files is done,"
    yield "a fault strikes; then the same command runs again. What is left is compared with what one process leaves"
    yield from ["undisturbed: the SHA-256 of every output, and the names of the entries.", ""]
    names = ("fault", "files done before", "exit code", "of the same command again", "left half", "the same bytes")
    rows = (
        (
            each.fault,
            str(each.n_done),
            str(each.codes[0]),
            str(each.codes[1]),
            str(each.left_behind),
            "yes" if each.is_same else "no",
        )
        for each in done
    )
    yield from markdown_table(Table(names, tuple(rows)))
    yield ""
    yield "Exit code 1 says that a file or page failed: the one that is no archive, and the page that raises. 130 is"
    yield "Ctrl-C, 2 the full disk, -9 the killed driver."


def _workers_of(driver: int) -> list[int]:
    """Processes that a driver has started to work, by their command line."""
    children = Path(f"/proc/{driver}/task/{driver}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _group_of(process: int) -> int | None:
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if words[0] == "Z" else int(words[2])


def _remount(place: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", place], check=True)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


if __name__ == "__main__":
    so_far: list[Disturbed] = []
    with tempfile.TemporaryDirectory() as temporary:
        for each in measure(Path(temporary)):
            so_far.append(each)
            (ROOT / "reports" / "faults.md").write_text("\n".join(report(so_far)) + "\n")
