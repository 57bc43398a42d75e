"""Accepting an invitation: once, by whoever has the address."""

import asyncio
from typing import Any

import httpx
from tests.mail.letters import token_to
from tests.organizations.inviting import BOB, INVITATIONS, accept, add, arrive_confirmed, invited, members
from tests.users.people import Headers, arrive, code, confirm

from freehold import Platform
from freehold.base.tokens import Kind, new_token


async def test_address_is_compared_in_any_case(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive_confirmed(client, platform, "bob")
    await invited(client, ada, "BOB@Example.com")
    token = await token_to(platform, "BOB@example.com")
    assert (await accept(client, bob, token)).status_code == 201


async def test_token_works_once(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive_confirmed(client, platform, "bob")
    await invited(client, ada)
    token = await token_to(platform, BOB)
    assert (await accept(client, bob, token)).status_code == 201
    assert (await client.delete("/v1/organizations/acme/members/me", headers=bob)).status_code == 204
    assert code(await accept(client, bob, token), 409) == "invalid_token"


async def test_two_acceptances_at_once_make_one_membership(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    bob = await arrive_confirmed(client, platform, "bob")
    await invited(client, ada)
    token = await token_to(platform, BOB)
    answers = await asyncio.gather(*(accept(client, bob, token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]  # a repeated click is answered as done
    assert await connection.fetchval("SELECT count(*) FROM organization_members") == 2
    joined = "SELECT count(*) FROM audit_events WHERE action = 'member.add' AND details ? 'invitation_id'"
    assert await connection.fetchval(joined) == 1


async def test_another_account_cannot_accept(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    eve = await arrive_confirmed(client, platform, "eve")
    await invited(client, ada)
    token = await token_to(platform, BOB)
    refused = await accept(client, eve, token)
    assert code(refused, 403) == "invitation_for_another"
    assert BOB not in refused.text
    bob = await arrive_confirmed(client, platform, "bob")
    await invited_again(client, ada)
    assert (await accept(client, bob, await token_to(platform, BOB))).status_code == 201


async def invited_again(client: httpx.AsyncClient, by: Headers) -> None:
    (invitation,) = (await client.get(INVITATIONS, headers=by)).json()["data"]
    assert (await client.post(f"{INVITATIONS}/{invitation['id']}/resend", headers=by)).status_code == 200


async def test_unconfirmed_address_cannot_accept(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive(client, "bob")
    confirmation = await token_to(platform, BOB)
    await invited(client, ada)
    token = await token_to(platform, BOB)
    assert code(await accept(client, bob, token), 403) == "email_unverified"
    assert (await confirm(client, confirmation)).status_code == 204
    assert (await accept(client, bob, token)).status_code == 201


async def test_nobody_signed_in_cannot_accept(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    await invited(client, ada)
    answer = await accept(client, {}, await token_to(platform, BOB))
    assert code(answer, 401) == "unauthenticated"


async def test_every_token_that_does_not_work_is_one_problem(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    bob = await arrive_confirmed(client, platform, "bob")
    foreign = await client.post("/v1/users/me/email-verification", headers=ada)
    assert foreign.status_code == 202
    confirmation = await token_to(platform, "ada@example.com")
    await invited(client, ada)
    token = await token_to(platform, BOB)
    await connection.execute("UPDATE invitations SET expires_at = now() - interval '1 second'")
    broken = {
        "expired": token,
        "truncated": token[:-1],
        "altered": token[:10] + ("A" if token[10] != "A" else "B") + token[11:],
        "foreign": confirmation,
        "never made": new_token(Kind.INVITATION).token,
        "no token": "x",
    }
    answers = {name: await accept(client, bob, each) for name, each in broken.items()}
    await connection.execute("UPDATE invitations SET created_at = now() + interval '1 year', expires_at = 'infinity'")
    answers["from before the clock was set back"] = await accept(client, bob, token)
    problems = {
        (a.status_code, a.json()["code"], a.json()["detail"], str(a.json()["errors"])) for a in answers.values()
    }
    assert len(problems) == 1
    assert code(answers["expired"], 409) == "invalid_token"
    assert [each["pointer"] for each in answers["expired"].json()["errors"]] == ["/token"]


async def test_invitation_of_who_was_added_meanwhile_is_used_up(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = await arrive_confirmed(client, platform, "bob")
    await invited(client, ada, role="admin")
    await add(client, ada, bob, "member")
    assert code(await accept(client, bob, await token_to(platform, BOB)), 409) == "invalid_token"
    assert await members(client, ada) == {"ada": "owner", "bob": "member"}
