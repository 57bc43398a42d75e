"""Confirming an address counts for the one whose account it is; a stranger's account under it ends."""

from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_in, token_to
from tests.users.people import Headers, arrive, code, confirm, headers_of, me, sign_in, sign_up

from freehold import EmailVerification, Platform

ADA, OTHER = "ada@example.com", "ada@other.example"
CONFIRM: Final = "/v1/email-verifications"


async def click(client: httpx.AsyncClient, token: str, by: Headers | None = None) -> httpx.Response:
    """Follow the link in the mail, knowing nothing of the account."""
    return await client.post(CONFIRM, json={"token": token}, headers=by or {})


async def squat(client: httpx.AsyncClient) -> tuple[Headers, Headers]:
    """Sign up with somebody else's address, and leave a session and a key for the day when they come."""
    session = await arrive(client)
    made = await client.post("/v1/users/me/api-keys", json={"name": "later"}, headers=session)
    return session, {"Authorization": f"Bearer {made.json()['key']}"}


async def test_click_of_the_owner_ends_all_that_a_stranger_has_made(client: httpx.AsyncClient, platform: Platform):
    session, key = await squat(client)
    answer = await click(client, await token_to(platform, ADA))
    assert (answer.status_code, answer.json()) == (200, {"email": ADA, "password_reset_mailed": True})
    for headers in (session, key):
        assert code(await client.get("/v1/users/me", headers=headers), 401) == "unauthenticated"
    assert code(await sign_in(client), 401) == "wrong_credentials"
    letter = (await letters_to(platform, ADA))[0]
    assert letter.subject == "Set a new password"
    completion = {"token": token_in(letter), "new_password": "Analytical2"}
    assert (await client.post("/v1/password-resets/complete", json=completion)).status_code == 204
    user = await me(client, await headers_of(client, password="Analytical2"))
    assert (user["email"], user["email_verified"]) == (ADA, True)


async def test_reset_of_the_owner_ends_all_that_a_stranger_has_made(client: httpx.AsyncClient, platform: Platform):
    session, key = await squat(client)
    await client.patch("/v1/users/me", json={"email": OTHER}, headers=session)
    change = await token_to(platform, OTHER)
    await client.post("/v1/password-resets", json={"email": ADA})
    completion = {"token": await token_to(platform, ADA), "new_password": "Analytical2"}
    assert (await client.post("/v1/password-resets/complete", json=completion)).status_code == 204
    for headers in (session, key):
        assert code(await client.get("/v1/users/me", headers=headers), 401) == "unauthenticated"
    assert code(await click(client, change), 409) == "invalid_token"


@pytest.mark.parametrize("proof", ["session", "password"])
async def test_who_shows_that_the_account_is_theirs_keeps_everything(
    proof: str, client: httpx.AsyncClient, platform: Platform
):
    session, key = await squat(client)
    token = await token_to(platform, ADA)
    answer = await (click(client, token, session) if proof == "session" else confirm(client, token))
    assert (answer.status_code, answer.content) == (204, b"")
    for headers in (session, key):
        assert (await me(client, headers))["email_verified"] is True


@pytest.mark.parametrize("by", ["another account", "a key"])
async def test_what_is_no_session_of_the_account_shows_nothing(by: str, client: httpx.AsyncClient, platform: Platform):
    session, key = await squat(client)
    headers = key if by == "a key" else await arrive(client, "bob")
    assert (await click(client, await token_to(platform, ADA), headers)).status_code == 200
    assert code(await client.get("/v1/users/me", headers=session), 401) == "unauthenticated"


async def test_wrong_password_confirms_nothing_and_leaves_the_token(client: httpx.AsyncClient, platform: Platform):
    session, _ = await squat(client)
    token = await token_to(platform, ADA)
    answer = await confirm(client, token, "Wrong1234")
    assert code(answer, 409) == "wrong_password"
    assert answer.json()["errors"][0]["pointer"] == "/password"
    assert (await me(client, session))["email_verified"] is False
    assert (await confirm(client, token)).status_code == 204


async def test_guessing_the_password_with_a_token_is_slowed_down(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    token = await token_to(platform, ADA)
    answers = [await confirm(client, token, "Wrong1234") for _ in range(8)]
    assert answers[-1].json()["code"] == "sign_in_delayed"


async def test_click_on_a_change_of_address_without_a_session_ends_everything(
    client: httpx.AsyncClient, platform: Platform
):
    session, key = await squat(client)
    await confirm(client, await token_to(platform, ADA))
    await client.patch("/v1/users/me", json={"email": OTHER}, headers=session)
    assert (await click(client, await token_to(platform, OTHER))).status_code == 200
    for headers in (session, key):
        assert code(await client.get("/v1/users/me", headers=headers), 401) == "unauthenticated"
    assert (await letters_to(platform, OTHER))[0].subject == "Set a new password"


async def test_library_asks_for_the_same(platform: Platform, client: httpx.AsyncClient):
    session, _ = await squat(client)
    token = await token_to(platform, ADA)
    outcome = await platform.users.verify_email(EmailVerification(token=token, password=PASSWORD))
    assert outcome is None
    await client.patch("/v1/users/me", json={"email": OTHER}, headers=session)
    outcome = await platform.users.verify_email(EmailVerification(token=await token_to(platform, OTHER)))
    assert outcome is not None
    assert outcome.email == OTHER


async def test_log_says_whose_the_confirmation_was(client: httpx.AsyncClient, platform: Platform, connection: Any):
    await squat(client)
    await click(client, await token_to(platform, ADA))
    details = "SELECT details ->> 'is_own' FROM audit_events WHERE action = 'email_verification.complete'"
    assert await connection.fetchval(details) == "false"
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'api_key.delete'") == 1
