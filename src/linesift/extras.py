"""Packages that only some tasks need, and the command that installs them here."""

import sys
from importlib.util import find_spec
from pathlib import Path
from shlex import quote

from linesift.errors import MissingExtraError

_ROOT = Path(__file__).parents[2]
"""The checkout, if this is one; for a package that pip installed, a directory without `pyproject.toml`."""


def require_extra(purpose: str, *modules: str, extra: str = "train") -> None:
    """Check that modules of an extra are installed, before minutes are spent on what comes ahead of them.

    Raises:
        MissingExtraError: naming the purpose, the first missing module and the command that installs it.
    """
    for module in modules:
        if find_spec(module) is None:
            raise missing_extra(purpose, module, extra=extra)


def missing_extra(purpose: str, module: str, *, extra: str = "train") -> MissingExtraError:
    """Make the error that says what needs a module, and the command that installs it."""
    return MissingExtraError(f"{purpose} needs {module}, which is not installed: {install_command(extra)}")


def missing_package(purpose: str, package: str) -> MissingExtraError:
    """Make the error for a package that no extra has, because it is for the user to choose."""
    return MissingExtraError(f"{purpose} needs {package}, which is not installed: {_pip_install()} {package}")


def install_command(extra: str) -> str:
    """Give the command that adds an extra to the Python that runs.

    In a checkout it installs from there. For an installed package the name is enough, also where linesift is on no
    index: pip finds it installed and adds what the extra asks for.
    """
    is_checkout = (_ROOT / "pyproject.toml").is_file()
    target = quote(f"{_short(_ROOT) if is_checkout else 'linesift'}[{extra}]")
    return f"{_pip_install()} {'-e ' if is_checkout else ''}{target}"


def _pip_install() -> str:
    return f"{quote(_short(Path(sys.executable)))} -m pip install"


def _short(path: Path) -> str:
    """Give a path as it is called from the working directory, if it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
