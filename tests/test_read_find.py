"""Finding the files of pages in directories."""

from pathlib import Path

import pytest

from linesift.errors import InputError
from linesift.read.find import find_pages
from linesift.read.text import STDIN


def test_directories_are_searched_and_sorted(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.TXT", "a/note.md", "c.html"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "dir.txt").mkdir()
    other = tmp_path / "c.html"
    found = [page for path in (other, tmp_path, STDIN, tmp_path / "none") for page in find_pages(path)]
    assert found == [
        other,
        tmp_path / "a/z.TXT",
        tmp_path / "b.txt",
        other,
        STDIN,
        tmp_path / "none",
    ]


def test_a_directory_without_pages(tmp_path: Path) -> None:
    (tmp_path / "note.md").touch()
    with pytest.raises(InputError, match=r"no pages \(\*\.txt, .*\) in this directory"):
        list(find_pages(tmp_path))


def test_a_path_too_long_waits_for_reading() -> None:
    path = Path("n" * 5000)
    assert list(find_pages(path)) == [path]
