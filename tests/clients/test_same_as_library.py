"""One suite for the library and its clients over HTTP: the same names, types, pages and errors."""

import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.clients.conftest import World
from tests.conftest import PASSWORD
from tests.contract.client_calls import calls
from tests.mail.letters import token_to

from freehold import (
    AccessQuestion,
    AccountAuditPageRequest,
    Action,
    AdminGrant,
    AuditPageRequest,
    Conflict,
    CustomRole,
    EmailCorrection,
    EmailUndo,
    EmailVerification,
    FieldError,
    Forbidden,
    FreeholdError,
    Invalid,
    InvalidToken,
    InvitationAcceptance,
    InvitationEntry,
    InvitationToken,
    KeyRotation,
    LeftBehind,
    MembersPageRequest,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewImpersonation,
    NewInvitation,
    NewInvitations,
    NewOrganization,
    NewOwner,
    NewPasswordReset,
    NewProject,
    NewReplay,
    NewRole,
    NewServiceToken,
    NewSession,
    NewSuspension,
    NewUser,
    NewWebhookEndpoint,
    OrganizationPatch,
    OwnUser,
    Page,
    PageRequest,
    PasswordChange,
    PasswordResetCompletion,
    ProfilePatch,
    Project,
    ProjectPatch,
    ProjectsPageRequest,
    RoleEntry,
    RolePatch,
    SecretRotation,
    SessionRefresh,
    Stale,
    Unauthenticated,
    UserPatch,
    UsersPageRequest,
    WebhookEndpointPatch,
)
from freehold.api_keys.errors import NoSuchApiKey
from freehold.base.errors import Renamed
from freehold.data.paging import InvalidCursor
from freehold.organizations.errors import SlugTaken
from freehold.organizations.members.errors import AlreadyMember, NoSuchUser
from freehold.organizations.roles.errors import RoleTaken
from freehold.sessions.errors import WrongCredentials
from freehold.users.errors import UsernameTaken, WrongPassword
from freehold.users.suspension.errors import AccountSuspended

NEW = "Babbage1791"


async def acme(of: Any) -> Any:
    return await of.organizations.create(NewOrganization(name="Acme"))


async def join(world: World, username: str, role: str = "member") -> Any:
    joined = await world.arrive(username)
    user = await joined.users.get("me")
    await world.operator.organizations.members.put("acme", user.id, NewRole(role=role))
    return joined


async def test_account_from_sign_up_to_deletion(world: World):
    new = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
    made = await world.nobody.users.create(new)
    ada = await world.sign_in("ada")
    seen = await ada.users.get("me")
    assert (type(seen), seen.id, seen.email_verified) == (OwnUser, made.id, False)
    await ada.users.send_email_verification("me")
    token = await token_to(world.operator, "ada@example.com")
    assert await ada.users.verify_email(EmailVerification(token=token)) is None
    renamed = await ada.users.update("me", UserPatch(profile=ProfilePatch(first_name="Ada")))
    assert (renamed.profile.first_name, renamed.email_verified) == ("Ada", True)
    cleared = await ada.users.update(seen.id, UserPatch(profile=None), version=renamed.updated_at)
    assert cleared.profile.first_name is None
    await ada.users.change_password("me", PasswordChange(current_password=PASSWORD, new_password=NEW))
    exported = b"".join([part async for part in await ada.users.export("me")])
    assert b"ada@example.com" in exported
    with pytest.raises(WrongPassword) as wrong:
        await ada.sessions.refresh(SessionRefresh(password="wrong"))
    assert wrong.value.errors[0].pointer == "/password"
    assert (await ada.sessions.refresh(SessionRefresh(password=NEW))).current
    await ada.users.delete("me", current_password=NEW)
    assert await world.refuses(world.tokens["ada"])


async def test_lost_password_and_changed_address(world: World):
    ada = await world.arrive("ada")
    await ada.users.update("me", UserPatch(email="a@example.org", current_password=PASSWORD))
    await world.nobody.users.verify_email(
        EmailVerification(token=await token_to(world.operator, "a@example.org"), password=PASSWORD)
    )
    undo = EmailUndo(token=await token_to(world.operator, "ada@example.com"), new_password=NEW)
    assert await world.nobody.users.undo_email_change(undo) is None
    await world.nobody.users.request_password_reset(NewPasswordReset(email="ada@example.com"))
    reset = PasswordResetCompletion(token=await token_to(world.operator, "ada@example.com"), new_password=PASSWORD)
    await world.nobody.users.reset_password(reset)
    again = await world.sign_in("ada")
    assert (await again.users.get("me")).email == "ada@example.com"
    with pytest.raises(InvalidToken) as used:
        await world.nobody.users.reset_password(reset)
    assert used.value.errors == (FieldError("/token", "invalid_token", used.value.errors[0].detail),)


async def test_mistyped_address_is_corrected(world: World):
    await world.nobody.users.create(NewUser(username="ada", email="ad@example.com", password=PASSWORD))
    correction = EmailCorrection(login="ada", password=PASSWORD, email="ada@example.com")
    assert await world.nobody.sessions.correct_email(correction) is None
    assert await token_to(world.operator, "ada@example.com")


async def test_sessions_are_listed_and_ended(world: World):
    ada = await world.arrive("ada")
    await world.sign_in("ada")
    listed = await ada.sessions.list(PageRequest(limit=1, include="total"))
    assert (type(listed), len(listed.data), listed.total) == (Page, 1, 2)
    rest = await ada.sessions.list(PageRequest(limit=1, cursor=listed.next_cursor))
    assert (rest.next_cursor, {each.current for each in (*listed.data, *rest.data)}) == (None, {True, False})
    await ada.sessions.end_others("me")
    assert await world.refuses(world.tokens["ada"])
    again = await world.sign_in("ada")
    await again.sessions.end("current")
    assert await world.refuses(world.tokens["ada"])


async def test_projects_are_made_paged_changed_and_deleted(world: World):
    ada = await world.arrive("ada")
    organization = await acme(ada)
    for name in ("Saturn", "Juno", "Sirius"):
        made = await ada.projects.create(organization.id, NewProject(name=name))
        assert type(made) is Project
    first = await ada.projects.list("acme", ProjectsPageRequest(limit=2, sort="name", include="total"))
    assert ([each.name for each in first.data], first.total) == (["Juno", "Saturn"], 3)
    second = await ada.projects.list("acme", ProjectsPageRequest(limit=2, sort="name", cursor=first.next_cursor))
    assert ([each.name for each in second.data], second.next_cursor) == (["Sirius"], None)
    assert [each.name for each in (await ada.projects.list("acme", ProjectsPageRequest(q="s"))).data] == [
        "Saturn",
        "Sirius",
    ]
    changed = await ada.projects.update("acme", made.id, ProjectPatch(description="Star"), version=made.updated_at)
    assert (changed.description, changed.updated_at > made.updated_at) == ("Star", True)
    with pytest.raises(Stale) as stale:
        await ada.projects.delete("acme", made.id, version=made.updated_at)
    assert stale.value.code == "stale"
    assert await ada.projects.get("acme", made.id) == changed
    await ada.projects.delete("acme", made.id, version=changed.updated_at)
    with pytest.raises(Missing):
        await ada.projects.get("acme", made.id)


async def test_organizations_are_renamed_deleted_restored_and_removed(world: World):
    ada = await world.arrive("ada")
    made = await acme(ada)
    changed = await ada.organizations.update(made.id, OrganizationPatch(slug="apex"), version=made.updated_at)
    assert await ada.organizations.get("acme") == changed
    with pytest.raises(Renamed) as renamed:
        await ada.organizations.update("acme", OrganizationPatch(name="Apex"))
    assert "apex" in renamed.value.detail
    assert [each.slug for each in (await ada.organizations.list_of_user("me", PageRequest())).data] == ["apex"]
    both = await ada.users.get_with_organizations("me")
    assert [each.slug for each in both.organizations] == ["apex"]
    assert (await ada.organizations.explain_access("apex", AccessQuestion(action=Action.PROJECT_READ))).allowed
    await ada.organizations.delete("apex", version=changed.updated_at)
    deleted = await ada.organizations.list_deleted_of_user("me", PageRequest())
    assert [each.restorable_until > datetime.now(UTC) for each in deleted.data] == [True]
    assert (await ada.organizations.restore(made.id)).slug == "apex"
    await ada.organizations.delete(made.id)
    await ada.organizations.purge(made.id)
    assert (await ada.organizations.list_deleted_of_user("me", PageRequest())).data == []


async def test_members_join_change_and_leave(world: World):
    ada = await world.arrive("ada")
    await acme(ada)
    bob = await join(world, "bob")
    bob_id = (await bob.users.get("me")).id
    listed = await ada.organizations.members.list("acme", MembersPageRequest(role="member"))
    assert [each.user.username for each in listed.data] == ["bob"]
    assert (await ada.organizations.members.put("acme", bob_id, NewRole(role="admin"))).role == "admin"
    assert (await bob.organizations.members.get("acme", "me")).role == "admin"
    await bob.organizations.invitations.create("acme", NewInvitation(email="eve@example.com", role="admin"))
    left = await bob.organizations.members.leave("acme")
    assert left is None or isinstance(left, LeftBehind)
    with pytest.raises(Missing):
        await bob.organizations.get("acme")
    with pytest.raises(NoSuchUser):
        await ada.organizations.members.put("acme", uuid4(), NewRole())
    carl = await join(world, "carl")
    carl_id = (await carl.users.get("me")).id
    assert await ada.organizations.members.remove("acme", carl_id) is None


async def test_ownership_is_offered_accepted_declined_and_taken(world: World):
    ada, root = await world.arrive("ada"), await world.arrive("root", is_admin=True)
    await acme(ada)
    bob = await join(world, "bob")
    offer = NewOwner(user_id=(await bob.users.get("me")).id)
    made = await ada.organizations.owner_offers.create("acme", offer)
    assert await bob.organizations.owner_offers.get("acme") == made
    await bob.organizations.owner_offers.decline("acme")
    await ada.organizations.owner_offers.create("acme", offer)
    await ada.organizations.owner_offers.withdraw("acme")
    await ada.organizations.owner_offers.create("acme", offer)
    assert (await bob.organizations.owner_offers.accept("acme")).owner_id == offer.user_id
    root_id = (await root.users.get("me")).id
    await world.operator.organizations.members.put("acme", root_id, NewRole(role="admin"))
    assert (await root.organizations.hand_over("acme", NewOwner(user_id=root_id))).owner_id == root_id


async def test_people_are_invited(world: World):
    ada = await world.arrive("ada")
    await acme(ada)
    made = await ada.organizations.invitations.create("acme", NewInvitation(email="bob@example.com", role="admin"))
    assert await ada.organizations.invitations.get("acme", made.id) == made
    again = await ada.organizations.invitations.resend("acme", made.id)
    token = await token_to(world.operator, "bob@example.com")
    seen = await world.nobody.organizations.invitations.preview(InvitationToken(token=token))
    assert (seen.id, seen.inviter) == (again.id, "ada")
    bob = await world.arrive("bob")
    received = await bob.organizations.invitations.list_of_user("me", PageRequest())
    assert [each.id for each in received.data] == [made.id]
    accepted = await bob.organizations.invitations.accept(InvitationAcceptance(token=token))
    assert (accepted.organization.slug, accepted.role) == ("acme", "admin")
    earlier = await bob.organizations.invitations.accept(InvitationAcceptance(token=token))
    assert (type(earlier).__name__, earlier.joined_at) == ("EarlierMembership", accepted.joined_at)
    with pytest.raises(AlreadyMember):
        await ada.organizations.invitations.create("acme", NewInvitation(email="bob@example.com"))
    many = NewInvitations(invitations=(InvitationEntry(email="cleo@example.com"), InvitationEntry(email="nothing")))
    came = await ada.organizations.invitations.create_many("acme", many)
    assert (came.invited, came.data[0].error, came.data[1].invitation) == (1, None, None)
    await ada.organizations.invitations.revoke("acme", came.data[0].invitation.id)
    assert (await ada.organizations.invitations.list("acme", PageRequest())).data == []


async def test_invitations_are_declined(world: World):
    ada, bob = await world.arrive("ada"), await world.arrive("bob")
    await acme(ada)
    made = await ada.organizations.invitations.create("acme", NewInvitation(email="bob@example.com"))
    await bob.organizations.invitations.decline_of_user("me", made.id)
    await ada.organizations.invitations.create("acme", NewInvitation(email="cleo@example.com"))
    token = InvitationToken(token=await token_to(world.operator, "cleo@example.com"))
    await world.nobody.organizations.invitations.decline(token)
    with pytest.raises(InvalidToken):
        await world.nobody.organizations.invitations.preview(token)


async def test_roles_are_made_read_changed_and_deleted(world: World):
    ada = await world.arrive("ada")
    await acme(ada)
    roles = ada.organizations.roles
    made = await roles.create("acme", NewCustomRole(name="auditor", actions=(Action.AUDIT_READ,)))
    assert (type(made), Action.AUDIT_READ in made.actions) == (CustomRole, True)
    assert await roles.get("acme", "auditor") == await roles.get("acme", made.id) == made
    built_in = await roles.get("acme", "member")
    assert (type(built_in), built_in.id) == (RoleEntry, None)
    assert {type(each) for each in (await roles.list("acme", PageRequest())).data} == {RoleEntry}
    with pytest.raises(RoleTaken):
        await roles.create("acme", NewCustomRole(name="auditor", actions=()))
    changed = await roles.update("acme", "auditor", RolePatch(name="reader"), version=made.updated_at)
    await roles.delete("acme", changed.id, version=changed.updated_at)
    with pytest.raises(Missing):
        await roles.get("acme", "reader")


async def test_api_keys_are_made_used_rotated_and_revoked(world: World):
    ada = await world.arrive("ada")
    await acme(ada)
    new = NewApiKey(name="ci", actions=(Action.PROJECT_READ,), expires_at=datetime.now(UTC) + timedelta(days=1))
    made = await ada.api_keys.create("me", new)
    robot = await world.with_token(made.key)
    assert (await robot.projects.list("acme", PageRequest())).data == []
    with pytest.raises(Forbidden):
        await robot.projects.create("acme", NewProject(name="Saturn"))
    rotated = await ada.api_keys.rotate("me", made.id, KeyRotation(overlap_seconds=0))
    assert await world.refuses(made.key)
    assert (await ada.api_keys.get("me", rotated.id)).hint == rotated.key[-4:]
    await ada.api_keys.delete("me", rotated.id)
    with pytest.raises(NoSuchApiKey):
        await ada.api_keys.get("me", rotated.id)
    assert rotated.id not in {each.id for each in (await ada.api_keys.list("me", PageRequest())).data}


async def test_keys_of_an_organization(world: World):
    ada = await world.arrive("ada")
    await acme(ada)
    keys = ada.organizations.api_keys
    made = await keys.create("acme", NewApiKey(name="worker"))
    rotated = await keys.rotate("acme", made.id, KeyRotation())
    assert {each.id for each in (await keys.list("acme", PageRequest())).data} == {made.id, rotated.id}
    assert (await keys.get("acme", made.id)).organization_id == (await ada.organizations.get("acme")).id
    await keys.delete("acme", made.id)
    events = await ada.audit.list_of_organization(
        "acme", AuditPageRequest(action="api_key.delete", from_=datetime.now(UTC) - timedelta(hours=1))
    )
    assert [each.action for each in events.data] == ["api_key.delete"]


async def test_administrators_look_after_people(world: World):
    root, bob = await world.arrive("root", is_admin=True), await world.arrive("bob")
    bob_id = (await bob.users.get("me")).id
    found = await root.users.list(UsersPageRequest(q="bo"))
    assert [each.username for each in found.data] == ["bob"]
    session = (await root.sessions.list_of_user(bob_id, PageRequest())).data[0]
    await root.sessions.end_of_user(bob_id, session.id)
    assert await world.refuses(world.tokens["bob"])
    await world.sign_in("bob")
    await root.sessions.end_others(bob_id)
    assert await world.refuses(world.tokens["bob"])
    suspended = await root.users.suspend(bob_id, NewSuspension(reason="spam"))
    assert await root.users.get_suspension(bob_id) == suspended
    with pytest.raises(AccountSuspended):
        await world.sign_in("bob")
    assert (await root.users.resume(bob_id)).state == "active"
    assert (await root.users.suspend(bob_id)).reason is None
    await root.users.resume(bob_id)
    assert (await root.users.mark_verified(bob_id)).email_verified
    await root.users.send_password_reset(bob_id)
    acting = await root.sessions.impersonate(bob_id, NewImpersonation(reason="Ticket 7", minutes=5))
    assert (await (await world.with_token(acting.token)).users.get("me")).id == bob_id
    await root.users.grant_admin(bob_id, AdminGrant(current_password=PASSWORD))
    assert (await root.users.get(bob_id)).is_admin
    await root.users.revoke_admin(bob_id)
    assert not (await root.users.get(bob_id)).is_admin
    events = await root.audit.list_of_accounts(AccountAuditPageRequest(user_id=bob_id, action="user.suspend"))
    assert len(events.data) == 2
    await acme(await world.sign_in("bob"))
    assert [each.slug for each in (await root.organizations.list(PageRequest())).data] == ["acme"]
    assert (await root.organizations.list_deleted(PageRequest())).data == []


async def test_webhooks_of_an_organization(world: World):
    ada = await world.arrive("ada")
    await acme(ada)
    hooks = ada.organizations.webhooks
    new = NewWebhookEndpoint(url="https://example.com/hook", events=("project.*",))
    made = await hooks.create("acme", new)
    changed = await hooks.update("acme", made.id, WebhookEndpointPatch(description="CI"))
    assert (changed.description, (await hooks.get("acme", made.id)).events) == ("CI", ("project.*",))
    rotated = await hooks.rotate_secret("acme", made.id, SecretRotation(overlap_seconds=0))
    assert rotated.secret != made.secret
    await ada.projects.create("acme", NewProject(name="Saturn"))
    delivery = (await hooks.list_deliveries("acme", made.id, PageRequest())).data[0]
    assert (await hooks.get_delivery("acme", made.id, delivery.id)).id == delivery.id
    assert (await hooks.replay_delivery("acme", made.id, delivery.id)).deliveries == 1
    span = NewReplay(from_=datetime.now(UTC) - timedelta(hours=1))
    assert (await hooks.replay("acme", made.id, span)).deliveries >= 1
    assert [each.id for each in (await hooks.list("acme", PageRequest())).data] == [made.id]
    await hooks.delete("acme", made.id)
    with pytest.raises(Missing):
        await hooks.get("acme", made.id)


async def test_webhooks_of_the_platform(world: World):
    root = await world.arrive("root", is_admin=True)
    made = await root.webhooks.create(NewWebhookEndpoint(url="https://example.com/hook", events=("user.*",)))
    await root.webhooks.update(made.id, WebhookEndpointPatch(description="CRM"))
    await root.webhooks.rotate_secret(made.id, SecretRotation())
    await world.arrive("bob")
    delivery = (await root.webhooks.list_deliveries(made.id, PageRequest())).data[0]
    assert (await root.webhooks.get_delivery(made.id, delivery.id)).id == delivery.id
    await root.webhooks.replay_delivery(made.id, delivery.id)
    await root.webhooks.replay(made.id, NewReplay(from_=datetime.now(UTC) - timedelta(hours=1)))
    assert (await root.webhooks.get(made.id)).description == "CRM"
    await root.webhooks.delete(made.id)
    assert (await root.webhooks.list(PageRequest())).data == []


async def test_tokens_and_what_can_be_done(world: World):
    ada = await world.arrive("ada")
    assert (await ada.tokens.create(NewServiceToken(audience="billing"))).token.count(".") == 2
    assert (await world.nobody.tokens.public_keys()).keys[0].kty == "OKP"
    assert (await ada.organizations.check_slug("acme")).available
    listed = (await ada.actions.list(PageRequest())).data
    assert await ada.actions.get(listed[0].name) == listed[0]


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        ("missing", "not_found"),
        ("username_taken", "username_taken"),
        ("slug_taken", "slug_taken"),
        ("cursor", "invalid_cursor"),
        ("credentials", "wrong_credentials"),
        ("nobody", "unauthenticated"),
        ("dots", "not_found"),
    ],
)
async def test_errors_are_of_the_same_class_with_the_same_words(world: World, raised: str, code: str):
    ada = await world.arrive("ada")
    await acme(ada)
    expected: dict[str, tuple[type[FreeholdError], Any]] = {
        "missing": (Missing, lambda: ada.projects.get("acme", UUID(int=7))),
        "username_taken": (
            UsernameTaken,
            lambda: world.nobody.users.create(NewUser(username="ada", email="b@example.com", password=PASSWORD)),
        ),
        "slug_taken": (
            SlugTaken,
            lambda: ada.organizations.create(NewOrganization(name="Other", slug="acme")),
        ),
        "cursor": (InvalidCursor, lambda: ada.projects.list("acme", PageRequest(cursor="A" * 40))),
        "credentials": (
            WrongCredentials,
            lambda: world.nobody.sessions.create(NewSession(login="ada", password="wrong")),
        ),
        "nobody": (Unauthenticated, lambda: world.nobody.organizations.create(NewOrganization(name="Other"))),
        "dots": (Missing, lambda: ada.organizations.get("..")),
    }
    kind, call = expected[raised]
    with pytest.raises(kind) as caught:
        await call()
    error = caught.value
    assert (type(error), error.code, error.title) == (kind, code, kind.title)
    assert str(error) == error.detail
    if isinstance(error, Conflict):
        assert "taken" in error.detail or "already" in error.detail
    if isinstance(error, Invalid) and code == "invalid":
        assert [(each.pointer, each.code) for each in error.errors] == [("/cursor", "invalid_cursor")]


def test_every_operation_of_the_client_is_called_here():
    source = inspect.getsource(inspect.getmodule(test_every_operation_of_the_client_is_called_here) or Path)
    source = source.replace("roles = ada.organizations.roles", "").replace("await roles.", "ada.organizations.roles.")
    source = source.replace("await keys.", "ada.organizations.api_keys.")
    source = source.replace("await hooks.", "ada.organizations.webhooks.")
    uncalled = {path for path, ways in calls().items() if ways and f".{path}(" not in source}
    assert uncalled == set()
