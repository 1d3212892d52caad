"""Work in several processes gives what it gives in one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from commandline import environment
from ends import ENDS, NAMES, Send
from linesift.cli.jobs import map_in_order
from linesift.errors import InputError, LinesiftError
from tasks import dies_at, fails_at, slower_first

ROOT = Path(__file__).parents[1]


@pytest.fixture
def before() -> set[BaseProcess]:
    """Processes that other tests left, such as those that joblib keeps for the next call."""
    return set(active_children())


def test_results_come_in_order_from_other_processes() -> None:
    found = list(map_in_order(slower_first, range(12), 2))
    assert [number for number, _ in found] == list(range(12))
    assert os.getpid() not in {process for _, process in found}


@pytest.mark.parametrize(("tasks", "n_jobs"), [(range(5), 1), (range(1), 4), (range(0), 4)])
def test_one_job_or_one_task_needs_no_process(tasks: range, n_jobs: int) -> None:
    assert list(map_in_order(slower_first, tasks, n_jobs)) == [(number, os.getpid()) for number in tasks]


def test_no_more_tasks_are_taken_than_are_needed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(30):
            taken.append(number)
            yield number

    for n_done, _ in enumerate(map_in_order(slower_first, tasks(), 2), start=1):
        assert len(taken) <= n_done + 2 * 2
    assert len(taken) == n_done == 30


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_comes_at_its_place(n_jobs: int, before: set[BaseProcess]) -> None:
    found: list[int] = []
    with pytest.raises(InputError, match="as the test asked"):
        found.extend(map_in_order(partial(fails_at, 5), range(50), n_jobs))
    assert found == list(range(5))
    assert set(active_children()) <= before


def test_a_process_that_dies_is_reported(before: set[BaseProcess]) -> None:
    with pytest.raises(LinesiftError, match="ended without a result"):
        list(map_in_order(partial(dies_at, 5), range(50), 2))
    assert set(active_children()) <= before


def test_processes_end_where_nobody_wants_more(before: set[BaseProcess]) -> None:
    results = map_in_order(slower_first, range(1000), 2)
    assert next(results)[0] == 0
    results.close()
    assert set(active_children()) <= before


DRIVER = """
import signal, sys
from functools import partial
import tasks
from linesift.cli.console import errors
from linesift.cli.jobs import map_in_order
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with errors():
        print(*map_in_order(partial(getattr(tasks, sys.argv[1]), *sys.argv[2:]), range(8), 2))
"""


def drive(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Do tasks in a program of its own, which has not started any process before."""
    (folder / "driver.py").write_text(DRIVER)
    return subprocess.run(
        [sys.executable, str(folder / "driver.py"), *arguments],
        env=environment(), capture_output=True, start_new_session=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
def test_no_process_receives_ctrl_c(tmp_path: Path) -> None:
    assert drive(tmp_path, "holds_ctrl_c").stdout.split() == [b"True"] * 8


@pytest.mark.skipif(os.name == "nt", reason="results are sent otherwise")
@pytest.mark.parametrize(
    ("how", "code", "message"),
    [("killed", 2, b"linesift: a process of --jobs ended without"), ("interrupted", 130, b"linesift: interrupted\n")],
)
def test_half_a_result_keeps_nobody_waiting(tmp_path: Path, how: str, code: int, message: bytes) -> None:
    """Some runs that were interrupted waited for the other half for ever, at the latest when the program ended."""
    done = drive(tmp_path, "leaves_off", how)
    assert (done.returncode, done.stderr[: len(message)], done.stderr.count(b"\n")) == (code, message, 1)


# The command


def label(*arguments: object, cwd: Path) -> tuple[int, bytes, bytes]:
    """`linesift classify` with the shipped model; code, output, messages."""
    program = [sys.executable, "-c", "from linesift.cli import main; main()", "classify"]
    done = subprocess.run(
        [*program, *map(str, arguments)], cwd=cwd, env=environment(), capture_output=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of several kinds, some of them bad, enough for three batches."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "pages").mkdir()
    for number in range(90):
        text = f"Home\nRain in parish {number}\n\n{number % 28 + 1} May 2024\n\nIt rained in the parish, people said.\n"
        (folder / "pages" / f"{number:02}.txt").write_text(text)
    (folder / "pages" / "10.txt").write_bytes(b"%PDF-1.7")
    (folder / "pages" / "70.txt").write_bytes(b"Caf\xe9 in the rain")
    (folder / "pages" / "80.html").write_text("<h1>Sun</h1><p>It shone.</p>")
    lines = [f'{{"text": "Home\\nFog {number}\\nThere was fog."}}\n' for number in range(80)]
    lines[40] = "fog\n"
    (folder / "fog.jsonl").write_text("".join(lines))
    (folder / "empty").mkdir()
    return folder


@pytest.mark.parametrize("shape", ["tsv", "pretty"])
def test_output_and_messages_are_the_same_to_the_byte(mixed: Path, shape: str) -> None:
    given = ["pages", "none.txt", "fog.jsonl", "empty", "--format", shape]
    one, two = (label(*given, "--jobs", n_jobs, cwd=mixed) for n_jobs in (1, 2))
    assert one == two
    assert one[0] == 1
    messages = one[2].decode().splitlines()
    assert [line.split(": ")[1] for line in messages[:6]] == [
        "pages/10.txt", "warning", "none.txt", "fog.jsonl:41", "fog.jsonl", "empty",
    ]  # fmt: skip
    assert messages[4] == "linesift: fog.jsonl: 79 pages; skipped: 1 line"


def test_a_broken_model_is_one_line(mixed: Path) -> None:
    code, out, err = label("pages", "--jobs", 2, "--model", "empty", cwd=mixed)
    assert (code, out, err.count(b"\n")) == (2, b"", 1)


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
@pytest.mark.parametrize(("number", "send", "code", "message"), ENDS, ids=NAMES)
def test_a_signal_is_one_line_and_leaves_no_process(
    mixed: Path, number: int, send: Send, code: int, message: bytes | None
) -> None:
    # A runner may ignore signals, as nohup does, and what it starts inherits that.
    default = f"import signal; signal.signal({int(number)}, signal.SIG_DFL); " if number != signal.SIGKILL else ""
    restore = "signal.signal(signal.SIGINT, signal.default_int_handler); " if number == signal.SIGINT else ""
    program = [sys.executable, "-c", f"{default}{restore}from linesift.cli import main; main()", "classify"]
    with subprocess.Popen(
        [*program, "pages", "fog.jsonl", "-", "--jobs", "2", "--output", "out.tsv"],
        cwd=mixed,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b'{"text": "More follows"}\n' * 4000)  # more than is read at once
        process.stdin.flush()
        for line in process.stderr:  # by now both processes are at work, and the pipe keeps the run from its end
            if b"70.txt" in line:
                break
        send(process.pid, number)
        # What is read ends when the last process that could write has ended.
        lines = process.stderr.read().splitlines()
    assert message is None or lines[-1] == message
    assert process.returncode == code
    left = list(mixed.glob("out.tsv")) + list(mixed.glob(".linesift-*"))
    for path in left:
        path.unlink()
    assert not left or message is None  # nobody can clean up after SIGKILL
