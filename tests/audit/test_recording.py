"""Every change writes its event, in its own transaction, and no event holds a secret."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import (
    Actor,
    NewOrganization,
    NewOwner,
    NewProject,
    NewRole,
    NewSession,
    NewUser,
    OrganizationPatch,
    PasswordChange,
    Platform,
    ProjectPatch,
    User,
    UserPatch,
)
from freehold.db import UnexpectedDatabaseError
from freehold.sessions.operations import authenticate

SECOND_PASSWORD = "Lovelace2"


class Story:
    """A life in steps, each of which changes something; what a later step needs is kept from an earlier one."""

    def __init__(self, platform: Platform, ada: User, bob: User) -> None:
        self.platform = platform
        self.ada, self.bob = ada, bob
        self.tokens: list[str] = []
        self.session = Actor(user_id=ada.id)
        self.organization_id = self.project_id = UUID(int=0)

    @property
    def as_ada(self) -> Platform:
        return self.platform.acting_as(self.session)

    async def sign_in(self) -> None:
        signed_in = await self.platform.sessions.create(NewSession(login="ada", password=PASSWORD))
        self.tokens.append(signed_in.token)
        self.session = await authenticate(self.platform.context, signed_in.token)

    async def make_organization(self) -> None:
        self.organization_id = (await self.as_ada.organizations.create(NewOrganization(name="Acme"))).id

    async def make_project(self) -> None:
        self.project_id = (await self.as_ada.projects.create(self.organization_id, NewProject(name="Rocket"))).id

    async def put_bob(self, role: str) -> None:
        await self.as_ada.organizations.members.put(self.organization_id, self.bob.id, NewRole(role=role))

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
        eve = NewUser(username="eve", email="eve@example.com", password=PASSWORD)
        change = PasswordChange(current_password=PASSWORD, new_password=SECOND_PASSWORD)
        return [
            ("user.create", lambda: self.platform.acting_as(None).users.create(eve)),
            ("user.update", lambda: self.as_ada.users.update("me", UserPatch(username="countess"))),
            ("user.update", lambda: self.as_ada.users.update("me", UserPatch(username="ada"))),
            ("session.create", self.sign_in),
            ("organization.create", self.make_organization),
            (
                "organization.update",
                lambda: self.as_ada.organizations.update(self.organization_id, OrganizationPatch(name="Two")),
            ),
            ("member.add", lambda: self.put_bob("member")),
            ("member.update", lambda: self.put_bob("admin")),
            ("project.create", self.make_project),
            (
                "project.update",
                lambda: self.as_ada.projects.update(self.organization_id, self.project_id, ProjectPatch(name="2")),
            ),
            ("project.delete", lambda: self.as_ada.projects.delete(self.organization_id, self.project_id)),
            ("member.remove", lambda: self.as_ada.organizations.members.remove(self.organization_id, self.bob.id)),
            ("member.add", lambda: self.put_bob("member")),
            (
                "organization.transfer",
                lambda: self.as_ada.organizations.hand_over(self.organization_id, NewOwner(user_id=self.bob.id)),
            ),
            ("member.remove", lambda: self.as_ada.organizations.members.leave(self.organization_id)),
            ("user.set_password", lambda: self.as_ada.users.change_password("me", change)),
            ("session.delete", lambda: self.as_ada.sessions.end("current")),
            ("user.set_password", lambda: self.platform.users.set_password(self.ada.id, PASSWORD)),
            ("organization.delete", lambda: self.platform.organizations.delete(self.organization_id)),
            ("user.delete", lambda: self.as_ada.users.delete("me")),
        ]


@pytest.fixture
async def story(platform: Platform, sign_up: SignUp) -> Story:
    return Story(platform, await sign_up("ada"), await sign_up("bob"))


async def test_every_change_writes_its_event(story: Story, connection: Any):
    for action, step in story.steps():
        before = await _ids(connection)
        await step()
        new = await connection.fetch("SELECT * FROM audit_events WHERE NOT id = ANY ($1::uuid[])", list(before))
        assert action in [event["action"] for event in new]
        for event in new:
            assert event["target_type"] == event["action"].partition(".")[0]
            assert event["target_id"] is not None, action
            if action.startswith(("member.", "project.", "organization.")):
                assert event["organization_id"] == story.organization_id, action


async def test_change_without_its_event_is_not_stored(story: Story, connection: Any):
    for action, step in story.steps():
        await connection.execute("ALTER TABLE audit_events ADD CONSTRAINT full_log CHECK (false) NOT VALID")
        before = await _contents(connection)
        with pytest.raises(UnexpectedDatabaseError, match="full_log"):
            await step()
        assert await _contents(connection) == before, action
        await connection.execute("ALTER TABLE audit_events DROP CONSTRAINT full_log")
        await step()


async def test_no_event_holds_a_secret(story: Story, connection: Any):
    for _, step in story.steps():
        await step()
    hashes = [row[0] for row in await connection.fetch("SELECT password_hash FROM users")]
    written = "\n".join(row[0] for row in await connection.fetch("SELECT audit_events::text FROM audit_events"))
    for secret in [
        PASSWORD,
        SECOND_PASSWORD,
        "argon2",
        *hashes,
        *[token.removeprefix("fh_") for token in story.tokens],
    ]:
        assert secret not in written


async def test_event_says_who_asked_from_where(platform: Platform, sign_up: SignUp, connection: Any):
    ada = await sign_up("ada")
    context = msgspec.structs.replace(
        platform.context, actor=Actor(user_id=ada.id), request_id="request-1", ip="2001:db8::1"
    )
    acme = await Platform(context).organizations.create(NewOrganization(name="Acme"))
    event = await connection.fetchrow("SELECT * FROM audit_events WHERE action = 'organization.create'")
    assert (event["actor_id"], event["target_id"], event["organization_id"]) == (ada.id, acme.id, acme.id)
    assert (event["request_id"], str(event["ip"])) == ("request-1", "2001:db8::1")


async def test_change_that_changes_nothing_writes_no_event(story: Story, connection: Any):
    before = await _ids(connection)
    await story.as_ada.users.update("me", UserPatch())
    assert await _ids(connection) == before


async def _ids(connection: Any) -> set[UUID]:
    return {row[0] for row in await connection.fetch("SELECT id FROM audit_events")}


async def _contents(connection: Any) -> dict[str, str]:
    """Every row of every table."""
    tables = await connection.fetch(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {
        table: await connection.fetchval(f"SELECT string_agg(t::text, ',' ORDER BY t::text) FROM {table} t")  # noqa: S608
        for (table,) in tables
    }
