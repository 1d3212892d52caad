"""`linesift batch` from and to a bucket of S3, which cannot rename, leaves what it leaves on a local disk."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from benchmarks import faults
from benchmarks.crawl import ROOT, write_crawl

s3fs = pytest.importorskip("s3fs")
server = pytest.importorskip("moto.server")

N_FILES = 20
CRAWL, LABELS = "s3://bucket/crawl/*.gz", "s3://bucket/labels"


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The file system of a server on this machine with a bucket; commands find it by their environment."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "RAY_USAGE_STATS_ENABLED": "0",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()  # each test has a server of its own
    system = s3fs.S3FileSystem()
    system.mkdir("bucket")
    yield system
    urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
    running.stop()
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def crawl(tmp_path: Path, bucket: Any) -> str:
    """A crawl in the bucket."""
    (tmp_path / "crawl").mkdir()
    for path in write_crawl(tmp_path / "crawl", N_FILES, 2):
        bucket.put_file(str(path), f"bucket/crawl/{path.name}")
    return CRAWL


def linesift(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run the command as a user does."""
    words = [sys.executable, "-m", "linesift", "batch", *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("fault", ["the driver is killed (`kill -9`)", "Ctrl-C"])
def test_disturbed(fault: str, crawl: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "N_FILES", N_FILES)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert faults.run(faults.command(crawl, tmp_path / "one", "--jobs", "1")) == 1
    expected = faults.outputs(tmp_path / "one")
    assert len(expected) == 2 * (N_FILES - 1) + 1
    done = faults.disturb(fault, faults.FAULTS[fault], crawl, LABELS, expected)
    assert (done.codes[1], done.left_behind, done.is_same) == (1, 0, True), done
    assert done.n_done < N_FILES - 1
    assert list((tmp_path / "temporary").iterdir()) == []


def test_ray_and_the_state(crawl: str, tmp_path: Path, bucket: Any) -> None:
    names = tmp_path / "list.txt"
    names.write_text("".join(f"s3://{path}\n" for path in bucket.find("bucket/crawl")))
    assert linesift("--inputs", names, "--out", tmp_path / "one", "--jobs", 1).returncode == 1
    done = linesift("--inputs", names, "--out", LABELS, "--engine", "ray")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"{N_FILES - 1} files done, ")
    assert faults.outputs(LABELS) == faults.outputs(tmp_path / "one")
    again = linesift(crawl, "--out", LABELS, "--jobs", 1)
    assert f"1 file to do; {N_FILES - 1} files done before" in again.stderr
    bucket.pipe_file("bucket/labels/pages/half.parquet", b"half")
    told = linesift("--out", LABELS, "--status").stdout
    assert f"without an entry: {LABELS}/pages/half.parquet" in told
    assert f"{N_FILES - 1} files" in told
    assert linesift("--out", LABELS, "--clean").returncode == 0
    assert faults.outputs(LABELS) == faults.outputs(tmp_path / "one")
    forced = linesift(crawl, "--out", LABELS, "--columns", "url,kind", "--jobs", 1, "--force")
    assert f"{N_FILES} files to do" in forced.stderr
    assert len(faults.outputs(LABELS)) == 2 * (N_FILES - 1) + 1


@pytest.mark.parametrize(
    ("out", "environment", "reason"),
    [
        ("s3://another/labels", {}, "s3://another/labels"),
        (LABELS, {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_EC2_METADATA_DISABLED": "1"}, LABELS),
        (LABELS, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}, LABELS),
    ],
    ids=["no bucket", "no key", "no server"],
)
def test_what_keeps_from_writing_is_a_sentence(
    out: str, environment: dict[str, str | None], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crawl").mkdir()
    write_crawl(tmp_path / "crawl", 10, 1)
    for name, value in environment.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))  # no settings of whoever runs the tests
    done = linesift(tmp_path / "crawl", "--out", out, "--jobs", 1)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert reason in done.stderr
