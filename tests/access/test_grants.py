"""The whole table of roles and actions, made from GRANTS, against real calls."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from tests.conftest import SignUp

from freehold import (
    GRANTS,
    Action,
    Actor,
    Forbidden,
    Missing,
    NewOrganization,
    NewOwner,
    NewProject,
    NewRole,
    NewUser,
    OrganizationPatch,
    PageRequest,
    Platform,
    ProjectPatch,
    ProjectSettingsPatch,
    Role,
    Unauthenticated,
    User,
)
from freehold.access import OPERATIONS
from freehold.organizations.types import Organization


class Place:
    """An organization with an owner, an admin, a member and a project, and one user who does not belong to it."""

    def __init__(self, organization: Organization, users: dict[str, User], project_id: UUID) -> None:
        self.id = organization.id
        self.users = users
        self.project_id = project_id

    def user_id(self, name: str) -> UUID:
        return self.users[name].id


Call = Callable[[Platform, Place], Awaitable[object]]

CALLS: dict[Action, Call] = {
    Action.ORGANIZATION_READ: lambda p, at: p.organizations.get(at.id),
    Action.ORGANIZATION_UPDATE: lambda p, at: p.organizations.update(at.id, OrganizationPatch(name="Other")),
    Action.ORGANIZATION_TRANSFER: lambda p, at: p.organizations.owner_offers.create(
        at.id, NewOwner(user_id=at.user_id("admin"))
    ),
    Action.MEMBER_READ: lambda p, at: p.organizations.members.list(at.id, PageRequest()),
    Action.MEMBER_ADD: lambda p, at: p.organizations.members.put(at.id, at.user_id("other"), NewRole(role="member")),
    Action.MEMBER_UPDATE: lambda p, at: p.organizations.members.put(at.id, at.user_id("third"), NewRole(role="member")),
    Action.MEMBER_REMOVE: lambda p, at: p.organizations.members.remove(at.id, at.user_id("third")),
    Action.PROJECT_READ: lambda p, at: p.projects.get(at.id, at.project_id),
    Action.PROJECT_CREATE: lambda p, at: p.projects.create(at.id, NewProject(name="Second")),
    Action.PROJECT_UPDATE: lambda p, at: p.projects.update(at.id, at.project_id, ProjectPatch(name="Other")),
    Action.PROJECT_DELETE: lambda p, at: p.projects.delete(at.id, at.project_id),
    Action.ORGANIZATION_DELETE: lambda p, at: p.organizations.delete(at.id),
}
"""One real call for each action."""

CORE = ("freehold.organizations.operations.", "freehold.organizations.members.", "freehold.projects.")
ELSEWHERE = {Action.AUDIT_READ, *(action for action in Action if action.value.endswith(".restore"))}
"""Actions whose calls need more than a place and somebody: shown with their slices."""


@pytest.fixture
async def users(sign_up: SignUp) -> dict[str, User]:
    return {name: await sign_up(name) for name in ("owner", "admin", "member", "third", "other", "outsider")}


@pytest.fixture
def make_place(platform: Platform, users: dict[str, User]) -> Callable[[], Awaitable[Place]]:
    async def make() -> Place:
        owner = platform.acting_as(users["owner"].id)
        organization = await owner.organizations.create(NewOrganization(name="Acme"))
        for name, role in (("admin", "admin"), ("member", "member"), ("third", "member")):
            await owner.organizations.members.put(organization.id, users[name].id, NewRole(role=role))
        project = await owner.projects.create(organization.id, NewProject(name="Rocket"))
        return Place(organization, users, project.id)

    return make


def test_every_action_of_the_core_has_its_call():
    declared = {declared.action for name, declared in OPERATIONS.items() if name.startswith(CORE)}
    assert {action for action in declared if isinstance(action, Action)} - ELSEWHERE <= set(CALLS)


@pytest.mark.parametrize("role", list(Role))
async def test_role_may_do_what_it_is_granted_and_nothing_else(
    role: Role, platform: Platform, users: dict[str, User], make_place: Callable[[], Awaitable[Place]]
):
    actor = platform.acting_as(users[role].id)
    for action, call in CALLS.items():
        place = await make_place()
        if action in GRANTS[role]:
            await call(actor, place)
        else:
            with pytest.raises(Forbidden, match=role):
                await call(actor, place)


async def test_to_an_outsider_nothing_is_there(
    platform: Platform, users: dict[str, User], make_place: Callable[[], Awaitable[Place]]
):
    place = await make_place()
    nowhere = Place(await platform.organizations.get(place.id), users, place.project_id)
    nowhere.id = uuid4()
    outsider = platform.acting_as(users["outsider"].id)
    for action, call in CALLS.items():
        with pytest.raises(Missing) as seen:
            await call(outsider, place)
        with pytest.raises(Missing) as unseen:
            await call(outsider, nowhere)
        assert (seen.value.code, seen.value.detail) == (unseen.value.code, unseen.value.detail), action


async def test_without_signing_in_everything_asks_for_it(
    platform: Platform, make_place: Callable[[], Awaitable[Place]]
):
    place = await make_place()
    nobody = platform.acting_as(None)
    for action, call in CALLS.items():
        with pytest.raises((Unauthenticated, Missing)) as refused:
            await call(nobody, place)
        # Projects can be public, so reading and guessing at them needs no sign-in, and shows nothing.
        assert isinstance(refused.value, Missing) <= action.value.startswith("project."), action


async def test_platform_administrator_may_do_all(platform: Platform, make_place: Callable[[], Awaitable[Place]]):
    root = await platform.users.create(
        NewUser(username="root_user", email="root@example.com", password="Lovelace1"), is_admin=True
    )
    for actor in (platform.acting_as(Actor(user_id=root.id, is_admin=True)), platform):
        for call in CALLS.values():
            await call(actor, await make_place())


async def test_public_project_is_seen_by_everybody_and_changed_by_members_alone(
    platform: Platform, users: dict[str, User], make_place: Callable[[], Awaitable[Place]]
):
    place = await make_place()
    public = ProjectPatch(settings=ProjectSettingsPatch(visibility="public"))
    await platform.projects.update(place.id, place.project_id, public)
    for actor in (platform.acting_as(None), platform.acting_as(users["outsider"].id)):
        assert (await actor.projects.get(place.id, place.project_id)).name == "Rocket"
        assert [project.name for project in (await actor.projects.list(place.id, PageRequest())).data] == ["Rocket"]
    outsider = platform.acting_as(users["outsider"].id)
    with pytest.raises(Forbidden):
        await outsider.projects.update(place.id, place.project_id, ProjectPatch(name="Mine"))
    with pytest.raises(Forbidden):
        await outsider.projects.delete(place.id, place.project_id)


async def test_admin_cannot_take_the_ownership(
    platform: Platform, users: dict[str, User], make_place: Callable[[], Awaitable[Place]]
):
    place = await make_place()
    admin = platform.acting_as(users["admin"].id)
    for steal in (
        admin.organizations.hand_over(place.id, NewOwner(user_id=users["admin"].id)),
        admin.organizations.delete(place.id),
    ):
        with pytest.raises(Forbidden):
            await steal
    assert (await platform.organizations.get(place.id)).owner_id == users["owner"].id
