"""A program that uses the core of the library; type-checked, never run."""

from typing import assert_type
from uuid import UUID

from freehold import (
    EmailVerification,
    Member,
    Message,
    NewOrganization,
    NewOwner,
    NewPasswordReset,
    NewProject,
    NewRole,
    NewSession,
    NewUser,
    Organization,
    OrganizationPatch,
    OwnerOffer,
    OwnUserWithOrganizations,
    Page,
    PageRequest,
    PasswordChange,
    PasswordResetCompletion,
    Platform,
    Project,
    ProjectPatch,
    Session,
    SignedIn,
    User,
    UserPatch,
    UserWithOrganizations,
)


async def use(url: str, some_id: UUID) -> None:
    async with Platform.open(url) as platform:
        assert_type(platform, Platform)
        assert_type(platform.acting_as(some_id), Platform)
        assert_type(await platform.ready(), None)
        await use_users(platform, some_id)
        await use_organizations(platform, some_id)
        await use_projects(platform, some_id)


async def use_users(platform: Platform, some_id: UUID) -> None:
    new = NewUser(username="ada", email="ada@example.com", password="Lovelace1")
    assert_type(await platform.users.create(new, is_admin=True), User)
    assert_type(await platform.users.get(some_id), User)
    assert_type(await platform.users.get_with_organizations("me"), UserWithOrganizations | OwnUserWithOrganizations)
    assert_type(await platform.users.find("ada"), User)
    assert_type(await platform.users.any_admin(), bool)
    assert_type(await platform.users.list(PageRequest()), Page[User])
    assert_type(await platform.users.update(some_id, UserPatch(username="bob")), User)
    await platform.users.change_password(some_id, PasswordChange(current_password="a", new_password="Lovelace1"))
    await platform.users.set_password(some_id, "Lovelace1")
    await platform.users.request_password_reset(NewPasswordReset(email="ada@example.com"))
    await platform.users.reset_password(PasswordResetCompletion(token="x", new_password="Lovelace1"))
    await platform.users.send_email_verification("me")
    await platform.users.verify_email(EmailVerification(token="x"))
    assert_type(await platform.users.mark_verified(some_id), User)
    assert_type(await platform.mail.get(some_id), Message)
    assert_type(await platform.mail.list(PageRequest()), Page[Message])
    await platform.users.delete(some_id)
    assert_type(await platform.sessions.create(NewSession(login="ada", password="x")), SignedIn)
    assert_type(await platform.sessions.list(PageRequest()), Page[Session])
    await platform.sessions.end(some_id)


async def use_organizations(platform: Platform, some_id: UUID) -> None:
    assert_type(await platform.organizations.create(NewOrganization(name="Acme"), owner_id=some_id), Organization)
    assert_type(await platform.organizations.get("acme"), Organization)
    assert_type(await platform.organizations.list(PageRequest()), Page[Organization])
    assert_type(await platform.organizations.list_of_user(some_id, PageRequest()), Page[Organization])
    assert_type(await platform.organizations.update("acme", OrganizationPatch(name="A")), Organization)
    assert_type(await platform.organizations.owner_offers.create("acme", NewOwner(user_id=some_id)), OwnerOffer)
    assert_type(await platform.organizations.hand_over("acme", NewOwner(user_id=some_id)), Organization)
    await platform.organizations.delete("acme")
    assert_type(await platform.organizations.members.list("acme", PageRequest()), Page[Member])
    assert_type(await platform.organizations.members.put("acme", some_id, NewRole(role="admin")), Member)
    await platform.organizations.members.remove("acme", some_id)
    await platform.organizations.members.leave("acme")


async def use_projects(platform: Platform, some_id: UUID) -> None:
    assert_type(await platform.projects.create("acme", NewProject(name="Rocket")), Project)
    assert_type(await platform.projects.get("acme", some_id), Project)
    assert_type(await platform.projects.list("acme", PageRequest()), Page[Project])
    assert_type(await platform.projects.update("acme", some_id, ProjectPatch(name="R")), Project)
    await platform.projects.delete("acme", some_id)
