"""What happens in a worker process before it serves."""

import asyncio
import ctypes
import gc
import logging.config
import os
import signal
import sys
from typing import Final, Self

import granian._signals
import msgspec
from granian._granian import WorkerSignal

from freehold import counting
from freehold.base.settings import Settings
from freehold.observe.board import Board
from freehold.observe.logs import configuration
from freehold.serve.application import ENDPOINTS, create_application
from freehold.web.asgi import ASGIApp
from freehold.web.edge import Edge
from freehold.web.watching import Traffic, families, watching

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)

INSIST_SECONDS: Final = 2.0
"""How long Granian may take to stop when no request is in flight."""
ORPHAN_SECONDS: Final = 5.0
"""How long requests in flight may take when the server was killed."""

_PR_SET_PDEATHSIG = 1


class Boards(msgspec.Struct, frozen=True):
    """Where all workers count."""

    platform: Board
    http: Board

    @classmethod
    def of(cls, workers: int) -> Self:
        """Make the boards of so many workers, before these are started."""
        return cls(Board(counting.families(), processes=workers), Board(families(ENDPOINTS), processes=workers))


def load(settings: Settings, server_pid: int, boards: Boards | None, index: int) -> ASGIApp:
    """Make the application of the worker with this index, which counts in its place of the boards.

    The process ends at once when it is told to before it serves, and also when its server is no more.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    _end_with(server_pid)
    granian._signals.set_loop_signals = stopping = Stopping(server_pid)  # noqa: SLF001 - see there
    logging.config.dictConfig(configuration(settings.log_format, settings.log_level))
    if boards is None:
        application = create_application(settings, on_ready=stopping.listen)
    else:
        observer = counting.Counting(boards.platform, index, slow_seconds=settings.slow_seconds)
        watch = watching(settings, Traffic(boards.http, index))
        application = create_application(settings, observer=observer, watch=watch, on_ready=stopping.listen)
    stopping.edge = application
    gc.freeze()  # what is loaded stays, so no collection needs to look at it again
    return application


class Stopping:
    """Takes the place of Granian's ``set_loop_signals``: hears signals once the worker serves, and the first one alone.

    Until then a signal ends the process at once, since Granian (2.8) overlooks one that comes before it serves. It also
    waits for ever when a second one comes while it stops, and a second one is usual: a terminal, or a service manager,
    signals all processes, and then the server signals its workers.
    """

    def __init__(self, server_pid: int) -> None:
        self._server_pid = server_pid
        self._told = False
        self.edge: Edge | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop) -> WorkerSignal:
        """Note the loop in which signals are to be heard, and give Granian what they will be told to."""
        self._loop, self._stop = loop, WorkerSignal()
        return self._stop

    def listen(self) -> None:
        """Hear signals from now on."""
        for number in STOPPING:
            # Not the loop's own handler: that one overlooks what comes while the loop does not run, as when Granian
            # starts its threads.
            signal.signal(number, lambda *_: self._loop.call_soon_threadsafe(self._hear))

    def _hear(self) -> None:
        if not self._told:
            self._told = True
            self._stop.set()
            self._loop.call_later(INSIST_SECONDS, self._insist)
            # Its server ends a worker that does not stop in time; one whose server is no more ends itself.
            if os.getppid() != self._server_pid:
                self._loop.call_later(ORPHAN_SECONDS, os._exit, 1)

    def _insist(self) -> None:
        """End, when Granian has not although no request is in flight: now and then it waits for what is no more."""
        serving = any("_main" in getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks(self._loop))
        if not serving:  # it closes what was opened
            return
        if self.edge is None or self.edge.in_flight:
            self._loop.call_later(INSIST_SECONDS, self._insist)
            return
        os._exit(0)


def _end_with(server_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != server_pid:
        sys.exit(1)
