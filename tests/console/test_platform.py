"""What administrators of the platform see and do in the console."""

import html
import re
from typing import Any

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to

from freehold import NewOrganization, PageRequest, Platform, User
from freehold.organizations.deletion.jobs import purge

from .conftest import Enter

ALL = PageRequest(limit=100)
ADMINISTERS = "SELECT is_admin FROM users WHERE id = $1"


@pytest.fixture
async def grace(enter: Enter, platform: Platform) -> User:
    await enter("grace")
    return await platform.users.find("grace")


def page_of(user: User) -> str:
    return f"/platform/users/{user.id}"


@pytest.mark.parametrize(
    "path",
    [
        "/platform/users",
        "/platform/users/{}",
        "/platform/organizations",
        "/platform/webhook-endpoints",
        "/platform/webhook-endpoints/new",
        "/platform/webhook-endpoints/{}",
        "/platform/webhook-endpoints/{}/deliveries",
        "/platform/webhook-endpoints/{}/deliveries/{}",
        "/platform/mail",
        "/platform/mail/{}",
        "/platform/growth",
        "/platform/health",
        "/platform/migrations",
        "/platform/data-model",
    ],
)
async def test_nobody_else_sees_or_does_any_of_it(
    ada: httpx.AsyncClient, platform: Platform, grace: User, connection: Any, path: str
):
    own = await platform.users.find("ada")
    for user in (grace, own):
        answer = await ada.get(path.format(user.id, user.id))
        assert answer.status_code == 403
        assert "Only platform administrators" in answer.text
        assert "grace@example.com" not in answer.text
    refused = await ada.post(page_of(own), data={"do": "grant", "current_password": PASSWORD})
    assert refused.status_code == 403
    assert not await connection.fetchval(ADMINISTERS, own.id)
    assert "/platform/" not in (await ada.get("/account")).text


async def test_administrator_finds_the_platform_and_everybody_on_it(root: httpx.AsyncClient, grace: User):
    assert (await root.get("/account")).text.count('href="/platform/users"') == 2
    everybody = (await root.get("/platform/users")).text
    assert {"root", "grace"} <= set(re.findall(r'class="name" href="/platform/users/[^"]+">(\w+)<', everybody))
    found = (await root.get("/platform/users", params={"q": "grac"})).text
    assert page_of(grace) in found
    assert ">root</a>" not in found
    assert "No user matches this." in (await root.get("/platform/users", params={"state": "suspended"})).text
    assert page_of(grace) not in (await root.get("/platform/users", params={"admin": "true"})).text


async def test_organizations_are_found(root: httpx.AsyncClient, platform: Platform, grace: User):
    assert "No organization matches this." in (await root.get("/platform/organizations")).text
    await platform.acting_as(grace.id).organizations.create(NewOrganization(name="Acme"))
    assert 'href="/organizations/acme"' in (await root.get("/platform/organizations", params={"q": "ac"})).text
    assert "/organizations/acme" not in (await root.get("/platform/organizations", params={"q": "b"})).text
    assert 'href="/organizations/acme"' in (await root.get(page_of(grace))).text
    assert (await root.get("/organizations/acme")).status_code == 200


async def test_organizations_that_cannot_be_removed_are_told_with_table_and_count(
    root: httpx.AsyncClient, platform: Platform, grace: User, connection: Any
):
    made = await platform.acting_as(grace.id).organizations.create(NewOrganization(name="Acme <b>"))
    assert "not removed for good" not in (await root.get("/platform/organizations")).text
    await connection.execute("CREATE TABLE invoices (organization_id uuid REFERENCES organizations (id))")
    await connection.execute("INSERT INTO invoices SELECT $1 FROM generate_series(1, 3)", made.id)
    await platform.organizations.delete(made.id)
    await connection.execute("UPDATE organizations SET deleted_at = deleted_at - interval '31 days'")
    for attempts in ("1 attempt<", "2 attempts<"):
        await purge(platform.context)
        shown = html.unescape((await root.get("/platform/organizations")).text)
        assert "Deleted, and not removed for good" in shown
        assert "<b>Acme <b></b>" in shown
        assert "still referred to by 3 rows of invoices" in shown
        assert attempts in shown
        health = html.unescape((await root.get("/platform/health")).text)
        assert "3 rows of invoices" in health
        assert str(made.id) in health
    await connection.execute("DELETE FROM invoices")
    await purge(platform.context)
    assert "not removed for good" not in (await root.get("/platform/organizations")).text


async def test_user_is_suspended_with_a_reason_and_resumed(root: httpx.AsyncClient, platform: Platform, grace: User):
    answer = await root.post(page_of(grace), data={"do": "suspend", "reason": "Sends <b>spam</b>"})
    assert answer.headers["location"] == f"{page_of(grace)}?done=suspend"
    shown = (await root.get(answer.headers["location"])).text
    assert "Sends &lt;b&gt;spam&lt;/b&gt;" in shown
    assert "Suspended. Every session" in shown
    assert "They are signed in nowhere." in shown
    assert (await root.post(page_of(grace), data={"do": "reset"})).status_code == 409
    assert (await root.post(page_of(grace), data={"do": "resume"})).status_code == 303
    assert (await platform.users.get(grace.id)).state == "active"


async def test_administrator_ends_sessions_confirms_the_address_and_mails_a_link(
    root: httpx.AsyncClient, platform: Platform, grace: User, connection: Any
):
    await connection.execute("UPDATE users SET email_verified_at = NULL WHERE id = $1", grace.id)
    assert "not confirmed" in (await root.get(page_of(grace))).text
    for do in ("end", "verify", "reset"):
        assert (await root.post(page_of(grace), data={"do": do})).headers["location"].endswith(f"?done={do}")
    assert (await platform.sessions.list_of_user(grace.id, ALL)).data == []
    assert (await platform.users.get(grace.id)).email_verified
    assert await letters_to(platform, "grace@example.com")


async def test_right_is_given_with_the_password_and_taken_back(root: httpx.AsyncClient, grace: User, connection: Any):
    long_ago = "created_at = now() - interval '1 day', authenticated_at = now() - interval '1 day'"
    await connection.execute(f"UPDATE sessions SET {long_ago}")  # noqa: S608 - the test's own words
    refused = await root.post(page_of(grace), data={"do": "grant"})
    assert refused.status_code == 403
    assert 'id="current_password-wrong"' in refused.text
    assert (await root.post(page_of(grace), data={"do": "grant", "current_password": PASSWORD})).status_code == 303
    assert await connection.fetchval(ADMINISTERS, grace.id)
    assert (await root.post(page_of(grace), data={"do": "revoke"})).status_code == 303
    assert not await connection.fetchval(ADMINISTERS, grace.id)


async def test_last_administrator_stays_and_nobody_suspends_themselves(
    root: httpx.AsyncClient, platform: Platform, connection: Any
):
    own = await platform.users.find("root")
    for do, status in (("revoke", 409), ("suspend", 403), ("nothing", 404)):
        assert (await root.post(page_of(own), data={"do": do})).status_code == status
    assert await connection.fetchval(ADMINISTERS, own.id)
    assert (await platform.users.get(own.id)).state == "active"


@pytest.mark.parametrize("user", ["0190163d-8694-739b-aea5-966c26f8ad91", "nobody"])
async def test_nobody_of_that_id_is_404(root: httpx.AsyncClient, user: str):
    assert (await root.get(f"/platform/users/{user}")).status_code == 404


async def test_administrator_acts_for_a_user_and_is_themselves_again(
    root: httpx.AsyncClient, grace: User, connection: Any
):
    own = root.cookies["freehold"]
    refused = await root.post(page_of(grace), data={"do": "act"})
    assert refused.status_code == 422
    assert 'id="acting-reason-wrong"' in refused.text
    begun = await root.post(page_of(grace), data={"do": "act", "reason": "Ticket 12"})
    assert begun.headers["location"] == "/"
    assert all("HttpOnly" in each for each in begun.headers.get_list("set-cookie"))
    assert root.cookies["freehold"] != own
    account = (await root.get("/account")).text
    assert "You act for grace." in account
    assert "grace@example.com" in account
    assert (await root.get("/platform/users")).status_code == 403
    stopped = await root.post("/sign-out", data={"x": ""})
    assert stopped.headers["location"] == f"{page_of(grace)}?done=stopped"
    assert root.cookies["freehold"] == own
    shown = (await root.get(stopped.headers["location"])).text
    assert "You act as yourself again." in shown
    assert "You act for" not in shown
    assert not await connection.fetchval("SELECT count(*) FROM sessions WHERE acting_admin_id IS NOT NULL")
    assert await connection.fetchval("SELECT details ->> 'reason' FROM audit_events WHERE action = 'user.impersonate'")


async def test_administrator_is_themselves_again_when_the_hour_is_over(
    root: httpx.AsyncClient, grace: User, connection: Any
):
    own = root.cookies["freehold"]
    await root.post(page_of(grace), data={"do": "act", "reason": "Ticket 12"})
    await connection.execute("DELETE FROM sessions WHERE acting_admin_id IS NOT NULL")
    asked = await root.get("/account")
    assert asked.status_code == 303
    again = await root.get(asked.headers["location"])
    assert again.headers["location"] == "/account"
    assert root.cookies["freehold"] == own
    assert "root@example.com" in (await root.get("/account")).text


async def test_nobody_acts_for_an_administrator_or_themselves(root: httpx.AsyncClient, platform: Platform, grace: User):
    await platform.users.grant_admin(grace.id)
    assert 'value="act"' not in (await root.get(page_of(grace))).text
    for user in (grace, await platform.users.find("root")):
        refused = await root.post(page_of(user), data={"do": "act", "reason": "Ticket 12"})
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers
