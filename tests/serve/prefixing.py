"""A small reverse proxy with TLS, below a path of its host, which compresses answers as nginx does."""

import gzip
import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

_NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding", "keep-alive", "server", "date"}


class Proxy(ThreadingHTTPServer):
    """Passes on what is below its prefix to a server that listens on ``upstream_port``; anything else is 404.

    Args:
        prefix: the path below which it answers.
        strips: whether it takes the prefix away before it passes a request on.
        authority: signs its certificate.
    """

    daemon_threads = True

    def __init__(self, prefix: str, authority: trustme.CA, *, strips: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prefix, self.strips, self.upstream_port = prefix, strips, 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        """What the people of the server call it."""
        return f"https://localhost:{self.server_port}{self.prefix}"

    @contextmanager
    def running(self, upstream_port: int) -> Iterator[None]:
        """Answer until the context ends."""
        self.upstream_port = upstream_port
        thread = threading.Thread(target=self.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        prefix = self.server.prefix
        if self.path != prefix and not self.path.startswith((f"{prefix}/", f"{prefix}?")):
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = self.path
        if self.server.strips:
            path = path.removeprefix(prefix)
            path = path if path.startswith("/") else f"/{path}"
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        headers["X-Forwarded-For"] = self.client_address[0]
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream_port, timeout=30)
        try:
            upstream.request(self.command, path, body, headers)
            answer = upstream.getresponse()
            self._answer(answer, answer.read())
        finally:
            upstream.close()

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        packs = bool(content) and "gzip" in self.headers.get("Accept-Encoding", "")
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() == "etag" and packs:
                self.send_header(name, f"W/{value}")
            elif name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        if packs:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = _pass_on  # noqa: N815 - the names of the base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""
