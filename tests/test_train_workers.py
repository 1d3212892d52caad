"""Work in several processes while a model is trained: results in order, and no process that outlives the training."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import linesift
from commandline import environment
from ends import ENDS, NAMES, Send
from linesift.train.workers import parallel
from tasks import slower_first, sum_of, wait_for
from test_run import ROOT

MEMORY = Path("/dev/shm")  # noqa: S108 - where joblib puts what processes share

DEFAULTS = """
import signal
for name in ("SIGTERM", "SIGHUP"):  # a runner may ignore signals, as nohup does, and what it starts inherits that
    signal.signal(getattr(signal, name), signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
ENDLESS = f"""{DEFAULTS}
from linesift.cli import console
from linesift.train.workers import parallel
from tasks import endless
with console.errors(), console.ending_on_signals():
    list(parallel(endless, [("marks",)] * 2, 2))
"""
TRAINING = f"{DEFAULTS}from linesift.cli import main; main()"


def test_results_come_in_the_order_of_the_tasks() -> None:
    found = list(parallel(slower_first, ((number,) for number in range(12)), 2, batch_size=3))
    assert [number for number, _ in found] == list(range(12))
    assert os.getpid() not in {process for _, process in found}


def test_one_job_needs_no_process() -> None:
    assert list(parallel(slower_first, [(3,)], 1)) == [(3, os.getpid())]


def test_large_arrays_arrive() -> None:
    array = np.arange(400_000.0)
    assert list(parallel(sum_of, ((array, number) for number in range(3)), 2)) == [
        array.sum() + number for number in range(3)
    ]


def test_tasks_are_taken_when_a_process_is_free(tmp_path: Path) -> None:
    taken, mark = [], str(tmp_path / "end")

    def tasks() -> Iterator[tuple[str, int]]:
        for number in range(12):
            taken.append(number)
            yield mark, number

    Path(f"{mark}0").touch()
    for n_done, number in enumerate(parallel(wait_for, tasks(), 2), start=1):
        assert len(taken) <= n_done + 2 * 2  # no later task can have ended
        Path(f"{mark}{number + 1}").touch()
    assert taken == list(range(12))


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
@pytest.mark.parametrize(("number", "send", "code", "message"), ENDS, ids=NAMES)
def test_a_signal_leaves_no_process(tmp_path: Path, number: int, send: Send, code: int, message: bytes | None) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        while len(list(marks.iterdir())) < 2 and process.poll() is None:
            time.sleep(0.05)
        _end(process, number, send, (code, message))


STAGES = (b"words", b"text, networks: fold 1", b"text, networks: fold 1", b"words")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
@pytest.mark.parametrize(
    ("stage", "end"), [*zip(STAGES, ENDS, strict=True), (b"writing m", ENDS[2])], ids=[*NAMES, "SIGTERM-writing"]
)
def test_a_signal_ends_a_training(tmp_path: Path, stage: bytes, end: tuple[int, Send, int, bytes | None]) -> None:
    number, send, code, message = end
    (tmp_path / "pages").mkdir()
    for path in sorted((ROOT / "data" / "pages").glob("*.page"))[::16]:
        (tmp_path / "pages" / path.name).write_bytes(path.read_bytes())
    outputs = ["--out", "m", "--keep-folds", "kept", "--report", "scores.md"]
    with subprocess.Popen(
        [sys.executable, "-c", TRAINING, "train", "--pages", "pages", "--folds", "2", "--jobs", "2", *outputs],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert any(stage in line for line in process.stderr)
        time.sleep(3)  # until the processes of the stage are at work
        _end(process, number, send, (code, message))
    left = {path.name for path in tmp_path.iterdir()}
    left = {name for name in left if message is not None or not name.startswith(".linesift-")}
    assert left <= {"pages", "kept"}
    for path in (tmp_path / "kept").glob("*"):
        linesift.load(path)


def _end(process: "subprocess.Popen[bytes]", number: int, send: Send, end: tuple[int, bytes | None]) -> None:
    """Send the signal; wait until the last process of the group is gone."""
    assert process.stderr is not None
    send(process.pid, number)
    lines = process.stderr.read().splitlines()  # it ends when the last process that could write has ended
    code, message = end
    assert process.wait() == code
    assert message is None or lines[-1] == message
    assert not list(MEMORY.glob(f"joblib_memmapping_folder_{process.pid}_*"))
