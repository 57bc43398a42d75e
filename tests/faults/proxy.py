"""A proxy in front of PostgreSQL that does to each connection what networks do: hold, lose, cut, delay.

A test opens its platform on ``proxy.url``, and plays with all connections, or with one::

    async with Proxy.before(database_url) as proxy, Platform.open(proxy.url) as platform:
        proxy.links[0].mode = "drop"     # nothing passes any more, and nobody is told
        proxy.mode = "hold"              # the same for all, now and later; "pass" lets what was held go on
        proxy.links[0].reset()           # the connection is broken, with RST to both ends
        proxy.trap(answer=b"COMMIT", then="reset")   # the next time the server says this, its answer gets lost
        proxy.trap(request=b"COMMIT", then="drop")   # the next time the client says this, the server never hears it
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal, cast
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

Mode = Literal["pass", "hold", "drop"]
Fate = Literal["reset", "drop", "hold"]

_CHUNK = 65536


class Trap:
    """What happens to a connection, once, when these bytes come by."""

    def __init__(self, wanted: bytes, fate: Fate) -> None:
        self.wanted = wanted
        self.fate = fate
        self.sprung = asyncio.Event()

    def catches(self, data: bytes) -> bool:
        return not self.sprung.is_set() and self.wanted in data


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy: "Proxy", client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = client
        self._server: asyncio.StreamWriter | None = None
        self._mode: Mode = proxy.mode
        self._changed = asyncio.Event()
        self.is_open = True

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._changed.set()
        self._changed = asyncio.Event()

    def reset(self) -> None:
        """Break both ends at once, as a crash does: with RST, and without a word."""
        self.is_open = False
        for writer in (self._client, self._server):
            if writer is not None:
                ours = writer.get_extra_info("socket")
                if ours.family != socket.AF_UNIX:
                    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
        self.mode = self._mode  # wakes who waits

    async def run(self, client: asyncio.StreamReader) -> None:
        await self._passing()
        server, self._server = await self._proxy.connect_upstream()
        ways = [
            asyncio.create_task(self._carry(client, self._server, self._proxy.requests)),
            asyncio.create_task(self._carry(server, self._client, self._proxy.answers)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.is_open = False
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            for writer in (self._client, self._server):
                writer.transport.abort()

    async def _passing(self) -> None:
        while self._mode == "hold" and self.is_open:
            await self._changed.wait()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, traps: list[Trap]) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                for trap in [trap for trap in traps if trap.catches(data)]:
                    if trap.fate == "reset":
                        self.reset()
                    else:
                        self.mode = trap.fate
                    trap.sprung.set()
                if self._proxy.delay_seconds:
                    await asyncio.sleep(self._proxy.delay_seconds)
                await self._passing()
                if not self.is_open:
                    return
                if self._mode == "pass":
                    writer.write(data)
                    await writer.drain()
            # An end that one side says is lost, too, where nothing passes.
            await self._passing()
            while self._mode == "drop" and self.is_open:
                await self._changed.wait()


class Proxy:
    """Stands between clients and a database; ``delay_seconds`` is how long each piece takes."""

    def __init__(self, upstream: str | tuple[str, int]) -> None:
        self._upstream = upstream
        self._mode: Mode = "pass"
        self.delay_seconds = 0.0
        self.url = ""
        self.requests: list[Trap] = []
        self.answers: list[Trap] = []
        self._all: list[Link] = []
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def before(cls, url: str) -> AsyncIterator["Proxy"]:
        """Open one before the database of a URL; without TLS, since what passes is read."""
        parts = urlsplit(url)
        host = dict(parse_qsl(parts.query)).get("host") or unquote(parts.hostname or "") or "127.0.0.1"
        port = parts.port or 5432
        proxy = cls(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port))
        server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
        login = parts.netloc.rpartition("@")[0]
        here = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        proxy.url = urlunsplit((parts.scheme, f"{login}@{here}" if login else here, parts.path, "sslmode=disable", ""))
        try:
            yield proxy
        finally:
            server.close()
            for link in proxy.links:
                link.reset()
            await asyncio.gather(*list(proxy._running), return_exceptions=True)

    @property
    def links(self) -> list[Link]:
        """Those that are open."""
        return [link for link in self._all if link.is_open]

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        """Set it for all connections, those to come included."""
        self._mode = mode
        for link in self.links:
            link.mode = mode

    def trap(self, *, request: bytes = b"", answer: bytes = b"", then: Fate) -> Trap:
        """Wait for what one side says; the end of a message is ``\\0``."""
        trap = Trap(request or answer, then)
        (self.requests if request else self.answers).append(trap)
        return trap

    async def connect_upstream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._upstream, str):
            return await asyncio.open_unix_connection(self._upstream)
        return await asyncio.open_connection(*self._upstream)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self, writer)
        self._all.append(link)
        self._running.add(task := cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            await link.run(reader)
        except OSError:
            link.reset()
        finally:
            self._running.discard(task)
