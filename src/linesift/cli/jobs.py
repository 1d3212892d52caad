"""Map a function over tasks in several processes, with the results in the order of the tasks."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

from linesift.errors import LinesiftError
from linesift.processes import end_with_parent, signals_held

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
    # Imported here, because they take 30 ms to load.
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children, get_context

    others = set(active_children())
    with signals_held():  # it starts the process that keeps count of semaphores
        pool = ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn"), initializer=end_with_parent)
    ahead: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            with signals_held():
                ahead.append(pool.submit(work, task))
            if len(ahead) == n_jobs * _N_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    except BrokenProcessPool as error:
        raise LinesiftError(
            "a process of --jobs ended without a result, perhaps out of memory; use fewer --jobs"
        ) from error
    except BaseException:
        # The rest is not needed: the user interrupted, the disk is full, or a model is damaged.
        for child in set(active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
