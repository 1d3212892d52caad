"""Tasks for other processes, which import this module and little that is slow to load."""

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from linesift.engine.ledger import Entry
from linesift.engine.places import InputFile
from linesift.engine.unit import LabelOptions, make_settings
from linesift.engine.work import Work
from linesift.errors import InputError


def slower_first(number: int) -> tuple[int, int]:
    """Even tasks take longer, so that they end out of order."""
    time.sleep(0.02 if number % 2 == 0 else 0)
    return number, os.getpid()


def wait_for(mark: str, number: int) -> int:
    """Wait until there is a file of this name."""
    while not Path(f"{mark}{number}").exists():
        time.sleep(0.005)
    return number


def fails_at(bad: int, number: int) -> int:
    if number == bad:
        raise InputError("as the test asked")
    return number


def dies_at(bad: int, number: int) -> int:
    if number == bad:
        os._exit(9)
    return number


def holds_ctrl_c(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def leaves_off(how: str, _: int) -> bytes:
    """Write half of a large result; then be `killed`, or have all processes `interrupted` as Ctrl-C does."""

    def send(connection: "Connection[Any, Any]", data: bytes) -> None:
        is_large = len(data) > 1000  # else it is the length, which is sent before
        os.write(connection.fileno(), data[: len(data) // 2] if is_large else data)
        if is_large and how == "killed":
            os._exit(9)
        if is_large:
            os.killpg(0, signal.SIGINT)
            time.sleep(600)

    patch.object(Connection, "_send", send).start()
    return bytes(1_000_000)


class FaultyWork(Work):
    """Work that does with a file what its name says; `out` is a directory for marks."""

    @classmethod
    def of(cls, place: Path) -> "FaultyWork":
        return cls(str(place), None, LabelOptions(), make_settings(None, LabelOptions()))

    def __call__(self, file: InputFile) -> Entry:
        mark = Path(self.out, file.name)
        if file.name.startswith("endless"):
            mark.write_text(str(os.getpid()))
            time.sleep(600)
        if file.name == "killer" or (file.name == "killed once" and not mark.exists()):
            with mark.open("a") as stream:
                stream.write("x")
            os.kill(os.getpid(), 9)
        if file.name == "fails":
            raise ValueError("as the test asked")
        if file.name == "full":
            raise OSError(28, "No space left on device", "labels/full")
        return Entry(file, "pages/x", 0, "", 1, 1, 0, {}, {}, self.expected, 0.0)


def endless(folder: str) -> None:
    """Leave a mark with the number of the process, and never end."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(600)


def sum_of(array: NDArray[np.float64], number: int) -> float:
    return float(array.sum()) + number
