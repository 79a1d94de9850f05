"""A Dask cluster: one that is started here, or one that runs; its tasks given out few at a time, and how they end."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from itertools import islice
from typing import Any

from pipeline.crew import ClusterError

AHEAD = 512  # tasks given out or waiting for their turn: enough for a hundred cores, and the client's memory is bounded
RETRIES = 3  # of a task that fails, as when a disk of the network does not answer
LOOK = 5.0  # seconds without a result after which the client looks whether there are workers
# Seconds without any worker after which one of our own cluster is replaced, and after which a run gives up.
REPLACE, GIVE_UP = 20.0, 300.0


class Cluster:
    """A cluster to which tasks are given. Every method raises ClusterError."""

    def __init__(self, client: Any, own: Any, workers: int) -> None:
        self._client, self._own, self._size = client, own, workers
        self._events: Any = import_module("distributed")
        self._lonely_since: float | None = None
        self._replaced = 0.0

    def map(self, work: Callable[..., Any], jobs: Iterable[Any], *shared: Any) -> Iterator[tuple[Any, Any]]:
        """Each job with ``work(job, *shared)``, in order; ``jobs`` are taken as there is room for them."""
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        under_way: dict[str, tuple[Any, int, Any]] = {}
        waiting: dict[int, tuple[Any, Any]] = {}  # for one before them that is not done
        left = enumerate(jobs)

        def give() -> None:
            for number, job in islice(left, AHEAD - len(under_way) - len(waiting)):
                future = self._client.submit(work, job, *shared, retries=RETRIES, pure=False)
                under_way[future.key] = future, number, job  # a future that nobody holds is dropped
                future.add_done_callback(done.put)

        turn = 0
        give()
        while under_way:
            future, number, job = under_way.pop(self._next(done).key)
            waiting[number] = job, self._result(future)
            while turn in waiting:
                yield waiting.pop(turn)
                turn += 1
            give()

    def workers_that(self, answer: Callable[[], bool]) -> int:
        """How many workers answer yes."""
        try:
            return sum(self._client.run(answer, on_error="ignore").values())
        except OSError as error:
            raise self._lost(error) from error

    def _next(self, done: queue.SimpleQueue[Any]) -> Any:
        """The next task that is done; while there is none, see to it that somebody works."""
        while True:
            try:
                future = done.get(timeout=LOOK)
            except queue.Empty:
                self._look_after_workers()
                continue
            self._lonely_since = None
            return future

    def _look_after_workers(self) -> None:
        """Replace the workers of our own cluster where none is left; give up where none comes.

        A worker that dies while its nanny is still starting it, as one that is given a task at once can, is not
        started again by it, so that a run would wait for ever.
        """
        try:
            there = self._client.nthreads()
        except OSError as error:
            raise self._lost(error) from error
        now = time.monotonic()
        if there:
            self._lonely_since = None
            return
        self._lonely_since = self._lonely_since or now
        if now - self._lonely_since > GIVE_UP:
            raise ClusterError(
                f"The cluster has had no worker for {GIVE_UP:.0f} seconds; see why they end, start some and run again."
            )
        if self._own is not None and now - max(self._lonely_since, self._replaced) > REPLACE:
            self._replaced = now
            self._own.scale(len(self._own.workers) + self._size)

    def _result(self, future: Any) -> Any:
        """What a task gives back. Raises ClusterError where it killed every worker that it was given to."""
        try:
            return future.result()
        except self._events.KilledWorker as error:
            raise ClusterError(
                f"A task killed its workers again and again ({error.task}); give them more memory, and start them with "
                "DASK_DISTRIBUTED__WORKER__DAEMON=False, so that a source that kills its process costs itself only."
            ) from error
        except (self._events.CancelledError, self._events.comm.CommClosedError) as error:
            raise self._lost(error) from error

    @staticmethod
    def _lost(error: BaseException) -> ClusterError:
        return ClusterError(f"The scheduler has gone away ({type(error).__name__}); see that it runs and run again.")


@contextmanager
def cluster(scheduler: str | None, workers: int) -> Iterator[Cluster]:
    """The cluster at an address, or a new one of ``workers`` processes (0: as many as cores). Raises ClusterError."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise ClusterError(
            "The engine needs the package 'dask[distributed]'; install it with `pip install 'yaodian[cluster]'`."
        ) from error
    # A worker may start the process that guards it against the source it reads.
    import_module("dask").config.set({"distributed.worker.daemon": False})
    if scheduler is None:
        # Port 0 is any that is free; without an address the dashboard asks for 8787, which another run may have.
        own = distributed.LocalCluster(
            n_workers=workers or None, threads_per_worker=1, dashboard_address=":0", worker_dashboard_address=None
        )
        with closing(own), closing(distributed.Client(own)) as client:
            yield Cluster(client, own, len(own.workers))
        return
    try:
        client = distributed.Client(scheduler, timeout="20s")
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"The scheduler {scheduler!r} does not answer; check the address and that it runs."
        ) from error
    try:
        yield Cluster(client, None, 0)
    finally:
        with suppress(OSError, TimeoutError):  # the scheduler may be gone, and the error on its way says more
            client.close()
