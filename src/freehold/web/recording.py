"""What is noted of each request: metrics, a line of the log, a trace; each only where it is asked for.

A request only leaves a tuple here. Many are counted and logged at once, for half of what each by itself would cost.
"""

import asyncio
from collections.abc import Iterable
from time import time
from typing import Final

from freehold.base.settings import Settings
from freehold.observe.access_log import AccessLog, Line
from freehold.observe.otel import Traces
from freehold.observe.shared_metrics import SECONDS, Family, SharedMetrics
from freehold.web.asgi import Scope
from freehold.web.problems import STATUS
from freehold.web.requests import Request
from freehold.web.routing import Endpoint

GATHER_SECONDS: Final = 0.2
"""How long a request waits at most until it is counted and logged."""
MOST_GATHERED: Final = 256
"""How many requests wait for that at most."""

_OTHER: Final = "other"
_STATUSES: Final = sorted({200, 304, *STATUS.values()})
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", _OTHER)


def families(endpoints: Iterable[Endpoint]) -> tuple[Family]:
    """Say what is counted of requests: how many of each route, method and status there were, and how long they took.

    A route is its path as declared, so that there are few; ``other`` is what is no route of the API.
    """
    routes = {(each.path, each.method): {each.status, *_STATUSES} for each in endpoints}
    routes |= {(path, "HEAD"): statuses for (path, method), statuses in routes.items() if method == "GET"}
    routes |= {(_OTHER, method): {*_STATUSES} for method in _METHODS}
    requests = Family(
        name="freehold_request_duration_seconds",
        help="How long requests took, from their arrival to the end of the answer; the count says how many there were.",
        kind="histogram",
        labels=("route", "method", "status"),
        series={
            (route, method, status): (route, method, str(status))
            for (route, method), statuses in sorted(routes.items())
            for status in sorted(statuses)
        },
        bounds=SECONDS,
        is_sparse=True,
    )
    return (requests,)


class RequestMetrics:
    """Counts requests in one place of shared metrics that have ``families`` of endpoints."""

    def __init__(self, shared: SharedMetrics, index: int = 0) -> None:
        (requests,) = shared.families
        self.shared: Final = shared
        self._requests = shared.place(index).histogram(requests)

    def count(self, requests: Iterable[Line]) -> None:
        """Count requests that were answered."""
        observe = self._requests.observe
        for _, _, method, route, status, seconds, _ in requests:
            if not observe(seconds, (route, method, status)):
                observe(seconds, (_OTHER, method if method in _METHODS else _OTHER, status))


def route_of(scope: Scope) -> str:
    """Name the route of a request by its path as declared, once it is found; "" when it is none of the API's."""
    path: str = getattr(scope.get("endpoint"), "path", "")
    return path


class RequestRecorder:
    """Notes the requests of one application."""

    def __init__(
        self,
        *,
        metrics: RequestMetrics | None = None,
        access_log: AccessLog | None = None,
        traces: Traces | None = None,
    ) -> None:
        self.metrics = metrics
        self._access_log = access_log
        self.traces = traces
        self._gathers = not (metrics is None and access_log is None)
        self._gathered: list[Line] = []
        self._timer: asyncio.TimerHandle | None = None

    def ended(self, request: Request, status: int, seconds: float) -> None:
        """Note that a request was answered."""
        if not self._gathers:
            return
        scope, ip = request.scope, None if self._access_log is None else request.ip
        self._gathered.append(Line(time(), request.id, scope["method"], route_of(scope), status, seconds, ip))
        if len(self._gathered) >= MOST_GATHERED:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush_late)

    def flush(self) -> None:
        """Count and log what was gathered."""
        gathered, self._gathered = self._gathered, []
        if self.metrics is not None:
            self.metrics.count(gathered)
        if self._access_log is not None:
            self._access_log.write(gathered)

    def _flush_late(self) -> None:
        self._timer = None
        self.flush()

    def close(self) -> None:
        """Count, log and send what was gathered."""
        self.flush()
        if self.traces is not None:
            self.traces.close()


def recorder_of(settings: Settings, metrics: RequestMetrics | None) -> RequestRecorder:
    """Note requests as the settings say.

    Raises:
        SettingError: traces are asked for, and their packages are not installed.
    """
    return RequestRecorder(
        metrics=metrics,
        access_log=AccessLog(settings.log_format) if settings.access_log else None,
        traces=Traces(settings.trace_ratio) if settings.trace_ratio else None,
    )
