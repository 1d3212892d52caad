"""Faults of a cluster of Ray: two nodes on this machine, of which a worker process and then a node is killed."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, suppress
from io import StringIO
from pathlib import Path
from threading import Event

from benchmarks.crawl import ROOT
from benchmarks.faults import Disturbed, left_half, n_entries, outputs

_ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    "RAY_USAGE_STATS_ENABLED": "0",
    # On a machine with other programs at work, a node that answers late must not pass for one that has gone away.
    "RAY_health_check_timeout_ms": "120000",
    "RAY_gcs_server_request_timeout_seconds": "300",
}


def disturb_ray(crawl: Path, folder: Path, expected: dict[str, str]) -> Iterator[Disturbed]:
    """Run on a cluster three times: undisturbed, with a killed worker, and with a killed node."""
    os.environ.update(_ENVIRONMENT)
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
    is_over = Event()

    def watch() -> int:
        while n_entries(out) < n_files // 4 and not is_over.wait(0.02):
            pass
        n_done = n_entries(out)
        strike()
        return n_done

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            first = _batch(crawl, out)
        finally:
            is_over.set()
    again = _batch(crawl, out)
    return Disturbed(fault, watching.result(), (first, again), left_half(out), outputs(out) == expected)


def _batch(crawl: Path, out: Path) -> int:
    """Run the command in this process, which is connected to the cluster, and give its exit code.

    Raises:
        RuntimeError: if it could do nothing.
    """
    from linesift.cli import main

    sys.argv = ["linesift", "batch", str(crawl), "--out", str(out), "--engine", "ray"]
    with redirect_stderr(StringIO()) as said:
        try:
            main()
        except SystemExit as end:
            if end.code not in {0, 1}:
                raise RuntimeError(said.getvalue()) from end
            return int(end.code or 0)
    return 0


def _kill_ray_worker() -> None:
    """Kill a process that is at a file: Ray writes the name of the function into its command line."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (path / "cmdline").read_bytes().startswith(b"ray::_label"):
                    os.kill(int(path.name), signal.SIGKILL)
                    return
        time.sleep(0.01)
    raise TimeoutError("no process of Ray is at a file")
