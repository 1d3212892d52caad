"""The recipe for datatrove gives what `linesift batch` gives, also when it was killed and started again."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from recipes import ROOT, start

from benchmarks.crawl import archive
from linesift.engine.unit import label_file
from linesift.read.labelled import read_labelled

pytest.importorskip("datatrove")


@pytest.fixture
def crawl(tmp_path: Path) -> list[Path]:
    """Three WET files and one WARC file."""
    (tmp_path / "crawl").mkdir()
    texts = [page.page.text for page in read_labelled(ROOT / "data" / "pages")[:40]]
    paths = [tmp_path / "crawl" / f"{number}.warc{'.wet' * (number < 3)}.gz" for number in range(4)]
    for number, path in enumerate(paths):
        path.write_bytes(archive(texts[10 * number : 10 * number + 10], 10 * number, is_text=number < 3))
    return paths


def articles(folder: Path) -> dict[str, dict[str, Any]]:
    rows = [row for path in (folder / "articles").glob("*.parquet") for row in pq.read_table(path).to_pylist()]
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"].strip("<>"): {"text": row["text"], **row["metadata"]} for row in rows}


def test_killed_and_started_again(tmp_path: Path, crawl: list[Path]) -> None:
    process = start("datatrove", tmp_path)
    marks = tmp_path / "logs" / "completions"
    while process.poll() is None and not (marks.exists() and any(marks.iterdir())):
        time.sleep(0.02)
    with suppress(ProcessLookupError):  # it was done before
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert start("datatrove", tmp_path).wait() == 0
    found = articles(tmp_path)
    expected: dict[str, dict[str, Any]] = {}
    for path in crawl:
        entry = label_file(str(path), str(tmp_path / "labels"))
        for row in pq.read_table(tmp_path / "labels" / entry.output).to_pylist():
            if row["article"]:
                expected[row["record_id"]] = row
    assert found.keys() == expected.keys()
    for name, row in expected.items():
        assert found[name]["text"] == row["article"]
        for column in ("kind", "headline", "published", "updated", "url"):
            assert found[name][column] == (row[column] or ""), (name, column)
