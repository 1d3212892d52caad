"""Write the oldest version of each dependency that pyproject.toml allows, as constraints for pip; for `make oldest`."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_OURS = ("dev", "docs")
"""Extras with our own tools, which are not held back."""


def oldest_versions(project: dict[str, Any]) -> list[str]:
    """Give `name==version` for every requirement of users that has a lower bound.

    >>> oldest_versions({"dependencies": ["numpy>=2.0"], "optional-dependencies": {"html": ["linesift[train]"]}})
    ['numpy==2.0']
    >>> oldest_versions({"dependencies": ["backports.zstd>=1; python_version < '3.14'"]})
    ['backports.zstd==1']
    """
    extras = project.get("optional-dependencies", {})
    required = [*project["dependencies"], *(name for extra in extras if extra not in _OURS for name in extras[extra])]
    found = (re.fullmatch(r"([\w.-]+)>=([\d.]+)(?:;.*)?", name) for name in required)
    return [f"{match[1]}=={match[2]}" for match in found if match is not None]


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    print("\n".join(oldest_versions(project)))
