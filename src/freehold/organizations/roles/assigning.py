"""Finds the role that somebody is to be given, for members and invitations."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from freehold.access import Role, Scope, built_in, known_actions
from freehold.base.errors import Forbidden, FreeholdError
from freehold.data.own_actions import OwnActions
from freehold.data.sql import Executor
from freehold.organizations.roles import queries
from freehold.organizations.roles.errors import UnknownRole
from freehold.organizations.roles.types import CustomRole


class AssignableRole(NamedTuple):
    """A role that a member can have.

    Attributes:
        name: as people call it.
        id: when the organization made it; None for a built-in one.
        actions: what it includes.
    """

    name: str
    id: UUID | None
    actions: frozenset[str]

    @property
    def built_in_name(self) -> str:
        """What the column ``organization_members.role`` holds: with a role of the organization's own, ``member``."""
        return self.name if self.id is None else Role.MEMBER.value


async def promised_role(
    db: Executor, organization_id: UUID, name: str, role_id: UUID | None, own: OwnActions
) -> AssignableRole | None:
    """Find the role that an invitation promised, as it is now; None when the organization no longer has it.

    One of the organization's own counts by its id: another that got its name since is not what was promised.
    """
    if role_id is None:
        return _built_in(name, own)
    return _own(await queries.by_id(db, organization_id=organization_id, id=role_id), own)


async def role_to_give(scope: Scope, name: str) -> AssignableRole:
    """Find a role that the actor gives to somebody.

    Raises:
        UnknownRole: ``unknown_role``: the role does not exist.
        Forbidden: it includes actions that the actor lacks.
    """
    own = scope.standing.own
    found = _built_in(name, own) or _own(
        await queries.by_name(scope.db, organization_id=scope.organization_id, name=name), own
    )
    if found is None:
        raise UnknownRole(name)
    scope.require_all(found.actions, f"give the role {found.name}")
    return found


async def roles_to_give(scope: Scope, names: Collection[str]) -> dict[str, AssignableRole | FreeholdError]:
    """Find roles that the actor gives to many people, or say of each why it cannot be given; as ``role_to_give``."""
    declared = scope.standing.own
    own = {
        role.name: _own(role, declared)
        for role in await queries.by_names(scope.db, organization_id=scope.organization_id, names=sorted(names))
    }
    found: dict[str, AssignableRole | FreeholdError] = {}
    for name in names:
        role = _built_in(name, declared) or own.get(name)
        found[name] = role or UnknownRole(name)
        if role is not None:
            try:
                scope.require_all(role.actions, f"give the role {role.name}")
            except Forbidden as error:
                found[name] = error
    return found


def _built_in(name: str, own: OwnActions) -> AssignableRole | None:
    """Read a built-in role's name; ``owner`` is none to give: ownership is handed over."""
    return AssignableRole(name, None, built_in(name, own)) if name in (Role.ADMIN, Role.MEMBER) else None


def _own(role: CustomRole | None, own: OwnActions) -> AssignableRole | None:
    return None if role is None else AssignableRole(role.name, role.id, known_actions(role.actions, own))
