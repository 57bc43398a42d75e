"""Roles that organizations make, and that nobody gets more by them than somebody gave who had it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.conftest import SignUp

from freehold import (
    GRANTS,
    AccessQuestion,
    Action,
    Conflict,
    Forbidden,
    Invalid,
    Missing,
    NewCustomRole,
    NewOrganization,
    NewOwner,
    NewProject,
    NewRole,
    Organization,
    PageRequest,
    Platform,
    Role,
    RolePatch,
    Stale,
    User,
)
from freehold.organizations.roles.errors import TooManyRoles
from freehold.organizations.roles.operations import MOST_ROLES

CLERK = (Action.MEMBER_READ, Action.MEMBER_ADD, Action.MEMBER_UPDATE, Action.MEMBER_REMOVE, Action.PROJECT_READ)


@pytest.fixture
async def owner(sign_up: SignUp) -> User:
    return await sign_up("owner")


@pytest.fixture
async def acme(platform: Platform, owner: User) -> Organization:
    return await platform.acting_as(owner.id).organizations.create(NewOrganization(name="Acme"))


class House:
    """An organization with an owner, an admin, a member and somebody with a role of its own."""

    def __init__(self, platform: Platform, organization: Organization, people: dict[str, User]) -> None:
        self.id = organization.id
        self.people = people
        self._platform = platform

    def by(self, name: str) -> Any:
        """The organizations' operations as somebody."""
        return self._platform.acting_as(self.people[name].id).organizations

    async def put(self, by: str, whom: str, role: str) -> Any:
        return await self.by(by).members.put(self.id, self.people[whom].id, NewRole(role=role))

    async def role_of(self, name: str) -> str:
        members = (await self._platform.organizations.members.list(self.id, PageRequest())).data
        return next(member.role for member in members if member.user.id == self.people[name].id)


@pytest.fixture
async def house(platform: Platform, acme: Organization, owner: User, sign_up: SignUp) -> House:
    people = {"owner": owner} | {name: await sign_up(name) for name in ("admin", "member", "clerk", "outsider")}
    house = House(platform, acme, people)
    await house.by("owner").roles.create(acme.id, NewCustomRole(name="clerk", actions=CLERK))
    for name in ("admin", "member", "clerk"):
        await house.put("owner", name, name)
    return house


async def test_member_may_do_what_their_custom_role_includes_and_no_more(house: House, platform: Platform):
    clerk = platform.acting_as(house.people["clerk"].id)
    assert await house.role_of("clerk") == "clerk"
    await clerk.organizations.members.list(house.id, PageRequest())
    with pytest.raises(Forbidden, match=r"project\.create"):
        await clerk.projects.create(house.id, NewProject(name="Rocket"))


async def test_role_always_includes_seeing_the_organization(house: House):
    made = await house.by("admin").roles.create(house.id, NewCustomRole(name="guest", actions=()))
    assert made.actions == (Action.ORGANIZATION_READ,)


async def test_list_has_built_in_roles_first_and_pages_through_both(house: House):
    await house.by("admin").roles.create(house.id, NewCustomRole(name="auditor", actions=(Action.AUDIT_READ,)))
    names, cursor = [], None
    while True:
        page = await house.by("admin").roles.list(house.id, PageRequest(limit=2, cursor=cursor, include="total"))
        assert page.total == 5
        names += [(role.name, role.built_in) for role in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert names == [("owner", True), ("admin", True), ("member", True), ("auditor", False), ("clerk", False)]
    for role, actions in GRANTS.items():
        assert set((await house.by("admin").roles.get(house.id, role.value)).actions) == actions


async def test_member_without_the_action_does_not_see_roles(house: House):
    with pytest.raises(Forbidden):
        await house.by("member").roles.list(house.id, PageRequest())
    with pytest.raises(Missing):
        await house.by("outsider").roles.list(house.id, PageRequest())


async def test_changing_a_role_changes_what_its_members_may_do(house: House, platform: Platform):
    clerk = platform.acting_as(house.people["clerk"].id)
    patch = RolePatch(actions=(*CLERK, Action.PROJECT_CREATE), name="maker")
    changed = await house.by("owner").roles.update(house.id, "clerk", patch)
    assert await house.role_of("clerk") == "maker"
    await clerk.projects.create(house.id, NewProject(name="Rocket"))
    with pytest.raises(Stale):
        await house.by("owner").roles.update(house.id, changed.id, patch, version=changed.created_at)


async def test_role_in_use_cannot_be_removed(house: House):
    with pytest.raises(Conflict) as error:
        await house.by("owner").roles.delete(house.id, "clerk")
    assert error.value.code == "role_in_use"
    await house.put("owner", "clerk", "member")
    await house.by("owner").roles.delete(house.id, "clerk")
    with pytest.raises(Missing) as missing:
        await house.by("owner").roles.get(house.id, "clerk")
    assert missing.value.code == "no_such_role"


async def test_name_of_a_role_is_taken_once(house: House):
    with pytest.raises(Conflict) as error:
        await house.by("owner").roles.create(house.id, NewCustomRole(name="clerk", actions=()))
    assert error.value.code == "role_taken"


@pytest.mark.parametrize("name", ["owner", "admin", "member"])
async def test_built_in_role_cannot_be_made_changed_or_removed(house: House, name: str):
    with pytest.raises(Invalid):
        NewCustomRole(name=name, actions=())
    for attempt in (
        house.by("owner").roles.update(house.id, name, RolePatch(actions=())),
        house.by("owner").roles.delete(house.id, name),
    ):
        with pytest.raises(Conflict) as error:
            await attempt
        assert error.value.code == "built_in_role"


UUID_WITH_A_LETTER_FIRST = str(UUID(int=0xA << 124))


@pytest.mark.parametrize(
    "name", ["", "A", "1a", "a b", "a\n", "a\x00", "a\x1b[31m", "ä", "-a", "a" * 51, UUID_WITH_A_LETTER_FIRST]
)
def test_name_with_anything_but_plain_letters_is_refused(name: str):
    with pytest.raises(Invalid) as error:
        NewCustomRole(name=name, actions=())
    assert error.value.errors[0].pointer == "/name"


async def test_role_that_does_not_exist_cannot_be_given(house: House):
    with pytest.raises(Invalid) as error:
        await house.put("owner", "member", "nobody")
    assert error.value.errors[0].code == "unknown_role"


# Nobody gets more than somebody who had it gave.


async def test_admin_cannot_make_a_role_with_actions_they_lack(house: House):
    with pytest.raises(Forbidden, match=r"organization\.delete"):
        await house.by("admin").roles.create(
            house.id, NewCustomRole(name="boss", actions=(Action.ORGANIZATION_DELETE,))
        )


async def test_holder_of_an_ownership_action_cannot_pass_it_on_as_a_role(house: House):
    held = (*GRANTS[Role.ADMIN], Action.ORGANIZATION_DELETE)
    await house.by("owner").roles.create(house.id, NewCustomRole(name="deputy", actions=held))
    await house.put("owner", "clerk", "deputy")
    with pytest.raises(Forbidden, match="Only the owner"):
        await house.by("clerk").roles.create(
            house.id, NewCustomRole(name="second", actions=(Action.ORGANIZATION_DELETE,))
        )


async def test_nobody_widens_their_own_role(house: House):
    await house.by("owner").roles.update(house.id, "clerk", RolePatch(actions=(*CLERK, Action.ROLE_UPDATE)))
    with pytest.raises(Forbidden, match=r"project\.delete"):
        await house.by("clerk").roles.update(
            house.id, "clerk", RolePatch(actions=(*CLERK, Action.ROLE_UPDATE, Action.PROJECT_DELETE))
        )


async def test_nobody_narrows_a_role_that_holds_more_than_they_do(house: House):
    await house.by("owner").roles.create(
        house.id, NewCustomRole(name="keeper", actions=(Action.ROLE_UPDATE, Action.ROLE_DELETE))
    )
    await house.put("owner", "member", "keeper")
    with pytest.raises(Forbidden, match=r"member\.add"):
        await house.by("member").roles.update(house.id, "clerk", RolePatch(actions=()))
    with pytest.raises(Forbidden):
        await house.by("member").roles.delete(house.id, "clerk")


@pytest.mark.parametrize("role", ["admin", "member"])
async def test_nobody_gives_a_role_that_holds_more_than_they_do(house: House, role: str):
    with pytest.raises(Forbidden, match="you do not have"):
        await house.put("clerk", "outsider", role)
    with pytest.raises(Forbidden, match="you do not have"):
        await house.put("clerk", "clerk", role)


async def test_nobody_changes_or_removes_a_member_who_holds_more_than_they_do(house: House):
    with pytest.raises(Forbidden, match="change this member"):
        await house.put("clerk", "admin", "clerk")
    with pytest.raises(Forbidden, match="remove this member"):
        await house.by("clerk").members.remove(house.id, house.people["admin"].id)
    assert await house.role_of("admin") == "admin"


async def test_admin_and_admin_are_equals(house: House):
    await house.put("admin", "member", "admin")
    await house.put("member", "admin", "member")
    assert await house.role_of("admin") == "member"


async def test_member_with_any_role_may_leave(house: House):
    await house.by("owner").roles.create(house.id, NewCustomRole(name="guest", actions=()))
    await house.put("owner", "member", "guest")
    await house.by("member").members.leave(house.id)
    with pytest.raises(Missing):
        await house.by("member").get(house.id)


async def until_somebody_waits(connection: Any) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(5):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.005)


async def test_demoted_admin_cannot_promote_themselves_back_in_a_race(house: House, connection: Any):
    """The admin's own promotion has begun, and read that they are an admin, when the demotion commits."""
    await connection.execute("BEGIN")
    await connection.execute("UPDATE organizations SET updated_at = clock_timestamp() WHERE id = $1", house.id)
    await connection.execute(
        "UPDATE organization_members SET role = 'member' WHERE user_id = $1", house.people["admin"].id
    )
    racing = asyncio.create_task(house.put("admin", "admin", "admin"))
    await until_somebody_waits(connection)
    await connection.execute("COMMIT")
    with pytest.raises(Forbidden):
        await racing
    assert await house.role_of("admin") == "member"


async def test_ownership_is_offered_by_its_owner_alone_in_a_race(house: House, connection: Any):
    """Who has handed it over already owns nothing that they could hand to somebody else."""
    await connection.execute("BEGIN")
    await connection.execute("UPDATE organizations SET owner_id = $2 WHERE id = $1", house.id, house.people["admin"].id)
    new = NewOwner(user_id=house.people["member"].id)
    racing = asyncio.create_task(house.by("owner").owner_offers.create(house.id, new))
    await until_somebody_waits(connection)
    await connection.execute("COMMIT")
    with pytest.raises(Forbidden):
        await racing
    assert await house.role_of("admin") == "owner"


async def test_outsider_and_fellow_learn_no_more_of_others_than_a_membership_gives(house: House):
    question = AccessQuestion(action=Action.PROJECT_DELETE, user_id=house.people["clerk"].id)
    with pytest.raises(Missing):
        await house.by("outsider").explain_access(house.id, question)
    answer = await house.by("member").explain_access(house.id, question)
    assert (answer.allowed, answer.because) == (False, "role clerk does not include project.delete")
    unknown = AccessQuestion(action=Action.PROJECT_DELETE, user_id=house.id)
    nobody = AccessQuestion(action=Action.PROJECT_DELETE, user_id=house.people["outsider"].id)
    first, second = [await house.by("member").explain_access(house.id, asked) for asked in (unknown, nobody)]
    assert first == second
    assert first.because == "not a member"


async def test_two_hundred_roles_of_its_own_and_not_one_more_also_in_a_race(house: House, connection: Any):
    await connection.execute(
        "INSERT INTO roles (organization_id, name, actions) "
        "SELECT $1, 'role' || n, ARRAY['organization.read'] FROM generate_series(1, $2) n",
        house.id,
        MOST_ROLES - 3,  # with the clerk there is room for two
    )
    new = [NewCustomRole(name=f"late{number}", actions=()) for number in range(6)]
    results = await asyncio.gather(
        *(house.by("owner").roles.create(house.id, each) for each in new), return_exceptions=True
    )
    assert len([each for each in results if isinstance(each, TooManyRoles)]) == 4
    assert await connection.fetchval("SELECT count(*) FROM roles") == MOST_ROLES
    await house.by("owner").roles.delete(house.id, "role1")
    assert (await house.by("owner").roles.create(house.id, NewCustomRole(name="fits", actions=()))).name == "fits"
