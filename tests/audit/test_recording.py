"""Every change writes its event, in its own transaction, and no event holds a secret."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import token_to

from freehold import (
    Action,
    Actor,
    EmailVerification,
    InvitationAcceptance,
    IssuedApiKey,
    KeyRotation,
    NewApiKey,
    NewCustomRole,
    NewImpersonation,
    NewInvitation,
    NewOrganization,
    NewOwner,
    NewPasswordReset,
    NewProject,
    NewRole,
    NewSession,
    NewUser,
    OrganizationPatch,
    PasswordChange,
    PasswordResetCompletion,
    Platform,
    ProjectPatch,
    RolePatch,
    User,
    UserPatch,
)
from freehold.access import OPERATIONS
from freehold.data.failures import UnexpectedDatabaseError
from freehold.groups import ApiKeys, OrganizationApiKeys, Organizations
from freehold.sessions.operations import authenticate
from freehold.sessions.types import SessionRefresh

SECOND_PASSWORD, THIRD_PASSWORD = "Lovelace2", "Lovelace3"

ELSEWHERE = {
    "organization.read": "leaving is written as member.remove",
    "invitation.accept": "joining is written as member.add",
    "data.import": "shown with importing",
    "data.export": "shown with exporting",
    "email_change.undo": "shown with undoing",
    "email.correct": "shown in test_own_user",
    "invitation.decline": "shown with inviting",
    "action.declare": "shown in tests/actions",
    "action.delete": "shown in tests/actions",
    "signing_key.rotate": "shown in tests/tokens",
    "webhook.create": "shown in tests/webhooks",
    "webhook.update": "shown in tests/webhooks",
    "webhook.delete": "shown in tests/webhooks",
    "webhook.replay": "shown in tests/webhooks",
}
"""Actions of operations that write, which are no step of the story."""


class Story:
    """A life in steps, each of which changes something; what a later step needs is kept from an earlier one."""

    def __init__(self, platform: Platform, ada: User, bob: User) -> None:
        self.platform = platform
        self.ada, self.bob = ada, bob
        self.tokens: list[str] = []
        self.session = Actor(user_id=ada.id)
        self.organization_id = self.project_id = self.invitation_id = self.key_id = UUID(int=0)

    @property
    def as_ada(self) -> Platform:
        return self.platform.acting_as(self.session)

    async def sign_in(self) -> None:
        signed_in = await self.platform.sessions.create(NewSession(login="ada", password=PASSWORD))
        self.tokens.append(signed_in.token)
        self.session = (await authenticate(self.platform.context, signed_in.token)).signed_in

    async def make_organization(self) -> None:
        self.organization_id = (await self.as_ada.organizations.create(NewOrganization(name="Acme"))).id

    async def make_project(self) -> None:
        self.project_id = (await self.as_ada.projects.create(self.organization_id, NewProject(name="Rocket"))).id

    async def follow(self, address: str) -> str:
        """The token that was mailed last to an address."""
        self.tokens.append(await token_to(self.platform, address))
        return self.tokens[-1]

    async def confirm(self) -> None:
        verification = EmailVerification(token=await self.follow("ada@example.com"), password=PASSWORD)
        await self.platform.acting_as(None).users.verify_email(verification)

    async def complete_reset(self) -> None:
        token = await self.follow("ada@example.com")
        completion = PasswordResetCompletion(token=token, new_password=THIRD_PASSWORD)
        await self.platform.acting_as(None).users.reset_password(completion)

    async def invite(self, email: str) -> None:
        new = NewInvitation(email=email, role="clerk")
        self.invitation_id = (await self.as_ada.organizations.invitations.create(self.organization_id, new)).id

    async def accept(self) -> None:
        acceptance = InvitationAcceptance(token=await self.follow("bob@example.com"))
        await self.platform.acting_as(self.bob.id).organizations.invitations.accept(acceptance)

    async def keep(self, making: Awaitable[IssuedApiKey]) -> None:
        issued = await making
        self.key_id = issued.id
        self.tokens.append(issued.key)

    @property
    def as_bob(self) -> Organizations:
        return self.platform.acting_as(self.bob.id).organizations

    async def offer_to_bob(self) -> None:
        await self.as_ada.organizations.owner_offers.create(self.organization_id, NewOwner(user_id=self.bob.id))

    async def put_bob(self, role: str) -> None:
        await self.as_ada.organizations.members.put(self.organization_id, self.bob.id, NewRole(role=role))

    async def impersonate(self) -> None:
        new = NewImpersonation(reason="Ticket 12")
        await self.platform.sessions.impersonate(self.ada.id, new, admin_id=self.bob.id)

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
        eve = NewUser(username="eve", email="eve@example.com", password=PASSWORD)
        reset = NewPasswordReset(email="ada@example.com")
        change = PasswordChange(current_password=PASSWORD, new_password=SECOND_PASSWORD)
        return [
            ("user.create", lambda: self.platform.acting_as(None).users.create(eve)),
            ("user.update", lambda: self.as_ada.users.update("me", UserPatch(username="countess"))),
            ("user.update", lambda: self.as_ada.users.update("me", UserPatch(username="ada"))),
            ("session.create", self.sign_in),
            ("session.refresh", lambda: self.as_ada.sessions.refresh(SessionRefresh(password=PASSWORD))),
            ("email_verification.create", lambda: self.as_ada.users.send_email_verification("me")),
            ("email_verification.complete", self.confirm),
            ("email_verification.create", lambda: self.as_ada.users.update("me", UserPatch(email="a@other.example"))),
            ("email_verification.delete", lambda: self.as_ada.users.update("me", UserPatch(email="ada@example.com"))),
            ("user.verify", lambda: self.platform.users.mark_verified(self.bob.id)),
            ("user.suspend", lambda: self.platform.users.suspend(self.bob.id)),
            ("user.resume", lambda: self.platform.users.resume(self.bob.id)),
            ("user.grant_admin", lambda: self.platform.users.grant_admin(self.bob.id)),
            ("user.grant_admin", lambda: self.platform.users.grant_admin(self.ada.id)),
            ("user.revoke_admin", lambda: self.platform.users.revoke_admin(self.ada.id)),  # Bob is one still
            ("user.impersonate", self.impersonate),
            ("user.export", lambda: self.as_ada.users.export("me")),
            ("organization.create", self.make_organization),
            (
                "organization.update",
                lambda: self.as_ada.organizations.update(self.organization_id, OrganizationPatch(name="Two")),
            ),
            *self.steps_of_roles_and_invitations(),
            *self.steps_of_keys(),
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
            ("ownership.offer", self.offer_to_bob),
            ("ownership.decline", lambda: self.as_bob.owner_offers.decline(self.organization_id)),
            ("ownership.offer", self.offer_to_bob),
            ("ownership.withdraw", lambda: self.as_ada.organizations.owner_offers.withdraw(self.organization_id)),
            ("ownership.offer", self.offer_to_bob),
            ("organization.transfer", lambda: self.as_bob.owner_offers.accept(self.organization_id)),
            ("member.remove", lambda: self.as_ada.organizations.members.leave(self.organization_id)),
            ("user.set_password", lambda: self.as_ada.users.change_password("me", change)),
            ("session.delete", lambda: self.as_ada.sessions.end("current")),
            ("user.set_password", lambda: self.platform.users.set_password(self.ada.id, PASSWORD)),
            ("session.create", self.sign_in),
            ("session.delete", lambda: self.as_ada.sessions.end_of_user(self.ada.id, self.session_id)),
            ("session.create", self.sign_in),
            ("session.delete", lambda: self.platform.sessions.end_others(self.ada.id)),
            ("password_reset.create", lambda: self.platform.acting_as(None).users.request_password_reset(reset)),
            ("password_reset.complete", self.complete_reset),
            ("organization.delete", lambda: self.platform.organizations.delete(self.organization_id)),
            ("organization.restore", lambda: self.platform.organizations.restore(self.organization_id)),
            ("organization.delete", lambda: self.platform.organizations.delete(self.organization_id)),
            ("organization.purge", lambda: self.platform.organizations.purge(self.organization_id)),
            ("user.delete", lambda: self.platform.users.delete(self.ada.id)),
        ]

    def steps_of_roles_and_invitations(self) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
        def acme() -> Organizations:
            return self.as_ada.organizations

        new, patch = NewCustomRole(name="clerk", actions=()), RolePatch(actions=(Action.MEMBER_READ,))
        return [
            ("role.create", lambda: acme().roles.create(self.organization_id, new)),
            ("role.update", lambda: acme().roles.update(self.organization_id, "clerk", patch)),
            ("invitation.create", lambda: self.invite("bob@example.com")),
            ("invitation.create", lambda: acme().invitations.resend(self.organization_id, self.invitation_id)),
            ("member.add", self.accept),
            ("member.remove", lambda: acme().members.remove(self.organization_id, self.bob.id)),
            ("invitation.create", lambda: self.invite("carol@example.com")),
            ("invitation.delete", lambda: acme().invitations.revoke(self.organization_id, self.invitation_id)),
            ("role.delete", lambda: acme().roles.delete(self.organization_id, "clerk")),
        ]

    def steps_of_keys(self) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
        def mine() -> ApiKeys:
            return self.as_ada.api_keys

        def of_acme() -> OrganizationApiKeys:
            return self.as_ada.organizations.api_keys

        new, rotation = NewApiKey(name="k"), KeyRotation()
        return [
            ("api_key.create", lambda: self.keep(mine().create("me", new))),
            ("api_key.create", lambda: self.keep(mine().rotate("me", self.key_id, rotation))),
            ("api_key.delete", lambda: mine().delete("me", self.key_id)),
            ("api_key.create", lambda: self.keep(of_acme().create(self.organization_id, new))),
            ("api_key.create", lambda: self.keep(of_acme().rotate(self.organization_id, self.key_id, rotation))),
            ("api_key.delete", lambda: of_acme().delete(self.organization_id, self.key_id)),
        ]

    @property
    def session_id(self) -> UUID:
        assert self.session.session_id is not None
        return self.session.session_id


@pytest.fixture
async def story(platform: Platform, sign_up: SignUp) -> Story:
    return Story(platform, await sign_up("ada"), await sign_up("bob"))


async def test_story_tells_every_change(story: Story):
    told = {action for action, _ in story.steps()}
    changes = {declared.action.value for declared in OPERATIONS.values() if declared.writes}
    assert changes - told == set(ELSEWHERE)


async def test_every_change_writes_its_event(story: Story, connection: Any):
    for action, step in story.steps():
        before = await _ids(connection)
        await step()
        new = await connection.fetch("SELECT * FROM audit_events WHERE NOT id = ANY ($1::uuid[])", list(before))
        assert action in [event["action"] for event in new]
        for event in new:
            assert event["target_type"] == event["action"].partition(".")[0]
            assert event["target_id"] is not None or "ended" in event["details"], action
            if action.startswith(("member.", "project.", "organization.", "role.", "invitation.")):
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
        THIRD_PASSWORD,
        "argon2",
        *hashes,
        *[token.partition("_")[2] for token in story.tokens],
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
    """Every row of every table, but those that count attempts, which count also what comes to nothing."""
    tables = await connection.fetch(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname <> 'mail_budgets'"
    )
    return {
        table: await connection.fetchval(f"SELECT string_agg(t::text, ',' ORDER BY t::text) FROM {table} t")  # noqa: S608
        for (table,) in tables
    }
