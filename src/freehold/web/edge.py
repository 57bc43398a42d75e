"""The outermost layer: every answer has a request id and the security headers, every error is a problem answer."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from time import perf_counter
from typing import Final

from freehold.base.addresses import Proxies
from freehold.base.errors import FreeholdError
from freehold.observe.logs import REQUEST_ID
from freehold.web.answers import Header
from freehold.web.arrivals import Arrivals
from freehold.web.asgi import ASGIApp, Message, Receive, Scope, Send
from freehold.web.cors import Cors
from freehold.web.dispatch import REQUEST
from freehold.web.problems import Malformed, answer_to
from freehold.web.recording import RequestRecorder, route_of
from freehold.web.requests import NO_PROXIES, Request
from freehold.web.rooting import rooted

SECURITY: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
POLICY: Final[Header] = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""What an answer may load when a browser shows it: nothing. A page brings its own policy."""

CLOSE: Final[Header] = (b"connection", b"close")

Lifespan = Callable[[], AbstractAsyncContextManager[None]]
"""Opens what requests need, and closes it."""

_log = logging.getLogger(__name__)


class Edge:
    """Wraps the application: pure ASGI, a few additions to what it sends."""

    def __init__(
        self,
        inner: ASGIApp,
        lifespan: Lifespan = nullcontext,
        proxies: Proxies = NO_PROXIES,
        recorder: RequestRecorder | None = None,
        cors: Cors | None = None,
        *,
        root: str = "",
    ) -> None:
        self._root = root
        self._cors = cors
        self._recorder = recorder or RequestRecorder()
        self._proxies = proxies
        self._inner = inner
        self.in_flight: set[Request] = set()
        """The requests that are being answered."""
        self.arrivals = Arrivals()
        self.lifespan = lifespan
        self.is_leaving = False
        """Whether the next request of a connection shall come on another one, perhaps to another server."""
        self._began = 0.0

    def idle_seconds(self) -> float:
        """Say how long ago the last request came."""
        return perf_counter() - self._began

    def busy(self) -> set[tuple[str, int]]:
        """Name the other ends of the connections whose request is being answered."""
        return {peer for request in self.in_flight if (peer := request.peer)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, the lifespan, or (not at all) a WebSocket."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._root:
            scope = rooted(scope, self._root)
        request = scope[REQUEST] = Request(scope, receive, self._proxies, self.arrivals)
        REQUEST_ID.set(request.id)
        traces, parent = self._recorder.traces, request.headers.get(b"traceparent")
        if traces is None or not traces.wants(parent):
            await self._answer(request, receive, send)
        else:
            with traces.request(scope["method"], parent) as end:
                status = await self._answer(request, receive, send)
                end(route_of(scope), status)

    def _own_headers(self, request: Request) -> list[Header]:
        """List what an answer has of its request."""
        headers = [*request.answer_headers, (b"x-request-id", request.id.encode("ascii"))]
        if request.late_headers is not None:
            headers += request.late_headers()
        if self.is_leaving:
            headers.append(CLOSE)
        return headers

    async def _answer(self, request: Request, receive: Receive, send: Send) -> int:
        """Answer the request, and tell with which status."""
        began = self._began = perf_counter()
        self.in_flight.add(request)
        scope, status = request.scope, 0
        if self._cors is not None:
            request.answer_headers += self._cors.headers(request)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers: list[Header] = message["headers"]
                own = dict(headers)
                headers += SECURITY if POLICY[0] not in own else [each for each in SECURITY if each[0] not in own]
                headers += self._own_headers(request)
                if POLICY[0] not in own:
                    headers.append(POLICY)
            await send(message)

        try:
            try:
                request.check()
            except Malformed:
                request.answer_headers += (CLOSE,)  # nobody knows what comes next
                raise
            preflight = None if self._cors is None else self._cors.preflight(request)
            if preflight is None:
                await self._inner(scope, receive, send_with_headers)
            else:
                await preflight.send(send_with_headers)
        except Exception as error:
            if status:
                raise
            if request.has_unread_body:
                await request.discard()
            await answer_to(error, request.id).send(send_with_headers, head=scope["method"] == "HEAD")
        finally:
            self.in_flight.discard(request)
            self._recorder.ended(request, status, perf_counter() - began)
        return status

    async def _live(self, receive: Receive, send: Send) -> None:
        """Tell the server when requests may come, or why none can: in one line, when it is no bug."""
        await receive()
        phase = "startup"
        try:
            async with self.lifespan():
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
        except Exception as error:  # noqa: BLE001 - the server is told, and decides
            if not isinstance(error, FreeholdError):
                _log.error("%s failed", phase, exc_info=error)
            await send({"type": f"lifespan.{phase}.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})
