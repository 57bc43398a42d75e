"""A proxy between a command and PostgreSQL, for killing one of them at the n-th statement that changes something.

Between two such statements a command only reads, so these are all the states in which a crash can leave a database;
nobody has to think of them.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

_READS = frozenset(
    "SELECT SET SHOW WITH BEGIN START ROLLBACK DISCARD RESET DEALLOCATE CLOSE UNLISTEN FETCH DECLARE LOCK --".split()
)
_ENCRYPTION = (80877103, 80877104)  # SSLRequest and GSSENCRequest, declined: what is to be counted must be read

Around = Callable[[str, str], AbstractAsyncContextManager[None]]


class KillingProxy:
    """Passes everything on; around the n-th changing statement it does what it was given.

    Args:
        url: of the real database, reached through a Unix socket or TCP.
        at: which changing statement, counted from 1 over all connections.
        around: is entered with the statement and its database before the server gets it, and left once it is sent.
    """

    def __init__(self, url: str, *, at: int, around: Around) -> None:
        self._parts, self._at, self._around = urlsplit(url), at, around
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._count = 0
        self._clients: list[asyncio.StreamWriter] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accept, "127.0.0.1", 0), self._loop
        ).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Where a command reaches the database through the proxy."""
        login, at, _ = self._parts.netloc.rpartition("@")
        query = urlencode([(key, value) for key, value in parse_qsl(self._parts.query) if key not in ("host", "port")])
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://{login}{at}127.0.0.1:{port}{self._parts.path}" + (f"?{query}" if query else "")

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in self._clients:
            client.transport.abort()
        await asyncio.sleep(0)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        query = dict(parse_qsl(self._parts.query))
        host = query.get("host") or self._parts.hostname or "localhost"
        port = int(query.get("port") or self._parts.port or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    def _accept(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> Coroutine[Any, Any, None]:
        self._clients.append(back)  # here, since a task that is cancelled before it begins closes nothing
        return self._serve(client, back)

    async def _serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                start = await _greeting(client, back)
                answers, server = await self._connect()
                await self._pass_on(client, back, answers, server, start)
        finally:
            back.transport.abort()

    async def _pass_on(
        self,
        client: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        server: asyncio.StreamWriter,
        start: bytes,
    ) -> None:
        server.write(start)
        both = (self._requests(client, server, _database(start)), _copy(answers, back))
        tasks = [asyncio.ensure_future(each) for each in both]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.transport.abort()  # before anything is awaited, where the end of the proxy may cut it short
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _requests(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, database: str) -> None:
        prepared = ""
        while database:
            head = await client.readexactly(5)
            body = await client.readexactly(int.from_bytes(head[1:]) - 4)
            if head[:1] == b"P":
                prepared = body.split(b"\0")[1].decode()
            sql = {b"Q": body[:-1].decode() if head[:1] == b"Q" else "", b"E": prepared}.get(head[:1], "")
            if not self._is_it(sql):
                server.write(head + body)
                await server.drain()
                continue
            async with self._around(sql, database):
                # What follows the Execute of a prepared statement is the Sync that makes its transaction end.
                server.write(head + body + (await client.readexactly(5) if head[:1] == b"E" else b""))
                await server.drain()
        await _copy(client, server)

    def _is_it(self, sql: str) -> bool:
        words = sql.split(None, 1)
        if not words or words[0].rstrip(";").upper() in _READS:
            return False
        self._count += 1
        return self._count == self._at


async def _greeting(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> bytes:
    """The first message that is not a request to encrypt."""
    while True:
        size = await client.readexactly(4)
        body = await client.readexactly(int.from_bytes(size) - 4)
        if int.from_bytes(body[:4]) not in _ENCRYPTION:
            return size + body
        back.write(b"N")


def _database(start: bytes) -> str:
    """The database that a greeting names; none if it asks to cancel."""
    words = start[8:].decode().split("\0")
    return dict(zip(words[::2], words[1::2], strict=False)).get("database", "") if start[4:6] == b"\0\3" else ""


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
