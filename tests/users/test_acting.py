"""An administrator acts for a user: marked everywhere, for an hour at most, and never with what takes a password."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from tests.conftest import PASSWORD
from tests.described import document
from tests.mail.letters import token_to
from tests.users.administrators import administrator
from tests.users.people import Headers, arrive, code, me

from freehold import (
    AuditPageRequest,
    Forbidden,
    Invalid,
    NewApiKey,
    NewImpersonation,
    NewInvitation,
    NewOrganization,
    NewOwner,
    NewRole,
    Platform,
)
from freehold.serve.application import ENDPOINTS
from freehold.users.proving.errors import NotWhileActing
from freehold.web.examples import example_of
from freehold.web.routing import Endpoint

DOCUMENT = document()
PROVING = [each for each in ENDPOINTS if NotWhileActing in each.errors]


class Scene:
    """Root, who administers the platform, and Bob, for whom root acts."""

    def __init__(self, client: httpx.AsyncClient, root: Headers, bob: Headers, bob_id: str, root_id: str) -> None:
        self.client, self.root, self.bob, self.bob_id, self.root_id = client, root, bob, bob_id, root_id

    async def begin(self, by: Headers | None = None, user: str | None = None, **body: Any) -> httpx.Response:
        path = f"/v1/users/{user or self.bob_id}/impersonation"
        return await self.client.post(path, json={"reason": "Ticket 12", **body}, headers=by or self.root)

    async def acting(self) -> Headers:
        begun = await self.begin()
        assert begun.status_code == 201, begun.text
        return {"Authorization": f"Bearer {begun.json()['token']}"}


@pytest.fixture
async def scene(client: httpx.AsyncClient, connection: Any) -> Scene:
    root = await administrator(client, connection)
    bob = await arrive(client, "bob")
    ids = [str((await me(client, who))["id"]) for who in (bob, root)]
    return Scene(client, root, bob, *ids)


async def test_lists_of_events_say_both_names_of_whoever_acted_and_for_whom(
    scene: Scene, platform: Platform, connection: Any
):
    acting = await scene.acting()
    await scene.client.post("/v1/organizations", json={"name": "Acme"}, headers=acting)
    for number in range(5):
        await scene.client.post("/v1/organizations/acme/projects", json={"name": f"P{number}"}, headers=acting)
    await scene.client.post("/v1/organizations/acme/projects", json={"name": "Own"}, headers=scene.bob)
    named = {"actor_name": "bob", "acting_admin_id": scene.root_id, "acting_admin_name": "root"}
    for path, by in (
        ("/v1/organizations/acme/audit-events", scene.bob),
        (f"/v1/audit-events?user_id={scene.bob_id}", scene.root),
    ):
        events = (await scene.client.get(path, headers=by)).json()["data"]
        for event in events:
            of_acting = "acting_admin_id" in event["details"]
            assert {name: event[name] for name in named if name in event} == (named if of_acting else {})
    listed = await platform.audit.list_of_organization("acme", AuditPageRequest())
    assert len([event for event in listed.data if event.acting_admin_name == "root"]) == 6
    own = (await scene.client.get("/v1/users/me/export", headers=scene.bob)).json()
    assert not [event for event in own["audit_events"] if "acting_admin_name" in event]
    assert [event for event in own["audit_events"] if event["details"].get("acting_admin_id") == scene.root_id]
    await connection.execute("DELETE FROM users WHERE username = 'root'")
    events = (await scene.client.get("/v1/organizations/acme/audit-events", headers=scene.bob)).json()["data"]
    gone = named | {"acting_admin_name": None}
    assert {name: events[-1][name] for name in named} == gone


async def test_administrator_is_the_user_and_every_answer_and_event_says_so(scene: Scene, connection: Any):
    begun = (await scene.begin(minutes=5)).json()
    assert (begun["acting_for"], begun["acting_admin_id"]) == (scene.bob_id, scene.root_id)
    acting = {"Authorization": f"Bearer {begun['token']}"}
    seen = await scene.client.get("/v1/users/me", headers=acting)
    assert (seen.json()["username"], seen.json()["is_admin"]) == ("bob", False)
    made = await scene.client.post("/v1/organizations", json={"name": "Acme"}, headers=acting)
    refused = await scene.client.get("/v1/users", headers=acting)
    missing = await scene.client.get("/v1/organizations/nowhere", headers=acting)
    assert (made.status_code, refused.status_code, missing.status_code) == (201, 403, 404)
    for answer in (seen, made, refused, missing):
        assert answer.headers["x-acting-for"] == scene.bob_id
    assert "x-acting-for" not in (await scene.client.get("/v1/users/me", headers=scene.bob)).headers
    rows = await connection.fetch("SELECT action, actor_id::text, target_id::text, details::text FROM audit_events")
    events = {row["action"]: row for row in rows}
    created = events["organization.create"]
    assert created["actor_id"] == scene.bob_id
    assert scene.root_id in created["details"]
    began = events["user.impersonate"]
    assert (began["actor_id"], began["target_id"]) == (scene.root_id, scene.bob_id)
    assert "Ticket 12" in began["details"]


async def test_user_sees_who_acts_and_can_end_it(scene: Scene):
    acting = await scene.acting()
    listed = (await scene.client.get("/v1/sessions", headers=scene.bob)).json()["data"]
    assert {each["acting_admin_id"] for each in listed} == {None, scene.root_id}
    assert "Ticket 12" in (await scene.client.get("/v1/users/me/export", headers=scene.bob)).text
    (session,) = [each["id"] for each in listed if each["acting_admin_id"]]
    assert (await scene.client.delete(f"/v1/sessions/{session}", headers=scene.bob)).status_code == 204
    assert (await scene.client.get("/v1/users/me", headers=acting)).status_code == 401


@pytest.mark.parametrize("password", [{}, {"current_password": PASSWORD}])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/users/me", {"email": "other@example.com"}),
        ("DELETE", "/v1/users/me", {}),
        ("POST", "/v1/users/me/api-keys", {"name": "k"}),
        ("PUT", "/v1/users/me/password", {"current_password": PASSWORD, "new_password": "Analytical2"}),
        ("POST", "/v1/sessions/current/refresh", {"password": PASSWORD}),
    ],
)
async def test_what_takes_the_password_is_refused_even_with_it(
    scene: Scene, method: str, path: str, body: dict[str, str], password: dict[str, str]
):
    acting = await scene.acting()
    sent = body if "refresh" in path or "password" in path else {**body, **password}
    answer = await scene.client.request(method, path, json=sent, headers=acting)
    assert code(answer, 403) == "not_while_acting"
    assert (await me(scene.client, scene.bob))["email"] == "bob@example.com"


@pytest.mark.parametrize("endpoint", PROVING, ids=lambda endpoint: endpoint.name)
async def test_no_route_that_takes_a_proof_does_anything_while_acting(
    scene: Scene, platform: Platform, endpoint: Endpoint
):
    bob = platform.acting_as(UUID(scene.bob_id))
    acme = await bob.organizations.create(NewOrganization(name="Acme"))
    keys = {
        "me": (await platform.api_keys.create(UUID(scene.bob_id), NewApiKey(name="own"))).id,
        "acme": (await platform.organizations.api_keys.create(acme.id, NewApiKey(name="acme"))).id,
    }
    key = keys["acme" if "{organization}" in endpoint.path else "me"]
    path = endpoint.path.format(user=scene.bob_id, organization="acme", api_key=key)
    content = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    body = schema and example_of(schema, DOCUMENT["components"]["schemas"])
    acting = await scene.acting()
    answer = await scene.client.request(endpoint.method, path, json=body, headers=acting)
    # What only administrators may do is refused to the user for whom they act.
    is_of_admins = endpoint.path.endswith(("/admin", "/impersonation"))
    assert code(answer, 403) == ("forbidden" if is_of_admins else "not_while_acting")


async def test_nobody_consents_for_a_user(scene: Scene, platform: Platform):
    """Neither to belong to an organization, nor to own one."""
    arrived = await arrive(scene.client, "ada")
    ada = platform.acting_as(UUID(str((await me(scene.client, arrived))["id"])))
    for name in ("Acme", "Owned"):
        await ada.organizations.create(NewOrganization(name=name))
    await ada.organizations.invitations.create("acme", NewInvitation(email="bob@example.com"))
    token = await token_to(platform, "bob@example.com")
    bob = UUID(scene.bob_id)
    await platform.users.mark_verified(bob)
    await platform.organizations.members.put("owned", bob, NewRole(role="admin"))
    await ada.organizations.owner_offers.create("owned", NewOwner(user_id=bob))
    acting = await scene.acting()
    for path, body in (
        ("/v1/invitations/accept", {"token": token}),
        ("/v1/organizations/owned/owner-offer/accept", None),
    ):
        assert code(await scene.client.post(path, json=body, headers=acting), 403) == "not_while_acting"
        assert (await scene.client.post(path, json=body, headers=scene.bob)).status_code in {200, 201}


@pytest.mark.parametrize("end", ["suspended", "revoked", "user promoted", "user suspended", "deleted", "password"])
async def test_acting_ends_with_what_it_stands_on_and_does_not_come_back(
    scene: Scene, platform: Platform, connection: Any, end: str
):
    await administrator(scene.client, connection, "second")
    acting = await scene.acting()
    bob, root = UUID(scene.bob_id), UUID(scene.root_id)
    if end == "suspended":
        await platform.users.suspend(root)
        back = platform.users.resume(root)
    elif end == "revoked":
        await platform.users.revoke_admin(root)
        back = platform.users.grant_admin(root)
    elif end == "user promoted":
        await platform.users.grant_admin(bob)
        back = platform.users.revoke_admin(bob)
    elif end == "user suspended":
        await platform.users.suspend(bob)
        back = platform.users.resume(bob)
    elif end == "deleted":
        await platform.users.delete(root)
        back = None
    else:
        await platform.users.set_password(root, "Analytical2")
        back = None
    assert (await scene.client.get("/v1/users/me", headers=acting)).status_code == 401
    if back is not None:
        await back
    assert (await scene.client.get("/v1/users/me", headers=acting)).status_code == 401


@pytest.mark.parametrize("column", ["suspended_at = now()", "is_admin = false"])
async def test_acting_ends_also_where_the_right_is_taken_past_the_application(
    scene: Scene, connection: Any, column: str
):
    acting = await scene.acting()
    await connection.execute(f"UPDATE users SET {column} WHERE id = $1", UUID(scene.root_id))  # noqa: S608
    assert (await scene.client.get("/v1/users/me", headers=acting)).status_code == 401


async def test_nobody_else_acts_and_for_no_administrator(scene: Scene, connection: Any, platform: Platform):
    await administrator(scene.client, connection, "second")
    second = str((await platform.users.find("second")).id)
    for user in (second, scene.root_id):
        assert code(await scene.begin(user=user), 403) == "forbidden"
    assert code(await scene.begin(by=scene.bob), 403) == "forbidden"
    assert code(await scene.begin(by=await scene.acting()), 403) == "forbidden"
    assert code(await scene.begin(user=str(UUID(int=7))), 404) == "not_found"
    made = await scene.client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=scene.root)
    key = {"Authorization": f"Bearer {made.json()['key']}"}
    assert code(await scene.begin(by=key, current_password=PASSWORD), 403) == "forbidden"
    await platform.users.suspend(UUID(scene.bob_id))
    assert code(await scene.begin(), 409) == "user_suspended"


async def test_it_takes_a_reason_a_fresh_sign_in_and_at_most_an_hour(scene: Scene, connection: Any):
    for body in ({"reason": ""}, {"reason": None}, {"minutes": 0}, {"minutes": 61}, {"minutes": 1.5}):
        assert (await scene.begin(**body)).status_code == 422
    await connection.execute(
        "UPDATE sessions SET created_at = now() - interval '1 day', authenticated_at = now() - interval '1 day'"
    )
    assert code(await scene.begin(), 403) == "fresh_sign_in_needed"
    assert (await scene.begin(current_password=PASSWORD)).status_code == 201


async def test_use_makes_it_last_no_longer_and_the_database_knows_the_hour(scene: Scene, connection: Any):
    acting = await scene.acting()
    ends = "SELECT expires_at FROM sessions WHERE acting_admin_id IS NOT NULL"
    before = await connection.fetchval(ends)
    await connection.execute("UPDATE sessions SET last_used_at = now() - interval '2 minutes'")
    assert (await scene.client.get("/v1/users/me", headers=acting)).status_code == 200
    assert await connection.fetchval(ends) == before
    for change in (
        "expires_at = created_at + interval '61 minutes'",
        "authenticated_at = now()",
        "user_id = acting_admin_id",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"UPDATE sessions SET {change} WHERE acting_admin_id IS NOT NULL")  # noqa: S608


async def test_operator_names_the_administrator_who_acts(scene: Scene, platform: Platform):
    new = NewImpersonation(reason="Ticket 12")
    bob, root = UUID(scene.bob_id), UUID(scene.root_id)
    for nobody in (None, bob, UUID(int=7)):
        with pytest.raises(Invalid, match="must be an active platform administrator"):
            await platform.sessions.impersonate(bob, new, admin_id=nobody)
    begun = await platform.sessions.impersonate(bob, new, admin_id=root)
    assert begun.acting_admin_id == root
    with pytest.raises(Forbidden):
        await platform.acting_as(bob).sessions.impersonate(bob, new)
