"""Nobody gets more than somebody gave who had it: every way to more rights that people try, in one place.

Asked over HTTP, where strangers are. Mallory is the one who tries; what they may is said in each test.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import token_to

from freehold import (
    Action,
    NewApiKey,
    NewCustomRole,
    NewInvitation,
    NewOrganization,
    NewProject,
    NewRole,
    NewSession,
    Platform,
    User,
)
from freehold.organizations.deletion.jobs import purge
from freehold.serve.application import create_application

ACME: Final = "/v1/organizations/acme"
EVERY_ACTION: Final = [action.value for action in Action]
OWNERS_ALONE: Final = ("organization.delete", "organization.transfer", "organization.restore")

Send = Callable[..., Awaitable[httpx.Response]]


class Crime:
    """The organization acme of ada, with bob as a member, a project, and mallory as whatever a test makes of them."""

    def __init__(self, platform: Platform, http: httpx.AsyncClient, people: dict[str, User]) -> None:
        self.platform = platform
        self.people = people
        self.tokens: dict[str, str] = {}
        self._http = http

    @property
    def owner(self) -> Platform:
        return self.platform.acting_as(self.people["ada"].id)

    @property
    def member(self) -> str:
        """The path of mallory's membership."""
        return f"{ACME}/members/{self.people['mallory'].id}"

    async def make_mallory(self, role: str, *actions: Action) -> None:
        """Give mallory a built-in role, or one of their own with these actions."""
        if actions:
            await self.owner.organizations.roles.create("acme", NewCustomRole(name=role, actions=actions))
        await self.owner.organizations.members.put("acme", self.people["mallory"].id, NewRole(role=role))

    async def send(self, method: str, path: str, json: object = None, *, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.tokens['mallory']}"}
        return await self._http.request(method, path, json=json, headers=headers)

    async def refused(self, method: str, path: str, json: object = None, *, token: str | None = None) -> str:
        """Have a request refused as forbidden; return why."""
        answer = await self.send(method, path, json, token=token)
        assert answer.status_code == 403, f"{method} {path}: {answer.status_code} {answer.text}"
        return str(answer.json()["detail"])

    async def status(self, method: str, path: str, json: object = None, *, token: str | None = None) -> int:
        return (await self.send(method, path, json, token=token)).status_code

    async def held_by_mallory(self) -> set[str]:
        """What mallory may do, as the owner is told."""
        held = set()
        for action in EVERY_ACTION:
            path = f"{ACME}/access?user_id={self.people['mallory'].id}&action={action}"
            if (await self.send("GET", path, token=self.tokens["ada"])).json()["allowed"]:
                held.add(action)
        return held


@pytest.fixture
async def crime(platform: Platform, sign_up: SignUp) -> AsyncIterator[Crime]:
    people = {name: await sign_up(name) for name in ("ada", "bob", "mallory")}
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        crime = Crime(platform, http, people)
        for name in people:
            signed_in = await platform.acting_as(None).sessions.create(NewSession(login=name, password=PASSWORD))
            crime.tokens[name] = signed_in.token
        await crime.owner.organizations.create(NewOrganization(name="Acme"))
        await crime.owner.organizations.members.put("acme", people["bob"].id, NewRole(role="member"))
        yield crime


# Members and roles


@pytest.mark.parametrize("role", ["admin", "strong", "member"])
async def test_member_cannot_promote_themselves(crime: Crime, role: str):
    await crime.make_mallory("member")
    await crime.owner.organizations.roles.create("acme", NewCustomRole(name="strong", actions=tuple(Action)))
    await crime.refused("PUT", crime.member, {"role": role})
    for method, path in (("PUT", "owner"), ("POST", "owner-offer")):
        await crime.refused(method, f"{ACME}/{path}", {"user_id": str(crime.people["mallory"].id)})
    assert "organization.update" not in await crime.held_by_mallory()


async def test_nobody_becomes_owner_by_a_role(crime: Crime):
    await crime.make_mallory("admin")
    assert await crime.status("PUT", crime.member, {"role": "owner"}) == 409
    assert await crime.status("POST", f"{ACME}/roles", {"name": "owner", "actions": EVERY_ACTION}) == 409
    assert await crime.status("POST", f"{ACME}/invitations", {"email": "m@example.com", "role": "owner"}) == 409
    for method, path in (("PUT", "owner"), ("POST", "owner-offer")):
        await crime.refused(method, f"{ACME}/{path}", {"user_id": str(crime.people["mallory"].id)})
        await crime.refused(method, f"{ACME}/{path}", {"user_id": str(crime.people["bob"].id)})
    assert not await crime.held_by_mallory() & set(OWNERS_ALONE)


@pytest.mark.parametrize("action", OWNERS_ALONE)
async def test_admin_cannot_put_into_a_role_what_they_lack(crime: Crime, action: str):
    await crime.make_mallory("admin")
    assert action in await crime.refused("POST", f"{ACME}/roles", {"name": "more", "actions": [action]})
    assert await crime.status("POST", f"{ACME}/roles", {"name": "less", "actions": ["project.read"]}) == 201
    assert await crime.status("PUT", f"{ACME}/members/{crime.people['bob'].id}", {"role": "less"}) == 200
    assert action in await crime.refused("PATCH", f"{ACME}/roles/less", {"actions": [action]})
    assert (await crime.send("GET", f"{ACME}/roles/less")).json()["actions"] == ["organization.read", "project.read"]


async def test_nobody_widens_the_role_that_they_have(crime: Crime):
    await crime.make_mallory("editor", Action.ROLE_READ, Action.ROLE_UPDATE, Action.ROLE_CREATE, Action.MEMBER_UPDATE)
    before = await crime.held_by_mallory()
    for actions in (EVERY_ACTION, ["member.add"], [*before, "audit.read"]):
        await crime.refused("PATCH", f"{ACME}/roles/editor", {"actions": sorted(actions)})
        await crime.refused("POST", f"{ACME}/roles", {"name": "wider", "actions": sorted(actions)})
    assert await crime.held_by_mallory() == before


async def test_nobody_takes_part_of_a_stronger_role_for_the_taking_of_its_name(crime: Crime):
    """Renaming, narrowing or removing a role that holds more than one's own would let one decide on it."""
    await crime.owner.organizations.roles.create(
        "acme", NewCustomRole(name="boss", actions=(Action.ORGANIZATION_DELETE,))
    )
    await crime.make_mallory("admin")
    changes: list[object] = [{"name": "mine"}, {"actions": []}, {"actions": ["project.read"]}]
    for change in changes:
        await crime.refused("PATCH", f"{ACME}/roles/boss", change)
    await crime.refused("DELETE", f"{ACME}/roles/boss")
    await crime.refused("PUT", crime.member, {"role": "boss"})


async def test_stronger_member_is_neither_demoted_nor_removed(crime: Crime):
    await crime.make_mallory("porter", Action.MEMBER_UPDATE, Action.MEMBER_REMOVE, Action.MEMBER_ADD)
    ada, bob = (f"{ACME}/members/{crime.people[name].id}" for name in ("ada", "bob"))
    assert await crime.status("PUT", ada, {"role": "porter"}) == 409
    assert await crime.status("DELETE", ada) == 409
    await crime.refused("PUT", bob, {"role": "porter"})
    await crime.refused("DELETE", bob)


async def test_role_of_another_organization_gives_nothing(crime: Crime):
    """One's own organization, where one may do all, is no lever in others."""
    await crime.make_mallory("admin")
    assert await crime.status("POST", "/v1/organizations", {"name": "Mine", "slug": "mine"}) == 201
    new = {"name": "king", "actions": EVERY_ACTION}
    king = (await crime.send("POST", "/v1/organizations/mine/roles", new)).json()
    assert await crime.status("PUT", crime.member, {"role": "king"}) == 409
    assert await crime.status("PUT", crime.member, {"role": king["id"]}) == 422
    assert await crime.status("PATCH", f"{ACME}/roles/{king['id']}", {"name": "queen"}) == 404
    assert await crime.status("POST", f"{ACME}/invitations", {"email": "m@example.com", "role": "king"}) == 409


async def test_nobody_makes_themselves_administrator_of_the_platform(crime: Crime):
    for field, value in {"is_admin": True, "email_verified": True, "id": str(crime.people["ada"].id)}.items():
        assert await crime.status("PATCH", "/v1/users/me", {field: value}) == 422
        body = {"username": "second", "email": "second@example.com", "password": PASSWORD, field: value}
        assert await crime.status("POST", "/v1/users", body) == 422
    await crime.refused("GET", "/v1/users")
    await crime.refused("GET", "/v1/audit-events")
    await crime.refused("GET", "/v1/organizations?all=true")


# Invitations


async def test_nobody_invites_an_accomplice_to_more_than_they_hold(crime: Crime):
    await crime.make_mallory("host", Action.INVITATION_CREATE, Action.INVITATION_READ, Action.PROJECT_READ)
    await crime.owner.organizations.roles.create(
        "acme", NewCustomRole(name="boss", actions=(Action.ORGANIZATION_DELETE,))
    )
    for role in ("admin", "member", "boss"):
        await crime.refused("POST", f"{ACME}/invitations", {"email": "m@example.com", "role": role})
    strong = await crime.owner.organizations.invitations.create("acme", NewInvitation(email="x@example.com"))
    await crime.refused("POST", f"{ACME}/invitations/{strong.id}/resend")
    assert await crime.status("POST", f"{ACME}/invitations", {"email": "m@example.com", "role": "host"}) == 201


async def test_invitation_to_a_weak_role_does_not_grow_with_its_name(crime: Crime):
    owner = crime.owner.organizations
    await owner.roles.create("acme", NewCustomRole(name="clerk", actions=()))
    mallory = crime.people["mallory"]
    await crime.platform.users.mark_verified(mallory.id)
    await owner.invitations.create("acme", NewInvitation(email=mallory.email, role="clerk"))
    token = await token_to(crime.platform, mallory.email)
    await owner.roles.delete("acme", "clerk")
    await owner.roles.create("acme", NewCustomRole(name="clerk", actions=tuple(Action)))
    assert await crime.status("POST", "/v1/invitations/accept", {"token": token}) == 409
    assert await crime.status("GET", ACME) == 404


async def test_invitation_of_somebody_else_is_not_taken(crime: Crime):
    await crime.platform.users.mark_verified(crime.people["mallory"].id)
    invitation = NewInvitation(email="carol@example.com", role="admin")
    await crime.owner.organizations.invitations.create("acme", invitation)
    token = await token_to(crime.platform, "carol@example.com")
    await crime.refused("POST", "/v1/invitations/accept", {"token": token})
    # Nor by saying that one has the address, which counts once it is confirmed.
    assert await crime.status("PATCH", "/v1/users/me", {"email": "carol@example.com"}) == 200
    await crime.refused("POST", "/v1/invitations/accept", {"token": token})


# API keys


async def test_key_holds_nothing_that_its_maker_lacks(crime: Crime):
    await crime.make_mallory("keyer", Action.API_KEY_CREATE, Action.API_KEY_READ)
    for actions in (["project.read"], ["audit.read"], list(OWNERS_ALONE)):
        await crime.refused("POST", f"{ACME}/api-keys", {"name": "k", "actions": actions})
        await crime.refused("POST", "/v1/users/me/api-keys", {"name": "k", "actions": actions})
    by_default = (await crime.send("POST", f"{ACME}/api-keys", {"name": "k"})).json()
    assert by_default["actions"] == ["organization.read"]
    for action in ("api_key.create", "api_key.delete"):
        assert await crime.status("POST", f"{ACME}/api-keys", {"name": "k", "actions": [action]}) == 409


async def test_stronger_key_is_not_had_by_rotating_it(crime: Crime):
    strong = await crime.owner.organizations.api_keys.create(
        "acme", NewApiKey(name="k", actions=(Action.ORGANIZATION_DELETE,))
    )
    await crime.make_mallory("admin")
    await crime.refused("POST", f"{ACME}/api-keys/{strong.id}/rotate")
    path = f"/v1/organizations/acme/api-keys/{strong.id}"
    assert (await crime.send("GET", path)).json()["expires_at"] is None  # and what was tried has not shortened it


async def test_key_of_a_user_shrinks_with_its_user(crime: Crime):
    await crime.make_mallory("admin")
    issued = (await crime.send("POST", "/v1/users/me/api-keys", {"name": "k", "actions": ["audit.read"]})).json()
    assert await crime.status("GET", f"{ACME}/audit-events", token=issued["key"]) == 200
    await crime.owner.organizations.members.put("acme", crime.people["mallory"].id, NewRole(role="member"))
    await crime.refused("GET", f"{ACME}/audit-events", token=issued["key"])
    await crime.owner.organizations.members.remove("acme", crime.people["mallory"].id)
    assert await crime.status("GET", f"{ACME}/audit-events", token=issued["key"]) == 404


async def test_key_takes_no_step_that_takes_a_person(crime: Crime):
    """With no limits at all, of the owner: neither keys, nor sessions, passwords, addresses and the account itself."""
    key = (await crime.owner.api_keys.create("me", NewApiKey(name="k"))).key
    own = (await crime.owner.organizations.api_keys.create("acme", NewApiKey(name="k"))).key
    other = await crime.owner.api_keys.create("me", NewApiKey(name="other"))
    keys, of_acme = "/v1/users/me/api-keys", f"{ACME}/api-keys"
    attempts: list[tuple[str, str, Any]] = [
        ("POST", keys, {"name": "another"}),
        ("GET", keys, None),
        ("POST", f"{keys}/{other.id}/rotate", None),
        ("DELETE", f"{keys}/{other.id}", None),
        ("POST", of_acme, {"name": "another"}),
        ("GET", "/v1/sessions", None),
        ("DELETE", "/v1/sessions", None),
        ("DELETE", "/v1/sessions/current", None),
        ("PUT", "/v1/users/me/password", {"current_password": PASSWORD, "new_password": "Analytical2"}),
        ("PATCH", "/v1/users/me", {"email": "m@example.com"}),
        ("POST", "/v1/users/me/email-verification", None),
        ("GET", "/v1/users/me/export", None),
        ("DELETE", "/v1/users/me", None),
        ("POST", "/v1/invitations/accept", {"token": "fhi_x"}),
    ]
    for token in (key, own):
        for method, path, body in attempts:
            await crime.refused(method, path, body, token=token)


async def test_limited_key_does_nothing_else_by_detours(crime: Crime):
    new = NewApiKey(name="k", actions=(Action.MEMBER_ADD, Action.INVITATION_CREATE, Action.ROLE_CREATE))
    for key in (
        (await crime.owner.api_keys.create("me", new)).key,
        (await crime.owner.organizations.api_keys.create("acme", new)).key,
    ):
        put = f"{ACME}/members/{crime.people['mallory'].id}"
        await crime.refused("PUT", put, {"role": "admin"}, token=key)
        await crime.refused("POST", f"{ACME}/invitations", {"email": "m@example.com", "role": "admin"}, token=key)
        await crime.refused("POST", f"{ACME}/roles", {"name": "r", "actions": ["audit.read"]}, token=key)
        await crime.refused("DELETE", f"{ACME}/members/me", token=key)
        await crime.refused("POST", "/v1/organizations", {"name": "Other"}, token=key)


async def test_key_of_one_organization_is_nothing_in_another(crime: Crime):
    assert await crime.status("POST", "/v1/organizations", {"name": "Mine", "slug": "mine"}) == 201
    every = [action for action in EVERY_ACTION if not action.startswith("api_key.")]
    issued = await crime.send("POST", "/v1/organizations/mine/api-keys", {"name": "k", "actions": every})
    key = issued.json()["key"]
    assert await crime.status("GET", "/v1/organizations/mine", token=key) == 200
    project = await crime.owner.projects.create("acme", NewProject(name="Rocket"))
    for path in ("", "/members", "/projects", f"/projects/{project.id}", "/audit-events", "/roles", "/invitations"):
        assert await crime.status("GET", ACME + path, token=key) == 404, path
    assert await crime.status("POST", f"{ACME}/projects", {"name": "x"}, token=key) == 404
    put = f"{ACME}/members/{crime.people['mallory'].id}"
    assert await crime.status("PUT", put, {"role": "member"}, token=key) == 404
    assert await crime.status("GET", f"/v1/users/{crime.people['ada'].id}", token=key) == 403


async def test_key_for_a_project_reaches_no_other(crime: Crime):
    await crime.make_mallory("member")
    mine, other = [await crime.owner.projects.create("acme", NewProject(name=name)) for name in ("Mine", "Other")]
    for keys in ("/v1/users/me/api-keys", f"{ACME}/api-keys"):
        body = {"name": "k", "project_ids": [str(mine.id)]}
        token = crime.tokens["ada" if "acme" in keys else "mallory"]
        key = (await crime.send("POST", keys, body, token=token)).json()["key"]
        assert await crime.status("GET", f"{ACME}/projects/{mine.id}", token=key) == 200
        assert await crime.status("GET", f"{ACME}/projects/{other.id}", token=key) == 404
        assert await crime.status("PATCH", f"{ACME}/projects/{other.id}", {"name": "x"}, token=key) in {403, 404}
        await crime.refused("POST", f"{ACME}/projects", {"name": "x"}, token=key)


async def test_key_of_a_deleted_organization_is_dead_and_of_a_purged_one_forgotten(crime: Crime, connection: Any):
    every = tuple(action for action in Action if not action.value.startswith("api_key."))
    key = (await crime.owner.organizations.api_keys.create("acme", NewApiKey(name="k", actions=every))).key
    deleted = await crime.owner.organizations.delete("acme")
    for reference in ("acme", str(deleted.id)):
        for path in ("", "/members", "/projects", "/audit-events"):
            assert await crime.status("GET", f"/v1/organizations/{reference}{path}", token=key) == 404
    assert await crime.status("POST", f"{ACME}/projects", {"name": "x"}, token=key) == 404
    await connection.execute("UPDATE organizations SET deleted_at = now() - interval '31 days'")
    await purge(crime.platform.context)
    assert await crime.status("GET", ACME, token=key) == 401


async def test_limited_key_of_an_administrator_does_not_administer(crime: Crime, connection: Any):
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'mallory'")
    body = {"name": "k", "actions": ["organization.read"]}
    await crime.make_mallory("member")
    key = (await crime.send("POST", "/v1/users/me/api-keys", body)).json()["key"]
    assert await crime.status("GET", "/v1/users") == 200
    await crime.refused("GET", "/v1/users", token=key)
    await crime.refused("PATCH", ACME, {"name": "Mine"}, token=key)


# Who is gone


async def test_session_and_keys_of_an_erased_user_are_nobodys(crime: Crime):
    await crime.make_mallory("admin")
    key = (await crime.send("POST", "/v1/users/me/api-keys", {"name": "k"})).json()["key"]
    await crime.platform.users.delete(crime.people["mallory"].id)
    for token in (crime.tokens["mallory"], key):
        assert await crime.status("GET", "/v1/users/me", token=token) == 401
        assert await crime.status("GET", ACME, token=token) == 401


async def test_session_with_a_password_that_was_replaced_is_nobodys(crime: Crime):
    await crime.platform.users.set_password(crime.people["mallory"].id, "Analytical2")
    assert await crime.status("GET", "/v1/users/me") == 401


async def test_administrator_who_no_longer_is_may_nothing_more(crime: Crime, connection: Any):
    set_admin = "UPDATE users SET is_admin = $1 WHERE username = 'mallory'"
    await connection.execute(set_admin, True)  # noqa: FBT003 - the value of the column
    assert await crime.status("GET", "/v1/users") == 200
    await connection.execute(set_admin, False)  # noqa: FBT003 - likewise
    await crime.refused("GET", "/v1/users")


async def test_former_owner_is_an_admin_and_no_more(crime: Crime):
    bob = {"user_id": str(crime.people["bob"].id)}
    assert await crime.status("POST", f"{ACME}/owner-offer", bob, token=crime.tokens["ada"]) == 201
    await crime.platform.acting_as(crime.people["bob"].id).organizations.owner_offers.accept("acme")
    ada = crime.tokens["ada"]
    await crime.refused("POST", f"{ACME}/owner-offer", {"user_id": str(crime.people["ada"].id)}, token=ada)
    await crime.refused("DELETE", ACME, token=ada)
    assert await crime.status("DELETE", f"{ACME}/members/{bob['user_id']}", token=ada) == 409
