"""A replica that lags, stops, diverges or dies costs time, never truth; without the primary, reads go on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from freehold import NewOrganization, NewProject, NewUser, Organization, PageRequest, Platform
from freehold.base.errors import Unavailable
from freehold.serve.application import create_application
from tests.conftest import PASSWORD, trusting
from tests.replicas.conftest import as_listed
from tests.replicas.servers import Server, stopped_at_the_end
from tests.replicas.test_reading import Seeing


@pytest.fixture
def spare(trio: tuple[Server, Server, Server], folder: Path) -> Iterator[Server]:
    """A standby of the shared primary, to do with as one likes."""
    made = trio[0].standby(folder / f"spare-{uuid4().hex[:8]}")
    with stopped_at_the_end(made):
        yield made


@pytest.fixture
def own(folder: Path) -> Iterator[tuple[Server, Server]]:
    """A primary and its standby, to do with as one likes."""
    primary = Server.primary(folder / f"own-{uuid4().hex[:8]}")
    with stopped_at_the_end(primary):
        standby = primary.standby(folder / f"own-{uuid4().hex[:8]}")
        with stopped_at_the_end(standby):
            yield primary, standby


@asynccontextmanager
async def opened(url: str, *replicas: Server, observer: Seeing | None = None) -> AsyncIterator[Platform]:
    settings = trusting(replica_urls=" ".join(each.url for each in replicas) or None)
    async with Platform.open(url, settings=settings, observer=observer) as platform:
        yield platform


async def organization_of(platform: Platform) -> tuple[Platform, Organization]:
    name = f"ada{uuid4().hex[:8]}"
    user = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
    ada = platform.acting_as(user.id)
    return ada, await ada.organizations.create(NewOrganization(name="Acme"))


async def write_and_read(ada: Platform, acme: Organization) -> None:
    made = await ada.projects.create(acme.id, NewProject(name=f"P{uuid4().hex[:6]}"))
    assert as_listed(made) in (await ada.projects.list(acme.id, PageRequest())).data


async def far_enough(seen: Seeing, ada: Platform, acme: Organization) -> None:
    """Read until a replica has answered."""
    seen.ran.clear()
    while not any(seen.ran):
        await ada.projects.list(acme.id, PageRequest())


@pytest.mark.parametrize("fault", ["stopped", "killed", "frozen", "promoted", "restarted"])
async def test_whatever_befalls_a_replica_reads_are_true(trio: tuple[Server, ...], spare: Server, fault: str):
    seen = Seeing()
    async with opened(trio[0].url, spare, observer=seen) as platform:
        ada, acme = await organization_of(platform)
        await far_enough(seen, ada, acme)
        if fault == "frozen":
            spare.freeze()
        elif fault == "promoted":
            await in_thread(spare.promote)
            connection = await asyncpg.connect(spare.url)
            await connection.execute("UPDATE projects SET name = 'Wrong'")
            await connection.close()
        else:
            await in_thread(spare.stop, "fast" if fault == "stopped" else "immediate")
            if fault == "restarted":
                await in_thread(spare.start)
        for _ in range(3):
            await write_and_read(ada, acme)
        if fault == "restarted":
            await far_enough(seen, ada, acme)
            await write_and_read(ada, acme)
        elif fault != "frozen":
            seen.ran.clear()
            await write_and_read(ada, acme)
            assert not any(seen.ran)


async def test_a_replica_of_another_cluster_is_never_read(trio: tuple[Server, ...], own: tuple[Server, Server]):
    seen = Seeing()
    async with opened(trio[0].url, own[1], observer=seen) as platform:
        ada, acme = await organization_of(platform)
        for _ in range(3):
            await write_and_read(ada, acme)
        assert not any(seen.ran)


async def test_a_replica_that_is_away_when_a_node_starts_is_used_once_it_is_there(
    trio: tuple[Server, ...], spare: Server
):
    seen = Seeing()
    await in_thread(spare.stop)
    async with opened(trio[0].url, spare, observer=seen) as platform:
        ada, acme = await organization_of(platform)
        await write_and_read(ada, acme)
        await in_thread(spare.start)
        await far_enough(seen, ada, acme)


async def test_a_standby_alone_serves_reads_and_says_so(own: tuple[Server, Server]):
    primary, standby = own
    async with opened(primary.url, standby) as platform, client_of(platform) as client:
        path = await something_stored(client)
        await far_enough_of(primary, standby)
        await in_thread(primary.stop, "fast")
        await until_read_only(client)
        assert [each["name"] for each in (await client.get(path)).json()["data"]] == ["Rocket"]
        refused = await client.post(path, json={"name": "Lost"})
        assert (refused.status_code, refused.json()["code"]) == (503, "read_only")
        assert "retry-after" in refused.headers
        with pytest.raises(Unavailable):
            await platform.organizations.create(NewOrganization(name="Lost"))
        await in_thread(primary.start)
        while (await ask(client, "/readyz")).json().get("status") != "ok":
            pass
        assert (await client.post(path, json={"name": "Kept"})).status_code == 201


async def test_a_node_whose_database_is_a_standby_serves_reads(own: tuple[Server, Server]):
    primary, standby = own
    async with opened(primary.url, standby) as platform, client_of(platform) as client:
        path = await something_stored(client)
        token = client.headers["authorization"]
        await far_enough_of(primary, standby)
    await in_thread(primary.stop)
    for url in (standby.url, f"postgresql://postgres@{primary.host},{standby.host}/freehold"):
        async with opened(url) as alone, client_of(alone, sign_up=False) as client:
            client.headers["authorization"] = token
            assert (await client.get("/readyz")).json() == {"status": "read_only"}
            assert [each["name"] for each in (await client.get(path)).json()["data"]] == ["Rocket"]
            refused = await client.post(path, json={"name": "Lost"})
            assert (refused.status_code, refused.json()["code"]) == (503, "read_only")


async def test_what_a_standby_has_not_replayed_is_not_read_without_the_primary(own: tuple[Server, Server]):
    primary, standby = own
    async with opened(primary.url, standby) as platform, client_of(platform) as client:
        path = await something_stored(client)
        await far_enough_of(primary, standby)
        connection = await asyncpg.connect(standby.url)
        await connection.execute("SELECT pg_wal_replay_pause()")
        assert (await client.post(path, json={"name": "B"})).status_code == 201
        await far_enough_of(primary, standby, what="receive")
        await in_thread(primary.stop, "immediate")
        for _ in range(5):
            answer = await client.get(path)
            assert answer.status_code == 503, answer.text
        await connection.execute("SELECT pg_wal_replay_resume()")
        while (answer := await ask(client, path)).status_code == 503:
            pass
        assert len(answer.json()["data"]) == 2
        await connection.close()


async def in_thread(work: Callable[..., object], *arguments: object) -> None:
    await asyncio.to_thread(work, *arguments)


async def ask(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """Ask once more, and let the node look around: an answer that needs no database gives nothing else its turn."""
    await asyncio.sleep(0)
    return await client.get(path)


async def until_read_only(client: httpx.AsyncClient) -> None:
    while (answer := await ask(client, "/readyz")).json().get("status") != "read_only":
        assert answer.status_code in {200, 503}


async def far_enough_of(primary: Server, standby: Server, *, what: str = "replay") -> None:
    one, other = await asyncpg.connect(primary.url), await asyncpg.connect(standby.url)
    end = await one.fetchval("SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint")
    while await other.fetchval(f"SELECT coalesce(pg_last_wal_{what}_lsn() - '0/0' < {end}, true)"):
        pass
    await one.close()
    await other.close()


@asynccontextmanager
async def client_of(platform: Platform, *, sign_up: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://node") as made:
        if sign_up:
            name = f"eve{uuid4().hex[:8]}"
            user = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
            (await made.post("/v1/users", json=user)).raise_for_status()
            token = (await made.post("/v1/sessions", json={"login": name, "password": PASSWORD})).json()["token"]
            made.headers["authorization"] = f"Bearer {token}"
        yield made


async def something_stored(client: httpx.AsyncClient) -> str:
    made = await client.post("/v1/organizations", json={"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"})
    path = f"/v1/organizations/{made.json()['slug']}/projects"
    (await client.post(path, json={"name": "Rocket"})).raise_for_status()
    return path
