"""Processes that work for this one: they end with it, and only it reacts to the signals of a terminal."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS = 0.5
"""Seconds between two looks at the parent."""


def end_with_parent() -> None:
    """Watch the process that started this one, in a thread, and end at once when it has ended, however that was."""
    from multiprocessing import parent_process
    from threading import Thread

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def end_with(process: int) -> None:
    """Do the same in a process that multiprocessing has not started, on systems where it gets another parent then.

    Args:
        process: number of the process that started this one.
    """
    from threading import Thread

    def watch() -> None:
        while os.getppid() == process:
            time.sleep(_SECONDS)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@contextmanager
def signals_held() -> Iterator[None]:
    """Block signals of a terminal while a process starts: the new process never receives them, this one afterwards.

    A terminal sends Ctrl-C to all processes, and SIGHUP when it is closed. Only this one reacts, and ends the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
