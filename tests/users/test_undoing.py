"""A change of address can be taken back by whoever has the old one."""

import asyncio
from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_in, token_to
from tests.users.people import Headers, arrive, code, confirm, headers_of, me, sign_in, sign_up

from freehold import Platform
from freehold.users.undoing.jobs import drop_expired

ADA, THIEF, LATER = "ada@example.com", "thief@example.com", "later@example.com"
UNDO: Final = "/v1/email-verifications/undo"


async def move(client: httpx.AsyncClient, platform: Platform, headers: Headers, email: str) -> None:
    changed = await client.patch("/v1/users/me", json={"email": email}, headers=headers)
    assert changed.status_code == 200, changed.text
    token = await token_to(platform, email)
    assert (await client.post("/v1/email-verifications", json={"token": token}, headers=headers)).status_code == 204


@pytest.fixture
async def ada(client: httpx.AsyncClient, platform: Platform) -> Headers:
    """Ada, whose address was changed by somebody in her session, who has made a key as well."""
    headers = await arrive(client)
    assert (await confirm(client, await token_to(platform, ADA))).status_code == 204
    await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=headers)
    await move(client, platform, headers, THIEF)
    return headers


async def undo(client: httpx.AsyncClient, token: str, **fields: str) -> httpx.Response:
    return await client.post(UNDO, json={"token": token, **fields})


async def undo_token(platform: Platform, address: str = ADA) -> str:
    letter = next(each for each in await letters_to(platform, address) if "was changed" in each.subject)
    return token_in(letter)


async def test_old_address_hears_of_the_change_and_takes_it_back(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    (letter,) = [each for each in await letters_to(platform, ADA) if "was changed" in each.subject]
    assert letter.subject == "Your e-mail address was changed"
    assert THIEF in letter.text
    key = await client.post("/v1/users/me/api-keys", json={"name": "later"}, headers=ada)
    assert (await undo(client, token_in(letter))).status_code == 204
    for headers in (ada, {"Authorization": f"Bearer {key.json()['key']}"}):
        assert code(await client.get("/v1/users/me", headers=headers), 401) == "unauthenticated"
    user = await me(client, await headers_of(client, ADA))
    assert (user["email"], user["email_verified"]) == (ADA, True)
    assert (await letters_to(platform, ADA))[0].subject == "Set a new password"
    count = len(await letters_to(platform, ADA))
    assert (await undo(client, token_in(letter))).status_code == 204  # a second click
    assert len(await letters_to(platform, ADA)) == count


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("password", [{}, {"new_password": "Analytical2"}])
async def test_many_clicks_at_once_undo_once_and_are_all_told_that_it_is_done(
    client: httpx.AsyncClient, platform: Platform, connection: Any, password: dict[str, str]
):
    token = await undo_token(platform)
    answers = await asyncio.gather(*(undo(client, token, **password) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [204] * 4
    done = "SELECT count(*) FROM audit_events WHERE action = 'email_change.undo'"
    assert await connection.fetchval(done) == 1


@pytest.mark.usefixtures("ada")
async def test_new_password_can_come_along(client: httpx.AsyncClient, platform: Platform):
    token = await undo_token(platform)
    weak = await undo(client, token, new_password="weak")
    assert weak.status_code == 422
    assert (await undo(client, token, new_password="Analytical2")).status_code == 204
    signed_in = await sign_in(client, ADA, "Analytical2")
    assert signed_in.status_code == 201
    # A second click is answered as done where that is true, and ends nothing; it sets no other password.
    for again in ({"new_password": "Analytical2"}, {}):
        assert (await undo(client, token, **again)).status_code == 204
    assert code(await undo(client, token, new_password="Different3"), 409) == "invalid_token"
    assert (await me(client, {"Authorization": f"Bearer {signed_in.json()['token']}"}))["email"] == ADA
    assert code(await sign_in(client, ADA, PASSWORD), 401) == "wrong_credentials"


async def test_undoing_ends_what_is_pending_and_every_later_change(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    await move(client, platform, ada, LATER)
    later = await undo_token(platform, THIEF)
    await client.patch("/v1/users/me", json={"email": "third@example.com"}, headers=ada)
    pending = await token_to(platform, "third@example.com")
    await client.post("/v1/password-resets", json={"email": LATER})
    reset = await token_to(platform, LATER)
    assert (await undo(client, await undo_token(platform))).status_code == 204
    assert code(await undo(client, later), 409) == "invalid_token"
    assert code(await confirm(client, pending), 409) == "invalid_token"
    completion = {"token": reset, "new_password": "Stolen12"}
    assert code(await client.post("/v1/password-resets/complete", json=completion), 409) == "invalid_token"


async def test_undoing_outlives_a_new_password_of_the_thief(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    passwords = {"current_password": PASSWORD, "new_password": "Stolen12"}
    assert (await client.put("/v1/users/me/password", json=passwords, headers=ada)).status_code == 204
    await client.post("/v1/password-resets", json={"email": THIEF})
    completion = {"token": await token_to(platform, THIEF), "new_password": "Stolen34"}
    assert (await client.post("/v1/password-resets/complete", json=completion)).status_code == 204
    assert (await undo(client, await undo_token(platform), new_password="Analytical2")).status_code == 204
    assert (await sign_in(client, ADA, "Analytical2")).status_code == 201


async def test_nobody_gets_the_old_address_while_it_can_be_taken_back(
    client: httpx.AsyncClient, ada: Headers, connection: Any
):
    assert code(await sign_up(client, "eve", email=ADA.upper()), 409) == "email_taken"
    eve = await arrive(client, "eve")
    assert code(await client.patch("/v1/users/me", json={"email": ADA}, headers=eve), 409) == "email_taken"
    assert (await client.patch("/v1/users/me", json={"email": ADA}, headers=ada)).status_code == 200  # its own
    await connection.execute("UPDATE email_undos SET expires_at = now()")
    assert (await sign_up(client, "other", email=ADA)).status_code == 201


@pytest.mark.usefixtures("ada")
async def test_token_works_for_seven_days(client: httpx.AsyncClient, platform: Platform, connection: Any):
    lifetime = await connection.fetchval("SELECT expires_at - created_at FROM email_undos")
    assert lifetime.days == 7
    await connection.execute("UPDATE email_undos SET expires_at = now()")
    assert code(await undo(client, await undo_token(platform)), 409) == "invalid_token"
    await drop_expired(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM email_undos") == 0


async def test_address_that_was_never_confirmed_gets_no_way_back(client: httpx.AsyncClient, platform: Platform):
    """Who mistyped their address must not give a stranger a key to the account."""
    headers = await arrive(client)
    await move(client, platform, headers, LATER)
    assert [each.subject for each in await letters_to(platform, ADA)] == ["Confirm your e-mail address"]


@pytest.mark.usefixtures("ada")
async def test_undoing_is_in_the_log_without_an_address(client: httpx.AsyncClient, platform: Platform, connection: Any):
    await undo(client, await undo_token(platform))
    row = await connection.fetchrow(
        "SELECT chain_id, actor_id, details::text FROM audit_events WHERE action = 'email_change.undo'"
    )
    assert row["chain_id"] == row["actor_id"] == (await platform.users.find("ada")).id
    assert "example" not in row["details"]
