"""Operations on the roles of an organization, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from datetime import datetime
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.organizations.roles.types import CustomRole, NewCustomRole, RoleEntry, RolePatch


def roles_list(organization: UUID | str, /, request: PageRequest) -> Request[Page[RoleEntry]]:
    """List the roles of an organization: built-in roles first, then custom roles by name.

    ``GET /v1/organizations/{organization}/roles``.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/roles", (Page[RoleEntry],), query=request)


def roles_get(organization: UUID | str, /, role: UUID | str) -> Request[CustomRole | RoleEntry]:
    """Read a role.

    ``GET /v1/organizations/{organization}/roles/{role}``.

    Raises:
        NoSuchRole: ``no_such_role``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/roles/{part(role)}", (RoleEntry,))


def roles_create(organization: UUID | str, /, new: NewCustomRole) -> Request[RoleEntry]:
    """Create a role from actions that the actor has.

    ``POST /v1/organizations/{organization}/roles``.

    Raises:
        UnknownAction: ``unknown_action``.
        Forbidden: the actor lacks some of the actions, or only the owner can give one of them.
        RoleTaken: ``role_taken``.
        TooManyRoles: ``too_many_roles``.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/roles", (RoleEntry,), body=new)


def roles_update(
    organization: UUID | str, /, role: UUID | str, patch: RolePatch, *, version: datetime | None = None
) -> Request[RoleEntry]:
    """Update a role for everybody who has it. ``version`` is the ``updated_at`` that you read.

    ``PATCH /v1/organizations/{organization}/roles/{role}``.

    Raises:
        NoSuchRole: ``no_such_role``.
        BuiltInRole: ``built_in_role``.
        UnknownAction: ``unknown_action``.
        Forbidden: the role has, or would have, actions that the actor lacks.
        RoleTaken: ``role_taken``.
        Stale: ``stale``.
    """
    return Request(
        "PATCH", f"/v1/organizations/{part(organization)}/roles/{part(role)}", (RoleEntry,), body=patch, version=version
    )


def roles_delete(organization: UUID | str, /, role: UUID | str, *, version: datetime | None = None) -> Request[None]:
    """Delete a role that no member has.

    ``DELETE /v1/organizations/{organization}/roles/{role}``.

    Raises:
        NoSuchRole: ``no_such_role``.
        BuiltInRole: ``built_in_role``.
        RoleInUse: ``role_in_use``.
        StillReferenced: ``still_referenced``: rows of your own tables refer to it.
        Forbidden: the role has actions that the actor lacks.
        Stale: ``stale``.
    """
    return Request(
        "DELETE", f"/v1/organizations/{part(organization)}/roles/{part(role)}", (type(None),), version=version
    )
