"""Finding the files of pages in directories."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commandline import environment
from linesift.errors import InputError
from linesift.read.find import find_pages, refuse_overwriting
from linesift.read.labelled import find_labelled_files, has_labels
from linesift.read.text import STDIN


def test_directories_are_searched_and_sorted(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.TXT", "a/note.md", "c.html", "d.XHTML"]:
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
        tmp_path / "d.XHTML",
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


def test_directories_deeper_than_python_calls_functions(tmp_path: Path) -> None:
    deepest = tmp_path.joinpath(*["d"] * 150)
    deepest.mkdir(parents=True)
    (deepest / "page.txt").touch()
    (deepest / "one.page").touch()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert list(find_pages(tmp_path)) == [deepest / "page.txt"]
        assert find_labelled_files(tmp_path) == [deepest / "one.page"]
        assert has_labels(tmp_path)
    finally:
        sys.setrecursionlimit(limit)


def test_the_file_of_standard_output_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    program = (
        "import pathlib; from linesift.read.find import find_pages; print(*find_pages(pathlib.Path()), flush=True)"
    )
    with (tmp_path / "out.txt").open("wb") as out:
        (tmp_path / "link.txt").symlink_to("out.txt")
        subprocess.run([sys.executable, "-c", program], stdout=out, cwd=tmp_path, env=environment(), check=True)
    assert (tmp_path / "out.txt").read_text() == "a.txt\n"


def test_an_input_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("page.txt").touch()
    Path("link").symlink_to("page.txt")
    for output, inputs in [("page.txt", "./page.txt"), ("page.txt", "link"), ("new.htm", "."), ("sub/new.txt", "sub")]:
        with pytest.raises(InputError, match="write to another"):
            refuse_overwriting(Path(output), [Path(inputs)])
    for output, inputs in [("new.txt", "page.txt"), ("new.tsv", "."), ("new.txt", "sub"), ("new.txt", "none")]:
        refuse_overwriting(Path(output), [Path(inputs)])
    refuse_overwriting(Path(os.devnull), [Path(os.devnull)])
    with pytest.raises(InputError, match=r"\.page files in \."):
        refuse_overwriting(Path("new.page"), [Path()], (".page",))
