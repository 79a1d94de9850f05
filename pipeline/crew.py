"""Worker processes that do one job at a time under a time limit; a job that hangs or kills its worker costs itself.

Each worker has a pipe of its own, so that a process killed in the middle of anything holds no lock that others wait
for, and it is always known which job it was at.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

AHEAD = 16  # jobs given out for each worker before the oldest result is fetched: memory stays bounded
HELD = 64 << 20  # bytes of jobs and results that are kept at a time, likewise
SMALL = 16 << 10  # bytes of a job that fits into a pipe whose reader is at work
START_LIMIT = 120.0  # seconds in which a worker must have set itself up
READY = b"ready"


class ClusterError(Exception):
    """There is no cluster to work on, or it gave up; the message says why and what to do."""


class CrewError(Exception):
    """The worker processes cannot be started; the message says why."""


@dataclass(slots=True)
class Job:
    """A job under its ``key`` and, once ``done``, its result, or in ``fault`` why there is none.

    ``message`` is what it is about, pickled, until there is a result.
    """

    key: Any
    message: bytes
    result: Any = None
    fault: str = ""
    done: bool = False
    size: int = 0  # bytes of the result, or of the message where there is none


@dataclass(slots=True, eq=False)
class _Worker:
    process: Any
    pipe: Connection
    deadline: float
    ready: bool = False
    jobs: deque[Job] = field(default_factory=deque)  # the one at work and perhaps the next one


class Crew:
    """``size`` processes that set themselves up by ``start(*arguments)``, which returns what they apply to jobs.

    time_limit: seconds for one job.
    preload:    a module that the processes are forked with where the system can fork.
    """

    def __init__(
        self, size: int, time_limit: float, start: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...],
        preload: str,
    ) -> None:  # fmt: skip
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload([preload])
        self._size, self._time_limit, self._start = size, time_limit, (start, arguments)
        self._queue: deque[Job] = deque()
        self._workers: list[_Worker] = []
        self._failed_starts = self._held = 0

    def prepare(self) -> None:
        """Have what the processes are forked from loaded meanwhile, where the system forks them so."""
        if self._context.get_start_method() == "forkserver":
            from multiprocessing.forkserver import ensure_running  # not on Windows

            ensure_running()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._workers:
            self._end(worker)

    def map(self, jobs: Iterable[tuple[Any, Any]]) -> Iterator[Job]:
        """The finished jobs in the order in which their keys and arguments were given. Raises CrewError."""
        waiting: deque[Job] = deque()
        for key, argument in jobs:
            job = Job(key, pickle.dumps(argument))
            self._held += len(job.message)
            waiting.append(job)
            self._queue.append(job)
            while waiting and (waiting[0].done or len(waiting) >= self._size * AHEAD or self._held > HELD):
                yield self._finished(waiting.popleft())
        while waiting:
            yield self._finished(waiting.popleft())

    def do(self, key: Any, argument: Any) -> Job:
        """One job, finished. Raises CrewError."""
        job = Job(key, pickle.dumps(argument))
        self._held += len(job.message)
        self._queue.append(job)
        return self._finished(job)

    def _finished(self, job: Job) -> Job:
        while not job.done:
            self._step()
        self._held -= job.size
        return job

    def _step(self) -> None:
        """Give out what can be given, wait for something to happen, and take note of it."""
        while len(self._workers) < self._size:
            self._workers.append(self._hire())
        self._give()
        busy = [worker for worker in self._workers if worker.jobs or not worker.ready]
        pause = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        happened = wait([worker.pipe for worker in busy], pause)
        for worker in busy:
            if worker.pipe in happened:
                self._receive(worker)
            elif worker.deadline <= time.monotonic() and not worker.pipe.poll():
                self._lose(worker, f"took more than {self._time_limit:g} seconds and was given up")

    def _give(self) -> None:
        """A job for each idle worker; for one at work the next, when it is small enough to wait in the pipe."""
        for depth in (0, 1):
            for worker in list(self._workers):
                if self._queue and worker.ready and len(worker.jobs) == depth:
                    if depth and len(self._queue[0].message) > SMALL:
                        continue
                    if not depth:
                        worker.deadline = time.monotonic() + self._time_limit
                    job = self._queue.popleft()
                    worker.jobs.append(job)
                    with suppress(OSError):  # it died: its pipe says so next
                        worker.pipe.send_bytes(job.message)

    def _receive(self, worker: _Worker) -> None:
        try:
            message = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            worker.process.join(1)
            self._lose(worker, f"ended the process that read it ({_cause(worker.process.exitcode)})")
            return
        worker.deadline = time.monotonic() + self._time_limit
        if not worker.ready:
            worker.ready, self._failed_starts = True, 0
            return
        job = worker.jobs.popleft()
        self._held += len(message) - len(job.message)
        job.result, job.message, job.size, job.done = pickle.loads(message), b"", len(message), True

    def _lose(self, worker: _Worker, fault: str) -> None:
        """The job at work has failed; the one behind it goes to another worker."""
        self._workers.remove(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts > self._size:
                raise CrewError(
                    f"No worker process can be started ({fault}); run with --workers 0, or start a script of your own "
                    "under `if __name__ == '__main__':`."
                )
        if worker.jobs:
            job = worker.jobs.popleft()
            job.fault, job.size, job.done = fault, len(job.message), True
            self._queue.extendleft(reversed(worker.jobs))
        self._end(worker)

    def _hire(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, *self._start), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic() + START_LIMIT)

    def _end(self, worker: _Worker) -> None:
        """Kill a worker and whatever it has started."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()


def _cause(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return signal.Signals(-exitcode).name
    return f"exit code {exitcode}"


def _work(pipe: Connection, start: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    """The life of a worker."""
    if hasattr(os, "setsid"):
        os.setsid()  # a group of its own: Ctrl-C is for the run, and what it starts can be killed with it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_run, daemon=True).start()
    work = start(*arguments)
    pipe.send_bytes(READY)
    while True:
        try:
            message = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send_bytes(pickle.dumps(work(pickle.loads(message)), protocol=5))


def _end_with_run() -> None:
    """A run that is killed leaves no worker behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def limit_memory(most: int) -> None:
    """Let this process write to no more than ``most`` bytes, where the system can hold it to that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
