"""`linesift batch --engine ray` gives what worker processes give, also when a worker or a node of Ray goes away."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.crawl import write_crawl
from benchmarks.faults import command, outputs, run
from benchmarks.faults_ray import disturb_ray
from linesift.engine.places import InputFile
from linesift.engine.ray import RayEngine
from linesift.engine.unit import LabelOptions, make_settings
from linesift.engine.work import Work
from linesift.errors import InputError

ray = pytest.importorskip("ray")


def test_ray_disturbed(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    write_crawl(crawl, 40, 2)
    assert run(command(crawl, tmp_path / "one", "--jobs", "1")) == 1
    expected = outputs(tmp_path / "one")
    for done in disturb_ray(crawl, tmp_path, expected):
        assert done.is_same, done
        assert (done.codes, done.left_behind) == ((1, 1), 0), done


def test_a_cluster_that_fails_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Task:
        def remote(self, *_: object) -> object:
            return object()

    def fail(_: object) -> Any:
        raise ray.exceptions.LocalRayletDiedError

    for name, stub in {
        "is_initialized": lambda: True,
        "remote": lambda **_: lambda _: Task(),
        "cluster_resources": dict,
        "wait": lambda references, **_: (references[:1], references[1:]),
        "get": fail,
        "cancel": lambda *_, **__: None,
    }.items():
        monkeypatch.setattr(ray, name, stub)
    options = LabelOptions()
    work = Work(str(tmp_path), None, options, make_settings(None, options))
    with pytest.raises(InputError, match=r"^the cluster of Ray failed \(LocalRayletDiedError: .*the same command"):
        list(RayEngine()(work, [InputFile("a.warc.gz", 1)]))
