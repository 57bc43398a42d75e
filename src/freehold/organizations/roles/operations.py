"""What can be done with the roles of an organization."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from msgspec import UNSET

from freehold.access import (
    OWNERSHIP,
    Action,
    NoSuchAction,
    Role,
    Scope,
    Writes,
    all_actions,
    built_in,
    checked_again,
    explain_access,
    known_actions,
    no_such_organization,
    on_organization,
    ordered,
    require_known,
)
from freehold.audit.recording import record
from freehold.base.errors import Forbidden, Stale
from freehold.base.ids import new_id
from freehold.data.own_actions import OwnActions
from freehold.data.paging import Page, PageRequest, read_page
from freehold.organizations.roles import queries
from freehold.organizations.roles.errors import BuiltInRole, NoSuchRole, TooManyRoles
from freehold.organizations.roles.types import (
    Access,
    AccessQuestion,
    CustomRole,
    NewCustomRole,
    RoleEntry,
    RolePatch,
    RoleRef,
)

MOST_ROLES: Final = 200
"""How many roles of its own an organization can have."""


@lru_cache(maxsize=16)
def _all_built_in(own: OwnActions) -> tuple[RoleEntry, ...]:
    """Give owner, admin and member, as lists show them."""
    return tuple(
        RoleEntry(
            id=None,
            name=role.value,
            actions=ordered(built_in(role, own)),
            created_at=None,
            updated_at=None,
            built_in=True,
        )
        for role in Role
    )


@on_organization(Action.ROLE_READ)
async def list_all(scope: Scope, request: PageRequest) -> Page[RoleEntry]:
    """List the roles of an organization: built-in roles first, then custom roles by name.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        InvalidCursor: the cursor belongs to another list.
    """
    first_of_all = _all_built_in(scope.standing.own)

    async def fetch(after_built_in: int, after_name: str, limit: int) -> list[RoleEntry]:
        first = list(first_of_all[after_built_in:limit])
        own = await queries.page(
            scope.db, organization_id=scope.organization_id, after_name=after_name, limit=limit - len(first)
        )
        return [*first, *own]

    async def count() -> int:
        return len(first_of_all) + await queries.count_all(scope.db, organization_id=scope.organization_id)

    return await read_page(
        scope.context.tools.cursors,
        request,
        listing=f"roles:{scope.organization_id}",
        start=(0, ""),
        fetch=fetch,
        position=lambda role: (first_of_all.index(role) + 1, "") if role.built_in else (len(first_of_all), role.name),
        count=count,
    )


@on_organization(Action.ROLE_READ)
async def get(scope: Scope, role: RoleRef) -> CustomRole | RoleEntry:
    """Read a role.

    Raises:
        NoSuchRole: ``no_such_role``.
    """
    return _built_in(scope, role) or await _own(scope, role)


@on_organization(Action.ROLE_CREATE, writes=Writes.TRANSACTION)
async def create(scope: Scope, new: NewCustomRole) -> CustomRole:
    """Create a role from actions that the actor has.

    Raises:
        UnknownAction: ``unknown_action``.
        Forbidden: the actor lacks some of the actions, or only the owner can give one of them.
        RoleTaken: ``role_taken``.
        TooManyRoles: ``too_many_roles``.
    """
    scope = await _locked(scope)
    actions = _complete(new.actions)
    await _check_giving(scope, actions)
    if await queries.count_all(scope.db, organization_id=scope.organization_id) >= MOST_ROLES:
        raise TooManyRoles
    made = await queries.insert(
        scope.db, organization_id=scope.organization_id, id=new_id(), name=new.name, actions=actions
    )
    await record(
        scope.context,
        scope.action,
        made.id,
        organization_id=scope.organization_id,
        name=made.name,
        actions=[str(action) for action in actions],
    )
    return made


@on_organization(Action.ROLE_UPDATE, writes=Writes.TRANSACTION)
async def update(scope: Scope, role: RoleRef, patch: RolePatch, *, version: datetime | None = None) -> CustomRole:
    """Update a role for everybody who has it. ``version`` is the ``updated_at`` that you read.

    Raises:
        NoSuchRole: ``no_such_role``.
        BuiltInRole: ``built_in_role``.
        UnknownAction: ``unknown_action``.
        Forbidden: the role has, or would have, actions that the actor lacks.
        RoleTaken: ``role_taken``.
        Stale: ``stale``.
    """
    scope = await _locked(scope)
    current = await _changeable(scope, role)
    actions = None if patch.actions is UNSET else _complete(patch.actions)
    if actions is not None:
        await _check_giving(scope, actions)
    if version not in {None, current.updated_at}:
        raise Stale
    changes = [name for name in patch.__struct_fields__ if getattr(patch, name) is not UNSET]
    if not changes:
        return current
    updated = await queries.update(
        scope.db,
        organization_id=scope.organization_id,
        id=current.id,
        name=patch.name or None,
        actions=actions,
        version=version,
    )
    if updated is None:
        raise AssertionError("the organization is locked, so nobody else changes its roles")
    await record(
        scope.context,
        scope.action,
        updated.id,
        organization_id=scope.organization_id,
        name=updated.name,
        actions=[str(action) for action in updated.actions],
    )
    return updated


@on_organization(Action.ROLE_DELETE, writes=Writes.TRANSACTION)
async def delete(scope: Scope, role: RoleRef, *, version: datetime | None = None) -> None:
    """Delete a role that no member has.

    Raises:
        NoSuchRole: ``no_such_role``.
        BuiltInRole: ``built_in_role``.
        RoleInUse: ``role_in_use``.
        StillReferenced: ``still_referenced``: rows of your own tables refer to it.
        Forbidden: the role has actions that the actor lacks.
        Stale: ``stale``.
    """
    scope = await _locked(scope)
    current = await _changeable(scope, role)
    if version not in {None, current.updated_at}:
        raise Stale
    db = scope.db.deleting("roles", organization_id=scope.organization_id, id=current.id)
    await queries.delete(db, organization_id=scope.organization_id, id=current.id, version=version)
    await record(scope.context, scope.action, current.id, organization_id=scope.organization_id, name=current.name)


@on_organization(Action.ORGANIZATION_READ, outsiders=True)
async def explain(scope: Scope, question: AccessQuestion) -> Access:
    """Show whether a user can do an action in the organization, and why, by the same decision as every operation.

    Everybody can ask about themselves. To ask about others, the actor needs ``member.read``. The answer covers what the
    membership allows. Only platform administrators see who else is a platform administrator.

    Raises:
        Missing: ``not_found``: the actor cannot see this organization.
        NoSuchAction: ``no_such_action``.
        Forbidden: the actor asks about somebody else without ``member.read``.
    """
    allowed, because = await explain_access(scope, question.action, question.user_id)
    if question.action not in all_actions(scope.context.tools.own_actions.current):
        raise NoSuchAction
    return Access(allowed=allowed, because=because)


async def _locked(scope: Scope) -> Scope:
    """Make changes of who may do what wait for each other, and look again at what the actor may do."""
    if await queries.lock_organization(scope.db, organization_id=scope.organization_id) is None:
        raise no_such_organization()
    return await checked_again(scope)


def _built_in(scope: Scope, role: RoleRef) -> RoleEntry | None:
    return next((entry for entry in _all_built_in(scope.standing.own) if entry.name == role), None)


async def _own(scope: Scope, role: RoleRef) -> CustomRole:
    if isinstance(role, UUID):
        found = await queries.by_id(scope.db, organization_id=scope.organization_id, id=role)
    else:
        found = await queries.by_name(scope.db, organization_id=scope.organization_id, name=role)
    if found is None:
        raise NoSuchRole
    return found


async def _changeable(scope: Scope, role: RoleRef) -> CustomRole:
    if _built_in(scope, role):
        raise BuiltInRole
    found = await _own(scope, role)
    scope.require_all(known_actions(found.actions, scope.standing.own), "change this role")
    return found


def _complete(actions: Iterable[str]) -> tuple[str, ...]:
    """Add what every role includes: whoever belongs to an organization sees it, and can leave it."""
    return ordered([*actions, Action.ORGANIZATION_READ])


async def _check_giving(scope: Scope, actions: tuple[str, ...]) -> None:
    await require_known(scope.db, actions)
    scope.require_all(actions, "make such a role")
    ownership = [str(action) for action in actions if action in OWNERSHIP]
    if ownership and scope.role != Role.OWNER and not scope.context.is_admin:
        raise Forbidden(f"Only the owner can create roles that include {', '.join(ownership)}")
