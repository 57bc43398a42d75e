"""Ownership is offered and accepted; who was made owner without being asked can leave all the same."""

import io
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import letters_to
from tests.organizations.handing import give_over_http
from tests.organizations.inviting import add, arrive_confirmed, members
from tests.users.people import Headers, arrive, code, me

from freehold import Forbidden, Missing, NewOrganization, NewOwner, NewRole, PageRequest, Platform
from freehold.users.suspension.errors import AccountSuspended

ACME: Final = "/v1/organizations/acme"
OFFER: Final = f"{ACME}/owner-offer"


class Pair:
    """Ada, who owns acme, and Bob, a member of it."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform, ada: Headers, bob: Headers) -> None:
        self.client, self.platform, self.ada, self.bob = client, platform, ada, bob
        self.bob_id = ""

    async def offer(self, by: Headers | None = None) -> httpx.Response:
        return await self.client.post(OFFER, json={"user_id": self.bob_id}, headers=by or self.ada)

    async def accept(self, by: Headers | None = None) -> httpx.Response:
        return await self.client.post(f"{OFFER}/accept", headers=by or self.bob)


@pytest.fixture
async def pair(client: httpx.AsyncClient, platform: Platform, ada: Headers) -> Pair:
    made = Pair(client, platform, ada, await arrive_confirmed(client, platform, "bob"))
    await add(client, ada, made.bob, "member")
    made.bob_id = str((await me(client, made.bob))["id"])
    return made


async def test_offer_changes_nothing_until_it_is_accepted(pair: Pair):
    offered = await pair.offer()
    assert offered.status_code == 201
    assert (offered.json()["user"]["id"], offered.json()["offered_by"]) == (
        pair.bob_id,
        (await me(pair.client, pair.ada))["id"],
    )
    assert await members(pair.client, pair.ada) == {"ada": "owner", "bob": "member"}
    for who in (pair.ada, pair.bob):
        assert (await pair.client.get(OFFER, headers=who)).json() == offered.json()
    accepted = await pair.accept()
    assert (accepted.status_code, accepted.json()["owner_id"]) == (200, pair.bob_id)
    assert await members(pair.client, pair.ada) == {"ada": "admin", "bob": "owner"}
    assert code(await pair.accept(), 404) == "no_such_owner_offer"


async def test_offer_is_mailed_with_who_makes_it(pair: Pair):
    await pair.offer()
    (letter,) = [each for each in await letters_to(pair.platform, "bob@example.com") if "ownership" in each.subject]
    assert letter.subject == "You are offered the ownership of Acme"
    assert "ada would like you to become the owner of Acme" in letter.text


@pytest.mark.parametrize("end", ["declined", "withdrawn", "expired", "left", "another offer", "ownership moved"])
async def test_offer_that_has_ended_cannot_be_accepted(pair: Pair, connection: Any, end: str):
    await pair.offer()
    if end == "declined":
        assert (await pair.client.post(f"{OFFER}/decline", headers=pair.bob)).status_code == 204
    elif end == "withdrawn":
        assert (await pair.client.delete(OFFER, headers=pair.ada)).status_code == 204
    elif end == "expired":
        await connection.execute("UPDATE owner_offers SET expires_at = now()")
    elif end == "left":
        assert (await pair.client.delete(f"{ACME}/members/me", headers=pair.bob)).status_code == 204
        await add(pair.client, pair.ada, pair.bob, "member")
    else:
        eve = await arrive(pair.client, "eve")
        await add(pair.client, pair.ada, eve, "member")
        eve_id = (await me(pair.client, eve))["id"]
        if end == "another offer":
            assert (await pair.client.post(OFFER, json={"user_id": eve_id}, headers=pair.ada)).status_code == 201
        else:
            await give_over_http(pair.client, ACME, pair.ada, eve, eve_id)
    assert code(await pair.accept(), 404) == "no_such_owner_offer"
    assert (await members(pair.client, pair.ada))["bob"] == "member"


async def test_offer_of_somebody_who_could_not_make_it_now_is_void(pair: Pair, connection: Any):
    root = await arrive(pair.client, "root1")
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'root1'")
    assert (await pair.offer(by=root)).status_code == 201
    await connection.execute("UPDATE users SET is_admin = false")
    assert code(await pair.accept(), 409) == "owner_offer_void"
    assert (await members(pair.client, pair.ada))["ada"] == "owner"


async def test_suspended_member_is_offered_nothing_and_accepts_nothing(pair: Pair, connection: Any):
    await pair.offer()
    await connection.execute("UPDATE users SET suspended_at = now() WHERE username = 'bob'")
    # Also where somebody is in the middle of a request, or acts through the library.
    with pytest.raises(AccountSuspended):
        await pair.platform.acting_as(UUID(pair.bob_id)).organizations.owner_offers.accept("acme")
    assert code(await pair.offer(), 409) == "user_suspended"
    assert await members(pair.client, pair.ada) == {"ada": "owner", "bob": "member"}
    await connection.execute("UPDATE users SET suspended_at = NULL")
    assert (await pair.accept()).status_code == 200


async def test_offer_of_somebody_who_is_suspended_is_void(pair: Pair, connection: Any):
    await pair.offer()
    await connection.execute("UPDATE users SET suspended_at = now() WHERE username = 'ada'")
    assert code(await pair.accept(), 409) == "owner_offer_void"
    await connection.execute("UPDATE users SET suspended_at = NULL")
    assert (await pair.accept()).status_code == 200


async def test_what_nobody_asked_for_goes_to_whoever_is_not_suspended(
    platform: Platform, sign_up: SignUp, connection: Any
):
    bob, first, second = [await sign_up(name) for name in ("bob", "first", "second")]
    made = await made_by_the_operator(platform, bob.id)
    for member in (first, second):
        await platform.organizations.members.put(made, member.id, NewRole(role="member"))
    await connection.execute("UPDATE users SET suspended_at = now() WHERE id = $1", first.id)
    await platform.acting_as(bob.id).users.delete(bob.id)
    assert (await platform.organizations.get(made)).owner_id == second.id


async def test_offer_is_answered_by_whom_it_is_made_to_alone(pair: Pair):
    await pair.offer()
    eve, outsider = await arrive(pair.client, "eve"), await arrive(pair.client, "outsider")
    await add(pair.client, pair.ada, eve, "admin")
    for who, expected in ((pair.ada, "no_such_owner_offer"), (eve, "no_such_owner_offer"), (outsider, "not_found")):
        for answer in ("accept", "decline"):
            assert code(await pair.client.post(f"{OFFER}/{answer}", headers=who), 404) == expected
    assert code(await pair.client.get(OFFER, headers=eve), 404) == "no_such_owner_offer"
    body = {"name": "k", "current_password": PASSWORD}
    key = (await pair.client.post("/v1/users/me/api-keys", json=body, headers=pair.bob)).json()["key"]
    assert code(await pair.accept(by={"Authorization": f"Bearer {key}"}), 403) == "forbidden"
    assert code(await pair.client.post(OFFER, json={"user_id": pair.bob_id}, headers=eve), 403) == "forbidden"
    assert (await pair.accept()).status_code == 200


async def test_offer_needs_a_member_who_is_not_the_owner_yet(pair: Pair):
    outsider = await arrive(pair.client, "outsider")
    for who, expected in ((outsider, "new_owner_is_no_member"), (pair.ada, "already_owner")):
        body = {"user_id": (await me(pair.client, who))["id"]}
        assert code(await pair.client.post(OFFER, json=body, headers=pair.ada), 409) == expected


async def test_nobody_is_made_owner_by_another_person(pair: Pair, connection: Any):
    body = {"user_id": pair.bob_id}
    assert code(await pair.client.put(f"{ACME}/owner", json=body, headers=pair.ada), 403) == "consent_needed"
    root = await arrive(pair.client, "root1")
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'root1'")
    assert code(await pair.client.put(f"{ACME}/owner", json=body, headers=root), 403) == "consent_needed"
    own = {"user_id": (await me(pair.client, root))["id"]}
    assert code(await pair.client.put(f"{ACME}/owner", json=own, headers=root), 409) == "new_owner_is_no_member"
    assert (await pair.client.put(f"{ACME}/members/{own['user_id']}", json={}, headers=root)).status_code == 200
    taken = await pair.client.put(f"{ACME}/owner", json=own, headers=root)
    assert (taken.status_code, taken.json()["owner_id"]) == (200, own["user_id"])
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'bob'")  # the last one has to stay
    refused = await pair.client.request("DELETE", "/v1/users/me", json={"current_password": PASSWORD}, headers=root)
    assert code(refused, 409) == "owns_organizations"  # they took it themselves


async def made_by_the_operator(platform: Platform, bob: UUID) -> UUID:
    return (await platform.organizations.create(NewOrganization(name="Gift"), owner_id=bob)).id


async def made_by_import(platform: Platform, bob: UUID) -> UUID:
    line = f'{{"id": "01890000-0000-7000-8000-000000000001", "name": "Gift", "slug": "gift", "owner_id": "{bob}"}}\n'
    await platform.transfer.import_file("organizations", io.BytesIO(line.encode()), form="ndjson")
    return UUID("01890000-0000-7000-8000-000000000001")


async def handed_over_by_the_operator(platform: Platform, bob: UUID) -> UUID:
    ada = (await platform.users.find("ada")).id
    gift = await platform.acting_as(ada).organizations.create(NewOrganization(name="Gift"))
    await platform.organizations.members.put(gift.id, bob, NewRole())
    await platform.organizations.hand_over(gift.id, NewOwner(user_id=bob))
    return gift.id


@pytest.mark.parametrize("way", [made_by_the_operator, made_by_import, handed_over_by_the_operator])
@pytest.mark.parametrize("company", ["alone", "with members"])
@pytest.mark.parametrize("state", ["", "deleted"])
async def test_owner_who_was_not_asked_can_delete_their_account(  # noqa: PLR0917 - the matrix and its fixtures
    way: Any, company: str, state: str, platform: Platform, sign_up: SignUp, connection: Any
):
    ada, bob, eve = [await sign_up(name) for name in ("ada", "bob", "eve")]
    gift = await way(platform, bob.id)
    if company == "with members":
        await platform.organizations.members.put(gift, eve.id, NewRole(role="member"))
        await platform.organizations.members.put(gift, ada.id, NewRole(role="admin"))
    if state == "deleted":
        await platform.organizations.delete(gift)
    await platform.acting_as(bob.id).users.delete("me")
    with pytest.raises(Missing):
        await platform.users.get(bob.id)
    owner = await connection.fetchval("SELECT owner_id FROM organizations WHERE id = $1", gift)
    is_shared = company == "with members" or way is handed_over_by_the_operator
    assert owner == (ada.id if is_shared else None)
    action = "organization.transfer" if is_shared else "organization.purge"
    last = (
        "SELECT action FROM audit_events WHERE organization_id = $1 AND action LIKE 'organization.%' ORDER BY sequence"
    )
    assert [row[0] for row in await connection.fetch(last, gift)][-1] == action


async def test_owner_who_agreed_must_hand_over_first(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    gift = await made_by_the_operator(platform, ada.id)
    await platform.organizations.members.put(gift, bob.id, NewRole())
    await platform.acting_as(ada.id).organizations.owner_offers.create(gift, NewOwner(user_id=bob.id))
    await platform.acting_as(bob.id).organizations.owner_offers.accept(gift)
    with pytest.raises(Exception, match="owns organizations"):
        await platform.acting_as(bob.id).users.delete("me")
    await platform.acting_as(ada.id).users.delete("me")


async def test_operator_cannot_answer_in_place_of_a_person(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    gift = await made_by_the_operator(platform, ada.id)
    with pytest.raises((Missing, Forbidden)):
        await platform.organizations.owner_offers.accept(gift)
    assert (await platform.organizations.members.list(gift, PageRequest())).data[0].role == "owner"
