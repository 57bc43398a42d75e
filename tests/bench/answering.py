"""Servers that answer as they are told."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from bench.contestants import Contestant, bearer


class Asked(NamedTuple):
    """A request that came in."""

    method: str
    path: str
    authorization: str | None
    content_type: str | None
    body: str


class Answering(NamedTuple):
    """A contestant, and what it was asked."""

    contestant: Contestant
    asked: list[Asked]


@contextmanager
def answering(name: str, answers: Mapping[str, object], *, status: int = 200) -> Iterator[Answering]:
    """Run a contestant that answers these paths, whatever the query, and all others with 404; bytes go as they are."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            header = self.headers.get
            asked.append(Asked(self.command, self.path, header("Authorization"), header("Content-Type"), body))
            path = self.path.partition("?")[0]
            found = answers.get(path)
            said = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status if path in answers else 404)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = answer  # noqa: N815 - the names that it looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Answering(Contestant(name, f"http://127.0.0.1:{server.server_port}", 0, bearer), asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
