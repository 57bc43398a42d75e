"""Roles and the question of access, as HTTP clients see them."""

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, Organization, Platform


@pytest.fixture
async def acme(platform: Platform, sign_up: SignUp) -> Organization:
    owner = await sign_up("owner")
    return await platform.acting_as(owner.id).organizations.create(NewOrganization(name="Acme"))


async def test_roles_over_http(client: httpx.AsyncClient, sign_up: SignUp, acme: Organization):
    session = (await client.post("/v1/sessions", json={"login": "owner", "password": PASSWORD})).json()
    client.headers["Authorization"] = f"Bearer {session['token']}"
    roles = f"/v1/organizations/{acme.slug}/roles"
    made = await client.post(roles, json={"name": "release-engineer", "actions": ["project.update"]})
    assert made.status_code == 201
    assert made.json()["actions"] == ["organization.read", "project.update"]
    assert made.headers["location"] == f"{roles}/{made.json()['id']}"
    assert [role["name"] for role in (await client.get(roles)).json()["data"]][-2:] == ["member", "release-engineer"]
    stale = await client.patch(f"{roles}/release-engineer", json={"actions": []}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    changed = await client.patch(f"{roles}/release-engineer", json={"actions": []})
    assert changed.json()["actions"] == ["organization.read"]
    refused = await client.post(roles, json={"name": "x\u0007", "actions": ["all"]})
    assert refused.status_code == 422
    assert {e["pointer"] for e in refused.json()["errors"]} == {"/name", "/actions/0"}
    assert (await client.patch(f"{roles}/admin", json={})).json()["code"] == "built_in_role"
    fellow = await sign_up("fellow")
    member = f"/v1/organizations/{acme.slug}/members/{fellow.id}"
    assert (await client.put(member, json={"role": "release-engineer"})).json()["role"] == "release-engineer"
    assert (await client.put(member, json={"role": "owner"})).status_code == 409
    assert (await client.delete(f"{roles}/release-engineer")).json()["code"] == "role_in_use"
    asked = await client.get(
        f"/v1/organizations/{acme.slug}/access", params={"user_id": str(fellow.id), "action": "project.update"}
    )
    assert asked.json() == {"allowed": False, "because": "role release-engineer does not include project.update"}
    await client.delete(member)
    assert (await client.delete(f"{roles}/{made.json()['id']}")).status_code == 204
