"""Keeps the workers alive: one that dies is replaced, and takes no other with it."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from typing import Any, Final

from granian.server.mp import MPServer, WorkerProcess

from freehold.serve.roster import Roster
from freehold.serve.stopping import STOP_SECONDS, STOPPING

STEADY_SECONDS: Final = 10.0
"""A worker that lived longer than this is replaced at once."""
LONGEST_WAIT_SECONDS: Final = 5.0
"""Otherwise the wait grows up to this, while it does not come to serve; up to a fifth of it when it did."""
STARTS: Final = 3
"""How often a worker may be killed from outside before any has served."""

_FIRST_WAIT_SECONDS = 0.1

_log = logging.getLogger("freehold.serve")


class Supervisor(MPServer):
    """Granian's server of several processes, with a supervision of our own.

    Granian ends all workers when one dies twice within five seconds. Here the server ends only when no worker has ever
    come to serve.
    """

    roster: Roster
    announce: Callable[[], None] | None = None
    beside: list[Callable[[], object]]
    """What is begun when the workers are."""
    cut = 0
    """How many requests were cut off by the stop."""
    failed = False
    """Whether the workers do not come to serve."""

    def _spawn_worker(  # type: ignore[override]  # as its class has it, unlike that one
        self, idx: int, target: Any, callback_loader: Any
    ) -> WorkerProcess:
        self.roster.set_serving(idx, serves=False)
        return super()._spawn_worker(idx, target, partial(callback_loader, idx))

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Fork the workers, then begin what needs threads."""
        with _signals_blocked():
            super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        # After the workers were forked: a process is best forked with one thread.
        for begin in self.beside:
            begin()
        if self.announce:
            threading.Thread(target=self.announce, daemon=True).start()

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        waits = [0.0] * self.workers
        due: dict[int, float] = {}
        deaths = 0
        has_served = False
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait(max(min(due.values()) - time.monotonic(), 0) if due else None)
            self.main_loop_interrupt.clear()
            if self.reload_signal:
                self._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]
            while self.interrupt_children:
                index = self.interrupt_children.pop(0)
                has_served = has_served or any(map(self.roster.is_serving, range(self.workers)))
                deaths += 1
                if not has_served and (self._exit_status(index) >= 0 or deaths >= STARTS):
                    self.failed = True
                    self.main_loop_interrupt.set()
                    return
                waits[index] = self._next_wait(index, waits[index])
                due[index] = time.monotonic() + waits[index]
            for index in [index for index, when in due.items() if when <= time.monotonic()]:
                del due[index]
                self._replace(index, spawn_target, target_loader)
        self.main_loop_interrupt.set()

    def _exit_status(self, index: int) -> int:
        status: int | None = self.wrks[index].inner.exitcode
        return status or 0

    def _next_wait(self, index: int, last: float) -> float:
        served = self.roster.is_serving(index)
        if served and time.monotonic() - self.wrks[index].birth > STEADY_SECONDS:
            return 0.0
        return min(max(last * 2, _FIRST_WAIT_SECONDS), LONGEST_WAIT_SECONDS / (5 if served else 1))

    def _replace(self, index: int, spawn_target: Any, target_loader: Any) -> None:
        _log.warning("worker %d died (exit status %d) and is replaced", index + 1, self._exit_status(index))
        with _signals_blocked():
            worker = self._spawn_worker(index, spawn_target, target_loader)
            worker.start()  # type: ignore[no-untyped-call]
        self.wrks[index] = worker

    def _stop_workers(self) -> None:
        stopped = [worker for worker in self.wrks if worker.inner.is_alive()]
        for worker in stopped:
            worker.terminate()  # type: ignore[no-untyped-call]
        until = time.monotonic() + STOP_SECONDS
        for worker in stopped:
            # Not by joining: the thread that watches the worker does so too, and only one of them is told.
            if not wait([worker.inner.sentinel], max(until - time.monotonic(), 0)):
                _log.error("worker %d did not stop within %d s and is killed", worker.idx + 1, STOP_SECONDS)
                worker.kill()  # type: ignore[no-untyped-call]
                wait([worker.inner.sentinel])
                self.cut += 1
        self.cut += self.roster.cut()
        self.wrks.clear()


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Hold back signals while a worker is forked.

    It begins with the handlers of this process, which would swallow a signal: it gets those that come meanwhile when it
    has its own (see ``worker.load``).
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
