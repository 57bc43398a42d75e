"""Nobody becomes a member without being asked, but for those who share an organization with whoever adds them."""

from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.organizations.conftest import OpenClient
from tests.organizations.inviting import members
from tests.users.people import Headers, arrive, code, me

from freehold import NewOrganization, NewRole, NewUser, Platform, Settings
from freehold.organizations.members.errors import NoSuchUser

ACME: Final = "/v1/organizations/acme"


async def found(client: httpx.AsyncClient) -> tuple[Headers, Headers, str]:
    """Ada, who owns acme and rocket, and Bob with his id."""
    ada, bob = await arrive(client, "ada"), await arrive(client, "bob")
    for name in ("Acme", "Rocket"):
        assert (await client.post("/v1/organizations", json={"name": name}, headers=ada)).status_code == 201
    return ada, bob, str((await me(client, bob))["id"])


async def put(client: httpx.AsyncClient, by: Headers, user_id: object) -> httpx.Response:
    return await client.put(f"{ACME}/members/{user_id}", json={"role": "admin"}, headers=by)


def told(answer: httpx.Response) -> tuple[object, ...]:
    """Everything that the answer says, but for what differs between any two requests."""
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body


@pytest.mark.parametrize("rule", ["fellows", "nobody"])
async def test_stranger_is_not_added_and_not_told_from_somebody_who_does_not_exist(open_client: OpenClient, rule: str):
    client = await open_client(Settings(direct_adding=rule))  # type: ignore[arg-type]
    ada, bob, bob_id = await found(client)
    refused = await put(client, ada, bob_id)
    assert told(refused) == told(await put(client, ada, uuid4()))
    status, expected = {"fellows": (404, "no_such_user"), "nobody": (403, "invitation_needed")}[rule]
    assert code(refused, status) == expected
    assert (await client.get(ACME, headers=bob)).status_code == 404


async def test_anyone_is_added_where_the_front_end_is_trusted(open_client: OpenClient):
    client = await open_client(Settings(direct_adding="anyone"))
    ada, _, bob_id = await found(client)
    assert (await put(client, ada, bob_id)).status_code == 200
    assert await members(client, ada) == {"ada": "owner", "bob": "admin"}


async def test_fellow_of_another_organization_is_added_while_they_are_one(open_client: OpenClient, platform: Platform):
    client = await open_client(Settings())
    ada, bob, bob_id = await found(client)
    await platform.organizations.members.put("rocket", (await platform.users.find("bob")).id, NewRole())
    added = await put(client, ada, bob_id)
    assert (added.status_code, added.json()["role"]) == (200, "admin")
    assert (await client.delete(f"{ACME}/members/me", headers=bob)).status_code == 204
    assert (
        await client.delete("/v1/organizations/rocket", headers=ada)
    ).status_code == 204  # a deleted one joins nobody
    assert code(await put(client, ada, bob_id), 404) == "no_such_user"


async def test_role_of_a_member_is_changed_whatever_the_rule(open_client: OpenClient, platform: Platform):
    client = await open_client(Settings(direct_adding="nobody"))
    ada, _, bob_id = await found(client)
    await platform.organizations.members.put("acme", (await platform.users.find("bob")).id, NewRole())
    assert (await put(client, ada, bob_id)).json()["role"] == "admin"


async def test_key_of_an_organization_has_no_fellows(open_client: OpenClient, platform: Platform):
    client = await open_client(Settings())
    ada, _, bob_id = await found(client)
    await platform.organizations.members.put("rocket", (await platform.users.find("bob")).id, NewRole())
    actions = ["organization.read", "member.read", "member.add", "project.read", "project.create", "project.update"]
    body = {"name": "robot", "actions": actions}
    key = (await client.post(f"{ACME}/api-keys", json=body, headers=ada)).json()["key"]
    answer = await client.put(f"{ACME}/members/{bob_id}", json={}, headers={"Authorization": f"Bearer {key}"})
    assert code(answer, 404) == "no_such_user"


async def test_administrator_adds_whom_they_like(open_client: OpenClient, connection: Any):
    client = await open_client(Settings(direct_adding="nobody"))
    ada, _, bob_id = await found(client)
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'ada'")
    assert (await put(client, ada, bob_id)).status_code == 200
    assert code(await put(client, ada, uuid4()), 404) == "no_such_user"


async def test_library_keeps_the_rule_for_whom_it_acts(database_url: str):
    async with Platform.open(database_url) as platform:
        ada, bob = [
            await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
            for name in ("ada", "bob")
        ]
        organizations = platform.acting_as(ada.id).organizations
        acme = await organizations.create(NewOrganization(name="Acme"))
        with pytest.raises(NoSuchUser):
            await organizations.members.put(acme.id, bob.id, NewRole())
        await platform.organizations.members.put(acme.id, bob.id, NewRole())
