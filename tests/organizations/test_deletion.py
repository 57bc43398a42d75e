"""Deleting an organization, restoring it, and removing it for good."""

import asyncio
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import httpx
import msgspec
import pytest
from tests.conftest import TRUSTING
from tests.mail.letters import token_to
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, confirm, me

from freehold import NewUser, PageRequest, Platform
from freehold.organizations.deletion.jobs import purge
from freehold.serve.application import ENDPOINTS, openapi
from freehold.web.routing import Endpoint

ACME = "/v1/organizations/acme"
IN_AN_ORGANIZATION = [endpoint for endpoint in ENDPOINTS if "{organization}" in endpoint.path]
RESTORE = "restore_organization"


class Town:
    """An organization that has one of everything, and everybody who could ask about it."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform) -> None:
        self.client = client
        self.platform = platform
        self.people: dict[str, Headers] = {"nobody": {}}
        self.ids: dict[str, str] = {"organization": "acme"}

    async def build(self) -> None:
        admin = NewUser(username="root1", email="root1@example.com", password="Lovelace1")
        await self.platform.users.create(admin, is_admin=True)
        answer = await self.client.post("/v1/sessions", json={"login": "root1", "password": "Lovelace1"})
        self.people["administrator"] = {"Authorization": f"Bearer {answer.json()['token']}"}
        for name in ("owner", "fellow", "outsider", "invitee"):
            self.people[name] = await arrive(self.client, name)
        confirmation = await token_to(self.platform, "invitee@example.com")
        await confirm(self.client, confirmation)
        self.ids["acme"] = (await self.make("/v1/organizations", name="Acme"))["id"]
        self.ids["owner"] = str((await me(self.client, self.people["owner"]))["id"])
        self.ids["user"] = self.ids["fellow"] = str((await me(self.client, self.people["fellow"]))["id"])
        await self.owner("PUT", f"{ACME}/members/{self.ids['fellow']}", json={"role": "member"})
        await self.make(f"{ACME}/owner-offer", user_id=self.ids["fellow"])
        self.ids["role"] = (await self.make(f"{ACME}/roles", name="clerk", actions=["member.read"]))["id"]
        self.ids["invitation"] = (await self.make(f"{ACME}/invitations", email="invitee@example.com"))["id"]
        await self.make(f"{ACME}/projects", name="Hidden")
        public = await self.make(f"{ACME}/projects", name="Rocket", settings={"visibility": "public"})
        self.ids["project"] = public["id"]
        hook = {"url": "https://hooks.example.com/freehold", "events": ["*"]}
        self.ids["endpoint"] = (await self.make(f"{ACME}/webhook-endpoints", **hook))["id"]
        self.ids |= {"slug": "free", "action": "project.read"}
        key = await self.make(f"{ACME}/api-keys", name="robot", actions=["organization.read", "project.read"])
        self.ids["key"] = self.ids["api_key"] = key["id"]
        self.people["robot"] = {"Authorization": f"Bearer {key['key']}"}
        sent = await self.owner("GET", f"{ACME}/webhook-endpoints/{self.ids['endpoint']}/deliveries")
        self.ids["delivery"] = sent.json()["data"][0]["id"]

    async def owner(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = await self.client.request(method, path, headers=self.people["owner"], **options)
        assert answer.is_success, answer.text
        return answer

    async def make(self, path: str, **body: Any) -> dict[str, Any]:
        return dict((await self.owner("POST", path, json=body)).json())

    def path(self, endpoint: Endpoint) -> str:
        return endpoint.path.format(**self.ids)

    async def ask(self, endpoint: Endpoint, who: str) -> httpx.Response:
        """Ask with a body and a query that are right."""
        query = {"action": "project.read"} if endpoint.name.endswith("access") else {}
        return await self.client.request(
            endpoint.method,
            self.path(endpoint),
            headers=self.people[who],
            params=query,
            json=None if endpoint.body is None else example(endpoint),
        )


published = cache(openapi)


def example(endpoint: Endpoint) -> Any:
    described = published()["paths"][endpoint.path][endpoint.method.lower()]
    return described["requestBody"]["content"]["application/json"]["example"]


@pytest.fixture
async def town(client: httpx.AsyncClient, platform: Platform) -> Town:
    made = Town(client, platform)
    await made.build()
    return made


async def delete(town: Town) -> None:
    await town.owner("DELETE", ACME)


def gets() -> Iterator[Endpoint]:
    return (endpoint for endpoint in IN_AN_ORGANIZATION if endpoint.method == "GET")


async def test_deleted_organization_is_nowhere_to_be_found(town: Town, subtests: pytest.Subtests):
    """Every route that names an organization, as everybody: so that a statement that forgets about it is found."""
    for endpoint in gets():  # or finding nothing afterwards would show nothing
        assert (await town.ask(endpoint, "owner")).status_code == 200, endpoint.name
    assert (await town.client.get(ACME, headers=town.people["robot"])).status_code == 200
    await delete(town)
    for endpoint in IN_AN_ORGANIZATION:
        for who, named in product(town.people, ("acme", town.ids["acme"])):
            if endpoint.name == RESTORE and who in {"owner", "administrator"}:
                continue
            town.ids["organization"] = named
            with subtests.test(endpoint=endpoint.name, who=who, named=named):
                answer = await town.ask(endpoint, who)
                hidden = {401} if who in {"robot", "nobody"} and answer.status_code == 401 else {404}
                assert {answer.status_code} == hidden, answer.text
                assert "Acme" not in answer.text


def queries_of(endpoint: Endpoint) -> Iterator[dict[str, str]]:
    """Ask with and without what a query can add."""
    yield {}
    if endpoint.takes_query:
        yield {"include": "organizations" if "user}" in endpoint.path else "total"}
    if endpoint.name == "list_organizations":
        yield {"all": "true", "include": "total"}


async def test_no_list_or_count_shows_a_deleted_organization(town: Town, subtests: pytest.Subtests):
    """Every other GET, as everybody: no answer holds its id, slug or name, and nobody is a fellow member by it."""
    others = [e for e in ENDPOINTS if e.method == "GET" and "{organization}" not in e.path]
    others = [each for each in others if "deleted" not in each.name]  # which is where they are
    shown: set[str] = set()

    async def answers() -> dict[tuple[str, str, str], str]:
        found = {}
        for endpoint in others:
            for query in queries_of(endpoint):
                for who, headers in town.people.items():
                    path = endpoint.path.format(**{"user": "me", "session": "current", **town.ids, "organization": "x"})
                    for each in {path, path.replace(town.ids["fellow"], "me")}:
                        answer = await town.client.get(each, headers=headers, params=query)
                        found[endpoint.name, f"{each}?{query}", who] = answer.text
        return found

    for (name, _, _), text in (await answers()).items():
        if town.ids["acme"] in text:
            shown.add(name)
    assert shown >= {"list_organizations", "list_organizations_of_user", "get_user"}
    assert (
        town.ids["fellow"]
        in (await town.client.get(f"/v1/users/{town.ids['fellow']}", headers=town.people["owner"])).text
    )
    await delete(town)
    for key, text in (await answers()).items():
        if "export" in key[0] or "audit" in key[0]:
            continue  # what somebody did stays in the log, and in what is kept about them
        with subtests.test(key=key):
            assert town.ids["acme"] not in text
            assert '"total":1' not in text or "organizations" not in key[1]
    fellow = await town.client.get(f"/v1/users/{town.ids['fellow']}", headers=town.people["owner"])
    assert code(fellow, 404) == "not_found"


async def test_owner_restores_it_as_it_was(town: Town):
    before = (await town.owner("GET", ACME)).json()
    token = await token_to(town.platform, "invitee@example.com")
    await delete(town)
    restored = await town.owner("POST", f"{ACME}/restore")
    assert restored.json() == {**before, "updated_at": restored.json()["updated_at"]}
    for endpoint in gets():
        assert (await town.ask(endpoint, "owner")).status_code == 200, endpoint.name
    assert {p["name"] for p in (await town.owner("GET", f"{ACME}/projects")).json()["data"]} == {"Hidden", "Rocket"}
    assert (await town.client.get(ACME, headers=town.people["robot"])).status_code == 200
    accepted = await town.client.post("/v1/invitations/accept", json={"token": token}, headers=town.people["invitee"])
    assert accepted.status_code == 201


async def test_invitation_to_a_deleted_organization_does_not_work(town: Town):
    token = await token_to(town.platform, "invitee@example.com")
    await delete(town)
    accepted = await town.client.post("/v1/invitations/accept", json={"token": token}, headers=town.people["invitee"])
    assert code(accepted, 409) == "invalid_token"
    new = {"username": "late", "email": "late@example.com", "password": "Lovelace1", "invitation_token": token}
    assert code(await town.client.post("/v1/users", json=new), 409) == "invalid_token"


async def test_only_what_is_deleted_can_be_restored(town: Town):
    for who in town.people:
        answer = await town.client.post(f"{ACME}/restore", headers=town.people[who])
        assert answer.status_code in {401, 403, 404}
    assert (await town.owner("GET", ACME)).status_code == 200


async def test_owner_finds_it_among_the_deleted(town: Town):
    await delete(town)
    (found,) = (await town.owner("GET", "/v1/deleted-organizations")).json()["data"]
    assert (found["slug"], found["owner_id"]) == ("acme", town.ids["owner"])
    assert found["deleted_at"] < found["restorable_until"]
    assert (await town.owner("GET", "/v1/organizations")).json()["data"] == []
    everywhere = {"all": "true", "include": "total"}
    by_admin = await town.client.get(
        "/v1/deleted-organizations", params=everywhere, headers=town.people["administrator"]
    )
    assert (by_admin.json()["data"], by_admin.json()["total"]) == ([found], 1)
    for who in ("fellow", "outsider"):
        answer = await town.client.get("/v1/deleted-organizations", headers=town.people[who])
        assert answer.json()["data"] == []
        answer = await town.client.get("/v1/deleted-organizations", params=everywhere, headers=town.people[who])
        assert answer.status_code == 403
    restored = await town.client.post(f"{ACME}/restore", headers=town.people["administrator"])
    assert restored.status_code == 200


async def test_slug_stays_taken_until_it_is_removed_for_good(town: Town, connection: Any):
    await delete(town)
    again = {"name": "Acme", "slug": "acme"}
    headers = town.people["outsider"]
    assert code(await town.client.post("/v1/organizations", json=again, headers=headers), 409) == "slug_taken"
    await connection.execute("UPDATE organizations SET deleted_at = now() - interval '31 days'")
    await purge(town.platform.context)
    assert (await town.client.post("/v1/organizations", json=again, headers=headers)).status_code == 201


async def test_it_is_removed_for_good_after_thirty_days(town: Town, connection: Any):
    await delete(town)
    await connection.execute("UPDATE organizations SET deleted_at = now() - interval '30 days' + interval '1 minute'")
    await purge(town.platform.context)
    assert await connection.fetchval("SELECT count(*) FROM organizations") == 1
    await connection.execute("UPDATE organizations SET deleted_at = now() - interval '30 days'")
    late = await town.client.post(f"{ACME}/restore", headers=town.people["owner"])
    assert code(late, 404) == "not_found"
    assert (await town.owner("GET", "/v1/deleted-organizations")).json()["data"] == []
    await asyncio.gather(purge(town.platform.context), purge(town.platform.context))
    for table in ("organizations", "organization_members", "projects", "roles", "invitations", "api_keys"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    purged = "SELECT count(*) FROM audit_events WHERE action = 'organization.purge'"
    assert await connection.fetchval(purged) == 1


async def test_purging_leaves_other_organizations(town: Town, connection: Any):
    await town.make("/v1/organizations", name="Other")
    await delete(town)
    await connection.execute("UPDATE organizations SET deleted_at = now() - interval '31 days' WHERE slug = 'acme'")
    await purge(town.platform.context)
    assert await connection.fetchval("SELECT array_agg(slug::text) FROM organizations") == ["other"]


async def test_days_are_a_setting(open_client: OpenClient, town: Town, connection: Any):
    await delete(town)
    await connection.execute("UPDATE organizations SET deleted_at = now() - interval '2 days'")
    hasty = await open_client(msgspec.structs.replace(TRUSTING, restore_days=1))
    assert code(await hasty.post(f"{ACME}/restore", headers=town.people["owner"]), 404) == "not_found"
    assert (await town.owner("POST", f"{ACME}/restore")).status_code == 200


async def test_owner_removes_it_for_good_ahead_of_time(town: Town, connection: Any):
    permanently = {"permanently": "true"}
    early = await town.client.delete(ACME, params=permanently, headers=town.people["owner"])
    assert code(early, 404) == "not_found"  # only what was deleted before
    await delete(town)
    for who in ("fellow", "outsider"):
        refused = await town.client.delete(ACME, params=permanently, headers=town.people[who])
        assert code(refused, 404) == "not_found"
    await town.owner("DELETE", ACME, params=permanently)
    assert await connection.fetchval("SELECT count(*) FROM organizations") == 0


async def test_deleting_twice_and_stale_versions_are_refused(town: Town):
    tag = (await town.owner("GET", ACME)).headers["etag"]
    await town.owner("PATCH", ACME, json={"name": "Acme & Co"})
    stale = await town.client.delete(ACME, headers={**town.people["owner"], "If-Match": tag})
    assert code(stale, 412) == "stale"
    answers = await asyncio.gather(*(town.client.delete(ACME, headers=town.people["owner"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]


async def test_role_that_includes_restoring_restores(town: Town):
    role = {"name": "deputy", "actions": ["organization.restore"]}
    await town.owner("POST", f"{ACME}/roles", json=role)
    await town.owner("PUT", f"{ACME}/members/{town.ids['fellow']}", json={"role": "deputy"})
    await delete(town)
    mine = {"include": "total"}
    listed = (await town.client.get("/v1/deleted-organizations", params=mine, headers=town.people["fellow"])).json()
    assert ([each["slug"] for each in listed["data"]], listed["total"]) == (["acme"], 1)
    assert (await town.client.post(f"{ACME}/restore", headers=town.people["fellow"])).status_code == 200


async def test_deleting_and_restoring_are_in_the_audit_log(town: Town, connection: Any):
    await delete(town)
    await town.owner("POST", f"{ACME}/restore")
    events = await connection.fetch("SELECT action FROM audit_events WHERE target_type = 'organization' ORDER BY id")
    actions = ["organization.create", "organization.delete", "organization.restore"]
    assert [event["action"] for event in events] == actions


async def test_owner_of_a_deleted_organization_is_a_member_still(town: Town, connection: Any):
    await delete(town)
    owners = """
        SELECT count(*) FROM organizations o
        JOIN organization_members m ON m.organization_id = o.id AND m.user_id = o.owner_id
    """
    assert await connection.fetchval(owners) == 1
    assert (await town.platform.organizations.list_deleted(PageRequest(include="total"))).total == 1
