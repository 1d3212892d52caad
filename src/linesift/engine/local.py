"""Do the files of a run in processes on this machine.

Every worker is a pool of one process. If it ends, by `kill -9` or because the memory is full, it is known which file it
was at; a pool of many would lose all files that were under way.
"""

import os
import signal
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import active_children, get_context

from linesift.engine.ledger import Entry, name_of, output_of
from linesift.engine.places import InputFile, Store
from linesift.engine.work import MAX_KILLED, Outcome, Work, failure_of, killed
from linesift.processes import end_with_parent, signals_held

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Worker processes on this machine."""

    n_jobs: int

    def __call__(self, work: Work, files: Sequence[InputFile]) -> Generator[Outcome, None, None]:
        """Do the work, as `Engine` says; a file whose worker is killed is done again."""
        waiting = deque(files)
        running: dict[Future[Entry], tuple[_Worker, InputFile]] = {}
        n_killed: Counter[str] = Counter()
        before = set(active_children())
        workers = [_Worker() for _ in range(min(self.n_jobs, len(files)))]
        idle = [*workers]
        try:
            while waiting or running:
                while waiting and idle:
                    worker, file = idle.pop(), waiting.popleft()
                    running[worker.start(work.part(file), file)] = worker, file
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    worker, file = running.pop(done)
                    idle.append(worker)
                    outcome = _outcome(file, done)
                    if outcome is None:
                        worker.close()
                        _remove_parts(work, file)
                        n_killed[file.name] += 1
                        if n_killed[file.name] < MAX_KILLED:
                            waiting.append(file)
                            continue
                        outcome = killed(file)
                    yield outcome
        finally:
            # Ended at once if the run ended early; with nothing under way they have nothing to lose.
            for child in set(active_children()) - before:
                child.kill()
            for worker in workers:
                worker.close()
            for _, file in running.values():
                _remove_parts(work, file)


class _Worker:
    """A pool of one process, which starts with the first file and again when it was killed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def start(self, work: Work, file: InputFile) -> "Future[Entry]":
        """Begin with a file."""
        with signals_held(), _one_thread():
            if self._pool is not None:
                with suppress(BrokenProcessPool):  # it was killed while it waited for a file
                    return self._pool.submit(work, file)
                self.close()
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), _prepare)
            return self._pool.submit(work, file)

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _outcome(file: InputFile, done: "Future[Entry]") -> Outcome | None:
    """Give what came of a file, `None` if its process was killed."""
    try:
        return done.result()
    except BrokenProcessPool:
        return None
    except Exception as error:  # noqa: BLE001 - raised again if it is no fault of the file
        return failure_of(file, error)


def _remove_parts(work: Work, file: InputFile) -> None:
    """Remove what a worker left of an output when it was killed."""
    with suppress(OSError):
        Store(work.out).remove_parts(output_of(name_of(file.name)))


def _prepare() -> None:
    """Begin a worker process: it ends when the run ends, and does not react to Ctrl-C itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that start inside use one thread each: as many as there are cores are at work already."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
