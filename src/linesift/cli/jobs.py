"""Map a function over tasks in several processes, with the results in the order of the tasks."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from linesift.errors import LinesiftError
from linesift.processes import end_with_parent, signals_held

if TYPE_CHECKING:  # they take 30 ms to load, and one job does not need them
    from concurrent.futures import Future
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Result = TypeVar("Result")

_N_AHEAD = 2
"""Tasks per process that are read ahead: one at work, one waiting. It bounds the memory."""


def map_in_order(
    work: Callable[[Task], Result], tasks: Iterable[Task], n_jobs: int = 1
) -> Generator[Result, None, None]:
    """Call `work` on every task in `n_jobs` processes; give the results in the order of the tasks.

    Tasks are taken when a process is free, not all at once. `work`, tasks and results are pickled between our own
    processes, and nothing is stored. Processes are spawned, because numpy has threads, and a fork of a process with
    threads may hang. With one job or a single task, everything is done in this process.

    Raises:
        LinesiftError: if a process dies. What `work` raises is raised at the place of its task.
    """
    tasks = iter(tasks)
    first = list(islice(tasks, 1 if n_jobs == 1 else 2))
    tasks = chain(first, tasks)
    if n_jobs == 1 or len(first) < 2:
        yield from map(work, tasks)
    else:
        yield from _map_in_processes(work, tasks, n_jobs)


def _map_in_processes(work: Callable[[Task], Result], tasks: Iterable[Task], n_jobs: int) -> Iterator[Result]:
    from concurrent.futures import Future
    from multiprocessing import active_children

    others = set(active_children())
    waiting: SimpleQueue[tuple[Task, Future[Result]] | None] = SimpleQueue()
    ahead: deque[Future[Result]] = deque()
    try:
        _start_tracker()
        for number, task in enumerate(tasks):
            if number < n_jobs:
                _start(work, waiting)
            ahead.append(Future())
            waiting.put((task, ahead[-1]))
            if len(ahead) == n_jobs * _N_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        # All is done, or the rest is not needed: the user interrupted, the disk is full, or a model is damaged.
        started = set(active_children()) - others
        for process in started:
            process.kill()
        waiting.put(None)
        for process in started:
            process.join()


def _start_tracker() -> None:
    """Start the process that Python has beside spawned ones, before those.

    Python unblocks SIGINT when it starts it. The first of the others would then receive Ctrl-C.
    """
    if os.name == "nt":  # there is none
        return
    from multiprocessing.resource_tracker import ensure_running

    with signals_held():
        ensure_running()


def _start(work: Callable[[Task], Result], waiting: "SimpleQueue[tuple[Task, Future[Result]] | None]") -> None:
    """Start a process that does tasks, and a thread of this one that passes them on and takes the results.

    `ProcessPoolExecutor` has one pipe for all results and holds both of its ends. Where a process is killed in the
    middle of a result, it waits for the rest for ever, and so does the end of the program. Here each process has a pipe
    of its own, and nobody else holds its end: when it is killed, a read and a write end at once. Both the process and
    the thread are daemons, so that the program also ends where a second Ctrl-C interrupts the end of the first.
    """
    from multiprocessing import get_context
    from threading import Thread

    context = get_context("spawn")
    ours, theirs = context.Pipe()
    with theirs, signals_held():
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        Thread(target=_pass_on, args=(work, waiting, process, ours), daemon=True).start()


def _pass_on(
    work: Callable[[Task], Result],
    waiting: "SimpleQueue[tuple[Task, Future[Result]] | None]",
    process: "BaseProcess",
    connection: "Connection[Any, Any]",
) -> None:
    """Pass on task after task, until `None` is waiting or the process has ended."""
    with connection:
        while (found := waiting.get()) is not None:
            task, future = found
            try:
                result, error = _ask(process, connection, (work, task))
            except (EOFError, OSError):
                reason = "a process of --jobs ended without a result, perhaps out of memory; use fewer --jobs"
                future.set_exception(LinesiftError(reason))
                return
            except Exception as failure:  # noqa: BLE001 - what cannot be pickled is raised at its place
                future.set_exception(failure)
            else:
                future.set_result(result) if error is None else future.set_exception(error)
        waiting.put(None)  # for the next thread


def _ask(process: "BaseProcess", connection: "Connection[Any, Any]", call: object) -> Any:
    from multiprocessing.connection import wait

    connection.send(call)
    # On Windows the other end is open here until the process has taken it, and the process may end before that.
    if connection not in wait([connection, process.sentinel]):
        raise EOFError
    return connection.recv()


def _serve(connection: "Connection[Any, Any]") -> None:
    """Do in a process of its own what comes through a pipe: for each task a result, or what it raised."""
    from traceback import format_exc

    end_with_parent()
    with suppress(EOFError, OSError):  # nobody wants more
        while True:
            work, task = connection.recv()
            try:
                connection.send((work(task), None))
            except BaseException as error:  # noqa: BLE001 - raised at the place of the task
                error.add_note(format_exc())  # a traceback is not pickled
                connection.send((None, error))
