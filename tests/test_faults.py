"""Disturbed runs leave what an undisturbed one leaves, byte for byte (slow; `make faults` writes the report)."""

import os
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import faults
from benchmarks.crawl import write_crawl

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc"),
]
N_FILES = 40


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawl")
    write_crawl(folder, N_FILES, 2)
    return folder


@pytest.fixture(scope="module")
def expected(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process leaves that nothing disturbs."""
    out = tmp_path_factory.mktemp("one") / "out"
    assert faults.run(faults.command(crawl, out, "--jobs", "1")) == 1  # a page and a file fail
    rows = [row for path in (out / "pages").iterdir() for row in pq.read_table(path).to_pylist()]
    assert len({(row["source"], row["record_id"]) for row in rows}) == len(rows) > 2 * (N_FILES - 5)
    assert [row["error"] for row in rows if row["error"]] == ["ArithmeticError: as the page asked"]
    return faults.outputs(out)


def test_four_processes(crawl: Path, expected: dict[str, str], tmp_path: Path) -> None:
    done = faults.four_processes(crawl, tmp_path / "out", expected)
    assert (done.codes, done.is_same) == ((1, 1), True)


@pytest.mark.parametrize("fault", faults.FAULTS)
def test_fault(
    fault: str, crawl: Path, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "N_FILES", N_FILES)
    done = faults.disturb(fault, faults.FAULTS[fault], crawl, tmp_path / "out", expected)
    assert (done.codes[1], done.left_behind, done.is_same) == (1, 0, True), done


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a disk")
def test_full_disk(crawl: Path, expected: dict[str, str], tmp_path: Path) -> None:
    try:
        done = faults.full_disk(crawl, tmp_path / "disk", expected, size="200k")
    except subprocess.CalledProcessError:
        pytest.skip("no disk may be mounted here")
    assert (done.codes, done.left_behind, done.is_same) == ((2, 1), 0, True), done
