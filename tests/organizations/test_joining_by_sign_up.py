"""Signing up through an invitation."""

import asyncio
from typing import Any

import httpx
from tests.conftest import PASSWORD, trusting
from tests.mail.letters import letters_to, token_to
from tests.organizations.inviting import BOB, accept, invited, members
from tests.users.conftest import OpenClient
from tests.users.people import Headers, code, headers_of, sign_up

from freehold import PageRequest, Platform


async def test_who_signs_up_through_an_invitation_is_a_member_with_a_confirmed_address(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    await invited(client, ada, role="admin")
    token = await token_to(platform, BOB)
    made = await sign_up(client, "bob", invitation_token=token)
    assert made.status_code == 201, made.text
    assert made.json()["email_verified"] is True
    assert await members(client, ada) == {"ada": "owner", "bob": "admin"}
    assert len(await letters_to(platform, BOB)) == 1  # the invitation; nothing else is left to confirm
    bob = await headers_of(client, "bob")
    assert (await accept(client, bob, token)).status_code == 200  # a repeated click is answered as done


async def test_signing_up_with_another_address_makes_no_account(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    await invited(client, ada)
    token = await token_to(platform, BOB)
    refused = await sign_up(client, "eve", invitation_token=token)
    assert code(refused, 403) == "invitation_for_another"
    wrong = await sign_up(client, "bob", invitation_token=token[:-1])
    assert code(wrong, 409) == "invalid_token"
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/invitation_token"]
    assert (await platform.users.list(PageRequest(include="total"))).total == 1
    assert (await sign_up(client, "bob", invitation_token=token)).status_code == 201


async def test_sign_up_that_fails_leaves_the_invitation(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    await invited(client, ada)
    token = await token_to(platform, BOB)
    taken = {"username": "ada", "email": BOB, "password": PASSWORD, "invitation_token": token}
    assert code(await client.post("/v1/users", json=taken), 409) == "username_taken"
    assert (await sign_up(client, "bob", invitation_token=token)).status_code == 201


async def test_two_sign_ups_at_once_make_one_membership(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    await invited(client, ada)
    token = await token_to(platform, BOB)
    names = [f"bob{n}" for n in range(4)]
    answers = await asyncio.gather(*(sign_up(client, n, email=BOB, invitation_token=token) for n in names))
    assert sorted(answer.status_code for answer in answers)[:2] in ([201, 409], [201, 422])
    assert len(await members(client, ada)) == 2


async def test_sign_up_by_invitation_only(open_client: OpenClient, platform: Platform, ada: Headers):
    client = await open_client(trusting(sign_up="invitation"))
    assert code(await sign_up(client, "bob"), 403) == "sign_up_closed"
    await invited(client, ada)
    token = await token_to(platform, BOB)
    assert (await sign_up(client, "bob", invitation_token=token)).status_code == 201


async def test_invitation_tells_who_joined_in_the_audit_log(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    invitation = await invited(client, ada)
    await sign_up(client, "bob", invitation_token=await token_to(platform, BOB))
    events = await connection.fetch(
        "SELECT action, target_id, details::text FROM audit_events WHERE organization_id IS NOT NULL ORDER BY id"
    )
    assert [event["action"] for event in events] == ["organization.create", "invitation.create", "member.add"]
    assert str(events[1]["target_id"]) == invitation["id"]
    assert invitation["id"] in events[2]["details"]
    assert not [event for event in events if "bob" in event["details"]]
