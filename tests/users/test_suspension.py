"""A suspended user can do nothing, at once and everywhere, and has everything back when they are resumed."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_to
from tests.users.administrators import administrator
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, confirm, headers_of, me, sign_in

from freehold import GRANTS, Actor, Forbidden, InvitationAcceptance, NewSuspension, Platform, Role, Settings
from freehold.access import in_transaction
from freehold.users.operations import credentials_of
from freehold.users.suspension.errors import AccountSuspended
from freehold.users.verification.errors import EmailVerified
from freehold.users.verification.operations import correct

BOB = "bob@example.com"


@pytest.fixture
async def root(client: httpx.AsyncClient, connection: Any) -> Headers:
    return await administrator(client, connection)


@pytest.fixture
async def bob(client: httpx.AsyncClient, platform: Platform) -> Headers:
    headers = await arrive(client, "bob")
    assert (await confirm(client, await token_to(platform, BOB))).status_code == 204
    return headers


async def suspend(client: httpx.AsyncClient, root: Headers, bob: Headers, **body: str) -> str:
    user_id = str((await me(client, bob))["id"])
    answer = await client.put(f"/v1/users/{user_id}/suspension", json=body, headers=root)
    assert answer.status_code == 200, answer.text
    return user_id


async def test_suspended_user_is_refused_by_every_process_at_once(
    client: httpx.AsyncClient, open_client: OpenClient, root: Headers, bob: Headers
):
    other = await open_client(Settings(rate_limits="off"))
    made = await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=bob)
    key = {"Authorization": f"Bearer {made.json()['key']}"}
    for headers in (bob, key):
        assert (await other.get("/v1/users/me", headers=headers)).status_code == 200
    await suspend(client, root, bob)
    for each in (client, other):
        for headers in (bob, key):
            assert (await each.get("/v1/users/me", headers=headers)).status_code == 401
        assert code(await sign_in(each, "bob"), 403) == "account_suspended"


async def test_key_or_session_that_outlived_the_suspension_opens_nothing(
    client: httpx.AsyncClient, bob: Headers, connection: Any
):
    """As one that is made past the application, or restored from a backup."""
    made = await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=bob)
    key = {"Authorization": f"Bearer {made.json()['key']}"}
    await connection.execute("UPDATE users SET suspended_at = now() WHERE username = 'bob'")
    for headers in (bob, key):
        assert (await client.get("/v1/users/me", headers=headers)).status_code == 401
    await connection.execute("UPDATE users SET suspended_at = NULL WHERE username = 'bob'")
    for headers in (bob, key):
        assert (await client.get("/v1/users/me", headers=headers)).status_code == 200


async def test_suspension_is_told_only_with_the_right_password(client: httpx.AsyncClient, root: Headers, bob: Headers):
    await suspend(client, root, bob)
    assert code(await sign_in(client, "bob", "Wrong12345"), 401) == "wrong_credentials"
    assert code(await sign_in(client, BOB), 403) == "account_suspended"


async def test_suspended_user_gets_no_reset_and_uses_none(
    client: httpx.AsyncClient, root: Headers, bob: Headers, platform: Platform, connection: Any
):
    reset = {"email": BOB}
    assert (await client.post("/v1/password-resets", json=reset)).status_code == 202
    token = await token_to(platform, BOB)
    await suspend(client, root, bob)
    body = {"token": token, "new_password": "Analytical2"}
    assert code(await client.post("/v1/password-resets/complete", json=body), 409) == "invalid_token"
    before = len(await letters_to(platform, BOB))
    assert (await client.post("/v1/password-resets", json=reset)).status_code == 202
    assert len(await letters_to(platform, BOB)) == before
    assert await connection.fetchval("SELECT count(*) FROM password_resets") == 0


async def test_suspended_user_confirms_no_address(client: httpx.AsyncClient, root: Headers, platform: Platform):
    headers = await arrive(client, "eve")
    token = await token_to(platform, "eve@example.com")
    user_id = await suspend(client, root, headers)
    assert code(await confirm(client, token), 409) == "invalid_token"
    assert (await client.delete(f"/v1/users/{user_id}/suspension", headers=root)).status_code == 200
    assert (await confirm(client, token)).status_code == 204


async def test_suspended_user_accepts_no_invitation(
    client: httpx.AsyncClient, root: Headers, bob: Headers, platform: Platform
):
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=root)
    path = f"/v1/organizations/{made.json()['id']}/invitations"
    assert (await client.post(path, json={"email": BOB}, headers=root)).status_code == 201
    acceptance = InvitationAcceptance(token=await token_to(platform, BOB))
    user_id = UUID(await suspend(client, root, bob))
    # Also where somebody is in the middle of a request, or acts through the library.
    with pytest.raises(AccountSuspended):
        await platform.acting_as(user_id).organizations.invitations.accept(acceptance)
    await platform.users.resume(user_id)
    joined = await platform.acting_as(user_id).organizations.invitations.accept(acceptance)
    assert joined.role == "member"


async def test_suspended_user_corrects_no_address(client: httpx.AsyncClient, root: Headers, platform: Platform):
    eve = await arrive(client, "eve")
    user_id = await suspend(client, root, eve)
    body = {"login": "eve", "password": PASSWORD, "email": "other@example.com"}
    assert code(await client.post("/v1/email-corrections", json=body), 403) == "account_suspended"
    user = await platform.users.get(UUID(user_id))
    # Also where they are suspended while the password is verified.
    credentials = await credentials_of(platform.context, "eve")
    assert credentials is not None
    with pytest.raises(EmailVerified):
        await in_transaction(
            platform.context, lambda inner: correct(inner, user, "other@example.com", credentials.password_hash)
        )
    assert (await platform.users.get(UUID(user_id))).email == "eve@example.com"


async def test_key_of_an_organization_invites_while_whoever_made_it_is_not_suspended(
    client: httpx.AsyncClient, root: Headers, bob: Headers
):
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=root)
    acme = f"/v1/organizations/{made.json()['id']}"
    bob_id = (await me(client, bob))["id"]
    assert (await client.put(f"{acme}/members/{bob_id}", json={"role": "admin"}, headers=root)).status_code == 200
    body = {"name": "k", "actions": ["invitation.create", *GRANTS[Role.MEMBER]]}
    robot = await client.post(f"{acme}/api-keys", json=body, headers=bob)
    key = {"Authorization": f"Bearer {robot.json()['key']}"}

    async def invite(email: str) -> httpx.Response:
        return await client.post(f"{acme}/invitations", json={"email": email}, headers=key)

    assert (await invite("one@example.com")).status_code == 201
    await suspend(client, root, bob)
    refused = await invite("two@example.com")
    assert code(refused, 403) == "forbidden"
    assert "suspended" in refused.json()["detail"]
    assert (await client.delete(f"/v1/users/{bob_id}/suspension", headers=root)).status_code == 200
    assert (await invite("two@example.com")).status_code == 201


async def test_resumed_user_has_password_and_memberships_as_before(
    client: httpx.AsyncClient, root: Headers, bob: Headers
):
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=bob)
    user_id = await suspend(client, root, bob, reason="Sends spam")
    seen = await client.get(f"/v1/users/{user_id}", headers=root)
    assert seen.json()["state"] == "suspended"
    members = await client.get(f"/v1/organizations/{made.json()['id']}/members", headers=root)
    assert [each["user"]["username"] for each in members.json()["data"]] == ["bob"]
    resumed = await client.delete(f"/v1/users/{user_id}/suspension", headers=root)
    assert (resumed.status_code, resumed.json()["state"]) == (200, "active")
    again = await headers_of(client, "bob")
    owned = await client.get("/v1/organizations", headers=again)
    assert [each["slug"] for each in owned.json()["data"]] == ["acme"]


async def test_reason_is_for_administrators_alone(
    client: httpx.AsyncClient, root: Headers, bob: Headers, platform: Platform
):
    fellow = await arrive(client, "fellow")
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=bob)
    fellow_id = (await me(client, fellow))["id"]
    put = f"/v1/organizations/{made.json()['id']}/members/{fellow_id}"
    assert (await client.put(put, json={"role": "member"}, headers=bob)).status_code == 200
    user_id = await suspend(client, root, bob, reason="Sends spam")
    seen = await client.get(f"/v1/users/{user_id}", headers=fellow)
    assert seen.json()["state"] == "suspended"
    assert "spam" not in seen.text
    path = f"/v1/users/{user_id}/suspension"
    assert code(await client.get(path, headers=fellow), 403) == "forbidden"
    shown = (await client.get(path, headers=root)).json()
    assert (shown["user_id"], shown["reason"]) == (user_id, "Sends spam")
    log = await client.get("/v1/audit-events", params={"user_id": user_id}, headers=root)
    assert "user.suspend" in log.text
    assert "spam" not in log.text
    exported = b"".join([part async for part in await platform.users.export(UUID(user_id))])
    assert b'"suspended_at":"' in exported
    assert b"spam" not in exported


async def test_reason_can_be_changed_and_since_when_stays(client: httpx.AsyncClient, root: Headers, bob: Headers):
    user_id = await suspend(client, root, bob, reason="Sends spam")
    path = f"/v1/users/{user_id}/suspension"
    first = (await client.get(path, headers=root)).json()
    second = (await client.put(path, json={"reason": "Fraud"}, headers=root)).json()
    assert second == {**first, "reason": "Fraud"}


async def test_who_is_active_has_no_suspension(client: httpx.AsyncClient, root: Headers, bob: Headers):
    path = f"/v1/users/{(await me(client, bob))['id']}/suspension"
    for method in ("GET", "DELETE"):
        assert code(await client.request(method, path, headers=root), 404) == "not_suspended"
    nobody = f"/v1/users/{UUID(int=7)}/suspension"
    for method in ("GET", "PUT", "DELETE"):
        assert code(await client.request(method, nobody, headers=root), 404) == "not_found"


async def test_administrator_does_not_suspend_themselves(client: httpx.AsyncClient, root: Headers, connection: Any):
    await administrator(client, connection, "second")
    path = f"/v1/users/{(await me(client, root))['id']}/suspension"
    assert code(await client.put(path, headers=root), 403) == "forbidden"


async def test_signing_in_while_being_suspended_leaves_no_session(
    client: httpx.AsyncClient, bob: Headers, platform: Platform, connection: Any
):
    user_id = UUID(str((await me(client, bob))["id"]))
    for _ in range(5):
        answers, _done = await asyncio.gather(
            asyncio.gather(*(sign_in(client, "bob", PASSWORD) for _ in range(4))), platform.users.suspend(user_id)
        )
        assert {answer.status_code for answer in answers} <= {201, 403}
        assert await connection.fetchval("SELECT count(*) FROM sessions WHERE user_id = $1", user_id) == 0
        await platform.users.resume(user_id)


async def test_suspension_stores_nothing_where_it_is_refused(platform: Platform, sign_up: Any):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    with pytest.raises(Forbidden):
        await platform.acting_as(Actor(user_id=ada.id)).users.suspend(ada.id, NewSuspension(reason="x"))
    assert (await platform.users.get(bob.id)).state == "active"
