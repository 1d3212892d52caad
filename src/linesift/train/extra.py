"""The packages that only training needs, and a sentence where they are missing."""

from importlib.util import find_spec

from linesift.errors import MissingExtraError


def require_extra(purpose: str, *modules: str) -> None:
    """Check that modules of the train extra are there, before minutes are spent on what comes ahead of them.

    Raises:
        MissingExtraError: naming the purpose, the first missing module and what to install.
    """
    for module in modules:
        if find_spec(module) is None:
            raise MissingExtraError(f"{purpose} needs {module}, which is not installed: pip install 'linesift[train]'")
