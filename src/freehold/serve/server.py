"""Serves the application with Granian: some worker processes on one port, until SIGTERM or Ctrl-C."""

import multiprocessing.connection
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from freehold.base.errors import FreeholdError
from freehold.base.settings import Settings
from freehold.observe.logs import configuration
from freehold.observe.otel import require_packages
from freehold.serve.metrics import METRICS_OPTION, metrics_server
from freehold.serve.port import Port
from freehold.serve.worker import STOPPING, Boards, load

STOP_SECONDS: Final = 30
"""How long requests in flight may take when the server stops, before their worker is killed."""

_PROBE_SECONDS = 0.02


class ServerStopped(FreeholdError):
    """The workers end as soon as they start; the log above says why."""

    code = "server_stopped"
    title = "The server stopped because its workers keep exiting (the lines above say why)"


def serve(
    settings: Settings,
    *,
    port: Port | None = None,
    metrics_port: Port | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those in flight. Must run in the main thread.

    A worker that dies is replaced. When this process is killed, its workers end too.

    Args:
        settings: with the ``database_url`` of a migrated database.
        port: claimed already; by default it is claimed here.
        metrics_port: likewise, when the settings have one.
        announce: called once with the server's URL when the first worker answers.

    Raises:
        PortRefused: ``port_refused``: the port cannot be used; nothing was started.
        ServerStopped: ``server_stopped``: the workers die as soon as they start.
        SettingError: traces are asked for, and their packages are not installed.
    """
    if settings.trace_ratio:
        require_packages()
    boards = Boards.of(settings.workers) if settings.counts else None
    with ExitStack() as open_things:
        claimed = open_things.enter_context(port or Port(settings.host, settings.port))
        server = _AnnouncingServer(
            "freehold",
            address=claimed.host,
            port=claimed.number,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
            log_level=LogLevels.warning,
            log_dictconfig=configuration(settings.log_format, settings.log_level),
        )
        if boards is not None and settings.metrics_port is not None:
            own = open_things.enter_context(metrics_port or Port(settings.host, settings.metrics_port, METRICS_OPTION))
            page = metrics_server(own, (boards.platform, boards.http), settings.metrics_token)
            server.serve_metrics = partial(open_things.enter_context, page)
        server.announce = announce and partial(_announce_when_ready, claimed.url, announce, server.main_loop_interrupt)
        try:
            server.serve(target_loader=partial(load, settings, os.getpid(), boards), wrap_loader=False)
        except SystemExit:
            # Ctrl-C reaches the workers too; one that ends before it is told to is no failure.
            if not server.interrupt_signal:
                raise ServerStopped from None


class _AnnouncingServer(MPServer):
    announce: Callable[[], None] | None = None
    serve_metrics: Callable[[], object] | None = None

    def _spawn_worker(  # type: ignore[override]  # as its class has it, unlike that one
        self, idx: int, target: Any, callback_loader: Any
    ) -> WorkerProcess:
        worker = super()._spawn_worker(idx, target, partial(callback_loader, idx))
        worker.is_alive = partial(_lives, worker)  # type: ignore[method-assign]
        return worker

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        # A worker begins with the handlers of this process, which would swallow a signal: it gets those that come
        # meanwhile when it has its own (see worker.load).
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        # After the workers were forked: a process is best forked with one thread.
        if self.serve_metrics:
            self.serve_metrics()
        if self.announce:
            threading.Thread(target=self.announce, daemon=True).start()


def _lives(worker: WorkerProcess) -> bool:
    """Say whether a worker runs, by the pipe that its end closes.

    Granian (2.8) asks the process, for which a thread of its own waits at the same time: until that thread has noted
    the status, a worker that has ended looks like one that refuses to stop, and is reported and killed as such.
    """
    return not multiprocessing.connection.wait([worker.inner.sentinel], timeout=0)


def _announce_when_ready(url: str, announce: Callable[[str], None], stopped: threading.Event) -> None:
    while not stopped.is_set():
        if _answers(url):
            announce(url)
            return
        stopped.wait(_PROBE_SECONDS)


def _answers(url: str) -> bool:
    host, _, number = url.removeprefix("http://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(number)), timeout=1) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(16).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
