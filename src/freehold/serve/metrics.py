"""``/metrics``, for Prometheus: on the port of the API for whoever has the token, or on a port of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from threading import Thread
from typing import Final

from freehold.base.errors import Unauthenticated
from freehold.base.settings import Settings
from freehold.counting import Counting
from freehold.observe.exposition import CONTENT_TYPE, exposition
from freehold.observe.observer import Observer
from freehold.observe.shared_metrics import SharedMetrics
from freehold.serve.port import Port
from freehold.web.answers import NOT_STORED, Answer
from freehold.web.asgi import ASGIApp, Scope
from freehold.web.fixed import Fixed
from freehold.web.recording import RequestRecorder

PATH: Final = "/metrics"
METRICS_OPTION: Final = "--metrics-port"
_PATIENCE_SECONDS: Final = 5.0


def metrics_page(settings: Settings, observer: Observer, recorder: RequestRecorder) -> dict[str, ASGIApp]:
    """Make the page on the port of the API: none without a token, or when there is a port of its own."""
    token, requests = settings.metrics_token, recorder.metrics
    if token is None or settings.metrics_port is not None or requests is None or not isinstance(observer, Counting):
        return {}
    metrics = (observer.shared, requests.shared)

    def answer(scope: Scope) -> Answer:
        if not is_let_in(dict(scope["headers"]).get(b"authorization", b""), token):
            raise Unauthenticated(
                "Send the metrics token as 'Authorization: Bearer TOKEN' (see FREEHOLD_METRICS_TOKEN)"
            )
        recorder.flush()
        return Answer(200, ((b"content-type", CONTENT_TYPE), NOT_STORED), exposition(metrics))

    return {PATH: Fixed(answer)}


def is_let_in(authorization: bytes, token: str | None) -> bool:
    """Say whether the header's credentials are the token, in a time that tells nothing about it."""
    return token is None or compare_digest(authorization, b"Bearer " + token.encode())


@contextmanager
def metrics_server(port: Port, metrics: Sequence[SharedMetrics], token: str | None) -> Iterator[None]:
    """Answer ``/metrics`` on a port, from a thread of its own: it works also while no worker does."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE_SECONDS  # a slow caller holds a thread, and not for ever

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self._answer(404, b"There is only /metrics here.\n")
            elif not is_let_in(self.headers.get("Authorization", "").encode("latin-1"), token):
                self._answer(
                    401, b"Send the metrics token as 'Authorization: Bearer TOKEN' (see FREEHOLD_METRICS_TOKEN).\n"
                )
            else:
                self._answer(200, exposition(metrics))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE.decode() if status == 200 else "text/plain")  # noqa: PLR2004
            self.send_header("Content-Length", str(len(body)))
            if status == 401:  # noqa: PLR2004 - RFC 9110 wants a challenge with it
                self.send_header("WWW-Authenticate", 'Bearer realm="freehold"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: who asks for metrics asks every few seconds."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_port = True  # beside the claim on the port
        address_family = AF_INET6 if ":" in port.host else ThreadingHTTPServer.address_family

    with Server((port.host, port.number), Handler) as server:
        thread = Thread(target=server.serve_forever, name="freehold-metrics", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
