"""Faults of a cluster of Ray: two nodes on this machine, of which a worker process and then a node is killed."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.crawl import ROOT
from benchmarks.faults import Disturbed, n_entries, outputs


def disturb_ray(crawl: Path, folder: Path, expected: dict[str, str]) -> Iterator[Disturbed]:
    """Run on a cluster three times: undisturbed, with a killed worker, and with a killed node."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    n_files = len(list(crawl.iterdir()))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    node = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    ray.init(address=cluster.address, log_to_driver=False, include_dashboard=False,
             runtime_env={"worker_process_setup_hook": "benchmarks.faults_ray.import_fault"})  # fmt: skip
    strikes: dict[str, Callable[[], None]] = {
        "Ray, two nodes, undisturbed": lambda: None,
        "Ray: a worker process is killed (`kill -9`)": _kill_ray_worker,
        "Ray: a node goes away": lambda: cluster.remove_node(node, allow_graceful=False),
    }
    try:
        for number, (fault, strike) in enumerate(strikes.items()):
            yield _disturb(fault, strike, crawl, folder / f"ray-{number}", n_files, expected)
    finally:
        ray.shutdown()
        cluster.shutdown()


def import_fault() -> None:
    """Let a page raise in workers, as `benchmarks.faulty` says."""
    import benchmarks.faulty  # noqa: F401


def _disturb(fault: str, strike: Callable[[], None], crawl: Path, out: Path, n_files: int,
             expected: dict[str, str]) -> Disturbed:  # fmt: skip
    n_done: list[int] = []

    def watch() -> None:
        while n_entries(out) < n_files // 4:
            time.sleep(0.02)
        n_done.append(n_entries(out))
        strike()

    watcher = threading.Thread(target=watch)
    watcher.start()
    first = _batch(crawl, out)
    watcher.join()
    again = _batch(crawl, out)
    left = len(list((out / "parts").iterdir()))
    return Disturbed(fault, n_done[0], (first, again), left, outputs(out) == expected)


def _batch(crawl: Path, out: Path) -> int:
    """Run the command in this process, which is connected to the cluster."""
    from linesift.cli import main

    sys.argv = ["linesift", "batch", str(crawl), "--out", str(out), "--engine", "ray"]
    with redirect_stderr(StringIO()):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def _kill_ray_worker() -> None:
    for process in _ray_workers():
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            return


def _ray_workers() -> Iterator[int]:
    """Processes of Ray that are at a task: Ray writes its name into their command line."""
    for path in Path("/proc").iterdir():
        with suppress(OSError):
            if path.name.isdecimal() and (path / "cmdline").read_bytes().startswith(b"ray::") and _is_busy(path):
                yield int(path.name)


def _is_busy(path: Any) -> bool:
    return b"IDLE" not in (path / "cmdline").read_bytes()
