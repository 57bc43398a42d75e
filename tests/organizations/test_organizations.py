"""What can be done with organizations and their members."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import SignUp
from tests.organizations.handing import give

from freehold import (
    Actor,
    Forbidden,
    Invalid,
    Missing,
    NewOrganization,
    NewOwner,
    NewRole,
    OrganizationPatch,
    PageRequest,
    Platform,
    Role,
    Stale,
)
from freehold.base.scalars import SLUG
from freehold.organizations.errors import OwnerMustStay, SlugTaken
from freehold.organizations.members.errors import NoSuchUser
from freehold.organizations.ownership.errors import NewOwnerIsNoMember
from freehold.organizations.slugs import candidates


async def test_maker_owns_the_organization_and_is_its_member(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    as_ada = platform.acting_as(ada.id)
    acme = await as_ada.organizations.create(NewOrganization(name=" Acme, Inc. "))
    assert (acme.name, acme.slug, acme.owner_id) == ("Acme, Inc.", "acme-inc", ada.id)
    assert (acme.members, acme.members_count) == ((ada.id,), 1)
    assert await as_ada.organizations.get(acme.id) == await as_ada.organizations.get("acme-inc") == acme
    (member,) = (await as_ada.organizations.members.list(acme.id, PageRequest())).data
    assert (member.user.id, member.role) == (ada.id, Role.OWNER)


@pytest.mark.parametrize(
    "slug", ["My-Org", "-a", "a-", "a_b", "0190163d-8694-739b-aea5-966c26f8ad91", "me", "a" * 101, ""]
)
def test_bad_slug_is_refused(slug: str):
    with pytest.raises(Invalid) as refused:
        NewOrganization(name="Acme", slug=slug)
    assert [error.pointer for error in refused.value.errors] == ["/slug"]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=100))
def test_slugs_made_from_any_name_are_slugs(name: str):
    assert [slug for slug in candidates(name) if SLUG.check(slug) != slug] == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ärzte & Söhne", "arzte-sohne"),
        ("Me", "me-2"),
        ("日本", "riben"),
        ("\u2026", "organization-2"),
        ("a" * 100, "a" * 80),
    ],
)
def test_slug_of_a_name_reads_like_it(name: str, slug: str):
    assert candidates(name)[0] == slug


async def test_twenty_organizations_of_one_name_made_at_once_all_exist(platform: Platform, sign_up: SignUp):
    ada = platform.acting_as((await sign_up("ada")).id)
    made = await asyncio.gather(*[ada.organizations.create(NewOrganization(name="Acme")) for _ in range(20)])
    assert len({organization.slug for organization in made}) == 20
    assert "acme" in {organization.slug for organization in made}
    page = await ada.organizations.list_of_user("me", PageRequest(limit=100, include="total"))
    assert (len(page.data), page.total) == (20, 20)


async def test_one_slug_asked_for_a_hundred_times_at_once_is_given_once(platform: Platform, sign_up: SignUp):
    ada = platform.acting_as((await sign_up("ada")).id)
    asked = [ada.organizations.create(NewOrganization(name="Acme", slug="acme")) for _ in range(100)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sorted({type(result).__name__ for result in results}) == ["Organization", "SlugTaken"]
    assert sum(not isinstance(result, Exception) for result in results) == 1


async def test_operator_says_who_owns_and_nobody_else_does(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    with pytest.raises(Forbidden):
        await platform.organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(Forbidden):
        await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"), owner_id=bob.id)
    made = await platform.organizations.create(NewOrganization(name="Acme"), owner_id=bob.id)
    assert made.owner_id == bob.id


async def test_slug_of_another_organization_cannot_be_taken(platform: Platform, sign_up: SignUp):
    ada = platform.acting_as((await sign_up("ada")).id)
    await ada.organizations.create(NewOrganization(name="Acme"))
    other = await ada.organizations.create(NewOrganization(name="Other"))
    with pytest.raises(SlugTaken):
        await ada.organizations.update(other.id, OrganizationPatch(slug="acme"))
    assert (await ada.organizations.get(other.id)) == other
    with pytest.raises(SlugTaken):
        await ada.organizations.create(NewOrganization(name="Third", slug="acme"))


async def test_change_is_refused_on_an_older_version(platform: Platform, sign_up: SignUp):
    ada = platform.acting_as((await sign_up("ada")).id).organizations
    bob = await sign_up("bob")
    first = await ada.create(NewOrganization(name="Acme"))
    second = await ada.update(first.id, OrganizationPatch(name="Acme 2"), version=first.updated_at)
    assert second.updated_at > first.updated_at
    version = first.updated_at
    await ada.members.put(first.id, bob.id, NewRole(), version=second.updated_at)
    for call in (
        ada.update(first.id, OrganizationPatch(name="Acme 3"), version=version),
        ada.update(first.id, OrganizationPatch(), version=version),
        platform.organizations.hand_over(first.id, NewOwner(user_id=bob.id), version=version),
        ada.members.put(first.id, bob.id, NewRole(role="admin"), version=second.updated_at),
        ada.members.remove(first.id, bob.id, version=version),
        ada.delete(first.id, version=version),
    ):
        with pytest.raises(Stale):
            await call
    assert (await ada.get(first.id)).members_count == 2


async def test_of_two_admins_on_one_version_one_wins(platform: Platform, sign_up: SignUp):
    ada = platform.acting_as((await sign_up("ada")).id).organizations
    acme = await ada.create(NewOrganization(name="Acme"))
    results = await asyncio.gather(
        *[ada.update(acme.id, OrganizationPatch(name=name), version=acme.updated_at) for name in ("One", "Two")],
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Organization", "Stale"]


async def test_every_change_of_the_members_is_a_new_version(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    organizations = platform.acting_as(ada.id).organizations
    acme = await organizations.create(NewOrganization(name="Acme"))
    versions = [acme.updated_at]
    await organizations.members.put(acme.id, bob.id, NewRole())
    versions.append((await organizations.get(acme.id)).updated_at)
    await organizations.members.put(acme.id, bob.id, NewRole(role="admin"))
    versions.append((await organizations.get(acme.id)).updated_at)
    await platform.acting_as(bob.id).organizations.members.leave(acme.id)
    after = await organizations.get(acme.id)
    versions.append(after.updated_at)
    assert versions == sorted(set(versions))
    assert after.members == (ada.id,)


async def test_ownership_goes_to_a_member_and_the_former_owner_stays(platform: Platform, sign_up: SignUp):
    ada, bob, eve = [await sign_up(name) for name in ("ada", "bob", "eve")]
    organizations = platform.acting_as(ada.id).organizations
    acme = await organizations.create(NewOrganization(name="Acme"))
    await organizations.members.put(acme.id, bob.id, NewRole())
    with pytest.raises(NewOwnerIsNoMember):
        await organizations.owner_offers.create(acme.id, NewOwner(user_id=eve.id))
    await give(platform, acme.id, ada.id, bob.id)
    listed = (await organizations.members.list(acme.id, PageRequest())).data
    assert {member.user.username: member.role for member in listed} == {"ada": Role.ADMIN, "bob": Role.OWNER}


async def test_owner_can_neither_leave_nor_be_removed_nor_changed(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    organizations = platform.acting_as(ada.id).organizations
    acme = await organizations.create(NewOrganization(name="Acme"))
    await organizations.members.put(acme.id, bob.id, NewRole(role="admin"))
    as_bob = platform.acting_as(bob.id).organizations
    for call in (
        organizations.members.leave(acme.id),
        as_bob.members.remove(acme.id, ada.id),
        as_bob.members.put(acme.id, ada.id, NewRole()),
    ):
        with pytest.raises(OwnerMustStay):
            await call
    assert (await organizations.get(acme.id)).owner_id == ada.id


async def test_member_may_leave_and_then_sees_nothing(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    await platform.organizations.members.put(acme.id, bob.id, NewRole())
    as_bob = platform.acting_as(bob.id).organizations
    await as_bob.members.leave(acme.id)
    with pytest.raises(Missing):
        await as_bob.get(acme.id)
    with pytest.raises(Missing):
        await as_bob.members.leave(acme.id)


async def test_only_somebody_who_exists_becomes_a_member(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    organizations = platform.acting_as(ada.id).organizations
    acme = await organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(NoSuchUser):
        await organizations.members.put(acme.id, acme.id, NewRole())
    with pytest.raises(Missing):
        await organizations.members.remove(acme.id, acme.id)
    assert (await organizations.get(acme.id)) == acme, "what failed left no trace"


async def test_same_member_added_many_times_at_once_is_there_once(platform: Platform, sign_up: SignUp):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    organizations = platform.acting_as(ada.id).organizations
    acme = await organizations.create(NewOrganization(name="Acme"))
    await asyncio.gather(*[organizations.members.put(acme.id, bob.id, NewRole()) for _ in range(20)])
    assert (await organizations.get(acme.id)).members == (ada.id, bob.id)


async def test_all_organizations_are_listed_to_administrators_alone(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(Forbidden):
        await platform.acting_as(ada.id).organizations.list(PageRequest())
    listed = await platform.acting_as(Actor(user_id=ada.id, is_admin=True)).organizations.list(
        PageRequest(include="total")
    )
    assert ([organization.slug for organization in listed.data], listed.total) == (["acme"], 1)
