"""Finds the role that somebody is to be given, for members and invitations."""

from typing import NamedTuple
from uuid import UUID

from freehold.access import GRANTS, Action, Role, Scope, known_actions
from freehold.organizations.roles import queries
from freehold.organizations.roles.errors import UnknownRole
from freehold.sql import Executor


class AssignableRole(NamedTuple):
    """A role that a member can have.

    Attributes:
        name: as people call it.
        id: when the organization made it; None for a built-in one.
        actions: what it includes.
    """

    name: str
    id: UUID | None
    actions: frozenset[Action]

    @property
    def built_in_name(self) -> str:
        """What the column ``organization_members.role`` holds: with a role of the organization's own, ``member``."""
        return self.name if self.id is None else Role.MEMBER.value


async def assignable_role(db: Executor, organization_id: UUID, name: str) -> AssignableRole | None:
    """Find a role by name; None when there is none, and for ``owner``: ownership is handed over, not given."""
    if name == Role.OWNER:
        return None
    if name in (Role.ADMIN, Role.MEMBER):
        return AssignableRole(name, None, GRANTS[Role(name)])
    found = await queries.by_name(db, organization_id=organization_id, name=name)
    return None if found is None else AssignableRole(found.name, found.id, known_actions(found.actions))


async def role_to_give(scope: Scope, name: str) -> AssignableRole:
    """Find a role that the actor gives to somebody.

    Raises:
        UnknownRole: ``unknown_role``: the organization has no such role.
        Forbidden: it includes actions that the actor lacks.
    """
    found = await assignable_role(scope.db, scope.organization_id, name)
    if found is None:
        raise UnknownRole(name)
    scope.require_all(found.actions, f"give the role {found.name}")
    return found
