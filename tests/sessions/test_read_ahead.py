"""What somebody is in an organization is read together with who they are, where a request reads in one."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import NamedTuple

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import (
    Forbidden,
    MembersPageRequest,
    Missing,
    NewOrganization,
    NewRole,
    NewSession,
    NewUser,
    Organization,
    Platform,
)
from freehold.data import context
from freehold.data.sql import statement_names
from freehold.observe.observer import Observer
from freehold.serve.application import create_application

AHEAD = {f"sessions.by_token_hash_with_{what}" for what in ("id", "slug", "organizations")}
WHO, ROLE = (
    {"sessions.by_token_hash", "users.with_organizations", "users.by_id"},
    {"access.role_by_id", "access.role_by_slug"},
)


class Named(Observer):
    """Keeps the names of the statements that were run."""

    def __init__(self) -> None:
        super().__init__({}, slow_seconds=60.0)
        self.names = statement_names()
        self.run: list[str] = []

    def statement(self, sql: str, seconds: float) -> None:  # noqa: ARG002 - an observer's
        self.run.append(self.names.get(sql, sql))

    def of_checks(self) -> list[str]:
        return [name for name in self.run if name in AHEAD | WHO | ROLE]


class Scene(NamedTuple):
    platform: Platform
    seen: Named
    acme: Organization
    tokens: dict[str, str]


@pytest.fixture
async def scene(platform: Platform, database_url: str) -> AsyncIterator[Scene]:
    seen, tokens, people = Named(), {}, {}
    async with Platform.open(database_url, settings=platform.context.tools.settings, observer=seen) as watched:
        for name in ("ada", "grace", "stranger"):
            new = NewUser(username=name, email=f"{name}@example.com", password=PASSWORD)
            people[name] = await watched.users.create(new)
            signed_in = await watched.acting_as(None).sessions.create(NewSession(login=name, password=PASSWORD))
            tokens[name] = signed_in.token
        owner = watched.acting_as(people["ada"].id)
        acme = await owner.organizations.create(NewOrganization(name="Acme", slug="acme"))
        await owner.organizations.members.put(acme.id, people["grace"].id, NewRole(role="member"))
        yield Scene(watched, seen, acme, tokens)


def client(scene: Scene, who: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {scene.tokens[who]}"}
    transport = httpx.ASGITransport(create_application(scene.platform))
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


async def test_reading_in_an_organization_asks_once_who_and_what_they_are(scene: Scene):
    expected = {
        "ada": {"": 200, "/projects": 200, "/members": 200, "/api-keys": 200, "/audit-events": 200},
        "grace": {"": 200, "/projects": 200, "/members": 200, "/api-keys": 403, "/audit-events": 403},
        "stranger": {"": 404, "/projects": 404, "/members": 404, "/api-keys": 404, "/audit-events": 404},
    }
    for who, paths in expected.items():
        async with client(scene, who) as asks:
            for by in ("id", "slug"):
                for path, status in paths.items():
                    scene.seen.run.clear()
                    answer = await asks.get(f"/v1/organizations/{getattr(scene.acme, by)}{path}")
                    assert (who, path, answer.status_code) == (who, path, status)
                    assert scene.seen.of_checks() == [f"sessions.by_token_hash_with_{by}"], (who, path)


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("POST", "/projects")])
async def test_change_looks_again_in_its_own_transaction(scene: Scene, method: str, path: str):
    scene.seen.run.clear()
    async with client(scene, "ada") as asks:
        answer = await asks.request(method, f"/v1/organizations/acme{path}", json={"name": "Anvils"})
    assert answer.is_success
    assert [name for name in scene.seen.of_checks() if name in ROLE]
    assert not AHEAD & set(scene.seen.run)


async def test_slug_from_before_leads_on_and_nothing_is_nothing(scene: Scene):
    async with client(scene, "ada") as asks:
        await asks.patch("/v1/organizations/acme", json={"slug": "anvils"})
        moved = await asks.get("/v1/organizations/acme/projects")
        missing = await asks.get("/v1/organizations/nothing-here/projects")
        unread = await asks.get("/v1/organizations/Not_A_Slug/projects")
        await asks.delete("/v1/organizations/anvils")
        deleted = await asks.get("/v1/organizations/anvils/projects")
    assert [each.status_code for each in (moved, missing, unread, deleted)] == [308, 404, 422, 404]


async def test_who_am_i_with_my_organizations_is_one_question(scene: Scene):
    async with client(scene, "grace") as asks:
        scene.seen.run.clear()
        together = (await asks.get("/v1/users/me?include=organizations")).json()
        assert scene.seen.run == ["sessions.by_token_hash_with_organizations"]
        scene.seen.run.clear()
        alone = (await asks.get("/v1/users/me?include=%6Frganizations")).json()
        assert scene.seen.run == ["sessions.by_token_hash", "users.with_organizations"]
        assert (await asks.get(f"/v1/users/{together['id']}?include=organizations")).json() == together
    assert together == alone
    assert [each["slug"] for each in together["organizations"]] == ["acme"]
    assert together["is_admin"] is False
    async with client(scene, "grace") as asks:
        await asks.delete("/v1/sessions/current")
        assert (await asks.get("/v1/users/me?include=organizations")).status_code == 401


async def test_ended_session_is_nobodys(scene: Scene):
    async with client(scene, "ada") as asks:
        await asks.delete("/v1/sessions/current")
        assert (await asks.get("/v1/organizations/acme")).status_code == 401


async def test_only_the_first_look_is_spared_so_that_a_later_one_hears_what_was_taken_away(scene: Scene):
    grace = await scene.platform.authenticate(scene.tokens["grace"], organization="acme")
    me = await grace.users.get("me")
    await scene.platform.organizations.members.remove("acme", me.id)
    scene.seen.run.clear()
    assert (await grace.access("acme", "member.read")).role == "member", "as it was when they were let in"
    assert scene.seen.run == []
    with pytest.raises(Missing):
        await grace.access("acme", "member.read")


@pytest.mark.parametrize("action", ["project.create", "member.add"])
async def test_change_of_your_own_program_looks_again(scene: Scene, action: str):
    grace = await scene.platform.authenticate(scene.tokens["grace"], organization="acme")
    scene.seen.run.clear()
    with suppress(Forbidden):
        await grace.access("acme", action)
    assert scene.seen.of_checks() == ["access.role_by_slug"]


async def test_it_is_not_used_in_another_organization_nor_later(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    elsewhere = await scene.platform.authenticate(scene.tokens["ada"], organization="another")
    late = await scene.platform.authenticate(scene.tokens["ada"], organization="acme")
    scene.seen.run.clear()
    await elsewhere.access("acme", "project.read")
    monkeypatch.setattr(context, "AHEAD_SECONDS", 0.0)
    await late.access("acme", "project.read")
    assert scene.seen.of_checks() == ["access.role_by_slug", "access.role_by_slug"]


async def test_it_is_not_used_for_somebody_else(scene: Scene):
    ada = await scene.platform.authenticate(scene.tokens["ada"], organization="acme")
    stranger = await (await scene.platform.authenticate(scene.tokens["stranger"])).users.get("me")
    with pytest.raises(Missing):
        await ada.acting_as(stranger.id).organizations.members.list("acme", MembersPageRequest())
