"""Showing that an e-mail address is one's own: on signing up, and on changing it."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.mail.letters import letters_to, token_in, token_to
from tests.users.conftest import OpenClient
from tests.users.people import arrive, code, confirm, headers_of, me, sign_in, sign_up

from freehold import EmailVerification, Forbidden, NewUser, Platform, Settings, UserPatch
from freehold.base.tokens import Kind, new_token
from freehold.users.jobs import drop_expired_tokens

ADA, OTHER = "ada@example.com", "ada@other.example"


async def change(client: httpx.AsyncClient, headers: dict[str, str], email: str) -> httpx.Response:
    return await client.patch("/v1/users/me", json={"email": email}, headers=headers)


async def test_address_is_confirmed_with_the_token_mailed_on_sign_up(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    assert (await me(client, ada))["email_verified"] is False
    (letter,) = await letters_to(platform, ADA)
    assert letter.subject == "Confirm your e-mail address"
    assert (await confirm(client, token_in(letter))).status_code == 204
    assert (await me(client, ada))["email_verified"] is True


async def test_link_leads_to_the_public_address(open_client: OpenClient, platform: Platform):
    client = await open_client(Settings(public_url="https://acme.example/"))
    await sign_up(client)
    (letter,) = await letters_to(platform, ADA)
    assert f"https://acme.example/verify?token={token_in(letter)}\n" in letter.text


async def test_token_works_once_and_a_second_click_of_the_same_person_is_answered_as_done(
    client: httpx.AsyncClient, platform: Platform
):
    await sign_up(client)
    token = await token_to(platform, ADA)
    assert (await confirm(client, token)).status_code == 204
    user = await platform.users.find("ada")
    assert (await confirm(client, token)).status_code == 204
    assert await platform.users.find("ada") == user
    assert code(await client.post("/v1/email-verifications", json={"token": token}), 409) == "invalid_token"


async def test_token_used_by_many_at_once_works_once_and_tells_all_that_it_is_done(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    await sign_up(client)
    token = await token_to(platform, ADA)
    answers = await asyncio.gather(*(confirm(client, token) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [204] * 8
    done = "SELECT count(*) FROM audit_events WHERE action = 'email_verification.complete'"
    assert await connection.fetchval(done) == 1


@pytest.mark.parametrize("path", ["/v1/email-verifications", "/v1/password-resets/complete"])
@pytest.mark.parametrize("clock", ["is right", "was set back"])
async def test_every_token_that_does_not_work_is_one_problem(
    path: str, clock: str, client: httpx.AsyncClient, platform: Platform, connection: Any
):
    """Also a cut one, an altered one, one for something else, one that never was, and one that has expired.

    A clock that was ahead and is set back makes no token live for as long as it was wrong.
    """
    await sign_up(client)
    await client.post("/v1/password-resets", json={"email": ADA})
    letters = {letter.subject: token_in(letter) for letter in await letters_to(platform, ADA)}
    verification, reset = letters["Confirm your e-mail address"], letters["Set a new password"]
    own, foreign = (verification, reset) if "verif" in path else (reset, verification)
    kind = Kind.EMAIL_VERIFICATION if "verif" in path else Kind.PASSWORD_RESET
    await connection.execute("UPDATE email_verifications SET expires_at = now()")
    await connection.execute("UPDATE password_resets SET expires_at = now()")
    password = {} if "verif" in path else {"new_password": "Analytical2"}
    altered = own[:20] + ("A" if own[20] != "A" else "B") + own[21:]
    if clock == "was set back":
        for table in ("email_verifications", "password_resets"):
            await connection.execute(
                f"UPDATE {table} SET expires_at = now() + interval '1 year', "  # noqa: S608 - our own names
                "created_at = now() + interval '1 year' - interval '30 minutes'"
            )
    tokens = [own, foreign, own[:-1], own[4:], own + "x", altered, new_token(kind).token, "x", "🗝", own.upper()]
    answers = [await client.post(path, json={"token": token, **password}) for token in tokens]
    problems = [{**answer.json(), "request_id": None} for answer in answers]
    assert {answer.status_code for answer in answers} == {409}
    assert all(problem == problems[0] for problem in problems)
    assert problems[0]["code"] == "invalid_token"
    assert problems[0]["errors"][0]["pointer"] == "/token"


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 256}, {"token": None}, {"token": "a\x00"}])
async def test_token_of_the_wrong_shape_is_named(body: dict[str, Any], client: httpx.AsyncClient):
    answer = await client.post("/v1/email-verifications", json=body)
    assert code(answer, 422) == "invalid"
    assert answer.json()["errors"][0]["pointer"] == "/token"


async def test_sending_again_ends_the_earlier_token(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    first = await token_to(platform, ADA)
    answer = await client.post("/v1/users/me/email-verification", headers=ada)
    assert (answer.status_code, answer.content) == (202, b"")
    second = await token_to(platform, ADA)
    assert code(await confirm(client, first), 409) == "invalid_token"
    assert (await confirm(client, second)).status_code == 204


async def test_sending_again_is_refused_when_there_is_nothing_to_confirm(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    await confirm(client, await token_to(platform, ADA))
    assert code(await client.post("/v1/users/me/email-verification", headers=ada), 409) == "email_verified"
    assert code(await client.post("/v1/users/me/email-verification"), 401) == "unauthenticated"


async def test_sending_again_works_after_the_first_mail_has_expired(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    ada = await arrive(client)
    await connection.execute("UPDATE email_verifications SET expires_at = now()")
    await drop_expired_tokens(platform.context)
    assert (await client.post("/v1/users/me/email-verification", headers=ada)).status_code == 202
    assert (await confirm(client, await token_to(platform, ADA))).status_code == 204


async def test_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(
    client: httpx.AsyncClient, platform: Platform
):
    ada = await arrive(client)
    await confirm(client, await token_to(platform, ADA))
    before = await me(client, ada)
    answer = await change(client, ada, "Ada@OTHER.example")
    assert answer.status_code == 200
    changed = {**before, "new_email": "Ada@other.example", "updated_at": answer.json()["updated_at"]}
    assert answer.json() == changed  # the address that waits, and nothing else
    notice = (await letters_to(platform, ADA))[0]
    assert notice.subject == "Your e-mail address is about to change"
    assert "Ada@other.example" in notice.text
    assert code(await sign_in(client, OTHER), 401) == "wrong_credentials"
    assert (await confirm(client, await token_to(platform, "Ada@other.example"))).status_code == 204
    after = await me(client, ada)
    assert after["email"] == "Ada@other.example"
    assert after["email_verified"] is True
    assert str(after["updated_at"]) > str(before["updated_at"])
    assert (await sign_in(client, OTHER)).status_code == 201
    assert code(await sign_in(client, ADA), 401) == "wrong_credentials"


async def test_sending_again_during_a_change_goes_to_the_new_address(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    await confirm(client, await token_to(platform, ADA))
    await change(client, ada, OTHER)
    assert (await client.post("/v1/users/me/email-verification", headers=ada)).status_code == 202
    assert len(await letters_to(platform, OTHER)) == 2


async def test_other_changes_count_at_once(client: httpx.AsyncClient):
    ada = await arrive(client)
    answer = await client.patch("/v1/users/me", json={"username": "countess", "email": OTHER}, headers=ada)
    assert (answer.json()["username"], answer.json()["email"]) == ("countess", ADA)


async def test_change_to_the_same_address_mails_nobody(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    assert (await change(client, ada, ADA)).status_code == 200
    assert len(await letters_to(platform, ADA)) == 1


async def test_going_back_to_the_present_address_withdraws_the_change(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    ada = await arrive(client)
    await confirm(client, await token_to(platform, ADA))
    await change(client, ada, OTHER)
    assert (await change(client, ada, ADA)).status_code == 200
    assert code(await confirm(client, await token_to(platform, OTHER)), 409) == "invalid_token"
    assert code(await client.post("/v1/users/me/email-verification", headers=ada), 409) == "email_verified"
    assert (await me(client, ada))["email"] == ADA
    assert (await change(client, ada, ADA)).status_code == 200  # there is nothing left to withdraw
    withdrawn = "SELECT count(*) FROM audit_events WHERE action = 'email_verification.delete'"
    assert await connection.fetchval(withdrawn) == 1
    await change(client, ada, OTHER)
    assert (await confirm(client, await token_to(platform, OTHER))).status_code == 204


async def test_going_back_leaves_the_confirmation_of_the_present_address(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    token = await token_to(platform, ADA)
    assert (await change(client, ada, ADA)).status_code == 200
    assert (await confirm(client, token)).status_code == 204


async def test_change_on_a_stale_version_mails_nobody(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    stale = {**ada, "If-Match": '"1"'}
    assert (await change(client, stale, OTHER)).status_code == 412
    assert await letters_to(platform, OTHER) == []


async def test_taken_address_is_a_conflict_when_it_is_asked_for(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    await sign_up(client, "bob")
    assert code(await change(client, ada, "BOB@example.com"), 409) == "email_taken"
    assert len(await letters_to(platform, ADA)) == 1


async def test_taken_address_is_a_conflict_when_it_is_confirmed(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    await change(client, ada, OTHER)
    token = await token_to(platform, OTHER)
    await sign_up(client, "bob", email=OTHER)
    assert code(await confirm(client, token), 409) == "email_taken"
    assert (await me(client, ada))["email"] == ADA


async def test_two_who_change_to_one_address_do_not_both_get_it(client: httpx.AsyncClient, platform: Platform):
    for name in ("ada", "bob"):
        await change(client, await arrive(client, name), OTHER)
    tokens = [token_in(letter) for letter in await letters_to(platform, OTHER)]
    answers = await asyncio.gather(*(confirm(client, token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_administrator_changes_an_address_in_the_same_way(platform: Platform):
    user = await platform.users.create(NewUser(username="ada", email=ADA, password="Lovelace1"))
    assert (await platform.users.update(user.id, UserPatch(email=OTHER))).email == ADA
    await platform.users.verify_email(EmailVerification(token=await token_to(platform, OTHER)))
    assert (await platform.users.get(user.id)).email == OTHER


async def test_new_password_ends_a_change_of_address(client: httpx.AsyncClient, platform: Platform):
    """As the mail to the old address promises to whoever did not ask for the change."""
    ada = await arrive(client)
    await change(client, ada, OTHER)
    passwords = {"current_password": "Lovelace1", "new_password": "Analytical2"}
    assert (await client.put("/v1/users/me/password", json=passwords, headers=ada)).status_code == 204
    assert code(await confirm(client, await token_to(platform, OTHER)), 409) == "invalid_token"


async def test_new_password_leaves_the_confirmation_of_the_same_address(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    token = await token_to(platform, ADA)
    passwords = {"current_password": "Lovelace1", "new_password": "Analytical2"}
    assert (await client.put("/v1/users/me/password", json=passwords, headers=ada)).status_code == 204
    assert (await confirm(client, token, "Analytical2")).status_code == 204


async def test_change_of_address_ends_a_password_reset_mailed_to_the_old_one(
    client: httpx.AsyncClient, platform: Platform
):
    ada = await arrive(client)
    await client.post("/v1/password-resets", json={"email": ADA})
    reset = await token_to(platform, ADA)
    await change(client, ada, OTHER)
    await confirm(client, await token_to(platform, OTHER))
    completion = {"token": reset, "new_password": "Analytical2"}
    assert code(await client.post("/v1/password-resets/complete", json=completion), 409) == "invalid_token"


async def test_operator_takes_an_address_as_confirmed(platform: Platform, client: httpx.AsyncClient):
    ada = await arrive(client)
    user = await platform.users.find("ada")
    assert (await platform.users.mark_verified(user.id)).email_verified is True
    assert code(await confirm(client, await token_to(platform, ADA)), 409) == "invalid_token"
    assert (await me(client, ada))["email_verified"] is True
    with pytest.raises(Forbidden):
        await platform.acting_as(user.id).users.mark_verified("me")


async def test_unverified_people_sign_in_only_where_the_platform_lets_them(
    open_client: OpenClient, platform: Platform, connection: Any
):
    client = await open_client(Settings(unverified_may_sign_in=False))
    await sign_up(client)
    assert code(await sign_in(client), 403) == "email_unverified"
    assert len(await letters_to(platform, ADA)) == 2  # asked again
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 0
    assert code(await sign_in(client, password="Wrong1234"), 401) == "wrong_credentials"
    assert len(await letters_to(platform, ADA)) == 2
    await confirm(client, await token_to(platform, ADA))
    assert (await sign_in(client)).status_code == 201


async def test_no_token_is_stored_or_recorded(client: httpx.AsyncClient, platform: Platform, connection: Any):
    await sign_up(client)
    await client.post("/v1/password-resets", json={"email": ADA})
    tokens = [token_in(letter) for letter in await letters_to(platform, ADA)]
    assert len(tokens) == 2
    for table in ("email_verifications", "password_resets", "audit_events"):
        rows = str(await connection.fetch(f"SELECT t::text FROM {table} t"))  # noqa: S608 - our own names
        assert all(token not in rows for token in tokens)


async def test_confirming_is_in_the_audit_log(client: httpx.AsyncClient, platform: Platform, connection: Any):
    ada = await arrive(client)
    await confirm(client, await token_to(platform, ADA))
    await change(client, ada, OTHER)
    await confirm(client, await token_to(platform, OTHER))
    rows = await connection.fetch(
        "SELECT action, details FROM audit_events WHERE action LIKE 'email%' ORDER BY created_at"
    )
    assert [row["action"].partition(".")[2] for row in rows] == ["create", "complete", "create", "complete"]
    assert "example" not in str(rows)  # an address is personal: the log has none


async def test_expired_tokens_are_dropped(client: httpx.AsyncClient, platform: Platform, connection: Any):
    for name in ("ada", "bob"):
        await sign_up(client, name)
        await client.post("/v1/password-resets", json={"email": f"{name}@example.com"})
    bob = (await platform.users.find("bob")).id
    for table in ("email_verifications", "password_resets"):
        await connection.execute(f"UPDATE {table} SET expires_at = now() WHERE user_id = $1", bob)  # noqa: S608
    await drop_expired_tokens(platform.context)
    for table in ("email_verifications", "password_resets"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 1  # noqa: S608
    assert (await headers_of(client, "bob")) is not None
