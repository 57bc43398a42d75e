"""What happens in a worker process before it serves."""

import asyncio
import ctypes
import gc
import logging.config
import os
import signal
import sys
from typing import Any, Final

import granian._signals
from granian._granian import WorkerSignal
from starlette.types import ASGIApp

from freehold.http.application import create_application
from freehold.settings import Settings

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)

LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"_granian": {}, "granian.access": {}},
}
_PR_SET_PDEATHSIG = 1


def load(settings: Settings, server_pid: int) -> ASGIApp:
    """Make the application.

    The process ends at once when it is told to before it serves, and also when its server is no more.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    _end_with(server_pid)
    granian._signals.set_loop_signals = stop_once  # noqa: SLF001 - see there
    logging.config.dictConfig(LOGGING)
    application = create_application(settings)
    gc.freeze()  # what is loaded stays, so no collection needs to look at it again
    return application


def stop_once(loop: asyncio.AbstractEventLoop) -> WorkerSignal:
    """Take the place of Granian's function of the same task: the first signal stops the worker, others do nothing.

    Granian's (2.8) waits for ever when a second one comes while it stops, and a second one is usual: a terminal, or a
    service manager, signals all processes, and then the server signals its workers.
    """
    stop = WorkerSignal()
    told = False

    def hear() -> None:
        nonlocal told
        if not told:
            told = True
            stop.set()

    for number in STOPPING:
        loop.add_signal_handler(number, hear)
    return stop


def _end_with(server_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != server_pid:
        sys.exit(1)
