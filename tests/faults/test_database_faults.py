"""What happens when the database is killed, full, locked or slow: bounded waiting, 503, and recovery by itself."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from tests.conftest import PASSWORD, database_name

from freehold import (
    NewOrganization,
    NewSession,
    NewUser,
    OrganizationPatch,
    PageRequest,
    Platform,
    Settings,
    Unavailable,
    migrate,
)
from freehold.data.db import Transaction
from freehold.postgres import EmbeddedServer
from freehold.postgres.layout import Layout
from freehold.postgres.postmaster import live_postmaster
from freehold.serve.application import create_application

DEADLINE_SECONDS = 30.0
IMPATIENT = Settings(pool_size=2, acquire_timeout_seconds=0.3, statement_timeout_seconds=0.5)


async def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def signed_in_client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    token = (await platform.sessions.create(NewSession(login="ada", password=PASSWORD))).token
    transport = httpx.ASGITransport(create_application(platform))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A server of the test's own, which keeps what it acknowledges."""
    with (
        tempfile.TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True) as folder,
        EmbeddedServer.start(Path(folder) / "data") as started,
    ):
        yield started


async def test_killed_database_loses_nothing_and_service_resumes(server: EmbeddedServer):
    await migrate.apply(server.url, sets=[migrate.builtin()])
    acknowledged: set[str] = set()
    refused: list[httpx.Response] = []
    stop = asyncio.Event()

    async with Platform.open(server.url) as platform, signed_in_client(platform) as client:
        acme = (await client.post("/v1/organizations", json={"name": "Acme"})).json()
        projects = f"/v1/organizations/{acme['id']}/projects"

        async def write(writer: int) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                answer = await client.post(projects, json={"name": f"{writer}-{number}"})
                if answer.status_code == 201:
                    acknowledged.add(answer.json()["name"])
                else:
                    refused.append(answer)
                    await asyncio.sleep(0.01)  # as a caller does who is told to try again

        writers = [asyncio.create_task(write(writer)) for writer in range(4)]
        await eventually(lambda: len(acknowledged) >= 50)
        postmaster = live_postmaster(Layout(server.data_dir))
        assert postmaster is not None
        os.kill(postmaster.pid, signal.SIGKILL)
        await eventually(lambda: len(refused) >= 8)
        assert await asyncio.to_thread(server.revive)
        back, before = time.monotonic(), len(acknowledged)
        await eventually(lambda: len(acknowledged) > before + 8)
        resumed_seconds = time.monotonic() - back
        stop.set()
        await asyncio.gather(*writers)
        assert {answer.status_code for answer in refused} == {503}
        for answer in refused:  # a write that was under way may be stored, and its caller is told so
            code = "unavailable" if "retry-after" in answer.headers else "outcome_unknown"
            assert answer.json()["code"] == code
        assert resumed_seconds < 2

    connection = await asyncpg.connect(server.url)
    try:
        stored = {row[0] for row in await connection.fetch("SELECT name FROM projects")}
    finally:
        await connection.close()
    assert acknowledged <= stored


async def test_exhausted_pool_is_answered_in_time_and_recovers(database_url: str):
    patient = msgspec.structs.replace(
        IMPATIENT, statement_timeout_seconds=15
    )  # or the holders' sessions would be ended
    async with Platform.open(database_url, settings=patient) as platform, signed_in_client(platform) as client:
        release = asyncio.Event()

        async def hold(_: Transaction) -> None:
            await release.wait()

        holders = [asyncio.create_task(platform.context.db.transact(hold)) for _ in range(IMPATIENT.pool_size)]
        await asyncio.sleep(0)
        began = time.monotonic()
        answers = await asyncio.gather(*[client.get("/v1/users/me") for _ in range(20)])
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["retry-after"] for answer in answers} == {"1"}
        assert time.monotonic() - began < 2
        release.set()
        await asyncio.gather(*holders)
        assert (await client.get("/v1/users/me")).status_code == 200


async def test_held_lock_is_answered_in_time_and_recovers(database_url: str, connection: Any):
    async with Platform.open(database_url, settings=IMPATIENT) as platform, signed_in_client(platform) as client:
        acme = (await client.post("/v1/organizations", json={"name": "Acme"})).json()
        path = f"/v1/organizations/{acme['id']}"
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM organizations FOR UPDATE")
            began = time.monotonic()
            refused = await client.patch(path, json={"name": "Two"})
            assert refused.status_code == 503
            assert time.monotonic() - began < 5
            assert (await client.get(path)).json()["name"] == "Acme", "who only reads does not wait"
        assert (await client.patch(path, json={"name": "Two"})).json()["name"] == "Two"


async def test_slow_statement_is_ended_and_its_connection_serves_on(database_url: str):
    async with Platform.open(database_url, settings=IMPATIENT) as platform:
        began = time.monotonic()
        for _ in range(IMPATIENT.pool_size + 1):
            with pytest.raises(Unavailable):
                await platform.context.db.fetch("SELECT pg_sleep(60)", [])
        assert time.monotonic() - began < 10
        assert (await platform.users.list(PageRequest())).data == []


async def test_ended_connections_are_replaced(database_url: str, admin_url: str):
    async with Platform.open(database_url) as platform:
        await asyncio.gather(*[platform.users.list(PageRequest()) for _ in range(5)])
        admin = await asyncpg.connect(admin_url)
        try:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                database_name(database_url),
            )
        finally:
            await admin.close()

        async def answers() -> bool:
            try:
                await platform.users.list(PageRequest())
            except Unavailable:
                return False
            return True

        end = time.monotonic() + 2
        while not await answers():
            assert time.monotonic() < end, "service did not resume by itself"


async def test_one_name_signed_up_a_hundred_times_at_once_exists_once(platform: Platform):
    async def sign_up() -> str:
        new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
        try:
            await platform.users.create(new)
        except Exception as error:  # noqa: BLE001 - its kind is what is looked at
            return getattr(error, "code", repr(error))
        return "created"

    results = await asyncio.gather(*[sign_up() for _ in range(100)])
    assert results.count("created") == 1
    assert set(results) <= {"created", "username_taken", "email_taken", "unavailable"}
    assert len((await platform.users.list(PageRequest())).data) == 1


async def test_of_two_admins_who_edit_at_once_one_is_told(platform: Platform):
    async with signed_in_client(platform) as client:
        made = await client.post("/v1/organizations", json={"name": "Acme"})
        path, tag = f"/v1/organizations/{made.json()['id']}", made.headers["etag"]
        edits: list[Awaitable[httpx.Response]] = [
            client.patch(path, json={"name": name}, headers={"If-Match": tag}) for name in ("One", "Two")
        ]
        answers = await asyncio.gather(*edits)
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        winner = next(answer for answer in answers if answer.status_code == 200)
        now = await client.get(path)
        assert (now.json()["name"], now.headers["etag"]) == (winner.json()["name"], winner.headers["etag"])


async def test_callers_own_transaction_shows_nothing_before_it_commits(platform: Platform, connection: Any):
    ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    transaction = connection.transaction()
    await transaction.start()
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_json, decoder=str)
    inside = platform.within(connection)
    acme = await inside.organizations.create(NewOrganization(name="Acme"), owner_id=ada.id)
    await inside.organizations.update(acme.id, OrganizationPatch(name="Two"))
    assert (await platform.organizations.list(PageRequest())).data == []
    await transaction.rollback()
    assert (await platform.organizations.list(PageRequest())).data == []


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
