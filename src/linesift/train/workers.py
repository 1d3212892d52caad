"""Call a function in several processes, which end with this one."""

import os
import warnings
from collections.abc import Callable, Generator, Iterable
from functools import cache
from typing import Any, TypeVar

from linesift.processes import end_with, signals_held

Result = TypeVar("Result")


def parallel(
    work: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], jobs: int, *, batch_size: int = 1
) -> Generator[Result, None, None]:
    """Call `work` with the arguments of every task; give the results in the order of the tasks.

    A task is taken when a process is free, because all tasks together may take gigabytes. joblib shares large arrays
    between processes without copies, and starts them without the caller's main module.

    Args:
        work: the function.
        tasks: its arguments.
        jobs: number of processes; with one, everything is done in this process.
        batch_size: tasks that are sent at once.
    """
    from joblib import Parallel, delayed

    calls = (delayed(_call)(os.getpid(), work, task) for task in tasks)
    some = Parallel(jobs, batch_size=batch_size, pre_dispatch=f"{batch_size} * n_jobs", return_as="generator")
    with signals_held():
        results = some(calls)  # starts the processes
    try:
        for result in results:  # noqa: UP028 - `yield from` would close the results itself
            yield result
    finally:
        with warnings.catch_warnings(action="ignore"):  # that tasks are cancelled, where the rest is not wanted
            results.close()


def _call(parent: int, work: Callable[..., Result], task: tuple[Any, ...]) -> Result:
    if os.getpid() != parent:
        _watch(parent)
    return work(*task)


@cache
def _watch(parent: int) -> None:
    end_with(parent)  # once for all tasks of a process
