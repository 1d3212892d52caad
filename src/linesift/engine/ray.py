"""Do the files of a run on a cluster of Ray, one task for each file.

Ray starts the workers, keeps each with its model for the next file, and does a file again when its worker or node ends.
Ray Data's own checkpoint is not used, because the ledger knows what is done.
"""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from linesift.engine.ledger import Entry
from linesift.engine.places import InputFile
from linesift.engine.work import MAX_KILLED, Outcome, Work, failure_of, killed
from linesift.errors import InputError

_AHEAD_OF_CORES, _LEAST_AHEAD = 4, 64
"""Tasks that Ray knows at a time, for each core of the cluster and at least: enough for a cluster that grows by what
waits, few enough for lists of any length."""


@dataclass(frozen=True, slots=True)
class RayEngine:
    """A cluster of Ray."""

    address: str | None = None
    """Address of the cluster; by default the one that Ray finds, or a new one on this machine."""

    def __call__(self, work: Work, files: Sequence[InputFile]) -> Generator[Outcome, None, None]:
        """Do the work, as `Engine` says; Ray does a file again whose worker or node ends.

        Raises:
            InputError: if no cluster answers, or the one at work fails as a whole.
        """
        import ray
        from ray.exceptions import RayError

        is_ours = not ray.is_initialized()
        if is_ours:
            try:
                ray.init(address=self.address, log_to_driver=False, configure_logging=False, include_dashboard=False)
            except ConnectionError as error:
                raise InputError(f"{self.address}: no cluster of Ray answers there ({error})") from error
        try:
            yield from _do(work, files)
        except RayError as error:
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise InputError(f"the cluster of Ray failed ({reason}); the same command goes on from here") from error
        finally:
            if is_ours:
                ray.shutdown()


def _do(work: Work, files: Sequence[InputFile]) -> Generator[Outcome, None, None]:
    import ray

    # The first try is no retry.
    task = ray.remote(num_cpus=1, max_retries=MAX_KILLED - 1)(_label)
    waiting = deque(files)
    running: dict[Any, InputFile] = {}
    try:
        while waiting or running:
            ahead = max(_LEAST_AHEAD, _AHEAD_OF_CORES * int(ray.cluster_resources().get("CPU", 1)))
            while waiting and len(running) < ahead:
                file = waiting.popleft()
                running[task.remote(work.part(file), file)] = file
            for done in ray.wait(list(running), num_returns=1, timeout=10)[0]:
                yield _outcome(running.pop(done), done)
    finally:
        for reference in running:
            ray.cancel(reference, force=True)


def _label(work: Work, file: InputFile) -> Entry:
    return work(file)


def _outcome(file: InputFile, done: Any) -> Outcome:
    import ray
    from ray.exceptions import NodeDiedError, OutOfMemoryError, RayTaskError, WorkerCrashedError

    try:
        found: Outcome = ray.get(done)
    except (WorkerCrashedError, NodeDiedError, OutOfMemoryError):
        return killed(file)
    except RayTaskError as error:
        return failure_of(file, error.cause if isinstance(error.cause, Exception) else error)
    return found
