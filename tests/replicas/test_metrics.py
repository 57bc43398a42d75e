"""What /metrics says of each replica: how far behind it is, how many reads it answered, which of them fell back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from freehold import NewOrganization, NewProject, NewUser, PageRequest, Platform
from freehold.serve.application import create_application
from tests.conftest import PASSWORD, trusting
from tests.observe.conftest import read_samples, sample
from tests.replicas.conftest import Standing
from tests.replicas.servers import Server
from tests.replicas.test_faults import in_thread, spare  # noqa: F401 - a fixture
from tests.serve.running import Running

TOKEN = "0123456789abcdef"
READS, LAG, FALLBACKS = "freehold_replica_reads_total", "freehold_replica_lag_bytes", "freehold_replica_fallbacks_total"


class Node:
    """A node that counts."""

    def __init__(self, platform: Platform, client: httpx.AsyncClient) -> None:
        self.platform = platform
        self.client = client

    async def told(self, name: str, **labels: str) -> float:
        await asyncio.sleep(0)  # so that the node has its turn while it is asked in a loop
        answer = await self.client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        return sample(read_samples(answer.text), name, **labels)


@asynccontextmanager
async def node_of(primary: Server, replica_urls: str) -> AsyncIterator[Node]:
    settings = trusting(replica_urls=replica_urls, metrics_token=TOKEN)
    async with Platform.open(primary.url, settings=settings) as platform:
        transport = httpx.ASGITransport(create_application(platform))
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            yield Node(platform, client)


@pytest.fixture
async def node(standing: Standing) -> AsyncIterator[Node]:
    async with node_of(standing.primary, standing.replica_urls) as made:
        yield made


async def ada_and_acme(platform: Platform) -> tuple[Platform, UUID]:
    name = f"ada{uuid4().hex[:8]}"
    user = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
    ada = platform.acting_as(user.id)
    return ada, (await ada.organizations.create(NewOrganization(name="Acme"))).id


async def test_the_share_of_each_replica_is_counted(standing: Standing, node: Node):
    ada, acme = await ada_and_acme(node.platform)
    await standing.caught_up()
    asked = 0
    while not (await node.told(READS, replica="1") and await node.told(READS, replica="2")):
        await ada.projects.list(acme, PageRequest())
        asked += 1
    places = ("1", "2", "primary")
    assert sum([await node.told(READS, replica=each) for each in places]) == asked


async def test_a_replica_that_is_behind_shows_its_lag_and_the_reads_that_fell_back(standing: Standing, node: Node):
    ada, acme = await ada_and_acme(node.platform)
    await standing.caught_up()
    await standing.hold()
    before = await node.told(READS, replica="primary")
    await ada.projects.create(acme, NewProject(name="Rocket"))
    await ada.projects.list(acme, PageRequest())
    assert await node.told(READS, replica="primary") == before + 1
    behind = [await node.told(FALLBACKS, replica=each, reason="behind") for each in ("1", "2")]
    assert sum(behind) >= 1
    for each in ("1", "2"):
        while not await node.told(LAG, replica=each):
            pass
    await standing.let_go()
    for each in ("1", "2"):
        while await node.told(LAG, replica=each):
            pass


async def test_the_lag_of_a_replica_that_stopped_grows_on(trio: tuple[Server, ...], spare: Server):  # noqa: F811
    async with node_of(trio[0], spare.url) as node:
        ada, acme = await ada_and_acme(node.platform)
        while not await node.told(READS, replica="1"):
            await ada.projects.list(acme, PageRequest())
        await in_thread(spare.stop)
        for _ in range(2):
            seen = await node.told(LAG, replica="1")
            await ada.projects.create(acme, NewProject(name="Rocket"))
            await ada.projects.list(acme, PageRequest())
            while await node.told(LAG, replica="1") <= seen:
                pass


async def test_a_replica_that_dies_under_a_read_is_counted_as_failed(trio: tuple[Server, ...], spare: Server):  # noqa: F811
    async with node_of(trio[0], spare.url) as node:
        ada, acme = await ada_and_acme(node.platform)
        while not await node.told(READS, replica="1"):
            await ada.projects.list(acme, PageRequest())
        spare.freeze()
        await ada.projects.list(acme, PageRequest())  # it seemed to be well until then
        assert await node.told(FALLBACKS, replica="1", reason="failed") == 1


def test_a_server_reads_from_the_replicas_that_its_environment_names(trio: tuple[Server, ...], tmp_path: Path):
    urls = f"{trio[1].url}, {trio[2].url}"
    server = Running(trio[0].url, tmp_path / "log", 2, FREEHOLD_REPLICA_URLS=urls, FREEHOLD_METRICS_TOKEN=TOKEN)
    try:
        with httpx.Client(base_url=server.url) as client:
            name = f"ada{uuid4().hex[:8]}"
            user = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
            client.post("/v1/users", json=user).raise_for_status()
            token = client.post("/v1/sessions", json={"login": name, "password": PASSWORD}).json()["token"]
            client.headers["authorization"] = f"Bearer {token}"
            made = client.post("/v1/organizations", json={"name": "Acme", "slug": name}).raise_for_status()
            assert made.headers["freehold-position"]
            while not (told := reads_told(client))["1"] + told["2"]:
                assert client.get(f"/v1/organizations/{name}/projects").json()["data"] == []
    finally:
        server.stop()


def reads_told(client: httpx.Client) -> dict[str, float]:
    samples = read_samples(client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text)
    return {each: sample(samples, READS, replica=each) for each in ("1", "2", "primary")}
