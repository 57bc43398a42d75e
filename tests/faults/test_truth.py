"""A write whose answer got lost is never called what it is not: stored, certainly not stored, or unknown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import httpx
import pytest
from tests.conftest import PASSWORD
from tests.faults.proxy import Fate, Proxy

from freehold import NewOrganization, NewSession, NewUser, OutcomeUnknown, Platform, Settings, Unavailable
from freehold.serve.application import create_application

SETTINGS: Final = Settings(pool_size=4, acquire_timeout_seconds=1, statement_timeout_seconds=1, rate_limits="off")
FATES: Final = ("reset", "drop")
COMMITTED: Final = b"COMMIT\0"
"""What the server says of a COMMIT that is done, and the client of one that is to be."""


@asynccontextmanager
async def served(url: str) -> AsyncIterator[tuple[Platform, httpx.AsyncClient]]:
    async with Platform.open(url, settings=SETTINGS) as platform:
        await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        token = (await platform.sessions.create(NewSession(login="ada", password=PASSWORD))).token
        transport = httpx.ASGITransport(create_application(platform))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield platform, client


async def names(connection: Any, table: str = "organizations") -> list[str]:
    return [row[0] for row in await connection.fetch(f"SELECT name FROM {table} ORDER BY name")]  # noqa: S608 - ours


@pytest.mark.parametrize("fate", FATES)
async def test_lost_answer_to_commit_is_an_unknown_outcome(fate: Fate, database_url: str, connection: Any):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (_, client):
        trap = proxy.trap(answer=COMMITTED, then=fate)
        answer = await client.post("/v1/organizations", json={"name": "Acme"})
        assert trap.sprung.is_set()
        assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")
        assert "retry-after" not in answer.headers, "who obeys it without looking does it twice"
        assert await names(connection) == ["Acme"]


@pytest.mark.parametrize("fate", FATES)
async def test_lost_commit_is_an_unknown_outcome_too(fate: Fate, database_url: str, connection: Any):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (_, client):
        proxy.trap(request=COMMITTED, then=fate)
        answer = await client.post("/v1/organizations", json={"name": "Acme"})
        assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")
        assert await names(connection) == []
        assert (await client.post("/v1/organizations", json={"name": "Acme"})).status_code == 201


@pytest.mark.parametrize("fate", FATES)
async def test_connection_lost_before_commit_has_certainly_stored_nothing(
    fate: Fate, database_url: str, connection: Any
):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (_, client):
        trap = proxy.trap(request=b"Acme", then=fate)
        answer = await client.post("/v1/organizations", json={"name": "Acme"})
        assert trap.sprung.is_set()
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
        assert await names(connection) == []


@pytest.mark.parametrize("fate", FATES)
async def test_lost_answer_to_a_write_of_one_statement_is_an_unknown_outcome(
    fate: Fate, database_url: str, connection: Any
):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (_, client):
        acme = (await client.post("/v1/organizations", json={"name": "Acme"})).json()["id"]
        path = f"/v1/organizations/{acme}/projects"
        assert (await client.post(path, json={"name": "First"})).status_code == 201
        trap = proxy.trap(answer=b"Second", then=fate)
        answer = await client.post(path, json={"name": "Second"})
        assert trap.sprung.is_set()
        assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")
        assert await names(connection, "projects") == ["First", "Second"]


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("what", ["organizations", "projects"])
@pytest.mark.parametrize("way", ["request", "answer"])
async def test_key_lets_the_server_find_out_what_became_of_it(
    way: str, what: str, fate: Fate, database_url: str, connection: Any
):
    """Whether COMMIT or its answer got lost, the one request that was sent is done once and answered 201."""
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (_, client):
        acme = (await client.post("/v1/organizations", json={"name": "Acme"})).json()["id"]
        path = "/v1/organizations" if what == "organizations" else f"/v1/organizations/{acme}/projects"
        trap = proxy.trap(**{way: COMMITTED}, then=fate)
        answer = await client.post(path, json={"name": "Second"}, headers={"Idempotency-Key": "one"})
        assert trap.sprung.is_set()
        assert answer.status_code == 201
        assert "idempotency-replayed" not in answer.headers
        again = await client.post(path, json={"name": "Second"}, headers={"Idempotency-Key": "one"})
        assert again.status_code == 201
        assert (await names(connection, what)).count("Second") == 1


async def test_key_does_not_hide_that_it_cannot_be_found_out(database_url: str, connection: Any):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (_, client):
        trap = proxy.trap(answer=COMMITTED, then="reset")
        asking = asyncio.create_task(
            client.post("/v1/organizations", json={"name": "Acme"}, headers={"Idempotency-Key": "one"})
        )
        await trap.sprung.wait()
        proxy.mode = "drop"
        answer = await asking
        assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")
        proxy.mode = "pass"
        again = await client.post("/v1/organizations", json={"name": "Acme"}, headers={"Idempotency-Key": "one"})
        assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        assert await names(connection) == ["Acme"]


async def test_library_says_that_an_outcome_is_unknown(database_url: str, connection: Any):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (platform, _):
        ada = (await platform.users.find("ada")).id
        proxy.trap(answer=COMMITTED, then="reset")
        with pytest.raises(OutcomeUnknown) as raised:
            await platform.acting_as(ada).organizations.create(NewOrganization(name="Acme"))
        assert raised.value.code == "outcome_unknown"
        assert await names(connection) == ["Acme"]


async def test_read_whose_answer_got_lost_is_unavailable_or_read_again(database_url: str):
    async with Proxy.before(database_url) as proxy, served(proxy.url) as (platform, client):
        trap = proxy.trap(answer=b"ada@example.com", then="reset")
        answer = await client.get("/v1/users/me")
        assert trap.sprung.is_set()
        assert answer.status_code == 200
        proxy.trap(answer=b"forty-two", then="reset")
        with pytest.raises(Unavailable):
            await platform.context.db.fetch("SELECT 'forty-' || 'two'", [])


async def test_session_that_is_ended_in_the_middle_of_a_write_is_an_unknown_outcome(
    platform: Platform, connection: Any, admin_url: str
):
    """The server's last words do not say whether the statement was done."""
    await connection.execute("CREATE TABLE slow (name text DEFAULT pg_sleep(60)::text)")
    writing = asyncio.create_task(platform.context.db.fetch("INSERT INTO slow DEFAULT VALUES", []))
    running = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'INSERT INTO slow%'"
    while not (pid := await connection.fetchval(running)):  # noqa: ASYNC110 - the server lets nobody know
        await asyncio.sleep(0)
    admin = await asyncpg.connect(admin_url)
    await admin.execute("SELECT pg_terminate_backend($1)", pid)
    await admin.close()
    with pytest.raises(OutcomeUnknown):
        await writing
