"""Serves the application with Granian: some worker processes on one port, until SIGTERM or Ctrl-C."""

import os
import resource
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import Final

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from freehold.base.errors import FreeholdError
from freehold.base.settings import Settings
from freehold.observe.logs import configuration
from freehold.observe.otel import require_packages
from freehold.serve.metrics import METRICS_OPTION, metrics_server
from freehold.serve.port import Port
from freehold.serve.roster import Roster
from freehold.serve.supervision import Supervisor
from freehold.serve.worker import Post, WorkerMetrics, load

HEADER_SECONDS: Final = 30
"""How long the header of a request may take, from the start of the connection or the end of the last answer."""
BACKLOG: Final = 4096
"""How many connections may wait until a worker accepts them."""
_OTHER_DESCRIPTORS = 200  # of a worker: its pool, its libraries, its pipes
_FEWEST_CONNECTIONS = 64

_PROBE_SECONDS = 0.02


class ServerStopped(FreeholdError):
    """The workers end as soon as they start; the log above says why."""

    code = "server_stopped"
    title = "The server stopped because its workers keep exiting (the lines above say why)"


class RequestsCut(FreeholdError):
    """The server was told to stop, and requests that were in flight had no answer in time."""

    code = "requests_cut"
    title = "The server stopped and cut off requests in flight"

    def __init__(self, requests: int) -> None:
        self.requests = requests
        super().__init__(f"The server stopped; requests that were cut off: {requests}")


def serve(
    settings: Settings,
    *,
    port: Port | None = None,
    metrics_port: Port | None = None,
    announce: Callable[[str], None] | None = None,
    beside: AbstractContextManager[object] | None = None,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those in flight. Must run in the main thread.

    A worker that dies is replaced. When this process is killed, its workers end too.

    Args:
        settings: with the ``database_url`` of a migrated database.
        port: claimed already; by default it is claimed here.
        metrics_port: likewise, when the settings have one.
        announce: called once with the server's URL when the first worker answers.
        beside: entered when the workers have begun, and left when they have ended.

    Raises:
        PortRefused: ``port_refused``: the port cannot be used; nothing was started.
        ServerStopped: ``server_stopped``: the workers die as soon as they start.
        RequestsCut: ``requests_cut``: it was told to stop, and did, but not every request in flight was finished.
        SettingError: traces are asked for, and their packages are not installed.
    """
    if settings.trace_ratio:
        require_packages()
    metrics = WorkerMetrics.of(settings.workers) if settings.counts else None
    connections = _connections(settings.connections_per_worker)
    with ExitStack() as open_things:
        claimed = open_things.enter_context(port or Port(settings.host, settings.port))
        server = Supervisor(
            "freehold",
            address=claimed.host,
            port=claimed.number,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=connections,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
            log_level=LogLevels.warning,
            log_dictconfig=configuration(settings.log_format, settings.log_level),
        )
        server.roster, server.beside = Roster(settings.workers), []
        if metrics is not None and settings.metrics_port is not None:
            own = open_things.enter_context(metrics_port or Port(settings.host, settings.metrics_port, METRICS_OPTION))
            page = metrics_server(own, (metrics.platform, metrics.http), settings.metrics_token)
            server.beside.append(partial(open_things.enter_context, page))
        if beside is not None:
            server.beside.append(partial(open_things.enter_context, beside))
        server.announce = announce and partial(_announce_when_ready, server, claimed.url, announce)
        post = Post(os.getpid(), claimed.number, connections, server.roster, metrics)
        try:
            server.serve(target_loader=partial(load, settings, post), wrap_loader=False)
        except SystemExit:
            # Ctrl-C reaches the workers too; one that ends before it is told to is no failure.
            if not server.interrupt_signal:
                raise ServerStopped from None
        if server.failed and not server.interrupt_signal:
            raise ServerStopped
        if server.cut:
            raise RequestsCut(server.cut)


def _connections(wanted: int) -> int:
    """Let workers open as many files as the system allows, and tell how many connections each may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_DESCRIPTORS
    if resource.RLIM_INFINITY != soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return wanted
    return max(min(wanted, soft - _OTHER_DESCRIPTORS), _FEWEST_CONNECTIONS)


def _announce_when_ready(server: Supervisor, url: str, announce: Callable[[str], None]) -> None:
    while not (server.interrupt_signal or server.failed):
        if _answers(url):
            announce(url)
            return
        server.main_loop_interrupt.wait(_PROBE_SECONDS)  # it is set for a moment, too, when a worker has died


def _answers(url: str) -> bool:
    host, _, number = url.removeprefix("http://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(number)), timeout=1) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(16).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
