"""Choose between plain code and the same compiled by numba, which gives the same in less time.

Loading what was compiled before takes as long as the plain code takes for a hundred pages or a thousand, and compiling
far longer. So the first pages of a process go through the plain code, until that has taken about as long as the start
of the compiled code would.
"""

import math
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, NamedTuple, TypeVar

_Compiled = TypeVar("_Compiled")


class Sizes(NamedTuple):
    """How much the plain code does in about the time in which the compiled code starts, in units of the task's own."""

    to_load: float
    """If it was compiled before."""
    to_compile: float
    """If it has to be compiled."""


class Choice(Generic[_Compiled]):
    """What is known of one task in this process: how much the plain code has done, and the compiled one once loaded."""

    every: "list[Choice[Any]]" = []  # noqa: RUF012 (one list of all, for `use`)

    def __init__(self, load: Callable[[], _Compiled | None], is_kept: Callable[[], bool], sizes: Sizes) -> None:
        """Begin with the plain code.

        Args:
            load: loads the compiled code and tries it, and compiles it if need be; `None` where it cannot be used.
            is_kept: says whether it was compiled before. Both may raise `ImportError`.
            sizes: how much is done without it.
        """
        self._load, self._is_kept, self._sizes = load, is_kept, sizes
        self._n_done, self._n_to_start = 0, sizes.to_load if find_spec("numba") is not None else math.inf
        self._compiled: _Compiled | None = None
        self.every.append(self)

    @property
    def compiled(self) -> _Compiled | None:
        """The compiled code if it is used now."""
        return self._compiled

    def choose(self, size: int) -> _Compiled | None:
        """Count what is to be done, and give the compiled code if it shall do it."""
        if self._compiled is None and self._is_due(size):
            self.use(compiled=True)
        return self._compiled

    def _is_due(self, size: int) -> bool:
        self._n_done += size
        if self._n_to_start == self._sizes.to_load < self._n_done:
            try:
                is_kept = self._is_kept()
            except ImportError:  # numba is not for this Python or numpy, or is broken
                is_kept = False
            self._n_to_start = self._sizes.to_load if is_kept else self._sizes.to_compile
        return self._n_to_start < self._n_done

    def use(self, *, compiled: bool) -> bool:
        """Use the compiled code from now on, or never; say whether it is used: false also where it cannot be."""
        self._n_to_start = math.inf
        self._compiled = None
        if compiled:
            try:
                self._compiled = self._load()
            except ImportError:
                return False
        return self._compiled is not None


def make_is_kept(name: str) -> Callable[[], bool]:
    """Make the `is_kept` of a choice from the full name, "package.module.function", of a compiled function of it."""

    def find() -> bool:
        from linesift.jit import kept  # here, because it loads numba, as the module of the function does

        module, _, function = name.rpartition(".")
        return any(kept(getattr(import_module(module), function)))

    return find


def use(*, compiled: bool) -> bool:
    """Use all compiled code of the modules imported so far, or none; both only change the time.

    Returns:
        Whether all of it is used now.
    """
    are_used = [choice.use(compiled=compiled) for choice in Choice.every]
    return all(are_used)
