"""The role that an invitation promises: it must exist, stay the same one, and be no more than the inviter holds."""

import httpx
from tests.mail.letters import letters_to, token_to
from tests.organizations.inviting import BOB, INVITATIONS, accept, add, arrive_confirmed, invite, invited, members
from tests.users.people import Headers, arrive, code

from freehold import Platform


async def test_role_must_exist_when_inviting(client: httpx.AsyncClient, ada: Headers):
    answer = await invite(client, ada, role="nobody")
    assert code(answer, 409) == "unknown_role"
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/role"]
    assert (await invite(client, ada, role="owner")).status_code == 409


async def test_role_must_exist_at_acceptance(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive_confirmed(client, platform, "bob")
    role = {"name": "clerk", "actions": ["member.read"]}
    assert (await client.post("/v1/organizations/acme/roles", json=role, headers=ada)).status_code == 201
    invitation = await invited(client, ada, role="clerk")
    token = await token_to(platform, BOB)
    assert (await client.delete("/v1/organizations/acme/roles/clerk", headers=ada)).status_code == 204
    assert code(await accept(client, bob, token), 409) == "role_gone"
    assert code(await client.post(f"{INVITATIONS}/{invitation['id']}/resend", headers=ada), 409) == "role_gone"
    assert await members(client, ada) == {"ada": "owner"}


async def test_another_role_that_got_the_name_is_not_the_one_that_was_promised(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = await arrive_confirmed(client, platform, "bob")
    weak, strong = ({"name": "clerk", "actions": [action]} for action in ("member.read", "organization.delete"))
    roles = "/v1/organizations/acme/roles"
    assert (await client.post(roles, json=weak, headers=ada)).status_code == 201
    invitation = await invited(client, ada, role="clerk")
    token = await token_to(platform, BOB)
    assert (await client.delete(f"{roles}/clerk", headers=ada)).status_code == 204
    assert (await client.post(roles, json=strong, headers=ada)).status_code == 201
    assert code(await accept(client, bob, token), 409) == "role_gone"
    assert code(await client.post(f"{INVITATIONS}/{invitation['id']}/resend", headers=ada), 409) == "role_gone"
    assert await members(client, ada) == {"ada": "owner"}


async def test_role_that_was_renamed_is_still_the_one_that_was_promised(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = await arrive_confirmed(client, platform, "bob")
    roles = "/v1/organizations/acme/roles"
    role = {"name": "clerk", "actions": ["member.read"]}
    assert (await client.post(roles, json=role, headers=ada)).status_code == 201
    invitation = await invited(client, ada, role="clerk")
    assert (await client.patch(f"{roles}/clerk", json={"name": "porter"}, headers=ada)).status_code == 200
    decoy = {"name": "clerk", "actions": ["organization.delete"]}
    assert (await client.post(roles, json=decoy, headers=ada)).status_code == 201
    path = f"{INVITATIONS}/{invitation['id']}"
    assert (await client.get(path, headers=ada)).json()["role"] == "porter"
    assert (await client.get(INVITATIONS, headers=ada)).json()["data"][0]["role"] == "porter"
    exported = (await client.get("/v1/users/me/export", headers=bob)).json()
    assert [each["role"] for each in exported["invitations"]] == ["porter"]
    assert (await client.post(f"{path}/resend", headers=ada)).json()["role"] == "porter"
    joined = await accept(client, bob, await token_to(platform, BOB))
    assert (joined.status_code, joined.json()["role"]) == (201, "porter")
    asked = {"action": "organization.delete"}
    assert (await client.get("/v1/organizations/acme/access", params=asked, headers=bob)).json()["allowed"] is False


async def test_nobody_invites_to_more_than_they_hold(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    for name, actions in {
        "inviter": ["invitation.create", "invitation.read", "invitation.delete", "project.read"],
        "closer": ["organization.delete"],
    }.items():
        made = await client.post("/v1/organizations/acme/roles", json={"name": name, "actions": actions}, headers=ada)
        assert made.status_code == 201
    inviter, admin = await arrive(client, "inviter"), await arrive(client, "admin1")
    await add(client, ada, inviter, "inviter")
    await add(client, ada, admin, "admin")
    assert code(await invite(client, inviter, role="admin"), 403) == "forbidden"
    refused = await invite(client, admin, role="closer")
    assert code(refused, 403) == "forbidden"
    assert "organization.delete" in refused.json()["detail"]
    by_owner = await invited(client, ada, role="closer")
    assert code(await client.post(f"{INVITATIONS}/{by_owner['id']}/resend", headers=admin), 403) == "forbidden"
    assert (await invite(client, inviter, "c@example.com", role="inviter")).status_code == 201
    assert len(await letters_to(platform, "c@example.com")) == 1
