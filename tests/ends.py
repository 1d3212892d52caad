"""Signals that end a program, and what it says."""

import os
import signal
from collections.abc import Callable

Send = Callable[[int, int], None]

ENDS: list[tuple[signal.Signals, Send, int, bytes | None]] = [
    (signal.SIGINT, os.killpg, 130, b"linesift: interrupted"),  # as Ctrl-C: all processes of the group get it
    (signal.SIGHUP, os.killpg, 129, b"linesift: ended by SIGHUP"),  # as from a terminal that is closed
    (signal.SIGTERM, os.kill, 143, b"linesift: ended by SIGTERM"),
    (signal.SIGKILL, os.kill, -9, None),
]
"""A signal, who gets it, and the exit code and message that follow."""
NAMES = [number.name for number, *_ in ENDS]
