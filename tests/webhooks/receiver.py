"""A real HTTP server in this process that receives webhooks, and can be told to misbehave."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import h11
import msgspec
from standardwebhooks import Webhook

from freehold import Settings

LOOPBACK = "127.0.0.0/8,::1"


class Received(msgspec.Struct, frozen=True):
    """A request as it came."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> Any:
        return msgspec.json.decode(self.body)

    def verified(self, secret: str) -> Any:
        """Check it as a receiver in Python does, with the library of Standard Webhooks."""
        return Webhook(secret).verify(self.body, self.headers)


Reply = tuple[int, dict[str, str], bytes]


class Receiver:
    """What came in, and how the server answers."""

    def __init__(self) -> None:
        self.port = 0
        self.scheme = "http"
        self.requests: list[Received] = []
        self.connections = 0
        self.reply: Callable[[Received], Reply | bytes | None] = lambda _: (204, {}, b"")
        """Answers a request: a reply, raw bytes, or None, which hangs up."""
        self.stalls = False
        self.stalled = asyncio.Event()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hooks?from=freehold"

    def settings(self, **given: Any) -> Settings:
        return Settings(webhook_networks=LOOPBACK, rate_limits="off", **given)

    @property
    def types(self) -> list[str]:
        return [each.document["type"] for each in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, h11.ProtocolError):
            while await self._serve_one(reader, writer):
                pass
        writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        http = h11.Connection(h11.SERVER)
        request, body = None, b""
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(65_536))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                break
        if request is None:
            return False
        headers = {name.decode(): value.decode() for name, value in request.headers}
        received = Received(request.target.decode(), headers, body)
        self.requests.append(received)
        if self.stalls:
            self.stalled.set()
            await asyncio.Event().wait()
        reply = self.reply(received)
        if not isinstance(reply, tuple):
            writer.write(reply or b"")
            return False
        status, more, content = reply
        head = [*more.items(), ("content-length", str(len(content)))] if status != 204 else [*more.items()]
        for part in (h11.Response(status_code=status, headers=head), h11.Data(data=content), h11.EndOfMessage()):
            writer.write(http.send(part) or b"")
        await writer.drain()
        return True


@asynccontextmanager
async def open_receiver(trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Receive on a port of 127.0.0.1, over TLS where a context is given."""
    receiver = Receiver()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):
            await receiver.serve(reader, writer)
        tasks.discard(task)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    receiver.scheme = "https" if trust else "http"
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
