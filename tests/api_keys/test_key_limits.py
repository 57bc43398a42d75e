"""What a key is limited to, and that nobody gets more by one than they had."""

from typing import Any

import pytest
from tests.api_keys.conftest import As
from tests.conftest import SignUp

from freehold import (
    Action,
    Forbidden,
    Invalid,
    KeyRotation,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewOrganization,
    NewProject,
    NewRole,
    Organization,
    PageRequest,
    Platform,
    User,
)


async def test_limited_key_does_its_actions_and_nothing_else(
    platform: Platform, ada: User, acme: Organization, with_key: As
):
    new = NewApiKey(name="reader", actions=(Action.PROJECT_READ,))
    program = await with_key((await platform.acting_as(ada.id).api_keys.create("me", new)).key)
    assert (await program.projects.list(acme.id, PageRequest())).data == []
    assert (await program.users.get("me")).id == ada.id
    with pytest.raises(Forbidden, match=r"does not include project\.create"):
        await program.projects.create(acme.id, NewProject(name="Rocket"))
    with pytest.raises(Forbidden, match=r"organization\.list"):
        await program.organizations.list_of_user("me", PageRequest())
    with pytest.raises(Forbidden):
        await program.organizations.create(NewOrganization(name="Second"))
    with pytest.raises(Forbidden):
        await program.organizations.members.leave(acme.id)


async def test_key_loses_what_its_user_loses(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    organizations = platform.acting_as(ada.id).organizations
    await organizations.members.put(acme.id, eve.id, NewRole(role="admin"))
    new = NewApiKey(name="cleaner", actions=(Action.PROJECT_DELETE, Action.PROJECT_READ))
    program = await with_key((await platform.acting_as(eve.id).api_keys.create("me", new)).key)
    project = await platform.acting_as(ada.id).projects.create(acme.id, NewProject(name="Rocket"))
    await organizations.members.put(acme.id, eve.id, NewRole(role="member"))
    with pytest.raises(Forbidden):
        await program.projects.delete(acme.id, project.id)
    await organizations.members.remove(acme.id, eve.id)
    with pytest.raises(Missing):
        await program.projects.get(acme.id, project.id)


async def test_key_with_actions_that_the_maker_lacks_is_refused(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp
):
    eve = await sign_up("eve")
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="member"))
    with pytest.raises(Forbidden, match=r"project\.delete"):
        await platform.acting_as(eve.id).api_keys.create(
            "me", NewApiKey(name="k", actions=(Action.PROJECT_READ, Action.PROJECT_DELETE))
        )
    await platform.acting_as(ada.id).organizations.roles.create(
        acme.id, NewCustomRole(name="keyer", actions=(Action.API_KEY_CREATE, Action.API_KEY_DELETE))
    )
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="keyer"))
    for_acme = platform.acting_as(eve.id).organizations.api_keys
    with pytest.raises(Forbidden, match=r"project\.read"):
        await for_acme.create(acme.id, NewApiKey(name="k", actions=(Action.PROJECT_READ,)))
    strong = await platform.acting_as(ada.id).organizations.api_keys.create(acme.id, NewApiKey(name="strong"))
    with pytest.raises(Forbidden, match="rotate this key"):
        await for_acme.rotate(acme.id, strong.id, KeyRotation())
    assert (await for_acme.create(acme.id, NewApiKey(name="weak"))).actions == (Action.ORGANIZATION_READ,)


async def test_only_the_owner_makes_keys_that_decide_on_the_organization(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    owner = platform.acting_as(ada.id).organizations
    every = tuple(action for action in Action if action is not Action.ORGANIZATION_TRANSFER)
    await owner.roles.create(acme.id, NewCustomRole(name="deputy", actions=every))
    await owner.members.put(acme.id, eve.id, NewRole(role="deputy"))
    new = NewApiKey(name="end", actions=(Action.ORGANIZATION_DELETE,))
    with pytest.raises(Forbidden, match="Only the owner"):
        await platform.acting_as(eve.id).organizations.api_keys.create(acme.id, new)
    program = await with_key((await owner.api_keys.create(acme.id, new)).key)
    await program.organizations.delete(acme.id)


@pytest.mark.parametrize("action", [Action.API_KEY_CREATE, Action.API_KEY_DELETE])
async def test_no_key_can_be_for_making_or_revoking_keys(
    platform: Platform, ada: User, acme: Organization, action: Action
):
    new = NewApiKey(name="k", actions=(action,))
    for attempt in (
        platform.acting_as(ada.id).api_keys.create("me", new),
        platform.acting_as(ada.id).organizations.api_keys.create(acme.id, new),
    ):
        with pytest.raises(Invalid) as error:
            await attempt
        assert error.value.errors[0].pointer == "/actions/0"


async def test_platform_administrators_limited_key_does_not_administer(  # noqa: PLR0917 - fixtures
    platform: Platform, ada: User, acme: Organization, connection: Any, sign_up: SignUp, with_key: As
):
    root = await sign_up("root")
    await platform.acting_as(root.id).organizations.create(NewOrganization(name="Own"))
    await connection.execute("UPDATE users SET is_admin = true WHERE id = $1", root.id)
    keys = platform.acting_as(root.id).api_keys
    full = await with_key((await keys.create("me", NewApiKey(name="full"))).key)
    assert (await full.organizations.get(acme.id)).id == acme.id
    limited = await with_key((await keys.create("me", NewApiKey(name="k", actions=(Action.ORGANIZATION_READ,)))).key)
    with pytest.raises(Missing):
        await limited.organizations.get(acme.id)
    for attempt in (limited.users.list(PageRequest()), limited.users.get(ada.id)):
        with pytest.raises(Forbidden):
            await attempt
