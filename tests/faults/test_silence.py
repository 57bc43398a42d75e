"""What happens when a connection to the database falls silent: nobody waits long for it, and it is replaced."""

import asyncio
import os
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from tests.conftest import PASSWORD
from tests.faults.proxy import Mode, Proxy

from freehold import NewSession, NewUser, Platform, Settings, migrate
from freehold.data.db import QUICK_SECONDS, connect
from freehold.data.sockets import SILENT_MILLISECONDS
from freehold.postgres import EmbeddedServer
from freehold.serve.application import create_application

SETTINGS = Settings(pool_size=10, acquire_timeout_seconds=1, statement_timeout_seconds=2, rate_limits="off")
BOUND_SECONDS = SETTINGS.statement_timeout_seconds + 1
BUSY_SECONDS = 1.0
"""What a machine that does much else may take on top."""


@asynccontextmanager
async def served(url: str) -> AsyncIterator[tuple[Platform, httpx.AsyncClient]]:
    async with Platform.open(url, settings=SETTINGS) as platform:
        await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        token = (await platform.sessions.create(NewSession(login="ada", password=PASSWORD))).token
        transport = httpx.ASGITransport(create_application(platform))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield platform, client


async def warm(platform: Platform) -> None:
    """Open every connection of the pool."""
    await asyncio.gather(*(platform.context.db.fetch("SELECT pg_sleep(0.1)", []) for _ in range(SETTINGS.pool_size)))


async def timed(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> tuple[int, float]:
    began = time.monotonic()
    answer = await client.request(method, path, **more)
    return answer.status_code, time.monotonic() - began


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A server of the test's own, whose sessions can be stopped."""
    with (
        tempfile.TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True) as folder,
        EmbeddedServer.start(Path(folder) / "data", fast=True) as started,
    ):
        yield started


async def test_one_stopped_session_of_ten_is_noticed_by_nobody_who_reads_and_costs_a_writer_one_bound(
    server: EmbeddedServer,
):
    await migrate.apply(server.url, sets=[migrate.builtin()])
    async with served(server.url) as (platform, client):
        await warm(platform)
        admin = await asyncpg.connect(server.url)
        sessions = "SELECT pid FROM pg_stat_activity WHERE application_name = 'freehold' ORDER BY state_change DESC"
        stopped = await admin.fetchval(sessions)
        await admin.close()
        os.kill(stopped, signal.SIGSTOP)
        try:
            reads = [timed(client, "GET", "/v1/users/me") for _ in range(40)]
            writes = [timed(client, "POST", "/v1/organizations", json={"name": f"Acme {n}"}) for n in range(10)]
            outcomes = await asyncio.gather(*reads, *writes, timed(client, "GET", "/readyz"))
            assert max(seconds for _, seconds in outcomes) < BOUND_SECONDS + BUSY_SECONDS
            assert {status for status, _ in outcomes[:40]} == {200}
            assert outcomes[-1][0] == 200
            assert {status for status, _ in outcomes[40:-1]} <= {201, 503}
            again = await asyncio.gather(*(timed(client, "GET", "/v1/users/me") for _ in range(40)))
            assert {status for status, _ in again} == {200}
            assert max(seconds for _, seconds in again) < BUSY_SECONDS
        finally:
            os.kill(stopped, signal.SIGCONT)


@pytest.mark.parametrize("mode", ["hold", "drop"])
async def test_one_silent_connection_keeps_nobody_from_being_answered(mode: Mode, database_url: str):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (platform, client):
        await warm(platform)
        for link in proxy.links[:-1]:  # which of them is lent next is the driver's secret
            link.mode = mode
        outcomes = await asyncio.gather(*(timed(client, "GET", "/v1/users/me") for _ in range(30)))
        assert {status for status, _ in outcomes} == {200}
        assert max(seconds for _, seconds in outcomes) < BOUND_SECONDS + BUSY_SECONDS


@pytest.mark.parametrize(("mode", "held"), [("hold", "reads"), ("drop", "reads"), ("drop", "writes")])
async def test_silent_network_is_answered_503_within_the_bound_and_all_is_well_once_it_is(
    mode: Mode, held: str, database_url: str
):
    request = {"reads": ("GET", "/v1/users/me"), "writes": ("POST", "/v1/organizations")}[held]
    body: dict[str, Any] = {"json": {"name": "Acme"}} if held == "writes" else {}
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (platform, client):
        await warm(platform)
        proxy.mode = mode
        outcomes = await asyncio.gather(*(timed(client, *request, **body) for _ in range(30)))
        assert {status for status, _ in outcomes} == {503}
        assert max(seconds for _, seconds in outcomes) < BOUND_SECONDS + BUSY_SECONDS
        status, seconds = await timed(client, "GET", "/readyz")
        assert status == 503
        assert seconds < QUICK_SECONDS + BUSY_SECONDS
        busy = [asyncio.create_task(timed(client, *request, **body)) for _ in range(30)]
        await asyncio.sleep(0.2)  # some are under way when the network is back
        proxy.mode = "pass"
        back = time.monotonic()
        while (await timed(client, *request, **body))[0] == 503:
            assert time.monotonic() - back < 2 + BUSY_SECONDS, "it did not recover by itself"
        assert (await timed(client, "GET", "/readyz"))[0] == 200
        await asyncio.gather(*busy)


async def test_closing_does_not_wait_for_a_silent_connection(database_url: str):
    async with Proxy.before(database_url) as proxy:
        database = await connect(proxy.url, statement_timeout_seconds=0.3)
        await database.fetch("SELECT 1", [])
        proxy.mode = "hold"
        async with asyncio.timeout(3):
            await database.close()


async def test_hung_up_on_a_statement_is_ended_and_its_connection_serves_on(database_url: str):
    """Who goes away, takes the statement with them: no connection is lost by it, and no lock is left."""
    database = await connect(database_url, size=1)
    try:
        pid = (await database.fetch("SELECT pg_backend_pid()", []))[0][0]
        sleeper = asyncio.create_task(database.fetch("SELECT pg_sleep(60)", []))
        await asyncio.sleep(0.1)
        sleeper.cancel()
        async with asyncio.timeout(3):
            assert (await database.fetch("SELECT pg_backend_pid()", []))[0][0] == pid
    finally:
        await database.close()


async def test_sockets_notice_by_themselves_that_the_other_end_is_gone(database_url: str):
    async with Proxy.before(database_url) as proxy:
        database = await connect(proxy.url)
        try:
            assert _options(urlsplit(proxy.url).port) == [(1, SILENT_MILLISECONDS)]
        finally:
            await database.close()


def _options(port: int | None) -> list[tuple[int, int]]:
    """Read keepalive and the user timeout of this process's connections to a port."""
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError), socket.socket(fileno=os.dup(int(path.name))) as ours:
            if ours.family == socket.AF_INET and ours.getpeername()[1] == port:
                keepalive = ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                found.append((keepalive, ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)))
    return found
