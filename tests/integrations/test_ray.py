"""`linesift batch --engine ray` gives what worker processes give, also when a worker or a node of Ray goes away."""

from pathlib import Path

import pytest

from benchmarks.crawl import write_crawl
from benchmarks.faults import command, outputs, run
from benchmarks.faults_ray import disturb_ray

pytest.importorskip("ray")


def test_ray_disturbed(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    write_crawl(crawl, 40, 2)
    assert run(command(crawl, tmp_path / "one", "--jobs", "1")) == 1
    expected = outputs(tmp_path / "one")
    for done in disturb_ray(crawl, tmp_path, expected):
        assert done.is_same, done
        assert (done.codes, done.left_behind) == ((1, 1), 0), done
