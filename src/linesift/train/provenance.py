"""Names and digests of the inputs of a training run, as `model.json` keeps them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from linesift.read.labelled import find_labelled_files


def short_name(path: Path) -> str:
    """Give the last two parts of a path: enough to tell inputs apart, without the directories of somebody's machine."""
    return "/".join(path.resolve().parts[-2:])


def digest(path: Path) -> str:
    """Give the SHA-256 of a file, or of the names and bytes of the labelled pages in a directory."""
    if not path.is_dir():
        return sha256(path.read_bytes()).hexdigest()
    found = sha256()
    for file in find_labelled_files(path):
        found.update(f"{file.relative_to(path).as_posix()}\n".encode("utf-8", "surrogateescape"))
        found.update(file.read_bytes())
    return found.hexdigest()


def trained_on(about: Mapping[str, Any], paths: Sequence[Path]) -> list[Path]:
    """Select the paths that a model was trained on, byte for byte; its scores on them are too high."""
    known = set(about.get("files", {}).values())
    return [path for path in paths if digest(path) in known]
