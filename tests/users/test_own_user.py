"""What one sees of oneself, correcting a mistyped address, and the language of one's mails."""

from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD, trusting
from tests.mail.letters import letters_to, token_to
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, confirm, headers_of, me, sign_in, sign_up

from freehold import Platform, UserPatch
from freehold.base.languages import preferred
from freehold.users.jobs import drop_expired_tokens

NEW: Final = "new@example.com"


async def change(client: httpx.AsyncClient, by: Headers, **fields: Any) -> httpx.Response:
    return await client.patch("/v1/users/me", json=fields, headers=by)


async def test_own_user_shows_the_address_that_waits_and_whether_one_is_an_administrator(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    ada = await arrive(client)
    assert {name: (await me(client, ada))[name] for name in ("new_email", "is_admin", "locale")} == {
        "new_email": None,
        "is_admin": False,
        "locale": None,
    }
    changed = await change(client, ada, email=NEW)
    assert (changed.json()["email"], changed.json()["new_email"]) == ("ada@example.com", NEW)
    assert await me(client, ada) == changed.json()
    signed_in = (await sign_in(client)).json()["user"]
    assert signed_in["new_email"] == NEW
    await connection.execute("UPDATE users SET is_admin = true")
    assert (await me(client, ada))["is_admin"] is True
    assert (await confirm(client, await token_to(platform, NEW))).status_code == 204
    after = await me(client, ada)
    assert (after["email"], after["new_email"]) == (NEW, None)


@pytest.mark.parametrize("include", ["", "?include=organizations"])
async def test_others_do_not_see_what_concerns_oneself(client: httpx.AsyncClient, include: str):
    ada = await arrive(client, "ada")
    bob = await arrive(client, "bob")
    bob_id, ada_id = [(await me(client, who))["id"] for who in (bob, ada)]
    assert (await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)).status_code == 201
    await client.put(f"/v1/organizations/acme/members/{bob_id}", json={}, headers=ada)
    await change(client, ada, email=NEW, locale="de")
    own = (await client.get(f"/v1/users/{ada_id}{include}", headers=ada)).json()
    seen = (await client.get(f"/v1/users/{ada_id}{include}", headers=bob)).json()
    assert {*own} - {*seen} == {"new_email", "is_admin", "locale"} | ({"metadata"} if not include else set())
    assert NEW not in str(seen)


async def test_every_change_of_what_is_seen_has_a_version_of_its_own(
    client: httpx.AsyncClient, platform: Platform, connection: Any
):
    """Or who asks with If-None-Match would go on seeing what was."""
    ada = await arrive(client)
    tags = [(await client.get("/v1/users/me", headers=ada)).headers["etag"]]

    async def look() -> None:
        answer = await client.get("/v1/users/me", headers={**ada, "If-None-Match": tags[-1]})
        assert answer.status_code == 200
        tags.append(answer.headers["etag"])

    await change(client, ada, email=NEW)
    await look()
    await change(client, ada, email="other@example.com")
    await look()
    await change(client, ada, email="ada@example.com")
    await look()
    await change(client, ada, email=NEW)
    await look()
    await connection.execute("UPDATE email_verifications SET expires_at = now()")
    await drop_expired_tokens(platform.context)
    await look()
    assert (await me(client, ada))["new_email"] is None
    assert len({*tags}) == len(tags)


# A mistyped address


async def correct(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/email-corrections", json={"login": "ada", "password": password, "email": email})


@pytest.mark.parametrize("may_sign_in", [True, False])
async def test_mistyped_address_is_corrected_with_login_and_password(
    open_client: OpenClient,
    platform: Platform,
    connection: Any,
    may_sign_in: bool,  # noqa: FBT001 - a parameter of the test's table
):
    client = await open_client(trusting(unverified_may_sign_in=may_sign_in))
    assert (await sign_up(client, email="adda@example.com")).status_code == 201
    mistyped = await token_to(platform, "adda@example.com")
    assert (await correct(client, "ada@example.com")).status_code == 204
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'email.correct'") == 1
    assert code(await confirm(client, mistyped), 409) == "invalid_token"
    assert (await confirm(client, await token_to(platform, "ada@example.com"))).status_code == 204
    found = await me(client, await headers_of(client, "ada"))
    assert (found["email"], found["email_verified"]) == ("ada@example.com", True)
    assert (await sign_up(client, "adda")).status_code == 201  # the mistyped one is free


async def test_correction_needs_the_password_and_an_address_that_nobody_has(
    client: httpx.AsyncClient, platform: Platform
):
    await sign_up(client, "ada")
    await sign_up(client, "bob")
    assert code(await correct(client, NEW, "Wrong1234"), 401) == "wrong_credentials"
    assert code(await correct(client, "Bob@example.com"), 409) == "email_taken"
    assert code(await correct(client, "nothing"), 422) == "invalid"
    assert await letters_to(platform, NEW) == []
    token = await token_to(platform, "ada@example.com")
    assert (await confirm(client, token)).status_code == 204
    assert code(await correct(client, NEW), 409) == "email_verified"


async def test_correction_is_slowed_down_and_counted(client: httpx.AsyncClient):
    await sign_up(client, "ada")
    for number in range(10):
        assert (await correct(client, f"v{number}@example.com")).status_code == 204
    assert code(await correct(client, "more@example.com"), 429) == "mailed_too_often"
    answers = [await correct(client, NEW, "Wrong1234") for _ in range(6)]
    assert code(answers[-1], 429) == "sign_in_delayed"


# The language


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, None),
        ("", None),
        ("de", "de"),
        ("de-at,de;q=0.9", "de-AT"),
        ("fr-FR,fr;q=0.9,de;q=0.8,en;q=0.1", "de"),
        ("en;q=0.5, de;q=0.9", "de"),
        ("fr", "fr"),
        ("*", None),
        ("de;q=0, en", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("de;q=x, en;q=0.1", "en"),
        (";;,,=", None),
        ("x" * 500, None),
    ],
)
def test_language_is_the_best_that_there_is_or_else_the_best_liked(header: str | None, locale: str | None):
    assert preferred(header, {"en", "de"}) == locale


async def test_mails_are_in_the_language_of_the_browser_that_signed_up(client: httpx.AsyncClient, platform: Platform):
    client.headers["Accept-Language"] = "de-AT,de;q=0.9,en;q=0.5"
    ada = await arrive(client)
    assert (await me(client, ada))["locale"] == "de-AT"
    (letter,) = await letters_to(platform, "ada@example.com")
    assert letter.subject == "Bestätige deine E-Mail-Adresse"
    changed = await change(client, ada, locale="en")
    assert changed.json()["locale"] == "en"
    assert (await client.post("/v1/password-resets", json={"email": "ada@example.com"})).status_code == 202
    assert (await letters_to(platform, "ada@example.com"))[0].subject == "Set a new password"
    assert (await change(client, ada, locale=None)).json()["locale"] is None
    assert code(await change(client, ada, locale="not a language"), 422) == "invalid"


async def test_mail_is_in_the_language_of_whoever_reads_it(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client, "ada", locale="de")
    await sign_up(client, "bob", locale="en")
    ada = await headers_of(client, "ada")
    assert (await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)).status_code == 201
    for email in ("bob@example.com", "nobody@example.com"):
        body = {"email": email}
        assert (await client.post("/v1/organizations/acme/invitations", json=body, headers=ada)).status_code == 201
    assert (await letters_to(platform, "bob@example.com"))[0].subject == "ada invites you to Acme"
    assert (await letters_to(platform, "nobody@example.com"))[0].subject == "ada lädt dich zu Acme ein"


async def test_operator_and_library_set_the_language(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client, "ada")
    ada = await platform.users.find("ada")
    updated = await platform.users.update(ada.id, UserPatch(locale="de_at"))
    assert getattr(updated, "locale", None) == "de-AT"


async def test_last_mail_to_somebody_is_in_their_language(client: httpx.AsyncClient, platform: Platform):
    await sign_up(client, "ada", locale="de")
    ada = await platform.users.find("ada")
    await platform.users.mark_verified(ada.id)
    await platform.users.delete(ada.id)
    assert (await letters_to(platform, "ada@example.com"))[0].subject == "Dein Konto wurde gelöscht"
