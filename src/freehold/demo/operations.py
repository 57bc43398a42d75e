"""Loads the demonstration and removes it, by the operations that everybody calls."""

import io
import json
from contextlib import suppress
from uuid import UUID

import msgspec

from freehold.access import Action
from freehold.base.errors import Conflict, Missing
from freehold.data.context import Actor, Context
from freehold.data.paging import PageRequest
from freehold.demo.errors import DemoLoaded
from freehold.demo.people import FEATURES, GROUPS, PEOPLE, Group
from freehold.organizations import operations as organizations
from freehold.organizations.deletion import operations as deletion
from freehold.organizations.members import operations as members
from freehold.organizations.members.types import NewRole
from freehold.organizations.roles import operations as roles
from freehold.organizations.roles.types import NewCustomRole
from freehold.organizations.types import NewOrganization
from freehold.personal_data import operations as personal_data
from freehold.projects import operations as projects
from freehold.projects.types import NewProject, NewProjectSettings, ProjectPatch
from freehold.transfer import operations as transfer
from freehold.users import operations as users

_RELEASES = NewCustomRole(
    name="release-manager", actions=(Action.MEMBER_READ, Action.PROJECT_READ, Action.PROJECT_UPDATE, Action.AUDIT_READ)
)


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the demonstration there is now, or was before it was removed."""

    organizations: int
    users: int
    projects: int


async def load(context: Context, *, visitor: UUID | None = None) -> Loaded:
    """Load 3 organizations, 12 people and 40 projects. Nobody can sign in as these people, and no mail is sent.

    Args:
        context: of the operator.
        visitor: a user who becomes an admin of each organization, to look at them.

    Raises:
        DemoLoaded: ``demo_loaded``.
        SlugTaken, UsernameTaken: something of the same name is there, which is not the demonstration's.
    """
    if await _people(context):
        raise DemoLoaded
    # An import, since signing up would mail people that there are not. Without passwords, they are nobody's accounts.
    lines = [
        json.dumps({"username": e.username, "email": e.email, "first_name": e.first_name, "last_name": e.last_name})
        for e in PEOPLE
    ]
    report = await transfer.import_file(context, "users", io.BytesIO("\n".join(lines).encode()))
    if report.refused:
        raise Conflict("Users with the names of the demonstration are there already (demo_...): rename them first")
    ids = await _people(context)
    for group in GROUPS:
        await _load(context, group, ids, visitor)
    return _size(len(GROUPS))


async def _load(context: Context, group: Group, ids: dict[str, UUID], visitor: UUID | None) -> None:
    people = [ids[person.username] for person in group.people]
    acting = [_as(context, person) for person in people]
    made = await organizations.create(acting[0], NewOrganization(name=group.name, slug=group.slug))
    await roles.create(acting[0], made.id, _RELEASES)
    given = ("admin", "release-manager")
    for number, person in enumerate(people[1:]):
        await members.put(context, made.id, person, NewRole(role=given[number] if number < len(given) else "member"))
    if visitor is not None:
        await members.put(context, made.id, visitor, NewRole(role="admin"))
    makers = [acting[0], acting[1], acting[3]]
    for number, name in enumerate(group.projects):
        settings = NewProjectSettings(
            visibility="public" if number % 3 == 0 else "private", features=FEATURES[number % len(FEATURES)]
        )
        new = NewProject(name=name, description=f"{name} of {group.name}.", settings=settings)
        project = await projects.create(makers[number % len(makers)], made.id, new)
        if number % 5 == 0:
            await projects.update(acting[2], made.id, project.id, ProjectPatch(description=f"{name}, in use."))


async def remove(context: Context) -> Loaded:
    """Remove the demonstration as a whole: its people, and all organizations that they own with all in them.

    Events of the audit log stay, as of everything. What is there of it in part goes, too.
    """
    ids, gone = await _people(context), 0
    page = PageRequest(limit=100)
    for user_id in ids.values():
        for each in (await organizations.list_of_user(context, user_id, page)).data:
            if each.owner_id == user_id:
                await deletion.delete(context, each.id)
        for deleted in (await deletion.list_of_user(context, user_id, page)).data:
            await deletion.purge(context, deleted.id)
            gone += 1
    for user_id in ids.values():
        await personal_data.erase(context, user_id)
    return _size(gone, len(ids))


def _size(made: int, people: int = len(PEOPLE)) -> Loaded:
    return Loaded(organizations=made, users=people, projects=sum(len(group.projects) for group in GROUPS[:made]))


async def _people(context: Context) -> dict[str, UUID]:
    """Find those of the people who are there, by their addresses and names together."""
    found = {}
    for person in PEOPLE:
        with suppress(Missing):
            user = await users.find(context, person.email)
            if user.username == person.username:
                found[person.username] = user.id
    return found


def _as(context: Context, user_id: UUID) -> Context:
    return msgspec.structs.replace(context, actor=Actor(user_id=user_id))
