"""Inviting people to an organization: what is sent, seen, resent and revoked."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.conftest import trusting
from tests.mail.letters import letters_to, token_in, token_to
from tests.organizations.inviting import BOB, INVITATIONS, accept, add, arrive_confirmed, invite, invited, members
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, me

from freehold import NewCustomRole, NewInvitation, Platform
from freehold.organizations.invitations.jobs import drop_old_invitations


async def test_invited_user_joins_with_the_role(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive_confirmed(client, platform, "bob")
    made = await invite(client, ada, role="admin")
    invitation = made.json()
    assert made.headers["location"] == f"{INVITATIONS}/{invitation['id']}"
    assert (await client.get(made.headers["location"], headers=ada)).json() == invitation
    assert invitation == {
        "id": invitation["id"],
        "email": BOB,
        "role": "admin",
        "invited_by": (await me(client, ada))["id"],
        "created_at": invitation["created_at"],
        "expires_at": invitation["expires_at"],
        "needs_resending": False,
        "status": "open",
        "ended_at": None,
    }
    letter = (await letters_to(platform, BOB))[0]
    assert letter.subject == "ada invites you to Acme"
    joined = await accept(client, bob, token_in(letter))
    assert joined.status_code == 201, joined.text
    assert joined.json()["role"] == "admin"
    assert joined.json()["organization"]["slug"] == "acme"
    organization = await client.get(joined.headers["location"], headers=bob)
    assert organization.json()["updated_at"] == joined.json()["organization"]["updated_at"]
    assert await members(client, ada) == {"ada": "owner", "bob": "admin"}
    assert (await client.get(INVITATIONS, headers=ada)).json()["data"] == []


async def test_answer_to_an_invitation_shows_no_token(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    answer = await invite(client, ada)
    assert await token_to(platform, BOB) not in answer.text


async def test_default_role_is_member_and_days_are_seven(client: httpx.AsyncClient, ada: Headers, connection: Any):
    assert (await invited(client, ada))["role"] == "member"
    assert await connection.fetchval("SELECT extract(day FROM expires_at - created_at) FROM invitations") == 7


async def test_days_are_a_setting(open_client: OpenClient, ada: Headers, connection: Any):
    client = await open_client(trusting(invitation_days=2))
    await invited(client, ada)
    assert await connection.fetchval("SELECT extract(day FROM expires_at - created_at) FROM invitations") == 2


async def test_revoked_invitation_ends(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive_confirmed(client, platform, "bob")
    invitation = await invited(client, ada)
    token = await token_to(platform, BOB)
    path = f"{INVITATIONS}/{invitation['id']}"
    assert (await client.delete(path, headers=ada)).status_code == 204
    assert (await client.get(path, headers=ada)).json()["status"] == "revoked"
    assert code(await client.delete(path, headers=ada), 409) == "invitation_ended"
    assert code(await client.post(f"{path}/resend", headers=ada), 409) == "invitation_ended"
    assert code(await accept(client, bob, token), 409) == "invalid_token"
    await invited(client, ada)


async def test_resending_makes_a_new_token_and_ends_the_old(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    bob = await arrive_confirmed(client, platform, "bob")
    invitation = await invited(client, ada)
    old = await token_to(platform, BOB)
    await connection.execute("UPDATE invitations SET expires_at = now() - interval '1 second'")
    again = await client.post(f"{INVITATIONS}/{invitation['id']}/resend", headers=ada)
    assert again.json() == {**invitation, "expires_at": again.json()["expires_at"]}
    new = await token_to(platform, BOB)
    assert code(await accept(client, bob, old), 409) == "invalid_token"
    assert (await accept(client, bob, new)).status_code == 201


async def test_inviting_a_member_or_oneself_is_a_conflict(client: httpx.AsyncClient, ada: Headers):
    bob = await arrive(client, "bob")
    await add(client, ada, bob, "member")
    assert code(await invite(client, ada, "Bob@example.com"), 409) == "already_member"
    assert code(await invite(client, ada, "ada@example.com"), 409) == "already_member"


async def test_second_invitation_of_an_address_is_a_conflict(client: httpx.AsyncClient, ada: Headers):
    answers = await asyncio.gather(*(invite(client, ada, email) for email in (BOB, BOB.upper()) * 4))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_invited"}


async def test_expired_invitation_makes_room(client: httpx.AsyncClient, ada: Headers, connection: Any):
    first = await invited(client, ada)
    await connection.execute("UPDATE invitations SET expires_at = now()")
    second = await invited(client, ada, role="admin")
    listed = (await client.get(INVITATIONS, params={"include": "total"}, headers=ada)).json()
    assert second["id"] != first["id"]
    assert (listed["data"], listed["total"]) == ([second], 1)


async def test_members_neither_see_nor_make_invitations(client: httpx.AsyncClient, ada: Headers):
    member, outsider = await arrive(client, "member"), await arrive(client, "outsider")
    await add(client, ada, member, "member")
    path = f"{INVITATIONS}/{(await invited(client, ada))['id']}"
    for who, status in ((member, 403), (outsider, 404)):
        answers = [
            await client.get(INVITATIONS, headers=who),
            await client.get(path, headers=who),
            await client.delete(path, headers=who),
            await client.post(f"{path}/resend", headers=who),
            await invite(client, who, "c@example.com"),
        ]
        assert {answer.status_code for answer in answers} == {status}


async def test_invitation_of_another_organization_is_not_found(client: httpx.AsyncClient, ada: Headers):
    bob = await arrive(client, "bob")
    assert (await client.post("/v1/organizations", json={"name": "Other"}, headers=bob)).status_code == 201
    invitation = await invited(client, ada, "c@example.com")
    path = f"/v1/organizations/other/invitations/{invitation['id']}"
    assert code(await client.get(path, headers=bob), 404) == "no_such_invitation"
    assert code(await client.delete(path, headers=bob), 404) == "no_such_invitation"
    assert code(await client.post(f"{path}/resend", headers=bob), 404) == "no_such_invitation"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/email"]),
        ({"email": "nobody", "role": "Admin"}, ["/email", "/role"]),
        ({"email": None, "role": None, "x": 1}, ["/email", "/role", "/x"]),
        ({"email": "a@example.com", "role": "a\u0007"}, ["/role"]),
    ],
)
async def test_bad_fields_are_named(client: httpx.AsyncClient, ada: Headers, body: dict[str, Any], pointers: list[str]):
    answer = await client.post(INVITATIONS, json=body, headers=ada)
    assert answer.status_code == 422
    assert sorted(each["pointer"] for each in answer.json()["errors"]) == pointers
    assert (await client.get(INVITATIONS, headers=ada)).json()["data"] == []


async def test_invitations_long_expired_are_forgotten(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    await invited(client, ada)
    await invited(client, ada, "c@example.com")
    await connection.execute(
        "UPDATE invitations SET expires_at = now() - interval '91 days' WHERE email = $1", "c@example.com"
    )
    await drop_old_invitations(platform.context)
    assert [each["email"] for each in (await client.get(INVITATIONS, headers=ada)).json()["data"]] == [BOB]


async def test_name_of_an_organization_cannot_become_markup_or_a_header(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    patch = {"name": "<b>Acme</b> $token {x}"}
    assert (await client.patch("/v1/organizations/acme", json=patch, headers=ada)).status_code == 200
    await invited(client, ada)
    assert (await letters_to(platform, BOB))[0].subject == "ada invites you to <b>Acme</b> $token {x}"
    html = await connection.fetchval("SELECT html_body FROM mail_messages WHERE recipient = $1", BOB)
    assert "<b>Acme" not in html


async def test_operator_invites_too(platform: Platform, ada: Headers):
    assert ada
    await platform.organizations.roles.create("acme", NewCustomRole(name="clerk", actions=()))
    made = await platform.organizations.invitations.create("acme", NewInvitation(email=BOB, role="clerk"))
    assert made.invited_by is None
    assert (await letters_to(platform, BOB))[0].subject == "An administrator invites you to Acme"
