"""Do the files of a run in processes on this machine.

Every worker is a pool of one process. If it ends, by `kill -9` or because the memory is full, it is known which file it
was at; a pool of many would lose all files that were under way.
"""

import os
import signal
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
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
        n_killed: dict[str, int] = {}
        before = set(active_children())
        workers = [_Worker(work) for _ in range(min(self.n_jobs, len(files)))]
        try:
            while waiting or any(worker.future for worker in workers):
                for worker in workers:
                    if waiting and worker.future is None:
                        worker.start(waiting.popleft())
                wait([worker.future for worker in workers if worker.future], return_when=FIRST_COMPLETED)
                for worker in workers:
                    if worker.future is None or not worker.future.done():
                        continue
                    file, outcome = worker.take()
                    if outcome is None:
                        n_killed[file.name] = n_killed.get(file.name, 0) + 1
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


class _Worker:
    """A pool of one process, and the file that it is at."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._pool: ProcessPoolExecutor | None = None
        self._file: InputFile | None = None
        self.future: Future[Entry] | None = None

    def start(self, file: InputFile) -> None:
        """Begin with a file."""
        with signals_held(), _one_thread():
            self._pool = self._pool or ProcessPoolExecutor(1, get_context("spawn"), _prepare)
            self._file, self.future = file, self._pool.submit(self._work, file)

    def take(self) -> tuple[InputFile, Outcome | None]:
        """Take the outcome of the file, `None` if the process was killed."""
        assert self.future is not None  # noqa: S101
        assert self._file is not None  # noqa: S101
        file, future = self._file, self.future
        self._file = self.future = None
        try:
            return file, future.result()
        except BrokenProcessPool:
            self._file = file
            self.close()
            return file, None
        except Exception as error:  # noqa: BLE001 - raised again if it is no fault of the file
            return file, failure_of(file, error)

    def close(self) -> None:
        """End the process; of a file that it was at, nothing is left."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        if self._file is not None:
            with suppress(OSError):
                Store(self._work.out).remove_parts(output_of(name_of(self._file.name)))
            self._file = None


def _prepare() -> None:
    """Begin a worker process: it ends when the run ends, and does not react to Ctrl-C itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


class _one_thread:  # noqa: N801 - used like a function
    """Let processes that start inside use one thread each: as many as there are cores are at work already."""

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in _THREADS}
        os.environ.update(dict.fromkeys(_THREADS, "1"))

    def __exit__(self, *_: object) -> None:
        for name, value in self._before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
