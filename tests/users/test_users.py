"""What users can do with accounts, and who sees whom."""

from typing import Any

import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import (
    Actor,
    Forbidden,
    Invalid,
    Missing,
    NewOrganization,
    NewProfile,
    NewRole,
    NewSession,
    NewUser,
    OwnUser,
    PageRequest,
    PasswordChange,
    Platform,
    ProfilePatch,
    Stale,
    Unauthenticated,
    User,
    UserPatch,
)
from freehold.organizations.errors import OwnsOrganizations
from freehold.users.errors import EmailTaken, UsernameTaken, WrongPassword


def as_others_see(user: User) -> User:
    """Leave out what only they and administrators see."""
    own = {*OwnUser.__annotations__, "metadata", "public_metadata", "private_metadata"}
    return User(**{name: getattr(user, name) for name in User.__struct_fields__ if name not in own})


async def test_new_user_is_as_they_said(platform: Platform):
    new = NewUser(
        username="Ada_1",
        email="Ada@EXAMPLE.com",
        password=PASSWORD,
        profile=NewProfile(first_name=" Ada ", avatar_url="https://example.com/ada.png"),
    )
    user = await platform.acting_as(None).users.create(new)
    assert (user.username, user.email) == ("Ada_1", "Ada@example.com")
    assert (user.profile.first_name, user.profile.last_name) == ("Ada", None)
    assert user.created_at == user.updated_at
    assert as_others_see(await platform.users.get(user.id)) == user


@pytest.mark.parametrize(
    "password", ["Sh0rt", "alllower1", "ALLUPPER1", "NoDigitsHere", "Lovelace1" * 15, "Lovelace1\x00"]
)
async def test_weak_password_is_refused(platform: Platform, password: str):
    with pytest.raises(Invalid) as refused:
        await platform.users.create(NewUser(username="ada", email="ada@example.com", password=password))
    assert [error.pointer for error in refused.value.errors] == ["/password"]
    assert password not in str(refused.value)


def test_every_failing_field_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        NewUser(username="a-b", email="nobody", password="x")
    assert [error.pointer for error in refused.value.errors] == ["/username", "/email", "/password"]


@pytest.mark.parametrize(
    ("username", "email", "error"),
    [("ADA", "other@example.com", UsernameTaken), ("other", "ADA@Example.COM", EmailTaken)],
)
async def test_name_and_address_are_taken_in_any_case(
    username: str, email: str, error: type[Exception], platform: Platform, sign_up: SignUp
):
    await sign_up("ada")
    with pytest.raises(error):
        await platform.users.create(NewUser(username=username, email=email, password=PASSWORD))
    bob = await sign_up("bob")
    patch = UserPatch(username=username) if error is UsernameTaken else UserPatch(email=email)
    with pytest.raises(error):
        await platform.users.update(bob.id, patch)


async def test_user_may_change_the_case_of_their_own_name(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    changed = await platform.acting_as(ada.id).users.update("me", UserPatch(username="ADA"))
    assert changed.username == "ADA"
    assert changed.updated_at > ada.updated_at


async def test_only_an_administrator_makes_administrators(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    new = NewUser(username="eve", email="eve@example.com", password=PASSWORD)
    for actor in (platform.acting_as(None), platform.acting_as(ada.id)):
        with pytest.raises(Forbidden):
            await actor.users.create(new, is_admin=True)
    assert [user.username for user in (await platform.users.list(PageRequest())).data] == ["ada"]


async def test_user_is_seen_by_themselves_and_by_fellow_members_alone(platform: Platform, sign_up: SignUp):
    ada, bob, eve = [await sign_up(name) for name in ("ada", "bob", "eve")]
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    for viewer in (bob, eve):
        with pytest.raises(Missing):
            await platform.acting_as(viewer.id).users.get(ada.id)
    await platform.organizations.members.put(acme.id, bob.id, NewRole())
    assert as_others_see(await platform.acting_as(bob.id).users.get(ada.id)) == ada
    assert as_others_see(await platform.acting_as(ada.id).users.get("me")) == ada
    with pytest.raises(Missing):
        await platform.acting_as(eve.id).users.get(ada.id)
    with pytest.raises(Unauthenticated):
        await platform.acting_as(None).users.get(ada.id)
    assert as_others_see(await platform.acting_as(Actor(user_id=eve.id, is_admin=True)).users.get(ada.id)) == ada


async def test_fellow_member_is_seen_and_not_changed(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    await platform.organizations.members.put(acme.id, bob.id, NewRole(role="admin"))
    as_bob = platform.acting_as(bob.id).users
    with pytest.raises(Forbidden):
        await as_bob.update(ada.id, UserPatch(username="mallory"))
    with pytest.raises(Forbidden):
        await as_bob.delete(ada.id)
    with pytest.raises(Forbidden):
        await as_bob.set_password(ada.id, "Mallory123")
    assert as_others_see(await platform.users.get(ada.id)) == ada


async def test_user_with_organizations_shows_those_that_the_viewer_shares(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    as_ada = platform.acting_as(ada.id)
    assert (await as_ada.users.get_with_organizations("me")).organizations == ()
    shared = await as_ada.organizations.create(NewOrganization(name="Shared"))
    own = await as_ada.organizations.create(NewOrganization(name="Own"))
    await platform.organizations.members.put(shared.id, bob.id, NewRole())
    mine = await as_ada.users.get_with_organizations("me")
    assert [organization.id for organization in mine.organizations] == [own.id, shared.id]
    seen = await platform.acting_as(bob.id).users.get_with_organizations(ada.id)
    assert [organization.slug for organization in seen.organizations] == ["shared"]
    as_bob = platform.acting_as(bob.id).organizations
    page = await as_bob.list_of_user(ada.id, PageRequest(include="total"))
    assert ([organization.id for organization in page.data], page.total) == ([shared.id], 1)
    assert (await platform.organizations.list_of_user(ada.id, PageRequest(include="total"))).total == 2


async def test_merge_patch_leaves_what_is_absent_and_removes_what_is_null(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    users = platform.acting_as(ada.id).users
    await users.update("me", UserPatch(profile=ProfilePatch(first_name="Ada", last_name="Lovelace")))
    changed = await users.update("me", UserPatch(profile=ProfilePatch(last_name=None, avatar_url="https://a.example")))
    assert changed.profile.first_name == "Ada"
    assert changed.profile.last_name is None
    assert changed.profile.avatar_url == "https://a.example"
    emptied = await users.update("me", UserPatch(profile=None))
    assert (emptied.profile.first_name, emptied.profile.avatar_url) == (None, None)
    assert (emptied.username, emptied.email) == (ada.username, ada.email)


async def test_change_is_refused_on_an_older_version(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    users = platform.acting_as(ada.id).users
    second = await users.update("me", UserPatch(username="ada2"), version=ada.updated_at)
    for patch in (UserPatch(username="ada3"), UserPatch()):
        with pytest.raises(Stale):
            await users.update("me", patch, version=ada.updated_at)
    with pytest.raises(Stale):
        await users.delete("me", version=ada.updated_at)
    assert await users.update("me", UserPatch(), version=second.updated_at) == second


async def test_changed_password_ends_the_other_sessions(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    kept = await _sign_in(platform)
    await _sign_in(platform)
    as_ada = platform.acting_as(Actor(user_id=ada.id, session_id=kept))
    with pytest.raises(WrongPassword):
        await as_ada.users.change_password("me", PasswordChange(current_password="Wrong1234", new_password="Lovelace2"))
    assert len((await as_ada.sessions.list(PageRequest())).data) == 2
    await as_ada.users.change_password("me", PasswordChange(current_password=PASSWORD, new_password="Lovelace2"))
    assert [session.id for session in (await as_ada.sessions.list(PageRequest())).data] == [kept]
    with pytest.raises(Unauthenticated):
        await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    await platform.sessions.create(NewSession(login="ada", password="Lovelace2"))


async def test_password_set_by_an_administrator_ends_every_session(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    await _sign_in(platform)
    with pytest.raises(Forbidden):
        await platform.acting_as(ada.id).users.set_password("me", "Lovelace2")
    with pytest.raises(Invalid):
        await platform.users.set_password(ada.id, "weak")
    await platform.users.set_password(ada.id, "Lovelace2")
    assert (await platform.acting_as(ada.id).sessions.list(PageRequest())).data == []


async def test_user_who_owns_an_organization_cannot_be_deleted(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(OwnsOrganizations):
        await platform.acting_as(ada.id).users.delete("me")
    assert (await platform.organizations.get(acme.id)).owner_id == ada.id


async def test_deleted_user_is_gone_from_their_organizations(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    await platform.organizations.members.put(acme.id, bob.id, NewRole())
    before = await platform.organizations.get(acme.id)
    await platform.acting_as(bob.id).users.delete("me")
    after = await platform.organizations.get(acme.id)
    assert after.members == (ada.id,)
    assert after.updated_at > before.updated_at
    with pytest.raises(Missing):
        await platform.users.get(bob.id)


async def test_users_are_found_by_name_in_any_case_by_administrators_alone(platform: Platform, sign_up: SignUp):
    ada = await sign_up("Ada")
    assert (await platform.users.find("aDA")).id == ada.id
    with pytest.raises(Missing):
        await platform.users.find("nobody")
    for call in (platform.acting_as(ada.id).users.find("ada"), platform.acting_as(ada.id).users.list(PageRequest())):
        with pytest.raises(Forbidden):
            await call


async def test_no_answer_holds_a_password_or_its_hash(sign_up: SignUp, connection: Any):
    ada = await sign_up("ada")
    stored = await connection.fetchval("SELECT password_hash FROM users")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in repr(ada)
    assert stored not in repr(ada)


async def _sign_in(platform: Platform) -> Any:
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    mine = platform.acting_as(signed_in.user.id)
    sessions = (await mine.sessions.list(PageRequest())).data
    return sessions[0].id
