"""Inviting people, and accepting: once, by whoever has the address."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_in, token_to
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, headers_of, me, sign_up

from freehold import NewCustomRole, NewInvitation, PageRequest, Platform, Settings
from freehold.organizations.invitations.jobs import drop_expired_invitations
from freehold.tokens import Kind, new_token

BOB = "bob@example.com"
INVITATIONS = "/v1/organizations/acme/invitations"
ACCEPT = "/v1/invitations/accept"


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> Headers:
    """The owner of acme."""
    headers = await arrive(client, "ada")
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
    assert made.status_code == 201
    return headers


async def arrive_confirmed(client: httpx.AsyncClient, platform: Platform, username: str) -> Headers:
    headers = await arrive(client, username)
    token = await token_to(platform, f"{username}@example.com")
    assert (await client.post("/v1/email-verifications", json={"token": token})).status_code == 204
    return headers


async def invite(client: httpx.AsyncClient, by: Headers, email: str = BOB, **fields: str) -> httpx.Response:
    return await client.post(INVITATIONS, json={"email": email, **fields}, headers=by)


async def invited(client: httpx.AsyncClient, by: Headers, email: str = BOB, **fields: str) -> dict[str, Any]:
    answer = await invite(client, by, email, **fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accept(client: httpx.AsyncClient, by: Headers, token: str) -> httpx.Response:
    return await client.post(ACCEPT, json={"token": token}, headers=by)


async def members(client: httpx.AsyncClient, by: Headers) -> dict[str, str]:
    listed = await client.get("/v1/organizations/acme/members", headers=by)
    return {member["user"]["username"]: member["role"] for member in listed.json()["data"]}


async def add(client: httpx.AsyncClient, by: Headers, member: Headers, role: str) -> None:
    user_id = (await me(client, member))["id"]
    put = await client.put(f"/v1/organizations/acme/members/{user_id}", json={"role": role}, headers=by)
    assert put.status_code == 200, put.text


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
    client = await open_client(Settings(invitation_days=2))
    await invited(client, ada)
    assert await connection.fetchval("SELECT extract(day FROM expires_at - created_at) FROM invitations") == 2


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
    assert code(await accept(client, bob, token), 422) == "invalid_token"


async def test_two_acceptances_at_once_make_one_membership(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    bob = await arrive_confirmed(client, platform, "bob")
    await invited(client, ada)
    token = await token_to(platform, BOB)
    answers = await asyncio.gather(*(accept(client, bob, token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
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
    assert (await client.post("/v1/email-verifications", json={"token": confirmation})).status_code == 204
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
    assert code(answers["expired"], 422) == "invalid_token"
    assert [each["pointer"] for each in answers["expired"].json()["errors"]] == ["/token"]


async def test_revoked_invitation_ends(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    bob = await arrive_confirmed(client, platform, "bob")
    invitation = await invited(client, ada)
    token = await token_to(platform, BOB)
    path = f"{INVITATIONS}/{invitation['id']}"
    assert (await client.delete(path, headers=ada)).status_code == 204
    assert code(await client.delete(path, headers=ada), 404) == "no_such_invitation"
    assert code(await client.get(path, headers=ada), 404) == "no_such_invitation"
    assert code(await client.post(f"{path}/resend", headers=ada), 404) == "no_such_invitation"
    assert code(await accept(client, bob, token), 422) == "invalid_token"
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
    assert code(await accept(client, bob, old), 422) == "invalid_token"
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


async def test_member_who_was_added_meanwhile_cannot_accept(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = await arrive_confirmed(client, platform, "bob")
    await invited(client, ada, role="admin")
    await add(client, ada, bob, "member")
    assert code(await accept(client, bob, await token_to(platform, BOB)), 409) == "already_member"
    assert await members(client, ada) == {"ada": "owner", "bob": "member"}


async def test_role_must_exist_when_inviting(client: httpx.AsyncClient, ada: Headers):
    answer = await invite(client, ada, role="nobody")
    assert code(answer, 422) == "unknown_role"
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/role"]
    assert (await invite(client, ada, role="owner")).status_code == 422


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
    assert code(await accept(client, bob, token), 422) == "invalid_token"


async def test_signing_up_with_another_address_makes_no_account(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    await invited(client, ada)
    token = await token_to(platform, BOB)
    refused = await sign_up(client, "eve", invitation_token=token)
    assert code(refused, 403) == "invitation_for_another"
    wrong = await sign_up(client, "bob", invitation_token=token[:-1])
    assert code(wrong, 422) == "invalid_token"
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
    client = await open_client(Settings(sign_up="invitation"))
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


async def test_invitations_long_expired_are_forgotten(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    await invited(client, ada)
    await invited(client, ada, "c@example.com")
    await connection.execute(
        "UPDATE invitations SET expires_at = now() - interval '31 days' WHERE email = $1", "c@example.com"
    )
    await drop_expired_invitations(platform.context)
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
