"""Recipes of docs/scale.md by their heading, run as a reader would: as a script, in a Python of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "scale.md").read_text("utf-8")
_RECIPE = re.compile(r"^### ([^\n]*)\n\n(?:\w[^\n]*\n+)*```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
RECIPES = dict(_RECIPE.findall(DOCUMENT))


def start(name: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Start a recipe in a directory, in a group of processes of its own."""
    (folder / "recipe.py").write_text(RECIPES[name], "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "RAY_USAGE_STATS_ENABLED": "0"}
    return subprocess.Popen([sys.executable, "recipe.py"], cwd=folder, env=environment, start_new_session=True)
