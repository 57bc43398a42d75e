"""Where reads run with replicas: never before the caller's own last write, and what a replica lacks the primary has."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from freehold import NewOrganization, NewProject, NewRole, NewUser, PageRequest, Platform
from freehold import client as remote
from freehold.observe.observer import Observer
from freehold.serve.application import create_application
from tests.conftest import PASSWORD, trusting
from tests.replicas.conftest import Standing, as_listed


class Seeing(Observer):
    """Notes where reads ran."""

    def __init__(self) -> None:
        super().__init__({}, slow_seconds=10)
        self.ran: list[int] = []
        self.fell_back: list[str] = []

    def replica_read(self, index: int) -> None:
        self.ran.append(index)

    def replica_fallback(self, index: int, reason: str) -> None:  # noqa: ARG002 - as the observer has it
        self.fell_back.append(reason)


@pytest.fixture
def seen() -> Seeing:
    return Seeing()


@pytest.fixture
async def platform(standing: Standing, seen: Seeing) -> AsyncIterator[Platform]:
    settings = trusting(replica_urls=standing.replica_urls)
    async with Platform.open(standing.primary.url, settings=settings, observer=seen) as opened:
        yield opened


@pytest.fixture
async def ada(platform: Platform) -> Platform:
    name = f"ada{uuid4().hex[:8]}"
    user = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
    return platform.acting_as(user.id)


async def test_a_list_is_read_from_a_standby_that_is_far_enough(standing: Standing, ada: Platform, seen: Seeing):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    made = await ada.projects.create(acme.id, NewProject(name="Rocket"))
    await standing.caught_up()
    while not {1, 2} <= set(seen.ran):  # both are connected to by now
        await ada.projects.list(acme.id, PageRequest())
    seen.ran.clear()
    seen.fell_back.clear()
    page = await ada.projects.list(acme.id, PageRequest())
    assert page.data == [as_listed(made)]
    assert seen.ran[0] in {1, 2}
    assert seen.fell_back == []


async def test_a_writer_sees_their_write_while_every_standby_stands_still(
    standing: Standing, ada: Platform, seen: Seeing
):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    await standing.caught_up()
    await standing.hold()
    made = await ada.projects.create(acme.id, NewProject(name="Rocket"))
    assert (await ada.projects.list(acme.id, PageRequest())).data == [as_listed(made)]
    assert await ada.projects.get(acme.id, made.id) == made
    assert seen.fell_back[-1] == "behind"


async def test_whoever_brings_no_position_sees_what_others_stored(standing: Standing, ada: Platform):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    await standing.caught_up()
    await standing.hold()
    made = await ada.projects.create(acme.id, NewProject(name="Rocket"))
    async with Platform.open(standing.primary.url, settings=trusting(replica_urls=standing.replica_urls)) as other_node:
        assert (await other_node.projects.list(acme.id, PageRequest())).data == [as_listed(made)]


async def test_a_position_is_carried_to_another_node(standing: Standing, ada: Platform):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    before = ada.position
    made = await ada.projects.create(acme.id, NewProject(name="Rocket"))
    assert ada.position not in {None, before}
    async with Platform.open(standing.primary.url, settings=trusting(replica_urls=standing.replica_urls)) as other_node:
        assert (await other_node.since(ada.position).projects.list(acme.id, PageRequest())).data == [as_listed(made)]


async def test_without_replicas_there_is_no_position(database_url: str):
    async with Platform.open(database_url, settings=trusting()) as opened:
        assert opened.position is None
        assert opened.context.db.reading is opened.context.db
        assert opened.since("1-1").context.db is opened.context.db


@pytest.mark.parametrize("text", ["", "now", "1", "x-y", "-1-2", "1-2-3", "1_0-1", " 1-2", "F" * 40 + "-1", "1-\u00e9"])
async def test_what_is_no_position_reads_what_is_stored(standing: Standing, ada: Platform, text: str):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    await standing.caught_up()
    await standing.hold()
    made = await ada.projects.create(acme.id, NewProject(name="Rocket"))
    assert (await ada.since(text).projects.list(acme.id, PageRequest())).data == [as_listed(made)]


async def test_a_position_far_ahead_asks_the_primary(ada: Platform):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    for ahead in ("1-7FFFFFFFFFFFFFFF", "7FFFFFFF-1"):
        assert (await ada.since(ahead).projects.list(acme.id, PageRequest())).data == []


async def test_a_membership_that_ended_gives_nothing_on_any_node(standing: Standing, platform: Platform, ada: Platform):
    name = f"bob{uuid4().hex[:8]}"
    bob = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    await ada.organizations.members.put(acme.id, bob.id, NewRole(role="admin"))
    as_bob = platform.acting_as(bob.id)
    await standing.caught_up()
    assert (await as_bob.projects.list(acme.id, PageRequest())).data == []
    await standing.hold()
    old = platform.position
    await ada.organizations.members.remove(acme.id, bob.id)
    for node in (as_bob, as_bob.since(old)):
        with pytest.raises(Exception, match="does not exist"):
            await node.projects.list(acme.id, PageRequest())
        assert (await node.organizations.list_of_user("me", PageRequest())).data == []


@pytest.fixture
async def client(standing: Standing, seen: Seeing) -> AsyncIterator[httpx.AsyncClient]:
    settings = trusting(replica_urls=standing.replica_urls)
    async with Platform.open(standing.primary.url, settings=settings, observer=seen) as opened:
        transport = httpx.ASGITransport(create_application(opened))
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as made:
            name = f"eve{uuid4().hex[:8]}"
            user = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
            (await made.post("/v1/users", json=user)).raise_for_status()
            token = (await made.post("/v1/sessions", json={"login": name, "password": PASSWORD})).json()["token"]
            made.headers["authorization"] = f"Bearer {token}"
            yield made


async def test_every_answer_to_a_write_has_a_position_and_none_to_a_read(client: httpx.AsyncClient):
    made = await client.post("/v1/organizations", json={"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"})
    path = f"/v1/organizations/{made.json()['slug']}"
    project = await client.post(f"{path}/projects", json={"name": "Rocket"})
    own = f"{path}/projects/{project.json()['id']}"
    writes = [
        made,
        project,
        await client.patch(own, json={"name": "Ship"}, headers={"content-type": "application/merge-patch+json"}),
        await client.patch(own, json={}, headers={"content-type": "application/merge-patch+json"}),
        await client.post(f"{path}/projects", json={"name": "Two"}, headers={"idempotency-key": "k1"}),
        await client.post(f"{path}/projects", json={"name": "Two"}, headers={"idempotency-key": "k1"}),
        await client.delete(own),
    ]
    assert all(answer.is_success for answer in writes), [answer.text for answer in writes]
    positions = [answer.headers["freehold-position"] for answer in writes]
    assert [int(each.partition("-")[2], 16) for each in positions] == sorted(
        int(each.partition("-")[2], 16) for each in positions
    )
    for answer in (await client.get(path), await client.get("/v1/users/me"), await client.get("/readyz")):
        assert "freehold-position" not in answer.headers
    assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_the_header_of_a_read_is_honoured(standing: Standing, client: httpx.AsyncClient, seen: Seeing):
    made = await client.post("/v1/organizations", json={"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"})
    path = f"/v1/organizations/{made.json()['slug']}/projects"
    await standing.caught_up()
    seen.ran.clear()
    headers = {"freehold-position": made.headers["freehold-position"]}
    assert (await client.get(path, headers=headers)).json()["data"] == []
    assert seen.ran[-1] in {1, 2}
    await standing.hold()
    written = await client.post(path, json={"name": "Rocket"})
    headers = {"freehold-position": written.headers["freehold-position"]}
    assert [each["name"] for each in (await client.get(path, headers=headers)).json()["data"]] == ["Rocket"]
    assert seen.ran[-1] == 0


async def test_a_browser_keeps_the_position_of_its_writes(client: httpx.AsyncClient):
    token = client.headers.pop("authorization").removeprefix("Bearer ")
    client.cookies.set("freehold", token)
    made = await client.post(
        "/v1/organizations",
        json={"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"},
        headers={"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
    )
    assert made.status_code == 201, made.text
    kept = made.headers["set-cookie"]
    assert kept.startswith(f"freehold-position={made.headers['freehold-position']};")
    assert "HttpOnly" in kept
    assert "set-cookie" not in (await client.get("/v1/users/me")).headers


async def test_the_client_brings_its_position_by_itself(standing: Standing, client: httpx.AsyncClient, seen: Seeing):
    token = client.headers.pop("authorization").removeprefix("Bearer ")
    async with remote.Platform.open("http://node", token=token, client=client) as eve:
        acme = await eve.organizations.create(NewOrganization(name="Acme", slug=f"acme-{uuid4().hex[:8]}"))
        assert eve.position is not None
        await standing.caught_up()
        seen.ran.clear()
        assert (await eve.projects.list(acme.id, PageRequest())).data == []
        assert seen.ran[-1] in {1, 2}
        await standing.hold()
        before = eve.position
        made = await eve.projects.create(acme.id, NewProject(name="Rocket"))
        assert eve.position != before
        assert [each.id for each in (await eve.projects.list(acme.id, PageRequest())).data] == [made.id]
        assert seen.ran[-1] == 0


WAYS = ["header", "cookie", "library"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_position_is_honoured_however_it_is_brought(
    standing: Standing, client: httpx.AsyncClient, platform: Platform, seen: Seeing, way: str
):
    """A read from another node, after a write through this one, while no standby replays."""
    slug = f"acme-{uuid4().hex[:8]}"
    await client.post("/v1/organizations", json={"name": "Acme", "slug": slug})
    path = f"/v1/organizations/{slug}/projects"
    await standing.caught_up()
    await standing.hold()
    position = (await client.post(path, json={"name": "Rocket"})).headers["freehold-position"]
    token = client.headers["authorization"].removeprefix("Bearer ")
    if way == "library":
        caller = await platform.authenticate(token, position=position)
        assert caller.position == position
        names = [each.name for each in (await caller.projects.list(slug, PageRequest())).data]
    else:
        headers = {"authorization": f"Bearer {token}", "freehold-position": position}
        if way == "cookie":
            headers = {"cookie": f"freehold={token}; freehold-position={position}"}
        transport = httpx.ASGITransport(create_application(platform))
        async with httpx.AsyncClient(transport=transport, base_url="http://other") as other:
            names = [each["name"] for each in (await other.get(path, headers=headers)).json()["data"]]
    assert names == ["Rocket"]
    assert seen.ran[-1] == 0
