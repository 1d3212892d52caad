"""Tasks for other processes, which import this module and nothing that is slow to load."""

import os
import time

from linesift.errors import InputError


def slower_first(number: int) -> tuple[int, int]:
    """Even tasks take longer, so that they end out of order."""
    time.sleep(0.02 if number % 2 == 0 else 0)
    return number, os.getpid()


def fails_at(bad: int, number: int) -> int:
    if number == bad:
        raise InputError("as the test asked")
    return number


def dies_at(bad: int, number: int) -> int:
    if number == bad:
        os._exit(9)
    return number
