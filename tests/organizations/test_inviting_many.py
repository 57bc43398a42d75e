"""Inviting with budgets, many at once; looking at an invitation, declining it, and clicking twice."""

import json
import math
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp, trusting
from tests.mail.letters import letters_to, token_to
from tests.organizations.conftest import OpenClient
from tests.organizations.inviting import ACCEPT, BOB, INVITATIONS, accept, arrive_confirmed, invite, invited, members
from tests.users.people import Headers, arrive, code, confirm, me

from freehold import InvitationEntry, NewInvitation, NewInvitations, NewOrganization, NewUser, Platform, Settings
from freehold.mail.errors import SentTooMany
from freehold.mail.restraint import MOST_AN_HOUR, mailbox_of
from freehold.observe.observer import Observer

BATCH: Final = f"{INVITATIONS}/batch"


async def batch(client: httpx.AsyncClient, by: Headers, *emails: str, **fields: str) -> dict[str, Any]:
    body = {"invitations": [{"email": each, **fields} for each in emails]}
    answer = await client.post(BATCH, json=body, headers=by)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def told(results: dict[str, Any]) -> list[str]:
    return [each["error"]["code"] if each["error"] else "invited" for each in results["data"]]


async def by_key(client: httpx.AsyncClient, path: str, by: Headers, *actions: str) -> Headers:
    body = {"name": "k", **({"actions": [*actions]} if actions else {})}
    made = await client.post(path, json=body, headers=by)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['key']}"}


# Whoever invites has confirmed their address


async def owner_of_acme(client: httpx.AsyncClient) -> Headers:
    ada = await arrive(client, "ada")
    assert (await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)).status_code == 201
    return ada


SENDER: Final = (
    "organization.read",
    "member.read",
    "project.read",
    "project.create",
    "project.update",
    "invitation.create",
)


@pytest.mark.parametrize("who", ["session", "key of the user", "key of the organization"])
async def test_inviting_needs_a_confirmed_address_of_whoever_is_behind_it(
    open_client: OpenClient, platform: Platform, who: str
):
    client = await open_client(Settings(rate_limits="off"))
    ada = await owner_of_acme(client)
    by = {
        "session": ada,
        "key of the user": await by_key(client, "/v1/users/me/api-keys", ada),
        "key of the organization": await by_key(client, "/v1/organizations/acme/api-keys", ada, *SENDER),
    }[who]
    refused = await invite(client, by)
    assert code(refused, 403) == "email_unverified"
    assert code(await client.post(BATCH, json={"invitations": [{"email": BOB}]}, headers=by), 403) == "email_unverified"
    assert await letters_to(platform, BOB) == []
    assert (await confirm(client, await token_to(platform, "ada@example.com"))).status_code == 204
    assert (await invite(client, by)).status_code == 201


async def test_administrators_invite_without(open_client: OpenClient, connection: Any):
    client = await open_client(Settings(rate_limits="off"))
    ada = await owner_of_acme(client)
    await connection.execute("UPDATE users SET is_admin = true")
    assert (await invite(client, ada)).status_code == 201


# Budgets


async def test_user_has_one_budget_over_sessions_keys_and_organizations(open_client: OpenClient):
    client = await open_client(trusting(invitations_per_hour=4))
    ada = await owner_of_acme(client)
    assert (await client.post("/v1/organizations", json={"name": "Two"}, headers=ada)).status_code == 201
    key = await by_key(client, "/v1/users/me/api-keys", ada)
    own = await by_key(client, "/v1/organizations/acme/api-keys", ada, *SENDER)
    assert (await invite(client, ada, "a@example.com")).status_code == 201
    assert (await invite(client, key, "b@example.com")).status_code == 201
    assert (await invite(client, own, "c@example.com")).status_code == 201
    elsewhere = await client.post("/v1/organizations/two/invitations", json={"email": "d@example.com"}, headers=ada)
    assert elsewhere.status_code == 201
    for by in (ada, key, own):
        refused = await invite(client, by, "e@example.com")
        assert code(refused, 429) == "sent_too_many"
        assert 1 <= int(refused.headers["retry-after"]) <= 3600


async def test_budget_of_a_user_stops_a_list_in_the_middle(open_client: OpenClient, platform: Platform):
    client = await open_client(trusting(invitations_per_hour=2))
    ada = await owner_of_acme(client)
    results = await batch(client, ada, *(f"v{number}@example.com" for number in range(4)))
    assert told(results) == ["invited", "invited", "sent_too_many", "sent_too_many"]
    assert [len(await letters_to(platform, f"v{number}@example.com")) for number in range(4)] == [1, 1, 0, 0]


async def test_organization_has_so_many_open_invitations(open_client: OpenClient, connection: Any):
    client = await open_client(trusting(open_invitations=2))
    ada = await owner_of_acme(client)
    results = await batch(client, ada, "a@example.com", "b@example.com", "c@example.com")
    assert told(results) == ["invited", "invited", "too_many_invitations"]
    assert code(await invite(client, ada, "d@example.com"), 409) == "too_many_invitations"
    await connection.execute("UPDATE invitations SET expires_at = now() WHERE email = 'a@example.com'")
    assert (await invite(client, ada, "d@example.com")).status_code == 201


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Bob@Example.com", "bob@example.com"),
        ("bob+acme@example.com", "bob@example.com"),
        ("bob+a+b@example.com", "bob@example.com"),
        ("+bob@example.com", "+bob@example.com"),
        ("b.o.b@example.com", "b.o.b@example.com"),
        ("b.o.b+x@gmail.com", "bob@gmail.com"),
        ("bob@googlemail.com", "bob@gmail.com"),
    ],
)
def test_spellings_of_one_mailbox_count_as_one(address: str, mailbox: str):
    assert mailbox_of(address) == mailbox


async def test_mailbox_is_not_filled_through_its_other_spellings(client: httpx.AsyncClient, ada: Headers):
    most = MOST_AN_HOUR["invitation"]
    results = await batch(client, ada, *(f"bob+{number}@example.com" for number in range(most + 2)))
    assert told(results) == ["invited"] * most + ["mailed_too_often"] * 2
    assert code(await invite(client, ada, BOB), 429) == "mailed_too_often"


async def test_operator_has_no_budget_of_a_user(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    for number in range(3):
        try:
            await platform.organizations.invitations.create(acme.id, NewInvitation(email=f"v{number}@example.com"))
        except SentTooMany as error:
            raise AssertionError from error


# Many at once


async def test_each_of_many_is_answered_for_itself(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    await invited(client, ada, "open@example.com")
    body = [
        {"email": "new@example.com", "role": "admin"},
        {"email": "ada@example.com"},
        {"email": "OPEN@example.com"},
        {"email": "not an address"},
        {"email": "other@example.com", "role": "no-such-role"},
        {"email": "owner@example.com", "role": "owner"},
        {"email": "NEW@example.com"},
        {"email": "last@example.com"},
    ]
    answer = await client.post(BATCH, json={"invitations": body}, headers=ada)
    results = answer.json()
    assert answer.status_code == 200
    assert told(results) == [
        "invited",
        "already_member",
        "already_invited",
        "invalid_email",
        "unknown_role",
        "invalid_assignable_role",
        "invited_twice",
        "invited",
    ]
    assert results["invited"] == 2
    assert [each["email"] for each in results["data"]] == [each["email"] for each in body]
    listed = (await client.get(INVITATIONS, headers=ada)).json()["data"]
    assert {each["email"]: each["role"] for each in listed} == {
        "new@example.com": "admin",
        "last@example.com": "member",
        "open@example.com": "member",
    }
    assert results["data"][0]["invitation"] in listed
    assert len(await letters_to(platform, "last@example.com")) == 1


async def test_nobody_invites_many_to_more_than_they_have(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    roles = {"name": "inviter", "actions": ["organization.read", "invitation.create", "invitation.read"]}
    assert (await client.post("/v1/organizations/acme/roles", json=roles, headers=ada)).status_code == 201
    bob = await arrive_confirmed(client, platform, "bob")
    bob_id = (await me(client, bob))["id"]
    await client.put(f"/v1/organizations/acme/members/{bob_id}", json={"role": "inviter"}, headers=ada)
    body = {"invitations": [{"email": "a@example.com", "role": role} for role in ("admin", "inviter")]}
    answer = (await client.post(BATCH, json=body, headers=bob)).json()
    assert told(answer) == ["forbidden", "invited_twice"] or told(answer) == ["forbidden", "invited"]


class Counting(Observer):
    """Keeps which statements ran."""

    def __init__(self) -> None:
        super().__init__({}, slow_seconds=math.inf)
        self.ran: list[str] = []

    def statement(self, sql: str, seconds: float) -> None:
        self.ran.append(sql)
        super().statement(sql, seconds)


async def test_hundred_take_as_many_statements_as_one(database_url: str):
    observer = Counting()
    async with Platform.open(database_url, observer=observer) as platform:
        new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
        ada = await platform.users.create(new)
        await platform.users.mark_verified(ada.id)
        organizations = platform.acting_as(ada.id).organizations
        acme = await organizations.create(NewOrganization(name="Acme"))
        counts = []
        for number in (1, 100):
            entries = tuple(InvitationEntry(email=f"{number}-{each}@example.com") for each in range(number))
            observer.ran.clear()
            results = await organizations.invitations.create_many(acme.id, NewInvitations(invitations=entries))
            assert results.invited == number
            counts.append(len(observer.ran))
    assert counts[0] == counts[1] <= 20


async def test_list_holds_a_hundred(client: httpx.AsyncClient, ada: Headers):
    too_many = {"invitations": [{"email": f"v{number}@example.com"} for number in range(101)]}
    assert code(await client.post(BATCH, json=too_many, headers=ada), 422) == "invalid"


async def test_list_leaves_one_event_that_names_them(client: httpx.AsyncClient, ada: Headers, connection: Any):
    results = await batch(client, ada, "a@example.com", "b@example.com")
    details = await connection.fetchval("SELECT details FROM audit_events WHERE action = 'invitation.create'")
    assert json.loads(details)["invitations"] == [each["invitation"]["id"] for each in results["data"]]


# Looking, declining, clicking twice


async def test_token_shows_what_it_invites_to(client: httpx.AsyncClient, platform: Platform, ada: Headers):
    made = await invited(client, ada, role="admin")
    token = await token_to(platform, BOB)
    shown = await client.post("/v1/invitations/preview", json={"token": token})
    organization = shown.json().pop("organization")
    assert (organization["name"], organization["slug"]) == ("Acme", "acme")
    assert {
        name: shown.json()[name] for name in ("id", "role", "email", "inviter", "expires_at", "needs_resending")
    } == {
        "id": made["id"],
        "role": "admin",
        "email": BOB,
        "inviter": "ada",
        "expires_at": made["expires_at"],
        "needs_resending": False,
    }
    for wrong in (f"{token}x", "nothing"):
        assert code(await client.post("/v1/invitations/preview", json={"token": wrong}), 409) == "invalid_token"
    await client.delete(f"{INVITATIONS}/{made['id']}", headers=ada)
    assert code(await client.post("/v1/invitations/preview", json={"token": token}), 409) == "invalid_token"


async def test_invited_see_what_they_are_invited_to_once_their_address_is_confirmed(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    made = await invited(client, ada)
    bob = await arrive(client, "bob")
    mine = "/v1/users/me/invitations"
    assert (await client.get(mine, headers=bob)).json()["data"] == []
    assert (await client.delete(f"{mine}/{made['id']}", headers=bob)).status_code == 404
    tokens = [each for each in await letters_to(platform, BOB) if each.subject == "Confirm your e-mail address"]
    token = tokens[0].text.partition("token: ")[2].split()[0]
    assert (await confirm(client, token)).status_code == 204
    (seen,) = (await client.get(mine, params={"include": "total"}, headers=bob)).json()["data"]
    assert (seen["id"], seen["organization"]["slug"], seen["inviter"]) == (made["id"], "acme", "ada")
    bob_id = (await me(client, bob))["id"]
    assert (await client.get(f"/v1/users/{bob_id}/invitations", headers=ada)).status_code == 404
    assert (await client.delete(f"{mine}/{uuid4()}", headers=bob)).status_code == 404
    assert (await client.delete(f"{mine}/{made['id']}", headers=bob)).status_code == 204
    assert (await client.get(mine, headers=bob)).json()["data"] == []
    assert (await client.get(INVITATIONS, headers=ada)).json()["data"] == []


async def test_declined_invitation_is_over_and_said_to_be_so_again(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    await invited(client, ada)
    token = await token_to(platform, BOB)
    for _ in range(2):
        assert (await client.post("/v1/invitations/decline", json={"token": token})).status_code == 204
    bob = await arrive_confirmed(client, platform, "bob")
    assert code(await accept(client, bob, token), 409) == "invalid_token"
    assert await members(client, ada) == {"ada": "owner"}
    events = "SELECT count(*) FROM audit_events WHERE action = 'invitation.decline' AND organization_id IS NOT NULL"
    assert await connection.fetchval(events) == 1
    await invited(client, ada)  # declining is no ban


async def test_second_click_is_answered_with_the_membership(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob, eve = [await arrive_confirmed(client, platform, name) for name in ("bob", "eve")]
    await invited(client, ada)
    token = await token_to(platform, BOB)
    first = await accept(client, bob, token)
    again = await accept(client, bob, token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert "location" not in again.headers
    assert code(await accept(client, eve, token), 409) == "invalid_token"
    assert code(await client.post("/v1/invitations/decline", json={"token": token}), 409) == "invalid_token"
    assert (await client.delete("/v1/organizations/acme/members/me", headers=bob)).status_code == 204
    assert code(await accept(client, bob, token), 409) == "invalid_token"  # it brings nobody back


async def test_second_click_after_signing_up_with_the_invitation_is_done(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    await invited(client, ada)
    token = await token_to(platform, BOB)
    new = {"username": "bob", "email": BOB, "password": "Lovelace1", "invitation_token": token}
    assert (await client.post("/v1/users", json=new)).status_code == 201
    signed_in = await client.post("/v1/sessions", json={"login": "bob", "password": "Lovelace1"})
    bob = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    assert (await client.post(ACCEPT, json={"token": token}, headers=bob)).status_code == 200


async def test_second_click_on_a_confirmation_is_done_for_the_same_person(
    client: httpx.AsyncClient, platform: Platform
):
    ada, eve = await arrive(client, "ada"), await arrive(client, "eve")
    token = await token_to(platform, "ada@example.com")
    body = {"token": token}
    assert (await client.post("/v1/email-verifications", json=body, headers=ada)).status_code == 204
    assert (await client.post("/v1/email-verifications", json=body, headers=ada)).status_code == 204
    assert (await confirm(client, token)).status_code == 204
    assert code(await client.post("/v1/email-verifications", json=body), 409) == "invalid_token"
    assert code(await client.post("/v1/email-verifications", json=body, headers=eve), 409) == "invalid_token"
    assert (await me(client, ada))["email_verified"] is True


async def test_second_click_of_a_stranger_still_says_that_a_password_is_needed(
    client: httpx.AsyncClient, platform: Platform
):
    await arrive(client, "ada")
    body = {"token": await token_to(platform, "ada@example.com")}
    first = await client.post("/v1/email-verifications", json=body)
    again = await client.post("/v1/email-verifications", json=body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert len([each for each in await letters_to(platform, "ada@example.com") if "password" in each.subject]) == 1
