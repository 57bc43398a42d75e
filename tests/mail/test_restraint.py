"""No mailbox is filled through Freehold, whoever asks, also where requests are not limited."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.conftest import SignUp, trusting
from tests.mail.letters import letters_to, token_to
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, confirm, headers_of, me, sign_in, sign_up

from freehold import NewInvitation, NewOrganization, NewPasswordReset, PageRequest, Platform, Settings
from freehold.mail.errors import MailedTooOften
from freehold.mail.jobs import drop_ended_budgets
from freehold.mail.restraint import MOST_AN_HOUR, MOST_BY_STRANGERS, restrain

ADA, OTHER, NOBODY = "ada@example.com", "ada@other.example", "nobody@example.com"


async def ask(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/v1/password-resets", json={"email": email})


async def send_again(client: httpx.AsyncClient, headers: Headers) -> httpx.Response:
    return await client.post("/v1/users/me/email-verification", headers=headers)


async def hour_passes(connection: Any) -> None:
    await connection.execute("UPDATE mail_budgets SET ends_at = now() - interval '1 second'")


async def test_reset_is_answered_alike_and_mailed_five_times_an_hour(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    await sign_up(client)
    await platform.users.mark_verified((await platform.users.find("ada")).id)
    answers = [await ask(client, email) for email in (ADA, ADA.upper(), NOBODY) for _ in range(6)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    mailed = [each for each in await letters_to(platform, ADA) if each.subject == "Set a new password"]
    assert len(mailed) == MOST_AN_HOUR["password_reset"] == 5
    await hour_passes(connection)
    await ask(client, ADA)
    assert len(await letters_to(platform, ADA)) == 7


async def test_last_token_that_was_mailed_goes_on_working(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    for _ in range(9):
        await ask(client, ADA)
    completion = {"token": await token_to(platform, ADA), "new_password": "Analytical2"}
    assert (await client.post("/v1/password-resets/complete", json=completion)).status_code == 204


async def test_resets_asked_for_at_once_are_counted_one_by_one(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client)
    await platform.users.mark_verified((await platform.users.find("ada")).id)
    await asyncio.gather(*(ask(client, ADA) for _ in range(20)))
    assert len(await letters_to(platform, ADA)) == 1 + 5


async def test_confirmation_is_sent_again_until_the_mailbox_has_five(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    ada = await arrive(client)
    assert [(await send_again(client, ada)).status_code for _ in range(4)] == [202] * 4
    last = await token_to(platform, ADA)
    refused = await send_again(client, ada)
    assert code(refused, 429) == "mailed_too_often"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert len(await letters_to(platform, ADA)) == 5
    assert (await confirm(client, last)).status_code == 204
    await hour_passes(connection)
    assert code(await send_again(client, ada), 409) == "email_verified"


async def test_sign_in_that_asks_for_a_confirmation_says_so_without_a_sixth_mail(
    open_client: OpenClient, platform: Platform
):
    client = await open_client(Settings(rate_limits="off", unverified_may_sign_in=False))
    await sign_up(client)
    answers = [await sign_in(client) for _ in range(7)]
    assert {code(answer, 403) for answer in answers} == {"email_unverified"}
    assert len(await letters_to(platform, ADA)) == 5
    token = await token_to(platform, ADA)
    assert (await confirm(client, token)).status_code == 204


async def test_address_of_somebody_else_is_mailed_three_times_whoever_claims_it(
    client: httpx.AsyncClient, platform: Platform
):
    people = [await arrive(client, f"user{number}") for number in range(6)]
    answers = [await client.patch("/v1/users/me", json={"email": OTHER}, headers=each) for each in people]
    assert [answer.status_code for answer in answers] == [200] * MOST_BY_STRANGERS["verify_email"] + [429] * 3
    assert len(await letters_to(platform, OTHER)) == 3
    assert len(await letters_to(platform, "user5@example.com")) == 1  # no notice of a change that is not under way


async def test_who_claims_an_address_does_not_keep_its_owner_from_signing_up(
    client: httpx.AsyncClient, platform: Platform
):
    for number in range(5):
        await client.patch("/v1/users/me", json={"email": ADA}, headers=await arrive(client, f"user{number}"))
    ada = await arrive(client)
    assert len(await letters_to(platform, ADA)) == 3
    assert [(await send_again(client, ada)).status_code for _ in range(3)] == [202, 202, 429]
    assert len(await letters_to(platform, ADA)) == 5
    token = await token_to(platform, ADA)
    assert (await confirm(client, token)).status_code == 204
    assert (await me(client, ada))["email_verified"] is True


async def test_strangers_do_not_keep_anybody_from_confirming_who_may_not_sign_in_before(
    open_client: OpenClient, platform: Platform
):
    client = await open_client(trusting(unverified_may_sign_in=False))
    for number in range(4):
        await sign_up(client, f"user{number}")
        await platform.users.mark_verified((await platform.users.find(f"user{number}")).id)
        claimant = await headers_of(client, f"user{number}")
        await client.patch("/v1/users/me", json={"email": ADA}, headers=claimant)
    await sign_up(client)
    assert len(await letters_to(platform, ADA)) == 3
    assert code(await sign_in(client), 403) == "email_unverified"
    assert len(await letters_to(platform, ADA)) == 4


async def test_strangers_do_not_use_up_the_resets_of_who_is_signed_in_or_administers(
    client: httpx.AsyncClient, platform: Platform
):
    ada = await arrive(client)
    await platform.users.mark_verified((await platform.users.find("ada")).id)
    for _ in range(9):
        await ask(client, ADA)

    async def mailed() -> int:
        return len([each for each in await letters_to(platform, ADA) if each.subject == "Set a new password"])

    assert await mailed() == 5
    bob = await arrive(client, "bob")
    await client.post("/v1/password-resets", json={"email": ADA}, headers=bob)
    assert await mailed() == 5
    await client.post("/v1/password-resets", json={"email": ADA}, headers=ada)
    assert await mailed() == 6
    await platform.users.request_password_reset(NewPasswordReset(email=ADA))
    assert await mailed() == 7


async def test_account_that_mails_one_address_after_the_other_is_stopped(client: httpx.AsyncClient, platform: Platform):
    ada = await arrive(client)
    for number in range(MOST_AN_HOUR["email_change"]):
        answer = await client.patch("/v1/users/me", json={"email": f"v{number}@example.com"}, headers=ada)
        assert answer.status_code == 200
    refused = await client.patch("/v1/users/me", json={"email": "victim@example.com"}, headers=ada)
    assert code(refused, 429) == "mailed_too_often"
    assert await letters_to(platform, "victim@example.com") == []


async def test_address_is_invited_twenty_times_an_hour_by_all_organizations_together(
    platform: Platform, sign_up: SignUp
):
    ada = platform.acting_as((await sign_up("ada")).id).organizations
    new = NewInvitation(email=OTHER)
    for number in range(MOST_AN_HOUR["invitation"] // 2):
        await ada.create(NewOrganization(name="Acme", slug=f"acme-{number}"))
        made = await ada.invitations.create(f"acme-{number}", new)
        await ada.invitations.resend(f"acme-{number}", made.id)
    await ada.create(NewOrganization(name="Acme", slug="last"))
    for attempt in (ada.invitations.resend(f"acme-{number}", made.id), ada.invitations.create("last", new)):
        with pytest.raises(MailedTooOften):
            await attempt
    assert (await ada.invitations.list("last", PageRequest())).data == []
    assert (await ada.invitations.create("last", NewInvitation(email=NOBODY))).email == NOBODY


async def test_clock_that_is_set_back_restrains_nobody_for_long(platform: Platform, connection: Any):
    for _ in range(5):
        await restrain(platform.context, ADA, "password_reset")
    with pytest.raises(MailedTooOften):
        await restrain(platform.context, ADA, "password_reset")
    await connection.execute("UPDATE mail_budgets SET ends_at = now() + interval '1 year'")
    await restrain(platform.context, ADA, "password_reset")
    assert await connection.fetchval("SELECT ends_at <= now() + interval '1 hour' FROM mail_budgets")


async def test_table_tells_no_address_and_is_emptied(platform: Platform, connection: Any):
    for name in ("ada", "bob"):
        await restrain(platform.context, f"{name}@example.com", "invitation")
    row = await connection.fetchrow("SELECT * FROM mail_budgets")
    assert "ada" not in str(row)
    await connection.execute("UPDATE mail_budgets SET ends_at = now() - interval '1 second' WHERE subject = $1", row[0])
    await drop_ended_budgets(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM mail_budgets") == 1
