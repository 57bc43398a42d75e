"""Set a new password without the old one."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_in, token_to
from tests.users.people import arrive, code, confirm, me, sign_in, sign_up

from freehold import AccountAuditPageRequest, NewPasswordReset, PageRequest, PasswordResetCompletion, Platform
from freehold.data.db import Transaction

ADA, NEW = "ada@example.com", "Analytical2"


async def ask(client: httpx.AsyncClient, email: str = ADA) -> httpx.Response:
    return await client.post("/v1/password-resets", json={"email": email})


async def complete(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post("/v1/password-resets/complete", json={"token": token, "new_password": password})


async def test_password_is_set_with_the_mailed_token(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    assert (await ask(client)).status_code == 202
    letter = (await letters_to(platform, ADA))[0]
    assert letter.subject == "Set a new password"
    assert "for 30 minutes" in letter.text
    assert (await complete(client, token_in(letter))).status_code == 204
    assert (await sign_in(client, password=NEW)).status_code == 201
    assert code(await sign_in(client, password=PASSWORD), 401) == "wrong_credentials"


async def test_every_session_ends(client: httpx.AsyncClient, platform: Platform):
    first, bob = await arrive(client), await arrive(client, "bob")
    second = {"Authorization": f"Bearer {(await sign_in(client)).json()['token']}"}
    await ask(client)
    assert (await me(client, second))["username"] == "ada"  # asking ends nothing
    await complete(client, await token_to(platform, ADA))
    for headers in (first, second):
        assert code(await client.get("/v1/users/me", headers=headers), 401) == "unauthenticated"
    assert (await me(client, bob))["username"] == "bob"


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_keys_of_whoever_only_claimed_the_address_end(
    is_confirmed: bool,  # noqa: FBT001 - a parameter of the test's table
    client: httpx.AsyncClient,
    platform: Platform,
    connection: Any,
):
    """Somebody else may have signed up with the address, and left a key for the day when its owner comes."""
    ada = await arrive(client)
    if is_confirmed:
        await platform.users.mark_verified((await platform.users.find("ada")).id)
    issued = await client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=ada)
    key = {"Authorization": f"Bearer {issued.json()['key']}"}
    await ask(client)
    await complete(client, await token_to(platform, ADA))
    assert (await client.get("/v1/users/me", headers=key)).status_code == 401
    ended = "SELECT details ->> 'ended' FROM audit_events WHERE action = 'api_key.delete'"
    assert (await connection.fetchval(ended)) == f'["{issued.json()["id"]}"]'


async def test_address_counts_as_confirmed_and_is_told(client: httpx.AsyncClient, platform: Platform):
    answer = await sign_up(client)
    assert answer.json()["email_verified"] is False
    await ask(client)
    await complete(client, await token_to(platform, ADA))
    assert (await platform.users.find("ada")).email_verified is True
    assert (await letters_to(platform, ADA))[0].subject == "Your password was changed"


async def test_token_works_once_and_for_thirty_minutes(client: httpx.AsyncClient, platform: Platform, connection: Any):
    await sign_up(client)
    await ask(client)
    lifetime = await connection.fetchval("SELECT expires_at - created_at FROM password_resets")
    assert lifetime.total_seconds() == 30 * 60
    token = await token_to(platform, ADA)
    await connection.execute("UPDATE password_resets SET expires_at = now() + interval '1 second'")
    assert (await complete(client, token)).status_code == 204
    assert code(await complete(client, token), 409) == "invalid_token"


async def test_token_used_by_many_at_once_works_once(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    await ask(client)
    token = await token_to(platform, ADA)
    answers = await asyncio.gather(*(complete(client, token, f"Analytical{n}") for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [204] + [409] * 5
    (chosen,) = [n for n, answer in enumerate(answers) if answer.status_code == 204]
    assert (await sign_in(client, password=f"Analytical{chosen}")).status_code == 201


async def test_asking_again_ends_the_earlier_token(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    await ask(client)
    first = await token_to(platform, ADA)
    await ask(client, ADA.upper())  # any case; the mail goes to the address as it is stored
    second = await token_to(platform, ADA)
    assert code(await complete(client, first), 409) == "invalid_token"
    assert (await complete(client, second)).status_code == 204


async def test_new_password_ends_the_token(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    await ask(client)
    token = await token_to(platform, ADA)
    passwords = {"current_password": PASSWORD, "new_password": NEW}
    assert (await client.put("/v1/users/me/password", json=passwords, headers=ada)).status_code == 204
    assert code(await complete(client, token, "Engine333"), 409) == "invalid_token"


async def test_weak_password_is_refused_and_leaves_the_token(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    await ask(client)
    token = await token_to(platform, ADA)
    answer = await complete(client, token, "weak")
    assert code(answer, 422) == "invalid"
    assert answer.json()["errors"][0]["pointer"] == "/new_password"
    assert (await complete(client, token)).status_code == 204


async def test_unknown_address_is_answered_alike_and_mailed_nothing(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    answers = [await ask(client, email) for email in (ADA, "nobody@example.com")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    varying = {"x-request-id", "date"}
    known, unknown = ({k: v for k, v in answer.headers.items() if k not in varying} for answer in answers)
    assert known == unknown
    assert {message.to for message in (await platform.mail.list(PageRequest())).data} == {ADA}


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_unknown_address_costs_the_same_statements(
    *, platform: Platform, monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient, is_confirmed: bool
):
    await sign_up(client)
    if is_confirmed:
        assert (await confirm(client, await token_to(platform, ADA))).status_code == 204
    run: list[str] = []

    def counting(original: Any) -> Any:
        async def counted(self: Transaction, sql: str, arguments: Sequence[object]) -> Any:
            run.append(sql)
            return await original(self, sql, arguments)

        return counted

    for name in ("fetch", "fetch_row"):
        monkeypatch.setattr(Transaction, name, counting(getattr(Transaction, name)))
    statements = {}
    for email in (ADA, "nobody@example.com"):
        run.clear()
        await platform.acting_as(None).users.request_password_reset(NewPasswordReset(email=email))
        statements[email] = list(run)
    assert statements[ADA] == statements["nobody@example.com"]
    assert len(run) >= 3


@pytest.mark.parametrize("body", [{}, {"email": "nobody"}, {"email": None}, {"email": ADA, "token": "x"}])
async def test_what_is_no_address_is_refused(body: dict[str, Any], client: httpx.AsyncClient):
    assert code(await client.post("/v1/password-resets", json=body), 422) == "invalid"


async def test_library_does_the_same(platform: Platform, client: httpx.AsyncClient):
    await sign_up(client)
    await platform.acting_as(None).users.request_password_reset(NewPasswordReset(email=ADA))
    token = await token_to(platform, ADA)
    await platform.acting_as(None).users.reset_password(PasswordResetCompletion(token=token, new_password=NEW))
    assert (await sign_in(client, password=NEW)).status_code == 201


async def test_recovery_is_in_the_audit_log(client: httpx.AsyncClient, platform: Platform, connection: Any):
    await sign_up(client)
    user = (await platform.users.find("ada")).id
    await ask(client)
    await ask(client, "nobody@example.com")
    await complete(client, await token_to(platform, ADA))
    rows = await connection.fetch(
        "SELECT action, target_id, details FROM audit_events WHERE action LIKE 'password_reset%' ORDER BY created_at"
    )
    found = [(row["action"], row["target_id"]) for row in rows]
    assert found == [
        ("password_reset.create", user),
        ("password_reset.create", None),
        ("password_reset.complete", user),
    ]
    assert "@" not in str(rows)


async def test_whoever_asks_for_somebody_else_learns_nothing_from_their_own_data(
    client: httpx.AsyncClient, platform: Platform
):
    await sign_up(client)
    eve = await arrive(client, "eve")
    for email in (ADA, "nobody@example.com"):
        asked = await client.post("/v1/password-resets", json={"email": email}, headers=eve)
        assert asked.status_code == 202
    exported = (await client.get("/v1/users/me/export", headers=eve)).json()
    assert str((await platform.users.find("ada")).id) not in str(exported)
    assert "password_reset.create" not in {event["action"] for event in exported["audit_events"]}
    of_ada = await platform.audit.list_of_accounts(AccountAuditPageRequest(action="password_reset.create"))
    assert [event.actor_id for event in of_ada.data] == [None, None]


async def test_whoever_asks_for_themselves_did_it(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    await client.post("/v1/password-resets", json={"email": ADA}, headers=ada)
    asked = await platform.audit.list_of_accounts(AccountAuditPageRequest(action="password_reset.create"))
    assert [event.actor_id for event in asked.data] == [(await platform.users.find("ada")).id]
