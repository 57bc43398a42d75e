"""What happens in a worker process before it serves."""

import ctypes
import gc
import logging.config
import os
import signal
import sys
from typing import Self

import granian._signals
import msgspec

from freehold import counting
from freehold.base.settings import Settings
from freehold.observe.logs import configuration
from freehold.observe.shared_metrics import SharedMetrics
from freehold.serve.application import ENDPOINTS, create_application
from freehold.serve.roster import Roster
from freehold.serve.stopping import STOPPING, Stopping
from freehold.serve.warden import Warden
from freehold.web.asgi import ASGIApp
from freehold.web.recording import RequestMetrics, families, recorder_of

_PR_SET_PDEATHSIG = 1


class WorkerMetrics(msgspec.Struct, frozen=True):
    """Where all workers count."""

    platform: SharedMetrics
    http: SharedMetrics

    @classmethod
    def of(cls, workers: int) -> Self:
        """Make the metrics of a number of workers, before they start."""
        return cls(
            SharedMetrics(counting.families(), processes=workers),
            SharedMetrics(families(ENDPOINTS), processes=workers),
        )


class Post(msgspec.Struct, frozen=True):
    """Where a worker serves.

    Attributes:
        server_pid: the process that it belongs to.
        port: of that server.
        connections: how many it may have.
        roster: where it notes that it serves.
        metrics: where it counts, if anybody looks.
    """

    server_pid: int
    port: int
    connections: int
    roster: Roster
    metrics: WorkerMetrics | None


def load(settings: Settings, post: Post, index: int) -> ASGIApp:
    """Make the application of the worker with this index, which counts in its place of the metrics.

    The process ends at once when it is told to before it serves, and also when its server is no more.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    _end_with(post.server_pid)
    stopping = Stopping(post.server_pid, cut=lambda requests: post.roster.add_cut(index, requests))
    granian._signals.set_loop_signals = stopping  # noqa: SLF001 - see there
    logging.config.dictConfig(configuration(settings.log_format, settings.log_level))

    def on_ready() -> None:
        stopping.warden.start()
        stopping.listen()
        post.roster.set_serving(index, serves=True)

    if post.metrics is None:
        application = create_application(settings, on_ready=on_ready)
    else:
        observer = counting.Counting(post.metrics.platform, index, slow_seconds=settings.slow_seconds)
        recorder = recorder_of(settings, RequestMetrics(post.metrics.http, index))
        application = create_application(settings, observer=observer, recorder=recorder, on_ready=on_ready)
    stopping.edge = application
    stopping.warden = Warden(post.port, post.connections, application.busy, application.arrivals.given_up)
    gc.freeze()  # what is loaded stays, so no collection needs to look at it again
    return application


def _end_with(server_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != server_pid:
        sys.exit(1)
