"""A file is written whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from commandline import environment
from linesift.atomic import check_directory, check_writable, replacing, replacing_directory, write_atomic


def test_new_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.page"
    write_atomic(path, b"one", is_new=True)
    path.chmod(0o640)
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_never_replaces_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.page"
    path.write_bytes(b"one")
    with pytest.raises(FileExistsError):
        write_atomic(path, b"two", is_new=True)
    path.unlink()
    real = os.fsync

    def meanwhile(handle: int) -> None:
        path.write_bytes(b"theirs")
        real(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(FileExistsError):
        write_atomic(path, b"two", is_new=True)
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("os.link", refuse)
    write_atomic(tmp_path / "a.page", b"one", is_new=True)
    assert (tmp_path / "a.page").read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "a.page"
    path.write_bytes(b"one")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr("os.fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left") as raised:
        write_atomic(path, b"two")
    assert raised.value.filename == str(path)
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as raised:
        write_atomic(tmp_path / "none" / "a.page", b"one")
    assert raised.value.filename == str(tmp_path / "none" / "a.page")


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.page"
    path.write_bytes(b"one")
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(PermissionError, match="Permission denied"):
        write_atomic(path, b"two")
    assert path.read_bytes() == b"one"


@pytest.mark.skipif(os.name == "nt", reason="no such call")
def test_a_read_only_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.page"
    path.write_bytes(b"one")
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    with pytest.raises(OSError, match="Read-only file system"):
        write_atomic(path, b"two")
    with pytest.raises(OSError, match="Read-only file system"):
        check_writable(path)
    with pytest.raises(OSError, match="Read-only file system"):
        check_directory(tmp_path)


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"one")
    (tmp_path / "link").symlink_to("real")
    write_atomic(tmp_path / "link", b"two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"two"


def test_a_block_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as raised, replacing(tmp_path / "a.txt"):
        (tmp_path / "other.txt").read_bytes()
    assert raised.value.filename == str(tmp_path / "other.txt")


# A process that ends in the middle

WRITES = {
    "file": "write_atomic(Path('m'), b'new')",
    "directory": "with replacing_directory(Path('m')) as new: (new / 'a').write_bytes(b'new')",
}
KILLED_AT = [("mkdir", "directory"), ("fsync", "file"), ("fsync", "directory"), ("chmod", "file"),
             ("chmod", "directory"), ("replace", "file"), ("exchange", "directory")]  # fmt: skip


def read(path: Path) -> bytes:
    return (path / "a").read_bytes() if path.is_dir() else path.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize(("step", "what"), KILLED_AT)
def test_a_killed_process_leaves_the_old_or_the_new(tmp_path: Path, step: str, what: str, is_before: bool) -> None:
    if what == "directory":
        (tmp_path / "m").mkdir()
        (tmp_path / "m" / "a").write_bytes(b"old")
    else:
        (tmp_path / "m").write_bytes(b"old")
    place = {"fsync": "os.fsync", "exchange": "atomic._exchange_at_once"}.get(step, f"Path.{step}")
    program = f"""
import os, signal
from pathlib import Path
import linesift.atomic as atomic
from linesift.atomic import replacing_directory, write_atomic
real = {place}
def killed(*given, **named):
    {"pass" if is_before else "real(*given, **named)"}
    os.kill(os.getpid(), signal.SIGKILL)
{place} = killed
{WRITES[what]}
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment(), check=False)
    assert done.returncode == -9
    is_done = not is_before and step in {"replace", "exchange"}
    assert read(tmp_path / "m") == (b"new" if is_done else b"old")
    write_atomic(tmp_path / "other", b"")  # what is left does not disturb the next run
    assert all(each.name in {"m", "other"} or each.name.startswith(".linesift-") for each in tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="no such limits")
@pytest.mark.parametrize("what", WRITES)
def test_a_disk_that_takes_no_more(tmp_path: Path, what: str) -> None:
    """Writing fails half way, as on a full disk; by a limit on the size of files, of the system and not of a mock."""
    path = tmp_path / "m"
    path.mkdir()
    program = f"""
import resource
from pathlib import Path
from linesift.atomic import replacing_directory, write_atomic
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    {WRITES[what].replace("b'new'", "b'new' * 1000").replace("'m'", "'m/x'")}
except OSError as error:
    print(error.filename)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, check=True, text=True
    )
    assert done.stdout == "m/x\n"
    assert list(path.iterdir()) == []


def test_a_directory_takes_the_place_of_another_where_there_is_no_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linesift.atomic._exchange_at_once", lambda *_: False)
    for text in (b"one", b"two"):
        with replacing_directory(tmp_path / "m") as new:
            (new / "a").write_bytes(text)
    assert read(tmp_path / "m") == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["m"]
