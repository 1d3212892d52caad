"""Compile functions with numba, and keep what was compiled where numba keeps it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])
_NJIT: Any = numba.njit
"""Some options that it takes are in no description of it for mypy."""
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
_PACKAGE = Path(__file__).parent
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inner(function: _Function) -> _Function:
    """Compile a function that only compiled ones call, and that makes no arrays: references to them are not counted."""
    compiled: _Function = _NJIT(_nrt=False, **_INNER, **_OPTIONS)(function)
    return compiled


def leaf(function: _Function) -> _Function:
    """Compile a function as `inner`, into its callers: handing over its arrays would take longer than what it does."""
    compiled: _Function = _NJIT(_nrt=False, forceinline=True, **_INNER, **_OPTIONS)(function)
    return compiled


def maker(function: _Function) -> _Function:
    """Compile a function that only compiled ones call, and that makes arrays."""
    compiled: _Function = numba.njit(**_INNER, **_OPTIONS)(function)
    return compiled


def outer(function: _Function) -> _Function:
    """Compile a function that Python calls. Numba keeps it beside the source, or else in the cache of the user.

    Where it can keep nothing, every process compiles anew. The function stands in a folder `compiled`, beside the plain
    code that does the same.
    """
    compiled: Any
    try:
        compiled = numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # neither directory can be written to
        compiled = numba.njit(**_OPTIONS)(function)
    # Numba compares the source of this function alone, but it has functions and constants of other modules in it.
    changed = _last_change(Path(function.__code__.co_filename).parents[1])
    for index in kept(compiled):
        with suppress(OSError):  # another process may have done the same, or nothing can be written here
            if index.stat().st_mtime < changed:
                index.unlink()
    result: _Function = compiled
    return result


@cache
def _last_change(room: Path) -> float:
    """Find when a source that compiled functions of a room may have something of was last changed."""
    features = _PACKAGE / "features"
    rooms = {_PACKAGE, features, features / "compiled", room, room / "compiled"}
    return max(source.stat().st_mtime for each in rooms for source in each.glob("*.py"))


def kept(compiled: Callable[..., object]) -> Iterator[Path]:
    """Find the files in which numba keeps a function; none if it was never compiled here."""
    folder: str | None = compiled.stats.cache_path  # type: ignore[attr-defined]
    name = f"{compiled.__module__.rpartition('.')[2]}.{compiled.__qualname__}-*.nbi"
    return iter(()) if folder is None else Path(folder).glob(name)
